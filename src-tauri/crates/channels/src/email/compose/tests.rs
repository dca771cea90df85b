//! What a composed reply looks like, and that nothing written elsewhere becomes a header field.

use domain::ids::{AttachmentId, MessageId};
use domain::outbox::OutgoingAttachment;
use domain::people::Handle;
use domain::text::{PatientText, PrivateText, ReplyText};
use domain::time::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::email::settings::{Endpoint, FirstFetch, SentCopyRule};

fn settings(from_name: &str) -> EmailSettings {
    EmailSettings {
        address: "front@practice.example".into(),
        from_name: from_name.into(),
        aliases: Vec::new(),
        user_name: "front".into(),
        imap: Endpoint::tls("mail.practice.example", 993),
        smtp: Endpoint::tls("mail.practice.example", 465),
        folders: Vec::new(),
        sent_folder: None,
        sent_copy: SentCopyRule::Auto,
        first_fetch: FirstFetch::default(),
    }
}

fn outgoing(name: &str, subject: &str, text: &str, references: Vec<String>) -> Outgoing {
    Outgoing {
        id: MessageId::new(Timestamp::from_millis(1)),
        to: Handle::email("sam@mail.example", name),
        text: ReplyText::Private(PrivateText::new(PatientText::new(text))),
        subject: PatientText::new(subject),
        network_id: "7@practice.example".into(),
        in_reply_to: references.last().cloned(),
        references,
        attachments: Vec::new(),
        date: Timestamp::from_millis(1_777_714_500_000),
    }
}

fn header(message: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8(message.to_vec()).unwrap();
    let (header, _) = text.split_once("\r\n\r\n").unwrap();
    let fields = header.replace("\r\n ", " ").replace("\r\n\t", " ");
    fields
        .split("\r\n")
        .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no field")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = fields.iter().filter(|(other, _)| other == name);
    let value = found.next().map(|(_, value)| value.as_str());
    assert!(found.next().is_none(), "{name} stands twice");
    value
}

#[test]
fn a_reply_is_a_well_formed_answer() {
    let thread = vec!["1@x.example".to_owned(), "2@x.example".to_owned()];
    let reply = outgoing(
        "Sam Doe",
        "RE: Re: Prescription",
        "Good morning,\nit is ready.\n.\nfront desk",
        thread,
    );
    let composed = compose(&settings("Riverside Practice"), &reply).unwrap();
    let text = String::from_utf8(composed.message).unwrap();
    insta::assert_snapshot!(text.replace("\r\n", "\n"), @r#"
    Date: Sat, 02 May 2026 09:35:00 +0000
    From: "Riverside Practice" <front@practice.example>
    To: "Sam Doe" <sam@mail.example>
    Subject: Re: Prescription
    Message-ID: <7@practice.example>
    In-Reply-To: <2@x.example>
    References: <1@x.example>
     <2@x.example>
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    Good morning,
    it is ready.
    .
    front desk
    "#);
}

#[test]
fn attachments_arrive_byte_for_byte() {
    let data: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let mut reply = outgoing("Sam", "Plan", "see above ✓", Vec::new());
    for name in ["plän.bin", "text.txt\r\nX-Evil: 1"] {
        reply.attachments.push(OutgoingAttachment {
            id: AttachmentId::new(Timestamp::from_millis(1)),
            name: name.into(),
            media_type: "text/plain".into(),
            data: data.clone(),
        });
    }
    let composed = compose(&settings(""), &reply).unwrap();
    let read = mime::parse(&composed.message).mail;
    assert_eq!(read.attachments.len(), 2);
    assert!(read.attachments.iter().all(|file| file.data == data));
    assert_eq!(read.attachments[0].name.as_str(), "plän.bin");
    assert_eq!(read.text.trim(), "see above ✓");
    assert!(!composed.message.windows(6).any(|bytes| bytes == b"\nX-Evi"));
}

#[test]
fn addresses_that_are_none_are_refused() {
    let mut reply = outgoing("", "x", "x", Vec::new());
    for bad in [
        "",
        "sam",
        "sam@mail.example, kim@mail.example",
        "sam@mail.example\r\nRCPT TO:<x@y>",
        "<sam@mail.example>",
    ] {
        reply.to = Handle::email(bad, "");
        assert_eq!(
            compose(&settings(""), &reply).err(),
            Some(ComposeError::To),
            "{bad}"
        );
    }
}

#[test]
fn ids_are_made_in_the_own_domain() {
    assert_eq!(
        message_id("0192", "front@practice.example"),
        "0192@practice.example"
    );
    assert_eq!(message_id("a b>", "nobody"), "ab@mail.invalid");
}

proptest! {
    #[test]
    fn nothing_written_elsewhere_becomes_a_field(
        name in ".{0,40}", own_name in ".{0,40}", subject in "(\\PC|\r|\n|\0){0,80}", text in "(\\PC|\r|\n){0,200}",
        ids in proptest::collection::vec("(\\PC|\r|\n|<|>){0,60}", 0..5),
    ) {
        let reply = outgoing(&name, &subject, &text, ids);
        let composed = compose(&settings(&own_name), &reply).unwrap();
        prop_assert!(composed.message.is_ascii());
        for line in composed.message.split(|byte| *byte == b'\n') {
            prop_assert!(line.len() <= 998);
        }
        // No bare line end of either kind.
        let text = String::from_utf8(composed.message).unwrap();
        let rest = text.replace("\r\n", "");
        prop_assert!(!rest.contains(['\r', '\n']));
        const OURS: [&str; 10] = ["Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References",
            "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
        for (name, _) in header(text.as_bytes()) {
            prop_assert!(OURS.contains(&name.as_str()), "{}", name);
        }
    }

    #[test]
    fn text_arrives_as_written(text in "(\\PC|\n){0,400}") {
        let composed = compose(&settings(""), &outgoing("", "x", &text, Vec::new())).unwrap();
        let read = mime::parse(&composed.message).mail.text;
        prop_assert_eq!(read.trim_end_matches('\n'), text.trim_end_matches('\n'));
    }

    #[test]
    fn references_keep_first_and_last(count in 0_usize..60) {
        let thread: Vec<String> = (0..count).map(|n| format!("{n}@x.example")).collect();
        let composed = compose(&settings(""), &outgoing("", "x", "x", thread.clone())).unwrap();
        let fields = header(&composed.message);
        let written: Vec<&str> = field(&fields, "References").map(|ids| ids.split(' ').collect()).unwrap_or_default();
        prop_assert_eq!(written.len(), count.min(REFERENCES));
        let quoted = |id: &String| format!("<{id}>");
        prop_assert_eq!(written.first().map(ToString::to_string), thread.first().map(quoted));
        prop_assert_eq!(written.last().map(ToString::to_string), thread.last().map(quoted));
        prop_assert_eq!(field(&fields, "In-Reply-To").map(str::to_owned), thread.last().map(quoted));
    }
}
