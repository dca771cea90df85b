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
mod file;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use domain::{AccountId, PracticeId, Secret};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

pub use error::OpenError;
use file::{Access, KeyFile};

use crate::keychain::{Keychain, KeychainError};
use crate::recovery::RecoveryKey;
use crate::seal::{Key, Sealed, Stretch, derive, key_from, random};

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
            Self::Passphrase => 12,
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
        let access = factors.wrap(protection, passphrase, 1, &master)?;
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
        let recovery = RecoveryKey::parse(typed)?;
        let file = KeyFile::read(dir)?;
        let key = recovery_key(file.practice, &recovery);
        let master = file
            .recovery
            .open_key(&key, &context(file.practice, "recovery"))
            .ok_or(OpenError::WrongRecoveryKey)?;
        let opened = Opened::from(file, master)?;
        Ok(Self::from(dir, keychain, opened))
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
        file.access = self.factors(&file).wrap(
            protection,
            passphrase,
            old.generation() + 1,
            &opened.master,
        )?;
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
            access: factors.wrap(old.protection(), passphrase, old.generation() + 1, &master)?,
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
        if old.protection().needs_keychain() {
            let _ = self
                .keychain
                .delete(&entry(file.practice, old.generation()));
        }
    }
}

impl Opened {
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

/// Turns factors into wrapped master keys and back.
struct Factors<'a> {
    practice: PracticeId,
    keychain: &'a dyn Keychain,
}

impl Factors<'_> {
    /// Wraps `master` under fresh factors. A keychain entry is written before the file that needs it,
    /// under a name of its own, so that the former file keeps working until it is replaced.
    fn wrap(
        &self,
        protection: Protection,
        passphrase: Option<&Secret>,
        generation: u32,
        master: &Key,
    ) -> Result<Access, OpenError> {
        let stretch = if protection.needs_passphrase() {
            let passphrase = given(passphrase)?;
            let shortest = protection.shortest_passphrase();
            if passphrase.expose().chars().count() < shortest {
                return Err(OpenError::PassphraseTooShort { shortest });
            }
            Some(Stretch::calibrated())
        } else {
            None
        };
        let stretched = stretch
            .as_ref()
            .zip(passphrase)
            .and_then(|(how, what)| how.key(what));
        let kept = protection
            .needs_keychain()
            .then(|| self.new_entry(generation))
            .transpose()?;
        let factors = factor_bytes(kept.as_ref(), stretched.as_ref());
        let check = kept.as_ref().map(|kept| self.check(kept));
        let context = access_context(self.practice, protection, generation, stretch.as_ref());
        let sealed = Sealed::new(&derive(&factors, &context), &context, master.as_ref());
        Ok(Access::new(protection, generation, stretch, check, sealed))
    }

    fn unwrap(&self, access: &Access, passphrase: Option<&Secret>) -> Result<Key, OpenError> {
        let stretched = access
            .stretch()
            .map(|how| how.key(given(passphrase)?).ok_or(OpenError::Damaged))
            .transpose()?;
        let kept = access
            .protection()
            .needs_keychain()
            .then(|| self.entry(access))
            .transpose()?;
        let factors = factor_bytes(kept.as_ref(), stretched.as_ref());
        let context = access_context(
            self.practice,
            access.protection(),
            access.generation(),
            access.stretch(),
        );
        // The keychain's part was checked on its own, so what does not fit is the passphrase.
        access
            .sealed()
            .open_key(&derive(&factors, &context), &context)
            .ok_or({
                if stretched.is_some() {
                    OpenError::WrongPassphrase
                } else {
                    OpenError::Damaged
                }
            })
    }

    fn wrap_recovery(&self, recovery: &RecoveryKey, master: &Key) -> Sealed {
        let key = recovery_key(self.practice, recovery);
        Sealed::new(&key, &context(self.practice, "recovery"), master.as_ref())
    }

    /// Puts a fresh random key into the keychain and reads it back: a keychain that forgets at once
    /// must not become the practice's only daily way in.
    fn new_entry(&self, generation: u32) -> Result<Key, OpenError> {
        let key: Key = random();
        let text = Secret::new(BASE64.encode(key.as_ref()));
        let name = entry(self.practice, generation);
        self.keychain.set(&name, &text)?;
        match self.keychain.get(&name)? {
            Some(kept) if kept == text => Ok(key),
            _ => Err(OpenError::Keychain(KeychainError::Failed)),
        }
    }

    /// The key that the keychain holds for this file.
    fn entry(&self, access: &Access) -> Result<Key, OpenError> {
        let kept = self
            .keychain
            .get(&entry(self.practice, access.generation()))?
            .ok_or(OpenError::KeychainMissingEntry)?;
        let key = BASE64
            .decode(kept.expose())
            .ok()
            .and_then(|bytes| key_from(&bytes))
            .ok_or(OpenError::KeychainWrongValue)?;
        if access.check() == Some(self.check(&key).as_str()) {
            Ok(key)
        } else {
            Err(OpenError::KeychainWrongValue)
        }
    }

    /// Tells a wrong keychain entry from a wrong passphrase. It reveals nothing: the entry is 256
    /// random bits, and this is derived one way.
    fn check(&self, kept: &Key) -> String {
        let check = derive(&[kept.as_ref()], &context(self.practice, "keychain-check"));
        BASE64.encode(check.as_ref())
    }
}

fn given(passphrase: Option<&Secret>) -> Result<&Secret, OpenError> {
    passphrase
        .filter(|passphrase| !passphrase.is_empty())
        .ok_or(OpenError::NeedsPassphrase)
}

/// Both factors have a fixed length, so joining them is unambiguous.
fn factor_bytes<'a>(kept: Option<&'a Key>, stretched: Option<&'a Key>) -> Vec<&'a [u8]> {
    [kept, stretched]
        .into_iter()
        .flatten()
        .map(|key| key.as_slice())
        .collect()
}

/// The name of a keychain entry.
fn entry(practice: PracticeId, generation: u32) -> String {
    format!("practice/{practice}/{generation}")
}

fn context(practice: PracticeId, purpose: &str) -> String {
    format!("anteroom/v1/{practice}/{purpose}")
}

fn access_context(
    practice: PracticeId,
    protection: Protection,
    generation: u32,
    stretch: Option<&Stretch>,
) -> String {
    let stretch = stretch.map(Stretch::context).unwrap_or_default();
    context(
        practice,
        &format!("access/{protection:?}/{generation}/{stretch}"),
    )
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
