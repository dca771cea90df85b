//! The process is killed at every named point of fetching and of sending. Afterwards nothing is lost
//! and nothing is doubled: the mail server's own ledger is the proof.

use std::collections::BTreeMap;

use super::harness::{Home, mails, server_with};

const MAILS: usize = 8;

/// Every point, of the store and of the loops.
fn points() -> Vec<&'static str> {
    desk::fault::POINTS
        .iter()
        .chain(desk::fault::STORE_POINTS)
        .copied()
        .collect()
}

#[test]
fn a_kill_anywhere_in_fetching_loses_and_doubles_nothing() {
    let server = server_with(mails(MAILS));
    let template = Home::connected(&server);
    let mut died = Vec::new();
    for point in points() {
        let home = template.copy();
        let output = home
            .command(&["sync"])
            .env("ANTEROOM_KILL_AT", point)
            .output()
            .unwrap();
        if !output.status.success() {
            died.push(point);
        }
        home.json(&["sync"]);
        let mut texts = BTreeMap::new();
        for message in home.messages() {
            *texts
                .entry(message["text"].as_str().unwrap().trim().to_owned())
                .or_insert(0) += 1;
        }
        assert_eq!(texts.len(), MAILS, "after a kill at {point}");
        assert!(
            texts.values().all(|count| *count == 1),
            "doubled after a kill at {point}: {texts:?}"
        );
        assert_eq!(
            home.json(&["audit", "verify"])["breaks"],
            serde_json::json!([]),
            "{point}"
        );
    }
    assert!(
        died.len() >= 5,
        "too few of the points lie on the way in: {died:?}"
    );
}

#[test]
fn a_kill_anywhere_in_sending_loses_and_doubles_nothing() {
    let server = server_with(mails(2));
    let template = Home::connected(&server);
    template.json(&["sync"]);
    let ids: Vec<String> = template
        .conversations()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    let mut died = Vec::new();
    for point in points() {
        // Two replies wait; the process dies on its way through them.
        let home = template.copy();
        let before = server.ledger().submissions().len();
        for id in &ids {
            home.json(&[
                "reply",
                id,
                "--text",
                &format!("Reply before {point}."),
                "--queue",
            ]);
        }
        let output = home
            .command(&["sync"])
            .env("ANTEROOM_KILL_AT", point)
            .output()
            .unwrap();
        if !output.status.success() {
            died.push(point);
        }
        home.json(&["sync"]);
        home.json(&["sync"]);

        let ledger = server.ledger();
        assert!(
            ledger.doubled().is_empty(),
            "doubled after a kill at {point}: {:?}",
            ledger.doubled()
        );
        let accepted = ledger.submissions().len() - before;
        // Copies of earlier rounds' replies lie in the server's Sent folder and come in as well.
        let text = format!("Reply before {point}.");
        let replies: Vec<_> = home
            .messages()
            .into_iter()
            .filter(|message| message["kind"] == "reply" && message["text"].as_str() == Some(&text))
            .collect();
        assert_eq!(
            replies.len(),
            ids.len(),
            "a reply is lost after a kill at {point}"
        );
        let state = |word: &str| {
            replies
                .iter()
                .filter(|r| r["outbox"]["state"] == word)
                .count()
        };
        assert_eq!(
            state("sent") + state("uncertain"),
            ids.len(),
            "after a kill at {point} a reply is neither sent nor shown as uncertain: {replies:?}"
        );
        assert!(state("uncertain") <= 1, "{point}");
        assert!(
            accepted >= state("sent"),
            "{point}: marked as sent, but the server never had it"
        );
        assert_eq!(
            home.json(&["audit", "verify"])["breaks"],
            serde_json::json!([]),
            "{point}"
        );
    }
    for needed in [
        "send.before_intent",
        "send.after_intent",
        "send.answered",
        "send.recorded",
    ] {
        assert!(died.contains(&needed), "no kill happened at {needed}");
    }
}
