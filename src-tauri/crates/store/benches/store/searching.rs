//! Searches of every shape, each with many words of its kind.

use anteroom_store::generate::{TAGS, Words};

use crate::floor;
use crate::practice::{Practice, asker};
use crate::reading::PAGE;
use crate::report::{Report, Samples};

/// Shapes of queries, each with many words of its kind.
fn shapes() -> Vec<(&'static str, Vec<String>)> {
    let words = Words::new();
    let word = |rank: usize| words.of_rank(rank).to_owned();
    let many = |make: &dyn Fn(usize) -> String| (0..25).map(make).collect::<Vec<_>>();
    let rare = |n: usize| word(60_000 + n * 701);
    let middle = |n: usize| word(900 + n * 37);
    let common = |n: usize| word(n);
    let first = |text: &str, n: usize| text.chars().take(n).collect::<String>();
    vec![
        ("rare word", many(&rare)),
        ("middling word", many(&middle)),
        ("common word", many(&common)),
        ("no such word", many(&|n| format!("zzq{n}x"))),
        (
            "two common words",
            many(&|n| format!("{} {}", common(n), common(n + 1))),
        ),
        (
            "common and rare word",
            many(&|n| format!("{} {}", common(n), rare(n))),
        ),
        (
            "two middling words",
            many(&|n| format!("{} {}", middle(n), middle(n + 3))),
        ),
        (
            "two rare words",
            many(&|n| format!("{} {}", rare(n), rare(n + 1))),
        ),
        (
            "prefix of one letter",
            many(&|n| format!("{}*", first(&middle(n), 1))),
        ),
        (
            "prefix of two letters",
            many(&|n| format!("{}*", first(&middle(n), 2))),
        ),
        (
            "prefix of three letters",
            many(&|n| format!("{}*", first(&middle(n), 3))),
        ),
        (
            "prefix of four letters",
            many(&|n| format!("{}*", first(&rare(n), 4))),
        ),
        (
            "phrase of common words",
            many(&|n| format!("\"{} {}\"", common(n), common(n + 1))),
        ),
        (
            "phrase that is nowhere",
            many(&|n| format!("\"{} {} {}\"", common(n), rare(n), common(n + 1))),
        ),
        ("OR", many(&|n| format!("{} OR {}", middle(n), common(n)))),
        (
            "OR of rare words",
            many(&|n| format!("{} OR {}", rare(n), rare(n + 1))),
        ),
        (
            "minus",
            many(&|n| format!("{} -{}", common(n + 20), common(n))),
        ),
        ("minus alone", many(&|n| format!("-{}", common(n)))),
        (
            "from:",
            many(&|n| format!("from:{}", ["ada", "bela", "carla", "nobody", "hana"][n % 5])),
        ),
        (
            "from: with a word",
            many(&|n| format!("from:ada {}", middle(n))),
        ),
        (
            "to:",
            many(&|n| format!("to:{}", ["ada", "bela", "carla", "nobody", "hana"][n % 5])),
        ),
        ("tag:", many(&|n| format!("tag:{}", TAGS[n % TAGS.len()]))),
        (
            "tag: rare, common word",
            many(&|n| format!("tag:rarely {}", common(n))),
        ),
        (
            "-tag: with a word",
            many(&|n| format!("-tag:appointment {}", middle(n))),
        ),
        (
            "tag: OR a word",
            many(&|n| format!("tag:rarely OR {}", middle(n))),
        ),
        (
            "is:",
            many(&|n| {
                format!(
                    "is:{}",
                    [
                        "open",
                        "waiting",
                        "snoozed",
                        "closed",
                        "unread",
                        "unassigned",
                        "mine",
                        "failed",
                        "draft",
                        "overdue",
                        "flagged"
                    ][n % 11]
                )
            }),
        ),
        (
            "is: with a common word",
            many(&|n| {
                format!(
                    "is:{} {}",
                    ["snoozed", "unread", "mine", "flagged"][n % 4],
                    common(n)
                )
            }),
        ),
        (
            "has:",
            many(&|n| format!("has:{}", ["attachment", "note", "draft"][n % 3])),
        ),
        (
            "has: with a word",
            many(&|n| format!("has:attachment {}", middle(n))),
        ),
        (
            "in:",
            many(&|n| {
                format!(
                    "in:{}",
                    ["reception", "laboratory", "\"to read\"", "\"front desk\""][n % 4]
                )
            }),
        ),
        (
            "pool: with a word",
            many(&|n| format!("pool:laboratory {}", middle(n))),
        ),
        (
            "staff: with a word",
            many(&|n| format!("staff:\"colleague {}\" {}", 1 + n % 6, middle(n))),
        ),
        (
            "acuity:",
            many(&|n| format!("acuity:{}", ["emergency", "same_day", "routine"][n % 3])),
        ),
        (
            "account: and channel:",
            many(&|n| format!("account:riverside channel:email {}", middle(n))),
        ),
        (
            "before:",
            many(&|n| format!("before:202{}-0{}-01", 3 + n % 3, 1 + n % 9)),
        ),
        (
            "before: with a common word",
            many(&|n| format!("before:2024-0{}-01 {}", 1 + n % 9, common(n))),
        ),
        (
            "after: with a rare word",
            many(&|n| format!("after:2024-0{}-01 {}", 1 + n % 9, rare(n))),
        ),
        (
            "everything",
            many(&|n| {
                format!(
                    "{} OR {} -{} from:ada is:closed after:2023-06-01",
                    common(n),
                    middle(n),
                    rare(n)
                )
            }),
        ),
    ]
}

pub fn searches(practice: &Practice, report: &mut Report) {
    let store = practice.open();
    let me = asker(&store);
    for (ranked, goal) in [(false, 25.0), (true, 60.0)] {
        let name = if ranked { "ranked" } else { "newest 50" };
        let mut all = Samples::default();
        let mut by_shape: Vec<(&str, Samples, usize)> = Vec::new();
        for (shape, queries) in shapes() {
            let mut hits = 0;
            let best = (0..2)
                .map(|_| {
                    let mut samples = Samples::default();
                    hits = 0;
                    for query in &queries {
                        let page =
                            samples.time(|| store.search(query, me, ranked, None, PAGE).unwrap());
                        hits += page.hits.len();
                    }
                    samples
                })
                .min_by(|a, b| a.percentile(95).total_cmp(&b.percentile(95)))
                .unwrap();
            all.extend(&best);
            by_shape.push((shape, best, hits));
        }
        let mut floor = Samples::default();
        if !ranked {
            let bare = floor::open(&practice.database());
            let words = Words::new();
            for rank in (0..50).chain(1_000..1_050) {
                floor.time(|| {
                    bare.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT 50")
                        .unwrap()
                        .query_map([words.of_rank(rank)], |row| row.get::<_, i64>(0))
                        .unwrap()
                        .count()
                });
            }
        }
        let beside = |percent| (!ranked).then(|| floor.percentile(percent));
        report.note_time(
            &format!("search, {name}, p50 of all shapes"),
            &all,
            50,
            beside(50),
        );
        by_shape.sort_by(|a, b| b.1.percentile(95).total_cmp(&a.1.percentile(95)));
        let shown = if std::env::var_os("ANTEROOM_BENCH_ALL").is_some() {
            by_shape.len()
        } else {
            8
        };
        for (shape, samples, hits) in by_shape.iter().take(shown) {
            report.note_time(&format!("  {shape} ({hits} hits), p95"), samples, 95, None);
        }
        report.gate_time(
            &format!("search, {name}, p95 of all shapes"),
            &all,
            95,
            goal,
            beside(95),
        );
        if let Some((_, worst, _)) = by_shape.first() {
            report.gate_time(
                &format!("search, {name}, p95 of the slowest shape"),
                worst,
                95,
                goal,
                None,
            );
        }
    }
    store.close();
}
