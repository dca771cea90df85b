//! One folder per network behind one small trait. Knows no database.
//!
//! A [`Connector`] is one connected account. It brings in [`Batch`](domain::inbound::Batch)es, sends
//! [`Outgoing`](domain::outbox::Outgoing) replies, reads back what became of a send that ended in
//! doubt, and carries marks such as *read* to the network. It keeps no state that must survive: where
//! to go on stands in the [`Cursor`](domain::inbound::Cursor), which the caller stores in the same
//! transaction as the batch.
//!
//! What every network needs is here once: back-off and waiting ([`backoff`]), the stop signal
//! ([`Stop`]), the errors callers act on ([`ChannelError`]).
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`connector`] | the trait and its vocabulary |
//! | [`error`] | what can go wrong, in sentences for staff, with a way out |
//! | [`backoff`] | how long to wait before trying again |
//! | [`email`] | mail: IMAP in, SMTP out, discovery, import of raw mail |

pub mod backoff;
pub mod connector;
pub mod email;
pub mod error;

pub use backoff::{Backoff, Pace, pause};
pub use connector::{
    Applied, Connector, Evidence, FetchBudget, FolderInfo, FolderUse, Identity, LocalChange, Mark,
    ReadBack, Reason, SendOutcome, SentCopy, Stop, Wake,
};
pub use error::{ChannelError, ConnectFailure, FolderFailure, NextStep, SignInFailure, TlsFailure};
