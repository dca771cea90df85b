//! The same working day against a real Dovecot and a real OpenSMTPD.

use std::path::Path;

use testkit::servers::{Dovecot, Smtpd};

use super::harness::{Home, now};

const ADDRESS: &str = "front@practice.example";

#[test]
fn a_reply_travels_from_a_real_mailbox_to_another() {
    let dovecot = Dovecot::start();
    let smtpd = Smtpd::start(&dovecot);
    for number in 0..5 {
        dovecot.deliver("front", "", &mail(number));
    }
    let home = Home::with_practice();
    home.json(&[
        "account",
        "add",
        ADDRESS,
        "--user",
        "front",
        "--imap",
        &format!("127.0.0.1:{}", dovecot.port()),
        "--smtp",
        &format!("127.0.0.1:{}", smtpd.port()),
        "--security",
        "plain",
    ]);
    assert_eq!(home.json(&["sync"])["inbox"], 5);

    let form = home.path().join("form.txt");
    std::fs::write(&form, "Please bring this form.").unwrap();
    let hit = home.json(&["search", "\"question number 3\""])["hits"][0]["row"].clone();
    let id = hit["id"].as_str().unwrap();
    let attach = form.to_str().unwrap();
    let sent = home.json(&[
        "reply",
        id,
        "--text",
        "Yes: see the form.",
        "--attach",
        attach,
    ]);
    assert_eq!(sent["outbox"]["state"], "sent");

    // It is in the other mailbox once, threaded, with its file; and once among the sent mail.
    let arrived = with_answer(&dovecot, "sam");
    assert_eq!(arrived.len(), 1);
    let text = String::from_utf8_lossy(&arrived[0]);
    assert!(
        text.contains("In-Reply-To: <real-3@mail.example>"),
        "{text}"
    );
    assert!(text.contains("form.txt"), "{text}");
    assert!(
        !text.contains(Path::new(attach).parent().unwrap().to_str().unwrap()),
        "no path leaves"
    );
    home.json(&["sync"]);
    let replies: Vec<_> = home
        .messages()
        .into_iter()
        .filter(|m| m["kind"] == "reply")
        .collect();
    assert_eq!(replies.len(), 1, "the copy in Sent is known to be ours");

    // The server is rebuilt: every name changes, and nothing comes twice.
    let mut dovecot = dovecot;
    dovecot.stop();
    dovecot.forget_uids("front");
    dovecot.resume();
    home.json(&["sync"]);
    home.json(&["sync"]);
    assert_eq!(home.messages().len(), 6);
}

fn with_answer(dovecot: &Dovecot, user: &str) -> Vec<Vec<u8>> {
    // The server hands over a moment after it has taken the mail.
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let mails = dovecot.mails(user, "");
        if !mails.is_empty() || std::time::Instant::now() > patience {
            return mails;
        }
        std::thread::yield_now();
    }
}

fn mail(number: u32) -> Vec<u8> {
    format!(
        "From: Sam <sam@mail.example>\r\nTo: {ADDRESS}\r\nSubject: Question {number}\r\n\
         Date: {}\r\nMessage-ID: <real-{number}@mail.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nThis is question number {number}.\r\n",
        now().to_rfc2822()
    )
    .into_bytes()
}
