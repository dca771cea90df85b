//! The demo practice lives: mails arrive, patients answer, one address bounces.

use anteroom_simulator::{Content, LiveSpeed, Mailbox, Options, Simulator};
use chrono::Duration;

use crate::support::{PATIENCE, epoch, options, python};

fn practice(live: Option<LiveSpeed>) -> Simulator {
    Simulator::start(Options {
        content: Content::Practice,
        live,
        ..options()
    })
    .unwrap()
}

fn newest(inbox: &Mailbox) -> String {
    String::from_utf8_lossy(&inbox.messages.last().unwrap().raw).into_owned()
}

/// Sends a reply as the practice.
fn reply(simulator: &Simulator, to: &str, id: &str) {
    let script = format!(
        r#"
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[2]))
s.login(sys.argv[3], sys.argv[4])
s.sendmail(sys.argv[3], ["{to}"], b"From: frontdesk@riverside.example\r\nTo: {to}\r\nSubject: Re: Lump\r\nMessage-ID: <{id}>\r\nReferences: <first@x.example>\r\n\r\nPlease come at 2.\r\n")
"#
    );
    python(simulator, &script);
}

#[test]
fn mails_lie_before_the_epoch_and_nothing_moves_without_a_pace() {
    let simulator = practice(None);
    let inbox = simulator.mailbox("INBOX").unwrap();
    assert!(inbox.messages.len() >= 250 && simulator.agenda_len() == 0);
    assert!(
        inbox
            .messages
            .iter()
            .all(|mail| mail.received <= epoch() && mail.received > epoch() - Duration::days(30))
    );
    assert!(
        inbox
            .messages
            .windows(2)
            .all(|pair| pair[0].received <= pair[1].received)
    );
    assert!(!simulator.step());
}

#[test]
fn by_hand_each_step_brings_one_mail() {
    let simulator = practice(Some(LiveSpeed::by_hand()));
    let before = simulator.mailbox("INBOX").unwrap().messages.len();
    let waiting = simulator.agenda_len();
    assert!(waiting >= 40);
    assert!(simulator.step() && simulator.step());
    let inbox = simulator.mailbox("INBOX").unwrap();
    assert_eq!(inbox.messages.len(), before + 2);
    // The second one answers a conversation of the mailbox.
    assert!(
        newest(&inbox).contains("In-Reply-To: <")
            && newest(&inbox).contains("From: Harold Bingham")
    );
    while simulator.step() {}
    assert_eq!(
        simulator.mailbox("INBOX").unwrap().messages.len(),
        before + waiting
    );
}

#[test]
fn at_a_pace_they_come_by_themselves() {
    let simulator = practice(Some(LiveSpeed::times(1e6)));
    assert!(simulator.wait(PATIENCE, || simulator.agenda_len() == 0));
}

#[test]
fn a_patient_answers_a_reply() {
    let simulator = practice(Some(LiveSpeed::by_hand()));
    while simulator.step() {}
    reply(
        &simulator,
        "helene.marchetti@pinemail.example",
        "r1@riverside.example",
    );
    assert!(simulator.wait(PATIENCE, || simulator.agenda_len() == 1));
    assert!(simulator.step());
    let answer = newest(&simulator.mailbox("INBOX").unwrap());
    assert!(
        answer.contains("From: Helene Marchetti <helene.marchetti@pinemail.example>"),
        "{answer}"
    );
    assert!(
        answer.contains("In-Reply-To: <r1@riverside.example>")
            && answer.contains("<first@x.example>"),
        "{answer}"
    );
    assert!(answer.contains("Subject: Re: Lump\r\n"), "{answer}");
}

#[test]
fn one_address_bounces_and_one_is_away() {
    let simulator = practice(Some(LiveSpeed::by_hand()));
    while simulator.step() {}
    reply(
        &simulator,
        "r.kettering@pinemail.example",
        "r2@riverside.example",
    );
    reply(
        &simulator,
        "arthur.pym@hillmail.example",
        "r3@riverside.example",
    );
    while simulator.step() {}
    let inbox = simulator.mailbox("INBOX").unwrap();
    let last: Vec<String> = inbox
        .messages
        .iter()
        .rev()
        .take(2)
        .map(|mail| String::from_utf8_lossy(&mail.raw).into_owned())
        .collect();
    let bounce = last
        .iter()
        .find(|raw| raw.contains("report-type=delivery-status"))
        .unwrap();
    for part in [
        "Final-Recipient: rfc822; r.kettering@pinemail.example",
        "Action: failed",
        "Status: 5.1.1",
        "Message-ID: <r2@riverside.example>",
        "Return-Path: <>",
    ] {
        assert!(bounce.contains(part), "{part} in {bounce}");
    }
    assert!(has_three_parts(bounce), "{bounce}");
    let away = last
        .iter()
        .find(|raw| raw.contains("Subject: Automatic reply:"))
        .unwrap();
    assert!(away.contains("Auto-Submitted: auto-replied"), "{away}");
    assert_eq!(simulator.ledger().submissions().len(), 2);
}

/// Three parts between their boundaries, closed at the end.
fn has_three_parts(raw: &str) -> bool {
    let boundary = raw
        .split("boundary=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    raw.matches(&format!("--{boundary}\r\n")).count() == 3
        && raw.contains(&format!("--{boundary}--\r\n"))
}

#[test]
fn the_same_seed_makes_the_same_practice() {
    let ids = |seed| {
        let simulator = Simulator::start(Options {
            content: Content::Practice,
            seed,
            ..options()
        })
        .unwrap();
        let inbox = simulator.mailbox("INBOX").unwrap();
        inbox
            .messages
            .iter()
            .map(|mail| mail.raw.to_vec())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1), ids(2));
}
