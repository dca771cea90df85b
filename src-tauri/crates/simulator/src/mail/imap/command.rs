//! IMAP commands: from bytes (literals included) to values.

mod cursor;
mod parse;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::fetch::Item;
use super::search::Key;

/// The client's syntax is wrong; the text goes into `BAD`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad(pub(super) &'static str);

/// A set of numbers; `None` is `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(Vec<(Option<u32>, Option<u32>)>);

impl Set {
    /// Whether the set holds `number` when `last` is what `*` stands for. As on every server,
    /// `813:*` holds the last message even when its number is below 813.
    pub(super) fn contains(&self, number: u32, last: u32) -> bool {
        self.0.iter().any(|(from, to)| {
            let (from, to) = (from.unwrap_or(last), to.unwrap_or(last));
            (from.min(to)..=from.max(to)).contains(&number)
        })
    }
}

/// Numbers as a set: `1:3,7`.
pub(super) fn compress(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, to)) if *to + 1 == *number => *to = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let ranges: Vec<String> = ranges
        .into_iter()
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("{from}:{to}")
            }
        })
        .collect();
    ranges.join(",")
}

/// What STORE does with the flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlagChange {
    Replace,
    Add,
    Remove,
}

/// What the client last knew, in SELECT (QRESYNC …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resync {
    pub(super) validity: u32,
    pub(super) modseq: u64,
    pub(super) known: Option<Set>,
}

#[derive(Debug)]
pub(super) enum Command {
    Capability,
    Noop,
    Logout,
    Id,
    Login {
        user: Vec<u8>,
        password: Vec<u8>,
    },
    Authenticate {
        mechanism: String,
        initial: Option<Vec<u8>>,
    },
    Enable(Vec<String>),
    Select {
        name: String,
        read_only: bool,
        condstore: bool,
        resync: Option<Resync>,
    },
    Create(String),
    Delete(String),
    Subscribe {
        name: String,
        on: bool,
    },
    List {
        subscribed: bool,
        special_only: bool,
        reference: String,
        patterns: Vec<String>,
        roles: bool,
    },
    Namespace,
    Status {
        name: String,
        items: Vec<String>,
    },
    Append {
        name: String,
        flags: BTreeSet<String>,
        received: Option<DateTime<Utc>>,
        raw: Vec<u8>,
    },
    Close {
        expunge: bool,
    },
    Expunge(Option<Set>),
    Search {
        uid: bool,
        esearch: Option<Vec<String>>,
        key: Key,
    },
    Fetch {
        uid: bool,
        set: Set,
        items: Vec<Item>,
        changed_since: Option<u64>,
        vanished: bool,
    },
    Store {
        uid: bool,
        set: Set,
        how: FlagChange,
        silent: bool,
        flags: BTreeSet<String>,
        unchanged_since: Option<u64>,
    },
    Copy {
        uid: bool,
        set: Set,
        to: String,
        remove: bool,
    },
    Idle,
}

impl Command {
    /// The name that faults know the command by.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Capability => "CAPABILITY",
            Self::Noop => "NOOP",
            Self::Logout => "LOGOUT",
            Self::Id => "ID",
            Self::Login { .. } => "LOGIN",
            Self::Authenticate { .. } => "AUTHENTICATE",
            Self::Enable(_) => "ENABLE",
            Self::Select {
                read_only: false, ..
            } => "SELECT",
            Self::Select { .. } => "EXAMINE",
            Self::Create(_) => "CREATE",
            Self::Delete(_) => "DELETE",
            Self::Subscribe { .. } => "SUBSCRIBE",
            Self::List { .. } => "LIST",
            Self::Namespace => "NAMESPACE",
            Self::Status { .. } => "STATUS",
            Self::Append { .. } => "APPEND",
            Self::Close { .. } => "CLOSE",
            Self::Expunge(_) => "EXPUNGE",
            Self::Search { .. } => "SEARCH",
            Self::Fetch { .. } => "FETCH",
            Self::Store { .. } => "STORE",
            Self::Copy { remove: false, .. } => "COPY",
            Self::Copy { .. } => "MOVE",
            Self::Idle => "IDLE",
        }
    }

    /// Reads a whole command line: its tag, and the command or what is wrong with it.
    pub(super) fn parse(line: &[u8]) -> (String, Result<Self, Bad>) {
        parse::line(line)
    }
}
