//! From bytes of a part to text: transfer encoding, charset, format=flowed.

use std::borrow::Cow;

use mail_parser::decoders::{
    base64::base64_decode, charsets::map::charset_decoder,
    quoted_printable::quoted_printable_decode,
};
use memchr::{memchr, memchr2};

/// `Content-Transfer-Encoding`, RFC 2045 §6.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    #[default]
    Identity,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    pub(crate) fn named(name: &str) -> Self {
        // Some senders append a comment or a parameter.
        match name.split([';', ' ', '(']).next().unwrap_or_default() {
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            _ => Self::Identity,
        }
    }
}

/// Undoes the transfer encoding. The flag says that it was damaged and only partly undone.
pub(crate) fn transfer(body: &[u8], encoding: Encoding) -> (Cow<'_, [u8]>, bool) {
    match encoding {
        Encoding::Identity => (Cow::Borrowed(body), false),
        Encoding::Base64 => match base64_decode(body) {
            Some(bytes) => (Cow::Owned(bytes), false),
            None => (Cow::Owned(lenient_base64(body)), true),
        },
        Encoding::QuotedPrintable => match quoted_printable_decode(body) {
            Some(bytes) => (Cow::Owned(bytes), false),
            None => (Cow::Owned(lenient_quoted_printable(body)), true),
        },
    }
}

/// RFC 2045 §6.8: characters outside the alphabet are ignored.
fn lenient_base64(body: &[u8]) -> Vec<u8> {
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let kept: Vec<u8> = body.iter().copied().filter(alphabet).collect();
    base64_decode(&kept).unwrap_or_default()
}

/// RFC 2045 §6.7, note 5: a broken `=` stays as it is.
fn lenient_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr(b'=', rest) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(before);
        rest = match from {
            [b'=', b'\r', b'\n', after @ ..] | [b'=', b'\n', after @ ..] => after,
            [b'=', high, low, after @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                after
            }
            [_, after @ ..] => {
                out.push(b'=');
                after
            }
            [] => &[],
        };
    }
    out.extend_from_slice(rest);
    out
}

fn hex(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|value| value as u8)
}

/// Text of the given charset, with `\n` line ends and without NUL. The flag says that nobody knows the
/// charset.
pub(crate) fn text(bytes: Cow<'_, [u8]>, charset: Option<&str>) -> (String, bool) {
    let name = charset.map(|name| name.trim().trim_matches(['"', '\'']).to_ascii_lowercase());
    let known = match name.as_deref() {
        // What these mean is what the bytes are: UTF-8 when it is valid, else the usual suspect.
        None
        | Some(
            "" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown-8bit" | "8bit" | "unknown",
        ) => None,
        // Plain ASCII is the same in all of these.
        Some(other) if is_one_byte(other) && bytes.is_ascii() => None,
        Some(other) => match charset_decoder(other.as_bytes()) {
            Some(decoder) => Some(decoder(&bytes)),
            None => return (tidy(guess(bytes)), true),
        },
    };
    (tidy(known.unwrap_or_else(|| guess(bytes))), false)
}

fn is_one_byte(charset: &str) -> bool {
    ["iso-8859-", "windows-125", "koi8-"]
        .iter()
        .any(|start| charset.starts_with(start))
}

fn guess(bytes: Cow<'_, [u8]>) -> String {
    let owned = match bytes {
        Cow::Borrowed(slice) => match std::str::from_utf8(slice) {
            Ok(text) => return text.to_owned(),
            Err(_) => slice.to_vec(),
        },
        Cow::Owned(vec) => vec,
    };
    match String::from_utf8(owned) {
        Ok(text) => text,
        // Mostly valid UTF-8 that was cut or damaged stays UTF-8; no valid sequence at all means a
        // one-byte charset.
        Err(error) => {
            let lossy = String::from_utf8_lossy(error.as_bytes());
            let damaged = lossy
                .chars()
                .filter(|c| *c == char::REPLACEMENT_CHARACTER)
                .count();
            let sound = lossy.chars().filter(|c| !c.is_ascii()).count() - damaged;
            if sound >= damaged {
                lossy.into_owned()
            } else {
                windows_1252(error.as_bytes())
            }
        }
    }
}

/// What a mail without a charset most often is.
pub(crate) fn windows_1252(bytes: &[u8]) -> String {
    match charset_decoder(b"windows-1252") {
        Some(decoder) => decoder(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn tidy(mut text: String) -> String {
    if text.starts_with('\u{FEFF}') {
        text.remove(0);
    }
    if memchr2(b'\r', b'\0', text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\0' => {}
            other => out.push(other),
        }
    }
    out
}

/// Joins the soft line ends of `format=flowed` (RFC 3676). With `delsp` the joining space goes too.
pub(crate) fn flowed(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The quote depth of the paragraph that the next line may continue.
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let (line, ended) = line
            .strip_suffix('\n')
            .map_or((line, false), |line| (line, true));
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        match open {
            Some(previous) if previous == depth && !signature => {}
            other => {
                if other.is_some() {
                    out.push('\n');
                }
                out.extend(std::iter::repeat_n('>', depth));
                if depth > 0 && !content.is_empty() {
                    out.push(' ');
                }
            }
        }
        let soft = ended && content.ends_with(' ') && !signature;
        out.push_str(if soft && delsp {
            content.strip_suffix(' ').unwrap_or(content)
        } else {
            content
        });
        open = soft.then_some(depth);
        if ended && !soft {
            out.push('\n');
        }
    }
    out
}
