//! Working the inbox: tags, assignee, pool, state, acuity, reading, notes, merging and splitting.

use domain::{
    Actor, Change, ConversationId, ConversationState, MessageId, PatientText, PoolId, StaffId,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Effect, Step};
use crate::StoreError;
use crate::error::Refusal;
use crate::marks::Mark;
use crate::message;
use crate::sql::{
    CONVERSATIONS, Id, MESSAGES, NOTE, POOLS, STAFF, TAGS, acuity_number, acuity_of, find, get,
    state_number, state_of, uuid_of,
};
use crate::work::Work;

pub(super) fn apply(work: &mut Work<'_>, change: &Change, by: Actor) -> Result<Effect, StoreError> {
    match change {
        Change::TagAdded { conversation, tag } => {
            let row = get_here(work, *conversation)?;
            let tag_row = get(work.tx, TAGS, tag.as_uuid())?;
            work.touch(row)?;
            let changed = work.tx.execute(
                "INSERT OR IGNORE INTO conversation_tags (tag, conversation) VALUES (?1, ?2)",
                [tag_row, row],
            )?;
            let undo = Change::TagTaken {
                conversation: *conversation,
                tag: *tag,
            };
            Ok(effect(changed > 0, undo, change).about(row))
        }
        Change::TagTaken { conversation, tag } => {
            let row = get_here(work, *conversation)?;
            let tag_row = get(work.tx, TAGS, tag.as_uuid())?;
            work.touch(row)?;
            let changed = work.tx.execute(
                "DELETE FROM conversation_tags WHERE tag = ?1 AND conversation = ?2",
                [tag_row, row],
            )?;
            let undo = Change::TagAdded {
                conversation: *conversation,
                tag: *tag,
            };
            Ok(effect(changed > 0, undo, change).about(row))
        }
        Change::Assigned {
            conversation,
            staff,
        } => {
            let row = get_here(work, *conversation)?;
            let new = match staff {
                Some(staff) => Some(get(work.tx, STAFF, staff.as_uuid())?),
                None => None,
            };
            let old: Option<i64> = column(work.tx, row, "assignee")?;
            work.touch(row)?;
            set(work, row, "assignee", new)?;
            let before = match old {
                Some(old) => Some(StaffId::from_uuid(uuid_of(work.tx, STAFF, old)?)),
                None => None,
            };
            let undo = Change::Assigned {
                conversation: *conversation,
                staff: before,
            };
            Ok(effect(old != new, undo, change).about(row))
        }
        Change::Pooled { conversation, pool } => {
            let row = get_here(work, *conversation)?;
            let new = get(work.tx, POOLS, pool.as_uuid())?;
            let old: i64 = column(work.tx, row, "pool")?;
            work.touch(row)?;
            set(work, row, "pool", new)?;
            let undo = Change::Pooled {
                conversation: *conversation,
                pool: PoolId::from_uuid(uuid_of(work.tx, POOLS, old)?),
            };
            Ok(effect(old != new, undo, change).about(row))
        }
        Change::StateSet {
            conversation,
            state,
        } => {
            let row = get_here(work, *conversation)?;
            let before = state_now(work.tx, row)?;
            set_state(work, row, *state)?;
            let undo = Change::StateSet {
                conversation: *conversation,
                state: before,
            };
            Ok(effect(before != *state, undo, change).about(row))
        }
        Change::AcuitySet {
            conversation,
            acuity,
            reason,
        } => {
            let row = get_here(work, *conversation)?;
            let (old, old_reason): (i64, String) = work.tx.query_row(
                "SELECT acuity, acuity_reason FROM conversations WHERE id = ?1",
                [row],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let new = acuity_number(*acuity);
            work.touch(row)?;
            work.tx.execute(
                "UPDATE conversations SET acuity = ?2, acuity_reason = ?3 WHERE id = ?1",
                params![row, new, reason.reveal()],
            )?;
            let changed = old != new || old_reason != reason.reveal();
            let undo = Change::AcuitySet {
                conversation: *conversation,
                acuity: acuity_of(old),
                reason: PatientText::from(old_reason),
            };
            Ok(effect(changed, undo, change).about(row))
        }
        Change::ReadSet { conversation, read } => {
            let row = get_here(work, *conversation)?;
            let changed = set_read(work, row, *read)?;
            let undo = Change::ReadSet {
                conversation: *conversation,
                read: !read,
            };
            Ok(effect(changed, undo, change).about(row))
        }
        Change::ConversationsMerged { into, from } => merge(work, change, *into, *from),
        Change::ConversationSplit {
            from,
            into,
            messages,
        } => split(work, change, *from, *into, messages),
        Change::NoteAdded {
            conversation,
            note,
            text,
            mentions,
        } => {
            let row = get_here(work, *conversation)?;
            if text.text().reveal().trim().is_empty() {
                return Err(Refusal::Empty.into());
            }
            if find(work.tx, MESSAGES, note.as_uuid())?.is_some() {
                return Err(Refusal::IdTaken.into());
            }
            work.touch(row)?;
            let mut staff = Vec::new();
            for mention in mentions {
                get(work.tx, STAFF, mention.as_uuid())?;
                staff.push(mention.to_string());
            }
            let message = insert_own(work, row, *note, NOTE, "", "", text.text().reveal(), by)?;
            if !staff.is_empty() {
                let json = serde_json::to_string(&staff)?;
                message::put_extra(work.tx, message, "mentions", json)?;
            }
            message::reindex(work.tx, message)?;
            work.tx.execute(
                "UPDATE conversations SET notes = notes + 1 WHERE id = ?1",
                [row],
            )?;
            crate::draft::clear_row(work, row, Some("note"))?;
            Ok(Effect::lasting().about(row))
        }
        _ => Err(Refusal::NotACommand.into()),
    }
}

fn effect(changed: bool, undo: Change, change: &Change) -> Effect {
    if changed {
        Effect::undone_by(undo, change)
    } else {
        Effect::none()
    }
}

/// The row of a conversation, merged or not.
pub(crate) fn get_any(conn: &Connection, id: ConversationId) -> Result<i64, StoreError> {
    get(conn, CONVERSATIONS, id.as_uuid())
}

/// The row of a conversation that is still one of its own.
fn get_here(work: &Work<'_>, id: ConversationId) -> Result<i64, StoreError> {
    let row = get_any(work.tx, id)?;
    match column::<Option<i64>>(work.tx, row, "merged_into")? {
        Some(_) => Err(Refusal::Merged.into()),
        None => Ok(row),
    }
}

fn column<T: rusqlite::types::FromSql>(
    conn: &Connection,
    row: i64,
    name: &'static str,
) -> Result<T, StoreError> {
    let sql = format!("SELECT {name} FROM conversations WHERE id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([row], |row| row.get(0))?)
}

fn set(
    work: &Work<'_>,
    row: i64,
    name: &'static str,
    value: impl rusqlite::ToSql,
) -> Result<(), StoreError> {
    let sql = format!("UPDATE conversations SET {name} = ?2 WHERE id = ?1");
    work.tx.prepare_cached(&sql)?.execute(params![row, value])?;
    Ok(())
}

pub(crate) fn state_now(conn: &Connection, row: i64) -> Result<ConversationState, StoreError> {
    Ok(conn
        .prepare_cached("SELECT state, snoozed_until FROM conversations WHERE id = ?1")?
        .query_row([row], |row| Ok(state_of(row.get(0)?, row.get(1)?)))?)
}

/// Sets the state. Closing, or handing the turn to the contact, also settles what they have written so
/// far: they wait only for what comes after it. Taking that back brings the waiting back.
pub(crate) fn set_state(
    work: &mut Work<'_>,
    row: i64,
    state: ConversationState,
) -> Result<(), StoreError> {
    const fn settled(state: ConversationState) -> bool {
        matches!(
            state,
            ConversationState::Closed | ConversationState::Waiting
        )
    }
    let before = state_now(work.tx, row)?;
    if before == state {
        return Ok(());
    }
    work.touch(row)?;
    let (number, until) = state_number(state);
    work.tx
        .prepare_cached("UPDATE conversations SET state = ?2, snoozed_until = ?3 WHERE id = ?1")?
        .execute(params![row, number, until])?;
    let sql = match (settled(before), settled(state)) {
        (false, true) => {
            "UPDATE conversations SET settled_before = settled_at, settled_at = last_inbound_at
             WHERE id = ?1"
        }
        (true, false) => {
            "UPDATE conversations SET settled_at = settled_before, settled_before = NULL
             WHERE id = ?1"
        }
        _ => return Ok(()),
    };
    work.tx.prepare_cached(sql)?.execute([row])?;
    message::refresh_waiting(work.tx, row)
}

fn set_read(work: &mut Work<'_>, row: i64, read: bool) -> Result<bool, StoreError> {
    work.touch(row)?;
    let sql = if read {
        "UPDATE messages SET unread = 0 WHERE conversation = ?1 AND unread = 1 RETURNING id"
    } else {
        "UPDATE messages SET unread = 1 WHERE unread = 0 AND id =
           (SELECT id FROM messages WHERE conversation = ?1 AND kind = 0
            ORDER BY at DESC, id DESC LIMIT 1) RETURNING id"
    };
    let changed = work
        .tx
        .prepare_cached(sql)?
        .query_map([row], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mark = if read { Mark::Seen } else { Mark::Unseen };
    for message in &changed {
        crate::marks::want(work.tx, *message, mark)?;
    }
    work.tx.execute(
        "UPDATE conversations AS c SET unread =
           (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.unread = 1)
         WHERE c.id = ?1",
        [row],
    )?;
    Ok(!changed.is_empty())
}

/// Writes a message that staff made here: a note or a reply. The caller indexes it.
#[allow(clippy::too_many_arguments, reason = "one row, named columns")]
pub(super) fn insert_own(
    work: &Work<'_>,
    conversation: i64,
    id: MessageId,
    kind: i64,
    network_id: &str,
    subject: &str,
    text: &str,
    by: Actor,
) -> Result<i64, StoreError> {
    let staff = match by {
        Actor::Staff { id } => Some(get(work.tx, STAFF, id.as_uuid())?),
        Actor::Machine => None,
    };
    let message = message::next_row(work.tx, work.now)?;
    work.tx
        .prepare_cached(
            "INSERT INTO messages
               (id, uuid, conversation, kind, at, received_at, staff, network_id, subject)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            message,
            Id(*id.as_uuid()),
            conversation,
            kind,
            work.now.millis(),
            staff,
            network_id,
            subject,
        ])?;
    work.tx
        .prepare_cached("INSERT INTO bodies (message, text) VALUES (?1, ?2)")?
        .execute(params![message, text])?;
    Ok(message)
}

fn merge(
    work: &mut Work<'_>,
    change: &Change,
    into: ConversationId,
    from: ConversationId,
) -> Result<Effect, StoreError> {
    let into_row = get_here(work, into)?;
    let from_row = get_any(work.tx, from)?;
    let merged: Option<i64> = column(work.tx, from_row, "merged_into")?;
    if merged == Some(into_row) {
        return Ok(Effect::none());
    }
    if merged.is_some() {
        return Err(Refusal::Merged.into());
    }
    let same: bool = work.tx.query_row(
        "SELECT a.account = b.account AND a.contact = b.contact AND a.channel = b.channel AND a.id <> b.id
         FROM conversations a, conversations b WHERE a.id = ?1 AND b.id = ?2",
        [into_row, from_row],
        |row| row.get(0),
    )?;
    if !same {
        return Err(Refusal::CannotMerge.into());
    }
    work.touch(into_row)?;
    work.touch(from_row)?;
    let moved = work
        .tx
        .prepare("SELECT uuid FROM messages WHERE conversation = ?1 ORDER BY at, id")?
        .query_map([from_row], |row| {
            Ok(MessageId::from_uuid(row.get::<_, Id>(0)?.0))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    work.tx.execute(
        "UPDATE messages SET conversation = ?2 WHERE conversation = ?1",
        [from_row, into_row],
    )?;
    set(work, from_row, "merged_into", into_row)?;
    message::refresh(work.tx, into_row)?;
    message::refresh(work.tx, from_row)?;
    let undo = Change::ConversationSplit {
        from: into,
        into: from,
        messages: moved,
    };
    Ok(Effect::undone_by(undo, change)
        .about(into_row)
        .about(from_row))
}

fn split(
    work: &mut Work<'_>,
    change: &Change,
    from: ConversationId,
    into: ConversationId,
    messages: &[MessageId],
) -> Result<Effect, StoreError> {
    let from_row = get_here(work, from)?;
    let rows = messages
        .iter()
        .map(|id| get(work.tx, MESSAGES, id.as_uuid()))
        .collect::<Result<Vec<_>, _>>()?;
    let existing = find(work.tx, CONVERSATIONS, into.as_uuid())?;
    if let Some(into_row) = existing {
        let merged: Option<i64> = column(work.tx, into_row, "merged_into")?;
        if merged.is_none() {
            return if all_in(work, &rows, into_row)? {
                Ok(Effect::none())
            } else {
                Err(Refusal::IdTaken.into())
            };
        }
        if merged != Some(from_row) {
            return Err(Refusal::CannotSplit.into());
        }
    }
    let total: i64 = work.tx.query_row(
        "SELECT count(*) FROM messages WHERE conversation = ?1 AND kind IN (0, 1)",
        [from_row],
        |row| row.get(0),
    )?;
    // A merge may be taken back whole; a split by hand must leave something on both sides.
    let whole = existing.is_none() && (rows.is_empty() || rows.len() as i64 >= total);
    if whole || !all_in(work, &rows, from_row)? {
        return Err(Refusal::CannotSplit.into());
    }
    work.touch(from_row)?;
    let into_row = match existing {
        Some(row) => {
            work.touch(row)?;
            set(work, row, "merged_into", None::<i64>)?;
            row
        }
        None => branch_off(work, from_row, into, rows.first().copied())?,
    };
    let mut keys = work
        .tx
        .prepare_cached("UPDATE messages SET conversation = ?2 WHERE id = ?1")?;
    for row in &rows {
        keys.execute([*row, into_row])?;
    }
    drop(keys);
    for row in &rows {
        crate::ingest::thread::rehome(work.tx, *row, into_row)?;
    }
    message::refresh(work.tx, from_row)?;
    message::refresh(work.tx, into_row)?;
    let undo = Change::ConversationsMerged {
        into: from,
        from: into,
    };
    Ok(Effect {
        changed: true,
        steps: vec![Step {
            undo,
            guard: Some(change.clone()),
            optional: false,
        }],
        conversations: vec![from_row, into_row],
        undoable: true,
    })
}

fn all_in(work: &Work<'_>, rows: &[i64], conversation: i64) -> Result<bool, StoreError> {
    let mut ask = work
        .tx
        .prepare_cached("SELECT conversation FROM messages WHERE id = ?1")?;
    for row in rows {
        let found: Option<i64> = ask.query_row([*row], |row| row.get(0)).optional()?;
        if found != Some(conversation) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A new conversation like `from`, with the subject of its first message.
fn branch_off(
    work: &mut Work<'_>,
    from: i64,
    into: ConversationId,
    first: Option<i64>,
) -> Result<i64, StoreError> {
    work.tx.execute(
        "INSERT INTO conversations
           (uuid, account, channel, public, contact, handle, subject, state, acuity, acuity_reason,
            pool, assignee, last_at, created_at, continues)
         SELECT ?2, account, channel, public, contact, handle,
                coalesce((SELECT subject FROM messages WHERE id = ?3), subject), state, acuity,
                acuity_reason, pool, assignee, last_at, ?4, id
         FROM conversations WHERE id = ?1",
        params![from, Id(*into.as_uuid()), first, work.now.millis()],
    )?;
    let row = work.tx.last_insert_rowid();
    // A snooze is not inherited: what was split off wants to be looked at.
    work.tx.execute(
        "UPDATE conversations SET state = 0 WHERE id = ?1 AND state = 2",
        [row],
    )?;
    work.made(row, *into.as_uuid());
    Ok(row)
}
