//! What the crate promises, read as tables.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod acuity;
mod guard;
mod lines;
mod packs;
mod properties;
