//! Messages: what a contact wrote, what the practice replied, what staff noted.

use serde::{Deserialize, Serialize};

use crate::ids::AttachmentId;

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From a contact to the practice.
    Inbound,
    /// From the practice to a contact.
    Outbound,
}

/// What an item of a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A contact wrote it.
    Inbound,
    /// The practice sent it, from here or from another program.
    Reply,
    /// An internal note: staff alone see it and it can never be sent.
    Note,
}

impl MessageKind {
    /// The stable word for storage.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }

    /// The kind behind a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Inbound, Self::Reply, Self::Note]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// Why a file that came with a message is dangerous to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// A program or installer.
    Program,
    /// A script or macro-bearing document.
    Script,
    /// A page or drawing that can run script in a browser.
    ActivePage,
    /// An archive or disk image that can hide any of these.
    Container,
    /// A shortcut that opens something else.
    Shortcut,
    /// The content is not what the name says.
    Disguised,
}

/// A file of a message, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AttachmentMeta {
    /// Which.
    pub id: AttachmentId,
    /// A name that is safe to show and to save under.
    pub name: String,
    /// Media type, as found in the bytes where it can be told, else as declared.
    pub media_type: String,
    /// Size in bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Shown inside the text rather than below it.
    pub inline: bool,
    /// The id by which an HTML part refers to it, without angle brackets.
    pub content_id: Option<String>,
    /// Why opening it is dangerous, if it is.
    pub danger: Option<Danger>,
    /// Whether the bytes are on this computer.
    pub stored: bool,
}

/// Why a message counts as automatic: it is never answered automatically.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AutomaticKind {
    /// Out-of-office and other automatic answers (RFC 3834).
    Reply,
    /// Notices that a program generated.
    Notice,
    /// Mailing lists and bulk mail.
    List,
    /// Delivery and disposition reports (RFC 3464, RFC 8098).
    Report,
}

/// Whether a message was signed or encrypted by its sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "MessageProtection")]
pub enum Protection {
    /// Neither.
    #[default]
    None,
    /// Signed; the signature was not checked.
    Signed,
    /// Encrypted; it can be read only in a program that has the key.
    Encrypted,
}

/// What part of a text a fold covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum FoldKind {
    /// Earlier mail, quoted.
    Quote,
    /// The sender's signature.
    Signature,
}

/// A part of a message's text that is folded away on screen. Offsets are UTF-8 bytes on character
/// boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
pub struct Fold {
    /// What it covers.
    pub kind: FoldKind,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}
