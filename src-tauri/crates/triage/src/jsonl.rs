//! The command line's JSON lines: one object in, one object out.
//!
//! Offsets in these lines count Unicode scalar values (as Python and most languages index text), `start`
//! included, `end` excluded. Inside the crate spans are byte ranges.

use crate::acuity::Acuity;
use crate::assess::{AdverseReaction, Input, Language, Sentiment, Tag, assess};
use crate::guard::{FindingKind, PracticeFacts, Reply, Verdict, Visibility, guard};
use crate::text::{char_offset, slice};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a line could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The line is not the JSON object it should be. The message names the place, never the content.
    #[error("line is not readable at column {column}")]
    Unreadable {
        /// Where reading stopped.
        column: usize,
    },
}

impl From<serde_json::Error> for LineError {
    fn from(e: serde_json::Error) -> Self {
        LineError::Unreadable { column: e.column() }
    }
}

#[derive(Debug, Deserialize)]
struct AssessLine {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    channel: Option<String>,
    text: String,
    #[serde(default)]
    sent_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct FlagLine<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    rule: &'a str,
    source: &'a str,
}

#[derive(Debug, Serialize)]
struct AssessedLine<'a> {
    id: Value,
    acuity: Acuity,
    red_flags: Vec<FlagLine<'a>>,
    self_harm: bool,
    tags: Vec<Tag>,
    sentiment: Sentiment,
    language: Language,
    #[serde(skip_serializing_if = "Option::is_none")]
    adverse_reaction: Option<AdverseReaction>,
}

/// Answers one line of `anteroom assess`.
///
/// In: `{"id","channel","text"}` and optionally `"sent_at"` (RFC 3339). Out: `{"id","acuity","red_flags":
/// [{"start","end","text","rule","source"}],"self_harm","tags","sentiment","language"}`, and
/// `"adverse_reaction"` when one is told.
pub fn assess_line(line: &str) -> Result<String, LineError> {
    let line: AssessLine = serde_json::from_str(line)?;
    let sent_at = line
        .sent_at
        .as_deref()
        .and_then(|s| chrono::DateTime::parse_from_rfc3339(s).ok());
    let channel = line.channel.unwrap_or_default();
    let assessment = assess(&Input {
        channel: &channel,
        text: &line.text,
        sent_at,
    });
    let red_flags = assessment.red_flags.iter().map(|f| FlagLine {
        start: char_offset(&line.text, f.span.start),
        end: char_offset(&line.text, f.span.end),
        text: slice(&line.text, f.span.start, f.span.end),
        rule: &f.rule,
        source: &f.source,
    });
    let answer = AssessedLine {
        id: line.id,
        acuity: assessment.acuity,
        red_flags: red_flags.collect(),
        self_harm: assessment.self_harm,
        tags: assessment.tags.iter().map(|t| t.tag).collect(),
        sentiment: assessment.sentiment,
        language: assessment.language,
        adverse_reaction: assessment.adverse_reaction,
    };
    Ok(serde_json::to_string(&answer)?)
}

#[derive(Debug, Deserialize)]
struct GuardLine {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    visibility: Visibility,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    inbound: Option<String>,
    #[serde(default)]
    contact_name: Option<String>,
    #[serde(default)]
    other_known_contacts: Option<Vec<String>>,
    reply: String,
    #[serde(default)]
    practice: PracticeFacts,
}

#[derive(Debug, Serialize)]
struct GuardFindingLine {
    kind: FindingKind,
    start: usize,
    end: usize,
    text: String,
}

#[derive(Debug, Serialize)]
struct GuardedLine {
    id: Value,
    verdict: Verdict,
    findings: Vec<GuardFindingLine>,
}

/// Answers one line of `anteroom guard`.
///
/// In: `{"id","visibility":"public|private","channel","inbound","contact_name","other_known_contacts":[…],
/// "reply"}` and optionally `"practice":{"name","phones","emails","addresses","staff"}`. Out: `{"id",
/// "verdict":"block|warn|pass","findings":[{"kind","start","end","text"}]}`.
pub fn guard_line(line: &str) -> Result<String, LineError> {
    let line: GuardLine = serde_json::from_str(line)?;
    let guarded = guard(&Reply {
        visibility: line.visibility,
        channel: line.channel.as_deref().unwrap_or(""),
        inbound: line.inbound.as_deref().unwrap_or(""),
        contact_name: line.contact_name.as_deref().unwrap_or(""),
        other_known_contacts: line.other_known_contacts.as_deref().unwrap_or(&[]),
        reply: &line.reply,
        practice: &line.practice,
    });
    let findings = guarded.findings.into_iter().map(|f| GuardFindingLine {
        kind: f.kind,
        start: char_offset(&line.reply, f.span.start),
        end: char_offset(&line.reply, f.span.end),
        text: f.text,
    });
    Ok(serde_json::to_string(&GuardedLine {
        id: line.id,
        verdict: guarded.verdict,
        findings: findings.collect(),
    })?)
}
