//! Starting simulators, running Python clients, and a bare client for what libraries hide.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anteroom_simulator::{Capabilities, Content, Options, RawMail, Simulator};
use chrono::{DateTime, Utc};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub fn epoch() -> DateTime<Utc> {
    "2026-05-04T14:00:00Z".parse().unwrap()
}

pub fn options() -> Options {
    Options::at(epoch())
}

pub fn empty() -> Simulator {
    Simulator::start(options()).unwrap()
}

pub fn with_capabilities(capabilities: Capabilities) -> Simulator {
    Simulator::start(Options {
        capabilities,
        content: some_mails(5),
        ..options()
    })
    .unwrap()
}

/// A simulator with mails 1 to n in INBOX, one per day before the epoch.
pub fn with_mails(count: u32) -> Simulator {
    Simulator::start(Options {
        content: some_mails(count),
        ..options()
    })
    .unwrap()
}

pub fn some_mails(count: u32) -> Content {
    let mails = (1..=count)
        .map(|number| RawMail {
            mailbox: "INBOX".into(),
            flags: if number % 2 == 0 {
                vec!["\\seen".into()]
            } else {
                vec![]
            },
            received: epoch() - chrono::Days::new(u64::from(count - number)),
            raw: mail(number),
        })
        .collect();
    Content::Custom(mails)
}

pub fn mail(number: u32) -> Vec<u8> {
    format!(
        "Date: Fri, 1 May 2026 10:{:02}:00 +0000\r\nFrom: Ada Fenn <ada{number}@fen.example>\r\n\
         To: frontdesk@riverside.example\r\nSubject: Mail {number}\r\nMessage-ID: <m{number}@fen.example>\r\n\r\n\
         Body of mail {number}.\r\n",
        number % 60
    )
    .into_bytes()
}

/// Runs a Python client to its end; it fails the test by failing.
pub fn python(simulator: &Simulator, script: &str) -> String {
    let mut child = Python::start(simulator, script);
    let mut out = String::new();
    child.lines.read_to_string(&mut out).unwrap();
    child.finish();
    out
}

/// A Python client that goes on while the test does something.
pub struct Python {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Python {
    pub fn start(simulator: &Simulator, script: &str) -> Self {
        let mut child = Command::new("python3")
            .arg("-I")
            .arg("-u")
            .arg("-c")
            .arg(script)
            .arg(simulator.imap_addr().port().to_string())
            .arg(simulator.smtp_addr().port().to_string())
            .arg(simulator.user())
            .arg(simulator.password())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Waits for a line that the client prints.
    pub fn expect(&mut self, wanted: &str) {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), wanted);
    }

    pub fn finish(mut self) {
        assert!(
            self.child.wait().unwrap().success(),
            "the Python client failed"
        );
    }
}

/// A client that sends lines as they are and returns what comes.
pub struct Bare {
    reader: BufReader<TcpStream>,
    tag: u32,
}

impl Bare {
    pub fn connect(simulator: &Simulator) -> Self {
        let stream = TcpStream::connect(simulator.imap_addr()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            reader: BufReader::new(stream),
            tag: 0,
        }
    }

    /// Greeted and signed in.
    pub fn signed_in(simulator: &Simulator) -> Self {
        let mut bare = Self::connect(simulator);
        bare.line();
        let answer = bare.run(&format!(
            "LOGIN {} {}",
            simulator.user(),
            simulator.password()
        ));
        assert!(answer.contains(" OK "), "{answer}");
        bare
    }

    /// Signed in, with INBOX selected.
    pub fn in_inbox(simulator: &Simulator) -> Self {
        let mut bare = Self::signed_in(simulator);
        bare.run("SELECT INBOX");
        bare
    }

    pub fn send(&mut self, bytes: &str) {
        self.reader.get_mut().write_all(bytes.as_bytes()).unwrap();
    }

    /// A line; empty when the connection has ended.
    pub fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line).unwrap();
        String::from_utf8_lossy(&line).into_owned()
    }

    /// Runs a command and returns everything up to its tagged answer, or to the end of the connection.
    pub fn run(&mut self, command: &str) -> String {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        self.send(&format!("{tag} {command}\r\n"));
        let mut answer = String::new();
        loop {
            let line = self.line();
            answer.push_str(&line);
            if line.is_empty() || line.starts_with(&format!("{tag} ")) {
                return answer;
            }
        }
    }

    /// Everything up to the end of the connection.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset connection has ended too.
        let _ = self.reader.read_to_end(&mut rest);
        rest
    }
}
