//! Makes a large practice for measurements, and prints how fast it was stored.
//!
//! `cargo run --profile bench -p anteroom-store --features generate --example generate -- --messages 1000000 FOLDER`

#![allow(clippy::print_stdout, reason = "a command line")]

use std::error::Error;
use std::path::PathBuf;

use anteroom_store::generate::{self, Made, Recipe, Watch};
use anteroom_store::{Arrival, DatabaseKey};

/// The key of generated practices: published here, they hold invented people only.
const KEY: [u8; 32] = [7; 32];

struct Tell;

impl Watch for Tell {
    fn batch(&mut self, _: &[Arrival]) {}
    fn stored(&mut self, made: &Made) {
        let rate = made.messages as f64 / made.ingest_seconds;
        if made.messages.is_multiple_of(100_000) {
            println!("{:>9} messages, {rate:.0} a second", made.messages);
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut recipe = Recipe::of(1_000_000);
    let mut folder = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or("a number is missing");
        match argument.as_str() {
            "--messages" => recipe = Recipe::of(value()?.parse()?),
            "--conversations" => recipe.conversations = value()?.parse()?,
            "--contacts" => recipe.contacts = value()?.parse()?,
            "--seed" => recipe.seed = value()?.parse()?,
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let folder = folder.ok_or(
        "usage: generate [--messages N] [--conversations N] [--contacts N] [--seed N] FOLDER",
    )?;
    let made = generate::practice(&folder, &DatabaseKey::from_bytes(KEY), recipe, &mut Tell)?;
    println!(
        "{} messages of {:.0} bytes on average, {:.0} a second; staff's work {:.1} s",
        made.messages,
        made.text_bytes as f64 / made.messages.max(1) as f64,
        made.messages as f64 / made.ingest_seconds,
        made.work_seconds
    );
    Ok(())
}
