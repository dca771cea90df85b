//! Answers for people: plain columns, local times, no colour where nobody sees it.

use std::io::Write as _;

use chrono::{DateTime, Local};
use desk::CommandError;
use desk::error::Result;
use desk::views::{
    AccountView, AuditEntry, AuditReport, ConversationRow, ConversationView, HealthState,
    MessageView, Timestamp, Vocabulary,
};
use desk::views::{ConversationState, MessageKind, OutboxState};
use serde::Serialize;

/// One JSON document on standard output.
pub fn json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    line(&text)
}

/// One line on standard output.
pub fn line(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").map_err(|_| {
        CommandError::new(
            desk::ErrorCode::File,
            "Standard output is closed.",
            "Check the pipe.",
        )
    })
}

/// One line on standard error, for what is not the answer.
pub fn remark(text: &str) {
    // Nobody reading standard error is not a failure.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A failure on standard error.
pub fn error(error: &CommandError, json: bool) {
    if json {
        remark(&serde_json::json!({ "error": error }).to_string());
    } else {
        remark(&format!("{}\n{}", error.message, error.help));
    }
}

/// A failure before anything could start.
pub fn fatal(message: &str) {
    remark(message);
}

/// The conversation list.
pub fn rows(rows: &[ConversationRow], vocabulary: &Vocabulary, now: Timestamp) -> Result<()> {
    if rows.is_empty() {
        return line("Nothing here.");
    }
    for row in rows {
        let mut marks = Vec::new();
        if row.unread > 0 {
            marks.push(format!("{} unread", row.unread));
        }
        if row.red_flag {
            marks.push("red flag".into());
        }
        if row.has_draft {
            marks.push("draft".into());
        }
        if let Some(outbox) = row.outbox {
            marks.push(outbox_words(outbox).into());
        }
        marks.extend(
            row.tags
                .iter()
                .filter_map(|id| vocabulary.tags.iter().find(|tag| tag.id == *id))
                .map(|tag| format!("#{}", tag.name)),
        );
        if let Some(staff) = row
            .assignee
            .and_then(|id| vocabulary.staff.iter().find(|s| s.id == id))
        {
            marks.push(format!("@{}", staff.name));
        }
        line(&format!(
            "{}  {:<8} {:<9} {:>7}  {:<24} {}",
            row.id,
            row.state.word(),
            row.acuity.word().replace('_', " "),
            age(row.waiting_since.unwrap_or(row.last_at), now),
            cut(row.contact_name.reveal(), 24),
            cut(
                if row.subject.is_empty() {
                    row.preview.reveal()
                } else {
                    row.subject.reveal()
                },
                60
            ),
        ))?;
        if !marks.is_empty() {
            line(&format!("{:36}  {}", "", marks.join(" · ")))?;
        }
    }
    Ok(())
}

/// One conversation.
pub fn conversation(view: &ConversationView, vocabulary: &Vocabulary) -> Result<()> {
    let row = &view.row;
    line(&format!(
        "{} · {}",
        row.contact_name.reveal(),
        row.subject.reveal()
    ))?;
    line(&format!(
        "{} · {} · {} messages · replies go to {}",
        state_words(row.state),
        row.acuity.word().replace('_', " "),
        row.messages,
        view.reply_to.address.reveal()
    ))?;
    for message in &view.messages {
        line("")?;
        self::message(message, vocabulary)?;
    }
    if let Some(draft) = &view.draft {
        line("")?;
        line(&format!("Draft, saved {}:", local(draft.saved_at)))?;
        line(draft.text.reveal())?;
    }
    Ok(())
}

fn message(message: &MessageView, vocabulary: &Vocabulary) -> Result<()> {
    let who = message
        .staff
        .and_then(|id| vocabulary.staff.iter().find(|staff| staff.id == id))
        .map_or_else(
            || message.from.name.reveal().to_owned(),
            |staff| staff.name.clone(),
        );
    let who = if who.is_empty() {
        message.from.address.reveal().to_owned()
    } else {
        who
    };
    let kind = match message.kind {
        MessageKind::Inbound => "wrote",
        MessageKind::Reply => "replied",
        MessageKind::Note => "noted (only staff see this)",
    };
    line(&format!(
        "── {who} {kind} · {}  {}",
        local(message.at),
        message.id
    ))?;
    if let Some(outbox) = &message.outbox {
        let why = outbox.why.reveal();
        let why = if why.is_empty() {
            String::new()
        } else {
            format!(": {why}")
        };
        line(&format!("[{}{why}]", outbox_words(outbox.state)))?;
    }
    for problem in &message.problems {
        line(&format!("[{problem}]"))?;
    }
    line(message.text.reveal())?;
    for file in &message.attachments {
        let danger = if file.danger.is_some() {
            " · dangerous to open"
        } else {
            ""
        };
        line(&format!(
            "[file {} · {} · {} bytes{danger}]",
            file.name, file.media_type, file.size
        ))?;
    }
    Ok(())
}

/// Accounts with their health.
pub fn accounts(accounts: &[AccountView]) -> Result<()> {
    if accounts.is_empty() {
        return line("No account is connected. Connect one: anteroom account add ADDRESS");
    }
    for account in accounts {
        let health = &account.health;
        let state = match health.state {
            HealthState::New => "not fetched yet",
            HealthState::CatchingUp => "fetching its past",
            HealthState::Current => "current",
            HealthState::Offline => "not reachable",
            HealthState::SignIn => "must sign in again",
            HealthState::Trouble => "in trouble",
            HealthState::Stopped => "stopped",
        };
        let last = health.last_good.map_or_else(|| "never".to_owned(), local);
        line(&format!(
            "{}  {}  {state} · last fetched {last}",
            account.id,
            account.address.reveal()
        ))?;
        if !health.trouble.is_empty() {
            line(&format!("    {} {}", health.trouble, health.mend))?;
        }
        if health.outbox_waiting > 0 {
            line(&format!("    {} replies wait", health.outbox_waiting))?;
        }
    }
    Ok(())
}

/// What verifying the audit log found.
pub fn audit_report(report: &AuditReport) -> Result<()> {
    line(&format!(
        "{} entries checked, {} with erased content.",
        report.entries, report.erased
    ))?;
    line(&format!("Head: {}", report.head))?;
    for broken in &report.breaks {
        line(&format!("BROKEN: {broken}"))?;
    }
    if report.breaks.is_empty() {
        line("The chain holds.")
    } else {
        Ok(())
    }
}

/// Lines of the audit log.
pub fn audit(entries: &[AuditEntry], vocabulary: &Vocabulary) -> Result<()> {
    for entry in entries {
        let who = entry
            .staff
            .and_then(|id| vocabulary.staff.iter().find(|staff| staff.id == id))
            .map_or("Anteroom", |staff| staff.name.as_str());
        let on = entry
            .conversation
            .map_or_else(String::new, |id| format!(" · {id}"));
        line(&format!(
            "{:>7}  {}  {who} · {}{on}",
            entry.seq,
            local(entry.at),
            entry.what
        ))?;
    }
    Ok(())
}

fn state_words(state: ConversationState) -> String {
    match state {
        ConversationState::Snoozed { until } => format!("snoozed until {}", local(until)),
        other => other.word().to_owned(),
    }
}

fn outbox_words(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Held => "held",
        OutboxState::Queued => "waits to be sent",
        OutboxState::Sending => "leaving",
        OutboxState::Sent => "sent",
        OutboxState::Failed => "not sent",
        OutboxState::Uncertain => "unclear whether it was sent",
        OutboxState::Cancelled => "taken back",
    }
}

fn local(at: Timestamp) -> String {
    DateTime::<Local>::from(at.to_datetime())
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

/// How long ago, in the largest unit that says enough.
fn age(at: Timestamp, now: Timestamp) -> String {
    let minutes = (now.millis() - at.millis()).max(0) / 60_000;
    match minutes {
        0..60 => format!("{minutes} min"),
        60..2880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

fn cut(text: &str, longest: usize) -> String {
    let flat: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if flat.chars().count() <= longest {
        return flat;
    }
    flat.chars()
        .take(longest.saturating_sub(1))
        .chain(['…'])
        .collect()
}
