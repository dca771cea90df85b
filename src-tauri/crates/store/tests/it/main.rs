//! The store through its public face.
//!
//! One binary: modules by promise. Each test makes its own folder; none waits on a clock.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_collect,
    clippy::semicolon_if_nothing_returned,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

extern crate anteroom_store as store;

mod backup;
mod desk;
mod erase;
mod errors;
mod inbox;
mod ingest;
mod operations;
mod outbox;
mod schema;
mod search;

#[cfg(feature = "failpoints")]
mod crash;
