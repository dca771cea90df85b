//! SEARCH: the keys and what they match.

use chrono::NaiveDate;
use mail_parser::MessageParser;

use super::command::Set;
use crate::mail::mailbox::Stored;
use crate::mail::structure::{fields, split, value_of};

#[derive(Debug)]
pub(super) enum Key {
    And(Vec<Key>),
    Or(Box<Key>, Box<Key>),
    Not(Box<Key>),
    Sequence(Set),
    Uid(Set),
    /// A flag is set, or is not.
    Flag(String, bool),
    Header(String, String),
    Body(String),
    Text(String),
    Since(NaiveDate),
    Before(NaiveDate),
    On(NaiveDate),
    SentSince(NaiveDate),
    SentBefore(NaiveDate),
    SentOn(NaiveDate),
    Larger(usize),
    Smaller(usize),
    ModSeq(u64),
}

/// The largest sequence number and UID: what `*` means.
#[derive(Clone, Copy)]
pub(super) struct Last {
    pub(super) sequence: u32,
    pub(super) uid: u32,
}

impl Key {
    pub(super) fn matches(&self, sequence: u32, message: &Stored, last: Last) -> bool {
        let received = message.received.date_naive();
        match self {
            Self::And(keys) => keys.iter().all(|key| key.matches(sequence, message, last)),
            Self::Or(one, other) => {
                one.matches(sequence, message, last) || other.matches(sequence, message, last)
            }
            Self::Not(key) => !key.matches(sequence, message, last),
            Self::Sequence(set) => set.contains(sequence, last.sequence),
            Self::Uid(set) => set.contains(message.uid, last.uid),
            Self::Flag(flag, on) => {
                message
                    .flags
                    .iter()
                    .any(|found| found.eq_ignore_ascii_case(flag))
                    == *on
            }
            Self::Header(name, wanted) => header_holds(message, name, wanted),
            Self::Body(wanted) => body_holds(message, wanted),
            Self::Text(wanted) => {
                body_holds(message, wanted)
                    || holds(&String::from_utf8_lossy(split(&message.raw).0), wanted)
            }
            Self::Since(date) => received >= *date,
            Self::Before(date) => received < *date,
            Self::On(date) => received == *date,
            Self::SentSince(date) => sent(message).is_some_and(|sent| sent >= *date),
            Self::SentBefore(date) => sent(message).is_some_and(|sent| sent < *date),
            Self::SentOn(date) => sent(message) == Some(*date),
            Self::Larger(size) => message.raw.len() > *size,
            Self::Smaller(size) => message.raw.len() < *size,
            Self::ModSeq(modseq) => message.modseq >= *modseq,
        }
    }

    /// Whether the key asks about modification sequences, which turns CONDSTORE on.
    pub(super) fn asks_modseq(&self) -> bool {
        match self {
            Self::ModSeq(_) => true,
            Self::And(keys) => keys.iter().any(Self::asks_modseq),
            Self::Or(one, other) => one.asks_modseq() || other.asks_modseq(),
            Self::Not(key) => key.asks_modseq(),
            _ => false,
        }
    }
}

fn holds(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(&wanted.to_lowercase())
}

/// The field exists and its value, as written or decoded, contains the text.
fn header_holds(message: &Stored, name: &str, wanted: &str) -> bool {
    let (headers, _) = split(&message.raw);
    let mut named = fields(headers)
        .into_iter()
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .peekable();
    if named.peek().is_none() {
        return false;
    }
    if named.any(|(_, field)| holds(&String::from_utf8_lossy(&value_of(field)), wanted)) {
        return true;
    }
    let Some(parsed) = MessageParser::new().parse(&*message.raw) else {
        return false;
    };
    let list = |addresses: Option<&mail_parser::Address<'_>>| {
        addresses.is_some_and(|addresses| {
            addresses
                .iter()
                .any(|address| address.name().is_some_and(|name| holds(name, wanted)))
        })
    };
    match name.to_ascii_uppercase().as_str() {
        "SUBJECT" => parsed
            .subject()
            .is_some_and(|subject| holds(subject, wanted)),
        "FROM" => list(parsed.from()),
        "TO" => list(parsed.to()),
        "CC" => list(parsed.cc()),
        _ => false,
    }
}

fn body_holds(message: &Stored, wanted: &str) -> bool {
    MessageParser::new()
        .parse(&*message.raw)
        .is_some_and(|parsed| {
            parsed
                .text_bodies()
                .filter_map(|part| part.text_contents())
                .any(|text| holds(text, wanted))
        })
}

/// The day in the Date field, in its own zone.
fn sent(message: &Stored) -> Option<NaiveDate> {
    let parsed = MessageParser::new().parse_headers(&*message.raw)?;
    let date = parsed.date()?;
    NaiveDate::from_ymd_opt(
        i32::from(date.year),
        u32::from(date.month),
        u32::from(date.day),
    )
}
