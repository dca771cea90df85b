//! The encrypted database: the only room with SQL.
//!
//! It keeps everything a practice has, in one SQLCipher file with a folder of sealed attachments
//! beside it, and knows no network, no screen and no async: calls block, so `desk` makes them where
//! blocking is allowed. A [`Store`] is cheap to clone and can be used from any thread.
//!
//! # The ways in
//!
//! | call | what it does |
//! | --- | --- |
//! | [`Store::create`], [`Store::open`] | make or open the folder; every failure is a [`StoreError`] of its own, and nothing is ever overwritten |
//! | [`Store::commit`] | the one way in which staff, rules and the outbox change state: a [`domain::Change`] (several: `Change::Many`) is checked, logged in the hash chain and applied, in one transaction. Rights are checked by `desk` |
//! | [`Store::undo`] | takes an operation back, for [`UNDO_DAYS`] days, if what it changed is still as it left it |
//! | [`Store::ingest`] | stores what a channel fetched together with its cursor; twice stores once |
//! | [`Store::save_draft`], [`Store::attach`], [`Store::detach`] | writing, which is not logged |
//! | [`Store::set_health`] | what `desk` has to say about an account |
//! | [`Store::erase_contact`] | everything of a contact goes; a certificate remains |
//! | [`Store::backup`], [`Store::restore`] | one sealed file, made while work goes on |
//!
//! # The ways out
//!
//! Queries return rows made for screens, ready to serialise ([`rows`]): [`Store::inbox`],
//! [`Store::search`] (see [`SearchHandle`] for stopping one that is stale), [`Store::conversation`],
//! [`Store::messages`], [`Store::timeline`], [`Store::contact`], [`Store::counts`],
//! [`Store::staff`], [`Store::pools`], [`Store::tags`], [`Store::views`], [`Store::canned`],
//! [`Store::settings`], [`Store::accounts`], [`Store::outbox`], [`Store::audit`].
//! [`Store::subscribe`] tells what changed, as kinds and ids.
//!
//! # The outbox
//!
//! `desk` asks [`Store::due_replies`], commits `ReplySending` (on the disk before the call returns),
//! takes the reply from [`Store::outgoing`], sends it, and commits `ReplySent`, `ReplyFailed`,
//! `ReplyDeferred` or `ReplyUncertain`. Whatever was `sending` when the process ended is `uncertain`
//! after [`Store::open`]. A `ReplyQueued` with a later `not_before` is held, and due after it.
//!
//! # What holds always
//!
//! - One process at a time has a store open, one thread writes, readers cannot write.
//! - A message's text is in the table, the index and nowhere else; ids, never rows, leave this crate.
//! - What a conversation's row says of its messages is a function of the messages; counts of views are
//!   a function of the conversations. Property tests hold both.
//! - Errors, events and logs carry no patient text.

mod backup;
mod blob;
mod commit;
mod connection;
mod conversation;
mod draft;
mod erase;
mod error;
mod events;
pub mod fault;
mod filter;
#[cfg(feature = "generate")]
pub mod generate;
mod inbox;
mod ingest;
mod key;
mod lists;
mod log;
mod message;
mod migrate;
mod outgoing;
mod pool;
pub mod rows;
mod search;
mod sql;
mod store;
mod work;

pub use backup::{BackupProgress, BackupSecret, BackupSummary};
pub use commit::Committed;
pub use commit::outbox::DueReply;
pub use commit::undo::UNDO_DAYS;
pub use draft::{Draft, DraftKind, DraftRow};
pub use erase::ErasureCertificate;
pub use error::{Refusal, StoreError, UndoConflict};
pub use events::{Event, EventKind};
pub use filter::{OVERDUE_AFTER_MS, Viewer};
pub use inbox::{BuiltIn, InboxRequest, Sort, ViewFilter};
pub use ingest::{Arrival, Delivery, Findings, IngestMode, Ingested, StoredItem};
pub use key::DatabaseKey;
pub use log::{AuditBreak, AuditHead, AuditReport};
pub use rows::*;
pub use search::{SearchOrder, SearchRequest};
pub use store::{RemoteFile, SearchHandle, Store};
