//! The grammar of days: which run of symbols names a day, a span of days or a bound.
//!
//! Every function takes a place and gives back a tree and the place behind it; alternatives are tried and the longest
//! reading wins. English and Spanish share the grammar because the lexicons map both to the same grammar words; where
//! the order of words differs ("la semana que viene") both orders are read.

use chrono::Weekday;

use super::{
    Grammar,
    symbols::Class,
    tree::{Counted, Day, Portion, Unit, Which},
};

type Read<T> = Option<(T, usize)>;

const NEXT: &[&str] = &["next", "proximo"];
const LAST: &[&str] = &["last", "past", "previous"];
const TO: &[&str] = &["to", "-", "–", "—", "through", "thru", "until"];
const NUMBER_WORDS_BLOCKED: &[&str] = &[
    "mg", "ml", "mcg", "pm", "am", "a", "p", "minute", "minutes", "min", "mins", "hour", "hours", "hrs", "hr", "day", "days", "week", "weeks", "month",
    "months", "year", "years", "oclock", "people", "of", "times", "pills", "tablets", "percent", "%", ":", "ish", "h", "yo", "y", "kids", "children", "in", "/", "x",
    "degrees", "lbs", "kg", "hs", "anos", "dias", "semanas", "meses", "minutos", "horas", "media", "cuarto", "menos",
];

impl Grammar<'_> {
    /// A day expression at `i`, with its bound or range if it has one.
    pub fn day(&self, i: usize) -> Read<Day> {
        let mut best: Read<Day> = None;
        let mut consider = |found: Read<Day>| {
            if let Some((_, end)) = &found
                && best.as_ref().is_none_or(|(_, e)| end > e)
            {
                best = found;
            }
        };
        consider(self.bound(i));
        consider(self.range(i));
        best
    }

    fn s(&self) -> &super::symbols::Symbols<'_> {
        self.symbols
    }

    /// "the", and the fillers between a preposition and its day.
    fn the(&self, i: usize) -> usize {
        let mut i = i;
        while self.s().any(i, &["the", "on", "el", "of", "le", "este"]) && !(self.s().any(i, &["of"]) && i == 0) {
            i += 1;
        }
        i
    }

    fn bound(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let word = s.word(i);
        match word {
            "around" | "about" | "circa" | "roughly" | "approximately" => {
                let j = self.the(i + 1);
                if self.bare_number(j).is_some() && j == i + 1 {
                    return None;
                }
                let (day, end) = self.base(j)?;
                if matches!(day, Day::In(..) | Day::InRange(..) | Day::Period(..) | Day::Month(..) | Day::Within(..)) {
                    return Some((day, end));
                }
                Some((Day::Around(Box::new(day)), end))
            }
            "by" | "until" | "before" | "after" | "from" | "starting" | "since" | "through" | "following" => {
                if self.target(i) {
                    return None;
                }
                let mut j = i + 1;
                if matches!(word, "starting") {
                    j = s.skip(j, &["on", "from"]);
                }
                j = if s.any(j, &["the", "on"]) { j + 1 } else { j };
                j = s.skip(j, &["the"]);
                let bare = self.bare_number(j).is_some() && j == i + 1;
                if word == "after" && s.any(j, &["that", "this", "then", "eso"]) && self.unit_or_day(j + 1).is_none() {
                    return Some((Day::After(Box::new(Day::Anchor)), j + 1));
                }
                if word == "after"
                    && (s.any(i.wrapping_sub(1), &["anytime"]) || self.is_spanish())
                    && s.list.get(i + 1).is_none_or(|x| matches!(x.word.as_str(), "." | "," | "?" | "!" | ";" | ")" | "works" | "is" | "would"))
                {
                    return Some((Day::After(Box::new(Day::Anchor)), i + 1));
                }
                if word == "before" && s.any(j, &["that", "then", "eso"]) && self.unit_or_day(j + 1).is_none() {
                    return Some((Day::Before(Box::new(Day::Anchor)), j + 1));
                }
                if bare && !self.month_follows(j) {
                    return None;
                }
                let (day, end) = if bare { self.dated(j)? } else { self.base(j)? };
                if word == "following" {
                    return matches!(day, Day::Holiday(..) | Day::Date { .. }).then(|| (Day::After(Box::new(day)), end));
                }
                if matches!(word, "from" | "starting")
                    && let Some((range, end)) = self.close_range(day.clone(), end, false)
                {
                    return Some((range, end));
                }
                let day = Box::new(day);
                Some(match word {
                    "by" | "until" | "through" => (Day::By(day), end),
                    "before" => (Day::Before(day), end),
                    "after" => (Day::After(day), end),
                    _ => (Day::From(day), s.skip(s.skip(end, &["on"]), &["onward", "onwards", "forward", "on", "adelante"])),
                })
            }
            "between" => {
                let j = s.skip(i + 1, &["the", "now", "on"]);
                if s.any(i + 1, &["now"]) && s.any(j, &["and"]) {
                    let (day, end) = self.base(self.the(j + 1))?;
                    return Some((Day::By(Box::new(day)), end));
                }
                if let Some(found) = self.numbers_of_month(j, true) {
                    return Some(found);
                }
                if self.bare_number(j).is_some() && j == i + 1 {
                    return None;
                }
                let (day, end) = self.base_or_number(j)?;
                self.close_range(day, end, true)
            }
            "not" if s.any(i + 1, &["earlier", "sooner"]) && s.any(i + 2, &["than"]) => {
                let (day, end) = self.base(self.the(i + 3))?;
                Some((Day::From(Box::new(day)), end))
            }
            _ => None,
        }
    }

    /// Whether "to" at `i` marks where an appointment is moved to, so that it cannot close a range.
    fn target(&self, i: usize) -> bool {
        self.s().list.get(i).is_some_and(|s| self.targets.contains(&s.first))
    }

    fn range(&self, i: usize) -> Read<Day> {
        if let Some(found) = self.numbers_of_month(self.the(i), false) {
            return Some(found);
        }
        let (day, end) = self.base(i)?;
        if let Some(found) = self.close_range(day.clone(), end, false) {
            return Some(found);
        }
        if self.s().any(end, &["onward", "onwards", "forward"]) {
            return Some((Day::From(Box::new(day)), end + 1));
        }
        if self.s().any(end, &["on"]) && self.s().any(end + 1, &["onward", "onwards", "ward", "wards"]) {
            return Some((Day::From(Box::new(day)), end + 2));
        }
        if self.s().any(end, &["or", "and"]) && self.s().any(end + 1, &["later", "after", "beyond"]) && self.unit_or_day(end + 2).is_none() {
            return Some((Day::From(Box::new(day)), end + 2));
        }
        if self.s().any(end, &["or", "and"]) && self.s().any(end + 1, &["before", "earlier", "sooner"]) && self.base(end + 2).is_none() && self.bare_number(end + 2).is_none() {
            return Some((Day::By(Box::new(day)), end + 2));
        }
        Some((day, end))
    }

    /// The second half of a range whose first half is `day`.
    fn close_range(&self, day: Day, end: usize, between: bool) -> Read<Day> {
        let s = self.s();
        let mut j = end;
        if s.any(j, &[","]) {
            j += 1;
        }
        let hyphen = s.any(j, &["-", "–", "—"]);
        let joins = if between { s.any(j, &["and", "to", "-", "–"]) } else { s.any(j, TO) };
        if !joins || self.target(j) {
            return None;
        }
        if matches!(day, Day::Around(_) | Day::By(_) | Day::Before(_) | Day::After(_) | Day::From(_)) {
            return None;
        }
        let mut j = j + 1;
        j = s.skip(j, &["and"]);
        j = self.the(j);
        let (second, end) = if let Some(number) = self.bare_number(j)
            && matches!(day, Day::Date { .. } | Day::Number(..) | Day::NumberIn(..))
            && !self.clock_follows(j)
            && self.base(j).is_none_or(|(_, e)| e <= j + 1)
        {
            (Day::Number(number, None), j + 1)
        } else {
            self.base(j)?
        };
        if hyphen && matches!(day, Day::Numeric { .. }) && !matches!(second, Day::Numeric { .. } | Day::Date { .. }) {
            return None;
        }
        Some((Day::Range(Box::new(day), Box::new(second)), end))
    }

    fn base_or_number(&self, i: usize) -> Read<Day> {
        self.base(self.the(i)).or_else(|| self.bare_number(self.the(i)).map(|n| (Day::Number(n, None), self.the(i) + 1)))
    }

    /// A number from 1 to 31 that may be a day of the month.
    pub fn bare_number(&self, i: usize) -> Option<u32> {
        self.s().number(i).filter(|n| (1..=31).contains(n)).filter(|_| self.s().digits(i).is_some_and(|(_, d)| d <= 2))
    }

    fn clock_follows(&self, i: usize) -> bool {
        let s = self.s();
        s.any(i + 1, &[":", "am", "pm", "oclock", "ish", "h", "hs"]) || (s.glued(i + 1) && s.any(i + 1, &["a", "p"]))
            || (s.any(i + 1, &["a", "p"]) && s.any(i + 2, &["m", "."]))
    }

    fn month_follows(&self, i: usize) -> bool {
        let s = self.s();
        let mut j = i + 1;
        while s.any(j, &["of", "the", "-", "to", "and", "or", ","]) || self.bare_number(j).is_some() || s.ordinal(j).is_some() {
            j += 1;
        }
        s.month(j).is_some()
    }

    fn unit_or_day(&self, i: usize) -> Option<()> {
        (self.s().unit(i).is_some() || self.s().weekday(i).is_some()).then_some(())
    }

    /// "15-18 June", "15 to 18 of June", "June 15-18": ranges that share their month.
    fn numbers_of_month(&self, i: usize, between: bool) -> Read<Day> {
        let s = self.s();
        let day_at = |k: usize| self.bare_number(k).or_else(|| s.ordinal(k).filter(|n| *n <= 31));
        if let Some(first) = day_at(i) {
            let joins = if between { s.any(i + 1, &["and", "to", "-", "–"]) } else { s.any(i + 1, TO) };
            if !joins || self.target(i + 1) {
                return None;
            }
            let j = self.the(i + 2);
            let second = day_at(j)?;
            let k = s.skip(s.skip(j + 1, &["of"]), &["the"]);
            if let Some(month) = s.month(k) {
                let (year, end) = self.year_after(k + 1);
                let date = |day| Box::new(Day::Date { year, month, day, weekday: None });
                return Some((Day::Range(date(first), date(second)), end));
            }
            if let Some((period, end)) = self.period(k).filter(|(p, _)| matches!(p, Day::Period(Unit::Month, _))) {
                let date = |day| Box::new(Day::NumberIn(day, Box::new(period.clone())));
                return Some((Day::Range(date(first), date(second)), end));
            }
            let both_ordinal = s.ordinal(i).is_some() || s.ordinal(j).is_some();
            let led = i > 0 && s.any(i - 1, &["the", "el"]);
            if (both_ordinal || (led && !self.clock_follows(j))) && !self.clock_follows(j) && s.unit(j + 1).is_none() {
                return Some((Day::Range(Box::new(Day::Number(first, None)), Box::new(Day::Number(second, None))), j + 1));
            }
            return None;
        }
        let month = s.month(i)?;
        let j = s.skip(i + 1, &["the", ".", "/"]);
        let first = day_at(j)?;
        let joins = if between { s.any(j + 1, &["and", "to", "-", "–"]) } else { s.any(j + 1, TO) };
        if !joins || self.target(j + 1) {
            return None;
        }
        let k = self.the(j + 2);
        let second = day_at(k)?;
        if s.month(k + 1).is_some() || (s.any(k + 1, &["of"]) && s.month(k + 2).is_some()) || self.clock_follows(k) {
            return None;
        }
        if s.digits(k).is_some_and(|(_, d)| d > 2) {
            return None;
        }
        let (year, end) = self.year_after(k + 1);
        let date = |day| Box::new(Day::Date { year, month, day, weekday: None });
        Some((Day::Range(date(first), date(second)), end))
    }

    fn year_after(&self, i: usize) -> (Option<i32>, usize) {
        let s = self.s();
        let mut j = i;
        if s.any(j, &[","]) {
            j += 1;
        }
        let j = s.skip(s.skip(j, &["of", "in", "del"]), &["the"]);
        if let Some((year, 4)) = s.digits(j)
            && (1000..3000).contains(&year)
            && !self.s().any(j + 1, &[":"])
        {
            return (Some(year as i32), j + 1);
        }
        if s.any(j, &["next", "this", "last"]) && matches!(s.unit(j + 1), Some(Unit::Year)) {
            return (None, i);
        }
        if let Some((year, 2)) = s.digits(j)
            && j == i + 1
            && s.any(i, &["'"])
        {
            return (Some(2000 + year as i32), j + 1);
        }
        (None, i)
    }

    /// One day or span, with what may follow it.
    pub fn base(&self, i: usize) -> Read<Day> {
        let (day, end) = self.plain(i)?;
        Some(self.postfix(day, end))
    }

    fn postfix(&self, day: Day, end: usize) -> (Day, usize) {
        let s = self.s();
        // "Tuesday week", "tomorrow fortnight", "el lunes en ocho".
        if matches!(day, Day::Weekday(_, Which::Bare) | Day::Offset(_)) {
            let weeks = match s.unit(end) {
                Some(Unit::Week) if !s.plural(end) && !s.possessive(end) && !s.any(end + 1, &["after", "next", "of"]) => Some(1),
                Some(Unit::Fortnight) => Some(2),
                _ if s.any(end, &["enocho"]) => Some(1),
                _ if s.any(end, &["enquince"]) => Some(2),
                _ => None,
            };
            if let Some(weeks) = weeks {
                let plus = match day {
                    Day::Weekday(wd, _) => Day::Weekday(wd, Which::Plus(weeks)),
                    other => Day::Shift(weeks, Unit::Week, Box::new(other)),
                };
                return (plus, end + 1);
            }
        }
        (day, end)
    }

    fn plain(&self, i: usize) -> Read<Day> {
        let mut best: Read<Day> = None;
        for found in [
            self.near(i),
            self.weekday(i),
            self.dated(i),
            self.numeric(i),
            self.nth(i),
            self.period(i),
            self.counted(i),
            self.portion(i),
            self.week_of(i),
            self.rest(i),
            self.beside(i),
            self.holiday(i),
        ]
        .into_iter()
        .flatten()
        {
            if best.as_ref().is_none_or(|(_, end)| found.1 > *end) {
                best = Some(found);
            }
        }
        best
    }

    fn near(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let offset = match s.word(i) {
            "today" => 0,
            "tomorrow" => 1,
            "overmorrow" => 2,
            "yesterday" => -1,
            "ereyesterday" => -2,
            _ => return None,
        };
        Some((Day::Offset(offset), i + 1))
    }

    /// Weekdays with everything that may stand around them.
    fn weekday(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(i, &["the"]);
        // "next week Tuesday", "next week's Tuesday", "this week on Friday"
        if let Some((week, k)) = self.period(i)
            && matches!(week, Day::Period(Unit::Week, _))
        {
            let l = s.skip(s.skip(k, &[","]), &["on", "the"]);
            let comma = s.any(k, &[","]);
            if !comma && let Some(wd) = s.weekday(l).filter(|_| !s.plural(l)) {
                return Some((Day::WeekdayIn(wd, Box::new(week)), l + 1));
            }
            return None;
        }
        let mut which = Which::Bare;
        let mut explicit = false;
        while let Some(symbol) = s.list.get(j) {
            match symbol.word.as_str() {
                "this" | "coming" | "upcoming" => {
                    which = if symbol.word == "this" && !s.any(j + 1, &["coming", "next"]) && !self.is_spanish() { Which::This } else { Which::Bare };
                    explicit = true;
                }
                "next" => {
                    which = if self.is_spanish() { Which::Bare } else { Which::Next(1) };
                    explicit = true;
                }
                "last" | "past" | "previous" => which = Which::Last,
                "following" => {
                    let wd = s.weekday(j + 1)?;
                    return Some((Day::WeekdayBeside(wd, 1, Box::new(Day::Anchor)), j + 2));
                }
                _ => break,
            }
            j += 1;
        }
        let wd = s.weekday(j)?;
        let mut end = j + 1;
        if s.any(end, &["."]) && s.list.get(j).is_some_and(|x| x.word.len() <= 5) && !s.sentence_start(end + 1) {
            end += 1;
        } else if s.any(end, &["."]) && s.word(j).len() <= 5 && (self.dated(s.skip(end + 1, &[","])).is_some()) {
            end += 1;
        }
        // es: "el martes proximo", "el martes que viene", "el lunes pasado"; en: "Monday next", "Monday last"
        if s.any(end, &["next"]) && s.unit(end + 1).is_none() && !s.any(end + 1, &["to", "available", "appointment", "time"]) {
            return Some((Day::Weekday(wd, Which::Bare), end + 1));
        }
        if s.any(end, &["following"]) && s.unit(end + 1).is_none() && s.weekday(end + 1).is_none() {
            return Some((Day::WeekdayBeside(wd, 1, Box::new(Day::Anchor)), end + 1));
        }
        if s.any(end, &["last", "past", "pasado"]) && self.is_spanish() {
            return Some((Day::Weekday(wd, Which::Last), end + 1));
        }
        // "the Tuesday after next", "the Tuesday after Labor Day", "the Tuesday before Easter"
        if s.any(end, &["after", "following"]) && !self.target(end) {
            if s.any(end + 1, &["next"]) && s.unit(end + 2).is_none() {
                return Some((Day::Weekday(wd, Which::Next(2)), end + 2));
            }
            let k = self.the(end + 1);
            if let Some((other, stop)) = self.plain(k).filter(|(d, _)| self.may_anchor(d)) {
                if which == Which::Bare && (s.any(i, &["the"]) || matches!(other, Day::Holiday(..))) || matches!(other, Day::Holiday(..)) {
                    return Some((Day::WeekdayBeside(wd, 1, Box::new(other)), stop));
                }
            }
            if s.any(i, &["the"]) && !self.clock_like(end + 1) && self.unit_or_day(k).is_none() && !self.event_after(end) {
                return Some((Day::WeekdayBeside(wd, 1, Box::new(Day::Anchor)), end + 1));
            }
        }
        if s.any(end, &["before"]) && s.any(i, &["the"]) {
            let k = self.the(end + 1);
            if let Some((other, stop)) = self.plain(k).filter(|(d, _)| self.may_anchor(d)) {
                return Some((Day::WeekdayBeside(wd, -1, Box::new(other)), stop));
            }
        }
        // "Tuesday next week", "Tuesday of the week after next", "el martes de la semana que viene"
        {
            let mut k = s.skip(end, &[","]);
            let comma = k > end;
            while s.any(k, &["of", "in", "the", "from"]) {
                k += 1;
            }
            if let Some((week, stop)) = self.period(k).or_else(|| if k > 0 { self.period(k - 1) } else { None }).filter(|(w, _)| matches!(w, Day::Period(Unit::Week, _)))
                && stop > k
                && !(comma && s.any(stop, &["or", "and", "then"]))
            {
                return Some((Day::WeekdayIn(wd, Box::new(week)), stop));
            }
            if !comma && (s.any(end, &["of"]) || s.any(end, &["in"])) {
                if let Some((week, stop)) = self.week_of(end + 1) {
                    return Some((Day::WeekdayIn(wd, Box::new(week)), stop));
                }
                if s.any(k, &["that", "same"]) && s.unit(k + 1) == Some(Unit::Week) {
                    return Some((Day::WeekdayIn(wd, Box::new(Day::WeekOf(Box::new(Day::Anchor)))), k + 2));
                }
            }
            if (which == Which::This || which == Which::Bare) && s.any(end, &["this", "coming", "upcoming"]) && s.unit(end + 1) == Some(Unit::Week) {
                return Some((Day::WeekdayIn(wd, Box::new(Day::Period(Unit::Week, 0))), end + 2));
            }
        }
        // "Tuesday the 16th", "Tuesday 16 June", "Tue, Jun 16", "Thu 7/2"
        if !s.plural(j) {
            let mut k = end;
            if s.any(k, &[","]) || s.any(k, &["("]) || s.any(k, &["."]) {
                k += 1;
            }
            let led = s.any(k, &["the", "el", "on"]);
            let k2 = s.skip(s.skip(k, &["on"]), &["the", "el", "dia"]);
            let k2 = s.skip(k2, &["dia"]);
            let comma = k > end && s.any(end, &[","]);
            let with = |day: Day| match day {
                Day::Date { year, month, day, .. } => Some(Day::Date { year, month, day, weekday: Some(wd) }),
                Day::Numeric { first, second, year, settled, .. } => Some(Day::Numeric { first, second, year, weekday: Some(wd), settled }),
                Day::Number(n, _) => Some(Day::Number(n, Some(wd))),
                Day::NumberIn(n, span) => Some(Day::NumberIn(n, span)),
                _ => None,
            };
            if let Some((date, stop)) = self.dated(k2).or_else(|| self.numeric(k2).filter(|_| !comma || true))
                && let Some(date) = with(date)
            {
                let stop = if s.any(end, &["("]) && s.any(stop, &[")"]) { stop + 1 } else { stop };
                return Some((date, stop));
            }
            if let Some(n) = s.ordinal(k2).filter(|n| (1..=31).contains(n)) {
                if !(comma && !led) || !s.any(k2 + 1, &["or"]) {
                    return Some((Day::Number(n, Some(wd)), k2 + 1));
                }
            }
            if !comma && let Some(n) = self.bare_number(k2).filter(|_| !self.clock_follows(k2) && (!s.any(k2 + 1, NUMBER_WORDS_BLOCKED) || self.is_spanish() && s.any(k2 + 1, &["in"])))
                && !(s.any(k2 + 1, &["-", "to"]) && self.bare_number(k2 + 2).is_some_and(|m| m <= 12) && n <= 12)
                && !explicit
            {
                if led || n > 12 || self.is_spanish() || self.number_fits(n, wd) {
                    return Some((Day::Number(n, Some(wd)), k2 + 1));
                }
            }
        }
        Some((Day::Weekday(wd, which), end))
    }

    fn event_after(&self, i: usize) -> bool {
        self.s().any(i + 1, &["my", "our", "his", "her", "their", "school", "work", "lunch", "noon", "i", "we", "mi"])
    }

    fn clock_like(&self, i: usize) -> bool {
        self.s().number(i).is_some() || self.s().any(i, &["lunch", "noon", "work", "school", "midday", "half", "quarter", "about", "around"]) || self.s().part(i).is_some()
    }

    fn may_anchor(&self, day: &Day) -> bool {
        !matches!(day, Day::Period(Unit::Year | Unit::Quarter, _))
    }

    /// Whether the next day of that number is such a weekday.
    fn number_fits(&self, n: u32, weekday: Weekday) -> bool {
        super::resolve::next_number(self.today, n).is_some_and(|d| chrono::Datelike::weekday(&d) == weekday)
    }

    /// Dates with a month's name.
    fn dated(&self, i: usize) -> Read<Day> {
        let s = self.s();
        // 2019-sep-1, 2012/aug/10
        if let Some((year, 4)) = s.digits(i)
            && s.any(i + 1, &["-", "/", ",", "."])
            && let Some(month) = s.month(i + 2)
            && s.any(i + 3, &["-", "/", ",", "."])
            && let Some(day) = self.bare_number(i + 4)
        {
            return Some((Day::Date { year: Some(year as i32), month, day, weekday: None }, i + 5));
        }
        let i = if s.any(i, &["the"]) { i + 1 } else { i };
        let mut i = i;
        if s.any(i, &["dia"]) {
            i += 1;
        }
        let day_at = |k: usize| self.bare_number(k).or_else(|| s.ordinal(k).filter(|n| (1..=31).contains(n)));
        if let Some(day) = day_at(i) {
            // "15 June", "15th of June", "15-Oct-74", "3rd of this month"
            let mut k = i + 1;
            let joined = s.any(k, &["-", "/"]);
            if s.any(k, &["of", "-", "/", ",", "."]) {
                k += 1;
            }
            k = s.skip(s.skip(k, &["day"]), &["of"]);
            k = s.skip(k, &["the"]);
            if let Some(month) = s.month(k) {
                let mut end = k + 1;
                if s.any(end, &["."]) && s.word(k).len() <= 4 {
                    end += 1;
                }
                if joined && s.any(end, &["-", "/"])
                    && let Some((year, digits)) = s.digits(end + 1).filter(|(_, d)| *d == 2 || *d == 4)
                {
                    return Some((Day::Date { year: Some(century(year, digits)), month, day, weekday: None }, end + 2));
                }
                let (year, end) = self.year_after(end);
                if year.is_none()
                    && let Some((period, stop)) = self.period(end)
                    && matches!(period, Day::Period(Unit::Year, _))
                {
                    return Some((Day::NumberIn(day, Box::new(Day::Month(month, None, Some(if let Day::Period(_, n) = period { n } else { 0 })))), stop));
                }
                return Some((Day::Date { year, month, day, weekday: None }, end));
            }
            if (k > i + 1 || s.ordinal(i).is_some()) && !joined
                && let Some((span, end)) = self.period(k).or_else(|| if k > 0 && s.any(k - 1, &["the"]) { self.period(k - 1) } else { None }).filter(|(p, _)| matches!(p, Day::Period(Unit::Month, _)))
            {
                return Some((Day::NumberIn(day, Box::new(span)), end));
            }
            return None;
        }
        // "June 15", "June the 15th", "Jun. 15, 2026", "June/15"
        let month = s.month(i)?;
        let mut k = i + 1;
        if s.any(k, &[".", "/", "-", ","]) {
            k += 1;
        }
        k = s.skip(k, &["the"]);
        let day = day_at(k)?;
        if s.any(k + 1, &[":", "am", "pm", "oclock"]) {
            return None;
        }
        let mut end = k + 1;
        if s.any(end, &["/", "-"]) && s.any(i + 1, &["/", "-"])
            && let Some((year, digits)) = s.digits(end + 1).filter(|(_, d)| *d == 2 || *d == 4)
        {
            return Some((Day::Date { year: Some(century(year, digits)), month, day, weekday: None }, end + 2));
        }
        // "Jul 18, Fri"
        let mut weekday = None;
        let after_comma = s.skip(end, &[","]);
        if let Some(wd) = s.weekday(after_comma).filter(|_| !s.any(after_comma + 1, &["the", "next"]) && s.ordinal(after_comma + 1).is_none() && s.month(after_comma + 1).is_none()) {
            if after_comma > end && s.list.get(after_comma + 1).is_none_or(|x| [",", ")", ".", "at", "?"].contains(&x.word.as_str())) {
                weekday = Some(wd);
                end = after_comma + 1;
            }
        } else if s.any(end, &["("]) && let Some(wd) = s.weekday(end + 1) && s.any(end + 2, &[")"]) {
            weekday = Some(wd);
            end += 3;
        }
        let (year, end) = self.year_after(end);
        if year.is_none()
            && let Some((Day::Period(Unit::Year, n), stop)) = self.period(end)
        {
            return Some((Day::NumberIn(day, Box::new(Day::Month(month, None, Some(n)))), stop));
        }
        Some((Day::Date { year, month, day, weekday }, end))
    }

    /// 7/14, 14.7.2026, 2026-07-14; and the ordinal or "the 3" alone.
    fn numeric(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let start = i;
        let i = if s.any(i, &["the", "el"]) { i + 1 } else { i };
        let i = s.skip(i, &["dia"]);
        if let Some((first, digits)) = s.digits(i).filter(|(_, d)| *d > 0) {
            let mark = s.word(i + 1).to_owned();
            let glued = s.glued(i + 1) && s.glued(i + 2);
            let spaced = !s.glued(i + 1) && !s.glued(i + 2);
            if matches!(mark.as_str(), "/" | "-" | ".") && (glued || (spaced && mark != ".")) {
                let before_glued = i > 0 && s.glued(i) && !s.any(i - 1, &["(", ",", "\"", ":", "~"]);
                if let Some((second, digits2)) = s.digits(i + 2).filter(|(_, d)| (1..=2).contains(d)) {
                    let third = (s.word(i + 3) == mark || (mark != "-" && s.any(i + 3, &["-", "/", ","]))) && s.glued(i + 3) == glued;
                    if digits == 4 && third && let Some((day, _)) = s.digits(i + 4).filter(|(n, d)| (1..=2).contains(d) && (1..=31).contains(n)) {
                        if (1..=12).contains(&second) && !before_glued {
                            return Some((Day::Date { year: Some(first as i32), month: second, day, weekday: None }, i + 5));
                        }
                    }
                    if digits <= 2 && third && let Some((year, yd)) = s.digits(i + 4).filter(|(_, d)| *d == 2 || *d == 4) {
                        if plausible(first, second) && !before_glued && !(s.any(i + 5, &["-", "/", "."]) && s.glued(i + 5) && s.digits(i + 6).is_some() && s.glued(i + 6)) {
                            let year = Some(century(year, yd));
                            return Some((Day::Numeric { first, second, year, weekday: None, settled: false }, i + 5));
                        }
                        return None;
                    }
                    let more = s.any(i + 3, &["-", "/", "."]) && s.glued(i + 3) && s.digits(i + 4).is_some() && s.glued(i + 4);
                    let dash = mark == "-" || mark == "–";
                    if digits <= 2 && !more && !before_glued && mark != "." && plausible(first, second) && self.not_a_reading(i, i + 3) {
                        // "10-12" beside a day or a clock word is a range of hours.
                        let hours = dash && first <= 12 && second <= 12;
                        if !(hours && (spaced || !self.general)) && !(dash && s.unit(i + 3).is_some()) {
                            return Some((Day::Numeric { first, second, year: None, weekday: None, settled: digits2 > 2 }, i + 3));
                        }
                    }
                    if mark == "." && glued && !more && digits <= 2 && digits2 == 2 && self.is_day_month_locale() && plausible(first, second) && second <= 12
                        && self.not_a_reading(i, i + 3)
                        && (s.any(i.wrapping_sub(1), &["on", "the", "el"]) || s.weekday(i.wrapping_sub(1)).is_some())
                    {
                        return Some((Day::Numeric { first, second, year: None, weekday: None, settled: true }, i + 3));
                    }
                }
            }
        }
        // "the 3rd", "3rd", "the 18", "el 18"
        let led = i > start || (i > 0 && s.any(i - 1, &["the", "el"]));
        if let Some(n) = s.ordinal(i).filter(|n| (1..=31).contains(n)) {
            let noun = s.list.get(i + 1).is_some_and(|x| {
                matches!(x.class, Class::Unit(_)) && !matches!(x.class, Class::Unit(Unit::Day)) || ORDINAL_NOUNS.contains(&x.word.as_str())
            });
            let word_ordinal = s.list.get(i).is_some_and(|x| s.tokens.get(x.first).is_some_and(|t| t.kind == super::super::text::Kind::Word));
            if noun || (word_ordinal && !led) || (word_ordinal && n <= 2 && !s.list.get(i + 1).is_none_or(|x| [".", ",", "?", "or", "of", "at"].contains(&x.word.as_str()))) {
                return None;
            }
            return Some((Day::Number(n, None), i + 1));
        }
        if led && let Some(n) = self.bare_number(i)
            && !self.clock_follows(i)
            && s.unit(i + 1).is_none()
            && !s.any(i + 1, NUMBER_WORDS_BLOCKED)
            && s.list.get(i + 1).is_none_or(|x| !(s.tokens.get(x.first).is_some_and(|t| t.kind == super::super::text::Kind::Word)) || AFTER_NUMBER.contains(&x.word.as_str()) || s.part(i + 1).is_some())
        {
            // "las 3" is a time, "el 3" a day; English "the 3" only where a day is expected.
            return Some((Day::Number(n, None), i + 1));
        }
        None
    }

    /// Whether numbers with a slash are a date and no blood pressure, score or fraction.
    fn not_a_reading(&self, first: usize, end: usize) -> bool {
        const AFTER: &[&str] = &[
            "pain", "mmhg", "tablet", "tablets", "pill", "pills", "cup", "cups", "mg", "ml", "of", "dose", "doses", "vision", "stars", "star", "inch", "inches",
            "dolor", "the", "way", "full", "hour", "hours", "teaspoon", "tsp", "on", "minute", "minutes", "day", "days", "week", "weeks", "month", "months", "years", "year", "times", "people", "hrs", "mins",
        ];
        const BEFORE: &[&str] = &[
            "bp", "pressure", "pain", "score", "scored", "scale", "rate", "rated", "rating", "level", "vision", "ratio", "dolor", "tension", "presion", "gave",
            "give", "reading", "readings", "about", "apgar", "apartment", "apt", "unit", "flat", "suite", "phone", "call", "text", "ext", "nivel", "severity", "intensity",
        ];
        let s = self.s();
        let after = s.word(end);
        let of_day = after == "of" || (after == "on" && !(s.weekday(end + 1).is_some())) || after == "the";
        if AFTER.contains(&after) && !(matches!(after, "on" | "the")) && !(after == "of" && !of_day) {
            return false;
        }
        if s.any(end, &["%"]) || s.any(first.wrapping_sub(1), &["$", "#", "£", "€"]) {
            return false;
        }
        // a number glued behind a comma or dot: "12/5.3"
        for back in 1..=3 {
            let Some(k) = first.checked_sub(back) else { break };
            if s.sentence_start(k + 1) || s.any(k, &[",", ";"]) {
                break;
            }
            if BEFORE.contains(&s.word(k)) && !(back > 1 && s.any(k, &["call", "text", "about", "phone", "give", "gave"])) && !s.any(k, &["about"]) {
                return false;
            }
        }
        true
    }

    /// "the first Monday of July", "the second week of next month", "the last day of June".
    fn nth(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(i, &["the"]);
        let mut n = if s.any(j, &["last", "ultimo", "ultima", "final"]) {
            j += 1;
            -1
        } else {
            let n = s.ordinal(j)? as i32;
            j += 1;
            if s.any(j, &["to"]) && s.any(j + 1, &["last"]) {
                j += 2;
                -n
            } else if s.any(j, &["last"]) {
                j += 1;
                -n
            } else {
                n
            }
        };
        if s.any(j, &["business", "full"]) {
            j += 1;
        }
        let counted = if let Some(wd) = s.weekday(j).filter(|_| !s.plural(j)) {
            Counted::Weekday(wd)
        } else if s.any(j, &["weekof"]) {
            let (span, end) = self.span(j + 1)?;
            return Some((Day::Nth(n, Counted::Week, Box::new(span)), end));
        } else if let Some((m, k)) = self.count(j).filter(|(m, k)| *m <= 10 && s.unit(*k).is_some() && s.any(k + 1, &["of", "in"])) {
            // "the last two weeks of July"
            let counted = match s.unit(k)? {
                Unit::Day => Counted::Day,
                Unit::Week => Counted::Week,
                _ => return None,
            };
            let (span, end) = self.span(k + 2)?;
            let nth = |i: i32| Box::new(Day::Nth(i, counted, Box::new(span.clone())));
            return Some((if n == -1 { Day::Range(nth(-m), nth(-1)) } else { Day::Range(nth(1), nth(m)) }, end));
        } else {
            match s.unit(j).filter(|_| !s.plural(j))? {
                Unit::Day | Unit::WorkDay => Counted::Day,
                Unit::Week => Counted::Week,
                Unit::Weekend => Counted::Weekend,
                Unit::Month => Counted::Month,
                Unit::Quarter => Counted::Quarter,
                _ => return None,
            }
        };
        let k = j + 1;
        if counted == Counted::Quarter {
            let (year, end) = self.year_after(k);
            let n = u32::try_from(n).ok().filter(|n| (1..=4).contains(n))?;
            return Some((Day::Quarter(n, year.map(|y| Box::new(Day::Year(y)))), end));
        }
        if s.any(k, &["after"]) {
            let (other, end) = self.plain(self.the(k + 1))?;
            if let Counted::Weekday(wd) = counted {
                return Some((Day::WeekdayBeside(wd, n, Box::new(other)), end));
            }
            return None;
        }
        if s.any(j + 1, &["closest"]) {
            n = n.max(1);
        }
        if !s.any(k, &["of", "in", "on", "from"]) && s.month(k).is_none() && self.period(k).is_none() {
            return None;
        }
        let k = s.skip(k, &["of", "in", "on", "from"]);
        let (span, end) = self.span(k)?;
        Some((Day::Nth(n, counted, Box::new(span)), end))
    }

    /// A span that things can be counted in: a month, a week, a year.
    fn span(&self, i: usize) -> Read<Day> {
        let s = self.s();
        if let Some((period, end)) = self.period(i) {
            return matches!(period, Day::Period(..) | Day::Month(..) | Day::Year(_) | Day::Quarter(..) | Day::Season(..)).then_some((period, end));
        }
        let j = s.skip(i, &["the"]);
        if s.any(j, &["that", "same"]) && s.unit(j + 1) == Some(Unit::Month) {
            return Some((Day::MonthOf(Box::new(Day::Anchor)), j + 2));
        }
        if s.any(j, &["that", "same"]) && s.unit(j + 1) == Some(Unit::Week) {
            return Some((Day::WeekOf(Box::new(Day::Anchor)), j + 2));
        }
        if j > i || self.is_spanish() || i > 0 {
            return match s.unit(j).filter(|_| !s.plural(j))? {
                unit @ (Unit::Month | Unit::Week | Unit::Year | Unit::Quarter | Unit::Weekend) => Some((Day::Period(unit, 0), j + 1)),
                _ => None,
            };
        }
        None
    }

    /// This, next and last week, month, weekend, year; months and years by name.
    pub(super) fn period(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, &["the"]);
        let j = s.skip(j, &["whole", "entire", "month"]);
        let j = if j > 0 && s.any(j - 1, &["month"]) && s.any(j, &["of"]) { j + 1 } else if j > 0 && s.any(j - 1, &["month"]) && s.class(j - 1) == Class::Unit(Unit::Month) && j > i { j - 1 } else { j };
        let good = |unit: Unit| matches!(unit, Unit::Week | Unit::Weekend | Unit::Month | Unit::Year | Unit::Quarter);
        // "next week", "this coming weekend"
        let mut k = j;
        let mut shift: Option<i32> = None;
        while s.list.get(k).is_some() {
            if s.any(k, NEXT) {
                shift = Some(1);
            } else if s.any(k, &["this", "current"]) {
                shift = Some(0);
            } else if s.any(k, &["coming", "upcoming"]) {
                shift = Some(if s.unit(k + 1) == Some(Unit::Weekend) || shift == Some(0) && s.unit(k + 1) != Some(Unit::Week) { 0 } else { 1 });
            } else if s.any(k, LAST) {
                shift = Some(-1);
            } else {
                break;
            }
            k += 1;
        }
        if let Some(n) = shift {
            if let Some(unit) = s.unit(k).filter(|u| good(*u) && !s.plural(k)) {
                return Some((Day::Period(unit, n), k + 1));
            }
            if let Some(month) = s.month(k) {
                if s.number(k + 1).is_some_and(|d| d <= 31) && !s.any(k + 2, &[":"]) || s.ordinal(k + 1).is_some() {
                    return None;
                }
                return Some((Day::Month(month, None, Some(n)), k + 1));
            }
            if let Some(season) = season(s.word(k)) {
                return Some((Day::Season(season, None, Some(n)), k + 1));
            }
            return None;
        }
        // "the week after next", "week after next", "la semana que viene", "la semana proxima"
        if let Some(unit) = s.unit(j).filter(|u| good(*u) && !s.plural(j)) {
            if s.any(j + 1, &["after"]) && s.any(j + 2, &["next"]) {
                return Some((Day::Period(unit, 2), j + 3));
            }
            if s.any(j + 1, &["after"]) && s.any(j + 2, &["this"]) && s.unit(j + 3).is_none() {
                return Some((Day::Period(unit, 1), j + 3));
            }
            if s.any(j + 1, &["before"]) && s.any(j + 2, &["last"]) {
                return Some((Day::Period(unit, -2), j + 3));
            }
            if s.any(j + 1, &["after", "following"]) && s.any(j + 2, &["the", "that"]) && s.any(j + 3, &["next"]) {
                return Some((Day::Period(unit, 2), j + 4));
            }
            if s.any(j + 1, NEXT) {
                return Some((Day::Period(unit, 1), j + 2));
            }
            if self.is_spanish() && s.any(j + 1, &["last", "past"]) {
                return Some((Day::Period(unit, -1), j + 2));
            }
            if s.any(j + 1, &["after", "following"]) {
                // "the week after Labor Day", else the week after the anchor's
                let k = self.the(j + 2);
                if unit == Unit::Week && s.any(j + 1, &["after"])
                    && let Some((other, end)) = self.plain(k).filter(|(d, _)| !matches!(d, Day::Within(..)))
                {
                    let week = Day::WeekOf(Box::new(other));
                    return Some((Day::Shift(1, Unit::Week, Box::new(week)), end));
                }
                if s.number(j + 2).is_none() && !self.event_after(j + 1) {
                    return Some((Day::Shift(1, unit, Box::new(self.of_anchor(unit))), j + 2));
                }
                return None;
            }
            if s.any(j + 1, &["before"]) && j > i {
                let k = self.the(j + 2);
                if unit == Unit::Week && let Some((other, end)) = self.plain(k) {
                    return Some((Day::Shift(-1, Unit::Week, Box::new(Day::WeekOf(Box::new(other)))), end));
                }
            }
        }
        if s.any(j, &["following"])
            && let Some(unit) = s.unit(j + 1).filter(|u| good(*u))
        {
            return Some((Day::Shift(1, unit, Box::new(self.of_anchor(unit))), j + 2));
        }
        if s.any(j, &["that", "same"])
            && let Some(unit @ (Unit::Week | Unit::Month | Unit::Weekend)) = s.unit(j + 1)
        {
            return Some((self.of_anchor(unit), j + 2));
        }
        if s.unit(j) == Some(Unit::Weekend) && !s.plural(j) {
            return Some((Day::Period(Unit::Weekend, 0), j + 1));
        }
        if let Some(month) = s.month(j) {
            // a month without a day
            if s.number(j + 1).is_some_and(|_| s.digits(j + 1).is_some_and(|(n, d)| d <= 2 && n <= 31) && !self.clock_follows(j + 1)) || s.ordinal(j + 1).is_some() {
                return None;
            }
            let (year, end) = self.year_after(if s.any(j + 1, &[".", "-", "/"]) && s.digits(j + 2).is_some_and(|(_, d)| d == 4) { j + 2 } else { j + 1 });
            if year.is_none() && let Some((Day::Period(Unit::Year, n), stop)) = self.period_year(end) {
                return Some((Day::Month(month, None, Some(n)), stop));
            }
            return Some((Day::Month(month, year, None), end));
        }
        if let Some(season) = season(s.word(j)).filter(|_| self.general || j > i) {
            let (year, end) = self.year_after(j + 1);
            return Some((Day::Season(season, year, None), end));
        }
        if self.general {
            if let Some((year, 4)) = s.digits(j).filter(|(y, _)| (1900..2100).contains(y)) {
                if s.any(j + 1, &["/", "-"]) && let Some(month) = s.digits(j + 2).filter(|(m, d)| *d <= 2 && (1..=12).contains(m)) && !s.any(j + 3, &["/", "-"]) {
                    return Some((Day::Month(month.0, Some(year as i32), None), j + 3));
                }
                if s.any(j + 1, &[","]) && let Some(month) = s.month(j + 2) {
                    return Some((Day::Month(month, Some(year as i32), None), j + 3));
                }
                if let Some(month) = s.month(j + 1) {
                    return Some((Day::Month(month, Some(year as i32), None), j + 2));
                }
                let after = s.word(j + 1);
                if after != ":" && !(s.any(j.wrapping_sub(1), &["$"])) {
                    return Some((Day::Year(year as i32), j + 1));
                }
            }
            if let Some((month, d)) = s.digits(j).filter(|(m, d)| (1..=2).contains(d) && (1..=12).contains(m))
                && d <= 2
                && s.any(j + 1, &["/", "-"])
                && let Some((year, 4)) = s.digits(j + 2).filter(|(y, _)| (1900..2100).contains(y))
            {
                return Some((Day::Month(month, Some(year as i32), None), j + 3));
            }
            if s.any(j, &["q"]) && s.glued(j + 1) && let Some(n) = s.number(j + 1).filter(|n| (1..=4).contains(n)) {
                let (year, end) = self.year_after(j + 2);
                return Some((Day::Quarter(n, year.map(|y| Box::new(Day::Year(y)))), end));
            }
            if let Some((year, d)) = s.digits(j).filter(|(_, d)| *d == 2 || *d == 4)
                && s.any(j + 1, &["q"])
                && let Some(n) = s.number(j + 2).filter(|n| (1..=4).contains(n))
            {
                return Some((Day::Quarter(n, Some(Box::new(Day::Year(century(year, d))))), j + 3));
            }
            if j > i && let Some(unit) = s.unit(j).filter(|u| matches!(u, Unit::Week | Unit::Month | Unit::Year) && !s.plural(j)) && !s.any(j + 1, &["of", "from", "after", "before", "starting"]) {
                return Some((Day::Period(unit, 0), j + 1));
            }
        }
        None
    }

    fn period_year(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let i = s.skip(s.skip(i, &["of"]), &["the"]);
        let n = if s.any(i, NEXT) { 1 } else if s.any(i, &["this"]) { 0 } else if s.any(i, LAST) { -1 } else { return None };
        (s.unit(i + 1) == Some(Unit::Year)).then_some((Day::Period(Unit::Year, n), i + 2))
    }

    fn of_anchor(&self, unit: Unit) -> Day {
        match unit {
            Unit::Month => Day::MonthOf(Box::new(Day::Anchor)),
            _ => Day::WeekOf(Box::new(Day::Anchor)),
        }
    }

    /// How many: "two", "a", "a couple of", "a few".
    pub(super) fn count(&self, i: usize) -> Read<i32> {
        let s = self.s();
        let j = if s.any(i, &["a", "an", "the"]) { i + 1 } else { i };
        if s.any(j, &["couple"]) {
            return Some((2, s.skip(j + 1, &["of"])));
        }
        if s.any(j, &["few", "several"]) {
            return Some((3, s.skip(j + 1, &["of"])));
        }
        if s.any(j, &["another"]) {
            return Some((1, j + 1));
        }
        if j == i + 1 && s.any(i, &["a", "an"]) && s.unit(s.skip(j, &["full", "good"])).is_some() {
            return Some((1, s.skip(j, &["full", "good"])));
        }
        let n = s.number(i)?;
        (n <= 1000).then_some((n as i32, i + 1))
    }

    fn whole_unit(&self, i: usize) -> Read<(i32, Unit)> {
        let s = self.s();
        let i = s.skip(i, &["-", "short", "full", "whole", "calendar"]);
        match s.unit(i)? {
            Unit::Fortnight => Some(((2, Unit::Week), i + 1)),
            unit @ (Unit::Day | Unit::WorkDay | Unit::Week | Unit::Month | Unit::Year | Unit::Quarter | Unit::Weekend | Unit::Decade) => Some(((1, unit), i + 1)),
            _ => None,
        }
    }

    /// Everything that counts units: in, within, from now, from a day, ago, the next n.
    fn counted(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let word = s.word(i);
        // es fixed wordings
        match word {
            "enocho" => return Some((Day::In(1, Unit::Week), i + 1)),
            "enquince" => return Some((Day::In(2, Unit::Week), i + 1)),
            _ => {}
        }
        // "hace dos semanas"
        if word == "hace" {
            let (n, j) = self.count(self.skip_about(i + 1))?;
            let ((k, unit), end) = self.whole_unit(j)?;
            return Some((Day::Shift(-n * k, unit, Box::new(Day::Offset(0))), end));
        }
        if word == "in" || word == "dentro" {
            let j = self.skip_about(s.skip(i + 1, &["of"]));
            let about = j > s.skip(i + 1, &["of"]);
            if s.any(i + 1, &["the"]) {
                return self.within(i + 1);
            }
            let (n, k) = self.count(j)?;
            // "in two or three weeks", "in two to three weeks", "in 2-3 weeks"
            if s.any(k, &["or", "to", "-", "–"])
                && let Some((m, k2)) = self.count(k + 1)
                && let Some(((u, unit), end)) = self.whole_unit(k2)
            {
                if s.any(k, &["or"]) {
                    return Some((Day::Either(vec![Day::In(n * u, unit), Day::In(m * u, unit)]), end));
                }
                return Some((Day::InRange(n * u, m * u, unit), end));
            }
            let ((u, unit), end) = self.whole_unit(k)?;
            let k2 = s.skip(s.skip(end, &["or"]), &["so"]);
            let so = k2 == end + 2;
            if s.any(end, &["or"]) && let Some((m, k3)) = self.count(end + 1)
                && let Some(((v, unit2), end)) = self.whole_unit(k3)
            {
                return Some((Day::Either(vec![Day::In(n * u, unit), Day::In(m * v, unit2)]), end));
            }
            let end = if so { k2 } else { end };
            let end = if s.any(end, &["time", "timeframe"]) { end + 1 } else { end };
            let day = Day::In(n * u, unit);
            // "in two weeks on Tuesday"? the weekday stays its own element
            return Some((if about || so { Day::Around(Box::new(day)) } else { day }, end));
        }
        if let Some(found) = self.within(i) {
            return Some(found);
        }
        // "3 fridays from now", "two sundays from now"
        if let Some(n) = s.number(i).filter(|n| (1..=20).contains(n))
            && let Some(wd) = s.weekday(i + 1)
            && s.plural(i + 1)
            && s.any(i + 2, &["from"])
            && s.any(i + 3, &["now", "today"])
        {
            return Some((Day::WeekdayBeside(wd, n as i32, Box::new(Day::Offset(0))), i + 4));
        }
        let mut j = i;
        // "push it back a week", "by two days"
        if self.changing && s.any(i, &["back", "by", "out", "forward"]) {
            let (n, k) = self.count(i + 1)?;
            let ((u, unit), end) = self.whole_unit(k)?;
            let n = if s.any(i, &["forward"]) { -n } else { n };
            return Some((Day::Shift(n * u, unit, Box::new(Day::Anchor)), end));
        }
        let half_year = s.any(j, &["half"]) && s.any(j + 1, &["a"]) && s.unit(j + 2) == Some(Unit::Year);
        let (n, k) = if half_year { (6, j + 2) } else { j = self.skip_about(i); self.count(j)? };
        let about = j > i;
        let ((u, unit), mut end) = self.whole_unit(k)?;
        let unit = if half_year { Unit::Month } else { unit };
        let n = n * u;
        // "1 month, 21 days ago" keeps the last unit's day arithmetic
        let wrap = |day: Day| if about { Day::Around(Box::new(day)) } else { day };
        if s.any(end, &["time"]) {
            end += 1;
        }
        match s.word(end) {
            "from" | "after" | "on" | "past" | "following" if !self.target(end) => {
                let back = self.the(end + 1);
                if s.any(back, &["now", "today", "hoy"]) {
                    return Some((wrap(Day::In(n, unit)), back + 1));
                }
                if s.any(back, &["that", "then", "this"]) && self.unit_or_day(back + 1).is_none() {
                    return Some((wrap(Day::Shift(n, unit, Box::new(Day::Anchor))), back + 1));
                }
                if let Some((other, stop)) = self.base(back).or_else(|| if s.any(end + 1, &["the"]) { self.base(end + 1) } else { None }) {
                    let other = match other {
                        Day::Weekday(wd, Which::Bare) if unit == Unit::Week => return Some((wrap(Day::Weekday(wd, Which::Plus(n))), stop)),
                        other => other,
                    };
                    if s.any(end, &["on"]) && !matches!(other, Day::Weekday(..) | Day::Date { .. }) {
                        return None;
                    }
                    return Some((wrap(Day::Shift(n, unit, Box::new(other))), stop));
                }
                if s.any(end, &["after", "following", "past"]) {
                    return Some((wrap(Day::Shift(n, unit, Box::new(Day::Anchor))), end + 1));
                }
                None
            }
            "before" => {
                if let Some((other, stop)) = self.base(self.the(end + 1)) {
                    return Some((Day::Shift(-n, unit, Box::new(other)), stop));
                }
                Some((Day::Shift(-n, unit, Box::new(Day::Anchor)), end + 1))
            }
            "later" | "afterwards" | "afterward" | "out" | "hence" | "despues" if s.word(end) != "out" || self.general => {
                Some((wrap(Day::Shift(n, unit, Box::new(Day::Anchor))), end + 1))
            }
            "ago" | "back" | "earlier" | "prior" | "atras" => Some((Day::Shift(-n, unit, Box::new(Day::Offset(0))), end + 1)),
            "today" | "tomorrow" if unit == Unit::Week => {
                let offset = if s.any(end, &["today"]) { 0 } else { 1 };
                Some((Day::Shift(n, unit, Box::new(Day::Offset(offset))), end + 1))
            }
            _ => None,
        }
    }

    fn skip_about(&self, i: usize) -> usize {
        let s = self.s();
        if s.any(i, &["about", "around", "approximately", "roughly", "like", "maybe", "unos", "unas", "circa"]) && (self.count(i + 1).is_some()) { i + 1 } else { i }
    }

    /// "within two weeks", "in the next few days", "the next two weeks", "over the coming week".
    fn within(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = i;
        let led = s.any(j, &["within"]);
        if led {
            j = s.skip(j + 1, &["about", "around"]);
        }
        j = s.skip(j, &["in", "over", "during"]);
        let the = s.any(j, &["the"]);
        j = s.skip(j, &["the"]);
        let mut shift = None;
        if s.any(j, &["next", "coming", "upcoming"]) {
            shift = Some(1);
            j += 1;
        } else if s.any(j, &["last", "past", "previous"]) {
            shift = Some(-1);
            j += 1;
        }
        let counted = self.count(j);
        let (n, mut k) = match counted {
            Some(found) => found,
            None if (led || (the && i != j)) && shift.is_some() && s.unit(j).is_some() && (s.any(i, &["in", "within", "over", "during"])) => (1, j),
            None if shift.is_some() && s.plural(j) && matches!(s.unit(j), Some(Unit::Day | Unit::Week)) => (3, j),
            None => return None,
        };
        // "two upcoming weeks"
        if s.any(k, &["next", "coming", "upcoming"]) && shift.is_none() {
            shift = Some(1);
            k += 1;
        }
        if s.any(k, &["or", "to", "-"]) && let Some((m, k2)) = self.count(k + 1) && s.unit(k2).is_some() && (led || shift.is_some()) {
            let ((u, unit), end) = self.whole_unit(k2)?;
            return Some((Day::Within(m * u, unit), end));
        }
        let ((u, unit), end) = self.whole_unit(k)?;
        if !led && shift.is_none() {
            return None;
        }
        let _ = n;
        if shift == Some(-1) {
            return Some((Day::Past(n * u, unit), end));
        }
        let end = s.skip(end, &["or"]).max(end);
        let end = if s.any(end, &["so"]) && s.any(end - 1, &["or"]) { end + 1 } else if s.any(end.wrapping_sub(1), &["or"]) && end > k + 1 { end - 1 } else { end };
        Some((Day::Within(n * u, unit), end))
    }

    /// Early, middle and late parts of spans.
    fn portion(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(s.skip(i, &["at"]), &["the"]);
        let portion = match s.word(j) {
            "early" | "beginning" | "start" => Portion::Early,
            "earlier" if s.any(j + 1, &["in"]) => Portion::Early,
            "middle" | "mid" => Portion::Middle,
            "late" | "end" => Portion::Late,
            "later" if s.any(j + 1, &["in"]) && (s.month(j + 2).is_some() || s.any(j + 2, &["next"])) => Portion::Late,
            "first" if s.any(j + 1, &["half"]) => {
                j += 1;
                Portion::FirstHalf
            }
            "second" | "latter" | "back" if s.any(j + 1, &["half"]) => {
                j += 1;
                Portion::SecondHalf
            }
            _ => match s.ordinal(j) {
                Some(1) if s.any(j + 1, &["half"]) => {
                    j += 1;
                    Portion::FirstHalf
                }
                Some(2) if s.any(j + 1, &["half"]) => {
                    j += 1;
                    Portion::SecondHalf
                }
                _ => return None,
            },
        };
        let worded = s.any(j, &["beginning", "start", "end", "middle", "half"]);
        let mut k = j + 1;
        k = s.skip(k, &["-"]);
        let of = s.any(k, &["of", "in", "on", "part"]);
        k = s.skip(k, &["part"]);
        k = s.skip(k, &["of", "in", "on"]);
        let (span, end) = match self.span(k) {
            Some(found) => found,
            // "early in the week", "mid week", "end of week", "late July"
            None if of || worded || portion == Portion::Middle => match s.unit(k).filter(|_| !s.plural(k))? {
                unit @ (Unit::Month | Unit::Week | Unit::Year) => (Day::Period(unit, 0), k + 1),
                _ => return None,
            },
            None => return None,
        };
        if matches!(span, Day::Period(Unit::Weekend, _)) {
            return None;
        }
        Some((Day::Part(portion, Box::new(span)), end))
    }

    /// "the week of the 24th", "w/c 22 June", "week commencing Monday".
    fn week_of(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, &["the"]);
        let mut k = if s.any(j, &["weekof"]) {
            j + 1
        } else if s.unit(j) == Some(Unit::Week) && !s.plural(j) && s.any(j + 1, &["of", "beginning", "starting", "from", "commencing", "with"]) {
            j + 2
        } else if j > i && s.any(j, &["week"]) && s.any(j + 1, &["ending"]) {
            j + 2
        } else {
            return None;
        };
        k = s.skip(k, &[":", "on", "."]);
        k = s.skip(k, &["the", "on"]);
        k = s.skip(k, &["the"]);
        if let Some((day, end)) = self.plain(k) {
            return Some((Day::WeekOf(Box::new(day)), end));
        }
        if let Some((day, end)) = self.plain(k.wrapping_sub(1)).filter(|_| s.any(k.wrapping_sub(1), &["the"])) {
            return Some((Day::WeekOf(Box::new(day)), end));
        }
        let n = self.bare_number(k)?;
        Some((Day::WeekOf(Box::new(Day::Number(n, None))), k + 1))
    }

    /// "the rest of the week", "later in the week", "later this week".
    fn rest(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(i, &["the"]);
        let rest = s.any(j, &["rest", "remainder", "resto"]);
        let later = s.any(j, &["later"]);
        if !rest && !later {
            return None;
        }
        j += 1;
        j = s.skip(j, &["on"]);
        j = s.skip(j, &["of", "in"]);
        let that = s.any(j, &["that", "same"]);
        let present = s.any(j, &["this"]);
        let next = s.any(j, &["next"]);
        let j2 = s.skip(j, &["the", "this", "that", "same", "my", "your", "current", "next"]);
        let unit = match s.unit(j2) {
            Some(unit @ (Unit::Week | Unit::Month | Unit::Year)) => unit,
            Some(Unit::Day) => return None,
            _ if present && s.any(j2, &["one"]) => Unit::Week,
            _ => return None,
        };
        if next {
            return Some((Day::Part(Portion::Late, Box::new(Day::Period(unit, 1))), j2 + 1));
        }
        let mut end = j2 + 1;
        let mut from = None;
        if s.any(end, &["than", "after"])
            && let Some((other, stop)) = self.plain(self.the(s.skip(self.the(end + 1), &["my", "our", "the"])))
        {
            from = Some(Box::new(other));
            end = stop;
        } else if that || (!present && later) {
            from = Some(Box::new(Day::Anchor));
        } else if !present && rest {
            from = Some(Box::new(Day::Anchor));
        }
        Some((Day::Rest(unit, from), end))
    }

    /// Days hung on another day: the day after, the same day, that day.
    fn beside(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, &["the"]);
        if s.any(j, &["day", "dia"]) && s.class(j) == Class::Unit(Unit::Day) || s.any(j, &["day"]) {
            let n = match s.word(j + 1) {
                "after" => 1,
                "before" => -1,
                "following" if self.is_spanish() => {
                    return Some((Day::Shift(1, Unit::Day, Box::new(Day::Anchor)), j + 2));
                }
                _ => return None,
            };
            let k = self.the(j + 2);
            if let Some((other, end)) = self.plain(k) {
                return Some((Day::Shift(n, Unit::Day, Box::new(other)), end));
            }
            if let Some((other, end)) = self.plain(j + 2) {
                return Some((Day::Shift(n, Unit::Day, Box::new(other)), end));
            }
            if self.event_after(j + 1) {
                return None;
            }
            let k = s.skip(j + 2, &["that"]);
            return Some((Day::Shift(n, Unit::Day, Box::new(Day::Anchor)), k));
        }
        if s.any(j, &["next", "following"]) && s.any(j + 1, &["day"]) && s.class(j + 1) == Class::Unit(Unit::Day) && !s.plural(j + 1)
            && (j > i || s.any(j, &["following"]))
        {
            return Some((Day::Shift(1, Unit::Day, Box::new(Day::Anchor)), j + 2));
        }
        if s.any(j, &["same", "that", "mismo", "ese"]) && s.unit(j + 1) == Some(Unit::Day) && !s.plural(j + 1) {
            // "the same day next week" is a week on
            if let Some((Day::Period(Unit::Week, n), end)) = self.period(j + 2) {
                return Some((Day::Shift(n, Unit::Week, Box::new(Day::Anchor)), end));
            }
            return Some((Day::Anchor, j + 2));
        }
        if s.any(j, &["ese", "that"]) && s.weekday(j + 1).is_some() {
            return Some((Day::Anchor, j + 2));
        }
        if s.any(i, &["this"]) && s.any(i + 1, &["time"])
            && let Some((Day::Period(Unit::Week, n), end)) = self.period(i + 2)
        {
            return Some((Day::Shift(n, Unit::Week, Box::new(Day::Offset(0))), end));
        }
        // "the closest Monday to Oct 5th"
        let (n, k) = s.ordinal(j).map_or((1, j), |n| (n, j + 1));
        if s.any(k, &["closest", "nearest"])
            && let Some(wd) = s.weekday(k + 1)
            && s.any(k + 2, &["to"])
        {
            let (other, end) = self.plain(self.the(k + 3))?;
            return Some((Day::Closest(wd, n, Box::new(other)), end));
        }
        None
    }

    fn holiday(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, &["the"]);
        let Class::Holiday(holiday) = s.class(j) else { return None };
        let mut end = j + 1;
        if s.any(end, &["day", "holiday"]) {
            end += 1;
        }
        let (year, end) = self.year_after(end);
        Some((Day::Holiday(holiday, year), end))
    }
}

const ORDINAL_NOUNS: &[&str] = &[
    "time", "appointment", "dose", "visit", "thing", "shot", "one", "opinion", "floor", "available", "baby", "child", "trimester", "party", "jab", "available",
    "birthday", "grade", "degree", "opening", "slot", "half", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "attempt", "round",
    "cita", "vez", "dosis", "available", "free", "possible", "booster", "vaccine", "vaccination", "class", "year", "street", "st", "avenue", "ave", "kid", "question", "request", "choice", "of",
    "last", "to", "name", "person", "hand", "week", "month", "day",
];
const AFTER_NUMBER: &[&str] = &[
    "or", "and", "to", "at", "would", "is", "works", "in", "but", "if", "please", "after", "before", "from", "around", "for", "suits", "o", "y", "a", "pm", "am", "between", "onwards", "no", "by", "tomorrow", "then", "thanks", "through", "until", "with", "either", "any", "anytime", "would", "will", "was", "seems", "looks", "i", "can", "cant", "are", "also", "as", "first", "firstthing", "por", "en", "que", "si", "me", "puede", "not", "instead", "so", "when", "because", "too",
];

fn plausible(first: u32, second: u32) -> bool {
    let day_month = |d: u32, m: u32| (1..=12).contains(&m) && (1..=31).contains(&d);
    day_month(first, second) || day_month(second, first)
}

fn century(year: u32, digits: usize) -> i32 {
    if digits == 2 { 2000 + year as i32 } else { year as i32 }
}

fn season(word: &str) -> Option<u32> {
    match word {
        "spring" => Some(0),
        "summer" => Some(1),
        "autumn" | "fall" => Some(2),
        "winter" => Some(3),
        _ => None,
    }
}
