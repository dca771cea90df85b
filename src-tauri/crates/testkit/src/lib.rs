//! Actors, harnesses for real servers, and generators for tests.

#[cfg(unix)]
pub mod keyring;
#[cfg(unix)]
pub mod servers;
