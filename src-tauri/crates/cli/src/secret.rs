//! Passphrases, passwords and recovery keys: from an environment variable for scripts, else typed at
//! the terminal without being shown. Never from an argument, where other programs could read them.

use std::io::IsTerminal as _;

use desk::CommandError;
use desk::error::Result;
use desk::secrets::Secret;

/// The secret in the environment variable `variable`, else typed after `prompt`.
pub fn ask(variable: &str, prompt: &str) -> Result<Secret> {
    if let Ok(secret) = std::env::var(variable) {
        return Ok(Secret::new(secret));
    }
    if !std::io::stdin().is_terminal() {
        return Err(CommandError::bad_request(format!(
            "{prompt} is needed, and there is no terminal to ask at: set {variable}."
        )));
    }
    rpassword::prompt_password(format!("{prompt}: "))
        .map(Secret::new)
        .map_err(|_| CommandError::bad_request(format!("{prompt} could not be read.")))
}

/// The secret in the environment variable, if it is set.
pub fn given(variable: &str) -> Option<Secret> {
    std::env::var(variable).ok().map(Secret::new)
}
