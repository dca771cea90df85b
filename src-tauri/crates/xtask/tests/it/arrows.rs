//! Who may know whom. The table is the design's; an edge that is not in it fails here.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::DependencyKind;

use crate::metadata;

/// Crate of ours → crates of ours that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("triage", &["domain"]),
    ("mime", &["domain"]),
    ("secrets", &["domain"]),
    ("store", &["domain"]),
    ("booking", &["domain"]),
    ("channels", &["domain", "mime"]),
    // The simulator is in the product: it is what the demo practice talks to.
    (
        "desk",
        &[
            "domain",
            "triage",
            "mime",
            "store",
            "secrets",
            "channels",
            "booking",
            "simulator",
        ],
    ),
    ("shell", &["desk"]),
    ("cli", &["desk"]),
    ("devhost", &["desk", "simulator"]),
    ("simulator", &[]),
    // Made for tests, and never shipped: it may know any.
    (
        "testkit",
        &[
            "domain",
            "triage",
            "mime",
            "store",
            "secrets",
            "channels",
            "booking",
            "desk",
            "simulator",
        ],
    ),
    // Made for the repository, and never shipped.
    ("xtask", &["desk", "store"]),
];

/// What tests may use besides.
const FOR_TESTS: &[&str] = &["testkit", "simulator"];

/// `anteroom-desk` is called `desk` here, and the root package `shell`.
fn room(package: &str) -> Option<&str> {
    if package == "anteroom" {
        Some("shell")
    } else {
        package.strip_prefix("anteroom-")
    }
}

#[test]
fn every_edge_is_an_arrow_of_the_design() {
    let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for package in metadata().workspace_packages() {
        let from = room(&package.name).expect("packages of the workspace are called anteroom-…");
        seen.insert(from);
        let allowed = arrows
            .get(from)
            .copied()
            .unwrap_or_else(|| panic!("{from} is not in the table"));
        for dependency in &package.dependencies {
            let Some(to) = room(&dependency.name) else {
                continue;
            };
            let for_tests =
                dependency.kind == DependencyKind::Development && FOR_TESTS.contains(&to);
            if !allowed.contains(&to) && !for_tests {
                wrong.push(format!("{from} → {to}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "edges that the design does not have: {wrong:?}"
    );
    let planned: BTreeSet<_> = arrows.keys().copied().collect();
    assert_eq!(
        seen, planned,
        "the table and the workspace name the same rooms"
    );
}

#[test]
fn the_window_alone_knows_tauri() {
    let users = users_of(|package| package.starts_with("tauri") || package.starts_with("webkit"));
    assert_eq!(users, ["shell"]);
}

#[test]
fn the_store_alone_knows_sqlite_and_nobody_brings_a_second_one() {
    // One of its targets is the web, where another SQLite would be linked; we build none for it.
    let linking: Vec<&str> = metadata()
        .packages
        .iter()
        .filter(|package| {
            package
                .links
                .as_deref()
                .is_some_and(|links| links.contains("sqlite"))
        })
        .map(|package| package.name.as_str())
        .filter(|name| *name != "sqlite-wasm-rs")
        .collect();
    assert_eq!(linking, ["libsqlite3-sys"]);
    assert_eq!(
        users_of(|package| package == "rusqlite" || package.contains("sqlite3")),
        ["store"]
    );
}

#[test]
fn the_keychain_is_reached_through_one_room() {
    assert_eq!(users_of(|package| package == "keyring"), ["secrets"]);
}

/// The rooms that depend on a package for which `wanted` holds, tests left out.
fn users_of(wanted: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let mut users: Vec<&str> = metadata()
        .workspace_packages()
        .into_iter()
        .filter(|package| {
            package.dependencies.iter().any(|dependency| {
                dependency.kind != DependencyKind::Development && wanted(&dependency.name)
            })
        })
        .filter_map(|package| room(&package.name))
        .collect();
    users.sort_unstable();
    users
}
