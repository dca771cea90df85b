//! Whole-product journeys: the real command line, in a process of its own, against mail servers that
//! speak the real protocols on loopback.
//!
//! Journeys have a practice folder of their own, protected by a passphrase so that no keychain is
//! needed; `keychain` walks the way with a real one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on ends there"
)]

mod canaries;
mod errors;
mod harness;
mod import;
mod keychain;
mod kills;
mod mail;
mod moving;
mod real_servers;
