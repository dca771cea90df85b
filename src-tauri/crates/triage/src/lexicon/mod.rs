//! Concepts: named sets of phrases, written as data in the rule packs, found in one pass over the tokens.
//!
//! A phrase is a line of elements, each matched in turn:
//!
//! | element | matches |
//! | --- | --- |
//! | `word` | the word |
//! | `bleed*` | any word that begins so |
//! | `a\|b\|two_words` | one of these; `_` stands for a blank |
//! | `@name` | another concept (also inside `\|`) |
//! | `word?` | the element or nothing |
//! | `~` / `~5` | up to 3 (up to 5) words of any kind, within the sentence |
//! | `#` / `#38-43` / `#90` | a number / in this range / just this |
//! | `^` | the beginning of a sentence |
//!
//! English and Spanish phrases stand side by side and are looked for together, because patients mix them.

mod compile;
mod find;
#[cfg(test)]
mod tests;

pub(crate) use compile::{Lexicon, PhraseError};
pub(crate) use find::{Found, Hit};

use serde::Deserialize;
use std::collections::HashMap;

/// One concept of a pack: phrases per language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConceptSource {
    /// English phrases.
    #[serde(default)]
    pub en: Vec<String>,
    /// Spanish phrases.
    #[serde(default)]
    pub es: Vec<String>,
}

/// A pack of concepts: `[concept.name]` tables.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConceptPack {
    pub version: u32,
    pub concept: HashMap<String, ConceptSource>,
}

/// Index of a concept in its lexicon.
pub(crate) type ConceptId = usize;
