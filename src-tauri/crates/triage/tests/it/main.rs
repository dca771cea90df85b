//! What the crate promises, read as tables.

mod acuity;
mod guard;
mod lines;
mod packs;
mod properties;
