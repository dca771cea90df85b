//! The errors of the rooms below in the words of the person in front of the screen.
//!
//! One place, so that one failure always reads the same: what happened, what is safe, what to do.

use channels::{ChannelError, ConnectFailure, TlsFailure};
use secrets::{KeychainError, OpenError};
use store::{Refusal, StoreError, UndoConflict};

use crate::error::{CommandError, ErrorCode};

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let (code, message, help): (ErrorCode, String, &str) = match &error {
            StoreError::Missing => (
                ErrorCode::NoPractice,
                "There is no practice database in this folder.".into(),
                "If it was moved, put it back or name its folder; otherwise restore a backup.",
            ),
            StoreError::Exists => (
                ErrorCode::PracticeExists,
                "There is a database in this folder already. It was left as it is.".into(),
                "Open it, or choose another folder.",
            ),
            StoreError::WrongKey => (
                ErrorCode::WrongKey,
                "The key on this computer does not open this practice's database. Nothing was changed.".into(),
                "Open it with the recovery key. If the folder was copied from elsewhere, copy its keys.json too.",
            ),
            StoreError::NotADatabase => (
                ErrorCode::Damaged,
                "The database file is not one of Anteroom's. It was left as it is.".into(),
                "Put the right file back, or restore a backup into an empty folder.",
            ),
            StoreError::Truncated => (
                ErrorCode::Damaged,
                "The database file is cut short. It was left as it is.".into(),
                "Keep the folder, and restore the newest backup into an empty folder; what the mail server still holds is fetched again.",
            ),
            StoreError::Corrupt => (
                ErrorCode::Damaged,
                "The database file is damaged. It was left as it is.".into(),
                "Keep the folder, and restore the newest backup into an empty folder; what the mail server still holds is fetched again.",
            ),
            StoreError::NewerSchema { .. } => (
                ErrorCode::NewerVersion,
                "A newer Anteroom wrote this database. Nothing was changed.".into(),
                "Install the newest Anteroom on this computer.",
            ),
            StoreError::DiskFull => (
                ErrorCode::DiskFull,
                "The disk is full. This change was not kept; everything before it is safe.".into(),
                "Free some space and try again.",
            ),
            StoreError::ReadOnly => (
                ErrorCode::ReadOnly,
                "The practice's folder cannot be written. Nothing was changed.".into(),
                "Allow this login to write to the folder, or check whether the disk is read-only.",
            ),
            StoreError::AlreadyOpen => (
                ErrorCode::AlreadyOpen,
                "Another Anteroom on this computer has the practice open.".into(),
                "Use that window, or close it first.",
            ),
            StoreError::NotFound(what) => return Self::not_found(what),
            StoreError::Refused(refusal) => return refused(*refusal),
            StoreError::Undo(conflict) => return cannot_undo(*conflict),
            StoreError::Seal => (
                ErrorCode::Damaged,
                "The sealed file does not open: it is damaged, or this is not its key.".into(),
                "Check the recovery key, or use another backup.",
            ),
            StoreError::NewerBackup => (
                ErrorCode::NewerVersion,
                "A newer Anteroom made this backup.".into(),
                "Install the newest Anteroom on this computer.",
            ),
            StoreError::Interrupted => (
                ErrorCode::Stopped,
                "The search was replaced by a newer one.".into(),
                "Nothing needs to be done.",
            ),
            StoreError::Closed => return locked(),
            StoreError::Io(_) => (
                ErrorCode::File,
                "A file of the practice could not be read or written. What was stored before is safe.".into(),
                "Check the disk, then try again.",
            ),
            StoreError::Engine(_) | StoreError::Sql(_) | StoreError::Value(_) => (
                ErrorCode::Internal,
                "The database could not do this. What was stored before is safe.".into(),
                "Try again; if it happens again, restart Anteroom and make a backup.",
            ),
        };
        if code == ErrorCode::Internal {
            tracing::error!(%error, "the store failed");
        }
        Self::new(code, message, help)
    }
}

fn refused(refusal: Refusal) -> CommandError {
    let help = match refusal {
        Refusal::OutboxTransition { .. } | Refusal::ReplyLeaving => {
            "Look at the reply again: it has moved on meanwhile."
        }
        Refusal::NameTaken => "Choose another name.",
        Refusal::Merged => "Open the conversation that it was merged into.",
        Refusal::CannotMerge => {
            "Only two different conversations of one account and contact can be merged."
        }
        Refusal::CannotSplit => "Choose some, but not all, messages of one conversation.",
        Refusal::LastPool => "Make another pool first.",
        Refusal::Empty => "Enter something first.",
        Refusal::AccountRemoved => "Connect the account again.",
        Refusal::IdTaken | Refusal::Visibility | Refusal::NotACommand => "Look at it again.",
    };
    CommandError::new(
        ErrorCode::Conflict,
        format!("Not possible: {refusal}. Nothing was changed."),
        help,
    )
}

fn cannot_undo(conflict: UndoConflict) -> CommandError {
    CommandError::new(
        ErrorCode::CannotUndo,
        format!("This cannot be undone: {conflict}. Nothing was changed."),
        "Change it by hand if you want it otherwise.",
    )
}

/// What every command answers while the practice is closed.
pub(crate) fn locked() -> CommandError {
    CommandError::new(ErrorCode::Locked, "The practice is locked.", "Unlock it.")
}

impl From<OpenError> for CommandError {
    fn from(error: OpenError) -> Self {
        let (code, message, help): (ErrorCode, String, &str) = match error {
            OpenError::Missing => (
                ErrorCode::NoPractice,
                "There is no practice in this folder.".into(),
                "Set one up, or restore a backup.",
            ),
            OpenError::AlreadyThere => (
                ErrorCode::PracticeExists,
                "There is a practice in this folder already. It was left as it is.".into(),
                "Open it, or choose another folder.",
            ),
            OpenError::NeedsPassphrase => (
                ErrorCode::NeedsPassphrase,
                "The practice passphrase is needed.".into(),
                "Enter it, or open with the recovery key.",
            ),
            OpenError::WrongPassphrase => (
                ErrorCode::WrongPassphrase,
                "This passphrase does not open the practice. Nothing was changed.".into(),
                "Try again, or open with the recovery key.",
            ),
            OpenError::PassphraseTooShort { shortest } => (
                ErrorCode::BadRequest,
                format!("The passphrase is too short: it needs at least {shortest} characters."),
                "Choose a longer one; several words are easy to remember.",
            ),
            OpenError::RecoveryKey(_) => (
                ErrorCode::WrongRecoveryKey,
                "This is not a complete recovery key: a character is wrong or missing.".into(),
                "Compare it with the printed page and type it again.",
            ),
            OpenError::WrongRecoveryKey => (
                ErrorCode::WrongRecoveryKey,
                "This recovery key belongs to another practice, or was replaced by a newer one.".into(),
                "Look for the page that was printed last.",
            ),
            OpenError::KeychainMissingEntry => (
                ErrorCode::KeychainEntryMissing,
                "This computer's keychain has no entry for this practice (any more). Nothing was changed.".into(),
                "Open with the recovery key; that makes a new entry.",
            ),
            OpenError::KeychainWrongValue => (
                ErrorCode::KeychainEntryMissing,
                "The keychain's entry does not fit this practice. Nothing was changed.".into(),
                "Open with the recovery key; that makes a new entry.",
            ),
            OpenError::Keychain(KeychainError::Duplicate) => (
                ErrorCode::KeychainEntryMissing,
                "The keychain holds two entries for this practice, and it is not certain which is right.".into(),
                "Open with the recovery key; that makes one new entry.",
            ),
            OpenError::Keychain(KeychainError::Locked) => (
                ErrorCode::KeychainLocked,
                "The keychain is locked.".into(),
                "Unlock it and try again, or open with the recovery key.",
            ),
            OpenError::Keychain(error) => (
                ErrorCode::NoKeychain,
                format!("Sorry: {error}. Nothing was changed."),
                error.help(),
            ),
            OpenError::Damaged => (
                ErrorCode::Damaged,
                "The key file of this practice is damaged. It was left as it is.".into(),
                "Put keys.json back from a copy of the folder, or restore a backup into an empty folder.",
            ),
            OpenError::Newer => (
                ErrorCode::NewerVersion,
                "A newer Anteroom opened this practice last. Nothing was changed.".into(),
                "Install the newest Anteroom on this computer.",
            ),
            OpenError::Io(error) => return file_error(&error),
        };
        Self::new(code, message, help)
    }
}

/// A failure with a file, by its kind; the path is left out because it can name people.
pub(crate) fn file_error(error: &std::io::Error) -> CommandError {
    use std::io::ErrorKind;
    let (code, message, help) = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (
            ErrorCode::DiskFull,
            "The disk is full. Nothing was lost.",
            "Free some space and try again.",
        ),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => (
            ErrorCode::ReadOnly,
            "This file or folder cannot be read or written with this login.",
            "Choose another place, or allow this login to use it.",
        ),
        ErrorKind::NotFound => (
            ErrorCode::File,
            "There is no such file or folder.",
            "Check the path.",
        ),
        ErrorKind::AlreadyExists => (
            ErrorCode::File,
            "There is a file of that name already. It was left as it is.",
            "Choose another name.",
        ),
        _ => (
            ErrorCode::File,
            "The file could not be read or written.",
            "Check the disk and try again.",
        ),
    };
    CommandError::new(code, message, help)
}

impl From<ChannelError> for CommandError {
    fn from(error: ChannelError) -> Self {
        let code = match &error {
            ChannelError::SignIn { .. } => ErrorCode::SignInRefused,
            ChannelError::Connect {
                why: ConnectFailure::Lost,
                ..
            }
            | ChannelError::Temporary { .. }
            | ChannelError::TooManyConnections { .. }
            | ChannelError::Folder { .. }
            | ChannelError::Full { .. }
            | ChannelError::Protocol { .. } => ErrorCode::ServerTrouble,
            ChannelError::Connect { .. } => ErrorCode::Unreachable,
            ChannelError::Tls {
                why: TlsFailure::PlainNotAllowed,
                ..
            }
            | ChannelError::Settings(_) => ErrorCode::BadRequest,
            ChannelError::Tls { .. } => ErrorCode::NotTrusted,
            ChannelError::Gone => ErrorCode::NotFound,
            ChannelError::Stopped => ErrorCode::Stopped,
        };
        Self::new(code, error.to_string(), error.help())
    }
}
