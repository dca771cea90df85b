//! What a channel brings in.
//!
//! A [`Batch`] and the [`Cursor`] behind it are stored in one transaction, so that fetching twice
//! stores once and a crash between the two cannot exist.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Visibility};
use crate::message::{AutomaticKind, Danger, Direction, Fold, Protection};
use crate::people::Handle;
use crate::text::PatientText;
use crate::time::Timestamp;

/// How a network names one item, unique within an account: for mail `folder/uidvalidity/uid`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RemoteId(pub String);

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 over the item's bytes as the network delivered them. Together with the Message-ID it
/// recognises an item that the server lists under a new [`RemoteId`]; alone it decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

/// Where a channel goes on next time: opaque to everybody but the channel that wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What one fetch brought.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// New items, in any order.
    pub items: Vec<Item>,
    /// What happened elsewhere to items seen before.
    pub changes: Vec<RemoteChange>,
    /// Where to go on, to be stored with the items; `None` leaves the stored one.
    pub cursor: Option<Cursor>,
    /// How far a long first fetch has come.
    pub progress: Option<Progress>,
    /// More is waiting; fetch again at once.
    pub more: bool,
}

/// How far a long fetch has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Progress {
    /// Items fetched so far.
    #[ts(type = "number")]
    pub done: u64,
    /// Items known to be wanted.
    #[ts(type = "number")]
    pub total: u64,
}

/// One message as a network delivered it.
#[derive(Clone, Debug)]
pub struct Item {
    /// The network's name for it.
    pub remote_id: RemoteId,
    /// Recognises it under a new name.
    pub fingerprint: Fingerprint,
    /// The network and kind.
    pub channel: Channel,
    /// Who can read it.
    pub visibility: Visibility,
    /// Which way it went; outbound when the practice sent it from another program.
    pub direction: Direction,
    /// The other side: who wrote an inbound item, to whom an outbound one went first.
    pub contact: Handle,
    /// Everybody else on it, for reply-all and for showing.
    pub others: Vec<Handle>,
    /// Where replies should go when the writer named another address.
    pub reply_to: Option<Handle>,
    /// When the writer's side says it was sent, made plausible by the arrival time.
    pub sent_at: Timestamp,
    /// When it arrived at the network.
    pub received_at: Timestamp,
    /// Subject line, where the channel has one.
    pub subject: PatientText,
    /// The text to read.
    pub text: PatientText,
    /// Parts of `text` to fold away.
    pub folds: Vec<Fold>,
    /// Cleaned HTML, where the writer sent some. Holds nothing executable and nothing remote.
    pub html: Option<PatientText>,
    /// What it belongs to.
    pub thread: ThreadKeys,
    /// Files.
    pub attachments: Vec<InboundAttachment>,
    /// Why it is automatic, if it is.
    pub automatic: Option<AutomaticKind>,
    /// What it reports about a reply of ours, if it is a delivery report.
    pub delivery: Option<DeliveryReport>,
    /// Signed or encrypted by the sender.
    pub protection: Protection,
    /// Whether it was read elsewhere already.
    pub seen: bool,
    /// The untouched bytes; kept only where they could not be understood.
    pub raw: Option<Vec<u8>>,
    /// What was odd about it, in words for staff, without its content.
    pub problems: Vec<String>,
}

/// What ties an item to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadKeys {
    /// The item's own id on its network: for mail the Message-ID without angle brackets.
    pub own: String,
    /// Ids it answers, nearest first.
    pub parents: Vec<String>,
    /// The network's own id of the whole thread, where it has one.
    pub native: Option<String>,
    /// The subject without reply and forward marks, lower case; empty where there is none.
    pub subject: String,
}

/// A file that came with an item.
#[derive(Clone, Debug)]
pub struct InboundAttachment {
    /// Safe to show and to save under.
    pub name: String,
    /// Media type by content where it can be told.
    pub media_type: String,
    /// Shown inside the text.
    pub inline: bool,
    /// By which HTML refers to it.
    pub content_id: Option<String>,
    /// Why opening it is dangerous.
    pub danger: Option<Danger>,
    /// Size in bytes as far as known.
    pub size: u64,
    /// The bytes; `None` when they stay on the server until asked for.
    pub data: Option<Vec<u8>>,
}

/// A delivery report about one of our replies (RFC 3464).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The Message-ID of the reply it speaks of, where it names one.
    pub message_id: Option<String>,
    /// What became of the reply.
    pub outcome: DeliveryOutcome,
    /// Enhanced status code such as `5.1.1`.
    pub status: String,
    /// The remote server's words.
    pub diagnostic: PatientText,
}

/// What a delivery report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// It will not arrive.
    Failed,
    /// It has not arrived yet; the server goes on trying.
    Delayed,
    /// It arrived.
    Delivered,
}

/// What happened elsewhere to an item that is already stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteChange {
    /// Read or marked unread elsewhere.
    Seen {
        /// Which.
        remote_id: RemoteId,
        /// The new mark.
        seen: bool,
    },
    /// Gone from where it was: deleted, or moved to a folder that is not followed.
    Removed {
        /// Which.
        remote_id: RemoteId,
    },
    /// The server now names the item differently (a move between followed folders).
    Renamed {
        /// The name until now.
        from: RemoteId,
        /// The name from now on.
        to: RemoteId,
    },
    /// The server forgot all its names below this prefix (a new UIDVALIDITY); items that are listed
    /// again are recognised by Message-ID and fingerprint. Nothing is deleted by this.
    NamesForgotten {
        /// All remote ids that begin with it.
        prefix: String,
    },
}
