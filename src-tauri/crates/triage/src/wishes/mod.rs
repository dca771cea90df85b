//! Appointment wishes: one message in, one reading out.
//!
//! The way of a message: [`text`] folds and tokenises it, [`dates`] finds expressions of time, [`scope`] says which of
//! them are wished, ruled out or something else's, [`compose`] puts them on the calendar, [`intent`] and [`slots`] read
//! the rest. What each expression means is fixed by the conventions for appointments, whose numbers stand in comments.
//! Words are data (`lexicon/*.toml`); the grammar is code. Nothing here knows a clock, a file or another message.

// Cursors are called i, j, k. Conditions and arms are written the way the rule is said, also where two of them agree or
// could be folded; grammar rules are methods whether or not they look at the symbols.
#![allow(
    clippy::many_single_char_names,
    clippy::match_same_arms,
    clippy::if_same_then_else,
    clippy::nonminimal_bool,
    clippy::unused_self
)]

pub mod compose;
pub mod dates;
mod groups;
pub mod intent;
pub mod jsonl;
pub mod lexicon;
pub mod opening;
pub mod scope;
pub mod slots;
pub mod text;
pub mod windows;

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;

use dates::{
    Grammar,
    holidays::Country,
    resolve::{Calendar, Order},
    symbols::Symbols,
    tree::{Element, What},
};
use lexicon::Lexicon;
use opening::OpeningHours;
use scope::{Role, Scope};
use text::among;

pub use intent::Intent;
pub use slots::{ForWhom, VisitType};
pub use windows::Window;

/// A message and the practice it was sent to.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// When it was sent; the offset it is written with does not matter.
    pub sent_at: DateTime<FixedOffset>,
    /// The practice's zone.
    pub time_zone: Tz,
    /// The practice's locale, such as `en-US`.
    pub locale: &'a str,
    /// The practice's week.
    pub opening_hours: &'a OpeningHours,
    /// The message.
    pub text: &'a str,
}

/// What a message wishes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wishes {
    /// What it is for.
    pub intent: Intent,
    /// The patient, seen from the writer.
    pub for_whom: ForWhom,
    /// The kind of visit.
    pub visit_type: VisitType,
    /// The complaint or service in the writer's words.
    pub reason: String,
    /// The person the visit is wanted or booked with.
    pub clinician: String,
    /// Wanted times, sorted, not overlapping.
    pub wanted: Vec<Window>,
    /// Times ruled out, sorted, not overlapping.
    pub excluded: Vec<Window>,
    /// As soon as possible.
    pub earliest: bool,
    /// One reading of several is given.
    pub ambiguous: bool,
}

impl Wishes {
    fn nothing() -> Self {
        Self {
            intent: Intent::None,
            for_whom: ForWhom::Unknown,
            visit_type: VisitType::Unspecified,
            reason: String::new(),
            clinician: String::new(),
            wanted: Vec::new(),
            excluded: Vec::new(),
            earliest: false,
            ambiguous: false,
        }
    }
}

/// The order of numeric dates in a text of this locale (2.9).
pub fn order(locale: &str, language: text::Language) -> Order {
    let us = locale.eq_ignore_ascii_case("en-US") || locale.eq_ignore_ascii_case("en_US");
    if us && language == text::Language::English {
        Order::MonthDay
    } else {
        Order::DayMonth
    }
}

/// Reads a message.
pub fn wishes(input: &Input<'_>) -> Wishes {
    let lexicon = Lexicon::for_text(input.text);
    let tokens = text::tokens(input.text, lexicon);
    let symbols = Symbols::new(&tokens, lexicon);
    let today = input.sent_at.with_timezone(&input.time_zone).date_naive();
    let order = order(input.locale, lexicon.language);
    let changing = intent::changing(&tokens, lexicon);
    let grammar = Grammar {
        symbols: &symbols,
        today,
        general: false,
        day_first: order == Order::DayMonth,
        depth: std::cell::Cell::new(0),
        changing,
        targets: targets(&tokens, lexicon, changing),
    };
    let mut elements = grammar.elements();
    // "do you have any time tomorrow" asks for room, not for any hour
    elements.retain(|e| {
        !(matches!(e.what, What::Time(dates::tree::Time::Any))
            && tokens
                .get(e.first.wrapping_sub(1))
                .is_some_and(|t| among(t.word.as_str(), "have got there find")))
    });
    mark_recurring(&mut elements, &tokens, lexicon);
    let items = Scope::new(&tokens, lexicon, &elements, changing).items();
    let intent = intent::intent(&tokens, lexicon, &items);
    if intent == Intent::None {
        return Wishes::nothing();
    }
    let mut out = Wishes {
        intent,
        for_whom: slots::for_whom(&tokens, lexicon),
        visit_type: slots::visit_type(&tokens, lexicon),
        reason: slots::reason(input.text, &tokens, &elements, lexicon),
        clinician: slots::clinician(input.text, &tokens, &elements),
        ..Wishes::nothing()
    };
    if intent == Intent::Cancel {
        return out;
    }
    let wished = items
        .iter()
        .any(|i| i.role == Role::Wish && matches!(i.element.what, What::Day(_)));
    out.earliest = earliest(&tokens, lexicon, wished);
    let calendar = Calendar {
        today,
        order,
        country: Country::of(input.locale),
        anchor: None,
        past: false,
        settled: false,
        general: false,
    };
    let composer = compose::Composer {
        calendar,
        opening: input.opening_hours,
        zone: input.time_zone,
        earliest: out.earliest,
    };
    let composed = composer.compose(&items);
    out.wanted = composed.wanted;
    out.excluded = composed.excluded;
    out.ambiguous = composed.ambiguous || unsettled(&tokens, lexicon, &items);
    out
}

/// The markers of a new time behind verbs of change.
fn targets(tokens: &[text::Token], lexicon: &Lexicon, changing: bool) -> HashSet<usize> {
    if !changing {
        return HashSet::new();
    }
    (0..tokens.len())
        .filter(|i| lexicon.find_at("change_verb", tokens, *i).is_some())
        .filter_map(|verb| scope::target(tokens, verb))
        .collect()
}

/// "any", "every", "usually" make what they stand with recur (5.1).
fn mark_recurring(elements: &mut [Element], tokens: &[text::Token], lexicon: &Lexicon) {
    let cues = lexicon.find("recurring", tokens);
    let starts: Vec<(usize, usize)> = elements.iter().map(|e| (e.first, e.last)).collect();
    for element in elements.iter_mut() {
        let single_weekday = matches!(
            &element.what,
            What::Day(
                dates::tree::Day::Weekday(_, dates::tree::Which::Bare)
                    | dates::tree::Day::Either(_)
            )
        );
        let part = matches!(&element.what, What::Time(_));
        if element.recurring || !(single_weekday || part) {
            continue;
        }
        let any_week = single_weekday
            && lexicon.find("any_week", tokens).iter().any(|seen| {
                let (a, b) = (seen.start.min(element.last), seen.start.max(element.first));
                tokens
                    .get(a..b)
                    .is_some_and(|between| !between.iter().any(text::Token::ends_sentence))
            });
        let beside = any_week
            || cues.iter().any(|seen| {
                if seen.end > element.first
                    || starts
                        .iter()
                        .any(|(a, b)| *a <= seen.start && seen.end <= *b)
                {
                    return false;
                }
                let word = tokens.get(seen.start).map_or("", |t| t.word.as_str());
                let adverb = among(word, "usually always generally normally typically siempre normalmente usualmente generalmente suelo \
                habitualmente nunca never");
                let between = tokens.get(seen.end..element.first).unwrap_or_default();
                if adverb {
                    return between.len() <= 6 && !between.iter().any(text::Token::ends_sentence);
                }
                between.iter().enumerate().all(|(k, t)| {
                    let at = seen.end + k;
                    starts.iter().any(|(a, b)| *a <= at && at < *b)
                        && !matches!(t.word.as_str(), ",")
                        || among(t.word.as_str(), "or o the early late mid other single of and y week")
                }) && between.len() <= 4
            });
        element.recurring = beside;
    }
}

fn earliest(tokens: &[text::Token], lexicon: &Lexicon, wished: bool) -> bool {
    let not = lexicon.find("not_earliest", tokens);
    // "Bring my Monday slot forward to Friday" names a time and no haste.
    let moved: Vec<_> = if wished {
        lexicon.find("moved_up", tokens)
    } else {
        Vec::new()
    };
    let not: Vec<_> = not.into_iter().chain(moved).collect();
    lexicon.find("earliest", tokens).iter().any(|seen| {
        !not.iter().any(|n| {
            n.start <= seen.start && seen.end <= n.end || n.start < seen.end && seen.start < n.end
        })
    })
}

/// Expressions that no calendar settles (8.3), where a time is wished or ruled out.
fn unsettled(tokens: &[text::Token], lexicon: &Lexicon, items: &[scope::Item]) -> bool {
    lexicon.find("unsettled", tokens).iter().any(|seen| {
        let inside = items.iter().any(|i| {
            i.element.first < seen.end && seen.start < i.element.last && i.role != Role::Wish
        });
        let covered = items
            .iter()
            .any(|i| i.element.first <= seen.start && seen.end <= i.element.last);
        // "before the holiday on July 4" is settled by its date
        let dated = items.iter().any(|i| {
            matches!(i.element.what, What::Day(_))
                && i.element.first >= seen.start
                && i.element.first <= seen.end + 3
        });
        !inside && !covered && !dated
    })
}
