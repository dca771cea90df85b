//! Weekdays with everything that may stand around them.

use chrono::Weekday;

use super::{
    Grammar, Read,
    tree::{Day, Unit, Which},
    written::NOT_DAYS,
};

impl Grammar<'_> {
    /// Weekdays with everything that may stand around them.
    pub(super) fn weekday(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(i, "the");
        // "next week Tuesday", "next week's Tuesday", "this week on Friday"
        if let Some((week, k)) = self.period(i)
            && matches!(week, Day::Period(Unit::Week, _))
        {
            let l = s.skip(s.skip(k, ","), "on the");
            let comma = s.any(k, ",");
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
                    which = if symbol.word == "this"
                        && !s.any(j + 1, "coming next")
                        && !self.is_spanish()
                    {
                        Which::This
                    } else {
                        Which::Bare
                    };
                    explicit = true;
                }
                "next" => {
                    which = if self.is_spanish() {
                        Which::Bare
                    } else {
                        Which::Next(1)
                    };
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
        if s.any(end, ".")
            && s.list.get(j).is_some_and(|x| x.word.len() <= 5)
            && !s.sentence_start(end + 1)
        {
            end += 1;
        } else if s.any(end, ".")
            && s.word(j).len() <= 5
            && (self.dated(s.skip(end + 1, ",")).is_some())
        {
            end += 1;
        }
        // es: "el martes proximo", "el martes que viene", "el lunes pasado"; en: "Monday next", "Monday last"
        if s.any(end, "next")
            && s.unit(end + 1).is_none()
            && !s.any(end + 1, "to available appointment time")
        {
            return Some((Day::Weekday(wd, Which::Bare), end + 1));
        }
        if s.any(end, "following") && s.unit(end + 1).is_none() && s.weekday(end + 1).is_none() {
            return Some((Day::WeekdayBeside(wd, 1, Box::new(Day::Anchor)), end + 1));
        }
        if s.any(end, "last past pasado") && self.is_spanish() {
            return Some((Day::Weekday(wd, Which::Last), end + 1));
        }
        // "the Tuesday after next", "the Tuesday after Labor Day", "the Tuesday before Easter"
        if s.any(end, "after following") && !self.target(end) {
            if s.any(end + 1, "next") && s.unit(end + 2).is_none() {
                return Some((Day::Weekday(wd, Which::Next(2)), end + 2));
            }
            let k = self.the(end + 1);
            if let Some((other, stop)) = self.plain(k).filter(|(d, _)| self.may_anchor(d))
                && (which == Which::Bare && (s.any(i, "the") || matches!(other, Day::Holiday(..)))
                    || matches!(other, Day::Holiday(..)))
            {
                return Some((Day::WeekdayBeside(wd, 1, Box::new(other)), stop));
            }
            if s.any(i, "the")
                && !self.clock_like(end + 1)
                && self.unit_or_day(k).is_none()
                && !self.event_after(end)
            {
                return Some((Day::WeekdayBeside(wd, 1, Box::new(Day::Anchor)), end + 1));
            }
        }
        if s.any(end, "before") && s.any(i, "the") {
            let k = self.the(end + 1);
            if let Some((other, stop)) = self.plain(k).filter(|(d, _)| self.may_anchor(d)) {
                return Some((Day::WeekdayBeside(wd, -1, Box::new(other)), stop));
            }
        }
        // "Tuesday next week", "Tuesday of the week after next", "el martes de la semana que viene"
        {
            let mut k = s.skip(end, ",");
            let comma = k > end;
            while s.any(k, "of in the from") {
                k += 1;
            }
            if let Some((week, stop)) = self
                .period(k)
                .or_else(|| if k > 0 { self.period(k - 1) } else { None })
                .filter(|(w, _)| matches!(w, Day::Period(Unit::Week, _)))
                && stop > k
                && !(comma && s.any(stop, "or and then"))
            {
                return Some((Day::WeekdayIn(wd, Box::new(week)), stop));
            }
            if !comma && (s.any(end, "of") || s.any(end, "in")) {
                if let Some((week, stop)) = self.week_of(end + 1) {
                    return Some((Day::WeekdayIn(wd, Box::new(week)), stop));
                }
                if s.any(k, "that same") && s.unit(k + 1) == Some(Unit::Week) {
                    return Some((
                        Day::WeekdayIn(wd, Box::new(Day::WeekOf(Box::new(Day::Anchor)))),
                        k + 2,
                    ));
                }
            }
            if (which == Which::This || which == Which::Bare)
                && s.any(end, "this coming upcoming")
                && s.unit(end + 1) == Some(Unit::Week)
            {
                return Some((
                    Day::WeekdayIn(wd, Box::new(Day::Period(Unit::Week, 0))),
                    end + 2,
                ));
            }
        }
        // "Tuesday the 16th", "Tuesday 16 June", "Tue, Jun 16", "Thu 7/2"
        if !s.plural(j) {
            let mut k = end;
            if s.any(k, ",") || s.any(k, "(") || s.any(k, ".") {
                k += 1;
            }
            let led = s.any(k, "the el on");
            let k2 = s.skip(s.skip(k, "on"), "the el dia");
            let k2 = s.skip(k2, "dia");
            let comma = k > end && s.any(end, ",");
            let with = |day: Day| match day {
                Day::Date {
                    year, month, day, ..
                } => Some(Day::Date {
                    year,
                    month,
                    day,
                    weekday: Some(wd),
                }),
                Day::Numeric {
                    first,
                    second,
                    year,
                    settled,
                    ..
                } => Some(Day::Numeric {
                    first,
                    second,
                    year,
                    weekday: Some(wd),
                    settled,
                }),
                Day::Number(n, _) => Some(Day::Number(n, Some(wd))),
                Day::NumberIn(n, span) => Some(Day::NumberIn(n, span)),
                _ => None,
            };
            if let Some((date, stop)) = self.dated(k2).or_else(|| self.numeric(k2))
                && let Some(date) = with(date)
            {
                let stop = if s.any(end, "(") && s.any(stop, ")") {
                    stop + 1
                } else {
                    stop
                };
                return Some((date, stop));
            }
            if let Some(n) = s.ordinal(k2).filter(|n| (1..=31).contains(n))
                && (!(comma && !led) || !s.any(k2 + 1, "or"))
            {
                return Some((Day::Number(n, Some(wd)), k2 + 1));
            }
            if !comma
                && let Some(n) = self.bare_number(k2).filter(|_| {
                    !self.clock_follows(k2)
                        && (!s.any(k2 + 1, NOT_DAYS) || self.is_spanish() && s.any(k2 + 1, "in"))
                })
                && !(s.any(k2 + 1, "- to")
                    && self.bare_number(k2 + 2).is_some_and(|m| m <= 12)
                    && n <= 12)
                && !explicit
                && (led || n > 12 || self.is_spanish() || self.number_fits(n, wd))
            {
                return Some((Day::Number(n, Some(wd)), k2 + 1));
            }
        }
        Some((Day::Weekday(wd, which), end))
    }

    pub(super) fn event_after(&self, i: usize) -> bool {
        self.s()
            .any(i + 1, "my our his her their school work lunch noon i we mi")
    }

    pub(super) fn clock_like(&self, i: usize) -> bool {
        self.s().number(i).is_some()
            || self
                .s()
                .any(i, "lunch noon work school midday half quarter about around")
            || self.s().part(i).is_some()
    }

    pub(super) fn may_anchor(&self, day: &Day) -> bool {
        !matches!(day, Day::Period(Unit::Year | Unit::Quarter, _))
    }

    /// Whether the next day of that number is such a weekday.
    pub(super) fn number_fits(&self, n: u32, weekday: Weekday) -> bool {
        super::resolve::next_number(self.today, n)
            .is_some_and(|d| chrono::Datelike::weekday(&d) == weekday)
    }
}
