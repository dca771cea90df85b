//! What a practice does.
//!
//! The use cases, in the practice's words: reading the inbox, working it, writing, connecting
//! accounts, importing, backing up. Every window and script comes in through one door, the
//! [`Commands`] of the [`table`]: who it is and whether they may is decided there, once, before any
//! other work. There is no SQL and no protocol here: the [`store`] keeps, the [`channels`] carry,
//! the [`secrets`] guard.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`table`] | every command with request, answer, right and cache tags |
//! | [`requests`] | the shapes that commands take and return |
//! | [`error`] | what a command answers when it cannot |
//! | [`desk`] | the practice folder: set up, opened, locked; the demo practice |
//! | `caller` | one window or script, with the staff member behind it |
//! | `reading` `working` `writing` `vocabulary` `contacts` `accounts` `data` | the commands by subject |
//! | `assessing` | what the machine makes of an inbound message |
//! | `ingest` | the loop that fetches an account and stores what it brings |
//! | `outbox` | the loop that sends what waits, and settles what is uncertain |
//! | `chores` | what the clock brings: due snoozes, the daily backup |
//! | `importing` | mbox, Maildir and .eml folders through the same way in |
//! | `demo` | the demo practice's account on the simulator |
//! | [`bindings`] | the TypeScript of all this |

pub mod bindings;
pub mod desk;
pub mod error;
pub mod requests;
pub mod table;

mod accounts;
mod assessing;
mod caller;
mod chores;
mod contacts;
mod data;
mod demo;
pub mod fault;
mod importing;
mod ingest;
mod opening;
mod outbox;
mod practice;
mod reading;
mod translate;
mod vocabulary;
mod working;
mod writing;

pub use desk::{Desk, DeskOptions, default_folder};
pub use domain::operation::Origin;
pub use error::{CommandError, ErrorCode};
pub use table::Commands;

/// What commands show and take, for shells that know only this crate.
pub mod views {
    pub use domain::conversation::{ConversationState, TagColour};
    pub use domain::message::MessageKind;
    pub use domain::operation::AfterReply;
    pub use domain::outbox::OutboxState;
    pub use domain::time::{Clock, SystemClock, Timestamp};
    pub use domain::views::*;
    pub use domain::{AttachmentMeta, ContactId, ConversationId, TagId};
}

/// The keychain and secrets, for shells that know only this crate.
pub mod secrets {
    pub use ::domain::Secret;
    pub use ::secrets::{Keychain, MemoryKeychain, OsKeychain, harden_process};
}

/// The text understanding over JSON lines, for measuring it.
pub mod text {
    pub use triage::jsonl::{assess_line, guard_line};
    pub use triage::wishes::jsonl::line as wishes_line;
}
