//! Staff members, roles, contacts and their handles.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{ContactId, StaffId};
use crate::text::PatientText;

/// What a staff member does in the practice; decides what they may do here ([`crate::rights`]).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Triage, tags, canned responses, appointment requests.
    FrontDesk,
    /// Answers, hands over, puts clinical questions.
    Nurse,
    /// Answers clinical questions.
    Doctor,
    /// Manages accounts, staff, settings and backups.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [
        Self::FrontDesk,
        Self::Nurse,
        Self::Doctor,
        Self::Administrator,
    ];

    /// The stable word for storage and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FrontDesk => "front_desk",
            Self::Nurse => "nurse",
            Self::Doctor => "doctor",
            Self::Administrator => "administrator",
        }
    }

    /// The role behind a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct StaffMember {
    /// Who.
    pub id: StaffId,
    /// The name colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they still sign in.
    pub active: bool,
}

/// How a contact is known on one network: an e-mail address, a user id.
///
/// `address` is the network's own id in its canonical form: e-mail addresses in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
pub struct Handle {
    /// The network.
    pub channel: Channel,
    /// The canonical address or id there.
    pub address: PatientText,
    /// The name shown there, if any.
    pub name: PatientText,
}

impl Handle {
    /// An e-mail handle; the address is folded to lower case, as mail systems treat it in practice.
    pub fn email(address: &str, name: &str) -> Self {
        Self {
            channel: Channel::Email,
            address: PatientText::new(address.trim().to_lowercase()),
            name: PatientText::new(name.trim()),
        }
    }
}

/// A person who writes to the practice. A patient only once a staff member has confirmed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Contact {
    /// Who.
    pub id: ContactId,
    /// The name staff see.
    pub name: PatientText,
    /// How they are known on each network.
    pub handles: Vec<Handle>,
    /// Whether a staff member has confirmed that this is a patient.
    pub patient: bool,
}
