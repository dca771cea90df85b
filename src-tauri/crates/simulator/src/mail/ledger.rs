//! What the submission server accepted: the proof that a reply left exactly once.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::structure::{header, split};

/// One message that the server took responsibility for (its 250 was due, even if it was lost).
#[derive(Debug, Clone)]
pub struct Submission {
    /// Without angle brackets; empty when the message had none.
    pub message_id: String,
    /// The envelope sender.
    pub from: String,
    /// The envelope recipients.
    pub to: Vec<String>,
    /// When, by the simulator's clock.
    pub at: DateTime<Utc>,
    /// The bytes after undoing dot-stuffing.
    pub raw: Arc<[u8]>,
}

/// Everything accepted so far, in order. A snapshot.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    submissions: Vec<Submission>,
    offered: BTreeMap<String, u32>,
}

impl Ledger {
    /// How often a message with this Message-ID (angle brackets or not) was accepted.
    pub fn accepted(&self, message_id: &str) -> u32 {
        let wanted = bare(message_id);
        self.submissions
            .iter()
            .filter(|submission| submission.message_id == wanted)
            .count() as u32
    }

    /// How often a complete message with this Message-ID was offered, accepted or not.
    pub fn offered(&self, message_id: &str) -> u32 {
        self.offered.get(bare(message_id)).copied().unwrap_or(0)
    }

    /// All accepted messages, oldest first.
    pub fn submissions(&self) -> &[Submission] {
        &self.submissions
    }

    /// The accepted messages that went to this address.
    pub fn to<'a>(&'a self, address: &'a str) -> impl Iterator<Item = &'a Submission> {
        self.submissions.iter().filter(move |submission| {
            submission
                .to
                .iter()
                .any(|to| to.eq_ignore_ascii_case(address))
        })
    }

    /// The Message-IDs that were accepted more than once, with their counts.
    pub fn doubled(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for submission in &self.submissions {
            *counts.entry(submission.message_id.clone()).or_insert(0_u32) += 1;
        }
        counts.retain(|_, count| *count > 1);
        counts
    }

    pub(super) fn offer(&mut self, message_id: &str) {
        *self.offered.entry(message_id.to_owned()).or_insert(0) += 1;
    }

    pub(super) fn accept(&mut self, submission: Submission) {
        self.submissions.push(submission);
    }
}

/// The Message-ID of message bytes without angle brackets; empty when there is none.
pub(crate) fn message_id_of(raw: &[u8]) -> String {
    let (headers, _) = split(raw);
    header(headers, "Message-ID")
        .map(|id| bare(&String::from_utf8_lossy(&id)).to_owned())
        .unwrap_or_default()
}

fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}
