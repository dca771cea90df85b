//! Networks, and what an account on them can do.

use serde::{Deserialize, Serialize};

/// A network together with the kind of item it carries.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Electronic mail by IMAP and SMTP.
    Email,
    /// Comments under posts of a Facebook Page.
    FacebookComment,
    /// Messenger conversations of a Facebook Page.
    Messenger,
    /// Comments on Instagram media.
    InstagramComment,
    /// Instagram direct messages.
    InstagramDirect,
    /// Mentions and replies on X.
    XMention,
    /// Direct messages on X.
    XDirect,
    /// Comments on posts of a LinkedIn Page.
    LinkedinComment,
    /// Mentions, replies and quotes on Bluesky.
    Bluesky,
    /// Chat on Bluesky.
    BlueskyChat,
    /// Mentions and replies on Mastodon.
    Mastodon,
    /// Private mentions on Mastodon.
    MastodonDirect,
    /// Google Business Profile reviews.
    Review,
}

impl Channel {
    /// Every channel, in the order in which screens list them.
    pub const ALL: [Self; 13] = [
        Self::Email,
        Self::FacebookComment,
        Self::Messenger,
        Self::InstagramComment,
        Self::InstagramDirect,
        Self::XMention,
        Self::XDirect,
        Self::LinkedinComment,
        Self::Bluesky,
        Self::BlueskyChat,
        Self::Mastodon,
        Self::MastodonDirect,
        Self::Review,
    ];

    /// The stable word for storage, search and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FacebookComment => "facebook_comment",
            Self::Messenger => "messenger",
            Self::InstagramComment => "instagram_comment",
            Self::InstagramDirect => "instagram_direct",
            Self::XMention => "x_mention",
            Self::XDirect => "x_direct",
            Self::LinkedinComment => "linkedin_comment",
            Self::Bluesky => "bluesky",
            Self::BlueskyChat => "bluesky_chat",
            Self::Mastodon => "mastodon",
            Self::MastodonDirect => "mastodon_direct",
            Self::Review => "review",
        }
    }

    /// The channel behind a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }

    /// Whether messages on this channel can be read by people other than the contact and the practice.
    pub const fn visibility(self) -> Visibility {
        match self {
            Self::FacebookComment
            | Self::InstagramComment
            | Self::XMention
            | Self::LinkedinComment
            | Self::Bluesky
            | Self::Mastodon
            | Self::Review => Visibility::Public,
            Self::Email
            | Self::Messenger
            | Self::InstagramDirect
            | Self::XDirect
            | Self::BlueskyChat
            | Self::MastodonDirect => Visibility::Private,
        }
    }
}

/// Whether other people can read a message.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Other people can read it.
    Public,
    /// Only the contact and the practice can.
    Private,
}

/// In which unit a network counts the length of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Unicode scalar values.
    Characters,
    /// User-perceived characters (Bluesky).
    Graphemes,
    /// UTF-8 bytes.
    Bytes,
    /// The weighted counting of X: most scripts 1, others 2, links 23.
    XWeighted,
}

/// What an account can do. The composer obeys it, and so does the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Abilities {
    /// A reply that everyone can read.
    pub reply_publicly: bool,
    /// A reply that only the contact can read.
    pub reply_privately: bool,
    /// An item can be hidden from the public.
    pub hide: bool,
    /// An item can be liked.
    pub like: bool,
    /// A sent reply can be edited.
    pub edit: bool,
    /// A subject line exists.
    pub subject: bool,
    /// The longest reply, in the unit of `counting`; `None` where no limit is known.
    pub max_length: Option<u32>,
    /// The unit of `max_length`.
    pub counting: Counting,
    /// The most attachments in one reply.
    pub max_attachments: u32,
    /// The most bytes of all attachments of one reply.
    #[ts(type = "number")]
    pub max_attachment_bytes: u64,
    /// How long after the contact's last message a reply is possible, in minutes; `None`: always.
    pub reply_window_minutes: Option<u32>,
}

impl Abilities {
    /// E-mail: private, with subject and attachments, no length limit. 25 MB is what common
    /// submission servers accept after base64 has added a third.
    pub const fn email() -> Self {
        Self {
            reply_publicly: false,
            reply_privately: true,
            hide: false,
            like: false,
            edit: false,
            subject: true,
            max_length: None,
            counting: Counting::Characters,
            max_attachments: 50,
            max_attachment_bytes: 18 * 1024 * 1024,
            reply_window_minutes: None,
        }
    }
}
