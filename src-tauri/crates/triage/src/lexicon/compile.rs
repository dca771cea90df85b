//! From phrases as written to elements that match quickly.

use super::{ConceptId, ConceptSource};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A word or word beginning, interned.
pub(super) type Symbol = u32;

/// One alternative of an element.
#[derive(Debug, Clone)]
pub(super) enum Alternative {
    Words(Vec<Symbol>),
    Number { low: f32, high: f32 },
    Concept(ConceptId),
}

/// One element of a phrase.
#[derive(Debug, Clone)]
pub(super) enum Element {
    AnyOf {
        choices: Vec<Alternative>,
        optional: bool,
    },
    Gap(usize),
    SentenceStart,
}

/// A compiled phrase and the concept it belongs to.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub concept: ConceptId,
    pub elements: Vec<Element>,
}

/// What is wrong with a phrase of a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// A phrase names a concept that no pack defines.
    #[error("concept `{concept}`: phrase `{phrase}` names the unknown concept `{name}`")]
    UnknownConcept {
        /// The concept being defined.
        concept: String,
        /// The phrase as written.
        phrase: String,
        /// The missing name.
        name: String,
    },
    /// A phrase has no word to begin with.
    #[error("concept `{concept}`: phrase `{phrase}` must begin with a word, a number or a concept")]
    NoBeginning {
        /// The concept being defined.
        concept: String,
        /// The phrase as written.
        phrase: String,
    },
    /// A range is not two numbers.
    #[error("concept `{concept}`: phrase `{phrase}` holds an unreadable range")]
    BadRange {
        /// The concept being defined.
        concept: String,
        /// The phrase as written.
        phrase: String,
    },
    /// A concept refers to itself, directly or not.
    #[error("concept `{concept}` is defined by itself")]
    Circular {
        /// One concept of the circle.
        concept: String,
    },
}

/// All concepts of the packs, compiled.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    names: Vec<String>,
    ids: HashMap<String, ConceptId>,
    pub(super) words: HashMap<String, Symbol>,
    pub(super) prefixes: HashMap<String, Symbol>,
    pub(super) phrases: Vec<Phrase>,
    /// First symbol → phrases, in the order in which concepts must be evaluated.
    pub(super) by_first: HashMap<Symbol, Vec<usize>>,
    pub(super) by_number: Vec<usize>,
    /// Position of each concept in the evaluation order.
    pub(super) rank: Vec<usize>,
    next: Symbol,
}

/// `38-43`, `90` or nothing for any number.
fn range(written: &str) -> Option<(f32, f32)> {
    if written.is_empty() {
        return Some((f32::MIN, f32::MAX));
    }
    let (low, high) = written.split_once('-').unwrap_or((written, written));
    Some((low.parse().ok()?, high.parse().ok()?))
}

impl Lexicon {
    /// Compiles the concepts; `concepts` in any order.
    pub(crate) fn compile(concepts: &BTreeMap<String, ConceptSource>) -> Result<Self, PhraseError> {
        let mut lexicon = Lexicon::default();
        for name in concepts.keys() {
            lexicon.ids.insert(name.clone(), lexicon.names.len());
            lexicon.names.push(name.clone());
        }
        for (id, source) in concepts.values().enumerate() {
            for phrase in source.en.iter().chain(&source.es) {
                let elements = lexicon.parse(id, phrase)?;
                lexicon.phrases.push(Phrase {
                    concept: id,
                    elements,
                });
            }
        }
        lexicon.order()?;
        lexicon.index(concepts)?;
        Ok(lexicon)
    }

    /// The id of a concept.
    pub(crate) fn id(&self, name: &str) -> Option<ConceptId> {
        self.ids.get(name).copied()
    }

    /// The name of a concept.
    pub(crate) fn name(&self, id: ConceptId) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    /// How many concepts there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The whole words of the phrases.
    pub(crate) fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// The word beginnings of the phrases.
    pub(crate) fn beginnings(&self) -> impl Iterator<Item = &str> {
        self.prefixes.keys().map(String::as_str)
    }

    fn symbol(&mut self, word: &str) -> Symbol {
        let next = self.next;
        let (table, key) = match word.strip_suffix('*') {
            Some(prefix) => (&mut self.prefixes, prefix),
            None => (&mut self.words, word),
        };
        let symbol = *table.entry(key.to_owned()).or_insert(next);
        if symbol == next {
            self.next += 1;
        }
        symbol
    }

    fn parse(&mut self, concept: ConceptId, phrase: &str) -> Result<Vec<Element>, PhraseError> {
        let owner = self.name(concept).to_owned();
        let bad_range = || PhraseError::BadRange {
            concept: owner.clone(),
            phrase: phrase.to_owned(),
        };
        let mut elements = Vec::new();
        for part in phrase.split_whitespace() {
            let (part, optional) = part.strip_suffix('?').map_or((part, false), |p| (p, true));
            let element = if part == "^" {
                Element::SentenceStart
            } else if let Some(count) = part.strip_prefix('~') {
                Element::Gap(if count.is_empty() {
                    3
                } else {
                    count.parse().map_err(|_| bad_range())?
                })
            } else {
                let mut choices = Vec::new();
                for choice in part.split('|').filter(|c| !c.is_empty()) {
                    if let Some(written) = choice.strip_prefix('#') {
                        let (low, high) = range(written).ok_or_else(bad_range)?;
                        choices.push(Alternative::Number { low, high });
                        continue;
                    }
                    choices.push(match choice.strip_prefix('@') {
                        Some(name) => Alternative::Concept(self.id(name).ok_or_else(|| {
                            PhraseError::UnknownConcept {
                                concept: owner.clone(),
                                phrase: phrase.to_owned(),
                                name: name.to_owned(),
                            }
                        })?),
                        None => {
                            Alternative::Words(choice.split('_').map(|w| self.symbol(w)).collect())
                        }
                    });
                }
                Element::AnyOf { choices, optional }
            };
            elements.push(element);
        }
        Ok(elements)
    }

    /// Concepts before those that use them.
    fn order(&mut self) -> Result<(), PhraseError> {
        let mut uses: Vec<HashSet<ConceptId>> = vec![HashSet::new(); self.names.len()];
        for phrase in &self.phrases {
            for element in &phrase.elements {
                if let Element::AnyOf { choices, .. } = element {
                    for choice in choices {
                        if let (Alternative::Concept(id), Some(set)) =
                            (choice, uses.get_mut(phrase.concept))
                        {
                            set.insert(*id);
                        }
                    }
                }
            }
        }
        let mut rank = vec![usize::MAX; self.names.len()];
        let mut placed = 0;
        while placed < self.names.len() {
            let ready: Vec<ConceptId> = (0..self.names.len())
                .filter(|id| rank.get(*id) == Some(&usize::MAX))
                .filter(|id| {
                    uses.get(*id).is_some_and(|u| {
                        u.iter()
                            .all(|used| rank.get(*used).is_some_and(|r| *r != usize::MAX))
                    })
                })
                .collect();
            if ready.is_empty() {
                let concept = rank
                    .iter()
                    .position(|r| *r == usize::MAX)
                    .map_or("", |id| self.name(id))
                    .to_owned();
                return Err(PhraseError::Circular { concept });
            }
            for id in ready {
                if let Some(slot) = rank.get_mut(id) {
                    *slot = placed;
                }
                placed += 1;
            }
        }
        self.rank = rank;
        Ok(())
    }

    /// Which phrases a word can begin.
    fn index(&mut self, concepts: &BTreeMap<String, ConceptSource>) -> Result<(), PhraseError> {
        let mut by_rank: Vec<usize> = (0..self.phrases.len()).collect();
        by_rank.sort_by_key(|p| {
            self.phrases
                .get(*p)
                .and_then(|p| self.rank.get(p.concept))
                .copied()
        });
        let mut first: Vec<(HashSet<Symbol>, bool)> =
            vec![(HashSet::new(), false); self.names.len()];
        for at in by_rank {
            let Some(phrase) = self.phrases.get(at) else {
                continue;
            };
            let mut symbols = HashSet::new();
            let mut number = false;
            for element in &phrase.elements {
                let optional = match element {
                    Element::SentenceStart => true,
                    Element::Gap(_) => false,
                    Element::AnyOf { choices, optional } => {
                        for choice in choices {
                            match choice {
                                Alternative::Number { .. } => number = true,
                                Alternative::Words(words) => symbols.extend(words.first().copied()),
                                Alternative::Concept(id) => {
                                    if let Some((set, n)) = first.get(*id) {
                                        symbols.extend(set.iter().copied());
                                        number |= n;
                                    }
                                }
                            }
                        }
                        *optional
                    }
                };
                if !optional {
                    break;
                }
            }
            if symbols.is_empty() && !number {
                let concept = self.name(phrase.concept).to_owned();
                let phrase = concepts.get(&concept).map_or(String::new(), |s| {
                    s.en.iter()
                        .chain(&s.es)
                        .cloned()
                        .collect::<Vec<_>>()
                        .join(" / ")
                });
                return Err(PhraseError::NoBeginning { concept, phrase });
            }
            if let Some((set, n)) = first.get_mut(phrase.concept) {
                set.extend(symbols.iter().copied());
                *n |= number;
            }
            for symbol in symbols {
                self.by_first.entry(symbol).or_default().push(at);
            }
            if number {
                self.by_number.push(at);
            }
        }
        Ok(())
    }
}
