//! Chores of the repository that want more than a shell script: `cargo xtask <chore>`.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Chores {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Writes the UI's types from the command table.
    Bindings,
}

fn main() -> ExitCode {
    match Chores::parse().chore {
        Chore::Bindings => {
            let path =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/generated/desk.ts");
            match std::fs::write(&path, desk::bindings::typescript()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    #[allow(clippy::print_stderr, reason = "a chore tells at the terminal")]
                    {
                        eprintln!("{}: {error}", path.display());
                    }
                    ExitCode::FAILURE
                }
            }
        }
    }
}
