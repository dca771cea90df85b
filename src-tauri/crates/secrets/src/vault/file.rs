//! `keys.json`: what stands in the file, and how it is read and replaced.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use domain::{AccountId, PracticeId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{OpenError, Protection};
use crate::seal::{Sealed, Stretch};

const NAME: &str = "keys.json";
const FORMAT: &str = "anteroom-keys";
const VERSION: u32 = 1;

/// No key file comes near this size, with thousands of accounts.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The sealed passwords of accounts.
pub(super) type Accounts = BTreeMap<AccountId, Sealed>;

/// What is sealed, and under what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyFile {
    pub practice: PracticeId,
    /// The master key under the daily factors.
    pub access: Access,
    /// The master key under the recovery key.
    pub recovery: Sealed,
    /// Database keys under the master key, the wanted one first.
    pub database: Vec<Sealed>,
    pub accounts: Accounts,
}

/// The master key under the factors of daily use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Access {
    protection: Protection,
    /// Names the keychain entry that belongs to this file and to no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stretch: Option<Stretch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<String>,
    sealed: Sealed,
}

impl Access {
    pub(super) const fn new(
        protection: Protection,
        entry: Option<String>,
        stretch: Option<Stretch>,
        check: Option<String>,
        sealed: Sealed,
    ) -> Self {
        Self {
            protection,
            entry,
            stretch,
            check,
            sealed,
        }
    }

    pub(super) const fn protection(&self) -> Protection {
        self.protection
    }

    pub(super) fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    /// Gives up the keychain entry without touching it: it belongs to the file this one was copied from.
    pub(super) fn part_from_entry(&mut self, fresh: String) {
        if self.entry.is_some() {
            self.entry = Some(fresh);
        }
    }

    pub(super) const fn stretch(&self) -> Option<&Stretch> {
        self.stretch.as_ref()
    }

    pub(super) fn check(&self) -> Option<&str> {
        self.check.as_deref()
    }

    pub(super) const fn sealed(&self) -> &Sealed {
        &self.sealed
    }
}

/// The outermost layer. It is read before the content, so that a newer file is told as newer and
/// not as damaged.
#[derive(Serialize, Deserialize)]
struct Envelope {
    format: String,
    version: u32,
    /// SHA-256 of the content. It finds accidents, and tells them from a wrong passphrase; against
    /// intent the sealing itself stands.
    checksum: String,
    keys: serde_json::Value,
}

/// Where the keys of the practice in `dir` are.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

impl KeyFile {
    pub(super) const fn protection(&self) -> Protection {
        self.access.protection
    }

    pub(super) fn read(dir: &Path) -> Result<Self, OpenError> {
        Self::parse(&Self::read_text(dir)?)
    }

    /// The file as it is, sealed as it is.
    pub(super) fn read_text(dir: &Path) -> Result<String, OpenError> {
        let mut text = String::new();
        fs::File::open(path(dir))?
            .take(LARGEST)
            .read_to_string(&mut text)
            .map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData => OpenError::Damaged,
                _ => OpenError::Io(error),
            })?;
        Ok(text)
    }

    /// The content of a file, or what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, OpenError> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_str(text).map_err(|_| OpenError::Damaged)?;
        match (head.format.as_str(), head.version) {
            (FORMAT, VERSION) => {}
            (FORMAT, newer) if newer > VERSION => return Err(OpenError::Newer),
            _ => return Err(OpenError::Damaged),
        }
        let envelope: Envelope = serde_json::from_str(text).map_err(|_| OpenError::Damaged)?;
        if checksum(&envelope.keys) != envelope.checksum {
            return Err(OpenError::Damaged);
        }
        let keys: Self = serde_json::from_value(envelope.keys).map_err(|_| OpenError::Damaged)?;
        // A passphrase that is asked for must be stretched, a keychain entry be checked.
        let Access {
            protection,
            entry,
            stretch,
            check,
            ..
        } = &keys.access;
        let consistent = protection.needs_passphrase() == stretch.is_some()
            && protection.needs_keychain() == check.is_some()
            && protection.needs_keychain() == entry.is_some();
        if consistent {
            Ok(keys)
        } else {
            Err(OpenError::Damaged)
        }
    }

    /// Writes the first file of a folder; refuses when there is one.
    pub(super) fn write_new(&self, dir: &Path) -> Result<(), OpenError> {
        self.prepared(dir)
            .and_then(|file| {
                file.persist_noclobber(path(dir))
                    .map_err(|error| error.error)
            })
            .and_then(|_| sync_folder(dir))
            .map_err(OpenError::from)
    }

    /// Replaces the file as a whole: after a kill at any moment the old one or the new one is there.
    pub(super) fn replace(&self, dir: &Path) -> Result<(), OpenError> {
        self.prepared(dir)
            .and_then(|file| file.persist(path(dir)).map_err(|error| error.error))
            .and_then(|_| sync_folder(dir))
            .map_err(OpenError::from)
    }

    /// Takes a file back that was just written.
    pub(super) fn remove(dir: &Path) -> io::Result<()> {
        fs::remove_file(path(dir))?;
        sync_folder(dir)
    }

    /// A complete file under another name, on disk, readable by this login alone.
    fn prepared(&self, dir: &Path) -> io::Result<tempfile::NamedTempFile> {
        let mut file = tempfile::Builder::new()
            .prefix(".keys-")
            .suffix(".tmp")
            .tempfile_in(dir)?;
        file.write_all(self.text()?.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    fn text(&self) -> io::Result<String> {
        let keys = serde_json::to_value(self)?;
        let envelope = Envelope {
            format: FORMAT.to_owned(),
            version: VERSION,
            checksum: checksum(&keys),
            keys,
        };
        let mut text = serde_json::to_string(&envelope)?;
        text.push('\n');
        Ok(text)
    }
}

fn checksum(keys: &serde_json::Value) -> String {
    BASE64.encode(Sha256::digest(keys.to_string()))
}

/// Makes the rename itself durable. Windows cannot open folders, and does not need it.
fn sync_folder(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(dir)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}
