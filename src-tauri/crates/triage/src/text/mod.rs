//! From raw text to tokens that rules can read.
//!
//! A token keeps the byte span of the original text it came from, so whatever a rule finds can be shown in
//! the patient's own words. Its `word` is what rules compare: lower case, without diacritics and apostrophes,
//! texting short forms written out, negated auxiliaries joined ("can not" → `cant`) and misspellings mended.
//! One original word may yield several tokens with one span ("gonna" → `going`, `to`), and two may be joined.

mod emoji;
mod spelling;
#[cfg(test)]
mod tests;

pub(crate) use spelling::{Speller, SpellingPack};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Texts longer than this many bytes are read up to here; a message of that size is an attachment in disguise.
pub const MAX_BYTES: usize = 64 * 1024;

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Break {
    /// Nothing but blanks.
    None,
    /// A comma, a dash, an ellipsis, a line that wraps.
    Clause,
    /// The end of a sentence or paragraph.
    Sentence,
}

/// One word, number or emoji of the text.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// The normalised word.
    pub word: String,
    /// First byte in the original text.
    pub start: usize,
    /// One past the last byte in the original text.
    pub end: usize,
    /// The value if this is a number, in figures or in words.
    pub number: Option<f32>,
    /// What stands before this token.
    pub before: Break,
    /// Index of the sentence, from 0.
    pub sentence: u32,
    /// Inside quotation marks, or on a line quoted from an earlier mail.
    pub quoted: bool,
    /// The sentence this token stands in ends with a question mark.
    pub asked: bool,
}

/// The largest index not above `at` that is a character boundary.
pub(crate) fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The part of `text` between two byte offsets, empty when they do not fit.
pub(crate) fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

/// Turns byte offsets into offsets in Unicode scalar values, which is what the JSON lines carry.
pub(crate) fn char_offset(text: &str, byte: usize) -> usize {
    slice(text, 0, floor_boundary(text, byte)).chars().count()
}

/// Lower case, no diacritics, plain apostrophes. Used for words and for comparing names.
pub(crate) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '´' | '`' | 'ʼ')
}

/// Splits `text` into tokens. Never fails; text without words gives no tokens.
pub(crate) fn tokenise(text: &str, speller: &Speller) -> Vec<Token> {
    let text = slice(text, 0, floor_boundary(text, MAX_BYTES));
    let mut raw = scan(text);
    mark_questions(&mut raw, text);
    let mut tokens = Vec::with_capacity(raw.len() + 8);
    for token in raw {
        speller.normalise(token, &mut tokens);
    }
    join_auxiliaries(&mut tokens);
    tokens
}

/// The raw pass: words, numbers, emoji, and what stands between them.
fn scan(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map_or('\0', |c| c.1);
    let offset = |i: usize| chars.get(i).map_or(text.len(), |c| c.0);
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5 + 1);
    let (mut i, mut sentence) = (0, 0_u32);
    let mut gap = Break::Sentence;
    let (mut quoted, mut quoted_line) = (false, false);
    let mut line_start = true;
    while i < chars.len() {
        let c = at(i);
        if line_start && c == '>' {
            quoted_line = true;
        }
        if c == '\n' {
            let blank = chars
                .iter()
                .skip(i + 1)
                .map(|c| c.1)
                .take_while(|c| c.is_whitespace())
                .any(|c| c == '\n');
            let next = chars
                .iter()
                .skip(i + 1)
                .map(|c| c.1)
                .find(|c| !c.is_whitespace())
                .unwrap_or('\n');
            // A line that goes on in lower case is a hard wrap; anything else starts a thought of its own.
            let level = if blank || !next.is_lowercase() {
                Break::Sentence
            } else {
                Break::Clause
            };
            gap = gap.max(level);
            (line_start, quoted_line) = (true, false);
            quoted &= !blank;
            i += 1;
            continue;
        }
        if !c.is_whitespace() {
            line_start = false;
        }
        let start = i;
        let mut word = String::new();
        let mut number = None;
        if c.is_ascii_digit() {
            (i, number, word) = scan_number(&at, i);
        } else if c.is_alphanumeric() {
            while at(i).is_alphanumeric()
                || is_combining_mark(at(i))
                || (is_apostrophe(at(i)) && at(i + 1).is_alphabetic())
            {
                if !is_apostrophe(at(i)) {
                    word.push(at(i));
                }
                i += 1;
            }
            word = fold(&word);
        } else if let Some(name) = emoji::name(c) {
            word.push_str(name);
            i += 1;
            while matches!(at(i), '\u{FE0F}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}')
                || (i > 0 && at(i - 1) == '\u{200D}')
            {
                i += 1;
            }
        } else {
            let ellipsis = c == '…' || (c == '.' && at(i + 1) == '.');
            let previous = tokens.last().map_or("", |t| t.word.as_str());
            let abbreviated = c == '.'
                && (matches!(
                    previous,
                    "dr" | "mr"
                        | "mrs"
                        | "ms"
                        | "dra"
                        | "sr"
                        | "sra"
                        | "st"
                        | "vs"
                        | "approx"
                        | "no"
                ) && at(i + 1) == ' '
                    && at(i + 2).is_alphanumeric()
                    || previous.len() == 1 && at(i + 1).is_alphabetic());
            gap = gap.max(match c {
                _ if abbreviated => Break::None,
                _ if ellipsis => Break::Clause,
                '.' | '!' | '?' | '¿' | '¡' | ';' | '|' => Break::Sentence,
                ',' | ':' | '-' | '–' | '—' | '(' | ')' | '/' | '*' | '•' | '~' => {
                    Break::Clause
                }
                _ => Break::None,
            });
            match c {
                '"' => quoted = !quoted,
                '“' | '«' => quoted = true,
                '”' | '»' => quoted = false,
                _ => {}
            }
            i += 1;
            while ellipsis && at(i) == '.' {
                i += 1;
            }
            continue;
        }
        if word.is_empty() {
            i = i.max(start + 1);
            continue;
        }
        if gap == Break::Sentence && !tokens.is_empty() {
            sentence += 1;
        }
        tokens.push(Token {
            word,
            start: offset(start),
            end: offset(i),
            number,
            before: gap,
            sentence,
            quoted: quoted || quoted_line,
            asked: false,
        });
        gap = Break::None;
    }
    tokens
}

/// A number with its decimal point or comma, or a clock time; letters after it start a token of their own,
/// unless they follow at once and make a known short form ("2day", "4get").
fn scan_number(at: &impl Fn(usize) -> char, mut i: usize) -> (usize, Option<f32>, String) {
    let mut digits = String::new();
    while at(i).is_ascii_digit() {
        digits.push(at(i));
        i += 1;
    }
    if matches!(at(i), '.' | ',')
        && at(i + 1).is_ascii_digit()
        && !(at(i) == ',' && at(i + 3).is_ascii_digit() && at(i + 2).is_ascii_digit())
    {
        digits.push('.');
        i += 1;
        while at(i).is_ascii_digit() {
            digits.push(at(i));
            i += 1;
        }
    }
    let letters: String = (i..i + 8)
        .map(at)
        .take_while(|c| c.is_alphabetic())
        .collect();
    let joined = format!("{digits}{}", fold(&letters));
    if matches!(
        joined.as_str(),
        "2day"
            | "2nite"
            | "2moro"
            | "2morrow"
            | "4get"
            | "4ever"
            | "1st"
            | "2nd"
            | "3rd"
            | "911"
            | "988"
    ) {
        return (i + letters.chars().count(), None, joined);
    }
    let value = digits.parse().ok();
    (i, value, digits)
}

/// A sentence is asked when a question mark follows its last word.
fn mark_questions(tokens: &mut [Token], text: &str) {
    let mut end = tokens.len();
    while end > 0 {
        let Some(last) = tokens.get(end - 1) else {
            break;
        };
        let (sentence, from) = (last.sentence, last.end);
        let to = tokens.get(end).map_or(text.len(), |t| t.start);
        let asked = slice(text, from, to).contains('?');
        let mut begin = end;
        while begin > 0
            && tokens
                .get(begin - 1)
                .is_some_and(|t| t.sentence == sentence)
        {
            begin -= 1;
        }
        for token in tokens.iter_mut().take(end).skip(begin) {
            token.asked = asked;
        }
        end = begin;
    }
}

/// Joins what English writes apart or together at will, so that a rule needs one form only.
fn join_auxiliaries(tokens: &mut Vec<Token>) {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens.drain(..) {
        let whole = match joined.last() {
            Some(last) if token.before == Break::None => {
                match (last.word.as_str(), token.word.as_str()) {
                    (
                        "can" | "do" | "does" | "did" | "is" | "are" | "was" | "were" | "have"
                        | "has" | "had" | "would" | "could" | "should",
                        "not",
                    ) => Some(format!("{}nt", last.word.trim_end_matches('n'))),
                    (
                        "can" | "don" | "doesn" | "didn" | "isn" | "wasn" | "won" | "couldn"
                        | "hasn" | "haven" | "aren",
                        "t",
                    ) => Some(format!("{}t", last.word)),
                    ("will", "not") => Some("wont".to_owned()),
                    ("i", "am" | "m") => Some("im".to_owned()),
                    ("i", "have" | "ve") => Some("ive".to_owned()),
                    ("he", "is") => Some("hes".to_owned()),
                    ("she", "is") => Some("shes".to_owned()),
                    ("it", "is") => Some("its".to_owned()),
                    ("they", "are") => Some("theyre".to_owned()),
                    _ => None,
                }
            }
            _ => None,
        };
        match (whole, joined.last_mut()) {
            (Some(word), Some(last)) => {
                last.word = word;
                last.end = token.end;
            }
            _ => joined.push(token),
        }
    }
    *tokens = joined;
}
