//! How long to wait before trying again.
//!
//! Doubling waits between two bounds, spread by jitter so that a thousand desktops that lost the same
//! server do not return in the same second; a wait that the network asked for (`Retry-After` and its
//! kin) is a floor. The state is a counter; the caller sleeps with [`pause`].

use std::time::Duration;

use rand::Rng;

use crate::connector::Stop;

/// The bounds of a back-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The first wait.
    pub first: Duration,
    /// The longest wait of our own choosing; a wait the network asks for may be longer.
    pub longest: Duration,
}

impl Pace {
    /// For reading: 5 seconds to 10 minutes.
    pub const READING: Self = Self {
        first: Duration::from_secs(5),
        longest: Duration::from_secs(600),
    };
}

/// Counts failures and turns them into waits.
#[derive(Clone, Debug)]
pub struct Backoff {
    pace: Pace,
    failures: u32,
}

impl Backoff {
    /// The longest wait that a network may impose: a day.
    pub const CEILING: Duration = Duration::from_secs(86_400);

    /// Begins with no failure.
    pub const fn new(pace: Pace) -> Self {
        Self { pace, failures: 0 }
    }

    /// How many failures in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Something went well: the next wait is the first again.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// Counts a failure and says how long to wait: at least `asked`, at most a day. Our own wait lies
    /// between half and the whole of the doubled step.
    pub fn next(&mut self, asked: Option<Duration>, rng: &mut impl Rng) -> Duration {
        let step = self
            .pace
            .first
            .saturating_mul(2_u32.saturating_pow(self.failures.min(31)))
            .min(self.pace.longest);
        self.failures = self.failures.saturating_add(1);
        let own = step.mul_f64(rng.random_range(0.5..=1.0));
        match asked {
            // A little later than asked, so that those told the same do not come together.
            Some(asked) => {
                let asked = asked.min(Self::CEILING);
                (asked + asked.mul_f64(rng.random_range(0.0..=0.1))).max(own)
            }
            None => own,
        }
    }
}

/// Sleeps for `wait` unless stopped first; says whether the whole time passed.
pub async fn pause(wait: Duration, stop: &Stop) -> bool {
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;

    proptest! {
        #[test]
        fn waits_stay_within_bounds_and_honour_the_network(
            seed in any::<u64>(), rounds in 1_usize..60, asked in proptest::option::of(0_u64..200_000),
        ) {
            let mut rng = rand::rngs::StdRng::seed_from_u64(seed);
            let mut backoff = Backoff::new(Pace::READING);
            for _ in 0..rounds {
                let asked = asked.map(Duration::from_secs);
                let wait = backoff.next(asked, &mut rng);
                prop_assert!(wait >= Pace::READING.first / 2);
                match asked {
                    None => prop_assert!(wait <= Pace::READING.longest),
                    Some(asked) => prop_assert!(wait >= asked.min(Backoff::CEILING)),
                }
            }
            backoff.reset();
            prop_assert!(backoff.next(None, &mut rng) <= Pace::READING.first);
        }
    }

    #[tokio::test]
    async fn a_stop_ends_a_pause_at_once() {
        let stop = Stop::new();
        stop.cancel();
        assert!(!pause(Duration::from_secs(3_600), &stop).await);
        assert!(pause(Duration::ZERO, &Stop::new()).await);
    }
}
