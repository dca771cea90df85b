//! Nobody drives a released window from outside.
//!
//! Tauri's runtime lets a WebDriver take the window over when an environment variable says so, in
//! release builds too. Whoever can set it could read the inbox through it. A process cannot
//! change its own environment without unsafe code, so the program starts itself anew without it.

/// The variable that Tauri's runtime looks at.
const VARIABLE: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Returns when the variable is not set; otherwise starts this program without it, and never returns.
///
/// Call it first thing in `main`.
pub fn refuse() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        std::process::exit(1);
    };
    let mut same = std::process::Command::new(program);
    same.args(std::env::args_os().skip(1)).env_remove(VARIABLE);
    std::process::exit(replace(same));
}

/// Becomes `command`; an exit code is returned only when that fails.
#[cfg(unix)]
fn replace(mut command: std::process::Command) -> i32 {
    use std::os::unix::process::CommandExt as _;
    let _ = command.exec();
    1
}

#[cfg(not(unix))]
fn replace(mut command: std::process::Command) -> i32 {
    command
        .status()
        .ok()
        .and_then(|status| status.code())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::VARIABLE;

    const CHILD: &str = "automation::tests::what_comes_after_refusing_is_not_driven";

    /// Run alone it shows that a start without the variable goes on; run by the test below, that a
    /// start with it goes on without it.
    #[test]
    fn what_comes_after_refusing_is_not_driven() {
        super::refuse();
        assert_eq!(std::env::var_os(VARIABLE), None);
    }

    #[test]
    fn a_driven_start_begins_anew_without_the_variable() {
        let started = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD])
            .env(VARIABLE, "true")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&started.stdout);
        assert!(
            started.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
}
