//! The generated practices, kept between runs.

use std::path::PathBuf;
use std::sync::Arc;

use anteroom_store::generate::{self, Made, Recipe};
use anteroom_store::{DatabaseKey, Store};
use domain::{StaffId, TestClock};
use serde::{Deserialize, Serialize};

use crate::floor::{Cost, Floor};

/// The key of generated practices: published here, they hold invented people only.
pub const KEY: [u8; 32] = [7; 32];

/// A practice on the disk, and what making it cost.
pub struct Practice {
    pub folder: PathBuf,
    pub record: Record,
}

/// What making a practice cost, beside its floor in the same run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Record {
    pub made: Made,
    pub ours: Cost,
    pub floor: Cost,
    pub floor_bytes: u64,
}

impl Practice {
    pub fn open(&self) -> Store {
        let key = DatabaseKey::from_bytes(KEY);
        Store::open(&self.folder, &key, Arc::new(TestClock::at(generate::END))).unwrap()
    }

    pub fn database(&self) -> PathBuf {
        self.folder.join("anteroom.db")
    }
}

/// Somebody who asks: a staff member with conversations of their own.
pub fn asker(store: &Store) -> StaffId {
    store.staff().unwrap()[0].id
}

/// The practice of that size, made if it is not there yet.
pub fn ready(messages: usize) -> Practice {
    let home = std::env::var_os("HOME").expect("HOME is set");
    let base = PathBuf::from(home)
        .join(".cache/anteroom")
        .join(format!("bench-{messages}"));
    let record = base.join("record.json");
    let folder = base.join("practice");
    if let Ok(text) = std::fs::read_to_string(&record) {
        let record = serde_json::from_str(&text).unwrap();
        return Practice { folder, record };
    }
    println!(
        "Making a practice of {messages} messages in {}",
        base.display()
    );
    // What an interrupted run left is of no use.
    let _ = std::fs::remove_dir_all(&base);
    std::fs::create_dir_all(&base).unwrap();
    let recipe = Recipe::of(messages);
    let made = make(recipe, &folder, &base.join("floor.db"), true);
    std::fs::write(&record, serde_json::to_string_pretty(&made).unwrap()).unwrap();
    Practice {
        folder,
        record: made,
    }
}

/// Makes a practice in turn with its floor.
pub fn make(
    recipe: Recipe,
    folder: &std::path::Path,
    floor: &std::path::Path,
    prefixes: bool,
) -> Record {
    let tell = if recipe.messages > 200_000 {
        100_000
    } else {
        0
    };
    let mut floor = Floor::new(floor, prefixes, tell);
    let made =
        generate::practice(folder, &DatabaseKey::from_bytes(KEY), recipe, &mut floor).unwrap();
    Record {
        made,
        ours: floor.ours,
        floor: floor.cost,
        floor_bytes: floor.close(),
    }
}
