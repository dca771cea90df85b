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
    // `-- searches size` runs these parts alone.
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    let large = practice::ready(messages);
    let mut report = Report::new();
    if wanted("ingest") {
        writing::ingest(&large, &mut report);
    }
    if wanted("pages") {
        let pages = reading::pages(&large, &mut report);
        let small = practice::ready(messages.min(10_000));
        reading::growth(&small, &large, &pages, &mut report);
    }
    if wanted("conversations") {
        reading::conversations(&large, &mut report);
    }
    if wanted("searches") {
        searching::searches(&large, &mut report);
    }
    if wanted("commits") {
        writing::commits(&large, &mut report);
    }
    if wanted("size") {
        writing::size(&large, &mut report);
    }
    if wanted("memory") {
        memory::measure(messages, &mut report);
    }
    if wanted("opening") {
        reading::opening(&large, &mut report);
    }
    if wanted("audit") {
        reading::audit(&large, &mut report);
    }
    std::process::exit(report.close());
}
