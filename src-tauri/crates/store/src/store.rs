//! The store as callers see it: the files it holds open, and one method for each thing it can do.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use domain::inbound::{Cursor, RemoteChange, RemoteId};
use domain::views::{AccountHealth, Draft, ErasureCertificate, Event, OutboxView};
use domain::{
    AccountId, Actor, AttachmentId, AttachmentMeta, Change, Clock, ContactId, ConversationId,
    DeviceId, HybridClock, MessageId, OperationId, Origin, Pool, PoolId, StaffId, Timestamp,
};
use rusqlite::{Connection, InterruptHandle, OptionalExtension, params};

use crate::blob::{self, Blobs};
use crate::commit::{self, Committed};
use crate::connection::{self, Access};
use crate::conversation::ReplyTarget;
use crate::draft::NewDraft;
use crate::error::StoreError;
use crate::events::Feed;
use crate::ingest::{self, Arrival, Delivery, IngestMode, Ingested, Ready};
use crate::key::DatabaseKey;
use crate::marks::WaitingMark;
use crate::outgoing::ReadyReply;
use crate::pool::{Durability, Readers, Writer};
use crate::sql::{ACCOUNTS, ATTACHMENTS, Id, get};
use crate::work::Work;
use crate::{conversation, draft, erase, lists, log, marks, migrate, outgoing, sql};

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
    device: DeviceId,
    /// The search that each staff member waits for.
    pub searches: Mutex<HashMap<StaffId, (u64, InterruptHandle)>>,
    /// Given up after the writer has closed the database.
    lock: Mutex<Option<File>>,
}

impl Inner {
    /// The database key, until the store is closed.
    pub(crate) fn key(&self) -> Result<DatabaseKey, StoreError> {
        self.readers.key().ok_or(StoreError::Closed)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The writer must be done before another process may open the file.
        self.writer.stop();
    }
}

/// A file with its bytes, or where they can be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAttachment {
    /// What it is.
    pub meta: AttachmentMeta,
    /// Its bytes, if they are on this computer.
    pub data: Option<Vec<u8>>,
    /// Where its bytes are, if they are still on the server.
    pub remote: Option<RemoteAttachment>,
}

/// Where the bytes of an attachment can be fetched that are still on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteAttachment {
    /// The account.
    pub account: AccountId,
    /// The network's name for the message.
    pub remote_id: RemoteId,
    /// Which of the message's attachments, from 0, in the order in which they were delivered.
    pub position: u32,
}

/// A file for a draft.
#[derive(Clone)]
pub struct NewAttachment {
    /// Safe to show.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// The bytes.
    pub data: Vec<u8>,
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
            device,
            searches: Mutex::default(),
            lock: Mutex::new(Some(lock)),
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

    /// Closes the files and forgets the key. Every call after this fails with [`StoreError::Closed`].
    pub fn close(&self) {
        self.0.writer.stop();
        self.0.readers.close();
        self.0.feed.close();
        self.0
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
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
        let (value, done) = self.0.writer.transaction(durability, move |tx| {
            let mut work = Work::new(tx, now);
            let value = job(&mut work)?;
            Ok((value, work.finish()?))
        })?;
        self.0.blobs.delete(&done.dead_blobs);
        self.0.feed.tell(&done.events);
        Ok((value, done.events))
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
        let ((operation, at, changed), events) = self.write(Durability::Full, move |work| {
            commit::commit(work, &hybrid, actor, origin, &change)
        })?;
        Ok(Committed {
            operation,
            at,
            changed,
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
        let ((operation, at, changed), events) = self.write(Durability::Full, move |work| {
            commit::undo::undo(work, &hybrid, actor, origin, operation)
        })?;
        Ok(Committed {
            operation: Some(operation),
            at,
            changed,
            events,
        })
    }

    /// Stores what a channel fetched, and the cursor, in one transaction.
    ///
    /// While catching up and importing the transaction is atomic but may be lost in a power cut: it is
    /// fetched again then. Some 10,000 items at a time are fastest.
    pub fn ingest(
        &self,
        account: AccountId,
        mode: IngestMode,
        arrivals: Vec<Arrival>,
        changes: Vec<RemoteChange>,
        cursor: Option<Cursor>,
        complete: bool,
    ) -> Result<Ingested, StoreError> {
        let durability = match mode {
            IngestMode::Live => Durability::Full,
            IngestMode::CatchUp { .. } | IngestMode::Import => Durability::Normal,
        };
        let _staging = self
            .0
            .blobs
            .staging
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let ready = self.seal(account, arrivals)?;
        let delivery = Delivery {
            account,
            mode,
            changes,
            cursor,
            complete,
        };
        let (mut out, events) = self.write(durability, move |work| {
            ingest::ingest(work, delivery, ready)
        })?;
        out.events = events;
        Ok(out)
    }

    /// Seals the files of items that are not known yet, before the writer is asked.
    fn seal(&self, account: AccountId, arrivals: Vec<Arrival>) -> Result<Vec<Ready>, StoreError> {
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

    /// Keeps how an account is doing; it is no operation. Without a new `last_good` the old one stays.
    pub fn set_health(&self, account: AccountId, health: &AccountHealth) -> Result<(), StoreError> {
        let mut health = health.clone();
        self.write(Durability::Normal, move |work| {
            let row = get(work.tx, ACCOUNTS, account.as_uuid())?;
            let before: String =
                work.tx
                    .query_row("SELECT health FROM accounts WHERE id = ?1", [row], |row| {
                        row.get(0)
                    })?;
            health.last_good = health.last_good.or(lists::health(&before).last_good);
            let health = serde_json::to_string(&health)?;
            if health != before {
                work.tx.execute(
                    "UPDATE accounts SET health = ?2 WHERE id = ?1",
                    params![row, health],
                )?;
                work.events.account(*account.as_uuid());
            }
            Ok(())
        })?;
        Ok(())
    }

    /// The snoozed conversations whose time has come, the longest due first.
    pub fn due_snoozes(&self, now: Timestamp) -> Result<Vec<ConversationId>, StoreError> {
        self.read(|conn| {
            Ok(conn
                .prepare_cached(
                    "SELECT uuid FROM conversations WHERE snoozed_until <= ?1 AND state = 2
                       AND merged_into IS NULL ORDER BY snoozed_until",
                )?
                .query_map([now.millis()], |row| {
                    Ok(ConversationId::from_uuid(row.get::<_, Id>(0)?.0))
                })?
                .collect::<Result<_, _>>()?)
        })
    }

    /// Erases everything of a contact. What remains is a line in the log.
    pub fn erase_contact(
        &self,
        contact: ContactId,
        actor: Actor,
        origin: Origin,
    ) -> Result<ErasureCertificate, StoreError> {
        let hybrid = Arc::clone(&self.0.hybrid);
        let (certificate, _) = self.write(Durability::Full, move |work| {
            erase::erase(work, &hybrid, actor, origin, contact)
        })?;
        crate::fault::point("erase.files")?;
        // What was deleted stands in the log of the file system no longer than until now.
        self.0.writer.with(|conn| {
            conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        })?;
        Ok(certificate)
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
    pub fn save_draft(&self, draft: &NewDraft) -> Result<(), StoreError> {
        let draft = draft.clone();
        // A second of typing may be lost in a power cut; a pause of the fingers must not wait for the disk.
        self.write(Durability::Normal, move |work| draft::save(work, &draft))?;
        Ok(())
    }

    /// Throws a conversation's draft away, with its files.
    pub fn discard_draft(&self, conversation: ConversationId) -> Result<(), StoreError> {
        self.write(Durability::Normal, move |work| {
            let row = commit::conversation::get_any(work.tx, conversation)?;
            draft::clear_row(work, row, None)
        })?;
        Ok(())
    }

    /// A conversation's draft.
    pub fn draft(&self, conversation: ConversationId) -> Result<Option<Draft>, StoreError> {
        self.read(|conn| draft::read(conn, commit::conversation::get_any(conn, conversation)?))
    }

    /// Seals a file for a conversation's draft, which shows it once a saved draft names it. The name
    /// must be safe to show already.
    pub fn attach(
        &self,
        conversation: ConversationId,
        file: &NewAttachment,
    ) -> Result<AttachmentMeta, StoreError> {
        let _staging = self
            .0
            .blobs
            .staging
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let meta = AttachmentMeta {
            id: AttachmentId::new(self.0.clock.now()),
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.data.len() as u64,
            inline: false,
            content_id: None,
            danger: None,
            stored: true,
        };
        let staged = self.0.blobs.stage(file.data.clone())?;
        let new = meta.clone();
        self.write(Durability::Full, move |work| {
            let row = commit::conversation::get_any(work.tx, conversation)?;
            let blob = blob::keep(work, &staged)?;
            let now = work.now;
            blob::insert(
                work.tx,
                &blob::NewRow {
                    id: new.id,
                    message: None,
                    draft: Some(row),
                    name: &new.name,
                    media_type: &new.media_type,
                    size: new.size,
                    inline: false,
                    content_id: None,
                    danger: None,
                    part: -1,
                    blob: Some(blob),
                },
                now,
            )
        })?;
        Ok(meta)
    }

    /// Takes a file off a draft, and its bytes away.
    pub fn detach(&self, attachment: AttachmentId) -> Result<(), StoreError> {
        self.write(Durability::Full, move |work| {
            draft::detach(work, attachment)
        })?;
        Ok(())
    }

    /// A file of a conversation, with its bytes if they are here.
    pub fn attachment(
        &self,
        conversation: ConversationId,
        attachment: AttachmentId,
    ) -> Result<StoredAttachment, StoreError> {
        self.read(|conn| {
            let row = get(conn, ATTACHMENTS, attachment.as_uuid())?;
            let within = commit::conversation::get_any(conn, conversation)?;
            let (message, position, home): (Option<i64>, i64, Option<i64>) = conn.query_row(
                "SELECT t.message, t.part, coalesce(t.draft, m.conversation)
                 FROM attachments t LEFT JOIN messages m ON m.id = t.message WHERE t.id = ?1",
                [row],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?;
            if home != Some(within) {
                return Err(StoreError::NotFound(ATTACHMENTS.one));
            }
            let meta = blob::list(conn, "id", row)?
                .pop()
                .ok_or(StoreError::NotFound(ATTACHMENTS.one))?;
            let data = self.0.blobs.read(conn, row)?;
            let remote = match message.filter(|_| data.is_none()) {
                Some(message) => remote(conn, message, position as u32)?,
                None => None,
            };
            Ok(StoredAttachment { meta, data, remote })
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

    /// Marks made here that the account's mailbox does not show yet.
    pub fn waiting_marks(&self, account: AccountId) -> Result<Vec<WaitingMark>, StoreError> {
        self.read(|conn| marks::waiting(conn, account))
    }

    /// Forgets marks that were carried, or that cannot be.
    pub fn marks_done(&self, ids: &[i64]) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        self.write(Durability::Normal, move |work| marks::done(work.tx, &ids))?;
        Ok(())
    }

    /// Deletes sealed files that nothing names, such as a crash leaves. Gives back how many.
    pub fn sweep_blobs(&self) -> Result<u64, StoreError> {
        let reader = self.0.readers.lend()?;
        self.0.blobs.sweep(&reader)
    }
}

fn remote(
    conn: &Connection,
    message: i64,
    position: u32,
) -> Result<Option<RemoteAttachment>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT a.uuid, r.name FROM remote_names r JOIN accounts a ON a.id = r.account
             WHERE r.message = ?1 ORDER BY r.name LIMIT 1",
        )?
        .query_row([message], |row| {
            Ok(RemoteAttachment {
                account: AccountId::from_uuid(row.get::<_, Id>(0)?.0),
                remote_id: RemoteId(row.get(1)?),
                position,
            })
        })
        .optional()?)
}

// The outbox.
impl Store {
    /// Replies of an account that may leave now, the longest waiting first.
    pub fn due_replies(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<MessageId>, StoreError> {
        self.read(|conn| commit::outbox::due(conn, account, now))
    }

    /// When the next reply of an account becomes due.
    pub fn next_due(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        self.read(|conn| commit::outbox::next_due(conn, account))
    }

    /// Replies of an account of which nobody knows whether they were sent.
    pub fn uncertain_replies(&self, account: AccountId) -> Result<Vec<MessageId>, StoreError> {
        self.read(|conn| commit::outbox::uncertain(conn, account))
    }

    /// A reply as its channel wants it, references and files included.
    pub fn outgoing(&self, reply: MessageId) -> Result<ReadyReply, StoreError> {
        self.read(|conn| outgoing::ready(conn, &self.0.blobs, reply))
    }

    /// Where a reply is on its way.
    pub fn outbox_view(&self, reply: MessageId) -> Result<OutboxView, StoreError> {
        self.read(|conn| {
            let at = commit::outbox::standing(conn, reply)?;
            Ok(OutboxView {
                state: at.state,
                not_before: Timestamp::from_millis(at.not_before),
                attempts: at.attempt,
                failure: at.failure,
                why: at.why.into(),
            })
        })
    }

    /// The account through which a reply leaves.
    pub fn account_of(&self, reply: MessageId) -> Result<AccountId, StoreError> {
        self.read(|conn| {
            let at = commit::outbox::standing(conn, reply)?;
            sql::uuid_of(conn, ACCOUNTS, at.account).map(AccountId::from_uuid)
        })
    }

    /// Where an answer to a conversation goes.
    pub fn reply_target(&self, conversation: ConversationId) -> Result<ReplyTarget, StoreError> {
        self.read(|conn| {
            let row = commit::conversation::get_any(conn, conversation)?;
            conversation::target(conn, row)
        })
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
