//! Finding concepts in tokens.

use super::compile::{Alternative, Element, Phrase, Symbol};
use super::{ConceptId, Lexicon};
use crate::text::{Break, Token};

/// A concept found at tokens `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
}

impl Hit {
    /// Whether the two share a token.
    pub(crate) fn overlaps(self, other: Hit) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Everything that was found in one text.
#[derive(Debug, Default)]
pub(crate) struct Found {
    hits: Vec<Vec<Hit>>,
}

impl Found {
    /// The hits of a concept, in no particular order.
    pub(crate) fn of(&self, concept: ConceptId) -> &[Hit] {
        self.hits.get(concept).map_or(&[], Vec::as_slice)
    }

    /// Whether the concept occurs at all.
    pub(crate) fn has(&self, concept: ConceptId) -> bool {
        !self.of(concept).is_empty()
    }
}

struct Search<'a> {
    tokens: &'a [Token],
    symbols: Vec<Vec<Symbol>>,
    found: Found,
}

impl Lexicon {
    /// Finds every concept in the tokens.
    pub(crate) fn find(&self, tokens: &[Token]) -> Found {
        let symbols: Vec<Vec<Symbol>> = tokens.iter().map(|t| self.symbols_of(&t.word)).collect();
        let mut candidates: Vec<(usize, usize, usize)> = Vec::new();
        for (at, (token, symbols)) in tokens.iter().zip(&symbols).enumerate() {
            let named = symbols
                .iter()
                .filter_map(|s| self.by_first.get(s))
                .flatten();
            let counted = self.by_number.iter().filter(|_| token.number.is_some());
            for phrase in named.chain(counted) {
                let rank = self
                    .phrases
                    .get(*phrase)
                    .and_then(|p| self.rank.get(p.concept))
                    .copied();
                candidates.push((rank.unwrap_or(0), *phrase, at));
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut search = Search {
            tokens,
            symbols,
            found: Found {
                hits: vec![Vec::new(); self.len()],
            },
        };
        let mut ends = Vec::new();
        for (_, phrase, at) in candidates {
            let Some(Phrase { concept, elements }) = self.phrases.get(phrase) else {
                continue;
            };
            ends.clear();
            search.walk(elements, at, true, &mut ends);
            for end in ends.drain(..).filter(|end| *end > at) {
                let hit = Hit { start: at, end };
                if let Some(hits) = search.found.hits.get_mut(*concept)
                    && !hits.contains(&hit)
                {
                    hits.push(hit);
                }
            }
        }
        search.found
    }

    fn symbols_of(&self, word: &str) -> Vec<Symbol> {
        let exact = self.words.get(word).copied();
        let beginnings =
            (3..=word.len()).filter_map(|n| self.prefixes.get(word.get(..n)?).copied());
        exact.into_iter().chain(beginnings).collect()
    }
}

impl Search<'_> {
    fn is(&self, at: usize, symbol: Symbol) -> bool {
        self.symbols.get(at).is_some_and(|s| s.contains(&symbol))
    }

    /// No sentence ends between the token before `at` and `at` itself.
    fn joined(&self, at: usize, first: bool) -> bool {
        first
            || self
                .tokens
                .get(at)
                .is_some_and(|t| t.before != Break::Sentence)
    }

    /// Appends every end that the elements can reach from `at`.
    fn walk(&self, elements: &[Element], at: usize, first: bool, ends: &mut Vec<usize>) {
        let Some((element, rest)) = elements.split_first() else {
            if !ends.contains(&at) {
                ends.push(at);
            }
            return;
        };
        match element {
            Element::SentenceStart => {
                if self
                    .tokens
                    .get(at)
                    .is_some_and(|t| t.before == Break::Sentence)
                {
                    self.walk(rest, at, first, ends);
                }
            }
            Element::Gap(most) => {
                for skip in 0..=*most {
                    if skip > 0 && !self.joined(at + skip - 1, false) {
                        break;
                    }
                    if at + skip > self.tokens.len() {
                        break;
                    }
                    self.walk(rest, at + skip, false, ends);
                }
            }
            Element::AnyOf { choices, optional } => {
                if *optional {
                    self.walk(rest, at, first, ends);
                }
                if !self.joined(at, first) {
                    return;
                }
                for choice in choices {
                    match choice {
                        Alternative::Number { low, high } => {
                            let value = self.tokens.get(at).and_then(|t| t.number);
                            if value.is_some_and(|v| v >= *low && v <= *high) {
                                self.walk(rest, at + 1, false, ends);
                            }
                        }
                        Alternative::Words(words) => {
                            let all = words.iter().enumerate().all(|(i, w)| {
                                self.is(at + i, *w) && (i == 0 || self.joined(at + i, false))
                            });
                            if all {
                                self.walk(rest, at + words.len(), false, ends);
                            }
                        }
                        Alternative::Concept(id) => {
                            for hit in self.found.of(*id).iter().filter(|h| h.start == at) {
                                self.walk(rest, hit.end, false, ends);
                            }
                        }
                    }
                }
            }
        }
    }
}
