//! The store as callers see it: the files it holds open, and one method for each thing it can do.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use domain::inbound::{Cursor, RemoteId};
use domain::outbox::Outgoing;
use domain::{
    AccountId, Actor, AttachmentId, AttachmentMeta, Change, Clock, ContactId, ConversationId,
    DeviceId, Hybrid, HybridClock, MessageId, OperationId, Origin, Pool, PoolId, StaffId,
    StaffMember, Tag, Timestamp, View,
};
use rusqlite::{Connection, InterruptHandle, OptionalExtension, params};

use crate::blob::{self, Blobs};
use crate::commit::outbox::DueReply;
use crate::commit::{self, Committed};
use crate::connection::{self, Access};
use crate::draft::{Draft, DraftRow};
use crate::error::StoreError;
use crate::events::{Event, EventKind, Feed};
use crate::filter::Viewer;
use crate::inbox::{self, InboxRequest};
use crate::ingest::{self, Delivery, IngestMode, Ingested, Ready};
use crate::key::DatabaseKey;
use crate::log::{AuditHead, AuditReport};
use crate::pool::{Durability, Readers, Writer};
use crate::rows::{
    AccountRow, AuditRow, CannedRow, ContactCard, ConversationHead, ConversationRow, Counts,
    MessageRow, OutboxItem, Page, PageKey, PracticeRow, SearchPage, TimelineRow,
};
use crate::search::SearchRequest;
use crate::sql::{ACCOUNTS, ATTACHMENTS, Id, get};
use crate::work::Work;
use crate::{conversation, draft, lists, log, migrate, outgoing, search};

/// The database's file in the store's folder.
pub(crate) const DATABASE: &str = "anteroom.db";
/// The folder of sealed files.
pub(crate) const BLOBS: &str = "blobs";
/// Held locked while the store is open.
const LOCK: &str = "anteroom.lock";

/// The practice's data: one folder with an encrypted database and sealed attachments.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

pub(crate) struct Inner {
    pub folder: PathBuf,
    pub writer: Writer,
    pub readers: Readers,
    pub blobs: Arc<Blobs>,
    pub feed: Feed,
    pub clock: Arc<dyn Clock>,
    pub hybrid: Arc<HybridClock>,
    pub key: DatabaseKey,
    device: DeviceId,
    // Last, so that the lock is given up after the writer has closed the database.
    _lock: File,
}

/// Stops a search from another thread.
#[derive(Clone, Default)]
pub struct SearchHandle(Arc<Mutex<Stop>>);

#[derive(Default)]
struct Stop {
    stopped: bool,
    running: Option<InterruptHandle>,
}

impl SearchHandle {
    /// A handle for one search.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the search: it returns [`StoreError::Interrupted`] at once.
    pub fn stop(&self) {
        let mut stop = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stop.stopped = true;
        if let Some(running) = &stop.running {
            running.interrupt();
        }
    }

    fn begin(&self, running: Option<InterruptHandle>) -> Result<(), StoreError> {
        let mut stop = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stop.stopped {
            return Err(StoreError::Interrupted);
        }
        stop.running = running;
        Ok(())
    }

    fn end(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .running = None;
    }
}

/// Where the bytes of an attachment can be fetched that are still on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// The account.
    pub account: AccountId,
    /// The network's names for the message.
    pub names: Vec<RemoteId>,
    /// Which of the message's attachments, from 0, in the order in which they were delivered.
    pub part: u32,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.0.device)
    }
}

// Opening and closing.
impl Store {
    /// Makes a store in a folder, which may exist but holds no store yet.
    pub fn create(
        folder: &Path,
        key: &DatabaseKey,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)?;
        let lock = lock(folder)?;
        let path = folder.join(DATABASE);
        if path.try_exists()? {
            return Err(StoreError::Exists);
        }
        let made = Self::start(folder, key, clock, lock).and_then(|store| {
            store.first_pools()?;
            Ok(store)
        });
        if made.is_err() {
            // What was made here a moment ago holds nothing yet.
            for file in [DATABASE, "anteroom.db-wal", "anteroom.db-shm"] {
                let _ = std::fs::remove_file(folder.join(file));
            }
        }
        made
    }

    /// Opens the store in a folder. Replies that were leaving when it was last open are uncertain now.
    pub fn open(
        folder: &Path,
        key: &DatabaseKey,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let path = folder.join(DATABASE);
        if !path.try_exists()? {
            return Err(StoreError::Missing);
        }
        let lock = lock(folder)?;
        connection::check_file(&path, key)?;
        let store = Self::start(folder, key, clock, lock)?;
        store.settle()?;
        Ok(store)
    }

    /// Whether a folder holds a store.
    pub fn exists(folder: &Path) -> bool {
        folder.join(DATABASE).exists()
    }

    fn start(
        folder: &Path,
        key: &DatabaseKey,
        clock: Arc<dyn Clock>,
        lock: File,
    ) -> Result<Self, StoreError> {
        let path = folder.join(DATABASE);
        let mut connection = connection::open(&path, key, Access::Writer)?;
        connection::check_engine(&connection)?;
        migrate::run(&mut connection, clock.now(), migrate::MIGRATIONS)?;
        let device = device(&connection, clock.now())?;
        let last = log::last_time(&connection)?;
        Ok(Self(Arc::new(Inner {
            folder: folder.to_owned(),
            writer: Writer::start(connection)?,
            readers: Readers::new(path, key.clone()),
            blobs: Arc::new(Blobs::new(folder.join(BLOBS), key)),
            feed: Feed::default(),
            clock,
            hybrid: Arc::new(HybridClock::resume(device, last)),
            key: key.clone(),
            device,
            _lock: lock,
        })))
    }

    fn first_pools(&self) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        let changes = domain::conversation::STARTING_POOLS
            .iter()
            .map(|name| Change::PoolSaved {
                pool: Pool {
                    id: PoolId::new(now),
                    name: (*name).to_owned(),
                },
            })
            .collect();
        self.commit(Actor::Machine, Origin::Background, Change::Many { changes })?;
        Ok(())
    }

    /// What a crash may have left: replies that were leaving, ways back that are too old.
    fn settle(&self) -> Result<(), StoreError> {
        let hybrid = Arc::clone(&self.0.hybrid);
        self.write(Durability::Full, move |work| {
            commit::undo::forget_old(work)?;
            for change in commit::outbox::interrupted(work)? {
                commit::commit(work, &hybrid, Actor::Machine, Origin::Background, &change)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// This installation.
    pub fn device(&self) -> DeviceId {
        self.0.device
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The sealed attachments' folder.
    pub fn blob_folder(&self) -> &Path {
        self.0.blobs.folder()
    }

    /// What changes from now on.
    pub fn subscribe(&self) -> Receiver<Event> {
        self.0.feed.subscribe()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Runs one transaction, tells its events and deletes the files that it made useless.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        job: impl FnOnce(&mut Work<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(T, Vec<Event>), StoreError> {
        let now = self.0.clock.now();
        let (value, events, dead) = self.0.writer.transaction(durability, move |tx| {
            let mut work = Work::new(tx, now);
            let value = job(&mut work)?;
            let (events, dead) = work.finish()?;
            Ok((value, events, dead))
        })?;
        self.0.blobs.delete(&dead);
        self.0.feed.tell(&events);
        Ok((value, events))
    }

    pub(crate) fn read<T>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let reader = self.0.readers.lend()?;
        job(&reader)
    }
}

// Changing.
impl Store {
    /// Checks, logs and applies a change, in one transaction that is on the disk when this returns.
    ///
    /// A change that would alter nothing is not logged, and `operation` is `None`. Rights are checked
    /// by the caller.
    pub fn commit(
        &self,
        actor: Actor,
        origin: Origin,
        change: Change,
    ) -> Result<Committed, StoreError> {
        let hybrid = Arc::clone(&self.0.hybrid);
        let ((operation, at), events) = self.write(Durability::Full, move |work| {
            commit::commit(work, &hybrid, actor, origin, &change)
        })?;
        Ok(Committed {
            operation,
            at,
            events,
        })
    }

    /// Takes an operation back. Fails with [`StoreError::Undo`] and its reason where that cannot be.
    pub fn undo(
        &self,
        operation: OperationId,
        actor: Actor,
        origin: Origin,
    ) -> Result<Committed, StoreError> {
        let hybrid = Arc::clone(&self.0.hybrid);
        let ((operation, at), events) = self.write(Durability::Full, move |work| {
            commit::undo::undo(work, &hybrid, actor, origin, operation)
        })?;
        Ok(Committed {
            operation: Some(operation),
            at,
            events,
        })
    }

    /// Stores what a channel fetched, and the cursor, in one transaction.
    ///
    /// While catching up and importing the transaction is atomic but may be lost in a power cut: it is
    /// fetched again then. Some 10,000 items at a time are fastest.
    pub fn ingest(&self, mut delivery: Delivery) -> Result<Ingested, StoreError> {
        let durability = match delivery.mode {
            IngestMode::Live => Durability::Full,
            IngestMode::CatchUp { .. } | IngestMode::Import => Durability::Normal,
        };
        let _staging = self
            .0
            .blobs
            .staging
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let arrivals = std::mem::take(&mut delivery.arrivals);
        let ready = self.seal(delivery.account, arrivals)?;
        let (mut out, events) = self.write(durability, move |work| {
            ingest::ingest(work, delivery, ready)
        })?;
        out.events = events;
        Ok(out)
    }

    /// Seals the files of items that are not known yet, before the writer is asked.
    fn seal(
        &self,
        account: AccountId,
        arrivals: Vec<crate::Arrival>,
    ) -> Result<Vec<Ready>, StoreError> {
        let any = arrivals
            .iter()
            .any(|arrival| !arrival.item.attachments.is_empty());
        let reader = if any {
            Some(self.0.readers.lend()?)
        } else {
            None
        };
        let row = match &reader {
            Some(reader) => Some(get(reader, ACCOUNTS, account.as_uuid())?),
            None => None,
        };
        let mut ready = Vec::with_capacity(arrivals.len());
        for mut arrival in arrivals {
            let mut files = Vec::with_capacity(arrival.item.attachments.len());
            let known = match (&reader, row) {
                (Some(reader), Some(row)) if !arrival.item.attachments.is_empty() => reader
                    .prepare_cached("SELECT 1 FROM remote_names WHERE account = ?1 AND name = ?2")?
                    .exists(params![row, arrival.item.remote_id.0])?,
                _ => false,
            };
            for file in &mut arrival.item.attachments {
                let staged = match file.data.take().filter(|_| !known) {
                    Some(bytes) => Some(self.0.blobs.stage(bytes)?),
                    None => None,
                };
                files.push(staged);
            }
            ready.push(Ready { arrival, files });
        }
        Ok(ready)
    }

    /// Keeps what `desk` has to say about an account's health; it is no operation.
    pub fn set_health(
        &self,
        account: AccountId,
        health: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let health = serde_json::to_string(health)?;
        self.write(Durability::Normal, move |work| {
            let row = get(work.tx, ACCOUNTS, account.as_uuid())?;
            let changed = work.tx.execute(
                "UPDATE accounts SET health = ?2 WHERE id = ?1 AND health <> ?2",
                params![row, health],
            )?;
            if changed > 0 {
                work.events.add(EventKind::Accounts, *account.as_uuid());
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Opens every snoozed conversation that is due. Gives back how many.
    pub fn wake_due(&self) -> Result<usize, StoreError> {
        let hybrid = Arc::clone(&self.0.hybrid);
        let due = self.read(|conn| {
            Ok(conn
                .prepare_cached(
                    "SELECT uuid FROM conversations
                     WHERE snoozed_until <= ?1 AND state = 2 AND merged_into IS NULL ORDER BY snoozed_until",
                )?
                .query_map([self.0.clock.now().millis()], |row| {
                    Ok(ConversationId::from_uuid(row.get::<_, Id>(0)?.0))
                })?
                .collect::<Result<Vec<_>, _>>()?)
        })?;
        if due.is_empty() {
            return Ok(0);
        }
        let count = due.len();
        let changes = due
            .into_iter()
            .map(|conversation| Change::StateSet {
                conversation,
                state: domain::ConversationState::Open,
            })
            .collect();
        let change = Change::Many { changes };
        self.write(Durability::Full, move |work| {
            commit::commit(work, &hybrid, Actor::Machine, Origin::Background, &change)
        })?;
        Ok(count)
    }

    /// When the next snoozed conversation is due.
    pub fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|conn| {
            let at: Option<i64> = conn
                .prepare_cached(
                    "SELECT min(snoozed_until) FROM conversations WHERE snoozed_until IS NOT NULL",
                )?
                .query_row([], |row| row.get(0))?;
            Ok(at.map(Timestamp::from_millis))
        })
    }
}

// Writing and files.
impl Store {
    /// Keeps a draft in place of the one before; an empty one without files clears it.
    pub fn save_draft(&self, draft: Draft) -> Result<(), StoreError> {
        self.write(Durability::Normal, move |work| draft::save(work, &draft))?;
        Ok(())
    }

    /// Drops a conversation's draft with its files.
    pub fn clear_draft(&self, conversation: ConversationId) -> Result<(), StoreError> {
        self.write(Durability::Normal, move |work| {
            let row = commit::conversation::get_any(work.tx, conversation)?;
            draft::clear_row(work, row, None)
        })?;
        Ok(())
    }

    /// A conversation's draft.
    pub fn draft(&self, conversation: ConversationId) -> Result<Option<DraftRow>, StoreError> {
        self.read(|conn| draft::read(conn, conversation))
    }

    /// Seals a file for a conversation's draft. The name must be safe to show already.
    pub fn attach(
        &self,
        conversation: ConversationId,
        name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<AttachmentMeta, StoreError> {
        let _staging = self
            .0
            .blobs
            .staging
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let meta = AttachmentMeta {
            id: AttachmentId::new(self.0.clock.now()),
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            size: bytes.len() as u64,
            inline: false,
            content_id: None,
            danger: None,
            stored: true,
        };
        let staged = self.0.blobs.stage(bytes)?;
        let new = meta.clone();
        self.write(Durability::Full, move |work| {
            let row = commit::conversation::get_any(work.tx, conversation)?;
            draft::ensure(work, row)?;
            let blob = blob::keep(work, &staged)?;
            let now = work.now;
            blob::insert(
                work.tx,
                &blob::NewAttachment {
                    id: new.id,
                    message: None,
                    draft: Some(row),
                    name: &new.name,
                    media_type: &new.media_type,
                    size: new.size,
                    inline: false,
                    content_id: None,
                    danger: None,
                    part: 0,
                    blob: Some(blob),
                },
                now,
            )
        })?;
        Ok(meta)
    }

    /// Takes a file off a draft.
    pub fn detach(&self, attachment: AttachmentId) -> Result<(), StoreError> {
        self.write(Durability::Full, move |work| {
            let row = get(work.tx, ATTACHMENTS, attachment.as_uuid())?;
            let draft: Option<i64> = work.tx.query_row(
                "SELECT draft FROM attachments WHERE id = ?1",
                [row],
                |row| row.get(0),
            )?;
            let draft = draft.ok_or(StoreError::NotFound(ATTACHMENTS.one))?;
            work.touch(draft)?;
            blob::remove(work, "id", row)?;
            Ok(())
        })?;
        Ok(())
    }

    /// An attachment without its bytes.
    pub fn attachment(&self, attachment: AttachmentId) -> Result<AttachmentMeta, StoreError> {
        self.read(|conn| {
            let row = get(conn, ATTACHMENTS, attachment.as_uuid())?;
            blob::list(conn, "id", row)?
                .pop()
                .ok_or(StoreError::NotFound(ATTACHMENTS.one))
        })
    }

    /// An attachment's bytes; `None` while they are still on the server.
    pub fn attachment_bytes(
        &self,
        attachment: AttachmentId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|conn| {
            let row = get(conn, ATTACHMENTS, attachment.as_uuid())?;
            self.0.blobs.read(conn, row)
        })
    }

    /// Where bytes that are still on the server can be fetched.
    pub fn remote_file(&self, attachment: AttachmentId) -> Result<RemoteFile, StoreError> {
        self.read(|conn| {
            let row = get(conn, ATTACHMENTS, attachment.as_uuid())?;
            let (message, part, account) = conn
                .query_row(
                    "SELECT m.id, t.part, a.uuid FROM attachments t JOIN messages m ON m.id = t.message
                     JOIN conversations c ON c.id = m.conversation JOIN accounts a ON a.id = c.account
                     WHERE t.id = ?1",
                    [row],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Id>(2)?.0)),
                )
                .optional()?
                .ok_or(StoreError::NotFound(ATTACHMENTS.one))?;
            Ok(RemoteFile {
                account: AccountId::from_uuid(account),
                names: names(conn, message)?,
                part,
            })
        })
    }

    /// Keeps the bytes of an attachment that were on the server until now.
    pub fn keep_attachment(
        &self,
        attachment: AttachmentId,
        bytes: Vec<u8>,
    ) -> Result<(), StoreError> {
        let _staging = self
            .0
            .blobs
            .staging
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let size = bytes.len() as i64;
        let staged = self.0.blobs.stage(bytes)?;
        self.write(Durability::Full, move |work| {
            let row = get(work.tx, ATTACHMENTS, attachment.as_uuid())?;
            let blob = blob::keep(work, &staged)?;
            work.tx.execute(
                "UPDATE attachments SET blob = ?2, size = ?3 WHERE id = ?1",
                params![row, blob, size],
            )?;
            Ok(())
        })?;
        Ok(())
    }

    /// The network's names for a message, for marking it there.
    pub fn remote_names(&self, message: MessageId) -> Result<Vec<RemoteId>, StoreError> {
        self.read(|conn| {
            let row = get(conn, crate::sql::MESSAGES, message.as_uuid())?;
            names(conn, row)
        })
    }

    /// Deletes sealed files that nothing names, such as a crash leaves. Gives back how many.
    pub fn sweep_blobs(&self) -> Result<u64, StoreError> {
        let reader = self.0.readers.lend()?;
        self.0.blobs.sweep(&reader)
    }
}

fn names(conn: &Connection, message: i64) -> Result<Vec<RemoteId>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT name FROM remote_names WHERE message = ?1 ORDER BY name")?
        .query_map([message], |row| row.get(0).map(RemoteId))?
        .collect::<Result<_, _>>()?)
}

// The outbox.
impl Store {
    /// Replies of an account that may leave now, the longest waiting first.
    pub fn due_replies(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<DueReply>, StoreError> {
        self.read(|conn| commit::outbox::due(conn, account, now))
    }

    /// When the next reply of an account becomes due.
    pub fn next_due(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        self.read(|conn| commit::outbox::next_due(conn, account))
    }

    /// A reply as its channel wants it, references and files included.
    pub fn outgoing(&self, reply: MessageId) -> Result<Outgoing, StoreError> {
        self.read(|conn| outgoing::outgoing(conn, &self.0.blobs, reply))
    }

    /// Every reply that waits or is in trouble.
    pub fn outbox(&self) -> Result<Vec<OutboxItem>, StoreError> {
        self.read(lists::outbox)
    }
}

// Reading.
impl Store {
    /// A page of conversations.
    pub fn inbox(&self, request: &InboxRequest) -> Result<Page<ConversationRow>, StoreError> {
        let now = self.0.clock.now();
        self.read(|conn| inbox::page(conn, request, now))
    }

    /// A search. `handle` stops it from another thread.
    pub fn search(
        &self,
        request: &SearchRequest,
        handle: &SearchHandle,
    ) -> Result<SearchPage, StoreError> {
        let reader = self.0.readers.lend()?;
        handle.begin(reader.interrupt_handle())?;
        let found = search::search(&reader, request, self.0.clock.now());
        handle.end();
        found
    }

    /// The head of a conversation.
    pub fn conversation(&self, id: ConversationId) -> Result<ConversationHead, StoreError> {
        self.read(|conn| conversation::head(conn, id))
    }

    /// A page of a conversation's messages, the newest first; `before` is the key of the page before.
    pub fn messages(
        &self,
        id: ConversationId,
        before: Option<&PageKey>,
        limit: u32,
    ) -> Result<Page<MessageRow>, StoreError> {
        self.read(|conn| conversation::messages(conn, id, before, limit))
    }

    /// A message's HTML body.
    pub fn html(&self, message: MessageId) -> Result<Option<String>, StoreError> {
        self.read(|conn| conversation::html(conn, message))
    }

    /// A message's untouched bytes, where they were kept.
    pub fn raw(&self, message: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|conn| conversation::raw(conn, message))
    }

    /// The conversation that holds a message.
    pub fn conversation_of(&self, message: MessageId) -> Result<ConversationId, StoreError> {
        self.read(|conn| conversation::conversation_of(conn, message))
    }

    /// The newest lines of a conversation's timeline.
    pub fn timeline(
        &self,
        id: ConversationId,
        limit: u32,
    ) -> Result<Vec<TimelineRow>, StoreError> {
        self.read(|conn| conversation::timeline(conn, id, limit))
    }

    /// The card of a contact.
    pub fn contact(&self, id: ContactId) -> Result<ContactCard, StoreError> {
        self.read(|conn| conversation::contact(conn, id))
    }

    /// The contact behind a handle.
    pub fn contact_by_handle(
        &self,
        handle: &domain::Handle,
    ) -> Result<Option<ContactId>, StoreError> {
        self.read(|conn| {
            Ok(conn
                .prepare_cached(
                    "SELECT k.uuid FROM handles h JOIN contacts k ON k.id = h.contact
                     WHERE h.channel = ?1 AND h.address = ?2",
                )?
                .query_row(
                    params![handle.channel.word(), handle.address.reveal()],
                    |row| Ok(ContactId::from_uuid(row.get::<_, Id>(0)?.0)),
                )
                .optional()?)
        })
    }

    /// Maintained counts, as a viewer sees them.
    pub fn counts(&self, viewer: Viewer) -> Result<Counts, StoreError> {
        self.read(|conn| lists::counts(conn, viewer))
    }

    /// The practice; `None` before set-up has named it.
    pub fn practice(&self) -> Result<Option<PracticeRow>, StoreError> {
        self.read(lists::practice)
    }

    /// Everybody who signs in or once did.
    pub fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.read(lists::staff)
    }

    /// The pools in use; the first receives what no rule routes.
    pub fn pools(&self) -> Result<Vec<Pool>, StoreError> {
        self.read(lists::pools)
    }

    /// The tags in use.
    pub fn tags(&self) -> Result<Vec<Tag>, StoreError> {
        self.read(lists::tags)
    }

    /// The saved views that a viewer sees.
    pub fn views(&self, viewer: Viewer) -> Result<Vec<View>, StoreError> {
        self.read(|conn| lists::views(conn, viewer))
    }

    /// The canned responses in use, by title.
    pub fn canned(&self) -> Result<Vec<CannedRow>, StoreError> {
        self.read(lists::canned)
    }

    /// One setting of the practice or of a staff member; null when not set.
    pub fn setting(
        &self,
        staff: Option<StaffId>,
        key: &str,
    ) -> Result<serde_json::Value, StoreError> {
        self.read(|conn| lists::setting(conn, staff, key))
    }

    /// All settings of the practice or of a staff member.
    pub fn settings(
        &self,
        staff: Option<StaffId>,
    ) -> Result<Vec<(String, serde_json::Value)>, StoreError> {
        self.read(|conn| lists::settings(conn, staff))
    }

    /// Every account, disconnected ones included.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.read(lists::accounts)
    }

    /// Where an account's fetching goes on; `None`: from the start.
    pub fn cursor(&self, account: AccountId) -> Result<Option<Cursor>, StoreError> {
        self.read(|conn| lists::cursor(conn, account))
    }

    /// Reads one operation back; its change is `Unknown` when its text was erased.
    pub fn operation(&self, id: OperationId) -> Result<domain::Operation, StoreError> {
        self.read(|conn| {
            log::read(conn, id)?
                .map(|(_, operation)| operation)
                .ok_or(StoreError::NotFound("operation"))
        })
    }

    /// A page of the audit log, newest first.
    pub fn audit(
        &self,
        before: Option<&PageKey>,
        limit: u32,
    ) -> Result<Page<AuditRow>, StoreError> {
        self.read(|conn| lists::audit(conn, before, limit))
    }

    /// Where the log ends, to be kept elsewhere.
    pub fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.read(log::head)
    }

    /// Checks the whole log; with a head that was kept elsewhere, also that nothing was cut off.
    pub fn verify_audit(&self, expected: Option<&AuditHead>) -> Result<AuditReport, StoreError> {
        self.read(|conn| log::verify(conn, expected))
    }

    /// A hybrid time after every time written here.
    pub fn tick(&self) -> Hybrid {
        self.0.hybrid.tick(self.0.clock.now())
    }
}

fn lock(folder: &Path) -> Result<File, StoreError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The id of this installation, made on first use.
fn device(connection: &Connection, now: Timestamp) -> Result<DeviceId, StoreError> {
    let fresh = DeviceId::new(now);
    connection.execute(
        "INSERT OR IGNORE INTO meta (key, value) VALUES ('device', ?1)",
        [fresh.to_string()],
    )?;
    lists::meta(connection, "device")?
        .and_then(|text| text.parse().ok())
        .ok_or(StoreError::Value("device"))
}
