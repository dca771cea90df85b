//! The keychain behind one small trait.
//!
//! Anteroom keeps one kind of entry there: a random key-encryption key per practice. Everything
//! else is sealed under it in the practice folder, so that the keychain is asked once per start.

pub mod memory;
pub mod os;

use domain::Secret;

/// Where the operating system keeps secrets for this login.
///
/// Items are named within Anteroom's own service, for example `practice/<id>/1`.
/// Calls may block for as long as the implementation's bounds allow.
pub trait Keychain: Send + Sync {
    /// The secret under `item`; `None` when there is no such entry.
    fn get(&self, item: &str) -> Result<Option<Secret>, KeychainError>;

    /// Stores `secret` under `item`, replacing what was there.
    fn set(&self, item: &str, secret: &Secret) -> Result<(), KeychainError>;

    /// Whether the keychain answers at all, be it locked. Asks nobody for anything.
    fn is_available(&self) -> bool;

    /// Removes the entry `item`; it is no error when there is none.
    fn delete(&self, item: &str) -> Result<(), KeychainError>;
}

/// Why the keychain did not answer as hoped. The text is for staff; [`help`](Self::help) is the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// No keychain program runs for this login (no D-Bus session, or nobody offers the Secret Service).
    #[error("this computer offers no keychain to this login")]
    NoService,
    /// The keychain runs but has no place where new entries go.
    #[error("the keychain has no default collection")]
    NoDefaultCollection,
    /// The keychain is locked: its prompt was dismissed, or nobody could be asked.
    #[error("the keychain is locked")]
    Locked,
    /// Two entries answer to the same name, and guessing between keys would be wrong.
    #[error("the keychain holds two entries for the same practice")]
    Duplicate,
    /// The entry is there but is not text.
    #[error("the keychain's entry for this practice has an unexpected value")]
    WrongValue,
    /// No answer within the time limit.
    #[error("the keychain does not answer")]
    NotResponding,
    /// The system refused access.
    #[error("the system refused access to the keychain")]
    Denied,
    /// Anything else, without the platform's text: it may quote what was stored.
    #[error("the keychain failed")]
    Failed,
}

impl KeychainError {
    /// A stable code for scripts and for the screen.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoService => "keychain_missing",
            Self::NoDefaultCollection => "keychain_no_default_collection",
            Self::Locked => "keychain_locked",
            Self::Duplicate => "keychain_duplicate",
            Self::WrongValue => "keychain_wrong_value",
            Self::NotResponding => "keychain_not_responding",
            Self::Denied => "keychain_denied",
            Self::Failed => "keychain_failed",
        }
    }

    /// What the person in front of the screen can do.
    pub const fn help(self) -> &'static str {
        match self {
            Self::NoService => {
                "Install and start a keychain (on Debian and Ubuntu: gnome-keyring) and log in again, \
                 open with the recovery key, or protect the practice with a passphrase instead."
            }
            Self::NoDefaultCollection => {
                "Make a default keyring once (for example with the program “Passwords and Keys”), \
                 log out and in again, or protect the practice with a passphrase instead."
            }
            Self::Locked => {
                "Unlock the keychain with your login password and try again, or open with the \
                 recovery key."
            }
            Self::Duplicate => {
                "Open the keychain program, look for the entries named Anteroom, remove the one that \
                 was added by mistake, and try again; or open with the recovery key."
            }
            Self::WrongValue => {
                "The entry was changed by another program. Open with the recovery key; that writes \
                 a fresh entry."
            }
            Self::NotResponding => {
                "Wait a moment and try again. If it stays silent, log out and in again, or open with \
                 the recovery key."
            }
            Self::Denied => {
                "Allow Anteroom to use the keychain when the system asks, or open with the recovery \
                 key."
            }
            Self::Failed => {
                "Try again. If it keeps failing, log out and in again, or open with the recovery key."
            }
        }
    }
}
