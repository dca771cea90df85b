//! The grammar's alphabet: tokens with multi-word phrases joined, numbers read, and calendar words recognised.

use chrono::Weekday;

use super::{
    holidays::{self, Holiday},
    tree::{Part, Unit},
};
use crate::wishes::{
    lexicon::Lexicon,
    text::{Kind, Language, Token, among},
};

/// What kind of word a symbol is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Class {
    /// Any other word or mark.
    Other,
    /// A number and how many digits it was written with (0: in words).
    Number(u32, usize),
    /// "3rd", "third".
    Ordinal(u32),
    /// A weekday.
    Weekday(Weekday),
    /// A month, 1 to 12.
    Month(u32),
    /// A unit of time.
    Unit(Unit),
    /// A part of the day.
    Part(Part),
    /// A holiday.
    Holiday(Holiday),
}

/// One symbol.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The grammar word.
    pub word: String,
    /// Its class.
    pub class: Class,
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub last: usize,
    /// Whether nothing separates it from the symbol before.
    pub glued: bool,
    /// A plural ("Mondays", "mornings").
    pub plural: bool,
    /// With a possessive `'s`.
    pub possessive: bool,
}

/// All symbols of a text.
pub struct Symbols<'a> {
    /// In order.
    pub list: Vec<Symbol>,
    /// The tokens they stand on.
    pub tokens: &'a [Token],
    /// The language of the text.
    pub language: Language,
}

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];
const SHORT_WEEKDAYS: &[(&str, Weekday)] = &[
    ("mon", Weekday::Mon),
    ("mo", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("tues", Weekday::Tue),
    ("tu", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("weds", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("thur", Weekday::Thu),
    ("thurs", Weekday::Thu),
    ("th", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];
const SHORT_WEEKDAYS_ES: &[(&str, Weekday)] = &[
    ("lun", Weekday::Mon),
    ("mar", Weekday::Tue),
    ("mie", Weekday::Wed),
    ("mier", Weekday::Wed),
    ("jue", Weekday::Thu),
    ("vie", Weekday::Fri),
    ("sab", Weekday::Sat),
    ("dom", Weekday::Sun),
];
const MONTHS: &str =
    "january february march april may june july august september october november december";
const SHORT_MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];
const SHORT_MONTHS_ES: &[(&str, u32)] = &[
    ("ene", 1),
    ("feb", 2),
    ("abr", 4),
    ("jun", 6),
    ("jul", 7),
    ("ago", 8),
    ("sep", 9),
    ("sept", 9),
    ("oct", 10),
    ("nov", 11),
    ("dic", 12),
];
const UNITS: &[(&str, Unit)] = &[
    ("second", Unit::Second),
    ("minute", Unit::Minute),
    ("hour", Unit::Hour),
    ("day", Unit::Day),
    ("workday", Unit::WorkDay),
    ("week", Unit::Week),
    ("fortnight", Unit::Fortnight),
    ("weekend", Unit::Weekend),
    ("month", Unit::Month),
    ("quarter", Unit::Quarter),
    ("year", Unit::Year),
    ("decade", Unit::Decade),
    ("century", Unit::Century),
];
const PARTS: &[(&str, Part)] = &[
    ("morning", Part::Morning),
    ("lunchtime", Part::Lunch),
    ("afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("night", Part::Night),
];
const NUMBERS: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
    sixteen seventeen eighteen nineteen";
const TENS: &[(&str, u32)] = &[
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];
const ORDINALS: &str = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth \
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth";
const SPANISH_NUMBERS: &str = "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis \
    diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco \
    veintiseis veintisiete veintiocho veintinueve treinta";

fn lookup<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, value)| *value)
}

fn position(table: &str, word: &str) -> Option<u32> {
    table
        .split(' ')
        .position(|name| name == word)
        .map(|i| i as u32)
}

impl<'a> Symbols<'a> {
    /// Reads the tokens into symbols.
    pub fn new(tokens: &'a [Token], lexicon: &Lexicon) -> Self {
        let mut list: Vec<Symbol> = Vec::with_capacity(tokens.len());
        let mut i = 0;
        while let Some(token) = tokens.get(i) {
            let phrase = lexicon.phrases.get(&token.word).and_then(|runs| {
                runs.iter().find(|(words, _)| {
                    words
                        .iter()
                        .enumerate()
                        .all(|(k, word)| tokens.get(i + k).is_some_and(|t| t.word == *word))
                })
            });
            let (word, length) = phrase.map_or_else(
                || (token.word.clone(), 1),
                |(words, word)| (word.clone(), words.len()),
            );
            let possessive = tokens.get(i + length - 1).is_some_and(|t| t.possessive);
            for (k, piece) in word.split(' ').enumerate() {
                list.push(Symbol {
                    word: piece.to_owned(),
                    class: Class::Other,
                    first: if k == 0 { i } else { i + length - 1 },
                    last: i + length,
                    glued: token.glued,
                    plural: false,
                    possessive,
                });
            }
            i += length;
        }
        let mut symbols = Self {
            list,
            tokens,
            language: lexicon.language,
        };
        symbols.classify();
        symbols.join_numbers();
        symbols
    }

    /// The word at `i`, empty past the end.
    pub fn word(&self, i: usize) -> &str {
        self.list.get(i).map_or("", |s| s.word.as_str())
    }
    /// Whether the word at `i` is one of these.
    pub fn any(&self, i: usize, words: &str) -> bool {
        self.list.get(i).is_some_and(|s| among(&s.word, words))
    }
    /// `i`, or the place after it if one of these words stands there.
    pub fn skip(&self, i: usize, words: &str) -> usize {
        if self.any(i, words) { i + 1 } else { i }
    }
    /// The words from `a` to `b`, joined by spaces.
    pub fn words(&self, a: usize, b: usize) -> String {
        (a..b).map(|i| self.word(i)).collect::<Vec<_>>().join(" ")
    }
    /// The class at `i`.
    pub fn class(&self, i: usize) -> Class {
        self.list.get(i).map_or(Class::Other, |s| s.class)
    }
    /// A weekday at `i`.
    pub fn weekday(&self, i: usize) -> Option<Weekday> {
        if let Class::Weekday(day) = self.class(i) {
            Some(day)
        } else {
            None
        }
    }
    /// A month at `i`.
    pub fn month(&self, i: usize) -> Option<u32> {
        if let Class::Month(month) = self.class(i) {
            Some(month)
        } else {
            None
        }
    }
    /// A unit at `i`.
    pub fn unit(&self, i: usize) -> Option<Unit> {
        if let Class::Unit(unit) = self.class(i) {
            Some(unit)
        } else {
            None
        }
    }
    /// A part of the day at `i`.
    pub fn part(&self, i: usize) -> Option<Part> {
        if let Class::Part(part) = self.class(i) {
            Some(part)
        } else {
            None
        }
    }
    /// A number at `i`, in digits or words.
    pub fn number(&self, i: usize) -> Option<u32> {
        if let Class::Number(value, _) = self.class(i) {
            Some(value)
        } else {
            None
        }
    }
    /// A number and its digits.
    pub fn digits(&self, i: usize) -> Option<(u32, usize)> {
        if let Class::Number(value, digits) = self.class(i) {
            Some((value, digits))
        } else {
            None
        }
    }
    /// An ordinal at `i`.
    pub fn ordinal(&self, i: usize) -> Option<u32> {
        if let Class::Ordinal(value) = self.class(i) {
            Some(value)
        } else {
            None
        }
    }
    /// Whether the symbol at `i` follows without a gap.
    pub fn glued(&self, i: usize) -> bool {
        self.list.get(i).is_some_and(|s| s.glued)
    }
    /// Whether it is a plural.
    pub fn plural(&self, i: usize) -> bool {
        self.list.get(i).is_some_and(|s| s.plural)
    }
    /// Whether it carries a possessive.
    pub fn possessive(&self, i: usize) -> bool {
        self.list.get(i).is_some_and(|s| s.possessive)
    }
    /// Whether it was written with a capital.
    pub fn capital(&self, i: usize) -> bool {
        self.list
            .get(i)
            .and_then(|s| self.tokens.get(s.first))
            .is_some_and(|t| t.capital)
    }
    /// Whether a sentence begins at `i`.
    pub fn sentence_start(&self, i: usize) -> bool {
        i == 0
            || self
                .list
                .get(i - 1)
                .and_then(|s| self.tokens.get(s.first))
                .is_some_and(Token::ends_sentence)
    }
    fn spanish(&self) -> bool {
        self.language == Language::Spanish
    }

    fn classify(&mut self) {
        for i in 0..self.list.len() {
            let word = self.word(i).to_owned();
            let (class, plural) = self.class_of(i, &word);
            if let Some(symbol) = self.list.get_mut(i) {
                symbol.class = class;
                symbol.plural = plural;
            }
        }
        if self.spanish() {
            self.settle_spanish();
        }
    }

    fn class_of(&self, i: usize, word: &str) -> (Class, bool) {
        if let Some(token) = self.list.get(i).and_then(|s| self.tokens.get(s.first))
            && token.kind == Kind::Number
        {
            return (
                token
                    .number
                    .map_or(Class::Other, |n| Class::Number(n, word.len())),
                false,
            );
        }
        if let Some(holiday) = lookup(holidays::NAMES, word) {
            return (Class::Holiday(holiday), false);
        }
        let numbers = if self.spanish() {
            SPANISH_NUMBERS
        } else {
            NUMBERS
        };
        if let Some(n) = position(numbers, word) {
            return (Class::Number(n, 0), false);
        }
        if self.spanish() && matches!(word, "una" | "un") {
            return (Class::Number(1, 0), false);
        }
        if let Some(tens) = lookup(TENS, word).filter(|_| !self.spanish()) {
            return (Class::Number(tens, 0), false);
        }
        if !self.spanish() {
            if let Some(n) = position(ORDINALS, word) {
                let unit = word == "second" && self.number(i.wrapping_sub(1)).is_some();
                return (
                    if unit {
                        Class::Unit(Unit::Second)
                    } else {
                        Class::Ordinal(n + 1)
                    },
                    false,
                );
            }
            if word == "thirtieth" {
                return (Class::Ordinal(30), false);
            }
        } else if matches!(word, "primero" | "primer" | "primera") {
            return (Class::Ordinal(1), false);
        }
        let stem = word.strip_suffix('s').unwrap_or(word);
        for (form, plural) in [(word, false), (stem, stem != word)] {
            if let Some(day) = lookup(WEEKDAYS, form) {
                return (Class::Weekday(day), plural);
            }
            if let Some(unit) = lookup(UNITS, form) {
                return (Class::Unit(unit), plural);
            }
            if let Some(part) = lookup(PARTS, form) {
                return (Class::Part(part), plural);
            }
            if let Some(month) = position(MONTHS, form).filter(|_| !plural) {
                let doubtful = matches!(form, "may" | "march");
                if !doubtful || self.spanish() || self.month_here(i, form) {
                    return (Class::Month(month + 1), false);
                }
            }
        }
        if word == "centuries" {
            return (Class::Unit(Unit::Century), true);
        }
        let short_days = if self.spanish() {
            SHORT_WEEKDAYS_ES
        } else {
            SHORT_WEEKDAYS
        };
        let short_months = if self.spanish() {
            SHORT_MONTHS_ES
        } else {
            SHORT_MONTHS
        };
        for (form, plural) in [(word, false), (stem, stem != word)] {
            if let Some(day) = lookup(short_days, form)
                && self.weekday_here(i, form)
            {
                return (
                    Class::Weekday(day),
                    plural && !matches!(word, "tues" | "thurs" | "weds"),
                );
            }
        }
        if let Some(month) = lookup(short_months, word)
            && (!among(word, "mar jan dec ago sep abr") || self.month_here(i, word))
        {
            return (Class::Month(month), false);
        }
        if self.list.get(i).is_some_and(|s| s.glued) || !self.spanish() {
            let unit = match word {
                "min" | "mins" => Some(Unit::Minute),
                "hr" | "hrs" => Some(Unit::Hour),
                "wk" | "wks" => Some(Unit::Week),
                "mth" | "mths" | "mo" | "mos" => Some(Unit::Month),
                "yr" | "yrs" => Some(Unit::Year),
                "sec" | "secs" => Some(Unit::Second),
                "qtr" | "qtrs" => Some(Unit::Quarter),
                _ => None,
            };
            if let Some(unit) = unit {
                return (Class::Unit(unit), word.ends_with('s') && word.len() > 2);
            }
        }
        (Class::Other, false)
    }

    /// Whether "sat", "sun", "wed" … here is a weekday and not a word.
    fn weekday_here(&self, i: usize, form: &str) -> bool {
        let before = if i == 0 { "" } else { self.word(i - 1) };
        let after = self.word(i + 1);
        match form {
            "tu" | "th" | "mo" => {
                self.list
                    .get(i + 1)
                    .is_some_and(|s| s.word == "/" || s.word == "-")
                    || matches!(before, "/" | "-") && self.list.get(i).is_some_and(|s| s.glued)
            }
            "sat" | "sun" | "wed" | "mon" | "mar" => {
                let verb = among(
                    before,
                    "i he she we they you just who and to get was the in newly have had",
                ) && !self.capital(i);
                let noun = among(
                    after,
                    "down in up here there cream screen burn exposure spot spots damage",
                );
                let the_sun = form == "sun" && before == "the";
                let lone_in = before == "and" && !verb;
                if form == "mar" && self.spanish() {
                    return self.number(i.wrapping_sub(1)).is_none()
                        && !among(before, "el al de ofthe of")
                        || self.capital(i);
                }
                !(noun || the_sun || (verb && !lone_in && before != "and" && before != "to"))
            }
            _ => true,
        }
    }

    /// Whether "may", "march", "mar", "dec" … here is a month and not a word.
    fn month_here(&self, i: usize, form: &str) -> bool {
        let before = if i == 0 { "" } else { self.word(i - 1) };
        let after = self.word(i + 1);
        let numeric = |k: usize| {
            self.list
                .get(k)
                .and_then(|s| self.tokens.get(s.first))
                .is_some_and(|t| t.kind == Kind::Number)
                || position(ORDINALS, self.word(k)).is_some() && self.word(k) != "second"
                || lookup(TENS, self.word(k)).is_some()
        };
        let number_before = i > 0
            && (numeric(i - 1)
                || among(before, "st nd rd th")
                || matches!(before, "/" | "-") && i > 1 && numeric(i - 2));
        let number_after = numeric(i + 1)
            || matches!(after, "the") && numeric(i + 2)
            || among(after, "/ - , .") && numeric(i + 2);
        let led = among(
            before,
            "in of early mid middle late next this last by until before after since during from past coming all \
                and or to for on end till through between",
        ) && !among(after, "i we have be need he she they");
        let led = led && !(among(before, "to for and or by on") && !self.capital(i));
        let hyphen = before == "-" && i > 1 && self.any(i - 2, "mid early late");
        let word_like = matches!(form, "may" | "march")
            && among(after, "i we you have be need he she they it not");
        number_before
            || number_after
            || led
            || hyphen
            || (self.capital(i)
                && !word_like
                && (!self.sentence_start(i)
                    || self.list.len() <= 4
                    || self.any(i + 1, "next last in after works")))
            || (self.list.len() == 1)
    }

    /// "mañana" is tomorrow or the morning, "tarde" the afternoon or "late", "noche" a night.
    fn settle_spanish(&mut self) {
        for i in 0..self.list.len() {
            let before = if i == 0 {
                String::new()
            } else {
                self.word(i - 1).to_owned()
            };
            let word = self.word(i).to_owned();
            let led = among(
                before.as_str(),
                "esta una every any this the por media in alguna around mid early",
            ) || (i > 1
                && matches!(before.as_str(), "temprano" | "early")
                && i > 1
                && self.any(i - 2, "la the"));
            let (class, plural, rename) = match word.as_str() {
                "manana" if led => (Class::Part(Part::Morning), false, None),
                "mananas" => (Class::Part(Part::Morning), true, None),
                "manana" => (Class::Other, false, Some("tomorrow")),
                "tardes" if before != "buenas" => (Class::Part(Part::Afternoon), true, None),
                "tarde"
                    if led || self.weekday(i.wrapping_sub(1)).is_some() || before == "tomorrow" =>
                {
                    (Class::Part(Part::Afternoon), false, None)
                }
                "noche" if led || self.weekday(i.wrapping_sub(1)).is_some() => {
                    (Class::Part(Part::Evening), false, None)
                }
                "noches" if before != "buenas" => (Class::Part(Part::Evening), true, None),
                _ => {
                    let written = self
                        .list
                        .get(i.wrapping_sub(1))
                        .and_then(|s| self.tokens.get(s.last.wrapping_sub(1)))
                        .map_or("", |t| t.written.as_str());
                    if written == "los"
                        && matches!(self.class(i), Class::Weekday(_))
                        && let Some(symbol) = self.list.get_mut(i)
                    {
                        symbol.plural = true;
                    }
                    continue;
                }
            };
            if let Some(symbol) = self.list.get_mut(i) {
                symbol.class = class;
                symbol.plural = plural;
                if let Some(name) = rename {
                    symbol.word = name.to_owned();
                }
            }
        }
    }

    /// "twenty one", "twenty-first", "3rd", "treinta y uno".
    fn join_numbers(&mut self) {
        let mut out: Vec<Symbol> = Vec::with_capacity(self.list.len());
        let mut i = 0;
        while let Some(symbol) = self.list.get(i).cloned() {
            let hyphen =
                usize::from(self.word(i + 1) == "-" && self.glued(i + 1) && self.glued(i + 2));
            let next = i + 1 + hyphen;
            let joined = match symbol.class {
                Class::Number(tens, 0)
                    if (20..=50).contains(&tens) && tens % 10 == 0 && !self.spanish() =>
                {
                    match self.class(next) {
                        Class::Number(unit, 0) if (1..=9).contains(&unit) => {
                            Some((Class::Number(tens + unit, 0), next))
                        }
                        Class::Ordinal(unit) if unit <= 9 => {
                            Some((Class::Ordinal(tens + unit), next))
                        }
                        _ => None,
                    }
                }
                Class::Number(30, 0)
                    if self.spanish()
                        && self.any(i + 1, "y and")
                        && self.number(i + 2) == Some(1) =>
                {
                    Some((Class::Number(31, 0), i + 2))
                }
                Class::Number(n, digits) if digits > 0 && digits <= 2 && self.glued(i + 1) => {
                    match self.word(i + 1) {
                        "st" | "nd" | "rd" | "th" | "ro" | "do" | "er" | "º" | "ª" | "°" => {
                            Some((Class::Ordinal(n), i + 1))
                        }
                        _ => None,
                    }
                }
                Class::Number(n, digits)
                    if digits > 0
                        && digits <= 2
                        && (1..=31).contains(&n)
                        && !self.spanish()
                        && self.any(i + 1, "st nd rd th") =>
                {
                    Some((Class::Ordinal(n), i + 1))
                }
                _ => None,
            };
            if let Some((class, end)) = joined {
                let last = self.list.get(end).map_or(symbol.last, |s| s.last);
                let possessive = self.possessive(end);
                out.push(Symbol {
                    class,
                    last,
                    possessive,
                    word: "#".to_owned(),
                    ..symbol
                });
                i = end + 1;
            } else {
                out.push(symbol);
                i += 1;
            }
        }
        self.list = out;
    }
}
