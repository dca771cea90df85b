//! Marks made here that the mailbox should show too: read, unread, answered. They wait until the
//! account's connection has carried them there.

use domain::inbound::RemoteId;
use rusqlite::{Connection, Transaction, params};

use crate::StoreError;
use crate::sql::{ACCOUNTS, from_serde_word, get, invalid, serde_word};

/// A mark on a message in its mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It was read.
    Seen,
    /// It was marked unread.
    Unseen,
    /// It was answered.
    Answered,
}

/// A mark that has not been carried to the mailbox yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMark {
    /// For [`Store::marks_done`](crate::Store::marks_done).
    pub id: i64,
    /// The network's name for the message.
    pub remote_id: RemoteId,
    /// The mark.
    pub mark: Mark,
}

/// Asks for a mark, in place of its opposite.
pub(crate) fn want(tx: &Transaction<'_>, message: i64, mark: Mark) -> Result<(), StoreError> {
    let opposite = match mark {
        Mark::Seen => Some(Mark::Unseen),
        Mark::Unseen => Some(Mark::Seen),
        Mark::Answered => None,
    };
    if let Some(opposite) = opposite {
        tx.prepare_cached("DELETE FROM marks WHERE message = ?1 AND mark = ?2")?
            .execute(params![message, serde_word(&opposite)?])?;
    }
    tx.prepare_cached(
        "INSERT OR IGNORE INTO marks (message, mark)
         SELECT id, ?2 FROM messages WHERE id = ?1 AND names > 0",
    )?
    .execute(params![message, serde_word(&mark)?])?;
    Ok(())
}

/// The marks that wait for an account, the oldest first; at most a thousand.
pub(crate) fn waiting(
    conn: &Connection,
    account: domain::AccountId,
) -> Result<Vec<WaitingMark>, StoreError> {
    let account = get(conn, ACCOUNTS, account.as_uuid())?;
    Ok(conn
        .prepare_cached(
            "SELECT k.id, k.mark, min(r.name) FROM marks k JOIN remote_names r ON r.message = k.message
             WHERE r.account = ?1 GROUP BY k.id ORDER BY k.id LIMIT 1000",
        )?
        .query_map([account], |row| {
            Ok(WaitingMark {
                id: row.get(0)?,
                mark: from_serde_word(&row.get::<_, String>(1)?).ok_or_else(|| invalid("mark"))?,
                remote_id: RemoteId(row.get(2)?),
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// Forgets marks that were carried, or that cannot be.
pub(crate) fn done(tx: &Transaction<'_>, ids: &[i64]) -> Result<(), StoreError> {
    let mut delete = tx.prepare_cached("DELETE FROM marks WHERE id = ?1")?;
    for id in ids {
        delete.execute([*id])?;
    }
    Ok(())
}
