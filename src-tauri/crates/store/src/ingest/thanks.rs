//! Whether a message is nothing but thanks.
//!
//! A snoozed conversation stays snoozed over a bare "thanks". The list is short and exact on purpose:
//! one word more and it is a message, because "thanks, but it got worse" must be seen.

use domain::query::fold;

/// Words and phrases that thank, folded. English, Spanish, French, German, Portuguese, Italian, Polish,
/// Vietnamese and Tagalog.
const THANKS: &[&str] = &[
    "thanks",
    "thank you",
    "thankyou",
    "thank u",
    "thank you all",
    "thanks all",
    "thx",
    "tks",
    "ty",
    "tysm",
    "cheers",
    "much appreciated",
    "appreciate it",
    "i appreciate it",
    "appreciated",
    "gracias",
    "muchas gracias",
    "mil gracias",
    "merci",
    "merci beaucoup",
    "danke",
    "danke schon",
    "danke sehr",
    "vielen dank",
    "besten dank",
    "obrigado",
    "obrigada",
    "muito obrigado",
    "muito obrigada",
    "grazie",
    "grazie mille",
    "dziekuje",
    "dzieki",
    "cam on",
    "salamat",
    "salamat po",
];

/// What may stand before or after without making it a message.
const FILLER: &[&str] = &[
    "ok",
    "okay",
    "k",
    "great",
    "perfect",
    "wonderful",
    "lovely",
    "awesome",
    "got it",
    "so much",
    "very much",
    "a lot",
    "again",
    "all good",
    "yes",
    "will do",
    "sounds good",
    "vale",
    "bueno",
    "perfecto",
    "d accord",
    "super",
    "gut",
    "alles klar",
    "muchisimas",
    "and",
    "for your help",
    "for the help",
    "for letting me know",
    "for the info",
    "for the update",
    "a bunch",
    "kindly",
    "everyone",
    "doctor",
    "doc",
    "dr",
    "nurse",
];

/// Whether a text says thanks and nothing else. Signs and emoji do not count.
pub(crate) fn bare_thanks(text: &str) -> bool {
    // Longer than any of these phrases put together sensibly: not worth the work.
    if text.len() > 200 {
        return false;
    }
    let words: Vec<String> = fold(text)
        .replace('đ', "d")
        .replace('ł', "l")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let mut rest = words.as_slice();
    let mut thanked = false;
    while !rest.is_empty() {
        if let Some(length) = longest(rest, THANKS) {
            thanked = true;
            rest = rest.get(length..).unwrap_or_default();
        } else if let Some(length) = longest(rest, FILLER) {
            rest = rest.get(length..).unwrap_or_default();
        } else {
            return false;
        }
    }
    thanked
}

/// How many words at the front form the longest phrase of a list.
fn longest(words: &[String], phrases: &[&str]) -> Option<usize> {
    phrases
        .iter()
        .filter_map(|phrase| {
            let length = phrase.split(' ').count();
            let front = words.get(..length)?;
            front
                .iter()
                .map(String::as_str)
                .eq(phrase.split(' '))
                .then_some(length)
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::bare_thanks;

    #[test]
    fn thanks_and_nothing_else() {
        for text in [
            "thanks",
            "Thanks!",
            "ok thank you so much 🙏",
            "Gracias.",
            "¡Muchas gracias, doctor!",
            "Thank you, thank you!!",
            "Perfect, thanks again",
            "Danke schön",
            "Dziękuję",
            "Cảm ơn",
            "Thanks for letting me know",
        ] {
            assert!(bare_thanks(text), "{text}");
        }
    }

    #[test]
    fn one_word_more_is_a_message() {
        for text in [
            "",
            "ok",
            "👍",
            "thanks but it got worse",
            "thank you, what time?",
            "no thanks",
            "thanks for nothing",
            "Thanks, the rash is back",
            "gracias pero sigue el dolor",
        ] {
            assert!(!bare_thanks(text), "{text}");
        }
    }
}
