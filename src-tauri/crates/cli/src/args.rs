//! What can be typed after `anteroom`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// The private inbox of a medical practice, from the command line.
#[derive(Debug, Parser)]
#[command(
    name = "anteroom",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Examples:
  anteroom init --name \"Riverside Family Practice\" --admin \"Lena Moss\"
  anteroom account add info@riverside.example
  anteroom sync
  anteroom inbox --view unassigned
  anteroom reply 0197… --text \"Thank you, we will call you today.\"
  anteroom search 'from:abara tag:refill before:2026-03-01'

Exit codes: 0 done · 1 refused · 2 wrong call or nothing found · 3 the practice is closed
            4 a mail server · 5 disk or file"
)]
pub struct Cli {
    /// Folder of the practice's data (default: this computer's place for application data).
    #[arg(long, global = true, value_name = "FOLDER", env = "ANTEROOM_FOLDER")]
    pub folder: Option<PathBuf>,
    /// Answer in JSON, one document.
    #[arg(long, global = true)]
    pub json: bool,
    /// Work in the name of this staff member (default: who set the practice up).
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub staff: Option<String>,
    /// Work in the demo practice.
    #[arg(long, global = true)]
    pub in_demo: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up a practice on this computer.
    #[command(
        after_help = "Example:\n  anteroom init --name \"Riverside Family Practice\" --admin \"Lena Moss\"\n\nThe recovery key is printed once. Keep it on paper, away from this computer."
    )]
    Init(Init),
    /// Connect, list, check and disconnect accounts.
    Account {
        /// What to do with accounts.
        #[command(subcommand)]
        command: Account,
    },
    /// Fetch new messages and send what waits.
    #[command(after_help = "Examples:\n  anteroom sync\n  anteroom sync --watch")]
    Sync {
        /// Go on until interrupted, as the window does.
        #[arg(long)]
        watch: bool,
    },
    /// List conversations.
    #[command(
        after_help = "Examples:\n  anteroom inbox\n  anteroom inbox --view snoozed\n  anteroom inbox --query 'tag:refill is:unread' --sort newest"
    )]
    Inbox(Inbox),
    /// Show one conversation.
    Show {
        /// The conversation's id.
        conversation: String,
    },
    /// Reply to a conversation. The text comes from --text or from standard input.
    #[command(
        after_help = "Examples:\n  anteroom reply 0197… --text \"We will call you today.\" --close\n  anteroom reply 0197… --attach form.pdf < answer.txt"
    )]
    Reply(Reply),
    /// Write an internal note. Only staff see it; it can never be sent.
    Note {
        /// The conversation's id.
        conversation: String,
        /// The note; without it, standard input is read.
        #[arg(long)]
        text: Option<String>,
    },
    /// Put a tag on conversations, or take it off.
    #[command(
        after_help = "Examples:\n  anteroom tag refill 0197…\n  anteroom tag --remove refill 0197…"
    )]
    Tag {
        /// Take it off.
        #[arg(long)]
        remove: bool,
        /// The tag's name; made if there is none yet.
        tag: String,
        #[command(flatten)]
        on: On,
    },
    /// Become responsible for conversations.
    Claim {
        /// Give them back to their pool.
        #[arg(long)]
        release: bool,
        #[command(flatten)]
        on: On,
    },
    /// Put conversations off.
    #[command(
        after_help = "Examples:\n  anteroom snooze 0197… --until 2026-03-02T09:00\n  anteroom snooze 0197… --until tomorrow"
    )]
    Snooze {
        /// When they come back: a local time, `today` (17:00), `tomorrow` or `monday` (09:00).
        #[arg(long)]
        until: String,
        #[command(flatten)]
        on: On,
    },
    /// Close conversations. They open again when a new message arrives.
    Close {
        /// Open them again instead.
        #[arg(long)]
        reopen: bool,
        #[command(flatten)]
        on: On,
    },
    /// Take the newest change back.
    Undo {
        /// The operation to take back (default: your newest).
        operation: Option<String>,
    },
    /// Search messages, notes, contacts and file names.
    #[command(
        after_help = "Operators: from: to: tag: in: is: has: before: after: channel: pool:, \"quotes\", OR, -minus\n\nExample:\n  anteroom search 'warfarin is:open -tag:spam'"
    )]
    Search {
        /// The words and operators.
        #[arg(required = true, num_args = 1.., allow_hyphen_values = true)]
        query: Vec<String>,
        /// Best matches first, instead of newest.
        #[arg(long)]
        ranked: bool,
    },
    /// Import old mail: an mbox file, a Maildir, or a folder of .eml files.
    #[command(
        after_help = "Examples:\n  anteroom import archive.mbox\n  anteroom import ~/Maildir\n\nOld mail keeps its dates, arrives closed, and no rule runs on it. Importing twice stores once."
    )]
    Import {
        /// The file or folder.
        path: PathBuf,
    },
    /// Make a sealed backup while the practice goes on working.
    Backup {
        /// Where to (default: the practice's backup folder).
        path: Option<PathBuf>,
    },
    /// Restore a backup onto a computer without a practice.
    Restore {
        /// The backup.
        path: PathBuf,
        /// What shall open the practice from now on.
        #[arg(long, value_enum, default_value = "keychain")]
        protection: Protection,
    },
    /// Open the practice with the recovery key, and protect it anew on this computer.
    #[command(after_help = "The key comes from the terminal or ANTEROOM_RECOVERY_KEY.")]
    Recover {
        /// What shall open the practice from now on.
        #[arg(long, value_enum, default_value = "keychain")]
        protection: Protection,
    },
    /// Erase all that is stored of a contact. Cannot be taken back.
    Erase {
        /// The contact's id.
        contact: String,
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Read and check the audit log.
    Audit {
        /// What to do with it.
        #[command(subcommand)]
        command: Audit,
    },
    /// The demo practice: a made-up practice on made-up mail servers of this computer.
    #[command(
        after_help = "Examples:\n  anteroom demo start\n  anteroom --in-demo inbox\n  anteroom demo remove"
    )]
    Demo {
        /// What to do with it.
        #[command(subcommand)]
        command: Demo,
    },
    /// Read JSON lines from standard input and say what each text means.
    #[command(subcommand)]
    Text(Text),
    /// Print completions for a shell.
    #[command(
        after_help = "Example:\n  anteroom completions bash > /etc/bash_completion.d/anteroom"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Acuity, red flags, tags, sentiment and language of messages (JSON lines in and out).
    #[command(hide = true)]
    Assess,
    /// What the reply guard says of replies (JSON lines in and out).
    #[command(hide = true)]
    Guard,
    /// Appointment wishes in messages (JSON lines in and out).
    #[command(hide = true)]
    Wishes,
}

/// Which understanding to run over JSON lines.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Text {
    /// Acuity, red flags, tags, sentiment and language of messages.
    Assess,
    /// What the reply guard says of replies.
    Guard,
    /// Appointment wishes in messages.
    Wishes,
}

/// Set-up.
#[derive(Debug, Args)]
pub struct Init {
    /// The practice's name.
    #[arg(long)]
    pub name: String,
    /// The first administrator's name.
    #[arg(long)]
    pub admin: String,
    /// What opens the practice. Passphrases come from the terminal or ANTEROOM_PASSPHRASE.
    #[arg(long, value_enum, default_value = "keychain")]
    pub protection: Protection,
}

/// What opens the practice.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Protection {
    /// This computer's keychain.
    Keychain,
    /// A passphrase.
    Passphrase,
    /// Both together.
    Both,
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Connect a mailbox. Its password comes from the terminal or ANTEROOM_PASSWORD.
    #[command(
        after_help = "Examples:\n  anteroom account add info@riverside.example\n  anteroom account add info@riverside.example --imap mail.riverside.example:993 --smtp mail.riverside.example:465"
    )]
    Add(AccountAdd),
    /// List accounts.
    List,
    /// Say how accounts are doing.
    Status,
    /// Disconnect an account. Its stored messages stay.
    Remove {
        /// The account's address or id.
        account: String,
    },
}

/// A mailbox to connect.
#[derive(Debug, Args)]
pub struct AccountAdd {
    /// The address that patients write to.
    pub address: String,
    /// The name that patients see (default: the practice's name).
    #[arg(long)]
    pub from_name: Option<String>,
    /// The name to sign in with (default: the address).
    #[arg(long)]
    pub user: Option<String>,
    /// Server for reading, as host:port (default: looked up).
    #[arg(long, value_name = "HOST:PORT", requires = "smtp")]
    pub imap: Option<String>,
    /// Server for sending, as host:port (default: looked up).
    #[arg(long, value_name = "HOST:PORT", requires = "imap")]
    pub smtp: Option<String>,
    /// How the connections are secured; plain works to this computer itself only.
    #[arg(long, value_enum)]
    pub security: Option<Security>,
    /// How many days back the first fetch goes.
    #[arg(long, default_value_t = 90)]
    pub days: u32,
    /// Connect without trying first.
    #[arg(long)]
    pub unchecked: bool,
}

/// How a connection is secured.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS.
    StartTls,
    /// None: to this computer itself only.
    Plain,
}

/// The conversation list.
#[derive(Debug, Args)]
pub struct Inbox {
    /// Which list.
    #[arg(long, value_enum, default_value = "inbox", conflicts_with = "query")]
    pub view: Scope,
    /// What matches a query in the language of the search.
    #[arg(long)]
    pub query: Option<String>,
    /// In which order.
    #[arg(long, value_enum, default_value = "urgent")]
    pub sort: Sort,
    /// How many at most.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// Go on after this cursor, as given by the page before.
    #[arg(long)]
    pub after: Option<String>,
}

/// Lists that every practice has.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Scope {
    /// Open conversations.
    Inbox,
    /// Open and yours.
    Mine,
    /// Open and nobody's.
    Unassigned,
    /// With a red flag.
    RedFlags,
    /// The contact's turn.
    Waiting,
    /// Put off.
    Snoozed,
    /// Finished.
    Closed,
    /// With a reply on its way.
    Outbox,
    /// With a draft.
    Drafts,
    /// Everything.
    All,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Sort {
    /// Most urgent first.
    Urgent,
    /// Newest first.
    Newest,
    /// Longest waiting first.
    Waiting,
}

/// A reply.
#[derive(Debug, Args)]
pub struct Reply {
    /// The conversation's id.
    pub conversation: String,
    /// The reply; without it, standard input is read.
    #[arg(long)]
    pub text: Option<String>,
    /// A file to send along; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Not before this local time.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Close the conversation once the reply has been sent.
    #[arg(long)]
    pub close: bool,
    /// Only put it into the outbox; the next `sync` or the window sends it.
    #[arg(long)]
    pub queue: bool,
}

/// Which conversations.
#[derive(Debug, Args)]
pub struct On {
    /// Ids of conversations.
    #[arg(required_unless_present = "all_matching", value_name = "CONVERSATION")]
    pub conversations: Vec<String>,
    /// Everything that matches this query instead.
    #[arg(long, value_name = "QUERY", conflicts_with = "conversations")]
    pub all_matching: Option<String>,
}

/// The audit log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check the chain and say where it breaks. Exits with 1 if it does.
    Verify,
    /// Print the newest entries.
    List {
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// The demo practice.
#[derive(Debug, Subcommand)]
pub enum Demo {
    /// Make it and fetch its mail.
    Start {
        /// What opens it.
        #[arg(long, value_enum, default_value = "keychain")]
        protection: Protection,
    },
    /// Let new mail arrive until interrupted.
    Watch,
    /// Remove it without trace.
    Remove,
}
