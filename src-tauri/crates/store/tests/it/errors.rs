//! Whatever is wrong with the files is told apart, and nothing is overwritten.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use domain::TestClock;
use store::{DatabaseKey, Store, StoreError};
use tempfile::TempDir;

use crate::desk::{Desk, MONDAY, key, raw};

fn open(folder: &Path, key: &DatabaseKey) -> Result<Store, StoreError> {
    Store::open(folder, key, Arc::new(TestClock::at(MONDAY)))
}

/// A closed store's folder with one mail in it.
fn closed() -> TempDir {
    let desk = Desk::new();
    desk.receive(desk.mail("renee@home.example", "Hello", "text"));
    desk.store.close();
    desk.folder
}

/// Damages the file, opens it, and checks that the damage is still there untouched.
fn left_alone(folder: &Path, damage: impl FnOnce(&Path), key: &DatabaseKey) -> StoreError {
    let file = folder.join("anteroom.db");
    damage(&file);
    let before = fs::read(&file).unwrap();
    let error = open(folder, key).unwrap_err();
    assert_eq!(fs::read(&file).unwrap(), before, "{error:?}");
    error
}

#[test]
fn a_wrong_key_is_told_as_such() {
    let folder = closed();
    let wrong = DatabaseKey::from_bytes([8; 32]);
    let error = left_alone(folder.path(), |_| {}, &wrong);
    assert!(matches!(error, StoreError::WrongKey), "{error:?}");
    assert!(open(folder.path(), &key()).is_ok());
}

#[test]
fn a_missing_database_is_not_made_anew() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(
        open(folder.path(), &key()),
        Err(StoreError::Missing)
    ));
    assert!(!folder.path().join("anteroom.db").exists());
}

#[test]
fn an_existing_database_is_not_made_over() {
    let folder = closed();
    let before = fs::read(folder.path().join("anteroom.db")).unwrap();
    let again = Store::create(folder.path(), &key(), Arc::new(TestClock::at(MONDAY)));
    assert!(matches!(again, Err(StoreError::Exists)));
    assert_eq!(fs::read(folder.path().join("anteroom.db")).unwrap(), before);
}

#[test]
fn a_foreign_file_is_left_alone() {
    for content in [
        &b"PK\x03\x04 some archive that is long enough"[..],
        b"hi",
        b"",
    ] {
        let folder = TempDir::new().unwrap();
        let error = left_alone(
            folder.path(),
            |file| fs::write(file, content).unwrap(),
            &key(),
        );
        let fits = match content {
            b"" => matches!(error, StoreError::Truncated),
            _ => matches!(error, StoreError::NotADatabase),
        };
        assert!(fits, "{error:?}");
    }
    let folder = TempDir::new().unwrap();
    let plain = rusqlite::Connection::open(folder.path().join("anteroom.db")).unwrap();
    plain
        .execute_batch("CREATE TABLE t (x); PRAGMA user_version = 3;")
        .unwrap();
    drop(plain);
    let error = left_alone(folder.path(), |_| {}, &key());
    assert!(matches!(error, StoreError::NotADatabase), "{error:?}");
}

#[test]
fn a_file_cut_short_is_told_at_every_length() {
    for length in [3, 15, 16, 100, 4095, 4097, 20_000] {
        let folder = closed();
        let cut = |file: &Path| {
            fs::File::options()
                .write(true)
                .open(file)
                .unwrap()
                .set_len(length)
                .unwrap()
        };
        let error = left_alone(folder.path(), cut, &key());
        assert!(
            matches!(error, StoreError::Truncated),
            "{length}: {error:?}"
        );
    }
    let folder = closed();
    let cut = |file: &Path| {
        fs::File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_len(8192)
            .unwrap()
    };
    let error = left_alone(folder.path(), cut, &key());
    assert!(
        matches!(error, StoreError::Corrupt | StoreError::Truncated),
        "{error:?}"
    );
}

#[test]
fn a_flipped_byte_in_the_first_page_is_damage_and_not_a_wrong_key() {
    let folder = closed();
    let flip = |file: &Path| {
        let mut bytes = fs::read(file).unwrap();
        bytes[500] ^= 1;
        fs::write(file, bytes).unwrap();
    };
    let error = left_alone(folder.path(), flip, &key());
    assert!(matches!(error, StoreError::Corrupt), "{error:?}");
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = closed();
    let conn = raw(folder.path());
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    let error = open(folder.path(), &key()).unwrap_err();
    assert!(
        matches!(error, StoreError::NewerSchema { found: 99, .. }),
        "{error:?}"
    );
}

#[test]
fn a_second_opening_is_refused_until_the_first_is_closed() {
    let desk = Desk::new();
    let error = open(desk.path(), &key()).unwrap_err();
    assert!(matches!(error, StoreError::AlreadyOpen), "{error:?}");
    desk.store.close();
    assert!(matches!(desk.store.staff(), Err(StoreError::Closed)));
    assert!(open(desk.path(), &key()).is_ok());
}

/// A small file system of its own, gone on drop.
struct Tmpfs(TempDir);

impl Tmpfs {
    fn of(kib: u32) -> Self {
        let folder = TempDir::new().unwrap();
        let size = format!("size={kib}k");
        mount(&[
            "-t",
            "tmpfs",
            "-o",
            &size,
            "tmpfs",
            folder.path().to_str().unwrap(),
        ]);
        Self(folder)
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn mount(arguments: &[&str]) {
    let done = Command::new("mount").args(arguments).status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "this test needs the right to mount: mount {}",
        arguments.join(" ")
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_and_loses_nothing_that_was_stored() {
    let disk = Tmpfs::of(3_000);
    let desk = Desk::new_in(disk.0.path());
    let mut stored = 0;
    let full = loop {
        let mail = desk.mail(
            "renee@home.example",
            "Long",
            &format!("{stored} ").repeat(8_000),
        );
        let done = desk.store.ingest(
            desk.account,
            store::IngestMode::Live,
            vec![mail.0],
            Vec::new(),
            None,
            false,
        );
        match done {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 1_000, "the disk never filled");
    };
    assert!(matches!(full, StoreError::DiskFull), "{full:?}");
    assert!(stored > 0);
    let again = desk
        .store
        .conversation(desk.list(domain::views::ListScope::All)[0], 500);
    assert_eq!(again.unwrap().messages.len(), stored);
    assert_eq!(
        desk.store.verify_audit().unwrap().breaks,
        Vec::<String>::new()
    );
    desk.store.close();
    assert!(open(disk.0.path(), &key()).is_ok());
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_cannot_be_written_is_told() {
    let disk = Tmpfs::of(8_000);
    let desk = Desk::new_in(disk.0.path());
    desk.store.close();
    mount(&["-o", "remount,ro", disk.0.path().to_str().unwrap()]);
    let error = open(disk.0.path(), &key()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly), "{error:?}");
}
