//! The keys of a practice: with an in-memory keychain, and with a real gnome-keyring.

mod crash;
#[cfg(target_os = "linux")]
mod keyring;
mod recovery;
mod vault;
