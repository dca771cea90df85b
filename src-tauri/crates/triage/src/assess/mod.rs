//! Reading one message: acuity with its red flags, subject tags, sentiment, language, adverse reactions.
//!
//! The machine raises; nothing here ever lowers what a person decided. Every finding carries the words that
//! raised it as a byte range of the original text, the rule and the rule's source.

mod adverse;
mod flags;
mod language;
mod tags;

pub use adverse::AdverseReaction;
pub use flags::RedFlag;
pub use language::Language;
pub use tags::{Sentiment, Tag, TagFinding};

use crate::acuity::Acuity;
use crate::context::Context;
use crate::lexicon::{Found, Hit};
use crate::packs::{Packs, packs};
use crate::text::{Token, tokenise};
use std::ops::Range;

/// One message to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The channel's name (`email`, `review`, `facebook_comment`, …); empty when unknown.
    pub channel: &'a str,
    /// The message, subject line first where there is one.
    pub text: &'a str,
    /// When it was sent. Nothing here depends on it yet; it is carried so that callers need not change.
    pub sent_at: Option<chrono::DateTime<chrono::FixedOffset>>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The greatest urgency any rule raised, or whether there is clinical content at all.
    pub acuity: Acuity,
    /// Every rule that raised it, the gravest first, then in the order of the text.
    pub red_flags: Vec<RedFlag>,
    /// Thoughts of suicide or self-injury: the message takes its own path.
    pub self_harm: bool,
    /// Subjects, the surest first.
    pub tags: Vec<TagFinding>,
    /// The mood of the message.
    pub sentiment: Sentiment,
    /// The language it is mostly written in.
    pub language: Language,
    /// Product and reaction when a reaction to a medicine is told.
    pub adverse_reaction: Option<AdverseReaction>,
}

/// A byte range of the original text, always on character boundaries.
pub type Span = Range<usize>;

/// A text after tokenising and looking for concepts.
pub(crate) struct Prepared<'a> {
    pub packs: &'static Packs,
    pub text: &'a str,
    pub tokens: Vec<Token>,
    pub found: Found,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let packs = packs();
        let tokens = tokenise(text, &packs.speller);
        let found = packs.lexicon.find(&tokens);
        Prepared {
            packs,
            text,
            tokens,
            found,
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context::new(self.packs, &self.tokens, &self.found)
    }

    /// The bytes a finding covers.
    pub(crate) fn span(&self, hit: Hit) -> Option<Span> {
        Some(self.tokens.get(hit.start)?.start..self.tokens.get(hit.end.checked_sub(1)?)?.end)
    }
}

/// Reads one message. Deterministic; knows no clock and no network.
pub fn assess(input: &Input<'_>) -> Assessment {
    let prepared = Prepared::new(input.text);
    let context = prepared.context();
    let red_flags = flags::raise(&prepared, &context);
    let language = language::detect(&prepared.tokens);
    let adverse_reaction = adverse::extract(&prepared, &context);
    let reading = tags::Reading {
        prepared: &prepared,
        context: &context,
        red_flags: &red_flags,
        reaction: adverse_reaction.is_some(),
    };
    let (tags, sentiment, clinical) = reading.tags();
    let told = tags.iter().any(|t| t.tag == Tag::AdverseReaction);
    let floor = if clinical {
        Acuity::Routine
    } else {
        Acuity::Administrative
    };
    Assessment {
        acuity: red_flags
            .iter()
            .map(|f| f.acuity)
            .max()
            .unwrap_or(floor)
            .max(floor),
        self_harm: red_flags.iter().any(|f| f.self_harm),
        red_flags,
        tags,
        sentiment,
        language,
        adverse_reaction: adverse_reaction.filter(|_| told),
    }
}
