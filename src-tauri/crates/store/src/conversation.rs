//! Reading one conversation: its messages and timeline, and the card of its contact.

use domain::message::Fold;
use domain::views::{ContactCard, ConversationView, MessageView, OutboxView, TimelineEntry};
use domain::{
    Abilities, Actor, ContactId, ConversationId, Handle, MessageId, OperationId, OutboxState,
    PatientText, StaffId, Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::StoreError;
use crate::commit::conversation::get_any;
use crate::inbox;
use crate::ingest::{automatic_of, protection_of};
use crate::page::{cursor, parts};
use crate::sql::{
    CONTACTS, INBOUND, Id, MESSAGES, from_serde_word, get, handle, instant, kind_of, maybe_uuid,
    patient, uuid, visibility,
};

/// Lines of the timeline that a conversation shows.
const TIMELINE: u32 = 200;

/// Everything that the conversation pane shows at first.
pub(crate) fn view(
    conn: &Connection,
    id: ConversationId,
    limit: u32,
) -> Result<ConversationView, StoreError> {
    let row = get_any(conn, id)?;
    let list_row = inbox::one(conn, row)?;
    let (messages, older) = messages(conn, row, None, limit)?;
    let target = target(conn, row)?;
    let (continues, first_unread) = conn
        .prepare_cached(
            "SELECT (SELECT uuid FROM conversations o WHERE o.id = c.continues) AS continues,
                    CASE WHEN c.unread > 0 THEN
                      (SELECT m.uuid FROM messages m WHERE m.conversation = c.id AND m.unread = 1
                       ORDER BY m.at, m.id LIMIT 1) END AS first_unread
             FROM conversations c WHERE c.id = ?1",
        )?
        .query_row([row], |row| {
            Ok((
                maybe_uuid(row, "continues")?,
                maybe_uuid(row, "first_unread")?,
            ))
        })?;
    Ok(ConversationView {
        row: list_row,
        account_address: target.account_address,
        abilities: Abilities::email(),
        reply_to: target.to,
        reply_subject: target.subject,
        messages,
        older,
        first_unread: first_unread.map(MessageId::from_uuid),
        timeline: timeline(conn, row, TIMELINE)?,
        draft: crate::draft::read(conn, row)?,
        continues: continues.map(ConversationId::from_uuid),
    })
}

/// Where an answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyTarget {
    /// To whom, unless staff choose another.
    pub to: Handle,
    /// The subject, with `Re:` once.
    pub subject: PatientText,
    /// The account's own address.
    pub account_address: PatientText,
    /// The message it answers: the newest that is not a note.
    pub answers: Option<MessageId>,
}

/// Where an answer to a conversation goes.
pub(crate) fn target(conn: &Connection, row: i64) -> Result<ReplyTarget, StoreError> {
    let (to, subject, account_address) = conn
        .prepare_cached(
            "SELECT h.channel, h.address, h.name, c.subject, a.address AS account
             FROM conversations c JOIN handles h ON h.id = c.handle JOIN accounts a ON a.id = c.account
             WHERE c.id = ?1",
        )?
        .query_row([row], |row| {
            Ok((
                handle(row)?,
                row.get::<_, String>("subject")?,
                patient(row, "account")?,
            ))
        })?;
    let newest = conn
        .prepare_cached(
            "SELECT id, uuid, subject FROM messages WHERE conversation = ?1 AND kind = 0
             ORDER BY at DESC, id DESC LIMIT 1",
        )?
        .query_row([row], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Id>(1)?.0,
                row.get::<_, String>(2)?,
            ))
        })
        .optional()?;
    let mut target = ReplyTarget {
        to,
        subject: PatientText::new(answer_subject(&subject)),
        account_address,
        answers: None,
    };
    if let Some((message, uuid, subject)) = newest {
        target.answers = Some(MessageId::from_uuid(uuid));
        target.subject = PatientText::new(answer_subject(&subject));
        if let Some(json) = crate::message::extra::<String>(conn, message, "reply_to")? {
            target.to = serde_json::from_str(&json)?;
        }
    } else {
        // Only our own mail so far: what follows it stands in its thread too.
        target.answers = conn
            .prepare_cached(
                "SELECT uuid FROM messages WHERE conversation = ?1 AND kind = 1
                 ORDER BY at DESC, id DESC LIMIT 1",
            )?
            .query_row([row], |row| {
                Ok(MessageId::from_uuid(row.get::<_, Id>(0)?.0))
            })
            .optional()?;
    }
    Ok(target)
}

fn answer_subject(subject: &str) -> String {
    let subject = subject.trim();
    let marked = subject
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    match subject {
        "" => String::new(),
        _ if marked => subject.to_owned(),
        _ => format!("Re: {subject}"),
    }
}

pub(crate) const MESSAGES_SQL: &str =
    "SELECT m.id, m.uuid, m.kind, m.at, s.uuid AS staff, m.subject, b.text, m.unread, m.automatic,
        m.protection, m.gone_at IS NOT NULL AS gone, m.files,
        o.state, o.not_before, o.attempt, o.failure, o.why
     FROM messages m
     JOIN bodies b ON b.message = m.id
     LEFT JOIN staff s ON s.id = m.staff
     LEFT JOIN outbox o ON o.message = m.id
     WHERE m.conversation = ?1 AND m.kind <> 3 AND (m.at, m.id) < (?2, ?3)
     ORDER BY m.at DESC, m.id DESC LIMIT ?4";

/// What is the same for every message of a conversation.
struct Frame {
    contact: Handle,
    account: Handle,
    subject: String,
    public: bool,
}

/// The newest messages before a cursor, oldest first, and the cursor of those before them.
pub(crate) fn messages(
    conn: &Connection,
    conversation: i64,
    before: Option<&str>,
    limit: u32,
) -> Result<(Vec<MessageView>, Option<String>), StoreError> {
    let limit = limit.clamp(1, 500);
    let frame = frame(conn, conversation)?;
    let [at, last] = parts(before).unwrap_or([i64::MAX, i64::MAX]);
    // One more than wanted tells whether there are older ones.
    let mut found = conn
        .prepare_cached(MESSAGES_SQL)?
        .query_map(params![conversation, at, last, limit + 1], |row| {
            Ok((message(row, &frame)?, row.get("id")?, row.get("files")?))
        })?
        .collect::<Result<Vec<(MessageView, i64, i64)>, _>>()?;
    let more = found.len() as u32 > limit;
    found.truncate(limit as usize);
    let older = found
        .last()
        .filter(|_| more)
        .map(|(message, id, _)| cursor(&[message.at.millis(), *id]));
    let mut messages = Vec::with_capacity(found.len());
    for (mut message, id, files) in found.into_iter().rev() {
        extras(conn, id, &mut message)?;
        if files > 0 {
            message.attachments = crate::blob::list(conn, "message", id)?;
        }
        messages.push(message);
    }
    Ok((messages, older))
}

fn frame(conn: &Connection, conversation: i64) -> Result<Frame, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT h.channel, h.address, k.name, c.subject, c.public, a.address AS account,
                    coalesce((SELECT value FROM meta WHERE key = 'practice_name'), '') AS practice
             FROM conversations c JOIN handles h ON h.id = c.handle
             JOIN contacts k ON k.id = c.contact JOIN accounts a ON a.id = c.account
             WHERE c.id = ?1",
        )?
        .query_row([conversation], |row| {
            let contact = handle(row)?;
            Ok(Frame {
                account: Handle {
                    channel: contact.channel,
                    address: patient(row, "account")?,
                    name: patient(row, "practice")?,
                },
                contact,
                subject: row.get("subject")?,
                public: row.get("public")?,
            })
        })?)
}

fn message(row: &Row<'_>, frame: &Frame) -> rusqlite::Result<MessageView> {
    let kind: i64 = row.get("kind")?;
    let subject: String = row.get("subject")?;
    let from = if kind == INBOUND {
        &frame.contact
    } else {
        &frame.account
    };
    Ok(MessageView {
        id: MessageId::from_uuid(uuid(row, "uuid")?),
        kind: kind_of(kind),
        visibility: visibility(frame.public),
        from: from.clone(),
        staff: maybe_uuid(row, "staff")?.map(StaffId::from_uuid),
        at: instant(row, "at")?,
        subject: if subject == frame.subject {
            PatientText::default()
        } else {
            subject.into()
        },
        text: patient(row, "text")?,
        folds: Vec::new(),
        has_html: false,
        remote_images: 0,
        attachments: Vec::new(),
        automatic: automatic_of(row.get("automatic")?),
        protection: protection_of(row.get("protection")?),
        problems: Vec::new(),
        unread: row.get("unread")?,
        removed_elsewhere: row.get("gone")?,
        outbox: outbox(row)?,
        findings: None,
    })
}

/// The way out in a row with the columns of `outbox o`; `None` when there is none.
pub(crate) fn outbox(row: &Row<'_>) -> rusqlite::Result<Option<OutboxView>> {
    let Some(state) = row.get::<_, Option<String>>("state")? else {
        return Ok(None);
    };
    Ok(Some(OutboxView {
        state: OutboxState::from_word(&state).ok_or_else(|| crate::sql::invalid("state"))?,
        not_before: instant(row, "not_before")?,
        attempts: row.get("attempt")?,
        failure: row
            .get::<_, Option<String>>("failure")?
            .as_deref()
            .and_then(from_serde_word),
        why: patient(row, "why")?,
    }))
}

fn extras(conn: &Connection, message: i64, out: &mut MessageView) -> Result<(), StoreError> {
    // HTML and raw bytes can be large: only whether they exist.
    let mut statement = conn.prepare_cached(
        "SELECT kind, CASE WHEN kind IN ('html', 'raw', 'parents') THEN ''
                           ELSE CAST(value AS TEXT) END
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
            "html" => out.has_html = true,
            "remote_images" => out.remote_images = value.parse().unwrap_or(0),
            "writer" => out.from = serde_json::from_str(&value)?,
            "problems" => out.problems = serde_json::from_str(&value)?,
            "findings" => out.findings = Some(serde_json::from_str(&value)?),
            _ => {}
        }
    }
    Ok(())
}

/// The newest lines of a conversation's timeline, oldest first, those of what was merged into it
/// included.
pub(crate) fn timeline(
    conn: &Connection,
    conversation: i64,
    limit: u32,
) -> Result<Vec<TimelineEntry>, StoreError> {
    let family = conn
        .prepare_cached(
            "WITH RECURSIVE family (id) AS (
               SELECT ?1 UNION SELECT c.id FROM conversations c JOIN family f ON c.merged_into = f.id)
             SELECT id FROM family",
        )?
        .query_map([conversation], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut lines = Vec::new();
    for member in family {
        // That somebody looked is for the audit log, not for the story of the conversation.
        let mut operations = conn.prepare_cached(
            "SELECT o.seq, o.uuid, o.version, o.wall, o.counter, o.device, o.staff, o.origin, o.kind,
                    o.undone_by IS NULL AND i.seq IS NOT NULL AS undoable, b.body
             FROM operation_conversations oc JOIN operations o ON o.seq = oc.seq
             LEFT JOIN operation_bodies b ON b.seq = o.seq
             LEFT JOIN operation_inverses i ON i.seq = o.seq
             WHERE oc.conversation = ?1
               AND o.kind NOT IN ('conversation_viewed', 'attachment_opened')
             ORDER BY oc.seq DESC LIMIT ?2",
        )?;
        let rows = operations
            .query_map(params![member, limit], operation_line)?
            .collect::<Result<Vec<_>, _>>()?;
        lines.extend(rows);
        let mut notes = conn.prepare_cached(
            "SELECT t.uuid, t.at, t.kind, m.uuid AS message FROM timeline_notes t
             LEFT JOIN messages m ON m.id = t.message
             WHERE t.conversation = ?1 ORDER BY t.at DESC LIMIT ?2",
        )?;
        let rows = notes
            .query_map(params![member, limit], note_line)?
            .collect::<Result<Vec<_>, _>>()?;
        lines.extend(rows);
    }
    lines.sort_by_key(|(line, seq)| (line.at, *seq));
    // A merger concerns both sides and is told once.
    lines.dedup_by_key(|(line, _)| line.operation);
    let surplus = lines.len().saturating_sub(limit as usize);
    Ok(lines
        .into_iter()
        .skip(surplus)
        .map(|(line, _)| line)
        .collect())
}

fn operation_line(row: &Row<'_>) -> rusqlite::Result<(TimelineEntry, i64)> {
    let operation = crate::log::operation(row)?;
    let body: Option<String> = row.get("body")?;
    let line = TimelineEntry {
        operation: operation.id,
        at: crate::log::instant(operation.at),
        staff: crate::log::staff(operation.actor),
        what: row.get("kind")?,
        details: body
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or_else(|| serde_json::json!({})),
        undoable: row.get("undoable")?,
    };
    Ok((line, row.get("seq")?))
}

fn note_line(row: &Row<'_>) -> rusqlite::Result<(TimelineEntry, i64)> {
    let message = maybe_uuid(row, "message")?.map(MessageId::from_uuid);
    let line = TimelineEntry {
        operation: OperationId::from_uuid(uuid(row, "uuid")?),
        at: instant(row, "at")?,
        staff: crate::log::staff(Actor::Machine),
        what: row.get("kind")?,
        details: serde_json::json!({ "message": message }),
        undoable: false,
    };
    Ok((line, 0))
}

/// The card of a contact.
pub(crate) fn contact(conn: &Connection, id: ContactId) -> Result<ContactCard, StoreError> {
    let row = get(conn, CONTACTS, id.as_uuid())?;
    let handles = conn
        .prepare_cached(
            "SELECT channel, address, name FROM handles WHERE contact = ?1 ORDER BY id",
        )?
        .query_map([row], handle)?
        .collect::<Result<_, _>>()?;
    let conversations = conn
        .prepare_cached(&format!(
            "SELECT {} FROM conversations c {} WHERE c.contact = ?1 AND c.merged_into IS NULL
             ORDER BY c.last_at DESC, c.id DESC LIMIT 20",
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
    let (conversation_count, first_at) = conn
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE c.merged_into IS NULL),
                    min((SELECT m.at FROM messages m WHERE m.conversation = c.id ORDER BY m.at LIMIT 1))
             FROM conversations c WHERE c.contact = ?1",
        )?
        .query_row([row], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?)))?;
    Ok(conn
        .prepare_cached("SELECT name, patient, created_at FROM contacts WHERE id = ?1")?
        .query_row([row], |row| {
            Ok(ContactCard {
                id,
                name: patient(row, "name")?,
                handles,
                patient: row.get("patient")?,
                first_at: Timestamp::from_millis(first_at.unwrap_or(row.get("created_at")?)),
                conversations,
                conversation_count,
                merged,
            })
        })?)
}

/// A message's HTML body, cleaned before it was stored, and how many pictures wait for a click.
pub(crate) fn html(conn: &Connection, id: MessageId) -> Result<(PatientText, u32), StoreError> {
    let row = get(conn, MESSAGES, id.as_uuid())?;
    let html: Option<String> = crate::message::extra(conn, row, "html")?;
    let pictures: Option<u32> = crate::message::extra(conn, row, "remote_images")?;
    let html = html.ok_or(StoreError::NotFound("HTML form"))?;
    Ok((PatientText::new(html), pictures.unwrap_or(0)))
}

/// A message's untouched bytes, where they were kept.
pub(crate) fn source(conn: &Connection, id: MessageId) -> Result<Vec<u8>, StoreError> {
    let row = get(conn, MESSAGES, id.as_uuid())?;
    crate::message::extra(conn, row, "raw")?.ok_or(StoreError::NotFound("untouched text"))
}

/// Where a message is.
pub(crate) fn conversation_of(
    conn: &Connection,
    id: MessageId,
) -> Result<ConversationId, StoreError> {
    let row = get(conn, MESSAGES, id.as_uuid())?;
    Ok(conn
        .prepare_cached(
            "SELECT c.uuid FROM messages m JOIN conversations c ON c.id = m.conversation
             WHERE m.id = ?1",
        )?
        .query_row([row], |row| {
            Ok(ConversationId::from_uuid(row.get::<_, Id>(0)?.0))
        })?)
}
