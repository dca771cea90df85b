//! The JSON lines of the command line.

use anteroom_triage::jsonl::{assess_line, guard_line};
use serde_json::{Value, json};

fn answer(line: &Value, f: fn(&str) -> Result<String, anteroom_triage::jsonl::LineError>) -> Value {
    serde_json::from_str(&f(&line.to_string()).unwrap()).unwrap()
}

#[test]
fn offsets_count_characters() {
    let text = "¡Ay! 😢 no puedo respirar";
    let out = answer(
        &json!({"id": "a1", "channel": "email", "text": text}),
        assess_line,
    );
    let flag = &out["red_flags"][0];
    let (start, end) = (
        flag["start"].as_u64().unwrap() as usize,
        flag["end"].as_u64().unwrap() as usize,
    );
    let cut: String = text.chars().skip(start).take(end - start).collect();
    assert_eq!(cut, flag["text"].as_str().unwrap());
    assert_eq!(
        (
            out["id"].as_str(),
            out["acuity"].as_str(),
            out["language"].as_str(),
            out["self_harm"].as_bool()
        ),
        (Some("a1"), Some("emergency"), Some("es"), Some(false))
    );
}

#[test]
fn guard_lines() {
    let out = answer(
        &json!({"id": 7, "visibility": "public", "channel": "review", "inbound": "thanks", "contact_name": "Ana Ruiz", "other_known_contacts": [], "reply": "Así es, Ana Ruiz"}),
        guard_line,
    );
    assert_eq!(out["verdict"], "block");
    assert_eq!(
        out["findings"][0],
        json!({"kind": "name", "start": 8, "end": 16, "text": "Ana Ruiz"})
    );
}

#[test]
fn an_unreadable_line_is_told_without_its_content() {
    let error = assess_line("{\"id\":1,\"text\":\"secret")
        .unwrap_err()
        .to_string();
    assert!(!error.contains("secret"), "{error}");
}
