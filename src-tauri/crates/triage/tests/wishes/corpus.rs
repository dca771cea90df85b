//! Whole messages: the share that is read exactly may not fall.

use anteroom_triage::wishes::jsonl;

/// (messages, those whose windows are exact, those whose intent is right).
fn exact(lines: &str) -> (usize, usize, usize) {
    let mut sums = (0, 0, 0);
    for line in lines.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let read: serde_json::Value =
            serde_json::from_str(&jsonl::line(&case["input"].to_string()).unwrap()).unwrap();
        let same = |key: &str| read[key] == case["expected"][key];
        sums.0 += 1;
        sums.1 += usize::from(same("wanted") && same("excluded"));
        sums.2 += usize::from(same("intent"));
    }
    sums
}

#[test]
fn messages_that_were_looked_at() {
    let (messages, windows, intents) = exact(include_str!("../../corpus/wishes/tuned.jsonl"));
    assert!(windows * 100 >= messages * 94, "{windows} of {messages}");
    assert!(intents * 100 >= messages * 97, "{intents} of {messages}");
}

#[test]
fn messages_that_nobody_looked_at() {
    let (messages, windows, intents) = exact(include_str!("../../corpus/wishes/held_out.jsonl"));
    assert!(windows * 100 >= messages * 85, "{windows} of {messages}");
    assert!(intents * 100 >= messages * 93, "{intents} of {messages}");
}

#[test]
fn a_line_that_cannot_be_read_says_so_without_repeating_it() {
    let secret = "my rash";
    let error = jsonl::line(&format!(r#"{{"id":1,"text":"{secret}""#))
        .unwrap_err()
        .to_string();
    assert!(!error.contains(secret), "{error}");
    let zone = r#"{"id":1,"sent_at":"2026-06-10T09:20:00-05:00","time_zone":"Mars/Base","locale":"en-US","opening_hours":{},"text":"hi"}"#;
    assert!(matches!(jsonl::line(zone), Err(jsonl::LineError::TimeZone)));
}
