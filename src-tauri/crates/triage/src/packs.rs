//! The rule packs: the TOML files of `packs/`, embedded, compiled once.
//!
//! A pack that does not compile is a fault of the build, not of a message: `Packs::load` tells what is wrong,
//! and a test loads the embedded packs, so [`packs`] can rely on them.

use crate::lexicon::{ConceptId, ConceptPack, ConceptSource, Lexicon, PhraseError};
use crate::text::{Speller, SpellingPack};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How near the parts of a rule must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Within {
    /// In one sentence.
    Sentence,
    /// In neighbouring sentences.
    Near,
    /// Anywhere in the message.
    #[default]
    Message,
}

/// A red flag rule as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSource {
    id: String,
    acuity: crate::Acuity,
    all: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    within: Within,
    says: String,
    source: String,
    #[serde(default)]
    transient: bool,
    #[serde(default)]
    self_harm: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulePack {
    version: u32,
    rule: Vec<RuleSource>,
}

/// A red flag rule, compiled.
#[derive(Debug)]
pub(crate) struct Rule {
    pub id: String,
    pub acuity: crate::Acuity,
    /// Each entry must be present; within an entry one is enough. The first carries the span.
    pub all: Vec<Vec<ConceptId>>,
    pub none: Vec<ConceptId>,
    pub within: Within,
    pub says: String,
    pub source: String,
    pub transient: bool,
    pub self_harm: bool,
}

/// The concepts of `context.toml` that the context rules use.
#[derive(Debug)]
pub(crate) struct ContextIds {
    pub negation: ConceptId,
    pub pseudo_negation: ConceptId,
    pub negation_after: ConceptId,
    pub stop: ConceptId,
    pub list: ConceptId,
    pub past: ConceptId,
    pub now: ConceptId,
    pub hypothetical: ConceptId,
    pub real: ConceptId,
    pub asks_knowledge: ConceptId,
    pub own: ConceptId,
    pub chronic: ConceptId,
    pub acute: ConceptId,
    pub inability: ConceptId,
    pub present: ConceptId,
    pub letter: ConceptId,
    pub strong_letter: ConceptId,
    pub quote: ConceptId,
    pub resolved: ConceptId,
    pub topic: ConceptId,
    pub idiom: ConceptId,
}

/// Everything the packs say.
#[derive(Debug)]
pub(crate) struct Packs {
    pub lexicon: Lexicon,
    /// What the reply guard looks for.
    pub guard: Lexicon,
    pub speller: Speller,
    pub rules: Vec<Rule>,
    pub context: ContextIds,
    pub versions: Vec<(&'static str, u32)>,
}

/// What is wrong with a pack.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Not readable as the pack it should be.
    #[error("pack `{pack}` cannot be read: {reason}")]
    Unreadable {
        /// File name without ending.
        pack: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// A phrase cannot be compiled.
    #[error(transparent)]
    Phrase(#[from] PhraseError),
    /// A rule or the program names a concept that no pack defines.
    #[error("`{used_by}` names the unknown concept `{name}`")]
    UnknownConcept {
        /// The rule.
        used_by: String,
        /// The missing name.
        name: String,
    },
    /// Two packs define one concept.
    #[error("concept `{0}` is defined twice")]
    DefinedTwice(String),
}

const CONCEPT_PACKS: [(&str, &str); 4] = [
    ("context", include_str!("../packs/context.toml")),
    ("body", BODY),
    ("danger", include_str!("../packs/danger.toml")),
    ("subjects", include_str!("../packs/subjects.toml")),
];
const BODY: &str = include_str!("../packs/body.toml");
const RED_FLAGS: &str = include_str!("../packs/redflags.toml");
const GUARD: &str = include_str!("../packs/guard.toml");
const SPELLING: &str = include_str!("../packs/spelling.toml");

fn read<T: serde::de::DeserializeOwned>(pack: &'static str, text: &str) -> Result<T, PackError> {
    toml::from_str(text).map_err(|e| PackError::Unreadable {
        pack,
        reason: e.to_string(),
    })
}

impl Packs {
    /// Reads and compiles the embedded packs.
    pub(crate) fn load() -> Result<Self, PackError> {
        let mut concepts: BTreeMap<String, ConceptSource> = BTreeMap::new();
        let mut versions = Vec::new();
        for (name, text) in CONCEPT_PACKS {
            let pack: ConceptPack = read(name, text)?;
            versions.push((name, pack.version));
            for (concept, source) in pack.concept {
                if concepts.insert(concept.clone(), source).is_some() {
                    return Err(PackError::DefinedTwice(concept));
                }
            }
        }
        let lexicon = Lexicon::compile(&concepts)?;
        let rules: RulePack = read("redflags", RED_FLAGS)?;
        versions.push(("redflags", rules.version));
        let spelling: SpellingPack = read("spelling", SPELLING)?;
        versions.push(("spelling", spelling.version));
        let guard = load_guard()?;
        let speller = Speller::new(
            spelling,
            lexicon.vocabulary(),
            lexicon.beginnings(),
            guard.vocabulary(),
        );
        let rules = rules
            .rule
            .into_iter()
            .map(|r| compile_rule(&lexicon, r))
            .collect::<Result<_, _>>()?;
        let context = context_ids(&lexicon)?;
        Ok(Packs {
            lexicon,
            guard,
            speller,
            rules,
            context,
            versions,
        })
    }

    /// The id of a concept the program itself relies on, or one past the end if a pack lacks it.
    pub(crate) fn id(&self, name: &str) -> ConceptId {
        self.lexicon.id(name).unwrap_or(usize::MAX)
    }
}

fn find(lexicon: &Lexicon, used_by: &str, name: &str) -> Result<ConceptId, PackError> {
    lexicon.id(name).ok_or_else(|| PackError::UnknownConcept {
        used_by: used_by.to_owned(),
        name: name.to_owned(),
    })
}

fn compile_rule(lexicon: &Lexicon, rule: RuleSource) -> Result<Rule, PackError> {
    let group = |names: &String| {
        names
            .split('|')
            .map(|n| find(lexicon, &rule.id, n.trim()))
            .collect::<Result<Vec<_>, _>>()
    };
    let all = rule.all.iter().map(group).collect::<Result<_, _>>()?;
    let none = rule
        .none
        .iter()
        .map(group)
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    Ok(Rule {
        id: rule.id,
        acuity: rule.acuity,
        all,
        none,
        within: rule.within,
        says: rule.says,
        source: rule.source,
        transient: rule.transient,
        self_harm: rule.self_harm,
    })
}

fn context_ids(lexicon: &Lexicon) -> Result<ContextIds, PackError> {
    let id = |name: &str| find(lexicon, "context", name);
    Ok(ContextIds {
        negation: id("ctx_negation")?,
        pseudo_negation: id("ctx_pseudo_negation")?,
        negation_after: id("ctx_negation_after")?,
        stop: id("ctx_stop")?,
        list: id("ctx_list")?,
        past: id("ctx_past")?,
        now: id("ctx_now")?,
        hypothetical: id("ctx_hypothetical")?,
        real: id("ctx_real")?,
        asks_knowledge: id("ctx_asks_knowledge")?,
        own: id("ctx_own")?,
        chronic: id("ctx_chronic")?,
        acute: id("ctx_acute")?,
        inability: id("ctx_inability")?,
        present: id("ctx_present")?,
        letter: id("ctx_letter")?,
        strong_letter: id("ctx_strong_letter")?,
        quote: id("ctx_quote")?,
        resolved: id("ctx_resolved")?,
        topic: id("ctx_topic")?,
        idiom: id("ctx_idiom")?,
    })
}

/// The embedded packs, compiled at first use.
///
/// # Panics
/// Only if the packs of this very build do not compile, which the test `packs_compile` rules out.
pub(crate) fn packs() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    #[expect(
        clippy::expect_used,
        reason = "the packs are part of the build and a test loads them"
    )]
    PACKS.get_or_init(|| Packs::load().expect("the embedded packs compile"))
}

fn load_guard() -> Result<Lexicon, PackError> {
    let mut concepts: BTreeMap<String, ConceptSource> = BTreeMap::new();
    let body: ConceptPack = read("body", BODY)?;
    let guard: ConceptPack = read("guard", GUARD)?;
    concepts.extend(
        body.concept
            .into_iter()
            .filter(|(name, _)| name == "medicine"),
    );
    concepts.extend(guard.concept);
    Ok(Lexicon::compile(&concepts)?)
}

/// One line per rule, for clinicians, documents and snapshots: id, acuity, what it says, source.
pub fn listing() -> String {
    use std::fmt::Write as _;
    let packs = packs();
    let mut out = String::new();
    for (name, version) in &packs.versions {
        let _ = writeln!(out, "pack {name} version {version}");
    }
    for rule in &packs.rules {
        let _ = writeln!(
            out,
            "{} · {} · {} · {}",
            rule.id, rule.acuity, rule.says, rule.source
        );
    }
    out
}
