//! What happened in the mailbox, outside Anteroom, to messages stored here.
//!
//! A mail that was deleted or moved away there stays readable here: the conversation is the practice's
//! record. It is marked, and the timeline says so.

use domain::OperationId;
use domain::inbound::{RemoteChange, RemoteId};
use rusqlite::{OptionalExtension, params};

use super::Ingest;
use crate::StoreError;
use crate::sql::Id;

/// The word of the timeline for a message that is no longer in the mailbox.
pub(crate) const REMOVED: &str = "removed_elsewhere";

impl Ingest<'_, '_> {
    pub(crate) fn elsewhere(&mut self, change: &RemoteChange) -> Result<(), StoreError> {
        match change {
            RemoteChange::Seen { remote_id, seen } => match self.named(remote_id)? {
                Some(message) => self.seen(message, *seen),
                None => Ok(()),
            },
            RemoteChange::Removed { remote_id } => {
                let Some(message) = self.named(remote_id)? else {
                    return Ok(());
                };
                self.work
                    .tx
                    .prepare_cached("DELETE FROM remote_names WHERE account = ?1 AND name = ?2")?
                    .execute(params![self.account, remote_id.0])?;
                self.one_name_less(message)
            }
            RemoteChange::Renamed { from, to } => {
                if self.named(to)?.is_some() {
                    // Listed under the new name already; the old one goes.
                    return self.elsewhere(&RemoteChange::Removed {
                        remote_id: from.clone(),
                    });
                }
                self.work
                    .tx
                    .prepare_cached(
                        "UPDATE remote_names SET name = ?3 WHERE account = ?1 AND name = ?2",
                    )?
                    .execute(params![self.account, from.0, to.0])?;
                Ok(())
            }
            RemoteChange::NamesForgotten { prefix } => self.forget(prefix),
        }
    }

    /// The message that the network calls so.
    pub(crate) fn named(&self, name: &RemoteId) -> Result<Option<i64>, StoreError> {
        Ok(self
            .work
            .tx
            .prepare_cached("SELECT message FROM remote_names WHERE account = ?1 AND name = ?2")?
            .query_row(params![self.account, name.0], |row| row.get(0))
            .optional()?)
    }

    /// The network has one more name for a stored message.
    pub(crate) fn one_name_more(
        &mut self,
        message: i64,
        name: &RemoteId,
    ) -> Result<(), StoreError> {
        let added = self
            .work
            .tx
            .prepare_cached(
                "INSERT OR IGNORE INTO remote_names (account, name, message) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![self.account, name.0, message])?;
        if added == 0 {
            return Ok(());
        }
        let was_gone: bool = self
            .work
            .tx
            .prepare_cached("SELECT gone_at IS NOT NULL FROM messages WHERE id = ?1")?
            .query_row([message], |row| row.get(0))?;
        self.work
            .tx
            .prepare_cached("UPDATE messages SET names = names + 1, gone_at = NULL WHERE id = ?1")?
            .execute([message])?;
        if was_gone {
            self.work
                .tx
                .prepare_cached("DELETE FROM timeline_notes WHERE message = ?1 AND kind = ?2")?
                .execute(params![message, REMOVED])?;
        }
        Ok(())
    }

    fn one_name_less(&mut self, message: i64) -> Result<(), StoreError> {
        let (left, conversation): (i64, i64) = self
            .work
            .tx
            .prepare_cached(
                "UPDATE messages SET names = max(names - 1, 0) WHERE id = ?1
                 RETURNING names, conversation",
            )?
            .query_row([message], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if left > 0 {
            return Ok(());
        }
        self.work.touch(conversation)?;
        self.seen(message, true)?;
        self.work
            .tx
            .prepare_cached("UPDATE messages SET gone_at = ?2 WHERE id = ?1")?
            .execute(params![message, self.work.now.millis()])?;
        self.work
            .tx
            .prepare_cached(
                "INSERT INTO timeline_notes (uuid, conversation, message, at, kind)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                Id(*OperationId::new(self.work.now).as_uuid()),
                conversation,
                message,
                self.work.now.millis(),
                REMOVED
            ])?;
        Ok(())
    }

    fn seen(&mut self, message: i64, seen: bool) -> Result<(), StoreError> {
        let changed: Option<i64> = self
            .work
            .tx
            .prepare_cached(
                "UPDATE messages SET unread = ?2 WHERE id = ?1 AND kind = 0 AND unread <> ?2
                 RETURNING conversation",
            )?
            .query_row(params![message, !seen], |row| row.get(0))
            .optional()?;
        if let Some(conversation) = changed {
            self.row(conversation)?.unread += if seen { -1 } else { 1 };
        }
        Ok(())
    }

    /// Drops every name that begins so. The messages stay, and are known again by id and fingerprint.
    fn forget(&mut self, prefix: &str) -> Result<(), StoreError> {
        let messages = self
            .work
            .tx
            .prepare_cached(
                "DELETE FROM remote_names WHERE account = ?1 AND name >= ?2
                   AND substr(name, 1, length(?2)) = ?2 RETURNING message",
            )?
            .query_map(params![self.account, prefix], |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        let mut less = self
            .work
            .tx
            .prepare_cached("UPDATE messages SET names = max(names - 1, 0) WHERE id = ?1")?;
        for message in messages {
            less.execute([message])?;
        }
        Ok(())
    }
}
