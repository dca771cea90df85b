//! One sealed file with everything, made while work goes on; and its way back.
//!
//! ```text
//! "antback1" · version · instant · length of keys · keys · wrapped backup key · sealed stream
//! stream: (kind · length of name · name · length · bytes)*
//! ```
//!
//! The stream is sealed with a key of its own, and that key is wrapped with one derived from the
//! database key; everything before it is authenticated with the wrapping. `keys` are the caller's: the
//! database key wrapped by the recovery key or passphrase, so that the file opens on another computer.
//! Attachments stay sealed with their own keys inside.
//!
//! The database in it is a consistent copy by SQLite's backup calls, encrypted like the original. A
//! manifest with a hash of every table lets a restored copy be compared with what was copied.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::{Actor, Change, Clock, DeviceId, Origin, OutboxState, Timestamp};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::blob::sync_folder;
use crate::connection::{self, Access};
use crate::key::DatabaseKey;
use crate::log::hex;
use crate::seal::{Opener, Sealer};
use crate::store::{BLOBS, DATABASE};
use crate::{Store, StoreError};

const MAGIC: &[u8; 8] = b"antback1";
/// The layout that this build writes and reads.
const VERSION: u16 = 1;
/// Longer keys than this are damage.
const MOST_KEYS: u32 = 1 << 20;

const DATABASE_ENTRY: u8 = 1;
const BLOB_ENTRY: u8 = 2;
const MANIFEST_ENTRY: u8 = 3;

/// Pages copied between two looks at the progress.
const PAGES: i32 = 512;

/// What a comparison of a backup found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Comparison {
    /// Tables compared.
    pub tables: u32,
    /// Messages in the restored copy.
    pub messages: u32,
    /// What differs from what was copied when the backup was made, in words; empty when nothing does.
    pub differences: Vec<String>,
}

/// Hashes of every table.
type Manifest = std::collections::BTreeMap<String, String>;

impl Store {
    /// Makes a backup at `path`, where no file may be yet. `keys` stand readable in its head. Gives
    /// back its length.
    pub fn backup(
        &self,
        path: &Path,
        keys: &[u8],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        if path.try_exists()? {
            return Err(StoreError::Exists);
        }
        let part = beside(path, "part");
        let copy = beside(path, "copy");
        let made = self.make(path, &part, &copy, keys, progress);
        for file in [&copy, &beside(&copy, "wal"), &beside(&copy, "shm")] {
            let _ = fs::remove_file(file);
        }
        if made.is_err() {
            let _ = fs::remove_file(&part);
        }
        made
    }

    fn make(
        &self,
        path: &Path,
        part: &Path,
        copy: &Path,
        keys: &[u8],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        let inner = self.inner();
        // Held over the copying of files: what the database copy names must still be there.
        let _staging = inner
            .blobs
            .staging
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let folder = path.parent().unwrap_or(Path::new("."));
        let size = self.read(|conn| {
            let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            let blobs: i64 = conn.query_row(
                "SELECT coalesce(sum(size), 0) FROM blobs WHERE inside IS NULL",
                [],
                |row| row.get(0),
            )?;
            Ok((pages as u64 * connection::PAGE_SIZE, blobs as u64))
        })?;
        // The copy, and the file with the copy and the attachments in it.
        if fs4::available_space(folder)? < size.0 * 2 + size.1 + size.1 / 1000 + (1 << 20) {
            return Err(StoreError::DiskFull);
        }
        let key = inner.key()?;
        let total = size.0 + size.1;
        let blobs = self.copy_database(copy, &key, total, progress)?;
        let mut done = size.0;
        let out = BufWriter::new(File::create(part)?);
        let mut sealer = start(&key, inner.clock.now(), keys, out)?;
        let manifest =
            serde_json::to_vec(&manifest(&connection::open(copy, &key, Access::Reader)?)?)?;
        entry(&mut sealer, MANIFEST_ENTRY, "", manifest.len() as u64)?;
        sealer.write(&manifest)?;
        file_entry(&mut sealer, DATABASE_ENTRY, "", copy)?;
        for name in blobs {
            crate::fault::point("backup.step")?;
            let blob = inner.blobs.folder().join(&name);
            done += file_entry(&mut sealer, BLOB_ENTRY, &name, &blob)?;
            progress(done.min(total), total);
        }
        let file = sealer
            .finish()?
            .into_inner()
            .map_err(|error| StoreError::from(error.into_error()))?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        crate::fault::point("backup.finish")?;
        fs::rename(part, path)?;
        sync_folder(folder)?;
        progress(total, total);
        Ok(bytes)
    }

    /// Copies the database as it is at this moment, and gives back the names of its attachments' files.
    fn copy_database(
        &self,
        copy: &Path,
        key: &DatabaseKey,
        total: u64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<String>, StoreError> {
        let _ = fs::remove_file(copy);
        let reader = self.inner().readers.lend()?;
        // A snapshot held open: the copy need not start again when something is written.
        let snapshot = reader.unchecked_transaction()?;
        snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        let mut target = Connection::open(copy)?;
        target.pragma_update(None, "key", key.pragma().as_str())?;
        let backup = Backup::new(&snapshot, &mut target)?;
        loop {
            crate::fault::point("backup.step")?;
            let step = backup.step(PAGES)?;
            let at = backup.progress();
            let done = u64::try_from(at.pagecount - at.remaining).unwrap_or(0);
            progress((done * connection::PAGE_SIZE).min(total), total);
            match step {
                StepResult::Done => break,
                StepResult::Busy | StepResult::Locked => std::thread::yield_now(),
                _ => {}
            }
        }
        drop(backup);
        let names = target
            .prepare("SELECT key FROM blobs WHERE inside IS NULL ORDER BY id")?
            .query_map([], |row| row.get::<_, [u8; 32]>(0))?
            .map(|key| key.map(|key| crate::blob::file_name(&key)))
            .collect::<Result<_, _>>()?;
        target.pragma_update(None, "journal_mode", "DELETE")?;
        target.close().map_err(|(_, error)| error)?;
        drop(snapshot);
        Ok(names)
    }

    /// The caller's keys from a backup's head.
    pub fn backup_keys(path: &Path) -> Result<Vec<u8>, StoreError> {
        Ok(head(&mut BufReader::new(File::open(path)?))?.keys)
    }

    /// Puts a backup's content into a folder that holds no store. The restored store has a new device
    /// id and sends nothing old: what was waiting to leave is a draft again, and what was leaving is
    /// uncertain.
    pub fn restore(
        path: &Path,
        key: &DatabaseKey,
        folder: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<(), StoreError> {
        if Self::exists(folder) {
            return Err(StoreError::Exists);
        }
        fs::create_dir_all(folder)?;
        // Made ready aside, so that a half restored store is never taken for a whole one.
        let aside = folder.join(".restoring");
        let _ = fs::remove_dir_all(&aside);
        let restored = restore_into(path, key, folder, &aside, clock);
        let _ = fs::remove_dir_all(&aside);
        restored
    }

    /// Restores a backup into an empty folder and compares every table with what was copied.
    pub fn compare_backup(
        &self,
        path: &Path,
        key: &DatabaseKey,
        scratch: &Path,
    ) -> Result<Comparison, StoreError> {
        let (_, expected) = unpack(path, key, scratch)?;
        let database = scratch.join(DATABASE);
        connection::check_file(&database, key)?;
        let conn = connection::open(&database, key, Access::Reader)?;
        let found = manifest(&conn)?;
        let mut differences = Vec::new();
        for (table, hash) in &expected {
            match found.get(table) {
                None => differences.push(format!("the table {table} is missing")),
                Some(other) if other != hash => {
                    differences.push(format!("the table {table} differs"));
                }
                Some(_) => {}
            }
        }
        differences.extend(
            found
                .keys()
                .filter(|table| !expected.contains_key(*table))
                .map(|table| format!("the table {table} is new")),
        );
        let mut blobs = conn.prepare("SELECT key FROM blobs WHERE inside IS NULL")?;
        for key in blobs.query_map([], |row| row.get::<_, [u8; 32]>(0))? {
            let key = key?;
            let file = scratch.join(BLOBS).join(crate::blob::file_name(&key));
            if crate::blob::read_sealed(&file, &key).is_err() {
                differences.push("an attachment does not open".to_owned());
            }
        }
        Ok(Comparison {
            tables: found.len() as u32,
            messages: conn.query_row("SELECT count(*) FROM messages", [], |row| row.get(0))?,
            differences,
        })
    }
}

fn restore_into(
    path: &Path,
    key: &DatabaseKey,
    folder: &Path,
    aside: &Path,
    clock: Arc<dyn Clock>,
) -> Result<(), StoreError> {
    let (taken_at, _) = unpack(path, key, aside)?;
    let fresh = DeviceId::new(clock.now());
    {
        let database = aside.join(DATABASE);
        connection::check_file(&database, key)?;
        let conn = connection::open(&database, key, Access::Writer)?;
        conn.execute(
            "UPDATE meta SET value = ?1 WHERE key = 'device'",
            [fresh.to_string()],
        )?;
        conn.close().map_err(|(_, error)| error)?;
    }
    // Opening makes uncertain what was leaving.
    let store = Store::open(aside, key, clock)?;
    for (conversation, reply, state) in store.read(waiting)? {
        debug_assert!(matches!(state, OutboxState::Held | OutboxState::Queued));
        store.commit(
            Actor::Machine,
            Origin::Background,
            Change::ReplyCancelled {
                conversation,
                reply,
            },
        )?;
    }
    store.commit(
        Actor::Machine,
        Origin::Background,
        Change::Restored { taken_at },
    )?;
    store.close();
    drop(store);
    let blobs = aside.join(BLOBS);
    if blobs.exists() {
        let target = folder.join(BLOBS);
        fs::create_dir_all(&target)?;
        for file in fs::read_dir(blobs)? {
            let file = file?;
            fs::rename(file.path(), target.join(file.file_name()))?;
        }
        sync_folder(&target)?;
    }
    // The last step: with it the store is there.
    fs::rename(aside.join(DATABASE), folder.join(DATABASE))?;
    sync_folder(folder)
}

fn waiting(
    conn: &Connection,
) -> Result<Vec<(domain::ConversationId, domain::MessageId, OutboxState)>, StoreError> {
    let rows = conn
        .prepare(
            "SELECT c.uuid AS conversation, m.uuid AS reply, o.state FROM outbox o
             JOIN messages m ON m.id = o.message JOIN conversations c ON c.id = m.conversation
             WHERE o.state IN ('held', 'queued') ORDER BY o.message",
        )?
        .query_map([], |row| {
            Ok((
                domain::ConversationId::from_uuid(crate::sql::uuid(row, "conversation")?),
                domain::MessageId::from_uuid(crate::sql::uuid(row, "reply")?),
                crate::sql::column_word(row, "state", OutboxState::from_word)?,
            ))
        })?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// `path` with one more ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    // The engine's own names for what belongs to a database.
    name.push(if matches!(ending, "wal" | "shm") {
        "-"
    } else {
        "."
    });
    name.push(ending);
    PathBuf::from(name)
}

struct Head {
    taken_at: Timestamp,
    keys: Vec<u8>,
    wrapped: Vec<u8>,
    /// Everything before the wrapped key.
    bytes: Vec<u8>,
}

fn head(input: &mut impl Read) -> Result<Head, StoreError> {
    let mut bytes = vec![0; MAGIC.len() + 2 + 8 + 4];
    let short = |_| StoreError::NotADatabase;
    input.read_exact(&mut bytes).map_err(short)?;
    let (magic, rest) = bytes.split_at(MAGIC.len());
    let (version, rest) = rest.split_at(2);
    let (taken_at, length) = rest.split_at(8);
    if magic != MAGIC {
        return Err(StoreError::NotADatabase);
    }
    if version != VERSION.to_be_bytes() {
        return Err(StoreError::NewerBackup);
    }
    let taken_at = i64::from_be_bytes(taken_at.try_into().map_err(|_| StoreError::Seal)?);
    let length = u32::from_be_bytes(length.try_into().map_err(|_| StoreError::Seal)?);
    if length > MOST_KEYS {
        return Err(StoreError::Seal);
    }
    let mut keys = vec![0; length as usize];
    input.read_exact(&mut keys).map_err(|_| StoreError::Seal)?;
    let mut wrapped = vec![0; 24 + 32 + 16];
    input
        .read_exact(&mut wrapped)
        .map_err(|_| StoreError::Seal)?;
    bytes.extend_from_slice(&keys);
    Ok(Head {
        taken_at: Timestamp::from_millis(taken_at),
        keys,
        wrapped,
        bytes,
    })
}

fn wrapping(key: &DatabaseKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.derive("anteroom backup").as_slice().into())
}

/// Writes the head and begins the stream.
fn start<W: Write>(
    key: &DatabaseKey,
    now: Timestamp,
    keys: &[u8],
    mut out: W,
) -> Result<Sealer<W>, StoreError> {
    let length = u32::try_from(keys.len()).map_err(|_| StoreError::Value("keys"))?;
    let mut head = Vec::new();
    head.extend_from_slice(MAGIC);
    head.extend_from_slice(&VERSION.to_be_bytes());
    head.extend_from_slice(&now.millis().to_be_bytes());
    head.extend_from_slice(&length.to_be_bytes());
    head.extend_from_slice(keys);
    let mut own = Zeroizing::new([0; 32]);
    let mut nonce = [0; 24];
    getrandom::fill(own.as_mut()).map_err(|_| StoreError::Engine("no randomness"))?;
    getrandom::fill(&mut nonce).map_err(|_| StoreError::Engine("no randomness"))?;
    let sealed = wrapping(key)
        .encrypt(
            XNonce::from_slice(&nonce),
            Payload {
                msg: own.as_slice(),
                aad: &head,
            },
        )
        .map_err(|_| StoreError::Seal)?;
    out.write_all(&head)?;
    out.write_all(&nonce)?;
    out.write_all(&sealed)?;
    Ok(Sealer::new(&own, out))
}

fn entry<W: Write>(
    out: &mut Sealer<W>,
    kind: u8,
    name: &str,
    length: u64,
) -> Result<(), StoreError> {
    out.write(&[kind])?;
    out.write(&(name.len() as u16).to_be_bytes())?;
    out.write(name.as_bytes())?;
    out.write(&length.to_be_bytes())
}

fn file_entry<W: Write>(
    out: &mut Sealer<W>,
    kind: u8,
    name: &str,
    path: &Path,
) -> Result<u64, StoreError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    entry(out, kind, name, length)?;
    let mut buffer = vec![0; 256 * 1024];
    let mut left = length;
    while left > 0 {
        let want = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let chunk = buffer.get_mut(..want).unwrap_or_default();
        file.read_exact(chunk)?;
        out.write(chunk)?;
        left -= want as u64;
    }
    Ok(length)
}

/// Writes a backup's files into a folder, as they were.
fn unpack(
    path: &Path,
    key: &DatabaseKey,
    folder: &Path,
) -> Result<(Timestamp, Manifest), StoreError> {
    let mut input = BufReader::new(File::open(path)?);
    let length = input.get_ref().metadata()?.len();
    let head = head(&mut input)?;
    let (nonce, sealed) = head.wrapped.split_at(24);
    let own = wrapping(key)
        .decrypt(
            XNonce::from_slice(nonce),
            Payload {
                msg: sealed,
                aad: &head.bytes,
            },
        )
        .map_err(|_| StoreError::WrongKey)?;
    let own: Zeroizing<[u8; 32]> = Zeroizing::new(own.try_into().map_err(|_| StoreError::Seal)?);
    fs::create_dir_all(folder.join(BLOBS))?;
    if fs4::available_space(folder)? < length + (1 << 20) {
        return Err(StoreError::DiskFull);
    }
    let mut stream = Opener::new(&own, input);
    let mut manifest = None;
    let mut database = false;
    while !stream.at_end()? {
        let mut fixed = [0; 3];
        stream.read_exact(&mut fixed)?;
        let [kind, high, low] = fixed;
        let mut name = vec![0; usize::from(u16::from_be_bytes([high, low]))];
        stream.read_exact(&mut name)?;
        let mut length = [0; 8];
        stream.read_exact(&mut length)?;
        let length = u64::from_be_bytes(length);
        match kind {
            MANIFEST_ENTRY if length < 1 << 20 => {
                let mut json = vec![0; length as usize];
                stream.read_exact(&mut json)?;
                manifest = Some(serde_json::from_slice(&json)?);
            }
            DATABASE_ENTRY => {
                write_out(&mut stream, &folder.join(DATABASE), length)?;
                database = true;
            }
            BLOB_ENTRY => {
                let name = String::from_utf8(name).map_err(|_| StoreError::Seal)?;
                // Only names that we give: nothing that leads out of the folder.
                if name.len() != 32 || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err(StoreError::Seal);
                }
                write_out(&mut stream, &folder.join(BLOBS).join(name), length)?;
            }
            _ => return Err(StoreError::Seal),
        }
    }
    match (manifest, database) {
        (Some(manifest), true) => Ok((head.taken_at, manifest)),
        _ => Err(StoreError::Seal),
    }
}

fn write_out<R: Read>(stream: &mut Opener<R>, path: &Path, length: u64) -> Result<(), StoreError> {
    let mut file = File::create(path)?;
    let mut buffer = vec![0; 256 * 1024];
    let mut left = length;
    while left > 0 {
        let want = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let chunk = buffer.get_mut(..want).unwrap_or_default();
        stream.read_exact(chunk)?;
        file.write_all(chunk)?;
        left -= want as u64;
    }
    file.sync_all()?;
    Ok(())
}

/// A hash of every table's rows, the full-text index's own tables included.
fn manifest(conn: &Connection) -> Result<Manifest, StoreError> {
    let tables = conn
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
             ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    let mut manifest = Manifest::new();
    for table in tables {
        let mut hash = Sha256::new();
        let mut rows = conn.prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns = rows.column_count();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                match row.get_ref(column)? {
                    ValueRef::Null => hash.update([0]),
                    ValueRef::Integer(value) => {
                        hash.update([1]);
                        hash.update(value.to_be_bytes());
                    }
                    ValueRef::Real(value) => {
                        hash.update([2]);
                        hash.update(value.to_be_bytes());
                    }
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                        hash.update([3]);
                        hash.update((bytes.len() as u64).to_be_bytes());
                        hash.update(bytes);
                    }
                }
            }
        }
        manifest.insert(table, hex(&hash.finalize()));
    }
    Ok(manifest)
}
