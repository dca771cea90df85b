//! Drafts: one per conversation, a reply or a note. Typing is not an operation, so drafts are saved
//! outside the log.

use domain::{ConversationId, MessageId, PatientText, StaffId, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::commit::conversation::get_any;
use crate::commit::outbox::Standing;
use crate::sql::{MESSAGES, STAFF, get, instant, maybe_uuid, patient};
use crate::work::Work;

/// What a draft is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// A reply to the contact.
    Reply,
    /// An internal note.
    Note,
}

impl DraftKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }
}

/// What someone has begun to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Draft {
    /// Where.
    pub conversation: ConversationId,
    /// What it is to become.
    pub kind: DraftKind,
    /// Subject line, if the writer changed it.
    pub subject: PatientText,
    /// The text so far.
    pub text: PatientText,
    /// The message it answers.
    pub answers: Option<MessageId>,
    /// Who wrote it last.
    pub staff: Option<StaffId>,
}

/// A draft as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct DraftRow {
    /// The draft.
    #[serde(flatten)]
    pub draft: Draft,
    /// When it was saved last.
    pub saved_at: Timestamp,
    /// Files that go with it.
    pub attachments: Vec<domain::AttachmentMeta>,
}

/// Keeps a draft in place of the one before. An empty one without files clears it.
pub(crate) fn save(work: &mut Work<'_>, draft: &Draft) -> Result<(), StoreError> {
    let row = get_any(work.tx, draft.conversation)?;
    let files: i64 = work.tx.query_row(
        "SELECT count(*) FROM attachments WHERE draft = ?1",
        [row],
        |row| row.get(0),
    )?;
    if draft.text.reveal().is_empty() && draft.subject.is_empty() && files == 0 {
        return clear_row(work, row, None);
    }
    let answers = match &draft.answers {
        Some(id) => Some(get(work.tx, MESSAGES, id.as_uuid())?),
        None => None,
    };
    let staff = match &draft.staff {
        Some(id) => Some(get(work.tx, STAFF, id.as_uuid())?),
        None => None,
    };
    put(
        work,
        row,
        draft.kind.word(),
        draft.subject.reveal(),
        draft.text.reveal(),
        answers,
        staff,
    )
}

fn put(
    work: &mut Work<'_>,
    conversation: i64,
    kind: &str,
    subject: &str,
    text: &str,
    answers: Option<i64>,
    staff: Option<i64>,
) -> Result<(), StoreError> {
    work.touch(conversation)?;
    work.tx
        .prepare_cached(
            "INSERT INTO drafts (conversation, kind, subject, text, answers, staff, saved_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET kind = excluded.kind, subject = excluded.subject,
               text = excluded.text, answers = excluded.answers, staff = excluded.staff,
               saved_at = excluded.saved_at",
        )?
        .execute(params![
            conversation,
            kind,
            subject,
            text,
            answers,
            staff,
            work.now.millis()
        ])?;
    work.tx
        .prepare_cached("UPDATE conversations SET drafts = 1 WHERE id = ?1")?
        .execute([conversation])?;
    Ok(())
}

/// Makes sure a draft exists, so that a file can hang on it.
pub(crate) fn ensure(work: &mut Work<'_>, conversation: i64) -> Result<(), StoreError> {
    let exists = work
        .tx
        .query_row(
            "SELECT 1 FROM drafts WHERE conversation = ?1",
            [conversation],
            |_| Ok(()),
        )
        .optional()?;
    match exists {
        Some(()) => Ok(()),
        None => put(work, conversation, "reply", "", "", None, None),
    }
}

/// Clears the draft; with `kind`, only if it is of that kind. Its files go too.
pub(crate) fn clear_row(
    work: &mut Work<'_>,
    conversation: i64,
    kind: Option<&str>,
) -> Result<(), StoreError> {
    work.touch(conversation)?;
    let cleared = work
        .tx
        .prepare_cached("DELETE FROM drafts WHERE conversation = ?1 AND kind = coalesce(?2, kind)")?
        .execute(params![conversation, kind])?;
    if cleared > 0 {
        crate::blob::remove(work, "draft", conversation)?;
        work.tx
            .prepare_cached("UPDATE conversations SET drafts = 0 WHERE id = ?1")?
            .execute([conversation])?;
    }
    Ok(())
}

/// Makes a reply that was taken back the draft again, before whatever was begun since.
pub(crate) fn take_back(work: &mut Work<'_>, at: &Standing) -> Result<(), StoreError> {
    let (subject, text, staff): (String, String, Option<i64>) = work.tx.query_row(
        "SELECT m.subject, b.text, m.staff FROM messages m JOIN bodies b ON b.message = m.id
         WHERE m.id = ?1",
        [at.message],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let answers: Option<i64> = work.tx.query_row(
        "SELECT answers FROM outbox WHERE message = ?1",
        [at.message],
        |row| row.get(0),
    )?;
    let begun: Option<String> = work
        .tx
        .query_row(
            "SELECT text FROM drafts WHERE conversation = ?1",
            [at.conversation],
            |row| row.get(0),
        )
        .optional()?;
    let text = match begun {
        Some(begun) if !begun.trim().is_empty() => format!("{text}\n\n{begun}"),
        _ => text,
    };
    put(
        work,
        at.conversation,
        "reply",
        &subject,
        &text,
        answers,
        staff,
    )?;
    work.tx.execute(
        "UPDATE attachments SET draft = ?2, message = NULL WHERE message = ?1",
        [at.message, at.conversation],
    )?;
    Ok(())
}

/// The draft of a conversation.
pub(crate) fn read(
    conn: &Connection,
    conversation: ConversationId,
) -> Result<Option<DraftRow>, StoreError> {
    let row = get_any(conn, conversation)?;
    let draft = conn
        .prepare_cached(
            "SELECT d.kind, d.subject, d.text, m.uuid AS answers, s.uuid AS staff, d.saved_at
             FROM drafts d LEFT JOIN messages m ON m.id = d.answers
             LEFT JOIN staff s ON s.id = d.staff WHERE d.conversation = ?1",
        )?
        .query_row([row], |row| {
            let kind: String = row.get("kind")?;
            Ok((
                Draft {
                    conversation,
                    kind: if kind == "note" {
                        DraftKind::Note
                    } else {
                        DraftKind::Reply
                    },
                    subject: patient(row, "subject")?,
                    text: patient(row, "text")?,
                    answers: maybe_uuid(row, "answers")?.map(MessageId::from_uuid),
                    staff: maybe_uuid(row, "staff")?.map(StaffId::from_uuid),
                },
                instant(row, "saved_at")?,
            ))
        })
        .optional()?;
    let Some((draft, saved_at)) = draft else {
        return Ok(None);
    };
    Ok(Some(DraftRow {
        draft,
        saved_at,
        attachments: crate::blob::list(conn, "draft", row)?,
    }))
}
