//! The general recogniser: every mention of a date or time in a text, with its span, kind and value.

use std::{collections::HashSet, ops::Range};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{
    Grammar,
    holidays::Country,
    resolve::{Calendar, Order, Reading, Span},
    symbols::Symbols,
    tree::{Clock, Day, Element, Half, Part, Shade, Time, What},
    zones::Zone,
};
use crate::wishes::{
    lexicon::Lexicon,
    text::{self, among},
};

/// What a mention is read against.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The local moment from which relative expressions count.
    pub now: NaiveDateTime,
    /// The order of numeric dates.
    pub order: Order,
    /// Where the text was written, for holidays.
    pub country: Country,
    /// The zone of `now`, to which times with a named zone are turned; none leaves them as written.
    pub zone: Option<Zone>,
}

/// The kind of a mention.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One day.
    Date,
    /// A point on the clock.
    Time,
    /// A day and a point on the clock.
    DateTime,
    /// Several days, or a bound.
    DateRange,
    /// A stretch of the day.
    TimeRange,
    /// A stretch on a named day.
    DateTimeRange,
    /// A length of time.
    Duration,
    /// A recurrence.
    Set,
    /// A zone alone.
    Zone,
}

/// The value of a mention, local and half-open.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// One day.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A moment.
    Moment(NaiveDateTime),
    /// From and to; an open side is none.
    Interval {
        /// First moment.
        start: Option<NaiveDateTime>,
        /// The moment after the last.
        end: Option<NaiveDateTime>,
    },
    /// Seconds.
    Length(i64),
    /// No single value (recurrences).
    Open,
}

/// One mention.
#[derive(Clone, PartialEq, Debug)]
pub struct DateMention {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// What it means.
    pub value: Value,
}

/// Every date and time in `text`, in order.
pub fn find(text: &str, reference: &Reference) -> Vec<DateMention> {
    let lexicon = Lexicon::for_text(text);
    let tokens = text::tokens(text, lexicon);
    let symbols = Symbols::new(&tokens, lexicon);
    let grammar = Grammar {
        symbols: &symbols,
        today: reference.now.date(),
        general: true,
        day_first: reference.order == Order::DayMonth,
        depth: std::cell::Cell::new(0),
        changing: false,
        targets: HashSet::new(),
    };
    let elements = grammar.elements();
    let calendar = Calendar {
        today: reference.now.date(),
        order: reference.order,
        country: reference.country,
        anchor: None,
        past: false,
        settled: false,
        general: true,
    };
    let mut out: Vec<DateMention> = Vec::new();
    let mut i = 0;
    let mut anchor = None;
    while let Some(element) = elements.get(i) {
        let mut group: Vec<&Element> = vec![element];
        while let (Some(last), Some(next)) = (group.last(), elements.get(i + group.len())) {
            if group.len() < 3 && joins(&tokens, last, next) && distinct(&group, next) {
                group.push(next);
            } else {
                break;
            }
        }
        let calendar = Calendar { anchor, ..calendar };
        if let Some((kind, value)) = value_of(&group, &calendar, reference) {
            let first = group
                .first()
                .and_then(|e| tokens.get(e.first))
                .map_or(0, |t| t.start);
            let last = group
                .last()
                .and_then(|e| tokens.get(e.last.saturating_sub(1)))
                .map_or(first, |t| t.end);
            if let Value::Date(day) = value {
                anchor = Some(Span::day(day));
            }
            out.push(DateMention {
                span: first..last,
                kind,
                value,
            });
        }
        i += group.len();
    }
    ranges(out, &tokens)
}

/// "from 4pm today to 5pm tomorrow": two moments with "to" between them are a range.
fn ranges(mentions: Vec<DateMention>, tokens: &[text::Token]) -> Vec<DateMention> {
    let mut out: Vec<DateMention> = Vec::with_capacity(mentions.len());
    let moment = |value: Value| match value {
        Value::Moment(m) => Some(m),
        Value::Date(d) => d.and_hms_opt(0, 0, 0),
        _ => None,
    };
    for mention in mentions {
        if let Some(last) = out.last_mut()
            && (last.kind == Kind::DateTime || mention.kind == Kind::DateTime)
            && let (Some(start), Some(end)) = (moment(last.value), moment(mention.value))
            && start < end
        {
            let between: Vec<&text::Token> = tokens
                .iter()
                .filter(|t| t.start >= last.span.end && t.end <= mention.span.start)
                .collect();
            let lead = tokens.iter().rev().find(|t| t.end <= last.span.start);
            let opened = lead.is_some_and(|t| t.word == "from" || t.word == "between");
            let joined = match between.as_slice() {
                [t] => {
                    among(t.word.as_str(), "to until - – through") || (opened && t.word == "and")
                }
                _ => false,
            };
            if joined {
                let first = lead.filter(|_| opened).map_or(last.span.start, |t| t.start);
                *last = DateMention {
                    span: first..mention.span.end,
                    kind: Kind::DateTimeRange,
                    value: Value::Interval {
                        start: Some(start),
                        end: Some(end),
                    },
                };
                continue;
            }
        }
        out.push(mention);
    }
    out
}

fn is_day(element: &Element) -> bool {
    matches!(element.what, What::Day(_))
}

/// A day and a time beside each other are one moment.
fn distinct(group: &[&Element], next: &Element) -> bool {
    let days = group.iter().filter(|e| is_day(e)).count() + usize::from(is_day(next));
    let times = group.len() + 1 - days;
    days <= 1
        && (times <= 1
            || group
                .iter()
                .any(|e| matches!(e.what, What::Time(Time::Part(..))))
            || matches!(next.what, What::Time(Time::Part(..))))
        && group
            .iter()
            .all(|e| matches!(e.what, What::Day(_) | What::Time(_)))
        && matches!(next.what, What::Day(_) | What::Time(_))
}

fn joins(tokens: &[text::Token], last: &Element, next: &Element) -> bool {
    let Some(between) = tokens.get(last.last..next.first.max(last.last)) else {
        return false;
    };
    between.len() <= 3
        && between.iter().all(|t| {
            among(
                t.word.as_str(),
                "at on of , in the @ for a el de por la las en : - ( during",
            )
        })
}

/// The hour as written, unless a half of the day is named.
fn minute(clock: Clock) -> i32 {
    match clock.half {
        Half::Fixed | Half::Bare => clock.minute,
        Half::Beside(part) => beside(clock.minute, part),
    }
}

/// An hour with a part of the day beside it.
pub fn beside(minute: i32, part: Part) -> i32 {
    if minute >= 780 {
        return minute;
    }
    let of_twelve = minute % 720;
    match part {
        Part::Morning => {
            if (720..780).contains(&minute) {
                of_twelve
            } else {
                minute
            }
        }
        Part::Lunch => {
            if of_twelve < 600 && minute < 720 {
                minute + 720
            } else {
                minute
            }
        }
        Part::Afternoon => of_twelve + 720,
        Part::Evening => of_twelve + 720,
        Part::Night => {
            if minute >= 720 {
                of_twelve
            } else if minute < 300 {
                minute
            } else {
                minute + 720
            }
        }
    }
}

/// The hours date recognisers give to the parts of the day.
fn part_hours(part: Part, shade: Shade) -> (i32, i32) {
    let (a, b) = match part {
        Part::Morning => (0, 720),
        Part::Lunch => (720, 840),
        Part::Afternoon => (720, 1140),
        Part::Evening => (1080, 1440),
        Part::Night => (1080, 1440),
    };
    match (part, shade) {
        (_, Shade::Whole) => (a, b),
        (Part::Morning, Shade::Early) => (360, 540),
        (_, Shade::Early) => (a, a + 120),
        (_, Shade::Middle) => (i32::midpoint(a, b) - 60, i32::midpoint(a, b) + 60),
        (_, Shade::Late) => (b - 120, b),
    }
}

enum Clocked {
    Point(i32),
    Stretch(Option<i32>, Option<i32>),
}

fn clocked(time: &Time) -> Option<Clocked> {
    Some(match time {
        Time::At(clock) | Time::Around(clock) => Clocked::Point(minute(*clock)),
        Time::After(clock) => Clocked::Stretch(Some(minute(*clock)), None),
        Time::Before(clock) => Clocked::Stretch(None, Some(minute(*clock))),
        Time::Between(a, b) => {
            let (from, mut to) = (minute(*a), minute(*b));
            if to <= from && b.half != Half::Fixed {
                to += 720;
            }
            if to <= from {
                to += 1440;
            }
            Clocked::Stretch(Some(from), Some(to))
        }
        Time::Part(part, shade) => {
            let (a, b) = part_hours(*part, *shade);
            Clocked::Stretch(Some(a), Some(b))
        }
        Time::First => Clocked::Stretch(Some(480), Some(540)),
        Time::Last => Clocked::Stretch(Some(960), Some(1020)),
        Time::All(list) | Time::Or(list) => return list.last().and_then(clocked),
        Time::Same | Time::Any => return None,
    })
}

fn at(day: NaiveDate, minute: i32) -> Option<NaiveDateTime> {
    day.and_hms_opt(0, 0, 0)?
        .checked_add_signed(TimeDelta::minutes(i64::from(minute)))
}

fn value_of(
    group: &[&Element],
    calendar: &Calendar,
    reference: &Reference,
) -> Option<(Kind, Value)> {
    let mut day = None;
    let mut times: Vec<&Time> = Vec::new();
    for element in group {
        match &element.what {
            What::Day(d) => day = Some(d),
            What::Time(t) => times.push(t),
            What::Moment(seconds) => {
                return Some((
                    Kind::DateTime,
                    Value::Moment(
                        reference
                            .now
                            .checked_add_signed(TimeDelta::try_seconds(*seconds)?)?,
                    ),
                ));
            }
            What::Length(n, unit) => {
                return Some((Kind::Duration, Value::Length(length(*n, *unit))));
            }
            What::Every(_) => return Some((Kind::Set, Value::Open)),
            What::Zone(_) => return Some((Kind::Zone, Value::Open)),
        }
    }
    let recurring = group.iter().any(|e| e.recurring);
    if recurring {
        return Some((Kind::Set, Value::Open));
    }
    // "morning" beside "10:15" only settles the half of the day
    let part = times.iter().find_map(|t| {
        if let Time::Part(p, _) = t {
            Some(*p)
        } else {
            None
        }
    });
    let time = times
        .iter()
        .find(|t| !matches!(t, Time::Part(..)))
        .or_else(|| times.first())
        .copied()
        .cloned()
        .map(|mut time| {
            if let (Some(part), Time::At(clock) | Time::Around(clock)) = (part, &mut time)
                && clock.half == Half::Bare
            {
                clock.half = Half::Beside(part);
            }
            time
        });
    let moment_of = |day: NaiveDate, minutes: i32, time: &Time| -> Option<NaiveDateTime> {
        let local = at(day, minutes)?;
        let zone = match time {
            Time::At(c)
            | Time::Around(c)
            | Time::After(c)
            | Time::Before(c)
            | Time::Between(c, _) => c.zone,
            _ => None,
        };
        match (zone, reference.zone) {
            (Some(from), Some(to)) => local.checked_add_signed(TimeDelta::minutes(i64::from(
                to.offset(local) - from.offset(local),
            ))),
            _ => Some(local),
        }
    };
    match (day, &time) {
        (Some(day), None) => match calendar.read(day)? {
            Reading::Spans(spans) => {
                let span = *spans.first()?;
                if span.single() && !matches!(day, Day::Range(..)) {
                    return Some((Kind::Date, Value::Date(span.start)));
                }
                Some((
                    Kind::DateRange,
                    Value::Interval {
                        start: span.start.and_hms_opt(0, 0, 0),
                        end: span.end.and_hms_opt(0, 0, 0),
                    },
                ))
            }
            Reading::Bound { from, to } => Some((
                Kind::DateRange,
                Value::Interval {
                    start: from.and_then(|d| d.and_hms_opt(0, 0, 0)),
                    end: to.and_then(|d| d.and_hms_opt(0, 0, 0)),
                },
            )),
        },
        (None, Some(time)) => match clocked(time)? {
            Clocked::Point(minutes) => {
                let minutes = minutes.rem_euclid(1440);
                let local = moment_of(calendar.today, minutes, time)?;
                Some((Kind::Time, Value::Time(local.time())))
            }
            Clocked::Stretch(a, b) => Some((
                Kind::TimeRange,
                Value::Interval {
                    start: a.and_then(|m| moment_of(calendar.today, m, time)),
                    end: b.and_then(|m| moment_of(calendar.today, m, time)),
                },
            )),
        },
        (Some(day), Some(time)) => {
            let span = match calendar.read(day)? {
                Reading::Spans(spans) => *spans.first()?,
                Reading::Bound { .. } => calendar.span(day)?,
            };
            match clocked(time)? {
                Clocked::Point(minutes) => Some((
                    Kind::DateTime,
                    Value::Moment(moment_of(span.start, minutes, time)?),
                )),
                Clocked::Stretch(a, b) => Some((
                    Kind::DateTimeRange,
                    Value::Interval {
                        start: a.and_then(|m| moment_of(span.start, m, time)),
                        end: b.and_then(|m| moment_of(span.start, m, time)),
                    },
                )),
            }
        }
        (None, None) => None,
    }
}

fn length(n: f64, unit: super::tree::Unit) -> i64 {
    (n * seconds(unit)) as i64
}

/// Seconds of a unit, months and years by their usual length.
pub(super) fn seconds(unit: super::tree::Unit) -> f64 {
    use super::tree::Unit;
    match unit {
        Unit::Second => 1.0,
        Unit::Minute => 60.0,
        Unit::Hour => 3600.0,
        Unit::Day | Unit::WorkDay => 86_400.0,
        Unit::Week => 7.0 * 86_400.0,
        Unit::Fortnight => 14.0 * 86_400.0,
        Unit::Weekend => 2.0 * 86_400.0,
        Unit::Month => 30.0 * 86_400.0,
        Unit::Quarter => 91.0 * 86_400.0,
        Unit::Year => 365.0 * 86_400.0,
        Unit::Decade => 3650.0 * 86_400.0,
        Unit::Century => 36_500.0 * 86_400.0,
    }
}
