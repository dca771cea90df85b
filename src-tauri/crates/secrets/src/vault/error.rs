//! Why keys did not open, in words for staff, each with a way out.

use crate::keychain::KeychainError;
use crate::recovery::RecoveryKeyError;

/// Why keys could not be made, opened or changed. Nothing was overwritten in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder holds no keys: it is not a practice folder.
    #[error("there is no practice in this folder")]
    Missing,
    /// The folder holds keys already.
    #[error("this folder already holds a practice")]
    AlreadyThere,
    /// The practice is protected by a passphrase and none was given.
    #[error("the practice passphrase is needed")]
    NeedsPassphrase,
    /// The passphrase does not fit.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// A new passphrase is too short for what it has to withstand.
    #[error("the passphrase is shorter than {shortest} characters")]
    PassphraseTooShort {
        /// The fewest characters that are taken.
        shortest: usize,
    },
    /// What was typed cannot be a recovery key.
    #[error(transparent)]
    RecoveryKey(#[from] RecoveryKeyError),
    /// A well-formed recovery key, of another practice or replaced since.
    #[error("this recovery key does not belong to this practice, or was replaced")]
    WrongRecoveryKey,
    /// The keychain answered and has no entry for the practice.
    #[error("the keychain has no entry for this practice")]
    KeychainMissingEntry,
    /// The keychain's entry is not the one that belongs to this file.
    #[error("the keychain's entry does not fit this practice")]
    KeychainWrongValue,
    /// The keychain itself: absent, locked, silent …
    #[error(transparent)]
    Keychain(KeychainError),
    /// The key file is truncated, changed or not ours.
    #[error("the key file of this practice is damaged")]
    Damaged,
    /// The key file was written by a newer Anteroom.
    #[error("this practice was last opened by a newer version of Anteroom")]
    Newer,
    /// The folder cannot be read or written.
    #[error("the practice folder cannot be used: {0}")]
    Io(#[source] std::io::Error),
}

impl From<KeychainError> for OpenError {
    fn from(error: KeychainError) -> Self {
        match error {
            KeychainError::WrongValue => Self::KeychainWrongValue,
            other => Self::Keychain(other),
        }
    }
}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            std::io::ErrorKind::AlreadyExists => Self::AlreadyThere,
            _ => Self::Io(error),
        }
    }
}

impl OpenError {
    /// A stable code for scripts and for the screen.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "practice_missing",
            Self::AlreadyThere => "practice_exists",
            Self::NeedsPassphrase => "passphrase_needed",
            Self::WrongPassphrase => "passphrase_wrong",
            Self::PassphraseTooShort { .. } => "passphrase_too_short",
            Self::RecoveryKey(_) => "recovery_key_mistyped",
            Self::WrongRecoveryKey => "recovery_key_wrong",
            Self::KeychainMissingEntry => "keychain_entry_missing",
            Self::KeychainWrongValue => "keychain_wrong_value",
            Self::Keychain(error) => error.code(),
            Self::Damaged => "keys_damaged",
            Self::Newer => "keys_newer",
            Self::Io(_) => "folder_unusable",
        }
    }

    /// What the person in front of the screen can do.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Missing => "Choose the practice's folder, or set up a new practice.",
            Self::AlreadyThere => "Open the practice that is there, or choose an empty folder.",
            Self::NeedsPassphrase => "Type the practice passphrase.",
            Self::WrongPassphrase => {
                "Type it again; look at the keyboard layout and Caps Lock. If it is lost, open with \
                 the recovery key."
            }
            Self::PassphraseTooShort { .. } => {
                "Take a longer one; four or five words that nobody would guess together are good."
            }
            Self::RecoveryKey(error) => error.help(),
            Self::WrongRecoveryKey => {
                "Look for the recovery key that was printed last, and check that this is the right \
                 practice folder."
            }
            Self::KeychainMissingEntry => {
                "Log in as the staff account of this computer that set the practice up, or open with \
                 the recovery key; that writes a fresh entry."
            }
            Self::KeychainWrongValue => KeychainError::WrongValue.help(),
            Self::Keychain(error) => error.help(),
            Self::Damaged => {
                "Nothing was changed. Restore the file keys.json, or the whole practice, from a backup."
            }
            Self::Newer => "Install the newest version of Anteroom on this computer.",
            Self::Io(_) => "Check that the folder exists and that this login may write to it.",
        }
    }
}
