//! Calendar objects in mail (RFC 5545, and RFC 5546 for what they ask): invitations, answers, cancellations.

use std::fmt;

use icalendar::parser::{Component, Property, read_calendar_simple, unfold};
use serde::{Deserialize, Serialize};

use crate::{headers::one_line, limits};

/// One `text/calendar` part.
#[derive(Clone, PartialEq, Eq)]
pub struct CalendarPart {
    /// What the sender wants, upper case: `REQUEST`, `REPLY`, `CANCEL`, `PUBLISH` …; empty when not said.
    pub method: String,
    /// The events, in order.
    pub events: Vec<CalendarEvent>,
}

/// One event of a calendar part.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CalendarEvent {
    /// Stable over updates.
    pub uid: String,
    /// Grows with each update.
    pub sequence: u32,
    /// Title.
    pub summary: String,
    /// Place.
    pub location: String,
    /// E-mail address of the organiser, without `mailto:`.
    pub organiser: Option<String>,
    /// When it begins.
    pub start: Option<CalendarTime>,
    /// When it ends, exclusive.
    pub end: Option<CalendarTime>,
    /// `CONFIRMED`, `TENTATIVE` or `CANCELLED`; empty when not said.
    pub status: String,
    /// Answers of those invited: address and `PARTSTAT`, upper case.
    pub attendees: Vec<(String, String)>,
    /// The recurrence rule as written, for the room that can expand it.
    pub recurrence: Option<String>,
}

/// A local date or time and the zone it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarTime {
    /// `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM:SS`.
    pub local: String,
    /// `UTC`, or the zone's name as the sender wrote it (mostly IANA, sometimes Windows); `None` is whatever
    /// zone the reader is in.
    pub zone: Option<String>,
}

impl CalendarTime {
    /// Without a time of day.
    pub fn is_all_day(&self) -> bool {
        !self.local.contains('T')
    }
}

impl fmt::Debug for CalendarPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CalendarPart({}, {} events)",
            self.method,
            self.events.len()
        )
    }
}

impl fmt::Debug for CalendarEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CalendarEvent(…)")
    }
}

/// Events of one part that are read.
const EVENTS: usize = 200;
/// Components within components; the parser recurses.
const NESTING: usize = 8;

/// Reads a calendar; `None` when it is none. `method` is the part's own parameter, the fallback for a
/// calendar that does not say.
pub(crate) fn read(text: &str, method: Option<&str>) -> Option<CalendarPart> {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    if text.len() > limits::CALENDAR || !is_flat(text) {
        return None;
    }
    let unfolded = unfold(text);
    let calendars = read_calendar_simple(&unfolded).ok()?;
    let calendar = calendars
        .iter()
        .find(|component| component.name.as_str() == "VCALENDAR")?;
    let stated = value(calendar, "METHOD").unwrap_or_default();
    let method = if stated.is_empty() {
        method.unwrap_or_default().to_owned()
    } else {
        stated
    };
    let events = calendar
        .components
        .iter()
        .filter(|component| component.name.as_str() == "VEVENT");
    Some(CalendarPart {
        method: method.to_ascii_uppercase(),
        events: events.take(EVENTS).map(event).collect(),
    })
}

fn is_flat(text: &str) -> bool {
    let mut depth = 0_usize;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("BEGIN:") {
            depth += 1;
        } else if line.starts_with("END:") {
            depth = depth.saturating_sub(1);
        }
        if depth > NESTING || number > limits::CALENDAR_LINES {
            return false;
        }
    }
    true
}

fn event(component: &Component<'_>) -> CalendarEvent {
    let attendees = component
        .properties
        .iter()
        .filter(|property| property.name.as_str() == "ATTENDEE");
    CalendarEvent {
        uid: value(component, "UID").unwrap_or_default(),
        sequence: value(component, "SEQUENCE")
            .and_then(|number| number.parse().ok())
            .unwrap_or(0),
        summary: text(component, "SUMMARY"),
        location: text(component, "LOCATION"),
        organiser: property(component, "ORGANIZER").map(|found| address(found)),
        start: property(component, "DTSTART").and_then(time),
        end: property(component, "DTEND").and_then(time),
        status: value(component, "STATUS")
            .unwrap_or_default()
            .to_ascii_uppercase(),
        attendees: attendees
            .take(EVENTS)
            .map(|found| {
                (
                    address(found),
                    parameter(found, "PARTSTAT")
                        .unwrap_or_default()
                        .to_ascii_uppercase(),
                )
            })
            .collect(),
        recurrence: value(component, "RRULE"),
    }
}

fn property<'c, 'x>(component: &'c Component<'x>, name: &str) -> Option<&'c Property<'x>> {
    component
        .properties
        .iter()
        .find(|property| property.name.as_str() == name)
}

fn parameter(property: &Property<'_>, name: &str) -> Option<String> {
    let found = property
        .params
        .iter()
        .find(|parameter| parameter.key.as_str().eq_ignore_ascii_case(name))?;
    found
        .val
        .as_ref()
        .map(|value| value.as_str().trim_matches('"').to_owned())
}

fn value(component: &Component<'_>, name: &str) -> Option<String> {
    property(component, name).map(|found| one_line(found.val.as_str()))
}

/// TEXT values escape commas, semicolons, backslashes and line ends (RFC 5545 §3.3.11).
fn text(component: &Component<'_>, name: &str) -> String {
    let raw = property(component, name)
        .map(|found| found.val.as_str().to_owned())
        .unwrap_or_default();
    let mut out = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    one_line(&out)
}

fn address(property: &Property<'_>) -> String {
    let value = one_line(property.val.as_str());
    let scheme = value
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("mailto:"));
    if scheme {
        value.get(7..).unwrap_or_default().to_owned()
    } else {
        value
    }
}

/// `20260504`, `20260504T093000`, `20260504T093000Z`.
fn time(property: &Property<'_>) -> Option<CalendarTime> {
    let value = property.val.as_str().trim();
    let (value, utc) = value
        .strip_suffix(['Z', 'z'])
        .map_or((value, false), |value| (value, true));
    let (date, clock) = match value.split_once(['T', 't']) {
        Some((date, clock)) => (date, Some(clock)),
        None => (value, None),
    };
    let number = |text: &str, from: usize, to: usize, most: u32| {
        let digits = text
            .get(from..to)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse().ok().filter(|number: &u32| *number <= most)
    };
    let (year, month, day) = (
        number(date, 0, 4, 9999)?,
        number(date, 4, 6, 12)?,
        number(date, 6, 8, 31)?,
    );
    if date.len() != 8 || month == 0 || day == 0 {
        return None;
    }
    let mut local = format!("{year:04}-{month:02}-{day:02}");
    if let Some(clock) = clock {
        let (hour, minute) = (number(clock, 0, 2, 23)?, number(clock, 2, 4, 59)?);
        let second = number(clock, 4, 6, 60).unwrap_or(0);
        local.push_str(&format!("T{hour:02}:{minute:02}:{second:02}"));
    }
    let zone = if utc {
        Some("UTC".to_owned())
    } else {
        parameter(property, "TZID")
    };
    Some(CalendarTime {
        local,
        zone: zone.filter(|_| clock.is_some()),
    })
}
