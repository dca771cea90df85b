//! How raw text becomes tokens.

use super::*;

fn speller() -> Speller {
    let pack = SpellingPack {
        version: 1,
        replace: [("gonna", "going to"), ("n", "and"), ("cnt", "cant")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        ordinary: "heat the my is".to_owned(),
        numbers: [("two".to_owned(), 2.0)].into(),
    };
    Speller::new(
        pack,
        ["breathe", "heart", "seizure", "chest"].into_iter(),
        std::iter::empty(),
        std::iter::empty(),
    )
}

fn words(text: &str) -> String {
    tokenise(text, &speller())
        .into_iter()
        .map(|t| t.word)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn one_form_for_many_spellings() {
    assert_eq!(words("I can not brethe"), "i cant breathe");
    assert_eq!(words("can't breathe"), "cant breathe");
    assert_eq!(words("Can’t BREATHE!!!"), "cant breathe");
    assert_eq!(words("siezure"), "seizure");
    assert_eq!(words("my chesttt"), "my chest");
    assert_eq!(words("the heat"), "the heat");
    assert_eq!(words("gonna faint n 🤮"), "going to faint and vomiting");
}

#[test]
fn numbers_keep_their_value() {
    let tokens = tokenise("fever 39,5 for two days, 103F", &speller());
    let numbers: Vec<f32> = tokens.iter().filter_map(|t| t.number).collect();
    assert_eq!(numbers, [39.5, 2.0, 103.0]);
}

#[test]
fn spans_point_into_the_original() {
    let text = "¡Ay! gonna Brethe";
    for token in tokenise(text, &speller()) {
        assert!(!slice(text, token.start, token.end).is_empty());
    }
    let last = tokenise(text, &speller()).pop().unwrap();
    assert_eq!(slice(text, last.start, last.end), "Brethe");
}

#[test]
fn sentences_and_questions() {
    let tokens = tokenise("Is it bad? My chest\nis tight... ok", &speller());
    assert!(tokens.iter().filter(|t| t.asked).all(|t| t.sentence == 0));
    assert_eq!(tokens.last().unwrap().sentence, 1);
}
