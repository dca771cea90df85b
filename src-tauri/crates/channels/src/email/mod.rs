//! Mail: IMAP in, SMTP out.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`settings`] | what an account's settings are |

pub mod settings;

pub use settings::{
    Auth, CertificatePin, EmailSettings, Endpoint, FirstFetch, Security, SentCopyRule,
};
