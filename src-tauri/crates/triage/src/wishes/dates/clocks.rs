//! Times on the clock: "2:30", "half three", "1030", "las 3 y media".

use super::{
    Grammar, Read,
    symbols::Class,
    times::Footing,
    tree::{Clock, Half, Part, Time, Unit},
    zones,
};
use crate::wishes::text::among;

impl Grammar<'_> {
    /// A time on the clock at `i`.
    pub fn clock(&self, i: usize, footing: Footing) -> Read<Clock> {
        let (clock, end) = self.clock_core(i, footing)?;
        let (clock, end) = self.half_of(clock, end);
        if clock.minute > 24 * 60 {
            return None;
        }
        if let Some((zone, end)) = zones::read(self.symbols, end) {
            return Some((
                Clock {
                    zone: Some(zone),
                    ..clock
                },
                end,
            ));
        }
        Some((clock, end))
    }

    /// a.m., p.m. or "in the morning" behind a time.
    pub(super) fn half_of(&self, clock: Clock, end: usize) -> (Clock, usize) {
        let s = self.symbols;
        let mut clock = clock;
        let mut end = end;
        if s.any(end, "oclock horas hrs hs hours")
            && (s.any(end, "oclock") || self.is_spanish() || clock.precise)
        {
            end += 1;
        }
        if s.any(end, "sharp enpunto exactly") {
            end += 1;
        }
        let before = end;
        end = s.skip(end, "in inthe");
        end = s.skip(end, "the");
        let half = self.meridiem(end).or_else(|| self.meridiem(before));
        if let Some((pm, stop)) = half {
            if clock.half != Half::Fixed || clock.minute < 13 * 60 {
                let hour12 = clock.minute % 720;
                clock.minute = if clock.minute >= 780 {
                    clock.minute
                } else if pm {
                    hour12 + 720
                } else {
                    hour12
                };
                clock.half = Half::Fixed;
            }
            return (clock, stop);
        }
        let mut k = before;
        k = s.skip(k, "of in at por inthe a");
        k = s.skip(k, "the la");
        if k > before
            && let Some(part) = s.part(k).filter(|_| !s.plural(k))
        {
            if clock.half == Half::Bare {
                clock.half = Half::Beside(part);
            }
            return (clock, k + 1);
        }
        if s.any(before, "at") && s.part(before + 1) == Some(Part::Night) {
            if clock.half == Half::Bare {
                clock.half = Half::Beside(Part::Night);
            }
            return (clock, before + 2);
        }
        (clock, before)
    }

    /// "am", "p.m.", "p" glued to a number.
    pub(super) fn meridiem(&self, i: usize) -> Read<bool> {
        let s = self.symbols;
        if s.any(i, "am pm") {
            return Some((s.any(i, "pm"), i + 1));
        }
        if s.any(i, "a p") {
            let pm = s.any(i, "p");
            let mut j = s.skip(i + 1, ".");
            if s.any(j, "m") {
                j += 1;
                if s.any(j, ".") && s.any(i + 1, ".") {
                    j += 1;
                }
                return Some((pm, j));
            }
            if s.glued(i) && !s.any(i + 1, "' -") {
                return Some((pm, i + 1));
            }
        }
        None
    }

    pub(super) fn clock_core(&self, i: usize, footing: Footing) -> Read<Clock> {
        let s = self.symbols;
        let i = if footing == Footing::Led {
            s.skip(i, "the las la")
        } else {
            i
        };
        let fixed = |minute: i32| Clock {
            minute,
            half: Half::Fixed,
            zone: None,
            precise: true,
        };
        let bare = |minute: i32, precise: bool| Clock {
            minute,
            half: Half::Bare,
            zone: None,
            precise,
        };
        match s.word(i) {
            "noon" => {
                return Some((fixed(720), i + 1));
            }
            "midnight" => return Some((fixed(0), i + 1)),
            "half" => {
                let past = s.any(i + 1, "past after");
                let j = if past { i + 2 } else { i + 1 };
                let hour = self.hour(j)?;
                if !past && (s.unit(j + 1).is_some() || s.any(i.wrapping_sub(1), "and a")) {
                    return None;
                }
                return Some((bare(hour * 60 + 30, true), s.skip(j + 1, "oclock")));
            }
            _ => {}
        }
        // quarters and minutes before or after the hour
        let j = s.skip(i, "a");
        let quarter = s.any(j, "quarter cuarto");
        let minutes = if quarter {
            Some(15)
        } else {
            s.number(j)
                .filter(|n| (1..60).contains(n))
                .map(|n| n as i32)
        };
        if let Some(minutes) = minutes {
            let mut k = j + 1;
            let said = matches!(s.unit(k), Some(Unit::Minute));
            if said {
                k += 1;
            }
            let word = s.word(k);
            let past =
                matches!(word, "past") || (word == "after" && (quarter || said || minutes > 12));
            let words = s.digits(j).is_some_and(|(_, d)| d == 0);
            let to = among(word, "before til till of") && (quarter || said)
                || matches!(word, "to" | "until")
                    && (quarter
                        || said
                        || minutes > 12
                        || (words
                            && footing == Footing::Led
                            && minutes % 5 == 0
                            && s.any(i.wrapping_sub(1), "at for @")))
                || matches!(word, "para") && (quarter || said || minutes % 5 == 0);
            if (past || to) && !(to && self.targets.contains(&s.list.get(k)?.first)) {
                let h = s.skip(k + 1, "the las la");
                if let Some(hour) = self.hour(h) {
                    let base = hour * 60;
                    let minute = if past { base + minutes } else { base - minutes };
                    let minute = if minute < 0 { minute + 720 } else { minute };
                    let half = if hour > 12 { Half::Fixed } else { Half::Bare };
                    return Some((
                        Clock {
                            minute,
                            half,
                            zone: None,
                            precise: true,
                        },
                        s.skip(h + 1, "oclock"),
                    ));
                }
                if to && s.any(h, "noon midnight") {
                    return Some((
                        fixed(if s.any(h, "noon") {
                            720 - minutes
                        } else {
                            1440 - minutes
                        }),
                        h + 1,
                    ));
                }
                if past && s.any(h, "noon midnight") {
                    return Some((
                        fixed(minutes + if s.any(h, "noon") { 720 } else { 0 }),
                        h + 1,
                    ));
                }
            }
        }
        let (hour, digits) = s.digits(i)?;
        if i > 0 && s.glued(i) && s.any(i - 1, "$ £ € # / .") {
            return None;
        }
        // the end of a telephone number
        if i > 1 && s.glued(i) && s.any(i - 1, "-") && s.digits(i - 2).is_some_and(|(_, d)| d >= 3)
        {
            return None;
        }
        // inside a code or a percent-encoded address
        if i > 0
            && s.glued(i)
            && !among(s.word(i - 1), "@ ~ ( [ , ; : - – — / \" ' > < = . \u{201c}")
        {
            return None;
        }
        // run together: 1030, 730
        if (3..=4).contains(&digits) {
            let (h, m) = ((hour / 100) as i32, (hour % 100) as i32);
            let marked = self.meridiem(i + 1).is_some() || s.any(i + 1, "hrs hours h hs ish");
            let zero = s.list.get(i).is_some_and(|x| x.word.starts_with('0'));
            let code = !marked
                && (s.any(i + 1, "- . ,")
                    && s.glued(i + 1)
                    && s.glued(i + 2)
                    && s.digits(i + 2).is_some()
                    || m % 5 != 0
                    || self.general && (1900..2100).contains(&hour));
            if h < 24
                && m < 60
                && !code
                && (marked || footing != Footing::None || zero && digits == 4)
            {
                if footing == Footing::AfterDay && !marked && (1900..2100).contains(&hour) {
                    return None;
                }
                let half = if h > 12 || h == 0 || (digits == 4 && zero) {
                    Half::Fixed
                } else {
                    Half::Bare
                };
                let end = if s.any(i + 1, "hrs hours h hs") {
                    i + 2
                } else {
                    i + 1
                };
                return Some((
                    Clock {
                        minute: h * 60 + m,
                        half,
                        zone: None,
                        precise: true,
                    },
                    end,
                ));
            }
            return None;
        }
        if digits > 2 || hour > 24 {
            return None;
        }
        let h = hour as i32;
        let leading_zero = s
            .list
            .get(i)
            .is_some_and(|x| x.word.len() == 2 && x.word.starts_with('0'));
        let settled = |h: i32| {
            if h > 12 || h == 0 || leading_zero {
                Half::Fixed
            } else {
                Half::Bare
            }
        };
        if digits > 0 {
            // 2:30, 2:30:15, 14h30, 2.30
            let colon = s.any(i + 1, ":") && (s.glued(i + 2) || s.glued(i + 1));
            let dot = s.any(i + 1, ".") && s.glued(i + 1) && s.glued(i + 2);
            let letter = s.any(i + 1, "h hs") && s.glued(i + 1) && s.glued(i + 2);
            if (colon || dot || letter)
                && let Some((m, 2)) = s.digits(i + 2)
                && m < 60
            {
                let mut end = i + 3;
                if colon && s.any(end, ":") && s.digits(end + 1).is_some_and(|(_, d)| d == 2) {
                    end += 2;
                    if s.any(end, ".")
                        && s.glued(end)
                        && s.digits(end + 1).is_some()
                        && s.glued(end + 1)
                    {
                        end += 2;
                    }
                }
                let more = s.any(end, ". / -")
                    && s.glued(end)
                    && s.digits(end + 1).is_some()
                    && s.glued(end + 1)
                    && dot;
                let marked =
                    self.meridiem(end).is_some() || self.symbols.any(end, "hrs hs h oclock");
                let sum = s.any(end, "% mg ml kg lbs cm miles euros dollars percent degrees")
                    || s.any(i.wrapping_sub(1), "$ £ €");
                if sum || (dot && (more || (footing == Footing::None && !marked))) {
                    return None;
                }
                let end = if letter { s.skip(end, "h") } else { end };
                return Some((
                    Clock {
                        minute: h * 60 + m as i32,
                        half: settled(h),
                        zone: None,
                        precise: true,
                    },
                    end,
                ));
            }
            // 14h, 15 hs, 15 horas
            if s.any(i + 1, "h hs hrs")
                && (s.glued(i + 1) || self.is_spanish())
                && footing != Footing::None
                || s.any(i + 1, "h") && s.glued(i + 1) && h > 6
            {
                return Some((
                    Clock {
                        minute: h * 60,
                        half: settled(h),
                        zone: None,
                        precise: false,
                    },
                    i + 2,
                ));
            }
        }
        let (h, end) = (h, i + 1);
        // "hasta el 19" is a day, "hasta las 19" a time
        let written = s
            .list
            .get(i)
            .and_then(|x| x.first.checked_sub(1))
            .and_then(|k| s.tokens.get(k))
            .map_or("", |t| t.written.as_str());
        if self.is_spanish() && digits > 0 && among(written, "el del al dia") {
            return None;
        }
        if h > 24 {
            return None;
        }
        // ten thirty; diez y media
        let mut minute = h * 60;
        let mut stop = end;
        let mut precise = false;
        if self.is_spanish() {
            let and = s.any(end, "y and con");
            if and && s.any(end + 1, "media") {
                minute += 30;
                stop = end + 2;
            } else if and && s.any(end + 1, "cuarto") {
                minute += 15;
                stop = end + 2;
            } else if and
                && s.number(end + 1)
                    .is_some_and(|m| m < 60 && m % 5 == 0 && m >= 5)
                && footing == Footing::Led
                && s.any(i.wrapping_sub(1), "the las la")
            {
                minute += s.number(end + 1).unwrap_or(0) as i32;
                stop = end + 2;
            } else if s.any(end, "menos") && s.any(end + 1, "cuarto") {
                minute -= 15;
                stop = end + 2;
            } else if s.any(end, "menos") && s.number(end + 1).is_some_and(|m| m < 60) {
                minute -= s.number(end + 1).unwrap_or(0) as i32;
                stop = end + 2;
            } else if digits == 0 && s.number(end).is_some_and(|m| m == 30 || m == 15) {
                minute += s.number(end).unwrap_or(0) as i32;
                stop = end + 1;
            }
        } else if digits == 0 || footing == Footing::Led {
            let j = s.skip(end, "-");
            let oh = s.any(j, "oh o zero ou")
                && s.number(s.skip(j + 1, "-"))
                    .is_some_and(|m| (1..10).contains(&m));
            if oh {
                let k = s.skip(j + 1, "-");
                minute += s.number(k).unwrap_or(0) as i32;
                stop = k + 1;
            } else if let Some((m, d)) = s.digits(j).filter(|(m, d)| {
                (10..60).contains(m)
                    && ((*d == 0 && digits == 0)
                        || (*d == 2
                            && digits > 0
                            && j == end
                            && !s.any(j + 1, "/ - :")
                            && s.month(j + 1).is_none()))
            }) && s.unit(j + 1).is_none()
                && (j == end || d == 0)
                && (1..=12).contains(&h)
            {
                minute += m as i32;
                stop = j + 1;
            }
        }
        if stop > end {
            precise = true;
        }
        let marked = self.meridiem(stop).is_some()
            || s.any(stop, "oclock")
            || (s.any(stop, "in inthe")
                && (s.part(s.skip(stop + 1, "the")).is_some()
                    || self.meridiem(s.skip(stop + 1, "the")).is_some()))
            || (s.any(stop, "of") && s.part(s.skip(stop + 1, "the")).is_some())
            || (s.any(stop, "at") && s.part(stop + 1) == Some(Part::Night));
        let in_length = s.any(stop, "in") && s.any(stop + 1, "the");
        let _ = in_length;
        if (s.unit(stop).is_some() && !precise)
            || s.any(stop, NOT_HOURS) && !marked
            || (s.any(stop, "/") && !precise)
            || (s.any(stop, ".")
                && s.glued(stop)
                && s.glued(stop + 1)
                && s.digits(stop + 1).is_some())
        {
            return None;
        }
        if s.any(stop, "-") && s.unit(stop + 1).is_some() {
            return None;
        }
        let ish = self.ish(stop).is_some();
        let zoned = zones::read(s, stop).is_some() && !s.any(stop, "in pt et mt ct central");
        let spoken_pair = precise && digits == 0 && (footing != Footing::None || s.list.len() <= 4);
        let enough = match footing {
            Footing::Led => true,
            Footing::AfterDay => {
                marked
                    || ish
                    || precise
                    || ((1..=12).contains(&h) && self.may_end_hour(stop) && digits > 0)
            }
            Footing::None => {
                marked
                    || ish
                    || spoken_pair
                    || zoned
                    || (precise && self.is_spanish())
                    || self.before_day(stop)
                        && h <= 12
                        && digits > 0
                        && !s.any(i.wrapping_sub(1), HEADS)
            }
        };
        if !enough
            || (footing == Footing::Led
                && !marked
                && h > 12
                && digits == 2
                && !self.is_spanish()
                && !leading_zero
                && !self.general)
        {
            return None;
        }
        if h == 0 && !leading_zero && !marked && !precise {
            return None;
        }
        if digits == 0
            && h == 1
            && !marked
            && !precise
            && !ish
            && footing != Footing::None
            && s.list.get(stop).is_some_and(|x| {
                among(&x.word, "of or more that thing who week day in cita vez")
                    && !self.is_spanish()
            })
        {
            return None;
        }
        let clock = bare(minute.rem_euclid(1440), precise);
        Some((
            Clock {
                half: settled(h),
                ..clock
            },
            stop,
        ))
    }

    pub(super) fn hour(&self, i: usize) -> Option<i32> {
        self.symbols
            .number(i)
            .filter(|n| (1..=23).contains(n))
            .map(|n| n as i32)
            .filter(|_| self.symbols.digits(i).is_some_and(|(_, d)| d <= 2))
    }

    pub(super) fn before_day(&self, i: usize) -> bool {
        let s = self.symbols;
        let j = s.skip(i, "on");
        (s.weekday(j).is_some() && !s.plural(j))
            || s.any(j, "tomorrow tonight today overmorrow")
            || (s.any(j, "this") && s.part(j + 1).is_some())
    }

    pub(super) fn may_end_hour(&self, i: usize) -> bool {
        let s = self.symbols;
        s.list.get(i).is_none_or(|x| {
            matches!(x.class, Class::Weekday(_) | Class::Part(_))
                || among(&x.word, ", . ? ! ; ) or and please works would is if but for with to - thanks o y instead good ok fine \
                    onwards onward on in")
        })
    }

    pub(super) fn ish(&self, i: usize) -> Option<usize> {
        let s = self.symbols;
        if s.any(i, "ish") {
            return Some(i + 1);
        }
        (s.any(i, "-") && s.any(i + 1, "ish")).then_some(i + 2)
    }

    pub(super) fn or_so(&self, i: usize) -> Option<usize> {
        let s = self.symbols;
        if s.any(i, "or") && s.any(i + 1, "so thereabouts") {
            return Some(i + 2);
        }
        if s.any(i, "orso masomenos approximately approx") {
            return Some(i + 1);
        }
        None
    }

    pub(super) fn number_only(&self, i: usize) -> bool {
        self.symbols.number(i).is_some() && !self.symbols.any(i + 1, ": am pm")
    }

    /// Whether the number read as an hour belongs to a date ("after 3 July", "by 5 weeks").
    pub(super) fn taken_by_date(&self, i: usize, end: usize) -> bool {
        let s = self.symbols;
        if s.unit(end).is_some() && end == i + 1 {
            return true;
        }
        if end == i + 1 && s.number(i).is_some() {
            let k = s.skip(end, "of");
            if s.month(k).is_some() {
                return true;
            }
            if s.any(end, "- to and or") && self.bare_number(end + 1).is_some() {
                let k = s.skip(end + 2, "of");
                if s.month(k).is_some() {
                    return true;
                }
            }
            if s.any(end, "/") || s.ordinal(end + 1).is_some() && s.any(end, "-") {
                return true;
            }
        }
        false
    }

    /// "1 to 3pm": the half said once holds for both, unless that would turn the range around.
    pub(super) fn share_half(&self, first: Clock, second: Clock) -> Clock {
        let first = if first.zone.is_none() {
            Clock {
                zone: second.zone,
                ..first
            }
        } else {
            first
        };
        if first.half != Half::Bare {
            return first;
        }
        match second.half {
            Half::Bare => first,
            Half::Beside(part) => Clock {
                half: Half::Beside(
                    if part != Part::Morning && first.minute > second.minute && first.minute < 720 {
                        Part::Morning
                    } else {
                        part
                    },
                ),
                ..first
            },
            Half::Fixed => {
                let later = if first.minute < 720 {
                    first.minute + 720
                } else {
                    first.minute
                };
                if second.minute > 780 && later <= second.minute && first.minute < 720 {
                    Clock {
                        minute: later,
                        half: Half::Fixed,
                        ..first
                    }
                } else if first.minute <= second.minute {
                    Clock {
                        half: Half::Fixed,
                        ..first
                    }
                } else {
                    first
                }
            }
        }
    }

    pub(super) fn close_clock(&self, first: Clock, end: usize, between: bool) -> Read<Time> {
        let s = self.symbols;
        let joins = if between {
            s.any(end, "and to - – y")
        } else {
            s.any(end, "to - – — until through thru") || (self.is_spanish() && s.any(end, "at"))
        };
        if !joins || self.targets.contains(&s.list.get(end)?.first) {
            return None;
        }
        let mut j = s.skip(end + 1, "until about around");
        j = s.skip(s.skip(j, "at"), "the");
        if s.any(j, "ish") || s.unit(j + 1).is_some() && s.number(j).is_some() {
            return None;
        }
        let (second, end) = self.clock(j, Footing::Led)?;
        if self.taken_by_date(j, end) {
            return None;
        }
        let first = self.share_half(first, second);
        let second = if second.zone.is_none() {
            Clock {
                zone: first.zone,
                ..second
            }
        } else {
            second
        };
        Some((Time::Between(first, second), end))
    }
}

const NOT_HOURS: &str = "mg ml mcg kg lbs people times pills tablets percent % degrees kids children yo x mm cm stone miles \
    of euros dollars weekends or-so different other more semanas dias meses anos personas veces \
    pastillas doses appointments visits slots sessions thing things nights";
const HEADS: &str = "room dose number no # type stage option suite covid grade level floor least than last next these \
    those all past other my has have are is";
