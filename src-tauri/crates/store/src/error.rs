//! What can go wrong in the store, as far as a caller can act on it.
//!
//! No variant carries patient text, a name, an address or a key. The outer text never repeats the
//! source's.

use std::io;

use rusqlite::ErrorCode;

use domain::OutboxState;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No database is at that place.
    #[error("there is no Anteroom database here")]
    Missing,
    /// A database or another file is there already; it was left alone.
    #[error("there is a file here already")]
    Exists,
    /// The file is an Anteroom database, and this is not its key. It was left alone.
    #[error("this key does not open the database")]
    WrongKey,
    /// The file is not an Anteroom database. It was left alone.
    #[error("this file is not an Anteroom database")]
    NotADatabase,
    /// The file ends too early. It was left alone.
    #[error("the database file is cut short")]
    Truncated,
    /// The file is damaged. It was left alone.
    #[error("the database file is damaged")]
    Corrupt,
    /// A newer Anteroom wrote the file. It was left alone.
    #[error(
        "the database was written by a newer version (schema {found}, this one reads up to {supported})"
    )]
    NewerSchema {
        /// The compatibility number in the file.
        found: u32,
        /// The newest that this build reads.
        supported: u32,
    },
    /// The disk has no room left; nothing of the change was kept.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder cannot be written.
    #[error("the database cannot be written to")]
    ReadOnly,
    /// Another process has the database open.
    #[error("the database is open in another process")]
    AlreadyOpen,
    /// The linked SQLite or its cipher is not the one this build was made for.
    #[error("the database engine is not the expected one: {0}")]
    Engine(&'static str),
    /// What a change or query names does not exist. Carries the kind of thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The change is not possible as things stand.
    #[error("that is not possible now: {0}")]
    Refused(Refusal),
    /// An operation cannot be taken back any more.
    #[error("this cannot be undone: {0}")]
    Undo(UndoConflict),
    /// The sealed bytes of an attachment or backup do not verify: damaged, or a wrong key.
    #[error("the sealed file does not verify")]
    Seal,
    /// The backup was made by a newer version.
    #[error("the backup was made by a newer version")]
    NewerBackup,
    /// The query was interrupted because its result is no longer wanted.
    #[error("the query was interrupted")]
    Interrupted,
    /// The store was closed while the call waited.
    #[error("the store is closed")]
    Closed,
    /// Reading or writing a file failed for another reason.
    #[error("a file could not be read or written")]
    Io(#[source] io::Error),
    /// The database engine failed for another reason.
    #[error("the database engine reported an error")]
    Sql(#[source] rusqlite::Error),
    /// A stored value could not be read back. Carries its kind.
    #[error("a stored value could not be read back: {0}")]
    Value(&'static str),
}

/// Why a change is not possible as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A reply may not walk from its state to the wanted one.
    #[error("a reply that is {} cannot become {}", from.word(), to.word())]
    OutboxTransition {
        /// The state it is in.
        from: OutboxState,
        /// The state that was wanted.
        to: OutboxState,
    },
    /// Another tag, pool or account has that name.
    #[error("the name is taken")]
    NameTaken,
    /// The conversation was merged into another.
    #[error("the conversation was merged into another")]
    Merged,
    /// The two are of different accounts or contacts and cannot be merged, or are the same.
    #[error("these two cannot be merged")]
    CannotMerge,
    /// The named messages are not all in that conversation, or are all of it.
    #[error("these messages cannot be split off")]
    CannotSplit,
    /// The last pool cannot be put away.
    #[error("one pool must remain")]
    LastPool,
    /// An id that names a new thing is in use.
    #[error("the id is in use")]
    IdTaken,
    /// A visibility that the conversation's channel does not have.
    #[error("the visibility does not fit the conversation")]
    Visibility,
    /// The account was disconnected.
    #[error("the account was disconnected")]
    AccountRemoved,
    /// The text or name is empty.
    #[error("it would be empty")]
    Empty,
    /// The change is made by the store itself only, or was written by a newer version.
    #[error("this change cannot be asked for")]
    NotACommand,
    /// A reply is on its way at this moment.
    #[error("a reply is leaving at this moment")]
    ReplyLeaving,
}

/// Why an operation cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UndoConflict {
    /// What it changed has been changed again since.
    #[error("it has been changed since")]
    ChangedSince,
    /// It is older than [`UNDO_DAYS`](crate::UNDO_DAYS).
    #[error("it was too long ago")]
    TooOld,
    /// It is not of a kind that can be taken back: it left the practice, or it changed nothing.
    #[error("it is not of a kind that can be taken back")]
    NotUndoable,
    /// It was taken back already.
    #[error("it was taken back already")]
    AlreadyUndone,
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<UndoConflict> for StoreError {
    fn from(conflict: UndoConflict) -> Self {
        Self::Undo(conflict)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        // No room for the shared-memory file of the log: the disk is full, said in other words.
        if let rusqlite::Error::SqliteFailure(failure, _) = &error
            && failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
        {
            return Self::DiskFull;
        }
        let code = error.sqlite_error_code();
        match code {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt,
            Some(ErrorCode::OperationInterrupted) => Self::Interrupted,
            Some(ErrorCode::DatabaseLocked | ErrorCode::DatabaseBusy) => Self::AlreadyOpen,
            _ => Self::Sql(error),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(_: serde_json::Error) -> Self {
        // serde_json's message can quote the text that it failed on, so it is dropped.
        Self::Value("json")
    }
}
