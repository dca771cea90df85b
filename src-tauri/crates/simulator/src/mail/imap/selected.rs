//! A session's picture of its selected folder, and how it is brought up to date.
//!
//! Sequence numbers are positions in this picture; they change only when the client has been told
//! (RFC 3501 section 7.4.1), so other sessions' expunges wait until the protocol allows the news.

use std::collections::BTreeSet;

use super::command::{Resync, Set, compress};
use super::search::Last;
use crate::mail::mailbox::{Mailbox, Uid};

pub(super) struct Selected {
    pub(super) name: String,
    pub(super) read_only: bool,
    pub(super) validity: u32,
    /// UIDs by sequence number.
    pub(super) view: Vec<Uid>,
    /// Changes up to here have been told.
    pub(super) told: u64,
}

/// How much the client wants to hear.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// FETCH news carry MODSEQ.
    pub(super) condstore: bool,
    /// Expunges come as VANISHED.
    pub(super) qresync: bool,
}

impl Selected {
    pub(super) fn open(mailbox: &Mailbox, read_only: bool) -> Self {
        Self {
            name: mailbox.name.clone(),
            read_only,
            validity: mailbox.uid_validity,
            view: mailbox.messages.iter().map(|message| message.uid).collect(),
            told: mailbox.highest_modseq,
        }
    }

    pub(super) fn last(&self) -> Last {
        Last {
            sequence: self.view.len() as u32,
            uid: self.view.last().copied().unwrap_or(0),
        }
    }

    /// (sequence number, UID) of the messages in a set of UIDs or sequence numbers.
    pub(super) fn pick(&self, set: &Set, by_uid: bool) -> Vec<(u32, Uid)> {
        let last = self.last();
        (1..)
            .zip(self.view.iter().copied())
            .filter(|(sequence, uid)| {
                if by_uid {
                    set.contains(*uid, last.uid)
                } else {
                    set.contains(*sequence, last.sequence)
                }
            })
            .collect()
    }

    /// Tells what has changed since the last news. Without `expunges` (during FETCH, STORE and SEARCH by
    /// sequence number) numbers stay as they are.
    pub(super) fn news(
        &mut self,
        out: &mut Vec<u8>,
        mailbox: &Mailbox,
        manner: Manner,
        expunges: bool,
    ) {
        if expunges {
            let gone: BTreeSet<Uid> = self
                .view
                .iter()
                .copied()
                .filter(|uid| mailbox.find(*uid).is_none())
                .collect();
            self.forget(out, &gone, manner);
        }
        let known = self.view.last().copied().unwrap_or(0);
        let before = self.view.len();
        self.view.extend(
            mailbox
                .messages
                .iter()
                .map(|message| message.uid)
                .filter(|uid| *uid > known),
        );
        if self.view.len() > before {
            say(out, &format!("* {} EXISTS", self.view.len()));
            say(out, "* 0 RECENT");
        }
        if mailbox.highest_modseq > self.told {
            for (sequence, uid) in (1_u32..).zip(&self.view) {
                if *uid > known {
                    break;
                }
                if let Some(message) = mailbox
                    .find(*uid)
                    .filter(|message| message.modseq > self.told)
                {
                    say(
                        out,
                        &flags_news(
                            sequence,
                            message.uid,
                            &message.flags,
                            message.modseq,
                            manner,
                        ),
                    );
                }
            }
            self.told = mailbox.highest_modseq;
        }
    }

    /// Tells that these messages are gone.
    pub(super) fn forget(&mut self, out: &mut Vec<u8>, gone: &BTreeSet<Uid>, manner: Manner) {
        if gone.is_empty() {
            return;
        }
        if manner.qresync {
            let uids: Vec<Uid> = gone.iter().copied().collect();
            say(out, &format!("* VANISHED {}", compress(&uids)));
        } else {
            // From the end, so that the numbers of the others hold.
            for (sequence, uid) in (1_u32..)
                .zip(self.view.iter())
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
            {
                if gone.contains(uid) {
                    say(out, &format!("* {sequence} EXPUNGE"));
                }
            }
        }
        self.view.retain(|uid| !gone.contains(uid));
    }

    /// The answer to SELECT (QRESYNC …): what vanished and what changed since.
    pub(super) fn resync(
        &self,
        out: &mut Vec<u8>,
        mailbox: &Mailbox,
        resync: &Resync,
        manner: Manner,
    ) {
        if resync.validity != mailbox.uid_validity {
            return;
        }
        vanished_earlier(out, mailbox, resync.known.as_ref(), resync.modseq);
        let last = self.last().uid;
        for (sequence, message) in (1_u32..).zip(&mailbox.messages) {
            let known = resync
                .known
                .as_ref()
                .is_none_or(|known| known.contains(message.uid, last));
            if known && message.modseq > resync.modseq {
                say(
                    out,
                    &flags_news(
                        sequence,
                        message.uid,
                        &message.flags,
                        message.modseq,
                        manner,
                    ),
                );
            }
        }
    }
}

/// `* VANISHED (EARLIER) …` for what was expunged after `modseq`.
pub(super) fn vanished_earlier(
    out: &mut Vec<u8>,
    mailbox: &Mailbox,
    set: Option<&Set>,
    modseq: u64,
) {
    let last = mailbox.uid_next.saturating_sub(1);
    let mut gone: Vec<Uid> = mailbox
        .vanished
        .iter()
        .filter(|(uid, at)| *at > modseq && set.is_none_or(|set| set.contains(*uid, last)))
        .map(|(uid, _)| *uid)
        .collect();
    gone.sort_unstable();
    if !gone.is_empty() {
        say(out, &format!("* VANISHED (EARLIER) {}", compress(&gone)));
    }
}

/// A FETCH with flags that nobody asked for.
pub(super) fn flags_news(
    sequence: u32,
    uid: Uid,
    flags: &BTreeSet<String>,
    modseq: u64,
    manner: Manner,
) -> String {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let flags = flags.join(" ");
    if manner.condstore {
        format!("* {sequence} FETCH (UID {uid} FLAGS ({flags}) MODSEQ ({modseq}))")
    } else {
        format!("* {sequence} FETCH (FLAGS ({flags}))")
    }
}

fn say(out: &mut Vec<u8>, line: &str) {
    out.extend_from_slice(line.as_bytes());
    out.extend_from_slice(b"\r\n");
}
