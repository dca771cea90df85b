//! The phrase language, element by element.

use super::*;
use crate::text::{Speller, SpellingPack, tokenise};
use std::collections::{BTreeMap, HashMap};

fn finds(phrases: &[(&str, &[&str])], concept: &str, text: &str) -> Vec<String> {
    let concepts: BTreeMap<String, ConceptSource> = phrases
        .iter()
        .map(|(name, en)| {
            (
                (*name).to_owned(),
                ConceptSource {
                    en: en.iter().map(|p| (*p).to_owned()).collect(),
                    es: vec![],
                },
            )
        })
        .collect();
    let lexicon = Lexicon::compile(&concepts).unwrap();
    let pack = SpellingPack {
        version: 1,
        replace: HashMap::new(),
        ordinary: String::new(),
        numbers: HashMap::new(),
    };
    let speller = Speller::new(
        pack,
        lexicon.vocabulary(),
        lexicon.beginnings(),
        std::iter::empty(),
    );
    let tokens = tokenise(text, &speller);
    let found = lexicon.find(&tokens);
    let mut hits = found.of(lexicon.id(concept).unwrap()).to_vec();
    hits.sort_unstable();
    hits.iter()
        .map(|h| {
            tokens[h.start..h.end]
                .iter()
                .map(|t| t.word.clone())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn elements() {
    let one = |phrase: &str, text: &str| !finds(&[("c", &[phrase])], "c", text).is_empty();
    assert!(one("chest pain", "a chest pain"));
    assert!(!one("chest pain", "a chest. pain"));
    assert!(one("bleed* ~ gums", "bleeding from my gums"));
    assert!(!one("bleed* ~1 gums", "bleeding from my gums"));
    assert!(one("face|left_arm numb", "my left arm numb"));
    assert!(one("very? sick", "sick"));
    assert!(one("fever #38-43", "fever 39.2"));
    assert!(!one("fever #38-43", "fever 37"));
    assert!(one("^ help", "ok. help"));
    assert!(!one("^ help", "no help"));
}

#[test]
fn concepts_build_on_concepts() {
    let found = finds(
        &[
            ("pain", &["hurts", "is tight"]),
            ("chest_pain", &["chest @pain"]),
        ],
        "chest_pain",
        "my chest is tight",
    );
    assert_eq!(found, ["chest is tight"]);
}

#[test]
fn mistakes_in_a_pack_are_told() {
    let compile = |en: &str| {
        let source = ConceptSource {
            en: vec![en.to_owned()],
            es: vec![],
        };
        Lexicon::compile(&BTreeMap::from([("c".to_owned(), source)])).map(|_| ())
    };
    assert!(matches!(
        compile("@nothing"),
        Err(PhraseError::UnknownConcept { .. })
    ));
    assert!(matches!(
        compile("@c now"),
        Err(PhraseError::Circular { .. })
    ));
    assert!(matches!(
        compile("~ now"),
        Err(PhraseError::NoBeginning { .. })
    ));
    assert!(matches!(
        compile("fever #38to40"),
        Err(PhraseError::BadRange { .. })
    ));
}
