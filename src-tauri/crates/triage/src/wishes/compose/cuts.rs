//! What is taken away: exclusions placed beside the wishes, and cut out of them.

use super::{
    Calendar, Composed, Composer, Cut, Day, Group, Minutes, NaiveDate, OPEN_DAYS, Placed, Reading,
    Role, Span, Time, Use, Weekday, Which, Window, cut, moment, plus, span_of, weekdays_of,
};

impl Composer<'_> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn place_cuts(
        &self,
        rejections: &[Group],
        placed: &[Placed],
        open: bool,
        default_open: bool,
        period: Span,
        same: Option<i32>,
        doubt: &mut bool,
    ) -> Vec<Cut> {
        let mut cuts = Vec::new();
        for group in rejections {
            let (away, once) = match group.role {
                Some(Role::Excluded { away, once }) => (away, once),
                _ => (false, false),
            };
            let mut days: Vec<Span> = Vec::new();
            let mut written = false;
            for member in &group.days {
                let calendar = Calendar {
                    anchor: member.anchor,
                    ..self.calendar
                };
                let plural = member.recurring || group.recurring;
                let weekdays = weekdays_of(&member.day);
                let bare = matches!(member.day, Day::Weekday(_, Which::Bare)) || plural;
                if !weekdays.is_empty() && bare {
                    let spans: Vec<Span> = placed
                        .iter()
                        .filter_map(|p| {
                            if let Placed::Span(s) = p {
                                Some(*s)
                            } else {
                                None
                            }
                        })
                        .collect();
                    let named = placed.iter().filter_map(|p| {
                        if let Placed::Timed(d, _) | Placed::Day(d) = p {
                            Some(*d)
                        } else {
                            None
                        }
                    });
                    let within: Vec<NaiveDate> = spans
                        .iter()
                        .flat_map(|s| s.days())
                        .chain(named)
                        .filter(|d| weekdays.contains(&chrono::Datelike::weekday(d)))
                        .collect();
                    let weekend = weekdays.len() == 2
                        && weekdays.contains(&Weekday::Sat)
                        && weekdays.contains(&Weekday::Sun);
                    let every = |span: Span| -> Vec<Span> {
                        let all: Vec<NaiveDate> = span
                            .days()
                            .filter(|d| weekdays.contains(&chrono::Datelike::weekday(d)))
                            .collect();
                        if weekend {
                            all.iter()
                                .filter(|d| chrono::Datelike::weekday(*d) == Weekday::Sat)
                                .map(|d| Span {
                                    start: *d,
                                    end: plus(*d, 2),
                                })
                                .collect()
                        } else {
                            all.into_iter().map(Span::day).collect()
                        }
                    };
                    if open && (plural || !once) {
                        days.extend(every(period));
                    } else if plural {
                        if within.is_empty() {
                            days.extend(every(period));
                        } else if spans.is_empty() {
                            days.extend(within.into_iter().map(Span::day));
                        } else {
                            days.extend(spans.iter().flat_map(|s| every(*s)));
                        }
                    } else if !within.is_empty() && !once {
                        days.extend(within.into_iter().map(Span::day));
                    } else {
                        days.extend(calendar.span(&member.day));
                    }
                    written |= plural;
                    continue;
                }
                if let Day::Number(n, None) = &member.day {
                    // "July 6 to July 17, but not the 10th"
                    let inside: Vec<NaiveDate> = placed
                        .iter()
                        .filter_map(|p| {
                            if let Placed::Span(s) = p {
                                Some(*s)
                            } else {
                                None
                            }
                        })
                        .flat_map(Span::days)
                        .filter(|d| chrono::Datelike::day(d) == *n)
                        .collect();
                    if !inside.is_empty() {
                        days.extend(inside.into_iter().map(Span::day));
                        continue;
                    }
                }
                match (&member.day, calendar.read(&member.day)) {
                    (Day::By(inner), _) => {
                        if let Some(named) = calendar.span(inner) {
                            let end = if away { named.end } else { named.start };
                            days.extend(span_of(self.tomorrow(), end));
                        }
                    }
                    (_, Some(Reading::Bound { from, to })) => {
                        let start = from.unwrap_or(self.tomorrow()).max(self.tomorrow());
                        let end = to.unwrap_or_else(|| {
                            if away {
                                plus(start, OPEN_DAYS)
                            } else {
                                period.end.max(plus(start, 1))
                            }
                        });
                        days.extend(span_of(start, end));
                    }
                    (_, Some(Reading::Spans(list))) => {
                        // a number beside a wished month, a weekday beside a wished week
                        days.extend(list.into_iter().filter_map(|s| self.clip(s)));
                    }
                    (_, None) => {}
                }
            }
            match &group.time {
                None | Some(Time::Any) => cuts.extend(days.into_iter().map(Cut::Days)),
                Some(time) => {
                    let general = group.days.is_empty();
                    let targets: Vec<(NaiveDate, Use)> = if general {
                        self.written_days(placed, default_open || (placed.is_empty()), period)
                    } else {
                        days.iter()
                            .flat_map(|s| {
                                let used = if s.single() && !written {
                                    Use::Named
                                } else {
                                    Use::Written
                                };
                                s.days().map(move |d| (d, used)).collect::<Vec<_>>()
                            })
                            .filter(|(d, used)| {
                                *used == Use::Named || self.opening.on(*d).is_some()
                            })
                            .collect()
                    };
                    for (day, used) in targets {
                        let stretches = self.on(day, used, true, same).stretches(time, doubt);
                        if !stretches.is_empty() {
                            cuts.push(Cut::Times(day, stretches));
                        }
                    }
                }
            }
        }
        cuts
    }

    /// Every day that the wishes name or write out (6.4).
    pub(super) fn written_days(
        &self,
        placed: &[Placed],
        all: bool,
        period: Span,
    ) -> Vec<(NaiveDate, Use)> {
        let mut out: Vec<(NaiveDate, Use)> = Vec::new();
        if all {
            out.extend(
                period
                    .days()
                    .filter(|d| self.opening.on(*d).is_some())
                    .map(|d| (d, Use::Written)),
            );
        }
        for wish in placed {
            match wish {
                Placed::Span(span) => out.extend(
                    span.days()
                        .filter(|d| self.opening.on(*d).is_some())
                        .map(|d| (d, Use::Written)),
                ),
                Placed::Day(day) | Placed::Timed(day, _) => out.push((*day, Use::Written)),
            }
        }
        out.sort_by_key(|(d, _)| *d);
        out.dedup_by_key(|(d, _)| *d);
        out
    }

    pub(super) fn subtract(&self, placed: Vec<Placed>, cuts: &[Cut], out: &mut Composed) {
        let day_cut = |day: NaiveDate| {
            cuts.iter()
                .any(|c| matches!(c, Cut::Days(s) if s.holds(day)))
        };
        let times_cut = |day: NaiveDate| -> Vec<Minutes> {
            cuts.iter()
                .filter_map(|c| {
                    if let Cut::Times(d, s) = c {
                        (*d == day).then_some(s.clone())
                    } else {
                        None
                    }
                })
                .flatten()
                .collect()
        };
        let whole_day = |day: NaiveDate, out: &mut Vec<Window>| {
            if day_cut(day) {
                return;
            }
            let holes = times_cut(day);
            if holes.is_empty() {
                out.push(Window {
                    start: moment(day, 0),
                    end: moment(plus(day, 1), 0),
                });
            } else {
                // as soon as a time of day is ruled out, the day counts as its opening hours (6.3)
                let hours = self.opening.named(day);
                out.extend(
                    cut(&[(hours.open, hours.close)], &holes)
                        .into_iter()
                        .map(|m| Window::on(day, m)),
                );
            }
        };
        for wish in placed {
            match wish {
                Placed::Span(span) => {
                    let touched = span.days().any(|d| day_cut(d) || !times_cut(d).is_empty());
                    if touched {
                        // an exclusion that only shortens the span at its edge leaves one window
                        if let Some(rest) = self.edge_cut(span, cuts) {
                            out.wanted.extend(rest.into_iter().map(|s| Window {
                                start: moment(s.start, 0),
                                end: moment(s.end, 0),
                            }));
                            continue;
                        }
                        for day in span.days().filter(|d| self.opening.on(*d).is_some()) {
                            whole_day(day, &mut out.wanted);
                        }
                    } else {
                        out.wanted.push(Window {
                            start: moment(span.start, 0),
                            end: moment(span.end, 0),
                        });
                    }
                }
                Placed::Day(day) => whole_day(day, &mut out.wanted),
                Placed::Timed(day, stretches) => {
                    if !day_cut(day) {
                        out.wanted.extend(
                            cut(&stretches, &times_cut(day))
                                .into_iter()
                                .map(|m| Window::on(day, m)),
                        );
                    }
                }
            }
        }
    }

    /// "the 20th on, I'm away until the 19th": rejections that end where the wish begins.
    fn edge_cut(&self, span: Span, cuts: &[Cut]) -> Option<Vec<Span>> {
        let touching: Vec<&Cut> = cuts
            .iter()
            .filter(|c| match c {
                Cut::Days(s) => s.meet(span).is_some(),
                Cut::Times(d, _) => span.holds(*d),
            })
            .collect();
        match touching.as_slice() {
            [Cut::Days(s)]
                if s.length() > 1 && s.start <= span.start && s.start <= self.tomorrow() =>
            {
                Some(span_of(s.end, span.end).into_iter().collect())
            }
            _ => None,
        }
    }
}
