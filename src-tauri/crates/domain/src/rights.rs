//! Who may do what: one table.

use crate::people::Role;

/// What a role may be allowed to do. Every command names the one right it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Read conversations, search, see the timeline.
    Read,
    /// Tag, claim, pool, snooze, close, merge, split.
    Triage,
    /// Write internal notes.
    Note,
    /// Reply to a contact in private.
    ReplyPrivately,
    /// Raise acuity.
    RaiseAcuity,
    /// Lower acuity, with a reason.
    LowerAcuity,
    /// Change contacts and merge them.
    EditContacts,
    /// Make and change tags, pools, shared views and canned responses.
    EditVocabulary,
    /// Connect and disconnect accounts.
    ManageAccounts,
    /// Add staff members and change roles.
    ManageStaff,
    /// Back up, restore, import, export.
    MoveData,
    /// Erase a contact.
    Erase,
    /// Read and verify the audit log.
    Audit,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 13] = [
        Self::Read,
        Self::Triage,
        Self::Note,
        Self::ReplyPrivately,
        Self::RaiseAcuity,
        Self::LowerAcuity,
        Self::EditContacts,
        Self::EditVocabulary,
        Self::ManageAccounts,
        Self::ManageStaff,
        Self::MoveData,
        Self::Erase,
        Self::Audit,
    ];
}

impl Role {
    /// The table of rights.
    pub const fn may(self, right: Right) -> bool {
        match right {
            Right::Read
            | Right::Triage
            | Right::Note
            | Right::ReplyPrivately
            | Right::RaiseAcuity => true,
            Right::LowerAcuity => matches!(self, Self::Nurse | Self::Doctor),
            Right::EditContacts => {
                matches!(self, Self::FrontDesk | Self::Nurse | Self::Administrator)
            }
            Right::EditVocabulary => matches!(self, Self::Nurse | Self::Administrator),
            Right::ManageAccounts
            | Right::ManageStaff
            | Right::MoveData
            | Right::Erase
            | Right::Audit => matches!(self, Self::Administrator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_rights_is_as_reviewed() {
        let mut table = format!("{:<16}", "");
        for role in Role::ALL {
            table += &format!("{:<15}", role.word());
        }
        for right in Right::ALL {
            table += &format!("\n{:<16}", format!("{right:?}"));
            for role in Role::ALL {
                table += &format!("{:<15}", if role.may(right) { "yes" } else { "-" });
            }
        }
        insta::assert_snapshot!(table);
    }
}
