//! Commands on contacts: naming, stating that two are one person, erasing.

use domain::operation::Change;
use domain::views::ErasureCertificate;

use crate::caller::Caller;
use crate::desk::required;
use crate::error::Result;
use crate::ingest::at_store;
use crate::requests::{Done, EraseContact, MergeContacts, PartContacts, SaveContact};

impl Caller {
    /// Names a contact.
    pub(crate) async fn save_contact(&self, request: SaveContact) -> Result<Done> {
        let name = required(&request.name, "name")?.into();
        self.commit_one(Change::ContactSaved {
            contact: request.contact,
            name,
        })
        .await
    }

    /// States that two contacts are one person.
    pub(crate) async fn merge_contacts(&self, request: MergeContacts) -> Result<Done> {
        self.commit_one(Change::ContactsMerged {
            into: request.into,
            from: request.from,
        })
        .await
    }

    /// Takes such a statement back.
    pub(crate) async fn part_contacts(&self, request: PartContacts) -> Result<Done> {
        self.commit_one(Change::ContactsParted {
            from: request.from,
            contact: request.contact,
        })
        .await
    }

    /// Erases all that is stored of a contact.
    pub(crate) async fn erase_contact(&self, request: EraseContact) -> Result<ErasureCertificate> {
        let (practice, actor, origin) = (self.practice()?, self.actor()?, self.origin);
        at_store(&practice, move |store| {
            store.erase_contact(request.contact, actor, origin)
        })
        .await
    }
}
