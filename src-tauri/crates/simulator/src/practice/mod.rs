//! The made-up practice: who writes to it, what they write, and when.
//!
//! The texts stand in TOML files by theme. `content` reads them, `letter` turns them into message
//! bytes as common mail programs write them, `hours` dates them, `files` makes attachments, `agenda` lets mails arrive
//! while you watch, `answering` lets patients react to replies.

mod agenda;
mod answering;
mod content;
mod files;
mod hours;
mod letter;

use chrono::{DateTime, Utc};

pub use agenda::LiveSpeed;
pub(crate) use agenda::{Agenda, Arrival, live};
pub(crate) use answering::Answering;

use crate::Content;

/// The practice's name.
pub const PRACTICE_NAME: &str = "Riverside Family Practice";

/// The practice's address, and the user name on both servers.
pub const PRACTICE_ADDRESS: &str = "frontdesk@riverside.example";

/// A message to put into a folder.
#[derive(Debug, Clone)]
pub struct RawMail {
    /// The folder, made if needed.
    pub mailbox: String,
    /// Flags, as `\Seen`.
    pub flags: Vec<String>,
    /// INTERNALDATE.
    pub received: DateTime<Utc>,
    /// The bytes.
    pub raw: Vec<u8>,
}

/// What a simulator begins with.
pub(crate) struct Start {
    pub(crate) mails: Vec<RawMail>,
    pub(crate) agenda: Agenda,
    pub(crate) answering: Answering,
}

/// The mails by date, the agenda and the patients who will answer.
pub(crate) fn prepare(
    content: &Content,
    epoch: DateTime<Utc>,
    now: DateTime<Utc>,
    seed: u64,
    live: Option<LiveSpeed>,
) -> Result<Start, toml::de::Error> {
    let mut agenda = Agenda::new(live, seed);
    match content {
        Content::Empty => Ok(Start {
            mails: Vec::new(),
            agenda,
            answering: Answering::default(),
        }),
        Content::Custom(mails) => Ok(Start {
            mails: mails.clone(),
            agenda,
            answering: Answering::default(),
        }),
        Content::Practice => {
            let practice = content::read(epoch, now, seed)?;
            for arrival in practice.arrivals {
                agenda.add_next(arrival);
            }
            Ok(Start {
                mails: practice.mails,
                agenda,
                answering: practice.answering,
            })
        }
    }
}

/// A number from a seed and some words: stable across runs and machines (FNV-1a, finished as in SplitMix64).
pub(crate) fn chance(seed: u64, words: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed;
    for word in words {
        for byte in word.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
