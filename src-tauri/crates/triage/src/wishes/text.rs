//! Text as the grammar sees it: folded tokens that remember where they stood.
//!
//! Patients write "tmrw", "2moro", "Mon's", "3pm" and "mañana". Folding lowers the case, drops accents and apostrophes
//! and splits digits from letters, so that one grammar reads them all; spans always point into the original text.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::lexicon::Lexicon;

/// The languages the lexicons know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
}

/// What a token is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Letters.
    Word,
    /// Digits.
    Number,
    /// One mark of punctuation or a symbol.
    Mark,
    /// A line break.
    Break,
}

/// One token with its place (byte offsets) in the text.
#[derive(Clone, Debug)]
pub struct Token {
    /// The folded, spelling-corrected word, the digits, or the mark.
    pub word: String,
    /// The folded word as it was written.
    pub written: String,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is made of.
    pub kind: Kind,
    /// Its value, if it is a number of at most nine digits.
    pub number: Option<u32>,
    /// Whether nothing separates it from the token before.
    pub glued: bool,
    /// Whether it carried a possessive `'s`.
    pub possessive: bool,
    /// Whether its first letter is a capital.
    pub capital: bool,
}

impl Token {
    /// Whether this is the mark `mark`.
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark && self.word.starts_with(mark)
    }
    /// Whether a sentence ends here.
    pub fn ends_sentence(&self) -> bool {
        self.kind == Kind::Break || matches!(self.word.as_str(), "?" | "!" | ".")
    }
}

/// Lower case without accents and apostrophes.
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c) && !is_apostrophe(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´')
}

/// Whether a word is one of a list, which is written as one string so that lists read as text.
pub fn among(word: &str, list: &str) -> bool {
    !word.is_empty() && list.split(' ').any(|w| w == word)
}

/// Words whose `'s` is a verb, not a possessive.
const CONTRACTED: &str = "it that what let he she who there how where here when everything one";

/// Splits `text` into tokens without correcting anything.
pub fn split(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map(|c| c.1);
    let offset = |i: usize| chars.get(i).map_or(text.len(), |c| c.0);
    let mut tokens: Vec<Token> = Vec::new();
    let mut i = 0;
    while let Some(c) = at(i) {
        let begin = i;
        let class = |c: char| {
            if c.is_ascii_digit() {
                1
            } else if c.is_alphabetic() || is_combining_mark(c) {
                2
            } else {
                0
            }
        };
        let kind = class(c);
        if c == '\n' {
            i += 1;
        } else if c.is_whitespace() {
            i += 1;
            continue;
        } else if kind == 0 {
            i += 1;
        } else {
            while let Some(next) = at(i) {
                let inside = kind == 2
                    && is_apostrophe(next)
                    && i > begin
                    && at(i + 1).is_some_and(|c| class(c) == 2);
                if class(next) != kind && !inside {
                    break;
                }
                i += 1;
            }
        }
        let (start, end) = (offset(begin), offset(i));
        let raw = text.get(start..end).unwrap_or_default();
        let mut word = fold(raw);
        let mut possessive = false;
        if kind == 2 {
            // without its apostrophe, "we're" would read as the past tense and "we'd" as a weekday
            let spoken = match (raw.chars().any(is_apostrophe), word.as_str()) {
                (true, "were") => Some("weare"),
                (true, "wed") => Some("wewd"),
                (true, "well") => Some("wewill"),
                _ => None,
            };
            if let Some(spoken) = spoken {
                word = spoken.to_owned();
            }
        }
        if kind == 2 {
            let apostrophe =
                raw.chars().rev().nth(1).is_some_and(is_apostrophe) && word.ends_with('s');
            if apostrophe && word.len() > 2 {
                let stem = word.trim_end_matches('s').to_owned();
                let stem = if word.ends_with("ss") {
                    format!("{stem}s")
                } else {
                    stem
                };
                if !among(&stem, CONTRACTED) {
                    word = stem;
                    possessive = true;
                }
            }
        }
        let glued = tokens.last().is_some_and(|t| t.end == start);
        tokens.push(Token {
            number: if kind == 1 && word.len() <= 9 {
                word.parse().ok()
            } else {
                None
            },
            kind: match kind {
                _ if c == '\n' => Kind::Break,
                1 => Kind::Number,
                2 => Kind::Word,
                _ => Kind::Mark,
            },
            written: word.clone(),
            word: if kind == 0 && c != '\n' {
                c.to_string()
            } else {
                word
            },
            start,
            end,
            glued,
            possessive,
            capital: c.is_uppercase(),
        });
    }
    tokens
}

/// Splits, joins texting like `2moro`, and corrects the spelling by the lexicon.
pub fn tokens(text: &str, lexicon: &Lexicon) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for token in split(text) {
        // "2moro", "b4": a digit glued to letters that the lexicon knows as one word.
        if let Some(last) = out.last_mut()
            && token.glued
            && matches!(
                (last.kind, token.kind),
                (Kind::Number, Kind::Word) | (Kind::Word, Kind::Number)
            )
            && let Some(known) = lexicon
                .spelling
                .get(&format!("{}{}", last.word, token.word))
        {
            last.word = known.clone();
            last.kind = Kind::Word;
            last.number = None;
            last.end = token.end;
            continue;
        }
        out.push(token);
    }
    for token in &mut out {
        if token.kind == Kind::Word {
            if let Some(known) = lexicon.spelling.get(&token.word) {
                token.word = known.clone();
            } else if let Some(meant) = lexicon.nearest(&token.word) {
                token.word = lexicon.spelling.get(&meant).cloned().unwrap_or(meant);
            }
        }
    }
    out
}

/// The language by its small words; English when nothing speaks.
pub fn language(
    text: &str,
    english: impl Fn(&str) -> bool,
    spanish: impl Fn(&str) -> bool,
) -> Language {
    let mut balance = 0i32;
    for token in split(text) {
        if token.kind == Kind::Word {
            balance += i32::from(english(&token.word));
            balance -= i32::from(spanish(&token.word));
        } else if token.is('¿') || token.is('¡') {
            balance -= 3;
        }
    }
    if balance < 0 {
        Language::Spanish
    } else {
        Language::English
    }
}

/// Edits (insertion, deletion, substitution, transposition) between two words, or `limit + 1` if more.
pub fn distance(a: &str, b: &str, limit: usize) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let width = b.len() + 1;
    let mut table = vec![0usize; (a.len() + 1) * width];
    let get = |table: &[usize], i: usize, j: usize| {
        table.get(i * width + j).copied().unwrap_or(usize::MAX / 2)
    };
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let value = if i == 0 {
                j
            } else if j == 0 {
                i
            } else {
                let same = a.get(i - 1) == b.get(j - 1);
                let mut best = (get(&table, i - 1, j) + 1)
                    .min(get(&table, i, j - 1) + 1)
                    .min(get(&table, i - 1, j - 1) + usize::from(!same));
                if i > 1 && j > 1 && a.get(i - 1) == b.get(j - 2) && a.get(i - 2) == b.get(j - 1) {
                    best = best.min(get(&table, i - 2, j - 2) + 1);
                }
                best
            };
            if let Some(cell) = table.get_mut(i * width + j) {
                *cell = value;
            }
        }
    }
    get(&table, a.len(), b.len())
}
