//! What goes wrong gets a sentence, a way out and an exit code, and nothing is overwritten.

use std::fs;
use std::process::Command;

use super::harness::{Home, mails, server_with};

fn code(error: &serde_json::Value) -> &str {
    assert!(!error["message"].as_str().unwrap().is_empty());
    assert!(!error["help"].as_str().unwrap().is_empty());
    error["code"].as_str().unwrap()
}

#[test]
fn a_closed_practice_says_why_and_what_to_do() {
    let home = Home::new();
    let (exit, error) = home.refused(&["inbox"]);
    assert_eq!((exit, code(&error)), (3, "no_practice"));

    let home = Home::with_practice();
    let (exit, error) = home.refused(&[
        "init",
        "--name",
        "Again",
        "--admin",
        "Lena",
        "--protection",
        "passphrase",
    ]);
    assert_eq!((exit, code(&error)), (3, "practice_exists"));

    let wrong = home
        .command(&["inbox"])
        .env("ANTEROOM_PASSPHRASE", "something else")
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("wrong_passphrase"));
    let none = home
        .command(&["inbox"])
        .env_remove("ANTEROOM_PASSPHRASE")
        .output()
        .unwrap();
    assert_eq!(none.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&none.stderr).contains("needs_passphrase"));
}

#[test]
fn a_damaged_foreign_or_missing_database_is_told_and_left_alone() {
    let home = Home::with_practice();
    let database = home.practice().join("anteroom.db");
    let good = fs::read(&database).unwrap();

    let cases: [(&str, Vec<u8>, &[&str]); 3] = [
        ("truncated", good[..good.len() / 2].to_vec(), &["damaged"]),
        (
            "foreign",
            b"SQLite format 3\0"
                .iter()
                .copied()
                .cycle()
                .take(8192)
                .collect(),
            &["damaged", "wrong_key"],
        ),
        (
            "of another practice",
            fs::read(Home::with_practice().practice().join("anteroom.db")).unwrap(),
            &["wrong_key"],
        ),
    ];
    for (what, bytes, expected) in cases {
        fs::write(&database, &bytes).unwrap();
        let (_, error) = home.refused(&["inbox"]);
        assert!(expected.contains(&code(&error)), "{what}: {error}");
        assert!(
            fs::read(&database).unwrap() == bytes,
            "{what}: the file was touched"
        );
    }
    fs::remove_file(&database).unwrap();
    home.refused(&["inbox"]);
    assert!(
        !database.exists(),
        "a missing database is never answered with an empty one"
    );
    fs::write(&database, &good).unwrap();
    home.json(&["inbox"]);
}

#[test]
fn a_second_process_is_told() {
    let server = server_with(mails(1));
    let home = Home::connected(&server);
    let mut first = home
        .command(&["sync", "--watch"])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The first says that it works before the second is tried.
    let stderr = first.stderr.take().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(stderr));
    lines
        .find(|line| {
            line.as_ref()
                .is_ok_and(|line| line.contains("until interrupted"))
        })
        .unwrap()
        .unwrap();
    let drain = std::thread::spawn(move || lines.count());
    let (exit, error) = home.refused(&["inbox"]);
    first.kill().unwrap();
    first.wait().unwrap();
    drain.join().unwrap();
    assert_eq!((exit, code(&error)), (3, "already_open"));
    home.json(&["inbox"]);
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let disk = Tmpfs::of_megabytes(6);
    let server = server_with(mails(40));
    let home = Home::connected(&server);
    super::harness::copy_tree(home.path(), &disk.folder);
    let filler = disk.folder.join("filler");
    let call = |args: &[&str]| home.command_in(&disk.folder, args).output().unwrap();
    // Fill what is left, but for a little at each level.
    for spare in [0_usize, 16 << 10, 64 << 10, 256 << 10] {
        let _ = fs::remove_file(&filler);
        fill(&filler, spare);
        let output = call(&["sync"]);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                said.contains("disk_full"),
                "with {spare} bytes left: {said}"
            );
        }
    }
    fs::remove_file(&filler).unwrap();
    let output = call(&["sync"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let page = call(&["inbox", "--view", "all", "--limit", "500"]);
    let page: serde_json::Value = serde_json::from_slice(&page.stdout).unwrap();
    assert_eq!(page["rows"].as_array().unwrap().len(), 40);
}

/// Fills the disk with a file, leaving about `spare` bytes.
fn fill(path: &std::path::Path, spare: usize) {
    use std::io::Write as _;
    let mut file = fs::File::create(path).unwrap();
    let block = vec![0_u8; 4096];
    let mut written = 0;
    while file.write_all(&block).is_ok() {
        written += block.len();
    }
    let keep = written.saturating_sub(spare);
    file.set_len(keep as u64).unwrap();
}

/// A small disk in memory.
struct Tmpfs {
    folder: std::path::PathBuf,
    _parent: tempfile::TempDir,
}

impl Tmpfs {
    fn of_megabytes(size: u32) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("disk");
        fs::create_dir(&folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}m"), "tmpfs"])
            .arg(&folder)
            .status()
            .unwrap();
        assert!(
            mounted.success(),
            "this test needs root for: mount -t tmpfs -o size={size}m tmpfs FOLDER"
        );
        Self {
            folder,
            _parent: parent,
        }
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
