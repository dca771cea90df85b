//! What can go wrong with a network, in sentences for staff, with a way out.
//!
//! Variants are what callers act on. `Display` is a sentence for the screen, [`ChannelError::help`]
//! says what to do, [`ChannelError::next_step`] says what a loop should do. Host names of servers may
//! appear; names, addresses, tokens and message text never do. A provider's own words travel as
//! [`PatientText`], because they may quote any of these.

use std::time::Duration;

use domain::text::PatientText;
use thiserror::Error;

/// Why a call to a network failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChannelError {
    /// The network does not let us in.
    #[error("{host} did not accept the sign-in{}.", why.suffix())]
    SignIn {
        /// The server.
        host: String,
        /// Which kind of refusal.
        why: SignInFailure,
        /// The provider's own words.
        notice: Option<PatientText>,
    },
    /// No connection came about, or it broke.
    #[error("{host} (port {port}) {}.", why.phrase())]
    Connect {
        /// The server.
        host: String,
        /// The port.
        port: u16,
        /// How it failed.
        why: ConnectFailure,
    },
    /// The connection could not be made safe.
    #[error("The connection to {host} is not safe: {}.", why.phrase())]
    Tls {
        /// The server.
        host: String,
        /// How it failed.
        why: TlsFailure,
        /// SHA-256 of the certificate that was shown, so that it can be compared and pinned.
        shown: Option<[u8; 32]>,
    },
    /// Temporary trouble on the network's side.
    #[error("{host} is temporarily unavailable.")]
    Temporary {
        /// The server.
        host: String,
        /// The wait that it asked for.
        retry_after: Option<Duration>,
        /// The provider's own words.
        notice: Option<PatientText>,
    },
    /// The account has too many connections open, often from other programs.
    #[error("{host} allows no further connection for this account at the moment.")]
    TooManyConnections {
        /// The server.
        host: String,
    },
    /// A folder cannot be read.
    #[error("The folder “{folder}” {}.", why.phrase())]
    Folder {
        /// Its name.
        folder: String,
        /// How it failed.
        why: FolderFailure,
    },
    /// The mailbox is full.
    #[error("The mailbox at {host} is full.")]
    Full {
        /// The server.
        host: String,
    },
    /// The server answered in a way that could not be understood, or called our command wrong.
    #[error("{host} gave an unexpected answer ({during}).")]
    Protocol {
        /// The server.
        host: String,
        /// In which step.
        during: &'static str,
    },
    /// The item is no longer on the network.
    #[error("This message is no longer on the server.")]
    Gone,
    /// The account's settings cannot work.
    #[error("The account's settings are incomplete: {0}.")]
    Settings(&'static str),
    /// The caller asked to stop.
    #[error("Stopped.")]
    Stopped,
}

/// What a loop should do after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Try again after the usual back-off, and not before the given wait.
    Retry(Option<Duration>),
    /// Do not try again until a person has done something.
    AskPerson,
    /// The caller wanted it so.
    Stop,
}

impl ChannelError {
    /// A stable code for the command boundary.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "channel_sign_in",
            Self::Connect { .. } => "channel_connect",
            Self::Tls { .. } => "channel_tls",
            Self::Temporary { .. } => "channel_temporary",
            Self::TooManyConnections { .. } => "channel_too_many_connections",
            Self::Folder { .. } => "channel_folder",
            Self::Full { .. } => "channel_full",
            Self::Protocol { .. } => "channel_protocol",
            Self::Gone => "channel_gone",
            Self::Settings(_) => "channel_settings",
            Self::Stopped => "channel_stopped",
        }
    }

    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::SignIn { why, .. } => why.help(),
            Self::Connect { why, .. } => why.help(),
            Self::Tls { why, .. } => why.help(),
            Self::Temporary { .. } => "Anteroom tries again by itself.",
            Self::TooManyConnections { .. } => {
                "Anteroom tries again in five minutes. Close other mail programs that use this account if it stays so."
            }
            Self::Folder { .. } => "Choose the account's folders again.",
            Self::Full { .. } => "Make room in the mailbox, or ask the provider for more.",
            Self::Protocol { .. } => {
                "Anteroom tries again. If it stays so, report it with the diagnosis from the account's page."
            }
            Self::Gone => "It was deleted or moved by another program.",
            Self::Settings(_) => "Open the account's settings and complete them.",
            Self::Stopped => "Start it again when you like.",
        }
    }

    /// What a loop should do.
    pub const fn next_step(&self) -> NextStep {
        const FIVE_MINUTES: Duration = Duration::from_secs(300);
        match self {
            Self::SignIn { .. } | Self::Settings(_) | Self::Gone | Self::Full { .. } => {
                NextStep::AskPerson
            }
            Self::Tls { why, .. } => match why {
                TlsFailure::Handshake => NextStep::Retry(None),
                _ => NextStep::AskPerson,
            },
            Self::Connect { .. } => NextStep::Retry(None),
            Self::Temporary { retry_after, .. } => NextStep::Retry(*retry_after),
            // A folder that is gone may come back; the others go on.
            Self::Folder { .. } | Self::Protocol { .. } | Self::TooManyConnections { .. } => {
                NextStep::Retry(Some(FIVE_MINUTES))
            }
            Self::Stopped => NextStep::Stop,
        }
    }

    /// The provider's own words, where it gave some: for the screen, never for a log.
    pub const fn notice(&self) -> Option<&PatientText> {
        match self {
            Self::SignIn { notice, .. } | Self::Temporary { notice, .. } => notice.as_ref(),
            _ => None,
        }
    }
}

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// Wrong or expired user name, password or token.
    WrongSecret,
    /// The provider wants an app password or its own sign-in page.
    AppPasswordNeeded,
    /// An administrator has switched this way of signing in off.
    SwitchedOff,
    /// Two tries failed; a third with the same secret is not made, because it could lock the account.
    TriesUsedUp,
    /// The server offers no way of signing in that is known here.
    NoCommonMethod,
}

impl SignInFailure {
    const fn suffix(self) -> &'static str {
        match self {
            Self::WrongSecret => "",
            Self::AppPasswordNeeded => ": it wants an app password",
            Self::SwitchedOff => ": signing in by password is switched off there",
            Self::TriesUsedUp => {
                " twice, and it is not tried again so that the account is not locked"
            }
            Self::NoCommonMethod => ": it offers no way of signing in that Anteroom knows",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::WrongSecret | Self::TriesUsedUp => {
                "Check user name and password, and enter the password again."
            }
            Self::AppPasswordNeeded => {
                "Make an app password on the provider's security page and enter it here."
            }
            Self::SwitchedOff => {
                "Ask the administrator of the mail service to allow IMAP and authenticated SMTP for this mailbox."
            }
            Self::NoCommonMethod => "Ask the mail service which sign-in it wants.",
        }
    }
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectFailure {
    /// The host name is unknown.
    UnknownHost,
    /// Nothing listens there.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The connection broke before the answer was complete.
    Lost,
    /// No way to the network.
    Unreachable,
}

impl ConnectFailure {
    const fn phrase(self) -> &'static str {
        match self {
            Self::UnknownHost => "cannot be found",
            Self::Refused => "does not accept connections",
            Self::TimedOut => "did not answer in time",
            Self::Lost => "ended the connection too early",
            Self::Unreachable => "cannot be reached",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::UnknownHost => "Check the server's name and the internet connection.",
            Self::Refused => "Check the server's name and port.",
            Self::TimedOut | Self::Lost | Self::Unreachable => {
                "Check the internet connection. Anteroom tries again by itself."
            }
        }
    }
}

/// Why a connection is not safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFailure {
    /// Nobody trusted has signed the certificate.
    UnknownIssuer,
    /// The certificate is for another server.
    WrongName,
    /// The certificate is out of date or not yet valid.
    OutOfDate,
    /// The certificate is another one than the pinned one.
    PinMismatch,
    /// The server offers no encryption (no STARTTLS).
    NotOffered,
    /// Plain text was asked for to a server that is not this computer.
    PlainNotAllowed,
    /// The certificate is unusable in another way.
    BadCertificate,
    /// The handshake broke.
    Handshake,
}

impl TlsFailure {
    const fn phrase(self) -> &'static str {
        match self {
            Self::UnknownIssuer => "nobody trusted has signed the server's certificate",
            Self::WrongName => "the server's certificate is for another name",
            Self::OutOfDate => "the server's certificate is out of date",
            Self::PinMismatch => "the server shows another certificate than the pinned one",
            Self::NotOffered => "the server offers no encryption",
            Self::PlainNotAllowed => "plain text is allowed only to this computer itself",
            Self::BadCertificate => "the server's certificate is unusable",
            Self::Handshake => "the secure handshake failed",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::UnknownIssuer | Self::PinMismatch | Self::BadCertificate => {
                "Ask the mail service. For a server of the practice's own network, compare the certificate's fingerprint and pin it."
            }
            Self::WrongName => "Check the server's name.",
            Self::OutOfDate => "Check this computer's date; if it is right, tell the mail service.",
            Self::NotOffered | Self::PlainNotAllowed => {
                "Choose TLS (ports 993 and 465) in the account's settings."
            }
            Self::Handshake => "Check server name, port and kind of encryption.",
        }
    }
}

/// Why a folder cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderFailure {
    /// There is none of that name.
    Missing,
    /// The account may not read it.
    NoPermission,
}

impl FolderFailure {
    const fn phrase(self) -> &'static str {
        match self {
            Self::Missing => "does not exist on the server",
            Self::NoPermission => "may not be read by this account",
        }
    }
}
