//! Public holidays and well-known days by name, as dates in the practice's country.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Which holidays a country keeps under which name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Country {
    /// United States.
    UnitedStates,
    /// Canada.
    Canada,
    /// Great Britain and Northern Ireland.
    Britain,
    /// Ireland.
    Ireland,
    /// Australia.
    Australia,
    /// New Zealand.
    NewZealand,
    /// Spain.
    Spain,
    /// Mexico.
    Mexico,
    /// Elsewhere.
    Other,
}

impl Country {
    /// By the region of a locale (`en-US`), or the language's first country.
    pub fn of(locale: &str) -> Self {
        match locale
            .rsplit(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase()
            .as_str()
        {
            "US" | "PR" => Self::UnitedStates,
            "CA" => Self::Canada,
            "GB" | "UK" => Self::Britain,
            "IE" => Self::Ireland,
            "AU" => Self::Australia,
            "NZ" => Self::NewZealand,
            "ES" => Self::Spain,
            "MX" => Self::Mexico,
            _ => Self::Other,
        }
    }
}

/// A holiday by its own idea, not yet by its date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names say it
pub enum Holiday {
    NewYear,
    NewYearsEve,
    Epiphany,
    MartinLutherKing,
    AustraliaDay,
    Valentine,
    Presidents,
    StPatrick,
    Anzac,
    AshWednesday,
    PalmSunday,
    GoodFriday,
    HolyThursday,
    Easter,
    EasterMonday,
    Ascension,
    Pentecost,
    WhitMonday,
    MothersDay,
    FathersDay,
    Memorial,
    MayDay,
    LabourDay,
    Juneteenth,
    Independence,
    CanadaDay,
    VictoriaDay,
    SpringBank,
    SummerBank,
    Columbus,
    Halloween,
    AllSaints,
    AllSouls,
    GuyFawkes,
    Veterans,
    Thanksgiving,
    BlackFriday,
    ConstitutionDay,
    Immaculate,
    ChristmasEve,
    Christmas,
    BoxingDay,
    Assumption,
}

/// Grammar words (as the lexicons give them) and what they name.
pub const NAMES: &[(&str, Holiday)] = &[
    ("newyear", Holiday::NewYear),
    ("newyearseve", Holiday::NewYearsEve),
    ("epiphany", Holiday::Epiphany),
    ("mlkday", Holiday::MartinLutherKing),
    ("australiaday", Holiday::AustraliaDay),
    ("valentine", Holiday::Valentine),
    ("presidentsday", Holiday::Presidents),
    ("stpatrick", Holiday::StPatrick),
    ("anzacday", Holiday::Anzac),
    ("ashwednesday", Holiday::AshWednesday),
    ("palmsunday", Holiday::PalmSunday),
    ("goodfriday", Holiday::GoodFriday),
    ("holythursday", Holiday::HolyThursday),
    ("easter", Holiday::Easter),
    ("eastermonday", Holiday::EasterMonday),
    ("ascension", Holiday::Ascension),
    ("pentecost", Holiday::Pentecost),
    ("whitmonday", Holiday::WhitMonday),
    ("mothersday", Holiday::MothersDay),
    ("fathersday", Holiday::FathersDay),
    ("memorialday", Holiday::Memorial),
    ("mayday", Holiday::MayDay),
    ("laborday", Holiday::LabourDay),
    ("juneteenth", Holiday::Juneteenth),
    ("independenceday", Holiday::Independence),
    ("canadaday", Holiday::CanadaDay),
    ("victoriaday", Holiday::VictoriaDay),
    ("springbank", Holiday::SpringBank),
    ("summerbank", Holiday::SummerBank),
    ("columbusday", Holiday::Columbus),
    ("halloween", Holiday::Halloween),
    ("allsaints", Holiday::AllSaints),
    ("allsouls", Holiday::AllSouls),
    ("guyfawkes", Holiday::GuyFawkes),
    ("veteransday", Holiday::Veterans),
    ("thanksgiving", Holiday::Thanksgiving),
    ("blackfriday", Holiday::BlackFriday),
    ("constitutionday", Holiday::ConstitutionDay),
    ("immaculate", Holiday::Immaculate),
    ("christmaseve", Holiday::ChristmasEve),
    ("christmas", Holiday::Christmas),
    ("boxingday", Holiday::BoxingDay),
    ("assumption", Holiday::Assumption),
];

/// Easter Sunday of a year (the anonymous Gregorian computus).
pub fn easter(year: i32) -> Option<NaiveDate> {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19).rem_euclid(32);
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

fn nth(year: i32, month: u32, weekday: Weekday, n: u8) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(year, month, weekday, n)
}

fn last(year: i32, month: u32, weekday: Weekday) -> Option<NaiveDate> {
    nth(year, month, weekday, 5).or_else(|| nth(year, month, weekday, 4))
}

impl Holiday {
    /// Its date in that country and year.
    pub fn on(self, year: i32, country: Country) -> Option<NaiveDate> {
        use Country as C;
        use Weekday::{Mon, Sun, Thu};
        let fixed = |month, day| NaiveDate::from_ymd_opt(year, month, day);
        let from_easter =
            |days: i64| easter(year)?.checked_add_signed(chrono::TimeDelta::days(days));
        match self {
            Self::NewYear => fixed(1, 1),
            Self::NewYearsEve => fixed(12, 31),
            Self::Epiphany => fixed(1, 6),
            Self::MartinLutherKing => nth(year, 1, Mon, 3),
            Self::AustraliaDay => fixed(1, 26),
            Self::Valentine => fixed(2, 14),
            Self::Presidents => nth(year, 2, Mon, 3),
            Self::StPatrick => fixed(3, 17),
            Self::Anzac => fixed(4, 25),
            Self::AshWednesday => from_easter(-46),
            Self::PalmSunday => from_easter(-7),
            Self::HolyThursday => from_easter(-3),
            Self::GoodFriday => from_easter(-2),
            Self::Easter => from_easter(0),
            Self::EasterMonday => from_easter(1),
            Self::Ascension => from_easter(39),
            Self::Pentecost => from_easter(49),
            Self::WhitMonday => from_easter(50),
            Self::MothersDay => match country {
                C::Britain | C::Ireland => from_easter(-21),
                C::Spain => nth(year, 5, Sun, 1),
                C::Mexico => fixed(5, 10),
                _ => nth(year, 5, Sun, 2),
            },
            Self::FathersDay => match country {
                C::Australia | C::NewZealand => nth(year, 9, Sun, 1),
                C::Spain => fixed(3, 19),
                _ => nth(year, 6, Sun, 3),
            },
            Self::Memorial => last(year, 5, Mon),
            Self::MayDay => match country {
                C::Britain | C::Ireland => nth(year, 5, Mon, 1),
                _ => fixed(5, 1),
            },
            Self::LabourDay => match country {
                C::UnitedStates | C::Canada => nth(year, 9, Mon, 1),
                C::Australia => nth(year, 10, Mon, 1),
                C::NewZealand => nth(year, 10, Mon, 4),
                C::Britain | C::Ireland => nth(year, 5, Mon, 1),
                _ => fixed(5, 1),
            },
            Self::Juneteenth => fixed(6, 19),
            Self::Independence => match country {
                C::Mexico => fixed(9, 16),
                _ => fixed(7, 4),
            },
            Self::CanadaDay => fixed(7, 1),
            Self::VictoriaDay => {
                let mut day = fixed(5, 24)?;
                while day.weekday() != Mon {
                    day = day.checked_sub_days(Days::new(1))?;
                }
                Some(day)
            }
            Self::SpringBank => last(year, 5, Mon),
            Self::SummerBank => match country {
                C::Ireland => nth(year, 8, Mon, 1),
                _ => last(year, 8, Mon),
            },
            Self::Columbus => match country {
                C::Spain | C::Mexico => fixed(10, 12),
                _ => nth(year, 10, Mon, 2),
            },
            Self::Halloween => fixed(10, 31),
            Self::AllSaints => fixed(11, 1),
            Self::AllSouls => fixed(11, 2),
            Self::GuyFawkes => fixed(11, 5),
            Self::Veterans => fixed(11, 11),
            Self::Thanksgiving => match country {
                C::Canada => nth(year, 10, Mon, 2),
                _ => nth(year, 11, Thu, 4),
            },
            Self::BlackFriday => nth(year, 11, Thu, 4)?.succ_opt(),
            Self::ConstitutionDay => match country {
                C::Mexico => fixed(2, 5),
                _ => fixed(12, 6),
            },
            Self::Immaculate => fixed(12, 8),
            Self::ChristmasEve => fixed(12, 24),
            Self::Christmas => fixed(12, 25),
            Self::BoxingDay => fixed(12, 26),
            Self::Assumption => fixed(8, 15),
        }
    }
}
