//! The general recogniser.

use anteroom_triage::wishes::dates::{
    Kind, Reference, Value, find, holidays::Country, resolve::Order,
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

fn reference() -> Reference {
    Reference {
        now: moment(2026, 6, 10, 9, 20),
        order: Order::MonthDay,
        country: Country::UnitedStates,
        zone: None,
    }
}

fn moment(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, month, day)
        .unwrap()
        .and_hms_opt(hour, minute, 0)
        .unwrap()
}

fn day(month: u32, day: u32) -> Value {
    Value::Date(NaiveDate::from_ymd_opt(2026, month, day).unwrap())
}

fn time(hour: u32, minute: u32) -> Value {
    Value::Time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap())
}

#[test]
fn values_of_single_mentions() {
    for (text, value) in [
        ("the 11th", day(6, 11)),
        ("2nd of July", day(7, 2)),
        ("friday next week", day(6, 19)),
        ("12th of this month", day(6, 12)),
        ("half past 4 in the evening", time(16, 30)),
        ("evening 7:30", time(19, 30)),
        ("quarter to 11 in the morning", time(10, 45)),
        ("8 o\"clock in the night", time(20, 0)),
        ("tomorrow at 5pm", Value::Moment(moment(2026, 6, 11, 17, 0))),
        ("in 15 minutes", Value::Moment(moment(2026, 6, 10, 9, 35))),
    ] {
        let found = find(text, &reference());
        assert_eq!(
            found.iter().map(|m| m.value).collect::<Vec<_>>(),
            [value],
            "{text}"
        );
    }
}

#[test]
fn spans_point_into_the_text() {
    let text = "Niño, can we meet on June 12 at 3pm or next Tuesday?";
    let found: Vec<(&str, Kind)> = find(text, &reference())
        .iter()
        .map(|m| (&text[m.span.clone()], m.kind))
        .collect();
    assert_eq!(
        found,
        [
            ("June 12 at 3pm", Kind::DateTime),
            ("next Tuesday", Kind::Date)
        ]
    );
}

#[test]
fn look_alikes_are_no_dates() {
    for text in [
        "BP 120/80",
        "pain 7/10",
        "call 555-0142",
        "1/2 tablet twice",
        "I may be late",
        "you sat down in the sun",
        "version 1.50.30",
    ] {
        assert_eq!(find(text, &reference()), [], "{text}");
    }
}
