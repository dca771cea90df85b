//! What the commands take and what they return beyond the rows of [`domain::views`].
//!
//! A request names things by id. Secrets travel inward only: [`Secret`] cannot be serialised.

use domain::conversation::TagColour;
use domain::operation::AfterReply;
use domain::views::{AccountView, AuditEntry, DraftKind, InboxSort, ListScope, MessageView};
use domain::{
    AccountId, Acuity, AttachmentId, CannedId, ContactId, ConversationId, Handle, MessageId,
    OperationId, PatientText, PoolId, Role, Secret, StaffId, StaffMember, TagId, Timestamp, ViewId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Declares plain request types without repeating their derives.
macro_rules! requests {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Deserialize, TS)]
        #[allow(missing_docs, reason = "the names say what the fields are; doubts have a comment")]
        pub struct $name { $($(#[$field_meta])* pub $field: $type),* }
    )*};
}

/// A request without content.
#[derive(Clone, Copy, Debug, Default, Deserialize, TS)]
#[ts(type = "Record<string, never> | null")]
pub struct Nothing {}

/// An answer without content.
#[derive(Clone, Copy, Debug, Default, Serialize, TS)]
#[ts(type = "Record<string, never>")]
pub struct Ok {}

// ---- Opening and closing the practice -----------------------------------------------------------

/// What opens the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// The keychain of this computer.
    Keychain,
    /// A passphrase, where there is no keychain.
    Passphrase,
    /// Both are needed.
    Both,
}

/// What the window should show first.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Status {
    /// Where the practice stands.
    pub practice: PracticeStatus,
    /// Version of this build.
    pub version: String,
    /// Whether this computer has a keychain that answers.
    pub keychain: bool,
    /// Whether a demo practice exists on this computer.
    pub demo_exists: bool,
}

/// Where the practice stands.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PracticeStatus {
    /// Nothing was set up yet.
    None,
    /// It is there, but closed.
    Locked {
        /// What opens it.
        protection: Protection,
        /// Why it could not be opened by itself.
        problem: Option<crate::error::CommandError>,
    },
    /// It is open.
    Open {
        /// Its name.
        name: String,
        /// Who is signed in.
        me: StaffMember,
        /// Whether this is the demo practice.
        demo: bool,
        /// What opens it.
        protection: Protection,
    },
}

requests! {
    /// Sets the practice up. `passphrase` is needed unless the keychain alone protects it.
    CreatePractice { name: String, administrator: String, protection: Protection, passphrase: Option<Secret> }
    /// Opens the practice.
    Unlock { passphrase: Option<Secret> }
    /// Opens the practice with the recovery key, and protects it anew.
    Recover { recovery_key: Secret, protection: Protection, passphrase: Option<Secret> }
    /// Changes what opens the practice.
    ChangeProtection { protection: Protection, passphrase: Option<Secret> }
    /// Opens the demo practice, made new where there is none.
    StartDemo { protection: Protection, passphrase: Option<Secret> }
    /// Replaces the practice on this computer by a backup; only where there is none yet.
    Restore { path: String, recovery_key: Secret, protection: Protection, passphrase: Option<Secret> }
}

/// The practice was set up.
#[derive(Clone, Serialize, TS)]
pub struct CreatedPractice {
    /// To be printed and kept away from this computer. Shown once.
    pub recovery_key: String,
}

// ---- Reading ------------------------------------------------------------------------------------

requests! {
    /// A page of the conversation list.
    List { scope: ListScope, #[serde(default)] sort: InboxSort, cursor: Option<String>, limit: Option<u32> }
    /// One conversation.
    Show { conversation: ConversationId }
    /// Older messages of a conversation.
    Older { conversation: ConversationId, cursor: String }
    /// The HTML form of a message.
    MessageHtml { message: MessageId }
    /// The untouched bytes of a message that could not be understood.
    MessageSource { message: MessageId }
    /// A file of a conversation.
    OpenAttachment { conversation: ConversationId, attachment: AttachmentId }
    /// A contact.
    ShowContact { contact: ContactId }
    /// A search. `ranked` orders the newest 2,000 hits by how well they match.
    Search { query: String, cursor: Option<String>, #[serde(default)] ranked: bool, #[serde(default)] record: bool }
    /// A page of the audit log, newest first.
    ReadAudit { before: Option<u32>, limit: Option<u32> }
}

/// Older messages, oldest first.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MessagesPage {
    /// The messages.
    pub messages: Vec<MessageView>,
    /// Where still older ones begin.
    pub older: Option<String>,
}

/// The HTML form of a message, cleaned: nothing executable, nothing remote.
#[derive(Clone, Debug, Serialize, TS)]
pub struct HtmlView {
    /// The HTML, for a frame without script and origin.
    pub html: PatientText,
    /// How many remote images were taken out.
    pub remote_images: u32,
}

/// The untouched text of a message.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SourceView {
    /// The bytes as text, undecodable ones replaced.
    pub source: PatientText,
}

/// Where a file was saved.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SavedFile {
    /// The path.
    pub path: String,
}

/// A page of the audit log.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
}

// ---- Working the inbox --------------------------------------------------------------------------

/// On which conversations an action works.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Targets {
    /// On these.
    Ids {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// On everything that the list shows, also what has not been scrolled to.
    Scope {
        /// The list.
        scope: ListScope,
    },
}

/// What can be done to one or many conversations. All of it can be undone for seven days.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "action", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say what the fields are")]
pub enum Action {
    AddTag { tag: TagId },
    TakeTag { tag: TagId },
    Claim,
    Assign { staff: StaffId },
    Release,
    Pool { pool: PoolId },
    Close,
    Reopen,
    Wait,
    Snooze { until: Timestamp },
    SetAcuity { acuity: Acuity, reason: String },
    MarkRead,
    MarkUnread,
}

requests! {
    /// Does one thing to one or many conversations.
    Act { targets: Targets, action: Action }
    /// Moves all of `from` into `into`.
    Merge { into: ConversationId, from: ConversationId }
    /// Moves messages into a conversation of their own.
    Split { from: ConversationId, messages: Vec<MessageId> }
    /// Takes an operation back; without one, the newest of one's own that can be taken back.
    Undo { operation: Option<OperationId> }
}

/// A change was made.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct Done {
    /// For taking it back; none where nothing changed.
    pub operation: Option<OperationId>,
    /// How many conversations changed.
    pub changed: u32,
}

/// A conversation was split.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct SplitDone {
    /// The new conversation.
    pub conversation: ConversationId,
    /// For taking it back.
    pub operation: Option<OperationId>,
}

// ---- Writing ------------------------------------------------------------------------------------

requests! {
    /// Keeps what staff were about to write. One draft a conversation.
    SaveDraft {
        conversation: ConversationId, kind: DraftKind, to: Option<Handle>, subject: String, text: String,
        attachments: Vec<AttachmentId>,
    }
    /// Throws a draft away.
    DiscardDraft { conversation: ConversationId }
    /// Takes a file over for a draft.
    Attach { conversation: ConversationId, name: String, base64: String }
    /// Writes an internal note.
    AddNote { conversation: ConversationId, text: String, #[serde(default)] mentions: Vec<StaffId> }
    /// Sends a reply: it is held for the undo time, or until `send_at`.
    SendReply {
        conversation: ConversationId, to: Option<Handle>, subject: Option<String>, text: String,
        #[serde(default)] attachments: Vec<AttachmentId>, send_at: Option<Timestamp>,
        #[serde(default)] then: AfterReply,
    }
    /// A reply on its way.
    OfReply { reply: MessageId }
    /// What a person found out about a reply whose outcome was unknown.
    ResolveReply { reply: MessageId, verdict: Verdict }
}

/// What a person found out about a reply whose outcome was unknown.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It arrived.
    Arrived,
    /// It did not arrive: send it again.
    SendAgain,
    /// It did not arrive, and shall not be sent.
    DoNotSend,
}

/// A reply is on its way.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct ReplyOnItsWay {
    /// The reply.
    pub reply: MessageId,
    /// Until when it can be taken back.
    pub held_until: Timestamp,
}

/// A note was written.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct NoteDone {
    /// The note.
    pub note: MessageId,
}

// ---- The practice's vocabulary ------------------------------------------------------------------

requests! {
    /// Makes a tag, or changes one.
    SaveTag { id: Option<TagId>, name: String, colour: TagColour }
    /// Puts a tag away.
    OfTag { tag: TagId }
    /// Makes a pool, or renames one.
    SavePool { id: Option<PoolId>, name: String }
    /// Puts a pool away.
    OfPool { pool: PoolId }
    /// Saves a view, for oneself or for everybody.
    SaveView { id: Option<ViewId>, name: String, query: String, only_for_me: bool }
    /// Puts a view away.
    OfView { view: ViewId }
    /// Makes a canned response, or changes one.
    SaveCanned { id: Option<CannedId>, shortcut: String, title: String, text: String }
    /// Puts a canned response away.
    OfCanned { canned: CannedId }
    /// Adds a staff member, or changes one.
    SaveStaff { id: Option<StaffId>, name: String, role: Role, active: bool }
    /// Changes a setting, for oneself or for the practice.
    SaveSetting { key: String, #[ts(type = "unknown")] value: serde_json::Value, mine: bool }
}

/// Something was saved.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SavedId {
    /// Its id.
    pub id: String,
}

/// Settings by key: the practice's, overlaid by one's own.
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct Settings {
    /// Values by key, such as `hold_seconds`, `theme`, `language`.
    #[ts(type = "Record<string, unknown>")]
    pub values: serde_json::Map<String, serde_json::Value>,
}

// ---- Contacts -----------------------------------------------------------------------------------

requests! {
    /// Names a contact.
    SaveContact { contact: ContactId, name: String }
    /// States that two contacts are one person.
    MergeContacts { into: ContactId, from: ContactId }
    /// Takes such a statement back.
    PartContacts { from: ContactId, contact: ContactId }
    /// Erases all that is stored of a contact. Cannot be taken back.
    EraseContact { contact: ContactId }
}

// ---- Accounts -----------------------------------------------------------------------------------

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS.
    StartTls,
    /// None; possible only to this computer itself.
    Plain,
}

/// One server of a mail account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "the names say it")]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: ConnectionSecurity,
}

/// A mail account as staff enter it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MailAccount {
    /// The address that patients write to.
    pub address: String,
    /// The name that patients see.
    pub from_name: String,
    /// Other addresses of the same mailbox.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The name to sign in with; often the address.
    pub user: String,
    /// For reading.
    pub imap: MailServer,
    /// For sending.
    pub smtp: MailServer,
    /// How many days back the first fetch goes.
    pub first_days: u32,
}

requests! {
    /// Looks for the servers of an address.
    Discover { address: String }
    /// Tries a mail account without saving it.
    CheckAccount { account: MailAccount, password: Secret }
    /// Connects a mail account, or changes one; without a password the stored one stays.
    SaveAccount { id: Option<AccountId>, account: MailAccount, password: Option<Secret> }
    /// An account.
    OfAccount { account: AccountId }
}

/// What was found about the servers of an address.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Discovered {
    /// Settings to start from.
    pub account: MailAccount,
    /// How they were found, as a sentence.
    pub source: String,
    /// Whether they answered when tried.
    pub confirmed: bool,
}

/// A mail account answered.
#[derive(Clone, Debug, Serialize, TS)]
pub struct CheckedAccount {
    /// What the server offers and lacks, as sentences.
    pub remarks: Vec<String>,
}

/// All accounts.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Accounts {
    /// With their health.
    pub accounts: Vec<AccountView>,
}

// ---- Data ---------------------------------------------------------------------------------------

requests! {
    /// Makes a backup; without a path, in the practice's backup folder.
    MakeBackup { path: Option<String> }
    /// Imports mail from a file or folder: mbox, Maildir or a folder of .eml files.
    Import { path: String }
}

/// The state of backups.
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct BackupState {
    /// The newest, if there is one.
    pub newest: Option<BackupFile>,
    /// Where they are kept.
    pub folder: String,
    /// When the newest was last tried by restoring it.
    pub drilled_at: Option<Timestamp>,
}

/// A backup on disk.
#[derive(Clone, Debug, Serialize, TS)]
pub struct BackupFile {
    /// The path.
    pub path: String,
    /// Bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When it was made.
    pub made_at: Timestamp,
}

/// What a restore drill found.
#[derive(Clone, Debug, Serialize, TS)]
pub struct DrillReport {
    /// Whether everything in the backup equals what is stored.
    pub equal: bool,
    /// Tables compared.
    pub tables: u32,
    /// Messages restored.
    pub messages: u32,
    /// What differs, in words.
    pub differences: Vec<String>,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, Serialize, TS)]
pub struct ImportReport {
    /// Messages found.
    #[ts(type = "number")]
    pub found: u64,
    /// Stored now.
    #[ts(type = "number")]
    pub stored: u64,
    /// Stored before.
    #[ts(type = "number")]
    pub known: u64,
    /// Kept raw because they could not be understood.
    #[ts(type = "number")]
    pub unreadable: u64,
    /// Passed over because they are larger than any mail.
    #[ts(type = "number")]
    pub too_large: u64,
}
