//! The appointment that exists: "my Thursday slot", "Monday's 2:00", "it's on the 30th".

use super::{Scope, Segment, nameable, target};
use crate::wishes::{
    dates::tree::{Element, Time, What},
    text::{Kind, Language, Token, among},
};

impl Scope<'_> {
    /// "my Thursday slot", "my appointment on Thursday", "Monday's 2:00", "move Thursday to Friday".
    pub(super) fn existing(&self, element: &Element, segment: Segment) -> bool {
        let is_slot = |i: usize| self.lexicon.find_at("slot", self.tokens, i).is_some();
        if matches!(&element.what, What::Day(day) if !nameable(day)) {
            return false;
        }
        let plural = element.recurring;
        let exact = match &element.what {
            What::Time(time) => matches!(time, Time::At(_) | Time::Around(_) | Time::Between(..)),
            _ => true,
        };
        let spanish = self.lexicon.language == Language::Spanish;
        // "sooner than July 9": the one that exists
        if matches!(element.what, What::Day(_))
            && self.word(element.first.wrapping_sub(1)) == "than"
            && among(
                self.word(element.first.wrapping_sub(2)),
                "sooner earlier before later pronto antes",
            )
        {
            return true;
        }
        // "It's on the 30th", where an appointment is to be moved
        let opening = self.word(segment.start);
        let stated = matches!(opening, "its" | "thats" | "mine")
            || among(opening, "it that es era this")
                && among(self.word(segment.start + 1), "is was the at s");
        if self.changing
            && stated
            && (segment.start + 1..element.first).all(|i| {
                self.inside.contains(&i)
                    || among(
                        self.word(i),
                        "is was on at for the currently scheduled set booked of",
                    )
            })
        {
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
            if among(word, "to for para until al")
                && self.changing
                && !over_slot
                && self.after_change_verb(k, segment)
            {
                return false;
            }
            if is_slot(k) && !(word == "one" && over_slot) && !(word == "time" && over_slot) {
                over_slot = true;
                continue;
            }
            if among(
                word,
                "on at for is of the in with scheduled booked set was del a que tengo which dr doctor your this \
                coming upcoming next dental medical video s physical therapy follow up from , ( an",
            ) && !(matches!(word, "for" | "from")
                && !over_slot
                && k + 1 != element.first
                && !self.inside.contains(&(k + 1)))
            {
                if !among(
                    word,
                    "on at for the in of this next coming upcoming a - is was from",
                ) {
                    linked = false;
                }
                if word == "a" && over_slot {
                    // "a slot on Friday" is a wish; "have a slot on Friday" is booked, unless it is asked of the practice
                    let mine = among(self.word(k.wrapping_sub(1)), "have got had tengo")
                        && among(self.word(k.wrapping_sub(2)), "i ive we weve already")
                        && !matches!(self.word(k.wrapping_sub(3)), "can" | "could" | "may");
                    return mine && !plural;
                }
                if word == "an"
                    && over_slot
                    && self.word(k.wrapping_sub(1)) == "has"
                    && !matches!(self.word(segment.start), "does" | "who")
                {
                    return !plural;
                }
                if word == "an" && over_slot {
                    let mine = among(self.word(k.wrapping_sub(1)), "have got had booked made")
                        && among(
                            self.word(k.wrapping_sub(2)),
                            "i ive we weve already currently daughter son",
                        )
                        && !among(self.word(k.wrapping_sub(3)), "can could may do");
                    return mine && !plural;
                }
                continue;
            }
            let mine = among(word, "my our her his their mi su nuestra existing current");
            if mine {
                if over_slot && exact {
                    // "book my appointment on Friday" is still a wish
                    return !plural && !self.booking_verb(k);
                }
                // "my Thursday 10:15"
                let direct = linked
                    && exact
                    && !plural
                    && (k + 1 == element.first || self.inside.contains(&(k + 1)));
                let owned = is_slot(element.last) || self.changing || self.chain_slot(element);
                let day_off = among(
                    self.word(element.last),
                    "off shift class lunch meeting birthday free exam flight",
                );
                return direct
                    && owned
                    && !day_off
                    && !matches!(&element.what, What::Time(t) if !matches!(t, Time::At(_)));
            }
            if over_slot && self.tokens.get(k).is_some_and(|t| t.possessive) {
                return !plural && !self.booking_verb(k);
            }
            if over_slot && spanish && among(word, "tengo tenia tenemos tiene") {
                return !plural;
            }
            break;
        }
        // "Monday's slot", "the Thursday appointment", when one is moved or given up
        let possessive = self
            .tokens
            .get(element.last - 1)
            .is_some_and(|t| t.possessive);
        let followed = is_slot(element.last) || self.chain_slot(element);
        if possessive
            && matches!(element.what, What::Day(_))
            && (followed
                || self
                    .tokens
                    .get(element.last)
                    .is_some_and(|t| t.kind == Kind::Number))
        {
            return !self.asked_for(element, segment);
        }
        if !self.changing {
            return false;
        }
        let slice = self
            .tokens
            .get(segment.start..element.first)
            .unwrap_or_default();
        if followed
            && self.word(element.first.wrapping_sub(1)) == "the"
            && (self.lexicon.has("give_up", slice)
                || self.lexicon.has("cancel", slice)
                || self.lexicon.has("change_verb", slice))
        {
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
        let lead = (at.saturating_sub(2)..element.first)
            .map(|i| self.word(i))
            .collect::<Vec<_>>()
            .join(" ");
        if lead.ends_with("instead of")
            || lead.ends_with("instead of the")
            || lead.ends_with("rather than")
            || lead.ends_with("vez of")
            || lead.ends_with("lugar of")
        {
            return true;
        }
        if self.lexicon.has("cancel", slice) {
            let after = self
                .tokens
                .get(self.last_cancel(segment, element.first)..element.first)
                .unwrap_or_default();
            let moved_on = after.iter().any(|t| {
                among(
                    t.word.as_str(),
                    "and to instead come rebook then y otra another para",
                )
            });
            if !moved_on && (after.len() <= 4 || !self.lexicon.has("wish", after)) {
                return true;
            }
        }
        // "I can't make Thursday at 10:15": the appointment itself
        if let Some(seen) = self.lexicon.find("give_up", slice).last() {
            let rest: Vec<&Token> = (segment.start + seen.end..element.first)
                .filter(|i| !self.inside.contains(i))
                .filter_map(|i| self.tokens.get(i))
                .collect();
            let near = rest.iter().all(|t| {
                among(
                    t.word.as_str(),
                    "it on at the to in come my for this a mi cita appointment of that",
                ) || t.kind == Kind::Number
            }) || rest.len() <= 4 && rest.iter().any(|t| t.word == "it");
            let makes = slice
                .get(seen.start..seen.end)
                .unwrap_or_default()
                .iter()
                .any(|t| {
                    among(
                        t.word.as_str(),
                        "make attend keep miss there ir acudir asistir llego",
                    )
                })
                || self.tokens.iter().any(|t| t.word == "instead")
                || self
                    .tokens
                    .windows(2)
                    .any(|w| matches!(w, [a, b] if a.word == "after" && b.word == "all"));
            return near && makes && !plural;
        }
        false
    }

    pub(super) fn last_cancel(&self, segment: Segment, to: usize) -> usize {
        let slice = self.tokens.get(segment.start..to).unwrap_or_default();
        self.lexicon
            .find("cancel", slice)
            .last()
            .map_or(segment.start, |s| segment.start + s.end)
    }

    pub(super) fn booking_verb(&self, k: usize) -> bool {
        let from = k.saturating_sub(3);
        (from..k).any(|i| matches!(self.word(i), "book" | "schedule" | "make" | "reservar" | "agendar" | "have" if self.word(i) != "have" || among(self.word(i.wrapping_sub(1)), "can could i to like") && self.word(i.wrapping_sub(1)) != "i"))
    }

    /// Whether a time follows and then a noun for an appointment: "Thursday 10:15 appointment".
    pub(super) fn chain_slot(&self, element: &Element) -> bool {
        self.elements.iter().any(|e| {
            e.first >= element.last
                && e.first <= element.last + 1
                && (self.lexicon.find_at("slot", self.tokens, e.last).is_some()
                    || matches!(e.what, What::Time(Time::At(_))))
        })
    }

    pub(super) fn asked_for(&self, element: &Element, segment: Segment) -> bool {
        let slice = self
            .tokens
            .get(segment.start..element.first)
            .unwrap_or_default();
        !self.changing && (self.lexicon.has("hard_request", slice))
    }

    pub(super) fn change_verb_before(&self, to: usize, segment: Segment) -> Option<usize> {
        (segment.start..to).rev().find(|i| {
            self.lexicon
                .find_at("change_verb", self.tokens, *i)
                .is_some()
        })
    }

    pub(super) fn after_change_verb(&self, k: usize, segment: Segment) -> bool {
        self.change_verb_before(k, segment).is_some()
    }

    /// The "to" that follows a change verb.
    pub(super) fn target_after(&self, verb: usize) -> Option<usize> {
        target(self.tokens, verb)
    }
}
