//! Delivery reports (RFC 3464) and their older relatives: what became of a message we sent.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Automatic,
    body::Report,
    headers::{self, Headers, one_line},
};

/// What a report says about one message. Of several recipients the worst off counts.
#[derive(Clone, PartialEq, Eq)]
pub struct Bounce {
    /// `Message-ID` of the message reported on, without angle brackets.
    pub original_message_id: Option<String>,
    /// Whom it was for.
    pub recipient: Option<String>,
    /// What happened to it.
    pub action: BounceAction,
    /// Enhanced status code such as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// The other server's own words.
    pub diagnostic: Option<String>,
}

impl fmt::Debug for Bounce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounce")
            .field("action", &self.action)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What happened to the message, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceAction {
    /// It arrived (also: was relayed or expanded, which is all that server can say).
    Delivered,
    /// Not yet; the server goes on trying.
    Delayed,
    /// It will not arrive.
    Failed,
}

pub(crate) fn read(
    headers: &Headers<'_>,
    report: &Report,
    text: &str,
    automatic: Option<Automatic>,
) -> Option<Bounce> {
    let mut bounce = match &report.delivery_status {
        Some(status) => from_status(status)?,
        None => from_text(headers, text, automatic)?,
    };
    let returned = report
        .returned
        .as_deref()
        .map(|bytes| headers::split(bytes).0);
    bounce.original_message_id = returned
        .and_then(|returned| returned.ids("message-id").into_iter().next())
        .or_else(|| quoted_message_id(text))
        .or_else(|| headers.ids("in-reply-to").into_iter().next())
        .or_else(|| headers.ids("references").into_iter().next_back());
    Some(bounce)
}

/// `message/delivery-status`: blocks of fields, the first about the message, one more per recipient.
fn from_status(status: &str) -> Option<Bounce> {
    let mut worst: Option<Bounce> = None;
    let mut rest = status.trim_start().as_bytes();
    // Bounded: a report for more recipients than this is about none of ours.
    for _ in 0..200 {
        if rest.is_empty() {
            break;
        }
        let (block, behind) = headers::split(rest);
        rest = behind.trim_ascii_start();
        let Some(action) = action(&block) else {
            continue;
        };
        if worst.as_ref().is_none_or(|worst| action > worst.action) {
            worst = Some(Bounce {
                original_message_id: None,
                recipient: typed(&block, "final-recipient")
                    .or_else(|| typed(&block, "original-recipient")),
                action,
                status: block
                    .keyword("status")
                    .and_then(|value| status_code(&value)),
                diagnostic: typed(&block, "diagnostic-code"),
            });
        }
    }
    worst
}

fn action(block: &Headers<'_>) -> Option<BounceAction> {
    match block.keyword("action")?.split([' ', '(', ';']).next()? {
        "failed" => Some(BounceAction::Failed),
        "delayed" => Some(BounceAction::Delayed),
        "delivered" | "relayed" | "expanded" => Some(BounceAction::Delivered),
        // An unknown action with a permanent status is a failure.
        _ => block
            .keyword("status")?
            .starts_with('5')
            .then_some(BounceAction::Failed),
    }
}

/// `rfc822; nobody@host.example` → `nobody@host.example`.
fn typed(block: &Headers<'_>, name: &str) -> Option<String> {
    let value = block.get(name)?.unfolded();
    let value = value
        .split_once(';')
        .map_or(value.as_str(), |(_, value)| value);
    let value = one_line(value);
    let value = value.trim_matches(['<', '>']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// Reports without the standard part: exim and Gmail name the recipient in a header field, qmail writes a
/// fixed sentence.
fn from_text(headers: &Headers<'_>, text: &str, automatic: Option<Automatic>) -> Option<Bounce> {
    let sender = headers
        .addresses("from")
        .into_iter()
        .next()
        .unwrap_or_default()
        .email
        .to_ascii_lowercase();
    let daemon = sender.starts_with("mailer-daemon") || sender.starts_with("postmaster");
    let failed = headers
        .get("x-failed-recipients")
        .map(|field| one_line(&field.unfolded()));
    if !(daemon || automatic.is_some() || failed.is_some()) {
        return None;
    }
    let opening: String = text.chars().take(4000).collect();
    let lower = opening.to_lowercase();
    let qmail = lower.contains("this is the qmail-send program");
    let says = [
        "could not be delivered",
        "undeliverable",
        "delivery has failed",
        "delivery failed",
        "permanent error",
        "user unknown",
        "mailbox unavailable",
        "unzustellbar",
        "no se pudo entregar",
    ];
    let bounced =
        failed.is_some() || qmail || (daemon && says.iter().any(|words| lower.contains(words)));
    if !bounced {
        return None;
    }
    let delayed = [
        "delayed",
        "still being retried",
        "will be retried",
        "warning: message",
    ];
    let action = if failed.is_none() && delayed.iter().any(|words| lower.contains(words)) {
        BounceAction::Delayed
    } else {
        BounceAction::Failed
    };
    let recipient = failed
        .and_then(|list| list.split(',').next().map(|one| one.trim().to_owned()))
        .or_else(|| opening.lines().find_map(bracketed_address));
    let status = opening.split_whitespace().find_map(status_code);
    let diagnostic = opening.lines().map(str::trim).find(|line| {
        line.split_whitespace()
            .any(|word| status_code(word).is_some())
    });
    Some(Bounce {
        original_message_id: None,
        recipient,
        action,
        status,
        diagnostic: diagnostic.map(one_line),
    })
}

/// A line that begins with `<user@host>`, as qmail lists them.
fn bracketed_address(line: &str) -> Option<String> {
    let (address, _) = line.trim().strip_prefix('<')?.split_once('>')?;
    address.contains('@').then(|| address.to_owned())
}

/// `5.1.1`, `#5.1.1`, `(4.4.7)`.
fn status_code(word: &str) -> Option<String> {
    let word = word
        .split_whitespace()
        .next()?
        .trim_matches(|c: char| !c.is_ascii_digit());
    let numbers: Vec<&str> = word.split('.').collect();
    let digits =
        |number: &&str| matches!(number.len(), 1..=3) && number.bytes().all(|b| b.is_ascii_digit());
    let class = matches!(numbers.first(), Some(&("2" | "4" | "5")));
    (numbers.len() == 3 && class && numbers.iter().all(digits)).then(|| word.to_owned())
}

/// The returned message copied into the text of an old-style report.
fn quoted_message_id(text: &str) -> Option<String> {
    text.lines().take(2000).find_map(|line| {
        let line = line.trim_start_matches(['>', ' ']);
        let (name, value) = line.split_once(':')?;
        let (_, after) = name
            .eq_ignore_ascii_case("message-id")
            .then(|| value.split_once('<'))??;
        let (id, _) = after.split_once('>')?;
        (id.contains('@') && !id.contains(char::is_whitespace)).then(|| id.to_owned())
    })
}
