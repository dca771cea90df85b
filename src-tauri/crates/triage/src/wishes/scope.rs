//! Whether a time in a message is wished, ruled out, or something else.
//!
//! A message is cut into sentences and these into segments (at commas, brackets and joining words). Within a segment a
//! time belongs to the nearest cue before it, unless a predicate behind it says otherwise ("Friday doesn't work"); a
//! fragment ("or Monday morning") goes on with what the segment before it said.

mod existing;
mod roles;

use std::collections::HashSet;

use super::{
    dates::tree::{Day, Element, Unit, What, Which},
    lexicon::{Lexicon, Seen},
    text::{Kind, Token, among},
};

/// What a time in a message is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The writer wishes it.
    Wish,
    /// The writer rules it out.
    Excluded {
        /// Away or busy, rather than "not": "until" then includes the day.
        away: bool,
        /// For a single reason, hence once.
        once: bool,
    },
    /// The appointment that exists.
    Existing,
    /// In the past.
    Past,
    /// Something else's time.
    Other,
}

/// An element with what was found out about it.
#[derive(Clone, Debug)]
pub struct Item {
    /// What was recognised.
    pub element: Element,
    /// What it is in the message.
    pub role: Role,
    /// Which sentence.
    pub sentence: usize,
    /// Which segment, counted through.
    pub segment: usize,
    /// How it hangs on the element before it.
    pub join: Join,
    /// Whether a comma stands before it.
    pub comma: bool,
    /// Whether it stands in a fragment rather than a clause.
    pub fragment: bool,
}

/// What stands between an element and the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Join {
    /// Nothing but small words.
    Near,
    /// "and", a comma.
    And,
    /// "or", "otherwise".
    Or,
    /// Other words in the same sentence.
    Far,
    /// Another sentence.
    Sentence,
}

/// One stretch of tokens between boundaries.
#[derive(Clone, Copy, Debug)]
struct Segment {
    start: usize,
    end: usize,
    sentence: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cue {
    Not,
    Wish,
    Other,
    Past,
    Booked,
}

/// Reads the roles of all elements.
pub struct Scope<'a> {
    tokens: &'a [Token],
    lexicon: &'a Lexicon,
    elements: &'a [Element],
    /// Tokens that lie inside an element.
    inside: HashSet<usize>,
    changing: bool,
}

const ADVERSATIVE: &str = "but however though although except pero aunque sino";
const OPENERS: &str = "because so if unless when while whereas as provided though although however but and or otherwise \
    since pero porque aunque si cuando y o asi ya pues entonces";
/// Words that may stand beside times in a fragment without making it a clause.
const FILLERS: &str = "or and on at the in a an of to from for maybe perhaps possibly either also even else then please \
                    thanks any anytime ideally preferably both say like just is are i guess suppose think too well but \
                    if so ok okay hi hello hey dear doctor y o por favor quiza quizas tal vez tambien mejor \
                    preferiblemente para que thank you nor with only every each most all around about time after before \
                    by until between some sometime that would be next - / ( ) \" : & @ ! ? . , ; gracias hola buenos \
                    dias days day";

impl<'a> Scope<'a> {
    /// Prepares the reading of `elements` in `tokens`.
    pub fn new(
        tokens: &'a [Token],
        lexicon: &'a Lexicon,
        elements: &'a [Element],
        changing: bool,
    ) -> Self {
        let inside = elements.iter().flat_map(|e| e.first..e.last).collect();
        Self {
            tokens,
            lexicon,
            elements,
            inside,
            changing,
        }
    }

    fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.word.as_str())
    }

    fn segments(&self) -> Vec<Segment> {
        let mut out = Vec::new();
        let mut start = 0;
        let mut sentence = 0;
        let mut push = |start: usize, end: usize, sentence: usize| {
            if start < end {
                out.push(Segment {
                    start,
                    end,
                    sentence,
                });
            }
        };
        for (i, token) in self.tokens.iter().enumerate() {
            if self.inside.contains(&i)
                && !(self.elements.iter().any(|e| e.first == i)
                    && among(&token.word, OPENERS)
                    && token.word == "since")
            {
                continue;
            }
            let ends = token.ends_sentence() && !(token.is('.') && self.abbreviation(i))
                || token.kind == Kind::Break;
            if ends {
                push(start, i + 1, sentence);
                start = i + 1;
                sentence += 1;
                continue;
            }
            let dash = matches!(token.word.as_str(), "-" | "–" | "—")
                && !(token.glued && self.tokens.get(i + 1).is_some_and(|t| t.glued));
            if token.is(';') {
                push(start, i + 1, sentence);
                start = i + 1;
                sentence += 1;
            } else if token.is(',')
                || token.is(':')
                    && !self
                        .tokens
                        .get(i + 1)
                        .is_some_and(|t| t.kind == Kind::Number && t.glued)
                || token.is('(')
                || token.is(')')
                || dash
            {
                push(start, i + 1, sentence);
                start = i + 1;
            } else if token.kind == Kind::Word
                && i > start
                && among(&token.word, OPENERS)
                && self.opens(i)
            {
                push(start, i, sentence);
                start = i;
            }
        }
        push(start, self.tokens.len(), sentence);
        out
    }

    fn abbreviation(&self, i: usize) -> bool {
        let before = self.word(i.wrapping_sub(1));
        if among(
            before,
            "dr doctor mr mrs ms st dra sr sra prof drs vs approx no ext",
        ) && !(before == "no"
            && self
                .tokens
                .get(i + 1)
                .is_none_or(|t| t.kind != Kind::Number))
        {
            return self
                .tokens
                .get(i + 1)
                .is_some_and(|t| t.kind != Kind::Break);
        }
        // an initial, or "a.m."
        before.len() == 1
            && self
                .tokens
                .get(i + 1)
                .is_some_and(|t| t.glued && t.kind == Kind::Word)
    }

    /// Whether a joining word begins a clause of its own here.
    fn opens(&self, i: usize) -> bool {
        let word = self.word(i);
        let next = self.word(i + 1);
        match word {
            "and" | "or" | "y" | "o" => {
                among(
                    next,
                    "i im id ive ill can could would we is are he she they need want my cant dont wont not never please \
                it if then was have puedo quiero no quisiera necesito si que ring call see you wondering will were \
                the prefer mi me tengo also otherwise had tampoco now ideally preferably",
                ) && !(matches!(next, "the" | "my") && self.inside.contains(&(i + 1)))
                    && !(next == "the" && self.elements.iter().any(|e| e.first == i + 2))
            }
            "as" => {
                !among(next, "soon early well possible of a long late")
                    && !among(self.word(i - 1), "soon early as well same long late such")
            }
            "so" => {
                !among(next, "that much far sorry kind soon many bad good")
                    && self.word(i - 1) != "or"
                    && (self.word(i - 1) != "and" || matches!(next, "is" | "are" | "does"))
            }
            "since" => true,
            "if" | "si" => {
                self.word(i - 1) != "as"
                    && self.word(i - 1) != "wondering"
                    && self.word(i - 1) != "see"
                    && (self.word(i - 1) != "know")
                    && self.word(i - 1) != "only"
            }
            "when" | "cuando" => true,
            "ya" => next == "que",
            "asi" => next == "que",
            "but" => {
                !among(self.word(i - 1), "any anything all everything nothing")
                    || !self
                        .elements
                        .iter()
                        .any(|e| e.first == i + 1 || e.first == i + 2)
            }
            _ => true,
        }
    }

    fn cues(&self, segment: Segment) -> Vec<(Cue, Seen, bool)> {
        let slice = self
            .tokens
            .get(segment.start..segment.end)
            .unwrap_or_default();
        let mut all: Vec<(Cue, Seen, bool)> = Vec::new();
        for (tag, cue, after) in [
            ("not", Cue::Not, false),
            ("not_after", Cue::Not, true),
            ("wish", Cue::Wish, false),
            ("wish_after", Cue::Wish, true),
            ("other", Cue::Other, false),
            ("past", Cue::Past, false),
            ("booked", Cue::Booked, false),
        ] {
            for seen in self.lexicon.find(tag, slice) {
                let seen = Seen {
                    start: seen.start + segment.start,
                    end: seen.end + segment.start,
                };
                // a cue may overlap an element's first word ("not before 10"), but not lie inside one
                let swallowed = self.elements.iter().any(|e| {
                    e.first <= seen.start
                        && seen.end <= e.last
                        && !(tag == "not" && e.first == seen.start)
                });
                if !swallowed {
                    all.push((cue, seen, after));
                }
            }
        }
        // A longer cue swallows the shorter ones it covers, also across tags.
        let keep: Vec<bool> = all
            .iter()
            .map(|(cue, seen, after)| {
                !all.iter().any(|(c2, s2, a2)| {
                    (s2.start <= seen.start
                        && seen.end <= s2.end
                        && s2.end - s2.start > seen.end - seen.start)
                        && (a2 == after || c2 != cue)
                })
            })
            .collect();
        let mut kept: Vec<(Cue, Seen, bool)> = all
            .into_iter()
            .zip(keep)
            .filter_map(|(c, k)| k.then_some(c))
            .collect();
        kept.sort_by_key(|(_, seen, after)| (seen.start, seen.end, *after));
        kept
    }

    /// The roles of all elements, in order.
    pub fn items(&self) -> Vec<Item> {
        let segments = self.segments();
        let mut out: Vec<Item> = Vec::new();
        let mut carried: Option<Role> = None;
        let mut sentence = usize::MAX;
        for (number, segment) in segments.iter().enumerate() {
            if segment.sentence != sentence {
                // A sentence of fragments goes on with a rejection only after a colon.
                carried = None;
                sentence = segment.sentence;
            }
            let members: Vec<&Element> = self
                .elements
                .iter()
                .filter(|e| segment.start <= e.first && e.first < segment.end)
                .collect();
            let cues = self.cues(*segment);
            let conditional = self
                .lexicon
                .find_at("condition", self.tokens, segment.start)
                .is_some()
                && self.word(segment.start) != "only";
            let alternative = self.lexicon.has(
                "alternative",
                self.tokens
                    .get(segment.start..segment.end)
                    .unwrap_or_default(),
            );
            let fragment = self.fragment(*segment, &members);
            for element in &members {
                let mut role = self.role(
                    element,
                    *segment,
                    &cues,
                    &members,
                    carried,
                    conditional,
                    alternative,
                    fragment,
                    out.last(),
                );
                let join = self.join(out.last(), element, *segment);
                let mut element = (*element).clone();
                // "before I fly out on Saturday" bounds the wish by that day
                if matches!(role, Role::Other | Role::Wish | Role::Past)
                    && let Some(bound) = self.bound_by_clause(&element, *segment)
                {
                    element.what = What::Day(bound);
                    role = Role::Wish;
                }
                let comma = out.last().is_some_and(|b| {
                    (b.element.last.min(element.first)..element.first).any(|i| self.word(i) == ",")
                });
                out.push(Item {
                    element,
                    role,
                    sentence: segment.sentence,
                    segment: number,
                    join,
                    comma,
                    fragment,
                });
                if !conditional {
                    carried = Some(role);
                }
            }
            if members.is_empty() && !conditional {
                let last = cues.iter().rev().find(|(_, _, after)| !*after);
                let open = last.is_some_and(|(_, seen, _)| seen.end + 2 >= segment.end);
                carried = match last {
                    Some((Cue::Not, seen, _))
                        if open && self.tokens.get(segment.end - 1).is_some_and(|t| t.is(':')) =>
                    {
                        Some(self.excluded(*seen))
                    }
                    Some((Cue::Wish, ..)) => Some(Role::Wish),
                    _ if alternative => Some(Role::Wish),
                    _ => None,
                };
            }
            if alternative {
                carried = Some(Role::Wish);
            }
        }
        out
    }

    fn bound_by_clause(&self, element: &Element, segment: Segment) -> Option<Day> {
        let What::Day(day) = &element.what else {
            return None;
        };
        let at = (segment.start..element.first)
            .rev()
            .take(8)
            .find(|i| matches!(self.word(*i), "before" | "after"))?;
        let subject = among(
            self.word(at + 1),
            "i we my our he she they his her im weare the school term college work",
        );
        let clear =
            (at..element.first).all(|i| !self.inside.contains(&i)) && element.first >= at + 3;
        if !subject || !clear || !nameable(day) {
            return None;
        }
        let day = Box::new(day.clone());
        Some(if self.word(at) == "before" {
            Day::Before(day)
        } else {
            Day::After(day)
        })
    }

    fn fragment(&self, segment: Segment, members: &[&Element]) -> bool {
        (segment.start..segment.end).all(|i| {
            members.iter().any(|e| e.first <= i && i < e.last)
                || self.tokens.get(i).is_none_or(|t| {
                    t.kind != Kind::Word && t.kind != Kind::Number || among(&t.word, FILLERS)
                })
        })
    }

    fn listed(&self, one: &Element, other: &Element) -> bool {
        self.listed_between(one.last, other.first)
    }

    fn listed_between(&self, from: usize, to: usize) -> bool {
        (from..to).filter(|i| !self.inside.contains(i)).all(|i| {
            among(self.word(i), "or and , on at the in a nor / & y o ni of for before after de por en also - any to both every either")
        })
    }

    fn join(&self, before: Option<&Item>, element: &Element, segment: Segment) -> Join {
        let Some(before) = before else {
            return Join::Sentence;
        };
        if before.sentence != segment.sentence {
            return Join::Sentence;
        }
        let between: Vec<&str> = (before.element.last.min(element.first)..element.first)
            .map(|i| self.word(i))
            .collect();
        if between
            .iter()
            .any(|w| among(w, "or o otherwise else failing alternatively / nor"))
            || self.lexicon.has(
                "alternative",
                self.tokens
                    .get(before.element.last.min(element.first)..element.first)
                    .unwrap_or_default(),
            )
        {
            return Join::Or;
        }
        if between.iter().all(|w| {
            among(w, "on at the in of a for around el de por la las en to from ( ) @ - this that s my i mean any every \
                some sometime free each sorry please out done ideally preferably is best late")
        }) {
            return Join::Near;
        }
        if between.iter().all(|w| {
            among(w, "and , & y on at the in of then also maybe but any both for el en a por la ni + either : even every \
                ideally preferably done by out best las para")
        }) {
            return Join::And;
        }
        Join::Far
    }
}

/// The marker of the new time behind a change verb: "move my Thursday 10:15 *to* Friday".
pub fn target(tokens: &[Token], verb: usize) -> Option<usize> {
    for (i, token) in tokens.iter().enumerate().skip(verb + 1) {
        if matches!(token.word.as_str(), "?" | "!" | ";") {
            return None;
        }
        // Spanish "a las 10" is an hour
        if token.written == "a"
            && tokens
                .get(i + 1)
                .is_some_and(|t| matches!(t.written.as_str(), "las" | "la"))
        {
            continue;
        }
        let swapped = token.written == "por"
            && tokens
                .get(i + 1)
                .is_some_and(|t| matches!(t.written.as_str(), "otra" | "otro" | "el"));
        if swapped || among(token.word.as_str(), "to al para until till") {
            return Some(i);
        }
        if token.word == "for"
            && i > verb + 2
            && !tokens
                .get(i + 1)
                .is_some_and(|t| among(t.word.as_str(), "my me the dr a our his her"))
        {
            return Some(i);
        }
    }
    None
}

/// Whether an appointment that exists can be spoken of by this tree.
fn nameable(day: &Day) -> bool {
    match day {
        Day::Weekday(..)
        | Day::Date { .. }
        | Day::Numeric { .. }
        | Day::Number(..)
        | Day::NumberIn(..)
        | Day::Offset(_)
        | Day::Holiday(..)
        | Day::Period(..)
        | Day::In(..) => true,
        Day::WeekdayIn(_, inner) | Day::Nth(_, _, inner) | Day::WeekdayBeside(_, _, inner) => {
            nameable(inner)
        }
        Day::Month(..) => true,
        _ => false,
    }
}

/// Spans that an exception may be cut out of.
pub fn wide(day: &Day) -> bool {
    matches!(
        day,
        Day::Period(..)
            | Day::Range(..)
            | Day::Within(..)
            | Day::Month(..)
            | Day::WeekOf(_)
            | Day::Part(..)
            | Day::Either(_)
            | Day::From(_)
            | Day::After(_)
            | Day::Rest(..)
            | Day::By(_)
    )
}

/// "yesterday", "last week", "two months ago".
fn past_by_itself(what: &What) -> bool {
    fn past(day: &Day) -> bool {
        match day {
            Day::Offset(n) => *n < 0,
            Day::Weekday(_, which) => *which == Which::Last,
            Day::Period(_, n) => *n < 0,
            Day::Month(_, _, Some(n)) => *n < 0,
            Day::Shift(n, _, base) => *n < 0 && matches!(**base, Day::Offset(0)) || past(base),
            Day::Past(..) => true,
            Day::WeekdayIn(_, inner)
            | Day::Part(_, inner)
            | Day::Nth(_, _, inner)
            | Day::NumberIn(_, inner)
            | Day::Around(inner) => past(inner),
            _ => false,
        }
    }
    match what {
        What::Day(Day::After(inner) | Day::From(inner)) => {
            past(inner) && !matches!(**inner, Day::Period(Unit::Week, _)) || past(inner)
        }
        What::Day(day) => past(day),
        _ => false,
    }
}
