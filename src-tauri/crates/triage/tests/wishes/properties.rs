//! What holds for any message, any zone and any moment.

use anteroom_triage::wishes::{
    Input, Window, Wishes,
    dates::{Reference, find, holidays::Country, resolve::Order},
    wishes,
};
use chrono::{DateTime, FixedOffset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::notation::hours;

const WORDS: &[&str] = &[
    "Monday",
    "tues",
    "next",
    "week",
    "the",
    "after",
    "before",
    "not",
    "3",
    "10:30",
    "pm",
    "or",
    "and",
    ",",
    "14th",
    "July",
    "7/14",
    "in",
    "two",
    "weeks",
    "of",
    "morning",
    "evenings",
    "any",
    "except",
    "Friday",
    "tomorrow",
    "can I come",
    "reschedule my",
    "appointment",
    "to",
    "from",
    "until",
    "between",
    "last",
    "first thing",
    "same time",
    "Eastern",
    "asap",
    ".",
    "?",
    "weekend",
    "following",
    "day",
    "half",
    "quarter to",
    "noon",
    "mañana",
    "por la tarde",
    "el",
    "lunes",
    "closest",
    "rest",
    "month",
    "beginning",
    "year",
    "2026",
    "-",
    "/",
    "31",
    "Easter",
    "a week on",
    "away",
    "I'm",
    "can't",
    "move",
    "back",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(proptest::sample::select(WORDS), 0..14)
            .prop_map(|words| words.join(" ")),
        ".{0,60}",
    ]
}

fn zones() -> impl Strategy<Value = Tz> {
    proptest::sample::select(
        &[
            "America/Chicago",
            "Europe/London",
            "Australia/Lord_Howe",
            "Asia/Kolkata",
            "Pacific/Apia",
            "America/St_Johns",
        ][..],
    )
    .prop_map(|z| z.parse().unwrap())
}

fn read(text: &str, sent_at: DateTime<FixedOffset>, time_zone: Tz) -> Wishes {
    let opening_hours = hours("mon-thu:08:00-17:00,fri:07:30-12:00,sat:closed");
    wishes(&Input {
        sent_at,
        time_zone,
        locale: "en-US",
        opening_hours: &opening_hours,
        text,
    })
}

fn tidy(windows: &[Window]) -> bool {
    windows.iter().all(|w| w.start <= w.end)
        && windows
            .windows(2)
            .all(|w| w[0].start <= w[1].start && w[0].end <= w[1].start)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn windows_are_sorted_and_apart(text in texts(), zone in zones(), seconds in 1_500_000_000i64..2_000_000_000) {
        let sent = DateTime::from_timestamp(seconds, 0).unwrap().fixed_offset();
        let out = read(&text, sent, zone);
        prop_assert!(tidy(&out.wanted), "wanted {:?}", out.wanted);
        prop_assert!(tidy(&out.excluded), "excluded {:?}", out.excluded);
    }

    #[test]
    fn excluded_time_is_never_wanted(text in texts(), seconds in 1_500_000_000i64..2_000_000_000) {
        let sent = DateTime::from_timestamp(seconds, 0).unwrap().fixed_offset();
        let out = read(&text, sent, chrono_tz::America::Chicago);
        for wanted in &out.wanted {
            for excluded in &out.excluded {
                let apart = wanted.end <= excluded.start || excluded.end <= wanted.start;
                prop_assert!(apart || excluded.start == excluded.end, "{wanted:?} {excluded:?} in {text:?}");
            }
        }
    }

    #[test]
    fn the_offset_of_sent_at_does_not_matter(text in texts(), zone in zones(), seconds in 1_500_000_000i64..2_000_000_000, minutes in -720i32..=720) {
        let moment = DateTime::from_timestamp(seconds, 0).unwrap();
        let written = FixedOffset::east_opt(minutes * 60).unwrap().from_utc_datetime(&moment.naive_utc());
        prop_assert_eq!(read(&text, moment.fixed_offset(), zone), read(&text, written, zone));
    }

    #[test]
    fn the_recogniser_never_panics_and_its_spans_lie_in_the_text(text in texts()) {
        let now = DateTime::from_timestamp(1_781_000_000, 0).unwrap().naive_utc();
        let reference = Reference { now, order: Order::DayMonth, country: Country::Britain, zone: None };
        let found = find(&text, &reference);
        for mention in &found {
            prop_assert!(text.get(mention.span.clone()).is_some_and(|s| !s.is_empty()));
        }
        prop_assert!(found.windows(2).all(|w| w[0].span.end <= w[1].span.start));
    }
}

#[test]
fn days_keep_their_clock_time_across_clock_changes() {
    // sent the day before clocks change: tomorrow at 10 is 10 on the wall
    for (sent, zone, expected) in [
        (
            "2026-03-07T09:00:00-06:00",
            "America/Chicago",
            "2026-03-08T10:00",
        ),
        (
            "2026-10-24T09:00:00+01:00",
            "Europe/London",
            "2026-10-25T10:00",
        ),
        (
            "2026-10-03T12:00:00+10:30",
            "Australia/Lord_Howe",
            "2026-10-04T10:00",
        ),
    ] {
        let out = read(
            "Can I come tomorrow at 10 am?",
            DateTime::parse_from_rfc3339(sent).unwrap(),
            zone.parse().unwrap(),
        );
        let starts: Vec<String> = out
            .wanted
            .iter()
            .map(|w| w.start.format("%Y-%m-%dT%H:%M").to_string())
            .collect();
        assert_eq!(starts, [expected], "{zone}");
    }
}

#[test]
fn the_sending_day_is_the_practices() {
    let sent = DateTime::parse_from_rfc3339("2026-06-11T03:30:00Z").unwrap();
    for (zone, day) in [
        ("America/Chicago", "06-11"),
        ("Europe/Berlin", "06-12"),
        ("Asia/Tokyo", "06-12"),
    ] {
        let out = read("Could I be seen tomorrow?", sent, zone.parse().unwrap());
        assert_eq!(
            out.wanted
                .iter()
                .map(|w| (w.start.format("%m-%d").to_string(), w.end - w.start))
                .collect::<Vec<_>>(),
            [(day.to_owned(), TimeDelta::days(1))]
        );
    }
}
