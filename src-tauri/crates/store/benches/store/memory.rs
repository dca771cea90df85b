//! How much memory a process needs that works with a practice: asked of a fresh one, because making
//! practices leaves its own traces.

use std::process::Command;

use anteroom_store::generate::{Mails, Recipe, TAGS, Words};
use anteroom_store::{Arrival, IngestMode};
use domain::views::{InboxSort, ListScope};
use domain::{Actor, Change, Origin};
use rand::Rng;

use crate::practice;
use crate::report::{Goal, Report, memory_mb};

/// The argument that makes this program the process to be measured.
pub const CHILD: &str = "--memory-of-a-day";

pub fn measure(messages: usize, report: &mut Report) {
    let output = Command::new(std::env::current_exe().unwrap())
        .arg(CHILD)
        .env("ANTEROOM_BENCH_MESSAGES", messages.to_string())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<f64> = text
        .split_whitespace()
        .map(|figure| figure.parse().unwrap())
        .collect();
    report.note("memory of the process, open", "MB", figures[0], None);
    report.gate(
        "memory of the process after a day's work",
        "MB",
        figures[1],
        Goal::AtMost(80.0),
        None,
    );
    report.note("  at its peak", "MB", figures[2], None);
}

/// A day in short: lists, searches, conversations, actions, live mail and a little catching up.
pub fn child(messages: usize) {
    let practice = practice::ready(messages);
    let store = practice.open();
    let open = memory_mb("VmRSS");
    let me = practice::asker(&store);
    let words = Words::new();
    for scope in [
        ListScope::Inbox,
        ListScope::Waiting,
        ListScope::Closed,
        ListScope::All,
    ] {
        let mut cursor = None;
        for _ in 0..20 {
            let page = store
                .inbox(&scope, me, InboxSort::Newest, cursor.as_deref(), 50)
                .unwrap();
            for row in page.rows.iter().step_by(10) {
                store.conversation(row.id, 100).unwrap();
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    for rank in (0..200).chain((1_000..60_000).step_by(1_000)) {
        let ranked = rank % 2 == 0;
        store
            .search(words.of_rank(rank), me, ranked, None, 50)
            .unwrap();
        store
            .search(
                &format!("tag:{} {}", TAGS[rank % TAGS.len()], words.of_rank(rank)),
                me,
                ranked,
                None,
                50,
            )
            .unwrap();
    }
    let page = store
        .inbox(&ListScope::Inbox, me, InboxSort::Urgent, None, 50)
        .unwrap();
    for row in &page.rows {
        let change = Change::ReadSet {
            conversation: row.id,
            read: row.unread > 0,
        };
        store
            .commit(Actor::Staff { id: me }, Origin::Window, change)
            .unwrap();
    }
    let account = store.accounts().unwrap()[0].id;
    let seed: u64 = rand::rng().random();
    let mails = Mails::new(Recipe {
        seed,
        ..Recipe::of(1_000)
    });
    let fresh: Vec<Arrival> = mails
        .map(|mut arrival| {
            arrival.item.remote_id.0 = format!("NEW/{seed}/{}", arrival.item.remote_id.0);
            arrival
        })
        .collect();
    for batch in fresh.chunks(100) {
        store
            .ingest(
                account,
                IngestMode::Live,
                batch.to_vec(),
                Vec::new(),
                None,
                false,
            )
            .unwrap();
    }
    println!("{open} {} {}", memory_mb("VmRSS"), memory_mb("VmHWM"));
    store.close();
}
