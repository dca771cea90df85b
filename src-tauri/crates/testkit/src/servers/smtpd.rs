//! A real OpenSMTPD that delivers into a Dovecot's Maildirs.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::dovecot::{Dovecot, MAIL_USER, open_to_all};
use super::{Server, free_port, is_root, program};

const CONFIG: &str = include_str!("../../../../../tests/servers/smtpd.conf");

/// OpenSMTPD on loopback, without TLS and sign-in. It takes mail for `front@practice.example` and
/// `sam@mail.example`, refuses other recipients, and delivers to the users `front` and `sam` of a
/// [`Dovecot`]. Stopped on drop.
pub struct Smtpd {
    _server: Server,
    _dir: TempDir,
    port: u16,
}

impl Smtpd {
    /// Starts one that delivers to `dovecot`.
    pub fn start(dovecot: &Dovecot) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("smtpd-")
            .tempdir()
            .expect("a temporary folder");
        open_to_all(dir.path());
        let port = free_port();
        let config = CONFIG
            .replace("@DIR@", &dir.path().display().to_string())
            .replace("@MAIL@", &dovecot.mail().display().to_string())
            .replace("@USER@", MAIL_USER)
            .replace("@SMTP@", &port.to_string());
        let file = dir.path().join("smtpd.conf");
        fs::write(&file, config).expect("the folder is writable");
        let log = dir.path().join("smtpd.log");

        // It asks a name server who calls, and waits five seconds where none answers: files only.
        let resolver = dir.path().join("resolv.conf");
        fs::write(&resolver, "lookup file\n").expect("the folder is writable");
        // Spool and control socket lie at fixed places: each instance sees its own, empty ones.
        let smtpd = program("smtpd", "opensmtpd");
        let script = format!(
            "mount -t tmpfs tmpfs /var/spool && mount -t tmpfs tmpfs /run && mkdir -m 711 /var/spool/smtpd \
             && mount --bind {} /etc/resolv.conf && exec {} -d -f {} >{} 2>&1",
            resolver.display(),
            smtpd.display(),
            file.display(),
            log.display(),
        );
        let mut command = Command::new(program("unshare", "util-linux"));
        if !is_root() {
            // It insists on starting as root and on changing users: a namespace in which that is so.
            program("newuidmap", "uidmap");
            command.args(["--user", "--map-root-user", "--map-auto"]);
        }
        command.args(["--mount", "sh", "-c", &script]);
        let server = Server::start(command, port, || {
            fs::read_to_string(&log).unwrap_or_default()
        });
        Self {
            _server: server,
            _dir: dir,
            port,
        }
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }
}
