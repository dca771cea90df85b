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
mod tests;
