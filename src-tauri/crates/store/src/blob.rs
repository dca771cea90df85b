//! Attachments' bytes: sealed files beside the database, or, when small, rows in it.
//!
//! Each file is sealed with a random key of its own (XChaCha20-Poly1305 in STREAM, chunks of 64 KiB),
//! and that key lives in the database alone: dropping the row makes the file unreadable for ever,
//! whatever a file system or a backup program still keeps. The file's name comes from the key, so a
//! name tells nothing about the content; the content's keyed hash finds equal files.
//!
//! A file is complete and on the disk before the row that names it is committed. What a crash leaves
//! between the two is an orphan, and [`Blobs::sweep`] removes it.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::RwLock;

use domain::AttachmentMeta;
use hkdf::Hkdf;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::StoreError;
use crate::key::DatabaseKey;
use crate::log::hex;
use crate::seal::{Opener, Sealer};
use crate::sql::{Id, from_serde_word};
use crate::work::Work;

/// Bytes up to this length live in the database: a file would cost more than it saves.
pub(crate) const INSIDE: usize = 16 * 1024;

const MAGIC: &[u8; 8] = b"antblob1";

/// The folder of sealed files.
pub(crate) struct Blobs {
    folder: PathBuf,
    address_key: Zeroizing<[u8; 32]>,
    /// Held for reading from the moment a file is made until its row is committed, and for writing
    /// while orphans are swept.
    pub(crate) staging: RwLock<()>,
}

/// Bytes that were sealed and wait for their row.
pub(crate) struct Staged {
    address: [u8; 32],
    key: Option<Zeroizing<[u8; 32]>>,
    size: u64,
    inside: Option<Vec<u8>>,
}

impl Blobs {
    pub(crate) fn new(folder: PathBuf, key: &DatabaseKey) -> Self {
        Self {
            folder,
            address_key: key.derive("anteroom blob address"),
            staging: RwLock::new(()),
        }
    }

    /// Seals bytes. A file is on the disk when this returns.
    pub(crate) fn stage(&self, bytes: Vec<u8>) -> Result<Staged, StoreError> {
        let size = bytes.len() as u64;
        let address = self.address(&bytes);
        if bytes.len() <= INSIDE {
            return Ok(Staged {
                address,
                key: None,
                size,
                inside: Some(bytes),
            });
        }
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut()).map_err(|_| StoreError::Engine("no randomness"))?;
        fs::create_dir_all(&self.folder)?;
        let target = self.folder.join(file_name(&key));
        let temporary = target.with_extension("part");
        let written = write_sealed(&temporary, &key, &bytes);
        if let Err(error) = written {
            let _ = fs::remove_file(&temporary);
            return Err(error);
        }
        crate::fault::point("blob.temp")?;
        fs::rename(&temporary, &target)?;
        sync_folder(&self.folder)?;
        crate::fault::point("blob.renamed")?;
        Ok(Staged {
            address,
            key: Some(key),
            size,
            inside: None,
        })
    }

    fn address(&self, bytes: &[u8]) -> [u8; 32] {
        // A keyed hash: whoever holds a file cannot test whether it is stored here.
        let mut hash = Sha256::new();
        hash.update(self.address_key.as_ref());
        hash.update(bytes);
        Sha256::new()
            .chain_update(self.address_key.as_ref())
            .chain_update(hash.finalize())
            .finalize()
            .into()
    }

    /// The bytes of a stored attachment; `None` while they are still on the server.
    pub(crate) fn read(
        &self,
        conn: &Connection,
        attachment: i64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found: Option<(Vec<u8>, Option<Vec<u8>>)> = conn
            .prepare_cached(
                "SELECT b.key, b.inside FROM attachments a JOIN blobs b ON b.id = a.blob
                 WHERE a.id = ?1",
            )?
            .query_row([attachment], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match found {
            None => Ok(None),
            Some((_, Some(bytes))) => Ok(Some(bytes)),
            Some((key, None)) => {
                let key: Zeroizing<[u8; 32]> =
                    Zeroizing::new(key.try_into().map_err(|_| StoreError::Value("blob key"))?);
                read_sealed(&self.folder.join(file_name(&key)), &key).map(Some)
            }
        }
    }

    /// Deletes the files of blobs that are no more.
    pub(crate) fn delete(&self, keys: &[[u8; 32]]) {
        for key in keys {
            if let Err(error) = fs::remove_file(self.folder.join(file_name(key))) {
                // Its key is gone, so it can be read no more; the next sweep tries again.
                tracing::warn!(?error, "a sealed file could not be deleted");
            }
        }
    }

    /// Deletes files that no row names. Gives back how many.
    pub(crate) fn sweep(&self, conn: &Connection) -> Result<u64, StoreError> {
        let _alone = self
            .staging
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let known: HashSet<String> = conn
            .prepare("SELECT key FROM blobs WHERE inside IS NULL")?
            .query_map([], |row| row.get::<_, [u8; 32]>(0))?
            .map(|key| key.map(|key| file_name(&key)))
            .collect::<Result<_, _>>()?;
        let files = match fs::read_dir(&self.folder) {
            Ok(files) => files,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        let mut deleted = 0;
        for file in files {
            let file = file?;
            let name = file.file_name();
            let ours = name.to_str().is_some_and(|name| known.contains(name));
            if !ours && file.file_type()?.is_file() {
                fs::remove_file(file.path())?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Gives staged bytes their row, or finds that equal bytes have one. Gives back the row.
pub(crate) fn keep(work: &mut Work<'_>, staged: &Staged) -> Result<i64, StoreError> {
    let known: Option<i64> = work
        .tx
        .prepare_cached("SELECT id FROM blobs WHERE address = ?1")?
        .query_row([staged.address.as_slice()], |row| row.get(0))
        .optional()?;
    if let Some(row) = known {
        if let Some(key) = &staged.key {
            work.dead_blobs.push(**key);
        }
        return Ok(row);
    }
    let key: &[u8] = staged.key.as_ref().map_or(&[], |key| key.as_slice());
    work.tx
        .prepare_cached("INSERT INTO blobs (address, key, size, inside) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            staged.address.as_slice(),
            key,
            staged.size as i64,
            staged.inside
        ])?;
    Ok(work.tx.last_insert_rowid())
}

/// Takes away attachments and the bytes that nothing else uses.
pub(crate) fn remove(
    work: &mut Work<'_>,
    column: &'static str,
    row: i64,
) -> Result<u64, StoreError> {
    let blobs = work
        .tx
        .prepare_cached(&format!(
            "SELECT DISTINCT blob FROM attachments WHERE {column} = ?1 AND blob IS NOT NULL"
        ))?
        .query_map([row], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let gone = work
        .tx
        .prepare_cached(&format!("DELETE FROM attachments WHERE {column} = ?1"))?
        .execute([row])?;
    for blob in blobs {
        drop_if_unused(work, blob)?;
    }
    Ok(gone as u64)
}

fn drop_if_unused(work: &mut Work<'_>, blob: i64) -> Result<(), StoreError> {
    let key: Option<Vec<u8>> = work
        .tx
        .prepare_cached(
            "DELETE FROM blobs WHERE id = ?1
               AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.blob = blobs.id)
             RETURNING key",
        )?
        .query_row([blob], |row| row.get(0))
        .optional()?;
    if let Some(key) = key.and_then(|key| key.try_into().ok()) {
        work.dead_blobs.push(key);
    }
    Ok(())
}

/// Files of a message (`column` `message`) or of a draft (`draft`).
pub(crate) fn list(
    conn: &Connection,
    column: &'static str,
    row: i64,
) -> Result<Vec<AttachmentMeta>, StoreError> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT uuid, name, media_type, size, inline, content_id, danger, blob IS NOT NULL
             FROM attachments WHERE {column} = ?1 ORDER BY id"
        ))?
        .query_map([row], meta)?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn meta(row: &rusqlite::Row<'_>) -> rusqlite::Result<AttachmentMeta> {
    Ok(AttachmentMeta {
        id: domain::AttachmentId::from_uuid(row.get::<_, Id>(0)?.0),
        name: row.get(1)?,
        media_type: row.get(2)?,
        size: row.get::<_, i64>(3)? as u64,
        inline: row.get(4)?,
        content_id: row.get(5)?,
        danger: row
            .get::<_, Option<String>>(6)?
            .as_deref()
            .and_then(from_serde_word),
        stored: row.get(7)?,
    })
}

/// Writes a new attachment row.
pub(crate) struct NewRow<'a> {
    pub id: domain::AttachmentId,
    pub message: Option<i64>,
    pub draft: Option<i64>,
    pub name: &'a str,
    pub media_type: &'a str,
    pub size: u64,
    pub inline: bool,
    pub content_id: Option<&'a str>,
    pub danger: Option<String>,
    pub part: i64,
    pub blob: Option<i64>,
}

pub(crate) fn insert(
    tx: &Transaction<'_>,
    new: &NewRow<'_>,
    now: domain::Timestamp,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO attachments (uuid, message, draft, name, media_type, size, inline, content_id,
                                  danger, part, blob, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        Id(*new.id.as_uuid()),
        new.message,
        new.draft,
        new.name,
        new.media_type,
        new.size as i64,
        new.inline,
        new.content_id,
        new.danger,
        new.part,
        new.blob,
        now.millis(),
    ])?;
    Ok(())
}

/// The name of the file that a key seals.
pub(crate) fn file_name(key: &[u8; 32]) -> String {
    let mut name = [0; 16];
    Hkdf::<Sha256>::new(None, key)
        .expand(b"anteroom blob name", &mut name)
        .expect("16 bytes is a valid HKDF-SHA-256 output length");
    hex(&name)
}

fn write_sealed(path: &Path, key: &[u8; 32], bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = File::create(path)?;
    file.write_all(MAGIC)?;
    let mut sealer = Sealer::new(key, file);
    sealer.write(bytes)?;
    sealer.finish()?.sync_all()?;
    Ok(())
}

pub(crate) fn read_sealed(path: &Path, key: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
    let mut file = BufReader::new(File::open(path)?);
    let mut magic = [0; MAGIC.len()];
    file.read_exact(&mut magic).map_err(|_| StoreError::Seal)?;
    if magic != *MAGIC {
        return Err(StoreError::Seal);
    }
    Opener::new(key, file).read_all()
}

/// Makes a rename last.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Windows has no such thing as a folder handle to flush, and needs none.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
