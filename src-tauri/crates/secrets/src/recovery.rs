//! The recovery key as it is printed and typed.
//!
//! 160 random bits in Crockford's base 32, followed by a checksum of 20 bits: 36 symbols in nine
//! groups of four, `7K2M-Q0XD-…`. It is read aloud, copied by hand and typed years later, so letters that look
//! like digits count as those digits, separators and case do not matter, and one wrong symbol or
//! two swapped neighbours are put right when the checksum leaves no doubt.

use std::fmt;

use domain::Secret;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::seal::random;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BYTES: usize = 20;
const SYMBOLS: usize = 36;
const GROUP: usize = 4;

/// The key that always opens the practice. Shown once, on purpose, through [`reveal`](Self::reveal).
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryKey(Zeroizing<[u8; BYTES]>);

/// Why a typed recovery key cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// Too few or too many symbols.
    #[error("a recovery key has {SYMBOLS} letters and digits; this has {0}")]
    Length(usize),
    /// A symbol that no recovery key has.
    #[error("group {0} of the recovery key has a sign that does not belong there")]
    Symbol(usize),
    /// The checksum does not fit, and no single correction makes it fit.
    #[error("the recovery key was mistyped")]
    Mistyped,
}

impl RecoveryKeyError {
    /// What the person who types can do.
    pub const fn help(self) -> &'static str {
        "Compare each group of four with the printed recovery key and type it again. Upper and lower \
         case, spaces and dashes do not matter."
    }
}

impl RecoveryKey {
    /// A fresh key.
    pub fn generate() -> Self {
        Self(random())
    }

    /// The key as it is printed: nine groups of four.
    pub fn reveal(&self) -> Secret {
        let symbols = self.symbols();
        let groups: Vec<String> = symbols
            .chunks(GROUP)
            .map(|group| group.iter().map(|value| letter(*value)).collect())
            .collect();
        Secret::new(groups.join("-"))
    }

    /// The key behind what somebody typed.
    pub fn parse(typed: &Secret) -> Result<Self, RecoveryKeyError> {
        let signs: Vec<char> = typed
            .expose()
            .chars()
            .filter(|sign| !is_separator(*sign))
            .collect();
        if signs.len() != SYMBOLS {
            return Err(RecoveryKeyError::Length(signs.len()));
        }
        let mut symbols = Zeroizing::new([0_u8; SYMBOLS]);
        for (at, (place, sign)) in symbols.iter_mut().zip(signs).enumerate() {
            *place = value(sign).ok_or(RecoveryKeyError::Symbol(at / GROUP + 1))?;
        }
        Self::from_symbols(&symbols)
            .or_else(|| Self::corrected(&symbols))
            .ok_or(RecoveryKeyError::Mistyped)
    }

    /// The key's random bytes, for deriving the wrapping key.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    fn symbols(&self) -> Zeroizing<[u8; SYMBOLS]> {
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        let mut pending: u32 = 0;
        let mut bits = 0;
        let mut places = symbols.iter_mut();
        for byte in self.0.iter().chain(&checksum(&self.0)) {
            pending = pending << 8 | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                if let Some(place) = places.next() {
                    *place = (pending >> bits & 31) as u8;
                }
            }
        }
        symbols
    }

    /// The key whose symbols these are, if the checksum says so.
    fn from_symbols(symbols: &[u8; SYMBOLS]) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        let mut pending: u32 = 0;
        let mut bits = 0;
        let mut places = bytes.iter_mut();
        for symbol in symbols {
            pending = pending << 5 | u32::from(*symbol);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                if let Some(place) = places.next() {
                    *place = (pending >> bits) as u8;
                }
            }
        }
        let key = Self(bytes);
        (*key.symbols() == *symbols).then_some(key)
    }

    /// The one key that a single wrong symbol or a swap of neighbours leads to.
    fn corrected(symbols: &[u8; SYMBOLS]) -> Option<Self> {
        let mut found = None;
        let mut consider = |candidate: &[u8; SYMBOLS]| match Self::from_symbols(candidate) {
            Some(key) if found.as_ref().is_some_and(|other| *other != key) => false,
            Some(key) => {
                found = Some(key);
                true
            }
            None => true,
        };
        let mut attempt = Zeroizing::new(*symbols);
        let mut unambiguous = true;
        for at in 0..SYMBOLS {
            let Some(typed) = symbols.get(at).copied() else {
                continue;
            };
            for other in 0..32 {
                if let Some(place) = attempt.get_mut(at) {
                    *place = other;
                }
                unambiguous &= other == typed || consider(&attempt);
            }
            if let Some(place) = attempt.get_mut(at) {
                *place = typed;
            }
            if at + 1 < SYMBOLS {
                attempt.swap(at, at + 1);
                unambiguous &= *attempt == *symbols || consider(&attempt);
                attempt.swap(at, at + 1);
            }
        }
        found.filter(|_| unambiguous)
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

/// 20 bits of SHA-256 in the high bits of three bytes.
fn checksum(bytes: &[u8; BYTES]) -> [u8; 3] {
    let digest = Sha256::new()
        .chain_update("anteroom recovery key v1")
        .chain_update(bytes)
        .finalize();
    let mut three = [0; 3];
    for (place, byte) in three.iter_mut().zip(digest) {
        *place = byte;
    }
    three[2] &= 0xf0;
    three
}

fn letter(value: u8) -> char {
    ALPHABET
        .get(usize::from(value))
        .map_or('?', |letter| char::from(*letter))
}

/// The value of a typed sign, with the look-alikes that Crockford names; `U` is read as `V`.
fn value(sign: char) -> Option<u8> {
    let sign = match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        'U' => 'V',
        other => other,
    };
    let at = ALPHABET
        .iter()
        .position(|letter| char::from(*letter) == sign)?;
    u8::try_from(at).ok()
}

fn is_separator(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            '-' | '_' | '.' | ',' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{feff}'
        )
}
