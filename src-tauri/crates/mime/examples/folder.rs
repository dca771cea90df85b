//! Prints how many messages per second one core reads out of a folder of mail files (Maildir, `.eml`), the
//! files held in memory. `cargo run --release -p anteroom-mime --example folder -- <folder> [all]`

#![allow(clippy::print_stdout, reason = "the figures are the point")]

use std::{env, fs, path::Path, time::Instant};

use anteroom_mime::{self as mime, Wanted};

fn collect(folder: &Path, into: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_none_or(|it| it != "json") {
            into.extend(fs::read(path));
        }
    }
}

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".into());
    let wanted = if arguments.next().is_some() {
        Wanted::ALL
    } else {
        Wanted::TEXT
    };
    let mut mails = Vec::new();
    collect(Path::new(&folder), &mut mails);
    let bytes: usize = mails.iter().map(Vec::len).sum();
    let start = Instant::now();
    let mut rounds = 0_usize;
    let mut characters = 0_usize;
    while !mails.is_empty() && start.elapsed().as_secs_f64() < 3.0 {
        characters += mails
            .iter()
            .map(|raw| mime::parse_wanted(raw, wanted).mail.text.len())
            .sum::<usize>();
        rounds += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} messages, {:.1} MB: {:.0} messages/s, {:.0} MB/s ({characters} characters of text)",
        mails.len(),
        bytes as f64 / 1e6,
        (mails.len() * rounds) as f64 / seconds,
        (bytes * rounds) as f64 / 1e6 / seconds
    );
}
