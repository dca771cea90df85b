//! Text that must not be printed, and text that must not be mixed up.
//!
//! [`PatientText`] holds what a contact wrote or what was written about them; [`Secret`] holds
//! passwords and keys. Neither shows its content in `Debug`, neither implements `Display`, so a log
//! line or an error cannot leak them by mistake.
//!
//! [`PublicText`], [`PrivateText`] and [`NoteText`] are three types on purpose: a channel's `send`
//! takes a [`ReplyText`], which can be made from the first two only. No conversion from a note exists.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text by or about a contact. Shown on purpose through [`reveal`](Self::reveal), never by accident.
#[derive(
    Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct PatientText(String);

impl PatientText {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the screen, the database or the network: never for a log.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Gives up the wrapper.
    pub fn into_inner(self) -> String {
        self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for PatientText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for PatientText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for PatientText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PatientText({} bytes)", self.0.len())
    }
}

/// A password, passphrase, token or key. Wiped from memory on drop.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret over.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq;
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}
impl Eq for Secret {}

/// Accepted from a command's request; never written anywhere.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl ts_rs::TS for Secret {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;
    fn name(_: &ts_rs::Config) -> String {
        "string".into()
    }
    fn inline(_: &ts_rs::Config) -> String {
        "string".into()
    }
}

/// Text of a reply that other people can read. It is made only from a text that the reply guard let
/// pass, which is what a [`GuardPass`] stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicText(PatientText);

/// Proof that the reply guard looked at exactly this text and let it pass.
///
/// Only the guard's caller in `desk` makes one; it carries the text so that nothing else can be sent
/// under the same pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardPass {
    text: PatientText,
}

impl GuardPass {
    /// States that the guard let `text` pass for public eyes.
    pub fn granted(text: PatientText) -> Self {
        Self { text }
    }
}

impl PublicText {
    /// The public text that the guard let pass.
    pub fn from_guard(pass: GuardPass) -> Self {
        Self(pass.text)
    }

    /// The text for the network.
    pub fn text(&self) -> &PatientText {
        &self.0
    }
}

/// Text of a reply that only the contact can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateText(PatientText);

impl PrivateText {
    /// A reply for the contact's eyes.
    pub fn new(text: PatientText) -> Self {
        Self(text)
    }

    /// The text for the network.
    pub fn text(&self) -> &PatientText {
        &self.0
    }
}

/// Text that staff alone see. Nothing turns it into a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct NoteText(PatientText);

impl NoteText {
    /// An internal note.
    pub fn new(text: impl Into<PatientText>) -> Self {
        Self(text.into())
    }

    /// The text for staff's screen and for the database.
    pub fn text(&self) -> &PatientText {
        &self.0
    }
}

/// What may leave: a public or a private reply, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyText {
    /// Everyone can read it.
    Public(PublicText),
    /// Only the contact can read it.
    Private(PrivateText),
}

impl ReplyText {
    /// The text for the network.
    pub fn text(&self) -> &PatientText {
        match self {
            Self::Public(text) => text.text(),
            Self::Private(text) => text.text(),
        }
    }
}
