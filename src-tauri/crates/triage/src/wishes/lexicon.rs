//! The word lists, read once from the TOML files beside this module.
//!
//! `spelling` maps variants to one spelling, `phrases` maps runs of words to one grammar word, `cues` holds the patterns
//! by which the reader tells wishes from everything else. A pattern is a run of words; `a|b` is a choice, a trailing `?`
//! makes a word optional, a trailing `*` matches by prefix, `_` is any one word and `..` up to three.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::LazyLock,
};

use serde::Deserialize;

use super::text::{Kind, Language, Token, distance};

#[derive(Deserialize)]
struct Source {
    small_words: Vec<String>,
    #[serde(default)]
    never_corrected: Vec<String>,
    corrected: Vec<String>,
    spelling: BTreeMap<String, Vec<String>>,
    phrases: BTreeMap<String, Vec<String>>,
    cues: BTreeMap<String, Vec<String>>,
}

/// The lists of one language.
pub struct Lexicon {
    /// Which language.
    pub language: Language,
    /// Variant → spelling.
    pub spelling: HashMap<String, String>,
    /// First word → (whole phrase, grammar word), longest first.
    pub phrases: HashMap<String, Vec<(Vec<String>, String)>>,
    small_words: HashSet<String>,
    known: HashSet<String>,
    corrected: Vec<String>,
    cues: BTreeMap<String, Vec<Pattern>>,
}

/// One element of a pattern.
#[derive(Debug, Clone)]
struct Step {
    choices: Vec<String>,
    prefix: bool,
    optional: bool,
    any: bool,
    gap: bool,
}

/// A run of words to look for.
#[derive(Debug, Clone)]
pub struct Pattern(Vec<Step>);

impl Pattern {
    fn new(source: &str, settled: &impl Fn(&str) -> String) -> Self {
        Self(
            source
                .split_whitespace()
                .map(|word| {
                    let optional = word.ends_with('?') && word.len() > 1;
                    let word = if optional {
                        word.trim_end_matches('?')
                    } else {
                        word
                    };
                    let prefix = word.ends_with('*') && word.len() > 1;
                    let word = if prefix {
                        word.trim_end_matches('*')
                    } else {
                        word
                    };
                    Step {
                        choices: word
                            .split('|')
                            .map(|w| if prefix { w.to_owned() } else { settled(w) })
                            .collect(),
                        prefix,
                        optional,
                        any: word == "_",
                        gap: word == "..",
                    }
                })
                .collect(),
        )
    }

    /// The end of the pattern's match at `start`, if it matches there.
    pub fn matches(&self, tokens: &[Token], start: usize) -> Option<usize> {
        fn walk(steps: &[Step], tokens: &[Token], at: usize) -> Option<usize> {
            let Some((step, rest)) = steps.split_first() else {
                return Some(at);
            };
            if step.gap {
                for skip in 0..=5 {
                    if (at..at + skip).any(|i| {
                        tokens
                            .get(i)
                            .is_none_or(|t| t.ends_sentence() || t.is(';') || t.is(','))
                    }) {
                        break;
                    }
                    if let Some(end) = walk(rest, tokens, at + skip) {
                        return Some(end);
                    }
                }
                return None;
            }
            let here = tokens.get(at).filter(|t| {
                if step.any {
                    return t.kind == Kind::Word || t.kind == Kind::Number;
                }
                step.choices.iter().any(|c| {
                    t.word == *c
                        || (step.prefix && t.kind == Kind::Word && t.word.starts_with(c.as_str()))
                })
            });
            if here.is_some()
                && let Some(end) = walk(rest, tokens, at + 1)
            {
                return Some(end);
            }
            if step.optional {
                walk(rest, tokens, at)
            } else {
                None
            }
        }
        walk(&self.0, tokens, start).filter(|end| *end > start)
    }
}

/// Where a cue was seen, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
}

impl Lexicon {
    fn read(source: &str, language: Language) -> Self {
        let source: Source =
            toml::from_str(source).expect("the lexicons are part of the program and tested");
        let mut spelling = HashMap::new();
        let mut known: HashSet<String> = source.small_words.iter().cloned().collect();
        known.extend(source.never_corrected.iter().cloned());
        for (word, variants) in &source.spelling {
            known.insert(word.clone());
            for variant in variants {
                spelling.insert(variant.clone(), word.clone());
            }
        }
        // The lists may be written in either spelling.
        let settled = |word: &str| {
            spelling
                .get(word)
                .cloned()
                .unwrap_or_else(|| word.to_owned())
        };
        let mut phrases: HashMap<String, Vec<(Vec<String>, String)>> = HashMap::new();
        for (word, runs) in &source.phrases {
            for run in runs {
                let words: Vec<String> = run.split_whitespace().map(settled).collect();
                known.extend(words.iter().cloned());
                if let Some(first) = words.first() {
                    phrases
                        .entry(first.clone())
                        .or_default()
                        .push((words, word.clone()));
                }
            }
        }
        for list in phrases.values_mut() {
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        let cues: BTreeMap<String, Vec<Pattern>> = source
            .cues
            .iter()
            .map(|(tag, list)| {
                (
                    tag.clone(),
                    list.iter().map(|p| Pattern::new(p, &settled)).collect(),
                )
            })
            .collect();
        for pattern in cues.values().flatten() {
            for step in &pattern.0 {
                known.extend(step.choices.iter().cloned());
            }
        }
        Self {
            language,
            spelling,
            phrases,
            small_words: source.small_words.into_iter().collect(),
            known,
            corrected: source.corrected,
            cues,
        }
    }

    /// The lists of `language`.
    pub fn of(language: Language) -> &'static Self {
        static ENGLISH: LazyLock<Lexicon> =
            LazyLock::new(|| Lexicon::read(include_str!("lexicon/en.toml"), Language::English));
        static SPANISH: LazyLock<Lexicon> =
            LazyLock::new(|| Lexicon::read(include_str!("lexicon/es.toml"), Language::Spanish));
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }

    /// The lists for a text, by the language of its small words.
    pub fn for_text(text: &str) -> &'static Self {
        let (english, spanish) = (Self::of(Language::English), Self::of(Language::Spanish));
        Self::of(super::text::language(
            text,
            |word| english.small_words.contains(word),
            |word| spanish.small_words.contains(word),
        ))
    }

    /// The word that was meant by a misspelling, only for the words of the calendar and of booking.
    pub fn nearest(&self, word: &str) -> Option<String> {
        let length = word.chars().count();
        if length < 5 || self.known.contains(word) {
            return None;
        }
        let singular = word.strip_suffix('s').unwrap_or(word);
        if self.known.contains(singular) || self.spelling.contains_key(singular) {
            return None;
        }
        let mut best: Option<(usize, &String)> = None;
        for target in &self.corrected {
            let limit = if target.len() >= 8 && length >= 7 {
                2
            } else {
                1
            };
            if target.chars().next() != word.chars().next() {
                continue;
            }
            for form in [word, singular] {
                let d = distance(form, target, limit);
                if d <= limit && best.is_none_or(|(b, _)| d < b) {
                    best = Some((d, target));
                }
            }
        }
        best.map(|(_, target)| target.clone())
    }

    /// Every place where a cue of this tag stands, in order, longest first at each place.
    pub fn find(&self, tag: &str, tokens: &[Token]) -> Vec<Seen> {
        let Some(patterns) = self.cues.get(tag) else {
            return Vec::new();
        };
        let mut seen = Vec::new();
        for start in 0..tokens.len() {
            if let Some(end) = patterns
                .iter()
                .filter_map(|p| p.matches(tokens, start))
                .max()
            {
                seen.push(Seen { start, end });
            }
        }
        seen
    }

    /// The longest match of this tag at one place.
    pub fn find_at(&self, tag: &str, tokens: &[Token], start: usize) -> Option<usize> {
        self.cues
            .get(tag)?
            .iter()
            .filter_map(|p| p.matches(tokens, start))
            .max()
    }

    /// Whether a cue of this tag stands anywhere.
    pub fn has(&self, tag: &str, tokens: &[Token]) -> bool {
        (0..tokens.len()).any(|i| self.find_at(tag, tokens, i).is_some())
    }
}
