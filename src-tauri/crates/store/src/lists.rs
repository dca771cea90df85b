//! The practice's lists: staff, pools, tags, views, canned responses, settings, accounts, counts, and
//! the pages of the audit log.

use domain::inbound::Cursor;
use domain::views::{AccountHealth, AccountView, AuditEntry, Canned, Counts};
use domain::{
    AccountId, CannedId, Channel, ConversationId, OperationId, Pool, PoolId, Role, StaffId,
    StaffMember, Tag, TagColour, TagId, View, ViewId,
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::StoreError;
use crate::sql::{ACCOUNTS, Id, STAFF, column_word, find, get, maybe_uuid, patient, uuid};

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
        .prepare_cached("SELECT uuid, name, colour FROM tags WHERE removed = 0 ORDER BY name COLLATE NOCASE, id")?
        .query_map([], |row| {
            Ok(Tag {
                id: TagId::from_uuid(uuid(row, "uuid")?),
                name: row.get("name")?,
                colour: TagColour::from_word(&row.get::<_, String>("colour")?).unwrap_or_default(),
            })
        })?
        .collect::<Result<_, _>>()?)
}

pub(crate) fn views(conn: &Connection, me: StaffId) -> Result<Vec<View>, StoreError> {
    let staff = viewer_row(conn, me)?;
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

pub(crate) fn canned(conn: &Connection) -> Result<Vec<Canned>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT uuid, shortcut, title, text FROM canned WHERE removed = 0 ORDER BY shortcut, id",
        )?
        .query_map([], |row| {
            Ok(Canned {
                id: CannedId::from_uuid(uuid(row, "uuid")?),
                shortcut: row.get("shortcut")?,
                title: row.get("title")?,
                text: row.get("text")?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// The settings of the practice, overlaid by a staff member's own.
pub(crate) fn settings(
    conn: &Connection,
    me: StaffId,
) -> Result<serde_json::Map<String, serde_json::Value>, StoreError> {
    let staff = viewer_row(conn, me)?;
    let rows = conn
        .prepare_cached("SELECT key, value FROM settings WHERE staff IN (0, ?1) ORDER BY staff")?
        .query_map([staff], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    rows.into_iter()
        .map(|(key, value)| Ok((key, serde_json::from_str(&value)?)))
        .collect()
}

/// The connected accounts.
pub(crate) fn accounts(conn: &Connection) -> Result<Vec<AccountView>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT a.uuid, a.channel, a.address, a.settings, a.health,
                    (SELECT count(*) FROM outbox o WHERE o.account = a.id
                       AND o.state IN ('held', 'queued', 'sending')) AS waiting
             FROM accounts a WHERE a.removed = 0 ORDER BY a.id",
        )?
        .query_map([], |row| {
            let settings: String = row.get("settings")?;
            Ok(AccountView {
                id: AccountId::from_uuid(uuid(row, "uuid")?),
                channel: column_word(row, "channel", Channel::from_word)?,
                address: patient(row, "address")?,
                settings: serde_json::from_str(&settings).unwrap_or_default(),
                health: AccountHealth {
                    outbox_waiting: row.get("waiting")?,
                    ..health(&row.get::<_, String>("health")?)
                },
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// Health as stored; an account that was never looked at is new.
pub(crate) fn health(json: &str) -> AccountHealth {
    serde_json::from_str(json).unwrap_or_default()
}

/// The practice's own addresses: of every account ever connected, with their aliases.
pub(crate) fn own_addresses(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let rows = conn
        .prepare_cached("SELECT address, settings FROM accounts ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    let mut addresses = Vec::new();
    for (address, settings) in rows {
        addresses.push(address.to_lowercase());
        let settings: serde_json::Value = serde_json::from_str(&settings)?;
        let aliases = settings.get("aliases").and_then(|all| all.as_array());
        addresses.extend(
            aliases
                .into_iter()
                .flatten()
                .filter_map(|alias| alias.as_str())
                .map(str::to_lowercase),
        );
    }
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

/// Where an account's fetching stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CursorState {
    /// Where to go on; `None`: from the start.
    pub cursor: Option<Cursor>,
    /// The first fetch has come to its end once.
    pub complete: bool,
}

pub(crate) fn cursor(conn: &Connection, account: AccountId) -> Result<CursorState, StoreError> {
    let row = get(conn, ACCOUNTS, account.as_uuid())?;
    Ok(conn
        .prepare_cached("SELECT cursor, complete FROM accounts WHERE id = ?1")?
        .query_row([row], |row| {
            Ok(CursorState {
                cursor: row.get::<_, Option<String>>(0)?.map(Cursor),
                complete: row.get(1)?,
            })
        })?)
}

fn viewer_row(conn: &Connection, me: StaffId) -> Result<i64, StoreError> {
    Ok(find(conn, STAFF, me.as_uuid())?.unwrap_or(0))
}

/// One maintained count.
pub(crate) fn count(conn: &Connection, what: &str, of: i64, staff: i64) -> Result<i64, StoreError> {
    Ok(conn
        .prepare_cached("SELECT n FROM counts WHERE what = ?1 AND of = ?2 AND staff = ?3")?
        .query_row(params![what, of, staff], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

pub(crate) fn counts(conn: &Connection, me: StaffId) -> Result<Counts, StoreError> {
    let staff = viewer_row(conn, me)?;
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
        drafts: one("drafts", 0)?,
        red_flags: one("red_flags", 0)?,
        pools: by("pool", "pools")?
            .into_iter()
            .map(|(id, n)| (PoolId::from_uuid(id), n))
            .collect(),
        views: by("view", "views")?
            .into_iter()
            .map(|(id, n)| (ViewId::from_uuid(id), n))
            .collect(),
    })
}

/// A page of the audit log, newest first.
pub(crate) fn audit(
    conn: &Connection,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
    Ok(conn
        .prepare_cached(
            "SELECT seq, uuid, wall, staff, kind, conversation FROM operations
             WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
        )?
        .query_map(params![before, limit.min(1000)], |row| {
            Ok(AuditEntry {
                seq: row.get::<_, i64>("seq")? as u64,
                operation: OperationId::from_uuid(uuid(row, "uuid")?),
                at: crate::sql::instant(row, "wall")?,
                staff: maybe_uuid(row, "staff")?.map(StaffId::from_uuid),
                what: row.get("kind")?,
                conversation: maybe_uuid(row, "conversation")?.map(ConversationId::from_uuid),
            })
        })?
        .collect::<Result<_, _>>()?)
}
