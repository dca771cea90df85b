//! Whole-product journeys: the real command line, in a process of its own, against mail servers that
//! speak the real protocols on loopback.
//!
//! Every journey has a practice folder of its own, protected by a passphrase so that no keychain is
//! needed; the keychain's journeys stand with the room `secrets` and in `tests/window`.

mod canaries;
mod errors;
mod harness;
mod import;
mod kills;
mod mail;
mod moving;
