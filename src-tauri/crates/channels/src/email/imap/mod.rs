//! IMAP4rev1 as far as following a mailbox needs it (RFC 3501, 2177, 2971, 4315, 5161, 6154, 7162).
//!
//! Why not a client crate: `async-imap` was tried on paper first. It writes every command and every
//! answer to the `log` facade, passwords and patients' mail included; it puts the bytes of an answer
//! that it cannot parse into the error; one such answer ends the session, so one odd message would
//! block a mailbox; and it knows neither `SELECT … (QRESYNC …)`, ESEARCH, nor the response codes by which
//! a full mailbox and a wrong password are told apart. `imap-proto` and `imap-codec` underneath share
//! the strict grammar. What is needed here is small: [`value`] reads any answer into words, texts and
//! lists without judging it, [`wire`] frames lines and literals with limits and time-outs, [`session`]
//! runs commands, [`idle`] waits, [`mailbox`] picks out what is said of folders and messages. Nothing is
//! believed before the tagged OK.
//!
//! IMAP4rev2 is never enabled, even where advertised (a large provider's search is faulty then).

pub mod idle;
pub mod mailbox;
pub mod names;
mod refusal;
pub mod session;
pub mod value;
pub mod wire;

pub use mailbox::{Fetched, Flags, Folder, Opened};
pub use session::Session;
