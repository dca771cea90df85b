//! Submission and the ledger.

use anteroom_simulator::{Options, Simulator};

use crate::support::{empty, options, python};

#[test]
fn smtplib_submits_and_the_ledger_counts() {
    let simulator = empty();
    assert_eq!(
        python(&simulator, include_str!("clients/smtp_tour.py")),
        "done\n"
    );
    let ledger = simulator.ledger();
    assert_eq!(ledger.accepted("<dots@riverside.example>"), 1);
    assert_eq!(ledger.accepted("dots@riverside.example"), 1);
    assert_eq!(ledger.submissions().len(), 2);
    assert!(ledger.doubled().is_empty());
    let sent = ledger.to("SAM@other.example").next().unwrap();
    let text = String::from_utf8_lossy(&sent.raw).into_owned();
    assert!(
        text.ends_with("\r\n\r\n.one dot\r\n..two dots\r\n.\r\nGrüße\r\n"),
        "{text}"
    );
    // The practice was a recipient itself.
    let inbox = simulator.mailbox("INBOX").unwrap();
    assert_eq!(inbox.messages.len(), 1);
    assert_eq!(inbox.messages[0].raw, sent.raw);
}

#[test]
fn some_servers_keep_the_sent_copy_themselves() {
    let simulator = Simulator::start(Options {
        saves_sent: true,
        ..options()
    })
    .unwrap();
    assert_eq!(
        python(&simulator, include_str!("clients/smtp_tour.py")),
        "done\n"
    );
    let sent = simulator.mailbox("Sent").unwrap();
    assert_eq!(sent.messages.len(), 2);
    assert_eq!(sent.unseen(), 0);
}
