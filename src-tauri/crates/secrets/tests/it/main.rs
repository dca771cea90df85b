//! The keys of a practice: with an in-memory keychain, and with a real gnome-keyring.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_collect,
    reason = "helpers of tests may fail the test"
)]

mod crash;
#[cfg(target_os = "linux")]
mod keyring;
mod recovery;
mod vault;
