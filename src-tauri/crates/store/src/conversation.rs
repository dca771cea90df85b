//! Reading one conversation: head, messages, timeline; and the card of its contact.

use domain::message::Fold;
use domain::{
    Actor, Channel, ContactId, ConversationId, Handle, MessageId, OutboxState,
    StaffId,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::StoreError;
use crate::commit::conversation::get_any;
use crate::inbox;
use crate::ingest::{automatic_of, protection_of};
use crate::rows::{
    ContactCard, ConversationHead, MessageRow, OutboxRow, Page, PageKey, TimelineRow,
};
use crate::sql::{
    CONTACTS, Id, MESSAGES, column_word, from_serde_word, get, handle, instant, kind_of,
    maybe_instant, maybe_uuid, patient, uuid,
};

/// The head of a conversation.
pub(crate) fn head(conn: &Connection, id: ConversationId) -> Result<ConversationHead, StoreError> {
    let row = get_any(conn, id)?;
    let list_row = inbox::one(conn, row)?;
    Ok(conn
        .prepare_cached(
            "SELECT c.acuity_reason, c.created_at, h.channel, h.address, h.name,
                    (SELECT uuid FROM conversations o WHERE o.id = c.continues) AS continues,
                    (SELECT uuid FROM conversations o WHERE o.id = c.merged_into) AS merged_into
             FROM conversations c JOIN handles h ON h.id = c.handle WHERE c.id = ?1",
        )?
        .query_row([row], |row| {
            Ok(ConversationHead {
                row: list_row,
                acuity_reason: patient(row, "acuity_reason")?,
                handle: handle(row)?,
                continues: maybe_uuid(row, "continues")?.map(ConversationId::from_uuid),
                merged_into: maybe_uuid(row, "merged_into")?.map(ConversationId::from_uuid),
                created_at: instant(row, "created_at")?,
            })
        })?)
}

pub(crate) const MESSAGES_SQL: &str = "SELECT m.id, m.uuid, m.kind, m.at, m.received_at, s.uuid AS staff, m.subject, b.text,
        m.unread, m.automatic, m.protection, m.gone_at, m.files,
        o.state, o.channel, o.address, o.name, o.not_before, o.attempt, o.failure, o.why, o.evidence
     FROM messages m
     JOIN bodies b ON b.message = m.id
     LEFT JOIN staff s ON s.id = m.staff
     LEFT JOIN outbox o ON o.message = m.id
     WHERE m.conversation = ?1 AND m.kind <> 3 AND (m.at, m.id) < (?2, ?3)
     ORDER BY m.at DESC, m.id DESC LIMIT ?4";

/// A page of messages, the newest first.
pub(crate) fn messages(
    conn: &Connection,
    id: ConversationId,
    before: Option<&PageKey>,
    limit: u32,
) -> Result<Page<MessageRow>, StoreError> {
    let row = get_any(conn, id)?;
    let [at, last] = before
        .and_then(PageKey::parts)
        .unwrap_or([i64::MAX, i64::MAX]);
    let found = conn
        .prepare_cached(MESSAGES_SQL)?
        .query_map(params![row, at, last, limit.min(500)], |row| {
            Ok((message(row)?, row.get("id")?, row.get("files")?))
        })?
        .collect::<Result<Vec<(MessageRow, i64, i64)>, _>>()?;
    let next = found
        .last()
        .filter(|_| found.len() as u32 >= limit)
        .map(|(message, id, _)| PageKey::of(&[message.at.millis(), *id]));
    let mut rows = Vec::with_capacity(found.len());
    for (mut message, id, files) in found {
        extras(conn, id, &mut message)?;
        if files > 0 {
            message.attachments = crate::blob::list(conn, "message", id)?;
        }
        rows.push(message);
    }
    Ok(Page { rows, next })
}

fn message(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        id: MessageId::from_uuid(uuid(row, "uuid")?),
        kind: kind_of(row.get("kind")?),
        at: instant(row, "at")?,
        received_at: instant(row, "received_at")?,
        staff: maybe_uuid(row, "staff")?.map(StaffId::from_uuid),
        subject: patient(row, "subject")?,
        text: patient(row, "text")?,
        folds: Vec::new(),
        html: false,
        raw: false,
        others: Vec::new(),
        reply_to: None,
        writer: None,
        mentions: Vec::new(),
        unread: row.get("unread")?,
        automatic: automatic_of(row.get("automatic")?),
        protection: protection_of(row.get("protection")?),
        problems: Vec::new(),
        findings: serde_json::Value::Null,
        gone_at: maybe_instant(row, "gone_at")?,
        attachments: Vec::new(),
        outbox: outbox(row)?,
    })
}

/// The way out in a row with the columns of `outbox o`; `None` when there is none.
pub(crate) fn outbox(row: &Row<'_>) -> rusqlite::Result<Option<OutboxRow>> {
    let Some(state) = row.get::<_, Option<String>>("state")? else {
        return Ok(None);
    };
    let state =
        OutboxState::from_word(&state).ok_or_else(|| crate::sql::invalid("outbox state"))?;
    Ok(Some(OutboxRow {
        state,
        to: Handle {
            channel: column_word(row, "channel", Channel::from_word)?,
            address: patient(row, "address")?,
            name: patient(row, "name")?,
        },
        not_before: instant(row, "not_before")?,
        attempts: row.get("attempt")?,
        failure: row
            .get::<_, Option<String>>("failure")?
            .as_deref()
            .and_then(from_serde_word),
        why: patient(row, "why")?,
        evidence: row
            .get::<_, Option<String>>("evidence")?
            .as_deref()
            .and_then(from_serde_word),
    }))
}

fn extras(conn: &Connection, message: i64, out: &mut MessageRow) -> Result<(), StoreError> {
    // HTML and raw bytes can be large: only whether they exist.
    let mut statement = conn.prepare_cached(
        "SELECT kind, CASE WHEN kind IN ('html', 'raw', 'parents') THEN '' ELSE value END
         FROM extras WHERE message = ?1",
    )?;
    let rows = statement
        .query_map([message], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    for (kind, value) in rows {
        match kind.as_str() {
            "folds" => out.folds = serde_json::from_str::<Vec<Fold>>(&value)?,
            "html" => out.html = true,
            "raw" => out.raw = true,
            "others" => out.others = serde_json::from_str(&value)?,
            "reply_to" => out.reply_to = Some(serde_json::from_str(&value)?),
            "writer" => out.writer = Some(serde_json::from_str(&value)?),
            "mentions" => out.mentions = serde_json::from_str(&value)?,
            "problems" => out.problems = serde_json::from_str(&value)?,
            "findings" => out.findings = serde_json::from_str(&value)?,
            _ => {}
        }
    }
    Ok(())
}

/// The newest lines of a conversation's timeline, newest first, those of what was merged into it
/// included.
pub(crate) fn timeline(
    conn: &Connection,
    id: ConversationId,
    limit: u32,
) -> Result<Vec<TimelineRow>, StoreError> {
    let row = get_any(conn, id)?;
    let family = conn
        .prepare_cached(
            "WITH RECURSIVE family (id) AS (
               SELECT ?1 UNION SELECT c.id FROM conversations c JOIN family f ON c.merged_into = f.id)
             SELECT id FROM family",
        )?
        .query_map([row], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut lines = Vec::new();
    for member in family {
        let mut operations = conn.prepare_cached(
            "SELECT o.seq, o.uuid, o.version, o.wall, o.counter, o.device, o.staff, o.origin, o.kind,
                    o.undone_by IS NOT NULL AS undone, i.seq IS NOT NULL AS undoable, b.body
             FROM operation_conversations oc JOIN operations o ON o.seq = oc.seq
             LEFT JOIN operation_bodies b ON b.seq = o.seq
             LEFT JOIN operation_inverses i ON i.seq = o.seq
             WHERE oc.conversation = ?1 ORDER BY oc.seq DESC LIMIT ?2",
        )?;
        let rows = operations
            .query_map(params![member, limit], timeline_operation)?
            .collect::<Result<Vec<_>, _>>()?;
        lines.extend(rows);
        let mut notes = conn.prepare_cached(
            "SELECT t.at, t.kind, m.uuid AS message FROM timeline_notes t
             LEFT JOIN messages m ON m.id = t.message
             WHERE t.conversation = ?1 ORDER BY t.at DESC LIMIT ?2",
        )?;
        let rows = notes
            .query_map(params![member, limit], |row| {
                let line = TimelineRow {
                    at: instant(row, "at")?,
                    operation: None,
                    actor: Actor::Machine,
                    kind: row.get("kind")?,
                    change: serde_json::Value::Null,
                    message: maybe_uuid(row, "message")?.map(MessageId::from_uuid),
                    undone: false,
                    undoable: false,
                };
                Ok((line, 0_i64))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        lines.extend(rows);
    }
    lines.sort_by_key(|(line, seq)| std::cmp::Reverse((line.at, *seq)));
    let mut seen = std::collections::HashSet::new();
    Ok(lines
        .into_iter()
        .map(|(line, _)| line)
        // A merger concerns both sides and is told once.
        .filter(|line| line.operation.is_none_or(|id| seen.insert(id)))
        .take(limit as usize)
        .collect())
}

fn timeline_operation(row: &Row<'_>) -> rusqlite::Result<(TimelineRow, i64)> {
    let operation = crate::log::operation(row)?;
    let body: Option<String> = row.get("body")?;
    let undone = row.get("undone")?;
    let line = TimelineRow {
        at: crate::log::instant(operation.at),
        operation: Some(operation.id),
        actor: operation.actor,
        kind: row.get("kind")?,
        change: body
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or_default(),
        message: None,
        undone,
        undoable: !undone && row.get::<_, bool>("undoable")?,
    };
    Ok((line, row.get("seq")?))
}

/// The card of a contact.
pub(crate) fn contact(conn: &Connection, id: ContactId) -> Result<ContactCard, StoreError> {
    let row = get(conn, CONTACTS, id.as_uuid())?;
    let handles = conn
        .prepare_cached("SELECT channel, address, name FROM handles WHERE contact = ?1 ORDER BY id")?
        .query_map([row], handle)?
        .collect::<Result<_, _>>()?;
    let conversations = conn
        .prepare_cached(&format!(
            "SELECT {} FROM conversations c {} WHERE c.contact = ?1 AND c.merged_into IS NULL
             ORDER BY c.last_at DESC, c.id DESC LIMIT 50",
            inbox::COLUMNS,
            inbox::JOINS
        ))?
        .query_map([row], inbox::row)?
        .collect::<Result<_, _>>()?;
    let merged = conn
        .prepare_cached("SELECT uuid FROM contacts WHERE merged_into = ?1 ORDER BY id")?
        .query_map([row], |row| {
            Ok(ContactId::from_uuid(row.get::<_, Id>(0)?.0))
        })?
        .collect::<Result<_, _>>()?;
    let conversation_count = conn
        .prepare_cached(
            "SELECT count(*) FROM conversations WHERE contact = ?1 AND merged_into IS NULL",
        )?
        .query_row([row], |row| row.get(0))?;
    Ok(conn
        .prepare_cached(
            "SELECT k.name, k.patient, (SELECT uuid FROM contacts o WHERE o.id = k.merged_into) AS merged_into
             FROM contacts k WHERE k.id = ?1",
        )?
        .query_row([row], |row| {
            Ok(ContactCard {
                id,
                name: patient(row, "name")?,
                patient: row.get("patient")?,
                handles,
                conversations,
                conversation_count,
                merged,
                merged_into: maybe_uuid(row, "merged_into")?.map(ContactId::from_uuid),
            })
        })?)
}

/// A message's HTML body, cleaned when it was stored.
pub(crate) fn html(conn: &Connection, id: MessageId) -> Result<Option<String>, StoreError> {
    let row = get(conn, MESSAGES, id.as_uuid())?;
    crate::message::extra(conn, row, "html")
}

/// A message's untouched bytes, where they were kept.
pub(crate) fn raw(conn: &Connection, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = get(conn, MESSAGES, id.as_uuid())?;
    crate::message::extra(conn, row, "raw")
}

/// Where a message is.
pub(crate) fn conversation_of(
    conn: &Connection,
    id: MessageId,
) -> Result<ConversationId, StoreError> {
    let row = get(conn, MESSAGES, id.as_uuid())?;
    let id: Id = conn
        .prepare_cached(
            "SELECT c.uuid FROM messages m JOIN conversations c ON c.id = m.conversation
             WHERE m.id = ?1",
        )?
        .query_row([row], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound("message"))?;
    Ok(ConversationId::from_uuid(id.0))
}

