//! Named points at which a test may make the store fail or the process die.
//!
//! Without the feature `failpoints` they are nothing. `return` at a point fails with an I/O error;
//! other actions of the `fail` crate (panic, pause) work as they do there, and the word `kill` in the
//! environment variable [`KILL`] ends the process as `kill -9` would.

use crate::StoreError;

/// Names the point at which the process is to end at once.
#[cfg(feature = "failpoints")]
pub const KILL: &str = "ANTEROOM_KILL_AT";

/// At which passing of the point, from 1; the first where it is not set.
#[cfg(feature = "failpoints")]
pub const KILL_HIT: &str = "ANTEROOM_KILL_HIT";

/// Every point, for tests that go through all of them.
pub const POINTS: &[&str] = &[
    "commit.before",
    "commit.after",
    "commit.logged",
    "commit.applied",
    "ingest.item",
    "ingest.indexed",
    "ingest.cursor",
    "blob.temp",
    "blob.renamed",
    "outbox.transition",
    "backup.step",
    "backup.finish",
    "migrate.before",
    "migrate.after",
    "erase.rows",
    "erase.files",
];

#[cfg(feature = "failpoints")]
#[allow(
    clippy::unnecessary_wraps,
    reason = "the twin without the feature has the same shape"
)]
pub(crate) fn point(name: &'static str) -> Result<(), StoreError> {
    if std::env::var(KILL).is_ok_and(|at| at == name) {
        static HITS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        let wanted = std::env::var(KILL_HIT)
            .ok()
            .and_then(|hit| hit.parse().ok());
        let hit = HITS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if hit == wanted.unwrap_or(1) {
            std::process::abort();
        }
    }
    fail::fail_point!(name, |_| Err(StoreError::Io(std::io::Error::other(name))));
    Ok(())
}

#[cfg(not(feature = "failpoints"))]
#[allow(
    clippy::unnecessary_wraps,
    reason = "the twin with the feature has the same shape"
)]
pub(crate) const fn point(_name: &'static str) -> Result<(), StoreError> {
    Ok(())
}
