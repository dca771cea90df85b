//! Weeks, months and years, their parts, and what is counted in them.

use super::{
    Grammar, Read,
    days::{LAST, NEXT},
    symbols::Class,
    tree::{Counted, Day, Portion, Unit},
    written::century,
};

impl Grammar<'_> {
    /// "the first Monday of July", "the second week of next month", "the last day of June".
    pub(super) fn nth(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(i, "the");
        let mut n = if s.any(j, "last ultimo ultima final") {
            j += 1;
            -1
        } else {
            let n = s.ordinal(j)? as i32;
            j += 1;
            if s.any(j, "to") && s.any(j + 1, "last") {
                j += 2;
                -n
            } else if s.any(j, "last") {
                j += 1;
                -n
            } else {
                n
            }
        };
        if s.any(j, "business full") {
            j += 1;
        }
        let counted = if let Some(wd) = s.weekday(j).filter(|_| !s.plural(j)) {
            Counted::Weekday(wd)
        } else if s.any(j, "weekof") {
            let (span, end) = self.span(j + 1)?;
            return Some((Day::Nth(n, Counted::Week, Box::new(span)), end));
        } else if let Some((m, k)) = self
            .count(j)
            .filter(|(m, k)| *m <= 10 && s.unit(*k).is_some() && s.any(k + 1, "of in"))
        {
            // "the last two weeks of July"
            let counted = match s.unit(k)? {
                Unit::Day => Counted::Day,
                Unit::Week => Counted::Week,
                _ => return None,
            };
            let (span, end) = self.span(k + 2)?;
            let nth = |i: i32| Box::new(Day::Nth(i, counted, Box::new(span.clone())));
            return Some((
                if n == -1 {
                    Day::Range(nth(-m), nth(-1))
                } else {
                    Day::Range(nth(1), nth(m))
                },
                end,
            ));
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
        if s.any(k, "after") {
            let (other, end) = self.plain(self.the(k + 1))?;
            if let Counted::Weekday(wd) = counted {
                return Some((Day::WeekdayBeside(wd, n, Box::new(other)), end));
            }
            return None;
        }
        if s.any(j + 1, "closest") {
            n = n.max(1);
        }
        if !s.any(k, "of in on from") && s.month(k).is_none() && self.period(k).is_none() {
            return None;
        }
        let k = s.skip(k, "of in on from");
        let (span, end) = self.span(k)?;
        Some((Day::Nth(n, counted, Box::new(span)), end))
    }

    /// A span that things can be counted in: a month, a week, a year.
    pub(super) fn span(&self, i: usize) -> Read<Day> {
        let s = self.s();
        if let Some((period, end)) = self.period(i) {
            return matches!(
                period,
                Day::Period(..)
                    | Day::Month(..)
                    | Day::Year(_)
                    | Day::Quarter(..)
                    | Day::Season(..)
            )
            .then_some((period, end));
        }
        let j = s.skip(i, "the");
        if s.any(j, "that same") && s.unit(j + 1) == Some(Unit::Month) {
            return Some((Day::MonthOf(Box::new(Day::Anchor)), j + 2));
        }
        if s.any(j, "that same") && s.unit(j + 1) == Some(Unit::Week) {
            return Some((Day::WeekOf(Box::new(Day::Anchor)), j + 2));
        }
        if j > i || self.is_spanish() || i > 0 {
            return match s.unit(j).filter(|_| !s.plural(j))? {
                unit @ (Unit::Month | Unit::Week | Unit::Year | Unit::Quarter | Unit::Weekend) => {
                    Some((Day::Period(unit, 0), j + 1))
                }
                _ => None,
            };
        }
        None
    }

    /// This, next and last week, month, weekend, year; months and years by name.
    pub(super) fn period(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, "the");
        let j = s.skip(j, "whole entire month");
        let j = if j > 0 && s.any(j - 1, "month") && s.any(j, "of") {
            j + 1
        } else if j > 0
            && s.any(j - 1, "month")
            && s.class(j - 1) == Class::Unit(Unit::Month)
            && j > i
        {
            j - 1
        } else {
            j
        };
        let good = |unit: Unit| {
            matches!(
                unit,
                Unit::Week | Unit::Weekend | Unit::Month | Unit::Year | Unit::Quarter
            )
        };
        // "next week", "this coming weekend"
        let mut k = j;
        let mut shift: Option<i32> = None;
        while s.list.get(k).is_some() {
            if s.any(k, NEXT) {
                shift = Some(1);
            } else if s.any(k, "this current") {
                shift = Some(0);
            } else if s.any(k, "coming upcoming") {
                shift = Some(i32::from(
                    !(s.unit(k + 1) == Some(Unit::Weekend)
                        || shift == Some(0) && s.unit(k + 1) != Some(Unit::Week)),
                ));
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
                if s.number(k + 1).is_some_and(|d| d <= 31) && !s.any(k + 2, ":")
                    || s.ordinal(k + 1).is_some()
                {
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
            if s.any(j + 1, "after") && s.any(j + 2, "next") {
                return Some((Day::Period(unit, 2), j + 3));
            }
            if s.any(j + 1, "after") && s.any(j + 2, "this") && s.unit(j + 3).is_none() {
                return Some((Day::Period(unit, 1), j + 3));
            }
            if s.any(j + 1, "before") && s.any(j + 2, "last") {
                return Some((Day::Period(unit, -2), j + 3));
            }
            if s.any(j + 1, "after following") && s.any(j + 2, "the that") && s.any(j + 3, "next") {
                return Some((Day::Period(unit, 2), j + 4));
            }
            if s.any(j + 1, NEXT) {
                return Some((Day::Period(unit, 1), j + 2));
            }
            if self.is_spanish() && s.any(j + 1, "last past") {
                return Some((Day::Period(unit, -1), j + 2));
            }
            if s.any(j + 1, "after following") {
                // "the week after Labor Day", else the week after the anchor's
                let k = self.the(j + 2);
                if unit == Unit::Week
                    && s.any(j + 1, "after")
                    && let Some((other, end)) =
                        self.plain(k).filter(|(d, _)| !matches!(d, Day::Within(..)))
                {
                    let week = Day::WeekOf(Box::new(other));
                    return Some((Day::Shift(1, Unit::Week, Box::new(week)), end));
                }
                if s.number(j + 2).is_none() && !self.event_after(j + 1) {
                    return Some((Day::Shift(1, unit, Box::new(self.of_anchor(unit))), j + 2));
                }
                return None;
            }
            if s.any(j + 1, "before") && j > i {
                let k = self.the(j + 2);
                if unit == Unit::Week
                    && let Some((other, end)) = self.plain(k)
                {
                    return Some((
                        Day::Shift(-1, Unit::Week, Box::new(Day::WeekOf(Box::new(other)))),
                        end,
                    ));
                }
            }
        }
        if s.any(j, "following")
            && let Some(unit) = s.unit(j + 1).filter(|u| good(*u))
        {
            return Some((Day::Shift(1, unit, Box::new(self.of_anchor(unit))), j + 2));
        }
        if s.any(j, "that same")
            && let Some(unit @ (Unit::Week | Unit::Month | Unit::Weekend)) = s.unit(j + 1)
        {
            return Some((self.of_anchor(unit), j + 2));
        }
        if s.unit(j) == Some(Unit::Weekend) && !s.plural(j) {
            return Some((Day::Period(Unit::Weekend, 0), j + 1));
        }
        if let Some(month) = s.month(j) {
            // a month without a day
            if s.number(j + 1).is_some_and(|_| {
                s.digits(j + 1).is_some_and(|(n, d)| d <= 2 && n <= 31)
                    && !self.clock_follows(j + 1)
            }) || s.ordinal(j + 1).is_some()
            {
                return None;
            }
            let (year, end) = self.year_after(
                if s.any(j + 1, ". - /") && s.digits(j + 2).is_some_and(|(_, d)| d == 4) {
                    j + 2
                } else {
                    j + 1
                },
            );
            if year.is_none()
                && let Some((Day::Period(Unit::Year, n), stop)) = self.period_year(end)
            {
                return Some((Day::Month(month, None, Some(n)), stop));
            }
            return Some((Day::Month(month, year, None), end));
        }
        if let Some(season) = season(s.word(j)).filter(|_| self.general) {
            let (year, end) = self.year_after(j + 1);
            return Some((Day::Season(season, year, None), end));
        }
        if self.general {
            if let Some((year, 4)) = s.digits(j).filter(|(y, _)| (1900..2100).contains(y)) {
                if s.any(j + 1, "/ -")
                    && let Some(month) = s
                        .digits(j + 2)
                        .filter(|(m, d)| *d <= 2 && (1..=12).contains(m))
                    && !s.any(j + 3, "/ -")
                {
                    return Some((Day::Month(month.0, Some(year as i32), None), j + 3));
                }
                if s.any(j + 1, ",")
                    && let Some(month) = s.month(j + 2)
                {
                    return Some((Day::Month(month, Some(year as i32), None), j + 3));
                }
                if let Some(month) = s.month(j + 1) {
                    return Some((Day::Month(month, Some(year as i32), None), j + 2));
                }
                let after = s.word(j + 1);
                if after != ":" && !(s.any(j.wrapping_sub(1), "$")) {
                    return Some((Day::Year(year as i32), j + 1));
                }
            }
            if let Some((month, d)) = s
                .digits(j)
                .filter(|(m, d)| (1..=2).contains(d) && (1..=12).contains(m))
                && d <= 2
                && s.any(j + 1, "/ -")
                && let Some((year, 4)) = s.digits(j + 2).filter(|(y, _)| (1900..2100).contains(y))
            {
                return Some((Day::Month(month, Some(year as i32), None), j + 3));
            }
            if s.any(j, "q")
                && s.glued(j + 1)
                && let Some(n) = s.number(j + 1).filter(|n| (1..=4).contains(n))
            {
                let (year, end) = self.year_after(j + 2);
                return Some((Day::Quarter(n, year.map(|y| Box::new(Day::Year(y)))), end));
            }
            if let Some((year, d)) = s.digits(j).filter(|(_, d)| *d == 2 || *d == 4)
                && s.any(j + 1, "q")
                && let Some(n) = s.number(j + 2).filter(|n| (1..=4).contains(n))
            {
                return Some((
                    Day::Quarter(n, Some(Box::new(Day::Year(century(year, d, self.general))))),
                    j + 3,
                ));
            }
            if j > i
                && let Some(unit) = s
                    .unit(j)
                    .filter(|u| matches!(u, Unit::Week | Unit::Month | Unit::Year) && !s.plural(j))
                && !s.any(j + 1, "of from after before starting")
            {
                return Some((Day::Period(unit, 0), j + 1));
            }
        }
        None
    }

    pub(super) fn period_year(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let i = s.skip(s.skip(i, "of"), "the");
        let n = if s.any(i, NEXT) {
            1
        } else if s.any(i, "this") {
            0
        } else if s.any(i, LAST) {
            -1
        } else {
            return None;
        };
        (s.unit(i + 1) == Some(Unit::Year)).then_some((Day::Period(Unit::Year, n), i + 2))
    }

    pub(super) fn of_anchor(&self, unit: Unit) -> Day {
        match unit {
            Unit::Month => Day::MonthOf(Box::new(Day::Anchor)),
            _ => Day::WeekOf(Box::new(Day::Anchor)),
        }
    }

    /// Early, middle and late parts of spans.
    pub(super) fn portion(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(s.skip(i, "at"), "the");
        let portion = match s.word(j) {
            "early" | "beginning" | "start" => Portion::Early,
            "earlier" if s.any(j + 1, "in") => Portion::Early,
            "middle" | "mid" => Portion::Middle,
            "late" | "end" => Portion::Late,
            "later" if s.any(j + 1, "in") && (s.month(j + 2).is_some() || s.any(j + 2, "next")) => {
                Portion::Late
            }
            "first" if s.any(j + 1, "half") => {
                j += 1;
                Portion::FirstHalf
            }
            "second" | "latter" | "back" if s.any(j + 1, "half") => {
                j += 1;
                Portion::SecondHalf
            }
            _ => match s.ordinal(j) {
                Some(1) if s.any(j + 1, "half") => {
                    j += 1;
                    Portion::FirstHalf
                }
                Some(2) if s.any(j + 1, "half") => {
                    j += 1;
                    Portion::SecondHalf
                }
                _ => return None,
            },
        };
        let worded = s.any(j, "beginning start end middle half");
        let mut k = j + 1;
        k = s.skip(k, "-");
        let of = s.any(k, "of in on part");
        k = s.skip(k, "part");
        k = s.skip(k, "of in on");
        let (span, end) = match self.span(k) {
            Some(found) => found,
            // "end of this week or start of next"
            None if worded && s.any(k, "next") && !self.general => {
                (Day::Period(Unit::Week, 1), k + 1)
            }
            // "early in the week", "mid week", "end of week", "late July"
            None if of || worded || portion == Portion::Middle => {
                match s.unit(k).filter(|_| !s.plural(k))? {
                    unit @ (Unit::Month | Unit::Week | Unit::Year) => (Day::Period(unit, 0), k + 1),
                    _ => return None,
                }
            }
            None => return None,
        };
        if matches!(span, Day::Period(Unit::Weekend, _)) {
            return None;
        }
        Some((Day::Part(portion, Box::new(span)), end))
    }

    /// "the week of the 24th", "w/c 22 June", "week commencing Monday".
    pub(super) fn week_of(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, "the");
        let mut k = if s.any(j, "weekof") {
            j + 1
        } else if s.unit(j) == Some(Unit::Week)
            && !s.plural(j)
            && s.any(j + 1, "of beginning starting from commencing with")
        {
            j + 2
        } else if j > i && s.any(j, "week") && s.any(j + 1, "ending") {
            j + 2
        } else {
            return None;
        };
        k = s.skip(k, ": on .");
        k = s.skip(k, "the on");
        k = s.skip(k, "the");
        if let Some((day, end)) = self.plain(k) {
            return Some((Day::WeekOf(Box::new(day)), end));
        }
        if let Some((day, end)) = self
            .plain(k.wrapping_sub(1))
            .filter(|_| s.any(k.wrapping_sub(1), "the"))
        {
            return Some((Day::WeekOf(Box::new(day)), end));
        }
        let n = self.bare_number(k)?;
        Some((Day::WeekOf(Box::new(Day::Number(n, None))), k + 1))
    }

    /// "the rest of the week", "later in the week", "later this week".
    pub(super) fn rest(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = s.skip(i, "the");
        let rest = s.any(j, "rest remainder resto");
        let later = s.any(j, "later");
        if !rest && !later {
            return None;
        }
        j += 1;
        j = s.skip(j, "on");
        j = s.skip(j, "of in");
        let that = s.any(j, "that same");
        let present = s.any(j, "this");
        let next = s.any(j, "next");
        let j2 = s.skip(j, "the this that same my your current next");
        let unit = match s.unit(j2) {
            Some(unit @ (Unit::Week | Unit::Month | Unit::Year)) => unit,
            Some(Unit::Day) => return None,
            _ if present && s.any(j2, "one") => Unit::Week,
            _ => return None,
        };
        if next {
            return Some((
                Day::Part(Portion::Late, Box::new(Day::Period(unit, 1))),
                j2 + 1,
            ));
        }
        let mut end = j2 + 1;
        let mut from = None;
        if s.any(end, "than after")
            && let Some((other, stop)) =
                self.plain(self.the(s.skip(self.the(end + 1), "my our the")))
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
