//! The practice's lists: staff, pools, tags, views, canned responses, settings, accounts, counts, and
//! the outbox and audit pages.

use domain::inbound::Progress;
use domain::{
    AccountId, CannedId, Channel, ConversationId, MessageId, OperationId, Pool, PoolId, PracticeId,
    Role, StaffId, StaffMember, Tag, TagColour, TagId, View, ViewId,
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::StoreError;
use crate::filter::Viewer;
use crate::rows::{
    AccountRow, AuditRow, CannedRow, Counts, OutboxItem, Page, PageKey, PracticeRow,
};
use crate::sql::{
    ACCOUNTS, Id, STAFF, column_word, find, get, instant, maybe_instant, maybe_uuid, patient, uuid,
};

pub(crate) fn practice(conn: &Connection) -> Result<Option<PracticeRow>, StoreError> {
    let Some(id) = meta(conn, "practice")? else {
        return Ok(None);
    };
    Ok(Some(PracticeRow {
        id: id.parse().map(PracticeId::from_uuid).map_err(|_| StoreError::Value("practice"))?,
        name: meta(conn, "practice_name")?.unwrap_or_default(),
    }))
}

pub(crate) fn meta(conn: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

pub(crate) fn staff(conn: &Connection) -> Result<Vec<StaffMember>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT uuid, name, role, active FROM staff ORDER BY id")?
        .query_map([], |row| {
            Ok(StaffMember {
                id: StaffId::from_uuid(uuid(row, "uuid")?),
                name: row.get("name")?,
                role: column_word(row, "role", Role::from_word)?,
                active: row.get("active")?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn pools(conn: &Connection) -> Result<Vec<Pool>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT uuid, name FROM pools WHERE removed = 0 ORDER BY id")?
        .query_map([], |row| {
            Ok(Pool {
                id: PoolId::from_uuid(uuid(row, "uuid")?),
                name: row.get("name")?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn tags(conn: &Connection) -> Result<Vec<Tag>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT uuid, name, colour FROM tags WHERE removed = 0 ORDER BY id")?
        .query_map([], |row| {
            Ok(Tag {
                id: TagId::from_uuid(uuid(row, "uuid")?),
                name: row.get("name")?,
                colour: TagColour::from_word(&row.get::<_, String>("colour")?).unwrap_or_default(),
            })
        })?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn views(conn: &Connection, viewer: Viewer) -> Result<Vec<View>, StoreError> {
    let staff = viewer_row(conn, viewer)?;
    Ok(conn
        .prepare_cached(
            "SELECT v.uuid, v.name, v.query, s.uuid AS only_for
             FROM views v LEFT JOIN staff s ON s.id = v.only_for
             WHERE v.removed = 0 AND coalesce(v.only_for, ?1) = ?1 ORDER BY v.id",
        )?
        .query_map([staff], |row| {
            Ok(View {
                id: ViewId::from_uuid(uuid(row, "uuid")?),
                name: row.get("name")?,
                query: row.get("query")?,
                only_for: maybe_uuid(row, "only_for")?.map(StaffId::from_uuid),
            })
        })?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn canned(conn: &Connection) -> Result<Vec<CannedRow>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT uuid, shortcut, title, text FROM canned WHERE removed = 0 ORDER BY title, id",
        )?
        .query_map([], |row| {
            Ok(CannedRow {
                id: CannedId::from_uuid(uuid(row, "uuid")?),
                shortcut: row.get("shortcut")?,
                title: row.get("title")?,
                text: row.get("text")?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn setting(
    conn: &Connection,
    staff: Option<StaffId>,
    key: &str,
) -> Result<serde_json::Value, StoreError> {
    let staff = match staff {
        Some(staff) => get(conn, STAFF, staff.as_uuid())?,
        None => 0,
    };
    let text: Option<String> = conn
        .prepare_cached("SELECT value FROM settings WHERE staff = ?1 AND key = ?2")?
        .query_row(params![staff, key], |row| row.get(0))
        .optional()?;
    text.map_or(Ok(serde_json::Value::Null), |text| {
        Ok(serde_json::from_str(&text)?)
    })
}

pub(crate) fn settings(
    conn: &Connection,
    staff: Option<StaffId>,
) -> Result<Vec<(String, serde_json::Value)>, StoreError> {
    let staff = match staff {
        Some(staff) => get(conn, STAFF, staff.as_uuid())?,
        None => 0,
    };
    let rows = conn
        .prepare_cached("SELECT key, value FROM settings WHERE staff = ?1 ORDER BY key")?
        .query_map([staff], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    rows.into_iter()
        .map(|(key, value)| Ok((key, serde_json::from_str(&value)?)))
        .collect()
}

pub(crate) fn accounts(conn: &Connection) -> Result<Vec<AccountRow>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT uuid, channel, address, settings, removed, health, fetched_at, done, total,
                    complete
             FROM accounts ORDER BY id",
        )?
        .query_map([], |row| {
            let json = |column: &str| -> rusqlite::Result<serde_json::Value> {
                let text: String = row.get(column)?;
                Ok(serde_json::from_str(&text).unwrap_or_default())
            };
            Ok(AccountRow {
                id: AccountId::from_uuid(uuid(row, "uuid")?),
                channel: column_word(row, "channel", Channel::from_word)?,
                address: patient(row, "address")?,
                settings: json("settings")?,
                removed: row.get("removed")?,
                health: json("health")?,
                fetched_at: maybe_instant(row, "fetched_at")?,
                progress: Progress {
                    done: row.get::<_, i64>("done")? as u64,
                    total: row.get::<_, i64>("total")? as u64,
                },
                complete: row.get("complete")?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn cursor(
    conn: &Connection,
    account: AccountId,
) -> Result<Option<domain::inbound::Cursor>, StoreError> {
    let row = get(conn, ACCOUNTS, account.as_uuid())?;
    let cursor: Option<String> = conn
        .prepare_cached("SELECT cursor FROM accounts WHERE id = ?1")?
        .query_row([row], |row| row.get(0))?;
    Ok(cursor.map(domain::inbound::Cursor))
}

fn viewer_row(conn: &Connection, viewer: Viewer) -> Result<i64, StoreError> {
    Ok(match viewer.staff {
        Some(staff) => find(conn, STAFF, staff.as_uuid())?.unwrap_or(0),
        None => 0,
    })
}

/// One maintained count.
pub(crate) fn count(
    conn: &Connection,
    what: &str,
    of: i64,
    staff: i64,
) -> Result<i64, StoreError> {
    Ok(conn
        .prepare_cached("SELECT n FROM counts WHERE what = ?1 AND of = ?2 AND staff = ?3")?
        .query_row(params![what, of, staff], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

pub(crate) fn counts(conn: &Connection, viewer: Viewer) -> Result<Counts, StoreError> {
    let staff = viewer_row(conn, viewer)?;
    let one = |what: &str, staff: i64| -> Result<u32, StoreError> {
        Ok(count(conn, what, 0, staff)?.max(0) as u32)
    };
    let by = |what: &str, table: &str| -> Result<Vec<(uuid::Uuid, u32)>, StoreError> {
        let sql = format!(
            "SELECT t.uuid, max(n.n, 0) FROM counts n JOIN {table} t ON t.id = n.of
             WHERE n.what = ?1 AND n.staff IN (0, ?2) AND t.removed = 0 ORDER BY t.id"
        );
        Ok(conn
            .prepare_cached(&sql)?
            .query_map(params![what, staff], |row| {
                Ok((row.get::<_, Id>(0)?.0, row.get(1)?))
            })?
            .collect::<Result<_, _>>()?)
    };
    Ok(Counts {
        inbox: one("inbox", 0)?,
        unread: one("unread", 0)?,
        mine: one("mine", staff)?,
        unassigned: one("unassigned", 0)?,
        waiting: one("waiting", 0)?,
        snoozed: one("snoozed", 0)?,
        closed: one("closed", 0)?,
        outbox: one("outbox", 0)?,
        failed: one("failed", 0)?,
        drafts: one("drafts", 0)?,
        red_flags: one("red_flags", 0)?,
        pools: by("pool", "pools")?
            .into_iter()
            .map(|(id, n)| (PoolId::from_uuid(id), n))
            .collect(),
        tags: by("tag", "tags")?
            .into_iter()
            .map(|(id, n)| (TagId::from_uuid(id), n))
            .collect(),
        views: by("view", "views")?
            .into_iter()
            .map(|(id, n)| (ViewId::from_uuid(id), n))
            .collect(),
    })
}

/// Replies that have not been sent yet or are in trouble.
pub(crate) fn outbox(conn: &Connection) -> Result<Vec<OutboxItem>, StoreError> {
    let rows = conn
        .prepare_cached(
            "SELECT m.uuid AS reply, c.uuid AS conversation, a.uuid AS account, m.subject, o.queued_at,
                    o.state, o.channel, o.address, o.name, o.not_before, o.attempt, o.failure, o.why,
                    o.evidence
             FROM outbox o JOIN messages m ON m.id = o.message
             JOIN conversations c ON c.id = m.conversation JOIN accounts a ON a.id = o.account
             WHERE o.state NOT IN ('sent', 'cancelled') ORDER BY o.not_before, o.message",
        )?
        .query_map([], |row| {
            let Some(outbox) = crate::conversation::outbox(row)? else {
                return Err(crate::sql::invalid("state"));
            };
            Ok(OutboxItem {
                reply: MessageId::from_uuid(uuid(row, "reply")?),
                conversation: ConversationId::from_uuid(uuid(row, "conversation")?),
                account: AccountId::from_uuid(uuid(row, "account")?),
                subject: patient(row, "subject")?,
                queued_at: instant(row, "queued_at")?,
                outbox,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// A page of the audit log, newest first.
pub(crate) fn audit(
    conn: &Connection,
    before: Option<&PageKey>,
    limit: u32,
) -> Result<Page<AuditRow>, StoreError> {
    let [last] = before.and_then(PageKey::parts).unwrap_or([i64::MAX]);
    let rows = conn
        .prepare_cached(
            "SELECT o.seq, o.uuid, o.version, o.wall, o.counter, o.device, o.staff, o.origin, o.kind,
                    o.conversation, b.body
             FROM operations o LEFT JOIN operation_bodies b ON b.seq = o.seq
             WHERE o.seq < ?1 ORDER BY o.seq DESC LIMIT ?2",
        )?
        .query_map(params![last, limit.min(1000)], |row| {
            let operation = crate::log::operation(row)?;
            let body: Option<String> = row.get("body")?;
            Ok(AuditRow {
                seq: row.get::<_, i64>("seq")? as u64,
                operation: OperationId::from_uuid(uuid(row, "uuid")?),
                at: crate::log::instant(operation.at),
                actor: operation.actor,
                kind: row.get("kind")?,
                conversation: maybe_uuid(row, "conversation")?.map(ConversationId::from_uuid),
                change: body
                    .and_then(|body| serde_json::from_str(&body).ok())
                    .unwrap_or_default(),
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let next = rows
        .last()
        .filter(|row| rows.len() as u32 >= limit && row.seq > 1)
        .map(|row| PageKey::of(&[row.seq as i64]));
    Ok(Page { rows, next })
}
