//! Real servers for tests, and proxies that come between.
//!
//! Each server runs in a folder of its own on free ports of 127.0.0.1 and ends when its handle is
//! dropped. Their configuration lies in `tests/servers`. A program that is not installed ends the test
//! with the command that installs it.

#![allow(clippy::panic, reason = "a server that does not come up ends the test")]

mod dovecot;
mod proxy;
mod smtpd;

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub use dovecot::{Dovecot, TlsFiles};
pub use proxy::{Filter, Flow, Proxy};
pub use smtpd::Smtpd;

/// How long a server may take to come up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A port of 127.0.0.1 that was free a moment ago, from below the range that systems hand out by
/// themselves: nothing else takes it before the server does.
pub fn free_port() -> u16 {
    (0..1_000)
        .map(|_| rand::random_range(10_000..32_000))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("loopback has free ports")
}

/// Where a program lies; ends the test with the command that installs it.
fn program(name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{name} is not installed: sudo apt-get install {package}"))
}

/// Whether the tests run as the superuser.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A running server. Stopped on drop.
struct Server(Child);

impl Server {
    /// Starts the command and waits until the server greets whoever connects to `port`.
    fn start(mut command: Command, port: u16, log: impl Fn() -> String) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was found and can be run");
        let mut server = Self(child);
        let until = Instant::now() + PATIENCE;
        while !greets(port) {
            if let Ok(Some(status)) = server.0.try_wait() {
                panic!("the server ended with {status}:\n{}", log());
            }
            assert!(
                Instant::now() < until,
                "the server does not answer:\n{}",
                log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }
}

/// Whether a server sends its greeting there.
fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    matches!(stream.read(&mut [0; 1]), Ok(1))
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked politely, so that the server ends its own children.
        let pid = i32::try_from(self.0.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
