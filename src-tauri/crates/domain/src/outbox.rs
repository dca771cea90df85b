//! A reply on its way out.
//!
//! ```text
//! draft → held → queued → sending → sent
//!           ↘ draft (undone)      ↘ failed → queued (tried again)
//!                                 ↘ uncertain → sent | queued (a person decided) | failed
//! ```
//!
//! The intent is on disk before the first byte leaves. After a crash or a time-out in `sending` the
//! reply is `uncertain`, and nothing sends it again before the thread has been read back or a person
//! has decided.

use serde::{Deserialize, Serialize};

use crate::ids::{AttachmentId, MessageId};
use crate::people::Handle;
use crate::text::{PatientText, ReplyText};
use crate::time::Timestamp;

/// Where a reply is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Sent by staff, kept back for some seconds in which it can be undone, or until its send time.
    Held,
    /// Ready to leave.
    Queued,
    /// Leaving; whether it arrived is unknown until the network answers.
    Sending,
    /// The network accepted it.
    Sent,
    /// The network refused it, or it bounced. The reason stands beside it.
    Failed,
    /// The connection ended after the text may have left. Never retried blindly.
    Uncertain,
    /// Taken back before it left.
    Cancelled,
}

impl OutboxState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Held,
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::Uncertain,
        Self::Cancelled,
    ];

    /// The stable word for storage.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state behind a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a reply may walk from this state to `next`.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Held, Self::Queued | Self::Cancelled)
                | (Self::Queued, Self::Sending | Self::Cancelled | Self::Failed)
                | (
                    Self::Sending,
                    Self::Sent | Self::Failed | Self::Uncertain | Self::Queued
                )
                | (Self::Uncertain, Self::Sent | Self::Queued | Self::Failed)
                | (Self::Failed, Self::Queued | Self::Cancelled)
                | (Self::Sent, Self::Failed)
        )
    }
}

/// Why a reply did not leave or did not arrive; decides what may be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum SendFailure {
    /// The account must sign in again.
    SignIn,
    /// The recipient does not exist.
    UnknownRecipient,
    /// The network's policy refused the text or the sender.
    Refused,
    /// Too large.
    TooLarge,
    /// The network allows no reply any more (window closed, item gone).
    NoLongerPossible,
    /// It bounced after it had been accepted.
    Bounced,
    /// Temporary trouble outlasted every retry.
    GaveUp,
}

/// A reply as handed to a channel.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Our id; the same on every attempt.
    pub id: MessageId,
    /// To whom.
    pub to: Handle,
    /// What. A note cannot be put here: no such [`ReplyText`] exists.
    pub text: ReplyText,
    /// Subject line where the channel has one.
    pub subject: PatientText,
    /// The id that the network will know it by, made and stored before the first attempt: for mail
    /// the Message-ID without angle brackets.
    pub network_id: String,
    /// The id of the item it answers, if any.
    pub in_reply_to: Option<String>,
    /// The ids of the thread so far, oldest first.
    pub references: Vec<String>,
    /// Files.
    pub attachments: Vec<OutgoingAttachment>,
    /// When staff sent it: the message's date.
    pub date: Timestamp,
}

/// A file of a reply.
#[derive(Clone)]
pub struct OutgoingAttachment {
    /// Which.
    pub id: AttachmentId,
    /// Name for the recipient.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// The bytes.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for OutgoingAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "OutgoingAttachment({}, {} bytes)",
            self.id,
            self.data.len()
        )
    }
}
