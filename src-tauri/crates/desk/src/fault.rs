//! Named points of fetching and sending at which a test makes the process die.
//!
//! Without the feature `failpoints` they are nothing. With it, a process dies at the point that the
//! environment variable `ANTEROOM_KILL_AT` names, as `kill -9` would end it: nothing is flushed,
//! nothing is unwound. The store's own points are [`store::FAULT_POINTS`].

/// Every point of this crate, for tests that go through all of them.
#[cfg(feature = "failpoints")]
pub const POINTS: &[&str] = &[
    "ingest.fetched",
    "ingest.stored",
    "send.before_intent",
    "send.after_intent",
    "send.answered",
    "send.recorded",
];

#[cfg(feature = "failpoints")]
pub(crate) fn point(name: &str) {
    if std::env::var("ANTEROOM_KILL_AT").is_ok_and(|at| at == name) {
        std::process::abort();
    }
}

#[cfg(not(feature = "failpoints"))]
pub(crate) const fn point(_name: &str) {}

/// The store's points.
#[cfg(feature = "failpoints")]
pub use store::FAULT_POINTS as STORE_POINTS;
