//! Sealing small values and deriving keys.
//!
//! XChaCha20-Poly1305 with a fresh random nonce; what a sealed value is for, and for which practice,
//! goes in as associated data, so that one sealed value cannot be put in the place of another.
//! Argon2id (RFC 9106) turns a passphrase into a key; HKDF-SHA-256 turns strong secrets into keys.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use domain::Secret;
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// A symmetric key, wiped on drop.
pub(crate) type Key = Zeroizing<[u8; 32]>;

const NONCE: usize = 24;

/// `N` bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut()).expect("the operating system gives random bytes");
    bytes
}

/// A sealed value: nonce and ciphertext, base64 in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(String);

impl Sealed {
    /// Seals `plain` under `key` for the use named by `context`.
    pub(crate) fn new(key: &Key, context: &str, plain: &[u8]) -> Self {
        let nonce = random::<NONCE>();
        let payload = Payload {
            msg: plain,
            aad: context.as_bytes(),
        };
        let sealed = XChaCha20Poly1305::new(key.as_ref().into())
            .encrypt(XNonce::from_slice(nonce.as_ref()), payload)
            .expect("a short value can be sealed");
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        Self(BASE64.encode(bytes))
    }

    /// The value, if `key` and `context` are those it was sealed with and nothing was changed.
    pub(crate) fn open(&self, key: &Key, context: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = BASE64.decode(&self.0).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let payload = Payload {
            msg: sealed,
            aad: context.as_bytes(),
        };
        XChaCha20Poly1305::new(key.as_ref().into())
            .decrypt(XNonce::from_slice(nonce), payload)
            .ok()
            .map(Zeroizing::new)
    }

    /// [`open`](Self::open) for a sealed key.
    pub(crate) fn open_key(&self, key: &Key, context: &str) -> Option<Key> {
        key_from(&self.open(key, context)?)
    }
}

/// A key from exactly 32 bytes.
pub(crate) fn key_from(bytes: &[u8]) -> Option<Key> {
    bytes.try_into().ok().map(Zeroizing::new)
}

/// A key derived from strong secrets (random, or already stretched) for the use named by `context`.
pub(crate) fn derive(secrets: &[&[u8]], context: &str) -> Key {
    let mut material = Zeroizing::new(Vec::new());
    for secret in secrets {
        material.extend_from_slice(secret);
    }
    let mut key = Key::default();
    Hkdf::<Sha256>::new(None, &material)
        .expand(context.as_bytes(), key.as_mut())
        .expect("32 bytes are a valid length for HKDF-SHA-256");
    key
}

/// How a passphrase is stretched: Argon2id with one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretch {
    memory_kib: u32,
    passes: u32,
    salt: String,
}

/// Memory in KiB and passes, weakest first. The first is OWASP's recommendation for Argon2id; it is
/// taken on a slow machine. The last but one is RFC 9106's second recommended option on one lane.
const STEPS: [(u32, u32); 4] = [
    (19 * 1024, 2),
    (46 * 1024, 3),
    (64 * 1024, 3),
    (256 * 1024, 3),
];

/// Unlocking shall take no longer than one second; aim lower, machines are also busy.
const AIM: Duration = Duration::from_millis(600);

impl Stretch {
    /// The strongest step that this machine does within the aim, with a fresh salt.
    pub(crate) fn calibrated() -> Self {
        let weakest = Self::with(STEPS[0]);
        let start = Instant::now();
        let _ = weakest.key(&Secret::new("how fast is this machine?"));
        let measured = start.elapsed();
        let cost = |(memory, passes): (u32, u32)| f64::from(memory) * f64::from(passes);
        let affordable = |step: &(u32, u32)| measured.mul_f64(cost(*step) / cost(STEPS[0])) <= AIM;
        Self::with(STEPS.into_iter().rev().find(affordable).unwrap_or(STEPS[0]))
    }

    fn with((memory_kib, passes): (u32, u32)) -> Self {
        Self {
            memory_kib,
            passes,
            salt: BASE64.encode(random::<16>().as_ref()),
        }
    }

    /// The key for a passphrase. `None` for parameters that Anteroom never writes: a changed file
    /// shall neither weaken the stretching nor exhaust the machine.
    ///
    /// The passphrase is normalised (NFC), because keyboards differ in how they compose accents.
    pub(crate) fn key(&self, passphrase: &Secret) -> Option<Key> {
        let (weakest, strongest) = (STEPS[0].0, 1024 * 1024);
        if !(weakest..=strongest).contains(&self.memory_kib) || !(2..=16).contains(&self.passes) {
            return None;
        }
        let salt = BASE64
            .decode(&self.salt)
            .ok()
            .filter(|salt| salt.len() == 16)?;
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32)).ok()?;
        let normalised = Zeroizing::new(passphrase.expose().nfc().collect::<String>());
        let mut key = Key::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(normalised.as_bytes(), &salt, key.as_mut())
            .ok()?;
        Some(key)
    }

    /// The parameters in words, to be bound into what is sealed under the key.
    pub(crate) fn context(&self) -> String {
        format!("argon2id/{}/{}/{}", self.memory_kib, self.passes, self.salt)
    }
}
