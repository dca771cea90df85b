//! What the search box understands, and that nothing typed into it breaks it.

use proptest::prelude::*;

use super::*;
use crate::time::Timestamp;

fn check(text: &str, printed: &str, problems: usize) {
    let query = Query::parse(text);
    assert_eq!(query.to_string(), printed, "{text}");
    assert_eq!(
        query.problems.len(),
        problems,
        "{text}: {:?}",
        query.problems
    );
    assert_eq!(Query::parse(printed).groups, query.groups, "{text}");
}

#[test]
fn what_people_type_is_understood() {
    check("rash", "rash", 0);
    check("  rash   fever ", "rash fever", 0);
    check("rash OR fever dose", "rash OR fever dose", 0);
    check("-from:renee@home.example", "-from:renee@home.example", 0);
    check(
        "tag:\"needs call\" is:OPEN",
        "tag:\"needs call\" is:open",
        0,
    );
    check(
        "has:attachments before:2026-3-1",
        "has:attachment before:2026-03-01",
        0,
    );
    check("after:7d channel:facebook", "after:7d channel:facebook", 0);
    check("\"on my arm\"", "\"on my arm\"", 0);
    check("infl*", "infl*", 0);
    check("acuity:same-day", "acuity:same_day", 0);
    check(
        "is:overdue has:note in:nursing",
        "is:overdue has:note in:nursing",
        0,
    );
    check(
        "don't https://clinic.example/x",
        "don't https://clinic.example/x",
        0,
    );
}

#[test]
fn what_means_nothing_is_searched_for_as_text_and_told() {
    check("is:purple", "\"purple\"", 1);
    check("before:someday x", "\"someday\" x", 1);
    check("tag: rash", "rash", 1);
    check("\"open end", "\"open end\"", 1);
    check("OR rash", "rash", 1);
    check("rash OR", "rash", 1);
    check("note:this", "note:this", 0);
    check("!!! --- ** \"\"", "", 0);
}

#[test]
fn the_last_word_goes_on_while_it_is_typed() {
    assert_eq!(Query::parse_typing("fever ras").to_string(), "fever ras*");
    assert_eq!(Query::parse_typing("fever ras ").to_string(), "fever ras");
    assert_eq!(Query::parse_typing("tag:ski").to_string(), "tag:ski");
    assert_eq!(Query::parse_typing("\"on my").to_string(), "\"on my\"");
}

#[test]
fn days_begin_where_the_practice_is() {
    let now = Timestamp::from_millis(1_772_442_000_000); // 2026-03-02 09:00 UTC
    let begins = |text: &str, offset| Day::parse(text).unwrap().begins(now, offset).to_rfc3339();
    assert_eq!(begins("today", 0), "2026-03-02T00:00:00Z");
    assert_eq!(begins("today", -600), "2026-03-01T10:00:00Z");
    assert_eq!(begins("yesterday", 60), "2026-02-28T23:00:00Z");
    assert_eq!(begins("1m", 0), "2026-02-02T00:00:00Z");
    assert_eq!(begins("2026", 0), "2026-01-01T00:00:00Z");
    assert_eq!(Day::parse("2026-02-30"), None);
}

#[test]
fn marks_stand_on_whole_words_whatever_their_accents() {
    let marks = |query: &str, text: &str| -> Vec<String> {
        Query::parse(query)
            .highlighter()
            .find(text)
            .into_iter()
            .map(|range| text.get(range).unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        marks("eruption", "Une éruption, ÉRUPTION!"),
        ["éruption", "ÉRUPTION"]
    );
    assert_eq!(marks("dos*", "dose doses do"), ["dose", "doses"]);
    assert_eq!(marks("\"my arm\"", "my leg, my arm"), ["my arm"]);
    assert_eq!(marks("-rash arm", "rash arm"), ["arm"]);
    assert_eq!(marks("cafe", "cafe\u{301} au lait"), ["cafe\u{301}"]);
}

proptest! {
    /// Nothing typed fails; printing and reading again gives the same; marks are in order and apart.
    #[test]
    fn round_trip(text in "([a-zé]{1,4}|OR|-|\"|:|is:|tag:|from:|before:|open|2026-01-01|7d|\\*| |\\PC){0,24}") {
        let query = Query::parse(&text);
        let printed = query.to_string();
        let again = Query::parse(&printed);
        prop_assert_eq!(&again.groups, &query.groups, "{}", printed);
        prop_assert_eq!(again.to_string(), printed);
        prop_assert!(query.groups.iter().all(|group| !group.0.is_empty()));
        let marks = query.highlighter().find(&text);
        prop_assert!(marks.windows(2).all(|two| two[0].end < two[1].start));
        prop_assert!(marks.iter().all(|mark| text.get(mark.clone()).is_some()));
    }
}
