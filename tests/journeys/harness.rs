//! A practice folder, a mail server, and the command line between them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::{DateTime, TimeDelta, Utc};
use desk::views::{Clock as _, SystemClock};
use serde_json::Value;
use simulator::{Content, Options, RawMail, Simulator};

pub const PASSPHRASE: &str = "a passphrase long enough";

/// A practice folder that goes away with the test.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// An empty folder.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A practice that is set up.
    pub fn with_practice() -> Self {
        let home = Self::new();
        home.json(&[
            "init",
            "--name",
            "Riverside",
            "--admin",
            "Lena Moss",
            "--protection",
            "passphrase",
        ]);
        home
    }

    /// A practice that is set up and connected to `server`.
    pub fn connected(server: &Simulator) -> Self {
        let home = Self::with_practice();
        home.connect(server);
        home
    }

    /// Connects the practice to `server`.
    pub fn connect(&self, server: &Simulator) {
        self.json(&[
            "account",
            "add",
            server.address(),
            "--imap",
            &server.imap_addr().to_string(),
            "--smtp",
            &server.smtp_addr().to_string(),
            "--user",
            server.user(),
            "--security",
            "plain",
            "--days",
            "36500",
        ]);
    }

    /// The same practice in another folder, as a copied disk would hold it.
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        copy_tree(self.path(), copy.path());
        copy
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The practice's own folder.
    pub fn practice(&self) -> PathBuf {
        self.path().join("practice")
    }

    /// A call of the command line, not yet run.
    pub fn command(&self, args: &[&str]) -> Command {
        self.command_in(self.path(), args)
    }

    /// A call on another folder.
    pub fn command_in(&self, folder: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
        command
            .args(["--json", "--folder"])
            .arg(folder)
            .args(args)
            .env("ANTEROOM_PASSPHRASE", PASSPHRASE)
            .env("ANTEROOM_PASSWORD", "river-stone-lantern")
            .env("ANTEROOM_LOG", "trace")
            .env_remove("ANTEROOM_KILL_AT")
            .stdin(std::process::Stdio::null())
            .current_dir(self.path());
        command
    }

    /// Runs a call to its end, whatever it answers.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a call that must succeed; its answer.
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "anteroom {args:?}: {}",
            last_line(&output)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a call that must fail; its exit code and the error it names.
    pub fn refused(&self, args: &[&str]) -> (i32, Value) {
        let output = self.run(args);
        assert!(
            !output.status.success(),
            "anteroom {args:?} should have been refused"
        );
        let error: Value = serde_json::from_str(&last_line(&output)).unwrap();
        (output.status.code().unwrap(), error["error"].clone())
    }

    /// Every conversation, whatever its state.
    pub fn conversations(&self) -> Vec<Value> {
        let page = self.json(&["inbox", "--view", "all", "--limit", "500"]);
        page["rows"].as_array().unwrap().clone()
    }

    /// Every message of every conversation.
    pub fn messages(&self) -> Vec<Value> {
        self.conversations()
            .iter()
            .flat_map(|row| {
                let view = self.json(&["show", row["id"].as_str().unwrap()]);
                view["messages"].as_array().unwrap().clone()
            })
            .collect()
    }
}

fn last_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr)
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .to_owned()
}

pub fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Now, to the second, as mail dates are.
pub fn now() -> DateTime<Utc> {
    let now = SystemClock.now().to_datetime();
    DateTime::from_timestamp(now.timestamp(), 0).unwrap()
}

/// A mail server that holds `mails`.
pub fn server_with(mails: Vec<RawMail>) -> Simulator {
    Simulator::start(Options {
        content: Content::Custom(mails),
        ..Options::at(now())
    })
    .unwrap()
}

/// A plain mail from `from`, in the inbox.
pub fn mail(number: usize, from: &str, subject: &str, text: &str) -> RawMail {
    let received = now() - TimeDelta::minutes(500 - number as i64);
    RawMail {
        mailbox: "INBOX".into(),
        flags: Vec::new(),
        received,
        raw: format!(
            "From: {from}\r\nTo: info@riverside.example\r\nSubject: {subject}\r\nDate: {}\r\n\
             Message-ID: <number-{number}@mail.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
            received.to_rfc2822()
        )
        .into_bytes(),
    }
}

/// `count` mails from as many people.
pub fn mails(count: usize) -> Vec<RawMail> {
    (0..count)
        .map(|n| {
            mail(
                n,
                &format!("Person {n} <person{n}@home.example>"),
                &format!("Question {n}"),
                &format!("This is the text of question number {n}."),
            )
        })
        .collect()
}
