//! From trees to the calendar.
//!
//! A [`Calendar`] knows the sending day, the locale's order of day and month, the country and the day last spoken of.
//! It reads by the conventions for appointments, or, for `general` use, by those that date recognisers share (weeks and
//! months taken whole, also in the past).

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta, Weekday};

use super::{
    holidays::Country,
    tree::{Day, Unit, Which},
};

/// Days from `start` up to, not including, `end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct Span {
    /// First day.
    pub start: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
}

impl Span {
    /// One whole day.
    pub fn day(day: NaiveDate) -> Self {
        Self {
            start: day,
            end: plus(day, 1),
        }
    }
    /// How many days.
    pub fn length(self) -> i64 {
        (self.end - self.start).num_days()
    }
    /// Whether it is one day.
    pub fn single(self) -> bool {
        self.length() == 1
    }
    /// Whether a day lies in it.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.start <= day && day < self.end
    }
    /// Its days.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.start
            .iter_days()
            .take_while(move |d| *d < self.end)
            .take(800)
    }
    /// What both share.
    pub fn meet(self, other: Self) -> Option<Self> {
        let both = Self {
            start: self.start.max(other.start),
            end: self.end.min(other.end),
        };
        (both.start < both.end).then_some(both)
    }
}

/// What a tree means.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// These spans.
    Spans(Vec<Span>),
    /// From a day (included) and/or to a day (not included).
    Bound {
        /// First day.
        from: Option<NaiveDate>,
        /// The day after the last.
        to: Option<NaiveDate>,
    },
}

/// The order of day and month in numeric dates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// As in the United States.
    MonthDay,
    /// As elsewhere.
    DayMonth,
}

/// What is needed to read a tree.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// The sending day.
    pub today: NaiveDate,
    /// The locale's order.
    pub order: Order,
    /// Where the practice is.
    pub country: Country,
    /// The day last spoken of.
    pub anchor: Option<Span>,
    /// Whether the expression speaks of the past.
    pub past: bool,
    /// Whether a neighbour has settled the order of numeric dates.
    pub settled: bool,
    /// Read as date recognisers do rather than by the conventions for appointments.
    pub general: bool,
}

/// `day` and `n` days.
pub fn plus(day: NaiveDate, n: i64) -> NaiveDate {
    day.checked_add_signed(TimeDelta::days(n)).unwrap_or(day)
}

/// `day` and `n` months, the last day of a month that lacks the number.
pub fn plus_months(day: NaiveDate, n: i32) -> NaiveDate {
    let months = Months::new(n.unsigned_abs().min(24_000));
    if n >= 0 {
        day.checked_add_months(months)
    } else {
        day.checked_sub_months(months)
    }
    .unwrap_or(day)
}

/// Monday of the week of `day`.
pub fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))
        .unwrap_or(day)
}

pub(super) fn month_start(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

pub(super) fn month_span(start: NaiveDate) -> Span {
    Span {
        start,
        end: plus_months(start, 1),
    }
}

/// The next day, from `from` on, with this number, in the first month that has it.
pub fn next_number(from: NaiveDate, number: u32) -> Option<NaiveDate> {
    let mut month = month_start(from);
    for _ in 0..13 {
        if let Some(day) = month.with_day(number).filter(|d| *d >= from) {
            return Some(day);
        }
        month = plus_months(month, 1);
    }
    None
}

fn previous_number(to: NaiveDate, number: u32) -> Option<NaiveDate> {
    let mut month = month_start(to);
    for _ in 0..13 {
        if let Some(day) = month.with_day(number).filter(|d| *d <= to) {
            return Some(day);
        }
        month = plus_months(month, -1);
    }
    None
}

/// The first such weekday strictly after `day`.
pub fn weekday_after(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    let gap = (i64::from(weekday.num_days_from_monday())
        - i64::from(day.weekday().num_days_from_monday())
        + 6)
    .rem_euclid(7)
        + 1;
    plus(day, gap)
}

fn weekday_before(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    plus(
        weekday_after(day, weekday),
        if weekday == day.weekday() { -14 } else { -7 },
    )
    .max(plus(day, -7))
}

impl Calendar {
    /// What `day` means; nothing for dates that do not exist.
    pub fn read(&self, day: &Day) -> Option<Reading> {
        let spans = |span: Span| Some(Reading::Spans(vec![span]));
        match day {
            Day::From(inner) => Some(Reading::Bound {
                from: Some(self.span(inner)?.start),
                to: None,
            }),
            Day::After(inner) => Some(Reading::Bound {
                from: Some(self.span(inner)?.end),
                to: None,
            }),
            Day::Before(inner) => Some(Reading::Bound {
                from: None,
                to: Some(self.span(inner)?.start),
            }),
            Day::By(inner) => Some(Reading::Bound {
                from: None,
                to: Some(self.by_end(inner)?),
            }),
            Day::Either(list) => {
                let mut all = Vec::new();
                for inner in list {
                    if let Reading::Spans(more) = self.read(inner)? {
                        all.extend(more);
                    }
                }
                Some(Reading::Spans(all))
            }
            other => spans(self.span(other)?),
        }
    }

    pub(super) fn by_end(&self, inner: &Day) -> Option<NaiveDate> {
        Some(self.span(inner)?.end)
    }

    /// The span a tree names; bounds give the day they name.
    pub fn span(&self, day: &Day) -> Option<Span> {
        let today = self.today;
        match day {
            Day::Offset(n) => Some(Span::day(plus(today, *n))),
            Day::Weekday(weekday, which) => Some(Span::day(self.weekday(*weekday, *which))),
            Day::WeekdayIn(weekday, week) => {
                let week = match &**week {
                    // "this week" names a day of it even when only part of it is left
                    Day::Period(Unit::Week, n) => plus(monday(today), 7 * i64::from(*n)),
                    other => monday(self.span(other)?.start),
                };
                Some(Span::day(plus(
                    week,
                    i64::from(weekday.num_days_from_monday()),
                )))
            }
            Day::WeekdayBeside(weekday, n, base) => {
                let base = match &**base {
                    Day::Anchor => self.anchor.unwrap_or(Span::day(today)),
                    other => self.span(other)?,
                };
                let day = if *n >= 0 {
                    plus(
                        weekday_after(plus(base.end, -1), *weekday),
                        7 * i64::from(n.max(&1) - 1),
                    )
                } else {
                    plus(
                        weekday_before(base.start, *weekday),
                        7 * i64::from((n + 1).min(0)),
                    )
                };
                Some(Span::day(day))
            }
            Day::Closest(weekday, n, base) => {
                let base = self.span(base)?.start;
                let mut near: Vec<NaiveDate> = (-21..=21)
                    .map(|k| plus(base, k))
                    .filter(|d| d.weekday() == *weekday)
                    .collect();
                near.sort_by_key(|d| (*d - base).num_days().abs());
                near.get(*n as usize - 1).copied().map(Span::day)
            }
            Day::Date {
                year,
                month,
                day,
                weekday,
            } => self.date(*year, *month, *day, *weekday).map(Span::day),
            Day::Numeric {
                first,
                second,
                year,
                weekday,
                ..
            } => {
                let (month, day) = self.order_of(*first, *second, *year, *weekday)?;
                self.date(*year, month, day, None).map(Span::day)
            }
            Day::Number(number, weekday) => {
                if self.past {
                    return previous_number(today, *number).map(Span::day);
                }
                let first = next_number(today, *number)?;
                if self.general
                    && let Some(weekday) = weekday
                {
                    let mut day = first;
                    for _ in 0..24 {
                        if day.weekday() == *weekday {
                            return Some(Span::day(day));
                        }
                        day = next_number(plus(day, 1), *number)?;
                    }
                }
                Some(Span::day(first))
            }
            Day::NumberIn(number, month) => {
                self.month_of(month)?.start.with_day(*number).map(Span::day)
            }
            Day::Nth(n, counted, span) => self.nth(*n, *counted, span),
            Day::Period(unit, n) => Some(self.period(*unit, *n)),
            Day::Month(month, year, which) => self.month(*month, *year, *which),
            Day::Year(year) => Some(Span {
                start: NaiveDate::from_ymd_opt(*year, 1, 1)?,
                end: NaiveDate::from_ymd_opt(*year + 1, 1, 1)?,
            }),
            Day::Quarter(n, year) => {
                let year = match year {
                    Some(year) => self.span(year)?.start.year(),
                    None => today.year(),
                };
                let start = NaiveDate::from_ymd_opt(year, n * 3 - 2, 1)?;
                Some(Span {
                    start,
                    end: plus_months(start, 3),
                })
            }
            Day::Season(season, year, which) => {
                let year = year.unwrap_or(today.year() + which.unwrap_or(0));
                let start = NaiveDate::from_ymd_opt(
                    year,
                    [3, 6, 9, 12].get(*season as usize).copied()?,
                    21,
                )?;
                let end = plus_months(start, 3);
                if which.is_none() && end <= today {
                    Some(Span {
                        start: plus_months(start, 12),
                        end: plus_months(end, 12),
                    })
                } else {
                    Some(Span { start, end })
                }
            }
            Day::Part(portion, span) => {
                let whole = self.whole(span)?;
                let part = self.portion(*portion, whole, span);
                if !self.general && !self.past && part.end <= plus(today, 1) {
                    // nothing of it is left: the following one
                    let next = match &**span {
                        Day::Period(unit, 0) => self.raw_period(*unit, 1),
                        Day::Month(_, None, None) => Span {
                            start: plus_months(whole.start, 12),
                            end: plus_months(whole.end, 12),
                        },
                        _ => return Some(part),
                    };
                    return Some(self.portion(*portion, next, span));
                }
                Some(part)
            }
            Day::WeekOf(inner) => {
                let base = match &**inner {
                    Day::Anchor => self.anchor.map_or(today, |a| a.start),
                    other => self.span(other)?.start,
                };
                Some(Span {
                    start: monday(base),
                    end: plus(monday(base), 7),
                })
            }
            Day::MonthOf(inner) => {
                let base = match &**inner {
                    Day::Anchor => self.anchor.map_or(today, |a| a.start),
                    other => self.span(other)?.start,
                };
                Some(month_span(month_start(base)))
            }
            Day::Shift(n, unit, base) => {
                let base = match &**base {
                    Day::Anchor => self.anchor.map_or(Span::day(today), |a| {
                        Span::day(if *n > 0 { plus(a.end, -1) } else { a.start })
                    }),
                    other => self.span(other)?,
                };
                Some(shift(base, *n, *unit))
            }
            Day::In(n, unit) => Some(shift(Span::day(today), *n, *unit)),
            Day::InRange(low, high, unit) => {
                let start = shift(Span::day(today), *low.min(high), *unit).start;
                Some(Span {
                    start,
                    end: shift(Span::day(today), *low.max(high), *unit).end,
                })
            }
            Day::Around(inner) => {
                let span = self.span(inner)?;
                Some(if span.single() && !self.general {
                    Span {
                        start: plus(span.start, -1),
                        end: plus(span.end, 1),
                    }
                } else {
                    span
                })
            }
            Day::Range(a, b) => self.range(a, b),
            Day::Within(n, unit) => {
                let start = plus(today, 1);
                if self.general {
                    return Some(match unit {
                        Unit::Week => Span {
                            start: plus(monday(today), 7),
                            end: plus(monday(today), 7 + 7 * i64::from(*n)),
                        },
                        Unit::Month => Span {
                            start: plus_months(month_start(today), 1),
                            end: plus_months(month_start(today), 1 + n),
                        },
                        Unit::Year => Span {
                            start: NaiveDate::from_ymd_opt(today.year() + 1, 1, 1)?,
                            end: NaiveDate::from_ymd_opt(today.year() + 1 + n, 1, 1)?,
                        },
                        Unit::Quarter => {
                            let q = self.raw_period(Unit::Quarter, 1).start;
                            Span {
                                start: q,
                                end: plus_months(q, 3 * n),
                            }
                        }
                        _ => Span {
                            start,
                            end: shift(Span::day(start), *n, *unit).start,
                        },
                    });
                }
                Some(Span {
                    start,
                    end: shift(Span::day(start), *n, *unit).start,
                })
            }
            Day::Past(n, unit) => {
                if self.general && !matches!(unit, Unit::Day | Unit::WorkDay) {
                    let end = self.raw_period(*unit, 0).start;
                    return Some(Span {
                        start: shift(Span::day(end), -n, *unit).start,
                        end,
                    });
                }
                Some(Span {
                    start: shift(Span::day(today), -n, *unit).start,
                    end: today,
                })
            }
            Day::Rest(unit, from) => {
                let from = match from.as_deref() {
                    None => today,
                    Some(Day::Anchor) => self.anchor.map_or(today, |a| plus(a.end, -1)).max(today),
                    Some(other) => plus(self.span(other)?.end, -1),
                };
                let whole = match unit {
                    Unit::Month => month_span(month_start(from)),
                    Unit::Year => Span {
                        start: from,
                        end: NaiveDate::from_ymd_opt(from.year() + 1, 1, 1)?,
                    },
                    _ => Span {
                        start: monday(from),
                        end: plus(monday(from), 7),
                    },
                };
                let start = if self.general { from } else { plus(from, 1) };
                if start >= whole.end {
                    return Some(Span {
                        start: whole.end,
                        end: plus(whole.end, 7),
                    });
                }
                Some(Span {
                    start,
                    end: whole.end,
                })
            }
            Day::Holiday(holiday, year) => {
                if let Some(year) = year {
                    return holiday.on(*year, self.country).map(Span::day);
                }
                let year = today.year();
                let found = if self.past {
                    [year, year - 1]
                        .into_iter()
                        .filter_map(|y| holiday.on(y, self.country))
                        .find(|d| *d <= today)
                } else {
                    [year, year + 1]
                        .into_iter()
                        .filter_map(|y| holiday.on(y, self.country))
                        .find(|d| *d >= today)
                };
                found.map(Span::day)
            }
            Day::Anchor => self.anchor,
            Day::From(inner) | Day::After(inner) | Day::Before(inner) | Day::By(inner) => {
                self.span(inner)
            }
            Day::Either(list) => list.first().and_then(|d| self.span(d)),
        }
    }

    pub(super) fn weekday(&self, weekday: Weekday, which: Which) -> NaiveDate {
        let today = self.today;
        let bare = weekday_after(today, weekday);
        let in_week = |n: i64| {
            plus(
                monday(today),
                7 * n + i64::from(weekday.num_days_from_monday()),
            )
        };
        match which {
            Which::Bare if self.past => plus(bare, -7).min(if weekday == today.weekday() {
                today
            } else {
                plus(bare, -7)
            }),
            Which::Bare => bare,
            Which::This => {
                let this = in_week(0);
                if self.general || this <= today {
                    bare
                } else {
                    this
                }
            }
            Which::Next(n) => in_week(i64::from(n)),
            Which::Last => weekday_before(today, weekday),
            Which::Plus(n) => plus(bare, 7 * i64::from(n)),
        }
    }

    pub(super) fn date(
        &self,
        year: Option<i32>,
        month: u32,
        day: u32,
        weekday: Option<Weekday>,
    ) -> Option<NaiveDate> {
        if let Some(year) = year {
            return NaiveDate::from_ymd_opt(year, month, day);
        }
        let year = self.today.year();
        if self.general
            && let Some(weekday) = weekday
        {
            // the nearest year in which the two agree
            let agreeing = (0..7)
                .flat_map(|k| [year + k, year - k])
                .filter_map(|y| NaiveDate::from_ymd_opt(y, month, day))
                .find(|d| d.weekday() == weekday);
            if let Some(found) = agreeing {
                return Some(found);
            }
        }
        if self.past {
            return (0..5)
                .filter_map(|k| NaiveDate::from_ymd_opt(year - k, month, day))
                .find(|d| *d <= self.today);
        }
        (0..9)
            .filter_map(|k| NaiveDate::from_ymd_opt(year + k, month, day))
            .find(|d| *d >= self.today)
    }

    /// Month and day of a numeric date.
    pub(super) fn order_of(
        &self,
        first: u32,
        second: u32,
        year: Option<i32>,
        weekday: Option<Weekday>,
    ) -> Option<(u32, u32)> {
        let month_day = (first, second);
        let day_month = (second, first);
        let fits = |(month, day): (u32, u32)| {
            (1..=12).contains(&month)
                && (1..=31).contains(&day)
                && self.date(year.or(Some(2024)), month, day, None).is_some()
        };
        let (one, other) = match self.order {
            Order::MonthDay => (month_day, day_month),
            Order::DayMonth => (day_month, month_day),
        };
        if fits(one)
            && fits(other)
            && let Some(weekday) = weekday
        {
            let on = |(month, day): (u32, u32)| {
                self.date(year, month, day, None)
                    .is_some_and(|d| d.weekday() == weekday)
            };
            if !on(one) && on(other) {
                return Some(other);
            }
        }
        if fits(one) {
            Some(one)
        } else if fits(other) {
            Some(other)
        } else {
            None
        }
    }

    /// Whether a numeric date is open to two readings, or a date and its weekday disagree.
    pub fn doubtful(&self, day: &Day) -> bool {
        match day {
            Day::Numeric {
                first,
                second,
                year,
                weekday,
                settled,
            } => {
                let settled = &(*settled || self.settled);
                let both = *first <= 12 && *second <= 12 && first != second;
                let read = self
                    .order_of(*first, *second, *year, *weekday)
                    .and_then(|(m, d)| self.date(*year, m, d, None));
                match weekday {
                    None => both && !settled,
                    Some(weekday) => {
                        let agrees = read.is_some_and(|d| d.weekday() == *weekday);
                        if !agrees {
                            return true;
                        }
                        let other = if read.is_some_and(|d| d.month() == *first) {
                            (*second, *first)
                        } else {
                            (*first, *second)
                        };
                        let other_agrees = self
                            .date(*year, other.0, other.1, None)
                            .is_some_and(|d| d.weekday() == *weekday);
                        both && other_agrees && !settled
                    }
                }
            }
            Day::Date {
                weekday: Some(weekday),
                ..
            }
            | Day::Number(_, Some(weekday)) => self
                .span(day)
                .is_some_and(|s| s.start.weekday() != *weekday),
            Day::Range(a, b) => self.doubtful(a) || self.doubtful(b),
            Day::WeekOf(a)
            | Day::Around(a)
            | Day::From(a)
            | Day::After(a)
            | Day::Before(a)
            | Day::By(a) => self.doubtful(a),
            Day::Shift(_, _, a) | Day::WeekdayBeside(_, _, a) => self.doubtful(a),
            _ => false,
        }
    }
}

/// A span moved by n units.
pub fn shift(span: Span, n: i32, unit: Unit) -> Span {
    let length = span.length();
    let start = match unit {
        Unit::Week => plus(span.start, 7 * i64::from(n)),
        Unit::Fortnight => plus(span.start, 14 * i64::from(n)),
        Unit::Month => plus_months(span.start, n),
        Unit::Quarter => plus_months(span.start, 3 * n),
        Unit::Year => plus_months(span.start, 12 * n),
        Unit::Decade => plus_months(span.start, 120 * n),
        Unit::Century => plus_months(span.start, 1200 * n),
        Unit::Weekend => plus(span.start, 7 * i64::from(n)),
        Unit::WorkDay => {
            let mut day = span.start;
            let mut left = n.abs();
            while left > 0 {
                day = plus(day, i64::from(n.signum()));
                if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                    left -= 1;
                }
            }
            day
        }
        _ => plus(span.start, i64::from(n)),
    };
    Span {
        start,
        end: plus(start, length),
    }
}
