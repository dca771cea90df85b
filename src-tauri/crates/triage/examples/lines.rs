//! Reads JSON lines on standard input and answers each as `anteroom assess` does, or with the argument `guard` as
//! `anteroom guard` does: for trying rules by hand.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line example"
)]

use anteroom_triage::jsonl;
use std::io::BufRead;

fn main() {
    let guard = std::env::args().nth(1).is_some_and(|a| a == "guard");
    let answer = if guard {
        jsonl::guard_line
    } else {
        jsonl::assess_line
    };
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match answer(&line) {
            Ok(text) => println!("{text}"),
            Err(e) => eprintln!("{e}"),
        }
    }
}
