//! Actors, harnesses for real servers, and generators for tests.
