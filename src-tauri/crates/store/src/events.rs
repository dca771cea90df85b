//! The change feed: what changed, as ids and kinds, never as text. The screen asks again for what it
//! shows.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

pub(crate) use domain::views::Event;
use domain::{AccountId, ContactId, ConversationId};
use uuid::Uuid;

/// More ids than this in one event are not named: empty means many.
const MOST_IDS: usize = 200;

/// Collects the events of one transaction; they are told after it was committed.
#[derive(Debug, Default)]
pub(crate) struct Events {
    conversations: BTreeSet<Uuid>,
    arrived: BTreeSet<Uuid>,
    contacts: BTreeSet<Uuid>,
    accounts: BTreeSet<Uuid>,
    vocabulary: bool,
}

impl Events {
    pub(crate) fn conversation(&mut self, id: Uuid) {
        add(&mut self.conversations, id);
    }

    /// Something new from a contact, in that conversation.
    pub(crate) fn arrived(&mut self, conversation: Uuid) {
        add(&mut self.arrived, conversation);
    }

    pub(crate) fn contact(&mut self, id: Uuid) {
        add(&mut self.contacts, id);
    }

    pub(crate) fn account(&mut self, id: Uuid) {
        self.accounts.insert(id);
    }

    pub(crate) fn vocabulary(&mut self) {
        self.vocabulary = true;
    }

    pub(crate) fn finish(self) -> Vec<Event> {
        let mut events = Vec::new();
        if !self.conversations.is_empty() {
            events.push(Event::Conversations {
                ids: named(self.conversations, ConversationId::from_uuid),
            });
        }
        if !self.arrived.is_empty() {
            events.push(Event::Arrived {
                ids: named(self.arrived, ConversationId::from_uuid),
            });
        }
        if !self.contacts.is_empty() {
            events.push(Event::Contacts {
                ids: named(self.contacts, ContactId::from_uuid),
            });
        }
        if self.vocabulary {
            events.push(Event::Vocabulary);
        }
        events.extend(self.accounts.into_iter().map(|id| Event::Account {
            id: AccountId::from_uuid(id),
        }));
        events
    }
}

/// Keeps one more than the limit, which tells "too many".
fn add(ids: &mut BTreeSet<Uuid>, id: Uuid) {
    if ids.len() <= MOST_IDS {
        ids.insert(id);
    }
}

fn named<T>(ids: BTreeSet<Uuid>, id: impl Fn(Uuid) -> T) -> Vec<T> {
    if ids.len() > MOST_IDS {
        return Vec::new();
    }
    ids.into_iter().map(id).collect()
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

    /// Ends every subscription.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Sender<Event>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
