//! A crash at any point of a change of keys leaves a practice that opens.
//!
//! A keychain that takes a picture of folder and keychain before each of its answers shows every
//! state in which a crash could leave them; the states inside the file's replacement are covered by
//! the kill test with the real keyring.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anteroom_secrets::{Keychain, KeychainError, MemoryKeychain, Protection, RecoveryKey, Vault};
use domain::{PracticeId, Secret, Timestamp};

/// The key file and the entries of the keychain at one moment.
type Picture = (Vec<u8>, Vec<(String, Secret)>);

struct Photographer {
    inner: MemoryKeychain,
    file: PathBuf,
    pictures: Mutex<Vec<Picture>>,
}

impl Photographer {
    fn click(&self) {
        let Ok(file) = fs::read(&self.file) else {
            return;
        };
        let entries = self
            .inner
            .items()
            .into_iter()
            .map(|item| (item.clone(), self.inner.get(&item).unwrap().unwrap()))
            .collect();
        self.pictures.lock().unwrap().push((file, entries));
    }
}

impl Keychain for Photographer {
    fn get(&self, item: &str) -> Result<Option<Secret>, KeychainError> {
        self.click();
        self.inner.get(item)
    }

    fn set(&self, item: &str, secret: &Secret) -> Result<(), KeychainError> {
        self.click();
        let done = self.inner.set(item, secret);
        self.click();
        done
    }

    fn is_available(&self) -> bool {
        true
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        self.click();
        let done = self.inner.delete(item);
        self.click();
        done
    }
}

#[test]
fn every_state_in_between_opens_with_the_keychain() {
    let dir = tempfile::tempdir().unwrap();
    let keychain = Arc::new(Photographer {
        inner: MemoryKeychain::new(),
        file: dir.path().join("keys.json"),
        pictures: Mutex::default(),
    });
    let (vault, _) = Vault::create(
        dir.path(),
        PracticeId::new(Timestamp::default()),
        Protection::Keychain,
        keychain.clone(),
        None,
    )
    .unwrap();
    let first = vault.database_keys().remove(0);
    vault.change_protection(Protection::Keychain, None).unwrap();
    vault.begin_rekey(None, &RecoveryKey::generate()).unwrap();

    let pictures = keychain.pictures.lock().unwrap();
    assert!(pictures.len() >= 8, "every step was seen");
    for (file, entries) in pictures.iter() {
        let copy = tempfile::tempdir().unwrap();
        fs::write(copy.path().join("keys.json"), file).unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        for (item, secret) in entries {
            keychain.set(item, secret).unwrap();
        }
        let opened = Vault::open(copy.path(), keychain.clone(), None).unwrap();
        // The database still has its first key in all of them.
        assert!(opened.database_keys().contains(&first));
        // And the change can be made again from there.
        opened
            .change_protection(Protection::Keychain, None)
            .unwrap();
        assert!(Vault::open(copy.path(), keychain, None).is_ok());
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let (vault, recovery) = Vault::create(
        dir.path(),
        PracticeId::new(Timestamp::default()),
        Protection::Keychain,
        keychain.clone(),
        None,
    )
    .unwrap();
    let keys = vault.database_keys();
    // The folder goes away under the running program: even root cannot write into it then.
    let away = dir.path().with_extension("away");
    fs::rename(dir.path(), &away).unwrap();
    assert!(vault.change_protection(Protection::Keychain, None).is_err());
    assert!(
        vault
            .replace_recovery_key(&RecoveryKey::generate())
            .is_err()
    );
    assert!(vault.begin_rekey(None, &RecoveryKey::generate()).is_err());
    assert_eq!(vault.database_keys(), keys);
    fs::rename(&away, dir.path()).unwrap();
    assert_eq!(
        Vault::open(dir.path(), keychain.clone(), None)
            .unwrap()
            .database_keys(),
        keys
    );
    assert!(Vault::open_with_recovery(dir.path(), keychain, &recovery.reveal()).is_ok());
}
