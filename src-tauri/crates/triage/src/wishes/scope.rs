//! Whether a time in a message is wished, ruled out, or something else.
//!
//! A message is cut into sentences and these into segments (at commas, brackets and joining words). Within a segment a
//! time belongs to the nearest cue before it, unless a predicate behind it says otherwise ("Friday doesn't work"); a
//! fragment ("or Monday morning") goes on with what the segment before it said.

use std::collections::HashSet;

use super::{
    dates::tree::{Day, Element, Time, Unit, What, Which},
    lexicon::{Lexicon, Seen},
    text::{Kind, Token},
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

const ADVERSATIVE: &[&str] = &["but", "however", "though", "although", "except", "pero", "aunque", "sino"];
const OPENERS: &[&str] = &[
    "because", "so", "if", "unless", "when", "while", "whereas", "as", "provided", "though", "although", "however", "but", "and", "or", "otherwise", "since",
    "pero", "porque", "aunque", "si", "cuando", "y", "o", "asi", "ya", "pues", "entonces", "then",
];
/// Words that may stand beside times in a fragment without making it a clause.
const FILLERS: &[&str] = &[
    "or", "and", "on", "at", "the", "in", "a", "an", "of", "to", "from", "for", "maybe", "perhaps", "possibly", "either", "also", "even", "else", "then", "please", "thanks", "any", "anytime", "ideally",
    "preferably", "both", "say", "like", "just", "is", "are", "i", "guess", "suppose", "think", "too", "well", "but", "if", "so", "ok", "okay", "hi", "hello", "hey", "dear", "doctor", "y", "o", "por", "favor", "quiza", "quizas", "tal", "vez", "tambien", "mejor", "preferiblemente", "para", "que", "thank", "you", "nor", "with", "only", "every", "each", "most", "all", "around", "about", "time", "after", "before", "by", "until", "between", "some", "sometime", "that", "would", "be", "next", "-", "/", "(", ")", "\"", ":", "&", "@", "!", "?", ".", ",", ";", "gracias", "hola", "buenos", "dias", "days", "day",
];

impl<'a> Scope<'a> {
    /// Prepares the reading of `elements` in `tokens`.
    pub fn new(tokens: &'a [Token], lexicon: &'a Lexicon, elements: &'a [Element], changing: bool) -> Self {
        let inside = elements.iter().flat_map(|e| e.first..e.last).collect();
        Self { tokens, lexicon, elements, inside, changing }
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
                out.push(Segment { start, end, sentence });
            }
        };
        for (i, token) in self.tokens.iter().enumerate() {
            if self.inside.contains(&i) && !(self.elements.iter().any(|e| e.first == i) && OPENERS.contains(&token.word.as_str()) && token.word == "since") {
                continue;
            }
            let ends = token.ends_sentence() && !(token.is('.') && self.abbreviation(i)) || token.kind == Kind::Break;
            if ends {
                push(start, i + 1, sentence);
                start = i + 1;
                sentence += 1;
                continue;
            }
            let dash = matches!(token.word.as_str(), "-" | "–" | "—") && !(token.glued && self.tokens.get(i + 1).is_some_and(|t| t.glued));
            if token.is(';') {
                push(start, i + 1, sentence);
                start = i + 1;
                sentence += 1;
            } else if token.is(',') || token.is(':') && !self.tokens.get(i + 1).is_some_and(|t| t.kind == Kind::Number && t.glued) || token.is('(') || token.is(')') || dash {
                push(start, i + 1, sentence);
                start = i + 1;
            } else if token.kind == Kind::Word && i > start && OPENERS.contains(&token.word.as_str()) && self.opens(i) {
                push(start, i, sentence);
                start = i;
            }
        }
        push(start, self.tokens.len(), sentence);
        out
    }

    fn abbreviation(&self, i: usize) -> bool {
        let before = self.word(i.wrapping_sub(1));
        if matches!(before, "dr" | "doctor" | "mr" | "mrs" | "ms" | "st" | "dra" | "sr" | "sra" | "prof" | "drs" | "vs" | "approx" | "no" | "ext") && !(before == "no" && self.tokens.get(i + 1).is_none_or(|t| t.kind != Kind::Number)) {
            return self.tokens.get(i + 1).is_some_and(|t| t.kind != Kind::Break);
        }
        // an initial, or "a.m."
        before.len() == 1 && self.tokens.get(i + 1).is_some_and(|t| t.glued && t.kind == Kind::Word)
    }

    /// Whether a joining word begins a clause of its own here.
    fn opens(&self, i: usize) -> bool {
        let word = self.word(i);
        let next = self.word(i + 1);
        match word {
            "and" | "or" | "y" | "o" => {
                matches!(
                    next,
                    "i" | "im" | "id" | "ive" | "ill" | "can" | "could" | "would" | "we" | "is" | "are" | "he" | "she" | "they" | "need" | "want" | "my" | "cant" | "dont" | "wont" | "not" | "never" | "please" | "it" | "if" | "then" | "was" | "have" | "puedo" | "quiero" | "no" | "quisiera" | "necesito" | "si" | "que" | "ring" | "call" | "see" | "you" | "wondering" | "will" | "were" | "the" | "prefer" | "mi" | "me" | "tengo" | "also" | "otherwise" | "had" | "tampoco" | "now" | "ideally" | "preferably"
                ) && !(matches!(next, "the" | "my") && self.inside.contains(&(i + 1)))
                    && !(next == "the" && self.elements.iter().any(|e| e.first == i + 2))
                    && !(next == "not" && self.elements.iter().any(|e| e.first == i + 2) && false)
            }
            "as" => !matches!(next, "soon" | "early" | "well" | "possible" | "of" | "a" | "long" | "late") && !matches!(self.word(i - 1), "soon" | "early" | "as" | "well" | "same" | "long" | "late" | "such"),
            "so" => !matches!(next, "that" | "much" | "far" | "sorry" | "kind" | "soon" | "many" | "bad" | "good") && self.word(i - 1) != "or" && self.word(i - 1) != "and",
            "since" => true,
            "then" => !self.inside.contains(&(i + 1)) && false,
            "if" | "si" => self.word(i - 1) != "as" && self.word(i - 1) != "wondering" && self.word(i - 1) != "see" && !(self.word(i - 1) == "know") && self.word(i - 1) != "only",
            "when" | "cuando" => true,
            "ya" => next == "que",
            "asi" => next == "que",
            "but" => !matches!(self.word(i - 1), "any" | "anything" | "all" | "everything" | "nothing") || !self.elements.iter().any(|e| e.first == i + 1 || e.first == i + 2),
            _ => true,
        }
    }

    fn cues(&self, segment: Segment) -> Vec<(Cue, Seen, bool)> {
        let slice = self.tokens.get(segment.start..segment.end).unwrap_or_default();
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
                let seen = Seen { start: seen.start + segment.start, end: seen.end + segment.start };
                // a cue may overlap an element's first word ("not before 10"), but not lie inside one
                let swallowed = self.elements.iter().any(|e| e.first <= seen.start && seen.end <= e.last && !(tag == "not" && e.first == seen.start));
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
                    (s2.start <= seen.start && seen.end <= s2.end && s2.end - s2.start > seen.end - seen.start) && (a2 == after || c2 != cue)
                })
            })
            .collect();
        let mut kept: Vec<(Cue, Seen, bool)> = all.into_iter().zip(keep).filter_map(|(c, k)| k.then_some(c)).collect();
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
            let members: Vec<&Element> = self.elements.iter().filter(|e| segment.start <= e.first && e.first < segment.end).collect();
            let cues = self.cues(*segment);
            let conditional = self.lexicon.find_at("condition", self.tokens, segment.start).is_some() && self.word(segment.start) != "only";
            let alternative = self.lexicon.has("alternative", self.tokens.get(segment.start..segment.end).unwrap_or_default());
            let fragment = self.fragment(*segment, &members);
            for element in &members {
                let role = self.role(element, *segment, &cues, &members, carried, conditional, alternative, fragment, out.last());
                let join = self.join(out.last(), element, *segment);
                out.push(Item { element: (*element).clone(), role, sentence: segment.sentence, segment: number, join, fragment });
                if !conditional {
                    carried = Some(role);
                }
            }
            if members.is_empty() && !conditional {
                let last = cues.iter().rev().find(|(_, _, after)| !*after);
                let open = last.is_some_and(|(_, seen, _)| seen.end + 2 >= segment.end);
                carried = match last {
                    Some((Cue::Not, seen, _)) if open && self.tokens.get(segment.end - 1).is_some_and(|t| t.is(':')) => Some(self.excluded(*seen)),
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

    fn fragment(&self, segment: Segment, members: &[&Element]) -> bool {
        (segment.start..segment.end).all(|i| {
            members.iter().any(|e| e.first <= i && i < e.last) || self.tokens.get(i).is_none_or(|t| t.kind != Kind::Word && t.kind != Kind::Number || FILLERS.contains(&t.word.as_str()))
        })
    }

    fn excluded(&self, seen: Seen) -> Role {
        let words: Vec<&str> = (seen.start..seen.end).map(|i| self.word(i)).collect();
        const AWAY: &[&str] = &["away", "busy", "tied", "town", "country", "vacation", "holiday", "holidays", "leave", "abroad", "overseas", "traveling", "travelling", "blocked", "court", "work", "sick", "conference", "meeting", "meetings", "out", "fuera", "viaje", "vacaciones", "ocupado", "ocupada", "trabajo", "trabajando", "guardia", "baja", "viajo", "working", "unavailable", "booked", "have", "tengo", "ive", "gone", "shift", "class", "school", "nights", "teach", "teaching", "rostered", "im", "state"];
        let negated = words.iter().any(|w| matches!(*w, "not" | "never" | "cant" | "no" | "wont" | "unable" | "dont" | "nunca"));
        let away = !negated && words.iter().any(|w| AWAY.contains(w));
        // "I work Mondays" is a habit, "I have a funeral on Friday" is not
        let habit = words.iter().any(|w| matches!(*w, "work" | "works" | "trabajo" | "teach"));
        Role::Excluded { away, once: away && !habit }
    }

    #[allow(clippy::too_many_arguments)] // one decision, all of whose grounds are local
    fn role(&self, element: &Element, segment: Segment, cues: &[(Cue, Seen, bool)], members: &[&Element], carried: Option<Role>, conditional: bool, alternative: bool, fragment: bool, before: Option<&Item>) -> Role {
        if past_by_itself(&element.what) {
            return Role::Past;
        }
        if self.existing(element, segment) {
            return Role::Existing;
        }
        let first = self.tokens.get(element.first).map_or("", |t| t.written.as_str());
        if first == "desde" && matches!(&element.what, What::Day(Day::From(_))) && !matches!(carried, Some(Role::Wish)) && !cues.iter().any(|(c, s, after)| *c == Cue::Wish && !*after && s.end == element.first) {
            return Role::Past;
        }
        if self.word(element.first) == "since" || self.word(element.first.wrapping_sub(1)) == "since" && element.first > segment.start {
            return Role::Past;
        }
        // A predicate behind it, in the same segment, with no other prefix cue between.
        let next_prefix = cues.iter().find(|(_, seen, after)| !*after && seen.start >= element.last).map_or(usize::MAX, |(_, s, _)| s.start);
        let next_same_list = |from: usize| members.iter().filter(|m| m.first >= element.last && m.first < from).all(|m| self.listed(element, m));
        let predicate = cues.iter().find(|(_, seen, after)| *after && seen.start >= element.last && seen.start <= next_prefix && next_same_list(seen.start));
        let prefix = cues
            .iter()
            .rfind(|(_, seen, after)| !*after && (seen.start < element.first || (seen.start == element.first && seen.end <= element.last)) && seen.end <= element.last.max(seen.start + 1));
        if let Some((cue, seen, _)) = predicate {
            let later_elements = members.iter().any(|m| m.first >= seen.end && !self.listed_between(seen.end, m.first));
            let negative_prefix = matches!(prefix, Some((Cue::Not, s, _)) if seen.start >= s.end);
            match cue {
                Cue::Not if conditional => return Role::Wish,
                // "Monday I can't do Tuesday": the predicate is the next one's prefix
                Cue::Not if members.iter().any(|m| m.first >= seen.end) && self.prefixing(*seen) && later_elements => {}
                Cue::Not => return self.rejected(*seen, element),
                // "I can't do Monday if possible": politeness does not undo a rejection
                Cue::Wish if negative_prefix && !self.strong_yes(*seen) => {}
                Cue::Wish if matches!(prefix, Some((Cue::Other | Cue::Past | Cue::Booked, ..))) && !self.strong_yes(*seen) => {}
                Cue::Wish => return Role::Wish,
                _ => {}
            }
        }
        match prefix {
            Some((Cue::Not, seen, _)) => {
                if conditional && !self.word(segment.start).starts_with("unless") && !matches!(&element.what, What::Time(_)) {
                    return Role::Wish;
                }
                if self.word(seen.start) == "no" && seen.end == seen.start + 1 && seen.end < element.first && !self.listed_between(seen.end, element.first) {
                    return Role::Wish;
                }
                if self.not_about_time(*seen, element) {
                    return Role::Wish;
                }
                if self.someone_else(*seen) {
                    return Role::Other;
                }
                return self.excluded(*seen);
            }
            Some((Cue::Wish, seen, _)) => {
                // "not to come in on a Monday", "don't book me on a Wednesday"
                let negated = cues.iter().rfind(|(cue, s, after)| *cue == Cue::Not && !*after && s.end <= seen.start && s.end + 2 >= seen.start);
                if let Some((_, not, _)) = negated
                    && !alternative
                    && !conditional
                    && !self.elements.iter().any(|e| e.first >= not.end && e.last <= seen.start)
                    && !self.tokens.get(not.start..seen.end).unwrap_or_default().iter().any(|t| t.is(',') || matches!(t.word.as_str(), "mind" | "problem" | "only" | "but"))
                    && !self.not_about_time(*not, element)
                {
                    return self.excluded(*not);
                }
                return Role::Wish;
            }
            Some((Cue::Other, seen, _)) => {
                if matches!(self.word(seen.start), "taking" | "takes" | "pay" | "wake" | "fly" | "arrive" | "land") || !self.habitual_only(*seen) {
                    return Role::Other;
                }
                return Role::Other;
            }
            Some((Cue::Booked, ..)) => return Role::Existing,
            Some((Cue::Past, ..)) => return Role::Past,
            None => {}
        }
        // "any day but Monday", "mornings but Friday": a bare exception
        if ADVERSATIVE.contains(&self.word(segment.start)) && (self.inside.contains(&(segment.start + 1)) || self.inside.contains(&(segment.start + 2))) && fragment && !conditional {
            if matches!(carried, Some(Role::Excluded { .. })) {
                return Role::Wish;
            }
            if before.is_some_and(|b| b.role == Role::Wish && (b.element.recurring || matches!(b.element.what, What::Time(Time::Any)) || matches!(&b.element.what, What::Day(d) if wide(d)))) {
                return Role::Excluded { away: false, once: false };
            }
            return Role::Wish;
        }
        if alternative {
            return Role::Wish;
        }
        if self.word(segment.start) == "so" && matches!(self.word(segment.start + 1), "is" | "are" | "does" | "do") {
            return carried.unwrap_or(Role::Wish);
        }
        if fragment {
            // "away until the 19th, any day after that"
            let anew = members.iter().any(|m| matches!(m.what, What::Time(Time::Any)) || matches!(&m.what, What::Day(Day::After(inner)) if **inner == Day::Anchor));
            if anew && matches!(carried, Some(Role::Excluded { .. })) {
                return Role::Wish;
            }
            return match carried {
                Some(role) => role,
                None => Role::Wish,
            };
        }
        // A statement about something else: "my exam is on Friday", "the kids arrive on Saturday".
        if self.stated_of_another(element, segment) {
            return Role::Other;
        }
        match carried {
            Some(role @ Role::Excluded { .. }) if self.short_lead(element, segment) => role,
            _ => Role::Wish,
        }
    }

    fn rejected(&self, seen: Seen, element: &Element) -> Role {
        let Role::Excluded { away, once } = self.excluded(seen) else { return Role::Other };
        Role::Excluded { away, once: once && !element.recurring }
    }

    /// "Monday I can't": the words could also introduce what follows.
    fn prefixing(&self, seen: Seen) -> bool {
        matches!(self.word(seen.start), "i" | "cant" | "no" | "we" | "im" | "dont")
    }

    fn strong_yes(&self, seen: Seen) -> bool {
        !matches!(self.word(seen.start), "please" | "if" | "por" | "si" | "thanks" | "too" | "also" | "tambien" | "i" | "we" | "instead")
    }

    fn habitual_only(&self, _seen: Seen) -> bool {
        false
    }

    /// Whether a negation is about something other than the time: a clinician, a place, "not sure", "can't wait".
    fn not_about_time(&self, seen: Seen, element: &Element) -> bool {
        let next = self.word(seen.end);
        let last = self.word(seen.end - 1);
        if matches!(last, "not" | "dont" | "cant" | "doesnt" | "wont" | "isnt" | "no" | "never" | "without")
            && matches!(next, "sure" | "know" | "mind" | "wait" | "with" | "urgent" | "have" | "need" | "feeling" | "well" | "only" | "rush" | "hurry" | "problem" | "seem" | "think" | "want" | "stop" | "sleep" | "breathe" | "eat" | "see" | "hear" | "walk" | "bend" | "lift" | "move" | "that" | "seguro" | "me" | "importa" | "getting" | "better" | "been" | "longer" | "appointment" | "fever" | "pain" | "worry" | "preference" | "clinic" | "charge" | "idea" | "picky" | "fussy" | "too" | "going" | "really" | "be" | "able" | "get")
        {
            // "can't get there before 10", "don't want Monday", "don't need Friday" still rule out
            if matches!(next, "want" | "get" | "really" | "be" | "able" | "going" | "have" | "only" | "need" | "that" | "me" | "too") {
                let to = element.first;
                let allowed = (seen.end..to).all(|i| matches!(self.word(i), "want" | "get" | "there" | "here" | "really" | "be" | "able" | "to" | "going" | "make" | "come" | "in" | "do" | "it" | "anything" | "any" | "on" | "at" | "the" | "have" | "time" | "free" | "you" | "leave" | "away" | "come" | "out" | "off" | "until" | "me" | "viene" | "va" | "bien" | "an" | "appointment" | "a" | "too" | "early" | "late" | "that" | "for" | "or" | "of" | "work" | "slot" | "sirve" | "queda" | "conviene" | "down" | "day" | "days"));
                return !allowed;
            }
            return true;
        }
        // far from the time, with a verb of its own between
        let between: Vec<&str> = (seen.end..element.first).filter(|i| !self.inside.contains(i)).map(|i| self.word(i)).collect();
        between.iter().any(|w| matches!(*w, "with" | "dr" | "doctor" | "sleep" | "eat" | "walk" | "breathe" | "see" | "worse" | "better" | "con"))
    }

    /// Whether the one who is away or busy is not the writer.
    fn someone_else(&self, seen: Seen) -> bool {
        let before = self.word(seen.start.wrapping_sub(1));
        let before = if matches!(before, "is" | "s" | "are" | "be" | "will" | "esta" | "was") { self.word(seen.start.wrapping_sub(2)) } else { before };
        matches!(before, "he" | "she" | "they" | "you" | "doctor" | "dr" | "husband" | "wife" | "hes" | "shes" | "theyre" | "youre" | "el" | "ella") && !matches!(self.word(seen.start), "cant" | "not" | "except" | "but" | "no" | "wont")
    }

    /// "my Thursday slot", "my appointment on Thursday", "Monday's 2:00", "move Thursday to Friday".
    fn existing(&self, element: &Element, segment: Segment) -> bool {
        let is_slot = |i: usize| self.lexicon.find_at("slot", self.tokens, i).is_some();
        let plural = element.recurring;
        let exact = match &element.what {
            What::Time(time) => matches!(time, Time::At(_) | Time::Around(_) | Time::Between(..)),
            _ => true,
        };
        let spanish = self.lexicon.language == super::text::Language::Spanish;
        // "sooner than July 9": the one that exists
        if matches!(element.what, What::Day(_)) && self.word(element.first.wrapping_sub(1)) == "than" && matches!(self.word(element.first.wrapping_sub(2)), "sooner" | "earlier" | "before" | "later" | "pronto" | "antes") {
            return true;
        }
        // words directly before the element, over other elements and small words
        let mut k = element.first;
        let mut over_slot = false;
        let mut steps = 0;
        let mut linked = true;
        while k > segment.start && steps < 9 {
            k -= 1;
            steps += 1;
            let word = self.word(k);
            if self.inside.contains(&k) {
                // an element between: only if it hangs together with this one
                continue;
            }
            if matches!(word, "to" | "for" | "para" | "until" | "al") && self.changing && !(word == "for" && over_slot) && !over_slot && self.after_change_verb(k, segment) {
                return false;
            }
            if is_slot(k) && !(word == "one" && over_slot) && !(word == "time" && over_slot) {
                over_slot = true;
                continue;
            }
            if matches!(word, "on" | "at" | "for" | "is" | "of" | "the" | "in" | "with" | "scheduled" | "booked" | "set" | "was" | "del" | "a" | "que" | "tengo" | "which" | "dr" | "doctor" | "your" | "this" | "coming" | "upcoming" | "next" | "dental" | "medical" | "video" | "s" | "physical" | "therapy" | "follow" | "up" | "from" | "," | "(" | "an") && !(matches!(word, "for" | "from") && !over_slot && k + 1 != element.first && !self.inside.contains(&(k + 1))) {
                if !matches!(word, "on" | "at" | "for" | "the" | "in" | "of" | "this" | "next" | "coming" | "upcoming" | "a" | "-" | "is" | "was" | "from") {
                    linked = false;
                }
                if word == "a" && over_slot {
                    // "a slot on Friday" is a wish; "have a slot on Friday" is booked, unless it is asked of the practice
                    let mine = matches!(self.word(k.wrapping_sub(1)), "have" | "got" | "had" | "tengo") && matches!(self.word(k.wrapping_sub(2)), "i" | "ive" | "we" | "weve" | "already") && !matches!(self.word(k.wrapping_sub(3)), "can" | "could" | "may");
                    return mine && !plural;
                }
                if word == "an" && over_slot {
                    let mine = matches!(self.word(k.wrapping_sub(1)), "have" | "got" | "had" | "booked" | "made") && matches!(self.word(k.wrapping_sub(2)), "i" | "ive" | "we" | "weve" | "already" | "currently" | "daughter" | "son") && !matches!(self.word(k.wrapping_sub(3)), "can" | "could" | "may" | "do");
                    return mine && !plural;
                }
                continue;
            }
            let mine = matches!(word, "my" | "our" | "her" | "his" | "their" | "mi" | "su" | "nuestra" | "existing" | "current");
            if mine {
                if over_slot && exact {
                    // "book my appointment on Friday" is still a wish
                    return !plural && !self.booking_verb(k);
                }
                // "my Thursday 10:15"
                let direct = linked && exact && !plural && (k + 1 == element.first || self.inside.contains(&(k + 1)));
                let owned = is_slot(element.last) || self.changing || self.chain_slot(element);
                let day_off = matches!(self.word(element.last), "off" | "shift" | "class" | "lunch" | "meeting" | "birthday" | "free" | "exam" | "flight");
                return direct && owned && !day_off && !matches!(&element.what, What::Time(t) if !matches!(t, Time::At(_)));
            }
            if over_slot && spanish && matches!(word, "tengo" | "tenia" | "tenemos" | "tiene") {
                return !plural;
            }
            break;
        }
        // "Monday's slot", "the Thursday appointment", when one is moved or given up
        let possessive = self.tokens.get(element.last - 1).is_some_and(|t| t.possessive);
        let followed = is_slot(element.last) || self.chain_slot(element);
        if possessive && matches!(element.what, What::Day(_)) && (followed || self.tokens.get(element.last).is_some_and(|t| t.kind == Kind::Number)) {
            return !self.asked_for(element, segment);
        }
        if !self.changing {
            return false;
        }
        let slice = self.tokens.get(segment.start..element.first).unwrap_or_default();
        if followed && self.word(element.first.wrapping_sub(1)) == "the" && (self.lexicon.has("give_up", slice) || self.lexicon.has("cancel", slice) || self.lexicon.has("change_verb", slice)) {
            return true;
        }
        // "move Thursday to Friday", "from Thursday to Friday": before the target
        if let Some(verb) = self.change_verb_before(element.first, segment)
            && let Some(target) = self.target_after(verb)
            && element.first < target
            && !plural
        {
            return true;
        }
        // "instead of Thursday", "cancel Thursday"
        let at = element.first - (element.first - segment.start).min(1);
        let lead = (at.saturating_sub(2)..element.first).map(|i| self.word(i)).collect::<Vec<_>>().join(" ");
        if lead.ends_with("instead of") || lead.ends_with("instead of the") || lead.ends_with("rather than") || lead.ends_with("vez of") || lead.ends_with("lugar of") || lead.ends_with("not") && false {
            return true;
        }
        if self.lexicon.has("cancel", slice) && !self.lexicon.has("wish", self.tokens.get(self.last_cancel(segment, element.first)..element.first).unwrap_or_default()) {
            return true;
        }
        // "I can't make Thursday at 10:15": the appointment itself
        if let Some(seen) = self.lexicon.find("give_up", slice).last() {
            let rest = slice.get(seen.end..).unwrap_or_default();
            let near = rest.iter().all(|t| matches!(t.word.as_str(), "it" | "on" | "at" | "the" | "to" | "in" | "my" | "for" | "this" | "a" | "mi" | "cita" | "appointment" | "of" | "that") || t.kind == Kind::Number) || rest.len() <= 4 && rest.iter().any(|t| t.word == "it");
            let makes = slice.get(seen.start..seen.end).unwrap_or_default().iter().any(|t| matches!(t.word.as_str(), "make" | "attend" | "keep" | "miss" | "there" | "ir" | "acudir" | "asistir" | "llego"));
            return near && makes && !plural;
        }
        false
    }

    fn last_cancel(&self, segment: Segment, to: usize) -> usize {
        let slice = self.tokens.get(segment.start..to).unwrap_or_default();
        self.lexicon.find("cancel", slice).last().map_or(segment.start, |s| segment.start + s.end)
    }

    fn booking_verb(&self, k: usize) -> bool {
        let from = k.saturating_sub(3);
        (from..k).any(|i| matches!(self.word(i), "book" | "schedule" | "make" | "reservar" | "agendar" | "have" if self.word(i) != "have" || matches!(self.word(i.wrapping_sub(1)), "can" | "could" | "i" | "to" | "like") && self.word(i.wrapping_sub(1)) != "i"))
    }

    /// Whether a time follows and then a noun for an appointment: "Thursday 10:15 appointment".
    fn chain_slot(&self, element: &Element) -> bool {
        self.elements.iter().any(|e| e.first >= element.last && e.first <= element.last + 1 && (self.lexicon.find_at("slot", self.tokens, e.last).is_some() || matches!(e.what, What::Time(Time::At(_)))))
    }

    fn asked_for(&self, element: &Element, segment: Segment) -> bool {
        let slice = self.tokens.get(segment.start..element.first).unwrap_or_default();
        !self.changing && (self.lexicon.has("hard_request", slice))
    }

    fn change_verb_before(&self, to: usize, segment: Segment) -> Option<usize> {
        (segment.start..to).rev().find(|i| self.lexicon.find_at("change_verb", self.tokens, *i).is_some())
    }

    fn after_change_verb(&self, k: usize, segment: Segment) -> bool {
        self.change_verb_before(k, segment).is_some()
    }

    /// The "to" that follows a change verb.
    fn target_after(&self, verb: usize) -> Option<usize> {
        target(self.tokens, verb)
    }

    fn short_lead(&self, element: &Element, segment: Segment) -> bool {
        element.first.saturating_sub(segment.start) <= 3
    }

    /// "my exam is on Friday": somebody's or something's time, stated.
    fn stated_of_another(&self, element: &Element, segment: Segment) -> bool {
        let lead: Vec<&str> = (segment.start..element.first).filter(|i| !self.inside.contains(i)).map(|i| self.word(i)).collect();
        let Some(verb) = lead.iter().position(|w| matches!(*w, "is" | "are" | "s" | "es" | "son" | "starts" | "begins" | "ends" | "closes" | "leaves" | "happens" | "falls" | "comes" | "come" | "visit" | "visiting" | "play" | "plays" | "meets" | "has" | "have" | "goes" | "runs" | "work" | "works" | "gets" | "get" | "will" | "sleep" | "sleeps" | "eat" | "eats" | "hurts" | "feel" | "feels" | "trabaja" | "tiene" | "go" | "turn" | "drink" | "wear" | "use" | "take")) else {
            return false;
        };
        let subject = lead.get(..verb).unwrap_or_default();
        let about_visit = subject.iter().any(|w| matches!(*w, "appointment" | "time" | "slot" | "day" | "best" | "preference" | "choice" | "that" | "it" | "cita" | "hora" | "dia" | "availability" | "option" | "there" | "what" | "when" | "ideal" | "visit"));
        !subject.is_empty() && !about_visit && subject.iter().any(|w| matches!(*w, "my" | "the" | "our" | "his" | "her" | "their" | "he" | "she" | "they" | "it" | "mi" | "el" | "la" | "su" | "your" | "you" | "i" | "we"))
    }

    fn listed(&self, one: &Element, other: &Element) -> bool {
        self.listed_between(one.last, other.first)
    }

    fn listed_between(&self, from: usize, to: usize) -> bool {
        (from..to).filter(|i| !self.inside.contains(i)).all(|i| matches!(self.word(i), "or" | "and" | "," | "on" | "at" | "the" | "in" | "a" | "nor" | "/" | "&" | "y" | "o" | "ni" | "of" | "for" | "before" | "after" | "de" | "por" | "en" | "also" | "-" | "any" | "to" | "both" | "every" | "either"))
    }

    fn join(&self, before: Option<&Item>, element: &Element, segment: Segment) -> Join {
        let Some(before) = before else { return Join::Sentence };
        if before.sentence != segment.sentence {
            return Join::Sentence;
        }
        let between: Vec<&str> = (before.element.last.min(element.first)..element.first).map(|i| self.word(i)).collect();
        if between.iter().any(|w| matches!(*w, "or" | "o" | "otherwise" | "else" | "failing" | "alternatively" | "/" | "nor")) || self.lexicon.has("alternative", self.tokens.get(before.element.last.min(element.first)..element.first).unwrap_or_default()) {
            return Join::Or;
        }
        if between.iter().all(|w| matches!(*w, "on" | "at" | "the" | "in" | "of" | "a" | "for" | "around" | "el" | "de" | "por" | "la" | "las" | "en" | "to" | "from" | "(" | ")" | "@" | "-" | "this" | "that" | "s" | "my" | "i" | "mean" | "any" | "every" | "some" | "sometime" | "free" | "each" | "sorry" | "please" | "out" | "done" | "ideally" | "preferably" | "is" | "best" | "late")) {
            return Join::Near;
        }
        if between.iter().all(|w| matches!(*w, "and" | "," | "&" | "y" | "on" | "at" | "the" | "in" | "of" | "then" | "also" | "maybe" | "but" | "any" | "both" | "for" | "el" | "en" | "a" | "por" | "la" | "ni" | "+" | "either" | ":" | "even" | "la" | "every" | "ideally" | "preferably" | "done" | "by" | "out" | "best" | "las" | "para")) {
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
        if matches!(token.word.as_str(), "to" | "al" | "para" | "until" | "till") {
            return Some(i);
        }
        if token.word == "for" && i > verb + 2 && !tokens.get(i + 1).is_some_and(|t| matches!(t.word.as_str(), "my" | "me" | "the" | "dr" | "a" | "our" | "his" | "her")) {
            return Some(i);
        }
    }
    None
}

/// Spans that an exception may be cut out of.
fn wide(day: &Day) -> bool {
    matches!(day, Day::Period(..) | Day::Range(..) | Day::Within(..) | Day::Month(..) | Day::WeekOf(_) | Day::Part(..) | Day::Either(_) | Day::From(_) | Day::After(_) | Day::Rest(..) | Day::By(_))
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
            Day::WeekdayIn(_, inner) | Day::Part(_, inner) | Day::Nth(_, _, inner) | Day::NumberIn(_, inner) | Day::Around(inner) => past(inner),
            _ => false,
        }
    }
    match what {
        What::Day(Day::After(inner) | Day::From(inner)) => past(inner) && !matches!(**inner, Day::Period(Unit::Week, _)) || past(inner),
        What::Day(day) => past(day),
        _ => false,
    }
}
