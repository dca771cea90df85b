//! Which mail a machine wrote (RFC 3834 and what programs really send). Nothing answers such mail.

use serde::{Deserialize, Serialize};

use crate::{body::Report, headers::Headers};

/// What kind of machine wrote it. The first that applies, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatic {
    /// A report on the delivery of a message.
    DeliveryReport,
    /// A report that a message was read or deleted.
    ReadReceipt,
    /// An answer without a person: out of office, "we have received your message".
    Reply,
    /// Sent by a program: reminders, confirmations, alarms.
    Generated,
    /// Through a mailing list or newsletter.
    List,
    /// Marked as mass or low-priority mail.
    Bulk,
    /// Without a return address, so that no answer can come back.
    NullSender,
}

/// Judges by header fields and report parts. `X-Auto-Response-Suppress` is no sign: it asks others to stay
/// silent and stands in mail that people write.
pub(crate) fn judge(
    headers: &Headers<'_>,
    content_subtype: &str,
    report_type: &str,
    report: &Report,
) -> Option<Automatic> {
    let delivery = report.delivery_status.is_some()
        || (content_subtype == "report" && report_type == "delivery-status");
    if delivery || headers.get("x-failed-recipients").is_some() {
        return Some(Automatic::DeliveryReport);
    }
    if report.disposition
        || (content_subtype == "report" && report_type == "disposition-notification")
    {
        return Some(Automatic::ReadReceipt);
    }
    let submitted = headers
        .keyword("auto-submitted")
        .map(|value| first_word(&value));
    let precedence = headers
        .keyword("precedence")
        .map(|value| first_word(&value))
        .unwrap_or_default();
    let marked = [
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply-from",
    ];
    let replies = marked
        .iter()
        .any(|name| headers.get(name).is_some() && headers.keyword(name).as_deref() != Some("no"));
    if submitted.as_deref() == Some("auto-replied") || precedence == "auto_reply" || replies {
        return Some(Automatic::Reply);
    }
    if submitted.is_some_and(|word| !word.is_empty() && word != "no") {
        return Some(Automatic::Generated);
    }
    if headers.get("list-id").is_some()
        || headers.get("list-unsubscribe").is_some()
        || precedence == "list"
    {
        return Some(Automatic::List);
    }
    if matches!(precedence.as_str(), "bulk" | "junk") {
        return Some(Automatic::Bulk);
    }
    let null = headers
        .get("return-path")
        .is_some_and(|path| path.unfolded().replace(char::is_whitespace, "") == "<>");
    null.then_some(Automatic::NullSender)
}

/// Without parameters and comments.
fn first_word(value: &str) -> String {
    value
        .trim_start()
        .split([';', '(', ' ', '\t'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
