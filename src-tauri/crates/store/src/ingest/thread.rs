//! What ties messages together.
//!
//! One small table maps the first eight bytes of a hash, over an account and an id, to conversations
//! and messages. It holds the ids of messages, the ids that messages answer (mail is fetched newest
//! first, so an answer comes before what it answers), the networks' own thread ids, and subjects with
//! their contact. Eight bytes of SHA-256 keep it small and its insertions quick; a collision among
//! millions is a matter of one in billions, and a wanted one costs 2^64 hashes.
//!
//! Merging leaves the table alone: whoever reads it follows `merged_into`.

use domain::threading::{Candidate, Tie};
use domain::{ContactId, ConversationId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::sql::Id;

/// What an id is the id of.
#[derive(Clone, Copy)]
pub(crate) enum Space {
    /// A message's own id on its network.
    Own,
    /// The network's id of a whole thread.
    Native,
    /// A subject, together with a contact.
    Subject,
    /// The network's name for a message.
    Name,
}

/// The key of an id.
pub(crate) fn key(account: i64, space: Space, id: &str) -> i64 {
    let mut hash = Sha256::new();
    hash.update(account.to_be_bytes());
    hash.update([match space {
        Space::Own => 0,
        Space::Native => 1,
        Space::Subject => 2,
        Space::Name => 3,
    }]);
    hash.update(id.as_bytes());
    let hash = hash.finalize();
    hash.iter()
        .take(8)
        .fold(0_i64, |key, byte| (key << 8) | i64::from(*byte))
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub conversation: i64,
    /// 0: the id is only known from messages that name it.
    pub message: i64,
}

/// Who uses a key.
pub(crate) fn find(conn: &Connection, key: i64) -> Result<Vec<Found>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT conversation, message FROM thread_keys WHERE key = ?1")?
        .query_map([key], |row| {
            Ok(Found {
                conversation: row.get(0)?,
                message: row.get(1)?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// Remembers a key.
pub(crate) fn put(
    tx: &Transaction<'_>,
    key: i64,
    conversation: i64,
    message: i64,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO thread_keys (key, conversation, message) VALUES (?1, ?2, ?3)",
    )?
    .execute([key, conversation, message])?;
    Ok(())
}

/// Remembers a message's own id.
pub(crate) fn own(
    tx: &Transaction<'_>,
    account: i64,
    id: &str,
    conversation: i64,
    message: i64,
) -> Result<(), StoreError> {
    if id.is_empty() {
        return Ok(());
    }
    put(tx, key(account, Space::Own, id), conversation, message)
}

/// A message moved to another conversation: answers to it follow.
pub(crate) fn rehome(tx: &Transaction<'_>, message: i64, into: i64) -> Result<(), StoreError> {
    let (account, id): (i64, String) = tx.query_row(
        "SELECT c.account, m.network_id FROM messages m JOIN conversations c ON c.id = m.conversation
         WHERE m.id = ?1",
        [message],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if id.is_empty() {
        return Ok(());
    }
    let key = key(account, Space::Own, &id);
    tx.prepare_cached("DELETE FROM thread_keys WHERE key = ?1 AND (message = ?2 OR message = 0)")?
        .execute([key, message])?;
    put(tx, key, into, message)
}

/// A conversation that an item might belong to, with its row.
pub(crate) struct Likely {
    pub row: i64,
    pub candidate: Candidate,
}

/// The conversation behind a row, through mergers.
pub(crate) fn candidate(
    conn: &Connection,
    conversation: i64,
    tie: Tie,
) -> Result<Option<Likely>, StoreError> {
    let mut row = conversation;
    // A merger can lead to one that was merged itself; the bound only guards against damage.
    for _ in 0..64 {
        let found = conn
            .prepare_cached(
                "SELECT c.merged_into, c.uuid, k.uuid, c.last_at, c.state
                 FROM conversations c JOIN contacts k ON k.id = c.contact WHERE c.id = ?1",
            )?
            .query_row(params![row], |found| {
                Ok((
                    found.get::<_, Option<i64>>(0)?,
                    found.get::<_, Id>(1)?.0,
                    found.get::<_, Id>(2)?.0,
                    found.get::<_, i64>(3)?,
                    found.get::<_, i64>(4)?,
                ))
            })
            .optional()?;
        let Some((merged, uuid, contact, last_at, state)) = found else {
            return Ok(None);
        };
        match merged {
            Some(into) => row = into,
            None => {
                return Ok(Some(Likely {
                    row,
                    candidate: Candidate {
                        conversation: ConversationId::from_uuid(uuid),
                        contact: ContactId::from_uuid(contact),
                        tie,
                        last_message_at: Timestamp::from_millis(last_at),
                        closed: state == 3,
                    },
                }));
            }
        }
    }
    Ok(None)
}
