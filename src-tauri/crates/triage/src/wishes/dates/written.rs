//! Dates as they are written: month names, numbers with slashes, bare day numbers.

use super::{
    Grammar, Read,
    symbols::Class,
    tree::{Day, Unit},
};
use crate::wishes::text::among;

impl Grammar<'_> {
    /// Dates with a month's name.
    pub(super) fn dated(&self, i: usize) -> Read<Day> {
        let s = self.s();
        // 2019-sep-1, 2012/aug/10
        if let Some((year, 4)) = s.digits(i)
            && s.any(i + 1, "- / , .")
            && let Some(month) = s.month(i + 2)
            && s.any(i + 3, "- / , .")
            && let Some(day) = self.bare_number(i + 4)
        {
            return Some((
                Day::Date {
                    year: Some(year as i32),
                    month,
                    day,
                    weekday: None,
                },
                i + 5,
            ));
        }
        let i = if s.any(i, "the") { i + 1 } else { i };
        let mut i = i;
        if s.any(i, "dia") {
            i += 1;
        }
        let day_at = |k: usize| {
            self.bare_number(k)
                .or_else(|| s.ordinal(k).filter(|n| (1..=31).contains(n)))
        };
        if let Some(day) = day_at(i) {
            // "15 June", "15th of June", "15-Oct-74", "3rd of this month"
            let mut k = i + 1;
            let joined = s.any(k, "- /");
            if s.any(k, "of - / , .") {
                k += 1;
            }
            k = s.skip(s.skip(k, "day"), "of");
            k = s.skip(k, "the");
            if let Some(month) = s.month(k) {
                let mut end = k + 1;
                if s.any(end, ".") && s.word(k).len() <= 4 {
                    end += 1;
                }
                if joined
                    && s.any(end, "- /")
                    && let Some((year, digits)) =
                        s.digits(end + 1).filter(|(_, d)| *d == 2 || *d == 4)
                {
                    return Some((
                        Day::Date {
                            year: Some(century(year, digits, self.general)),
                            month,
                            day,
                            weekday: None,
                        },
                        end + 2,
                    ));
                }
                let (year, end) = self.year_after(end);
                if year.is_none()
                    && let Some((period, stop)) = self.period(end)
                    && matches!(period, Day::Period(Unit::Year, _))
                {
                    return Some((
                        Day::NumberIn(
                            day,
                            Box::new(Day::Month(
                                month,
                                None,
                                Some(if let Day::Period(_, n) = period { n } else { 0 }),
                            )),
                        ),
                        stop,
                    ));
                }
                return Some((
                    Day::Date {
                        year,
                        month,
                        day,
                        weekday: None,
                    },
                    end,
                ));
            }
            if (k > i + 1 || s.ordinal(i).is_some())
                && !joined
                && let Some((span, end)) = self
                    .period(k)
                    .or_else(|| {
                        if k > 0 && s.any(k - 1, "the") {
                            self.period(k - 1)
                        } else {
                            None
                        }
                    })
                    .filter(|(p, _)| matches!(p, Day::Period(Unit::Month, _)))
            {
                return Some((Day::NumberIn(day, Box::new(span)), end));
            }
            return None;
        }
        // "June 15", "June the 15th", "Jun. 15, 2026", "June/15"
        let month = s.month(i)?;
        let mut k = i + 1;
        if s.any(k, ". / - ,") {
            k += 1;
        }
        k = s.skip(k, "the");
        let day = day_at(k)?;
        if s.any(k + 1, ": am pm oclock") {
            return None;
        }
        let mut end = k + 1;
        if s.any(end, "/ -")
            && s.any(i + 1, "/ -")
            && let Some((year, digits)) = s.digits(end + 1).filter(|(_, d)| *d == 2 || *d == 4)
        {
            return Some((
                Day::Date {
                    year: Some(century(year, digits, self.general)),
                    month,
                    day,
                    weekday: None,
                },
                end + 2,
            ));
        }
        // "Jul 18, Fri"
        let mut weekday = None;
        let after_comma = s.skip(end, ",");
        if let Some(wd) = s.weekday(after_comma).filter(|_| {
            !s.any(after_comma + 1, "the next")
                && s.ordinal(after_comma + 1).is_none()
                && s.month(after_comma + 1).is_none()
        }) {
            if after_comma > end
                && s.list
                    .get(after_comma + 1)
                    .is_none_or(|x| among(&x.word, ", ) . at ?"))
            {
                weekday = Some(wd);
                end = after_comma + 1;
            }
        } else if s.any(end, "(")
            && let Some(wd) = s.weekday(end + 1)
            && s.any(end + 2, ")")
        {
            weekday = Some(wd);
            end += 3;
        }
        let (year, end) = self.year_after(end);
        if year.is_none()
            && let Some((Day::Period(Unit::Year, n), stop)) = self.period(end)
        {
            return Some((
                Day::NumberIn(day, Box::new(Day::Month(month, None, Some(n)))),
                stop,
            ));
        }
        Some((
            Day::Date {
                year,
                month,
                day,
                weekday,
            },
            end,
        ))
    }

    /// 7/14, 14.7.2026, 2026-07-14; and the ordinal or "the 3" alone.
    pub(super) fn numeric(&self, i: usize) -> Read<Day> {
        let s = self.s();
        let start = i;
        let i = if s.any(i, "the el") { i + 1 } else { i };
        let i = s.skip(i, "dia");
        if let Some((first, digits)) = s.digits(i).filter(|(_, d)| *d > 0) {
            let mark = s.word(i + 1).to_owned();
            let glued = s.glued(i + 1) && s.glued(i + 2);
            let spaced = !s.glued(i + 1) && !s.glued(i + 2);
            if matches!(mark.as_str(), "/" | "-" | ".") && (glued || (spaced && mark != ".")) {
                let before_glued = i > 0 && s.glued(i) && !s.any(i - 1, "( , \" : ~");
                if let Some((second, digits2)) =
                    s.digits(i + 2).filter(|(_, d)| (1..=2).contains(d))
                {
                    let third = (s.word(i + 3) == mark || (mark != "-" && s.any(i + 3, "- / ,")))
                        && s.glued(i + 3) == glued;
                    if digits == 4
                        && third
                        && let Some((day, _)) = s
                            .digits(i + 4)
                            .filter(|(n, d)| (1..=2).contains(d) && (1..=31).contains(n))
                        && (1..=12).contains(&second)
                        && !before_glued
                    {
                        return Some((
                            Day::Date {
                                year: Some(first as i32),
                                month: second,
                                day,
                                weekday: None,
                            },
                            i + 5,
                        ));
                    }
                    if digits <= 2
                        && third
                        && let Some((year, yd)) =
                            s.digits(i + 4).filter(|(_, d)| *d == 2 || *d == 4)
                    {
                        if plausible(first, second)
                            && !before_glued
                            && !(s.any(i + 5, "- / .")
                                && s.glued(i + 5)
                                && s.digits(i + 6).is_some()
                                && s.glued(i + 6))
                        {
                            let year = Some(century(year, yd, self.general));
                            return Some((
                                Day::Numeric {
                                    first,
                                    second,
                                    year,
                                    weekday: None,
                                    settled: false,
                                },
                                i + 5,
                            ));
                        }
                        return None;
                    }
                    let more = s.any(i + 3, "- / .")
                        && s.glued(i + 3)
                        && s.digits(i + 4).is_some()
                        && s.glued(i + 4);
                    let dash = mark == "-" || mark == "–";
                    if digits <= 2
                        && !more
                        && !before_glued
                        && mark != "."
                        && plausible(first, second)
                        && self.not_a_reading(i, i + 3)
                    {
                        // "10-12" beside a day or a clock word is a range of hours.
                        let hours = dash && first <= 12 && second <= 12;
                        if !(hours && (spaced || !self.general))
                            && !(dash && s.unit(i + 3).is_some())
                        {
                            return Some((
                                Day::Numeric {
                                    first,
                                    second,
                                    year: None,
                                    weekday: None,
                                    settled: digits2 > 2,
                                },
                                i + 3,
                            ));
                        }
                    }
                    if mark == "."
                        && glued
                        && !more
                        && digits <= 2
                        && digits2 == 2
                        && self.is_day_month_locale()
                        && plausible(first, second)
                        && second <= 12
                        && self.not_a_reading(i, i + 3)
                        && (s.any(i.wrapping_sub(1), "on the el")
                            || s.weekday(i.wrapping_sub(1)).is_some())
                    {
                        return Some((
                            Day::Numeric {
                                first,
                                second,
                                year: None,
                                weekday: None,
                                settled: true,
                            },
                            i + 3,
                        ));
                    }
                }
            }
        }
        // "the 3rd", "3rd", "the 18", "el 18"
        let led = i > start || (i > 0 && s.any(i - 1, "the el")) || self.day_article(i);
        if let Some(n) = s.ordinal(i).filter(|n| (1..=31).contains(n)) {
            let noun = s.list.get(i + 1).is_some_and(|x| {
                matches!(x.class, Class::Unit(_)) && !matches!(x.class, Class::Unit(Unit::Day))
                    || among(&x.word, ORDINAL_NOUNS)
                    || n <= 2 && among(&x.word, "available free possible last to")
            });
            let word_ordinal = s.list.get(i).is_some_and(|x| {
                s.tokens
                    .get(x.first)
                    .is_some_and(|t| t.kind == super::super::text::Kind::Word)
            });
            if noun
                || (word_ordinal && !led)
                || (word_ordinal
                    && n <= 2
                    && !s
                        .list
                        .get(i + 1)
                        .is_none_or(|x| among(&x.word, ". , ? or of at")))
            {
                return None;
            }
            return Some((Day::Number(n, None), i + 1));
        }
        if led
            && let Some(n) = self.bare_number(i)
            && (s.digits(i).is_some_and(|(_, d)| d > 0) || self.is_spanish() && n > 1)
            && !self.clock_follows(i)
            && s.unit(i + 1).is_none()
            && !s.any(i + 1, NOT_DAYS)
            && s.list.get(i + 1).is_none_or(|x| {
                !(s.tokens
                    .get(x.first)
                    .is_some_and(|t| t.kind == super::super::text::Kind::Word))
                    || among(&x.word, AFTER_NUMBER)
                    || s.part(i + 1).is_some()
            })
        {
            // "las 3" is a time, "el 3" a day; English "the 3" only where a day is expected.
            return Some((Day::Number(n, None), i + 1));
        }
        None
    }

    /// Whether numbers with a slash are a date and no blood pressure, score or fraction.
    pub(super) fn not_a_reading(&self, first: usize, end: usize) -> bool {
        const AFTER: &str = "pain mmhg tablet tablets pill pills cup cups mg ml of dose doses vision stars star inch inches dolor \
    the way full hour hours teaspoon tsp on minute minutes day days week weeks month months years year \
    times people hrs mins";
        const BEFORE: &str = "bp pressure pain score scored scale rate rated rating level vision ratio dolor tension presion gave \
    give reading readings about apgar apartment apt unit flat suite phone call text ext nivel severity \
    intensity";
        let s = self.s();
        let after = s.word(end);
        let of_day =
            after == "of" || (after == "on" && s.weekday(end + 1).is_none()) || after == "the";
        if among(after, AFTER) && !(matches!(after, "on" | "the")) && !(after == "of" && !of_day) {
            return false;
        }
        if s.any(end, "%") || s.any(first.wrapping_sub(1), "$ # £ €") {
            return false;
        }
        // a number glued behind a comma or dot: "12/5.3"
        for back in 1..=3 {
            let Some(k) = first.checked_sub(back) else {
                break;
            };
            if s.sentence_start(k + 1) || s.any(k, ", ;") {
                break;
            }
            if among(s.word(k), BEFORE)
                && !(back > 1 && s.any(k, "call text about phone give gave"))
                && !s.any(k, "about")
            {
                return false;
            }
        }
        true
    }

    pub(super) fn year_after(&self, i: usize) -> (Option<i32>, usize) {
        let s = self.s();
        let mut j = i;
        if s.any(j, ",") {
            j += 1;
        }
        let j = s.skip(s.skip(j, "of in del"), "the");
        if let Some((year, 4)) = s.digits(j)
            && (1000..3000).contains(&year)
            && !self.s().any(j + 1, ":")
        {
            return (Some(year as i32), j + 1);
        }
        if s.any(j, "next this last") && matches!(s.unit(j + 1), Some(Unit::Year)) {
            return (None, i);
        }
        if let Some((year, 2)) = s.digits(j)
            && j == i + 1
            && s.any(i, "'")
        {
            return (Some(2000 + year as i32), j + 1);
        }
        (None, i)
    }
}

/// Words behind a number that make it something other than a day.
pub(super) const NOT_DAYS: &str = "mg ml mcg pm am a p minute minutes min mins hour hours hrs hr day days week weeks month months year \
    years oclock people of times pills tablets percent % : ish h yo y kids children in / x degrees lbs \
    kg hs anos dias semanas meses minutos horas media cuarto menos";

const ORDINAL_NOUNS: &str = "time appointment dose visit thing shot one opinion floor baby child trimester party jab \
    birthday grade degree opening slot half monday tuesday wednesday thursday friday saturday sunday \
    attempt round cita vez dosis booster vaccine vaccination class year street st avenue \
    ave kid question request choice name person hand week month day";
const AFTER_NUMBER: &str = "sametime or and to at would is works in but if please after before from around for suits o y a pm am between \
    onwards no by tomorrow then thanks through until with either any anytime will was seems looks i can \
    cant are also as first firstthing por en que si me puede not instead so when because too";

fn plausible(first: u32, second: u32) -> bool {
    let day_month = |d: u32, m: u32| (1..=12).contains(&m) && (1..=31).contains(&d);
    day_month(first, second) || day_month(second, first)
}

/// A two-digit year is 20yy (2.9); in general text, one far ahead is of the last century.
pub(super) fn century(year: u32, digits: usize, general: bool) -> i32 {
    match (digits, general) {
        (2, true) if year > 50 => 1900 + year as i32,
        (2, _) => 2000 + year as i32,
        _ => year as i32,
    }
}
