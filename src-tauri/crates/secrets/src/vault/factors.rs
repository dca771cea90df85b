//! From factors to a wrapped master key, and back.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD as BASE64, URL_SAFE_NO_PAD as URL_SAFE};
use domain::{PracticeId, Secret};

use super::file::Access;
use super::{OpenError, Protection, context, recovery_key};
use crate::keychain::{Keychain, KeychainError};
use crate::recovery::RecoveryKey;
use crate::seal::{Key, Sealed, Stretch, derive, key_from, random};

/// Turns factors into wrapped master keys and back.
pub(super) struct Factors<'a> {
    pub practice: PracticeId,
    pub keychain: &'a dyn Keychain,
}

impl Factors<'_> {
    /// Wraps `master` under fresh factors. A keychain entry is written before the file that needs it,
    /// under a name of its own, so that the former file keeps working until it is replaced.
    pub(super) fn wrap(
        &self,
        protection: Protection,
        passphrase: Option<&Secret>,
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
            .then(|| self.new_entry())
            .transpose()?;
        let (id, kept) = kept.unzip();
        let factors = factor_bytes(kept.as_ref(), stretched.as_ref());
        let check = kept.as_ref().map(|kept| self.check(kept));
        let context = access_context(self.practice, protection, id.as_deref(), stretch.as_ref());
        let sealed = Sealed::new(&derive(&factors, &context), &context, master.as_ref());
        Ok(Access::new(protection, id, stretch, check, sealed))
    }

    pub(super) fn unwrap(
        &self,
        access: &Access,
        passphrase: Option<&Secret>,
    ) -> Result<Key, OpenError> {
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
            access.entry(),
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

    pub(super) fn wrap_recovery(&self, recovery: &RecoveryKey, master: &Key) -> Sealed {
        let key = recovery_key(self.practice, recovery);
        Sealed::new(&key, &context(self.practice, "recovery"), master.as_ref())
    }

    /// Puts a fresh random key into the keychain, under a name that nothing has yet, and reads it
    /// back: a keychain that forgets at once must not become the practice's only daily way in.
    fn new_entry(&self) -> Result<(String, Key), OpenError> {
        let key: Key = random();
        let text = Secret::new(BASE64.encode(key.as_ref()));
        let id = fresh_entry_id();
        let name = entry(self.practice, &id);
        self.keychain.set(&name, &text)?;
        match self.keychain.get(&name)? {
            Some(kept) if kept == text => Ok((id, key)),
            _ => Err(OpenError::Keychain(KeychainError::Failed)),
        }
    }

    /// The key that the keychain holds for this file.
    fn entry(&self, access: &Access) -> Result<Key, OpenError> {
        let id = access.entry().ok_or(OpenError::Damaged)?;
        let kept = self
            .keychain
            .get(&entry(self.practice, id))?
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
pub(super) fn entry(practice: PracticeId, id: &str) -> String {
    format!("practice/{practice}/{id}")
}

pub(super) fn fresh_entry_id() -> String {
    URL_SAFE.encode(random::<6>().as_ref())
}

fn access_context(
    practice: PracticeId,
    protection: Protection,
    entry: Option<&str>,
    stretch: Option<&Stretch>,
) -> String {
    let stretch = stretch.map(Stretch::context).unwrap_or_default();
    context(
        practice,
        &format!(
            "access/{protection:?}/{}/{stretch}",
            entry.unwrap_or_default()
        ),
    )
}
