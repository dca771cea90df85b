//! Figures, their goals, and what the machine says about this process.
//!
//! Calls that compute on the caller's thread are judged by that thread's processor time, because the
//! clock on the wall also counts what else the machine does; the wall's time is printed beside it.

use std::time::{Duration, Instant};

/// What was asked of a figure.
#[derive(Clone, Copy)]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// Prints figures and counts those that miss their goal.
pub struct Report {
    passed: u32,
    failed: u32,
}

impl Report {
    pub fn new() -> Self {
        println!(
            "{:<58} {:>12} {:>12} {:>12} {:>12}",
            "", "figure", "goal", "floor", "by the wall"
        );
        Self {
            passed: 0,
            failed: 0,
        }
    }

    /// A figure with a goal.
    pub fn gate(&mut self, what: &str, unit: &str, figure: f64, goal: Goal, floor: Option<f64>) {
        self.line(what, unit, figure, Some(goal), floor, None);
    }

    /// A figure without a goal.
    pub fn note(&mut self, what: &str, unit: &str, figure: f64, floor: Option<f64>) {
        self.line(&format!("  {what}"), unit, figure, None, floor, None);
    }

    /// A percentile of calls with a goal in milliseconds of processor time.
    pub fn gate_time(
        &mut self,
        what: &str,
        samples: &Samples,
        percent: usize,
        goal: f64,
        floor: Option<f64>,
    ) {
        let wall = Some(samples.wall(percent));
        self.line(
            what,
            "ms",
            samples.percentile(percent),
            Some(Goal::AtMost(goal)),
            floor,
            wall,
        );
    }

    /// A percentile of calls without a goal.
    pub fn note_time(&mut self, what: &str, samples: &Samples, percent: usize, floor: Option<f64>) {
        let wall = Some(samples.wall(percent));
        self.line(
            &format!("  {what}"),
            "ms",
            samples.percentile(percent),
            None,
            floor,
            wall,
        );
    }

    fn line(
        &mut self,
        what: &str,
        unit: &str,
        figure: f64,
        goal: Option<Goal>,
        floor: Option<f64>,
        wall: Option<f64>,
    ) {
        let (bound, holds) = match goal {
            Some(Goal::AtMost(bound)) => (format!("≤ {}", number(bound)), Some(figure <= bound)),
            Some(Goal::AtLeast(bound)) => (format!("≥ {}", number(bound)), Some(figure >= bound)),
            None => (String::new(), None),
        };
        match holds {
            Some(true) => self.passed += 1,
            Some(false) => self.failed += 1,
            None => {}
        }
        println!(
            "{:<58} {:>12} {bound:>12} {:>12} {:>12}{}",
            format!("{what}, {unit}"),
            number(figure),
            floor.map_or_else(String::new, number),
            wall.map_or_else(String::new, number),
            if holds == Some(false) { "  MISSED" } else { "" },
        );
    }

    /// The last line, and the exit code.
    pub fn close(&self) -> i32 {
        println!("{} passed, {} failed", self.passed, self.failed);
        i32::from(self.failed > 0)
    }
}

fn number(figure: f64) -> String {
    match figure.abs() {
        0.0 => "0".to_owned(),
        small if small < 0.1 => format!("{figure:.3}"),
        small if small < 100.0 => format!("{figure:.2}"),
        _ => format!("{figure:.0}"),
    }
}

/// Times of one kind of call: this thread's processor time, and the wall's.
#[derive(Clone, Default)]
pub struct Samples {
    processor: Vec<Duration>,
    wall: Vec<Duration>,
}

impl Samples {
    pub fn time<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let (wall, processor) = (Instant::now(), thread_time());
        let value = call();
        self.processor.push(thread_time().saturating_sub(processor));
        self.wall.push(wall.elapsed());
        value
    }

    pub fn extend(&mut self, other: &Self) {
        self.processor.extend(&other.processor);
        self.wall.extend(&other.wall);
    }

    /// Of processor time, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        percentile(&self.processor, percent)
    }

    /// Of the wall's time, in milliseconds.
    pub fn wall(&self, percent: usize) -> f64 {
        percentile(&self.wall, percent)
    }

    pub fn len(&self) -> usize {
        self.wall.len()
    }
}

fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((sorted.len() * percent / 100).min(last))
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn thread_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// Processor seconds of this process, all threads, user and system.
pub fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: state is field 3, utime 14 and stime 15, in hundredths.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    ticks as f64 / 100.0
}

/// A line of `/proc/self/status` in MB, such as `VmRSS` or `VmHWM`.
pub fn memory_mb(line: &str) -> f64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|text| text.strip_prefix(line))
        .and_then(|rest| rest.trim_start_matches(':').split_whitespace().next())
        .and_then(|kib| kib.parse::<f64>().ok())
        .map_or(0.0, |kib| kib / 1024.0)
}
