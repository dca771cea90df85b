//! Opening hours: per weekday, the minutes between which the practice is open.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

/// Minutes since midnight, half-open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hours {
    /// Opening.
    pub open: i32,
    /// Closing.
    pub close: i32,
}

/// What stands in on a closed day that a writer names outright.
pub const STAND_IN: Hours = Hours {
    open: 8 * 60,
    close: 17 * 60,
};

/// Why opening hours could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpeningError {
    /// A key is no weekday and no range of weekdays.
    #[error("unknown day in the opening hours: {0}")]
    Day(String),
    /// A value is neither `closed` nor `HH:MM-HH:MM`.
    #[error("unreadable hours in the opening hours: {0}")]
    Hours(String),
}

/// The week's opening hours; days that are not mentioned are closed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpeningHours {
    week: [Option<Hours>; 7],
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn day_index(name: &str) -> Option<usize> {
    let short: String = name.trim().to_ascii_lowercase().chars().take(3).collect();
    DAYS.iter().position(|d| *d == short)
}

fn minutes(text: &str) -> Option<i32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..=24).contains(&hour) && (0..60).contains(&minute) && hour * 60 + minute <= 1440)
        .then_some(hour * 60 + minute)
}

impl OpeningHours {
    /// From entries like `mon-thu: 08:00-17:00`, `sat: closed`.
    ///
    /// # Errors
    /// A day or hours that cannot be read.
    pub fn read(entries: &BTreeMap<String, String>) -> Result<Self, OpeningError> {
        let mut week = [None; 7];
        // Ranges first, so that a single day said beside a range that holds it wins.
        let mut sorted: Vec<(&String, &String)> = entries.iter().collect();
        sorted.sort_by_key(|(key, _)| !key.contains('-'));
        for (key, value) in sorted {
            let unknown = || OpeningError::Day(key.clone());
            let value = value.trim();
            let hours = if value.eq_ignore_ascii_case("closed") {
                None
            } else {
                // A lunch break ("08:00-12:00, 13:00-17:00") counts from the first opening to the last closing.
                let bad = || OpeningError::Hours(value.to_owned());
                let open = value
                    .split(['-', '–'])
                    .next()
                    .and_then(minutes)
                    .ok_or_else(bad)?;
                let close = value
                    .rsplit(['-', '–'])
                    .next()
                    .and_then(minutes)
                    .ok_or_else(bad)?;
                if open >= close {
                    return Err(bad());
                }
                Some(Hours { open, close })
            };
            for part in key.split(',') {
                let (first, last) = match part.split_once('-') {
                    Some((a, b)) => (
                        day_index(a).ok_or_else(unknown)?,
                        day_index(b).ok_or_else(unknown)?,
                    ),
                    None => {
                        let day = day_index(part).ok_or_else(unknown)?;
                        (day, day)
                    }
                };
                let mut day = first;
                loop {
                    if let Some(slot) = week.get_mut(day) {
                        *slot = hours;
                    }
                    if day == last {
                        break;
                    }
                    day = (day + 1) % 7;
                }
            }
        }
        Ok(Self { week })
    }

    /// The hours on a weekday, if it is an opening day.
    pub fn weekday(&self, weekday: Weekday) -> Option<Hours> {
        self.week
            .get(weekday.num_days_from_monday() as usize)
            .copied()
            .flatten()
    }

    /// The hours on a day, if it is an opening day.
    pub fn on(&self, day: NaiveDate) -> Option<Hours> {
        self.weekday(day.weekday())
    }

    /// The hours on a day that the writer names outright.
    pub fn named(&self, day: NaiveDate) -> Hours {
        self.on(day).unwrap_or(STAND_IN)
    }
}
