//! Reads JSON lines on standard input and answers each, as `anteroom assess` does: for trying rules by hand.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line example")]

use std::io::BufRead;

fn main() {
    let answer: fn(&str) -> Result<String, anteroom_triage::jsonl::LineError> = anteroom_triage::jsonl::assess_line;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match answer(&line) {
            Ok(text) => println!("{text}"),
            Err(e) => eprintln!("{e}"),
        }
    }
}
