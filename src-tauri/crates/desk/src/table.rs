//! The command table: everything a window or script can ask, with its request, its answer, the right
//! it needs, and what it provides to or makes stale in a screen's cache.
//!
//! From this one table come the router, the TypeScript types and the rights check. A command without
//! a handler does not compile.

use std::sync::Arc;

use domain::operation::Origin;
use domain::rights::Right;
use domain::views::{
    AttachmentBytes, AuditReport, ContactCard, ConversationView, Counts, ErasureCertificate,
    InboxPage, OutboxView, SearchPage, Vocabulary,
};
use domain::{AttachmentMeta, StaffId};
use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode, Result};
#[allow(
    clippy::wildcard_imports,
    reason = "the table names every request there is"
)]
use crate::requests::*;

/// A kind of cached answer. Reads provide them; writes and events make them stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named after what they hold")]
pub enum CacheTag {
    Status,
    Vocabulary,
    Settings,
    Counts,
    Lists,
    Conversation,
    Contact,
    Search,
    Accounts,
    Audit,
    Backups,
}

/// One command, as screens and tests see it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// The right it needs; none for what works without an open practice, or decides itself.
    pub right: Option<Right>,
    /// What its answer provides.
    pub provides: &'static [CacheTag],
    /// What it makes stale.
    pub stales: &'static [CacheTag],
}

/// The door: every window and script asks through one of these.
#[derive(Clone)]
pub struct Commands {
    caller: Caller,
}

impl Commands {
    /// Commands in the name of the staff member who is signed in.
    pub fn new(desk: Arc<Desk>, origin: Origin) -> Self {
        Self {
            caller: Caller::new(desk, origin),
        }
    }

    /// The same in the name of another staff member.
    pub fn as_staff(&self, staff: StaffId) -> Self {
        Self {
            caller: self.caller.as_staff(staff),
        }
    }

    /// Runs the command called `name`: the one door for windows.
    ///
    /// # Errors
    /// Whatever the command answers; [`ErrorCode::BadRequest`] for an unknown name.
    pub async fn call(&self, name: &str, request: Value) -> Result<Value> {
        let result = dispatch(self, name, request).await;
        if let Err(error) = &result {
            tracing::debug!(command = name, code = ?error.code, "a command was refused");
        }
        result
    }
}

macro_rules! commands {
    ($( $name:ident($request:ty) -> $response:ty, $right:expr, [$($provides:ident)*] => [$($stales:ident)*]; )*) => {
        /// Every command.
        pub const TABLE: &[Entry] = &[
            $(Entry {
                name: stringify!($name),
                right: $right,
                provides: &[$(CacheTag::$provides),*],
                stales: &[$(CacheTag::$stales),*],
            }),*
        ];

        /// Every command as a typed call. Whether the staff member may is decided here, before any
        /// other work; there is no way to a command past it.
        impl Commands {
            $(
                #[doc = concat!("The command `", stringify!($name), "`.")]
                pub async fn $name(&self, request: $request) -> Result<$response> {
                    if let Some(right) = $right {
                        self.caller.require(right)?;
                    }
                    self.caller.$name(request).await
                }
            )*
        }

        async fn dispatch(commands: &Commands, name: &str, request: Value) -> Result<Value> {
            match name {
                $(stringify!($name) => render(&commands.$name(parse(request)?).await?),)*
                _ => Err(CommandError::bad_request(format!("There is no command called {name}."))),
            }
        }

        /// The table in TypeScript: a map from command to request and response, and the cache tags.
        pub fn typescript(config: &ts_rs::Config) -> String {
            let mut out = String::from("export interface Commands {\n");
            $(out.push_str(&format!(
                "  {}: {{ request: {}; response: {} }};\n",
                stringify!($name),
                <$request as TS>::name(config),
                <$response as TS>::name(config),
            ));)*
            out.push_str("}\n");
            out
        }

        /// Hands every type of the table to `visit`.
        pub fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
            $(visitor.visit::<$request>(); visitor.visit::<$response>();)*
        }
    };
}

use Right::{
    Audit, EditContacts, EditVocabulary, Erase, ManageAccounts, ManageStaff, MoveData, Note, Read,
    ReplyPrivately, Triage,
};

commands! {
    // Opening and closing
    status(Nothing) -> Status, None, [Status] => [];
    create_practice(CreatePractice) -> CreatedPractice, None, [] => [Status];
    unlock(Unlock) -> Ok, None, [] => [Status];
    recover(Recover) -> Ok, None, [] => [Status];
    restore(Restore) -> Ok, None, [] => [Status];
    lock(Nothing) -> Ok, None, [] => [Status];
    start_demo(StartDemo) -> Ok, None, [] => [Status];
    leave_demo(Nothing) -> Ok, None, [] => [Status];
    remove_demo(Nothing) -> Ok, None, [] => [Status];
    change_protection(ChangeProtection) -> Ok, Some(ManageStaff), [] => [Status];
    new_recovery_key(Nothing) -> CreatedPractice, Some(ManageStaff), [] => [];

    // Reading
    vocabulary(Nothing) -> Vocabulary, Some(Read), [Vocabulary] => [];
    settings(Nothing) -> Settings, Some(Read), [Settings] => [];
    counts(Nothing) -> Counts, Some(Read), [Counts] => [];
    list(List) -> InboxPage, Some(Read), [Lists] => [];
    conversation(Show) -> ConversationView, Some(Read), [Conversation] => [];
    older_messages(Older) -> MessagesPage, Some(Read), [Conversation] => [];
    message_html(MessageHtml) -> HtmlView, Some(Read), [Conversation] => [];
    message_source(MessageSource) -> SourceView, Some(Read), [Conversation] => [];
    attachment(OpenAttachment) -> AttachmentBytes, Some(Read), [] => [];
    save_attachment(OpenAttachment) -> SavedFile, Some(Read), [] => [];
    contact(ShowContact) -> ContactCard, Some(Read), [Contact] => [];
    search(Search) -> SearchPage, Some(Read), [Search] => [];
    audit(ReadAudit) -> AuditPage, Some(Audit), [Audit] => [];
    verify_audit(Nothing) -> AuditReport, Some(Audit), [] => [];

    // Working the inbox
    act(Act) -> Done, Some(Triage), [] => [Lists Counts Conversation Search];
    merge(Merge) -> Done, Some(Triage), [] => [Lists Counts Conversation Contact Search];
    split(Split) -> SplitDone, Some(Triage), [] => [Lists Counts Conversation Contact Search];
    undo(Undo) -> Done, Some(Triage), [] => [Lists Counts Conversation Contact Search Vocabulary Settings];

    // Writing
    save_draft(SaveDraft) -> Ok, Some(Note), [] => [];
    discard_draft(DiscardDraft) -> Ok, Some(Note), [] => [Lists Counts Conversation];
    attach(Attach) -> AttachmentMeta, Some(Note), [] => [];
    add_note(AddNote) -> NoteDone, Some(Note), [] => [Lists Counts Conversation];
    send_reply(SendReply) -> ReplyOnItsWay, Some(ReplyPrivately), [] => [Lists Counts Conversation];
    deliver(OfReply) -> OutboxView, Some(ReplyPrivately), [] => [Lists Counts Conversation];
    cancel_reply(OfReply) -> Done, Some(ReplyPrivately), [] => [Lists Counts Conversation];
    retry_reply(OfReply) -> Done, Some(ReplyPrivately), [] => [Lists Counts Conversation];
    resolve_reply(ResolveReply) -> Done, Some(ReplyPrivately), [] => [Lists Counts Conversation];

    // Vocabulary
    save_tag(SaveTag) -> SavedId, Some(Triage), [] => [Vocabulary];
    remove_tag(OfTag) -> Done, Some(EditVocabulary), [] => [Vocabulary Lists];
    save_pool(SavePool) -> SavedId, Some(EditVocabulary), [] => [Vocabulary];
    remove_pool(OfPool) -> Done, Some(EditVocabulary), [] => [Vocabulary Lists Counts];
    save_view(SaveView) -> SavedId, Some(Triage), [] => [Vocabulary Counts];
    remove_view(OfView) -> Done, Some(Triage), [] => [Vocabulary Counts];
    save_canned(SaveCanned) -> SavedId, Some(EditVocabulary), [] => [Vocabulary];
    remove_canned(OfCanned) -> Done, Some(EditVocabulary), [] => [Vocabulary];
    save_staff(SaveStaff) -> SavedId, Some(ManageStaff), [] => [Vocabulary Status];
    save_setting(SaveSetting) -> Done, Some(Read), [] => [Settings];

    // Contacts
    save_contact(SaveContact) -> Done, Some(EditContacts), [] => [Contact Lists Conversation];
    merge_contacts(MergeContacts) -> Done, Some(EditContacts), [] => [Contact Lists Conversation];
    part_contacts(PartContacts) -> Done, Some(EditContacts), [] => [Contact Lists Conversation];
    erase_contact(EraseContact) -> ErasureCertificate, Some(Erase), [] => [Contact Lists Counts Conversation Search];

    // Accounts
    accounts(Nothing) -> Accounts, Some(Read), [Accounts] => [];
    discover(Discover) -> Discovered, Some(ManageAccounts), [] => [];
    check_account(CheckAccount) -> CheckedAccount, Some(ManageAccounts), [] => [];
    save_account(SaveAccount) -> SavedId, Some(ManageAccounts), [] => [Accounts];
    remove_account(OfAccount) -> Done, Some(ManageAccounts), [] => [Accounts];
    sync_now(OfAccount) -> Ok, Some(Read), [] => [Accounts];
    stop_sync(OfAccount) -> Ok, Some(ManageAccounts), [] => [Accounts];
    resume_sync(OfAccount) -> Ok, Some(ManageAccounts), [] => [Accounts];

    // Data
    backups(Nothing) -> BackupState, Some(Read), [Backups] => [];
    make_backup(MakeBackup) -> BackupFile, Some(MoveData), [] => [Backups];
    restore_drill(Nothing) -> DrillReport, Some(MoveData), [] => [Backups];
    import(Import) -> ImportReport, Some(MoveData), [] => [Lists Counts Search];
    stop_work(Nothing) -> Ok, Some(MoveData), [] => [];
}

fn parse<T: serde::de::DeserializeOwned>(request: Value) -> Result<T> {
    // A request without fields may come as null.
    let request = if request.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        request
    };
    // serde's own words could repeat patient text from the request, so only the kind is told.
    serde_json::from_value(request).map_err(|error| {
        CommandError::bad_request(format!(
            "The request does not fit the command ({:?}).",
            error.classify()
        ))
    })
}

fn render<T: Serialize>(response: &T) -> Result<Value> {
    serde_json::to_value(response).map_err(|_| {
        CommandError::new(
            ErrorCode::Internal,
            "The answer could not be written down.",
            "Try again; if it happens again, restart Anteroom. Nothing was lost.",
        )
    })
}
