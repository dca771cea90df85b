//! The one way in which state changes.
//!
//! Whatever a staff member or a rule does is an [`Operation`]: one [`Change`] by one [`Actor`] at one
//! [`Hybrid`] time. The store checks it, appends it to the hash-chained log and changes the tables, in
//! one transaction. From the log come undo, the timeline, the audit log and the sharing between
//! desktops; so a change is self-contained, serialisable, and names things by id only.
//!
//! Effects commute: a field is decided by the latest hybrid time, a set by adds and removes.

use serde::{Deserialize, Serialize};

use crate::conversation::{Acuity, ConversationState, Tag, View};
use crate::ids::{
    AccountId, AttachmentId, CannedId, ContactId, ConversationId, MessageId, OperationId, PoolId,
    PracticeId, StaffId, TagId, ViewId,
};
use crate::outbox::SendFailure;
use crate::people::{Handle, StaffMember};
use crate::text::{NoteText, PatientText};
use crate::time::{Hybrid, Timestamp};
use crate::{Pool, Visibility};

/// Who caused a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Actor {
    /// A staff member.
    Staff {
        /// Who.
        id: StaffId,
    },
    /// Anteroom itself: the outbox, a due snooze, a delivery report, a rule.
    Machine,
}

/// From where a change came, so that a window can ignore its own echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The window.
    Window,
    /// The command line.
    CommandLine,
    /// A background loop.
    Background,
    /// Another desktop of the practice.
    Hub,
}

/// One recorded change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Which.
    pub id: OperationId,
    /// Layout of `change`; readers keep and skip versions they do not know.
    pub version: u16,
    /// When, in the order that every desktop agrees on.
    pub at: Hybrid,
    /// Who.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// What.
    pub change: Change,
}

/// The layout that this build writes.
pub const OPERATION_VERSION: u16 = 1;

/// What can happen. Names are in the past tense: each is a fact once it is in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "the fields are ids and values of the types that document them"
)]
pub enum Change {
    // The practice
    /// Set-up named the practice.
    PracticeNamed {
        practice: PracticeId,
        name: String,
    },
    /// A staff member was added, or their name, role or activity changed.
    StaffSaved {
        staff: StaffMember,
    },
    /// An account was connected, or its settings changed. Settings hold no secret.
    AccountSaved {
        account: AccountId,
        address: PatientText,
        settings: serde_json::Value,
    },
    /// An account was disconnected; its stored messages stay.
    AccountRemoved {
        account: AccountId,
    },
    /// A pool was made or renamed.
    PoolSaved {
        pool: Pool,
    },
    /// A pool was put away; its conversations go to the first pool.
    PoolRemoved {
        pool: PoolId,
    },
    /// A tag was made, renamed or recoloured.
    TagSaved {
        tag: Tag,
    },
    /// A tag was put away; conversations that carry it show it no more.
    TagRemoved {
        tag: TagId,
    },
    /// A view was made or changed.
    ViewSaved {
        view: View,
    },
    /// A view was put away.
    ViewRemoved {
        view: ViewId,
    },
    /// A canned response was made or changed.
    CannedSaved {
        canned: CannedId,
        shortcut: String,
        title: String,
        text: String,
    },
    /// A canned response was put away.
    CannedRemoved {
        canned: CannedId,
    },
    /// A setting of the practice, or of one staff member, changed. Holds no secret and no patient text.
    SettingSaved {
        staff: Option<StaffId>,
        key: String,
        value: serde_json::Value,
    },

    // Working the inbox
    TagAdded {
        conversation: ConversationId,
        tag: TagId,
    },
    TagTaken {
        conversation: ConversationId,
        tag: TagId,
    },
    /// `staff: None` releases the conversation to its pool.
    Assigned {
        conversation: ConversationId,
        staff: Option<StaffId>,
    },
    Pooled {
        conversation: ConversationId,
        pool: PoolId,
    },
    StateSet {
        conversation: ConversationId,
        state: ConversationState,
    },
    AcuitySet {
        conversation: ConversationId,
        acuity: Acuity,
        reason: PatientText,
    },
    /// Everything up to now was read, or the last inbound message was marked unread.
    ReadSet {
        conversation: ConversationId,
        read: bool,
    },
    /// All messages of `from` move into `into`, and `from` is gone from the inbox.
    ConversationsMerged {
        into: ConversationId,
        from: ConversationId,
    },
    /// The named messages move into a new conversation.
    ConversationSplit {
        from: ConversationId,
        into: ConversationId,
        messages: Vec<MessageId>,
    },

    // Writing
    NoteAdded {
        conversation: ConversationId,
        note: MessageId,
        text: NoteText,
        mentions: Vec<StaffId>,
    },
    ReplyQueued {
        conversation: ConversationId,
        reply: MessageId,
        visibility: Visibility,
        to: Handle,
        subject: PatientText,
        text: PatientText,
        attachments: Vec<AttachmentId>,
        /// Made before the first attempt and never changed.
        network_id: String,
        /// The message it answers.
        answers: Option<MessageId>,
        /// Not before this instant: the end of the undo time, or the chosen send time.
        not_before: Timestamp,
        /// What becomes of the conversation once it has been sent.
        then: AfterReply,
    },
    /// Taken back before it left; its text becomes the draft again.
    ReplyCancelled {
        conversation: ConversationId,
        reply: MessageId,
    },
    /// The intent to send, written before the first byte leaves.
    ReplySending {
        conversation: ConversationId,
        reply: MessageId,
        attempt: u32,
    },
    ReplySent {
        conversation: ConversationId,
        reply: MessageId,
        evidence: SentEvidence,
    },
    /// Nothing left; it goes on waiting.
    ReplyDeferred {
        conversation: ConversationId,
        reply: MessageId,
        not_before: Timestamp,
        why: PatientText,
    },
    ReplyFailed {
        conversation: ConversationId,
        reply: MessageId,
        failure: SendFailure,
        why: PatientText,
    },
    ReplyUncertain {
        conversation: ConversationId,
        reply: MessageId,
    },
    /// A person decided to try a failed or uncertain reply again.
    ReplyRetried {
        conversation: ConversationId,
        reply: MessageId,
    },

    // Contacts
    ContactSaved {
        contact: ContactId,
        name: PatientText,
    },
    /// `from` was the same person as `into`; only ever by hand.
    ContactsMerged {
        into: ContactId,
        from: ContactId,
    },
    /// A merge was taken back: these handles are `contact`'s again.
    ContactsParted {
        from: ContactId,
        contact: ContactId,
    },
    /// All that was stored of a contact went. What remains is this line.
    ContactErased {
        contact: ContactId,
        conversations: u64,
        messages: u64,
        attachments: u64,
        /// Log entries whose text went with it: the log's check accounts for them.
        #[serde(default)]
        operations: u64,
    },

    // Looking (audited, changes nothing)
    ConversationViewed {
        conversation: ConversationId,
    },
    Searched {
        query: PatientText,
        hits: u64,
    },
    AttachmentOpened {
        conversation: ConversationId,
        attachment: AttachmentId,
    },
    BackupMade {
        bytes: u64,
    },
    Restored {
        taken_at: Timestamp,
    },
    Exported {
        of: String,
        count: u64,
    },
    Imported {
        account: AccountId,
        messages: u64,
    },
    SignedIn {
        staff: StaffId,
    },

    /// The operation named was taken back by the changes that follow it in the same transaction.
    Undone {
        operation: OperationId,
        changes: Vec<Change>,
    },
    /// One click on many conversations.
    Many {
        changes: Vec<Change>,
    },
    /// Written by a newer Anteroom: kept, and skipped.
    #[serde(other)]
    Unknown,
}

/// What becomes of a conversation once the reply has been sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AfterReply {
    /// It waits for the contact.
    #[default]
    Wait,
    /// It is closed.
    Close,
    /// It stays open.
    StayOpen,
}

/// How it is known that a reply was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum SentEvidence {
    /// The network said so.
    Accepted,
    /// It was found on the network afterwards.
    FoundThere,
    /// A staff member said so.
    StaffSaid,
}
