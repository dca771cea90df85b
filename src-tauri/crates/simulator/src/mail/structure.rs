//! The shape of a message: header block, body and parts, as byte ranges of the original.
//!
//! The server's own reading of RFC 5322 and 2046. It never decodes and never fails: what it does not
//! understand is one plain part.

use std::borrow::Cow;

/// Nesting beyond this is not followed.
const MAX_DEPTH: usize = 50;

/// A part of a message, or the message itself.
pub(super) struct Part<'a> {
    /// The header block with the empty line that ends it.
    pub(super) headers: &'a [u8],
    pub(super) body: &'a [u8],
    pub(super) content_type: ContentType,
    pub(super) inside: Inside<'a>,
}

/// What a part contains.
pub(super) enum Inside<'a> {
    Nothing,
    Parts(Vec<Part<'a>>),
    Message(Box<Part<'a>>),
}

/// A value with parameters: Content-Type or Content-Disposition, upper case where case means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContentType {
    pub(super) kind: String,
    pub(super) subkind: String,
    pub(super) params: Vec<(String, String)>,
}

impl ContentType {
    fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl<'a> Part<'a> {
    pub(super) fn parse(raw: &'a [u8]) -> Self {
        Self::parse_at(raw, 0, false)
    }

    fn parse_at(raw: &'a [u8], depth: usize, in_digest: bool) -> Self {
        let (headers, body) = split(raw);
        let default = if in_digest {
            "message/rfc822"
        } else {
            "text/plain; charset=us-ascii"
        };
        let content_type = header(headers, "Content-Type")
            .and_then(|value| parse_content_type(&value))
            .or_else(|| parse_content_type(default.as_bytes()))
            .unwrap_or_else(|| ContentType {
                kind: "TEXT".into(),
                subkind: "PLAIN".into(),
                params: Vec::new(),
            });
        let inside = match (content_type.kind.as_str(), content_type.param("boundary")) {
            _ if depth >= MAX_DEPTH => Inside::Nothing,
            ("MULTIPART", Some(boundary)) => {
                let digest = content_type.subkind == "DIGEST";
                let parts: Vec<_> = split_parts(body, boundary)
                    .into_iter()
                    .map(|part| Self::parse_at(part, depth + 1, digest))
                    .collect();
                if parts.is_empty() {
                    Inside::Nothing
                } else {
                    Inside::Parts(parts)
                }
            }
            ("MESSAGE", _) if content_type.subkind == "RFC822" => {
                Inside::Message(Box::new(Self::parse_at(body, depth + 1, false)))
            }
            _ => Inside::Nothing,
        };
        Self {
            headers,
            body,
            content_type,
            inside,
        }
    }

    /// The part with this number (RFC 3501 section 6.4.5); the empty path is the message itself.
    pub(super) fn descend(&self, path: &[u32]) -> Option<&Part<'a>> {
        let mut part = self;
        // A message that is not multipart has one part, number 1: itself.
        let mut whole = true;
        for number in path {
            let holder = match &part.inside {
                Inside::Message(inner) if !whole => {
                    whole = true;
                    inner
                }
                _ => part,
            };
            part = match &holder.inside {
                Inside::Parts(parts) => parts.get((*number as usize).checked_sub(1)?)?,
                _ if whole && *number == 1 => holder,
                _ => return None,
            };
            whole = false;
        }
        Some(part)
    }
}

/// Header block (with its closing empty line) and body.
pub(crate) fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line == b"\r\n" || line == b"\n" {
            return raw.split_at(at);
        }
    }
    (raw, &[])
}

/// The header fields: name, and the bytes of the whole field with its line ends.
pub(super) fn fields(headers: &[u8]) -> Vec<(String, &[u8])> {
    let mut found: Vec<(String, &[u8])> = Vec::new();
    let mut rest = headers;
    while !rest.is_empty() {
        let mut length = 0;
        for (number, line) in rest.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let continues = matches!(line.first(), Some(b' ' | b'\t'));
            if number > 0 && !continues {
                break;
            }
            length += line.len();
        }
        let (field, after) = rest.split_at(length);
        rest = after;
        if let Some(colon) = field.iter().position(|byte| *byte == b':') {
            let name = field.get(..colon).unwrap_or_default();
            found.push((String::from_utf8_lossy(name).trim().to_owned(), field));
        }
    }
    found
}

/// The first field of this name: its value unfolded and trimmed, otherwise as it is.
pub(super) fn header(headers: &[u8], name: &str) -> Option<Vec<u8>> {
    fields(headers)
        .into_iter()
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, field)| value_of(field))
}

/// The value of a field, unfolded and trimmed.
pub(super) fn value_of(field: &[u8]) -> Vec<u8> {
    let colon = field
        .iter()
        .position(|byte| *byte == b':')
        .map_or(0, |at| at + 1);
    let value = field.get(colon..).unwrap_or_default();
    value
        .trim_ascii()
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect()
}

/// `kind/subkind; name=value …`, or a lone `kind; …` as Content-Disposition has.
pub(super) fn parse_content_type(value: &[u8]) -> Option<ContentType> {
    let text = String::from_utf8_lossy(value);
    let mut pieces = split_outside_quotes(&text, ';').into_iter();
    let kind = pieces.next()?;
    let (kind, subkind) = kind.split_once('/').unwrap_or((&kind, ""));
    if kind.trim().is_empty() {
        return None;
    }
    let params = pieces
        .filter_map(|piece| {
            let (key, value) = piece.split_once('=')?;
            Some((
                key.trim().to_ascii_uppercase(),
                unquote(value.trim()).into_owned(),
            ))
        })
        .collect();
    Some(ContentType {
        kind: kind.trim().to_ascii_uppercase(),
        subkind: subkind.trim().to_ascii_uppercase(),
        params,
    })
}

fn unquote(value: &str) -> Cow<'_, str> {
    match value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
    {
        Some(inner) => Cow::Owned(inner.replace("\\\"", "\"").replace("\\\\", "\\")),
        None => Cow::Borrowed(value),
    }
}

fn split_outside_quotes(text: &str, at: char) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == at && !quoted => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = pieces.last_mut() {
            last.push(letter);
        }
    }
    pieces
}

/// The bytes between the boundary lines; the line end before a boundary belongs to the boundary.
fn split_parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let opening = [b"--", boundary.as_bytes()].concat();
    let closing = [opening.as_slice(), b"--"].concat();
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.trim_ascii_end();
        let closes = bare == closing;
        if closes || bare == opening {
            if let Some(from) = start {
                let part = body.get(from..at).unwrap_or_default();
                let part = part
                    .strip_suffix(b"\r\n")
                    .or_else(|| part.strip_suffix(b"\n"))
                    .unwrap_or(part);
                parts.push(part);
            }
            start = if closes { None } else { Some(at + line.len()) };
            if closes {
                return parts;
            }
        }
        at += line.len();
    }
    if let Some(from) = start {
        parts.push(body.get(from..).unwrap_or_default());
    }
    parts
}
