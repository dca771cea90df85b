//! Windows of local time, and times of day put on a day.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{
    dates::{
        tree::{Clock, Half, Part, Shade, Time},
        zones,
    },
    opening::{Hours, OpeningHours},
};

/// Local time, `[start, end)`; a point has `start == end`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Window {
    /// First minute.
    pub start: NaiveDateTime,
    /// The minute after the last.
    pub end: NaiveDateTime,
}

/// Minutes of a day, `[from, to)`.
pub type Minutes = (i32, i32);

/// A minute of a day as a moment; 1440 is the next day's midnight.
pub fn moment(day: NaiveDate, minute: i32) -> NaiveDateTime {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    midnight
        .checked_add_signed(TimeDelta::minutes(i64::from(minute)))
        .unwrap_or(midnight)
}

impl Window {
    /// From one minute of a day to another.
    pub fn on(day: NaiveDate, (from, to): Minutes) -> Self {
        Self {
            start: moment(day, from),
            end: moment(day, to),
        }
    }
}

/// Sorted; overlapping windows merged, touching ones left apart.
pub fn tidy(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort();
    windows.dedup();
    let mut out: Vec<Window> = Vec::with_capacity(windows.len());
    for window in windows {
        match out.last_mut() {
            Some(last) if window.start < last.end => last.end = last.end.max(window.end),
            _ => out.push(window),
        }
    }
    out
}

/// What is left of stretches after others are cut out.
pub fn cut(stretches: &[Minutes], holes: &[Minutes]) -> Vec<Minutes> {
    let mut left = stretches.to_vec();
    for (from, to) in holes {
        let mut next = Vec::new();
        for (a, b) in left {
            if a == b {
                if !(*from <= a && a < *to) && !(from == to && a == *from) {
                    next.push((a, b));
                }
            } else if *to <= a || b <= *from || from == to {
                next.push((a, b));
            } else {
                if a < *from {
                    next.push((a, *from));
                }
                if *to < b {
                    next.push((*to, b));
                }
            }
        }
        left = next;
    }
    left
}

/// How a time of day is put on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// On a day the writer names: nothing is dropped for lying outside the hours.
    Named,
    /// On a day that the reader writes out: cut to the hours, dropped if nothing is left.
    Written,
}

/// Times of day on one day.
pub struct OnDay<'a> {
    /// The practice's week.
    pub opening: &'a OpeningHours,
    /// The practice's time zone.
    pub zone: chrono_tz::Tz,
    /// The day.
    pub day: NaiveDate,
    /// Named or written out.
    pub used: Use,
    /// Whether the time is ruled out rather than wished.
    pub excluded: bool,
    /// The clock time that "same time" refers to.
    pub same: Option<i32>,
}

/// The table of the parts of the day.
pub fn part_hours(part: Part, shade: Shade) -> Minutes {
    let (a, b) = match (part, shade) {
        (Part::Morning, Shade::Whole) => (8 * 60, 12 * 60),
        (Part::Morning, Shade::Early) => (8 * 60, 10 * 60),
        (Part::Morning, Shade::Middle) => (9 * 60, 11 * 60),
        (Part::Morning, Shade::Late) => (10 * 60, 12 * 60),
        (Part::Lunch, _) => (12 * 60, 13 * 60),
        (Part::Afternoon, Shade::Whole) => (12 * 60, 17 * 60),
        (Part::Afternoon, Shade::Early) => (12 * 60, 14 * 60),
        (Part::Afternoon, Shade::Middle) => (14 * 60, 16 * 60),
        (Part::Afternoon, Shade::Late) => (15 * 60, 17 * 60),
        (Part::Evening | Part::Night, Shade::Early) => (17 * 60, 18 * 60 + 30),
        (Part::Evening | Part::Night, _) => (17 * 60, 20 * 60),
    };
    (a, b)
}

impl OnDay<'_> {
    fn hours(&self) -> Hours {
        self.opening.named(self.day)
    }

    /// The minute a clock time means on this day, and whether both of its readings lie within the hours.
    pub fn minute(&self, clock: Clock, beside: Option<Part>) -> (i32, bool) {
        let hours = self.hours();
        let inside = |m: i32| hours.open <= m && m < hours.close;
        let half = match (clock.half, beside) {
            (Half::Bare, Some(part)) => Half::Beside(part),
            (half, _) => half,
        };
        let (minute, ambiguous) = match half {
            Half::Fixed => (clock.minute, false),
            Half::Beside(part) => (super::dates::beside(clock.minute, part), false),
            Half::Bare => {
                let morning = clock.minute % 720;
                let evening = morning + 720;
                let usual = if (7 * 60..12 * 60).contains(&clock.minute) {
                    morning
                } else {
                    evening
                };
                let other = if usual == morning { evening } else { morning };
                // a clock in another zone is read by its own habit
                if clock.zone.is_some() {
                    (usual, false)
                } else if inside(other) && !inside(usual) {
                    (other, false)
                } else {
                    (usual, inside(usual) && inside(other))
                }
            }
        };
        let Some(zone) = clock.zone else {
            return (minute, ambiguous);
        };
        let local = moment(self.day, minute);
        let shift = zones::offset_at(self.zone, local) - zone.offset(local);
        (minute + shift, ambiguous)
    }

    /// The stretches of this day that a time of day means. `doubt` is set if a bare hour is open to two readings.
    pub fn stretches(&self, time: &Time, doubt: &mut bool) -> Vec<Minutes> {
        let raw = self.raw(time, None, doubt);
        if self.used == Use::Named {
            return raw;
        }
        let hours = self.hours();
        raw.into_iter()
            .filter_map(|(a, b)| {
                if a == b {
                    return (hours.open <= a && a < hours.close).then_some((a, b));
                }
                let (a, b) = (a.max(hours.open), b.min(hours.close));
                (a < b).then_some((a, b))
            })
            .collect()
    }

    fn raw(&self, time: &Time, beside: Option<Part>, doubt: &mut bool) -> Vec<Minutes> {
        let hours = self.hours();
        let mut read = |clock: Clock| {
            let (minute, ambiguous) = self.minute(clock, beside);
            *doubt |= ambiguous;
            minute
        };
        match time {
            Time::Part(part, shade) => {
                let (mut a, b) = part_hours(*part, *shade);
                if self.excluded
                    && *part == Part::Morning
                    && matches!(shade, Shade::Whole | Shade::Early)
                {
                    a = a.min(hours.open);
                }
                let cut = (a.max(hours.open), b.min(hours.close));
                if cut.0 < cut.1 {
                    vec![cut]
                } else if self.used == Use::Named {
                    vec![(a, b)]
                } else {
                    Vec::new()
                }
            }
            Time::First => vec![(hours.open, (hours.open + 60).min(hours.close))],
            Time::Last => vec![((hours.close - 60).max(hours.open), hours.close)],
            Time::At(clock) => {
                let minute = read(*clock);
                vec![(minute, minute)]
            }
            Time::Around(clock) => {
                let minute = read(*clock);
                vec![((minute - 30).max(0), minute + 30)]
            }
            Time::After(clock) => {
                let from = read(*clock);
                let end = if from < hours.close {
                    hours.close
                } else if from < 17 * 60 {
                    17 * 60
                } else {
                    20 * 60
                };
                let end = if end <= from { 24 * 60 } else { end };
                vec![(from.max(hours.open), end)]
            }
            Time::Before(clock) => {
                let mut to = read(*clock);
                if to <= hours.open && clock.half == Half::Bare && to + 720 <= hours.close {
                    to += 720;
                }
                if to > hours.open {
                    vec![(hours.open, to)]
                } else {
                    vec![((to - 60).max(0), to)]
                }
            }
            Time::Between(a, b) => {
                let (mut from, mut to) = (read(*a), read(*b));
                if to <= from && b.half == Half::Bare && to + 720 > from && to < 720 {
                    to += 720;
                } else if to <= from && a.half == Half::Bare && from >= 720 {
                    from -= 720;
                }
                if to < from {
                    to = 24 * 60;
                }
                vec![(from, to)]
            }
            Time::Same => self.same.map(|m| (m, m)).into_iter().collect(),
            Time::Any => vec![(hours.open, hours.close)],
            Time::Or(list) => list
                .iter()
                .flat_map(|t| self.raw(t, beside, doubt))
                .collect(),
            Time::All(list) => {
                let part = list.iter().find_map(|t| {
                    if let Time::Part(part, _) = t {
                        Some(*part)
                    } else {
                        None
                    }
                });
                let mut left: Option<Vec<Minutes>> = None;
                for time in list {
                    let more = self.raw(time, beside.or(part), doubt);
                    left = Some(match left {
                        None => more,
                        Some(left) => match (meet(&left, &more), time) {
                            // nothing in common ("in the afternoons, from 18"): the hour counts, not the part
                            (both, Time::Part(..)) if both.is_empty() => left,
                            (both, _) if both.is_empty() => more,
                            (both, _) => both,
                        },
                    });
                }
                left.unwrap_or_default()
            }
        }
    }
}

fn meet(one: &[Minutes], other: &[Minutes]) -> Vec<Minutes> {
    let mut out = Vec::new();
    for (a, b) in one {
        for (c, d) in other {
            let (from, to) = ((*a).max(*c), (*b).min(*d));
            let point = a == b || c == d;
            if from < to || (point && from == to) {
                out.push((from, to));
            }
        }
    }
    out
}
