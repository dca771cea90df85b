//! What is known about a mail account before connecting: servers, names, folders, bounds.
//!
//! Settings hold no secret and are stored with the account; the secret lives in the keychain and
//! comes in as [`Auth`].

use std::fmt;

use domain::text::Secret;
use serde::{Deserialize, Serialize};

/// Everything about a mail account but its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailSettings {
    /// The practice's own address: the From of replies.
    pub address: String,
    /// The name beside it.
    #[serde(default)]
    pub from_name: String,
    /// Other addresses of this mailbox. Mail from one of them counts as the practice's own.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How to sign in; often the address.
    pub user_name: String,
    /// Where mail is read.
    pub imap: Endpoint,
    /// Where mail is handed in.
    pub smtp: Endpoint,
    /// Folders to follow beside INBOX and Sent, by their readable names.
    #[serde(default)]
    pub folders: Vec<String>,
    /// The Sent folder, where the server does not tell and its name is unusual.
    #[serde(default)]
    pub sent_folder: Option<String>,
    /// Who keeps a copy of sent mail.
    #[serde(default)]
    pub sent_copy: SentCopyRule,
    /// How far back the first fetch goes.
    #[serde(default)]
    pub first_fetch: FirstFetch,
}

impl EmailSettings {
    /// Whether `address` is one of the mailbox's own.
    pub fn is_own(&self, address: &str) -> bool {
        let address = address.trim();
        std::iter::once(&self.address)
            .chain(&self.aliases)
            .any(|own| own.trim().eq_ignore_ascii_case(address))
    }
}

/// A server and how to talk to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Encryption.
    pub security: Security,
    /// The one certificate to accept, for a server of the practice's own network whose certificate
    /// nobody trusted has signed.
    #[serde(default)]
    pub pin: Option<CertificatePin>,
}

impl Endpoint {
    /// A server reached by TLS from the first byte.
    pub fn tls(host: impl Into<String>, port: u16) -> Self {
        Self::new(host, port, Security::Tls)
    }

    /// A server reached by STARTTLS.
    pub fn start_tls(host: impl Into<String>, port: u16) -> Self {
        Self::new(host, port, Security::StartTls)
    }

    /// A server on this computer, reached without encryption.
    pub fn plain_loopback(host: impl Into<String>, port: u16) -> Self {
        Self::new(host, port, Security::PlainLoopbackOnly)
    }

    fn new(host: impl Into<String>, port: u16, security: Security) -> Self {
        Self {
            host: host.into(),
            port,
            security,
            pin: None,
        }
    }
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after the STARTTLS command; nothing is said before that.
    StartTls,
    /// None, and only to this computer: refused when the host resolves to any other address.
    PlainLoopbackOnly,
}

/// SHA-256 of the one certificate (DER) that is accepted. Written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CertificatePin(pub [u8; 32]);

impl fmt::Display for CertificatePin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CertificatePin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificatePin({self})")
    }
}

impl std::str::FromStr for CertificatePin {
    type Err = BadPin;

    /// Reads hexadecimal digits; colons and blanks between them are ignored, as tools print them.
    fn from_str(text: &str) -> Result<Self, BadPin> {
        let mut digits = text.chars().filter(|c| !matches!(c, ':' | ' '));
        let mut pin = [0_u8; 32];
        for byte in &mut pin {
            let mut digit = || digits.next().and_then(|c| c.to_digit(16)).ok_or(BadPin);
            *byte = (digit()? * 16 + digit()?) as u8;
        }
        if digits.next().is_some() {
            return Err(BadPin);
        }
        Ok(Self(pin))
    }
}

/// Not the SHA-256 fingerprint of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a certificate's SHA-256 fingerprint has 64 hexadecimal digits")]
pub struct BadPin;

impl Serialize for CertificatePin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CertificatePin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// Who keeps a copy of sent mail in the Sent folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentCopyRule {
    /// The provider where it is known to (by the SMTP host), otherwise we.
    #[default]
    Auto,
    /// The provider.
    ByServer,
    /// We, by APPEND.
    Append,
}

/// How far back the first fetch goes: whichever bound is reached first. Newest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstFetch {
    /// Days before today; `None`: all.
    pub days: Option<u32>,
    /// Messages per folder; `None`: all.
    pub messages: Option<u32>,
}

impl Default for FirstFetch {
    fn default() -> Self {
        Self {
            days: Some(90),
            messages: Some(10_000),
        }
    }
}

/// How to prove who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A password or app password.
    Password(Secret),
    /// An OAuth access token, used by XOAUTH2.
    Token(Secret),
}
