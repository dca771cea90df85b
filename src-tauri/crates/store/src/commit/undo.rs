//! Taking an operation back.

use domain::{Actor, Change, Hybrid, HybridClock, OperationId, Origin};
use rusqlite::{OptionalExtension, params};

use super::{Effect, Step, apply, record};
use crate::StoreError;
use crate::error::UndoConflict;
use crate::log;
use crate::message::DAY_MS;
use crate::work::Work;

/// For so many days an operation can be taken back.
pub const UNDO_DAYS: i64 = 7;

/// Takes an operation back, if what it changed is still as it left it. The taking back is itself an
/// operation, and can be taken back.
pub(crate) fn undo(
    work: &mut Work<'_>,
    clock: &HybridClock,
    actor: Actor,
    origin: Origin,
    operation: OperationId,
) -> Result<(OperationId, Hybrid, u32), StoreError> {
    let at = clock.tick(work.now);
    let (seq, _) = log::read(work.tx, operation)?.ok_or(StoreError::NotFound("operation"))?;
    let undone: Option<i64> = work.tx.query_row(
        "SELECT undone_by FROM operations WHERE seq = ?1",
        [seq],
        |row| row.get(0),
    )?;
    if undone.is_some() {
        return Err(UndoConflict::AlreadyUndone.into());
    }
    let inverse: Option<(i64, String)> = work
        .tx
        .query_row(
            "SELECT wall, steps FROM operation_inverses WHERE seq = ?1",
            [seq],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((wall, steps)) = inverse else {
        return Err(UndoConflict::NotUndoable.into());
    };
    if work.now.millis().saturating_sub(wall) > UNDO_DAYS * DAY_MS {
        return Err(UndoConflict::TooOld.into());
    }
    let steps: Vec<Step> = serde_json::from_str(&steps)?;
    let mut kept = Vec::with_capacity(steps.len());
    for step in steps.into_iter().rev() {
        if step
            .guard
            .as_ref()
            .is_none_or(|guard| holds(work, guard, actor))
        {
            kept.push(step);
        } else if !step.optional {
            return Err(UndoConflict::ChangedSince.into());
        }
    }
    let mut whole = Effect::none();
    let mut changes = Vec::with_capacity(kept.len());
    for step in kept {
        let part = apply(work, &step.undo, actor).map_err(as_conflict)?;
        whole.steps.extend(part.steps);
        whole.conversations.extend(part.conversations);
        changes.push(step.undo);
    }
    let change = Change::Undone { operation, changes };
    let id = record(work, at, actor, origin, &change, &whole)?;
    // Redoing gives the operation its way back again.
    if let Some((_, original)) = log::read(work.tx, operation)?
        && let Change::Undone {
            operation: first, ..
        } = original.change
    {
        work.tx.execute(
            "UPDATE operations SET undone_by = NULL WHERE uuid = ?1",
            [crate::sql::Id(*first.as_uuid())],
        )?;
    }
    work.tx.execute(
        "UPDATE operations SET undone_by = (SELECT max(seq) FROM operations) WHERE seq = ?1",
        [seq],
    )?;
    Ok((id, at, whole.altered()))
}

/// Whether a change's effect still stands: applying it once more would alter nothing.
fn holds(work: &mut Work<'_>, change: &Change, actor: Actor) -> bool {
    if work.tx.execute_batch("SAVEPOINT still").is_err() {
        return false;
    }
    let unaltered = apply(work, change, actor).is_ok_and(|effect| !effect.changed);
    let back = work
        .tx
        .execute_batch("ROLLBACK TO still; RELEASE still")
        .is_ok();
    unaltered && back
}

/// What a change refuses while it takes something back means that things have moved on.
fn as_conflict(error: StoreError) -> StoreError {
    match error {
        StoreError::Refused(_) | StoreError::NotFound(_) => UndoConflict::ChangedSince.into(),
        other => other,
    }
}

/// Forgets the ways back that are too old to be taken.
pub(crate) fn forget_old(work: &Work<'_>) -> Result<(), StoreError> {
    work.tx.execute(
        "DELETE FROM operation_inverses WHERE wall < ?1",
        params![work.now.millis() - UNDO_DAYS * DAY_MS],
    )?;
    Ok(())
}

/// The newest operation of a staff member that can be taken back.
pub(crate) fn newest(
    conn: &rusqlite::Connection,
    staff: domain::StaffId,
    now: domain::Timestamp,
) -> Result<Option<OperationId>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT o.uuid FROM operation_inverses i JOIN operations o ON o.seq = i.seq
             WHERE o.staff = ?1 AND o.undone_by IS NULL AND o.kind <> 'undone' AND i.wall >= ?2
             ORDER BY i.seq DESC LIMIT 1",
        )?
        .query_row(
            params![
                crate::sql::Id(*staff.as_uuid()),
                now.millis() - UNDO_DAYS * DAY_MS
            ],
            |row| Ok(OperationId::from_uuid(row.get::<_, crate::sql::Id>(0)?.0)),
        )
        .optional()?)
}
