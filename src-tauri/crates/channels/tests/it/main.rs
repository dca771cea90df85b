//! The connectors against real servers (Dovecot, OpenSMTPD) and the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test's helpers, as in tests, what cannot go on ends the test"
)]

extern crate anteroom_channels as channels;

mod attachments;
mod cut_fetch;
mod cut_send;
mod first_fetch;
mod following;
mod marks;
mod sending;
mod simulated;
mod support;
mod tls;
mod waiting;
