//! Instants and clocks.
//!
//! Nothing in Anteroom asks the operating system for the time on its own: a [`Clock`] is passed in,
//! so that tests own the time and a clock that jumps can be tried. Operations carry a [`Hybrid`]
//! time, which never steps back even when the wall clock does, so that the last writer of a field is
//! the same on every desktop.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::DeviceId;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ts_rs::TS,
)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant that lies `millis` milliseconds after 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This instant moved by `millis` milliseconds (negative: earlier), saturating.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// As a `chrono` value; instants out of its range become 1970.
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// RFC 3339 in UTC, to the second.
    pub fn to_rfc3339(self) -> String {
        self.to_datetime()
            .to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(value: DateTime<Utc>) -> Self {
        Self(value.timestamp_millis())
    }
}

/// Whoever tells the time.
pub trait Clock: Send + Sync {
    /// The present instant by the wall clock. It may step back.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::from(Utc::now())
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `at`.
    pub const fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.millis()))
    }

    /// Moves the clock by `millis`, backwards if negative.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.millis(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A hybrid logical time: wall milliseconds, a counter for ties, and the device that took it.
///
/// The order is total, and agrees on every device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hybrid {
    /// Milliseconds since 1970, never smaller than in any time seen before.
    pub wall: i64,
    /// Tells apart times within one millisecond.
    pub counter: u32,
    /// Who took it.
    pub device: DeviceId,
}

/// Takes hybrid times that never step back.
///
/// A received time from a device whose clock runs ahead by more than [`HybridClock::MAX_AHEAD_MS`]
/// is clamped, so that one wrong clock cannot carry the whole practice into the future.
#[derive(Debug)]
pub struct HybridClock {
    device: DeviceId,
    last: Mutex<(i64, u32)>,
}

impl HybridClock {
    /// How far ahead of the local wall clock a received time may be: one hour.
    pub const MAX_AHEAD_MS: i64 = 3_600_000;

    /// A clock that continues after the last time this device stored.
    pub fn resume(device: DeviceId, last: Option<Hybrid>) -> Self {
        let last = last.map_or((0, 0), |time| (time.wall, time.counter));
        Self {
            device,
            last: Mutex::new(last),
        }
    }

    /// The device that takes times here.
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// A time after every time taken or seen before.
    pub fn tick(&self, now: Timestamp) -> Hybrid {
        let mut last = self.lock();
        *last = if now.millis() > last.0 {
            (now.millis(), 0)
        } else {
            next(*last)
        };
        Hybrid {
            wall: last.0,
            counter: last.1,
            device: self.device,
        }
    }

    /// Takes note of a time from elsewhere, so that the next [`tick`](Self::tick) comes after it.
    pub fn observe(&self, now: Timestamp, seen: Hybrid) {
        let ceiling = now.millis().saturating_add(Self::MAX_AHEAD_MS);
        let seen = (seen.wall.min(ceiling), seen.counter);
        let mut last = self.lock();
        *last = (*last).max(seen);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (i64, u32)> {
        self.last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn next((wall, counter): (i64, u32)) -> (i64, u32) {
    counter
        .checked_add(1)
        .map_or((wall.saturating_add(1), 0), |counter| (wall, counter))
}
