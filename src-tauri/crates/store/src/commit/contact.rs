//! Contacts: names, and merging by hand.

use domain::{Change, ContactId, PatientText};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Effect, Step};
use crate::StoreError;
use crate::error::Refusal;
use crate::message;
use crate::sql::{CONTACTS, get};
use crate::work::Work;

pub(super) fn apply(work: &mut Work<'_>, change: &Change) -> Result<Effect, StoreError> {
    match change {
        Change::ContactSaved { contact, name } => {
            let row = get(work.tx, CONTACTS, contact.as_uuid())?;
            let before: String =
                work.tx
                    .query_row("SELECT name FROM contacts WHERE id = ?1", [row], |row| {
                        row.get(0)
                    })?;
            if before == name.reveal() {
                return Ok(Effect::none());
            }
            let conversations = conversations(work.tx, row)?;
            rewrite(work, &conversations, |work| {
                work.tx.execute(
                    "UPDATE contacts SET name = ?2, named = 1 WHERE id = ?1",
                    params![row, name.reveal()],
                )?;
                Ok(())
            })?;
            work.events.contact(*contact.as_uuid());
            let undo = Change::ContactSaved {
                contact: *contact,
                name: PatientText::from(before),
            };
            let mut effect = Effect::undone_by(undo, change);
            effect.conversations = conversations;
            Ok(effect)
        }
        Change::ContactsMerged { into, from } => merge(work, change, *into, *from),
        Change::ContactsParted { from, contact } => part(work, change, *from, *contact),
        _ => Err(Refusal::NotACommand.into()),
    }
}

fn merged_into(conn: &Connection, row: i64) -> Result<Option<i64>, StoreError> {
    Ok(conn
        .query_row(
            "SELECT merged_into FROM contacts WHERE id = ?1",
            [row],
            |row| row.get(0),
        )
        .optional()?
        .flatten())
}

pub(crate) fn conversations(conn: &Connection, contact: i64) -> Result<Vec<i64>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT id FROM conversations WHERE contact = ?1 ORDER BY id")?
        .query_map([contact], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// Runs a change that alters what the index holds of these conversations' messages.
fn rewrite(
    work: &mut Work<'_>,
    conversations: &[i64],
    change: impl FnOnce(&mut Work<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut messages = Vec::new();
    for conversation in conversations {
        work.touch(*conversation)?;
        let mut of = work
            .tx
            .prepare_cached("SELECT id FROM messages WHERE conversation = ?1")?;
        for id in of.query_map([*conversation], |row| row.get::<_, i64>(0))? {
            messages.push(id?);
        }
    }
    // The index wants its rows in order.
    messages.sort_unstable();
    for message in &messages {
        message::unindex(work.tx, *message)?;
    }
    change(work)?;
    for message in &messages {
        message::reindex(work.tx, *message)?;
    }
    Ok(())
}

fn merge(
    work: &mut Work<'_>,
    change: &Change,
    into: ContactId,
    from: ContactId,
) -> Result<Effect, StoreError> {
    let into_row = get(work.tx, CONTACTS, into.as_uuid())?;
    let from_row = get(work.tx, CONTACTS, from.as_uuid())?;
    match merged_into(work.tx, from_row)? {
        Some(found) if found == into_row => return Ok(Effect::none()),
        Some(_) => return Err(Refusal::CannotMerge.into()),
        None => {}
    }
    if into_row == from_row || merged_into(work.tx, into_row)?.is_some() {
        return Err(Refusal::CannotMerge.into());
    }
    let moved = conversations(work.tx, from_row)?;
    rewrite(work, &moved, |work| {
        work.tx.execute(
            "UPDATE handles SET contact = ?2 WHERE contact = ?1",
            [from_row, into_row],
        )?;
        work.tx.execute(
            "UPDATE conversations SET contact = ?2 WHERE contact = ?1",
            [from_row, into_row],
        )?;
        work.tx.execute(
            "UPDATE contacts SET merged_into = ?2 WHERE id = ?1",
            [from_row, into_row],
        )?;
        Ok(())
    })?;
    told(work, into, from);
    Ok(Effect {
        changed: true,
        steps: vec![Step {
            undo: Change::ContactsParted {
                from: into,
                contact: from,
            },
            guard: Some(change.clone()),
            optional: false,
        }],
        conversations: moved,
        undoable: true,
    })
}

/// Gives a merged contact its own handles and their conversations back, those included that came to
/// it by earlier merges and those that were begun since.
fn part(
    work: &mut Work<'_>,
    change: &Change,
    from: ContactId,
    contact: ContactId,
) -> Result<Effect, StoreError> {
    let from_row = get(work.tx, CONTACTS, from.as_uuid())?;
    let row = get(work.tx, CONTACTS, contact.as_uuid())?;
    match merged_into(work.tx, row)? {
        None => return Ok(Effect::none()),
        Some(found) if found != from_row => return Err(Refusal::CannotMerge.into()),
        Some(_) => {}
    }
    // Everything whose home leads to this contact, once it stands for itself again.
    let handles = work
        .tx
        .prepare(
            "WITH RECURSIVE family (id) AS (
               SELECT ?1 UNION SELECT c.id FROM contacts c JOIN family f ON c.merged_into = f.id)
             SELECT h.id FROM handles h JOIN family f ON h.home = f.id WHERE h.contact = ?2",
        )?
        .query_map([row, from_row], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut moved = Vec::new();
    for handle in &handles {
        let mut of = work
            .tx
            .prepare_cached("SELECT id FROM conversations WHERE contact = ?1 AND handle = ?2")?;
        for id in of.query_map([from_row, *handle], |row| row.get::<_, i64>(0))? {
            moved.push(id?);
        }
    }
    rewrite(work, &moved, |work| {
        for handle in &handles {
            work.tx.execute(
                "UPDATE handles SET contact = ?2 WHERE id = ?1",
                [*handle, row],
            )?;
        }
        for conversation in &moved {
            work.tx.execute(
                "UPDATE conversations SET contact = ?2 WHERE id = ?1",
                [*conversation, row],
            )?;
        }
        work.tx.execute(
            "UPDATE contacts SET merged_into = NULL WHERE id = ?1",
            [row],
        )?;
        Ok(())
    })?;
    told(work, from, contact);
    let undo = Change::ContactsMerged {
        into: from,
        from: contact,
    };
    let mut effect = Effect::undone_by(undo, change);
    effect.conversations = moved;
    Ok(effect)
}

fn told(work: &mut Work<'_>, a: ContactId, b: ContactId) {
    work.events.contact(*a.as_uuid());
    work.events.contact(*b.as_uuid());
}
