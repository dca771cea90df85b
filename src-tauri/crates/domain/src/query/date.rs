//! Days as people type them.

use std::fmt;

use chrono::{Days, Months, NaiveDate};

use crate::time::Timestamp;

/// A day in a search: a date, or a distance from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Day {
    /// A date; a year or month stands for its first day.
    Date(NaiveDate),
    /// Today.
    Today,
    /// The day before.
    Yesterday,
    /// So many days ago, as in `7d`.
    DaysAgo(u16),
    /// So many weeks ago, as in `2w`.
    WeeksAgo(u16),
    /// So many calendar months ago, as in `3m`.
    MonthsAgo(u16),
    /// So many calendar years ago, as in `1y`.
    YearsAgo(u16),
}

/// The instants between which a search looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRange {
    /// This instant or later.
    pub from: Option<Timestamp>,
    /// Earlier than this instant.
    pub until: Option<Timestamp>,
}

impl Day {
    /// Understands `2026-03-01`, `2026-03`, `2026`, `today`, `yesterday`, `7d`, `2w`, `3m`, `1y`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = super::fold(text);
        match text.as_str() {
            "today" => return Some(Self::Today),
            "yesterday" => return Some(Self::Yesterday),
            _ => {}
        }
        if let Some(distance) = distance(&text) {
            return Some(distance);
        }
        let mut parts = text.split(['-', '/', '.']);
        let year = digits(parts.next()?, 4, 4)?;
        let month = parts.next().map_or(Some(1), |part| digits(part, 1, 2))?;
        let day = parts.next().map_or(Some(1), |part| digits(part, 1, 2))?;
        if parts.next().is_some() {
            return None;
        }
        NaiveDate::from_ymd_opt(year.try_into().ok()?, month, day).map(Self::Date)
    }

    /// The date it names when today is `today`.
    pub fn date(self, today: NaiveDate) -> NaiveDate {
        let back = match self {
            Self::Date(date) => Some(date),
            Self::Today => Some(today),
            Self::Yesterday => today.pred_opt(),
            Self::DaysAgo(n) => today.checked_sub_days(Days::new(n.into())),
            Self::WeeksAgo(n) => today.checked_sub_days(Days::new(u64::from(n) * 7)),
            Self::MonthsAgo(n) => today.checked_sub_months(Months::new(n.into())),
            Self::YearsAgo(n) => today.checked_sub_months(Months::new(u32::from(n) * 12)),
        };
        back.unwrap_or(NaiveDate::MIN)
    }

    /// The instant at which the day begins for someone whose clocks are `offset_minutes` ahead of UTC.
    pub fn begins(self, now: Timestamp, offset_minutes: i32) -> Timestamp {
        let offset = i64::from(offset_minutes) * 60_000;
        let today = now.plus_millis(offset).to_datetime().date_naive();
        let midnight = self
            .date(today)
            .and_hms_opt(0, 0, 0)
            .unwrap_or_default()
            .and_utc();
        Timestamp::from(midnight).plus_millis(-offset)
    }
}

fn distance(text: &str) -> Option<Day> {
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?;
    let number = u16::try_from(digits(number, 1, 4)?).ok()?;
    match unit {
        'd' => Some(Day::DaysAgo(number)),
        'w' => Some(Day::WeeksAgo(number)),
        'm' => Some(Day::MonthsAgo(number)),
        'y' => Some(Day::YearsAgo(number)),
        _ => None,
    }
}

fn digits(text: &str, least: usize, most: usize) -> Option<u32> {
    let ok = (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    ok.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::Today => f.write_str("today"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::DaysAgo(n) => write!(f, "{n}d"),
            Self::WeeksAgo(n) => write!(f, "{n}w"),
            Self::MonthsAgo(n) => write!(f, "{n}m"),
            Self::YearsAgo(n) => write!(f, "{n}y"),
        }
    }
}
