//! The way in: one message, from bytes to values.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::{
    Mail, MessageIdHeader, Parsed, Problem, automatic, body, bounce, decode, fold,
    headers::{self, Headers},
    html, limits,
    mail::Problems,
    structure,
};

/// What to prepare beyond headers and text. Importing a folder of old mail needs neither of these until
/// somebody opens a message, and cleaning HTML costs more than all the rest together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Clean the HTML body ([`Mail::html`]).
    pub html: bool,
    /// Keep the bytes of attachments ([`crate::Attachment::data`]); without, only their description.
    pub attachment_data: bool,
}

impl Wanted {
    /// Everything.
    pub const ALL: Self = Self {
        html: true,
        attachment_data: true,
    };
    /// What threading, search and the list of messages need.
    pub const TEXT: Self = Self {
        html: false,
        attachment_data: false,
    };
}

/// Reads one message, whatever it is: never fails, never panics, and takes time in proportion to its length.
pub fn parse(raw: &[u8]) -> Parsed {
    parse_wanted(raw, Wanted::ALL)
}

/// [`parse`], without what is not wanted.
pub fn parse_wanted(raw: &[u8], wanted: Wanted) -> Parsed {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    // Very old Macintosh mail ends lines in a bare carriage return.
    if memchr::memchr(b'\n', raw).is_none() && memchr::memchr(b'\r', raw).is_some() {
        let lines: Vec<u8> = raw
            .iter()
            .map(|byte| if *byte == b'\r' { b'\n' } else { *byte })
            .collect();
        return read(&lines, wanted);
    }
    read(raw, wanted)
}

fn read(raw: &[u8], wanted: Wanted) -> Parsed {
    // Blank lines before the header come from careless copying.
    let start = raw
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'))
        .unwrap_or(raw.len());
    let (headers, rest) = headers::split(raw.get(start..).unwrap_or_default());
    if !headers.looks_like_mail() {
        return unreadable(raw);
    }
    let mut problems = Problems::default();
    let mut mail = envelope(&headers, raw.len(), &mut problems);
    let root = structure::read(headers, rest, &mut problems);
    let body = body::assemble(&root, wanted, &mut problems);

    let headers = &root.headers;
    let report_type = root
        .content_type
        .parameter("report-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    mail.automatic = automatic::judge(
        headers,
        &root.content_type.subtype,
        &report_type,
        &body.report,
    );
    mail.bounce = bounce::read(headers, &body.report, &body.text, mail.automatic);
    mail.quoted = fold::quoted_ranges(&body.text);
    mail.text = body.text;
    mail.has_html = body.raw_html.is_some();
    if wanted.html
        && let Some(raw_html) = body.raw_html
    {
        let ids: Vec<&str> = body
            .attachments
            .iter()
            .filter_map(|one| one.content_id.as_deref())
            .collect();
        mail.html = html::clean_html_of(&raw_html, &ids);
        problems.add_if(mail.html.is_none(), Problem::UncleanableHtml);
    }
    mail.attachments = body.attachments;
    mail.calendar = body.calendar;
    mail.protection = body.protection;
    Parsed {
        mail,
        problems: problems.into_vec(),
    }
}

/// What the header of the message says.
fn envelope(headers: &Headers<'_>, size: usize, problems: &mut Problems) -> Mail {
    let first = |name| headers.addresses(name).into_iter().next();
    let mut mail = Mail {
        in_reply_to: headers.ids("in-reply-to"),
        references: headers.ids("references"),
        from: first("from"),
        sender: first("sender"),
        reply_to: headers.addresses("reply-to"),
        to: headers.addresses("to"),
        cc: headers.addresses("cc"),
        date: headers.get("date").and_then(headers::Field::date),
        subject: headers.text("subject"),
        list_id: headers.get("list-id").and_then(list_id),
        languages: languages(headers),
        ..Mail::default()
    };
    let once = [
        "from",
        "sender",
        "subject",
        "date",
        "message-id",
        "reply-to",
        "in-reply-to",
        "references",
    ];
    problems.add_if(
        once.iter().any(|name| headers.is_repeated(name)),
        Problem::RepeatedField,
    );
    problems.add_if(
        mail.from.as_ref().is_none_or(|from| from.email.is_empty()),
        Problem::MissingFrom,
    );
    problems.add_if(mail.date.is_none(), Problem::UnreadableDate);
    mail.message_id = match headers.ids("message-id").into_iter().next() {
        Some(value) => MessageIdHeader {
            value,
            synthesised: false,
        },
        None => {
            problems.add(Problem::MissingMessageId);
            synthesised(headers, size)
        }
    };
    mail
}

/// A stable identifier from what the message says of itself. `.invalid` is nobody's domain (RFC 2606).
fn synthesised(headers: &Headers<'_>, size: usize) -> MessageIdHeader {
    let mut hash = Sha256::new();
    for name in ["date", "from", "subject"] {
        let value = headers
            .get(name)
            .map(headers::Field::unfolded)
            .unwrap_or_default();
        hash.update((value.len() as u64).to_be_bytes());
        hash.update(value);
    }
    hash.update((size as u64).to_be_bytes());
    made_from(&hash.finalize())
}

fn made_from(hash: &[u8]) -> MessageIdHeader {
    let mut value = String::with_capacity(64);
    for byte in hash.iter().take(16) {
        let _ = write!(value, "{byte:02x}");
    }
    value.push_str("@missing-id.invalid");
    MessageIdHeader {
        value,
        synthesised: true,
    }
}

/// RFC 2919: the identifier stands in angle brackets, behind a description.
fn list_id(field: &headers::Field<'_>) -> Option<String> {
    let value = field.unfolded();
    let inside = value
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or(value.as_str(), |(id, _)| id);
    let id = headers::one_line(inside);
    (!id.is_empty()).then_some(id)
}

fn languages(headers: &Headers<'_>) -> Vec<String> {
    let stated = headers
        .keyword("content-language")
        .filter(|value| !value.is_empty());
    let value = stated
        .or_else(|| headers.keyword("accept-language"))
        .unwrap_or_default();
    let tags = value
        .split(',')
        .map(|tag| tag.split(';').next().unwrap_or_default().trim());
    let sound = |tag: &&str| {
        !tag.is_empty()
            && tag.len() <= 35
            && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    tags.filter(sound).take(8).map(str::to_owned).collect()
}

/// Not a mail: everything is text.
fn unreadable(raw: &[u8]) -> Parsed {
    let bytes = raw.get(..raw.len().min(limits::TEXT)).unwrap_or_default();
    let mut problems = Problems::default();
    problems.add(Problem::Unreadable);
    problems.add_if(bytes.len() < raw.len(), Problem::TextTooLong);
    let (text, _) = decode::text(bytes.into(), None);
    let mail = Mail {
        message_id: made_from(&Sha256::digest(raw)),
        quoted: fold::quoted_ranges(&text),
        text,
        ..Mail::default()
    };
    Parsed {
        mail,
        problems: problems.into_vec(),
    }
}
