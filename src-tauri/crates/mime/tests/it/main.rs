//! The boundary of the room: bytes in, values and problems out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that meets the unexpected should stop"
)]
#![allow(
    clippy::print_stdout,
    clippy::format_collect,
    reason = "told plainly rather than fast"
)]

// Dependants know this room as `mime`.
extern crate anteroom_mime as mime;

mod awkward;
mod corpus;
mod fold;
mod html;
mod limits;
mod mbox;
mod names;
mod properties;
mod reports;
mod support;
