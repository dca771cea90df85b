//! The barest way to do the same: one table, one index, the same engine, key and settings.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anteroom_store::Arrival;
use anteroom_store::generate::{Made, Watch};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::report::processor_seconds;

/// Seconds by the clock on the wall and by the processor.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Cost {
    pub wall: f64,
    pub processor: f64,
}

impl Cost {
    fn of<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let (wall, processor) = (Instant::now(), processor_seconds());
        let value = call();
        self.wall += wall.elapsed().as_secs_f64();
        self.processor += processor_seconds() - processor;
        value
    }
}

/// A bare database that stores the same texts, batch by batch in turn with the store.
pub struct Floor {
    connection: Connection,
    path: PathBuf,
    row: i64,
    /// What the floor cost.
    pub cost: Cost,
    /// What the store cost.
    pub ours: Cost,
    before: (Instant, f64),
    tell: usize,
}

impl Floor {
    /// `prefixes`: with the store's index of beginnings of words, without which prefixes are slow to
    /// search.
    pub fn new(path: &Path, prefixes: bool, tell: usize) -> Self {
        let connection = open(path);
        let prefix = if prefixes { ", prefix = '2 3'" } else { "" };
        connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL;
                 PRAGMA wal_autocheckpoint = 4096;
                 PRAGMA synchronous = NORMAL;
                 CREATE TABLE messages (id INTEGER PRIMARY KEY, subject TEXT, text TEXT);
                 CREATE VIRTUAL TABLE search USING fts5(subject, text, content = '',
                   columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'{prefix});"
            ))
            .unwrap();
        Self {
            connection,
            path: path.to_owned(),
            row: 0,
            cost: Cost::default(),
            ours: Cost::default(),
            before: (Instant::now(), 0.0),
            tell,
        }
    }

    /// Closes it and gives back its size in bytes.
    pub fn close(self) -> u64 {
        drop(self.connection);
        let size = std::fs::metadata(&self.path).unwrap().len();
        std::fs::remove_file(&self.path).unwrap();
        size
    }
}

impl Watch for Floor {
    fn batch(&mut self, arrivals: &[Arrival]) {
        self.cost.of(|| {
            let tx = self.connection.transaction().unwrap();
            {
                let mut row = tx
                    .prepare_cached("INSERT INTO messages VALUES (?1, ?2, ?3)")
                    .unwrap();
                let mut index = tx
                    .prepare_cached("INSERT INTO search (rowid, subject, text) VALUES (?1, ?2, ?3)")
                    .unwrap();
                for arrival in arrivals {
                    self.row += 1;
                    let item = &arrival.item;
                    let values = params![self.row, item.subject.reveal(), item.text.reveal()];
                    row.execute(values).unwrap();
                    index.execute(values).unwrap();
                }
            }
            tx.commit().unwrap();
        });
        self.before = (Instant::now(), processor_seconds());
    }

    fn stored(&mut self, made: &Made) {
        self.ours.wall += self.before.0.elapsed().as_secs_f64();
        self.ours.processor += processor_seconds() - self.before.1;
        if self.tell > 0 && made.messages.is_multiple_of(self.tell as u64) {
            println!(
                "  … {} messages: {:.0} a second, the bare loop {:.0}",
                made.messages,
                made.messages as f64 / made.ingest_seconds,
                made.messages as f64 / self.cost.wall,
            );
        }
    }
}

/// Opens a database barely, with the measurements' key.
pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    let hex: String = crate::practice::KEY
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    connection
        .pragma_update(None, "key", format!("x'{hex}'"))
        .unwrap();
    connection
        .execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -24576;")
        .unwrap();
    connection
}
