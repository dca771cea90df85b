//! One connection to the encrypted file, set up the only way we use one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::StoreError;
use crate::key::{DatabaseKey, MAGIC};

/// Whether a connection may write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// The one writer.
    Writer,
    /// A reader; a stray write fails instead of racing.
    Reader,
}

/// The oldest SQLite that carries the fix of the WAL-reset bug (fixed in 3.51.3) with some room.
const OLDEST_SQLITE: i32 = 3_053_000;

/// Page cache of the writer and of each reader, in KiB.
const WRITER_CACHE_KIB: i32 = 24_576;
const READER_CACHE_KIB: i32 = 6_144;

/// Checks what can be told about a file without its key, and with it but without opening it.
///
/// So a foreign file, a wrong key, a cut-off file and a damaged one are told apart although the
/// engine reports all four alike.
pub(crate) fn check_file(path: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut mark = [0; 16];
    if length < mark.len() as u64 {
        let mut start = Vec::new();
        file.read_to_end(&mut start)?;
        return Err(if MAGIC.starts_with(&start) || start.starts_with(MAGIC) {
            StoreError::Truncated
        } else {
            StoreError::NotADatabase
        });
    }
    file.read_exact(&mut mark)?;
    if !mark.starts_with(MAGIC) {
        return Err(StoreError::NotADatabase);
    }
    if mark != key.file_mark() {
        return Err(StoreError::WrongKey);
    }
    if length % PAGE_SIZE != 0 {
        return Err(StoreError::Truncated);
    }
    Ok(())
}

/// The page size that SQLCipher 4 uses.
pub(crate) const PAGE_SIZE: u64 = 4096;

/// Opens the file, which [`check_file`] let pass or which does not exist yet.
pub(crate) fn open(
    path: &Path,
    key: &DatabaseKey,
    access: Access,
) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let flags = match access {
        Access::Writer => flags | OpenFlags::SQLITE_OPEN_CREATE,
        Access::Reader => flags,
    };
    let connection = Connection::open_with_flags(path, flags).map_err(cannot_open)?;
    connection.pragma_update(None, "key", key.pragma().as_str())?;
    // The first read verifies the first page. The key's mark fitted, so a failure is damage.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let cache = match access {
        Access::Writer => WRITER_CACHE_KIB,
        Access::Reader => READER_CACHE_KIB,
    };
    connection.execute_batch(&format!(
        "PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -{cache};
         PRAGMA busy_timeout = 5000;"
    ))?;
    match access {
        Access::Writer => {
            let mode: String =
                connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
            if mode != "wal" {
                return Err(StoreError::ReadOnly);
            }
            // Checkpoints of 16 MiB: small ones cost half of the ingest rate.
            connection.execute_batch(
                "PRAGMA wal_autocheckpoint = 4096;
                 PRAGMA journal_size_limit = 67108864;
                 PRAGMA synchronous = FULL;",
            )?;
        }
        Access::Reader => connection.execute_batch("PRAGMA query_only = ON;")?,
    }
    connection.set_prepared_statement_cache_capacity(192);
    Ok(connection)
}

/// Refuses to work on an engine that this build was not made for.
pub(crate) fn check_engine(connection: &Connection) -> Result<(), StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::Engine("SQLite is too old"));
    }
    let cipher: Option<String> = connection
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .ok();
    if !cipher.is_some_and(|version| version.starts_with("4.")) {
        return Err(StoreError::Engine("SQLCipher 4 is missing"));
    }
    Ok(())
}

fn cannot_open(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen) => StoreError::ReadOnly,
        _ => error.into(),
    }
}
