//! Drafts: one per conversation, a reply or a note. Typing is not an operation, so drafts are saved
//! outside the log.
//!
//! Files are sealed as soon as they are added, before the draft that names them is saved. Those that a
//! saved draft does not name wait unseen (`part` -1) until it is sent or thrown away, so that a file
//! added during a save is not lost.

use domain::views::{Draft, DraftKind};
use domain::{AttachmentId, ConversationId, Handle, PatientText, StaffId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::StoreError;
use crate::blob;
use crate::commit::conversation::get_any;
use crate::commit::outbox::Standing;
use crate::sql::{
    ATTACHMENTS, STAFF, find, from_serde_word, get, instant, invalid, patient, serde_word, uuid,
};
use crate::work::Work;

/// A draft to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDraft {
    /// Where.
    pub conversation: ConversationId,
    /// What it is to become.
    pub kind: DraftKind,
    /// To whom, if the writer chose.
    pub to: Option<Handle>,
    /// Subject of a reply.
    pub subject: PatientText,
    /// The text so far.
    pub text: PatientText,
    /// Files that go with it, in order.
    pub attachments: Vec<AttachmentId>,
    /// Who writes.
    pub staff: StaffId,
}

/// Keeps a draft in place of the one before. An empty one clears it.
pub(crate) fn save(work: &mut Work<'_>, draft: &NewDraft) -> Result<(), StoreError> {
    let row = get_any(work.tx, draft.conversation)?;
    if draft.text.is_empty() && draft.attachments.is_empty() {
        return clear_row(work, row, None);
    }
    let staff = get(work.tx, STAFF, draft.staff.as_uuid())?;
    work.tx
        .execute("UPDATE attachments SET part = -1 WHERE draft = ?1", [row])?;
    for (part, id) in (0_i64..).zip(&draft.attachments) {
        let file = get(work.tx, ATTACHMENTS, id.as_uuid())?;
        work.tx.execute(
            "UPDATE attachments SET part = ?2 WHERE id = ?1 AND draft = ?3",
            [file, part, row],
        )?;
    }
    let to = draft.to.as_ref().map(serde_json::to_string).transpose()?;
    put(
        work,
        row,
        &Writing {
            kind: draft.kind,
            to,
            subject: draft.subject.reveal(),
            text: draft.text.reveal(),
            staff,
        },
    )
}

struct Writing<'w> {
    kind: DraftKind,
    to: Option<String>,
    subject: &'w str,
    text: &'w str,
    staff: i64,
}

fn put(work: &mut Work<'_>, conversation: i64, draft: &Writing<'_>) -> Result<(), StoreError> {
    work.touch(conversation)?;
    work.tx
        .prepare_cached(
            "INSERT INTO drafts (conversation, kind, recipient, subject, text, staff, saved_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET kind = excluded.kind, recipient = excluded.recipient,
               subject = excluded.subject, text = excluded.text, staff = excluded.staff,
               saved_at = excluded.saved_at",
        )?
        .execute(params![
            conversation,
            serde_word(&draft.kind)?,
            draft.to,
            draft.subject,
            draft.text,
            draft.staff,
            work.now.millis()
        ])?;
    work.tx
        .prepare_cached("UPDATE conversations SET drafts = 1 WHERE id = ?1")?
        .execute([conversation])?;
    Ok(())
}

/// Clears the draft with its files; with `kind`, only if it is of that kind.
pub(crate) fn clear_row(
    work: &mut Work<'_>,
    conversation: i64,
    kind: Option<&str>,
) -> Result<(), StoreError> {
    work.touch(conversation)?;
    work.tx
        .prepare_cached("DELETE FROM drafts WHERE conversation = ?1 AND kind = coalesce(?2, kind)")?
        .execute(params![conversation, kind])?;
    let left: bool = work
        .tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM drafts WHERE conversation = ?1)")?
        .query_row([conversation], |row| row.get(0))?;
    if !left {
        blob::remove(work, "draft", conversation)?;
    }
    work.tx
        .prepare_cached("UPDATE conversations SET drafts = ?2 WHERE id = ?1")?
        .execute(params![conversation, left])?;
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
    let to = work.tx.query_row(
        "SELECT channel, address, name FROM outbox WHERE message = ?1",
        [at.message],
        crate::sql::handle,
    )?;
    work.tx.execute(
        "UPDATE attachments SET draft = ?2, message = NULL WHERE message = ?1",
        [at.message, at.conversation],
    )?;
    // A reply that no staff member wrote has nobody to give it back to.
    let Some(staff) = staff else { return Ok(()) };
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
        &Writing {
            kind: DraftKind::Reply,
            to: Some(serde_json::to_string(&to)?),
            subject: &subject,
            text: &text,
            staff,
        },
    )
}

/// The draft of a conversation.
pub(crate) fn read(conn: &Connection, conversation: i64) -> Result<Option<Draft>, StoreError> {
    let draft = conn
        .prepare_cached(
            "SELECT d.kind, d.recipient, d.subject, d.text, s.uuid AS staff, d.saved_at
             FROM drafts d JOIN staff s ON s.id = d.staff WHERE d.conversation = ?1",
        )?
        .query_row([conversation], |row| {
            let to: Option<String> = row.get("recipient")?;
            Ok(Draft {
                kind: from_serde_word(&row.get::<_, String>("kind")?)
                    .ok_or_else(|| invalid("kind"))?,
                to: to.and_then(|to| serde_json::from_str(&to).ok()),
                subject: patient(row, "subject")?,
                text: patient(row, "text")?,
                attachments: Vec::new(),
                staff: StaffId::from_uuid(uuid(row, "staff")?),
                saved_at: instant(row, "saved_at")?,
            })
        })
        .optional()?;
    let Some(mut draft) = draft else {
        return Ok(None);
    };
    draft.attachments = blob::list(conn, "part >= 0 AND draft", conversation)?;
    Ok(Some(draft))
}

/// Takes a file off whatever draft it hangs on.
pub(crate) fn detach(work: &mut Work<'_>, attachment: AttachmentId) -> Result<(), StoreError> {
    let row = find(work.tx, ATTACHMENTS, attachment.as_uuid())?
        .ok_or(StoreError::NotFound(ATTACHMENTS.one))?;
    let draft: Option<i64> = work.tx.query_row(
        "SELECT draft FROM attachments WHERE id = ?1",
        [row],
        |row| row.get(0),
    )?;
    let draft = draft.ok_or(StoreError::NotFound(ATTACHMENTS.one))?;
    work.touch(draft)?;
    blob::remove(work, "id", row)?;
    Ok(())
}
