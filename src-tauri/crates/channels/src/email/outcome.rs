//! What the end of a send means for the reply, and who keeps copies of sent mail.

use domain::outbox::SendFailure;
use domain::text::PatientText;

use super::compose::ComposeError;
use super::settings::{EmailSettings, SentCopyRule};
use crate::connector::{Reason, SendOutcome};
use crate::error::ChannelError;

/// Whether the provider stores what is handed in to it among the sent mail.
pub fn keeps_sent(settings: &EmailSettings) -> bool {
    const KEEPERS: [&str; 5] = [
        "smtp.gmail.com",
        "smtp.googlemail.com",
        "smtp.office365.com",
        "smtp-mail.outlook.com",
        "smtp.outlook.com",
    ];
    match settings.sent_copy {
        SentCopyRule::ByServer => true,
        SentCopyRule::Append => false,
        SentCopyRule::Auto => KEEPERS
            .iter()
            .any(|host| settings.smtp.host.eq_ignore_ascii_case(host)),
    }
}

/// Whether the provider's silence proves that a mail was not sent: only where it keeps everything it
/// takes over, and under the Message-ID it was given. Microsoft's services may give a new one.
pub fn keeps_under_our_id(settings: &EmailSettings) -> bool {
    match settings.sent_copy {
        SentCopyRule::ByServer => true,
        SentCopyRule::Append => false,
        SentCopyRule::Auto => ["smtp.gmail.com", "smtp.googlemail.com"]
            .iter()
            .any(|host| settings.smtp.host.eq_ignore_ascii_case(host)),
    }
}

pub fn unwritable(error: ComposeError) -> SendOutcome {
    SendOutcome::Refused {
        failure: match error {
            ComposeError::To => SendFailure::UnknownRecipient,
            _ => SendFailure::Refused,
        },
        why: Reason::ours(error.to_string()),
    }
}

/// Nothing left: the mail server was not reached, or the connection broke before the message's end.
pub fn unreached(error: &ChannelError) -> SendOutcome {
    let why = Reason {
        sentence: format!("{error} {}", error.help()),
        code: None,
        answer: error.notice().cloned().unwrap_or_else(PatientText::default),
    };
    match error {
        ChannelError::SignIn { .. } => SendOutcome::Refused {
            failure: SendFailure::SignIn,
            why,
        },
        ChannelError::Temporary { retry_after, .. } => SendOutcome::Deferred {
            retry_after: *retry_after,
            why,
        },
        _ => SendOutcome::Deferred {
            retry_after: None,
            why,
        },
    }
}
