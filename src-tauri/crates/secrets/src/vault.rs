//! The practice's keys: made, opened, protected otherwise, replaced.
//!
//! ```text
//!   passphrase ─ Argon2id ─┐
//!   keychain entry ────────┴─ HKDF ─ wraps ─┐
//!   recovery key ───────────── HKDF ─ wraps ─┴─ master key ─ seals ─ database key(s)
//!                                                        └── seals ─ account secrets
//! ```
//!
//! One master key stands between the factors and everything sealed, so that a factor can change
//! without touching the database, and the database key without asking for the factors. All of it is
//! one small file, replaced as a whole, so that a kill at any moment leaves the old state or the new one.
//!
//! The passwords of accounts are sealed in the same file and not put into the keychain one by one:
//! with the second factor on, the login password alone must open none of them, and mail must
//! be fetched also while the keychain is locked again.

mod error;
mod factors;
mod file;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{AccountId, PracticeId, Secret};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

pub use error::OpenError;
use factors::{Factors, entry, fresh_entry_id};
use file::{Access, KeyFile};

use crate::keychain::Keychain;
use crate::recovery::RecoveryKey;
use crate::seal::{Key, Sealed, derive, random};

/// What must come together to open a practice. The recovery key opens it besides, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// The keychain of this login.
    Keychain,
    /// The practice passphrase; the stand-in where there is no keychain.
    Passphrase,
    /// Both: a copied home folder and the login password together open nothing.
    KeychainAndPassphrase,
}

impl Protection {
    /// Whether the practice passphrase must be typed.
    pub const fn needs_passphrase(self) -> bool {
        matches!(self, Self::Passphrase | Self::KeychainAndPassphrase)
    }

    /// Whether the keychain must answer.
    pub const fn needs_keychain(self) -> bool {
        matches!(self, Self::Keychain | Self::KeychainAndPassphrase)
    }

    /// The fewest characters that Anteroom takes: more where the passphrase stands alone against
    /// whoever copied the folder.
    pub const fn shortest_passphrase(self) -> usize {
        match self {
            Self::Keychain => 0,
            Self::Passphrase => 10,
            Self::KeychainAndPassphrase => 6,
        }
    }
}

/// The raw key of the encrypted database. Wiped on drop.
#[derive(Clone)]
pub struct DatabaseKey(Key);

impl DatabaseKey {
    /// The 32 bytes, for the store alone.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

impl PartialEq for DatabaseKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.as_ref()).into()
    }
}

impl Eq for DatabaseKey {}

/// The opened keys of one practice. Dropping it wipes them.
///
/// One process at a time may hold the vault of a folder; the store's lock on the folder sees to that.
pub struct Vault {
    dir: PathBuf,
    keychain: Arc<dyn Keychain>,
    opened: Mutex<Opened>,
}

/// The file as it is on disk, and what it hides.
struct Opened {
    file: KeyFile,
    master: Key,
    database: Vec<DatabaseKey>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({:?})", self.protection())
    }
}

impl Vault {
    /// Whether `dir` holds keys at all, readable or not.
    pub fn exists(dir: &Path) -> bool {
        file::path(dir).symlink_metadata().is_ok()
    }

    /// How the practice in `dir` is protected, which says what to ask for before opening.
    pub fn protection_of(dir: &Path) -> Result<Protection, OpenError> {
        Ok(KeyFile::read(dir)?.protection())
    }

    /// Makes the keys of a new practice in the existing folder `dir`.
    ///
    /// Refuses when the folder holds keys already, whatever their state: nothing is overwritten.
    pub fn create(
        dir: &Path,
        practice: PracticeId,
        protection: Protection,
        keychain: Arc<dyn Keychain>,
        passphrase: Option<&Secret>,
    ) -> Result<(Self, RecoveryKey), OpenError> {
        if Self::exists(dir) {
            return Err(OpenError::AlreadyThere);
        }
        let recovery = RecoveryKey::generate();
        let master = random();
        let database = DatabaseKey(random());
        let factors = Factors {
            practice,
            keychain: keychain.as_ref(),
        };
        let access = factors.wrap(protection, passphrase, &master)?;
        let file = KeyFile {
            practice,
            access,
            recovery: factors.wrap_recovery(&recovery, &master),
            database: vec![seal_database_key(practice, &master, &database)],
            accounts: file::Accounts::default(),
        };
        file.write_new(dir)?;
        let opened = Opened {
            file,
            master,
            database: vec![database],
        };
        Ok((Self::from(dir, keychain, opened), recovery))
    }

    /// Opens the keys with the factors that the practice's protection names.
    pub fn open(
        dir: &Path,
        keychain: Arc<dyn Keychain>,
        passphrase: Option<&Secret>,
    ) -> Result<Self, OpenError> {
        let file = KeyFile::read(dir)?;
        let factors = Factors {
            practice: file.practice,
            keychain: keychain.as_ref(),
        };
        let master = factors.unwrap(&file.access, passphrase)?;
        let opened = Opened::from(file, master)?;
        Ok(Self::from(dir, keychain, opened))
    }

    /// Opens the keys with the recovery key, whatever became of keychain and passphrase.
    ///
    /// The protection stays as it was; call [`change_protection`](Self::change_protection) to repair it.
    pub fn open_with_recovery(
        dir: &Path,
        keychain: Arc<dyn Keychain>,
        typed: &Secret,
    ) -> Result<Self, OpenError> {
        let opened = Opened::recover(KeyFile::read(dir)?, typed)?;
        Ok(Self::from(dir, keychain, opened))
    }

    /// Puts the keys from a backup into the folder `dir`, which holds none yet.
    ///
    /// `sealed` is what [`sealed_keys`](Self::sealed_keys) gave when the backup was made. Call
    /// [`change_protection`](Self::change_protection) next: until then only the recovery key opens,
    /// because the keychain's entry goes on to belong to the practice that was backed up.
    pub fn restore(
        dir: &Path,
        sealed: &[u8],
        keychain: Arc<dyn Keychain>,
        typed: &Secret,
    ) -> Result<Self, OpenError> {
        if Self::exists(dir) {
            return Err(OpenError::AlreadyThere);
        }
        let text = std::str::from_utf8(sealed).map_err(|_| OpenError::Damaged)?;
        let mut opened = Opened::recover(KeyFile::parse(text)?, typed)?;
        opened.file.access.part_from_entry(fresh_entry_id());
        opened.file.write_new(dir)?;
        Ok(Self::from(dir, keychain, opened))
    }

    /// The wrapped keys as they are on disk, to travel inside a backup.
    pub fn sealed_keys(&self) -> Result<Vec<u8>, OpenError> {
        // Held, so that no change is half way.
        let _opened = self.opened();
        Ok(KeyFile::read_text(&self.dir)?.into_bytes())
    }

    /// Takes back what [`create`](Self::create) or [`restore`](Self::restore) just put into `folder`,
    /// when the database could not be made: keys without a database would look like a lost practice.
    /// Best effort.
    pub fn forget_new(&self, folder: &Path) {
        let opened = self.opened();
        if KeyFile::remove(folder).is_ok() {
            self.forget_entry(&opened.file, &opened.file.access);
        }
    }

    /// Removes the keys of the practice in `dir` for good, keychain entry included, as the first step
    /// of removing the practice itself. It is no error when there are none.
    ///
    /// The file goes first: an entry that stays behind opens nothing.
    pub fn remove(dir: &Path, keychain: &dyn Keychain) -> Result<(), OpenError> {
        let file = match KeyFile::read(dir) {
            Err(OpenError::Missing) => return Ok(()),
            // Unreadable keys name no entry.
            read => read.ok(),
        };
        KeyFile::remove(dir)?;
        if let Some((practice, id)) = file
            .as_ref()
            .and_then(|file| Some((file.practice, file.access.entry()?)))
        {
            let _ = keychain.delete(&entry(practice, id));
        }
        Ok(())
    }

    /// The name of the keychain entry that this practice needs, if it needs one.
    pub fn keychain_entry(&self) -> Option<String> {
        let opened = self.opened();
        opened
            .file
            .access
            .entry()
            .map(|id| entry(opened.file.practice, id))
    }

    /// The practice whose keys these are.
    pub fn practice(&self) -> PracticeId {
        self.opened().file.practice
    }

    /// How the practice is protected.
    pub fn protection(&self) -> Protection {
        self.opened().file.protection()
    }

    /// The keys that may open the database. The first is the one it should have; a second is there
    /// only while a [`begin_rekey`](Self::begin_rekey) waits to be finished.
    pub fn database_keys(&self) -> Vec<DatabaseKey> {
        self.opened().database.clone()
    }

    /// Protects the practice otherwise, or with another passphrase, or with a fresh keychain entry.
    ///
    /// The database and the recovery key stay as they are.
    pub fn change_protection(
        &self,
        protection: Protection,
        passphrase: Option<&Secret>,
    ) -> Result<(), OpenError> {
        let mut opened = self.opened();
        let old = opened.file.access.clone();
        let mut file = opened.file.clone();
        file.access = self
            .factors(&file)
            .wrap(protection, passphrase, &opened.master)?;
        self.commit(&mut opened, file)?;
        self.forget_entry(&opened.file, &old);
        Ok(())
    }

    /// Lets `recovery` open the practice from now on, and the former recovery key no longer.
    ///
    /// Make it with [`RecoveryKey::generate`] and have it saved first: after this call
    /// the paper that was printed before is worthless.
    pub fn replace_recovery_key(&self, recovery: &RecoveryKey) -> Result<(), OpenError> {
        let mut opened = self.opened();
        let mut file = opened.file.clone();
        file.recovery = self.factors(&file).wrap_recovery(recovery, &opened.master);
        self.commit(&mut opened, file)
    }

    /// Whether a typed recovery key is the practice's, for asking staff to prove that they saved it.
    pub fn recovery_key_fits(&self, typed: &Secret) -> Result<bool, OpenError> {
        let recovery = RecoveryKey::parse(typed)?;
        let file = &self.opened().file;
        let key = recovery_key(file.practice, &recovery);
        Ok(file
            .recovery
            .open_key(&key, &context(file.practice, "recovery"))
            .is_some())
    }

    /// Starts to replace every key: master key, database key, keychain entry and recovery key.
    /// Returns the new database key.
    ///
    /// From here both database keys are kept. Re-encrypt the database under the returned key and call
    /// [`finish_rekey`](Self::finish_rekey). After a crash in between, [`database_keys`](Self::database_keys)
    /// still has both: whichever opens the database tells how far it came. Have
    /// `recovery` saved before, as for [`replace_recovery_key`](Self::replace_recovery_key).
    pub fn begin_rekey(
        &self,
        passphrase: Option<&Secret>,
        recovery: &RecoveryKey,
    ) -> Result<DatabaseKey, OpenError> {
        let mut opened = self.opened();
        let old = opened.file.access.clone();
        let practice = opened.file.practice;
        let factors = self.factors(&opened.file);
        if opened.file.protection().needs_passphrase() {
            // Otherwise a slip of the finger would become the new passphrase.
            factors.unwrap(&old, passphrase)?;
        }
        let master = random();
        let fresh = DatabaseKey(random());
        // An unfinished rekey is continued from the key that the database may still have.
        let mut database = opened.database.clone();
        database.insert(0, fresh.clone());
        let file = KeyFile {
            practice,
            access: factors.wrap(old.protection(), passphrase, &master)?,
            recovery: factors.wrap_recovery(recovery, &master),
            database: database
                .iter()
                .map(|key| seal_database_key(practice, &master, key))
                .collect(),
            accounts: opened.resealed_accounts(&master)?,
        };
        file.replace(&self.dir)?;
        *opened = Opened {
            file,
            master,
            database,
        };
        self.forget_entry(&opened.file, &old);
        Ok(fresh)
    }

    /// Forgets every database key but `used`, the one that the database now has.
    pub fn finish_rekey(&self, used: &DatabaseKey) -> Result<(), OpenError> {
        let mut opened = self.opened();
        if opened.database.as_slice() == std::slice::from_ref(used) {
            return Ok(());
        }
        let mut file = opened.file.clone();
        file.database = vec![seal_database_key(file.practice, &opened.master, used)];
        self.commit(&mut opened, file)?;
        opened.database = vec![used.clone()];
        Ok(())
    }

    /// The password or token of an account.
    pub fn account_secret(&self, account: AccountId) -> Result<Option<Secret>, OpenError> {
        let opened = self.opened();
        opened
            .file
            .accounts
            .get(&account)
            .map(|sealed| opened.account_secret(account, sealed))
            .transpose()
    }

    /// Keeps the password or token of an account.
    pub fn set_account_secret(&self, account: AccountId, secret: &Secret) -> Result<(), OpenError> {
        let mut opened = self.opened();
        let mut file = opened.file.clone();
        let sealed = seal_account_secret(file.practice, &opened.master, account, secret);
        file.accounts.insert(account, sealed);
        self.commit(&mut opened, file)
    }

    /// Forgets the password or token of an account.
    pub fn delete_account_secret(&self, account: AccountId) -> Result<(), OpenError> {
        let mut opened = self.opened();
        let mut file = opened.file.clone();
        if file.accounts.remove(&account).is_none() {
            return Ok(());
        }
        self.commit(&mut opened, file)
    }

    fn from(dir: &Path, keychain: Arc<dyn Keychain>, opened: Opened) -> Self {
        Self {
            dir: dir.to_owned(),
            keychain,
            opened: Mutex::new(opened),
        }
    }

    fn opened(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn factors(&self, file: &KeyFile) -> Factors<'_> {
        Factors {
            practice: file.practice,
            keychain: self.keychain.as_ref(),
        }
    }

    /// On disk first, then in memory.
    fn commit(&self, opened: &mut Opened, file: KeyFile) -> Result<(), OpenError> {
        file.replace(&self.dir)?;
        opened.file = file;
        Ok(())
    }

    /// Removes the keychain entry that only the former file needed. Best effort: what stays
    /// behind opens nothing any more.
    fn forget_entry(&self, file: &KeyFile, old: &Access) {
        if let Some(id) = old.entry() {
            let _ = self.keychain.delete(&entry(file.practice, id));
        }
    }
}

impl Opened {
    fn recover(file: KeyFile, typed: &Secret) -> Result<Self, OpenError> {
        let recovery = RecoveryKey::parse(typed)?;
        let master = file
            .recovery
            .open_key(
                &recovery_key(file.practice, &recovery),
                &context(file.practice, "recovery"),
            )
            .ok_or(OpenError::WrongRecoveryKey)?;
        Self::from(file, master)
    }

    fn from(file: KeyFile, master: Key) -> Result<Self, OpenError> {
        let context = context(file.practice, "database");
        let database: Option<Vec<_>> = file
            .database
            .iter()
            .map(|sealed| sealed.open_key(&master, &context).map(DatabaseKey))
            .collect();
        let database = database
            .filter(|keys| !keys.is_empty())
            .ok_or(OpenError::Damaged)?;
        Ok(Self {
            file,
            master,
            database,
        })
    }

    fn account_secret(&self, account: AccountId, sealed: &Sealed) -> Result<Secret, OpenError> {
        let key = accounts_key(self.file.practice, &self.master);
        let plain = sealed
            .open(&key, &account_context(self.file.practice, account))
            .ok_or(OpenError::Damaged)?;
        let text = std::str::from_utf8(&plain).map_err(|_| OpenError::Damaged)?;
        Ok(Secret::new(text))
    }

    fn resealed_accounts(&self, master: &Key) -> Result<file::Accounts, OpenError> {
        let practice = self.file.practice;
        self.file
            .accounts
            .iter()
            .map(|(account, sealed)| {
                let secret = self.account_secret(*account, sealed)?;
                Ok((
                    *account,
                    seal_account_secret(practice, master, *account, &secret),
                ))
            })
            .collect()
    }
}

fn context(practice: PracticeId, purpose: &str) -> String {
    format!("anteroom/v1/{practice}/{purpose}")
}

fn account_context(practice: PracticeId, account: AccountId) -> String {
    context(practice, &format!("account/{account}"))
}

fn recovery_key(practice: PracticeId, recovery: &RecoveryKey) -> Key {
    derive(&[recovery.bytes()], &context(practice, "recovery-key"))
}

fn accounts_key(practice: PracticeId, master: &Key) -> Key {
    derive(&[master.as_ref()], &context(practice, "accounts-key"))
}

fn seal_database_key(practice: PracticeId, master: &Key, key: &DatabaseKey) -> Sealed {
    Sealed::new(master, &context(practice, "database"), key.bytes())
}

fn seal_account_secret(
    practice: PracticeId,
    master: &Key,
    account: AccountId,
    secret: &Secret,
) -> Sealed {
    let key = accounts_key(practice, master);
    Sealed::new(
        &key,
        &account_context(practice, account),
        secret.expose().as_bytes(),
    )
}
