//! Starts the desktop window.

// No console window beside the real one on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    anteroom_shell::run()
}
