//! What a message is about, its mood, and whether it has clinical content.

use super::{AdverseReaction, Input, RedFlag, Span};
use crate::context::{Context, Standing};
use crate::lexicon::{Found, Hit};
use crate::packs::Packs;
use crate::text::Token;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A subject of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the words of the product")]
pub enum Tag {
    AppointmentRequest,
    AppointmentChange,
    ClinicalQuestion,
    Refill,
    TestResult,
    Billing,
    Forms,
    Complaint,
    Praise,
    Feedback,
    AdverseReaction,
    Misinformation,
    Spam,
    JobSeeker,
    MediaEnquiry,
    Other,
}

impl Tag {
    /// Every tag, in the order of the documents.
    pub const ALL: [Tag; 16] = [
        Tag::AppointmentRequest,
        Tag::AppointmentChange,
        Tag::ClinicalQuestion,
        Tag::Refill,
        Tag::TestResult,
        Tag::Billing,
        Tag::Forms,
        Tag::Complaint,
        Tag::Praise,
        Tag::Feedback,
        Tag::AdverseReaction,
        Tag::Misinformation,
        Tag::Spam,
        Tag::JobSeeker,
        Tag::MediaEnquiry,
        Tag::Other,
    ];

    /// The name in JSON, rules and packs.
    pub fn name(self) -> &'static str {
        match self {
            Tag::AppointmentRequest => "appointment_request",
            Tag::AppointmentChange => "appointment_change",
            Tag::ClinicalQuestion => "clinical_question",
            Tag::Refill => "refill",
            Tag::TestResult => "test_result",
            Tag::Billing => "billing",
            Tag::Forms => "forms",
            Tag::Complaint => "complaint",
            Tag::Praise => "praise",
            Tag::Feedback => "feedback",
            Tag::AdverseReaction => "adverse_reaction",
            Tag::Misinformation => "misinformation",
            Tag::Spam => "spam",
            Tag::JobSeeker => "job_seeker",
            Tag::MediaEnquiry => "media_enquiry",
            Tag::Other => "other",
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A subject with how sure it is and the words behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct TagFinding {
    /// The subject.
    pub tag: Tag,
    /// From 0 to 1.
    pub confidence: f32,
    /// The words, as byte ranges.
    pub spans: Vec<Span>,
}

/// The mood of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sentiment {
    Negative,
    Neutral,
    Positive,
}

/// A message on the way to its tags.
pub(super) struct Reading<'a> {
    pub packs: &'a Packs,
    pub input: &'a Input<'a>,
    pub tokens: &'a [Token],
    pub found: &'a Found,
    pub context: &'a Context<'a>,
    pub red_flags: &'a [RedFlag],
    pub adverse: Option<&'a AdverseReaction>,
}

impl Reading<'_> {
    fn standing(&self, concept: &str) -> Vec<Hit> {
        let id = self.packs.id(concept);
        self.found.of(id).iter().copied().filter(|h| !matches!(self.context.judge(*h), Standing::Negated | Standing::Idiom)).collect()
    }

    fn spans(&self, hits: &[Hit]) -> Vec<Span> {
        let mut spans: Vec<Span> = hits.iter().filter_map(|h| Some(self.tokens.get(h.start)?.start..self.tokens.get(h.end.checked_sub(1)?)?.end)).collect();
        spans.sort_by_key(|s| (s.start, s.end));
        spans.dedup();
        spans
    }

    /// Tags, mood, and whether there is clinical content.
    pub(super) fn tags(&self) -> (Vec<TagFinding>, Sentiment, bool) {
        let clinical = !self.standing("clinical_words").is_empty() || !self.red_flags.is_empty();
        let mut findings: Vec<TagFinding> = Vec::new();
        for tag in Tag::ALL {
            let hits = self.standing(&format!("tag_{}", tag.name()));
            let confidence = match tag {
                Tag::AdverseReaction => f32::from(u8::from(self.adverse.is_some())) * 0.8,
                Tag::ClinicalQuestion if !self.red_flags.is_empty() => 0.8,
                _ if hits.is_empty() => 0.0,
                _ => 0.7,
            };
            if confidence > 0.5 {
                findings.push(TagFinding { tag, confidence, spans: self.spans(&hits) });
            }
        }
        if findings.is_empty() {
            findings.push(TagFinding { tag: Tag::Other, confidence: 0.5, spans: vec![] });
        }
        findings.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.tag.cmp(&b.tag)));
        let (positive, negative) = (self.standing("positive").len(), self.standing("negative").len());
        let sentiment = match positive.cmp(&negative) {
            std::cmp::Ordering::Less => Sentiment::Negative,
            std::cmp::Ordering::Equal => Sentiment::Neutral,
            std::cmp::Ordering::Greater => Sentiment::Positive,
        };
        let _ = self.input;
        (findings, sentiment, clinical)
    }
}
