//! The header block: where it ends, its fields, and their values.
//!
//! The block is cut into fields without copying; a value is decoded only when somebody asks for it, by
//! `mail-parser`'s field parsers. Most of the thirty fields of a mail today are never asked for.

use std::borrow::Cow;

use mail_parser::{Addr, Address as ParsedAddress, HeaderValue, parsers::MessageStream};
use memchr::{memchr, memchr3, memmem};

use crate::{Address, decode, limits};

/// One header block.
#[derive(Default)]
pub(crate) struct Headers<'x> {
    fields: Vec<Field<'x>>,
    /// Longer than the limit.
    pub(crate) too_large: bool,
    /// Some line was no field.
    pub(crate) damaged: bool,
}

/// One field as it stands in the message.
pub(crate) struct Field<'x> {
    name: &'x [u8],
    /// Folded, with its line ends.
    value: &'x [u8],
}

/// A `Content-Type` or `Content-Disposition` value, lower-cased where case does not matter.
#[derive(Default, Clone)]
pub(crate) struct ContentType {
    pub(crate) kind: String,
    pub(crate) subtype: String,
    parameters: Vec<(String, String)>,
}

impl ContentType {
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name)?;
        Some(found.1.as_str())
    }

    pub(crate) fn of(kind: &str, subtype: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            subtype: subtype.to_owned(),
            parameters: Vec::new(),
        }
    }

    /// `kind/subtype`.
    pub(crate) fn essence(&self) -> String {
        format!("{}/{}", self.kind, self.subtype)
    }
}

/// Cuts a message or part into its header block and its body.
///
/// A line that is no field is skipped when fields follow it (broken folding, mbox envelope); otherwise the
/// body begins there (missing blank line), so that no text is lost.
pub(crate) fn split(raw: &[u8]) -> (Headers<'_>, &[u8]) {
    let mut headers = Headers::default();
    let mut position = 0;
    let mut value_start = 0;
    while position < raw.len() {
        if position > limits::HEADER {
            headers.too_large = true;
            return (headers, after_blank_line(raw, position));
        }
        let end = line_end(raw, position);
        let line = raw.get(position..end).unwrap_or_default();
        if is_blank(line) {
            return (headers, raw.get(end..).unwrap_or_default());
        }
        if matches!(line.first(), Some(b' ' | b'\t')) {
            // A continuation belongs to the field above; without one it is stray white space.
            match headers.fields.last_mut() {
                Some(field) => field.value = raw.get(value_start..end).unwrap_or_default(),
                None => headers.damaged = true,
            }
        } else if let Some(colon) = field_colon(line) {
            value_start = position + colon + 1;
            headers.fields.push(Field {
                name: line.get(..colon).unwrap_or_default().trim_ascii_end(),
                value: raw.get(value_start..end).unwrap_or_default(),
            });
        } else {
            let envelope = position == 0 && line.starts_with(b"From ");
            let next = raw.get(end..line_end(raw, end)).unwrap_or_default();
            let more = field_colon(next).is_some() || matches!(next.first(), Some(b' ' | b'\t'));
            headers.damaged |= !envelope;
            if !envelope && !more && !is_blank(next) {
                return (headers, raw.get(position..).unwrap_or_default());
            }
        }
        position = end;
    }
    (headers, &[])
}

fn line_end(raw: &[u8], from: usize) -> usize {
    let rest = raw.get(from..).unwrap_or_default();
    memchr(b'\n', rest).map_or(raw.len(), |at| from + at + 1)
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n" | b"\r")
}

/// Where the field's colon is, if this line begins a field (RFC 5322 §2.2: printable characters).
fn field_colon(line: &[u8]) -> Option<usize> {
    let colon = memchr(b':', line.get(..line.len().min(256))?)?;
    let name = line.get(..colon)?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(colon)
}

fn after_blank_line(raw: &[u8], from: usize) -> &[u8] {
    let rest = raw.get(from..).unwrap_or_default();
    let crlf = memmem::find(rest, b"\n\r\n").map(|at| at + 3);
    // Only look for the short form before the long one, so that a huge block is read once.
    let within = crlf.map_or(rest, |at| rest.get(..at).unwrap_or(rest));
    let end = memmem::find(within, b"\n\n").map(|at| at + 2).or(crlf);
    end.and_then(|at| rest.get(at..)).unwrap_or_default()
}

impl<'x> Headers<'x> {
    /// Whether anything here makes this a mail message.
    pub(crate) fn looks_like_mail(&self) -> bool {
        const SIGNS: [&str; 14] = [
            "from",
            "to",
            "cc",
            "bcc",
            "subject",
            "date",
            "message-id",
            "received",
            "return-path",
            "mime-version",
            "content-type",
            "reply-to",
            "in-reply-to",
            "delivered-to",
        ];
        SIGNS.iter().any(|name| self.get(name).is_some())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The first field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Field<'x>> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    pub(crate) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Field<'x>> {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    pub(crate) fn is_repeated(&self, name: &str) -> bool {
        self.all(name).nth(1).is_some()
    }

    /// The field's decoded text, or nothing.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).map(Field::text).unwrap_or_default()
    }

    /// The field's value as it stands, unfolded, lower-cased.
    pub(crate) fn keyword(&self, name: &str) -> Option<String> {
        self.get(name)
            .map(|field| field.unfolded().trim().to_ascii_lowercase())
    }

    pub(crate) fn addresses(&self, name: &str) -> Vec<Address> {
        // Several `To` fields are common enough and mean their sum.
        let mut all: Vec<_> = self.all(name).take(8).flat_map(Field::addresses).collect();
        all.truncate(limits::ADDRESSES);
        all
    }

    pub(crate) fn ids(&self, name: &str) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for id in self.all(name).take(8).flat_map(Field::ids) {
            if ids.len() < limits::REFERENCES && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    pub(crate) fn content_type(&self, name: &str) -> Option<ContentType> {
        self.get(name).and_then(Field::content_type)
    }
}

impl Field<'_> {
    /// The value with exactly one line end, and in UTF-8: raw 8-bit headers are Windows-1252 more often
    /// than anything else.
    fn terminated(&self) -> Cow<'_, [u8]> {
        match std::str::from_utf8(self.value) {
            Ok(_) if self.value.ends_with(b"\n") => Cow::Borrowed(self.value),
            Ok(text) => Cow::Owned(format!("{text}\n").into_bytes()),
            Err(_) => {
                let mut text = decode::windows_1252(self.value);
                if !text.ends_with('\n') {
                    text.push('\n');
                }
                Cow::Owned(text.into_bytes())
            }
        }
    }

    pub(crate) fn text(&self) -> String {
        let bytes = self.terminated();
        match MessageStream::new(&bytes).parse_unstructured() {
            HeaderValue::Text(text) => one_line(&text),
            _ => String::new(),
        }
    }

    /// Without line ends, encoded words left alone.
    pub(crate) fn unfolded(&self) -> String {
        let text = String::from_utf8_lossy(self.value.trim_ascii_end());
        if memchr3(b'\r', b'\n', b'\0', text.as_bytes()).is_none() {
            return text.into_owned();
        }
        text.chars()
            .filter(|c| !matches!(c, '\r' | '\n' | '\0'))
            .collect()
    }

    fn addresses(&self) -> Vec<Address> {
        let bytes = self.terminated();
        let mut found = Vec::new();
        let mut add = |one: &Addr<'_>| {
            let address = Address {
                name: one_line(one.name.as_deref().unwrap_or_default()),
                email: bare(one.address.as_deref().unwrap_or_default()),
            };
            if !(address.name.is_empty() && address.email.is_empty()) {
                found.push(address);
            }
        };
        match MessageStream::new(&bytes).parse_address() {
            HeaderValue::Address(ParsedAddress::List(list)) => {
                list.iter().take(limits::ADDRESSES).for_each(&mut add);
            }
            HeaderValue::Address(ParsedAddress::Group(groups)) => {
                let all = groups.iter().flat_map(|group| &group.addresses);
                all.take(limits::ADDRESSES).for_each(&mut add);
            }
            _ => {}
        }
        found
    }

    /// Unix milliseconds.
    pub(crate) fn date(&self) -> Option<i64> {
        let bytes = self.terminated();
        date(&bytes).or_else(|| date(completed(&self.unfolded()).as_bytes()))
    }

    /// The identifiers in angle brackets; without any, the words that could be one. White space inside an
    /// identifier comes from folding and is dropped; commas and comments between them are ignored.
    fn ids(&self) -> Vec<String> {
        let value = self.unfolded();
        let mut ids = Vec::new();
        let mut rest = value.as_str();
        while let Some((_, after)) = rest.split_once('<') {
            let Some((inside, behind)) = after.split_once('>') else {
                break;
            };
            ids.extend(identifier(inside));
            rest = behind;
        }
        if ids.is_empty() {
            let words = value.split(|c: char| c.is_whitespace() || c == ',');
            ids.extend(
                words
                    .filter(|word| word.contains('@'))
                    .filter_map(identifier),
            );
        }
        ids
    }

    fn content_type(&self) -> Option<ContentType> {
        let bytes = self.terminated();
        let HeaderValue::ContentType(parsed) = MessageStream::new(&bytes).parse_content_type()
        else {
            return None;
        };
        let parameters = parsed.attributes.iter().flatten().take(64);
        Some(ContentType {
            kind: parsed.c_type.trim().to_ascii_lowercase(),
            subtype: parsed
                .c_subtype
                .as_deref()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase(),
            parameters: parameters
                .map(|one| (one.name.to_ascii_lowercase(), encoded_words(&one.value)))
                .collect(),
        })
    }
}

fn date(value: &[u8]) -> Option<i64> {
    match MessageStream::new(value).parse_date() {
        HeaderValue::DateTime(date) if date.is_valid() => date.to_timestamp().checked_mul(1000),
        _ => None,
    }
}

/// A date as careless programs write it, made whole: seconds are optional in RFC 5322, and a missing zone is
/// best taken for UTC.
fn completed(date: &str) -> String {
    let mut whole = String::with_capacity(date.len() + 16);
    let mut zoned = false;
    let mut timed = false;
    for word in date.split_whitespace().take(16) {
        whole.push_str(word);
        let colons = word.matches(':').count();
        if timed && word.starts_with(|c: char| matches!(c, '+' | '-') || c.is_ascii_alphabetic()) {
            zoned = true;
        } else if colons > 0 {
            timed = true;
            whole.push_str(if colons == 1 { ":00" } else { "" });
        }
        whole.push(' ');
    }
    if !zoned {
        whole.push_str("+0000");
    }
    whole.push('\n');
    whole
}

/// Longest identifier that is one: a line of RFC 5322.
const ID_LENGTH: usize = 998;

fn identifier(text: &str) -> Option<String> {
    let id: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>'))
        .collect();
    (!id.is_empty() && id.len() <= ID_LENGTH).then_some(id)
}

/// Parameters should use RFC 2231, and many programs write RFC 2047 there instead.
fn encoded_words(value: &str) -> String {
    if !value.contains("=?") {
        return value.to_owned();
    }
    let line = format!("{value}\n");
    match MessageStream::new(line.as_bytes()).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => value.to_owned(),
    }
}

/// Text for a line on the screen: controls become spaces, characters that turn the reading direction are
/// dropped (they make one name look like another), runs of spaces collapse.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !turns_direction(*c)) {
        let c = if c.is_control() || c.is_whitespace() {
            ' '
        } else {
            c
        };
        if c != ' ' || !(line.is_empty() || line.ends_with(' ')) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// An address is one word.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !c.is_whitespace() && !turns_direction(*c))
        .collect()
}

/// Unicode's explicit direction embeddings, overrides and isolates.
pub(crate) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
