//! A process of its own that speaks to the keychain of its environment, for the tests.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    linux::run()
}

/// Only the Secret Service can be had in a test's own environment.
#[cfg(not(target_os = "linux"))]
fn main() {}
