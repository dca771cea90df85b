//! ENVELOPE and BODYSTRUCTURE as IMAP writes them (RFC 3501 section 7.4.2).

use super::structure::{Inside, Part, header, parse_content_type};

/// A string or NIL: quoted where that is allowed, else a literal.
pub(super) fn nstring(out: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        None => out.extend_from_slice(b"NIL"),
        Some(value) => string(out, value),
    }
}

/// A string: quoted where that is allowed, else a literal.
pub(super) fn string(out: &mut Vec<u8>, value: &[u8]) {
    let quotable =
        value.len() < 1000 && value.iter().all(|byte| matches!(byte, 0x20..=0x7e | b'\t'));
    if quotable {
        out.push(b'"');
        for byte in value {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b'"');
    } else {
        literal(out, value);
    }
}

/// `{length}` and the bytes.
pub(super) fn literal(out: &mut Vec<u8>, value: &[u8]) {
    out.extend_from_slice(format!("{{{}}}\r\n", value.len()).as_bytes());
    out.extend_from_slice(value);
}

/// The ENVELOPE of a message.
pub(super) fn envelope(out: &mut Vec<u8>, headers: &[u8]) {
    let field = |name: &str| header(headers, name);
    let from = field("From");
    out.push(b'(');
    nstring(out, field("Date").as_deref());
    out.push(b' ');
    nstring(out, field("Subject").as_deref());
    for name in ["From", "Sender", "Reply-To", "To", "Cc", "Bcc"] {
        out.push(b' ');
        // Sender and Reply-To are never NIL when there is a From.
        let value = field(name).filter(|value| !value.is_empty());
        let value = if matches!(name, "Sender" | "Reply-To") {
            value.or_else(|| from.clone())
        } else {
            value
        };
        addresses(out, value.as_deref());
    }
    out.push(b' ');
    nstring(out, field("In-Reply-To").as_deref());
    out.push(b' ');
    nstring(out, field("Message-ID").as_deref());
    out.push(b')');
}

fn addresses(out: &mut Vec<u8>, value: Option<&[u8]>) {
    let list = value.map(parse_addresses).unwrap_or_default();
    if list.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for address in list {
        out.push(b'(');
        nstring(out, address.name.as_deref().map(str::as_bytes));
        out.extend_from_slice(b" NIL ");
        nstring(out, address.mailbox.as_deref().map(str::as_bytes));
        out.push(b' ');
        nstring(out, address.host.as_deref().map(str::as_bytes));
        out.push(b')');
    }
    out.push(b')');
}

/// One address; without host it opens a group, without both it closes one.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Address {
    pub(super) name: Option<String>,
    pub(super) mailbox: Option<String>,
    pub(super) host: Option<String>,
}

/// Reads an address list leniently. Bytes that are not UTF-8 become replacement characters.
pub(super) fn parse_addresses(value: &[u8]) -> Vec<Address> {
    let text = String::from_utf8_lossy(value);
    let mut found = Vec::new();
    let mut phrase = String::new();
    let mut angle: Option<String> = None;
    let mut comment = String::new();
    let (mut quoted, mut escaped, mut depth, mut in_angle) = (false, false, 0_u32, false);
    let finish = |phrase: &mut String,
                  angle: &mut Option<String>,
                  comment: &mut String,
                  found: &mut Vec<Address>| {
        let name = phrase.trim().to_owned();
        let note = comment.trim().to_owned();
        phrase.clear();
        comment.clear();
        let (name, spec) = match angle.take() {
            Some(spec) => (name, spec),
            None if name.is_empty() => return,
            None => (note, name),
        };
        let (mailbox, host) = match spec.trim().rsplit_once('@') {
            Some((mailbox, host)) => (mailbox.trim().to_owned(), host.trim().to_owned()),
            None => (spec.trim().to_owned(), String::new()),
        };
        found.push(Address {
            name: if name.is_empty() { None } else { Some(name) },
            mailbox: Some(mailbox),
            host: Some(host),
        });
    };
    for letter in text.chars() {
        match letter {
            _ if escaped => {
                escaped = false;
                phrase.push(letter);
            }
            '\\' if quoted => escaped = true,
            '"' if depth == 0 && !in_angle => quoted = !quoted,
            _ if quoted => phrase.push(letter),
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => comment.push(letter),
            '<' => {
                in_angle = true;
                angle = Some(String::new());
            }
            '>' => in_angle = false,
            _ if in_angle => {
                if let Some(spec) = &mut angle {
                    spec.push(letter);
                }
            }
            ',' => finish(&mut phrase, &mut angle, &mut comment, &mut found),
            ':' => {
                let name = phrase.trim().to_owned();
                phrase.clear();
                found.push(Address {
                    name: None,
                    mailbox: Some(name),
                    host: None,
                });
            }
            ';' => {
                finish(&mut phrase, &mut angle, &mut comment, &mut found);
                found.push(Address::default());
            }
            _ => phrase.push(letter),
        }
    }
    finish(&mut phrase, &mut angle, &mut comment, &mut found);
    found
}

/// BODYSTRUCTURE, or BODY without the extension data.
pub(super) fn body_structure(out: &mut Vec<u8>, part: &Part<'_>, extended: bool) {
    out.push(b'(');
    if let Inside::Parts(parts) = &part.inside {
        for part in parts {
            body_structure(out, part, extended);
        }
        out.push(b' ');
        string(out, part.content_type.subkind.as_bytes());
        if extended {
            out.push(b' ');
            params(out, &part.content_type.params);
            extension(out, part);
        }
        out.push(b')');
        return;
    }
    let field = |name: &str| header(part.headers, name);
    // A multipart without parts is told as text, as other servers do.
    let (kind, subkind) = match part.content_type.kind.as_str() {
        "MULTIPART" => ("TEXT", "PLAIN"),
        kind => (kind, part.content_type.subkind.as_str()),
    };
    string(out, kind.as_bytes());
    out.push(b' ');
    string(out, subkind.as_bytes());
    out.push(b' ');
    params(out, &part.content_type.params);
    out.push(b' ');
    nstring(out, field("Content-ID").as_deref());
    out.push(b' ');
    nstring(out, field("Content-Description").as_deref());
    out.push(b' ');
    let encoding = field("Content-Transfer-Encoding")
        .unwrap_or_else(|| b"7BIT".to_vec())
        .to_ascii_uppercase();
    string(out, &encoding);
    out.extend_from_slice(format!(" {}", part.body.len()).as_bytes());
    let lines = part.body.split(|byte| *byte == b'\n').count() - 1;
    if let Inside::Message(inner) = &part.inside {
        out.push(b' ');
        envelope(out, inner.headers);
        out.push(b' ');
        body_structure(out, inner, extended);
        out.extend_from_slice(format!(" {lines}").as_bytes());
    } else if kind == "TEXT" {
        out.extend_from_slice(format!(" {lines}").as_bytes());
    }
    if extended {
        out.push(b' ');
        nstring(out, field("Content-MD5").as_deref());
        extension(out, part);
    }
    out.push(b')');
}

fn extension(out: &mut Vec<u8>, part: &Part<'_>) {
    out.push(b' ');
    match header(part.headers, "Content-Disposition")
        .as_deref()
        .and_then(parse_content_type)
    {
        None => out.extend_from_slice(b"NIL"),
        Some(disposition) => {
            out.push(b'(');
            string(out, disposition.kind.as_bytes());
            out.push(b' ');
            params(out, &disposition.params);
            out.push(b')');
        }
    }
    out.push(b' ');
    nstring(out, header(part.headers, "Content-Language").as_deref());
    out.push(b' ');
    nstring(out, header(part.headers, "Content-Location").as_deref());
}

fn params(out: &mut Vec<u8>, params: &[(String, String)]) {
    if params.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for (number, (key, value)) in params.iter().enumerate() {
        if number > 0 {
            out.push(b' ');
        }
        string(out, key.as_bytes());
        out.push(b' ');
        string(out, value.as_bytes());
    }
    out.push(b')');
}
