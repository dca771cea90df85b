//! The reply guard: what must not leave in a reply.
//!
//! In public, nothing may be said from which another reader learns that the person is or was a patient, nor
//! anything that identifies somebody; agreeing to what the person said themselves counts too. In private,
//! another contact's data, a wrong addressee, an empty field, promises and rudeness are caught. The practice's
//! own phone, address, hours, staff and events, general education and general policy pass.
//!
//! The basis in the United States is 45 CFR 164.514(b)(2) (the eighteen identifiers) and the guidance of the
//! HHS Office for Civil Rights on replies to online reviews.

mod identifiers;
mod names;
mod wording;

use crate::assess::Span;
use serde::{Deserialize, Serialize};

/// Who can read a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Other people can read it.
    #[default]
    Public,
    /// Only the contact can.
    Private,
}

/// What is the practice's own and may be said anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PracticeFacts {
    /// The practice's name.
    pub name: String,
    /// Phone and fax numbers, in any writing.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Street addresses.
    pub addresses: Vec<String>,
    /// Names of staff members and clinicians.
    pub staff: Vec<String>,
}

/// A reply about to leave.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// Who can read it.
    pub visibility: Visibility,
    /// The channel's name.
    pub channel: &'a str,
    /// What the contact wrote; empty when unknown.
    pub inbound: &'a str,
    /// The contact's name as shown by the network; empty when unknown.
    pub contact_name: &'a str,
    /// Names of other contacts of the practice.
    pub other_known_contacts: &'a [String],
    /// The text about to leave.
    pub reply: &'a str,
    /// What is the practice's own.
    pub practice: &'a PracticeFacts,
}

/// Whether the reply may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing found.
    Pass,
    /// A person should look again.
    Warn,
    /// It must not leave like this.
    Block,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The name of the contact or of somebody they wrote about.
    Name,
    /// A date of birth or an age that identifies.
    BirthDate,
    /// A phone number that is not the practice's.
    Phone,
    /// An e-mail address that is not the practice's.
    Email,
    /// A street address that is not the practice's.
    Address,
    /// A medical record, chart or account number.
    RecordNumber,
    /// A member, policy or group number.
    InsuranceNumber,
    /// A social security number, or part of one.
    Ssn,
    /// A date tied to a person's care.
    DateOfCare,
    /// Something clinical about the person.
    ClinicalDetail,
    /// Words from which the reader learns that the person is or was a patient.
    PatientDisclosure,
    /// Data of another contact.
    OtherContact,
    /// Addressed to somebody else.
    WrongRecipient,
    /// A promise of a diagnosis or cure.
    DiagnosisPromise,
    /// Wording a practice would regret.
    Unprofessional,
    /// A placeholder that was never filled.
    EmptyField,
}

/// What to do about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// Take the words out.
    Remove,
    /// Replace with an approved public-safe text.
    Rewrite,
    /// Answer neutrally in public and go on in private.
    MoveToPrivate,
    /// Fill the field.
    Fill,
    /// Check to whom this goes.
    CheckRecipient,
}

/// One thing found in a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Where, as bytes of the reply, on character boundaries.
    pub span: Span,
    /// The words.
    pub text: String,
    /// The mend to offer first.
    pub mend: Mend,
}

/// What the guard says of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded {
    /// Whether it may leave.
    pub verdict: Verdict,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
}

impl FindingKind {
    fn mend(self) -> Mend {
        match self {
            FindingKind::EmptyField => Mend::Fill,
            FindingKind::WrongRecipient | FindingKind::OtherContact => Mend::CheckRecipient,
            FindingKind::ClinicalDetail
            | FindingKind::PatientDisclosure
            | FindingKind::DateOfCare => Mend::MoveToPrivate,
            FindingKind::DiagnosisPromise | FindingKind::Unprofessional => Mend::Rewrite,
            _ => Mend::Remove,
        }
    }

    /// How grave it is where it stands.
    fn verdict(self, visibility: Visibility) -> Verdict {
        match (self, visibility) {
            (
                FindingKind::EmptyField | FindingKind::OtherContact | FindingKind::WrongRecipient,
                _,
            ) => Verdict::Block,
            (FindingKind::DiagnosisPromise | FindingKind::Unprofessional, _)
            | (_, Visibility::Private) => Verdict::Warn,
            (_, Visibility::Public) => Verdict::Block,
        }
    }
}

/// Collects findings; several rules may find the same words.
#[derive(Default)]
struct Findings(Vec<(FindingKind, Span)>);

impl Findings {
    fn add(&mut self, kind: FindingKind, span: Span) {
        let covered = self
            .0
            .iter()
            .any(|(k, s)| *k == kind && s.start <= span.start && s.end >= span.end);
        if !covered && span.start < span.end {
            self.0
                .retain(|(k, s)| !(*k == kind && span.start <= s.start && span.end >= s.end));
            self.0.push((kind, span));
        }
    }
}

/// Checks one reply. Deterministic; fast enough for every keystroke.
pub fn guard(reply: &Reply<'_>) -> Guarded {
    let mut found = Findings::default();
    let public = reply.visibility == Visibility::Public;
    identifiers::empty_fields(reply.reply, &mut found);
    names::find(reply, &mut found);
    wording::find(reply, &mut found);
    identifiers::find(reply, &mut found);
    let mut findings: Vec<Finding> = found
        .0
        .into_iter()
        .filter(|(kind, _)| {
            public
                || matches!(
                    kind,
                    FindingKind::EmptyField
                        | FindingKind::OtherContact
                        | FindingKind::WrongRecipient
                        | FindingKind::DiagnosisPromise
                        | FindingKind::Unprofessional
                        | FindingKind::Ssn
                )
        })
        .map(|(kind, span)| Finding {
            kind,
            text: crate::text::slice(reply.reply, span.start, span.end).to_owned(),
            mend: kind.mend(),
            span,
        })
        .collect();
    findings.sort_by_key(|f| (f.span.start, f.kind));
    let verdict = findings
        .iter()
        .map(|f| f.kind.verdict(reply.visibility))
        .max()
        .unwrap_or(Verdict::Pass);
    Guarded { verdict, findings }
}
