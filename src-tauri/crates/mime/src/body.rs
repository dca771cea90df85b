//! From the tree of parts to what a reader wants: text, HTML, attachments, calendar objects, reports.

use std::borrow::Cow;

use crate::{
    Attachment, CalendarPart, Problem, Protection, Scheme, Wanted, attachment, calendar, decode,
    html, limits, mail::Problems, structure::Part,
};

/// What a message's parts add up to.
#[derive(Default)]
pub(crate) struct Body {
    pub(crate) text: String,
    /// The HTML as sent. Nothing may show it before it went through the cleaner.
    pub(crate) raw_html: Option<String>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) calendar: Vec<CalendarPart>,
    pub(crate) protection: Protection,
    pub(crate) report: Report,
}

/// The machine-readable parts of a `multipart/report` (RFC 6522).
#[derive(Default)]
pub(crate) struct Report {
    /// Text of `message/delivery-status`.
    pub(crate) delivery_status: Option<String>,
    /// There is a `message/disposition-notification`.
    pub(crate) disposition: bool,
    /// The header block of the message reported on.
    pub(crate) returned: Option<Vec<u8>>,
}

/// One stretch of the body: a message may interleave several with attachments.
enum Stretch {
    Plain(String),
    Html { html: String, text: Option<String> },
}

pub(crate) fn assemble(root: &Part<'_>, wanted: Wanted, problems: &mut Problems) -> Body {
    let mut walk = Walk {
        wanted,
        problems,
        body: Body::default(),
        stretches: Vec::new(),
        left: limits::TEXT,
    };
    walk.part(root);
    let Walk {
        mut body,
        stretches,
        ..
    } = walk;
    body.raw_html = join_html(&stretches);
    body.text = join_text(stretches);
    if body.text.len() > limits::TEXT {
        truncate(&mut body.text, limits::TEXT);
        problems.add(Problem::TextTooLong);
    }
    if body.protection == Protection::None {
        body.protection = inline_pgp(&body.text);
    }
    body
}

struct Walk<'p> {
    wanted: Wanted,
    problems: &'p mut Problems,
    body: Body,
    stretches: Vec<Stretch>,
    /// Bytes of text that may still come.
    left: usize,
}

impl Walk<'_> {
    fn part(&mut self, part: &Part<'_>) {
        self.note_protection(part);
        if !part.is_multipart() {
            return self.leaf(part);
        }
        match part.content_type.subtype.as_str() {
            "alternative" => self.alternative(part),
            _ => part.children.iter().for_each(|child| self.part(child)),
        }
    }

    /// The same content several times: the plain text is read, the HTML shown, everything else is looked
    /// through for calendar objects, pictures and attachments.
    fn alternative(&mut self, part: &Part<'_>) {
        let before = self.stretches.len();
        part.children.iter().for_each(|child| self.part(child));
        let mut plain: Option<String> = None;
        let mut rich: Option<String> = None;
        for stretch in self.stretches.drain(before..) {
            match stretch {
                Stretch::Plain(text) => {
                    plain.get_or_insert(text);
                }
                Stretch::Html { html, text } => {
                    rich.get_or_insert(html);
                    if let Some(text) = text {
                        plain.get_or_insert(text);
                    }
                }
            }
        }
        let plain = plain.filter(|text| !text.trim().is_empty());
        self.stretches.extend(match (plain, rich) {
            (text, Some(html)) => Some(Stretch::Html { html, text }),
            (Some(text), None) => Some(Stretch::Plain(text)),
            (None, None) => None,
        });
    }

    fn leaf(&mut self, part: &Part<'_>) {
        let kind = (
            part.content_type.kind.as_str(),
            part.content_type.subtype.as_str(),
        );
        match kind {
            ("text", "plain" | "html") if self.is_body(part) => {
                let text = self.decoded_text(part);
                self.stretches.push(match kind.1 {
                    "html" => Stretch::Html {
                        html: text,
                        text: None,
                    },
                    _ => Stretch::Plain(Self::unflowed(part, text)),
                });
            }
            ("text", "calendar") | ("application", "ics") => {
                let text = self.decoded_text(part);
                let method = part.content_type.parameter("method");
                match calendar::read(&text, method) {
                    Some(calendar) => self.body.calendar.push(calendar),
                    None => self.problems.add(Problem::UnreadableCalendar),
                }
                if part.file_name().is_some() || part.is_attached() {
                    self.attach(part);
                }
            }
            ("message", "delivery-status" | "global-delivery-status") => {
                let text = self.decoded_text(part);
                self.body.report.delivery_status.get_or_insert(text);
            }
            ("message", "disposition-notification" | "global-disposition-notification") => {
                self.body.report.disposition = true;
            }
            ("text", "rfc822-headers") | ("message", "rfc822" | "global" | "global-headers") => {
                if self.body.report.returned.is_none() {
                    let (bytes, _) = decode::transfer(part.body, part.encoding);
                    let header = bytes
                        .get(..bytes.len().min(limits::HEADER))
                        .unwrap_or_default();
                    self.body.report.returned = Some(header.to_vec());
                }
                self.attach(part);
            }
            _ => self.attach(part),
        }
    }

    /// Text is the body unless it is marked or named as an attachment. Some programs name the body too,
    /// so a name alone counts only when there is a body already.
    fn is_body(&self, part: &Part<'_>) -> bool {
        !part.is_attached() && (part.file_name().is_none() || self.stretches.is_empty())
    }

    fn decoded_text(&mut self, part: &Part<'_>) -> String {
        let (mut bytes, damaged) = decode::transfer(part.body, part.encoding);
        self.problems.add_if(damaged, Problem::DamagedEncoding);
        if bytes.len() > self.left {
            self.problems.add(Problem::TextTooLong);
            bytes = Cow::Owned(bytes.get(..self.left).unwrap_or_default().to_vec());
        }
        self.left -= bytes.len();
        let (text, unknown) = decode::text(bytes, part.content_type.parameter("charset"));
        self.problems.add_if(unknown, Problem::UnknownCharset);
        text
    }

    fn unflowed(part: &Part<'_>, text: String) -> String {
        let is = |name, value: &str| {
            part.content_type
                .parameter(name)
                .is_some_and(|it| it.eq_ignore_ascii_case(value))
        };
        if is("format", "flowed") {
            decode::flowed(&text, is("delsp", "yes"))
        } else {
            text
        }
    }

    fn attach(&mut self, part: &Part<'_>) {
        let (data, damaged) = decode::transfer(part.body, part.encoding);
        self.problems.add_if(damaged, Problem::DamagedEncoding);
        let attachment = attachment::describe(part, data, self.wanted.attachment_data);
        self.body.attachments.push(attachment);
    }

    fn note_protection(&mut self, part: &Part<'_>) {
        let content = &part.content_type;
        let parameter = |name| {
            content
                .parameter(name)
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let scheme = || {
            if parameter("protocol").contains("pgp") {
                Scheme::Pgp
            } else {
                Scheme::Smime
            }
        };
        let found = match (content.kind.as_str(), content.subtype.as_str()) {
            ("multipart", "signed") => Protection::Signed(scheme()),
            ("multipart", "encrypted") => Protection::Encrypted(scheme()),
            ("application", "pgp-encrypted") => Protection::Encrypted(Scheme::Pgp),
            ("application", "pkcs7-mime" | "x-pkcs7-mime") => {
                match parameter("smime-type").as_str() {
                    "signed-data" | "certs-only" => Protection::Signed(Scheme::Smime),
                    _ => Protection::Encrypted(Scheme::Smime),
                }
            }
            _ => return,
        };
        // The outermost layer is what the reader meets.
        if self.body.protection == Protection::None {
            self.body.protection = found;
        }
    }
}

fn inline_pgp(text: &str) -> Protection {
    let start = text.trim_start();
    if start.starts_with("-----BEGIN PGP MESSAGE-----") {
        Protection::Encrypted(Scheme::Pgp)
    } else if start.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
        Protection::Signed(Scheme::Pgp)
    } else {
        Protection::None
    }
}

fn join_text(stretches: Vec<Stretch>) -> String {
    let texts = stretches.into_iter().map(|stretch| match stretch {
        Stretch::Plain(text)
        | Stretch::Html {
            text: Some(text), ..
        } => text,
        Stretch::Html { html, text: None } => html::html_to_text(&html),
    });
    // One stretch, the usual case, is moved, not copied.
    texts
        .reduce(|all, next| append(all, "\n", &next))
        .unwrap_or_default()
}

fn append(mut all: String, between: &str, next: &str) -> String {
    if !next.trim().is_empty() {
        if !all.is_empty() && !all.ends_with('\n') {
            all.push('\n');
        }
        if !all.is_empty() {
            all.push_str(between);
        }
        all.push_str(next);
    }
    all
}

fn join_html(stretches: &[Stretch]) -> Option<String> {
    if !stretches
        .iter()
        .any(|stretch| matches!(stretch, Stretch::Html { .. }))
    {
        return None;
    }
    let mut joined = String::new();
    for stretch in stretches {
        match stretch {
            Stretch::Plain(text) => joined.push_str(&html::text_to_html(text)),
            Stretch::Html { html, .. } => joined.push_str(html),
        }
        joined.push('\n');
    }
    Some(joined)
}

pub(crate) fn truncate(text: &mut String, most: usize) {
    if let Some(end) = (0..=most.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
    {
        text.truncate(end);
    }
}
