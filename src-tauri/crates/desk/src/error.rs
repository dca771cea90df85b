//! What a command answers when it cannot do what was asked.
//!
//! Every failure of the rooms below becomes one [`CommandError`]: a stable code that screens and
//! scripts may branch on, a sentence that says what happened and what is safe, and what to do next.

use serde::Serialize;
use ts_rs::TS;

/// The closed list of failures that a screen or script may tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not what the command takes, or names something that does not exist.
    BadRequest,
    /// The role of the staff member does not allow it.
    NotAllowed,
    /// What the request names is not there (any more).
    NotFound,
    /// Someone changed the same thing meanwhile.
    Conflict,
    /// No practice was set up on this computer.
    NoPractice,
    /// There is a practice already.
    PracticeExists,
    /// The practice is locked.
    Locked,
    /// A passphrase is needed.
    NeedsPassphrase,
    /// The passphrase is wrong.
    WrongPassphrase,
    /// The recovery key is wrong or mistyped.
    WrongRecoveryKey,
    /// This computer has no keychain that answers.
    NoKeychain,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain does not hold this practice's key (any more).
    KeychainEntryMissing,
    /// The key does not open this database.
    WrongKey,
    /// The database or key file is damaged or is something else.
    Damaged,
    /// A newer Anteroom wrote the database.
    NewerVersion,
    /// The disk is full.
    DiskFull,
    /// The folder cannot be written.
    ReadOnly,
    /// Another Anteroom has the practice open.
    AlreadyOpen,
    /// The account's server cannot be reached.
    Unreachable,
    /// The account's server refused the sign-in.
    SignInRefused,
    /// The account's server could not be trusted.
    NotTrusted,
    /// The account's server answered something unexpected.
    ServerTrouble,
    /// It can no longer be undone.
    CannotUndo,
    /// It was stopped.
    Stopped,
    /// A file outside the practice could not be read or written.
    File,
    /// A fault in Anteroom itself.
    Internal,
}

impl ErrorCode {
    /// The exit code of the command line: 2 for a wrong call, 3 for a closed practice, 4 for a
    /// network, 5 for a disk, 1 for the rest.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::BadRequest | Self::NotFound => 2,
            Self::NoPractice
            | Self::PracticeExists
            | Self::Locked
            | Self::NeedsPassphrase
            | Self::WrongPassphrase
            | Self::WrongRecoveryKey
            | Self::NoKeychain
            | Self::KeychainLocked
            | Self::KeychainEntryMissing
            | Self::WrongKey
            | Self::AlreadyOpen => 3,
            Self::Unreachable | Self::SignInRefused | Self::NotTrusted | Self::ServerTrouble => 4,
            Self::Damaged | Self::NewerVersion | Self::DiskFull | Self::ReadOnly | Self::File => 5,
            Self::NotAllowed
            | Self::Conflict
            | Self::CannotUndo
            | Self::Stopped
            | Self::Internal => 1,
        }
    }
}

/// A failure as people and scripts get it. Holds no patient text and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message} {help}")]
pub struct CommandError {
    /// For screens and scripts.
    pub code: ErrorCode,
    /// What happened, and what is safe.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl CommandError {
    /// A failure in words.
    pub fn new(code: ErrorCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: help.into(),
        }
    }

    /// The request is not what the command takes.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadRequest, message, "Check what was entered.")
    }

    /// What the request names is not there.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ErrorCode::NotFound,
            format!("There is no such {what} (any more)."),
            "Someone may have removed it. Look at the list again.",
        )
    }
}

/// What a command answers.
pub type Result<T> = std::result::Result<T, CommandError>;
