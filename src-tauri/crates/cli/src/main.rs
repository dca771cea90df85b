//! The command line of Anteroom: the same use cases as the window, for scripts and for work over SSH.
//!
//! `args` says what can be typed, `run` does it through the desk's commands, `show` renders for
//! people. With `--json`, answers are the commands' own JSON; errors are JSON on standard error.

mod args;
mod lines;
mod run;
mod secret;
mod show;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("ANTEROOM_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error")),
        )
        .with_writer(std::io::stderr)
        .init();
    let cli = args::Cli::parse();
    let json = cli.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            show::fatal(&format!("The system refused threads: {error}."));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            show::error(&error, json);
            ExitCode::from(error.code.exit_code())
        }
    }
}
