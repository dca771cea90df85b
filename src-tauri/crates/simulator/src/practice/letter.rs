//! A letter as somebody means it, and its bytes as common mail programs write them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike, Days, FixedOffset, Utc, Weekday};

use super::{PRACTICE_ADDRESS, PRACTICE_NAME, chance, files};

/// The practice's zone: five hours behind UTC.
const ZONE: i32 = -5 * 3600;

/// Somebody with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) address: String,
}

impl Person {
    /// `Name <address>` or `address`.
    pub(super) fn parse(text: &str) -> Self {
        match text.rsplit_once('<') {
            Some((name, address)) => Self {
                name: name.trim().trim_matches('"').to_owned(),
                address: address.trim_end_matches('>').trim().to_owned(),
            },
            None => Self {
                name: String::new(),
                address: text.trim().to_owned(),
            },
        }
    }

    pub(super) fn practice() -> Self {
        Self {
            name: PRACTICE_NAME.to_owned(),
            address: PRACTICE_ADDRESS.to_owned(),
        }
    }

    pub(super) fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("example", |(_, domain)| domain)
    }

    fn header(&self) -> String {
        if self.name.is_empty() {
            return format!("<{}>", self.address);
        }
        let plain = self
            .name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || " -'".contains(letter));
        let name = if plain {
            self.name.clone()
        } else if self.name.is_ascii() {
            format!("\"{}\"", self.name.replace('"', ""))
        } else {
            encoded_word(&self.name, "utf-8")
        };
        format!("{name} <{}>", self.address)
    }
}

/// How the body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    /// Plain text, or plain and HTML side by side, as the writer's mail program does.
    #[default]
    Usual,
    /// Plain text alone.
    Plain,
    /// The text is HTML, and there is no other.
    Html,
    /// `format=flowed`.
    Flowed,
    /// The text is the whole body with its own MIME headers in front; `{boundary}` is replaced.
    Raw,
}

/// A file with a letter.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) kind: files::Kind,
    /// What it says, or what a picture shows.
    #[serde(default)]
    pub(super) text: String,
    /// Shown in the text instead of below it.
    #[serde(default)]
    pub(super) inline: bool,
}

/// What a reply repeats below itself.
#[derive(Debug, Clone)]
pub(super) struct Quote {
    pub(super) who: Person,
    pub(super) at: DateTime<Utc>,
    pub(super) text: String,
}

/// A letter without its date.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(super) from: Person,
    pub(super) to: Vec<Person>,
    pub(super) subject: String,
    /// Without angle brackets.
    pub(super) id: String,
    /// The ids of the conversation so far, oldest first.
    pub(super) references: Vec<String>,
    pub(super) text: String,
    pub(super) shape: Shape,
    pub(super) charset: String,
    pub(super) attachments: Vec<Attachment>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) quote: Option<Quote>,
}

impl Letter {
    /// The text as the reader sees it, dates filled in.
    pub(super) fn shown_text(&self, at: DateTime<Utc>) -> String {
        fill_dates(self.text.trim(), at)
    }

    /// The bytes of the letter, sent at this time.
    pub(crate) fn write(&self, at: DateTime<Utc>) -> Vec<u8> {
        let local = local(at);
        // The same writer always uses the same mail program.
        let habit = chance(7, &[&self.from.address]);
        let own = self.from.address == PRACTICE_ADDRESS;
        let mut head = String::new();
        let mut say = |name: &str, value: &str| {
            let _ = write!(head, "{name}: {value}\r\n");
        };
        if !own {
            let bounce = self
                .headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("Return-Path"));
            if !bounce {
                say("Return-Path", &format!("<{}>", self.from.address));
            }
            let queue = chance(3, &[&self.id]) & 0xff_ffff;
            say(
                "Received",
                &format!(
                    "from mail.{domain} (mail.{domain} [192.0.2.{host}])\r\n\tby mx.riverside.example with ESMTPS id {queue:06X}\r\n\tfor <{PRACTICE_ADDRESS}>; {date}",
                    domain = self.from.domain(),
                    host = habit % 250 + 1,
                    date = local.to_rfc2822(),
                ),
            );
        }
        say("Date", &local.to_rfc2822());
        say("From", &self.from.header());
        let to: Vec<String> = self.to.iter().map(Person::header).collect();
        say("To", &to.join(", "));
        if self.subject.is_ascii() {
            say("Subject", &self.subject);
        } else {
            say("Subject", &encoded_word(&self.subject, &self.charset));
        }
        say("Message-ID", &format!("<{}>", self.id));
        if let Some(last) = self.references.last() {
            say("In-Reply-To", &format!("<{last}>"));
            let all: Vec<String> = self.references.iter().map(|id| format!("<{id}>")).collect();
            say("References", &all.join("\r\n "));
        }
        let program = match habit % 9 {
            0 | 1 => Some(("X-Mailer", "iPhone Mail (22F76)")),
            2 => Some(("X-Mailer", "Microsoft Outlook 16.0")),
            3 => Some(("X-Mailer", "Apple Mail (2.3826.300.87.4.3)")),
            4 => Some(("User-Agent", "Mozilla Thunderbird")),
            _ => None,
        };
        if let Some((name, value)) = program.filter(|_| !own) {
            say(name, value);
        }
        for (name, value) in &self.headers {
            say(name, value);
        }
        say("MIME-Version", "1.0");
        let mut raw = head.into_bytes();
        raw.extend_from_slice(&self.body(at, habit));
        raw
    }

    /// The body with the content headers in front of it.
    fn body(&self, at: DateTime<Utc>, habit: u64) -> Vec<u8> {
        let boundary = format!("=_{:016x}", chance(11, &[&self.id]));
        let text = self.shown_text(at);
        if self.shape == Shape::Raw {
            let body = format!("{text}\n").replace("{boundary}", &boundary);
            return body.replace('\n', "\r\n").into_bytes();
        }
        let main = match self.shape {
            Shape::Html => self.text_part("html", &text, habit),
            _ => {
                let mut plain = text.clone();
                if let Some(quote) = &self.quote {
                    plain.push_str("\n\n");
                    plain.push_str(&quote.plain());
                }
                let plain_part = self.text_part("plain", &plain, habit);
                if self.shape == Shape::Usual && habit % 5 < 2 {
                    let html = self.text_part("html", &self.html(&text), habit);
                    multipart("alternative", &format!("{boundary}a"), &[plain_part, html])
                } else {
                    plain_part
                }
            }
        };
        if self.attachments.is_empty() {
            return main;
        }
        let related = self.attachments.iter().any(|file| file.inline);
        let parts: Vec<Vec<u8>> = std::iter::once(main)
            .chain(
                self.attachments
                    .iter()
                    .map(|file| attachment_part(file, at)),
            )
            .collect();
        multipart(if related { "related" } else { "mixed" }, &boundary, &parts)
    }

    fn html(&self, text: &str) -> String {
        let mut html = String::from("<html><body>");
        for paragraph in text.split("\n\n") {
            let _ = writeln!(
                html,
                "<div>{}</div><div><br></div>",
                escape(paragraph).replace('\n', "<br>\n")
            );
        }
        if let Some(quote) = &self.quote {
            let _ = writeln!(
                html,
                "<div class=\"quote\">{}<br><blockquote style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">{}</blockquote></div>",
                escape(&quote.line()),
                escape(&quote.text).replace('\n', "<br>\n"),
            );
        }
        html.push_str("</body></html>\n");
        html
    }

    /// A text part in the letter's charset and an encoding that fits it.
    fn text_part(&self, kind: &str, text: &str, habit: u64) -> Vec<u8> {
        let flowed = self.shape == Shape::Flowed && kind == "plain";
        let text = if flowed { flow(text) } else { text.to_owned() };
        let text = format!(
            "{}\r\n",
            text.trim_end().replace("\r\n", "\n").replace('\n', "\r\n")
        );
        let charset = if text.is_ascii() && self.charset == "utf-8" {
            "us-ascii"
        } else {
            self.charset.as_str()
        };
        let bytes = in_charset(&text, charset);
        let long_lines = text.lines().any(|line| line.len() > 900);
        let (encoding, written) = if bytes.is_ascii() && !long_lines && !bytes.contains(&0x1b) {
            ("7bit", bytes)
        } else {
            match habit % 3 {
                0 if !long_lines => ("8bit", bytes),
                1 => ("base64", base64_lines(&bytes)),
                _ => ("quoted-printable", quoted_printable(&bytes)),
            }
        };
        let flowed = if flowed { "; format=flowed" } else { "" };
        let mut part = format!(
            "Content-Type: text/{kind}; charset={charset}{flowed}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        )
        .into_bytes();
        part.extend_from_slice(&written);
        part
    }
}

impl Quote {
    fn line(&self) -> String {
        let at = local(self.at).format("%a, %b %-d, %Y at %-I:%M %p");
        format!("On {at}, {} <{}> wrote:", self.who.name, self.who.address)
    }

    pub(super) fn plain(&self) -> String {
        let mut quoted = self.line();
        for line in self.text.lines() {
            let _ = write!(
                quoted,
                "\n>{}{line}",
                if line.is_empty() || line.starts_with('>') {
                    ""
                } else {
                    " "
                }
            );
        }
        quoted
    }
}

/// The practice's local time.
pub(super) fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    FixedOffset::east_opt(ZONE).map_or_else(|| at.fixed_offset(), |zone| at.with_timezone(&zone))
}

/// `{day:+3}` becomes the weekday three days after the letter (never a weekend), `{date:-12}` a date as `November 10`,
/// `{stamp:+3}` one as `20261125`.
pub(super) fn fill_dates(text: &str, at: DateTime<Utc>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let replaced = after.split_once('}').and_then(|(inside, tail)| {
            let (word, days) = inside.split_once(':')?;
            let format = match word {
                "day" => "%A",
                "date" => "%B %-d",
                "stamp" => "%Y%m%d",
                _ => return None,
            };
            let days: i64 = days.parse().ok()?;
            let distance = Days::new(days.unsigned_abs());
            let date = local(at).date_naive();
            let date = if days < 0 {
                date.checked_sub_days(distance)
            } else {
                date.checked_add_days(distance)
            }?;
            // A day to come is a day for appointments.
            let weekend = match date.weekday() {
                Weekday::Sat => 2,
                Weekday::Sun => 1,
                _ => 0,
            };
            let date = if days > 0 && word == "day" {
                date + Days::new(weekend)
            } else {
                date
            };
            Some((date.format(format).to_string(), tail))
        });
        match replaced {
            Some((date, tail)) => {
                filled.push_str(&date);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn attachment_part(file: &Attachment, at: DateTime<Utc>) -> Vec<u8> {
    let bytes = file.kind.bytes(&fill_dates(&file.text, at));
    let disposition = if file.inline { "inline" } else { "attachment" };
    let id = if file.inline {
        format!("Content-ID: <{}>\r\n", file.name)
    } else {
        String::new()
    };
    // RFC 2231 for names beyond ASCII.
    let name = if file.name.is_ascii() {
        format!("filename=\"{}\"", file.name)
    } else {
        let escaped: String = file
            .name
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                    char::from(byte).to_string()
                }
                byte => format!("%{byte:02X}"),
            })
            .collect();
        format!("filename*=utf-8''{escaped}")
    };
    let mut part = format!(
        "Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\n{id}Content-Disposition: {disposition};\r\n {name}\r\n\r\n",
        file.kind.media_type(),
    )
    .into_bytes();
    part.extend_from_slice(&base64_lines(&bytes));
    part
}

fn multipart(kind: &str, boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut body =
        format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        body.extend_from_slice(part);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

fn in_charset(text: &str, charset: &str) -> Vec<u8> {
    match encoding_rs::Encoding::for_label(charset.as_bytes()) {
        Some(encoding) => encoding.encode(text).0.into_owned(),
        None => text.as_bytes().to_vec(),
    }
}

/// RFC 2047, in pieces short enough for one encoded word each.
fn encoded_word(text: &str, charset: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let words: Vec<String> = letters
        .chunks(14)
        .map(|piece| {
            let piece: String = piece.iter().collect();
            format!(
                "=?{charset}?B?{}?=",
                STANDARD.encode(in_charset(&piece, charset))
            )
        })
        .collect();
    words.join("\r\n ")
}

fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(bytes);
    let mut lines = Vec::with_capacity(encoded.len() + encoded.len() / 38);
    for line in encoded.as_bytes().chunks(76) {
        lines.extend_from_slice(line);
        lines.extend_from_slice(b"\r\n");
    }
    lines
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(bytes.len() * 5 / 4);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (line, end): (_, &[u8]) = match line.strip_suffix(b"\r\n") {
            Some(line) => (line, b"\r\n"),
            None => (line, b""),
        };
        let mut column = 0;
        for (at, byte) in line.iter().enumerate() {
            let last = at + 1 == line.len();
            let piece = match byte {
                b' ' | b'\t' if last => format!("={byte:02X}"),
                b' '..=b'<' | b'>'..=b'~' | b'\t' => char::from(*byte).to_string(),
                byte => format!("={byte:02X}"),
            };
            if column + piece.len() > 75 {
                written.extend_from_slice(b"=\r\n");
                column = 0;
            }
            column += piece.len();
            written.extend_from_slice(piece.as_bytes());
        }
        written.extend_from_slice(end);
    }
    written
}

/// RFC 3676: lines of at most 72 letters, soft breaks marked by a space at the end.
fn flow(text: &str) -> String {
    let mut flowed = String::new();
    for paragraph in text.lines() {
        let mut column = 0;
        for (number, word) in paragraph.trim_end().split(' ').enumerate() {
            if number > 0 {
                flowed.push(' ');
                column += 1;
                if column + word.len() > 72 {
                    flowed.push('\n');
                    column = 0;
                }
            }
            // A quote mark or "From " at the start of a line would mean something else.
            if column == 0 && number > 0 && (word.starts_with('>') || word == "From") {
                flowed.push(' ');
            }
            flowed.push_str(word);
            column += word.len();
        }
        flowed.push('\n');
    }
    flowed
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
