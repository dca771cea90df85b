//! Dates and times in running text.
//!
//! Two steps: a grammar builds trees ([`tree`]) from symbols, and a [`resolve::Calendar`] reads a tree on a given day.
//! The wish reader works on trees, because neighbours change what "the 6th" or "Thursday" means; [`find`] reads each
//! mention on its own, by the habits that date recognisers share.
//!
//! Why not a crate: the Rust ones that read English dates (`chrono-english`, `date_time_parser`, `two_timer`,
//! `interim`) parse one isolated expression, know neither spans in a text nor parts of the day, lists, exclusions or
//! Spanish, and settle "next Friday" and the rest by rules of their own; the port of Duckling reads spans but resolves
//! at once, which is too early for us. chrono and chrono-tz do the calendar arithmetic.

mod clocks;
mod counts;
mod days;
pub mod holidays;
mod lengths;
mod mentions;
pub mod resolve;
mod spans;
mod stretches;
pub mod symbols;
pub mod times;
pub mod tree;
mod weekdays;
mod written;
pub mod zones;

use std::collections::HashSet;

use chrono::NaiveDate;

pub use mentions::{DateMention, Kind, Reference, Value, beside, find};

use super::text::{Language, Token, among};
use symbols::Symbols;
use times::Footing;
use tree::{Day, Element, Part, Shade, Time, What, Which};

/// What a rule of the grammar gives: something and the place behind it.
type Read<T> = Option<(T, usize)>;

/// The grammar over one text.
pub struct Grammar<'a> {
    /// The text as symbols.
    pub symbols: &'a Symbols<'a>,
    /// The sending day, for the few choices that depend on it ("Tuesday 16" is a date, "Tuesday 9" a time).
    pub today: NaiveDate,
    /// Whether dates without anything to mark them (years, quarters, "7-14") count.
    pub general: bool,
    /// Whether numeric dates put the day first.
    pub day_first: bool,
    /// How deep expressions are nested; nobody writes ten levels.
    pub depth: std::cell::Cell<u32>,
    /// Whether the message speaks of moving an appointment.
    pub changing: bool,
    /// Tokens that mark where an appointment is moved to ("move my 10:15 *to* Friday") and cannot close a range.
    pub targets: HashSet<usize>,
}

impl Grammar<'_> {
    fn is_spanish(&self) -> bool {
        self.symbols.language == Language::Spanish
    }
    fn is_day_month_locale(&self) -> bool {
        self.day_first
    }
    fn tokens(&self) -> &[Token] {
        self.symbols.tokens
    }

    /// Every expression of time, in order, none overlapping.
    pub fn elements(&self) -> Vec<Element> {
        let s = self.symbols;
        let mut out: Vec<Element> = Vec::new();
        let mut i = 0;
        let mut day_end = usize::MAX;
        while i < s.list.len() {
            let found = self.element(i, day_end, &out);
            let Some((found, end)) = found else {
                i += 1;
                continue;
            };
            // "al viernes": the article belongs to the token of the preposition
            let shared = s.any(i, "the")
                && i > 0
                && s.list.get(i - 1).map(|x| x.last) == s.list.get(i).map(|x| x.last);
            let first = s.list.get(i + usize::from(shared)).map_or(0, |x| x.first);
            let last = s.list.get(end - 1).map_or(first, |x| x.last);
            let counted = found
                .iter()
                .any(|w| matches!(w, What::Day(Day::WeekdayBeside(..) | Day::Shift(..))));
            let recurring = !counted
                && (i..end).any(|k| {
                    s.plural(k)
                        && (s.weekday(k).is_some() || s.part(k).is_some())
                        && !s.any(k, "nights")
                        || s.any(k, "weekdays weekday")
                        || s.plural(k) && s.unit(k) == Some(tree::Unit::Weekend)
                });
            for what in found {
                out.push(Element {
                    first,
                    last,
                    what,
                    recurring,
                });
            }
            day_end = if out.last().is_some_and(|e| matches!(e.what, What::Day(_))) {
                end
            } else {
                usize::MAX
            };
            i = end.max(i + 1);
        }
        out
    }

    fn element(&self, i: usize, day_end: usize, before: &[Element]) -> Option<(Vec<What>, usize)> {
        let s = self.symbols;
        // "tonight", "this afternoon", "last night"
        if let Some(found) = self.part_of_a_near_day(i) {
            return Some(found);
        }
        // "late Friday morning"
        let shade = match s.word(i) {
            "early" => Some(Shade::Early),
            "mid" => Some(Shade::Middle),
            "late" => Some(Shade::Late),
            _ => None,
        };
        if let Some(shade) = shade
            && !self.general
            && let Some((day, end)) = self.base(s.skip(i + 1, "on")).filter(|(d, _)| {
                matches!(
                    d,
                    Day::Weekday(..)
                        | Day::Offset(_)
                        | Day::WeekdayIn(..)
                        | Day::Date { .. }
                        | Day::Number(..)
                )
            })
            && self.time(end, Footing::AfterDay).is_none()
            && shade != Shade::Middle
        {
            // "early on Friday", "late tomorrow"
            let part = if shade == Shade::Early {
                Part::Morning
            } else {
                Part::Afternoon
            };
            return Some((
                vec![What::Day(day), What::Time(Time::Part(part, shade))],
                end,
            ));
        }
        if let Some(shade) = shade
            && let Some((day, end)) = self.base(i + 1).filter(|(d, _)| {
                matches!(d, Day::Weekday(..) | Day::Offset(_) | Day::WeekdayIn(..))
            })
            && let Some((Time::Part(part, Shade::Whole), end)) = self.time(end, Footing::None)
        {
            return Some((
                vec![What::Day(day), What::Time(Time::Part(part, shade))],
                end,
            ));
        }
        let after_day =
            day_end != usize::MAX && (i == day_end || (i == day_end + 1 && s.any(day_end, ",")));
        // "mañana temprano", "Friday early"
        if after_day
            && !self.general
            && s.any(i, "early tempranito")
            && self.time(i, Footing::None).is_none()
        {
            return Some((
                vec![What::Time(Time::Part(Part::Morning, Shade::Early))],
                i + 1,
            ));
        }
        // "switch my 1:15 to 4"
        let at_target = i > 0
            && s.list
                .get(i - 1)
                .is_some_and(|x| self.targets.contains(&x.first));
        let footing = if at_target
            && s.number(i).is_some_and(|n| n <= 12)
            && s.ordinal(i).is_none()
            && self.day(i).is_none()
        {
            Footing::Led
        } else if after_day {
            Footing::AfterDay
        } else {
            Footing::None
        };
        let continued = self.continues_list(i, before);
        let time = self.time(i, footing).or_else(|| {
            continued
                .filter(|c| *c == Continued::Times)
                .and_then(|_| self.time(i, Footing::Led))
        });
        let day = self.day(i);
        if self.general
            && let Some((what, end)) = self.beyond(i)
            && end > day.as_ref().map_or(0, |d| d.1)
            && end >= time.as_ref().map_or(0, |t| t.1)
        {
            return Some((vec![what], end));
        }
        let day = match (&day, continued) {
            (None, Some(Continued::Days)) => self
                .bare_number(i)
                .filter(|_| s.unit(i + 1).is_none() && !s.any(i + 1, "am pm : oclock of"))
                .map(|n| (Day::Number(n, None), i + 1)),
            _ => day,
        };
        match (day, time) {
            (Some((day, e1)), Some((time, e2))) => {
                // equal lengths: a part of the day or an hour says more than a bare number
                if e2 > e1
                    || (e2 == e1 && !matches!(day, Day::Weekday(..)))
                        && !(matches!(continued, Some(Continued::Days)) && e1 == e2)
                {
                    Some((vec![What::Time(time)], e2))
                } else {
                    Some((vec![What::Day(day)], e1))
                }
            }
            (Some((day, end)), None) => Some((vec![What::Day(day)], end)),
            (None, Some((time, end))) => Some((vec![What::Time(time)], end)),
            (None, None) => self.elided(i, before).or_else(|| self.leading_number(i)),
        }
    }

    /// "this week or next": the week is understood.
    fn elided(&self, i: usize, before: &[Element]) -> Option<(Vec<What>, usize)> {
        let s = self.symbols;
        let (unit, n) = match before.last().map(|e| &e.what) {
            Some(What::Day(Day::Period(
                unit @ (tree::Unit::Week | tree::Unit::Month | tree::Unit::Weekend),
                n,
            ))) if *n >= 0 => (*unit, *n),
            Some(What::Day(Day::Rest(unit, _))) => (*unit, 0),
            _ => return None,
        };
        if !s.any(i, "next following") || s.list.get(i + 1).is_some_and(|x| {
            s.tokens
                .get(x.first)
                .is_some_and(|t| t.kind == super::text::Kind::Word)
                && !among(
                    &x.word,
                    "or and please would is works any anytime but if for thanks after before week",
                )
        }) {
            return None;
        }
        if n > 0 && s.any(i, "next") {
            return None;
        }
        Some((vec![What::Day(Day::Period(unit, n + 1))], i + 1))
    }

    /// "15, 16 and 17 June": numbers whose month comes later.
    fn leading_number(&self, i: usize) -> Option<(Vec<What>, usize)> {
        let s = self.symbols;
        let n = self.bare_number(i)?;
        let mut k = i + 1;
        let mut numbers = 0;
        while s.any(k, ", or and / the & to -") {
            let joined = k;
            k += 1;
            while s.any(k, "or and the") {
                k += 1;
            }
            if s.ordinal(k).is_some() || self.bare_number(k).is_some() {
                numbers += 1;
                k += 1;
                let m = s.skip(s.skip(k, "of"), "the");
                if s.month(m).is_some() && !s.any(joined, "- to") {
                    return Some((vec![What::Day(Day::Number(n, None))], i + 1));
                }
            } else {
                return None;
            }
            if numbers > 6 {
                return None;
            }
        }
        None
    }

    fn continues_list(&self, i: usize, before: &[Element]) -> Option<Continued> {
        let s = self.symbols;
        let last = before.last()?;
        let first = s.list.get(i)?.first;
        let between = self.tokens().get(last.last..first)?;
        if between.is_empty()
            || between.len() > 3
            || !between
                .iter()
                .all(|t| among(t.word.as_str(), "or and , / & o y the u even maybe at nor"))
        {
            return None;
        }
        if !between
            .iter()
            .any(|t| !matches!(t.word.as_str(), "," | "the" | "at"))
            && between.iter().all(|t| t.is(','))
            && self.symbols.number(i).is_some()
            && !matches!(last.what, What::Day(Day::Date { .. } | Day::Number(..)))
            && !matches!(last.what, What::Time(_))
        {
            return None;
        }
        match &last.what {
            What::Day(Day::Date { .. } | Day::Number(..) | Day::NumberIn(..)) => {
                Some(Continued::Days)
            }
            What::Time(Time::At(_) | Time::Around(_)) => Some(Continued::Times),
            _ => None,
        }
    }

    fn part_of_a_near_day(&self, i: usize) -> Option<(Vec<What>, usize)> {
        let s = self.symbols;
        let day = |n: i64| What::Day(Day::Offset(n));
        if s.any(i, "tonight") {
            // "tonight at 8", "tonight 815"
            if let Some((found, end)) = self.time(i + 1, Footing::AfterDay) {
                let found = match found {
                    Time::At(mut clock) => {
                        if clock.half == tree::Half::Bare {
                            clock.half = tree::Half::Beside(Part::Evening);
                        }
                        Time::At(clock)
                    }
                    Time::Around(mut clock) => {
                        if clock.half == tree::Half::Bare {
                            clock.half = tree::Half::Beside(Part::Evening);
                        }
                        Time::Around(clock)
                    }
                    other => Time::All(vec![Time::Part(Part::Evening, Shade::Whole), other]),
                };
                return Some((vec![day(0), What::Time(found)], end));
            }
            return Some((
                vec![day(0), What::Time(Time::Part(Part::Evening, Shade::Whole))],
                i + 1,
            ));
        }
        let shift = match s.word(i) {
            "this" => 0,
            "last" => -1,
            _ => return None,
        };
        // a weekday beside it ("this Friday morning") is the day's own affair
        let j = s.skip(i + 1, "coming");
        if s.part(j).is_none() && !(s.any(j, "early late mid lunch lunchtime midday")) {
            return None;
        }
        let (time, end) = self.time(j, Footing::None)?;
        let part = match &time {
            Time::Part(part, _) => Some(*part),
            Time::At(_) | Time::Around(_) => s.part(j),
            _ => None,
        }?;
        if s.plural(j) {
            return None;
        }
        if shift == -1 && !matches!(part, Part::Night | Part::Evening) {
            return None;
        }
        Some((vec![day(shift), What::Time(time)], end))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Continued {
    Days,
    Times,
}

/// Whether a tree is a bare weekday, which its neighbours may place in a week.
pub fn bare_weekday(day: &Day) -> Option<chrono::Weekday> {
    if let Day::Weekday(weekday, Which::Bare) = day {
        Some(*weekday)
    } else {
        None
    }
}
