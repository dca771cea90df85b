//! The commands: one per line, words separated by tabs. Each is answered with one line: `ok`,
//! `ok <value>`, `none`, or `error <code>`.

use std::collections::HashMap;
use std::io::{self, BufRead as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anteroom_secrets::{
    Keychain as _, KeychainError, OpenError, OsKeychain, Protection, RecoveryKey, Vault,
};
use domain::{PracticeId, Secret, Timestamp};
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;

/// Shorter than in the product, so that a stalled keychain does not hold the tests up.
const TIME_LIMIT: Duration = Duration::from_secs(3);

pub fn run() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split('\t').collect();
        let answer = answer(&words).unwrap_or_else(|code| format!("error {code}"));
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn answer(words: &[&str]) -> Result<String, &'static str> {
    let keychain = OsKeychain::new().with_time_limit(TIME_LIMIT);
    let quiet = OsKeychain::without_prompts().with_time_limit(TIME_LIMIT);
    let ok = || "ok".to_owned();
    match words {
        ["get", item] => keychain.get(item).map(shown).map_err(KeychainError::code),
        ["get-quietly", item] => quiet.get(item).map(shown).map_err(KeychainError::code),
        ["available"] => Ok(if keychain.is_available() {
            ok()
        } else {
            "none".to_owned()
        }),
        ["set", item, value] => keychain
            .set(item, &Secret::new(*value))
            .map(|()| ok())
            .map_err(KeychainError::code),
        ["delete", item] => keychain
            .delete(item)
            .map(|()| ok())
            .map_err(KeychainError::code),
        ["duplicate", item] => duplicate(item).map(|()| ok()).map_err(|_| "duplicate"),
        ["create", dir, rest @ ..] => vault(rest, |passphrase, protection, keychain| {
            let practice = PracticeId::new(Timestamp::default());
            let (vault, recovery) =
                Vault::create(Path::new(dir), practice, protection, keychain, passphrase)?;
            Ok(format!(
                "ok {}\t{}\t{}",
                vault.practice(),
                recovery.reveal().expose(),
                vault.keychain_entry().unwrap_or_default()
            ))
        }),
        ["open", dir, rest @ ..] => vault(rest, |passphrase, _, keychain| {
            let vault = Vault::open(Path::new(dir), keychain, passphrase)?;
            Ok(format!("ok {}", vault.practice()))
        }),
        ["recover", dir, typed] => vault(&["keychain"], |_, protection, keychain| {
            let vault = Vault::open_with_recovery(Path::new(dir), keychain, &Secret::new(*typed))?;
            vault.change_protection(protection, None)?;
            Ok(ok())
        }),
        // Replaces every key again and again, until somebody kills this process.
        ["rekey-forever", dir, typed] => vault(&["keychain"], |_, _, keychain| {
            let recovery = RecoveryKey::parse(&Secret::new(*typed))?;
            let vault = Vault::open(Path::new(dir), keychain, None)?;
            loop {
                let fresh = vault.begin_rekey(None, &recovery)?;
                vault.finish_rekey(&fresh)?;
            }
        }),
        ["harden"] => harden().map_err(|_| "harden"),
        _ => Err("unknown command"),
    }
}

fn shown(secret: Option<Secret>) -> String {
    secret.map_or_else(
        || "none".to_owned(),
        |secret| format!("ok {}", secret.expose()),
    )
}

/// Words: the protection, then the passphrase if there is one.
fn vault(
    words: &[&str],
    work: impl FnOnce(
        Option<&Secret>,
        Protection,
        Arc<dyn anteroom_secrets::Keychain>,
    ) -> Result<String, OpenError>,
) -> Result<String, &'static str> {
    let passphrase = words.get(1).map(|typed| Secret::new(*typed));
    let protection = match words.first() {
        Some(&"passphrase") => Protection::Passphrase,
        Some(&"both") => Protection::KeychainAndPassphrase,
        _ => Protection::Keychain,
    };
    let keychain = Arc::new(OsKeychain::new().with_time_limit(TIME_LIMIT));
    work(passphrase.as_ref(), protection, keychain).map_err(|error| error.code())
}

/// A second entry that answers to the same name, as another program might leave it.
fn duplicate(item: &str) -> Result<(), secret_service::Error> {
    let service = SecretService::connect(EncryptionType::Dh)?;
    let attributes = HashMap::from([
        ("service", "Anteroom"),
        ("username", item),
        ("target", "default"),
        ("copied-by", "another program"),
    ]);
    service.get_default_collection()?.create_item(
        "a copy",
        attributes,
        b"another value",
        false,
        "text/plain",
    )?;
    Ok(())
}

/// Hardens this process and reports what the system says of it then.
fn harden() -> io::Result<String> {
    use rustix::process::{Resource, dumpable_behavior, getrlimit};
    anteroom_secrets::harden_process()?;
    let core = getrlimit(Resource::Core);
    Ok(format!(
        "ok {:?} {:?} {:?}",
        dumpable_behavior()?,
        core.current,
        core.maximum
    ))
}
