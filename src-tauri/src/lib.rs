//! The Tauri shell: window, tray and the binding of the command table; nothing else.
//!
//! The page gets one command, `call`, which is the desk's command table, and one event, `change`,
//! which is its change feed. Everything a practice does is behind these two; this room only opens a
//! window onto it. It knows `desk` and Tauri, and is the only room that knows Tauri.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`automation`] | nobody drives a released window from outside |
//! | [`burst`] | many changes in a short time, told in few words |
//! | [`size`] | the window's size, kept between starts |
//! | `window` | the window itself (feature `desktop`) |

pub mod automation;
pub mod burst;
pub mod size;
#[cfg(feature = "desktop")]
mod window;

/// Runs the application until its window is closed.
#[cfg(feature = "desktop")]
pub fn run() -> std::process::ExitCode {
    if !cfg!(feature = "window-tests") {
        automation::refuse();
    }
    // Nobody reads a return value here: a system that refuses this must not keep staff from working.
    let _ = desk::secrets::harden_process();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match window::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the window could not be opened: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
