//! From a reply to the bytes of a mail.
//!
//! `lettre` builds the message: header encoding, quoted-printable, parts. What is decided here is what goes
//! into it, and that nothing a contact or a server wrote can become a header field of ours: ids are
//! reduced to visible ASCII, subjects and names to one line.

use std::time::SystemTime;

use domain::outbox::Outgoing;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, Message, MultiPart, SinglePart};

use super::settings::EmailSettings;

/// The most ids in `References`: the first and the last are what threading needs.
pub const REFERENCES: usize = 20;

/// A mail ready to be handed in.
#[derive(Clone)]
pub struct Composed {
    /// The address that bounces go to.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// The message, lines ended by CRLF.
    pub message: Vec<u8>,
}

/// Why a mail cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The account's own address is none.
    #[error("The account's own address is not an e-mail address.")]
    From,
    /// The contact's address is none.
    #[error("The contact's address is not an e-mail address.")]
    To,
    /// The reply has no usable id of its own.
    #[error("The reply has no usable Message-ID.")]
    Id,
    /// Anything else that cannot be written as mail.
    #[error("The reply cannot be written as mail.")]
    Content,
}

/// A fresh Message-ID without angle brackets: `unique` in the domain of the from address, since a host
/// name would tell whose computer it was.
pub fn message_id(unique: &str, from: &str) -> String {
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain: String = domain
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .collect();
    let domain = if domain.is_empty() {
        "mail.invalid"
    } else {
        &domain
    };
    format!("{}@{domain}", id(unique))
}

/// Makes the mail.
pub fn compose(settings: &EmailSettings, outgoing: &Outgoing) -> Result<Composed, ComposeError> {
    let from = mailbox(&settings.from_name, &settings.address).ok_or(ComposeError::From)?;
    let to =
        mailbox(outgoing.to.name.reveal(), outgoing.to.address.reveal()).ok_or(ComposeError::To)?;
    let own_id = id(&outgoing.network_id);
    if own_id.is_empty() {
        return Err(ComposeError::Id);
    }
    let mut builder = Message::builder()
        .date(SystemTime::from(outgoing.date.to_datetime()))
        .from(from.clone())
        .to(to.clone())
        .subject(subject(
            outgoing.subject.reveal(),
            outgoing.in_reply_to.is_some(),
        ))
        .raw_header(ids("Message-ID", &[own_id]));
    let answered: Vec<String> = outgoing
        .in_reply_to
        .iter()
        .map(|text| id(text))
        .filter(|id| !id.is_empty())
        .collect();
    let references = references(&outgoing.references, answered.first());
    if !answered.is_empty() {
        builder = builder.raw_header(ids("In-Reply-To", &answered));
    }
    if !references.is_empty() {
        builder = builder.raw_header(ids("References", &references));
    }
    let text = text(outgoing.text.text().reveal())?;
    let message = if outgoing.attachments.is_empty() {
        builder.singlepart(text)
    } else {
        let mut parts = MultiPart::mixed().singlepart(text);
        for file in &outgoing.attachments {
            let body = Body::new_with_encoding(file.data.clone(), ContentTransferEncoding::Base64)
                .map_err(|_| ComposeError::Content)?;
            let kind = ContentType::parse(&file.media_type)
                .or_else(|_| ContentType::parse("application/octet-stream"));
            let kind = kind.map_err(|_| ComposeError::Content)?;
            let name = match one_line(&file.name) {
                name if name.is_empty() => "attachment".to_owned(),
                name => name,
            };
            parts = parts.singlepart(Attachment::new(name).body(body, kind));
        }
        builder.multipart(parts)
    };
    Ok(Composed {
        from: from.email.to_string(),
        to: to.email.to_string(),
        message: message.map_err(|_| ComposeError::Content)?.formatted(),
    })
}

fn text(text: &str) -> Result<SinglePart, ComposeError> {
    let mut text = text.to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| ComposeError::Content)?;
    Ok(SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .body(body))
}

fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    let name = one_line(name);
    let email = address.trim().parse().ok()?;
    Some(Mailbox::new((!name.is_empty()).then_some(name), email))
}

/// `Re: ` once, in front of answers.
fn subject(subject: &str, answers: bool) -> String {
    let subject = one_line(subject);
    if answers {
        format!("Re: {}", mime::normalise_subject(&subject))
            .trim_end()
            .to_owned()
    } else {
        subject
    }
}

/// One line without control characters.
fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id reduced to what may stand between angle brackets.
fn id(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'))
        .take(900)
        .collect()
}

/// The thread so far and the answered mail at its end; when too long, the first and the last of them.
fn references(thread: &[String], answered: Option<&String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for one in thread
        .iter()
        .map(|text| id(text))
        .filter(|id| !id.is_empty())
    {
        if !all.contains(&one) && Some(&one) != answered {
            all.push(one);
        }
    }
    all.extend(answered.cloned());
    if all.len() > REFERENCES {
        let last = all.split_off(all.len() - (REFERENCES - 1));
        all.truncate(1);
        all.extend(last);
    }
    all
}

/// A field of ids, one per line, as written: nothing here may be encoded or broken.
fn ids(name: &'static str, ids: &[String]) -> HeaderValue {
    let quoted: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        quoted.join(" "),
        quoted.join("\r\n "),
    )
}

#[cfg(test)]
mod tests {
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
}
