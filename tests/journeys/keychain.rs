//! The practice's key in a real keychain: gnome-keyring on a bus of its own.

use std::process::{Command, Output};

use testkit::keyring::KeyringSession;

use super::harness::Home;

fn anteroom(session: &KeyringSession, home: &Home, args: &[&str]) -> Output {
    let mut command: Command = session.command(env!("CARGO_BIN_EXE_anteroom"));
    command
        .args(["--json", "--folder"])
        .arg(home.path())
        .args(args)
        .env_remove("ANTEROOM_PASSPHRASE")
        .stdin(std::process::Stdio::null());
    command.output().unwrap()
}

fn code(output: &Output) -> String {
    assert_eq!(
        output.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(!error["error"]["help"].as_str().unwrap().is_empty());
    error["error"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn the_keychain_opens_the_practice_and_its_absence_is_told() {
    let mut session = KeyringSession::unlocked();
    let home = Home::new();
    let init = ["init", "--name", "Riverside", "--admin", "Lena Moss"];
    let created = anteroom(&session, &home, &init);
    assert!(
        created.status.success(),
        "{}",
        String::from_utf8_lossy(&created.stderr)
    );
    let created: serde_json::Value = serde_json::from_slice(&created.stdout).unwrap();
    assert!(anteroom(&session, &home, &["inbox"]).status.success());
    let database = home.practice().join("anteroom.db");
    let before = std::fs::read(&database).unwrap();

    session.lock();
    assert_eq!(
        code(&anteroom(&session, &home, &["inbox"])),
        "keychain_locked"
    );
    session.kill_keyring();
    assert_eq!(code(&anteroom(&session, &home, &["inbox"])), "no_keychain");
    session.start_unlocked();
    assert!(
        anteroom(&session, &home, &["inbox"]).status.success(),
        "a late start is no loss"
    );

    // Another login's keychain knows nothing of it.
    let stranger = KeyringSession::unlocked();
    assert_eq!(
        code(&anteroom(&stranger, &home, &["inbox"])),
        "keychain_entry_missing"
    );
    assert_eq!(
        std::fs::read(&database).unwrap().len(),
        before.len(),
        "never a fresh empty database"
    );

    // The printed key opens it there all the same.
    let recovered = {
        let mut command: Command = stranger.command(env!("CARGO_BIN_EXE_anteroom"));
        command
            .args(["--json", "--folder"])
            .arg(home.path())
            .args(["recover"])
            .env(
                "ANTEROOM_RECOVERY_KEY",
                created["recovery_key"].as_str().unwrap(),
            )
            .stdin(std::process::Stdio::null());
        command.output().unwrap()
    };
    assert!(
        recovered.status.success(),
        "{}",
        String::from_utf8_lossy(&recovered.stderr)
    );
    assert!(anteroom(&stranger, &home, &["inbox"]).status.success());
}
