//! The database key and what is derived from it.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The 32 random bytes that open the database. Wiped from memory on drop, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// A fresh random key.
    pub fn random() -> Result<Self, crate::StoreError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| crate::StoreError::Engine("no randomness"))?;
        Ok(Self(bytes))
    }

    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for wrapping and for the keychain.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for another purpose, from which this one cannot be computed.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut out = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, &self.0)
            .expand(purpose.as_bytes(), out.as_mut())
            .expect("32 bytes is a valid HKDF-SHA-256 output length");
        out
    }

    /// The first sixteen bytes of a database with this key.
    ///
    /// SQLCipher keeps its salt there. With a raw key the salt only separates the key of the page
    /// authentication from the key itself, so it needs no randomness of its own; we use the place to
    /// tell *not our file* from *not this key* without opening anything.
    pub(crate) fn file_mark(&self) -> [u8; 16] {
        let mut mark = [0; 16];
        let check = self.derive("anteroom key check");
        for (to, from) in mark.iter_mut().zip(MAGIC.iter().chain(check.iter())) {
            *to = *from;
        }
        mark
    }

    /// The argument of `PRAGMA key`.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(128));
        text.push_str("x'");
        for byte in self.0.iter().chain(self.file_mark().iter()) {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
            }
        }
        text.push('\'');
        text
    }
}

/// How every Anteroom database begins.
pub(crate) const MAGIC: &[u8; 8] = b"anteroom";

impl std::fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}
