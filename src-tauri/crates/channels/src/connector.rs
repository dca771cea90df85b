//! The trait that every network implements, and its vocabulary.
//!
//! It is small on purpose: paging, protocol state, limits and tokens are the connector's own affair,
//! so that the ingest loop and the outbox loop are written once for all networks.
//!
//! How a caller uses it:
//!
//! ```text
//! check ─ once, when the account is added
//! loop { fetch(cursor) → store batch and cursor in one transaction; until !batch.more; wait }
//! send(outgoing) → Sent | Refused | Deferred | Uncertain;  Uncertain → read_back before anything else
//! apply(marks) ─ queued marks, again and again until done
//! ```

use std::time::Duration;

use async_trait::async_trait;
use domain::channel::Abilities;
use domain::inbound::{Batch, Cursor, RemoteId};
use domain::outbox::{Outgoing, SendFailure};
use domain::text::PatientText;
use serde::{Deserialize, Serialize};

use crate::error::ChannelError;

/// The signal to stop. Cloned freely; every wait and every page looks at it.
pub use tokio_util::sync::CancellationToken as Stop;

/// One connected account on one network.
///
/// Every call makes its own connection where it needs one or uses one kept from before; calls may
/// overlap. No call waits for ever: each has time-outs of its own.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What the account can do. Known without asking the network.
    fn abilities(&self) -> Abilities;

    /// Connects, signs in and looks around, both for reading and for sending: run when an account is
    /// added or mended. Changes nothing on the network.
    async fn check(&self, stop: &Stop) -> Result<Identity, ChannelError>;

    /// The next page. `None` begins from nothing. The batch's cursor is valid only together with the
    /// batch: store both or neither. While [`Batch::more`] is set, more is waiting.
    ///
    /// Take in the items before the changes: a mail that moved between followed folders arrives under
    /// its new name no later than the old name's removal is told, so that an item recognised under the
    /// new name is not lost with the old one.
    ///
    /// A connection that is cut at any point is an error and never an empty batch.
    async fn fetch(
        &self,
        cursor: Option<&Cursor>,
        budget: &FetchBudget,
    ) -> Result<Batch, ChannelError>;

    /// Waits until something new is likely, or `at_most` has passed, or `stop` is given.
    async fn wait(
        &self,
        cursor: Option<&Cursor>,
        at_most: Duration,
        stop: &Stop,
    ) -> Result<Wake, ChannelError>;

    /// Sends a reply. Its intent must be on disk before this is called. Not stoppable: once begun it
    /// runs to an outcome, within the network's time-outs.
    async fn send(&self, outgoing: &Outgoing) -> SendOutcome;

    /// Looks whether a reply whose sending ended in doubt is on the network.
    async fn read_back(&self, outgoing: &Outgoing) -> Result<ReadBack, ChannelError>;

    /// Carries marks made here to the network. The answer has one entry per change, in order. An
    /// error means that none may be taken as done; repeating the whole list is harmless.
    async fn apply(&self, changes: &[LocalChange]) -> Result<Vec<Applied>, ChannelError>;

    /// The bytes of an attachment that stayed on the server: `position` counts from 0 in the order of
    /// [`Item::attachments`](domain::inbound::Item::attachments).
    async fn attachment(
        &self,
        item: &RemoteId,
        position: usize,
        stop: &Stop,
    ) -> Result<Vec<u8>, ChannelError>;

    /// Closes connections kept open. The connector can be used again.
    async fn close(&self) {}
}

/// How much one [`fetch`](Connector::fetch) may bring, and when it should give up.
#[derive(Clone, Debug)]
pub struct FetchBudget {
    /// The most items in one batch; at least 1 is brought if one is waiting.
    pub items: usize,
    /// About how many bytes of raw items one batch may hold; one larger item still comes, alone.
    pub bytes: u64,
    /// Ends the fetch early with [`ChannelError::Stopped`].
    pub stop: Stop,
}

impl Default for FetchBudget {
    fn default() -> Self {
        Self {
            items: 100,
            bytes: 16 * 1024 * 1024,
            stop: Stop::new(),
        }
    }
}

/// Why [`wait`](Connector::wait) returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Something is likely to be new: fetch.
    News,
    /// The time is up; a fetch is due anyway.
    TimedOut,
    /// The caller asked to stop.
    Stopped,
}

/// What an account turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's own address or handle on the network.
    pub address: String,
    /// Folders that can be chosen, where the network has folders.
    pub folders: Vec<FolderInfo>,
    /// How news arrives: pushed, or asked for from time to time.
    pub pushes: bool,
    /// What is unusual about the account, in sentences for staff.
    pub remarks: Vec<String>,
}

/// A folder on the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderInfo {
    /// Its full name, readable.
    pub name: String,
    /// What it is for.
    pub purpose: FolderUse,
    /// Whether it is followed with the present settings.
    pub followed: bool,
}

/// What a folder is for (RFC 6154, or guessed by name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FolderUse {
    /// Where mail arrives.
    Inbox,
    /// Where sent mail is kept.
    Sent,
    /// Drafts.
    Drafts,
    /// Unwanted mail.
    Junk,
    /// Deleted mail.
    Trash,
    /// Put away.
    Archive,
    /// Every mail once (Gmail).
    All,
    /// Anything else.
    Other,
}

/// How a send ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The network took it over.
    Sent(Evidence),
    /// The network refused it for good; nothing left. Repeating it unchanged is pointless.
    Refused {
        /// What kind of refusal.
        failure: SendFailure,
        /// The reason.
        why: Reason,
    },
    /// It did not leave and may be tried again.
    Deferred {
        /// The wait that the network asked for.
        retry_after: Option<Duration>,
        /// The reason.
        why: Reason,
    },
    /// It may have left. Never sent again before [`Connector::read_back`] or a person has decided.
    Uncertain {
        /// What happened.
        why: Reason,
    },
}

/// What shows that a reply was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The network's answer, such as `250 2.0.0 Ok: queued as 4F…`.
    pub answer: PatientText,
    /// The network's own name for the reply, where it told one.
    pub remote_id: Option<RemoteId>,
    /// Whether the account keeps a copy that other programs see.
    pub copy: SentCopy,
}

/// Whether a sent reply is kept on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentCopy {
    /// The network keeps what it sends.
    ByNetwork,
    /// Stored in the Sent folder by us.
    Stored,
    /// Could not be stored. The reply is sent all the same.
    Missing,
}

/// Why a send ended as it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// A sentence for staff, free of names and content.
    pub sentence: String,
    /// The network's code, such as `550 5.1.1`.
    pub code: Option<String>,
    /// The network's own words; they may name people.
    pub answer: PatientText,
}

impl Reason {
    /// A reason of our own, without an answer from the network.
    pub fn ours(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            code: None,
            answer: PatientText::default(),
        }
    }
}

/// What reading back showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadBack {
    /// It is there: it was sent.
    Found {
        /// The network's name for it.
        remote_id: RemoteId,
    },
    /// The network keeps everything it sends, and this is not there: it was not sent.
    NotFound,
    /// The network's silence proves nothing; a person must decide.
    CannotTell,
}

/// A mark made here that should show on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalChange {
    /// On what.
    pub remote_id: RemoteId,
    /// What.
    pub mark: Mark,
}

/// What can be marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Read.
    Seen,
    /// Not read.
    Unseen,
    /// Answered.
    Answered,
}

/// What became of a [`LocalChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The network shows it.
    Done,
    /// The item is no longer there, or is known under another name; nothing to mark.
    Gone,
    /// The network has no such mark, or the account may not set it.
    Impossible,
}
