//! One time, one role: the grounds on which it is wished, ruled out or neither.

use super::{ADVERSATIVE, Cue, Item, Role, Scope, Segment, past_by_itself, wide};
use crate::wishes::{
    dates::tree::{Day, Element, Time, What},
    lexicon::Seen,
    text::among,
};

impl Scope<'_> {
    #[allow(clippy::too_many_arguments)] // one decision, all of whose grounds are local
    pub(super) fn role(
        &self,
        element: &Element,
        segment: Segment,
        cues: &[(Cue, Seen, bool)],
        members: &[&Element],
        carried: Option<Role>,
        conditional: bool,
        alternative: bool,
        fragment: bool,
        before: Option<&Item>,
    ) -> Role {
        if past_by_itself(&element.what) {
            return Role::Past;
        }
        if self.existing(element, segment) {
            return Role::Existing;
        }
        let first = self
            .tokens
            .get(element.first)
            .map_or("", |t| t.written.as_str());
        if first == "desde"
            && matches!(
                &element.what,
                What::Day(Day::From(_)) | What::Time(Time::After(_))
            )
            && (element.first > segment.start || !matches!(carried, Some(Role::Wish)))
            && !cues
                .iter()
                .any(|(c, s, after)| *c == Cue::Wish && !*after && s.end == element.first)
        {
            return Role::Past;
        }
        if self.word(element.first) == "since"
            || self.word(element.first.wrapping_sub(1)) == "since" && element.first > segment.start
        {
            return Role::Past;
        }
        // "Monday's out", "Tuesday's fine"
        if self
            .tokens
            .get(element.last - 1)
            .is_some_and(|t| t.possessive)
        {
            match self.word(element.last) {
                "out" | "bad" | "no" | "off" | "booked" | "full" | "busy" | "tricky"
                | "difficult" | "impossible" | "hard" | "not" | "packed" | "crazy" => {
                    return Role::Excluded {
                        away: false,
                        once: false,
                    };
                }
                "good" | "fine" | "best" | "great" | "ok" | "okay" | "better" | "perfect"
                | "free" | "open" | "ideal" | "easier" | "easiest" => return Role::Wish,
                _ => {}
            }
        }
        // "Good morning", "have a great weekend"
        if among(
            self.word(element.first.wrapping_sub(1)),
            "good great nice lovely buenas buenos feliz happy wonderful",
        ) && (element.first < segment.start + 3
            || matches!(self.word(element.first.wrapping_sub(2)), "a" | "un" | "the"))
        {
            return Role::Other;
        }
        // "my appointment isn't until July 14"
        if matches!(&element.what, What::Day(Day::By(_)))
            && (segment.start..element.first).any(|i| among(self.word(i), "isnt not wasnt no"))
            && (segment.start..element.first)
                .any(|i| self.lexicon.find_at("slot", self.tokens, i).is_some())
        {
            return Role::Existing;
        }
        let part = matches!(&element.what, What::Time(Time::Part(..)));
        if part
            && !self.elements.iter().any(|e| {
                matches!(e.what, What::Day(_))
                    && (e.first == element.first
                        || self.listed(e, element) && e.last <= element.first
                        || self.listed(element, e) && e.first >= element.last)
            })
        {
            let lead = self
                .tokens
                .get(segment.start..element.first)
                .unwrap_or_default();
            if let Some(symptom) = self.lexicon.find("symptom", lead).last()
                && !cues.iter().any(|(c, s, after)| {
                    matches!(c, Cue::Wish | Cue::Not)
                        && !*after
                        && s.start >= segment.start + symptom.end
                        && s.end <= element.first
                })
            {
                return Role::Other;
            }
        }
        // A predicate behind it, in the same segment, with no other prefix cue between.
        let next_prefix = cues
            .iter()
            .find(|(_, seen, after)| !*after && seen.start >= element.last)
            .map_or(usize::MAX, |(_, s, _)| s.start);
        let next_same_list = |from: usize| {
            members
                .iter()
                .filter(|m| m.first >= element.last && m.first < from)
                .all(|m| self.listed(element, m))
        };
        let predicate = cues.iter().find(|(_, seen, after)| {
            *after
                && seen.start >= element.last
                && seen.start <= next_prefix
                && next_same_list(seen.start)
        });
        let prefix = cues.iter().rfind(|(_, seen, after)| {
            !*after
                && (seen.start < element.first
                    || (seen.start == element.first && seen.end <= element.last))
                && seen.end <= element.last.max(seen.start + 1)
        });
        if let Some((cue, seen, _)) = predicate {
            let later_elements = members
                .iter()
                .any(|m| m.first >= seen.end && !self.listed_between(seen.end, m.first));
            let negative_prefix = matches!(prefix, Some((Cue::Not, s, _)) if seen.start >= s.end);
            match cue {
                Cue::Not if conditional => return Role::Wish,
                // "Monday I can't do Tuesday": the predicate is the next one's prefix
                Cue::Not
                    if members.iter().any(|m| m.first >= seen.end)
                        && self.prefixing(*seen)
                        && later_elements => {}
                Cue::Not => return self.rejected(*seen, element),
                // "I can't do Monday if possible": politeness does not undo a rejection
                Cue::Wish
                    if negative_prefix
                        && (!self.strong_yes(*seen)
                            || prefix.is_some_and(|(_, s, _)| self.exception(*s))) => {}
                Cue::Wish
                    if matches!(prefix, Some((Cue::Other | Cue::Past | Cue::Booked, ..)))
                        && !self.strong_yes(*seen) => {}
                Cue::Wish => return Role::Wish,
                _ => {}
            }
        }
        match prefix {
            Some((Cue::Not, seen, _)) => {
                if conditional
                    && !self.word(segment.start).starts_with("unless")
                    && !matches!(&element.what, What::Time(_))
                {
                    return Role::Wish;
                }
                if self.word(seen.start) == "no"
                    && seen.end == seen.start + 1
                    && seen.end < element.first
                    && !self.listed_between(seen.end, element.first)
                {
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
                let negated = cues.iter().rfind(|(cue, s, after)| {
                    *cue == Cue::Not && !*after && s.end <= seen.start && s.end + 2 >= seen.start
                });
                if let Some((_, not, _)) = negated
                    && !alternative
                    && !conditional
                    && !self
                        .elements
                        .iter()
                        .any(|e| e.first >= not.end && e.last <= seen.start)
                    && !self
                        .tokens
                        .get(not.start..seen.end)
                        .unwrap_or_default()
                        .iter()
                        .any(|t| t.is(',') || among(t.word.as_str(), "mind problem only but"))
                    && !self.not_about_time(*not, element)
                {
                    return self.excluded(*not);
                }
                return Role::Wish;
            }
            Some((Cue::Other, seen, _)) => {
                if among(
                    self.word(seen.start),
                    "taking takes pay wake fly arrive land",
                ) || !self.habitual_only(*seen)
                {
                    return Role::Other;
                }
                return Role::Other;
            }
            Some((Cue::Booked, ..)) => return Role::Existing,
            Some((Cue::Past, seen, _)) => {
                // "could I get my labs drawn on Monday": a participle under a wish
                let participle = among(
                    self.word(seen.end - 1),
                    "drawn removed tested seen been vaccinated treated taken done put",
                ) || among(self.word(seen.start), "done put taken drawn");
                if participle
                    && cues
                        .iter()
                        .any(|(c, s, after)| *c == Cue::Wish && !*after && s.end <= seen.start)
                {
                    return Role::Wish;
                }
                return Role::Past;
            }
            None => {}
        }
        // "any day but Monday", "mornings but Friday": a bare exception
        if among(self.word(segment.start), ADVERSATIVE)
            && (self.inside.contains(&(segment.start + 1))
                || self.inside.contains(&(segment.start + 2)))
            && fragment
            && !conditional
        {
            let bound = matches!(
                &element.what,
                What::Day(Day::Before(_) | Day::By(_) | Day::After(_) | Day::From(_))
                    | What::Time(Time::Before(_) | Time::After(_))
            );
            if matches!(carried, Some(Role::Excluded { .. })) || bound {
                return Role::Wish;
            }
            if before.is_some_and(|b| {
                b.role == Role::Wish
                    && (b.element.recurring
                        || matches!(b.element.what, What::Time(Time::Any))
                        || matches!(&b.element.what, What::Day(d) if wide(d)))
            }) {
                return Role::Excluded {
                    away: false,
                    once: false,
                };
            }
            return Role::Wish;
        }
        if alternative {
            return Role::Wish;
        }
        if self.word(segment.start) == "so" && among(self.word(segment.start + 1), "is are does do")
        {
            return carried.unwrap_or(Role::Wish);
        }
        if fragment && among(self.word(segment.start), "so then entonces asi") {
            return Role::Wish;
        }
        if fragment {
            // "away until the 19th, any day after that"
            let anew = members.iter().any(|m| {
                matches!(m.what, What::Time(Time::Any))
                    || matches!(&m.what, What::Day(Day::After(inner)) if **inner == Day::Anchor)
            });
            if anew && matches!(carried, Some(Role::Excluded { .. })) {
                return Role::Wish;
            }
            // "not before 10, Thursday"
            let after_hours = before.is_some_and(|b| {
                matches!(b.element.what, What::Time(Time::Before(_) | Time::After(_)))
            }) && matches!(element.what, What::Day(_));
            // "any weekday but Wednesday, after 3:30"
            let own_time = matches!(element.what, What::Time(_))
                && before.is_some_and(|b| {
                    matches!(b.element.what, What::Day(_)) && b.element.last < segment.start
                })
                && !members.iter().any(|m| matches!(m.what, What::Day(_)));
            return match carried {
                Some(Role::Excluded { .. }) if after_hours || own_time => Role::Wish,
                Some(role) => role,
                None => Role::Wish,
            };
        }
        // "he dislocated his finger on June 6"
        let told = (segment.start + 1..element.first).any(|i| {
            let word = self.word(i);
            word.len() > 4
                && word.ends_with("ed")
                && !among(word, "need booked scheduled interested preferred speed rushed worried concerned indeed infected required \
                tired dated allowed supposed needed wanted wondered closed opened planned used")
                && among(self.word(i - 1), "i he she we they it son daughter husband wife partner mom dad mother father and who that which baby \
                accidentally just badly")
        });
        // "On June 3 you removed a mole"
        let told_after = cues
            .iter()
            .any(|(c, s, after)| *c == Cue::Past && !*after && s.start >= element.last)
            && !cues.iter().any(|(c, ..)| *c == Cue::Wish)
            && !fragment;
        let told_after = told_after
            || (element.last..segment.end.min(element.last + 6)).any(|i| {
                self.word(i).len() > 4
                    && self.word(i).ends_with("ed")
                    && among(self.word(i - 1), "you dr i we she he they")
            }) && !cues.iter().any(|(c, ..)| *c == Cue::Wish);
        if told_after {
            return Role::Past;
        }
        if told
            && !cues
                .iter()
                .any(|(c, s, after)| *c == Cue::Wish && !*after && s.end <= element.first)
        {
            return Role::Past;
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

    pub(super) fn rejected(&self, seen: Seen, element: &Element) -> Role {
        let Role::Excluded { away, once } = self.excluded(seen) else {
            return Role::Other;
        };
        Role::Excluded {
            away,
            once: once && !element.recurring,
        }
    }

    /// "anything but Thursday works"
    pub(super) fn exception(&self, seen: Seen) -> bool {
        (seen.start..seen.end).any(|i| {
            among(self.word(i), "but except apart other besides bar barring excluding menos excepto salvo aside quitando")
        })
    }

    /// "Monday I can't": the words could also introduce what follows.
    pub(super) fn prefixing(&self, seen: Seen) -> bool {
        among(self.word(seen.start), "i cant no we im dont")
    }

    pub(super) fn strong_yes(&self, seen: Seen) -> bool {
        !among(
            self.word(seen.start),
            "please if por si thanks too also tambien i we instead",
        )
    }

    pub(super) fn habitual_only(&self, _seen: Seen) -> bool {
        false
    }

    /// Whether a negation is about something other than the time: a clinician, a place, "not sure", "can't wait".
    pub(super) fn not_about_time(&self, seen: Seen, element: &Element) -> bool {
        let next = self.word(seen.end);
        let last = self.word(seen.end - 1);
        if among(last, "not dont cant doesnt wont isnt no never without")
            && among(
                next,
                "sure know mind wait with urgent have need feeling well only rush hurry problem seem think want stop \
                sleep breathe eat see hear walk bend lift move that seguro me importa getting better been longer \
                appointment fever pain worry preference clinic charge idea picky fussy too going really be able get",
            )
        {
            // "can't get there before 10", "don't want Monday", "don't need Friday" still rule out
            if among(
                next,
                "want get really be able going have only need that me too",
            ) {
                let to = element.first;
                let allowed = (seen.end..to).all(|i| {
                    among(self.word(i), "want get there here really be able to going make come in do it anything any on at the have time free \
                you leave away out off until me viene va bien an appointment a too early late that for or of work \
                slot sirve queda conviene down day days")
                });
                return !allowed;
            }
            return true;
        }
        // far from the time, with a verb of its own between
        let between: Vec<&str> = (seen.end..element.first)
            .filter(|i| !self.inside.contains(i))
            .map(|i| self.word(i))
            .collect();
        between.iter().any(|w| {
            among(
                w,
                "with dr doctor sleep eat walk breathe see worse better con",
            )
        })
    }

    /// Whether the one who is away or busy is not the writer.
    pub(super) fn someone_else(&self, seen: Seen) -> bool {
        let before = self.word(seen.start.wrapping_sub(1));
        let before = if among(before, "is s are be will esta was") {
            self.word(seen.start.wrapping_sub(2))
        } else {
            before
        };
        among(
            before,
            "he she they you doctor dr husband wife hes shes theyre youre el ella",
        ) && !among(self.word(seen.start), "cant not except but no wont")
    }

    pub(super) fn excluded(&self, seen: Seen) -> Role {
        let words: Vec<&str> = (seen.start..seen.end).map(|i| self.word(i)).collect();
        const AWAY: &str = "away busy tied town country vacation holiday holidays leave abroad overseas traveling travelling \
    blocked court work sick conference meeting meetings out fuera viaje vacaciones ocupado ocupada \
    trabajo trabajando guardia baja viajo working unavailable booked have tengo ive gone shift class \
    school nights teach teaching rostered im state";
        let negated = words
            .iter()
            .any(|w| among(w, "not never cant no wont unable dont nunca"));
        let away = !negated && words.iter().any(|w| among(w, AWAY));
        // "I work Mondays" is a habit, "I have a funeral on Friday" is not
        let habit = words.iter().any(|w| among(w, "work works trabajo teach"));
        Role::Excluded {
            away,
            once: away && !habit,
        }
    }

    /// "my exam is on Friday": somebody's or something's time, stated.
    pub(super) fn stated_of_another(&self, element: &Element, segment: Segment) -> bool {
        let lead: Vec<&str> = (segment.start..element.first)
            .filter(|i| !self.inside.contains(i))
            .map(|i| self.word(i))
            .collect();
        let asked = (element.last..segment.end).any(|i| self.word(i) == "?");
        if asked
            && lead
                .first()
                .is_some_and(|w| among(w, "is are does do has will would so"))
        {
            return false;
        }
        let Some(verb) = lead.iter().position(|w| {
            among(w, "is are s es son starts begins ends closes leaves happens falls comes come visit visiting play plays \
                meets has have goes runs work works gets get will sleep sleeps eat eats hurts feel feels trabaja \
                tiene go turn drink wear use take")
        }) else {
            return false;
        };
        let subject = lead.get(..verb).unwrap_or_default();
        let about_visit = subject.iter().any(|w| {
            among(w, "appointment time slot day best preference choice that it cita hora dia availability option there \
                what when ideal visit")
        });
        !subject.is_empty()
            && !about_visit
            && subject.iter().any(|w| {
                among(
                    w,
                    "my the our his her their he she they it mi el la su your you i we",
                )
            })
    }

    pub(super) fn short_lead(&self, element: &Element, segment: Segment) -> bool {
        element.first.saturating_sub(segment.start) <= 3
    }
}
