//! A keychain in memory, for tests and for a demo that must leave no trace.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Secret;

use super::{Keychain, KeychainError};

/// Behaves like the real keychain, forgets everything on drop, and fails on demand.
#[derive(Debug, Default)]
pub struct MemoryKeychain {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    items: BTreeMap<String, Secret>,
    failure: Option<KeychainError>,
}

impl MemoryKeychain {
    /// An empty keychain.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every call fails with `failure`; `None` heals it.
    pub fn fail_with(&self, failure: Option<KeychainError>) {
        self.state().failure = failure;
    }

    /// The names of all entries.
    pub fn items(&self) -> Vec<String> {
        self.state().items.keys().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn working(&self) -> Result<MutexGuard<'_, State>, KeychainError> {
        let state = self.state();
        state.failure.map_or(Ok(()), Err)?;
        Ok(state)
    }
}

impl Keychain for MemoryKeychain {
    fn get(&self, item: &str) -> Result<Option<Secret>, KeychainError> {
        Ok(self.working()?.items.get(item).cloned())
    }

    fn set(&self, item: &str, secret: &Secret) -> Result<(), KeychainError> {
        self.working()?
            .items
            .insert(item.to_owned(), secret.clone());
        Ok(())
    }

    fn is_available(&self) -> bool {
        matches!(self.state().failure, None | Some(KeychainError::Locked))
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        self.working()?.items.remove(item);
        Ok(())
    }
}
