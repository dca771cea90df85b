//! The grammar of the time of day.

use crate::wishes::text::among;

use super::{
    Grammar, Read,
    tree::{Clock, Half, Part, Shade, Time},
};

/// How much around a bare number says that it is an hour.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Footing {
    /// Nothing: only written times count.
    None,
    /// A day stands right before it.
    AfterDay,
    /// A preposition of time stands before it.
    Led,
}

const ABOUT: &str = "around about roughly approximately circa ~ approx abt";

impl Grammar<'_> {
    /// A time of day at `i`.
    pub fn time(&self, i: usize, footing: Footing) -> Read<Time> {
        let s = self.symbols;
        if let Some(found) = self.named_time(i) {
            return Some(found);
        }
        let word = s.word(i);
        match word {
            "at" | "@" | "atthe" => {
                let j = s.skip(i + 1, "the");
                if s.any(j, ABOUT) {
                    let (clock, end) = self.clock(j + 1, Footing::Led)?;
                    return Some((Time::Around(clock), end));
                }
                self.clocked(j, Footing::Led)
            }
            "about" if s.any(i.wrapping_sub(1), "how what") => self.clocked(i + 1, Footing::Led),
            _ if among(word, ABOUT) => {
                let j = s.skip(s.skip(i + 1, "at the"), "the");
                if s.part(j).is_some() || s.any(j, "lunchtime noon") && s.word(j) != "noon" {
                    return self.part(j);
                }
                let (clock, end) = self.clock(j, Footing::Led)?;
                // "around 2 to 3" stays a range
                if let Some(found) = self.close_clock(clock, end, false) {
                    return Some(found);
                }
                let end = self.or_so(end).unwrap_or(end);
                let end = s.skip(end, "ish");
                if s.any(end, "or")
                    && let Some((second, end)) = self.clock(s.skip(end + 1, ABOUT), Footing::Led)
                {
                    let first = self.share_half(clock, second);
                    return Some((
                        Time::Or(vec![Time::Around(first), Time::Around(second)]),
                        end,
                    ));
                }
                Some((Time::Around(clock), end))
            }
            "after" | "from" | "starting" | "since" | "past" | "beyond" => {
                if self.targets.contains(&s.list.get(i)?.first) {
                    return None;
                }
                let mut j = s.skip(s.skip(i + 1, ABOUT), "at from");
                j = s.skip(j, ABOUT);
                j = s.skip(j, "the");
                if word == "past" && !s.any(i.wrapping_sub(1), "until til") && self.number_only(j) {
                    return None;
                }
                if s.any(j, "lunch lunchtime") {
                    return None;
                }
                let (clock, end) = self.clock(j, Footing::Led)?;
                if self.taken_by_date(j, end) {
                    return None;
                }
                if let Some(found) = self.close_clock(clock, end, false) {
                    return Some(found);
                }
                let end = self.or_so(end).unwrap_or(end);
                let end = if s.any(end, "onward onwards on forward adelante")
                    && !(s.any(end, "on") && self.day(end + 1).is_some())
                {
                    end + 1
                } else {
                    end
                };
                Some((Time::After(clock), end))
            }
            "before" | "by" | "until" | "to" if word != "to" => {
                if self.targets.contains(&s.list.get(i)?.first) {
                    return None;
                }
                let mut j = s.skip(i + 1, "at the");
                j = s.skip(j, ABOUT);
                j = s.skip(j, "the");
                let (clock, end) = self.clock(j, Footing::Led)?;
                if self.taken_by_date(j, end) {
                    return None;
                }
                let end = self.or_so(end).unwrap_or(end);
                Some((Time::Before(clock), end))
            }
            "of" if self.is_spanish() => {
                let (first, end) = self.clock(s.skip(i + 1, "the"), Footing::Led)?;
                self.close_clock(first, end, false)
            }
            "earlier" | "sooner" if s.any(i + 1, "than") => {
                let (clock, end) = self.clock(i + 2, Footing::Led)?;
                (!self.taken_by_date(i + 2, end)).then_some((Time::Before(clock), end))
            }
            "between" => {
                let (first, end) = self.clock(s.skip(i + 1, "the at"), Footing::Led)?;
                if self.taken_by_date(i + 1, end) {
                    return None;
                }
                self.close_clock(first, end, true)
            }
            _ => self.clocked(i, footing),
        }
    }

    /// A clock time and what may follow it: a range, "onwards", "ish".
    pub(super) fn clocked(&self, i: usize, footing: Footing) -> Read<Time> {
        let s = self.symbols;
        // a range of bare numbers: "2-4pm", "Monday 2-4", "9-5 on Friday"
        if self.number_only(i)
            && s.digits(i).is_some_and(|(_, digits)| digits <= 2)
            && footing != Footing::Led
            && s.any(i + 1, "- – to until")
            && !self.targets.contains(&s.list.get(i + 1)?.first)
            && let Some((first, _)) = self.clock(i, Footing::Led)
            && let Some((second, end)) = self.clock(s.skip(i + 2, "the"), Footing::Led)
            && !self.taken_by_date(i, i + 1)
            && !self.taken_by_date(i + 2, end)
            && s.unit(end).is_none()
        {
            let marked = second.half != Half::Bare && !(self.number_only(i + 2) && end == i + 3);
            let certain = marked || second.precise || footing == Footing::AfterDay || {
                let k = s.skip(end, "on");
                s.weekday(k).is_some()
                    || s.any(k, "today tomorrow tonight overmorrow")
                    || s.any(
                        i.wrapping_sub(1),
                        "work works shift but except not say anytime",
                    )
            };
            if certain {
                let first = self.share_half(first, second);
                return Some((Time::Between(first, second), end));
            }
            return None;
        }
        let (clock, end) = self.clock(i, footing)?;
        if footing == Footing::AfterDay && self.taken_by_date(i, end) {
            return None;
        }
        if footing == Footing::Led && self.taken_by_date(i, end) {
            return None;
        }
        if let Some(found) = self.close_clock(clock, end, false) {
            return Some(found);
        }
        if s.any(end, "onward onwards forward +") {
            return Some((Time::After(clock), end + 1));
        }
        if s.any(end, "or and")
            && s.any(end + 1, "later after onwards beyond past")
            && self.clock(end + 2, Footing::Led).is_none()
            && self.day(end + 2).is_none()
        {
            return Some((Time::After(clock), end + 2));
        }
        if s.any(end, "on")
            && self.day(end + 1).is_none()
            && s.list
                .get(end + 1)
                .is_none_or(|x| among(&x.word, ", . ? ! or and"))
            && footing == Footing::Led
            && s.any(i.wrapping_sub(1), "from")
        {
            return Some((Time::After(clock), end + 1));
        }
        if s.any(end, "or and")
            && s.any(end + 1, "earlier before sooner")
            && self.clock(end + 2, Footing::Led).is_none()
            && self.day(end + 2).is_none()
        {
            return Some((Time::Before(clock), end + 2));
        }
        if let Some(end) = self.or_so(end) {
            return Some((Time::Around(clock), end));
        }
        if let Some(end) = self.ish(end) {
            let end = self.half_of(clock, end).1;
            let (clock, end2) = self.half_of(clock, self.ish(end).unwrap_or(end));
            return Some((Time::Around(clock), end2.max(end)));
        }
        Some((Time::At(clock), end))
    }

    /// Parts of the day, edges of the day, lunch, work and school.
    pub(super) fn named_time(&self, i: usize) -> Read<Time> {
        let s = self.symbols;
        let fixed = |minute: i32| Clock {
            minute,
            half: Half::Fixed,
            zone: None,
            precise: true,
        };
        match s.word(i) {
            "firstthing" => return Some((Time::First, i + 1)),
            "lastthing" | "endofday" => return Some((Time::Last, i + 1)),
            "anytime" | "allday" | "whenever" => return Some((Time::Any, i + 1)),
            "sametime" => return Some((Time::Same, i + 1)),
            "before" | "by" | "until" => {
                let j = s.skip(i + 1, "the my our his her their i kids");
                match s.word(j) {
                    "lunch" | "lunchtime" | "midday" | "noon" => {
                        return Some((Time::Before(fixed(720)), j + 1));
                    }
                    "school"
                        if s.any(j + 1, "starts start begins")
                            && s.any(j + 2, "on in again back") => {}
                    "work" | "school"
                        if !s.any(j + 1, "permit physical starts again year holidays")
                            || s.any(j + 1, "starts") =>
                    {
                        return Some((Time::Before(fixed(540)), s.skip(j + 1, "starts run")));
                    }
                    "endofday" if s.any(i, "by") => return Some((Time::Any, j + 1)),
                    _ => {}
                }
            }
            "after" | "from" => {
                let j = s.skip(i + 1, "the my our his her their i");
                match s.word(j) {
                    "lunch" | "lunchtime" => return Some((Time::After(fixed(780)), j + 1)),
                    "midday" | "noon" => {
                        if self.close_clock(fixed(720), j + 1, false).is_some() {
                            return None;
                        }
                        return Some((Time::After(fixed(720)), j + 1));
                    }
                    "school" if s.word(i) == "after" && !s.any(j + 1, "starts year physical") => {
                        return Some((Time::After(fixed(900)), s.skip(j + 1, "run pickup")));
                    }
                    "work" if s.word(i) == "after" => {
                        return Some((Time::After(fixed(1020)), s.skip(j + 1, "hours")));
                    }
                    "workschool" => return Some((Time::After(fixed(1020)), j + 1)),
                    _ => {}
                }
            }
            _ => {}
        }
        self.part(i)
    }

    pub(super) fn part(&self, i: usize) -> Read<Time> {
        let s = self.symbols;
        let mut j = i;
        let mut shade = Shade::Whole;
        // es: "a primera hora de la tarde"
        match s.word(j) {
            "early" | "earlier" | "beginning" => shade = Shade::Early,
            "mid" | "middle" => shade = Shade::Middle,
            "late" | "later" | "end" => shade = Shade::Late,
            _ => {}
        }
        if shade != Shade::Whole {
            j = s.skip(j + 1, "- in inthe of on to");
            j = s.skip(j, "the");
            j = s.skip(j, "mid late");
            j = s.skip(j, "-");
        }
        let (part, mut end) = if let Some(part) = s.part(j) {
            (part, j + 1)
        } else if s.any(j, "midday") {
            (Part::Lunch, j + 1)
        } else if s.any(j, "lunch")
            && (shade == Shade::Whole)
            && (s.any(j.wrapping_sub(1), "over at during around my")
                || s.any(j + 1, "break hour time"))
        {
            (Part::Lunch, s.skip(j + 1, "break hour time"))
        } else if shade == Shade::Whole && s.any(j, "am pm ams pms") && self.part_abbreviated(j) {
            (
                if s.word(j).starts_with('a') {
                    Part::Morning
                } else {
                    Part::Afternoon
                },
                j + 1,
            )
        } else {
            return None;
        };
        if s.any(end, "-") && s.any(end + 1, "ish") || s.any(end, "ish") {
            end = self.ish(end).unwrap_or(end);
        }
        // "morning, early"; "por la mañana temprano"
        if shade == Shade::Whole && s.any(end, "early temprano") && s.part(end + 1).is_none() {
            shade = Shade::Early;
            end += 1;
        }
        if part == Part::Night && s.any(j.wrapping_sub(1), "last") && s.plural(j) {
            return None;
        }
        // "morning 10:15", "evening, 5:30", "this afternoon at 2"
        if !s.plural(j) && shade == Shade::Whole {
            let mut k = s.skip(end, ",");
            let comma = k > end;
            let mut around = false;
            let mut led = false;
            while s.any(k, "at @") || s.any(k, ABOUT) {
                around |= s.any(k, ABOUT);
                led = true;
                k += 1;
            }
            if let Some((clock, stop)) = self
                .clock(
                    k,
                    if led {
                        Footing::Led
                    } else if comma {
                        Footing::None
                    } else {
                        Footing::AfterDay
                    },
                )
                .or_else(|| {
                    if comma && s.number(k).is_some() {
                        self.clock(k, Footing::AfterDay)
                    } else {
                        None
                    }
                })
                && !(self.taken_by_date(k, stop))
                && self.close_clock(clock, stop, false).is_none()
                && !(part == Part::Lunch && !led)
                && !s.any(stop, "onwards")
            {
                let half = if clock.half == Half::Bare {
                    Half::Beside(part)
                } else {
                    clock.half
                };
                let clock = Clock { half, ..clock };
                if let Some(stop) = self.ish(stop) {
                    return Some((Time::Around(clock), stop));
                }
                return Some((
                    if around {
                        Time::Around(clock)
                    } else {
                        Time::At(clock)
                    },
                    self.or_so(stop).unwrap_or(stop),
                ));
            }
        }
        Some((Time::Part(part, shade), end))
    }

    pub(super) fn part_abbreviated(&self, i: usize) -> bool {
        let s = self.symbols;
        let Some(k) = i.checked_sub(1) else {
            return s.list.len() <= 2;
        };
        s.weekday(k).is_some()
            || s.any(
                k,
                "tomorrow today overmorrow any every each early late in or the weekday week of ok",
            ) && (!s.any(k, "or the in")
                || s.word(i) == "pm"
                || s.word(i).ends_with('s')
                || s.any(k, "the"))
            || s.ordinal(k).is_some()
            || s.month(k.wrapping_sub(1)).is_some() && s.number(k).is_some()
            || s.any(i + 1, "only")
            || s.word(i).len() == 3
    }
}
