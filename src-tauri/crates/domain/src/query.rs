//! The language of the search box.
//!
//! ```text
//! query    = group*                     all of them
//! group    = term ("OR" term)*          any of them
//! term     = ["-"] (operator | phrase | word)
//! operator = name ":" (word | phrase)
//! ```
//!
//! What someone types is never wrong, only understood to a degree: [`Query::parse`] always returns a
//! query, beside it the [`Problem`]s. An operator that is not known, or whose value means nothing, is
//! searched for as text. Printing a query and parsing it again gives the same query.
//!
//! Words are compared folded: lower case and without accents ([`fold`]), as the full-text index does.

mod date;
mod highlight;
mod parse;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use date::{Day, DayRange};
pub use highlight::{Highlighter, fold};

use crate::channel::Channel;
use crate::conversation::Acuity;

/// A parsed search: every group must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them must match.
    pub groups: Vec<Group>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}

/// Alternatives: one of them must match. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group(pub Vec<Term>);

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The condition must not hold.
    pub negated: bool,
    /// The condition.
    pub atom: Atom,
}

/// A condition on a message or its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Atom {
    /// A word anywhere; with `prefix`, any word that begins so.
    Word {
        /// As typed.
        text: String,
        /// Whether it may go on.
        prefix: bool,
    },
    /// These words next to each other.
    Phrase(String),
    /// `from:` the writer of an inbound message, by name or address.
    From(String),
    /// `to:` the receiver of a reply, by name or address.
    To(String),
    /// `tag:` by name.
    Tag(String),
    /// `in:` a pool or a saved view, by name.
    In(String),
    /// `is:` a state or mark of the conversation.
    Is(Is),
    /// `has:` something the conversation holds.
    Has(Has),
    /// `before:` written before that day begins.
    Before(Day),
    /// `after:` written on that day or later.
    After(Day),
    /// `channel:` of a network.
    Channel(ChannelMatch),
    /// `pool:` by name.
    Pool(String),
    /// `account:` by a part of its address.
    Account(String),
    /// `staff:` assigned to, by name.
    Staff(String),
    /// `acuity:` of at least this urgency… exactly this one.
    Acuity(Acuity),
}

/// What `is:` may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the words of the language")]
pub enum Is {
    Open,
    Waiting,
    Snoozed,
    Closed,
    Unread,
    Unassigned,
    Mine,
    Failed,
    Draft,
    Overdue,
    Flagged,
}

impl Is {
    /// Every value.
    pub const ALL: [Self; 11] = [
        Self::Open,
        Self::Waiting,
        Self::Snoozed,
        Self::Closed,
        Self::Unread,
        Self::Unassigned,
        Self::Mine,
        Self::Failed,
        Self::Draft,
        Self::Overdue,
        Self::Flagged,
    ];

    /// The word after `is:`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Snoozed => "snoozed",
            Self::Closed => "closed",
            Self::Unread => "unread",
            Self::Unassigned => "unassigned",
            Self::Mine => "mine",
            Self::Failed => "failed",
            Self::Draft => "draft",
            Self::Overdue => "overdue",
            Self::Flagged => "flagged",
        }
    }
}

/// What `has:` may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the words of the language")]
pub enum Has {
    Attachment,
    Note,
    Draft,
}

impl Has {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Attachment, Self::Note, Self::Draft];

    /// The word after `has:`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Note => "note",
            Self::Draft => "draft",
        }
    }
}

/// What `channel:` may name: one channel, or every channel of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelMatch {
    /// Exactly this channel.
    One(Channel),
    /// All whose word begins with this network name, such as `facebook`.
    Network(String),
}

impl ChannelMatch {
    /// The channels it names.
    pub fn channels(&self) -> Vec<Channel> {
        match self {
            Self::One(channel) => vec![*channel],
            Self::Network(network) => network_channels(network),
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        let word = fold(word);
        if let Some(channel) = Channel::from_word(&word) {
            return Some(Self::One(channel));
        }
        if word == "mail" {
            return Some(Self::One(Channel::Email));
        }
        (!network_channels(&word).is_empty()).then_some(Self::Network(word))
    }

    fn word(&self) -> &str {
        match self {
            Self::One(channel) => channel.word(),
            Self::Network(network) => network,
        }
    }
}

fn network_channels(network: &str) -> Vec<Channel> {
    if network.is_empty() {
        return Vec::new();
    }
    Channel::ALL
        .into_iter()
        .filter(|channel| {
            let word = channel.word();
            word.strip_prefix(network)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        })
        .collect()
}

/// Something in a search that was not understood, and was searched for as text or left out. It prints
/// as a sentence for staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// The operator exists, the value means nothing to it.
    #[error("“{operator}:” does not know this word; it was searched for as text.")]
    Value {
        /// The operator's name.
        operator: String,
    },
    /// An operator without a value.
    #[error("“{operator}:” needs a word right behind it.")]
    Empty {
        /// The operator's name.
        operator: String,
    },
    /// A quote that was never closed; it was taken to end with the search.
    #[error("A quotation mark was never closed.")]
    OpenQuote,
    /// An `OR` with nothing before or behind it.
    #[error("“OR” stands between two words.")]
    LoneOr,
    /// More than [`Query::MAX_TERMS`] conditions; the rest were left out.
    #[error("Only the first 64 conditions were used.")]
    TooLong,
}

impl Query {
    /// More conditions than this in one search are left out.
    pub const MAX_TERMS: usize = 64;

    /// Understands a search.
    pub fn parse(text: &str) -> Self {
        parse::parse(text)
    }

    /// Understands a search that is still being typed: the word at the very end may go on.
    pub fn parse_typing(text: &str) -> Self {
        let mut query = parse::parse(text);
        let ends_in_word = text.chars().next_back().is_some_and(char::is_alphanumeric);
        if ends_in_word
            && let Some(Atom::Word { prefix, .. }) = query
                .groups
                .last_mut()
                .and_then(|group| group.0.last_mut())
                .map(|term| &mut term.atom)
        {
            *prefix = true;
        }
        query
    }

    /// A search for one condition.
    pub fn of(atom: Atom) -> Self {
        Self::default().and(atom)
    }

    /// This search, narrowed by one more condition.
    pub fn and(mut self, atom: Atom) -> Self {
        self.groups.push(Group(vec![Term {
            negated: false,
            atom,
        }]));
        self
    }

    /// Whether nothing is asked: everything matches.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Every condition in order.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.groups.iter().flat_map(|group| group.0.iter())
    }

    /// Whether any condition reads text.
    pub fn reads_text(&self) -> bool {
        self.terms().any(|term| term.atom.reads_text())
    }

    /// Marks in a text what this search looked for.
    pub fn highlighter(&self) -> Highlighter {
        Highlighter::new(self)
    }
}

impl Atom {
    /// Whether the condition is about words, so that the full-text index answers it.
    pub const fn reads_text(&self) -> bool {
        matches!(
            self,
            Self::Word { .. } | Self::Phrase(_) | Self::From(_) | Self::To(_)
        )
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.groups.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{group}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" OR ")?;
            }
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("-")?;
        }
        match &self.atom {
            Atom::Word { text, prefix } => {
                f.write_str(text)?;
                f.write_str(if *prefix { "*" } else { "" })
            }
            Atom::Phrase(text) => write!(f, "\"{text}\""),
            Atom::From(value) => operator(f, "from", value),
            Atom::To(value) => operator(f, "to", value),
            Atom::Tag(value) => operator(f, "tag", value),
            Atom::In(value) => operator(f, "in", value),
            Atom::Is(value) => operator(f, "is", value.word()),
            Atom::Has(value) => operator(f, "has", value.word()),
            Atom::Before(day) => operator(f, "before", &day.to_string()),
            Atom::After(day) => operator(f, "after", &day.to_string()),
            Atom::Channel(channel) => operator(f, "channel", channel.word()),
            Atom::Pool(value) => operator(f, "pool", value),
            Atom::Account(value) => operator(f, "account", value),
            Atom::Staff(value) => operator(f, "staff", value),
            Atom::Acuity(value) => operator(f, "acuity", value.word()),
        }
    }
}

fn operator(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    if value.contains(char::is_whitespace) || value.is_empty() {
        write!(f, "{name}:\"{value}\"")
    } else {
        write!(f, "{name}:{value}")
    }
}

#[cfg(test)]
mod tests;
