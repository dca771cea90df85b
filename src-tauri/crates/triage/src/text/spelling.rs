//! Short forms and misspellings, mended against the words the rule packs use.
//!
//! A word that no pack uses and that is not on the list of ordinary words is compared with the packs' words
//! by deletions (one letter away for words of five letters on, two from ten letters on, the first letter
//! kept). Ordinary words that lie one letter from a dangerous one ("heat", "cheat", "stoke") stand in the
//! pack `spelling.toml` and are left alone.

use super::Token;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// The pack `spelling.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpellingPack {
    pub version: u32,
    /// Short form → what it stands for (one or more words).
    pub replace: HashMap<String, String>,
    /// Words that are right as they are, blank-separated.
    pub ordinary: String,
    /// Number words → value.
    pub numbers: HashMap<String, f32>,
}

/// Mends words. Built once from the packs.
#[derive(Debug, Default)]
pub(crate) struct Speller {
    replace: HashMap<String, Vec<String>>,
    numbers: HashMap<String, f32>,
    known: HashSet<String>,
    prefixes: HashSet<String>,
    deletions: HashMap<String, String>,
}

const MIN_MENDED: usize = 5;
const MIN_TWO_EDITS: usize = 10;

impl Speller {
    /// `vocabulary`: the words of the packs; `prefixes`: the beginnings the packs accept
    /// (`bleed*`); `known`: words that are right but never a target.
    pub(crate) fn new<'a>(
        pack: SpellingPack,
        vocabulary: impl Iterator<Item = &'a str>,
        prefixes: impl Iterator<Item = &'a str>,
        known: impl Iterator<Item = &'a str>,
    ) -> Self {
        let mut speller = Speller {
            replace: pack
                .replace
                .into_iter()
                .map(|(k, v)| (k, v.split_whitespace().map(str::to_owned).collect()))
                .collect(),
            numbers: pack.numbers,
            known: pack
                .ordinary
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            prefixes: prefixes.map(str::to_owned).collect(),
            deletions: HashMap::new(),
        };
        let mut targets: Vec<String> = vocabulary.map(str::to_owned).collect();
        speller.known.extend(known.map(str::to_owned));
        targets.sort();
        targets.dedup();
        speller.known.extend(targets.iter().cloned());
        for target in targets
            .into_iter()
            .filter(|w| w.chars().count() >= MIN_MENDED && w.is_ascii())
        {
            for form in deletions(&target) {
                speller
                    .deletions
                    .entry(form)
                    .or_insert_with(|| target.clone());
            }
        }
        speller
    }

    /// Appends the normalised token or tokens.
    pub(super) fn normalise(&self, mut token: Token, out: &mut Vec<Token>) {
        if token.number.is_some() {
            out.push(token);
            return;
        }
        token.word = squeeze(&token.word, 2);
        if let Some(words) = self.replace.get(&token.word) {
            for (i, word) in words.iter().enumerate() {
                let mut part = token.clone();
                part.word.clone_from(word);
                part.number = self.numbers.get(word).copied();
                if i > 0 {
                    part.before = super::Break::None;
                }
                out.push(part);
            }
            return;
        }
        if !self.is_known(&token.word)
            && let Some(mended) = self.mend(&token.word)
        {
            token.word = mended;
        }
        token.number = self.numbers.get(&token.word).copied();
        out.push(token);
    }

    fn is_known(&self, word: &str) -> bool {
        self.known.contains(word)
            || (4..word.len()).any(|n| word.get(..n).is_some_and(|p| self.prefixes.contains(p)))
    }

    fn mend(&self, word: &str) -> Option<String> {
        if !word.is_ascii() || word.len() > 24 {
            return None;
        }
        let single = squeeze(word, 1);
        if single != word && self.is_known(&single) {
            return Some(single);
        }
        if word.len() < MIN_MENDED {
            return None;
        }
        let hit = std::iter::once(word.to_owned())
            .chain(deletions(word))
            .find_map(|form| {
                let target = self.deletions.get(&form)?;
                let allowed = if target.len() >= MIN_TWO_EDITS { 2 } else { 1 };
                (target.chars().next() == word.chars().next() && distance(word, target) <= allowed)
                    .then_some(target)
            })?;
        Some(hit.clone())
    }
}

/// Shortens runs of one letter to `keep`.
fn squeeze(word: &str, keep: usize) -> String {
    let mut out = String::with_capacity(word.len());
    let (mut last, mut run) = ('\0', 0);
    for c in word.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= keep || c.is_ascii_digit() {
            out.push(c);
        }
    }
    out
}

/// The word with one letter left out, or two for long words.
fn deletions(word: &str) -> Vec<String> {
    let drop_each = |w: &str| -> Vec<String> {
        (0..w.len())
            .filter_map(|i| Some(format!("{}{}", w.get(..i)?, w.get(i + 1..)?)))
            .collect()
    };
    let mut forms = vec![word.to_owned()];
    let once = drop_each(word);
    if word.len() >= MIN_TWO_EDITS {
        forms.extend(once.iter().flat_map(|w| drop_each(w)));
    }
    forms.extend(once);
    forms
}

/// Optimal string alignment distance of two ASCII words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut before: Vec<usize> = vec![];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let get = |v: &[usize], k: usize| v.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(&above, j) + usize::from(x != y))
                .min(get(&above, j + 1) + 1)
                .min(get(&row, j) + 1);
            let swapped = i > 0 && j > 0 && b.get(j - 1) == Some(x) && a.get(i - 1) == Some(y);
            if swapped {
                best = best.min(get(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}
