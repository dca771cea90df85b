//! Mail: IMAP in, SMTP out.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `settings` | what is known about an account before connecting |
//! | `discovery` | finding an account's servers by its address |
//! | `connector` | the account as a [`Connector`](crate::Connector) |
//! | `sync` | following a mailbox |
//! | `cursor` | where following goes on, and how messages are named |
//! | `uidset` | sets of UIDs |
//! | `item` | from a mail's bytes to an item; import of raw mail |
//! | `oversize` | messages whose attachments stay on the server |
//! | `imap` | the reading protocol |
//! | `compose` | from a reply to a mail's bytes |
//! | `smtp` | the sending protocol |
//! | `outcome` | what the end of a send means; who keeps copies |
//! | `sasl` | signing in, for both |
//! | `tries` | how often a secret is tried |
//! | `net` | connections and TLS, for both |

mod compose;
mod connector;
mod cursor;
mod discovery;
mod imap;
mod item;
mod net;
mod outcome;
mod oversize;
mod sasl;
mod settings;
mod smtp;
mod sync;
mod tries;
mod uidset;

pub use compose::message_id;
pub use connector::EmailConnector;
pub use discovery::{Discovery, FoundBy, Lookup, SystemLookup, discover};
pub use item::{Own, item_from_raw};
pub use settings::{
    Auth, BadPin, CertificatePin, EmailSettings, Endpoint, FirstFetch, Security, SentCopyRule,
};
