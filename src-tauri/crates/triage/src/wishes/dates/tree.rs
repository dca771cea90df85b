//! What an expression of time says, before anybody asks which day that is.
//!
//! The grammar builds these trees from words alone. Reading them needs a day to count from, a calendar and, for bare
//! weekdays and day numbers, the neighbours; that is [`super::resolve`]'s work.

use chrono::Weekday;

/// Units of counting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Business days.
    WorkDay,
    /// Weeks.
    Week,
    /// Two weeks.
    Fortnight,
    /// Saturday and Sunday.
    Weekend,
    /// Calendar months.
    Month,
    /// Quarters of a year.
    Quarter,
    /// Years.
    Year,
    /// Ten years.
    Decade,
    /// A hundred years.
    Century,
}

/// Which one of the weekdays of that name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// No word beside it.
    Bare,
    /// "this Friday".
    This,
    /// "next Friday", and n − 1 weeks further.
    Next(i32),
    /// "last Friday".
    Last,
    /// "a week on Friday": the bare one and n weeks.
    Plus(i32),
}

/// A stretch inside a longer span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Portion {
    /// Early, the beginning.
    Early,
    /// The middle.
    Middle,
    /// Late, the end.
    Late,
    /// The first half.
    FirstHalf,
    /// The second half.
    SecondHalf,
}

/// What an nth is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// The nth Monday.
    Weekday(Weekday),
    /// The nth day.
    Day,
    /// The nth week.
    Week,
    /// The nth weekend.
    Weekend,
    /// The nth month.
    Month,
    /// The nth quarter.
    Quarter,
}

/// A day, a span of days, or a bound of one.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)] // the fields of the two dates are what their names say
pub enum Day {
    /// n days from the sending day.
    Offset(i64),
    /// A weekday.
    Weekday(Weekday, Which),
    /// A weekday of a week that is named.
    WeekdayIn(Weekday, Box<Day>),
    /// The first such weekday after (or, negative, before) another day; n counts on.
    WeekdayBeside(Weekday, i32, Box<Day>),
    /// The weekday nearest to another day.
    Closest(Weekday, u32, Box<Day>),
    /// A day of the month with its month, perhaps its year, perhaps a weekday beside it.
    Date {
        year: Option<i32>,
        month: u32,
        day: u32,
        weekday: Option<Weekday>,
    },
    /// Two numbers whose order the locale decides.
    Numeric {
        first: u32,
        second: u32,
        year: Option<i32>,
        weekday: Option<Weekday>,
        settled: bool,
    },
    /// A bare day number.
    Number(u32, Option<Weekday>),
    /// A day number in a month that is named otherwise ("the 3rd of next month").
    NumberIn(u32, Box<Day>),
    /// The nth (negative: from the end) of something in a span.
    Nth(i32, Counted, Box<Day>),
    /// The week, weekend, month, quarter or year n from the present one.
    Period(Unit, i32),
    /// A month by name; the year is given, or counted (0 this, 1 next), or free.
    Month(u32, Option<i32>, Option<i32>),
    /// A year by number.
    Year(i32),
    /// A quarter, perhaps with its year.
    Quarter(u32, Option<Box<Day>>),
    /// A season (0 spring to 3 winter), counted as months are.
    Season(u32, Option<i32>, Option<i32>),
    /// A stretch inside a span.
    Part(Portion, Box<Day>),
    /// The week that holds a day.
    WeekOf(Box<Day>),
    /// The month that holds a day.
    MonthOf(Box<Day>),
    /// n units from another day.
    Shift(i32, Unit, Box<Day>),
    /// n units from the sending day, whole day.
    In(i32, Unit),
    /// Between n and m units from the sending day, one stretch.
    InRange(i32, i32, Unit),
    /// One day on each side.
    Around(Box<Day>),
    /// From one to the other, both included.
    Range(Box<Day>, Box<Day>),
    /// The next n units, from the day after sending.
    Within(i32, Unit),
    /// The n units before the sending day.
    Past(i32, Unit),
    /// What is left of a span after a day in it (the sending day, or an anchor).
    Rest(Unit, Option<Box<Day>>),
    /// From that day on.
    From(Box<Day>),
    /// From the day after it on.
    After(Box<Day>),
    /// Up to the day before it.
    Before(Box<Day>),
    /// Up to and including it.
    By(Box<Day>),
    /// A public holiday, perhaps of a named year.
    Holiday(super::holidays::Holiday, Option<i32>),
    /// The day last spoken of.
    Anchor,
    /// Several days in one expression ("in two or three weeks").
    Either(Vec<Day>),
}

/// The parts of the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Morning.
    Morning,
    /// Around noon.
    Lunch,
    /// Afternoon.
    Afternoon,
    /// Evening.
    Evening,
    /// Night; an evening in a message about an appointment.
    Night,
}

/// How a part of the day is shaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shade {
    /// The whole of it.
    Whole,
    /// Early.
    Early,
    /// In the middle.
    Middle,
    /// Late.
    Late,
}

/// What settles which half of the day an hour is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Half {
    /// Nothing beside the hour.
    Bare,
    /// a.m., p.m. or the 24-hour clock: the minutes are final.
    Fixed,
    /// A part of the day beside it.
    Beside(Part),
}

/// A time on the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// Minutes since midnight, as written.
    pub minute: i32,
    /// What settles the half of the day.
    pub half: Half,
    /// A zone named beside it.
    pub zone: Option<super::zones::Zone>,
    /// Whether minutes were said.
    pub precise: bool,
}

/// A constraint on the time of day.
#[derive(Clone, PartialEq, Debug)]
pub enum Time {
    /// A part of the day.
    Part(Part, Shade),
    /// The first hour after opening.
    First,
    /// The last hour before closing.
    Last,
    /// A point.
    At(Clock),
    /// Half an hour on each side.
    Around(Clock),
    /// From then to closing.
    After(Clock),
    /// From opening to then.
    Before(Clock),
    /// Exactly between.
    Between(Clock, Clock),
    /// The clock time of the appointment that was spoken of.
    Same,
    /// No constraint ("any time", "all day").
    Any,
    /// All of these at once.
    All(Vec<Time>),
    /// One of these.
    Or(Vec<Time>),
}

/// How often something recurs.
#[derive(Clone, PartialEq, Debug)]
pub struct Every {
    /// Every nth.
    pub n: i32,
    /// Of this unit, if not a weekday.
    pub unit: Option<Unit>,
}

/// What was recognised.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// A day or days.
    Day(Day),
    /// A time of day.
    Time(Time),
    /// An exact shift from now, in seconds ("in 15 minutes").
    Moment(i64),
    /// A length of time in a unit.
    Length(f64, Unit),
    /// A recurrence.
    Every(Every),
    /// A zone standing alone.
    Zone(super::zones::Zone),
}

/// Something recognised and the tokens it stands on.
#[derive(Clone, PartialEq, Debug)]
pub struct Element {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub last: usize,
    /// What it says.
    pub what: What,
    /// A plural or a word like "any" that makes it recur.
    pub recurring: bool,
}
