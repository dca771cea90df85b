//! What both servers share: the folders, the ledger, the faults, the clock, and the way to wait.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::Capabilities;
use super::faults::Waiting;
use super::ledger::{Ledger, Submission};
use super::mailbox::{Mailbox, Uid, canonical_flag};
use crate::practice::{Agenda, Answering, Arrival};

/// What does not change while the servers run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) now: DateTime<Utc>,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) address: String,
    pub(crate) capabilities: Capabilities,
    pub(crate) saves_sent: bool,
}

/// The state, under one lock.
pub(crate) struct World {
    pub(super) mailboxes: Vec<Mailbox>,
    pub(crate) ledger: Ledger,
    pub(super) faults: Waiting,
    pub(crate) agenda: Agenda,
    pub(crate) answering: Answering,
    /// Open IMAP connections.
    pub(super) connections: usize,
    next_validity: u32,
}

/// The world behind its lock, its settings and its bells.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    world: Mutex<World>,
    changed: Condvar,
    pub(crate) revision: watch::Sender<u64>,
    pub(super) hanging_up: watch::Sender<String>,
    started: Instant,
}

impl Shared {
    pub(crate) fn new(settings: Settings, agenda: Agenda, answering: Answering) -> Self {
        // The start time makes the UIDVALIDITY: a restart looks like a server that was rebuilt.
        let validity = u32::try_from(settings.now.timestamp().rem_euclid(0x7fff_0000))
            .unwrap_or(1)
            .max(1);
        let folders = [
            ("INBOX", None),
            ("Sent", Some("\\Sent")),
            ("Drafts", Some("\\Drafts")),
            ("Junk", Some("\\Junk")),
            ("Trash", Some("\\Trash")),
            ("Archive", Some("\\Archive")),
        ];
        let mailboxes = folders
            .into_iter()
            .map(|(name, role)| Mailbox::new(name, role, validity))
            .collect();
        Self {
            settings,
            world: Mutex::new(World {
                mailboxes,
                ledger: Ledger::default(),
                faults: Waiting::default(),
                agenda,
                answering,
                connections: 0,
                next_validity: validity + 1,
            }),
            changed: Condvar::new(),
            revision: watch::Sender::new(0),
            hanging_up: watch::Sender::new(String::new()),
            started: Instant::now(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads.
    pub(crate) fn look<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&self.lock())
    }

    /// Changes, and rings for everyone who waits.
    pub(crate) fn change<T>(&self, write: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        let result = write(&mut world);
        // Under the lock, so that nobody who is about to wait misses it.
        self.revision.send_modify(|revision| *revision += 1);
        drop(world);
        self.changed.notify_all();
        result
    }

    /// Asks the waiting faults, which may strike by that.
    pub(super) fn strike<T>(&self, write: impl FnOnce(&mut Waiting) -> T) -> T {
        self.change(|world| write(&mut world.faults))
    }

    /// Blocks this thread until the condition holds; false when `limit` passed first.
    pub(crate) fn wait(&self, limit: Duration, mut holds: impl FnMut(&World) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        let mut world = self.lock();
        loop {
            if holds(&world) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            world = self
                .changed
                .wait_timeout(world, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// The simulator's clock: the start time as given, plus the time that has passed.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.settings.now + self.started.elapsed()
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn hang_up(&self, why: &str) {
        self.hanging_up.send_replace(why.to_owned());
    }

    /// Puts a message into a folder.
    pub(crate) fn append(
        &self,
        mailbox: &str,
        raw: Vec<u8>,
        flags: &[&str],
        received: DateTime<Utc>,
    ) -> Option<Uid> {
        let flags: BTreeSet<String> = flags.iter().map(|flag| canonical_flag(flag)).collect();
        self.change(|world| {
            Some(
                world
                    .mailbox_mut(mailbox)?
                    .append(Arc::from(raw), flags, received),
            )
        })
    }

    /// Lets something from the agenda happen: the letter is written now and lands in its folder.
    pub(crate) fn arrive(&self, arrival: &Arrival) {
        let now = self.now();
        self.append(arrival.folder, arrival.letter.write(now), &[], now);
    }

    /// The server has taken a message: entered in the ledger, delivered, perhaps answered later.
    pub(super) fn submitted(&self, submission: Submission) {
        let now = submission.at;
        let at = self.elapsed();
        let own = self.settings.address.clone();
        self.change(|world| {
            for to in &submission.to {
                if to.eq_ignore_ascii_case(&own) {
                    if let Some(inbox) = world.mailbox_mut("INBOX") {
                        inbox.append(Arc::clone(&submission.raw), BTreeSet::new(), now);
                    }
                } else if let Some((delay, arrival)) = world.answering.answer(to, &submission) {
                    world.agenda.add(at, delay, arrival);
                }
            }
            if self.settings.saves_sent
                && let Some(sent) = world.mailbox_mut("Sent")
            {
                sent.append(
                    Arc::clone(&submission.raw),
                    BTreeSet::from(["\\Seen".to_owned()]),
                    now,
                );
            }
            world.ledger.accept(submission);
        });
    }
}

impl World {
    pub(crate) fn mailbox(&self, name: &str) -> Option<&Mailbox> {
        self.mailboxes
            .iter()
            .find(|mailbox| same_name(&mailbox.name, name))
    }

    pub(crate) fn mailbox_mut(&mut self, name: &str) -> Option<&mut Mailbox> {
        self.mailboxes
            .iter_mut()
            .find(|mailbox| same_name(&mailbox.name, name))
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections
    }

    /// The folder exists afterwards.
    pub(crate) fn ensure_mailbox(&mut self, name: &str) {
        self.create(name);
    }

    pub(crate) fn set_flag(&mut self, mailbox: &str, uid: Uid, flag: &str, on: bool) {
        let flag = canonical_flag(flag);
        if let Some(mailbox) = self.mailbox_mut(mailbox) {
            mailbox.edit_flags(uid, |flags| {
                if on {
                    flags.insert(flag);
                } else {
                    flags.remove(&flag);
                }
            });
        }
    }

    pub(crate) fn expunge(&mut self, mailbox: &str, uids: &[Uid]) {
        if let Some(mailbox) = self.mailbox_mut(mailbox) {
            mailbox.expunge(&uids.iter().copied().collect());
        }
    }

    pub(crate) fn move_to(&mut self, from: &str, uid: Uid, to: &str) -> Option<Uid> {
        let message = self.mailbox(from)?.find(uid)?.clone();
        let new = self
            .mailbox_mut(to)?
            .append(message.raw, message.flags, message.received);
        self.expunge(from, &[uid]);
        Some(new)
    }

    /// Makes a folder; false when there is one of that name.
    pub(super) fn create(&mut self, name: &str) -> bool {
        if self.mailbox(name).is_some() {
            return false;
        }
        let validity = self.next_validity;
        self.next_validity += 1;
        self.mailboxes.push(Mailbox::new(name, None, validity));
        true
    }
}

fn same_name(a: &str, b: &str) -> bool {
    a == b || (a.eq_ignore_ascii_case("INBOX") && b.eq_ignore_ascii_case("INBOX"))
}
