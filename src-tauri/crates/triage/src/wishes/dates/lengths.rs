//! Lengths of time, moments counted from now, recurrences and lone zones: what the general recogniser reads beyond the
//! days and times that a wish is made of.

use super::{
    Grammar, Read,
    tree::{Day, Every, Unit, What},
    zones,
};

impl Grammar<'_> {
    /// Anything of this file at `i`.
    pub(super) fn beyond(&self, i: usize) -> Read<What> {
        let s = self.symbols;
        if s.any(i, "now") {
            return Some((What::Moment(0), i + 1));
        }
        if s.any(i, "right just") && s.any(i + 1, "now") {
            return Some((What::Moment(0), i + 2));
        }
        let mut best: Read<What> = None;
        for found in [
            self.moment(i),
            self.length_alone(i),
            self.every(i),
            self.zone(i),
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

    /// One count and its unit: "2.5 hours", "half an hour", "an hour and a half".
    fn piece(&self, i: usize) -> Read<(f64, Unit)> {
        let s = self.symbols;
        let unit_at = |k: usize| {
            s.unit(k).map(|u| (u, k + 1)).or_else(|| {
                let short = match s.word(k) {
                    "h" => Unit::Hour,
                    "d" => Unit::Day,
                    "y" | "ys" => Unit::Year,
                    "m" => Unit::Minute,
                    "ms" | "s" => Unit::Second,
                    _ => return None,
                };
                (s.glued(k) || s.any(k, "h")).then_some((short, k + 1))
            })
        };
        let half = |k: usize| -> (f64, usize) {
            if s.any(k, "and") && s.any(s.skip(k + 1, "a an"), "half") {
                (0.5, s.skip(k + 1, "a an") + 1)
            } else {
                (0.0, k)
            }
        };
        if s.any(i, "half") {
            let (unit, end) = unit_at(s.skip(s.skip(i + 1, "- of"), "a an"))?;
            return Some(((0.5, unit), end));
        }
        if s.any(s.skip(i, "a"), "quarter") && s.any(s.skip(i, "a") + 1, "of") {
            let (unit, end) = unit_at(s.skip(s.skip(i, "a") + 2, "a an"))?;
            return matches!(unit, Unit::Hour).then_some(((0.25, unit), end));
        }
        let (n, mut j) = if s.any(i, "a an another one") && unit_at(i + 1).is_some() {
            (1.0, i + 1)
        } else if s.any(i, "all full whole")
            && (s.unit(i + 1).is_some() || s.any(i + 1, "-") && s.unit(i + 2).is_some())
        {
            (1.0, s.skip(i + 1, "-"))
        } else if let (Some((whole, digits)), true) = (
            s.digits(i),
            s.any(i + 1, ".") && s.glued(i + 1) && s.glued(i + 2),
        ) {
            let fraction = s.number(i + 2)?;
            if digits == 0 {
                return None;
            }
            (format!("{whole}.{fraction}").parse().ok()?, i + 3)
        } else {
            let (n, j) = self.count(i)?;
            (f64::from(n), j)
        };
        j = s.skip(j, "- more extra business working full whole");
        let (more, k) = half(j);
        let (unit, end) = unit_at(if more > 0.0 { k } else { j })?;
        let (after, end) = if more > 0.0 { (0.0, end) } else { half(end) };
        Some(((n + more + after, unit), end))
    }

    /// "1 hour, 5 minutes and 30 seconds".
    fn pieces(&self, i: usize) -> Read<Vec<(f64, Unit)>> {
        let s = self.symbols;
        let (first, mut end) = self.piece(i)?;
        let mut list = vec![first];
        while list.len() < 6 {
            let mut k = s.skip(end, ",");
            k = s.skip(k, "and");
            if let Some((more, stop)) = self
                .piece(k)
                .filter(|((_, unit), _)| list.last().is_some_and(|(_, u)| u != unit))
            {
                list.push(more);
                end = stop;
            } else {
                break;
            }
        }
        Some((list, end))
    }

    fn counted_from_now(list: &[(f64, Unit)], sign: i32) -> What {
        let small = list.iter().any(|(n, unit)| {
            matches!(unit, Unit::Second | Unit::Minute | Unit::Hour) || n.fract() != 0.0
        });
        if small {
            let seconds: f64 = list
                .iter()
                .map(|(n, unit)| n * super::mentions::seconds(*unit))
                .sum();
            return What::Moment((seconds * f64::from(sign)) as i64);
        }
        let day = list.iter().fold(Day::Offset(0), |day, (n, unit)| {
            Day::Shift(sign * *n as i32, *unit, Box::new(day))
        });
        What::Day(day)
    }

    fn moment(&self, i: usize) -> Read<What> {
        let s = self.symbols;
        if s.any(i, "next last past previous coming") {
            let back = s.any(i, "last past previous");
            let (list, end) = self
                .pieces(i + 1)
                .or_else(|| s.unit(i + 1).map(|u| (vec![(1.0, u)], i + 2)))?;
            let small = list
                .iter()
                .all(|(_, unit)| matches!(unit, Unit::Second | Unit::Minute | Unit::Hour))
                && list.first().is_some_and(|(_, u)| *u != Unit::Second);
            return small.then(|| {
                (
                    Self::counted_from_now(&list, if back { -1 } else { 1 }),
                    end,
                )
            });
        }
        let led = s.any(i, "in within");
        let mut j = if led {
            s.skip(i + 1, "the about around next less than")
        } else {
            i
        };
        j = s.skip(s.skip(j, "next about"), "next");
        let (list, end) = self.pieces(j)?;
        let small = list
            .iter()
            .any(|(_, unit)| matches!(unit, Unit::Second | Unit::Minute | Unit::Hour))
            || list.len() > 1;
        if s.any(end, "ago back earlier") {
            return small.then(|| (Self::counted_from_now(&list, -1), end + 1));
        }
        if s.any(end, "later hence afterwards") {
            return small.then(|| (Self::counted_from_now(&list, 1), end + 1));
        }
        if s.any(end, "from") && s.any(s.skip(end + 1, "right"), "now today") {
            return small.then(|| {
                (
                    Self::counted_from_now(&list, 1),
                    s.skip(end + 1, "right") + 1,
                )
            });
        }
        (led && small).then(|| (Self::counted_from_now(&list, 1), end))
    }

    fn length_alone(&self, i: usize) -> Read<What> {
        let s = self.symbols;
        // "2 weeks from Monday" and the like are days
        let (list, end) = self.pieces(i)?;
        if s.any(end, "of") || i > 0 && s.any(i - 1, "every each the next last past") {
            return None;
        }
        let seconds: f64 = list
            .iter()
            .map(|(n, unit)| n * super::mentions::seconds(*unit))
            .sum();
        Some((What::Length(seconds, Unit::Second), end))
    }

    fn every(&self, i: usize) -> Read<What> {
        let s = self.symbols;
        let every = |n: i32, unit: Option<Unit>| What::Every(Every { n, unit });
        let unit = match s.word(i) {
            "daily" | "everyday" => Some(Unit::Day),
            "weekly" => Some(Unit::Week),
            "biweekly" | "fortnightly" => Some(Unit::Fortnight),
            "monthly" => Some(Unit::Month),
            "quarterly" => Some(Unit::Quarter),
            "annually" | "yearly" | "annual" => Some(Unit::Year),
            "every" | "each" => {
                let mut j = i + 1;
                let mut n = 1;
                if s.any(j, "other") {
                    n = 2;
                    j += 1;
                } else if let Some((m, k)) = self.count(j) {
                    n = m;
                    j = k;
                }
                if let Some(unit) = s.unit(j) {
                    return Some((every(n, Some(unit)), j + 1));
                }
                if s.weekday(j).is_some() || s.part(j).is_some() || s.any(j, "weekday") {
                    let mut end = j + 1;
                    if s.part(end).is_some() {
                        end += 1;
                    }
                    let at = self.time(
                        s.skip(end, "at"),
                        if s.any(end, "at") {
                            super::times::Footing::Led
                        } else {
                            super::times::Footing::AfterDay
                        },
                    );
                    return Some((every(n, None), at.map_or(end, |(_, stop)| stop)));
                }
                return None;
            }
            "once" if s.any(i + 1, "a an per every") => {
                return s.unit(i + 2).map(|unit| (every(1, Some(unit)), i + 3));
            }
            "anytime"
                if s.tokens
                    .get(s.list.get(i)?.first)
                    .is_some_and(|t| t.word == "every") =>
            {
                Some(Unit::Day)
            }
            _ => return None,
        };
        Some((every(1, unit), i + 1))
    }

    fn zone(&self, i: usize) -> Read<What> {
        let s = self.symbols;
        if s.any(
            i,
            "in ( your my the et pt mt ct ist central pacific mountain eastern atlantic",
        ) && !(s.any(i + 1, "time standard daylight"))
            || s.any(i, "hora")
        {
            return None;
        }
        zones::read(s, i).map(|(zone, end)| (What::Zone(zone), end))
    }
}
