//! Time zones as people name them: "Eastern", "PST", "Honolulu time", "hora de Madrid".

use chrono::{NaiveDateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::wishes::text::among;

use super::symbols::Symbols;

/// A zone by name or by its distance from UTC in minutes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zone {
    /// A place of the zone database.
    Place(Tz),
    /// Minutes east of UTC.
    Offset(i32),
}

/// Words for zones; the database knows the daylight-saving rules, so "EST" in summer is read as the zone people mean.
const NAMES: &[(&str, Tz)] = &[
    ("eastern", Tz::America__New_York),
    ("est", Tz::America__New_York),
    ("edt", Tz::America__New_York),
    ("et", Tz::America__New_York),
    ("central", Tz::America__Chicago),
    ("cst", Tz::America__Chicago),
    ("cdt", Tz::America__Chicago),
    ("ct", Tz::America__Chicago),
    ("mountain", Tz::America__Denver),
    ("mst", Tz::America__Denver),
    ("mdt", Tz::America__Denver),
    ("mt", Tz::America__Denver),
    ("pacific", Tz::America__Los_Angeles),
    ("pst", Tz::America__Los_Angeles),
    ("pdt", Tz::America__Los_Angeles),
    ("pt", Tz::America__Los_Angeles),
    ("alaska", Tz::America__Anchorage),
    ("akst", Tz::America__Anchorage),
    ("akdt", Tz::America__Anchorage),
    ("hawaii", Tz::Pacific__Honolulu),
    ("hawaiian", Tz::Pacific__Honolulu),
    ("hst", Tz::Pacific__Honolulu),
    ("atlantic", Tz::America__Halifax),
    ("ast", Tz::America__Halifax),
    ("adt", Tz::America__Halifax),
    ("newfoundland", Tz::America__St_Johns),
    ("gmt", Tz::Etc__GMT),
    ("utc", Tz::Etc__UTC),
    ("zulu", Tz::Etc__UTC),
    ("bst", Tz::Europe__London),
    ("uk", Tz::Europe__London),
    ("british", Tz::Europe__London),
    ("cet", Tz::Europe__Berlin),
    ("cest", Tz::Europe__Berlin),
    ("eet", Tz::Europe__Athens),
    ("eest", Tz::Europe__Athens),
    ("ist", Tz::Asia__Kolkata),
    ("india", Tz::Asia__Kolkata),
    ("jst", Tz::Asia__Tokyo),
    ("japan", Tz::Asia__Tokyo),
    ("beijing", Tz::Asia__Shanghai),
    ("china", Tz::Asia__Shanghai),
    ("aest", Tz::Australia__Sydney),
    ("aedt", Tz::Australia__Sydney),
    ("awst", Tz::Australia__Perth),
    ("acst", Tz::Australia__Adelaide),
    ("acdt", Tz::Australia__Adelaide),
    ("nzst", Tz::Pacific__Auckland),
    ("nzdt", Tz::Pacific__Auckland),
    ("spain", Tz::Europe__Madrid),
    ("espana", Tz::Europe__Madrid),
    ("mexico", Tz::America__Mexico_City),
    ("argentina", Tz::America__Argentina__Buenos_Aires),
    ("colombia", Tz::America__Bogota),
    ("peru", Tz::America__Lima),
    ("chile", Tz::America__Santiago),
    ("peninsular", Tz::Europe__Madrid),
    ("canarias", Tz::Atlantic__Canary),
    ("este", Tz::America__New_York),
    ("pacifico", Tz::America__Los_Angeles),
    ("centro", Tz::America__Chicago),
    ("montana", Tz::America__Denver),
    ("ireland", Tz::Europe__Dublin),
    ("germany", Tz::Europe__Berlin),
    ("france", Tz::Europe__Paris),
    ("texas", Tz::America__Chicago),
    ("california", Tz::America__Los_Angeles),
    ("florida", Tz::America__New_York),
    ("arizona", Tz::America__Phoenix),
    ("colorado", Tz::America__Denver),
    ("boston", Tz::America__New_York),
    ("miami", Tz::America__New_York),
    ("atlanta", Tz::America__New_York),
    ("seattle", Tz::America__Los_Angeles),
    ("dallas", Tz::America__Chicago),
    ("houston", Tz::America__Chicago),
    ("ny", Tz::America__New_York),
    ("nyc", Tz::America__New_York),
    ("la", Tz::America__Los_Angeles),
];

/// Words that name a zone without the word "time" only if they cannot be anything else.
const ALONE: &str = "eastern est edt et central cst cdt mountain mst mdt pacific pst pdt gmt utc bst cet cest eet eest \
    ist jst aest aedt awst acst acdt nzst nzdt akst akdt hst ast adt ct mt pt zulu";

fn place(words: &str) -> Option<Tz> {
    if let Some((_, zone)) = NAMES.iter().find(|(name, _)| *name == words) {
        return Some(*zone);
    }
    let city = words.replace(' ', "_");
    TZ_VARIANTS
        .iter()
        .find(|zone| {
            zone.name()
                .rsplit('/')
                .next()
                .is_some_and(|last| last.eq_ignore_ascii_case(&city))
        })
        .copied()
}

/// A zone at `at`, which need not say "time"; with the place behind it.
pub fn read(symbols: &Symbols<'_>, at: usize) -> Option<(Zone, usize)> {
    let mut start = at;
    let bracket = symbols.word(start) == "(";
    if bracket {
        start += 1;
    }
    let close = |end: usize| {
        if bracket && symbols.word(end) == ")" {
            end + 1
        } else {
            end
        }
    };
    if symbols.any(start, "hora") {
        let mut from = start + 1;
        while symbols.any(from, "of the del ofthe") {
            from += 1;
        }
        for length in (1..=3).rev() {
            if let Some(zone) = place(&symbols.words(from, from + length)) {
                return Some((Zone::Place(zone), from + length));
            }
        }
        return None;
    }
    if symbols.any(start, "in your my the") && symbols.any(start + 1, "in") {
        start += 1;
    }
    for length in (1..=3).rev() {
        let end = start + length;
        if !symbols.any(end, "time")
            && !(symbols.any(end, "standard daylight summer") && symbols.any(end + 1, "time"))
        {
            continue;
        }
        if let Some(zone) = place(&symbols.words(start, end)) {
            let end = if symbols.any(end, "time") {
                end + 1
            } else {
                end + 2
            };
            return Some((Zone::Place(zone), close(end)));
        }
    }
    let word = symbols.word(start);
    if among(word, ALONE)
        && let Some(zone) = place(word)
    {
        if matches!(word, "gmt" | "utc")
            && symbols.any(start + 1, "+ -")
            && let Some(hours) = symbols.number(start + 2).filter(|h| *h <= 14)
        {
            let sign = if symbols.word(start + 1) == "-" {
                -1
            } else {
                1
            };
            return Some((Zone::Offset(sign * hours as i32 * 60), close(start + 3)));
        }
        return Some((Zone::Place(zone), close(start + 1)));
    }
    None
}

impl Zone {
    /// Minutes east of UTC at that wall-clock time of the zone.
    pub fn offset(self, local: NaiveDateTime) -> i32 {
        match self {
            Self::Offset(minutes) => minutes,
            Self::Place(zone) => offset_at(zone, local),
        }
    }
}

/// Minutes east of UTC of a zone at a wall-clock time; in the gap of a clock change, the offset after it.
pub fn offset_at(zone: Tz, local: NaiveDateTime) -> i32 {
    let found = zone.offset_from_local_datetime(&local);
    let offset = found.earliest().or_else(|| {
        let later = local.checked_add_signed(chrono::TimeDelta::hours(1))?;
        zone.offset_from_local_datetime(&later).earliest()
    });
    offset.map_or(0, |o| o.fix().local_minus_utc() / 60)
}
