//! Backup to another computer, and erasing a person.

use super::harness::{Home, PASSPHRASE, mail, mails, server_with};

#[test]
fn a_backup_opens_on_another_computer_with_the_recovery_key() {
    let server = server_with(mails(6));
    let home = Home::new();
    let created = home.json(&[
        "init",
        "--name",
        "Riverside",
        "--admin",
        "Lena",
        "--protection",
        "passphrase",
    ]);
    let recovery = created["recovery_key"].as_str().unwrap().to_owned();
    home.connect(&server);
    home.json(&["sync"]);
    let id = home.conversations()[0]["id"].as_str().unwrap().to_owned();
    home.json(&["note", &id, "--text", "Travels with the backup."]);
    home.json(&[
        "reply",
        &id,
        "--text",
        "Waits at the time of the backup.",
        "--queue",
    ]);
    let path = home.path().join("moved.anteroom-backup");
    home.json(&["backup", path.to_str().unwrap()]);

    let other = Home::new();
    let wrong = other
        .command(&[
            "restore",
            path.to_str().unwrap(),
            "--protection",
            "passphrase",
        ])
        .env(
            "ANTEROOM_RECOVERY_KEY",
            recovery.replace(|c: char| c.is_ascii_digit(), "0"),
        )
        .output()
        .unwrap();
    assert!(!wrong.status.success());
    let restored = other
        .command(&[
            "restore",
            path.to_str().unwrap(),
            "--protection",
            "passphrase",
        ])
        .env("ANTEROOM_RECOVERY_KEY", &recovery)
        .env("ANTEROOM_PASSPHRASE", PASSPHRASE)
        .output()
        .unwrap();
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );

    // What waited to be sent is a draft again, for a person to look at; everything else is the same.
    let texts = |home: &Home| {
        let mut texts: Vec<_> = home
            .messages()
            .iter()
            .map(|m| m["text"].to_string())
            .collect();
        texts.sort();
        texts
    };
    let (mut here, there) = (texts(&home), texts(&other));
    here.retain(|text| text != "\"Waits at the time of the backup.\"");
    assert_eq!(here, there);
    let draft = other.json(&["show", &id])["draft"].clone();
    assert_eq!(draft["text"], "Waits at the time of the backup.");
    // A restored computer sends nothing old.
    other.json(&["sync"]);
    assert!(server.ledger().submissions().is_empty());
    assert_eq!(
        other.json(&["audit", "verify"])["breaks"],
        serde_json::json!([])
    );
}

#[test]
fn erasing_a_contact_leaves_nothing_of_them() {
    let server = server_with(vec![
        mail(
            1,
            "Gone <gone@home.example>",
            "Vanishing subject",
            "vanishing text",
        ),
        mail(2, "Stays <stays@home.example>", "Other", "remaining text"),
    ]);
    let home = Home::connected(&server);
    home.json(&["sync"]);
    let hit = home.json(&["search", "vanishing"])["hits"][0]["row"].clone();
    let id = hit["id"].as_str().unwrap();
    home.json(&["note", id, "--text", "vanishing note"]);
    home.json(&["reply", id, "--text", "vanishing reply"]);
    let gone = home.json(&["erase", hit["contact"].as_str().unwrap(), "--yes"]);
    assert_eq!(gone["conversations"], 1);
    assert!(gone["messages"].as_u64().unwrap() >= 3);

    assert_eq!(home.json(&["search", "vanishing"])["total"], 0);
    assert_eq!(home.conversations().len(), 1);
    let report = home.json(&["audit", "verify"]);
    assert_eq!(report["breaks"], serde_json::json!([]));
    assert!(report["erased"].as_u64().unwrap() >= 2);
    // What the server still holds of them does not come back by itself.
    home.json(&["sync"]);
    assert_eq!(home.conversations().len(), 1);
}
