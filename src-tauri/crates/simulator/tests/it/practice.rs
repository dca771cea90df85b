//! The content of the demo practice.
