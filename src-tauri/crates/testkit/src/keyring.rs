//! A real gnome-keyring on a D-Bus session of its own.
//!
//! The bus is started from a configuration without service folders, so that nothing is activated
//! behind a test's back: whether a keychain is there is decided by the test. Home and runtime folders
//! are temporary. The daemons are stopped when the [`KeyringSession`] is dropped.

#![allow(clippy::panic, reason = "a harness fails the test it serves")]

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The login password of the made-up user.
const PASSWORD: &str = "the login password";

/// How long a daemon may take to appear on the bus or to leave it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A bus, and perhaps a keyring daemon on it.
#[derive(Debug)]
pub struct KeyringSession {
    home: tempfile::TempDir,
    address: String,
    bus: Child,
    daemon: Option<Child>,
}

impl KeyringSession {
    /// A session in which nobody offers a keychain.
    pub fn without_keyring() -> Self {
        let home = tempfile::Builder::new()
            .prefix("keyring")
            .tempdir()
            .expect("a temporary folder can be made");
        let config = home.path().join("bus.conf");
        fs::write(&config, bus_config(home.path())).expect("the bus configuration can be written");
        let mut config_argument = OsString::from("--config-file=");
        config_argument.push(&config);
        let mut bus = spawn(
            Command::new("dbus-daemon")
                .arg(config_argument)
                .args(["--nofork", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            "dbus-daemon",
            "dbus",
        );
        let mut address = String::new();
        let output = bus.stdout.take().expect("the bus's output is piped");
        BufReader::new(output)
            .read_line(&mut address)
            .expect("the bus prints its address");
        let address = address.trim().to_owned();
        assert!(!address.is_empty(), "the D-Bus daemon did not start");
        Self {
            home,
            address,
            bus,
            daemon: None,
        }
    }

    /// A session with a keyring that was unlocked at login.
    pub fn unlocked() -> Self {
        let mut session = Self::without_keyring();
        session.start_unlocked();
        session
    }

    /// A session whose keyring has no default collection yet.
    pub fn without_default_collection() -> Self {
        let mut session = Self::without_keyring();
        session.start_bare();
        session
    }

    /// Starts the keyring and unlocks it, as a login does.
    pub fn start_unlocked(&mut self) {
        self.start(&["--unlock"], PASSWORD);
    }

    /// Starts the keyring without a password: collections from before are there and locked.
    pub fn start_bare(&mut self) {
        self.start(&[], "");
    }

    /// Kills the keyring the hard way.
    pub fn kill_keyring(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().expect("the daemon can be killed");
            daemon.wait().expect("the daemon can be waited for");
            self.wait_until(|session| !session.has_owner(), "the keyring left the bus");
        }
    }

    /// Stops the bus, as on a computer without a desktop session.
    pub fn stop_bus(&mut self) {
        self.bus.kill().expect("the bus can be killed");
        self.bus.wait().expect("the bus can be waited for");
    }

    /// Stops the keyring in its tracks, as a machine that swaps does.
    pub fn stall(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets the keyring go on.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Locks every collection, as a screen lock may.
    pub fn lock(&self) {
        let done = self
            .dbus_send(
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.Lock",
            )
            .arg("array:objpath:/org/freedesktop/secrets/collection/login")
            .output()
            .expect("dbus-send runs");
        assert!(done.status.success(), "the keyring could not be locked");
    }

    /// A command that lives in this session.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        self.apply(&mut command);
        command
    }

    fn apply(&self, command: &mut Command) {
        let home = self.home.path();
        command
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home);
    }

    fn start(&mut self, arguments: &[&str], password: &str) {
        assert!(self.daemon.is_none(), "one keyring per session");
        let mut command = self.command(keyring_program(self.home.path()));
        command
            .args(["--foreground", "--components=secrets"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut daemon = spawn(&mut command, "gnome-keyring-daemon", "gnome-keyring");
        let mut input = daemon.stdin.take().expect("the daemon's input is piped");
        // Closing the pipe ends the password.
        input
            .write_all(password.as_bytes())
            .expect("the daemon takes its password");
        drop(input);
        self.daemon = Some(daemon);
        self.wait_until(Self::has_owner, "the keyring appeared on the bus");
        if !arguments.is_empty() {
            self.wait_until(
                Self::has_default_collection,
                "the keyring made its default collection",
            );
        }
    }

    fn signal(&self, signal: Signal) {
        let daemon = self.daemon.as_ref().expect("a keyring runs");
        let pid = i32::try_from(daemon.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process id"), signal).expect("the daemon can be signalled");
    }

    fn has_owner(&self) -> bool {
        let mut question = self.command("dbus-send");
        question
            .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"])
            .args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"])
            .arg("string:org.freedesktop.secrets");
        answer(&mut question).contains("boolean true")
    }

    fn has_default_collection(&self) -> bool {
        let mut question = self.dbus_send(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.ReadAlias",
        );
        question.arg("string:default");
        answer(&mut question).contains("/org/freedesktop/secrets/collection/")
    }

    fn dbus_send(&self, path: &str, method: &str) -> Command {
        let mut command = self.command("dbus-send");
        command
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.secrets",
            ])
            .args([path, method]);
        command
    }

    fn wait_until(&self, condition: impl Fn(&Self) -> bool, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !condition(self) {
            assert!(Instant::now() < deadline, "waited in vain until {what}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for KeyringSession {
    fn drop(&mut self) {
        for child in self.daemon.iter_mut().chain([&mut self.bus]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn answer(question: &mut Command) -> String {
    let output = question
        .output()
        .expect("dbus-send runs (apt-get install dbus)");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn spawn(command: &mut Command, program: &str, package: &str) -> Child {
    command.spawn().unwrap_or_else(|error| {
        panic!("{program} cannot be started ({error}); it comes with: apt-get install {package}")
    })
}

/// The daemon, copied: Debian gives the installed file the capability to lock memory, and a container
/// without that capability may not even start it. The copy has none and runs everywhere.
fn keyring_program(home: &Path) -> PathBuf {
    let copy = home.join("gnome-keyring-daemon");
    if !copy.exists() {
        fs::copy("/usr/bin/gnome-keyring-daemon", &copy).unwrap_or_else(|error| {
            panic!(
                "no gnome-keyring-daemon ({error}); it comes with: apt-get install gnome-keyring"
            )
        });
    }
    copy
}

fn bus_config(home: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        home.display()
    )
}
