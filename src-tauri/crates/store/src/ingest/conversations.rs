//! The conversations that a delivery is adding to, kept in memory until its end: ten messages to one
//! conversation are one write of its row and of the indexes over it.

use std::collections::HashMap;

use rusqlite::params;

use super::Ingest;
use crate::StoreError;
use crate::message;

/// A conversation's row as far as arriving messages change it.
#[derive(Clone)]
pub(crate) struct Row {
    pub state: i64,
    pub snoozed_until: Option<i64>,
    pub acuity: i64,
    pub acuity_reason: String,
    pub red_flag: bool,
    pub unread: i64,
    pub messages: i64,
    pub attachments: i64,
    pub last_at: i64,
    pub last_kind: i64,
    pub last_inbound_at: Option<i64>,
    pub last_outbound_at: Option<i64>,
    pub waiting_since: Option<i64>,
    pub settled_at: Option<i64>,
    pub preview: String,
    /// `waiting_since` cannot be told from what is here.
    pub ask_waiting: bool,
}

#[derive(Default)]
pub(crate) struct Open(pub HashMap<i64, Row>);

impl Ingest<'_, '_> {
    /// The row, read on first use.
    pub(crate) fn row(&mut self, conversation: i64) -> Result<&mut Row, StoreError> {
        if !self.open.0.contains_key(&conversation) {
            self.work.touch(conversation)?;
            let row = self
                .work
                .tx
                .prepare_cached(
                    "SELECT state, snoozed_until, acuity, acuity_reason, unread, messages,
                            attachments, last_at, last_kind, last_inbound_at, last_outbound_at,
                            waiting_since, settled_at, preview, red_flag
                     FROM conversations WHERE id = ?1",
                )?
                .query_row([conversation], |row| {
                    Ok(Row {
                        state: row.get(0)?,
                        snoozed_until: row.get(1)?,
                        acuity: row.get(2)?,
                        acuity_reason: row.get(3)?,
                        unread: row.get(4)?,
                        messages: row.get(5)?,
                        attachments: row.get(6)?,
                        last_at: row.get(7)?,
                        last_kind: row.get(8)?,
                        last_inbound_at: row.get(9)?,
                        last_outbound_at: row.get(10)?,
                        waiting_since: row.get(11)?,
                        settled_at: row.get(12)?,
                        preview: row.get(13)?,
                        red_flag: row.get(14)?,
                        ask_waiting: false,
                    })
                })?;
            self.open.0.insert(conversation, row);
        }
        self.open
            .0
            .get_mut(&conversation)
            .ok_or(StoreError::NotFound("conversation"))
    }

    /// Writes one back, so that code which works on the tables may change it.
    pub(crate) fn close(&mut self, conversation: i64) -> Result<(), StoreError> {
        let Some(row) = self.open.0.remove(&conversation) else {
            return Ok(());
        };
        self.work
            .tx
            .prepare_cached(
                "UPDATE conversations SET state = ?2, snoozed_until = ?3, acuity = ?4,
                   acuity_reason = ?5, unread = ?6, messages = ?7, attachments = ?8, last_at = ?9,
                   last_kind = ?10, last_inbound_at = ?11, last_outbound_at = ?12,
                   waiting_since = ?13, settled_at = ?14, preview = ?15,
                   red_flag = ?16
                 WHERE id = ?1",
            )?
            .execute(params![
                conversation,
                row.state,
                row.snoozed_until,
                row.acuity,
                row.acuity_reason,
                row.unread,
                row.messages,
                row.attachments,
                row.last_at,
                row.last_kind,
                row.last_inbound_at,
                row.last_outbound_at,
                row.waiting_since,
                row.settled_at,
                row.preview,
                row.red_flag,
            ])?;
        if row.ask_waiting {
            message::refresh_waiting(self.work.tx, conversation)?;
        }
        Ok(())
    }

    /// Writes all back, in order of rows.
    pub(crate) fn close_all(&mut self) -> Result<(), StoreError> {
        let mut rows: Vec<i64> = self.open.0.keys().copied().collect();
        rows.sort_unstable();
        for row in rows {
            self.close(row)?;
        }
        Ok(())
    }
}
