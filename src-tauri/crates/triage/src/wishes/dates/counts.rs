//! Days counted from others: in two weeks, within a month, the day after, the week following.

use super::{
    Grammar, Read,
    symbols::Class,
    tree::{Day, Unit, Which},
};

impl Grammar<'_> {
    /// How many: "two", "a", "a couple of", "a few".
    pub(super) fn count(&self, i: usize) -> Read<i32> {
        let s = self.s();
        let j = if s.any(i, "a an the") { i + 1 } else { i };
        if s.any(j, "couple") {
            return Some((2, s.skip(j + 1, "of")));
        }
        if s.any(j, "few several") {
            return Some((3, s.skip(j + 1, "of")));
        }
        if s.any(j, "another") {
            return Some((1, j + 1));
        }
        if j == i + 1 && s.any(i, "a an") && s.unit(s.skip(j, "full good")).is_some() {
            return Some((1, s.skip(j, "full good")));
        }
        let n = s.number(i)?;
        (n <= 1000).then_some((n as i32, i + 1))
    }

    pub(super) fn whole_unit(&self, i: usize) -> Read<(i32, Unit)> {
        let s = self.s();
        let i = s.skip(i, "- short full whole calendar");
        match s.unit(i)? {
            Unit::Fortnight => Some(((2, Unit::Week), i + 1)),
            unit @ (Unit::Day
            | Unit::WorkDay
            | Unit::Week
            | Unit::Month
            | Unit::Year
            | Unit::Quarter
            | Unit::Weekend
            | Unit::Decade) => Some(((1, unit), i + 1)),
            _ => None,
        }
    }

    /// Everything that counts units: in, within, from now, from a day, ago, the next n.
    pub(super) fn counted(&self, i: usize) -> Read<Day> {
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
            let j = self.skip_about(s.skip(i + 1, "of"));
            let about = j > s.skip(i + 1, "of");
            if s.any(i + 1, "the") {
                return self.within(i + 1);
            }
            let (n, k) = self.count(j)?;
            // "in two or three weeks", "in two to three weeks", "in 2-3 weeks"
            if s.any(k, "or to - –")
                && let Some((m, k2)) = self.count(k + 1)
                && let Some(((u, unit), end)) = self.whole_unit(k2)
            {
                if s.any(k, "or") {
                    return Some((
                        Day::Either(vec![Day::In(n * u, unit), Day::In(m * u, unit)]),
                        end,
                    ));
                }
                return Some((Day::InRange(n * u, m * u, unit), end));
            }
            let ((u, unit), end) = self.whole_unit(k)?;
            let k2 = s.skip(s.skip(end, "or"), "so");
            let so = k2 == end + 2;
            if s.any(end, "or")
                && let Some((m, k3)) = self.count(end + 1)
                && let Some(((v, unit2), end)) = self.whole_unit(k3)
            {
                return Some((
                    Day::Either(vec![Day::In(n * u, unit), Day::In(m * v, unit2)]),
                    end,
                ));
            }
            let end = if so { k2 } else { end };
            let end = if s.any(end, "time timeframe") {
                end + 1
            } else {
                end
            };
            let day = Day::In(n * u, unit);
            // "in two weeks on Tuesday"? the weekday stays its own element
            return Some((
                if about || so {
                    Day::Around(Box::new(day))
                } else {
                    day
                },
                end,
            ));
        }
        if let Some(found) = self.within(i) {
            return Some(found);
        }
        // "3 fridays from now", "two sundays from now"
        if let Some(n) = s.number(i).filter(|n| (1..=20).contains(n))
            && let Some(wd) = s.weekday(i + 1)
            && s.plural(i + 1)
            && s.any(i + 2, "ago back")
        {
            return Some((
                Day::WeekdayBeside(wd, -(n as i32), Box::new(Day::Offset(0))),
                i + 3,
            ));
        }
        if let Some(n) = s.number(i).filter(|n| (1..=20).contains(n))
            && let Some(wd) = s.weekday(i + 1)
            && s.plural(i + 1)
            && s.any(i + 2, "from")
            && s.any(i + 3, "now today")
        {
            return Some((
                Day::WeekdayBeside(wd, n as i32, Box::new(Day::Offset(0))),
                i + 4,
            ));
        }
        let mut j = i;
        // "push it back a week", "by two days"
        if self.changing && s.any(i, "back by out forward") {
            let (n, k) = self.count(i + 1)?;
            let ((u, unit), end) = self.whole_unit(k)?;
            let n = if s.any(i, "forward") { -n } else { n };
            return Some((Day::Shift(n * u, unit, Box::new(Day::Anchor)), end));
        }
        let half_year = s.any(j, "half") && s.any(j + 1, "a") && s.unit(j + 2) == Some(Unit::Year);
        let (n, k) = if half_year {
            (6, j + 2)
        } else {
            j = self.skip_about(i);
            self.count(j)?
        };
        let about = j > i;
        let ((u, unit), mut end) = self.whole_unit(k)?;
        let unit = if half_year { Unit::Month } else { unit };
        let n = n * u;
        // "1 month, 21 days ago" keeps the last unit's day arithmetic
        let wrap = |day: Day| {
            if about {
                Day::Around(Box::new(day))
            } else {
                day
            }
        };
        if s.any(end, "time") {
            end += 1;
        }
        // "a week Tuesday"
        if unit == Unit::Week
            && !self.is_spanish()
            && s.any(i, "a 1 one two 2")
            && !s.plural(end)
            && let Some(wd) = s.weekday(end)
        {
            return Some((Day::Weekday(wd, Which::Plus(n)), end + 1));
        }
        match s.word(end) {
            "from" | "after" | "on" | "past" | "following" if !self.target(end) => {
                let back = self.the(end + 1);
                if s.any(back, "now today hoy") {
                    return Some((wrap(Day::In(n, unit)), back + 1));
                }
                if s.any(back, "that then this") && self.unit_or_day(back + 1).is_none() {
                    return Some((wrap(Day::Shift(n, unit, Box::new(Day::Anchor))), back + 1));
                }
                if let Some((other, stop)) = self.base(back).or_else(|| {
                    if s.any(end + 1, "the") {
                        self.base(end + 1)
                    } else {
                        None
                    }
                }) {
                    let other = match other {
                        Day::Weekday(wd, Which::Bare) if unit == Unit::Week => {
                            return Some((wrap(Day::Weekday(wd, Which::Plus(n))), stop));
                        }
                        other => other,
                    };
                    if s.any(end, "on") && !matches!(other, Day::Weekday(..) | Day::Date { .. }) {
                        return None;
                    }
                    return Some((wrap(Day::Shift(n, unit, Box::new(other))), stop));
                }
                if s.any(end, "after following past") {
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
            "later" | "afterwards" | "afterward" | "out" | "hence" | "despues"
                if s.word(end) != "out" || self.general =>
            {
                Some((wrap(Day::Shift(n, unit, Box::new(Day::Anchor))), end + 1))
            }
            "ago" | "back" | "earlier" | "prior" | "atras" => {
                Some((Day::Shift(-n, unit, Box::new(Day::Offset(0))), end + 1))
            }
            "today" | "tomorrow" if unit == Unit::Week => {
                let offset = i64::from(!s.any(end, "today"));
                Some((Day::Shift(n, unit, Box::new(Day::Offset(offset))), end + 1))
            }
            _ => None,
        }
    }

    pub(super) fn skip_about(&self, i: usize) -> usize {
        let s = self.s();
        if s.any(
            i,
            "about around approximately roughly like maybe unos unas circa",
        ) && (self.count(i + 1).is_some())
        {
            i + 1
        } else {
            i
        }
    }

    /// "within two weeks", "in the next few days", "the next two weeks", "over the coming week".
    pub(super) fn within(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let mut j = i;
        let led = s.any(j, "within");
        if led {
            j = s.skip(j + 1, "about around");
        }
        j = s.skip(j, "in over during");
        let the = s.any(j, "the");
        j = s.skip(j, "the");
        let mut shift = None;
        if s.any(j, "next coming upcoming") {
            shift = Some(1);
            j += 1;
        } else if s.any(j, "last past previous") {
            shift = Some(-1);
            j += 1;
        }
        let counted = self.count(j);
        let (n, mut k) = match counted {
            Some(found) => found,
            None if (led || (the && i != j))
                && shift.is_some()
                && s.unit(j).is_some()
                && (s.any(i, "in within over during")) =>
            {
                (1, j)
            }
            None if shift.is_some()
                && s.any(j + 1, "or")
                && s.any(j + 2, "two so 2")
                && matches!(s.unit(j), Some(Unit::Week | Unit::Day | Unit::Month))
                && !s.plural(j) =>
            {
                let ((u, unit), _) = self.whole_unit(j)?;
                return Some((
                    Day::Within(if s.any(j + 2, "so") { u } else { 2 * u }, unit),
                    j + 3,
                ));
            }
            None if shift.is_some()
                && s.plural(j)
                && matches!(s.unit(j), Some(Unit::Day | Unit::Week)) =>
            {
                (3, j)
            }
            None => return None,
        };
        // "two upcoming weeks"
        if s.any(k, "next coming upcoming") && shift.is_none() {
            shift = Some(1);
            k += 1;
        }
        if s.any(k, "or to -")
            && let Some((m, k2)) = self.count(k + 1)
            && s.unit(k2).is_some()
            && (led || shift.is_some())
        {
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
        let end = s.skip(end, "or").max(end);
        let end = if s.any(end, "so") && s.any(end - 1, "or") {
            end + 1
        } else if s.any(end.wrapping_sub(1), "or") && end > k + 1 {
            end - 1
        } else {
            end
        };
        Some((Day::Within(n * u, unit), end))
    }

    /// Days hung on another day: the day after, the same day, that day.
    pub(super) fn beside(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, "the");
        if s.any(j, "day dia") && s.class(j) == Class::Unit(Unit::Day) || s.any(j, "day") {
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
            let k = s.skip(j + 2, "that");
            return Some((Day::Shift(n, Unit::Day, Box::new(Day::Anchor)), k));
        }
        if s.any(j, "next following")
            && s.any(j + 1, "day")
            && s.class(j + 1) == Class::Unit(Unit::Day)
            && !s.plural(j + 1)
            && (j > i || s.any(j, "following"))
        {
            return Some((Day::Shift(1, Unit::Day, Box::new(Day::Anchor)), j + 2));
        }
        if s.any(j, "same that mismo ese") && s.unit(j + 1) == Some(Unit::Day) && !s.plural(j + 1) {
            // "the same day next week" is a week on
            if let Some((Day::Period(Unit::Week, n), end)) = self.period(j + 2) {
                return Some((Day::Shift(n, Unit::Week, Box::new(Day::Anchor)), end));
            }
            return Some((Day::Anchor, j + 2));
        }
        if s.any(j, "ese that") && s.weekday(j + 1).is_some() {
            return Some((Day::Anchor, j + 2));
        }
        if s.any(i, "this")
            && s.any(i + 1, "time")
            && let Some((Day::Period(Unit::Week, n), end)) = self.period(i + 2)
        {
            return Some((Day::Shift(n, Unit::Week, Box::new(Day::Offset(0))), end));
        }
        // "the closest Monday to Oct 5th"
        let (n, k) = s.ordinal(j).map_or((1, j), |n| (n, j + 1));
        if s.any(k, "closest nearest")
            && let Some(wd) = s.weekday(k + 1)
            && s.any(k + 2, "to")
        {
            let (other, end) = self.plain(self.the(k + 3))?;
            return Some((Day::Closest(wd, n, Box::new(other)), end));
        }
        None
    }

    pub(super) fn holiday(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let j = s.skip(i, "the");
        let Class::Holiday(holiday) = s.class(j) else {
            return None;
        };
        let mut end = j + 1;
        if s.any(end, "day holiday") {
            end += 1;
        }
        let (year, end) = self.year_after(end);
        Some((Day::Holiday(holiday, year), end))
    }
}
