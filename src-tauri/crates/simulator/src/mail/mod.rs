//! E-mail: an IMAP4rev1 server and an SMTP submission server over one simulated mailbox.
//!
//! Both speak plain TCP on loopback and keep everything in memory. `world` is what they share,
//! `mailbox` the model with UIDs and modification sequences, `structure` and `envelope` read
//! message bytes, `faults` makes things go wrong on demand, `ledger` counts what was accepted.

mod envelope;
mod faults;
mod imap;
mod ledger;
mod mailbox;
mod smtp;
mod structure;
#[cfg(test)]
mod tests;
mod world;

pub use faults::{CutFrom, Faults, ImapFault, LoginRefusal, SmtpFault, Times};
pub use ledger::{Ledger, Submission};
pub use mailbox::{Mailbox, Stored, Uid};
pub(crate) use world::{Settings, Shared, World};

pub(crate) use imap::serve as serve_imap;
pub(crate) use smtp::serve as serve_smtp;
pub(crate) use structure::split;

/// What the IMAP server offers. Everything is on by default except the quirks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// RFC 7162 CONDSTORE. Without it QRESYNC is off too.
    pub condstore: bool,
    /// RFC 7162 QRESYNC.
    pub qresync: bool,
    /// RFC 2177.
    pub idle: bool,
    /// RFC 4315.
    pub uidplus: bool,
    /// RFC 6851 MOVE.
    pub moves: bool,
    /// RFC 6154: roles of folders in LIST.
    pub special_use: bool,
    /// RFC 7888 LITERAL+.
    pub literal_plus: bool,
    /// RFC 4959: initial response in AUTHENTICATE.
    pub sasl_ir: bool,
    /// RFC 2971.
    pub id: bool,
    /// RFC 4731.
    pub esearch: bool,
    /// Quirk of NetEase (163.com): without ID before it, SELECT fails as "Unsafe Login".
    pub id_required: bool,
    /// Quirk: every SEARCH is answered as ESEARCH, asked for or not.
    pub always_esearch: bool,
    /// Only XOAUTH2 signs in, with this bearer token, as Google and Microsoft do.
    pub oauth_token: Option<String>,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            condstore: true,
            qresync: true,
            idle: true,
            uidplus: true,
            moves: true,
            special_use: true,
            literal_plus: true,
            sasl_ir: true,
            id: true,
            esearch: true,
            id_required: false,
            always_esearch: false,
            oauth_token: None,
        }
    }
}

impl Capabilities {
    /// IMAP4rev1 and nothing more.
    pub fn bare() -> Self {
        Self {
            condstore: false,
            qresync: false,
            idle: false,
            uidplus: false,
            moves: false,
            special_use: false,
            literal_plus: false,
            sasl_ir: false,
            id: false,
            esearch: false,
            id_required: false,
            always_esearch: false,
            oauth_token: None,
        }
    }

    /// Whether CONDSTORE is offered, QRESYNC implying it.
    pub(crate) fn has_condstore(&self) -> bool {
        self.condstore || self.qresync
    }
}
