//! Where in a text the words of a search stand.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Atom, Query};

/// Lower case, without accents: the form in which words are compared.
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Finds the words of a search in a text.
#[derive(Clone, Debug, Default)]
pub struct Highlighter {
    needles: Vec<Needle>,
}

/// Consecutive folded words; the last may be a beginning.
#[derive(Clone, Debug)]
struct Needle {
    words: Vec<String>,
    prefix: bool,
}

impl Highlighter {
    pub(super) fn new(query: &Query) -> Self {
        let needles = query
            .terms()
            .filter(|term| !term.negated)
            .filter_map(|term| match &term.atom {
                Atom::Word { text, prefix } => Some((text, *prefix)),
                Atom::Phrase(text) | Atom::From(text) | Atom::To(text) => Some((text, false)),
                _ => None,
            })
            .map(|(text, prefix)| Needle {
                words: words(text).into_iter().map(|(_, word)| word).collect(),
                prefix,
            })
            .filter(|needle| !needle.words.is_empty())
            .collect();
        Self { needles }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    /// The words it looks for, folded, each once.
    pub fn terms(&self) -> Vec<String> {
        let mut terms: Vec<String> = self
            .needles
            .iter()
            .flat_map(|needle| needle.words.iter().cloned())
            .collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// The byte ranges to mark, in order, never touching each other.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let words = words(text);
        let mut found: Vec<Range<usize>> = Vec::new();
        for start in 0..words.len() {
            let here = words.get(start..).unwrap_or_default();
            let longest = self
                .needles
                .iter()
                .filter(|needle| needle.matches(here))
                .map(|needle| needle.words.len())
                .max();
            let Some(longest) = longest else { continue };
            let (Some((first, _)), Some((last, _))) = (here.first(), here.get(longest - 1)) else {
                continue;
            };
            match found.last_mut() {
                Some(previous) if previous.end >= first.start => {
                    previous.end = previous.end.max(last.end);
                }
                _ => found.push(first.start..last.end),
            }
        }
        found
    }
}

impl Needle {
    fn matches(&self, here: &[(Range<usize>, String)]) -> bool {
        let Some(last) = self.words.len().checked_sub(1) else {
            return false;
        };
        here.len() > last
            && self
                .words
                .iter()
                .zip(here)
                .enumerate()
                .all(|(index, (want, (_, have)))| {
                    want == have || (index == last && self.prefix && have.starts_with(want))
                })
    }
}

/// The folded words of a text with their places. A combining mark belongs to the word before it.
fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric() || (start.is_some() && is_combining_mark(c));
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                push(&mut words, text, from..at);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        push(&mut words, text, from..text.len());
    }
    words
}

fn push(words: &mut Vec<(Range<usize>, String)>, text: &str, range: Range<usize>) {
    let folded = fold(text.get(range.clone()).unwrap_or_default());
    if !folded.is_empty() {
        words.push((range, folded));
    }
}
