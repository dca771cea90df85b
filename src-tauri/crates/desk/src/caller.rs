//! One window or script behind the door, with the staff member in whose name it works. The commands
//! are written on it, file by file; they are reached through [`Commands`](crate::Commands) only, which
//! decides first whether the staff member may.

use std::sync::Arc;

use domain::operation::{Actor, Origin};
use domain::rights::Right;
use domain::{Role, StaffId, StaffMember};

use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode, Result};
use crate::practice::Practice;

/// Who asks, and from where.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) desk: Arc<Desk>,
    pub(crate) origin: Origin,
    /// The staff member in whose name a script works; a window works as who is signed in.
    on_behalf: Option<StaffId>,
}

impl Caller {
    /// A caller for the staff member who is signed in.
    pub(crate) fn new(desk: Arc<Desk>, origin: Origin) -> Self {
        Self {
            desk,
            origin,
            on_behalf: None,
        }
    }

    /// The same caller in the name of another staff member.
    pub(crate) fn as_staff(&self, staff: StaffId) -> Self {
        Self {
            on_behalf: Some(staff),
            ..self.clone()
        }
    }

    /// The practice, if it is open.
    pub(crate) fn practice(&self) -> Result<Arc<Practice>> {
        self.desk.practice()
    }

    /// The staff member who asks.
    pub(crate) fn me(&self) -> Result<StaffMember> {
        let practice = self.practice()?;
        match self.on_behalf {
            None => Ok(practice.signed_in()),
            Some(id) => practice
                .store
                .staff()?
                .into_iter()
                .find(|member| member.id == id && member.active)
                .ok_or_else(|| CommandError::not_found("staff member")),
        }
    }

    /// The actor for an operation of this caller.
    pub(crate) fn actor(&self) -> Result<Actor> {
        Ok(Actor::Staff { id: self.me()?.id })
    }

    /// Refuses unless the staff member's role has `right`.
    pub(crate) fn require(&self, right: Right) -> Result<()> {
        let me = self.me()?;
        if me.role.may(right) {
            Ok(())
        } else {
            Err(not_allowed(me.role, right))
        }
    }
}

fn not_allowed(role: Role, right: Right) -> CommandError {
    let who = match role {
        Role::FrontDesk => "The front desk",
        Role::Nurse => "A nurse",
        Role::Doctor => "A doctor",
        Role::Administrator => "An administrator",
    };
    let what = match right {
        Right::Read => "read conversations",
        Right::Triage => "sort conversations",
        Right::Note => "write notes",
        Right::ReplyPrivately => "reply to contacts",
        Right::RaiseAcuity => "raise acuity",
        Right::LowerAcuity => "lower acuity; a nurse or doctor can",
        Right::EditContacts => "change contacts",
        Right::EditVocabulary => "change tags, pools and canned responses",
        Right::ManageAccounts => "manage accounts",
        Right::ManageStaff => "manage staff members",
        Right::MoveData => "import, back up or restore",
        Right::Erase => "erase a contact",
        Right::Audit => "read the audit log",
    };
    CommandError::new(
        ErrorCode::NotAllowed,
        format!("{who} may not {what}. Nothing was changed."),
        "Ask a colleague who may, or an administrator to change the role.",
    )
}
