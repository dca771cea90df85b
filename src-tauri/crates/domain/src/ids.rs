//! Typed ids.
//!
//! Every entity has its own id type, so that a conversation's id can never be passed where a
//! contact's is wanted. Ids are UUIDv7: made on the device without asking anyone, and growing with
//! time so that indexes stay compact.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id that sorts after ids made at earlier instants.
            pub fn new(at: Timestamp) -> Self {
                Self(uuid_at(at))
            }

            /// The id behind a stored UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID for storage.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }

            /// The sixteen bytes in which the id is stored.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id from its sixteen stored bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }
    )*};
}

ids! {
    /// The practice whose inbox this is.
    PracticeId,
    /// One installation of Anteroom; part of every operation's clock.
    DeviceId,
    /// A staff member.
    StaffId,
    /// A connected page, profile or mailbox.
    AccountId,
    /// A person who writes to the practice.
    ContactId,
    /// One exchange with one contact in one place.
    ConversationId,
    /// One item of a conversation: inbound, outbound or internal note.
    MessageId,
    /// A file that came or goes with a message.
    AttachmentId,
    /// A mark of subject.
    TagId,
    /// A group that is responsible.
    PoolId,
    /// A saved filter of the inbox.
    ViewId,
    /// A prepared text.
    CannedId,
    /// One recorded change.
    OperationId,
}

fn uuid_at(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    let seconds = millis / 1_000;
    let nanos = u32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}
