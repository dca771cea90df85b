//! How often a secret is tried.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{ChannelError, SignInFailure};

/// Sign-ins that may fail in a row before no more are tried with the same secret.
const TRIES: u32 = 2;

/// Counts failed sign-ins with one secret, so that no account is locked by our persistence.
#[derive(Default)]
pub struct Tries(AtomicU32);

impl Tries {
    pub fn permit(&self, host: &str) -> Result<(), ChannelError> {
        if self.0.load(Ordering::SeqCst) < TRIES {
            return Ok(());
        }
        Err(ChannelError::SignIn {
            host: host.to_owned(),
            why: SignInFailure::TriesUsedUp,
            notice: None,
        })
    }

    pub fn note<T>(&self, result: Result<T, ChannelError>) -> Result<T, ChannelError> {
        self.judge(result.as_ref().err());
        result
    }

    pub fn judge(&self, error: Option<&ChannelError>) {
        match error {
            None => self.0.store(0, Ordering::SeqCst),
            Some(ChannelError::SignIn { .. }) => {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
            // Says nothing about the secret.
            Some(_) => {}
        }
    }
}
