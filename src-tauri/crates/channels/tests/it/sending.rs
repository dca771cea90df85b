//! Replies through a real SMTP server into a real mailbox.

use std::time::Duration;

use channels::{Connector, Evidence, ReadBack, SendOutcome, SentCopy};
use domain::Handle;
use domain::outbox::SendFailure;
use testkit::servers::{Dovecot, Smtpd};

use crate::support::{Account, FRONT, Model, mail, reply, settings, truth};

/// Mails of Sam's that have this Message-ID, once the server has had time to deliver.
async fn delivered(dovecot: &Dovecot, id: &str) -> usize {
    let line = format!("<{id}>");
    let count = || {
        let mails = dovecot.mails("sam", "INBOX");
        mails
            .iter()
            .filter(|mail| String::from_utf8_lossy(mail).contains(&line))
            .count()
    };
    for _ in 0..2_000 {
        if count() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    count()
}

#[tokio::test]
async fn a_reply_arrives_once_and_a_copy_is_kept() {
    let dovecot = Dovecot::start();
    dovecot.deliver(FRONT, "INBOX", &mail(1));
    let smtpd = Smtpd::start(&dovecot);
    let account = Account::new(settings(dovecot.port(), smtpd.port()));
    let identity = account
        .connector
        .check(&channels::Stop::new())
        .await
        .unwrap();
    assert!(identity.pushes && identity.remarks.is_empty());
    let followed: Vec<_> = identity
        .folders
        .iter()
        .filter(|folder| folder.followed)
        .map(|folder| folder.name.as_str())
        .collect();
    assert_eq!(
        followed,
        ["Sent", "INBOX"]
            .iter()
            .copied()
            .filter(|name| followed.contains(name))
            .collect::<Vec<_>>()
    );
    assert_eq!(followed.len(), 2);

    let outgoing = reply("a1", "Good morning,\n.\n..\nit is ready.\n\nÄrztin Dr. Bär");
    let SendOutcome::Sent(Evidence {
        answer,
        remote_id,
        copy,
    }) = account.connector.send(&outgoing).await
    else {
        panic!("not sent")
    };
    assert!(answer.reveal().starts_with("250 "));
    assert_eq!(copy, SentCopy::Stored);
    assert_eq!(delivered(&dovecot, &outgoing.network_id).await, 1);

    let arrived = dovecot.mails("sam", "INBOX").remove(0);
    let text = String::from_utf8(arrived.clone()).unwrap();
    let read = mime::parse(&arrived).mail;
    assert_eq!(read.text.trim(), outgoing.text.text().reveal());
    assert_eq!(read.subject, "Re: Question");
    assert_eq!(read.in_reply_to, ["1@mail.example"]);
    assert_eq!(read.references, ["0@mail.example", "1@mail.example"]);
    assert!(!text.contains("Bcc"));
    // The server says whom it spoke to: not this computer's name.
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert!(text.contains("127.0.0.1") && !text.contains(name.trim()));

    // The copy comes back as mail sent, under the name that was told.
    let mut model = Model::default();
    model.sync(&account).await.unwrap();
    assert_eq!(model.view(), truth(&dovecot, &["INBOX", "Sent"]));
    assert_eq!(Some(model.name_of(&outgoing.network_id)), remote_id);
    assert_eq!(
        account.connector.read_back(&outgoing).await.unwrap(),
        ReadBack::Found {
            remote_id: remote_id.unwrap()
        }
    );
    assert_eq!(
        account.connector.read_back(&reply("a2", "")).await.unwrap(),
        ReadBack::CannotTell
    );
}

#[tokio::test]
async fn an_unknown_recipient_is_refused() {
    let dovecot = Dovecot::start();
    let smtpd = Smtpd::start(&dovecot);
    let account = Account::new(settings(dovecot.port(), smtpd.port()));
    let mut outgoing = reply("b1", "Hello");
    outgoing.to = Handle::email("nobody@mail.example", "");
    let SendOutcome::Refused { failure, why } = account.connector.send(&outgoing).await else {
        panic!("not refused")
    };
    assert_eq!(
        failure,
        SendFailure::UnknownRecipient,
        "{}",
        why.answer.reveal()
    );
    assert!(why.code.unwrap().starts_with('5'));
    // Another domain is not relayed, which says nothing about the recipient.
    outgoing.to = Handle::email("kim@elsewhere.example", "");
    assert!(matches!(
        account.connector.send(&outgoing).await,
        SendOutcome::Refused { .. }
    ));
    assert!(dovecot.mails(FRONT, "Sent").is_empty());
}

#[tokio::test]
async fn nobody_there_means_later() {
    let account = Account::new(settings(9, 9));
    let outcome = account.connector.send(&reply("c1", "Hello")).await;
    assert!(matches!(
        outcome,
        SendOutcome::Deferred {
            retry_after: None,
            ..
        }
    ));
}

#[tokio::test]
async fn a_missing_copy_does_not_unsend() {
    let dovecot = Dovecot::start();
    let smtpd = Smtpd::start(&dovecot);
    let account = Account::new(settings(9, smtpd.port()));
    let SendOutcome::Sent(evidence) = account.connector.send(&reply("d1", "Hello")).await else {
        panic!("not sent")
    };
    assert_eq!(evidence.copy, SentCopy::Missing);
    assert_eq!(delivered(&dovecot, "d1@practice.example").await, 1);
}
