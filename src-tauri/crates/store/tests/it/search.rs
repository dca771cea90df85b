//! The index finds what reading everything finds.

use domain::query::{Query, fold};
use proptest::prelude::*;
use store::IngestMode;

use crate::desk::{Desk, Mail};

const WORDS: [&str; 8] = [
    "rash",
    "Fièvre",
    "fever",
    "dose",
    "doses",
    "appointment",
    "straße",
    "oui",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 1..6).prop_map(|words| words.join(" "))
}

/// A query that is made of words, phrases, negations and alternatives.
fn query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(&WORDS[..]);
    let term = prop_oneof![
        4 => word.clone().prop_map(str::to_owned),
        1 => word.clone().prop_map(|word| format!("-{word}")),
        1 => word.clone().prop_map(|word| format!("{}*", word.chars().take(2).collect::<String>())),
        1 => (word.clone(), word.clone()).prop_map(|(a, b)| format!("\"{a} {b}\"")),
        1 => (word.clone(), word).prop_map(|(a, b)| format!("{a} OR {b}")),
        1 => Just("from:p1".to_owned()),
    ];
    prop::collection::vec(term, 1..4).prop_map(|terms| terms.join(" "))
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(fold)
        .collect()
}

/// Reads the whole message.
fn oracle(query: &Query, from: &str, text: &str) -> bool {
    use domain::query::Atom;
    let (from, text) = (words(from), words(text));
    let all: Vec<&[String]> = vec![&from, &text];
    let phrase = |wanted: &str, within: &[&[String]]| {
        let wanted = words(wanted);
        within
            .iter()
            .any(|field| field.windows(wanted.len()).any(|w| w == wanted.as_slice()))
    };
    query.groups.iter().all(|group| {
        group.0.iter().any(|term| {
            let holds = match &term.atom {
                Atom::Word {
                    text: word,
                    prefix: true,
                } => {
                    let word = fold(word);
                    all.iter()
                        .any(|field| field.iter().any(|w| w.starts_with(&word)))
                }
                Atom::Word { text: word, .. } | Atom::Phrase(word) => phrase(word, &all),
                Atom::From(name) => phrase(name, &[from.as_slice()]),
                other => panic!("{other:?}"),
            };
            holds != term.negated
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_index_agrees_with_reading_everything(
        texts in prop::collection::vec(text(), 1..12),
        queries in prop::collection::vec(query(), 1..12),
    ) {
        let desk = Desk::new();
        let mails: Vec<Mail> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| desk.later(1).mail(&format!("p{n}@home.example"), "", text))
            .collect();
        let done = desk.ingest(IngestMode::Live, mails);
        for query in queries {
            let parsed = Query::parse(&query);
            let mut expected: Vec<_> = texts
                .iter()
                .enumerate()
                .filter(|(n, text)| oracle(&parsed, &format!("p{n} p{n}@home.example"), text))
                .map(|(n, _)| done.items[n].conversation)
                .collect();
            // A space at the end: nothing is still being typed.
            let mut found: Vec<_> =
                desk.search(&format!("{query} "), false).hits.iter().map(|hit| hit.row.id).collect();
            expected.sort_unstable();
            found.sort_unstable();
            prop_assert_eq!(&found, &expected, "{}", query);
            let mut ranked: Vec<_> =
                desk.search(&format!("{query} "), true).hits.iter().map(|hit| hit.row.id).collect();
            ranked.sort_unstable();
            prop_assert_eq!(ranked, expected, "ranked {}", query);
        }
    }

    /// Whatever is typed, a search answers.
    #[test]
    fn nothing_typed_fails(text in "\\PC{0,40}") {
        let desk = Desk::new();
        desk.receive(desk.mail("renee@home.example", "Hi", "text"));
        desk.search(&text, false);
        desk.search(&text, true);
    }
}

#[test]
fn pages_of_hits_follow_each_other() {
    let desk = Desk::new();
    for n in 0..30 {
        desk.clock.advance(6 * 3_600_000);
        desk.receive(desk.mail(&format!("p{n}@home.example"), "Hi", "common word"));
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = desk
            .store
            .search("common", desk.staff, false, cursor.as_deref(), 7)
            .unwrap();
        seen.extend(page.hits.iter().map(|hit| hit.row.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut unique = seen.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (30, 30));
}
