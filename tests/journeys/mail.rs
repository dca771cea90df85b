//! A working day at the command line.

use super::harness::{Home, mail, mails, server_with};

#[test]
fn mail_is_fetched_worked_and_answered() {
    let server = server_with(mails(12));
    let home = Home::connected(&server);
    let counts = home.json(&["sync"]);
    assert_eq!(counts["inbox"], 12);
    assert_eq!(counts["unread"], 12);

    let found = home.json(&["search", "\"question number 7\""]);
    assert_eq!(found["total"], 1);
    let id = found["hits"][0]["row"]["id"].as_str().unwrap().to_owned();

    assert_eq!(home.json(&["tag", "refill", &id])["changed"], 1);
    assert_eq!(home.json(&["claim", &id])["changed"], 1);
    home.json(&["note", &id, "--text", "Ask the pharmacy first."]);
    let sent = home.json(&[
        "reply",
        &id,
        "--text",
        "We have sent it to your pharmacy.",
        "--close",
    ]);
    assert_eq!(sent["outbox"]["state"], "sent");

    let view = home.json(&["show", &id]);
    assert_eq!(view["row"]["state"]["state"], "closed");
    let kinds: Vec<_> = view["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["kind"].clone())
        .collect();
    assert_eq!(kinds, ["inbound", "note", "reply"]);

    let ledger = server.ledger();
    assert_eq!(ledger.submissions().len(), 1);
    let submission = &ledger.submissions()[0];
    assert_eq!(submission.to, ["person7@home.example"]);
    let raw = String::from_utf8_lossy(&submission.raw);
    assert!(
        raw.contains("In-Reply-To: <number-7@mail.example>"),
        "{raw}"
    );
    assert!(raw.contains("Subject: Re: Question 7"), "{raw}");
    assert!(!raw.contains("pharmacy first"), "a note never leaves");

    // The answer reopens the conversation, and a bare thank-you does not wake a snoozed one.
    server.deliver(answer(
        "number-7",
        &submission.message_id,
        "It still hurts, what now?",
    ));
    home.json(&["sync"]);
    let view = home.json(&["show", &id]);
    assert_eq!(view["row"]["state"]["state"], "open");
    assert_eq!(view["messages"].as_array().unwrap().len(), 4);
    home.json(&["snooze", &id, "--until", "tomorrow"]);
    server.deliver(answer(
        "number-7b",
        &submission.message_id,
        "Thank you so much!",
    ));
    home.json(&["sync"]);
    assert_eq!(
        home.json(&["show", &id])["row"]["state"]["state"],
        "snoozed"
    );

    let undone = home.json(&["undo"]);
    assert!(undone["operation"].is_string());
    let report = home.json(&["audit", "verify"]);
    assert_eq!(report["breaks"], serde_json::json!([]));
}

#[test]
fn what_happens_elsewhere_is_followed() {
    let server = server_with(mails(3));
    let home = Home::connected(&server);
    home.json(&["sync"]);

    let inbox = server.mailbox("INBOX").unwrap();
    let first = inbox.messages[0].uid;
    server.flag("INBOX", first, "\\Seen", true);
    // Our reply, sent from another mail program.
    server.put(
        "Sent",
        reply_from_elsewhere(),
        &["\\Seen"],
        super::harness::now(),
    );
    home.json(&["sync"]);
    let counts = home.json(&["sync"]);
    // One was read there, and one answered there, so that it waits for the contact.
    assert_eq!(
        (&counts["inbox"], &counts["unread"]),
        (&2.into(), &1.into())
    );
    let replies: Vec<_> = home
        .messages()
        .into_iter()
        .filter(|message| message["kind"] == "reply")
        .collect();
    assert_eq!(replies.len(), 1);
    assert!(
        replies[0]["text"]
            .as_str()
            .unwrap()
            .contains("answered from the other program")
    );

    server.expunge("INBOX", &[first]);
    home.json(&["sync"]);
    let gone = home
        .messages()
        .into_iter()
        .filter(|message| message["removed_elsewhere"] == true)
        .count();
    assert_eq!(
        gone, 1,
        "the mail that was deleted there is marked, and still readable here"
    );
}

#[test]
fn a_bounce_turns_the_reply_failed() {
    let server = server_with(vec![mail(
        1,
        "Ada <ada@home.example>",
        "Form",
        "Where is the form?",
    )]);
    let home = Home::connected(&server);
    home.json(&["sync"]);
    let id = home.conversations()[0]["id"].as_str().unwrap().to_owned();
    home.json(&["reply", &id, "--text", "Attached is where to find it."]);
    let message_id = server.ledger().submissions()[0].message_id.clone();
    server.deliver(bounce(&message_id));
    home.json(&["sync"]);
    let view = home.json(&["show", &id]);
    let reply = view["messages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["kind"] == "reply")
        .unwrap()
        .clone();
    assert_eq!(reply["outbox"]["state"], "failed");
    assert_eq!(reply["outbox"]["failure"], "bounced");
    assert_eq!(view["row"]["state"]["state"], "open");
}

#[test]
fn text_is_assessed_without_a_practice() {
    use std::io::Write as _;
    let home = Home::new();
    let mut child = home
        .command(&["assess"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let line = br#"{"id":"1","channel":"email","text":"I have crushing chest pain and my left arm is numb"}"#;
    child.stdin.take().unwrap().write_all(line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["acuity"], "emergency");
}

fn answer(id: &str, parent: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Person 7 <person7@home.example>\r\nTo: info@riverside.example\r\n\
         Subject: Re: Question 7\r\nDate: {}\r\nMessage-ID: <{id}-answer@mail.example>\r\n\
         In-Reply-To: <{parent}>\r\nReferences: <number-7@mail.example> <{parent}>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        super::harness::now().to_rfc2822()
    )
    .into_bytes()
}

fn reply_from_elsewhere() -> Vec<u8> {
    format!(
        "From: Riverside <info@riverside.example>\r\nTo: Person 1 <person1@home.example>\r\n\
         Subject: Re: Question 1\r\nDate: {}\r\nMessage-ID: <elsewhere@riverside.example>\r\n\
         In-Reply-To: <number-1@mail.example>\r\nReferences: <number-1@mail.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nanswered from the other program\r\n",
        super::harness::now().to_rfc2822()
    )
    .into_bytes()
}

fn bounce(message_id: &str) -> Vec<u8> {
    format!(
        "From: Mail Delivery <mailer-daemon@mail.example>\r\nTo: info@riverside.example\r\n\
         Subject: Undelivered\r\nDate: {}\r\nMessage-ID: <bounce@mail.example>\r\nReturn-Path: <>\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n\
         Final-Recipient: rfc822; ada@home.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\
         \r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n\r\n--b--\r\n",
        super::harness::now().to_rfc2822()
    )
    .into_bytes()
}
