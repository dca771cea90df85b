//! Making, opening and changing the keys of a practice.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use anteroom_secrets::{
    Keychain, KeychainError, MemoryKeychain, OpenError, Protection, RecoveryKey, Vault,
};
use domain::{AccountId, PracticeId, Secret, Timestamp};
use proptest::prelude::*;

const PASSPHRASE: &str = "four words, rarely together";

struct Practice {
    dir: tempfile::TempDir,
    keychain: Arc<MemoryKeychain>,
    recovery: Secret,
}

impl Practice {
    fn new(protection: Protection) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let (_, recovery) = Vault::create(
            dir.path(),
            PracticeId::new(Timestamp::default()),
            protection,
            keychain.clone(),
            protection
                .needs_passphrase()
                .then_some(&Secret::new(PASSPHRASE)),
        )
        .unwrap();
        let recovery = recovery.reveal();
        Self {
            dir,
            keychain,
            recovery,
        }
    }

    fn open(&self, passphrase: Option<&str>) -> Result<Vault, OpenError> {
        let passphrase = passphrase.map(Secret::new);
        Vault::open(self.dir.path(), self.keychain.clone(), passphrase.as_ref())
    }

    fn recover(&self) -> Result<Vault, OpenError> {
        Vault::open_with_recovery(self.dir.path(), self.keychain.clone(), &self.recovery)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn file(&self) -> std::path::PathBuf {
        self.dir.path().join("keys.json")
    }
}

fn code(result: Result<Vault, OpenError>) -> &'static str {
    result.expect_err("it must not open").code()
}

#[test]
fn opens_with_the_factors_it_was_made_with() {
    for protection in [
        Protection::Keychain,
        Protection::Passphrase,
        Protection::KeychainAndPassphrase,
    ] {
        let practice = Practice::new(protection);
        assert_eq!(
            Vault::protection_of(practice.dir.path()).unwrap(),
            protection
        );
        let vault = practice.open(Some(PASSPHRASE)).unwrap();
        let recovered = practice.recover().unwrap();
        assert_eq!(vault.database_keys().len(), 1);
        assert_eq!(vault.database_keys(), recovered.database_keys());
        assert!(vault.recovery_key_fits(&practice.recovery).unwrap());
    }
}

#[test]
fn says_which_factor_is_wrong() {
    let practice = Practice::new(Protection::KeychainAndPassphrase);
    assert_eq!(code(practice.open(None)), "passphrase_needed");
    assert_eq!(code(practice.open(Some(""))), "passphrase_needed");
    assert_eq!(
        code(practice.open(Some("another passphrase"))),
        "passphrase_wrong"
    );

    let item = practice.keychain.items().remove(0);
    practice
        .keychain
        .set(&item, &Secret::new("changed by somebody"))
        .unwrap();
    assert_eq!(
        code(practice.open(Some(PASSPHRASE))),
        "keychain_wrong_value"
    );
    practice.keychain.delete(&item).unwrap();
    assert_eq!(
        code(practice.open(Some(PASSPHRASE))),
        "keychain_entry_missing"
    );
    practice.keychain.fail_with(Some(KeychainError::Locked));
    assert_eq!(code(practice.open(Some(PASSPHRASE))), "keychain_locked");
    practice.keychain.fail_with(Some(KeychainError::NoService));
    assert_eq!(code(practice.open(Some(PASSPHRASE))), "keychain_missing");
    // Whatever became of the keychain, the recovery key opens.
    assert!(practice.recover().is_ok());
}

#[test]
fn an_entry_of_another_practice_does_not_fit() {
    let practice = Practice::new(Protection::Keychain);
    let other = Practice::new(Protection::Keychain);
    let foreign = other
        .keychain
        .get(&other.keychain.items()[0])
        .unwrap()
        .unwrap();
    practice
        .keychain
        .set(&practice.keychain.items()[0], &foreign)
        .unwrap();
    assert_eq!(code(practice.open(None)), "keychain_wrong_value");
    let wrong = Vault::open_with_recovery(
        practice.dir.path(),
        practice.keychain.clone(),
        &other.recovery,
    );
    assert_eq!(code(wrong), "recovery_key_wrong");
}

#[test]
fn a_passphrase_is_the_same_however_its_accents_are_composed() {
    let dir = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    Vault::create(
        dir.path(),
        PracticeId::new(Timestamp::default()),
        Protection::Passphrase,
        keychain.clone(),
        Some(&Secret::new("caf\u{e9} au lait noir")),
    )
    .unwrap();
    let decomposed = Secret::new("cafe\u{301} au lait noir");
    assert!(Vault::open(dir.path(), keychain.clone(), Some(&decomposed)).is_ok());
    assert!(
        keychain.items().is_empty(),
        "without a keychain factor the keychain stays untouched"
    );
}

#[test]
fn a_short_passphrase_is_refused() {
    for (protection, short) in [
        (Protection::Passphrase, "nine char"),
        (Protection::KeychainAndPassphrase, "12345"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let refused = Vault::create(
            dir.path(),
            PracticeId::new(Timestamp::default()),
            protection,
            Arc::new(MemoryKeychain::new()),
            Some(&Secret::new(short)),
        );
        assert_eq!(
            refused.map(|_| ()).unwrap_err().code(),
            "passphrase_too_short"
        );
        assert!(!Vault::exists(dir.path()));
    }
}

#[test]
fn nothing_is_ever_overwritten_by_creating() {
    let practice = Practice::new(Protection::Keychain);
    for content in [practice.text(), String::new(), "not ours".to_owned()] {
        fs::write(practice.file(), &content).unwrap();
        let refused = Vault::create(
            practice.dir.path(),
            PracticeId::new(Timestamp::default()),
            Protection::Keychain,
            practice.keychain.clone(),
            None,
        );
        assert_eq!(refused.map(|_| ()).unwrap_err().code(), "practice_exists");
        assert_eq!(practice.text(), content);
    }
}

#[test]
fn no_key_file_means_no_practice() {
    let dir = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    assert_eq!(
        code(Vault::open(dir.path(), keychain.clone(), None)),
        "practice_missing"
    );
    let nowhere = Path::new("/nowhere/at/all");
    assert_eq!(
        code(Vault::open(nowhere, keychain, None)),
        "practice_missing"
    );
}

#[test]
fn a_newer_file_is_told_as_newer() {
    let practice = Practice::new(Protection::Keychain);
    let newer = practice.text().replace("\"version\":1", "\"version\":2");
    fs::write(practice.file(), newer).unwrap();
    assert_eq!(code(practice.open(None)), "keys_newer");
    assert_eq!(code(practice.recover()), "keys_newer");
}

#[test]
fn a_truncated_file_is_damaged_at_every_length() {
    let practice = Practice::new(Protection::Keychain);
    let text = practice.text();
    let content = text.trim_end();
    for length in 0..content.len() {
        fs::write(practice.file(), &content[..length]).unwrap();
        assert_eq!(code(practice.open(None)), "keys_damaged", "cut at {length}");
    }
}

#[test]
fn protection_changes_and_the_old_factors_no_longer_open() {
    let practice = Practice::new(Protection::Keychain);
    let key = practice.open(None).unwrap().database_keys();
    let steps = [
        (Protection::KeychainAndPassphrase, 1),
        (Protection::Passphrase, 0),
        (Protection::KeychainAndPassphrase, 1),
        (Protection::Keychain, 1),
        (Protection::Keychain, 1),
    ];
    for (protection, entries) in steps {
        let vault = practice.recover().unwrap();
        vault
            .change_protection(protection, Some(&Secret::new(PASSPHRASE)))
            .unwrap();
        assert_eq!(practice.keychain.items().len(), entries);
        let passphrase = protection.needs_passphrase().then_some(PASSPHRASE);
        assert_eq!(practice.open(passphrase).unwrap().database_keys(), key);
        assert_eq!(practice.open(None).is_err(), protection.needs_passphrase());
    }
}

#[test]
fn a_copied_folder_and_the_keychain_open_nothing_when_both_factors_are_on() {
    let practice = Practice::new(Protection::KeychainAndPassphrase);
    let account = AccountId::new(Timestamp::default());
    let vault = practice.open(Some(PASSPHRASE)).unwrap();
    vault
        .set_account_secret(account, &Secret::new("mailbox password"))
        .unwrap();
    // Whoever has the login password has every entry of the keychain and every file of the folder.
    assert_eq!(code(practice.open(None)), "passphrase_needed");
    for item in practice.keychain.items() {
        let value = practice.keychain.get(&item).unwrap().unwrap();
        assert_eq!(
            code(practice.open(Some(value.expose()))),
            "passphrase_wrong"
        );
    }
    assert!(!practice.text().contains("mailbox password"));
}

#[test]
fn a_new_recovery_key_replaces_the_old_one() {
    let practice = Practice::new(Protection::Keychain);
    let vault = practice.open(None).unwrap();
    let fresh = RecoveryKey::generate();
    vault.replace_recovery_key(&fresh).unwrap();
    assert_eq!(code(practice.recover()), "recovery_key_wrong");
    assert!(!vault.recovery_key_fits(&practice.recovery).unwrap());
    let opened = Vault::open_with_recovery(
        practice.dir.path(),
        practice.keychain.clone(),
        &fresh.reveal(),
    );
    assert_eq!(opened.unwrap().database_keys(), vault.database_keys());
}

#[test]
fn account_secrets_survive_everything_but_deletion() {
    let practice = Practice::new(Protection::Keychain);
    let vault = practice.open(None).unwrap();
    let [kept, deleted] = [1, 2].map(|at| AccountId::new(Timestamp::from_millis(at)));
    assert_eq!(vault.account_secret(kept).unwrap(), None);
    vault
        .set_account_secret(kept, &Secret::new("first"))
        .unwrap();
    vault
        .set_account_secret(kept, &Secret::new("second ✓"))
        .unwrap();
    vault
        .set_account_secret(deleted, &Secret::new("gone soon"))
        .unwrap();
    vault.delete_account_secret(deleted).unwrap();
    vault.delete_account_secret(deleted).unwrap();
    vault.change_protection(Protection::Keychain, None).unwrap();
    vault.begin_rekey(None, &RecoveryKey::generate()).unwrap();
    let vault = practice.open(None).unwrap();
    assert_eq!(
        vault.account_secret(kept).unwrap(),
        Some(Secret::new("second ✓"))
    );
    assert_eq!(vault.account_secret(deleted).unwrap(), None);
}

#[test]
fn rekeying_keeps_both_database_keys_until_it_is_finished() {
    let practice = Practice::new(Protection::KeychainAndPassphrase);
    let vault = practice.open(Some(PASSPHRASE)).unwrap();
    let old = vault.database_keys().remove(0);
    let recovery = RecoveryKey::generate();
    let slip = vault.begin_rekey(Some(&Secret::new("a slip of the finger")), &recovery);
    assert_eq!(slip.unwrap_err().code(), "passphrase_wrong");

    let fresh = vault
        .begin_rekey(Some(&Secret::new(PASSPHRASE)), &recovery)
        .unwrap();
    assert_ne!(old, fresh);
    let reopened = practice.open(Some(PASSPHRASE)).unwrap();
    assert_eq!(reopened.database_keys(), [fresh.clone(), old.clone()]);
    assert_eq!(code(practice.recover()), "recovery_key_wrong");

    // It may stall there, be begun again, and be finished with whatever key the database has.
    let fresher = reopened
        .begin_rekey(Some(&Secret::new(PASSPHRASE)), &recovery)
        .unwrap();
    assert_eq!(reopened.database_keys(), [fresher.clone(), fresh, old]);
    reopened.finish_rekey(&fresher).unwrap();
    assert_eq!(
        practice.open(Some(PASSPHRASE)).unwrap().database_keys(),
        [fresher]
    );
    assert_eq!(practice.keychain.items().len(), 1);
}

#[test]
fn a_backup_of_the_keys_opens_elsewhere_and_leaves_the_first_practice_alone() {
    for protection in [Protection::Keychain, Protection::Passphrase] {
        let practice = Practice::new(protection);
        let passphrase = protection.needs_passphrase().then_some(PASSPHRASE);
        let vault = practice.open(passphrase).unwrap();
        let sealed = vault.sealed_keys().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let restore = |typed: &Secret| {
            Vault::restore(elsewhere.path(), &sealed, practice.keychain.clone(), typed)
        };
        assert_eq!(
            code(restore(&RecoveryKey::generate().reveal())),
            "recovery_key_wrong"
        );
        assert!(
            !Vault::exists(elsewhere.path()),
            "nothing half restored stays"
        );

        let restored = restore(&practice.recovery).unwrap();
        assert_eq!(restored.database_keys(), vault.database_keys());
        assert_eq!(code(restore(&practice.recovery)), "practice_exists");
        restored
            .change_protection(Protection::Keychain, None)
            .unwrap();
        assert!(Vault::open(elsewhere.path(), practice.keychain.clone(), None).is_ok());
        assert!(practice.open(passphrase).is_ok());
    }
}

#[test]
fn what_was_just_made_can_be_taken_back() {
    let practice = Practice::new(Protection::Keychain);
    practice.open(None).unwrap().forget_new(practice.dir.path());
    assert!(!Vault::exists(practice.dir.path()));
    assert!(practice.keychain.items().is_empty());
}

#[test]
fn removed_keys_are_gone_from_folder_and_keychain() {
    let practice = Practice::new(Protection::Keychain);
    Vault::remove(practice.dir.path(), practice.keychain.as_ref()).unwrap();
    assert!(!Vault::exists(practice.dir.path()));
    assert!(practice.keychain.items().is_empty());
    Vault::remove(practice.dir.path(), practice.keychain.as_ref()).unwrap();
    // Damaged keys can be removed too.
    let damaged = Practice::new(Protection::Passphrase);
    fs::write(damaged.file(), "not ours").unwrap();
    Vault::remove(damaged.dir.path(), damaged.keychain.as_ref()).unwrap();
    assert!(!Vault::exists(damaged.dir.path()));
}

#[cfg(unix)]
#[test]
fn the_file_is_for_this_login_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let practice = Practice::new(Protection::Keychain);
    let vault = practice.open(None).unwrap();
    vault.change_protection(Protection::Keychain, None).unwrap();
    let mode = fs::metadata(practice.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        fs::read_dir(practice.dir.path()).unwrap().count(),
        1,
        "no temporary file stays"
    );
}

#[test]
fn no_key_is_in_the_file_in_clear() {
    use base64::Engine as _;
    let practice = Practice::new(Protection::Keychain);
    let key = practice.open(None).unwrap().database_keys().remove(0);
    let hex: String = key
        .bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(key.bytes());
    let text = practice.text();
    assert!(!text.contains(&hex) && !text.contains(&base64));
    assert!(!text.contains(&practice.recovery.expose()[..9]));
    assert_eq!(format!("{key:?}"), "DatabaseKey(…)");
}

#[test]
fn unlocking_by_passphrase_takes_about_a_second_at_most() {
    let practice = Practice::new(Protection::Passphrase);
    let start = std::time::Instant::now();
    practice.open(Some(PASSPHRASE)).unwrap();
    // The calibration aims at 0.6 s; a machine that is busy with other tests gets its share.
    assert!(
        start.elapsed().as_secs_f64() < 5.0,
        "took {:?}",
        start.elapsed()
    );
}

/// One practice for all cases below: making one with a passphrase costs half a second.
fn shared() -> &'static Practice {
    static SHARED: OnceLock<Practice> = OnceLock::new();
    SHARED.get_or_init(|| Practice::new(Protection::Keychain))
}

proptest! {
    #[test]
    fn a_changed_byte_never_opens(at in any::<proptest::sample::Index>(), by in 1_u8..=255) {
        let practice = shared();
        let mut bytes = practice.text().trim_end().to_owned().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = bytes[at].wrapping_add(by);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("keys.json"), bytes).unwrap();
        let opened = Vault::open(dir.path(), practice.keychain.clone(), None);
        prop_assert!(matches!(opened, Err(OpenError::Damaged | OpenError::Newer)));
    }

    #[test]
    fn another_keychain_value_never_opens(value in any::<String>()) {
        let practice = shared();
        let keychain = Arc::new(MemoryKeychain::new());
        keychain.set(&practice.keychain.items()[0], &Secret::new(value)).unwrap();
        let opened = Vault::open(practice.dir.path(), keychain, None);
        prop_assert!(matches!(opened, Err(OpenError::KeychainWrongValue)));
    }

    #[test]
    fn another_recovery_key_never_opens(_ in any::<u8>()) {
        let practice = shared();
        let other = RecoveryKey::generate().reveal();
        let opened =
            Vault::open_with_recovery(practice.dir.path(), practice.keychain.clone(), &other);
        prop_assert!(matches!(opened, Err(OpenError::WrongRecoveryKey)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn another_passphrase_never_opens(typed in "[^\\x00]{1,40}") {
        static SHARED: OnceLock<Practice> = OnceLock::new();
        let practice = SHARED.get_or_init(|| Practice::new(Protection::Passphrase));
        prop_assume!(typed != PASSPHRASE);
        prop_assert_eq!(code(practice.open(Some(&typed))), "passphrase_wrong");
    }

    #[test]
    fn whatever_was_sealed_comes_back(secret in any::<String>(), millis in 0_i64..1 << 40) {
        let vault = shared().recover().unwrap();
        let account = AccountId::new(Timestamp::from_millis(millis));
        vault.set_account_secret(account, &Secret::new(secret.clone())).unwrap();
        prop_assert_eq!(vault.account_secret(account).unwrap(), Some(Secret::new(secret)));
        vault.delete_account_secret(account).unwrap();
    }
}
