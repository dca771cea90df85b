//! The keychain of the operating system, wrapped keys, and an in-memory twin.
//!
//! A practice's database is opened with a random key of 32 bytes, the [`DatabaseKey`]. This room
//! keeps that key: wrapped in the file `keys.json` of the practice folder, never in clear, under
//! one or two factors ([`Protection`]) and always under a [`RecoveryKey`] besides, so that losing
//! the keychain never loses the practice.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`keychain`] | the keychain behind one small trait: the real one and its twin for tests |
//! | [`vault`] | the practice's keys: made, opened, protected otherwise, replaced |
//! | [`recovery`] | the recovery key as it is printed and typed |
//! | [`process`] | what the process does so that keys do not end up in a core dump |
//!
//! It must not know the database, the network or the screen: it hands out bytes and typed errors.
//! Its calls block (a keychain may ask its user); call it from a thread that may wait.

pub mod keychain;
pub mod process;
pub mod recovery;
mod seal;
pub mod vault;

pub use keychain::memory::MemoryKeychain;
pub use keychain::os::OsKeychain;
pub use keychain::{Keychain, KeychainError};
pub use process::harden_process;
pub use recovery::{RecoveryKey, RecoveryKeyError};
pub use vault::{DatabaseKey, OpenError, Protection, Vault};
