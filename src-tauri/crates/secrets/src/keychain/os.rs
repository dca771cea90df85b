//! The keychain of the operating system, through the `keyring` crate.
//!
//! Three things are added to it. Calls are serialised, and each has a time limit on a thread of its
//! own: a keychain that hangs costs one answer, never a frozen window. Every call makes a fresh
//! connection, so that a keychain that comes up late works without a restart. And on Linux the
//! Secret Service is first asked what state it is in, because `keyring` alone cannot tell a locked
//! keychain from a missing one, nor say before a prompt appears that one would.

#[cfg(target_os = "linux")]
mod linux;

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use domain::Secret;

use super::{Keychain, KeychainError};

/// The service name under which all entries of Anteroom stand.
const SERVICE: &str = "Anteroom";

/// How long the keychain may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// How long a person may take to type the password into the keychain's own prompt.
const PROMPT: Duration = Duration::from_secs(120);

/// Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
#[derive(Debug)]
pub struct OsKeychain {
    answer: Duration,
    prompt: Option<Duration>,
    /// One call at a time: keychains answer concurrent prompts badly.
    turn: Mutex<()>,
}

impl Default for OsKeychain {
    fn default() -> Self {
        Self::new()
    }
}

impl OsKeychain {
    /// The keychain, which may ask its user to unlock it.
    pub fn new() -> Self {
        Self {
            answer: ANSWER,
            prompt: Some(PROMPT),
            turn: Mutex::new(()),
        }
    }

    /// The keychain for work that nobody waits for: locked is an answer, and no prompt appears.
    pub fn without_prompts() -> Self {
        Self {
            prompt: None,
            ..Self::new()
        }
    }

    /// Sets how long the keychain may take to answer (10 seconds otherwise).
    pub fn with_time_limit(self, answer: Duration) -> Self {
        Self { answer, ..self }
    }

    fn call<T: Send + 'static>(
        &self,
        item: &str,
        work: impl FnOnce(&keyring::Entry) -> Result<T, keyring::Error> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let name = item.to_owned();
        let readiness = within(self.answer, move || readiness(&name))?;
        let limit = match (readiness, self.prompt) {
            (Readiness::Ready, _) => self.answer,
            (Readiness::WouldPrompt, Some(prompt)) => prompt,
            (Readiness::WouldPrompt, None) => return Err(KeychainError::Locked),
        };
        let name = item.to_owned();
        within(limit, move || {
            if readiness == Readiness::WouldPrompt {
                unlock(&name)?;
            }
            keyring::Entry::new(SERVICE, &name)
                .and_then(|entry| work(&entry))
                .map_err(told)
        })
    }
}

impl Keychain for OsKeychain {
    fn get(&self, item: &str) -> Result<Option<Secret>, KeychainError> {
        self.call(item, |entry| match entry.get_password() {
            Err(keyring::Error::NoEntry) => Ok(None),
            answer => answer.map(|password| Some(Secret::new(password))),
        })
    }

    fn set(&self, item: &str, secret: &Secret) -> Result<(), KeychainError> {
        let secret = secret.clone();
        self.call(item, move |entry| entry.set_password(secret.expose()))
    }

    fn is_available(&self) -> bool {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        within(self.answer, || readiness("")).is_ok()
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        self.call(item, |entry| match entry.delete_credential() {
            Err(keyring::Error::NoEntry) => Ok(()),
            answer => answer,
        })
    }
}

/// What a call would meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readiness {
    /// It would be answered at once.
    Ready,
    /// The person in front of the screen would be asked first.
    WouldPrompt,
}

#[cfg(target_os = "linux")]
use linux::{readiness, unlock};

/// Only the Secret Service can be asked beforehand; the others prompt when they like.
#[cfg(not(target_os = "linux"))]
fn readiness(_item: &str) -> Result<Readiness, KeychainError> {
    Ok(Readiness::WouldPrompt)
}

#[cfg(not(target_os = "linux"))]
fn unlock(_item: &str) -> Result<(), KeychainError> {
    Ok(())
}

/// Does `work` on a thread of its own and waits for it no longer than `limit`.
///
/// A thread that overran is left to itself; its answer goes nowhere.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, KeychainError> {
    let (answer, answers) = mpsc::channel();
    thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            // Nobody listens any more when the limit has passed.
            let _ = answer.send(work());
        })
        .map_err(|_| KeychainError::Failed)?;
    // A closed channel means that the keychain's library panicked: it never answered either.
    answers
        .recv_timeout(limit)
        .unwrap_or(Err(KeychainError::NotResponding))
}

/// The platform's error in our words. Its text is dropped: it may quote what was stored.
fn told(error: keyring::Error) -> KeychainError {
    match error {
        keyring::Error::BadEncoding(_) => KeychainError::WrongValue,
        keyring::Error::Ambiguous(_) => KeychainError::Duplicate,
        keyring::Error::NoStorageAccess(cause) => {
            platform(cause.as_ref()).unwrap_or(KeychainError::Denied)
        }
        keyring::Error::PlatformFailure(cause) => {
            platform(cause.as_ref()).unwrap_or(KeychainError::Failed)
        }
        _ => KeychainError::Failed,
    }
}

#[cfg(target_os = "linux")]
fn platform(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    cause.downcast_ref().map(linux::told)
}

#[cfg(not(target_os = "linux"))]
fn platform(_cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    None
}
