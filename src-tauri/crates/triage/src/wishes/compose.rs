//! From times with roles to windows.
//!
//! Wished times are gathered into groups (days that share their times of day), placed on the calendar with the help of
//! their neighbours, and written out where something limits them; then what the writer rules out is cut away. The
//! numbers in the comments are those of the conventions for appointments.

mod cuts;

use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;

use super::{
    dates::{
        resolve::{Calendar, Order, Reading, Span, plus},
        tree::{Day, Time, What, Which},
    },
    groups::{Group, Member, groups, inherit},
    opening::OpeningHours,
    scope::{Item, Join, Role},
    windows::{Minutes, OnDay, Use, Window, cut, moment, tidy},
};

/// How long an open wish reaches (5.1).
const OPEN_DAYS: i64 = 14;

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composed {
    /// Wanted, tidy.
    pub wanted: Vec<Window>,
    /// Ruled out, tidy.
    pub excluded: Vec<Window>,
    /// Whether a date or hour was open to two readings.
    pub ambiguous: bool,
}

/// Everything the placing needs.
pub struct Composer<'a> {
    /// The sending day and the locale.
    pub calendar: Calendar,
    /// The practice's week.
    pub opening: &'a OpeningHours,
    /// The practice's zone.
    pub zone: Tz,
    /// Whether the writer asks for the earliest time.
    pub earliest: bool,
}

/// A placed wish.
#[derive(Clone, Debug)]
enum Placed {
    Span(Span),
    Day(NaiveDate),
    Timed(NaiveDate, Vec<Minutes>),
}

/// A placed rejection.
#[derive(Clone, Debug)]
enum Cut {
    Days(Span),
    Times(NaiveDate, Vec<Minutes>),
}

impl Composer<'_> {
    /// Reads the items of a message.
    pub fn compose(&self, items: &[Item]) -> Composed {
        let mut out = Composed::default();
        let calendar = self.settled(items);
        let this = Composer {
            calendar,
            opening: self.opening,
            zone: self.zone,
            earliest: self.earliest,
        };
        let (anchors, same) = this.anchors(items);
        let pick = |wish: bool| -> Vec<(&Item, Option<Span>)> {
            items
                .iter()
                .zip(anchors.iter().copied())
                .filter(|(item, _)| match item.role {
                    Role::Wish => wish,
                    Role::Excluded { .. } => !wish,
                    _ => false,
                })
                .collect()
        };
        for (item, anchor) in pick(true).iter().chain(pick(false).iter()) {
            if let What::Day(day) = &item.element.what {
                out.ambiguous |= Calendar {
                    anchor: *anchor,
                    ..this.calendar
                }
                .doubtful(day);
            }
        }
        let mut wishes = inherit(groups(&pick(true)));
        // "I have a 2pm on Monday, could I switch to 4pm?": the day stays
        let existing =
            items
                .iter()
                .zip(&anchors)
                .rev()
                .find_map(|(item, anchor)| match &item.element.what {
                    What::Day(day) if item.role == Role::Existing => Some(Member {
                        day: day.clone(),
                        recurring: false,
                        join: Join::Sentence,
                        anchor: *anchor,
                    }),
                    _ => None,
                });
        if let Some(member) = existing
            && wishes.iter().all(|g| g.days.is_empty() && !g.recurring)
        {
            for group in wishes.iter_mut().filter(|g| g.time.is_some()) {
                group.days.push(member.clone());
            }
        }
        let rejections = inherit(groups(&pick(false)));
        this.place_all(&wishes, &rejections, same, &mut out);
        out.wanted = tidy(out.wanted);
        out.excluded = tidy(out.excluded);
        out
    }

    /// A neighbour with a number above 12 settles the order of all numeric dates (8.1).
    fn settled(&self, items: &[Item]) -> Calendar {
        fn numbers(day: &Day, out: &mut Vec<(u32, u32)>) {
            match day {
                Day::Numeric { first, second, .. } => out.push((*first, *second)),
                Day::Range(a, b) => {
                    numbers(a, out);
                    numbers(b, out);
                }
                Day::From(a)
                | Day::After(a)
                | Day::Before(a)
                | Day::By(a)
                | Day::Around(a)
                | Day::WeekOf(a) => numbers(a, out),
                _ => {}
            }
        }
        let mut all = Vec::new();
        for item in items
            .iter()
            .filter(|i| matches!(i.role, Role::Wish | Role::Excluded { .. }))
        {
            if let What::Day(day) = &item.element.what {
                numbers(day, &mut all);
            }
        }
        let order = all.iter().find_map(|(a, b)| {
            if *b > 12 {
                Some(Order::MonthDay)
            } else if *a > 12 {
                Some(Order::DayMonth)
            } else {
                None
            }
        });
        Calendar {
            order: order.unwrap_or(self.calendar.order),
            settled: order.is_some(),
            ..self.calendar
        }
    }

    /// The day last spoken of before each item, and the clock time that "same time" refers to.
    fn anchors(&self, items: &[Item]) -> (Vec<Option<Span>>, Option<i32>) {
        let mut anchor: Option<Span> = None;
        let mut same: Option<i32> = None;
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            out.push(anchor);
            match &item.element.what {
                What::Day(day) => {
                    let calendar = Calendar {
                        anchor,
                        past: item.role == Role::Past,
                        ..self.calendar
                    };
                    let found = match day {
                        Day::Rest(..) => None,
                        other => calendar.span(other),
                    };
                    if found.is_some() {
                        anchor = found;
                    }
                }
                What::Time(Time::At(clock)) if same.is_none() || item.role == Role::Existing => {
                    let day = anchor.map_or(self.calendar.today, |a| a.start);
                    let (minute, _) = self.on(day, Use::Named, false, None).minute(*clock, None);
                    same = Some(minute);
                }
                _ => {}
            }
        }
        (out, same)
    }

    fn on(&self, day: NaiveDate, used: Use, excluded: bool, same: Option<i32>) -> OnDay<'_> {
        OnDay {
            opening: self.opening,
            zone: self.zone,
            day,
            used,
            excluded,
            same,
        }
    }

    fn tomorrow(&self) -> NaiveDate {
        plus(self.calendar.today, 1)
    }

    fn open_period(&self) -> Span {
        Span {
            start: self.tomorrow(),
            end: plus(self.tomorrow(), OPEN_DAYS),
        }
    }

    /// Spans begin on the day after sending at the earliest (1.4).
    fn clip(&self, span: Span) -> Option<Span> {
        if span.single() {
            return Some(span);
        }
        let clipped = Span {
            start: span.start.max(self.tomorrow()),
            end: span.end,
        };
        (clipped.start < clipped.end).then_some(clipped)
    }

    /// A bound as a span: open starts reach 14 days (3.6), ends begin on the day after sending (3.5).
    fn bounded(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<Span> {
        let start = from.unwrap_or(self.tomorrow()).max(self.tomorrow());
        let end = to.unwrap_or_else(|| plus(start, OPEN_DAYS));
        (start < end).then_some(Span { start, end })
    }

    fn place_all(
        &self,
        wishes: &[Group],
        rejections: &[Group],
        same: Option<i32>,
        out: &mut Composed,
    ) {
        // "not before the 15th" is also an open start; "away until the 19th" is not (6.6).
        let mut open_from: Option<NaiveDate> = None;
        let mut open_to: Option<NaiveDate> = None;
        for group in rejections {
            if group.time.is_some() {
                continue;
            }
            for member in &group.days {
                let calendar = Calendar {
                    anchor: member.anchor,
                    ..self.calendar
                };
                let away = matches!(group.role, Some(Role::Excluded { away: true, .. }));
                match &member.day {
                    Day::Before(inner) if !away => {
                        open_from = calendar.span(inner).map(|s| s.start);
                    }
                    Day::By(inner) if !away => open_from = calendar.span(inner).map(|s| s.start),
                    Day::After(inner) if !away => open_to = calendar.span(inner).map(|s| s.end),
                    _ => {}
                }
            }
        }
        let mut placed: Vec<Placed> = Vec::new();
        let mut open = false;
        let mut period: Option<Span> = None;
        let mut consumed = vec![false; wishes.len()];
        // what narrows goes first, so that the spans it narrows are not wished whole as well
        let narrow = |g: &Group| {
            g.recurring
                || g.days.is_empty()
                || g.days.iter().any(|m| {
                    m.recurring || matches!(m.day, Day::Weekday(_, Which::Bare) | Day::Number(..))
                })
        };
        let order: Vec<usize> = (0..wishes.len())
            .filter(|i| wishes.get(*i).is_some_and(narrow))
            .chain((0..wishes.len()).filter(|i| !wishes.get(*i).is_some_and(narrow)))
            .collect();
        for index in order {
            self.place_group(
                wishes,
                index,
                same,
                open_from,
                open_to,
                &mut consumed,
                &mut placed,
                &mut open,
                &mut period,
                &mut out.ambiguous,
            );
        }
        let has_wish = wishes
            .iter()
            .any(|g| !g.days.is_empty() || g.time.is_some());
        let any_only = wishes.iter().any(|g| g.any);
        let mut default_open = false;
        if !has_wish && !rejections.is_empty() && (!self.earliest || any_only) {
            if open_from.is_some() {
                if let Some(span) = self.bounded(open_from, open_to) {
                    placed.push(Placed::Span(span));
                    period = Some(span);
                }
            } else {
                open = true;
                default_open = true;
                let span = self.open_period();
                period = Some(span);
                placed.extend(
                    span.days()
                        .filter(|d| self.opening.on(*d).is_some())
                        .map(Placed::Day),
                );
            }
        }
        let period = period.unwrap_or_else(|| self.open_period());
        let cuts = self.place_cuts(
            rejections,
            &placed,
            open || !has_wish && !self.earliest,
            default_open,
            period,
            same,
            &mut out.ambiguous,
        );
        self.subtract(placed, &cuts, out);
        for rejection in cuts {
            match rejection {
                Cut::Days(span) => out.excluded.push(Window {
                    start: moment(span.start, 0),
                    end: moment(span.end, 0),
                }),
                Cut::Times(day, stretches) => out
                    .excluded
                    .extend(stretches.into_iter().map(|s| Window::on(day, s))),
            }
        }
    }

    /// The periods that bound a group: spans and bounds of its own, or an earlier or later group of nothing but spans.
    fn periods(
        &self,
        wishes: &[Group],
        index: usize,
        open_from: Option<NaiveDate>,
        open_to: Option<NaiveDate>,
        consumed: &mut [bool],
    ) -> Vec<Span> {
        let mut spans = Vec::new();
        let (mut from, mut to) = (open_from, open_to);
        let mut bound = open_from.is_some() || open_to.is_some();
        let mut gather = |group: &Group, spans: &mut Vec<Span>| {
            let mut found = false;
            for member in &group.days {
                let calendar = Calendar {
                    anchor: member.anchor,
                    ..self.calendar
                };
                match calendar.read(&member.day) {
                    Some(Reading::Bound { from: f, to: t }) => {
                        from = f.or(from);
                        to = t.or(to);
                        bound = true;
                        found = true;
                    }
                    Some(Reading::Spans(list))
                        if list.iter().all(|s| s.length() > 1) && !member.recurring =>
                    {
                        spans.extend(list.into_iter().filter_map(|s| self.clip(s)));
                        found = true;
                    }
                    _ => {}
                }
            }
            found
        };
        let own = wishes.get(index).is_some_and(|g| gather(g, &mut spans));
        if !own {
            for (k, group) in wishes.iter().enumerate() {
                let only_spans = group.time.is_none()
                    && !group.days.is_empty()
                    && group.days.iter().all(|m| !m.recurring && self.wide(m));
                if k != index && only_spans && !consumed.get(k).copied().unwrap_or(true) {
                    let joined_or = if k + 1 == index {
                        wishes.get(index).and_then(|g| g.join) == Some(Join::Or)
                    } else if index + 1 == k {
                        group.join == Some(Join::Or)
                    } else {
                        false
                    };
                    if !joined_or
                        && gather(group, &mut spans)
                        && let Some(flag) = consumed.get_mut(k)
                    {
                        *flag = true;
                    }
                }
            }
        }
        if bound {
            let bounds = self.bounded(from, to);
            if spans.is_empty() {
                spans.extend(bounds);
            } else if let Some(from_to) = Some(Span {
                start: from.unwrap_or(NaiveDate::MIN),
                end: to.unwrap_or(NaiveDate::MAX),
            }) {
                let cut: Vec<Span> = spans.iter().filter_map(|s| s.meet(from_to)).collect();
                if !cut.is_empty() {
                    spans = cut;
                }
            }
        }
        spans
    }

    fn wide(&self, member: &Member) -> bool {
        let calendar = Calendar {
            anchor: member.anchor,
            ..self.calendar
        };
        match calendar.read(&member.day) {
            Some(Reading::Bound { .. }) => true,
            Some(Reading::Spans(list)) => list.iter().all(|s| s.length() > 1),
            None => false,
        }
    }

    #[allow(clippy::too_many_arguments)] // the state of one pass
    fn place_group(
        &self,
        wishes: &[Group],
        index: usize,
        same: Option<i32>,
        open_from: Option<NaiveDate>,
        open_to: Option<NaiveDate>,
        consumed: &mut [bool],
        placed: &mut Vec<Placed>,
        open: &mut bool,
        period: &mut Option<Span>,
        doubt: &mut bool,
    ) {
        if consumed.get(index).copied().unwrap_or(false) {
            return;
        }
        let Some(group) = wishes.get(index) else {
            return;
        };
        let weekdays: Vec<&Member> = group
            .days
            .iter()
            .filter(|m| matches!(m.day, Day::Weekday(_, Which::Bare)))
            .collect();
        let recurs = |m: &Member| {
            !weekdays_of(&m.day).is_empty()
                && (m.recurring || group.recurring && weekdays.iter().any(|w| w.day == m.day))
        };
        let recurring_days: Vec<Weekday> = group
            .days
            .iter()
            .filter(|m| recurs(m))
            .flat_map(|m| weekdays_of(&m.day))
            .collect();
        let others: Vec<&Member> = group.days.iter().filter(|m| !recurs(m)).collect();
        let narrow_exists = others.iter().any(|m| !self.wide(m));
        // Recurring weekdays, or a time of day alone: written out over a period.
        if !recurring_days.is_empty() || (group.days.is_empty() && group.time.is_some()) {
            let mut spans = self.periods(wishes, index, open_from, open_to, consumed);
            if spans.is_empty() {
                spans.push(self.open_period());
            }
            *open = true;
            let whole = Span {
                start: spans
                    .iter()
                    .map(|s| s.start)
                    .min()
                    .unwrap_or(self.tomorrow()),
                end: spans.iter().map(|s| s.end).max().unwrap_or(self.tomorrow()),
            };
            *period = Some(whole);
            let working = recurring_days.len() == 5
                && group.time.is_none()
                && spans.iter().all(|s| s.length() == 7)
                && !group.days.iter().all(|m| m.recurring);
            if working {
                for span in &spans {
                    placed.push(Placed::Span(Span {
                        start: span.start,
                        end: plus(span.start, 5),
                    }));
                }
            } else {
                for span in &spans {
                    for day in span.days() {
                        if self.opening.on(day).is_none()
                            || !(recurring_days.is_empty()
                                || recurring_days.contains(&chrono::Datelike::weekday(&day)))
                        {
                            continue;
                        }
                        self.put(day, group.time.as_ref(), Use::Written, same, placed, doubt);
                    }
                }
            }
            // single days said beside them
            for member in others.iter().filter(|m| !self.wide(m)) {
                self.place_member(member, group, None, same, placed, doubt);
            }
            return;
        }
        if group.days.is_empty() {
            return;
        }
        // A span beside bare weekdays or numbers holds them (2.13); beside "or" it is a wish of its own.
        let containers: Vec<Span> = if narrow_exists {
            let own: Vec<&&Member> = others
                .iter()
                .filter(|m| self.wide(m) && m.join != Join::Or)
                .collect();
            let bare = others
                .iter()
                .any(|m| matches!(m.day, Day::Weekday(_, Which::Bare) | Day::Number(..)));
            if !bare {
                Vec::new()
            } else if own.is_empty() {
                let has_or = others.iter().any(|m| self.wide(m));
                if has_or {
                    Vec::new()
                } else {
                    self.periods(wishes, index, open_from, open_to, consumed)
                }
            } else {
                self.periods(
                    &[Group {
                        days: own.iter().map(|m| (**m).clone()).collect(),
                        ..Group::default()
                    }],
                    0,
                    open_from,
                    open_to,
                    &mut [false],
                )
            }
        } else {
            Vec::new()
        };
        let mut bounds: (Option<NaiveDate>, Option<NaiveDate>, bool) = (None, None, false);
        let mut spans: Vec<Span> = Vec::new();
        for member in &others {
            let calendar = Calendar {
                anchor: member.anchor,
                ..self.calendar
            };
            if self.wide(member) {
                if narrow_exists && !containers.is_empty() && member.join != Join::Or {
                    continue;
                }
                match calendar.read(&member.day) {
                    Some(Reading::Bound { from, to }) => {
                        bounds = (from.or(bounds.0), to.or(bounds.1), true);
                    }
                    Some(Reading::Spans(list)) => {
                        spans.extend(list.into_iter().filter_map(|s| self.clip(s)));
                    }
                    None => {}
                }
            } else {
                let container = containers.iter().find(|c| self.fits(member, **c)).copied();
                self.place_member(member, group, container, same, placed, doubt);
            }
        }
        if bounds.2 {
            if spans.is_empty() {
                spans.extend(self.bounded(bounds.0, bounds.1));
            } else {
                let limit = Span {
                    start: bounds.0.unwrap_or(NaiveDate::MIN),
                    end: bounds.1.unwrap_or(NaiveDate::MAX),
                };
                let met: Vec<Span> = spans.iter().filter_map(|s| s.meet(limit)).collect();
                if met.is_empty() {
                    spans.extend(self.bounded(bounds.0, bounds.1));
                } else {
                    spans = met;
                }
            }
        }
        for span in spans {
            if span.single() && group.time.is_none() {
                placed.push(Placed::Day(span.start));
            } else if group.time.is_some() {
                for day in span.days().filter(|d| self.opening.on(*d).is_some()) {
                    self.put(day, group.time.as_ref(), Use::Written, same, placed, doubt);
                }
            } else {
                placed.push(Placed::Span(span));
            }
        }
    }

    fn fits(&self, member: &Member, container: Span) -> bool {
        match &member.day {
            Day::Weekday(weekday, _) => container
                .days()
                .any(|d| chrono::Datelike::weekday(&d) == *weekday),
            Day::Number(n, _) => container.days().any(|d| chrono::Datelike::day(&d) == *n),
            _ => false,
        }
    }

    fn place_member(
        &self,
        member: &Member,
        group: &Group,
        container: Option<Span>,
        same: Option<i32>,
        placed: &mut Vec<Placed>,
        doubt: &mut bool,
    ) {
        let calendar = Calendar {
            anchor: member.anchor,
            ..self.calendar
        };
        let spans = match (container, &member.day) {
            (Some(container), Day::Weekday(weekday, _)) => container
                .days()
                .find(|d| chrono::Datelike::weekday(d) == *weekday)
                .map(Span::day)
                .into_iter()
                .collect(),
            (Some(container), Day::Number(n, _)) => container
                .days()
                .find(|d| chrono::Datelike::day(d) == *n)
                .map(Span::day)
                .into_iter()
                .collect(),
            (_, day) => match calendar.read(day) {
                Some(Reading::Spans(list)) => list,
                _ => Vec::new(),
            },
        };
        for span in spans {
            if span.single() {
                self.put(
                    span.start,
                    group.time.as_ref(),
                    Use::Named,
                    same,
                    placed,
                    doubt,
                );
            } else if group.time.is_some() {
                for day in span
                    .days()
                    .filter(|d| *d > self.calendar.today && self.opening.on(*d).is_some())
                {
                    self.put(day, group.time.as_ref(), Use::Written, same, placed, doubt);
                }
            } else {
                placed.extend(self.clip(span).map(Placed::Span));
            }
        }
    }

    fn put(
        &self,
        day: NaiveDate,
        time: Option<&Time>,
        used: Use,
        same: Option<i32>,
        placed: &mut Vec<Placed>,
        doubt: &mut bool,
    ) {
        match time {
            None | Some(Time::Any) => placed.push(Placed::Day(day)),
            // "the same time", of which nothing is known
            Some(Time::Same) if same.is_none() => placed.push(Placed::Day(day)),
            Some(time) => {
                let stretches = self.on(day, used, false, same).stretches(time, doubt);
                if !stretches.is_empty() {
                    placed.push(Placed::Timed(day, stretches));
                }
            }
        }
    }
}

fn span_of(start: NaiveDate, end: NaiveDate) -> Option<Span> {
    (start < end).then_some(Span { start, end })
}

/// The weekdays a tree stands for, if it is nothing else.
fn weekdays_of(day: &Day) -> Vec<Weekday> {
    match day {
        Day::Weekday(weekday, Which::Bare) => vec![*weekday],
        Day::Either(list) => list.iter().flat_map(weekdays_of).collect(),
        Day::Range(a, b) => match (&**a, &**b) {
            (Day::Weekday(first, Which::Bare), Day::Weekday(last, Which::Bare)) => {
                let mut out = vec![*first];
                let mut day = *first;
                while day != *last && out.len() < 7 {
                    day = day.succ();
                    out.push(day);
                }
                out
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
