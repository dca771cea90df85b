//! The values a message becomes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Attachment, Automatic, Bounce, CalendarPart, CleanHtml, Quoted};

/// What [`crate::parse()`] found: the mail, as far as it could be read, and what was wrong with it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The mail.
    pub mail: Mail,
    /// What could not be read as it stands, each kind once, in the order of discovery.
    pub problems: Vec<Problem>,
}

/// One e-mail message (RFC 5322, MIME decoded).
///
/// `Debug` prints sizes and counts only: subject, text, names and addresses are a patient's.
#[derive(Clone, Default)]
pub struct Mail {
    /// What the message is called by those who answer it.
    pub message_id: MessageIdHeader,
    /// Identifiers of the messages it answers, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// Identifiers of the exchange so far, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// The author. The address may be empty when only a name was given.
    pub from: Option<Address>,
    /// Who sent it for the author.
    pub sender: Option<Address>,
    /// Where answers should go instead of `from`.
    pub reply_to: Vec<Address>,
    /// First recipients.
    pub to: Vec<Address>,
    /// Further recipients.
    pub cc: Vec<Address>,
    /// The `Date` field in Unix milliseconds, as the sender's clock had it: it may lie in 1904 or 2099.
    /// Whoever sorts by it compares it with the time of receipt.
    pub date: Option<i64>,
    /// The subject, decoded, on one line.
    pub subject: String,
    /// The best plain text: `text/plain` (format=flowed joined), or else made from the HTML. Lines end in
    /// `\n`; the whole text, quotes and signature included.
    pub text: String,
    /// Which bytes of `text` are earlier mail or a signature; ordered, apart, on character boundaries.
    pub quoted: Vec<Quoted>,
    /// Whether the message has an HTML body (also when `html` was not asked for or could not be cleaned).
    pub has_html: bool,
    /// The HTML body, safe to show.
    pub html: Option<CleanHtml>,
    /// Attachments, inline pictures included, in the order of the message.
    pub attachments: Vec<Attachment>,
    /// Calendar objects (invitations, answers to them, cancellations).
    pub calendar: Vec<CalendarPart>,
    /// Set when a machine wrote this: it is never answered automatically.
    pub automatic: Option<Automatic>,
    /// Set when this reports what became of a message we sent.
    pub bounce: Option<Bounce>,
    /// Whether it is signed or encrypted.
    pub protection: Protection,
    /// The mailing list it came through, without angle brackets.
    pub list_id: Option<String>,
    /// Languages the message says it is written in (`Content-Language`), or else those its author reads
    /// (`Accept-Language`); lower-case tags, best first.
    pub languages: Vec<String>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("text_bytes", &self.text.len())
            .field("has_html", &self.has_html)
            .field("attachments", &self.attachments.len())
            .field("calendar", &self.calendar.len())
            .field("automatic", &self.automatic)
            .field("protection", &self.protection)
            .finish_non_exhaustive()
    }
}

/// The message's own identifier.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct MessageIdHeader {
    /// Without angle brackets.
    pub value: String,
    /// The message carried none: `value` is made from date, author, subject and size, so that the same
    /// bytes get the same identifier every time.
    pub synthesised: bool,
}

impl fmt::Debug for MessageIdHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageIdHeader(synthesised: {})", self.synthesised)
    }
}

/// A name and an e-mail address. Either may be empty, never both.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The display name, free of control and direction characters.
    pub name: String,
    /// The address as written, unverified.
    pub email: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// What was wrong with a message. None of these holds any of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// This is not a mail message; `text` holds what could be rescued.
    Unreadable,
    /// A header block is longer than [`crate::limits::HEADER`]; fields beyond it were not read.
    HeaderTooLarge,
    /// A line of the header is no field.
    DamagedHeader,
    /// A field that may stand once stands several times (two authors, two subjects …); the first counts.
    RepeatedField,
    /// No usable `Message-ID`.
    MissingMessageId,
    /// No usable `From`.
    MissingFrom,
    /// The `Date` field is missing or no date.
    UnreadableDate,
    /// More parts than [`crate::limits::PARTS`]; the rest was not read.
    TooManyParts,
    /// Nested deeper than [`crate::limits::DEPTH`]; what lies deeper was not read.
    TooDeep,
    /// A multipart without a boundary, or whose boundary never occurs; read as text.
    MissingBoundary,
    /// The message ends before its last part does.
    Truncated,
    /// A part's transfer encoding is broken; what could be decoded was kept.
    DamagedEncoding,
    /// A charset nobody knows; read as UTF-8 or Windows-1252.
    UnknownCharset,
    /// More text than [`crate::limits::TEXT`]; the rest was left out.
    TextTooLong,
    /// The HTML is too large or too deep to be cleaned; the text is shown instead.
    UncleanableHtml,
    /// A calendar part is no calendar.
    UnreadableCalendar,
}

/// How a message is protected between sender and reader. Nothing is verified or decrypted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "scheme")]
pub enum Protection {
    /// Not at all.
    #[default]
    None,
    /// Signed; the signature is unverified.
    Signed(Scheme),
    /// Encrypted; the text is not readable here.
    Encrypted(Scheme),
}

/// The two families of mail protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// S/MIME, RFC 8551.
    Smime,
    /// OpenPGP, RFC 3156 or inline.
    Pgp,
}

/// Problems, each kind once.
#[derive(Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    pub(crate) fn add_if(&mut self, condition: bool, problem: Problem) {
        if condition {
            self.add(problem);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}
