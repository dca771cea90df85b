//! A real Dovecot.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use super::{Server, free_port, is_root, program};

const CONFIG: &str = include_str!("../../../../../tests/servers/dovecot.conf");

/// Whom mail belongs to when the tests run as root, which Dovecot does not serve.
pub(super) const MAIL_USER: &str = "nobody";
const MAIL_ID: u32 = 65_534;

/// A certificate and its key, PEM.
pub struct TlsFiles {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

/// A Dovecot with any number of users, all with the same password. Stopped on drop.
pub struct Dovecot {
    dir: TempDir,
    server: Option<Server>,
    imap: u16,
    imaps: Option<u16>,
    delivered: AtomicU64,
}

impl Dovecot {
    /// The password of every user.
    pub const PASSWORD: &'static str = "river-stone-lantern";

    /// Starts one without TLS.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// Starts one, with TLS where a certificate is given.
    pub fn start_with(tls: Option<&TlsFiles>) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("dovecot-")
            .tempdir()
            .expect("a temporary folder");
        open_to_all(dir.path());
        let imaps = tls.map(|_| free_port());
        let dovecot = Self {
            server: None,
            imap: free_port(),
            imaps,
            delivered: AtomicU64::new(0),
            dir,
        };
        fs::create_dir_all(dovecot.mail()).expect("a folder for mail");
        dovecot.give(&dovecot.mail());
        let mut files = String::new();
        if let Some(tls) = tls {
            for (name, setting, content) in [
                ("cert.pem", "ssl_cert", &tls.certificate),
                ("key.pem", "ssl_key", &tls.key),
            ] {
                let path = dovecot.dir.path().join(name);
                fs::write(&path, content).expect("the folder is writable");
                files.push_str(&format!("{setting} = <{}\n", path.display()));
            }
        }
        let me = || {
            let output = Command::new("id")
                .arg("-un")
                .output()
                .expect("id tells the user");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let my_group = || {
            let output = Command::new("id")
                .arg("-gn")
                .output()
                .expect("id tells the group");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let (internal, group, login) = if is_root() {
            (
                "dovecot".to_owned(),
                "dovecot".to_owned(),
                "dovenull".to_owned(),
            )
        } else {
            (me(), my_group(), me())
        };
        let (uid, gid) = if is_root() {
            (MAIL_ID, MAIL_ID)
        } else {
            (
                rustix::process::getuid().as_raw(),
                rustix::process::getgid().as_raw(),
            )
        };
        let config = CONFIG
            .replace("@DIR@", &dovecot.dir.path().display().to_string())
            .replace("@SSL@", if tls.is_some() { "yes" } else { "no" })
            .replace("@SSL_FILES@", &files)
            .replace("@PASSWORD@", Self::PASSWORD)
            .replace("@UID@", &uid.to_string())
            .replace("@GID@", &gid.to_string())
            .replace("@INTERNAL_USER@", &internal)
            .replace("@INTERNAL_GROUP@", &group)
            .replace("@LOGIN_USER@", &login)
            .replace("@IMAP@", &dovecot.imap.to_string())
            .replace("@IMAPS@", &imaps.unwrap_or(0).to_string());
        fs::write(dovecot.config(), config).expect("the folder is writable");
        let mut dovecot = dovecot;
        dovecot.resume();
        dovecot
    }

    /// The port without TLS (STARTTLS where there is a certificate).
    pub const fn port(&self) -> u16 {
        self.imap
    }

    /// The port with TLS from the first byte.
    pub fn tls_port(&self) -> u16 {
        self.imaps.expect("started with a certificate")
    }

    /// Ends every connection and the server, keeping the mail.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Starts the server again on the same ports.
    pub fn resume(&mut self) {
        let mut command = Command::new(program("dovecot", "dovecot-imapd"));
        command.arg("-F").arg("-c").arg(self.config());
        let log = self.dir.path().join("dovecot.log");
        self.server = Some(Server::start(command, self.imap, || {
            fs::read_to_string(&log).unwrap_or_default()
        }));
    }

    /// Where all mail lies: one folder per user.
    pub fn mail(&self) -> PathBuf {
        self.dir.path().join("mail")
    }

    /// A user's Maildir.
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.mail().join(user).join("Maildir")
    }

    /// Puts a mail into a folder as a delivery agent does: it is there at once.
    pub fn deliver(&self, user: &str, folder: &str, mail: &[u8]) {
        let count = self.delivered.fetch_add(1, Ordering::Relaxed);
        let maildir = self.maildir(user);
        let home = if folder == "INBOX" {
            maildir
        } else {
            maildir.join(format!(".{folder}"))
        };
        for name in ["tmp", "new", "cur"] {
            self.make(&home.join(name));
        }
        // Maildir readers take files in the order of these names.
        let name = format!("{:010}.M{count:09}.test", 1_700_000_000 + count);
        let file = home.join("tmp").join(&name);
        fs::write(&file, mail).expect("the Maildir is writable");
        self.give(&file);
        fs::rename(&file, home.join("new").join(&name)).expect("the Maildir is writable");
    }

    /// Runs `doveadm`: another mail program in effect.
    pub fn doveadm(&self, arguments: &[&str]) -> String {
        let output = Command::new(program("doveadm", "dovecot-core"))
            .arg("-c")
            .arg(self.config())
            .args(arguments)
            .output()
            .expect("doveadm was found and can be run");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "doveadm {arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Every mail of a folder, unread ones included, in no order.
    pub fn mails(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        let maildir = self.maildir(user);
        let home = if folder == "INBOX" {
            maildir
        } else {
            maildir.join(format!(".{folder}"))
        };
        ["new", "cur"]
            .into_iter()
            .filter_map(|name| fs::read_dir(home.join(name)).ok())
            .flatten()
            .filter_map(|entry| fs::read(entry.ok()?.path()).ok())
            .collect()
    }

    /// A copy of a user's mail, as a backup takes it. Call while stopped.
    pub fn back_up(&self, user: &str) -> TempDir {
        let backup = tempfile::tempdir().expect("a temporary folder");
        copy(&self.maildir(user), &backup.path().join("Maildir"));
        backup
    }

    /// Puts a user's mail back as it was backed up. Call while stopped.
    pub fn restore(&self, user: &str, backup: &TempDir) {
        fs::remove_dir_all(self.maildir(user)).expect("the Maildir exists");
        copy(&backup.path().join("Maildir"), &self.maildir(user));
    }

    /// Makes the server forget a folder's UIDs: it gives new ones under a new UIDVALIDITY. Call while
    /// stopped.
    pub fn forget_uids(&self, user: &str) {
        for name in [
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
        ] {
            let _ = fs::remove_file(self.maildir(user).join(name));
        }
    }

    fn config(&self) -> PathBuf {
        self.dir.path().join("dovecot.conf")
    }

    fn make(&self, folder: &Path) {
        let mut missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|folder| !folder.exists())
            .collect();
        missing.reverse();
        for folder in missing {
            // Another thread may be making it too.
            let _ = fs::create_dir(folder);
            self.give(folder);
        }
    }

    /// Hands a file to whom mail belongs.
    #[allow(clippy::unused_self, reason = "reads as what the server owns")]
    fn give(&self, path: &Path) {
        if is_root() {
            chown(path, Some(MAIL_ID), Some(MAIL_ID)).expect("root may give files away");
        }
    }
}

pub(super) fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("the folder is ours");
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp")
        .arg("-a")
        .arg(from)
        .arg(to)
        .status()
        .expect("cp can be run");
    assert!(status.success(), "copying mail failed");
}
