//! One folder on the server: messages with UIDs, flags and modification sequences.
//!
//! Pure. Every change takes the next modification sequence (RFC 7162), and what is expunged leaves
//! its UID behind so that QRESYNC clients can be told.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Identity of a message within one UIDVALIDITY of one folder.
pub type Uid = u32;

/// A message as the server holds it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its UID.
    pub uid: Uid,
    /// The modification sequence of its last change.
    pub modseq: u64,
    /// System flags in their usual spelling (`\Seen`) and keywords.
    pub flags: BTreeSet<String>,
    /// INTERNALDATE.
    pub received: DateTime<Utc>,
    /// The bytes as they arrived.
    pub raw: Arc<[u8]>,
}

/// A folder. Clones are cheap snapshots: message bytes are shared.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// The name on the wire (modified UTF-7).
    pub name: String,
    /// Its special use, as `\Sent`.
    pub role: Option<&'static str>,
    /// Whether LSUB lists it.
    pub subscribed: bool,
    /// Changes when the UIDs mean something else.
    pub uid_validity: u32,
    /// The UID that the next message gets.
    pub uid_next: Uid,
    /// The newest modification sequence.
    pub highest_modseq: u64,
    /// The messages by growing UID.
    pub messages: Vec<Stored>,
    /// What was expunged, and at which modification sequence.
    pub vanished: Vec<(Uid, u64)>,
}

impl Mailbox {
    pub(crate) fn new(name: &str, role: Option<&'static str>, uid_validity: u32) -> Self {
        Self {
            name: name.to_owned(),
            role,
            subscribed: true,
            uid_validity,
            uid_next: 1,
            highest_modseq: 1,
            messages: Vec::new(),
            vanished: Vec::new(),
        }
    }

    /// The message with this UID.
    pub fn find(&self, uid: Uid) -> Option<&Stored> {
        let at = self
            .messages
            .binary_search_by_key(&uid, |message| message.uid)
            .ok()?;
        self.messages.get(at)
    }

    /// The largest UID in use; 0 when empty.
    pub fn last_uid(&self) -> Uid {
        self.messages.last().map_or(0, |message| message.uid)
    }

    /// How many messages are unread.
    pub fn unseen(&self) -> usize {
        self.messages
            .iter()
            .filter(|message| !message.flags.contains("\\Seen"))
            .count()
    }

    pub(crate) fn append(
        &mut self,
        raw: Arc<[u8]>,
        flags: BTreeSet<String>,
        received: DateTime<Utc>,
    ) -> Uid {
        let uid = self.uid_next;
        self.uid_next += 1;
        self.highest_modseq += 1;
        self.messages.push(Stored {
            uid,
            modseq: self.highest_modseq,
            flags,
            received,
            raw,
        });
        uid
    }

    /// Lets `change` edit the flags; the message gets a new modification sequence only if they differ.
    pub(crate) fn edit_flags(&mut self, uid: Uid, change: impl FnOnce(&mut BTreeSet<String>)) {
        let Ok(at) = self
            .messages
            .binary_search_by_key(&uid, |message| message.uid)
        else {
            return;
        };
        let Some(message) = self.messages.get_mut(at) else {
            return;
        };
        let before = message.flags.clone();
        change(&mut message.flags);
        if message.flags != before {
            self.highest_modseq += 1;
            message.modseq = self.highest_modseq;
        }
    }

    /// Removes these messages; returns those that were there.
    pub(crate) fn expunge(&mut self, uids: &BTreeSet<Uid>) -> Vec<Uid> {
        let gone: Vec<Uid> = self
            .messages
            .iter()
            .map(|message| message.uid)
            .filter(|uid| uids.contains(uid))
            .collect();
        if gone.is_empty() {
            return gone;
        }
        self.highest_modseq += 1;
        let modseq = self.highest_modseq;
        self.messages.retain(|message| !uids.contains(&message.uid));
        self.vanished.extend(gone.iter().map(|uid| (*uid, modseq)));
        gone
    }

    /// As after a rebuild of the server: another UIDVALIDITY, the same messages with new UIDs.
    pub(crate) fn renumber(&mut self) {
        self.uid_validity += 1;
        self.vanished.clear();
        for (message, uid) in self.messages.iter_mut().zip(1..) {
            message.uid = uid;
        }
        self.uid_next = self.last_uid() + 1;
    }

    /// As after a restore from an old backup: the newest UIDs are gone and will be given out again,
    /// under the same UIDVALIDITY. No well-behaved server does this; some do.
    pub(crate) fn rewind(&mut self, by: u32) {
        self.uid_next = self.uid_next.saturating_sub(by).max(1);
        let next = self.uid_next;
        self.messages.retain(|message| message.uid < next);
        self.vanished.retain(|(uid, _)| *uid < next);
        self.highest_modseq = self
            .messages
            .iter()
            .map(|message| message.modseq)
            .max()
            .unwrap_or(1);
    }
}

/// System flags in their usual spelling, keywords as they are.
pub(crate) fn canonical_flag(flag: &str) -> String {
    ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(flag))
        .unwrap_or(flag)
        .to_owned()
}
