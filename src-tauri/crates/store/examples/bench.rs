//! Measures the store on a made-up practice, each figure beside a floor taken in the same run.
//!
//! `cargo run --profile bench -p anteroom-store --example bench -- 100000`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a measurement, not the product"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use anteroom_store::{Arrival, DatabaseKey, IngestMode, Store};
use domain::inbound::{Fingerprint, Item, RemoteId, ThreadKeys};
use domain::message::Protection;
use domain::views::{InboxSort, ListScope};
use domain::{
    AccountId, Actor, Change, Channel, ConversationState, Direction, Handle, Origin, Role, StaffId,
    StaffMember, TestClock, Timestamp, Visibility,
};

const BATCH: u64 = 10_000;
const DAYS: u64 = 900;
const START: i64 = 1_690_000_000_000;

/// A small generator of numbers: the same mails in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A rank below `n`, small ones far more often, as words are.
    fn zipf(&mut self, n: u64) -> u64 {
        let x = (self.next() % 1_000_000) as f64 / 1_000_000.0;
        ((n as f64).powf(x) as u64).min(n) - 1
    }
}

fn word(rank: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ko", "ri", "ten", "mu", "la", "sho", "vi", "dra", "pe", "gil", "no", "ast", "ure",
        "fi", "qua",
    ];
    let mut rank = rank + 16;
    let mut word = String::new();
    while rank > 0 {
        word += SYLLABLES[(rank % 16) as usize];
        rank /= 16;
    }
    word
}

fn mail(n: u64, total: u64, dice: &mut Dice) -> Arrival {
    let conversations = (total / 10).max(1);
    let conversation = dice.next() % conversations;
    let at = Timestamp::from_millis(START + (n * DAYS * 86_400_000 / total) as i64);
    let words = 40 + dice.next() % 160;
    let text: Vec<String> = (0..words).map(|_| word(dice.zipf(30_000))).collect();
    let mut fingerprint = [0; 32];
    for (to, from) in fingerprint.iter_mut().zip(n.to_be_bytes()) {
        *to = from;
    }
    Item {
        remote_id: RemoteId(format!("INBOX/1/{n}")),
        fingerprint: Fingerprint(fingerprint),
        channel: Channel::Email,
        visibility: Visibility::Private,
        direction: if n % 3 == 2 {
            Direction::Outbound
        } else {
            Direction::Inbound
        },
        contact: Handle::email(
            &format!("p{}@home.example", conversation / 2),
            &word(conversation),
        ),
        others: Vec::new(),
        reply_to: None,
        sent_at: at,
        received_at: at,
        subject: word(conversation * 7).into(),
        text: text.join(" ").into(),
        folds: Vec::new(),
        html: None,
        thread: ThreadKeys {
            own: format!("{n}.{conversation}@mail.example"),
            parents: vec![format!("root.{conversation}@mail.example")],
            native: None,
            subject: String::new(),
        },
        attachments: Vec::new(),
        automatic: None,
        delivery: None,
        protection: Protection::None,
        seen: !n.is_multiple_of(20),
        raw: None,
        problems: Vec::new(),
    }
    .into()
}

/// The bare loop: one encrypted table and its full-text index.
fn floor(folder: &std::path::Path, total: u64) -> f64 {
    let mut conn = rusqlite::Connection::open(folder.join("floor.db")).unwrap();
    conn.pragma_update(None, "key", format!("x'{}'", "07".repeat(32)))
        .unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -24576; PRAGMA wal_autocheckpoint = 4096;
         CREATE TABLE m (id INTEGER PRIMARY KEY, at INTEGER, who TEXT, subject TEXT, text TEXT);
         CREATE VIRTUAL TABLE f USING fts5(subject, text, who, content = '',
           tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');",
    )
    .unwrap();
    let mut dice = Dice(42);
    let mut spent = 0.0;
    let mut n = 0;
    while n < total {
        let batch: Vec<Arrival> = (n..(n + BATCH).min(total))
            .map(|n| mail(n, total, &mut dice))
            .collect();
        let start = Instant::now();
        let tx = conn.transaction().unwrap();
        for arrival in &batch {
            let item = &arrival.item;
            let (who, subject, text) = (
                item.contact.address.reveal(),
                item.subject.reveal(),
                item.text.reveal(),
            );
            tx.prepare_cached("INSERT INTO m (at, who, subject, text) VALUES (?1, ?2, ?3, ?4)")
                .unwrap()
                .execute((item.sent_at.millis(), who, subject, text))
                .unwrap();
            let id = tx.last_insert_rowid();
            tx.prepare_cached("INSERT INTO f (rowid, subject, text, who) VALUES (?1, ?2, ?3, ?4)")
                .unwrap()
                .execute((id, subject, text, who))
                .unwrap();
        }
        tx.commit().unwrap();
        spent += start.elapsed().as_secs_f64();
        n += BATCH;
    }
    total as f64 / spent
}

/// p50 and p95 in milliseconds.
fn timed(times: usize, mut run: impl FnMut(usize)) -> (f64, f64) {
    let mut spent: Vec<f64> = (0..times)
        .map(|n| {
            let start = Instant::now();
            run(n);
            start.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    spent.sort_by(f64::total_cmp);
    (spent[times / 2], spent[times * 95 / 100])
}

fn line(what: &str, (p50, p95): (f64, f64), goal: f64) {
    let mark = if p95 <= goal { "" } else { "  <-- over" };
    println!("{what:<44} p50 {p50:8.3} ms  p95 {p95:8.3} ms  goal {goal:6.1}{mark}");
}

fn main() {
    let total: u64 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_000);
    let folder = tempfile::TempDir::new_in(".").unwrap();
    let raw = floor(folder.path(), total);
    let now = Timestamp::from_millis(START + (DAYS as i64) * 86_400_000);
    let clock = Arc::new(TestClock::at(now));
    let key = DatabaseKey::from_bytes([7; 32]);
    let path = folder.path().join("store");
    let store = Store::create(&path, &key, clock.clone()).unwrap();
    let (account, me) = (AccountId::new(now), StaffId::new(now));
    let by = Actor::Staff { id: me };
    let changes = vec![
        Change::StaffSaved {
            staff: StaffMember {
                id: me,
                name: "Asha".into(),
                role: Role::Nurse,
                active: true,
            },
        },
        Change::AccountSaved {
            account,
            address: "frontdesk@clinic.example".into(),
            settings: serde_json::json!({}),
        },
    ];
    store
        .commit(Actor::Machine, Origin::Background, Change::Many { changes })
        .unwrap();
    let mut dice = Dice(42);
    let (mut spent, mut text, mut n) = (0.0, 0_u64, 0);
    let mode = IngestMode::CatchUp {
        open_since: now.plus_millis(-90 * 86_400_000),
    };
    while n < total {
        let batch: Vec<Arrival> = (n..(n + BATCH).min(total))
            .map(|n| mail(n, total, &mut dice))
            .collect();
        text += batch
            .iter()
            .map(|a| (a.item.text.reveal().len() + a.item.subject.reveal().len()) as u64)
            .sum::<u64>();
        let start = Instant::now();
        store
            .ingest(account, mode, batch, Vec::new(), None, false)
            .unwrap();
        spent += start.elapsed().as_secs_f64();
        n += BATCH;
    }
    let rate = total as f64 / spent;
    println!(
        "ingest {rate:.0}/s, bare loop {raw:.0}/s: {:.0} %",
        100.0 * rate / raw
    );
    store.close();
    let size = std::fs::metadata(path.join("anteroom.db")).unwrap().len();
    println!(
        "database {} MB, text {} MB: {:.2} x",
        size >> 20,
        text >> 20,
        size as f64 / text as f64
    );
    drop(store);
    let start = Instant::now();
    let store = Store::open(&path, &key, clock).unwrap();
    println!("open {:.2} ms", start.elapsed().as_secs_f64() * 1_000.0);
    let start = Instant::now();
    let page = |scope: &ListScope, sort, cursor: Option<&str>| {
        black_box(store.inbox(scope, me, sort, cursor, 50).unwrap())
    };
    page(&ListScope::Inbox, InboxSort::Urgent, None);
    println!(
        "first page {:.2} ms",
        start.elapsed().as_secs_f64() * 1_000.0
    );
    for (name, scope, sort) in [
        ("inbox, urgent first", ListScope::Inbox, InboxSort::Urgent),
        ("inbox, newest first", ListScope::Inbox, InboxSort::Newest),
        ("closed, newest first", ListScope::Closed, InboxSort::Newest),
        (
            "everything, urgent first",
            ListScope::All,
            InboxSort::Urgent,
        ),
    ] {
        let mut cursor = None;
        let figures = timed(300, |_| {
            cursor = page(&scope, sort, cursor.as_deref()).next;
        });
        line(name, figures, 2.0);
    }
    let all = store.matching(&ListScope::All, me).unwrap();
    line(
        "conversation",
        timed(500, |n| {
            black_box(
                store
                    .conversation(all[(n * 7919) % all.len()], 100)
                    .unwrap(),
            );
        }),
        5.0,
    );
    let words: Vec<String> = (0..64).map(|n| word(1 << (n % 14))).collect();
    for (name, query, ranked, goal) in [
        ("search one word", "{a} ", false, 25.0),
        ("search most common word", "{c} ", false, 25.0),
        ("search two words", "{a} {b} ", false, 25.0),
        ("search prefix of two", "{p}", false, 25.0),
        ("search phrase", "\"{c} {d}\"", false, 25.0),
        ("search either", "{a} OR {b} ", false, 25.0),
        ("search without", "{a} -{c} ", false, 25.0),
        ("search only without", "-{c} ", false, 25.0),
        ("search from", "from:p7 ", false, 25.0),
        ("search common, open", "{c} is:open ", false, 25.0),
        ("search common, tag of none", "{c} tag:none ", false, 25.0),
        ("search nothing found", "xyzzy {c} ", false, 25.0),
        ("search before", "{c} before:2024-06-01 ", false, 25.0),
        ("search ranked, common", "{c} ", true, 60.0),
    ] {
        let figures = timed(200, |n| {
            let a = &words[n % 64];
            let query = query
                .replace("{a}", a)
                .replace("{b}", &words[(n + 3) % 64])
                .replace("{c}", &word(0))
                .replace("{d}", &word(1))
                .replace("{p}", &a[..2]);
            black_box(store.search(&query, me, ranked, None, 50).unwrap());
        });
        line(name, figures, goal);
    }
    line(
        "commit (claim, close)",
        timed(300, |n| {
            let conversation = all[(n * 104_729) % all.len()];
            let changes = vec![
                Change::Assigned {
                    conversation,
                    staff: Some(me),
                },
                Change::StateSet {
                    conversation,
                    state: ConversationState::Closed,
                },
            ];
            store
                .commit(by, Origin::Window, Change::Many { changes })
                .unwrap();
        }),
        10.0,
    );
    line(
        "counts",
        timed(100, |_| drop(black_box(store.counts(me).unwrap()))),
        2.0,
    );
    let start = Instant::now();
    let report = store.verify_audit().unwrap();
    println!(
        "log of {} entries verified in {:.1} ms",
        report.entries,
        start.elapsed().as_secs_f64() * 1_000.0
    );
}
