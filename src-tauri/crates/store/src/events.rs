//! The change feed: what changed, as ids and kinds, never as text. The screen asks again for what it
//! shows.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use uuid::Uuid;

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Conversations: state, marks, counts, messages, drafts. Ids are conversations.
    Conversations,
    /// New inbound messages. Ids are messages.
    Arrived,
    /// Replies on their way. Ids are messages.
    Outbox,
    /// Contacts. Ids are contacts.
    Contacts,
    /// Accounts: settings, health, progress. Ids are accounts.
    Accounts,
    /// The practice's name or its staff.
    Staff,
    /// Tags.
    Tags,
    /// Pools.
    Pools,
    /// Views.
    Views,
    /// Canned responses.
    Canned,
    /// Settings.
    Settings,
    /// Counts of views and pools.
    Counts,
}

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Event {
    /// What kind of thing.
    pub kind: EventKind,
    /// Which ones; empty when there are too many to name, or when the kind has none.
    #[ts(type = "string[]")]
    pub ids: Vec<Uuid>,
}

/// More ids than this in one event are not named.
const MOST_IDS: usize = 200;

/// Collects the events of one transaction; they are told after it was committed.
#[derive(Debug, Default)]
pub(crate) struct Events(BTreeMap<EventKind, Vec<Uuid>>);

impl Events {
    pub(crate) fn add(&mut self, kind: EventKind, id: Uuid) {
        let ids = self.0.entry(kind).or_default();
        // One more than the limit tells "too many"; the rest is not kept.
        if ids.len() <= MOST_IDS && !ids.contains(&id) {
            ids.push(id);
        }
    }

    pub(crate) fn add_kind(&mut self, kind: EventKind) {
        self.0.entry(kind).or_default();
    }

    pub(crate) fn finish(self) -> Vec<Event> {
        self.0
            .into_iter()
            .map(|(kind, ids)| Event {
                kind,
                ids: if ids.len() > MOST_IDS { Vec::new() } else { ids },
            })
            .collect()
    }
}

/// Everybody who listens.
#[derive(Default)]
pub(crate) struct Feed(Mutex<Vec<Sender<Event>>>);

impl Feed {
    pub(crate) fn subscribe(&self) -> Receiver<Event> {
        let (sender, receiver) = channel();
        self.lock().push(sender);
        receiver
    }

    pub(crate) fn tell(&self, events: &[Event]) {
        self.lock().retain(|listener| {
            events
                .iter()
                .all(|event| listener.send(event.clone()).is_ok())
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Sender<Event>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
