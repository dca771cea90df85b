//! When mails were sent: as the texts say before the epoch, but the practice answers in its opening hours.
//!
//! Nobody knows at which hour a demo starts, and a front desk that answers at four in the morning
//! would look wrong. So the part of a conversation that holds the practice's answers moves back by
//! whole hours until they fall into opening hours; what a patient wrote much later stays.

use chrono::{DateTime, Datelike, Duration, Timelike, Utc, Weekday};

use super::chance;
use super::letter::local;

/// A later mail of the patient than this does not move with the answer before it.
const BELONGS: Duration = Duration::hours(24);

/// When the mails of a conversation were sent: `mails` are (time before the epoch, from the practice).
pub(super) fn sent_at(
    epoch: DateTime<Utc>,
    mails: &[(Duration, bool)],
    words: &str,
) -> Vec<DateTime<Utc>> {
    // Nobody writes on the minute.
    let jitter = |number: usize| {
        let lot = chance(13, &[words, &number.to_string()]);
        Duration::seconds((lot % 240) as i64)
    };
    let planned: Vec<(DateTime<Utc>, bool)> = mails
        .iter()
        .enumerate()
        .map(|(number, (ago, ours))| (epoch - *ago - jitter(number), *ours))
        .collect();
    let back = (0..=24 * 6)
        .map(Duration::hours)
        .min_by_key(|back| {
            planned
                .iter()
                .filter(|(at, ours)| *ours && !open(*at - *back))
                .count()
        })
        .unwrap_or_default();
    let moves = moving(&planned);
    planned
        .into_iter()
        .zip(moves)
        .map(|((at, _), moves)| if moves { at - back } else { at })
        .collect()
}

/// Which mails move: those up to the last answer, and those that follow it closely.
fn moving(planned: &[(DateTime<Utc>, bool)]) -> Vec<bool> {
    let last_answer = planned.iter().rposition(|(_, ours)| *ours);
    let until = last_answer
        .and_then(|at| planned.get(at))
        .map(|(at, _)| *at + BELONGS);
    planned
        .iter()
        .enumerate()
        .map(|(number, (at, _))| {
            last_answer.is_some_and(|answer| number <= answer)
                || until.is_some_and(|until| *at <= until)
        })
        .collect()
}

/// Monday to Friday 8:00 to 17:30, Saturday 9 to 12.
fn open(at: DateTime<Utc>) -> bool {
    let at = local(at);
    let minute = at.hour() * 60 + at.minute();
    match at.weekday() {
        Weekday::Sun => false,
        Weekday::Sat => (540..720).contains(&minute),
        _ => (480..1050).contains(&minute),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_fall_into_opening_hours_and_late_mails_stay() {
        for hour in 0..168 {
            let epoch =
                "2026-05-04T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hour);
            let mails = [(50, false), (48, true), (47, false), (2, false)]
                .map(|(ago, ours)| (Duration::hours(ago), ours));
            let sent = sent_at(epoch, &mails, "x");
            assert!(open(sent[1]), "{}", sent[1]);
            assert!(sent.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(
                sent[3] > epoch - Duration::hours(3),
                "the newest mail stays new"
            );
        }
    }
}
