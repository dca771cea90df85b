//! A queued reply as a channel wants it.

use domain::outbox::{Outgoing, OutgoingAttachment};
use domain::text::GuardPass;
use domain::{
    AttachmentId, ConversationId, MessageId, PatientText, PrivateText, PublicText, ReplyText,
    Timestamp,
};
use rusqlite::{Connection, OptionalExtension};

use crate::StoreError;
use crate::blob::Blobs;
use crate::sql::{Id, MESSAGES, get, handle, patient};

/// More references than this are thinned: the first and the last are what programs thread by.
const MOST_REFERENCES: usize = 20;

/// A reply ready for its channel.
#[derive(Clone, Debug)]
pub struct ReadyReply {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Attempts so far.
    pub attempts: u32,
    /// What to send.
    pub outgoing: Outgoing,
}

/// Puts a reply together.
pub(crate) fn ready(
    conn: &Connection,
    blobs: &Blobs,
    reply: MessageId,
) -> Result<ReadyReply, StoreError> {
    let standing = crate::commit::outbox::standing(conn, reply)?;
    Ok(ReadyReply {
        conversation: crate::conversation::conversation_of(conn, reply)?,
        attempts: standing.attempt,
        outgoing: outgoing(conn, blobs, reply)?,
    })
}

fn outgoing(conn: &Connection, blobs: &Blobs, reply: MessageId) -> Result<Outgoing, StoreError> {
    let row = get(conn, MESSAGES, reply.as_uuid())?;
    let (to, text, subject, network_id, public, answers, date) = conn
        .prepare_cached(
            "SELECT o.channel, o.address, o.name, b.text, m.subject, m.network_id, o.public, o.answers,
                    o.queued_at
             FROM outbox o JOIN messages m ON m.id = o.message JOIN bodies b ON b.message = m.id
             WHERE o.message = ?1 AND m.kind = 1",
        )?
        .query_row([row], |row| {
            Ok((
                handle(row)?,
                patient(row, "text")?,
                patient(row, "subject")?,
                row.get::<_, String>("network_id")?,
                row.get::<_, bool>("public")?,
                row.get::<_, Option<i64>>("answers")?,
                row.get::<_, i64>("queued_at")?,
            ))
        })
        .optional()?
        .ok_or(StoreError::NotFound("reply"))?;
    let (in_reply_to, references) = match answers {
        Some(answers) => thread_of(conn, answers)?,
        None => (None, Vec::new()),
    };
    Ok(Outgoing {
        id: reply,
        to,
        text: reply_text(public, text),
        subject,
        network_id,
        in_reply_to,
        references,
        attachments: attachments(conn, blobs, row)?,
        date: Timestamp::from_millis(date),
    })
}

/// A reply that is stored as public was let pass by the guard before it was queued: `desk` makes no
/// `ReplyQueued` with public visibility otherwise.
fn reply_text(public: bool, text: PatientText) -> ReplyText {
    if public {
        ReplyText::Public(PublicText::from_guard(GuardPass::granted(text)))
    } else {
        ReplyText::Private(PrivateText::new(text))
    }
}

/// The id that a reply answers, and the ids of the thread so far, oldest first.
fn thread_of(conn: &Connection, answers: i64) -> Result<(Option<String>, Vec<String>), StoreError> {
    let own: String = conn
        .prepare_cached("SELECT network_id FROM messages WHERE id = ?1")?
        .query_row([answers], |row| row.get(0))?;
    let parents: Option<String> = crate::message::extra(conn, answers, "parents")?;
    let mut references: Vec<String> = match parents {
        Some(json) => serde_json::from_str(&json)?,
        // One of our own replies: what it answered, and before that what that answered.
        None => ancestors(conn, answers)?,
    };
    // Stored nearest first.
    references.reverse();
    references.retain(|id| *id != own);
    if own.is_empty() {
        return Ok((None, references));
    }
    references.push(own.clone());
    Ok((Some(own), thinned(references)))
}

fn ancestors(conn: &Connection, message: i64) -> Result<Vec<String>, StoreError> {
    let mut ids = Vec::new();
    let mut at = message;
    while ids.len() < MOST_REFERENCES {
        let parent: Option<(i64, String)> = conn
            .prepare_cached(
                "SELECT p.id, p.network_id FROM outbox o JOIN messages p ON p.id = o.answers
                 WHERE o.message = ?1",
            )?
            .query_row([at], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((parent, id)) = parent else { break };
        if !id.is_empty() {
            ids.push(id);
        }
        if let Some(json) = crate::message::extra::<String>(conn, parent, "parents")? {
            ids.extend(serde_json::from_str::<Vec<String>>(&json)?);
            break;
        }
        at = parent;
    }
    Ok(ids)
}

/// The first and the last references; what lies between is left out when there are many.
fn thinned(mut references: Vec<String>) -> Vec<String> {
    let too_many = references.len().saturating_sub(MOST_REFERENCES);
    if too_many > 0 {
        references.drain(1..=too_many);
    }
    references
}

fn attachments(
    conn: &Connection,
    blobs: &Blobs,
    message: i64,
) -> Result<Vec<OutgoingAttachment>, StoreError> {
    let rows = conn
        .prepare_cached(
            "SELECT id, uuid, name, media_type FROM attachments WHERE message = ?1 ORDER BY id",
        )?
        .query_map([message], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Id>(1)?.0,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
            ))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    rows.into_iter()
        .map(|(row, id, name, media_type)| {
            Ok(OutgoingAttachment {
                id: AttachmentId::from_uuid(id),
                name,
                media_type,
                data: blobs
                    .read(conn, row)?
                    .ok_or(StoreError::NotFound("attachment's bytes"))?,
            })
        })
        .collect()
}
