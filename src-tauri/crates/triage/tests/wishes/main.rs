//! What a message about an appointment wishes: the conventions as a table, tables of expressions in English and
//! Spanish, whole messages, and properties that hold for any text.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod conventions;
mod corpus;
mod dates;
mod expressions;
mod notation;
mod properties;
