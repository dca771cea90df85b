//! With a real gnome-keyring, in every state in which a computer may have it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use testkit::keyring::KeyringSession;

/// A process that lives in a session and does what it is told.
struct Probe {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Probe {
    fn in_session(session: &KeyringSession) -> Self {
        let mut process = session
            .command(env!("CARGO_BIN_EXE_anteroom-keychain-probe"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self {
            process,
            commands,
            answers,
        }
    }

    fn tell(&mut self, words: &[&str]) {
        writeln!(self.commands, "{}", words.join("\t")).unwrap();
    }

    fn ask(&mut self, words: &[&str]) -> String {
        self.tell(words);
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim_end_matches('\n').to_owned()
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn an_unlocked_keyring_keeps_replaces_and_forgets() {
    let session = KeyringSession::unlocked();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["get", "a"]), "none");
    assert_eq!(probe.ask(&["set", "a", "one"]), "ok");
    assert_eq!(probe.ask(&["set", "b", "another item"]), "ok");
    assert_eq!(probe.ask(&["set", "a", "two"]), "ok");
    assert_eq!(probe.ask(&["get", "a"]), "ok two");
    assert_eq!(probe.ask(&["delete", "a"]), "ok");
    assert_eq!(probe.ask(&["delete", "a"]), "ok");
    assert_eq!(probe.ask(&["get", "a"]), "none");
    assert_eq!(probe.ask(&["get", "b"]), "ok another item");
}

#[test]
fn absent() {
    let session = KeyringSession::without_keyring();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["get", "a"]), "error keychain_missing");
    assert_eq!(probe.ask(&["set", "a", "one"]), "error keychain_missing");
    assert_eq!(probe.ask(&["available"]), "none");
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    assert_eq!(
        probe.ask(&["create", dir, "keychain"]),
        "error keychain_missing"
    );
    assert_eq!(
        probe.ask(&["open", dir]),
        "error practice_missing",
        "nothing half made stays"
    );
    let made = probe.ask(&["create", dir, "passphrase", "a passphrase stands in"]);
    assert!(made.starts_with("ok "), "{made}");
}

#[test]
fn no_bus_at_all() {
    let mut session = KeyringSession::without_keyring();
    session.stop_bus();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["get", "a"]), "error keychain_missing");
}

#[test]
fn no_default_collection() {
    let session = KeyringSession::without_default_collection();
    let mut probe = Probe::in_session(&session);
    assert_eq!(
        probe.ask(&["get", "a"]),
        "error keychain_no_default_collection"
    );
    assert_eq!(
        probe.ask(&["set", "a", "one"]),
        "error keychain_no_default_collection"
    );
}

#[test]
fn locked_and_nobody_to_ask() {
    let mut session = KeyringSession::unlocked();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    let mut probe = Probe::in_session(&session);
    let made = probe.ask(&["create", dir, "keychain"]);
    session.kill_keyring();
    session.start_bare();
    assert_eq!(probe.ask(&["available"]), "ok");
    assert_eq!(probe.ask(&["get-quietly", "a"]), "error keychain_locked");
    assert_eq!(probe.ask(&["get", "a"]), "error keychain_locked");
    assert_eq!(probe.ask(&["set", "a", "one"]), "error keychain_locked");
    assert_eq!(probe.ask(&["open", dir]), "error keychain_locked");
    session.kill_keyring();
    session.start_unlocked();
    assert_eq!(probe.ask(&["open", dir]), opened(&made));
}

#[test]
fn locked_in_mid_session() {
    let session = KeyringSession::unlocked();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["set", "a", "one"]), "ok");
    session.lock();
    assert_eq!(probe.ask(&["get-quietly", "a"]), "error keychain_locked");
    assert_eq!(probe.ask(&["get", "a"]), "error keychain_locked");
    assert_eq!(probe.ask(&["set", "a", "two"]), "error keychain_locked");
    assert_eq!(probe.ask(&["delete", "a"]), "error keychain_locked");
}

#[test]
fn entry_deleted_and_mended_with_the_recovery_key() {
    let session = KeyringSession::unlocked();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    let mut probe = Probe::in_session(&session);
    let made = probe.ask(&["create", dir, "keychain"]);
    assert_eq!(probe.ask(&["delete", &item(&made)]), "ok");
    assert_eq!(probe.ask(&["open", dir]), "error keychain_entry_missing");
    assert_eq!(probe.ask(&["recover", dir, recovery(&made)]), "ok");
    assert_eq!(probe.ask(&["open", dir]), opened(&made));
}

#[test]
fn entry_duplicated() {
    let session = KeyringSession::unlocked();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    let mut probe = Probe::in_session(&session);
    let made = probe.ask(&["create", dir, "keychain"]);
    assert_eq!(probe.ask(&["duplicate", &item(&made)]), "ok");
    assert_eq!(probe.ask(&["open", dir]), "error keychain_duplicate");
    // The recovery key opens, and a fresh entry under a fresh name ends the ambiguity.
    assert_eq!(probe.ask(&["recover", dir, recovery(&made)]), "ok");
    assert_eq!(probe.ask(&["open", dir]), opened(&made));
}

#[test]
fn wrong_value() {
    let session = KeyringSession::unlocked();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    let mut probe = Probe::in_session(&session);
    let made = probe.ask(&["create", dir, "keychain"]);
    assert_eq!(probe.ask(&["set", &item(&made), "not a key"]), "ok");
    assert_eq!(probe.ask(&["open", dir]), "error keychain_wrong_value");
    assert_eq!(probe.ask(&["recover", dir, recovery(&made)]), "ok");
    assert_eq!(probe.ask(&["open", dir]), opened(&made));
}

#[test]
fn killed_and_started_again() {
    let mut session = KeyringSession::unlocked();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["set", "a", "one"]), "ok");
    session.kill_keyring();
    assert_eq!(probe.ask(&["get", "a"]), "error keychain_missing");
    session.start_unlocked();
    assert_eq!(probe.ask(&["get", "a"]), "ok one");
}

#[test]
fn a_stalled_keyring_costs_one_time_limit() {
    let session = KeyringSession::unlocked();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["set", "a", "one"]), "ok");
    session.stall();
    let start = Instant::now();
    assert_eq!(probe.ask(&["get", "a"]), "error keychain_not_responding");
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "took {:?}",
        start.elapsed()
    );
    // It stays silent for thirty seconds in all, and every question in that time is answered.
    while start.elapsed() < Duration::from_secs(30) {
        assert_eq!(
            probe.ask(&["set", "a", "two"]),
            "error keychain_not_responding"
        );
    }
    session.go_on();
    // Questions that had been given up are out of the way: what counts is what is said now.
    assert_eq!(probe.ask(&["set", "a", "three"]), "ok");
    assert_eq!(probe.ask(&["get", "a"]), "ok three");
}

#[test]
fn a_keyring_that_comes_late_needs_no_restart() {
    let mut session = KeyringSession::without_keyring();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["get", "a"]), "error keychain_missing");
    session.start_unlocked();
    assert_eq!(probe.ask(&["get", "a"]), "none");
    assert_eq!(probe.ask(&["set", "a", "one"]), "ok");
}

#[test]
fn rekeying_survives_a_kill_at_any_moment() {
    let session = KeyringSession::unlocked();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    let mut probe = Probe::in_session(&session);
    let made = probe.ask(&["create", dir, "keychain"]);
    for round in 0_u64..25 {
        let mut victim = Probe::in_session(&session);
        victim.tell(&["rekey-forever", dir, recovery(&made)]);
        // The moment of the kill is what varies; nothing is waited for here.
        thread::sleep(Duration::from_millis(20 + round * 7));
        drop(victim);
        assert_eq!(probe.ask(&["open", dir]), opened(&made), "round {round}");
    }
    assert_eq!(probe.ask(&["recover", dir, recovery(&made)]), "ok");
}

#[test]
fn a_hardened_process_leaves_no_core_dump() {
    let session = KeyringSession::without_keyring();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask(&["harden"]), "ok NotDumpable Some(0) Some(0)");
}

/// What `open` answers for a practice that `create` made.
fn opened(made: &str) -> String {
    made.split('\t').next().unwrap().to_owned()
}

fn recovery(made: &str) -> &str {
    made.split('\t').nth(1).unwrap()
}

/// The keychain entry of a practice that was just made.
fn item(made: &str) -> String {
    made.split('\t').nth(2).unwrap().to_owned()
}
