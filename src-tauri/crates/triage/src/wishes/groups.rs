//! Gathering times into groups: which days share which times of day, and what neighbours lend each other.

use super::{
    dates::{
        resolve::Span,
        tree::{Day, Time, Unit, What, Which},
    },
    scope::{Item, Join, Role, wide},
};

/// A day of a group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) day: Day,
    pub(super) recurring: bool,
    pub(super) join: Join,
    /// The day last spoken of before it.
    pub(super) anchor: Option<Span>,
}

/// Days that share their times.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) days: Vec<Member>,
    pub(super) time: Option<Time>,
    /// "any time": closed for further times.
    pub(super) any: bool,
    pub(super) recurring: bool,
    pub(super) sentence: usize,
    pub(super) join: Option<Join>,
    /// Its times came before its days.
    pub(super) led: bool,
    pub(super) role: Option<Role>,
}

/// Whether two times of day on one day narrow each other rather than being alternatives.
fn narrows(one: &Time, other: &Time) -> bool {
    use Time::{After, All, Around, At, Before, Between, First, Last, Part};
    match (one, other) {
        (Part(..), Part(..)) => false,
        (
            Part(..) | First | Last,
            After(_) | Before(_) | Between(..) | At(_) | Around(_) | First | Last,
        )
        | (After(_) | Before(_) | Between(..) | At(_) | Around(_) | First | Last, Part(..)) => true,
        (After(_), Before(_)) | (Before(_), After(_)) => true,
        (All(list), other) => list.iter().all(|t| narrows(t, other)) && !matches!(other, At(_)),
        _ => false,
    }
}

fn combine(one: Time, other: Time, join: Join) -> Time {
    if matches!(other, Time::Any) {
        return one;
    }
    if matches!(one, Time::Any) {
        return other;
    }
    let alternative = join == Join::Or;
    if let Time::Or(mut list) = one {
        // "at 9 or 10 in the morning": the part belongs to all of them
        if !alternative && list.iter().all(|t| narrows(t, &other)) {
            return Time::Or(
                list.into_iter()
                    .map(|t| Time::All(vec![t, other.clone()]))
                    .collect(),
            );
        }
        if !alternative && let Some(last) = list.pop() {
            if narrows(&last, &other) {
                list.push(Time::All(vec![last, other]));
            } else {
                list.push(last);
                list.push(other);
            }
            return Time::Or(list);
        }
        list.push(other);
        return Time::Or(list);
    }
    if !alternative && narrows(&one, &other) {
        return match one {
            Time::All(mut list) => {
                list.push(other);
                Time::All(list)
            }
            one => Time::All(vec![one, other]),
        };
    }
    Time::Or(vec![one, other])
}

/// Gathers items into groups: a time of day said after a list of days, or before it, goes with every day of it (4.8).
pub(super) fn groups(items: &[(&Item, Option<Span>)]) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    for (index, (item, anchor)) in items.iter().enumerate() {
        let join = if index == 0 {
            Join::Sentence
        } else {
            joined(items, index)
        };
        let recurring = item.element.recurring;
        match &item.element.what {
            What::Day(day) => {
                let member = Member {
                    day: day.clone(),
                    recurring,
                    join,
                    anchor: *anchor,
                };
                if let Some(last) = out.last_mut() {
                    let same_role = last.role == Some(item.role);
                    let near = last.sentence == item.sentence && join != Join::Far && same_role;
                    let leads = last.time.is_some()
                        && last.days.is_empty()
                        && last.sentence == item.sentence
                        && same_role
                        && match join {
                            Join::Near => true,
                            Join::And => !last.recurring,
                            Join::Far => item.role == Role::Wish,
                            _ => false,
                        };
                    let listed_after_lead = last.led && near && !time_follows(items, index);
                    if leads || listed_after_lead {
                        last.led = true;
                        last.days.push(member);
                        continue;
                    }
                    // "any time Thursday or Friday before 11"
                    let any_list = near
                        && last.any
                        && !last.days.is_empty()
                        && last.time.is_none()
                        && !item.comma
                        && join != Join::Far;
                    if any_list {
                        last.days.push(member);
                        last.any = false;
                        continue;
                    }
                    if near && last.time.is_none() && !last.any {
                        last.days.push(member);
                        continue;
                    }
                    // "next week, any time, Tuesday or Thursday"
                    if near && last.time.is_none() && last.days.is_empty() {
                        last.any = !wide(&member.day);
                        last.days.push(member);
                        continue;
                    }
                }
                out.push(Group {
                    days: vec![member],
                    sentence: item.sentence,
                    join: Some(join),
                    role: Some(item.role),
                    ..Group::default()
                });
            }
            What::Time(time) => {
                // "Friday, or after 3 on Monday": the time leads the next day
                let leads_next = join == Join::Or
                    && items.get(index + 1).is_some_and(|(n, _)| {
                        matches!(n.element.what, What::Day(_))
                            && joined(items, index + 1) == Join::Near
                    });
                let any = *time == Time::Any;
                if let Some(last) = out.last_mut()
                    && !leads_next
                    && last.sentence == item.sentence
                    && last.role == Some(item.role)
                    && !(last.any && !last.days.is_empty() && join != Join::Near)
                {
                    // a time right behind the last day of a led list is that day's own
                    if last.led && last.days.len() > 1 && join == Join::Near && last.time.is_some()
                    {
                        if let Some(member) = last.days.pop() {
                            let role = last.role;
                            out.push(Group {
                                days: vec![member],
                                time: (!any).then(|| time.clone()),
                                any,
                                sentence: item.sentence,
                                join: Some(Join::Or),
                                role,
                                ..Group::default()
                            });
                        }
                        continue;
                    }
                    let separate = recurring && join == Join::Or && !last.days.is_empty();
                    let contrasting = join == Join::Or
                        && !last.days.is_empty()
                        && last.time.is_none()
                        && last.days.iter().all(|m| !matches!(m.day, Day::Period(..)))
                        && recurring;
                    if !separate && !contrasting {
                        if any {
                            if last.time.is_none() {
                                last.any = true;
                            }
                            continue;
                        }
                        last.time = Some(match last.time.take() {
                            None => time.clone(),
                            // rejected hours add up, wished ones may narrow each other
                            Some(before) => combine(
                                before,
                                time.clone(),
                                if item.role == Role::Wish {
                                    join
                                } else {
                                    Join::Or
                                },
                            ),
                        });
                        last.any = false;
                        if recurring
                            && !last.days.is_empty()
                            && join == Join::Near
                            && last
                                .days
                                .iter()
                                .all(|m| matches!(m.day, Day::Weekday(_, Which::Bare)))
                        {
                            last.recurring = true;
                        }
                        if last.days.is_empty() {
                            last.recurring |= recurring;
                        }
                        continue;
                    }
                }
                out.push(Group {
                    time: (!any).then(|| time.clone()),
                    any,
                    recurring,
                    sentence: item.sentence,
                    join: Some(join),
                    role: Some(item.role),
                    ..Group::default()
                });
            }
            _ => {}
        }
    }
    spread(out)
}

fn joined(items: &[(&Item, Option<Span>)], index: usize) -> Join {
    let Some((item, _)) = items.get(index) else {
        return Join::Sentence;
    };
    let Some((before, _)) = index.checked_sub(1).and_then(|k| items.get(k)) else {
        return Join::Sentence;
    };
    if before.sentence != item.sentence {
        Join::Sentence
    } else {
        item.join
    }
}

fn time_follows(items: &[(&Item, Option<Span>)], index: usize) -> bool {
    items.get(index + 1).is_some_and(|(next, _)| {
        matches!(next.element.what, What::Time(_)) && joined(items, index + 1) == Join::Near
    })
}

/// Times without a day of their own go to the days that have none ("Next week, please. Mornings are best.").
fn spread(groups: Vec<Group>) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    let mut floating: Vec<Group> = Vec::new();
    for group in groups {
        let wish = matches!(group.role, Some(Role::Wish));
        if wish
            && group.days.is_empty()
            && group.time.is_some()
            && !(group.recurring && group.join == Some(Join::Or))
        {
            floating.push(group);
        } else {
            out.push(group);
        }
    }
    for group in floating {
        let Some(time) = &group.time else { continue };
        let free: Vec<&mut Group> = out
            .iter_mut()
            .filter(|g| g.time.is_none() && !g.days.is_empty() && !g.any && g.role == group.role)
            .collect();
        let day_groups = free.len();
        if day_groups > 0 {
            for target in free {
                target.time = Some(time.clone());
            }
        } else if let Some(last) = out
            .iter_mut()
            .rfind(|g| !g.days.is_empty() && g.time.is_some() && g.role == group.role)
        {
            // a second word on the hour: narrowing if it can, else another alternative
            let before = last.time.take().unwrap_or(Time::Any);
            last.time = Some(combine(
                before,
                time.clone(),
                group.join.filter(|j| *j == Join::Or).unwrap_or(Join::Far),
            ));
        } else if let Some(last) = out
            .iter_mut()
            .find(|g| g.days.is_empty() && g.time.is_some() && g.role == group.role)
        {
            let before = last.time.take().unwrap_or(Time::Any);
            last.time = Some(combine(
                before,
                time.clone(),
                group.join.unwrap_or(Join::Far),
            ));
        } else {
            out.push(group);
        }
    }
    out
}

/// A week or month named once holds for all the days named beside it (2.13); "same time the week after" is a day (2.10).
pub(super) fn inherit(mut groups: Vec<Group>) -> Vec<Group> {
    let mut before: Option<(usize, Option<Box<Day>>, Option<i32>)> = None;
    for group in &mut groups {
        // what the group before it named, in the same breath
        let (week_before, next_before) = match &before {
            Some((sentence, week, next))
                if *sentence == group.sentence
                    && matches!(group.join, Some(Join::Or | Join::And | Join::Near)) =>
            {
                (week.clone(), *next)
            }
            _ => (None, None),
        };
        let days = &mut group.days;
        let week_behind = days.iter().find_map(|m| match &m.day {
            Day::WeekdayIn(_, week) => Some(week.clone()),
            _ => None,
        });
        let week_behind = week_behind.or(week_before);
        let mut next: Option<i32> = next_before;
        let month_any = days.iter().find_map(|m| month_of(&m.day));
        let mut month_before: Option<(u32, Option<i32>)> = None;
        let mut last_number = 0;
        for member in days.iter_mut() {
            match member.day.clone() {
                Day::Weekday(weekday, Which::Bare) if !member.recurring => {
                    if let Some(week) = &week_behind {
                        member.day = Day::WeekdayIn(weekday, week.clone());
                    } else if let Some(n) = next {
                        member.day = Day::Weekday(weekday, Which::Next(n));
                    }
                }
                Day::Weekday(_, Which::Next(n)) => next = Some(n),
                Day::Number(n, weekday) => {
                    let inherited = match (&month_before, &month_any) {
                        (Some(found), _) if n > last_number => Some(*found),
                        (None, Some(Named::Month(month, year))) => Some((*month, *year)),
                        _ => None,
                    };
                    if let Some((month, year)) = inherited {
                        member.day = Day::Date {
                            year,
                            month,
                            day: n,
                            weekday,
                        };
                        last_number = n;
                    } else if let (None, Some(Named::Span(span))) = (&month_before, &month_any) {
                        member.day = Day::NumberIn(n, span.clone());
                    } else if month_before.is_some() {
                        last_number = n;
                    }
                }
                Day::Date {
                    month, year, day, ..
                } => {
                    month_before = Some((month, year));
                    last_number = day;
                }
                Day::Range(a, b) => {
                    if let Some(week) = &week_behind
                        && let (Day::Weekday(x, Which::Bare), Day::Weekday(y, Which::Bare)) =
                            (&*a, &*b)
                    {
                        member.day = Day::Range(
                            Box::new(Day::WeekdayIn(*x, week.clone())),
                            Box::new(Day::WeekdayIn(*y, week.clone())),
                        );
                    }
                }
                _ => {}
            }
        }
        before = Some((group.sentence, week_behind.clone(), next));
        if matches!(group.time, Some(Time::Same)) {
            for member in &mut group.days {
                member.day = match member.day.clone() {
                    Day::Shift(n, Unit::Week, base) if matches!(&*base, Day::WeekOf(inner) if matches!(**inner, Day::Anchor)) => {
                        Day::Shift(n, Unit::Week, Box::new(Day::Anchor))
                    }
                    Day::Period(Unit::Week, n) if n > 0 => match member.anchor {
                        Some(anchor) if anchor.single() => Day::WeekdayIn(
                            chrono::Datelike::weekday(&anchor.start),
                            Box::new(Day::Period(Unit::Week, n)),
                        ),
                        _ => Day::Period(Unit::Week, n),
                    },
                    other => other,
                };
            }
        }
    }
    groups
}

enum Named {
    Month(u32, Option<i32>),
    Span(Box<Day>),
}

fn month_of(day: &Day) -> Option<Named> {
    match day {
        Day::Date { month, year, .. } => Some(Named::Month(*month, *year)),
        Day::NumberIn(_, span) => Some(Named::Span(span.clone())),
        _ => None,
    }
}
