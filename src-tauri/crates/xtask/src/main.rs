//! Set-up, checks, bindings and seed data of the repository.

fn main() {}
