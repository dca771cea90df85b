//! How urgent a message is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Clinical urgency. The order is by danger: `Emergency` is the greatest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Acuity {
    /// No clinical content.
    #[default]
    Administrative,
    /// Clinical; an answer within two working days.
    Routine,
    /// A clinician looks today.
    SameDay,
    /// Emergency services or the emergency department, now.
    Emergency,
}

impl fmt::Display for Acuity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Acuity::Administrative => "administrative",
            Acuity::Routine => "routine",
            Acuity::SameDay => "same_day",
            Acuity::Emergency => "emergency",
        })
    }
}
