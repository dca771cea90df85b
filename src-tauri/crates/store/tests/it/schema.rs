//! The schema is what its picture says, plans are pinned, old databases open, and the engine is ours.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::TestClock;
use store::{DatabaseKey, Store};
use tempfile::TempDir;

use crate::desk::{Desk, MONDAY, raw};

fn plan(conn: &rusqlite::Connection, sql: &str) -> String {
    conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap()
        .query_map([], |row| row.get::<_, String>(3))
        .unwrap()
        .map(Result::unwrap)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_pages_of_the_inbox_come_from_an_index_without_sorting() {
    let desk = Desk::new();
    desk.store.close();
    let conn = raw(desk.path());
    let inner = |condition: &str, order: &str| {
        plan(
            &conn,
            &format!(
                "SELECT c.id FROM conversations c WHERE c.merged_into IS NULL {condition} ORDER BY {order} LIMIT 50"
            ),
        )
    };
    let newest = "c.last_at DESC, c.id DESC";
    for (condition, order, index) in [
        ("AND c.state = 0", newest, "conversations_state"),
        (
            "AND c.state = 0 AND (c.last_at, c.id) < (5, 5)",
            newest,
            "conversations_state",
        ),
        (
            "AND c.state = 0",
            "c.less_urgent, c.waits_since, c.id",
            "conversations_urgent",
        ),
        (
            "AND c.state = 0 AND (c.less_urgent, c.waits_since, c.id) > (1, 2, 3)",
            "c.less_urgent, c.waits_since, c.id",
            "conversations_urgent",
        ),
        (
            "AND c.state = 0",
            "c.waits_since, c.id",
            "conversations_waiting",
        ),
        (
            "AND c.state = 0 AND c.pool = 2",
            newest,
            "conversations_pool",
        ),
        (
            "AND c.state = 0 AND c.assignee = 2",
            newest,
            "conversations_assignee",
        ),
        (
            "AND c.pending + c.failed > 0",
            newest,
            "conversations_outbox",
        ),
        ("AND c.drafts > 0", newest, "conversations_drafts"),
        ("AND c.unread > 0", newest, "conversations_unread"),
        ("", newest, "conversations_recent"),
    ] {
        let plan = inner(condition, order);
        assert!(
            plan.contains(index) && !plan.contains("TEMP B-TREE"),
            "{condition} {order}: {plan}"
        );
    }
    let messages = plan(
        &conn,
        "SELECT m.id FROM messages m WHERE m.conversation = 1 AND m.kind <> 3
        AND (m.at, m.id) < (5, 5) ORDER BY m.at DESC, m.id DESC LIMIT 50",
    );
    assert!(
        messages.contains("messages_conversation") && !messages.contains("TEMP"),
        "{messages}"
    );
}

#[test]
fn every_foreign_key_has_an_index_or_a_small_table() {
    let desk = Desk::new();
    desk.store.close();
    let conn = raw(desk.path());
    for (table, column) in [
        ("messages", "conversation"),
        ("handles", "contact"),
        ("attachments", "message"),
    ] {
        let plan = plan(&conn, &format!("SELECT 1 FROM {table} WHERE {column} = 1"));
        assert!(plan.contains("USING"), "{table}.{column}: {plan}");
    }
}

#[test]
fn the_picture_of_the_schema_is_true() {
    let desk = Desk::new();
    desk.store.close();
    let conn = raw(desk.path());
    let picture =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.sql")).unwrap();
    let drawn = rusqlite::Connection::open_in_memory().unwrap();
    drawn.execute_batch(&picture).unwrap();
    let shape = |conn: &rusqlite::Connection| -> Vec<String> {
        conn.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            .unwrap()
            .query_map([], |row| {
                Ok(format!(
                    "{} {}",
                    row.get::<_, String>(0)?,
                    bare(&row.get::<_, String>(1)?)
                ))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(shape(&drawn), shape(&conn));
    let uncommented: Vec<&str> = picture
        .split("CREATE TABLE ")
        .skip(1)
        .filter(|table| !table.split("\n) STRICT").next().unwrap().contains("--"))
        .map(|table| table.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(
        uncommented,
        Vec::<&str>::new(),
        "tables without a word on their columns"
    );
}

/// Without comments and white space.
fn bare(sql: &str) -> String {
    sql.lines()
        .map(|line| line.split("--").next().unwrap())
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_engine_is_new_enough_encrypts_and_loads_no_extensions() {
    let desk = Desk::new();
    desk.store.close();
    let conn = raw(desk.path());
    let one = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, String>(0));
    assert!(
        rusqlite::version_number() >= 3_053_000,
        "{}",
        rusqlite::version()
    );
    assert!(one("PRAGMA cipher_version").unwrap().starts_with("4."));
    assert_eq!(one("PRAGMA cipher_provider").unwrap(), "openssl");
    assert!(one("SELECT load_extension('x')").is_err());
}

/// The key of the frozen databases: published here, they hold invented people only.
fn frozen_key() -> DatabaseKey {
    DatabaseKey::from_bytes(*b"anteroom frozen test databases!!")
}

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/frozen-db")
}

/// Opens a copy of every database that an earlier version wrote. Setting `ANTEROOM_FREEZE` makes the
/// one of this version, where it is missing.
#[test]
fn databases_of_every_version_open() {
    let clock = Arc::new(TestClock::at(MONDAY));
    let newest = frozen().join("v2");
    if std::env::var_os("ANTEROOM_FREEZE").is_some() && !newest.exists() {
        let desk = Desk::new_with(&newest, &frozen_key());
        desk.receive(desk.mail("renee@home.example", "Refill", "My inhaler is empty"));
        desk.store.close();
        std::fs::remove_file(newest.join("anteroom.lock")).unwrap();
    }
    let mut opened = 0;
    for version in std::fs::read_dir(frozen()).unwrap() {
        let version = version.unwrap().path();
        let database = version.join("anteroom.db");
        if !database.exists() {
            continue;
        }
        let copy = TempDir::new().unwrap();
        std::fs::copy(&database, copy.path().join("anteroom.db")).unwrap();
        let store = Store::open(copy.path(), &frozen_key(), clock.clone()).unwrap();
        let staff = store.staff().unwrap()[0].id;
        let found = store.search("inhaler", staff, false, None, 10).unwrap();
        assert_eq!(found.hits.len(), 1, "{}", version.display());
        assert!(store.verify_audit().unwrap().breaks.is_empty());
        opened += 1;
    }
    assert!(opened >= 2);
}
