//! Which conversation an inbound item belongs to.
//!
//! A pure decision over what the store found. Order, after `email.md` §3: the network's own thread
//! id; the nearest known id among those it answers; the subject, but only with the same contact and
//! within fourteen days. Two contacts are never joined by a subject. An answer to a conversation that
//! was finished long ago opens a new one, linked to the old.

use crate::ids::{ContactId, ConversationId};
use crate::time::Timestamp;

/// A subject joins only what was written within fourteen days.
pub const SUBJECT_DAYS: i64 = 14;
/// An answer to what was closed more than ninety days ago opens a new conversation.
pub const LONG_CLOSED_DAYS: i64 = 90;

const DAY_MS: i64 = 86_400_000;

/// How an existing conversation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// The network's own thread id is the same.
    Native,
    /// It answers a message of that conversation; `distance` 0 is the message answered directly.
    Answers {
        /// Position among the ids it answers, nearest first.
        distance: u32,
    },
    /// The subject is the same.
    Subject,
}

/// A conversation that the item might belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub conversation: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// How it was found.
    pub tie: Tie,
    /// The instant of its newest message.
    pub last_message_at: Timestamp,
    /// Whether it is closed.
    pub closed: bool,
}

/// Where an item goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Into an existing conversation.
    Join(ConversationId),
    /// Into a new one, linked to an older one if that is known.
    Open {
        /// The conversation that it continues after a long time, or that another contact holds.
        continues: Option<ConversationId>,
    },
}

/// Decides where an item by `contact`, sent at `sent_at`, belongs.
pub fn place(contact: ContactId, sent_at: Timestamp, candidates: &[Candidate]) -> Placement {
    let best = candidates
        .iter()
        .filter(|candidate| match candidate.tie {
            Tie::Native | Tie::Answers { .. } => true,
            Tie::Subject => {
                candidate.contact == contact
                    && days_between(candidate.last_message_at, sent_at) <= SUBJECT_DAYS
            }
        })
        .min_by_key(|candidate| {
            // The nearest tie wins; among equals the contact's own, then the newest, then the id, so
            // that the decision does not depend on the order of the candidates.
            (
                candidate.tie,
                candidate.contact != contact,
                std::cmp::Reverse(candidate.last_message_at),
                candidate.conversation,
            )
        });
    match best {
        None => Placement::Open { continues: None },
        // A relative who answers a forwarded mail must not read into someone else's conversation.
        Some(found) if found.contact != contact => Placement::Open {
            continues: Some(found.conversation),
        },
        Some(found) if long_closed(found, sent_at) => Placement::Open {
            continues: Some(found.conversation),
        },
        Some(found) => Placement::Join(found.conversation),
    }
}

fn long_closed(candidate: &Candidate, sent_at: Timestamp) -> bool {
    candidate.closed
        && sent_at > candidate.last_message_at
        && days_between(candidate.last_message_at, sent_at) > LONG_CLOSED_DAYS
}

fn days_between(a: Timestamp, b: Timestamp) -> i64 {
    a.millis()
        .abs_diff(b.millis())
        .try_into()
        .unwrap_or(i64::MAX)
        / DAY_MS
}
