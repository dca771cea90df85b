//! The grammar of days: which run of symbols names a day, a span of days or a bound.
//!
//! Every function takes a place and gives back a tree and the place behind it; alternatives are tried and the longest
//! reading wins. English and Spanish share the grammar because the lexicons map both to the same grammar words; where
//! the order of words differs ("la semana que viene") both orders are read.

use chrono::Weekday;

use crate::wishes::text::among;

use super::{
    Grammar, Read,
    tree::{Day, Unit, Which},
};

pub(super) const NEXT: &str = "next proximo";
pub(super) const LAST: &str = "last past previous";
const TO: &str = "to - – — through thru until";

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

    pub(super) fn s(&self) -> &super::symbols::Symbols<'_> {
        self.symbols
    }

    /// "the", and the fillers between a preposition and its day.
    pub(super) fn the(&self, i: usize) -> usize {
        let mut i = i;
        while self.s().any(i, "the on el of le este") && !(self.s().any(i, "of") && i == 0) {
            i += 1;
        }
        i
    }

    pub(super) fn bound(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let word = s.word(i);
        match word {
            "about" if s.any(i.wrapping_sub(1), "how what talk call see") => None,
            "around" | "about" | "circa" | "roughly" | "approximately" => {
                let j = self.the(i + 1);
                if self.bare_number(j).is_some() && j == i + 1 {
                    return None;
                }
                let (day, end) = self.base(j)?;
                if matches!(
                    day,
                    Day::In(..)
                        | Day::InRange(..)
                        | Day::Period(..)
                        | Day::Month(..)
                        | Day::Within(..)
                ) {
                    return Some((day, end));
                }
                Some((Day::Around(Box::new(day)), end))
            }
            "by" | "until" | "before" | "after" | "from" | "starting" | "since" | "through"
            | "following" => {
                if self.target(i) {
                    return None;
                }
                let mut j = i + 1;
                if matches!(word, "starting") {
                    j = s.skip(j, "on from");
                }
                j = if s.any(j, "the on") { j + 1 } else { j };
                j = s.skip(j, "the");
                let bare = self.bare_number(j).is_some()
                    && j == i + 1
                    && !self.day_article(j)
                    && self.base(j).is_none_or(|(_, e)| e == j + 1);
                if word == "after"
                    && s.any(j, "that this then eso")
                    && self.unit_or_day(j + 1).is_none()
                {
                    return Some((Day::After(Box::new(Day::Anchor)), j + 1));
                }
                if word == "after"
                    && (s.any(i.wrapping_sub(1), "anytime") || self.is_spanish())
                    && s.list
                        .get(i + 1)
                        .is_none_or(|x| among(x.word.as_str(), ". , ? ! ; ) works is would"))
                {
                    return Some((Day::After(Box::new(Day::Anchor)), i + 1));
                }
                if word == "before"
                    && s.any(j, "that then eso")
                    && self.unit_or_day(j + 1).is_none()
                {
                    return Some((Day::Before(Box::new(Day::Anchor)), j + 1));
                }
                if bare && !self.month_follows(j) {
                    return None;
                }
                let (day, end) = match self.base(j) {
                    _ if bare => self.dated(j)?,
                    Some(found) => found,
                    None if self.day_article(j) => (Day::Number(self.bare_number(j)?, None), j + 1),
                    None => return None,
                };
                if word == "following" {
                    return matches!(day, Day::Holiday(..) | Day::Date { .. })
                        .then(|| (Day::After(Box::new(day)), end));
                }
                // "from Thursday to Friday" of an appointment that is moved
                if word == "from" && self.target(end) {
                    return None;
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
                    _ => (
                        Day::From(day),
                        s.skip(s.skip(end, "on"), "onward onwards forward on adelante"),
                    ),
                })
            }
            "between" => {
                let j = s.skip(i + 1, "the now on");
                if s.any(i + 1, "now") && s.any(j, "and") {
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
            "not" if s.any(i + 1, "earlier sooner") && s.any(i + 2, "than") => {
                let (day, end) = self.base(self.the(i + 3))?;
                Some((Day::From(Box::new(day)), end))
            }
            _ => None,
        }
    }

    /// Whether "to" at `i` marks where an appointment is moved to, so that it cannot close a range.
    pub(super) fn target(&self, i: usize) -> bool {
        self.s()
            .list
            .get(i)
            .is_some_and(|s| self.targets.contains(&s.first))
    }

    pub(super) fn range(&self, i: usize) -> Read<Day> {
        if let Some(found) = self.numbers_of_month(self.the(i), false) {
            return Some(found);
        }
        let (day, end) = self.base(i)?;
        if let Some(found) = self.close_range(day.clone(), end, false) {
            return Some(found);
        }
        if self.s().any(end, "onward onwards") || self.general && self.s().any(end, "forward") {
            return Some((Day::From(Box::new(day)), end + 1));
        }
        if self.s().any(end, "on") && self.s().any(end + 1, "onward onwards ward wards") {
            return Some((Day::From(Box::new(day)), end + 2));
        }
        if self.s().any(end, "or and")
            && self.s().any(end + 1, "later after beyond")
            && self.unit_or_day(end + 2).is_none()
        {
            return Some((Day::From(Box::new(day)), end + 2));
        }
        if self.s().any(end, "or and")
            && self.s().any(end + 1, "before earlier sooner")
            && self.base(end + 2).is_none()
            && self.bare_number(end + 2).is_none()
        {
            return Some((Day::By(Box::new(day)), end + 2));
        }
        Some((day, end))
    }

    /// The second half of a range whose first half is `day`.
    pub(super) fn close_range(&self, day: Day, end: usize, between: bool) -> Read<Day> {
        let s = self.s();
        let mut j = end;
        if s.any(j, ",") {
            j += 1;
        }
        let hyphen = s.any(j, "- – —");
        let joins = if between {
            s.any(j, "and to - –")
        } else {
            s.any(j, TO)
        };
        if !joins || self.target(j) {
            return None;
        }
        if matches!(
            day,
            Day::Around(_) | Day::By(_) | Day::Before(_) | Day::After(_) | Day::From(_)
        ) {
            return None;
        }
        let mut j = j + 1;
        j = s.skip(j, "and");
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
        if hyphen
            && matches!(day, Day::Numeric { .. })
            && !matches!(second, Day::Numeric { .. } | Day::Date { .. })
        {
            return None;
        }
        Some((Day::Range(Box::new(day), Box::new(second)), end))
    }

    pub(super) fn base_or_number(&self, i: usize) -> Read<Day> {
        self.base(self.the(i)).or_else(|| {
            self.bare_number(self.the(i))
                .map(|n| (Day::Number(n, None), self.the(i) + 1))
        })
    }

    /// A number from 1 to 31 that may be a day of the month.
    pub fn bare_number(&self, i: usize) -> Option<u32> {
        self.s()
            .number(i)
            .filter(|n| (1..=31).contains(n))
            .filter(|_| self.s().digits(i).is_some_and(|(_, d)| d <= 2))
    }

    /// Spanish "el 19" is a day where "las 19" is a time.
    pub(super) fn day_article(&self, i: usize) -> bool {
        let s = self.s();
        let written = s
            .list
            .get(i)
            .and_then(|x| x.first.checked_sub(1))
            .and_then(|k| s.tokens.get(k))
            .map_or("", |t| t.written.as_str());
        self.is_spanish() && self.bare_number(i).is_some() && among(written, "el del al dia")
    }

    pub(super) fn clock_follows(&self, i: usize) -> bool {
        let s = self.s();
        s.any(i + 1, ": am pm oclock ish h hs")
            || (s.glued(i + 1) && s.any(i + 1, "a p"))
            || (s.any(i + 1, "a p") && s.any(i + 2, "m ."))
    }

    pub(super) fn month_follows(&self, i: usize) -> bool {
        let s = self.s();
        let mut j = i + 1;
        while s.any(j, "of the - to and or ,")
            || self.bare_number(j).is_some()
            || s.ordinal(j).is_some()
        {
            j += 1;
        }
        s.month(j).is_some()
    }

    pub(super) fn unit_or_day(&self, i: usize) -> Option<()> {
        (self.s().unit(i).is_some() || self.s().weekday(i).is_some()).then_some(())
    }

    /// "15-18 June", "15 to 18 of June", "June 15-18": ranges that share their month.
    pub(super) fn numbers_of_month(&self, i: usize, between: bool) -> Read<Day> {
        let s = self.s();
        let day_at = |k: usize| {
            self.bare_number(k)
                .or_else(|| s.ordinal(k).filter(|n| *n <= 31))
        };
        if let Some(first) = day_at(i) {
            let joins = if between {
                s.any(i + 1, "and to - –")
            } else {
                s.any(i + 1, TO)
            };
            if !joins || self.target(i + 1) {
                return None;
            }
            let j = self.the(i + 2);
            let second = day_at(j)?;
            let k = s.skip(s.skip(j + 1, "of"), "the");
            if let Some(month) = s.month(k) {
                let (year, end) = self.year_after(k + 1);
                let date = |day| {
                    Box::new(Day::Date {
                        year,
                        month,
                        day,
                        weekday: None,
                    })
                };
                return Some((Day::Range(date(first), date(second)), end));
            }
            if let Some((period, end)) = self
                .period(k)
                .filter(|(p, _)| matches!(p, Day::Period(Unit::Month, _)))
            {
                let date = |day| Box::new(Day::NumberIn(day, Box::new(period.clone())));
                return Some((Day::Range(date(first), date(second)), end));
            }
            let both_ordinal = s.ordinal(i).is_some() || s.ordinal(j).is_some();
            let led = i > 0 && s.any(i - 1, "the el");
            if (both_ordinal || (led && !self.clock_follows(j)))
                && !self.clock_follows(j)
                && s.unit(j + 1).is_none()
            {
                return Some((
                    Day::Range(
                        Box::new(Day::Number(first, None)),
                        Box::new(Day::Number(second, None)),
                    ),
                    j + 1,
                ));
            }
            return None;
        }
        let month = s.month(i)?;
        let j = s.skip(i + 1, "the . /");
        let first = day_at(j)?;
        let joins = if between {
            s.any(j + 1, "and to - –")
        } else {
            s.any(j + 1, TO)
        };
        if !joins || self.target(j + 1) {
            return None;
        }
        let k = self.the(j + 2);
        let second = day_at(k)?;
        if s.month(k + 1).is_some()
            || (s.any(k + 1, "of") && s.month(k + 2).is_some())
            || self.clock_follows(k)
        {
            return None;
        }
        if s.digits(k).is_some_and(|(_, d)| d > 2) {
            return None;
        }
        let (year, end) = self.year_after(k + 1);
        let date = |day| {
            Box::new(Day::Date {
                year,
                month,
                day,
                weekday: None,
            })
        };
        Some((Day::Range(date(first), date(second)), end))
    }

    /// One day or span, with what may follow it.
    pub fn base(&self, i: usize) -> Read<Day> {
        let (day, end) = self.plain(i)?;
        Some(self.postfix(day, end))
    }

    pub(super) fn postfix(&self, day: Day, end: usize) -> (Day, usize) {
        let s = self.s();
        // "Tuesday week", "tomorrow fortnight", "el lunes en ocho".
        if matches!(day, Day::Weekday(_, Which::Bare) | Day::Offset(_)) {
            let weeks = match s.unit(end) {
                Some(Unit::Week)
                    if !s.plural(end) && !s.possessive(end) && !s.any(end + 1, "after next of") =>
                {
                    Some(1)
                }
                Some(Unit::Fortnight) => Some(2),
                _ if s.any(end, "enocho") => Some(1),
                _ if s.any(end, "enquince") => Some(2),
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

    pub(super) fn plain(&self, i: usize) -> Read<Day> {
        if self.depth.get() >= 6 {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let found = self.longest(i);
        self.depth.set(self.depth.get() - 1);
        found
    }

    pub(super) fn longest(&self, i: usize) -> Read<Day> {
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

    pub(super) fn near(&self, i: usize) -> Read<Day> {
        let s = self.s();
        // "weekdays", "weekends": recurring by themselves
        let run = |days: &[Weekday]| {
            Day::Either(days.iter().map(|d| Day::Weekday(*d, Which::Bare)).collect())
        };
        if s.any(i, "weekdays weekday") {
            return Some((
                run(&[
                    Weekday::Mon,
                    Weekday::Tue,
                    Weekday::Wed,
                    Weekday::Thu,
                    Weekday::Fri,
                ]),
                i + 1,
            ));
        }
        if s.unit(i) == Some(Unit::Weekend) && s.plural(i) && !self.general {
            return Some((run(&[Weekday::Sat, Weekday::Sun]), i + 1));
        }
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
}
