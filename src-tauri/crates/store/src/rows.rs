//! What the store hands to screens: one struct per kind of row, made for showing.

use domain::inbound::Progress;
use domain::message::{AutomaticKind, Fold, Protection};
use domain::operation::SentEvidence;
use domain::{
    AccountId, Actor, Acuity, AttachmentMeta, CannedId, Channel, ContactId, ConversationId,
    ConversationState, Handle, MessageId, MessageKind, OperationId, OutboxState, PatientText,
    PoolId, SendFailure, StaffId, TagId, Timestamp, ViewId, Visibility,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ConversationRow {
    /// Which.
    pub id: ConversationId,
    /// On which account.
    pub account: AccountId,
    /// Network and kind.
    pub channel: Channel,
    /// Whether others can read it.
    pub visibility: Visibility,
    /// With whom.
    pub contact: ContactId,
    /// Their name, else their address.
    pub contact_name: PatientText,
    /// Subject line, where the channel has one.
    pub subject: PatientText,
    /// The beginning of the newest message.
    pub preview: PatientText,
    /// Whether the newest message is the contact's or ours.
    pub preview_kind: MessageKind,
    /// Whose turn it is.
    #[serde(flatten)]
    pub state: ConversationState,
    /// Urgency.
    pub acuity: Acuity,
    /// Who is responsible as a group.
    pub pool: PoolId,
    /// Who is responsible in person.
    pub assignee: Option<StaffId>,
    /// Marks of subject.
    pub tags: Vec<TagId>,
    /// Unread inbound messages.
    pub unread: u32,
    /// Messages, without notes.
    pub messages: u32,
    /// Internal notes.
    pub notes: u32,
    /// Files.
    pub attachments: u32,
    /// Something is being written.
    pub draft: bool,
    /// Replies held, queued or leaving.
    pub pending: u32,
    /// Replies failed or uncertain.
    pub failed: u32,
    /// The newest message's instant.
    pub last_at: Timestamp,
    /// Since when the contact waits for an answer.
    pub waiting_since: Option<Timestamp>,
}

/// Where a page of a list ends: hand it back to get the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PageKey(pub(crate) String);

impl PageKey {
    pub(crate) fn of(parts: &[i64]) -> Self {
        Self(
            parts
                .iter()
                .map(i64::to_string)
                .collect::<Vec<_>>()
                .join("."),
        )
    }

    /// The numbers inside; a key that is not ours is as good as none.
    pub(crate) fn parts<const N: usize>(&self) -> Option<[i64; N]> {
        let parts: Vec<i64> = self
            .0
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        parts.try_into().ok()
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The key of the next page; `None` at the end.
    pub next: Option<PageKey>,
}

/// The head of an open conversation.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ConversationHead {
    /// The row of the list.
    #[serde(flatten)]
    pub row: ConversationRow,
    /// Why it is as urgent as it is.
    pub acuity_reason: PatientText,
    /// The other side's address on this channel.
    pub handle: Handle,
    /// The conversation that this one continues.
    pub continues: Option<ConversationId>,
    /// It was merged into this one, and is shown there.
    pub merged_into: Option<ConversationId>,
    /// When it began.
    pub created_at: Timestamp,
}

/// A message in an open conversation.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct MessageRow {
    /// Which.
    pub id: MessageId,
    /// Inbound, reply or note.
    pub kind: MessageKind,
    /// When it was written, sent or queued.
    pub at: Timestamp,
    /// When it arrived at the network.
    pub received_at: Timestamp,
    /// The staff member who wrote it here; `None` for inbound messages and for replies from another
    /// program.
    pub staff: Option<StaffId>,
    /// Subject line.
    pub subject: PatientText,
    /// The text.
    pub text: PatientText,
    /// Parts of the text to fold away.
    pub folds: Vec<Fold>,
    /// Whether there is an HTML body to ask for.
    pub html: bool,
    /// Whether the untouched bytes were kept.
    pub raw: bool,
    /// Everybody else on it.
    pub others: Vec<Handle>,
    /// Where a reply should go, if not to the writer.
    pub reply_to: Option<Handle>,
    /// Who wrote it, where that is not the contact (delivery reports).
    pub writer: Option<Handle>,
    /// Staff members named in a note.
    pub mentions: Vec<StaffId>,
    /// Not read yet.
    pub unread: bool,
    /// Why it is automatic, if it is.
    pub automatic: Option<AutomaticKind>,
    /// Signed or encrypted.
    pub protection: Protection,
    /// What was odd about it.
    pub problems: Vec<String>,
    /// What triage found in it.
    #[ts(type = "unknown")]
    pub findings: serde_json::Value,
    /// Since when it is no longer in the mailbox.
    pub gone_at: Option<Timestamp>,
    /// Files.
    pub attachments: Vec<AttachmentMeta>,
    /// Its way out, if it is a reply written here.
    pub outbox: Option<OutboxRow>,
}

/// A reply's way out.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OutboxRow {
    /// Where it stands.
    pub state: OutboxState,
    /// To whom.
    pub to: Handle,
    /// Not before this instant.
    pub not_before: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// Why it failed.
    pub failure: Option<SendFailure>,
    /// The network's words.
    pub why: PatientText,
    /// How it is known to have been sent.
    pub evidence: Option<SentEvidence>,
}

/// A reply in the list of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OutboxItem {
    /// The reply.
    pub reply: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its account.
    pub account: AccountId,
    /// Subject line.
    pub subject: PatientText,
    /// When staff sent it.
    pub queued_at: Timestamp,
    /// Its way out.
    #[serde(flatten)]
    pub outbox: OutboxRow,
}

/// One line of a conversation's timeline.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TimelineRow {
    /// When.
    pub at: Timestamp,
    /// The logged operation; `None` for what happened without one.
    pub operation: Option<OperationId>,
    /// Who.
    pub actor: Actor,
    /// The stable word of what happened: a change's word, or `removed_elsewhere`.
    pub kind: String,
    /// The change itself; null once erased, and for what was no operation.
    #[ts(type = "unknown")]
    pub change: serde_json::Value,
    /// The message it is about, where it is no operation.
    pub message: Option<MessageId>,
    /// It was taken back.
    pub undone: bool,
    /// It can be taken back, if nothing was changed since.
    pub undoable: bool,
}

/// A contact with its handles.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ContactCard {
    /// Who.
    pub id: ContactId,
    /// The name staff see.
    pub name: PatientText,
    /// A staff member confirmed that this is a patient.
    pub patient: bool,
    /// How they are known on each network.
    pub handles: Vec<Handle>,
    /// Their conversations, newest first; at most 50.
    pub conversations: Vec<ConversationRow>,
    /// How many there are.
    pub conversation_count: u32,
    /// Contacts that were merged into this one.
    pub merged: Vec<ContactId>,
    /// It was merged into this one.
    pub merged_into: Option<ContactId>,
}

/// Maintained counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Counts {
    /// Open.
    pub inbox: u32,
    /// Open and unread.
    pub unread: u32,
    /// Open and assigned to the viewer.
    pub mine: u32,
    /// Open and assigned to nobody.
    pub unassigned: u32,
    /// The contact's turn.
    pub waiting: u32,
    /// Put off.
    pub snoozed: u32,
    /// Finished.
    pub closed: u32,
    /// With replies on their way or in trouble.
    pub outbox: u32,
    /// With replies in trouble.
    pub failed: u32,
    /// With something begun.
    pub drafts: u32,
    /// Same day or emergency, not closed.
    pub red_flags: u32,
    /// Open, by pool.
    pub pools: Vec<(PoolId, u32)>,
    /// By tag, whatever the state.
    pub tags: Vec<(TagId, u32)>,
    /// By saved view; a view that reads text or dates is not counted.
    pub views: Vec<(ViewId, u32)>,
}

/// An account with its health.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AccountRow {
    /// Which.
    pub id: AccountId,
    /// Network.
    pub channel: Channel,
    /// Its address.
    pub address: PatientText,
    /// Its settings, without secrets.
    #[ts(type = "unknown")]
    pub settings: serde_json::Value,
    /// It was disconnected.
    pub removed: bool,
    /// What `desk` last said about it.
    #[ts(type = "unknown")]
    pub health: serde_json::Value,
    /// The last good fetch.
    pub fetched_at: Option<Timestamp>,
    /// How far the first fetch has come.
    pub progress: Progress,
    /// Everything within the bound is here.
    pub complete: bool,
}

/// A canned response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CannedRow {
    /// Which.
    pub id: CannedId,
    /// What one types for it.
    pub shortcut: String,
    /// Its name.
    pub title: String,
    /// Its text.
    pub text: String,
}

/// The practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PracticeRow {
    /// Which.
    pub id: domain::PracticeId,
    /// Its name.
    pub name: String,
}

/// A hit of a search: the newest message of a conversation that matches.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Hit {
    /// The conversation.
    pub conversation: ConversationRow,
    /// The message.
    pub message: MessageId,
    /// What the message is.
    pub kind: MessageKind,
    /// When it was written.
    pub at: Timestamp,
    /// The part of its text with the match.
    pub snippet: PatientText,
    /// Byte ranges of `snippet` to mark.
    pub marks: Vec<(u32, u32)>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SearchPage {
    /// The hits, in the wanted order.
    pub hits: Vec<Hit>,
    /// Messages examined.
    pub examined: u32,
    /// The key to go on with; `None`: there is nothing more.
    pub next: Option<PageKey>,
    /// What was not understood.
    pub problems: Vec<domain::query::Problem>,
}

/// A page of the audit log, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AuditRow {
    /// Its number.
    #[ts(type = "number")]
    pub seq: u64,
    /// The operation.
    pub operation: OperationId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The stable word of what happened.
    pub kind: String,
    /// The conversation it is about, if it is one.
    pub conversation: Option<ConversationId>,
    /// The change; null once erased.
    #[ts(type = "unknown")]
    pub change: serde_json::Value,
}
