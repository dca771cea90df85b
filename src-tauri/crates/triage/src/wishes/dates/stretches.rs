//! Spans inside spans, and ranges from one day to another: the second half of reading a tree.

use chrono::{Datelike, NaiveDate, Weekday};

use super::{
    resolve::{
        Calendar, Span, monday, month_span, month_start, next_number, plus, plus_months,
        weekday_after,
    },
    tree::{Counted, Day, Portion, Unit, Which},
};

impl Calendar {
    pub(super) fn raw_period(&self, unit: Unit, n: i32) -> Span {
        let today = self.today;
        let n64 = i64::from(n);
        match unit {
            Unit::Week => Span {
                start: plus(monday(today), 7 * n64),
                end: plus(monday(today), 7 * n64 + 7),
            },
            Unit::Weekend => Span {
                start: plus(monday(today), 7 * n64 + 5),
                end: plus(monday(today), 7 * n64 + 7),
            },
            Unit::Month => month_span(plus_months(month_start(today), n)),
            Unit::Quarter => {
                let first =
                    NaiveDate::from_ymd_opt(today.year(), (today.month() - 1) / 3 * 3 + 1, 1)
                        .unwrap_or(today);
                let start = plus_months(first, 3 * n);
                Span {
                    start,
                    end: plus_months(start, 3),
                }
            }
            Unit::Year => {
                let first = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
                let start = plus_months(first, 12 * n);
                Span {
                    start,
                    end: plus_months(start, 12),
                }
            }
            _ => Span::day(plus(today, n64)),
        }
    }

    pub(super) fn period(&self, unit: Unit, n: i32) -> Span {
        let raw = self.raw_period(unit, n);
        if self.general || n != 0 || self.past {
            return raw;
        }
        // "This week" is what is left of it; if nothing is left, the following one.
        let start = raw.start.max(plus(self.today, 1));
        if start >= raw.end {
            self.raw_period(unit, 1)
        } else {
            Span {
                start,
                end: raw.end,
            }
        }
    }

    pub(super) fn month(&self, month: u32, year: Option<i32>, which: Option<i32>) -> Option<Span> {
        let today = self.today;
        let of = |year: i32| NaiveDate::from_ymd_opt(year, month, 1).map(month_span);
        if let Some(year) = year {
            return of(year);
        }
        match which {
            Some(n) if n > 0 => {
                let next = of(today.year())
                    .filter(|s| s.start > today)
                    .or_else(|| of(today.year() + 1))?;
                Some(Span {
                    start: plus_months(next.start, 12 * (n - 1)),
                    end: plus_months(next.end, 12 * (n - 1)),
                })
            }
            Some(0) => of(today.year()),
            Some(_) => of(today.year())
                .filter(|s| s.end <= today)
                .or_else(|| of(today.year() - 1)),
            None if self.past => of(today.year())
                .filter(|s| s.start <= today)
                .or_else(|| of(today.year() - 1)),
            None => {
                let span = of(today.year())
                    .filter(|s| s.end > plus(today, i64::from(!self.general)))
                    .or_else(|| of(today.year() + 1))?;
                if self.general {
                    Some(span)
                } else {
                    Some(Span {
                        start: span.start.max(plus(today, 1)),
                        end: span.end,
                    })
                }
            }
        }
    }

    /// The uncut span that parts and counts refer to.
    pub(super) fn whole(&self, span: &Day) -> Option<Span> {
        match span {
            Day::Period(unit, n) => Some(self.raw_period(*unit, *n)),
            Day::Month(month, None, None) if !self.general => {
                let found = self.month(*month, None, None)?;
                Some(month_span(month_start(found.start)))
            }
            other => self.span(other),
        }
    }

    pub(super) fn month_of(&self, span: &Day) -> Option<Span> {
        match span {
            Day::Month(month, None, Some(n)) => {
                NaiveDate::from_ymd_opt(self.today.year() + n, *month, 1).map(month_span)
            }
            other => self.whole(other),
        }
    }

    pub(super) fn portion(&self, portion: Portion, whole: Span, tree: &Day) -> Span {
        let days = |a: i64, b: i64| Span {
            start: plus(whole.start, a),
            end: plus(whole.start, b),
        };
        let length = whole.length();
        if self.general {
            let thirds = match (length, portion) {
                (7, Portion::Early) => (0, 3),
                (7, Portion::Middle) => (2, 4),
                (7, _) => (4, 7),
                (28..=31, Portion::Early) => (0, 10),
                (28..=31, Portion::Middle) => (10, 20),
                (28..=31, Portion::Late) => (20, length),
                (365..=366, Portion::Early) => {
                    (0, (plus_months(whole.start, 3) - whole.start).num_days())
                }
                (365..=366, Portion::Late) => (
                    (plus_months(whole.start, 8) - whole.start).num_days(),
                    length,
                ),
                (_, Portion::FirstHalf) => (0, length / 2),
                (_, Portion::SecondHalf) => (length / 2, length),
                (_, Portion::Early) => (0, length / 3),
                (_, Portion::Middle) => (length / 3, length * 2 / 3),
                (_, Portion::Late) => (length * 2 / 3, length),
            };
            return days(thirds.0, thirds.1);
        }
        let week = length == 7 || matches!(tree, Day::Period(Unit::Week, _) | Day::WeekOf(_));
        if week {
            return match portion {
                Portion::Early => days(0, 2),
                Portion::Middle => days(1, 4),
                Portion::Late => days(3, 5),
                Portion::FirstHalf => days(0, 3),
                Portion::SecondHalf => days(2, 5),
            };
        }
        if length > 200 {
            return match portion {
                Portion::Early => Span {
                    start: whole.start,
                    end: plus_months(whole.start, 3),
                },
                Portion::Middle => Span {
                    start: plus_months(whole.start, 5),
                    end: plus_months(whole.start, 8),
                },
                Portion::Late => Span {
                    start: plus_months(whole.end, -2),
                    end: whole.end,
                },
                Portion::FirstHalf => Span {
                    start: whole.start,
                    end: plus_months(whole.start, 6),
                },
                Portion::SecondHalf => Span {
                    start: plus_months(whole.start, 6),
                    end: whole.end,
                },
            };
        }
        match portion {
            Portion::Early => days(0, 5),
            Portion::Middle => days(10, 20),
            Portion::Late => days(length - 5, length),
            Portion::FirstHalf => days(0, 15),
            Portion::SecondHalf => days(15, length),
        }
    }

    pub(super) fn nth(&self, n: i32, counted: Counted, tree: &Day) -> Option<Span> {
        let whole = self.whole(tree)?;
        let found = self.nth_in(n, counted, whole)?;
        let open = matches!(tree, Day::Period(Unit::Month, 0))
            || matches!(tree, Day::Month(_, None, None));
        let past = if found.single() {
            found.start < self.today
        } else {
            found.end <= plus(self.today, 1)
        };
        if open && past && !self.past && !(self.general && matches!(tree, Day::Period(..))) {
            let next = match tree {
                Day::Period(..) => self.raw_period(Unit::Month, 1),
                _ => Span {
                    start: plus_months(whole.start, 12),
                    end: plus_months(whole.end, 12),
                },
            };
            return self.nth_in(n, counted, next);
        }
        Some(found)
    }

    pub(super) fn nth_in(&self, n: i32, counted: Counted, whole: Span) -> Option<Span> {
        let pick = |list: Vec<Span>| {
            let index = if n > 0 {
                n as usize - 1
            } else {
                list.len().checked_sub(n.unsigned_abs() as usize)?
            };
            list.get(index).copied()
        };
        match counted {
            Counted::Weekday(weekday) => pick(
                whole
                    .days()
                    .filter(|d| d.weekday() == weekday)
                    .map(Span::day)
                    .collect(),
            ),
            Counted::Day => pick(whole.days().map(Span::day).collect()),
            Counted::Weekend => pick(
                whole
                    .days()
                    .filter(|d| d.weekday() == Weekday::Sat)
                    .map(|d| Span {
                        start: d,
                        end: plus(d, 2),
                    })
                    .collect(),
            ),
            Counted::Month => pick(
                (0..12)
                    .map(|k| month_span(plus_months(whole.start, k)))
                    .filter(|s| s.start < whole.end)
                    .collect(),
            ),
            Counted::Quarter => pick(
                (0..4)
                    .map(|k| plus_months(whole.start, 3 * k))
                    .map(|s| Span {
                        start: s,
                        end: plus_months(s, 3),
                    })
                    .collect(),
            ),
            Counted::Week if self.general => {
                // the ISO habit: a week belongs to the month of its Thursday
                pick(
                    whole
                        .days()
                        .filter(|d| d.weekday() == Weekday::Thu)
                        .map(|d| Span {
                            start: monday(d),
                            end: plus(monday(d), 7),
                        })
                        .collect(),
                )
            }
            Counted::Week if n == -1 => Some(Span {
                start: plus(whole.end, -7),
                end: whole.end,
            }),
            Counted::Week => {
                let start = if n > 0 {
                    plus(whole.start, 7 * i64::from(n - 1))
                } else {
                    plus(whole.end, 7 * i64::from(n))
                };
                Some(Span {
                    start,
                    end: plus(start, 7).min(whole.end),
                })
                .filter(|s| s.start < s.end)
            }
        }
    }

    /// From one day to the other; the end is the first such day after the start.
    pub(super) fn range(&self, a: &Day, b: &Day) -> Option<Span> {
        // the month or week named once holds for both ends
        let a = match (a, b) {
            (
                Day::Number(n, None),
                Day::Date {
                    year, month, day, ..
                },
            ) if n <= day => Day::Date {
                year: *year,
                month: *month,
                day: *n,
                weekday: None,
            },
            (Day::Number(n, None), Day::NumberIn(_, month)) => Day::NumberIn(*n, month.clone()),
            (Day::Weekday(wd, Which::Bare), Day::WeekdayIn(_, week)) => {
                Day::WeekdayIn(*wd, week.clone())
            }
            (Day::Weekday(wd, Which::Bare), Day::Weekday(_, Which::Next(n)))
                if *n == 1 && self.general =>
            {
                Day::Weekday(*wd, Which::Bare)
            }
            _ => a.clone(),
        };
        let first = self.span(&a)?;
        let later = Self {
            today: first.start,
            past: false,
            anchor: Some(first),
            ..*self
        };
        let second = match b {
            Day::Weekday(weekday, Which::Bare | Which::This) => {
                Span::day(weekday_after(first.start, *weekday))
            }
            Day::Weekday(weekday, Which::Next(1))
                if matches!(a, Day::Weekday(_, Which::Next(1))) =>
            {
                Span::day(weekday_after(first.start, *weekday))
            }
            Day::Number(n, _) => Span::day(next_number(first.start, *n)?),
            Day::Date { year: None, .. } | Day::Numeric { year: None, .. } => later.span(b)?,
            Day::Month(month, None, None) => {
                let m = later.month(*month, None, None)?;
                month_span(month_start(m.start))
            }
            other => self.span(other)?,
        };
        // a year at the end holds for the start as well
        let first = match (&a, b) {
            (
                Day::Date {
                    year: None,
                    month,
                    day,
                    weekday,
                },
                Day::Date {
                    year: Some(year),
                    month: last,
                    ..
                },
            ) => {
                let year = if month > last { year - 1 } else { *year };
                Span::day(self.date(Some(year), *month, *day, *weekday)?)
            }
            (Day::Month(month, None, None), Day::Month(last, Some(year), None)) => {
                let year = if month > last { year - 1 } else { *year };
                self.month(*month, Some(year), None)?
            }
            _ => first,
        };
        (first.start < second.end).then_some(Span {
            start: first.start,
            end: second.end,
        })
    }
}
