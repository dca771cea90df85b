//! How the tests build and print mail.

use std::{fmt::Write as _, path::PathBuf};

use mime::{Parsed, Protection};

/// A message with the usual header and whatever follows; line ends become CRLF.
pub fn mail(rest: &str) -> Vec<u8> {
    let head = "From: Sam Reyes <sam@other.example>\nTo: Front desk <info@riverside.example>\n\
                Subject: A question\nDate: Thu, 7 May 2026 09:30:00 +0200\nMessage-ID: <one@other.example>\n";
    crlf(&format!("{head}{rest}"))
}

pub fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// A message with raw bytes as its body.
pub fn with_body(header: &str, body: &[u8]) -> Vec<u8> {
    let mut raw = mail(header);
    raw.extend_from_slice(b"\r\n");
    raw.extend_from_slice(body);
    raw
}

pub fn parse(raw: &[u8]) -> Parsed {
    mime::parse(raw)
}

/// Everything a reader would notice, one line each.
pub fn render(parsed: &Parsed) -> String {
    let mail = &parsed.mail;
    let mut out = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            writeln!(out, "{name}: {value}").unwrap();
        }
    };
    let address = |one: &mime::Address| format!("{:?} <{}>", one.name, one.email);
    let list = |all: &[mime::Address]| all.iter().map(address).collect::<Vec<_>>().join(", ");
    line("from", mail.from.as_ref().map(address).unwrap_or_default());
    line(
        "sender",
        mail.sender.as_ref().map(address).unwrap_or_default(),
    );
    line("reply-to", list(&mail.reply_to));
    line("to", list(&mail.to));
    line("cc", list(&mail.cc));
    let made = if mail.message_id.synthesised {
        " (synthesised)"
    } else {
        ""
    };
    line("id", format!("{}{made}", mail.message_id.value));
    line("in-reply-to", mail.in_reply_to.join(" "));
    line("references", mail.references.join(" "));
    line(
        "date",
        mail.date.map(|date| date.to_string()).unwrap_or_default(),
    );
    line("subject", mail.subject.clone());
    line("list", mail.list_id.clone().unwrap_or_default());
    line("languages", mail.languages.join(" "));
    line(
        "automatic",
        mail.automatic
            .map(|it| format!("{it:?}"))
            .unwrap_or_default(),
    );
    if let Some(bounce) = &mail.bounce {
        line(
            "bounce",
            format!(
                "{:?} {:?} {:?} {:?} of {:?}",
                bounce.action,
                bounce.recipient,
                bounce.status,
                bounce.diagnostic,
                bounce.original_message_id
            ),
        );
    }
    if mail.protection != Protection::None {
        line("protection", format!("{:?}", mail.protection));
    }
    for part in &mail.calendar {
        line("calendar", part.method.clone());
        for event in &part.events {
            line(
                "  event",
                format!(
                    "{:?} uid={} seq={} by {:?} from {:?} to {:?} at {:?} {} {:?} {:?}",
                    event.summary,
                    event.uid,
                    event.sequence,
                    event.organiser,
                    event.start,
                    event.end,
                    event.location,
                    event.status,
                    event.attendees,
                    event.recurrence
                ),
            );
        }
    }
    for one in &mail.attachments {
        line(
            "attachment",
            format!(
                "{:?} {} → {} {} bytes{}{}{}",
                one.name.as_str(),
                one.declared_type,
                one.detected_type,
                one.size,
                if one.inline { ", inline" } else { "" },
                one.content_id
                    .as_ref()
                    .map(|id| format!(", cid {id}"))
                    .unwrap_or_default(),
                one.danger
                    .map(|danger| format!(", {danger:?}"))
                    .unwrap_or_default(),
            ),
        );
    }
    if !parsed.problems.is_empty() {
        line("problems", format!("{:?}", parsed.problems));
    }
    if let Some(html) = &mail.html {
        line(
            "html",
            format!("{} ({} remote)", html.as_str().trim(), html.remote_images()),
        );
    }
    out.push_str("text:\n");
    out.push_str(&folded(&mail.text, &mail.quoted));
    out
}

/// The text with a mark before each line that is folded.
pub fn folded(text: &str, quoted: &[mime::Quoted]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let kind = quoted
            .iter()
            .find(|one| one.range.contains(&at))
            .map(|one| one.kind);
        let mark = match kind {
            None => "  | ",
            Some(mime::QuotedKind::Earlier) => "E | ",
            Some(mime::QuotedKind::Forwarded) => "F | ",
            Some(mime::QuotedKind::Signature) => "S | ",
        };
        out.push_str(mark);
        out.push_str(line.trim_end_matches('\n'));
        out.push('\n');
        at += line.len();
    }
    out
}

/// The folder of shared data beside the repository, if it is there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../shared/evaldata")
        .join(name);
    if root.exists() {
        return Some(root);
    }
    println!("shared/evaldata absent: not run");
    None
}
