//! Disclosure, clinical detail, dates of care, promises and manners, by the phrases of `packs/guard.toml`.

use super::{FindingKind, Findings, Reply};
use crate::lexicon::{Found, Hit};
use crate::packs::packs;
use crate::text::{Break, Token, tokenise};

struct Reading<'a> {
    tokens: &'a [Token],
    found: &'a Found,
    general: usize,
    imperative: usize,
}

impl Reading<'_> {
    fn sentence(&self, at: usize) -> u32 {
        self.tokens.get(at).map_or(u32::MAX, |t| t.sentence)
    }

    fn same_clause(&self, from: usize, to: usize) -> bool {
        self.sentence(from) == self.sentence(to)
            && (from + 1..=to).all(|i| self.tokens.get(i).is_none_or(|t| t.before == Break::None))
    }

    /// Said of anyone: a condition, a policy, an invitation, advice to the reader at large.
    fn general(&self, hit: Hit, bare: bool) -> bool {
        let masked = self.found.of(self.general).iter().any(|g| {
            let condition = self
                .tokens
                .get(g.start)
                .is_some_and(|t| matches!(t.word.as_str(), "if" | "whether" | "si"));
            g.overlaps(hit)
                || (condition && g.start < hit.start && self.same_clause(g.start, hit.start))
        });
        let advice = bare
            && self
                .found
                .of(self.imperative)
                .iter()
                .any(|i| self.sentence(i.start) == self.sentence(hit.start));
        masked || advice
    }
}

/// What the words of the reply give away or promise.
pub(super) fn find(reply: &Reply<'_>, found: &mut Findings) {
    let packs = packs();
    let tokens = tokenise(reply.reply, &packs.speller);
    let hits = packs.guard.find(&tokens);
    let id = |name: &str| packs.guard.id(name).unwrap_or(usize::MAX);
    let reading = Reading {
        tokens: &tokens,
        found: &hits,
        general: id("g_general"),
        imperative: id("g_imperative"),
    };
    let span = |h: &Hit| Some(tokens.get(h.start)?.start..tokens.get(h.end.checked_sub(1)?)?.end);
    for (concept, kind) in [
        ("g_disclosure", FindingKind::PatientDisclosure),
        ("g_detail", FindingKind::ClinicalDetail),
    ] {
        for hit in hits.of(id(concept)) {
            let bare = hit.end - hit.start <= 3;
            if !reading.general(*hit, bare)
                && let Some(span) = span(hit)
            {
                found.add(kind, span);
            }
        }
    }
    let (exact, you) = (id("g_exact_date"), id("g_you"));
    for date in hits.of(exact) {
        let sentence = reading.sentence(date.start);
        let with = |concept: usize| {
            hits.of(concept)
                .iter()
                .any(|h| reading.sentence(h.start) == sentence && !h.overlaps(*date))
        };
        let tied = hits.of(id("g_disclosure")).iter().any(|h| {
            reading.sentence(h.start) == sentence && !reading.general(*h, h.end - h.start <= 3)
        });
        if tied
            && with(you)
            && let Some(span) = span(date)
        {
            found.add(FindingKind::DateOfCare, span);
        }
    }
    let not_rude = id("g_not_rude");
    for (concept, kind) in [
        ("g_promise", FindingKind::DiagnosisPromise),
        ("g_unprofessional", FindingKind::Unprofessional),
    ] {
        for hit in hits.of(id(concept)) {
            let denied = (hit.start.saturating_sub(4)..hit.start).any(|i| {
                tokens.get(i).is_some_and(|t| {
                    matches!(
                        t.word.as_str(),
                        "cant"
                            | "dont"
                            | "not"
                            | "no"
                            | "never"
                            | "unable"
                            | "wont"
                            | "without"
                            | "cannot"
                            | "nobody"
                            | "couldnt"
                            | "doesnt"
                            | "isnt"
                            | "sin"
                    ) && reading.sentence(i) == reading.sentence(hit.start)
                })
            });
            let masked = hits.of(not_rude).iter().any(|m| m.overlaps(*hit));
            let harmless = denied || (kind == FindingKind::Unprofessional && masked);
            if !harmless && let Some(span) = span(hit) {
                found.add(kind, span);
            }
        }
    }
}
