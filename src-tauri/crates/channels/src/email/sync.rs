//! Following a mailbox: from the state we know to the state the server has.
//!
//! One call makes one page. Each followed folder in turn is opened read-only and compared with what the
//! cursor knows of it ([`reconcile`]), then the newest wanted messages are fetched ([`page`]) until the
//! budget is spent. What makes this safe:
//!
//! - Nothing is taken over before a command's tagged OK, and the position is written only when
//!   everything of the page was received; an error on the way yields no batch at all.
//! - New UIDs are asked for by SEARCH and filtered, never by trusting `n:*`.
//! - A message that a FETCH left out is dropped only once a SEARCH says that it no longer exists.
//! - A folder whose UIDVALIDITY changed, or whose UIDNEXT or modification numbers ran backwards (a server
//!   restored from a backup), is listed anew: its names mean other messages now.
//! - Removals are told only when nothing wanted is outstanding, so that a mail moved between followed
//!   folders is seen at its new place first.
//! - Without QRESYNC, deletions show by counting: what was there, plus what is new, minus what is there.
//! - Once a day everything is compared whatever the server can do.

use std::collections::BTreeMap;

use chrono::Days;
use domain::inbound::{Batch, Cursor, Item, RemoteChange};
use domain::time::Timestamp;

use super::cursor::{self, FolderPosition, Position};
use super::imap::{Fetched, Flags, Folder, Opened, Session};
use super::item::{self, Arrival, Own};
use super::oversize;
use super::settings::FirstFetch;
use super::uidset::UidSet;
use crate::connector::{FetchBudget, FolderUse};
use crate::error::ChannelError;

/// Messages up to this size are fetched whole; of larger ones the attachments stay on the server.
pub const WHOLE: u64 = 25 * 1024 * 1024;
/// How often flags are compared where the server does not number changes.
const FLAGS_EVERY_MS: i64 = 60_000;
/// How many of the newest messages that covers.
const FLAGS_NEWEST: usize = 500;
/// How often everything is compared.
const COMPARE_EVERY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a page needs to know beside the connection.
pub struct Task<'a> {
    /// The folders to follow, the most urgent first.
    pub folders: &'a [Folder],
    /// How far back a folder is listed.
    pub first: FirstFetch,
    /// The mailbox's own addresses.
    pub own: &'a Own,
    /// How much one page may bring.
    pub budget: &'a FetchBudget,
    /// The present.
    pub now: Timestamp,
}

/// Makes the next page.
pub async fn fetch(
    session: &mut Session,
    task: &Task<'_>,
    cursor: Option<&Cursor>,
) -> Result<Batch, ChannelError> {
    let mut position = Position::read(cursor);
    let was_behind = position.is_behind();
    position
        .folders
        .retain(|name, _| task.folders.iter().any(|folder| folder.name == *name));
    let mut page = Page::new(task.budget);
    let mut changes = Vec::new();
    let mut trouble = None;
    let mut unvisited = false;
    for folder in task.folders {
        if page.is_full() {
            unvisited = true;
            break;
        }
        match follow(
            session,
            task,
            folder,
            &mut position,
            &mut page,
            &mut changes,
        )
        .await
        {
            Ok(listed) => unvisited |= !listed,
            // One folder that is gone must not keep back the mail of the others.
            Err(error @ ChannelError::Folder { .. }) if folder.purpose != FolderUse::Inbox => {
                trouble = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    let more = unvisited || position.is_behind();
    if !more {
        tell_removals(&mut position, &mut changes);
    }
    if let Some(error) = trouble.filter(|_| page.arrivals.is_empty() && changes.is_empty()) {
        return Err(error);
    }
    let progress = (was_behind || more).then(|| position.progress());
    Ok(Batch {
        items: page.items(task.own).await?,
        changes,
        cursor: position.write(),
        progress,
        more,
    })
}

fn tell_removals(position: &mut Position, changes: &mut Vec<RemoteChange>) {
    for (name, folder) in &mut position.folders {
        let gone = std::mem::take(&mut folder.gone);
        changes.extend(gone.iter().map(|uid| RemoteChange::Removed {
            remote_id: cursor::remote_id(name, folder.uidvalidity, uid),
        }));
    }
}

/// Follows one folder. False where its names were forgotten and it is to be listed anew.
async fn follow(
    session: &mut Session,
    task: &Task<'_>,
    folder: &Folder,
    position: &mut Position,
    page: &mut Page,
    changes: &mut Vec<RemoteChange>,
) -> Result<bool, ChannelError> {
    let before = position.folders.get(&folder.name).cloned();
    let since = before
        .as_ref()
        .map(|before| (before.uidvalidity, before.modseq));
    let opened = session.examine(folder, since).await?;
    let mut place = match before {
        None => list(session, task, &opened).await?,
        Some(before) if still_valid(&before, &opened) => {
            reconcile(session, task, folder, before, &opened, changes).await?
        }
        Some(outdated) => {
            // Told in a batch of its own, as far as this folder goes: after a rewind the very same names come
            // again for other messages.
            changes.push(RemoteChange::NamesForgotten {
                prefix: cursor::prefix(&folder.name, outdated.uidvalidity),
            });
            position.folders.remove(&folder.name);
            return Ok(false);
        }
    };
    page.fill(session, folder, &mut place).await?;
    position.folders.insert(folder.name.clone(), place);
    Ok(true)
}

/// Whether the names we know still mean the same messages.
fn still_valid(before: &FolderPosition, opened: &Opened) -> bool {
    let rewound = opened
        .uidnext
        .is_some_and(|uidnext| uidnext < before.uidnext)
        || opened.modseq.is_some_and(|modseq| modseq < before.modseq);
    before.uidvalidity == opened.uidvalidity && !rewound
}

/// Lists a folder from nothing: what lies within the bound is wanted.
async fn list(
    session: &mut Session,
    task: &Task<'_>,
    opened: &Opened,
) -> Result<FolderPosition, ChannelError> {
    let mut place = FolderPosition {
        uidvalidity: opened.uidvalidity,
        uidnext: opened.uidnext.unwrap_or(1),
        modseq: opened.modseq.unwrap_or_default(),
        exists: opened.exists,
        flags_at: task.now,
        compared_at: task.now,
        ..FolderPosition::default()
    };
    if opened.exists == 0 {
        return Ok(place);
    }
    let all = if opened.uidnext.is_none() || task.first.days.is_none() {
        Some(session.search("ALL", None).await?)
    } else {
        None
    };
    if let (None, Some(all)) = (opened.uidnext, &all) {
        place.uidnext = all.bounds().map_or(1, |(_, last)| last.saturating_add(1));
    }
    let wanted = match (task.first.days, all) {
        (None, Some(all)) => all,
        (days, _) => {
            // One day more: the server counts days in its own time zone.
            let days = u64::from(days.unwrap_or(u32::MAX)) + 1;
            let today = task.now.to_datetime().date_naive();
            let since = today.checked_sub_days(Days::new(days)).unwrap_or_default();
            let criteria = format!("SINCE {}", since.format("%-d-%b-%Y"));
            session.search(&criteria, None).await?
        }
    };
    let wanted = wanted.intersection(&UidSet::range(1, place.uidnext.saturating_sub(1)));
    place.want(&match task.first.messages {
        Some(most) => wanted.newest(most as usize),
        None => wanted,
    });
    Ok(place)
}

/// Compares a folder with what is known of it.
async fn reconcile(
    session: &mut Session,
    task: &Task<'_>,
    folder: &Folder,
    mut place: FolderPosition,
    opened: &Opened,
    changes: &mut Vec<RemoteChange>,
) -> Result<FolderPosition, ChannelError> {
    let due = |at: Timestamp, every: i64| (task.now.millis() - at.millis()).abs() >= every;
    let everything = due(place.compared_at, COMPARE_EVERY_MS);
    if everything {
        // The server may have come to its senses about these.
        let stuck = std::mem::take(&mut place.stuck);
        place.want(&stuck);
    }

    let uidnext = opened.uidnext.unwrap_or(u32::MAX);
    let mut arrived = 0;
    if uidnext > place.uidnext {
        let ask = UidSet::range(place.uidnext, u32::MAX);
        let criteria = format!("UID {}:*", place.uidnext);
        let found = session.search(&criteria, None).await?.intersection(&ask);
        let next = opened.uidnext.unwrap_or_else(|| {
            found
                .bounds()
                .map_or(place.uidnext, |(_, last)| last.saturating_add(1))
        });
        // What came after the folder was opened is left for next time, when it is counted too.
        let found = found.intersection(&UidSet::range(1, next.saturating_sub(1)));
        arrived = found.len();
        place.want(&found);
        place.uidnext = next;
    }

    let qresync = session.has_qresync() && opened.modseq.is_some() && place.modseq > 0;
    if qresync {
        place.remove(&opened.vanished);
    }
    let miscounted = u64::from(place.exists) + arrived != u64::from(opened.exists);
    if everything || (miscounted && !qresync) {
        let ours = place.known.union(&place.todo).union(&place.stuck);
        let there = session.search("", Some(&ours)).await?;
        place.remove(&ours.difference(&there));
    }
    place.exists = opened.exists;

    let numbered = opened.modseq.is_some() && place.modseq > 0;
    let flags: Vec<(u32, Flags)> =
        if everything || (!numbered && due(place.flags_at, FLAGS_EVERY_MS)) {
            place.flags_at = task.now;
            let some = if everything {
                place.known.clone()
            } else {
                place.known.newest(FLAGS_NEWEST)
            };
            flags_of(session, &some, "").await?
        } else if qresync {
            opened.flags.clone()
        } else if numbered && opened.modseq > Some(place.modseq) {
            let changed = format!(" (CHANGEDSINCE {})", place.modseq);
            let within = place
                .known
                .bounds()
                .map(|(low, high)| UidSet::range(low, high));
            flags_of(session, &within.unwrap_or_default(), &changed).await?
        } else {
            Vec::new()
        };
    for (uid, flags) in flags {
        take_flags(&mut place, folder, uid, flags, changes);
    }
    if everything {
        place.compared_at = task.now;
    }
    place.modseq = opened.modseq.unwrap_or_default();
    Ok(place)
}

async fn flags_of(
    session: &mut Session,
    set: &UidSet,
    modifier: &str,
) -> Result<Vec<(u32, Flags)>, ChannelError> {
    let brought = session.fetch(set, "UID FLAGS", modifier).await?;
    let flags = |(uid, fetched): (u32, Fetched)| Some((uid, fetched.flags?));
    Ok(brought.messages.into_iter().filter_map(flags).collect())
}

/// Takes over the marks of a known message.
fn take_flags(
    place: &mut FolderPosition,
    folder: &Folder,
    uid: u32,
    flags: Flags,
    changes: &mut Vec<RemoteChange>,
) {
    if !place.known.contains(uid) {
        return;
    }
    if flags.seen != place.seen.contains(uid) {
        if flags.seen {
            place.seen.insert(uid);
        } else {
            place.seen.remove(uid);
        }
        changes.push(RemoteChange::Seen {
            remote_id: cursor::remote_id(&folder.name, place.uidvalidity, uid),
            seen: flags.seen,
        });
    }
    match (flags.deleted, place.struck.contains(uid)) {
        (true, false) => {
            place.struck.insert(uid);
            place.gone.insert(uid);
        }
        (false, true) => {
            // The deletion was taken back: it comes again, under the name it had.
            place.struck.remove(uid);
            place.gone.remove(uid);
            place.known.remove(uid);
            place.seen.remove(uid);
            place.want(&UidSet::range(uid, uid));
        }
        _ => {}
    }
}

/// The messages of one batch, while it fills.
struct Page {
    items_left: usize,
    bytes_left: u64,
    arrivals: Vec<Arrival>,
}

impl Page {
    fn new(budget: &FetchBudget) -> Self {
        Self {
            items_left: budget.items.max(1),
            bytes_left: budget.bytes.max(1),
            arrivals: Vec::new(),
        }
    }

    const fn is_full(&self) -> bool {
        self.items_left == 0 || self.bytes_left == 0
    }

    /// Reads the messages, off the threads that serve the network.
    async fn items(self, own: &Own) -> Result<Vec<Item>, ChannelError> {
        let own = own.clone();
        let read = move || {
            self.arrivals
                .into_iter()
                .map(|arrival| item::read(arrival, &own))
                .collect()
        };
        // Reading never panics; a runtime that shuts down ends the fetch.
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| ChannelError::Stopped)
    }

    /// Fetches the newest wanted messages of the open folder, as many as the budget allows.
    async fn fill(
        &mut self,
        session: &mut Session,
        folder: &Folder,
        place: &mut FolderPosition,
    ) -> Result<(), ChannelError> {
        let candidates = place.todo.newest(self.items_left);
        if candidates.is_empty() {
            return Ok(());
        }
        let sizes = session
            .fetch(&candidates, "UID FLAGS RFC822.SIZE", "")
            .await?
            .messages;
        let mut chosen = UidSet::new();
        let mut large = Vec::new();
        for uid in candidates.iter().rev() {
            let known = sizes.get(&uid);
            if known
                .and_then(|fetched| fetched.flags)
                .is_some_and(|flags| flags.deleted)
            {
                // Deleted before we ever saw it. Should that be taken back, it is wanted again.
                place.todo.remove(uid);
                place.known.insert(uid);
                place.struck.insert(uid);
                continue;
            }
            // A size that is not told is found out by fetching.
            let size = known.and_then(|fetched| fetched.size).unwrap_or_default();
            let cost = size.clamp(1, WHOLE);
            let first = self.arrivals.is_empty() && chosen.is_empty() && large.is_empty();
            if !first && cost > self.bytes_left {
                self.bytes_left = 0;
                break;
            }
            self.bytes_left = self.bytes_left.saturating_sub(cost);
            self.items_left -= 1;
            if size > WHOLE {
                large.push(uid);
            } else {
                chosen.insert(uid);
            }
        }
        let whole = whole_attributes(session);
        let brought = session.fetch(&chosen, whole, "").await?;
        let mut missing = chosen;
        self.take(place, folder, &mut missing, brought.messages);
        for uid in large {
            if !self.take_large(session, folder, place, uid).await? {
                missing.insert(uid);
            }
        }
        if !missing.is_empty() {
            self.take_missing(session, folder, place, missing).await?;
        }
        Ok(())
    }

    /// Takes over what came, and leaves in `missing` what did not.
    fn take(
        &mut self,
        place: &mut FolderPosition,
        folder: &Folder,
        missing: &mut UidSet,
        messages: BTreeMap<u32, Fetched>,
    ) {
        for (uid, mut fetched) in messages {
            let Some(raw) = fetched.section("") else {
                continue;
            };
            missing.remove(uid);
            self.arrive(place, folder, uid, &mut fetched, raw, None);
        }
    }

    fn arrive(
        &mut self,
        place: &mut FolderPosition,
        folder: &Folder,
        uid: u32,
        fetched: &mut Fetched,
        raw: Vec<u8>,
        left: Option<Vec<oversize::Left>>,
    ) {
        let flags = fetched.flags.unwrap_or_default();
        place.todo.remove(uid);
        place.known.insert(uid);
        if flags.seen {
            place.seen.insert(uid);
        }
        self.arrivals.push(Arrival {
            remote_id: cursor::remote_id(&folder.name, place.uidvalidity, uid),
            raw,
            left,
            received_at: fetched.arrived,
            seen: flags.seen,
            in_sent: folder.purpose == FolderUse::Sent,
            thread: fetched.thread.take(),
        });
    }

    /// Fetches a large message without its attachments; false if nothing came.
    async fn take_large(
        &mut self,
        session: &mut Session,
        folder: &Folder,
        place: &mut FolderPosition,
        uid: u32,
    ) -> Result<bool, ChannelError> {
        let Some((mut fetched, raw, left)) = oversize::fetch(session, uid).await? else {
            return Ok(false);
        };
        self.arrive(place, folder, uid, &mut fetched, raw, Some(left));
        Ok(true)
    }

    /// What the server left out: expunged meanwhile, or something that it cannot hand out. The first is
    /// forgotten, the second tried alone, then without attachments, then put aside.
    async fn take_missing(
        &mut self,
        session: &mut Session,
        folder: &Folder,
        place: &mut FolderPosition,
        missing: UidSet,
    ) -> Result<(), ChannelError> {
        let there = session.search("", Some(&missing)).await?;
        place.remove(&missing.difference(&there));
        let whole = whole_attributes(session);
        for uid in there.intersection(&missing).iter() {
            let alone = UidSet::range(uid, uid);
            let mut still = alone.clone();
            let brought = session.fetch(&alone, whole, "").await?;
            self.take(place, folder, &mut still, brought.messages);
            if still.is_empty() || self.take_large(session, folder, place, uid).await? {
                continue;
            }
            place.todo.remove(uid);
            place.stuck.insert(uid);
            tracing::warn!(
                uid,
                "the server does not hand out a message; tried again tomorrow"
            );
        }
        Ok(())
    }
}

fn whole_attributes(session: &Session) -> &'static str {
    if session.can("X-GM-EXT-1") {
        "UID FLAGS INTERNALDATE X-GM-THRID BODY.PEEK[]"
    } else {
        "UID FLAGS INTERNALDATE BODY.PEEK[]"
    }
}
