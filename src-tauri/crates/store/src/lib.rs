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
//! Queries return the rows of [`domain::views`], made for screens: [`Store::inbox`], [`Store::search`]
//! (a newer one by the same staff member stops an older one), [`Store::conversation`],
//! [`Store::older_messages`], [`Store::contact`], [`Store::counts`], [`Store::vocabulary`],
//! [`Store::settings`], [`Store::accounts`], [`Store::audit`], [`Store::verify_audit`].
//! [`Store::subscribe`] tells what changed, as kinds and ids, over a channel of the standard library:
//! an async caller forwards it from a thread of its own.
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
mod marks;
mod message;
mod migrate;
mod outgoing;
mod page;
mod pool;
mod reading;
mod seal;
mod search;
mod sql;
mod store;
mod work;

pub use backup::Comparison;
pub use commit::Committed;
pub use commit::undo::UNDO_DAYS;
pub use conversation::ReplyTarget;
pub use draft::NewDraft;
pub use error::{Refusal, StoreError, UndoConflict};
pub use fault::POINTS as FAULT_POINTS;
pub use filter::OVERDUE_AFTER_MS;
pub use ingest::{Arrival, Findings, IngestMode, Ingested, StoredItem};
pub use key::DatabaseKey;
pub use lists::CursorState;
pub use log::AuditHead;
pub use marks::{Mark, WaitingMark};
pub use outgoing::ReadyReply;
pub use store::{NewAttachment, RemoteAttachment, Store, StoredAttachment};
