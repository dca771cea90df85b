// Made by `cargo xtask bindings` from the command table. Do not edit.

export type Abilities = { 
/**
 * A reply that everyone can read.
 */
reply_publicly: boolean, 
/**
 * A reply that only the contact can read.
 */
reply_privately: boolean, 
/**
 * An item can be hidden from the public.
 */
hide: boolean, 
/**
 * An item can be liked.
 */
like: boolean, 
/**
 * A sent reply can be edited.
 */
edit: boolean, 
/**
 * A subject line exists.
 */
subject: boolean, 
/**
 * The longest reply, in the unit of `counting`; `None` where no limit is known.
 */
max_length: number | null, 
/**
 * The unit of `max_length`.
 */
counting: Counting, 
/**
 * The most attachments in one reply.
 */
max_attachments: number, 
/**
 * The most bytes of all attachments of one reply.
 */
max_attachment_bytes: number, 
/**
 * How long after the contact's last message a reply is possible, in minutes; `None`: always.
 */
reply_window_minutes: number | null, };

export type AccountHealth = { 
/**
 * The state in one word.
 */
state: HealthState, 
/**
 * The last time a fetch reached the network and was stored.
 */
last_good: Timestamp | null, 
/**
 * What is wrong, as a sentence for staff; empty when nothing is.
 */
trouble: string, 
/**
 * What staff can do about it; empty when nothing is wrong.
 */
mend: string, 
/**
 * How far a long first fetch has come.
 */
progress: Progress | null, 
/**
 * The next try, while waiting after a failure.
 */
next_try: Timestamp | null, 
/**
 * Replies waiting to leave through it.
 */
outbox_waiting: number, };

export type AccountId = string;

export type AccountView = { 
/**
 * Which.
 */
id: AccountId, 
/**
 * The network.
 */
channel: Channel, 
/**
 * Its address there.
 */
address: PatientText, 
/**
 * Settings without secrets, in the channel's own shape.
 */
settings: unknown, 
/**
 * How it is doing.
 */
health: AccountHealth, };

export type Accounts = { 
/**
 * With their health.
 */
accounts: Array<AccountView>, };

export type Act = { targets: Targets, action: Action, };

export type Action = { "action": "add_tag", tag: TagId, } | { "action": "take_tag", tag: TagId, } | { "action": "claim" } | { "action": "assign", staff: StaffId, } | { "action": "release" } | { "action": "pool", pool: PoolId, } | { "action": "close" } | { "action": "reopen" } | { "action": "wait" } | { "action": "snooze", until: Timestamp, } | { "action": "set_acuity", acuity: Acuity, reason: string, } | { "action": "mark_read" } | { "action": "mark_unread" };

export type Acuity = "administrative" | "routine" | "same_day" | "emergency";

export type AddNote = { conversation: ConversationId, text: string, mentions: Array<StaffId>, };

export type AfterReply = "wait" | "close" | "stay_open";

export type Attach = { conversation: ConversationId, name: string, base64: string, };

export type AttachmentBytes = { 
/**
 * Which.
 */
id: AttachmentId, 
/**
 * Safe name.
 */
name: string, 
/**
 * Media type.
 */
media_type: string, 
/**
 * The bytes in base64.
 */
base64: string, };

export type AttachmentId = string;

export type AttachmentMeta = { 
/**
 * Which.
 */
id: AttachmentId, 
/**
 * A name that is safe to show and to save under.
 */
name: string, 
/**
 * Media type, as found in the bytes where it can be told, else as declared.
 */
media_type: string, 
/**
 * Size in bytes.
 */
size: number, 
/**
 * Shown inside the text rather than below it.
 */
inline: boolean, 
/**
 * The id by which an HTML part refers to it, without angle brackets.
 */
content_id: string | null, 
/**
 * Why opening it is dangerous, if it is.
 */
danger: Danger | null, 
/**
 * Whether the bytes are on this computer.
 */
stored: boolean, };

export type AuditEntry = { 
/**
 * Position in the log, from 1.
 */
seq: number, 
/**
 * The operation.
 */
operation: OperationId, 
/**
 * When.
 */
at: Timestamp, 
/**
 * The staff member; none: Anteroom itself.
 */
staff: StaffId | null, 
/**
 * The kind word of the change.
 */
what: string, 
/**
 * The conversation it concerned.
 */
conversation: ConversationId | null, };

export type AuditPage = { 
/**
 * Newest first.
 */
entries: Array<AuditEntry>, };

export type AuditReport = { 
/**
 * Entries checked.
 */
entries: number, 
/**
 * The hash of the last entry, in hexadecimal: keep it elsewhere to notice a cut-off log.
 */
head: string, 
/**
 * Where the chain breaks, and how, in words; empty when it holds.
 */
breaks: Array<string>, 
/**
 * Entries whose content was erased with a contact; their place in the chain holds.
 */
erased: number, };

export type AutomaticKind = "reply" | "notice" | "list" | "report";

export type BackupFile = { 
/**
 * The path.
 */
path: string, 
/**
 * Bytes.
 */
bytes: number, 
/**
 * When it was made.
 */
made_at: Timestamp, };

export type BackupState = { 
/**
 * The newest, if there is one.
 */
newest: BackupFile | null, 
/**
 * Where they are kept.
 */
folder: string, 
/**
 * When the newest was last tried by restoring it.
 */
drilled_at: Timestamp | null, };

export type CacheTag = "status" | "vocabulary" | "settings" | "counts" | "lists" | "conversation" | "contact" | "search" | "accounts" | "audit" | "backups";

export type Canned = { 
/**
 * Which.
 */
id: CannedId, 
/**
 * Typed after `/`.
 */
shortcut: string, 
/**
 * Title in lists.
 */
title: string, 
/**
 * The text, with variables such as `{contact.first_name|there}`.
 */
text: string, };

export type CannedId = string;

export type ChangeProtection = { protection: Protection, passphrase: string | null, };

export type Channel = "email" | "facebook_comment" | "messenger" | "instagram_comment" | "instagram_direct" | "x_mention" | "x_direct" | "linkedin_comment" | "bluesky" | "bluesky_chat" | "mastodon" | "mastodon_direct" | "review";

export type CheckAccount = { account: MailAccount, password: string, };

export type CheckedAccount = { 
/**
 * What the server offers and lacks, as sentences.
 */
remarks: Array<string>, };

export type CommandError = { 
/**
 * For screens and scripts.
 */
code: ErrorCode, 
/**
 * What happened, and what is safe.
 */
message: string, 
/**
 * What to do next.
 */
help: string, };

export type ConnectionSecurity = "tls" | "start_tls" | "plain";

export type ContactCard = { 
/**
 * Who.
 */
id: ContactId, 
/**
 * The name staff see.
 */
name: PatientText, 
/**
 * How they are known on each network.
 */
handles: Array<Handle>, 
/**
 * Whether staff confirmed that this is a patient.
 */
patient: boolean, 
/**
 * When they first wrote.
 */
first_at: Timestamp, 
/**
 * Their newest conversations, newest first.
 */
conversations: Array<ConversationRow>, 
/**
 * How many conversations there are in all.
 */
conversation_count: number, 
/**
 * Contacts merged into this one by hand, which can be parted again.
 */
merged: Array<ContactId>, };

export type ContactId = string;

export type ConversationId = string;

export type ConversationRow = { 
/**
 * Which.
 */
id: ConversationId, 
/**
 * With whom.
 */
contact: ContactId, 
/**
 * The contact's name, or the address where no name is known.
 */
contact_name: PatientText, 
/**
 * Where.
 */
channel: Channel, 
/**
 * Through which account.
 */
account: AccountId, 
/**
 * Public or private.
 */
visibility: Visibility, 
/**
 * Subject line; empty where the channel has none.
 */
subject: PatientText, 
/**
 * The beginning of the newest message.
 */
preview: PatientText, 
/**
 * Whether the newest message is the practice's own.
 */
preview_is_ours: boolean, 
/**
 * Whose turn it is.
 */
state: ConversationState, 
/**
 * Clinical urgency.
 */
acuity: Acuity, 
/**
 * Whether the urgency rests on a red flag.
 */
red_flag: boolean, 
/**
 * The pool responsible.
 */
pool: PoolId, 
/**
 * The one staff member responsible.
 */
assignee: StaffId | null, 
/**
 * Its tags.
 */
tags: Array<TagId>, 
/**
 * Messages not read yet.
 */
unread: number, 
/**
 * All messages and notes.
 */
messages: number, 
/**
 * Whether files came or went with it.
 */
has_attachments: boolean, 
/**
 * Whether a draft waits.
 */
has_draft: boolean, 
/**
 * The most telling state among its replies on their way: failed, uncertain, held, queued, sending.
 */
outbox: OutboxState | null, 
/**
 * Instant of the newest message.
 */
last_at: Timestamp, 
/**
 * Since when the contact has waited for an answer; none when it is not the practice's turn.
 */
waiting_since: Timestamp | null, };

export type ConversationState = { "state": "open" } | { "state": "waiting" } | { "state": "snoozed", 
/**
 * When it comes back.
 */
until: Timestamp, } | { "state": "closed" };

export type ConversationView = { 
/**
 * The same facts as in the list.
 */
row: ConversationRow, 
/**
 * The account's own address, from which replies leave.
 */
account_address: PatientText, 
/**
 * What a reply may be.
 */
abilities: Abilities, 
/**
 * To whom a reply goes unless staff choose another.
 */
reply_to: Handle, 
/**
 * The subject of a reply.
 */
reply_subject: PatientText, 
/**
 * Oldest first; the newest messages of the conversation, up to the page's size.
 */
messages: Array<MessageView>, 
/**
 * Where older messages begin; none when all are here.
 */
older: string | null, 
/**
 * The first message nobody had read.
 */
first_unread: MessageId | null, 
/**
 * What staff and machine did, oldest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * What staff were about to write.
 */
draft: Draft | null, 
/**
 * The older conversation that this one continues.
 */
continues: ConversationId | null, };

export type Counting = "characters" | "graphemes" | "bytes" | "x_weighted";

export type Counts = { inbox: number, mine: number, unassigned: number, red_flags: number, waiting: number, snoozed: number, closed: number, outbox: number, drafts: number, unread: number, 
/**
 * Open conversations by pool.
 */
pools: Array<[PoolId, number]>, 
/**
 * Conversations by saved view.
 */
views: Array<[ViewId, number]>, };

export type CreatePractice = { name: string, administrator: string, protection: Protection, passphrase: string | null, };

export type CreatedPractice = { 
/**
 * To be printed and kept away from this computer. Shown once.
 */
recovery_key: string, };

export type Danger = "program" | "script" | "active_page" | "container" | "shortcut" | "disguised";

export type DiscardDraft = { conversation: ConversationId, };

export type Discover = { address: string, };

export type Discovered = { 
/**
 * Settings to start from.
 */
account: MailAccount, 
/**
 * How they were found, as a sentence.
 */
source: string, 
/**
 * Whether they answered when tried.
 */
confirmed: boolean, };

export type Done = { 
/**
 * For taking it back; none where nothing changed.
 */
operation: OperationId | null, 
/**
 * How many conversations changed.
 */
changed: number, };

export type Draft = { 
/**
 * A reply, or an internal note.
 */
kind: DraftKind, 
/**
 * To whom a reply goes.
 */
to: Handle | null, 
/**
 * Subject of a reply.
 */
subject: PatientText, 
/**
 * The text so far.
 */
text: PatientText, 
/**
 * Files that go with it.
 */
attachments: Array<AttachmentMeta>, 
/**
 * Who wrote it.
 */
staff: StaffId, 
/**
 * When it was last saved.
 */
saved_at: Timestamp, };

export type DraftKind = "reply" | "note";

export type DrillReport = { 
/**
 * Whether everything in the backup equals what is stored.
 */
equal: boolean, 
/**
 * Tables compared.
 */
tables: number, 
/**
 * Messages restored.
 */
messages: number, 
/**
 * What differs, in words.
 */
differences: Array<string>, };

export type EraseContact = { contact: ContactId, };

export type ErasureCertificate = { 
/**
 * Conversations.
 */
conversations: number, 
/**
 * Messages and notes.
 */
messages: number, 
/**
 * Files.
 */
attachments: number, };

export type ErrorCode = "bad_request" | "not_allowed" | "not_found" | "conflict" | "no_practice" | "practice_exists" | "locked" | "needs_passphrase" | "wrong_passphrase" | "wrong_recovery_key" | "no_keychain" | "keychain_locked" | "keychain_entry_missing" | "wrong_key" | "damaged" | "newer_version" | "disk_full" | "read_only" | "already_open" | "unreachable" | "sign_in_refused" | "not_trusted" | "server_trouble" | "cannot_undo" | "stopped" | "file" | "internal";

export type Event = { "kind": "conversations", 
/**
 * Which; empty means many: ask for everything again.
 */
ids: Array<ConversationId>, } | { "kind": "arrived", 
/**
 * Which.
 */
ids: Array<ConversationId>, } | { "kind": "contacts", 
/**
 * Which.
 */
ids: Array<ContactId>, } | { "kind": "vocabulary" } | { "kind": "account", 
/**
 * Which.
 */
id: AccountId, } | { "kind": "practice" } | { "kind": "work", 
/**
 * Which piece: `import`, `backup`, `restore`.
 */
what: string, 
/**
 * How far it is.
 */
progress: Progress, };

export type Fold = { 
/**
 * What it covers.
 */
kind: FoldKind, 
/**
 * First byte.
 */
start: number, 
/**
 * Byte after the last.
 */
end: number, };

export type FoldKind = "quote" | "signature";

export type Handle = { 
/**
 * The network.
 */
channel: Channel, 
/**
 * The canonical address or id there.
 */
address: PatientText, 
/**
 * The name shown there, if any.
 */
name: PatientText, };

export type HealthState = "new" | "catching_up" | "current" | "offline" | "sign_in" | "trouble" | "stopped";

export type HtmlView = { 
/**
 * The HTML, for a frame without script and origin.
 */
html: PatientText, 
/**
 * How many remote images were taken out.
 */
remote_images: number, };

export type Import = { path: string, };

export type ImportReport = { 
/**
 * Messages found.
 */
found: number, 
/**
 * Stored now.
 */
stored: number, 
/**
 * Stored before.
 */
known: number, 
/**
 * Kept raw because they could not be understood.
 */
unreadable: number, 
/**
 * Passed over because they are larger than any mail.
 */
too_large: number, };

export type InboxPage = { 
/**
 * The rows in the order asked for.
 */
rows: Array<ConversationRow>, 
/**
 * Where the next page begins; none on the last page.
 */
next: string | null, };

export type InboxSort = "urgent" | "newest" | "waiting";

export type List = { scope: ListScope, sort: InboxSort, cursor: string | null, limit: number | null, };

export type ListScope = { "kind": "inbox" } | { "kind": "mine" } | { "kind": "unassigned" } | { "kind": "red_flags" } | { "kind": "waiting" } | { "kind": "snoozed" } | { "kind": "closed" } | { "kind": "outbox" } | { "kind": "drafts" } | { "kind": "all" } | { "kind": "pool", 
/**
 * Which.
 */
pool: PoolId, } | { "kind": "view", 
/**
 * Which.
 */
view: ViewId, } | { "kind": "query", 
/**
 * The query.
 */
query: string, };

export type MailAccount = { 
/**
 * The address that patients write to.
 */
address: string, 
/**
 * The name that patients see.
 */
from_name: string, 
/**
 * Other addresses of the same mailbox.
 */
aliases: Array<string>, 
/**
 * The name to sign in with; often the address.
 */
user: string, 
/**
 * For reading.
 */
imap: MailServer, 
/**
 * For sending.
 */
smtp: MailServer, 
/**
 * How many days back the first fetch goes.
 */
first_days: number, };

export type MailServer = { host: string, port: number, security: ConnectionSecurity, };

export type MakeBackup = { path: string | null, };

export type Merge = { into: ConversationId, from: ConversationId, };

export type MergeContacts = { into: ContactId, from: ContactId, };

export type MessageHtml = { message: MessageId, };

export type MessageId = string;

export type MessageKind = "inbound" | "reply" | "note";

export type MessageProtection = "none" | "signed" | "encrypted";

export type MessageSource = { message: MessageId, };

export type MessageView = { 
/**
 * Which.
 */
id: MessageId, 
/**
 * Inbound, reply or note.
 */
kind: MessageKind, 
/**
 * Who can read it.
 */
visibility: Visibility, 
/**
 * Who wrote it, as known on the network; for replies the account.
 */
from: Handle, 
/**
 * The staff member who wrote a reply or note here.
 */
staff: StaffId | null, 
/**
 * When it was sent (for notes: written).
 */
at: Timestamp, 
/**
 * Its own subject, where it differs from the conversation's.
 */
subject: PatientText, 
/**
 * The text to read.
 */
text: PatientText, 
/**
 * Parts of the text to fold away.
 */
folds: Array<Fold>, 
/**
 * Whether a cleaned HTML form exists (asked for separately).
 */
has_html: boolean, 
/**
 * How many remote images its HTML would have loaded.
 */
remote_images: number, 
/**
 * Files.
 */
attachments: Array<AttachmentMeta>, 
/**
 * Why it is automatic, if it is.
 */
automatic: AutomaticKind | null, 
/**
 * Signed or encrypted by its sender.
 */
protection: MessageProtection, 
/**
 * What was odd about it, in words for staff.
 */
problems: Array<string>, 
/**
 * Whether nobody had read it.
 */
unread: boolean, 
/**
 * Whether it is gone from where it came from.
 */
removed_elsewhere: boolean, 
/**
 * For replies made here: where it is on its way.
 */
outbox: OutboxView | null, 
/**
 * What the machine found in it: JSON of the triage's own shape, shown beside the text.
 */
findings: unknown, };

export type MessagesPage = { 
/**
 * The messages.
 */
messages: Array<MessageView>, 
/**
 * Where still older ones begin.
 */
older: string | null, };

export type NoteDone = { 
/**
 * The note.
 */
note: MessageId, };

export type Nothing = Record<string, never> | null;

export type OfAccount = { account: AccountId, };

export type OfCanned = { canned: CannedId, };

export type OfPool = { pool: PoolId, };

export type OfReply = { reply: MessageId, };

export type OfTag = { tag: TagId, };

export type OfView = { view: ViewId, };

export type Ok = Record<string, never>;

export type Older = { conversation: ConversationId, cursor: string, };

export type OpenAttachment = { conversation: ConversationId, attachment: AttachmentId, };

export type OperationId = string;

export type OutboxState = "held" | "queued" | "sending" | "sent" | "failed" | "uncertain" | "cancelled";

export type OutboxView = { 
/**
 * The state.
 */
state: OutboxState, 
/**
 * Not before this instant: the end of the undo time, the send time, or the next try.
 */
not_before: Timestamp, 
/**
 * How often it was tried.
 */
attempts: number, 
/**
 * Why it failed.
 */
failure: SendFailure | null, 
/**
 * The reason in the network's words.
 */
why: PatientText, };

export type PartContacts = { from: ContactId, contact: ContactId, };

export type PatientText = string;

export type Pool = { 
/**
 * Which.
 */
id: PoolId, 
/**
 * The name staff see; unique in the practice, compared without case.
 */
name: string, };

export type PoolId = string;

export type PracticeStatus = { "state": "none" } | { "state": "locked", 
/**
 * What opens it.
 */
protection: Protection, 
/**
 * Why it could not be opened by itself.
 */
problem: CommandError | null, } | { "state": "open", 
/**
 * Its name.
 */
name: string, 
/**
 * Who is signed in.
 */
me: StaffMember, 
/**
 * Whether this is the demo practice.
 */
demo: boolean, 
/**
 * What opens it.
 */
protection: Protection, };

export type Progress = { 
/**
 * Items fetched so far.
 */
done: number, 
/**
 * Items known to be wanted.
 */
total: number, };

export type Protection = "keychain" | "passphrase" | "both";

export type ReadAudit = { before: number | null, limit: number | null, };

export type Recover = { recovery_key: string, protection: Protection, passphrase: string | null, };

export type ReplyOnItsWay = { 
/**
 * The reply.
 */
reply: MessageId, 
/**
 * Until when it can be taken back.
 */
held_until: Timestamp, };

export type ResolveReply = { reply: MessageId, verdict: Verdict, };

export type Restore = { path: string, recovery_key: string, protection: Protection, passphrase: string | null, };

export type Role = "front_desk" | "nurse" | "doctor" | "administrator";

export type SaveAccount = { id: AccountId | null, account: MailAccount, password: string | null, };

export type SaveCanned = { id: CannedId | null, shortcut: string, title: string, text: string, };

export type SaveContact = { contact: ContactId, name: string, };

export type SaveDraft = { conversation: ConversationId, kind: DraftKind, to: Handle | null, subject: string, text: string, attachments: Array<AttachmentId>, };

export type SavePool = { id: PoolId | null, name: string, };

export type SaveSetting = { key: string, value: unknown, mine: boolean, };

export type SaveStaff = { id: StaffId | null, name: string, role: Role, active: boolean, };

export type SaveTag = { id: TagId | null, name: string, colour: TagColour, };

export type SaveView = { id: ViewId | null, name: string, query: string, only_for_me: boolean, };

export type SavedFile = { 
/**
 * The path.
 */
path: string, };

export type SavedId = { 
/**
 * Its id.
 */
id: string, };

export type Search = { query: string, cursor: string | null, ranked: boolean, record: boolean, };

export type SearchHit = { 
/**
 * The conversation.
 */
row: ConversationRow, 
/**
 * The message that matched best.
 */
message: MessageId | null, 
/**
 * Its text around the hit; matches stand between U+2068 and U+2069.
 */
snippet: PatientText, };

export type SearchPage = { 
/**
 * Newest first.
 */
hits: Array<SearchHit>, 
/**
 * Where the next page begins.
 */
next: string | null, 
/**
 * How many conversations match, counted up to `total_limit`.
 */
total: number, 
/**
 * Where counting stopped.
 */
total_limit: number, 
/**
 * The oldest and newest message on this computer.
 */
range: [Timestamp, Timestamp] | null, 
/**
 * What was not understood in the query, in words for staff.
 */
problems: Array<string>, 
/**
 * The words to highlight.
 */
terms: Array<string>, };

export type SendFailure = "sign_in" | "unknown_recipient" | "refused" | "too_large" | "no_longer_possible" | "bounced" | "gave_up";

export type SendReply = { conversation: ConversationId, to: Handle | null, subject: string | null, text: string, attachments: Array<AttachmentId>, send_at: Timestamp | null, then: AfterReply, };

export type Settings = { 
/**
 * Values by key, such as `hold_seconds`, `theme`, `language`.
 */
values: Record<string, unknown>, };

export type Show = { conversation: ConversationId, };

export type ShowContact = { contact: ContactId, };

export type SourceView = { 
/**
 * The bytes as text, undecodable ones replaced.
 */
source: PatientText, };

export type Split = { from: ConversationId, messages: Array<MessageId>, };

export type SplitDone = { 
/**
 * The new conversation.
 */
conversation: ConversationId, 
/**
 * For taking it back.
 */
operation: OperationId | null, };

export type StaffId = string;

export type StaffMember = { 
/**
 * Who.
 */
id: StaffId, 
/**
 * The name colleagues see.
 */
name: string, 
/**
 * What they may do.
 */
role: Role, 
/**
 * Whether they still sign in.
 */
active: boolean, };

export type StartDemo = { protection: Protection, passphrase: string | null, };

export type Status = { 
/**
 * Where the practice stands.
 */
practice: PracticeStatus, 
/**
 * Version of this build.
 */
version: string, 
/**
 * Whether this computer has a keychain that answers.
 */
keychain: boolean, 
/**
 * Whether a demo practice exists on this computer.
 */
demo_exists: boolean, };

export type Tag = { 
/**
 * Which.
 */
id: TagId, 
/**
 * The word staff see; unique in the practice, compared without case.
 */
name: string, 
/**
 * Its colour, from the palette that reads well in every theme.
 */
colour: TagColour, };

export type TagColour = "grey" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "violet" | "pink";

export type TagId = string;

export type Targets = { "kind": "ids", 
/**
 * Which.
 */
ids: Array<ConversationId>, } | { "kind": "scope", 
/**
 * The list.
 */
scope: ListScope, };

export type TimelineEntry = { 
/**
 * The operation.
 */
operation: OperationId, 
/**
 * When.
 */
at: Timestamp, 
/**
 * The staff member; none: Anteroom itself.
 */
staff: StaffId | null, 
/**
 * The kind word of the change, such as `tag_added`.
 */
what: string, 
/**
 * The ids and words that the sentence on screen needs.
 */
details: Record<string, unknown>, 
/**
 * Whether it can still be taken back.
 */
undoable: boolean, };

export type Timestamp = number;

export type Undo = { operation: OperationId | null, };

export type Unlock = { passphrase: string | null, };

export type Verdict = "arrived" | "send_again" | "do_not_send";

export type View = { 
/**
 * Which.
 */
id: ViewId, 
/**
 * The name staff see.
 */
name: string, 
/**
 * The filter in the language of the search box ([`crate::query`]).
 */
query: string, 
/**
 * Only this staff member sees it; `None`: everybody does.
 */
only_for: StaffId | null, };

export type ViewId = string;

export type Visibility = "public" | "private";

export type Vocabulary = { 
/**
 * Staff members.
 */
staff: Array<StaffMember>, 
/**
 * Pools in their order.
 */
pools: Array<Pool>, 
/**
 * Tags by name.
 */
tags: Array<Tag>, 
/**
 * Saved views that the staff member sees.
 */
views: Array<View>, 
/**
 * Canned responses by shortcut.
 */
canned: Array<Canned>, };

export interface Commands {
  status: { request: Nothing; response: Status };
  create_practice: { request: CreatePractice; response: CreatedPractice };
  unlock: { request: Unlock; response: Ok };
  recover: { request: Recover; response: Ok };
  restore: { request: Restore; response: Ok };
  lock: { request: Nothing; response: Ok };
  start_demo: { request: StartDemo; response: Ok };
  leave_demo: { request: Nothing; response: Ok };
  remove_demo: { request: Nothing; response: Ok };
  change_protection: { request: ChangeProtection; response: Ok };
  new_recovery_key: { request: Nothing; response: CreatedPractice };
  vocabulary: { request: Nothing; response: Vocabulary };
  settings: { request: Nothing; response: Settings };
  counts: { request: Nothing; response: Counts };
  list: { request: List; response: InboxPage };
  conversation: { request: Show; response: ConversationView };
  older_messages: { request: Older; response: MessagesPage };
  message_html: { request: MessageHtml; response: HtmlView };
  message_source: { request: MessageSource; response: SourceView };
  attachment: { request: OpenAttachment; response: AttachmentBytes };
  save_attachment: { request: OpenAttachment; response: SavedFile };
  contact: { request: ShowContact; response: ContactCard };
  search: { request: Search; response: SearchPage };
  audit: { request: ReadAudit; response: AuditPage };
  verify_audit: { request: Nothing; response: AuditReport };
  act: { request: Act; response: Done };
  merge: { request: Merge; response: Done };
  split: { request: Split; response: SplitDone };
  undo: { request: Undo; response: Done };
  save_draft: { request: SaveDraft; response: Ok };
  discard_draft: { request: DiscardDraft; response: Ok };
  attach: { request: Attach; response: AttachmentMeta };
  add_note: { request: AddNote; response: NoteDone };
  send_reply: { request: SendReply; response: ReplyOnItsWay };
  deliver: { request: OfReply; response: OutboxView };
  cancel_reply: { request: OfReply; response: Done };
  retry_reply: { request: OfReply; response: Done };
  resolve_reply: { request: ResolveReply; response: Done };
  save_tag: { request: SaveTag; response: SavedId };
  remove_tag: { request: OfTag; response: Done };
  save_pool: { request: SavePool; response: SavedId };
  remove_pool: { request: OfPool; response: Done };
  save_view: { request: SaveView; response: SavedId };
  remove_view: { request: OfView; response: Done };
  save_canned: { request: SaveCanned; response: SavedId };
  remove_canned: { request: OfCanned; response: Done };
  save_staff: { request: SaveStaff; response: SavedId };
  save_setting: { request: SaveSetting; response: Done };
  save_contact: { request: SaveContact; response: Done };
  merge_contacts: { request: MergeContacts; response: Done };
  part_contacts: { request: PartContacts; response: Done };
  erase_contact: { request: EraseContact; response: ErasureCertificate };
  accounts: { request: Nothing; response: Accounts };
  discover: { request: Discover; response: Discovered };
  check_account: { request: CheckAccount; response: CheckedAccount };
  save_account: { request: SaveAccount; response: SavedId };
  remove_account: { request: OfAccount; response: Done };
  sync_now: { request: OfAccount; response: Ok };
  stop_sync: { request: OfAccount; response: Ok };
  resume_sync: { request: OfAccount; response: Ok };
  backups: { request: Nothing; response: BackupState };
  make_backup: { request: MakeBackup; response: BackupFile };
  restore_drill: { request: Nothing; response: DrillReport };
  import: { request: Import; response: ImportReport };
  stop_work: { request: Nothing; response: Ok };
}

export type CommandName = keyof Commands;

export const cacheTags: Record<CommandName, { provides: CacheTag[]; stales: CacheTag[] }> = {
  status: { provides: ["status"], stales: [] },
  create_practice: { provides: [], stales: ["status"] },
  unlock: { provides: [], stales: ["status"] },
  recover: { provides: [], stales: ["status"] },
  restore: { provides: [], stales: ["status"] },
  lock: { provides: [], stales: ["status"] },
  start_demo: { provides: [], stales: ["status"] },
  leave_demo: { provides: [], stales: ["status"] },
  remove_demo: { provides: [], stales: ["status"] },
  change_protection: { provides: [], stales: ["status"] },
  new_recovery_key: { provides: [], stales: [] },
  vocabulary: { provides: ["vocabulary"], stales: [] },
  settings: { provides: ["settings"], stales: [] },
  counts: { provides: ["counts"], stales: [] },
  list: { provides: ["lists"], stales: [] },
  conversation: { provides: ["conversation"], stales: [] },
  older_messages: { provides: ["conversation"], stales: [] },
  message_html: { provides: ["conversation"], stales: [] },
  message_source: { provides: ["conversation"], stales: [] },
  attachment: { provides: [], stales: [] },
  save_attachment: { provides: [], stales: [] },
  contact: { provides: ["contact"], stales: [] },
  search: { provides: ["search"], stales: [] },
  audit: { provides: ["audit"], stales: [] },
  verify_audit: { provides: [], stales: [] },
  act: { provides: [], stales: ["lists", "counts", "conversation", "search"] },
  merge: { provides: [], stales: ["lists", "counts", "conversation", "contact", "search"] },
  split: { provides: [], stales: ["lists", "counts", "conversation", "contact", "search"] },
  undo: { provides: [], stales: ["lists", "counts", "conversation", "contact", "search", "vocabulary", "settings"] },
  save_draft: { provides: [], stales: [] },
  discard_draft: { provides: [], stales: ["lists", "counts", "conversation"] },
  attach: { provides: [], stales: [] },
  add_note: { provides: [], stales: ["lists", "counts", "conversation"] },
  send_reply: { provides: [], stales: ["lists", "counts", "conversation"] },
  deliver: { provides: [], stales: ["lists", "counts", "conversation"] },
  cancel_reply: { provides: [], stales: ["lists", "counts", "conversation"] },
  retry_reply: { provides: [], stales: ["lists", "counts", "conversation"] },
  resolve_reply: { provides: [], stales: ["lists", "counts", "conversation"] },
  save_tag: { provides: [], stales: ["vocabulary"] },
  remove_tag: { provides: [], stales: ["vocabulary", "lists"] },
  save_pool: { provides: [], stales: ["vocabulary"] },
  remove_pool: { provides: [], stales: ["vocabulary", "lists", "counts"] },
  save_view: { provides: [], stales: ["vocabulary", "counts"] },
  remove_view: { provides: [], stales: ["vocabulary", "counts"] },
  save_canned: { provides: [], stales: ["vocabulary"] },
  remove_canned: { provides: [], stales: ["vocabulary"] },
  save_staff: { provides: [], stales: ["vocabulary", "status"] },
  save_setting: { provides: [], stales: ["settings"] },
  save_contact: { provides: [], stales: ["contact", "lists", "conversation"] },
  merge_contacts: { provides: [], stales: ["contact", "lists", "conversation"] },
  part_contacts: { provides: [], stales: ["contact", "lists", "conversation"] },
  erase_contact: { provides: [], stales: ["contact", "lists", "counts", "conversation", "search"] },
  accounts: { provides: ["accounts"], stales: [] },
  discover: { provides: [], stales: [] },
  check_account: { provides: [], stales: [] },
  save_account: { provides: [], stales: ["accounts"] },
  remove_account: { provides: [], stales: ["accounts"] },
  sync_now: { provides: [], stales: ["accounts"] },
  stop_sync: { provides: [], stales: ["accounts"] },
  resume_sync: { provides: [], stales: ["accounts"] },
  backups: { provides: ["backups"], stales: [] },
  make_backup: { provides: [], stales: ["backups"] },
  restore_drill: { provides: [], stales: ["backups"] },
  import: { provides: [], stales: ["lists", "counts", "search"] },
  stop_work: { provides: [], stales: [] },
};
