//! Asking the Secret Service what state it is in.

use std::collections::HashMap;

use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error};

use super::{Readiness, SERVICE};
use crate::keychain::KeychainError;

/// What a call for `item` would meet.
pub(super) fn readiness(item: &str) -> Result<Readiness, KeychainError> {
    visit(item, Intent::Look)
}

/// Asks the person in front of the screen to unlock what `item` needs.
///
/// Without this, a locked keychain that hides its entries would look like one that lost them.
pub(super) fn unlock(item: &str) -> Result<(), KeychainError> {
    visit(item, Intent::Unlock).map(drop)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Intent {
    Look,
    Unlock,
}

fn visit(item: &str, intent: Intent) -> Result<Readiness, KeychainError> {
    visit_service(item, intent).map_err(|error| told(&error))
}

/// What matters is the entry itself if it is known, otherwise the default collection, where it would go.
fn visit_service(item: &str, intent: Intent) -> Result<Readiness, Error> {
    // Nothing secret crosses the bus here, so no key exchange is needed.
    let service = SecretService::connect(EncryptionType::Plain)?;
    let name = HashMap::from([("service", SERVICE), ("username", item)]);
    let entries = service.search_items(name)?;
    if let Some(entry) = entries.locked.first() {
        if intent == Intent::Unlock {
            entry.unlock()?;
        }
        return Ok(Readiness::WouldPrompt);
    }
    if !entries.unlocked.is_empty() {
        return Ok(Readiness::Ready);
    }
    let collection = service.get_default_collection()?;
    if !collection.is_locked()? {
        return Ok(Readiness::Ready);
    }
    if intent == Intent::Unlock {
        collection.unlock()?;
    }
    Ok(Readiness::WouldPrompt)
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
