//! Asking the Secret Service what state it is in.

use std::collections::HashMap;

use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error};

use super::{Readiness, SERVICE};
use crate::keychain::KeychainError;

/// What a call for `item` would meet: its own collection if the entry exists, otherwise the
/// default collection, where a new entry would go.
pub(super) fn readiness(item: &str) -> Result<Readiness, KeychainError> {
    look(item).map_err(|error| told(&error))
}

fn look(item: &str) -> Result<Readiness, Error> {
    // Nothing secret crosses the bus here, so no key exchange is needed.
    let service = SecretService::connect(EncryptionType::Plain)?;
    let entries =
        service.search_items(HashMap::from([("service", SERVICE), ("username", item)]))?;
    let locked = match (entries.locked.len(), entries.unlocked.len()) {
        (0, 0) => service.get_default_collection()?.is_locked()?,
        (locked, _) => locked > 0,
    };
    Ok(if locked {
        Readiness::WouldPrompt
    } else {
        Readiness::Ready
    })
}

/// The Secret Service's error in our words.
pub(super) fn told(error: &Error) -> KeychainError {
    match error {
        Error::Unavailable => KeychainError::NoService,
        Error::NoResult => KeychainError::NoDefaultCollection,
        Error::Locked | Error::Prompt => KeychainError::Locked,
        Error::Zbus(_) | Error::ZbusFdo(_) => bus(&error.to_string()),
        _ => KeychainError::Failed,
    }
}

/// Errors of the bus are told apart by their names, which the D-Bus and the Secret Service
/// specifications fix; the types of the bus library are not ours to name.
fn bus(text: &str) -> KeychainError {
    let says = |names: &[&str]| names.iter().any(|name| text.contains(name));
    if says(&["Secret.Error.IsLocked"]) {
        KeychainError::Locked
    } else if says(&["AccessDenied", "AuthFailed"]) {
        KeychainError::Denied
    } else if says(&["Error.Timeout", "Error.TimedOut"]) {
        KeychainError::NotResponding
    } else {
        // No bus, nobody on it who offers the service, or gone in the middle of the call.
        KeychainError::NoService
    }
}
