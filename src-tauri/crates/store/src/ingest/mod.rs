//! Storing what a channel brought: items, what happened elsewhere, and the cursor, in one transaction.
//!
//! Fetching twice stores once. An item is known by the network's name for it, else by its own id
//! together with its fingerprint; never by its content alone, because "ok" twice is two messages.

mod conversations;
mod elsewhere;
mod item;
pub(crate) use item::{automatic_of, protection_of};
mod thanks;
pub(crate) mod thread;

use domain::inbound::{Cursor, Item, RemoteChange};
use domain::{
    AccountId, Acuity, ContactId, ConversationId, Direction, MessageId, PatientText, Timestamp,
};
use rusqlite::params;

use crate::StoreError;
use crate::blob::Staged;
use crate::sql::{ACCOUNTS, get};
use crate::work::Work;

/// How fresh what arrives is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IngestMode {
    /// It has just arrived.
    Live,
    /// A first fetch, or one after a long time: what arrived before `open_since` is stored as read and
    /// closed.
    CatchUp {
        /// From this instant on it counts as live.
        open_since: Timestamp,
    },
    /// Old mail from a file: read, closed, nothing reopened.
    Import,
}

/// What one fetch brought.
pub(crate) struct Delivery {
    pub account: AccountId,
    pub mode: IngestMode,
    pub changes: Vec<RemoteChange>,
    pub cursor: Option<Cursor>,
    pub complete: bool,
}

/// An item with what triage found in it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The item.
    pub item: Item,
    /// What triage found; `None` where no rule is run.
    pub findings: Option<Findings>,
}

impl From<Item> for Arrival {
    fn from(item: Item) -> Self {
        Self {
            item,
            findings: None,
        }
    }
}

/// What triage found in a message.
#[derive(Clone, Debug)]
pub struct Findings {
    /// Its urgency. The conversation's is raised to it, never lowered.
    pub acuity: Acuity,
    /// Why, in words for staff.
    pub reason: PatientText,
    /// Spans and reasons, as the screen wants them.
    pub detail: serde_json::Value,
}

/// What became of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Items stored.
    pub stored: u32,
    /// Items that were known already.
    pub known: u32,
    /// What was stored, in the order of dates.
    pub items: Vec<StoredItem>,
    /// What changed; every listener has been told.
    pub events: Vec<domain::views::Event>,
}

/// An item that was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredItem {
    /// The message it became.
    pub message: MessageId,
    /// Where.
    pub conversation: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// Which way it went.
    pub direction: Direction,
    /// It opened a conversation.
    pub opened: bool,
    /// It brought back a conversation that was waiting, snoozed or closed.
    pub reopened: bool,
}

/// An arrival with its files sealed.
pub(crate) struct Ready {
    pub arrival: Arrival,
    /// One for each of the item's attachments.
    pub files: Vec<Option<Staged>>,
}

/// A delivery in work.
pub(crate) struct Ingest<'w, 't> {
    pub work: &'w mut Work<'t>,
    pub account: i64,
    pub mode: IngestMode,
    pub first_pool: i64,
    pub open: conversations::Open,
    pub handles: std::collections::HashMap<(domain::Channel, String), item::Known>,
    pub out: Ingested,
}

/// Stores a delivery.
pub(crate) fn ingest(
    work: &mut Work<'_>,
    delivery: Delivery,
    mut ready: Vec<Ready>,
) -> Result<Ingested, StoreError> {
    let account = get(work.tx, ACCOUNTS, delivery.account.as_uuid())?;
    let first_pool = crate::commit::practice::first_pool(work.tx, 0)?;
    // Oldest first: so rows grow, and what is answered stands before its answer.
    ready.sort_by(|a, b| {
        let (a, b) = (&a.arrival.item, &b.arrival.item);
        (a.sent_at, a.received_at, &a.remote_id).cmp(&(b.sent_at, b.received_at, &b.remote_id))
    });
    let mut ingest = Ingest {
        work,
        account,
        mode: delivery.mode,
        first_pool,
        open: conversations::Open::default(),
        handles: std::collections::HashMap::new(),
        out: Ingested::default(),
    };
    for one in ready {
        crate::fault::point("ingest.item")?;
        ingest.item(one)?;
    }
    for change in &delivery.changes {
        ingest.elsewhere(change)?;
    }
    ingest.close_all()?;
    let out = ingest.out;
    crate::fault::point("ingest.cursor")?;
    progress(work, account, &delivery)?;
    work.events.account(*delivery.account.as_uuid());
    Ok(out)
}

fn progress(work: &Work<'_>, account: i64, delivery: &Delivery) -> Result<(), StoreError> {
    if let Some(Cursor(cursor)) = &delivery.cursor {
        work.tx
            .prepare_cached("UPDATE accounts SET cursor = ?2 WHERE id = ?1")?
            .execute(params![account, cursor])?;
    }
    if delivery.complete {
        work.tx
            .prepare_cached("UPDATE accounts SET complete = 1 WHERE id = ?1")?
            .execute([account])?;
    }
    Ok(())
}
