//! What will happen while the simulator runs, and the pace of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::chance;
use super::letter::Letter;
use crate::mail::Shared;

/// How fast the demo lives. At real speed a mail arrives every 20 to 60 seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveSpeed(Option<f64>);

impl LiveSpeed {
    /// Real speed.
    pub const fn real() -> Self {
        Self(Some(1.0))
    }

    /// So many times faster than real (at least a thousandth of it).
    pub fn times(factor: f64) -> Self {
        Self(Some(factor.max(0.001)))
    }

    /// Nothing happens until [`crate::Simulator::step`].
    pub const fn by_hand() -> Self {
        Self(None)
    }
}

/// A letter on its way.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// Where it lands.
    pub(crate) folder: &'static str,
    pub(crate) letter: Letter,
}

/// The arrivals to come, by time since the start.
pub(crate) struct Agenda {
    speed: Option<LiveSpeed>,
    seed: u64,
    due: BTreeMap<(Duration, u64), Arrival>,
    number: u64,
    /// When the last letter of the schedule arrives.
    last: Duration,
}

impl Agenda {
    pub(super) fn new(speed: Option<LiveSpeed>, seed: u64) -> Self {
        Self {
            speed,
            seed,
            due: BTreeMap::new(),
            number: 0,
            last: Duration::ZERO,
        }
    }

    /// Adds to the end of the schedule, 20 to 60 seconds after the one before.
    pub(super) fn add_next(&mut self, arrival: Arrival) {
        let pause = 20 + chance(self.seed, &["pause", &self.number.to_string()]) % 41;
        self.last = self.insert(self.last, Duration::from_secs(pause), arrival);
    }

    /// Adds something that happens `delay` (at real speed) after `now`. Without a pace, nothing ever happens.
    pub(crate) fn add(&mut self, now: Duration, delay: Duration, arrival: Arrival) {
        self.insert(now, delay, arrival);
    }

    fn insert(&mut self, now: Duration, delay: Duration, arrival: Arrival) -> Duration {
        let Some(LiveSpeed(factor)) = self.speed else {
            return now;
        };
        let at = now + delay.div_f64(factor.unwrap_or(1.0));
        self.due.insert((at, self.number), arrival);
        self.number += 1;
        at
    }

    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }

    /// When the next one is due; never, when the pace is by hand.
    fn next_due(&self) -> Option<Duration> {
        self.speed.and_then(|speed| speed.0)?;
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    fn take_due(&mut self, now: Duration) -> Option<Arrival> {
        if self.next_due()? <= now {
            self.take_next()
        } else {
            None
        }
    }

    /// The next one, due or not.
    pub(crate) fn take_next(&mut self) -> Option<Arrival> {
        self.due.pop_first().map(|(_, arrival)| arrival)
    }
}

/// Lets arrivals happen when they are due, until the task is dropped.
pub(crate) async fn live(shared: Arc<Shared>) {
    let mut revision = shared.revision.subscribe();
    loop {
        revision.mark_unchanged();
        let now = shared.elapsed();
        let due = shared.look(|world| world.agenda.next_due());
        match due {
            Some(at) if at <= now => {
                if let Some(arrival) = shared.change(|world| world.agenda.take_due(now)) {
                    shared.arrive(&arrival);
                }
            }
            Some(at) => {
                tokio::select! {
                    () = tokio::time::sleep(at.saturating_sub(now)) => {}
                    changed = revision.changed() => if changed.is_err() { return },
                }
            }
            None => {
                if revision.changed().await.is_err() {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::letter::{Person, Shape};
    use super::*;

    fn arrival() -> Arrival {
        let letter = Letter {
            from: Person::parse("a@b.example"),
            to: vec![Person::practice()],
            subject: String::new(),
            id: "1@b.example".into(),
            references: Vec::new(),
            text: "x".into(),
            shape: Shape::Plain,
            charset: "utf-8".into(),
            attachments: Vec::new(),
            headers: Vec::new(),
            quote: None,
        };
        Arrival {
            folder: "INBOX",
            letter,
        }
    }

    #[test]
    fn at_real_speed_a_mail_comes_every_20_to_60_seconds() {
        let mut agenda = Agenda::new(Some(LiveSpeed::real()), 1);
        for _ in 0..50 {
            agenda.add_next(arrival());
        }
        let mut before = Duration::ZERO;
        while let Some(at) = agenda.next_due() {
            let pause = at.saturating_sub(before).as_secs();
            assert!((20..=60).contains(&pause), "{pause}");
            assert!(
                agenda
                    .take_due(at.saturating_sub(Duration::from_millis(1)))
                    .is_none()
            );
            assert!(agenda.take_due(at).is_some());
            before = at;
        }
    }

    #[test]
    fn pace_is_injected_or_absent() {
        let mut quick = Agenda::new(Some(LiveSpeed::times(60.0)), 1);
        quick.add(Duration::from_secs(5), Duration::from_secs(60), arrival());
        assert_eq!(quick.next_due(), Some(Duration::from_secs(6)));
        let mut by_hand = Agenda::new(Some(LiveSpeed::by_hand()), 1);
        by_hand.add(Duration::ZERO, Duration::from_secs(60), arrival());
        assert!(by_hand.next_due().is_none() && by_hand.take_next().is_some());
        let mut never = Agenda::new(None, 1);
        never.add(Duration::ZERO, Duration::ZERO, arrival());
        assert_eq!(never.len(), 0);
    }
}
