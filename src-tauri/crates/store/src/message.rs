//! Writing messages: rows, bodies, the full-text index, and what a conversation keeps of them.

use domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::StoreError;
use crate::sql::{CANCELLED, INBOUND, NOTE, REPLY};

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Rows of one day: `day << DAY_BITS` is its first row.
const DAY_BITS: i64 = 20;

/// The first row number of the day that holds `at`.
///
/// Rows of messages are numbered by the day they were written: full-text search gives hits in the
/// order of rows, and mail is fetched newest first, so rows in order of arrival would make the
/// "newest" hits the oldest. Within a day rows grow by one, which keeps the index small.
pub(crate) fn first_row(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY_MS).clamp(1, (1 << 42) - 1) << DAY_BITS
}

/// The row for a new message of that instant.
pub(crate) fn next_row(conn: &Connection, at: Timestamp) -> Result<i64, StoreError> {
    let first = first_row(at);
    let end = first + (1 << DAY_BITS);
    let last: Option<i64> = conn
        .prepare_cached("SELECT max(id) FROM messages WHERE id >= ?1 AND id < ?2")?
        .query_row([first, end], |row| row.get(0))?;
    let next = last.map_or(first, |last| last + 1);
    if next < end {
        return Ok(next);
    }
    // More than a million on one day (an import without dates): the next free row after it.
    let last: i64 = conn
        .prepare_cached(
            "SELECT m.id FROM messages m WHERE m.id >= ?1
               AND NOT EXISTS (SELECT 1 FROM messages n WHERE n.id = m.id + 1) ORDER BY m.id LIMIT 1",
        )?
        .query_row([end - 1], |row| row.get(0))?;
    Ok(last + 1)
}

/// What the index holds of a message.
#[derive(Default)]
pub(crate) struct Document {
    pub subject: String,
    pub text: String,
    pub sender: String,
    pub receiver: String,
    pub note: String,
    pub files: String,
}

/// Puts a message into the index.
pub(crate) fn index(tx: &Transaction<'_>, message: i64, doc: &Document) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO search (rowid, subject, text, sender, receiver, note, files)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        message,
        doc.subject,
        doc.text,
        doc.sender,
        doc.receiver,
        doc.note,
        doc.files
    ])?;
    Ok(())
}

/// Takes a message out of the index. Must be called before anything that [`document`] reads changes.
pub(crate) fn unindex(tx: &Transaction<'_>, message: i64) -> Result<(), StoreError> {
    let Some(doc) = document(tx, message)? else {
        return Ok(());
    };
    tx.prepare_cached(
        "INSERT INTO search (search, rowid, subject, text, sender, receiver, note, files)
         VALUES ('delete', ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        message,
        doc.subject,
        doc.text,
        doc.sender,
        doc.receiver,
        doc.note,
        doc.files
    ])?;
    Ok(())
}

/// Puts a message into the index again as it is stored now.
pub(crate) fn reindex(tx: &Transaction<'_>, message: i64) -> Result<(), StoreError> {
    match document(tx, message)? {
        Some(doc) => index(tx, message, &doc),
        None => Ok(()),
    }
}

/// What the index holds of a stored message; `None` when it is not indexed.
///
/// The index keeps no text of its own, so an entry is taken out by naming exactly what was put in:
/// this function is the only one that says what that is.
pub(crate) fn document(conn: &Connection, message: i64) -> Result<Option<Document>, StoreError> {
    let row = conn
        .prepare_cached(
            "SELECT m.kind, m.subject, b.text, m.files, k.name, h.address
             FROM messages m JOIN bodies b ON b.message = m.id
             JOIN conversations c ON c.id = m.conversation
             JOIN contacts k ON k.id = c.contact JOIN handles h ON h.id = c.handle
             WHERE m.id = ?1",
        )?
        .query_row([message], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, bool>(3)?,
                row.get::<_, String>(4)?,
                row.get::<_, String>(5)?,
            ))
        })
        .optional()?;
    let Some((kind, subject, text, files, name, address)) = row else {
        return Ok(None);
    };
    if kind == CANCELLED {
        return Ok(None);
    }
    let files = if files {
        conn.prepare_cached("SELECT name FROM attachments WHERE message = ?1 ORDER BY id")?
            .query_map([message], |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()?
            .join(" ")
    } else {
        String::new()
    };
    Ok(Some(compose(kind, subject, text, &name, &address, files)))
}

/// The document of a message with these parts.
pub(crate) fn compose(
    kind: i64,
    subject: String,
    text: String,
    name: &str,
    address: &str,
    files: String,
) -> Document {
    let who = if name == address || name.is_empty() {
        address.to_owned()
    } else {
        format!("{name} {address}")
    };
    match kind {
        INBOUND => Document {
            subject,
            text,
            sender: who,
            files,
            ..Document::default()
        },
        NOTE => Document {
            note: text,
            files,
            ..Document::default()
        },
        _ => Document {
            subject,
            text,
            receiver: who,
            files,
            ..Document::default()
        },
    }
}

/// Keeps a value that few messages have.
pub(crate) fn put_extra(
    tx: &Transaction<'_>,
    message: i64,
    kind: &str,
    value: impl rusqlite::ToSql,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO extras (message, kind, value) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET value = excluded.value",
    )?
    .execute(params![message, kind, value])?;
    Ok(())
}

/// A value that few messages have.
pub(crate) fn extra<T: rusqlite::types::FromSql>(
    conn: &Connection,
    message: i64,
    kind: &str,
) -> Result<Option<T>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT value FROM extras WHERE message = ?1 AND kind = ?2")?
        .query_row(params![message, kind], |row| row.get(0))
        .optional()?)
}

/// The beginning of a text on one line, for the list.
pub(crate) fn preview(text: &str) -> String {
    const LENGTH: usize = 120;
    let mut out = String::with_capacity(LENGTH + 8);
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let room = LENGTH.saturating_sub(out.chars().count());
        if room == 0 {
            break;
        }
        out.extend(word.chars().take(room));
    }
    out.truncate(out.trim_end().len());
    out
}

/// The text before the first fold: what the writer wrote this time.
pub(crate) fn own_words<'t>(text: &'t str, folds: &[domain::message::Fold]) -> &'t str {
    let start = folds
        .iter()
        .map(|fold| fold.start as usize)
        .min()
        .unwrap_or(text.len());
    match text.get(..start) {
        Some(own) if !own.trim().is_empty() => own,
        _ => text,
    }
}

/// Works out anew what a conversation keeps of its messages.
///
/// Everything kept there is a function of the messages, so that merging, splitting and taking back
/// need no arithmetic of their own; ingest and sending move the same numbers step by step, and a
/// property test holds the two against each other.
pub(crate) fn refresh(tx: &Transaction<'_>, conversation: i64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE conversations AS c SET
           messages = (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.kind IN (0, 1)),
           notes = (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.kind = 2),
           unread = (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.unread = 1),
           attachments = (SELECT coalesce(sum(m.files), 0) FROM messages m
                          WHERE m.conversation = c.id AND m.kind <> 3),
           drafts = (SELECT count(*) FROM drafts d WHERE d.conversation = c.id),
           pending = (SELECT count(*) FROM messages m JOIN outbox o ON o.message = m.id
                      WHERE m.conversation = c.id AND o.state IN ('held', 'queued', 'sending')),
           failed = (SELECT count(*) FROM messages m JOIN outbox o ON o.message = m.id
                     WHERE m.conversation = c.id AND o.state IN ('failed', 'uncertain')),
           last_at = coalesce((SELECT max(m.at) FROM messages m
                     WHERE m.conversation = c.id AND m.kind IN (0, 1)), c.created_at),
           last_inbound_at = (SELECT max(m.at) FROM messages m WHERE m.conversation = c.id AND m.kind = 0),
           last_outbound_at = (SELECT max(m.at) FROM messages m LEFT JOIN outbox o ON o.message = m.id
                               WHERE m.conversation = c.id AND m.kind = 1
                                 AND coalesce(o.state, 'sent') = 'sent')
         WHERE c.id = ?1",
    )?
    .execute([conversation])?;
    refresh_waiting(tx, conversation)?;
    refresh_preview(tx, conversation)
}

/// Works out since when the contact has been waiting: the first inbound message after the last answer
/// and after the last time that staff settled the conversation.
pub(crate) fn refresh_waiting(tx: &Transaction<'_>, conversation: i64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE conversations AS c SET waiting_since =
           (SELECT min(m.at) FROM messages m WHERE m.conversation = c.id AND m.kind = 0
              AND m.automatic = 0
              AND m.at > max(coalesce(c.last_outbound_at, -1), coalesce(c.settled_at, -1)))
         WHERE c.id = ?1",
    )?
    .execute([conversation])?;
    Ok(())
}

/// Takes the newest message's beginning as the preview.
pub(crate) fn refresh_preview(tx: &Transaction<'_>, conversation: i64) -> Result<(), StoreError> {
    let newest = tx
        .prepare_cached(
            "SELECT m.kind, b.text, m.id FROM messages m JOIN bodies b ON b.message = m.id
             WHERE m.conversation = ?1 AND m.kind IN (0, 1) ORDER BY m.at DESC, m.id DESC LIMIT 1",
        )?
        .query_row([conversation], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })
        .optional()?;
    let (kind, text, message) = newest.unwrap_or((INBOUND, String::new(), 0));
    debug_assert!(kind == INBOUND || kind == REPLY);
    let folds: Vec<domain::message::Fold> = match extra::<String>(tx, message, "folds")? {
        Some(json) => serde_json::from_str(&json)?,
        None => Vec::new(),
    };
    let text = own_words(&text, &folds);
    tx.prepare_cached("UPDATE conversations SET last_kind = ?2, preview = ?3 WHERE id = ?1")?
        .execute(params![conversation, kind, preview(text)])?;
    Ok(())
}
