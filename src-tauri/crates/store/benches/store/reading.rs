//! Pages, conversations, opening, and the check of the audit log.

use anteroom_store::Store;
use domain::views::{InboxSort, ListScope};
use domain::{ConversationId, StaffId};
use rusqlite::params;
use sha2::{Digest as _, Sha256};

use crate::floor;
use crate::practice::{Practice, asker};
use crate::report::{Goal, Report, Samples};

pub const PAGE: u32 = 50;
/// Pages that are turned in one list.
const PAGES: usize = 15;
/// Messages of a conversation that the window asks for at first.
const MESSAGES: u32 = 100;
const SORTS: [InboxSort; 3] = [InboxSort::Urgent, InboxSort::Newest, InboxSort::Waiting];

/// Times of each list in each order.
pub struct Pages(Vec<(String, Samples)>);

fn scopes(store: &Store, me: StaffId) -> Vec<(String, ListScope)> {
    let mut scopes: Vec<(String, ListScope)> = [
        ListScope::Inbox,
        ListScope::Mine,
        ListScope::Unassigned,
        ListScope::RedFlags,
        ListScope::Waiting,
        ListScope::Snoozed,
        ListScope::Closed,
        ListScope::Outbox,
        ListScope::Drafts,
        ListScope::All,
    ]
    .into_iter()
    .map(|scope| (format!("{scope:?}"), scope))
    .collect();
    let words = store.vocabulary(me).unwrap();
    scopes.push((
        "first pool".into(),
        ListScope::Pool {
            pool: words.pools[0].id,
        },
    ));
    scopes.push((
        "last pool".into(),
        ListScope::Pool {
            pool: words.pools[words.pools.len() - 1].id,
        },
    ));
    for view in &words.views {
        scopes.push((
            format!("view {}", view.query),
            ListScope::View { view: view.id },
        ));
    }
    for query in [
        "tag:appointment",
        "tag:rarely",
        "is:unread",
        "has:attachment is:open",
        "is:flagged",
        "-is:closed tag:results",
    ] {
        scopes.push((
            query.into(),
            ListScope::Query {
                query: query.into(),
            },
        ));
    }
    scopes
}

/// Turns the pages of every list in every order, twice; the quicker round counts.
fn turn(practice: &Practice) -> (Pages, Samples) {
    let store = practice.open();
    let me = asker(&store);
    let scopes = scopes(&store, me);
    let mut pages = Vec::new();
    for (name, scope) in &scopes {
        for sort in SORTS {
            let best = (0..2)
                .map(|_| {
                    let mut samples = Samples::default();
                    while samples.len() < 3 * PAGES {
                        let mut cursor: Option<String> = None;
                        for _ in 0..PAGES {
                            let page = samples.time(|| {
                                store
                                    .inbox(scope, me, sort, cursor.as_deref(), PAGE)
                                    .unwrap()
                            });
                            cursor = page.next;
                            if cursor.is_none() {
                                break;
                            }
                        }
                    }
                    samples
                })
                .min_by(|a, b| a.percentile(95).total_cmp(&b.percentile(95)))
                .unwrap();
            pages.push((format!("{name} by {sort:?}"), best));
        }
    }
    store.close();
    let mut first = Samples::default();
    for (_, scope) in scopes.iter().take(12) {
        let store = practice.open();
        first.time(|| {
            store
                .inbox(scope, me, InboxSort::Urgent, None, PAGE)
                .unwrap()
        });
        store.close();
    }
    (Pages(pages), first)
}

/// Gates the pages.
pub fn pages(practice: &Practice, report: &mut Report) -> Pages {
    let (pages, first) = turn(practice);
    let bare = floor::open(&practice.database());
    let mut floor = Samples::default();
    for _ in 0..100 {
        floor.time(|| {
            let mut query = bare
                .prepare_cached("SELECT * FROM conversations WHERE state = 0 AND merged_into IS NULL ORDER BY last_at DESC LIMIT 50")
                .unwrap();
            let mut rows = query.query([]).unwrap();
            let mut bytes = 0;
            while let Some(row) = rows.next().unwrap() {
                bytes += row.get_ref("preview").unwrap().as_str().unwrap().len();
            }
            bytes
        });
    }
    let mut all = Samples::default();
    for (_, samples) in &pages.0 {
        all.extend(samples);
    }
    report.note_time(
        "inbox page, p50 of all lists and orders",
        &all,
        50,
        Some(floor.percentile(50)),
    );
    let mut by_time: Vec<&(String, Samples)> = pages.0.iter().collect();
    by_time.sort_by(|a, b| b.1.percentile(95).total_cmp(&a.1.percentile(95)));
    for (name, samples) in by_time.iter().take(8) {
        report.note_time(&format!("  {name}, p95"), samples, 95, None);
    }
    report.gate_time(
        "inbox page, p95 of all lists and orders",
        &all,
        95,
        2.0,
        Some(floor.percentile(95)),
    );
    if let Some((_, worst)) = by_time.first() {
        report.gate_time(
            "inbox page, p95 of the slowest list and order",
            worst,
            95,
            2.0,
            None,
        );
    }
    report.gate_time(
        "inbox page, the first after opening, slowest list",
        &first,
        100,
        20.0,
        None,
    );
    let store = practice.open();
    let me = asker(&store);
    let mut counts = Samples::default();
    for _ in 0..100 {
        counts.time(|| store.counts(me).unwrap());
    }
    report.note_time("counts beside the lists, p95", &counts, 95, None);
    store.close();
    pages
}

/// How much slower a page is in the large practice.
pub fn growth(small: &Practice, large: &Practice, pages: &Pages, report: &mut Report) {
    let (few, _) = turn(small);
    let mut ratios: Vec<(f64, &str)> = few
        .0
        .iter()
        .zip(&pages.0)
        .map(|((_, few), (name, many))| (many.percentile(50) / few.percentile(50), name.as_str()))
        .collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sum = |pages: &Pages| {
        pages
            .0
            .iter()
            .map(|(_, samples)| samples.percentile(50))
            .sum::<f64>()
    };
    report.gate(
        &format!(
            "page from {} to {} messages, mean of p50",
            small.record.made.messages, large.record.made.messages
        ),
        "times",
        sum(pages) / sum(&few),
        Goal::AtMost(2.0),
        None,
    );
    if let Some((worst, name)) = ratios.last() {
        report.note(&format!("  the most: {name}"), "times", *worst, None);
    }
}

pub fn conversations(practice: &Practice, report: &mut Report) {
    let store = practice.open();
    let me = asker(&store);
    let mut ids: Vec<ConversationId> = Vec::new();
    let mut cursor: Option<String> = None;
    // Every tenth page of everything: mostly long past, as a search would bring up.
    for number in 0..400 {
        let page = store
            .inbox(
                &ListScope::All,
                me,
                InboxSort::Newest,
                cursor.as_deref(),
                200,
            )
            .unwrap();
        if number % 10 == 0 {
            ids.extend(page.rows.iter().step_by(20).map(|row| row.id));
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut samples = Samples::default();
    for id in &ids {
        samples.time(|| store.conversation(*id, MESSAGES).unwrap());
    }
    let endless = store
        .search("\"blood sugar diary\"", me, false, None, 50)
        .unwrap()
        .hits
        .into_iter()
        .max_by_key(|hit| hit.row.messages)
        .unwrap()
        .row;
    let mut long = Samples::default();
    let mut older = Samples::default();
    for _ in 0..30 {
        let view = long.time(|| store.conversation(endless.id, MESSAGES).unwrap());
        let mut cursor = view.older;
        for _ in 0..5 {
            let Some(before) = cursor else { break };
            cursor = older
                .time(|| store.older_messages(endless.id, &before, MESSAGES).unwrap())
                .1;
        }
    }
    store.close();
    let bare = floor::open(&practice.database());
    let mut floor = Samples::default();
    for row in (1..=100_i64).map(|number| number * practice.record.made.messages as i64 / 1_100) {
        floor.time(|| {
            bare.prepare_cached("SELECT b.text FROM messages m JOIN bodies b ON b.message = m.id WHERE m.conversation = ?1 ORDER BY m.at DESC LIMIT 100")
                .unwrap()
                .query_map(params![row], |row| row.get::<_, String>(0))
                .unwrap()
                .count()
        });
    }
    report.note_time(
        "conversation, p50",
        &samples,
        50,
        Some(floor.percentile(50)),
    );
    report.gate_time(
        "conversation, p95",
        &samples,
        95,
        5.0,
        Some(floor.percentile(95)),
    );
    report.gate_time(
        &format!("conversation of {} messages, p95", endless.messages),
        &long,
        95,
        5.0,
        None,
    );
    report.gate_time(
        "its older messages, a page of 100, p95",
        &older,
        95,
        5.0,
        None,
    );
}

pub fn opening(practice: &Practice, report: &mut Report) {
    let mut samples = Samples::default();
    for _ in 0..15 {
        let store = samples.time(|| practice.open());
        store.close();
    }
    let mut floor = Samples::default();
    for _ in 0..15 {
        floor.time(|| {
            floor::open(&practice.database())
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
                    row.get::<_, i64>(0)
                })
                .unwrap()
        });
    }
    // Half of it happens on the writer's thread: only the wall sees all of it.
    report.gate(
        "open, p50 by the wall",
        "ms",
        samples.wall(50),
        Goal::AtMost(5.0),
        Some(floor.wall(50)),
    );
}

pub fn audit(practice: &Practice, report: &mut Report) {
    let store = practice.open();
    let mut samples = Samples::default();
    let mut entries = 0;
    for _ in 0..3 {
        let found = samples.time(|| store.verify_audit().unwrap());
        assert!(found.breaks.is_empty(), "{:?}", found.breaks);
        entries = found.entries;
    }
    store.close();
    // Two hashes of some 300 bytes each are the least that an entry costs.
    let mut floor = Samples::default();
    floor.time(|| {
        (0..2 * entries).fold([0_u8; 32], |before, _| {
            Sha256::new()
                .chain_update(before)
                .chain_update([1; 268])
                .finalize()
                .into()
        })
    });
    let million = |samples: &Samples| samples.percentile(0) / entries as f64 * 1e6 / 1e3;
    report.gate(
        &format!("1,000,000 log entries checked (from {entries})"),
        "s",
        million(&samples),
        Goal::AtMost(5.0),
        Some(million(&floor)),
    );
}
