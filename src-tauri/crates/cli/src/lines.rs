//! JSON lines in, JSON lines out: the text understanding over standard input, for measuring it.

use std::io::{BufRead as _, Write as _};

use desk::CommandError;
use desk::error::{ErrorCode, Result};

/// Runs `read` over every line of standard input. A line that cannot be read is an error that names
/// its number, so that a measurement never silently leaves one out.
pub fn each<E: std::fmt::Display>(
    read: impl Fn(&str) -> std::result::Result<String, E>,
) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|_| broken("Standard input could not be read."))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = read(&line)
            .map_err(|error| CommandError::bad_request(format!("Line {}: {error}.", number + 1)))?;
        writeln!(out, "{answer}").map_err(|_| broken("Standard output is closed."))?;
    }
    out.flush()
        .map_err(|_| broken("Standard output is closed."))
}

fn broken(message: &str) -> CommandError {
    CommandError::new(ErrorCode::File, message, "Check the pipe.")
}
