//! Erasing a contact: rows, index entries, drafts, log texts, keys and files.
//!
//! `secure_delete` overwrites what is deleted, in tables and in the full-text index, so nothing has to
//! be rewritten afterwards. In the log the entries stay, and so does the chain; the texts that named
//! the contact go, and the erasure's own entry says how many, so that the check can tell an erasure
//! from a theft.

use domain::views::ErasureCertificate;
use domain::{Actor, Change, ContactId, HybridClock, Origin};
use rusqlite::params;

use crate::StoreError;
use crate::commit::{Effect, record};
use crate::error::Refusal;
use crate::ingest::thread::{self, Space};
use crate::sql::{CONTACTS, Id, get};
use crate::work::Work;
use crate::{blob, message};

/// Erases a contact with those who were merged into it.
pub(crate) fn erase(
    work: &mut Work<'_>,
    clock: &HybridClock,
    actor: Actor,
    origin: Origin,
    contact: ContactId,
) -> Result<ErasureCertificate, StoreError> {
    let at = clock.tick(work.now);
    let root = get(work.tx, CONTACTS, contact.as_uuid())?;
    let family = ids(
        work,
        "WITH RECURSIVE family (id) AS (
           SELECT ?1 UNION SELECT c.id FROM contacts c JOIN family f ON c.merged_into = f.id)
         SELECT id FROM family",
        root,
    )?;
    let mut conversations = Vec::new();
    for member in &family {
        conversations.extend(crate::commit::contact::conversations(work.tx, *member)?);
    }
    for conversation in &conversations {
        work.touch(*conversation)?;
        let leaving: bool = work.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM outbox o JOIN messages m ON m.id = o.message
                            WHERE m.conversation = ?1 AND o.state = 'sending')",
            [*conversation],
            |row| row.get(0),
        )?;
        if leaving {
            return Err(Refusal::ReplyLeaving.into());
        }
    }
    let mut certificate = ErasureCertificate::default();
    let mut entries = log_entries(work, &family, &conversations)?;
    for conversation in &conversations {
        messages(work, *conversation, &mut certificate)?;
    }
    for conversation in &conversations {
        self::conversation(work, *conversation)?;
        certificate.conversations += 1;
    }
    crate::fault::point("erase.rows")?;
    people(work, &family)?;
    entries.sort_unstable();
    entries.dedup();
    texts(work, &entries)?;
    let change = Change::ContactErased {
        contact,
        conversations: certificate.conversations,
        messages: certificate.messages,
        attachments: certificate.attachments,
        operations: entries.len() as u64,
    };
    record(work, at, actor, origin, &change, &Effect::lasting())?;
    let own: i64 = work
        .tx
        .query_row("SELECT max(seq) FROM operations", [], |row| row.get(0))?;
    for seq in entries {
        work.tx
            .prepare_cached("UPDATE operations SET erased_by = ?2 WHERE seq = ?1")?
            .execute([seq, own])?;
    }
    work.events.contact(*contact.as_uuid());
    Ok(certificate)
}

fn ids(work: &Work<'_>, sql: &str, of: i64) -> Result<Vec<i64>, StoreError> {
    Ok(work
        .tx
        .prepare_cached(sql)?
        .query_map([of], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

fn messages(
    work: &mut Work<'_>,
    conversation: i64,
    certificate: &mut ErasureCertificate,
) -> Result<(), StoreError> {
    let messages = ids(
        work,
        "SELECT id FROM messages WHERE conversation = ?1 ORDER BY id",
        conversation,
    )?;
    for message in &messages {
        remember(work, *message)?;
        message::unindex(work.tx, *message)?;
        certificate.attachments += blob::remove(work, "message", *message)?;
        for sql in [
            "DELETE FROM marks WHERE message = ?1",
            "DELETE FROM remote_names WHERE message = ?1",
            "DELETE FROM extras WHERE message = ?1",
            "DELETE FROM bodies WHERE message = ?1",
            "DELETE FROM outbox WHERE message = ?1",
        ] {
            work.tx.prepare_cached(sql)?.execute([*message])?;
        }
    }
    for message in &messages {
        work.tx
            .prepare_cached("DELETE FROM messages WHERE id = ?1")?
            .execute([*message])?;
    }
    certificate.messages += messages.len() as u64;
    certificate.attachments += blob::remove(work, "draft", conversation)?;
    Ok(())
}

/// Keeps hashes of a message's names, so that reading the mailbox again does not bring it back. They
/// say nothing about the message to who does not have it.
fn remember(work: &Work<'_>, message: i64) -> Result<(), StoreError> {
    let names = work
        .tx
        .prepare_cached("SELECT account, name FROM remote_names WHERE message = ?1")?
        .query_map([message], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(i64, String)>, _>>()?;
    let mut insert = work
        .tx
        .prepare_cached("INSERT OR IGNORE INTO erased (key) VALUES (?1)")?;
    for (account, name) in names {
        insert.execute([thread::key(account, Space::Name, &name)])?;
    }
    work.tx
        .prepare_cached(
            "INSERT OR IGNORE INTO erased (key) SELECT key FROM thread_keys WHERE message = ?1",
        )?
        .execute([message])?;
    Ok(())
}

fn conversation(work: &Work<'_>, conversation: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM drafts WHERE conversation = ?1",
        "DELETE FROM conversation_tags WHERE conversation = ?1",
        "DELETE FROM timeline_notes WHERE conversation = ?1",
        // By far the largest table without an index of this column: erasing is rare.
        "DELETE FROM thread_keys WHERE conversation = ?1",
        "DELETE FROM operation_conversations WHERE conversation = ?1",
        "UPDATE conversations SET continues = NULL WHERE continues = ?1",
        "UPDATE conversations SET merged_into = NULL WHERE merged_into = ?1",
        "DELETE FROM conversations WHERE id = ?1",
    ] {
        work.tx.prepare_cached(sql)?.execute([conversation])?;
    }
    Ok(())
}

fn people(work: &Work<'_>, family: &[i64]) -> Result<(), StoreError> {
    for member in family {
        work.tx
            .execute("DELETE FROM handles WHERE contact = ?1", [*member])?;
    }
    for member in family {
        // A handle whose home this was lives with another contact now.
        work.tx.execute(
            "UPDATE handles SET home = contact WHERE home = ?1",
            [*member],
        )?;
        work.tx.execute(
            "UPDATE contacts SET merged_into = NULL WHERE merged_into = ?1",
            [*member],
        )?;
    }
    for member in family {
        work.tx
            .execute("DELETE FROM contacts WHERE id = ?1", [*member])?;
    }
    Ok(())
}

/// Entries of the log that still have a text and speak of these contacts or conversations.
fn log_entries(
    work: &Work<'_>,
    family: &[i64],
    conversations: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let mut entries = Vec::new();
    for conversation in conversations {
        entries.extend(ids(
            work,
            "SELECT oc.seq FROM operation_conversations oc
             JOIN operation_bodies b ON b.seq = oc.seq WHERE oc.conversation = ?1",
            *conversation,
        )?);
    }
    // By id in changes of contacts, by name or address in searches.
    let mut words = Vec::new();
    for member in family {
        let (uuid, name): (Id, String) = work.tx.query_row(
            "SELECT uuid, name FROM contacts WHERE id = ?1",
            [*member],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut by_id = work.tx.prepare_cached(
            "SELECT o.seq FROM operations o JOIN operation_bodies b ON b.seq = o.seq
             WHERE o.kind IN ('contact_saved', 'contacts_merged', 'contacts_parted', 'undone', 'many')
               AND instr(b.body, ?1) > 0",
        )?;
        for seq in by_id.query_map([uuid.0.to_string()], |row| row.get::<_, i64>(0))? {
            entries.push(seq?);
        }
        words.push(name);
        let mut handles = work
            .tx
            .prepare_cached("SELECT address, name FROM handles WHERE contact = ?1")?;
        for handle in handles.query_map([*member], |row| {
            Ok([row.get::<_, String>(0)?, row.get::<_, String>(1)?])
        })? {
            words.extend(handle?);
        }
    }
    let words: Vec<String> = words
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= 3)
        .map(domain::query::fold)
        .collect();
    let mut searches = work.tx.prepare(
        "SELECT o.seq, b.body FROM operations o JOIN operation_bodies b ON b.seq = o.seq
         WHERE o.kind = 'searched'",
    )?;
    for row in searches.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))? {
        let (seq, body): (i64, String) = row?;
        let Ok(Change::Searched { query, .. }) = serde_json::from_str(&body) else {
            continue;
        };
        let query = domain::query::fold(query.reveal());
        let mut asked = query.split(|c: char| !c.is_alphanumeric());
        if asked.any(|word| words.iter().any(|known| known == word)) {
            entries.push(seq);
        }
    }
    Ok(entries)
}

fn texts(work: &Work<'_>, entries: &[i64]) -> Result<(), StoreError> {
    for seq in entries {
        work.tx
            .prepare_cached("DELETE FROM operation_inverses WHERE seq = ?1")?
            .execute(params![seq])?;
        work.tx
            .prepare_cached("DELETE FROM operation_bodies WHERE seq = ?1")?
            .execute(params![seq])?;
    }
    Ok(())
}
