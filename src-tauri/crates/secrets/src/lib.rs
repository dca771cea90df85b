//! The keychain of the operating system, wrapped keys, and an in-memory twin.
