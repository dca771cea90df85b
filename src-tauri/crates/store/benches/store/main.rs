//! The store's figures at 1,000,000 messages in 100,000 conversations, each beside its floor.
//!
//! `cargo bench -p anteroom-store --features generate`. The size is `ANTEROOM_BENCH_MESSAGES`; the
//! practice is made once and kept in `~/.cache/anteroom/bench-<messages>`. Floors are the barest way to
//! do the same with the same engine in the same run, because wall time on a shared machine says little
//! by itself. The process fails when a figure misses its goal.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_collect,
    missing_docs,
    reason = "a measurement"
)]

mod floor;
mod memory;
mod practice;
mod reading;
mod report;
mod searching;
mod writing;

use report::Report;

fn main() {
    let messages: usize = std::env::var("ANTEROOM_BENCH_MESSAGES").map_or(1_000_000, |text| {
        text.parse().expect("a number of messages")
    });
    if std::env::args().any(|argument| argument == memory::CHILD) {
        memory::child(messages);
        return;
    }
    let mut report = Report::new();
    let large = practice::ready(messages);
    let small = practice::ready(messages.min(10_000));
    writing::ingest(&large, &mut report);
    let pages = reading::pages(&large, &mut report);
    reading::growth(&small, &large, &pages, &mut report);
    reading::conversations(&large, &mut report);
    searching::searches(&large, &mut report);
    writing::commits(&large, &mut report);
    writing::size(&large, &mut report);
    memory::measure(messages, &mut report);
    reading::opening(&large, &mut report);
    reading::audit(&large, &mut report);
    std::process::exit(report.close());
}
