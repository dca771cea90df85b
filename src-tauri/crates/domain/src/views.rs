//! What screens get to show: rows made for a screen, filled by the store, passed through `desk`
//! unchanged, and turned into TypeScript. Nothing here is stored.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::channel::{Abilities, Channel, Visibility};
use crate::conversation::{Acuity, ConversationState, Pool, Tag, View};
use crate::ids::{
    AccountId, AttachmentId, CannedId, ContactId, ConversationId, MessageId, OperationId, PoolId,
    StaffId, TagId, ViewId,
};
use crate::inbound::Progress;
use crate::message::{AttachmentMeta, AutomaticKind, Fold, MessageKind, Protection};
use crate::outbox::{OutboxState, SendFailure};
use crate::people::{Handle, StaffMember};
use crate::text::PatientText;
use crate::time::Timestamp;

/// One line of the conversation list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationRow {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// The contact's name, or the address where no name is known.
    pub contact_name: PatientText,
    /// Where.
    pub channel: Channel,
    /// Through which account.
    pub account: AccountId,
    /// Public or private.
    pub visibility: Visibility,
    /// Subject line; empty where the channel has none.
    pub subject: PatientText,
    /// The beginning of the newest message.
    pub preview: PatientText,
    /// Whether the newest message is the practice's own.
    pub preview_is_ours: bool,
    /// Whose turn it is.
    pub state: ConversationState,
    /// Clinical urgency.
    pub acuity: Acuity,
    /// Whether the urgency rests on a red flag.
    pub red_flag: bool,
    /// The pool responsible.
    pub pool: PoolId,
    /// The one staff member responsible.
    pub assignee: Option<StaffId>,
    /// Its tags.
    pub tags: Vec<TagId>,
    /// Messages not read yet.
    pub unread: u32,
    /// All messages and notes.
    pub messages: u32,
    /// Whether files came or went with it.
    pub has_attachments: bool,
    /// Whether a draft waits.
    pub has_draft: bool,
    /// The most telling state among its replies on their way: failed, uncertain, held, queued, sending.
    pub outbox: Option<OutboxState>,
    /// Instant of the newest message.
    pub last_at: Timestamp,
    /// Since when the contact has waited for an answer; none when it is not the practice's turn.
    pub waiting_since: Option<Timestamp>,
}

/// A page of the conversation list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InboxPage {
    /// The rows in the order asked for.
    pub rows: Vec<ConversationRow>,
    /// Where the next page begins; none on the last page.
    pub next: Option<String>,
}

/// In which order the conversation list comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InboxSort {
    /// Most urgent first, then longest waiting.
    #[default]
    Urgent,
    /// Newest message first.
    Newest,
    /// Longest waiting first.
    Waiting,
}

/// Which part of all conversations the list shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ListScope {
    /// Open conversations.
    Inbox,
    /// Open and assigned to the staff member who asks.
    Mine,
    /// Open and nobody's.
    Unassigned,
    /// Open, of emergency or same-day acuity by a red flag.
    RedFlags,
    /// The contact's turn.
    Waiting,
    /// Put off.
    Snoozed,
    /// Finished.
    Closed,
    /// With a reply that is held, queued, sending, failed or uncertain.
    Outbox,
    /// With a draft.
    Drafts,
    /// Everything.
    All,
    /// Open in one pool.
    Pool {
        /// Which.
        pool: PoolId,
    },
    /// A saved view.
    View {
        /// Which.
        view: ViewId,
    },
    /// What a query in the language of the search box matches.
    Query {
        /// The query.
        query: String,
    },
}

/// Everything the conversation pane shows at first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConversationView {
    /// The same facts as in the list.
    pub row: ConversationRow,
    /// The account's own address, from which replies leave.
    pub account_address: PatientText,
    /// What a reply may be.
    pub abilities: Abilities,
    /// To whom a reply goes unless staff choose another.
    pub reply_to: Handle,
    /// The subject of a reply.
    pub reply_subject: PatientText,
    /// Oldest first; the newest messages of the conversation, up to the page's size.
    pub messages: Vec<MessageView>,
    /// Where older messages begin; none when all are here.
    pub older: Option<String>,
    /// The first message nobody had read.
    pub first_unread: Option<MessageId>,
    /// What staff and machine did, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What staff were about to write.
    pub draft: Option<Draft>,
    /// The older conversation that this one continues.
    pub continues: Option<ConversationId>,
}

/// One message on screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MessageView {
    /// Which.
    pub id: MessageId,
    /// Inbound, reply or note.
    pub kind: MessageKind,
    /// Who can read it.
    pub visibility: Visibility,
    /// Who wrote it, as known on the network; for replies the account.
    pub from: Handle,
    /// The staff member who wrote a reply or note here.
    pub staff: Option<StaffId>,
    /// When it was sent (for notes: written).
    pub at: Timestamp,
    /// Its own subject, where it differs from the conversation's.
    pub subject: PatientText,
    /// The text to read.
    pub text: PatientText,
    /// Parts of the text to fold away.
    pub folds: Vec<Fold>,
    /// Whether a cleaned HTML form exists (asked for separately).
    pub has_html: bool,
    /// How many remote images its HTML would have loaded.
    pub remote_images: u32,
    /// Files.
    pub attachments: Vec<AttachmentMeta>,
    /// Why it is automatic, if it is.
    pub automatic: Option<AutomaticKind>,
    /// Signed or encrypted by its sender.
    pub protection: Protection,
    /// What was odd about it, in words for staff.
    pub problems: Vec<String>,
    /// Whether nobody had read it.
    pub unread: bool,
    /// Whether it is gone from where it came from.
    pub removed_elsewhere: bool,
    /// For replies made here: where it is on its way.
    pub outbox: Option<OutboxView>,
    /// What the machine found in it: JSON of the triage's own shape, shown beside the text.
    #[ts(type = "unknown")]
    pub findings: Option<serde_json::Value>,
}

/// Where a reply is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxView {
    /// The state.
    pub state: OutboxState,
    /// Not before this instant: the end of the undo time, the send time, or the next try.
    pub not_before: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed.
    pub failure: Option<SendFailure>,
    /// The reason in the network's words.
    pub why: PatientText,
}

/// One line of a conversation's timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TimelineEntry {
    /// The operation.
    pub operation: OperationId,
    /// When.
    pub at: Timestamp,
    /// The staff member; none: Anteroom itself.
    pub staff: Option<StaffId>,
    /// The kind word of the change, such as `tag_added`.
    pub what: String,
    /// The ids and words that the sentence on screen needs.
    #[ts(type = "Record<string, unknown>")]
    pub details: serde_json::Value,
    /// Whether it can still be taken back.
    pub undoable: bool,
}

/// What staff were about to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Draft {
    /// A reply, or an internal note.
    pub kind: DraftKind,
    /// To whom a reply goes.
    pub to: Option<Handle>,
    /// Subject of a reply.
    pub subject: PatientText,
    /// The text so far.
    pub text: PatientText,
    /// Files that go with it.
    pub attachments: Vec<AttachmentMeta>,
    /// Who wrote it.
    pub staff: StaffId,
    /// When it was last saved.
    pub saved_at: Timestamp,
}

/// What a draft becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// A reply to the contact.
    Reply,
    /// An internal note.
    Note,
}

/// A contact, as the panel beside the conversation shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactCard {
    /// Who.
    pub id: ContactId,
    /// The name staff see.
    pub name: PatientText,
    /// How they are known on each network.
    pub handles: Vec<Handle>,
    /// Whether staff confirmed that this is a patient.
    pub patient: bool,
    /// When they first wrote.
    pub first_at: Timestamp,
    /// Their newest conversations, newest first.
    pub conversations: Vec<ConversationRow>,
    /// How many conversations there are in all.
    pub conversation_count: u32,
    /// Contacts merged into this one by hand, which can be parted again.
    pub merged: Vec<ContactId>,
}

/// Counts beside the views and pools.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "named after the scopes they count")]
pub struct Counts {
    pub inbox: u32,
    pub mine: u32,
    pub unassigned: u32,
    pub red_flags: u32,
    pub waiting: u32,
    pub snoozed: u32,
    pub closed: u32,
    pub outbox: u32,
    pub drafts: u32,
    pub unread: u32,
    /// Open conversations by pool.
    pub pools: Vec<(PoolId, u32)>,
    /// Conversations by saved view.
    pub views: Vec<(ViewId, u32)>,
}

/// One hit of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchHit {
    /// The conversation.
    pub row: ConversationRow,
    /// The message that matched best.
    pub message: Option<MessageId>,
    /// Its text around the hit; matches stand between U+2068 and U+2069.
    pub snippet: PatientText,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchPage {
    /// Newest first.
    pub hits: Vec<SearchHit>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many conversations match, counted up to `total_limit`.
    pub total: u32,
    /// Where counting stopped.
    pub total_limit: u32,
    /// The oldest and newest message on this computer.
    pub range: Option<(Timestamp, Timestamp)>,
    /// What was not understood in the query, in words for staff.
    pub problems: Vec<String>,
    /// The words to highlight.
    pub terms: Vec<String>,
}

/// An account with its health.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AccountView {
    /// Which.
    pub id: AccountId,
    /// The network.
    pub channel: Channel,
    /// Its address there.
    pub address: PatientText,
    /// Settings without secrets, in the channel's own shape.
    #[ts(type = "unknown")]
    pub settings: serde_json::Value,
    /// How it is doing.
    pub health: AccountHealth,
}

/// How an account is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountHealth {
    /// The state in one word.
    pub state: HealthState,
    /// The last time a fetch reached the network and was stored.
    pub last_good: Option<Timestamp>,
    /// What is wrong, as a sentence for staff; empty when nothing is.
    pub trouble: String,
    /// What staff can do about it; empty when nothing is wrong.
    pub mend: String,
    /// How far a long first fetch has come.
    pub progress: Option<Progress>,
    /// The next try, while waiting after a failure.
    pub next_try: Option<Timestamp>,
    /// Replies waiting to leave through it.
    pub outbox_waiting: u32,
}

/// The state of an account in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// Never fetched yet.
    #[default]
    New,
    /// Fetching its past.
    CatchingUp,
    /// Up to date.
    Current,
    /// The network cannot be reached now.
    Offline,
    /// Somebody must sign in again.
    SignIn,
    /// Something else is wrong; see the trouble.
    Trouble,
    /// Staff stopped it.
    Stopped,
}

/// A prepared text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Canned {
    /// Which.
    pub id: CannedId,
    /// Typed after `/`.
    pub shortcut: String,
    /// Title in lists.
    pub title: String,
    /// The text, with variables such as `{contact.first_name|there}`.
    pub text: String,
}

/// The words of the practice that every screen needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Vocabulary {
    /// Staff members.
    pub staff: Vec<StaffMember>,
    /// Pools in their order.
    pub pools: Vec<Pool>,
    /// Tags by name.
    pub tags: Vec<Tag>,
    /// Saved views that the staff member sees.
    pub views: Vec<View>,
    /// Canned responses by shortcut.
    pub canned: Vec<Canned>,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AuditEntry {
    /// Position in the log, from 1.
    #[ts(type = "number")]
    pub seq: u64,
    /// The operation.
    pub operation: OperationId,
    /// When.
    pub at: Timestamp,
    /// The staff member; none: Anteroom itself.
    pub staff: Option<StaffId>,
    /// The kind word of the change.
    pub what: String,
    /// The conversation it concerned.
    pub conversation: Option<ConversationId>,
}

/// What verifying the audit log found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditReport {
    /// Entries checked.
    #[ts(type = "number")]
    pub entries: u64,
    /// The hash of the last entry, in hexadecimal: keep it elsewhere to notice a cut-off log.
    pub head: String,
    /// Where the chain breaks, and how, in words; empty when it holds.
    pub breaks: Vec<String>,
    /// Entries whose content was erased with a contact; their place in the chain holds.
    #[ts(type = "number")]
    pub erased: u64,
}

/// What went when a contact was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErasureCertificate {
    /// Conversations.
    #[ts(type = "number")]
    pub conversations: u64,
    /// Messages and notes.
    #[ts(type = "number")]
    pub messages: u64,
    /// Files.
    #[ts(type = "number")]
    pub attachments: u64,
}

/// What changed, for screens to ask again: ids and kinds, never patient text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// These conversations changed, or are new.
    Conversations {
        /// Which; empty means many: ask for everything again.
        ids: Vec<ConversationId>,
    },
    /// New inbound messages arrived in these conversations.
    Arrived {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// Contacts changed.
    Contacts {
        /// Which.
        ids: Vec<ContactId>,
    },
    /// Staff, pools, tags, views, canned responses or settings changed.
    Vocabulary,
    /// An account's health changed.
    Account {
        /// Which.
        id: AccountId,
    },
    /// The practice was opened, locked or removed.
    Practice,
    /// A long piece of work moved on.
    Work {
        /// Which piece: `import`, `backup`, `restore`.
        what: String,
        /// How far it is.
        progress: Progress,
    },
}

/// A file, asked for by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachmentBytes {
    /// Which.
    pub id: AttachmentId,
    /// Safe name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// The bytes in base64.
    pub base64: String,
}
