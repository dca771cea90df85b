//! What things are in Anteroom.
//!
//! The innermost room: ids, people, conversations, messages, operations, rights, clocks, and the
//! types that keep patient text and secrets from being printed. It is pure. There is no IO here, no
//! async, no database and no network, and it knows no other crate of ours.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`ids`] | typed ids, made on the device, growing with time |
//! | [`time`] | instants, the injected clock, the hybrid logical clock |
//! | [`text`] | patient text, public, private and note text, secrets: types that do not print |
//! | [`channel`] | networks and what an account on them can do |
//! | [`people`] | staff members, roles, contacts, handles |
//! | [`conversation`] | conversations, their state, acuity, pools, tags, views |
//! | [`message`] | messages, attachments and what was odd about them |
//! | [`inbound`] | what a channel brings in: batches, items, edits, deletions, cursors |
//! | [`outbox`] | a reply on its way out and the states it may walk through |
//! | [`operation`] | the one way in which state changes |
//! | [`rights`] | who may do what: one table |
//! | [`threading`] | which conversation an inbound item belongs to: a pure decision |
//! | [`query`] | the language of the search box |
//! | [`views`] | rows made for screens |

pub mod channel;
pub mod conversation;
pub mod ids;
pub mod inbound;
pub mod message;
pub mod operation;
pub mod outbox;
pub mod people;
pub mod query;
pub mod rights;
pub mod text;
pub mod threading;
pub mod time;
pub mod views;

pub use channel::{Abilities, Channel, Visibility};
pub use conversation::{Acuity, ConversationState, Pool, Tag, TagColour, View};
pub use ids::*;
pub use message::{AttachmentMeta, Direction, MessageKind};
pub use operation::{Actor, Change, Operation, Origin};
pub use outbox::{OutboxState, SendFailure};
pub use people::{Handle, Role, StaffMember};
pub use text::{NoteText, PatientText, PrivateText, PublicText, ReplyText, Secret};
pub use time::{Clock, Hybrid, HybridClock, SystemClock, TestClock, Timestamp};
