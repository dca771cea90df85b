//! Whether words that could mean danger do mean it here.
//!
//! In the tradition of NegEx and ConText: trigger phrases (pack `context.toml`) reach over the words beside
//! them until something stops them. A finding whose own words contain the trigger ("can't breathe", "not
//! responding") is never cancelled by it.

use crate::lexicon::{Found, Hit};
use crate::packs::Packs;
use crate::text::{Break, Token};

/// What the context says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// Told as being so, now or lately.
    Present,
    /// It was so and has passed.
    Resolved,
    /// Long-standing and unchanged, or told in a letter that asks for knowledge.
    Chronic,
    /// Denied.
    Negated,
    /// Long ago, or in somebody's history.
    Past,
    /// Supposed, feared, asked about or taught, not told.
    Hypothetical,
    /// Words of somebody else: a leaflet, a quoted mail.
    Quoted,
    /// A figure of speech, or the name of a service.
    Idiom,
}

const NEGATION_REACH: usize = 7;
const HYPOTHESIS_REACH: usize = 8;

/// The text as the context rules see it.
pub(crate) struct Context<'a> {
    packs: &'a Packs,
    tokens: &'a [Token],
    found: &'a Found,
}

impl<'a> Context<'a> {
    /// Ready to judge findings.
    pub(crate) fn new(packs: &'a Packs, tokens: &'a [Token], found: &'a Found) -> Self {
        Context {
            packs,
            tokens,
            found,
        }
    }

    fn sentence(&self, at: usize) -> u32 {
        self.tokens.get(at).map_or(u32::MAX, |t| t.sentence)
    }

    /// The sentence of a finding.
    pub(crate) fn sentence_of(&self, hit: Hit) -> u32 {
        self.sentence(hit.start)
    }

    fn in_sentence(&self, concept: usize, sentence: u32) -> impl Iterator<Item = Hit> + '_ {
        self.found
            .of(concept)
            .iter()
            .copied()
            .filter(move |h| self.sentence(h.start) == sentence)
    }

    fn stopped(&self, from: usize, to: usize) -> bool {
        self.found
            .of(self.packs.context.stop)
            .iter()
            .any(|s| s.start >= from && s.start < to)
    }

    fn breaks(&self, from: usize, to: usize) -> Option<usize> {
        (from..=to).rev().find(|i| {
            self.tokens
                .get(*i)
                .is_some_and(|t| t.before == Break::Clause)
        })
    }

    /// Judges one finding.
    pub(crate) fn judge(&self, hit: Hit) -> Standing {
        let ids = &self.packs.context;
        let sentence = self.sentence(hit.start);
        if self.tokens.get(hit.start).is_some_and(|t| t.quoted)
            || self
                .in_sentence(ids.quote, sentence)
                .any(|q| q.start < hit.start)
        {
            return Standing::Quoted;
        }
        let masks = self
            .found
            .of(ids.idiom)
            .iter()
            .chain(self.found.of(ids.topic));
        if masks.into_iter().any(|m| m.overlaps(hit)) {
            return Standing::Idiom;
        }
        if self.negated(hit, sentence) {
            return Standing::Negated;
        }
        if self.hypothetical(hit, sentence) || self.asked(hit, sentence) {
            return Standing::Hypothetical;
        }
        if self.past(hit, sentence) {
            return Standing::Past;
        }
        if self
            .in_sentence(ids.resolved, sentence)
            .any(|r| r.start >= hit.end)
            || self
                .in_sentence(ids.resolved, sentence + 1)
                .any(|r| !self.stopped(r.start, r.end))
        {
            return Standing::Resolved;
        }
        if self.chronic(sentence) {
            return Standing::Chronic;
        }
        Standing::Present
    }

    fn negated(&self, hit: Hit, sentence: u32) -> bool {
        let ids = &self.packs.context;
        let before = self.in_sentence(ids.negation, sentence).any(|n| {
            let distance = hit.start.saturating_sub(n.end);
            if n.end > hit.start
                || self
                    .found
                    .of(ids.pseudo_negation)
                    .iter()
                    .any(|p| p.overlaps(n))
                || self.stopped(n.end, hit.start)
            {
                return false;
            }
            match self.breaks(n.end, hit.start) {
                None => distance <= NEGATION_REACH,
                // Over a comma only within a list: "no fever, chills or chest pain".
                Some(at) => {
                    let joined = self
                        .in_sentence(ids.list, sentence)
                        .any(|l| l.start + 1 >= at && l.start <= hit.start + 4);
                    let names = !self
                        .found
                        .of(ids.own)
                        .iter()
                        .any(|o| o.start >= at && o.start < hit.end);
                    distance <= 2 * NEGATION_REACH && joined && names
                }
            }
        });
        let after = self.found.of(ids.negation_after).iter().any(|n| {
            n.start >= hit.end && n.start <= hit.end + 1 && self.sentence(n.start) == sentence
        });
        // "Chest pain? No." and "chest pain: none"
        let answered = self.tokens.get(hit.end).is_some_and(|t| {
            let alone = self
                .tokens
                .get(hit.end + 1)
                .is_none_or(|next| next.before > Break::None);
            matches!(
                t.word.as_str(),
                "no" | "none" | "nope" | "negative" | "ninguno" | "ninguna"
            ) && t.before > Break::None
                && alone
        });
        before || after || answered
    }

    fn hypothetical(&self, hit: Hit, sentence: u32) -> bool {
        let ids = &self.packs.context;
        let real = |h: &Hit| self.found.of(ids.real).iter().any(|r| r.overlaps(*h));
        self.in_sentence(ids.hypothetical, sentence).any(|h| {
            h.end <= hit.start + 1
                && h.start < hit.start
                && hit.start.saturating_sub(h.end) <= HYPOTHESIS_REACH
                && !real(&h)
                && !self.stopped(h.end, hit.start)
                && self.breaks(h.end, hit.start).is_none()
        })
    }

    /// A question of knowledge: nobody's own body stands in the sentence.
    fn asked(&self, hit: Hit, sentence: u32) -> bool {
        let ids = &self.packs.context;
        let asked = self.tokens.get(hit.start).is_some_and(|t| t.asked);
        if !asked
            && !self.in_sentence(ids.asks_knowledge, sentence).any(|a| {
                self.tokens
                    .get(a.start)
                    .is_some_and(|t| t.before == Break::Sentence)
            })
        {
            return false;
        }
        let knows = self
            .in_sentence(ids.asks_knowledge, sentence)
            .next()
            .is_some();
        knows && self.in_sentence(ids.own, sentence).next().is_none()
    }

    fn past(&self, hit: Hit, sentence: u32) -> bool {
        let ids = &self.packs.context;
        let clause = |at: usize| {
            let mut start = at;
            while start > 0
                && self.sentence(start - 1) == sentence
                && self
                    .tokens
                    .get(start)
                    .is_some_and(|t| t.before == Break::None)
                && !self.found.of(ids.stop).iter().any(|s| s.start == start)
            {
                start -= 1;
            }
            start
        };
        let now = |h: &Hit| {
            self.sentence(h.start) == sentence
                && !self.found.of(ids.past).iter().any(|p| p.overlaps(*h))
        };
        let has_now = self.found.of(ids.now).iter().any(now);
        let own_clause = clause(hit.start);
        // A story that began in the past goes on in the past until its tense changes.
        let told_before = sentence > 0 && self.in_sentence(ids.past, sentence - 1).next().is_some();
        if told_before && !has_now && self.in_sentence(ids.present, sentence).next().is_none() {
            return true;
        }
        // "My chest was so tight. That was over a month ago."
        let told_after = self.in_sentence(ids.past, sentence + 1).any(|p| {
            let opening: Vec<&str> = (p.start.saturating_sub(3)..p.start)
                .filter(|i| self.sentence(*i) == sentence + 1)
                .filter_map(|i| self.tokens.get(i))
                .map(|t| t.word.as_str())
                .collect();
            opening.contains(&"was")
                && (opening.contains(&"that")
                    || opening.contains(&"this")
                    || opening.contains(&"it"))
        });
        if told_after {
            return true;
        }
        let now_here = self
            .found
            .of(ids.now)
            .iter()
            .filter(|n| now(n))
            .any(|n| clause(n.start) == own_clause);
        self.in_sentence(ids.past, sentence)
            .filter(|p| !p.overlaps(hit) || p.start < hit.start)
            .any(|p| {
                let beside = clause(p.start);
                // "In 2010, she had …" and "she had …, years ago" belong together; "stepped on a nail, last
                // tetanus was years ago" does not.
                let opens = p.start < hit.start
                    && self
                        .tokens
                        .get(beside)
                        .is_some_and(|t| t.before == Break::Sentence);
                let trails = p.start >= hit.end && beside == p.start;
                (beside == own_clause && !now_here) || (!has_now && (opens || trails))
            })
    }

    /// Long-standing and unchanged, or a letter that asks for knowledge and tells nothing new.
    fn chronic(&self, sentence: u32) -> bool {
        let ids = &self.packs.context;
        let near = |h: &Hit| sentence.abs_diff(self.sentence(h.start)) <= 1;
        let acute = |h: &Hit| !self.found.of(ids.chronic).iter().any(|c| c.overlaps(*h));
        let acute_near = self
            .found
            .of(ids.acute)
            .iter()
            .filter(|h| near(h))
            .any(acute)
            || self.found.of(ids.inability).iter().any(near);
        let lasting = self.found.of(ids.chronic).iter().any(near);
        let told_lasting = self.found.has(ids.chronic)
            && !self.found.of(ids.acute).iter().any(acute)
            && !self.found.of(ids.inability).iter().any(near);
        (lasting && !acute_near)
            || told_lasting
            || self.found.has(ids.strong_letter)
            || (self.found.has(ids.letter) && !self.found.of(ids.acute).iter().any(acute))
    }
}
