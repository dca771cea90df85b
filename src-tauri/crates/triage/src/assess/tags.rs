//! What a message is about, its mood, and whether it has clinical content.

use super::{Prepared, RedFlag, Span};
use crate::acuity::Acuity;
use crate::context::{Context, Standing};
use crate::lexicon::Hit;
use crate::model;
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

/// How much less the model must be sure of a subject whose own words stand in the message.
const NAMED: f32 = 0.3;
/// How sure it must be of a reaction without a cause in a message that has other things to say.
const PLAIN: f32 = 0.8;

/// A message on the way to its tags.
pub(super) struct Reading<'a> {
    pub prepared: &'a Prepared<'a>,
    pub context: &'a Context<'a>,
    pub red_flags: &'a [RedFlag],
    /// A medicine and a reaction to it were found.
    pub reaction: bool,
}

impl Reading<'_> {
    fn standing(&self, concept: &str) -> Vec<Hit> {
        let id = self.prepared.packs.id(concept);
        self.prepared
            .found
            .of(id)
            .iter()
            .copied()
            .filter(|h| !matches!(self.context.judge(*h), Standing::Negated | Standing::Idiom))
            .collect()
    }

    fn spans(&self, concept: &str) -> Vec<Span> {
        let mut spans: Vec<Span> = self
            .standing(concept)
            .into_iter()
            .filter_map(|h| self.prepared.span(h))
            .collect();
        spans.sort_by_key(|s| (s.start, s.end));
        spans.dedup();
        spans
    }

    /// Tags, mood, and whether there is clinical content.
    pub(super) fn tags(&self) -> (Vec<TagFinding>, Sentiment, bool) {
        let model = model::model();
        let p = model.probabilities(&model::features(self.prepared));
        let of = |name: &str| {
            model::column(name)
                .and_then(|c| Some((*p.get(c)?, model.threshold(c))))
                .unwrap_or((0.0, 1.0))
        };
        let mut findings: Vec<TagFinding> = Vec::new();
        for tag in Tag::ALL.into_iter().filter(|t| *t != Tag::Other) {
            let (mut confidence, threshold) = of(tag.name());
            // A red flag is a clinical question whatever else it is.
            if tag == Tag::ClinicalQuestion && !self.red_flags.is_empty() {
                confidence = confidence.max(0.9);
            }
            // Plain words for a subject make up for a model that has not met them.
            let named = matches!(
                tag,
                Tag::AppointmentRequest
                    | Tag::AppointmentChange
                    | Tag::Refill
                    | Tag::TestResult
                    | Tag::Billing
                    | Tag::Forms
                    | Tag::Misinformation
                    | Tag::Spam
                    | Tag::JobSeeker
                    | Tag::MediaEnquiry
                    | Tag::Feedback
            ) && !self.standing(&format!("tag_{}", tag.name())).is_empty()
                || (tag == Tag::AdverseReaction && self.reaction);
            let threshold = if named { threshold * NAMED } else { threshold };
            // Somebody gravely ill, or asking, tells of a reaction only when a cause is named or it is plain.
            let blamed = ["caused_by", "started_medicine", "withdrawal"]
                .iter()
                .any(|c| !self.standing(c).is_empty());
            let grave = self.red_flags.iter().any(|f| f.acuity == Acuity::Emergency)
                || self.prepared.tokens.iter().any(|t| t.asked);
            let threshold = if tag == Tag::AdverseReaction && !blamed && grave {
                threshold.max(PLAIN)
            } else {
                threshold
            };
            if confidence >= threshold {
                let words = if tag == Tag::AdverseReaction {
                    "reaction_words".to_owned()
                } else {
                    format!("tag_{}", tag.name())
                };
                findings.push(TagFinding {
                    tag,
                    confidence,
                    spans: self.spans(&words),
                });
            }
        }
        if findings.is_empty() {
            let surest = p
                .iter()
                .take(Tag::ALL.len() - 1)
                .copied()
                .fold(0.0, f32::max);
            findings.push(TagFinding {
                tag: Tag::Other,
                confidence: 1.0 - surest,
                spans: vec![],
            });
        }
        findings.sort_by(|a, b| {
            b.confidence
                .total_cmp(&a.confidence)
                .then(a.tag.cmp(&b.tag))
        });
        let ((negative, low), (positive, high)) = (of("negative"), of("positive"));
        let sentiment = match (negative >= low, positive >= high) {
            (true, true) if positive > negative => Sentiment::Positive,
            (true, _) => Sentiment::Negative,
            (false, true) => Sentiment::Positive,
            (false, false) => Sentiment::Neutral,
        };
        let tagged = |tag: Tag| findings.iter().any(|f| f.tag == tag);
        // Care named in passing while scheduling, paying or thanking is no clinical content.
        let business = [
            Tag::AppointmentRequest,
            Tag::AppointmentChange,
            Tag::Billing,
            Tag::Forms,
            Tag::Complaint,
            Tag::Praise,
            Tag::Feedback,
            Tag::Spam,
            Tag::JobSeeker,
            Tag::MediaEnquiry,
        ]
        .into_iter()
        .any(tagged);
        let asks = [
            Tag::ClinicalQuestion,
            Tag::Refill,
            Tag::TestResult,
            Tag::AdverseReaction,
            Tag::Misinformation,
        ]
        .into_iter()
        .any(tagged);
        let words = self.standing("clinical_words").len();
        let clinical = !self.red_flags.is_empty() || asks || (words > 0 && !business) || words > 5;
        (findings, sentiment, clinical)
    }
}
