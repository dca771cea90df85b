//! Many changes in a short time, told in few words.
//!
//! A first synchronisation announces thousands of conversations a second. The screen asks again for
//! what it shows whenever it hears of a change, so the feed is gathered and told at most ten times a
//! second, each thing once.

use std::collections::BTreeMap;
use std::time::Duration;

use desk::views::{ContactId, ConversationId, Event};

/// The time between two tellings.
pub const PAUSE: Duration = Duration::from_millis(100);

/// Past this many ids, "many changed" is told instead: the screen asks for everything again anyway.
const MANY: usize = 200;

/// What changed since the last telling.
#[derive(Debug, Default)]
pub struct Burst {
    conversations: Ids<ConversationId>,
    arrived: Ids<ConversationId>,
    contacts: Ids<ContactId>,
    vocabulary: bool,
    practice: bool,
    accounts: Vec<Event>,
    work: BTreeMap<String, Event>,
}

/// Ids in the order in which they came, each once.
#[derive(Debug)]
struct Ids<T> {
    listed: Vec<T>,
    any: bool,
    many: bool,
}

impl<T> Default for Ids<T> {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            any: false,
            many: false,
        }
    }
}

impl<T: PartialEq> Ids<T> {
    fn add(&mut self, ids: Vec<T>) {
        self.any = true;
        self.many |= ids.is_empty();
        for id in ids {
            if self.many || self.listed.len() >= MANY {
                self.many = true;
                break;
            }
            if !self.listed.contains(&id) {
                self.listed.push(id);
            }
        }
    }

    /// The ids, none for "many"; nothing at all if nothing was added.
    fn told(self) -> Option<Vec<T>> {
        self.any
            .then(|| if self.many { Vec::new() } else { self.listed })
    }
}

impl Burst {
    /// Everything may have changed: the feed was faster than its listener.
    pub fn everything() -> Self {
        let mut burst = Self::default();
        burst.add(Event::Conversations { ids: Vec::new() });
        burst.add(Event::Contacts { ids: Vec::new() });
        burst.add(Event::Vocabulary);
        burst.add(Event::Practice);
        burst
    }

    /// Takes a change in.
    pub fn add(&mut self, event: Event) {
        match event {
            Event::Conversations { ids } => self.conversations.add(ids),
            Event::Arrived { ids } => self.arrived.add(ids),
            Event::Contacts { ids } => self.contacts.add(ids),
            Event::Vocabulary => self.vocabulary = true,
            Event::Practice => self.practice = true,
            Event::Account { .. } => {
                if !self.accounts.contains(&event) {
                    self.accounts.push(event);
                }
            }
            // Only how far it is now is worth telling.
            Event::Work { ref what, .. } => {
                self.work.insert(what.clone(), event);
            }
        }
    }

    /// What to tell, the wider changes first.
    pub fn told(self) -> Vec<Event> {
        let mut events = Vec::new();
        events.extend(self.practice.then_some(Event::Practice));
        events.extend(self.vocabulary.then_some(Event::Vocabulary));
        events.extend(
            self.conversations
                .told()
                .map(|ids| Event::Conversations { ids }),
        );
        events.extend(self.arrived.told().map(|ids| Event::Arrived { ids }));
        events.extend(self.contacts.told().map(|ids| Event::Contacts { ids }));
        events.extend(self.accounts);
        events.extend(self.work.into_values());
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::views::Timestamp;

    fn id(at: i64) -> ConversationId {
        ConversationId::new(Timestamp::from_millis(at))
    }

    #[test]
    fn nothing_is_told_of_nothing() {
        assert_eq!(Burst::default().told(), []);
    }

    #[test]
    fn each_thing_is_told_once_and_in_order() {
        let (first, second) = (id(1), id(2));
        let mut burst = Burst::default();
        burst.add(Event::Conversations { ids: vec![first] });
        burst.add(Event::Vocabulary);
        burst.add(Event::Conversations {
            ids: vec![first, second],
        });
        burst.add(Event::Arrived { ids: vec![second] });
        burst.add(Event::Vocabulary);
        assert_eq!(
            burst.told(),
            [
                Event::Vocabulary,
                Event::Conversations {
                    ids: vec![first, second]
                },
                Event::Arrived { ids: vec![second] },
            ]
        );
    }

    #[test]
    fn very_many_are_told_as_many() {
        let mut burst = Burst::default();
        for at in 0..10_000 {
            burst.add(Event::Conversations { ids: vec![id(at)] });
        }
        assert_eq!(burst.told(), [Event::Conversations { ids: Vec::new() }]);
    }

    #[test]
    fn many_stays_many() {
        let mut burst = Burst::everything();
        burst.add(Event::Conversations { ids: vec![id(1)] });
        assert!(
            burst
                .told()
                .contains(&Event::Conversations { ids: Vec::new() })
        );
    }

    #[test]
    fn of_long_work_only_the_last_is_told() {
        let import = |done: u64| -> Event {
            let progress = serde_json::json!({ "done": done, "total": 50 });
            serde_json::from_value(
                serde_json::json!({ "kind": "work", "what": "import", "progress": progress }),
            )
            .unwrap()
        };
        let mut burst = Burst::default();
        for done in 0..50 {
            burst.add(import(done));
        }
        assert_eq!(burst.told(), [import(49)]);
    }
}
