//! The one way in which state changes: a change is checked, logged and applied in one transaction.
//!
//! Applying a change also yields the steps that take it back. A step is guarded by the change whose
//! effect it takes back: when applying that change again would alter something, the field has been
//! changed since, and the step no longer fits. So *is it still as the operation left it* needs no
//! second description of each field.

pub(crate) mod contact;
pub(crate) mod conversation;
pub(crate) mod outbox;
pub(crate) mod practice;
pub(crate) mod undo;

use domain::{Actor, Change, Hybrid, HybridClock, OperationId, Origin};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::StoreError;
use crate::error::Refusal;
use crate::log::{self, Entry};
use crate::work::Work;

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    /// The logged operation; `None` when the change would have altered nothing and was not logged.
    pub operation: Option<OperationId>,
    /// When, in the order that every desktop agrees on.
    pub at: Hybrid,
    /// How many conversations it altered.
    pub changed: u32,
    /// What changed; every listener has been told.
    pub events: Vec<domain::views::Event>,
}

/// One step of taking an operation back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// What takes it back.
    pub undo: Change,
    /// The step fits only while applying this again would alter nothing.
    pub guard: Option<Change>,
    /// When it no longer fits, leave it out instead of refusing the whole.
    pub optional: bool,
}

/// What applying a change did.
#[derive(Default)]
pub(crate) struct Effect {
    /// Whether anything was altered.
    pub changed: bool,
    /// How to take it back, in the order of doing; to be taken back in reverse.
    pub steps: Vec<Step>,
    /// Conversations it is about (rows).
    pub conversations: Vec<i64>,
    /// Whether it can be taken back at all.
    pub undoable: bool,
}

impl Effect {
    /// Nothing was altered.
    pub(crate) fn none() -> Self {
        Self {
            undoable: true,
            ..Self::default()
        }
    }

    /// Altered, and taken back by `undo` while `change` still holds.
    pub(crate) fn undone_by(undo: Change, change: &Change) -> Self {
        Self {
            changed: true,
            steps: vec![Step {
                undo,
                guard: Some(change.clone()),
                optional: false,
            }],
            conversations: Vec::new(),
            undoable: true,
        }
    }

    /// Altered for good.
    pub(crate) fn lasting() -> Self {
        Self {
            changed: true,
            undoable: false,
            ..Self::default()
        }
    }

    /// How many conversations it is about.
    pub(crate) fn altered(&self) -> u32 {
        let mut rows = self.conversations.clone();
        rows.sort_unstable();
        rows.dedup();
        rows.len() as u32
    }

    pub(crate) fn about(mut self, conversation: i64) -> Self {
        self.conversations.push(conversation);
        self
    }
}

/// Applies a change to the tables, without logging it.
pub(crate) fn apply(work: &mut Work<'_>, change: &Change, by: Actor) -> Result<Effect, StoreError> {
    match change {
        Change::PracticeNamed { .. }
        | Change::StaffSaved { .. }
        | Change::AccountSaved { .. }
        | Change::AccountRemoved { .. }
        | Change::PoolSaved { .. }
        | Change::PoolRemoved { .. }
        | Change::TagSaved { .. }
        | Change::TagRemoved { .. }
        | Change::ViewSaved { .. }
        | Change::ViewRemoved { .. }
        | Change::CannedSaved { .. }
        | Change::CannedRemoved { .. }
        | Change::SettingSaved { .. } => practice::apply(work, change),
        Change::TagAdded { .. }
        | Change::TagTaken { .. }
        | Change::Assigned { .. }
        | Change::Pooled { .. }
        | Change::StateSet { .. }
        | Change::AcuitySet { .. }
        | Change::ReadSet { .. }
        | Change::ConversationsMerged { .. }
        | Change::ConversationSplit { .. }
        | Change::NoteAdded { .. } => conversation::apply(work, change, by),
        Change::ReplyQueued { .. }
        | Change::ReplyCancelled { .. }
        | Change::ReplySending { .. }
        | Change::ReplySent { .. }
        | Change::ReplyDeferred { .. }
        | Change::ReplyFailed { .. }
        | Change::ReplyUncertain { .. }
        | Change::ReplyRetried { .. } => outbox::apply(work, change, by),
        Change::ContactSaved { .. }
        | Change::ContactsMerged { .. }
        | Change::ContactsParted { .. } => contact::apply(work, change),
        Change::ConversationViewed { conversation }
        | Change::AttachmentOpened { conversation, .. } => {
            let row = conversation::get_any(work.tx, *conversation)?;
            Ok(Effect::lasting().about(row))
        }
        Change::Searched { .. }
        | Change::BackupMade { .. }
        | Change::Restored { .. }
        | Change::Exported { .. }
        | Change::Imported { .. }
        | Change::SignedIn { .. } => Ok(Effect::lasting()),
        Change::Many { changes } => many(work, changes, by),
        // Erasing and undoing have calls of their own; what is unknown cannot be asked for.
        Change::ContactErased { .. } | Change::Undone { .. } | Change::Unknown => {
            Err(Refusal::NotACommand.into())
        }
    }
}

/// Applies changes in order; all of them or, by the transaction, none.
fn many(work: &mut Work<'_>, changes: &[Change], by: Actor) -> Result<Effect, StoreError> {
    let mut whole = Effect::none();
    for change in changes {
        let part = apply(work, change, by)?;
        whole.changed |= part.changed;
        whole.undoable &= part.undoable;
        whole.steps.extend(part.steps);
        // What was as wanted already did not change.
        if part.changed {
            whole.conversations.extend(part.conversations);
        }
    }
    Ok(whole)
}

/// Applies and logs a change. Gives back its id, or `None` when it altered nothing.
pub(crate) fn commit(
    work: &mut Work<'_>,
    clock: &HybridClock,
    actor: Actor,
    origin: Origin,
    change: &Change,
) -> Result<(Option<OperationId>, Hybrid, u32), StoreError> {
    let at = clock.tick(work.now);
    let effect = apply(work, change, actor)?;
    crate::fault::point("commit.applied")?;
    if !effect.changed {
        return Ok((None, at, 0));
    }
    let id = record(work, at, actor, origin, change, &effect)?;
    Ok((Some(id), at, effect.altered()))
}

/// Logs a change that was applied, with the way back.
pub(crate) fn record(
    work: &Work<'_>,
    at: Hybrid,
    actor: Actor,
    origin: Origin,
    change: &Change,
    effect: &Effect,
) -> Result<OperationId, StoreError> {
    let mut conversations = effect.conversations.clone();
    conversations.sort_unstable();
    conversations.dedup();
    let one = match conversations.as_slice() {
        [one] => Some(uuid(work, *one)?),
        _ => None,
    };
    let id = OperationId::new(work.now);
    let seq = log::append(
        work.tx,
        &Entry {
            id,
            at,
            actor,
            origin,
            change,
            conversation: one,
        },
    )?;
    let mut link = work.tx.prepare_cached(
        "INSERT OR IGNORE INTO operation_conversations (conversation, seq) VALUES (?1, ?2)",
    )?;
    for conversation in conversations {
        link.execute([conversation, seq])?;
    }
    if effect.undoable && !effect.steps.is_empty() {
        work.tx
            .prepare_cached(
                "INSERT INTO operation_inverses (seq, wall, steps) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![
                seq,
                work.now.millis(),
                serde_json::to_string(&effect.steps)?
            ])?;
    }
    Ok(id)
}

fn uuid(work: &Work<'_>, conversation: i64) -> Result<Uuid, StoreError> {
    crate::sql::uuid_of(work.tx, crate::sql::CONVERSATIONS, conversation)
}
