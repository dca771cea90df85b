//! Conversations and what sorts them: state, acuity, pool, tags, views.

use serde::{Deserialize, Serialize};

use crate::ids::{PoolId, StaffId, TagId, ViewId};
use crate::time::Timestamp;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ConversationState {
    /// The practice's turn.
    Open,
    /// The contact's turn.
    Waiting,
    /// Put off until an instant, when it opens again.
    Snoozed {
        /// When it comes back.
        until: Timestamp,
    },
    /// Finished, until a new message arrives.
    Closed,
}

impl ConversationState {
    /// The stable word for storage, search and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Snoozed { .. } => "snoozed",
            Self::Closed => "closed",
        }
    }
}

/// Clinical urgency. The machine may raise it; only a nurse or doctor lowers it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Acuity {
    /// No clinical content.
    Administrative,
    /// Clinical; two working days.
    Routine,
    /// A clinician looks today.
    SameDay,
    /// Emergency services or emergency department now.
    Emergency,
}

impl Acuity {
    /// From least to most urgent.
    pub const ALL: [Self; 4] = [
        Self::Administrative,
        Self::Routine,
        Self::SameDay,
        Self::Emergency,
    ];

    /// The stable word for storage, search and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrative => "administrative",
            Self::Routine => "routine",
            Self::SameDay => "same_day",
            Self::Emergency => "emergency",
        }
    }

    /// The acuity behind a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acuity| acuity.word() == word)
    }
}

/// A mark of subject on conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Tag {
    /// Which.
    pub id: TagId,
    /// The word staff see; unique in the practice, compared without case.
    pub name: String,
    /// Its colour, from the palette that reads well in every theme.
    pub colour: TagColour,
}

/// The tag palette; a name, not a value, so that each theme can choose a readable shade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the colours")]
pub enum TagColour {
    #[default]
    Grey,
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Violet,
    Pink,
}

impl TagColour {
    /// The palette in order.
    pub const ALL: [Self; 9] = [
        Self::Grey,
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Violet,
        Self::Pink,
    ];

    /// The stable word for storage and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Pink => "pink",
        }
    }

    /// The colour behind a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.word() == word)
    }
}

/// A group that is responsible for conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Pool {
    /// Which.
    pub id: PoolId,
    /// The name staff see; unique in the practice, compared without case.
    pub name: String,
}

/// The pools that every practice starts with; the first receives what no rule routes.
pub const STARTING_POOLS: [&str; 4] = ["Front desk", "Nursing", "Clinical review", "Appointments"];

/// A saved filter of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct View {
    /// Which.
    pub id: ViewId,
    /// The name staff see.
    pub name: String,
    /// The filter in the language of the search box ([`crate::query`]).
    pub query: String,
    /// Only this staff member sees it; `None`: everybody does.
    pub only_for: Option<StaffId>,
}
