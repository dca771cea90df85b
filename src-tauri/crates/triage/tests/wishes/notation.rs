//! The short notation of the tables, explained at the head of `conventions.txt`.

use std::collections::BTreeMap;

use anteroom_triage::wishes::{Input, Window, Wishes, opening::OpeningHours, wishes};
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// What a table line asks and expects.
#[derive(Debug)]
pub struct Case {
    pub section: String,
    pub sent_at: DateTime<FixedOffset>,
    pub time_zone: chrono_tz::Tz,
    pub locale: String,
    pub opening_hours: OpeningHours,
    pub text: String,
    pub wanted: Vec<Window>,
    pub excluded: Vec<Window>,
    pub earliest: bool,
    pub ambiguous: bool,
    pub fields: Vec<(String, String)>,
}

fn date(text: &str, sent: NaiveDate) -> NaiveDate {
    let year = sent.format("%Y").to_string();
    NaiveDate::parse_from_str(&format!("{year}-{text}"), "%Y-%m-%d")
        .unwrap_or_else(|_| panic!("not a date: {text}"))
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap_or_else(|_| panic!("not a time: {text}"))
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}

fn windows(text: &str, sent: NaiveDate) -> Vec<Window> {
    let mut out = Vec::new();
    for word in text.split_whitespace() {
        if let Some((first, last)) = word.split_once("..") {
            out.push(Window {
                start: midnight(date(first, sent)),
                end: midnight(date(last, sent) + Days::new(1)),
            });
            continue;
        }
        let (days, times) = word
            .split_once('T')
            .map_or((word, None), |(d, t)| (d, Some(t)));
        let days: Vec<NaiveDate> = match days.split_once('[') {
            Some((month, list)) => list
                .trim_end_matches(']')
                .split(',')
                .map(|d| date(&format!("{month}{d}"), sent))
                .collect(),
            None => vec![date(days, sent)],
        };
        for day in days {
            out.push(match times {
                None => Window {
                    start: midnight(day),
                    end: midnight(day + Days::new(1)),
                },
                Some(times) => {
                    let (from, to) = times.split_once('-').unwrap_or((times, times));
                    Window {
                        start: day.and_time(time(from)),
                        end: day.and_time(time(to)),
                    }
                }
            });
        }
    }
    out.sort();
    out
}

/// Reads a table.
pub fn table(text: &str) -> Vec<Case> {
    text.lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
        .map(case)
        .collect()
}

fn case(line: &str) -> Case {
    let mut parts = line.split('|').map(str::trim);
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (section, settings, text, expected) = (next(), next(), next(), next());
    let mut out = Case {
        section,
        sent_at: DateTime::parse_from_rfc3339("2026-06-10T09:20:00-05:00").unwrap(),
        time_zone: chrono_tz::America::Chicago,
        locale: "en-US".to_owned(),
        opening_hours: hours("mon-fri:08:00-17:00"),
        text,
        wanted: Vec::new(),
        excluded: Vec::new(),
        earliest: false,
        ambiguous: false,
        fields: Vec::new(),
    };
    for setting in settings.split_whitespace() {
        match setting.split_once('=').unwrap() {
            ("sent", value) => out.sent_at = DateTime::parse_from_rfc3339(value).unwrap(),
            ("zone", value) => out.time_zone = value.parse().unwrap(),
            ("locale", value) => out.locale = value.to_owned(),
            ("open", value) => out.opening_hours = hours(value),
            (other, _) => panic!("unknown setting {other}"),
        }
    }
    let sent = out.sent_at.with_timezone(&out.time_zone).date_naive();
    for part in expected.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        match part {
            "earliest" => out.earliest = true,
            "ambiguous" => out.ambiguous = true,
            _ if part.starts_with("x ") => out.excluded = windows(&part[2..], sent),
            _ => match part.split_once('=') {
                Some((key, value)) => out.fields.push((key.to_owned(), value.to_owned())),
                None => out.wanted = windows(part, sent),
            },
        }
    }
    out
}

/// Opening hours as `mon-fri:08:00-17:00,sat:closed`.
pub fn hours(text: &str) -> OpeningHours {
    let entries: BTreeMap<String, String> = text
        .split(',')
        .map(|entry| entry.split_once(':').unwrap())
        .map(|(days, hours)| (days.to_owned(), hours.to_owned()))
        .collect();
    OpeningHours::read(&entries).unwrap()
}

/// What differs from the expectation; nothing if all is as it should be.
pub fn differences(case: &Case) -> Vec<String> {
    let read = wishes(&Input {
        sent_at: case.sent_at,
        time_zone: case.time_zone,
        locale: &case.locale,
        opening_hours: &case.opening_hours,
        text: &case.text,
    });
    let mut out = Vec::new();
    let mut check = |what: &str, expected: String, got: String| {
        if expected != got {
            out.push(format!(
                "{} {:?}: {what} should be {expected}, is {got}",
                case.section, case.text
            ));
        }
    };
    check("wanted", show(&case.wanted), show(&read.wanted));
    check("excluded", show(&case.excluded), show(&read.excluded));
    check(
        "earliest",
        case.earliest.to_string(),
        read.earliest.to_string(),
    );
    check(
        "ambiguous",
        case.ambiguous.to_string(),
        read.ambiguous.to_string(),
    );
    for (key, value) in &case.fields {
        check(key, value.clone(), field(&read, key));
    }
    out
}

fn field(read: &Wishes, key: &str) -> String {
    let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    match key {
        "intent" => name(serde_json::to_value(read.intent).unwrap()),
        "for" => name(serde_json::to_value(read.for_whom).unwrap()),
        "visit" => name(serde_json::to_value(read.visit_type).unwrap()),
        "reason" => read.reason.clone(),
        "clinician" => read.clinician.clone(),
        other => panic!("unknown field {other}"),
    }
}

fn show(windows: &[Window]) -> String {
    windows
        .iter()
        .map(|w| {
            format!(
                "{}/{}",
                w.start.format("%m-%dT%H:%M"),
                w.end.format("%m-%dT%H:%M")
            )
        })
        .collect::<Vec<_>>()
        .join(" ")
}
