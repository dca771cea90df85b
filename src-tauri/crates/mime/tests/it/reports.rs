//! Mail that machines write: reports on delivery, vacation notices, lists.

use mime::{Automatic, BounceAction};

use crate::support::{crlf, mail, parse};

fn report(status: &str, returned: &str) -> Vec<u8> {
    mail(&format!(
        "Auto-Submitted: auto-replied\nReturn-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n\
         --r\n\nWe are sorry.\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.other.example\n\n{status}\n\
         --r\n{returned}\n--r--\n"
    ))
}

#[test]
fn delivery_reports() {
    let returned = "Content-Type: message/rfc822\n\nMessage-ID: <ours@riverside.example>\nSubject: Re: hello\n\nbody";
    let headers_only = "Content-Type: text/rfc822-headers\n\nSubject: Re: hello\nMessage-ID:\n <ours@riverside.example>\n";
    let failed = "Original-Recipient: rfc822;sam@other.example\nFinal-Recipient: RFC822; <sam@other.example>\nAction: failed\nStatus: 5.1.1 (bad)\n\
                  Diagnostic-Code: smtp; 550 5.1.1 No such\n user here\n";
    let delayed = "Final-Recipient: rfc822; sam@other.example\nAction: delayed\nStatus: 4.4.7\n";
    let delivered = "Final-Recipient: rfc822; other@other.example\nAction: Delivered (to mailbox)\nStatus: 2.0.0\n";
    for returned in [returned, headers_only] {
        let parsed = parse(&report(failed, returned));
        let bounce = parsed.mail.bounce.unwrap();
        assert_eq!(parsed.mail.automatic, Some(Automatic::DeliveryReport));
        assert_eq!(bounce.action, BounceAction::Failed);
        assert_eq!(bounce.recipient.as_deref(), Some("sam@other.example"));
        assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
        assert_eq!(
            bounce.diagnostic.as_deref(),
            Some("550 5.1.1 No such user here")
        );
        assert_eq!(
            bounce.original_message_id.as_deref(),
            Some("ours@riverside.example")
        );
        assert_eq!(parsed.mail.text, "We are sorry.");
    }
    let action = |status: &str| parse(&report(status, returned)).mail.bounce.unwrap().action;
    assert_eq!(action(delayed), BounceAction::Delayed);
    assert_eq!(action(delivered), BounceAction::Delivered);
    // Several recipients: the worst counts.
    assert_eq!(
        action(&format!("{delivered}\n{failed}\n{delayed}")),
        BounceAction::Failed
    );
}

#[test]
fn old_style_reports() {
    let qmail = crlf(
        "From: MAILER-DAEMON@mx.other.example\nTo: info@riverside.example\nSubject: failure notice\nDate: Thu, 7 May 2026 09:30:00 +0200\n\
         Message-ID: <q@mx.other.example>\nReturn-Path: <>\n\nHi. This is the qmail-send program at mx.other.example.\n\
         I'm afraid I wasn't able to deliver your message.\n\n<sam@other.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n\
         --- Below this line is a copy of the message.\n\nReturn-Path: <info@riverside.example>\nMessage-ID: <ours@riverside.example>\nSubject: Re: x\n",
    );
    let bounce = parse(&qmail).mail.bounce.unwrap();
    assert_eq!(bounce.action, BounceAction::Failed);
    assert_eq!(bounce.recipient.as_deref(), Some("sam@other.example"));
    assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
    assert_eq!(
        bounce.original_message_id.as_deref(),
        Some("ours@riverside.example")
    );

    let exim = mail(
        "X-Failed-Recipients: sam@other.example\nAuto-Submitted: auto-replied\nIn-Reply-To: <ours@riverside.example>\n\nNot delivered.",
    );
    let parsed = parse(&exim).mail;
    assert_eq!(parsed.automatic, Some(Automatic::DeliveryReport));
    assert_eq!(
        parsed.bounce.unwrap().original_message_id.as_deref(),
        Some("ours@riverside.example")
    );

    // A patient who writes about a failed delivery is no report.
    let person = parse(&mail(
        "\nMy letter to you could not be delivered, error 5.1.1. Delivery failed!",
    ))
    .mail;
    assert_eq!((person.automatic, person.bounce), (None, None));
}

#[test]
fn automatic_mail() {
    let cases: [(&str, Option<Automatic>); 18] = [
        (
            "Auto-Submitted: auto-replied (vacation)\n",
            Some(Automatic::Reply),
        ),
        (
            "Auto-Submitted: auto-replied; owner-email=\"a@b\"\n",
            Some(Automatic::Reply),
        ),
        (
            "Auto-Submitted: auto-generated\n",
            Some(Automatic::Generated),
        ),
        (
            "Auto-Submitted: auto-notified\n",
            Some(Automatic::Generated),
        ),
        ("Auto-Submitted: no\n", None),
        ("Auto-Submitted: No (a person)\n", None),
        ("Precedence: bulk\n", Some(Automatic::Bulk)),
        ("Precedence: Junk\n", Some(Automatic::Bulk)),
        ("Precedence: list\n", Some(Automatic::List)),
        ("Precedence: auto_reply\n", Some(Automatic::Reply)),
        ("Precedence: first-class\n", None),
        ("X-Autoreply: yes\n", Some(Automatic::Reply)),
        ("X-Autorespond: away\n", Some(Automatic::Reply)),
        ("X-Autoresponder: x\n", Some(Automatic::Reply)),
        ("Return-Path: <>\n", Some(Automatic::NullSender)),
        ("Return-Path: <a@b.example>\n", None),
        (
            "List-Unsubscribe: <https://x.example/u>\n",
            Some(Automatic::List),
        ),
        ("X-Auto-Response-Suppress: All\n", None),
    ];
    for (header, expected) in cases {
        assert_eq!(
            parse(&mail(&format!("{header}\nI am away.")))
                .mail
                .automatic,
            expected,
            "{header}"
        );
    }
    let list = parse(&mail(
        "List-Id: \"Health news\" <news.riverside.example>\nContent-Language: en-GB, de\n\nx",
    ))
    .mail;
    assert_eq!(list.list_id.as_deref(), Some("news.riverside.example"));
    assert_eq!(list.languages, ["en-gb", "de"]);
    let receipt = mail(
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=r\n\n--r\n\nRead.\n--r\n\
         Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--r--\n",
    );
    assert_eq!(parse(&receipt).mail.automatic, Some(Automatic::ReadReceipt));
}
