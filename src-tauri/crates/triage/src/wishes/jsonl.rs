//! The JSON lines of `anteroom wishes`.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::{
    ForWhom, Input, Intent, VisitType, Window,
    opening::{OpeningError, OpeningHours},
    wishes,
};

/// Why a line could not be read. Nothing of the message is repeated.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not the JSON that is expected.
    #[error("not a line of wishes input: {0}")]
    Json(String),
    /// Not a zone of the zone database.
    #[error("unknown time zone")]
    TimeZone,
    /// Not a moment in RFC 3339.
    #[error("sent_at is not a moment in RFC 3339")]
    SentAt,
    /// Unreadable opening hours.
    #[error(transparent)]
    Opening(#[from] OpeningError),
}

#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    sent_at: String,
    time_zone: String,
    locale: String,
    #[serde(default)]
    opening_hours: BTreeMap<String, String>,
    text: String,
}

/// A window as written.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct WindowJson {
    /// First minute.
    pub start: String,
    /// The minute after the last.
    pub end: String,
}

/// A reading as written.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub struct WishesJson {
    /// As given.
    pub id: serde_json::Value,
    /// What it is for.
    pub intent: Intent,
    /// The patient.
    #[serde(rename = "for")]
    pub for_whom: ForWhom,
    /// The kind of visit.
    pub visit_type: VisitType,
    /// The reason.
    pub reason: String,
    /// The clinician.
    pub clinician: String,
    /// Wanted times.
    pub wanted: Vec<WindowJson>,
    /// Times ruled out.
    pub excluded: Vec<WindowJson>,
    /// As soon as possible.
    pub earliest: bool,
    /// Several readings.
    pub ambiguous: bool,
}

fn local(moment: NaiveDateTime) -> String {
    moment.format("%Y-%m-%dT%H:%M").to_string()
}

fn windows(list: &[Window]) -> Vec<WindowJson> {
    list.iter()
        .map(|w| WindowJson {
            start: local(w.start),
            end: local(w.end),
        })
        .collect()
}

/// Reads one line and writes one.
///
/// # Errors
/// A line that is not the expected JSON, or whose zone, moment or hours cannot be read.
pub fn line(input: &str) -> Result<String, LineError> {
    // The parser's own words may quote the text; only the place is repeated.
    let parsed: Line = serde_json::from_str(input)
        .map_err(|e| LineError::Json(format!("line {} column {}", e.line(), e.column())))?;
    let sent_at: DateTime<FixedOffset> =
        DateTime::parse_from_rfc3339(&parsed.sent_at).map_err(|_| LineError::SentAt)?;
    let time_zone = parsed.time_zone.parse().map_err(|_| LineError::TimeZone)?;
    let opening_hours = OpeningHours::read(&parsed.opening_hours)?;
    let read = wishes(&Input {
        sent_at,
        time_zone,
        locale: &parsed.locale,
        opening_hours: &opening_hours,
        text: &parsed.text,
    });
    let out = WishesJson {
        id: parsed.id,
        intent: read.intent,
        for_whom: read.for_whom,
        visit_type: read.visit_type,
        reason: read.reason,
        clinician: read.clinician,
        wanted: windows(&read.wanted),
        excluded: windows(&read.excluded),
        earliest: read.earliest,
        ambiguous: read.ambiguous,
    };
    serde_json::to_string(&out)
        .map_err(|e| LineError::Json(format!("line {} column {}", e.line(), e.column())))
}
