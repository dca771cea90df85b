//! Backup and restore.

/// How far a backup or restore has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupProgress {
    /// Bytes done.
    pub done: u64,
    /// Bytes to do, as far as known.
    pub total: u64,
}

/// What opens a backup: a 32-byte key that the caller made from a passphrase or the recovery key.
pub struct BackupSecret([u8; 32]);

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BackupSummary {
    /// Bytes of the file.
    pub bytes: u64,
}
