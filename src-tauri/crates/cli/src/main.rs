//! The command line of Anteroom.

fn main() {}
