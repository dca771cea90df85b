//! Text in, query and problems out. There is no failure.

use super::{Acuity, Atom, ChannelMatch, Day, Group, Has, Is, Problem, Query, Term, fold};

/// Reads a whole search.
pub(super) fn parse(text: &str) -> Query {
    let mut reader = Reader {
        rest: text,
        query: Query::default(),
    };
    reader.read();
    reader.query
}

struct Reader<'a> {
    rest: &'a str,
    query: Query,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut terms = 0;
        let mut or_pending = false;
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() {
                break;
            }
            if self.take_or() {
                if or_pending || self.query.groups.is_empty() {
                    self.problem(Problem::LoneOr);
                }
                or_pending = !self.query.groups.is_empty();
                continue;
            }
            if terms == Query::MAX_TERMS {
                self.problem(Problem::TooLong);
                break;
            }
            let Some(term) = self.term() else { continue };
            terms += 1;
            match self.query.groups.last_mut().filter(|_| or_pending) {
                Some(group) => group.0.push(term),
                None => self.query.groups.push(Group(vec![term])),
            }
            or_pending = false;
        }
        if or_pending {
            self.problem(Problem::LoneOr);
        }
    }

    fn take_or(&mut self) -> bool {
        let Some(rest) = self.rest.strip_prefix("OR") else {
            return false;
        };
        let alone = rest.chars().next().is_none_or(char::is_whitespace);
        if alone {
            self.rest = rest;
        }
        alone
    }

    fn term(&mut self) -> Option<Term> {
        let mut negated = false;
        if let Some(rest) = self.rest.strip_prefix('-')
            && rest.chars().next().is_some_and(|c| !c.is_whitespace())
        {
            self.rest = rest.trim_start_matches('-');
            negated = true;
        }
        let atom = if self.rest.starts_with('"') {
            phrase(&self.quoted())
        } else {
            self.operator().unwrap_or_else(|| {
                let word = self.bare();
                word_atom(&word)
            })
        };
        atom.map(|atom| Term { negated, atom })
    }

    /// An operator with its value; `None` when what stands here is no operator, in which case nothing
    /// was taken. `Some(None)` when it stands for nothing.
    #[allow(
        clippy::option_option,
        reason = "outer: is it an operator; inner: does it mean anything"
    )]
    fn operator(&mut self) -> Option<Option<Atom>> {
        let (name, rest) = self.rest.split_once(':')?;
        let name = name.to_ascii_lowercase();
        if !OPERATORS.contains(&name.as_str()) {
            return None;
        }
        self.rest = rest;
        let value = if rest.starts_with('"') {
            self.quoted()
        } else if rest.chars().next().is_none_or(char::is_whitespace) {
            String::new()
        } else {
            self.bare()
        };
        let value = clean(&value);
        if value.is_empty() {
            self.problem(Problem::Empty { operator: name });
            return Some(None);
        }
        let atom = operator_atom(&name, &value);
        if atom.is_none() {
            self.problem(Problem::Value { operator: name });
            return Some(phrase(&value));
        }
        Some(atom)
    }

    /// The text between quotes; the opening one stands at the front.
    fn quoted(&mut self) -> String {
        let inner = self.rest.strip_prefix('"').unwrap_or(self.rest);
        match inner.split_once('"') {
            Some((text, rest)) => {
                self.rest = rest;
                text.to_owned()
            }
            None => {
                self.rest = "";
                self.problem(Problem::OpenQuote);
                inner.to_owned()
            }
        }
    }

    /// Everything up to white space or a quote.
    fn bare(&mut self) -> String {
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || c == '"')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn problem(&mut self, problem: Problem) {
        if !self.query.problems.contains(&problem) {
            self.query.problems.push(problem);
        }
    }
}

const OPERATORS: [&str; 13] = [
    "from", "to", "tag", "in", "is", "has", "before", "after", "channel", "pool", "account",
    "staff", "acuity",
];

fn operator_atom(name: &str, value: &str) -> Option<Atom> {
    let text = || value.to_owned();
    Some(match name {
        "from" if readable(value) => Atom::From(text()),
        "to" if readable(value) => Atom::To(text()),
        "tag" => Atom::Tag(text()),
        "in" => Atom::In(text()),
        "pool" => Atom::Pool(text()),
        "account" => Atom::Account(text()),
        "staff" => Atom::Staff(text()),
        "is" => Atom::Is(Is::ALL.into_iter().find(|is| is.word() == fold(value))?),
        "has" => Atom::Has(has(&fold(value))?),
        "before" => Atom::Before(Day::parse(value)?),
        "after" => Atom::After(Day::parse(value)?),
        "channel" => Atom::Channel(ChannelMatch::parse(value)?),
        "acuity" => Atom::Acuity(Acuity::from_word(&fold(value).replace(['-', ' '], "_"))?),
        _ => return None,
    })
}

fn has(value: &str) -> Option<Has> {
    // People write the plural as readily as the singular.
    let singular = value.strip_suffix('s').unwrap_or(value);
    Has::ALL.into_iter().find(|has| has.word() == singular)
}

fn phrase(text: &str) -> Option<Atom> {
    let text = clean(text);
    readable(&text).then_some(Atom::Phrase(text))
}

fn word_atom(word: &str) -> Option<Atom> {
    let prefix = word.ends_with('*');
    let text = word.trim_end_matches('*');
    // Signs around a word mean nothing to the index, and would be read as something else when the
    // query is printed and read again.
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    if !readable(text) {
        return None;
    }
    if text == "OR" || is_operator(text) {
        return Some(Atom::Phrase(text.to_owned()));
    }
    Some(Atom::Word {
        text: text.to_owned(),
        prefix,
    })
}

fn is_operator(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(name, _)| OPERATORS.contains(&name.to_ascii_lowercase().as_str()))
}

/// Whether the index can find anything by it.
fn readable(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// One space between words, no quotes.
fn clean(text: &str) -> String {
    text.replace('"', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
