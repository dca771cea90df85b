//! Ingest, staff's actions, and the room that all of it takes.

use anteroom_store::generate::Recipe;
use domain::views::{InboxSort, ListScope};
use domain::{Actor, Change, ConversationState, Origin};

use crate::floor;
use crate::practice::{self, Practice, Record};
use crate::report::{Goal, Report, Samples};

/// Messages of the comparison that every run makes.
const FRESH: usize = 60_000;

pub fn ingest(practice: &Practice, report: &mut Report) {
    let record = &practice.record;
    let messages = record.made.messages as f64;
    let rate = messages / record.ours.wall;
    let floor_rate = messages / record.floor.wall;
    report.gate(
        &format!("ingest of {messages} messages, when made"),
        "messages/s",
        rate,
        Goal::AtLeast(2_500.0),
        Some(floor_rate),
    );
    report.gate(
        "  of the bare encrypted loop with the same index",
        "share",
        rate / floor_rate,
        Goal::AtLeast(0.5),
        None,
    );
    report.note(
        "  by processor time",
        "share",
        record.floor.processor / record.ours.processor,
        None,
    );
    let (with, without) = (fresh(true), fresh(false));
    report.gate(
        &format!("ingest of {FRESH} messages, in this run"),
        "share",
        with.floor.wall / with.ours.wall,
        Goal::AtLeast(0.5),
        None,
    );
    report.note(
        "  by processor time",
        "share",
        with.floor.processor / with.ours.processor,
        None,
    );
    report.note(
        "  of a bare loop without an index of prefixes",
        "share",
        without.floor.wall / without.ours.wall,
        None,
    );
}

fn fresh(prefixes: bool) -> Record {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe::of(FRESH);
    practice::make(
        recipe,
        &folder.path().join("practice"),
        &folder.path().join("floor.db"),
        prefixes,
    )
}

/// A staff member's action, on the disk when it returns.
pub fn commits(practice: &Practice, report: &mut Report) {
    let store = practice.open();
    let me = practice::asker(&store);
    let actor = Actor::Staff { id: me };
    let rows = store
        .inbox(&ListScope::Inbox, me, InboxSort::Newest, None, 200)
        .unwrap()
        .rows;
    let tags = store.vocabulary(me).unwrap().tags;
    let mut samples = Samples::default();
    for round in 0..2 {
        for row in &rows {
            let conversation = row.id;
            let changes = if round == 0 {
                [
                    Change::TagAdded {
                        conversation,
                        tag: tags[0].id,
                    },
                    Change::StateSet {
                        conversation,
                        state: ConversationState::Waiting,
                    },
                ]
            } else {
                [
                    Change::TagTaken {
                        conversation,
                        tag: tags[0].id,
                    },
                    Change::StateSet {
                        conversation,
                        state: ConversationState::Open,
                    },
                ]
            };
            for change in changes {
                samples.time(|| store.commit(actor, Origin::Window, change).unwrap());
            }
        }
    }
    store.close();
    let folder = tempfile::tempdir().unwrap();
    let bare = floor::open(&folder.path().join("floor.db"));
    bare.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE one (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO one VALUES (1, 0);",
    )
    .unwrap();
    let mut floor = Samples::default();
    for _ in 0..samples.len().min(300) {
        floor.time(|| {
            bare.execute("UPDATE one SET n = n + 1 WHERE id = 1", [])
                .unwrap()
        });
    }
    report.note(
        "triage action, p50 by the wall",
        "ms",
        samples.wall(50),
        Some(floor.wall(50)),
    );
    report.gate(
        "triage action, p95 by the wall",
        "ms",
        samples.wall(95),
        Goal::AtMost(10.0),
        Some(floor.wall(95)),
    );
}

pub fn size(practice: &Practice, report: &mut Report) {
    let bytes = std::fs::metadata(practice.database()).unwrap().len() as f64;
    let text = practice.record.made.text_bytes as f64;
    report.note("text and subjects", "MB", text / 1e6, None);
    report.gate(
        "database, of its text",
        "times",
        bytes / text,
        Goal::AtMost(2.0),
        Some(practice.record.floor_bytes as f64 / text),
    );
    let bare = floor::open(&practice.database());
    let mut tables = bare
        .prepare("SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name ORDER BY 2 DESC LIMIT 8")
        .unwrap();
    let tables = tables
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, f64>(1)?))
        })
        .unwrap();
    for (name, bytes) in tables.map(Result::unwrap) {
        report.note(&format!("  {name}"), "times", bytes / text, None);
    }
}
