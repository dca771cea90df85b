//! What the crate promises, read as tables.
