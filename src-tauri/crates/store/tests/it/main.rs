//! The store through its public face.
//!
//! One binary: modules by promise. Each test makes its own folder; none waits on a clock.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

extern crate anteroom_store as store;

mod desk;
mod inbox;
