//! Changes to the practice itself: staff, accounts, pools, tags, views, canned responses, settings.

use domain::query::fold;
use domain::{Change, Pool, PoolId, Tag, TagColour, TagId, View, ViewId};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{Effect, Step};
use crate::StoreError;
use crate::error::Refusal;
use crate::sql::{ACCOUNTS, CANNED, Id, POOLS, STAFF, TAGS, Table, VIEWS, find, get};
use crate::work::Work;

pub(super) fn apply(work: &mut Work<'_>, change: &Change) -> Result<Effect, StoreError> {
    match change {
        Change::PracticeNamed { practice, name } => {
            let id = meta(work.tx, "practice", practice.as_uuid().to_string())?;
            let named = meta(work.tx, "practice_name", name.clone())?;
            work.events.vocabulary();
            Ok(lasting_if(id || named))
        }
        Change::StaffSaved { staff } => {
            if staff.name.trim().is_empty() {
                return Err(Refusal::Empty.into());
            }
            let changed = work.tx.execute(
                "INSERT INTO staff (uuid, name, role, active) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (uuid) DO UPDATE
                   SET name = excluded.name, role = excluded.role, active = excluded.active
                   WHERE (name, role, active) <> (excluded.name, excluded.role, excluded.active)",
                params![
                    Id(*staff.id.as_uuid()),
                    staff.name,
                    staff.role.word(),
                    staff.active
                ],
            )?;
            if changed > 0 {
                work.recount_views();
            }
            work.events.vocabulary();
            Ok(lasting_if(changed > 0))
        }
        Change::AccountSaved {
            account,
            address,
            settings,
        } => {
            let uuid = *account.as_uuid();
            free_name(work.tx, ACCOUNTS, "address", address.reveal(), &uuid)?;
            let channel = settings
                .get("channel")
                .and_then(serde_json::Value::as_str)
                .filter(|word| domain::Channel::from_word(word).is_some())
                .unwrap_or(domain::Channel::Email.word());
            let changed = work.tx.execute(
                "INSERT INTO accounts (uuid, channel, address, settings) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (uuid) DO UPDATE
                   SET address = excluded.address, settings = excluded.settings, removed = 0
                   WHERE (address, settings, removed) <> (excluded.address, excluded.settings, 0)",
                params![
                    Id(uuid),
                    channel,
                    address.reveal(),
                    serde_json::to_string(settings)?
                ],
            )?;
            if changed > 0 {
                work.recount_views();
            }
            work.events.account(uuid);
            Ok(lasting_if(changed > 0))
        }
        Change::AccountRemoved { account } => {
            let row = get(work.tx, ACCOUNTS, account.as_uuid())?;
            let changed = work.tx.execute(
                "UPDATE accounts SET removed = 1, cursor = NULL WHERE id = ?1 AND removed = 0",
                [row],
            )?;
            work.events.account(*account.as_uuid());
            Ok(lasting_if(changed > 0))
        }
        Change::PoolSaved { pool } => pool_saved(work, change, pool),
        Change::PoolRemoved { pool } => pool_removed(work, change, *pool),
        Change::TagSaved { tag } => tag_saved(work, change, tag),
        Change::TagRemoved { tag } => tag_removed(work, change, *tag),
        Change::ViewSaved { view } => view_saved(work, change, view),
        Change::ViewRemoved { view } => view_removed(work, change, *view),
        Change::CannedSaved {
            canned,
            shortcut,
            title,
            text,
        } => {
            if title.trim().is_empty() || text.trim().is_empty() {
                return Err(Refusal::Empty.into());
            }
            let before = canned_row(work.tx, canned.as_uuid())?;
            let new = (shortcut.clone(), title.clone(), text.clone());
            if before
                .as_ref()
                .is_some_and(|(row, removed)| *row == new && !removed)
            {
                return Ok(Effect::none());
            }
            work.tx.execute(
                "INSERT INTO canned (uuid, shortcut, title, text) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (uuid) DO UPDATE SET shortcut = excluded.shortcut,
                   title = excluded.title, text = excluded.text, removed = 0",
                params![Id(*canned.as_uuid()), shortcut, title, text],
            )?;
            work.events.vocabulary();
            let undo = match before {
                Some(((shortcut, title, text), false)) => Change::CannedSaved {
                    canned: *canned,
                    shortcut,
                    title,
                    text,
                },
                _ => Change::CannedRemoved { canned: *canned },
            };
            Ok(Effect::undone_by(undo, change))
        }
        Change::CannedRemoved { canned } => {
            get(work.tx, CANNED, canned.as_uuid())?;
            let before = canned_row(work.tx, canned.as_uuid())?;
            let Some(((shortcut, title, text), false)) = before else {
                return Ok(Effect::none());
            };
            put_away(work, CANNED, canned.as_uuid())?;
            work.events.vocabulary();
            let undo = Change::CannedSaved {
                canned: *canned,
                shortcut,
                title,
                text,
            };
            Ok(Effect::undone_by(undo, change))
        }
        Change::SettingSaved { staff, key, value } => {
            let row = match staff {
                Some(staff) => get(work.tx, STAFF, staff.as_uuid())?,
                None => 0,
            };
            let before: Option<String> = work
                .tx
                .query_row(
                    "SELECT value FROM settings WHERE staff = ?1 AND key = ?2",
                    params![row, key],
                    |row| row.get(0),
                )
                .optional()?;
            let before = match before {
                Some(text) => serde_json::from_str(&text)?,
                None => serde_json::Value::Null,
            };
            if before == *value {
                return Ok(Effect::none());
            }
            // Null is the same as not set.
            if value.is_null() {
                work.tx.execute(
                    "DELETE FROM settings WHERE staff = ?1 AND key = ?2",
                    params![row, key],
                )?;
            } else {
                work.tx.execute(
                    "INSERT INTO settings (staff, key, value) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                    params![row, key, serde_json::to_string(value)?],
                )?;
            }
            work.events.vocabulary();
            let undo = Change::SettingSaved {
                staff: *staff,
                key: key.clone(),
                value: before,
            };
            Ok(Effect::undone_by(undo, change))
        }
        _ => Err(Refusal::NotACommand.into()),
    }
}

fn lasting_if(changed: bool) -> Effect {
    if changed {
        Effect::lasting()
    } else {
        Effect::none()
    }
}

fn meta(conn: &Connection, key: &str, value: String) -> Result<bool, StoreError> {
    let changed = conn.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
        params![key, value],
    )?;
    Ok(changed > 0)
}

/// Names are unique among what is in use, compared folded.
fn free_name(
    conn: &Connection,
    table: Table,
    column: &str,
    name: &str,
    own: &Uuid,
) -> Result<(), StoreError> {
    if name.trim().is_empty() {
        return Err(Refusal::Empty.into());
    }
    let wanted = fold(name.trim());
    let taken = conn
        .prepare(&format!(
            "SELECT {column} FROM {} WHERE removed = 0 AND uuid <> ?1",
            table.name
        ))?
        .query_map([Id(*own)], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?
        .iter()
        .any(|found| fold(found.trim()) == wanted);
    if taken {
        return Err(Refusal::NameTaken.into());
    }
    Ok(())
}

fn put_away(work: &Work<'_>, table: Table, uuid: &Uuid) -> Result<(), StoreError> {
    let sql = format!("UPDATE {} SET removed = 1 WHERE uuid = ?1", table.name);
    work.tx.execute(&sql, [Id(*uuid)])?;
    Ok(())
}

fn pool_saved(work: &mut Work<'_>, change: &Change, pool: &Pool) -> Result<Effect, StoreError> {
    let uuid = *pool.id.as_uuid();
    free_name(work.tx, POOLS, "name", &pool.name, &uuid)?;
    let before: Option<(String, bool)> = work
        .tx
        .query_row(
            "SELECT name, removed FROM pools WHERE uuid = ?1",
            [Id(uuid)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if before == Some((pool.name.clone(), false)) {
        return Ok(Effect::none());
    }
    work.tx.execute(
        "INSERT INTO pools (uuid, name) VALUES (?1, ?2)
         ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, removed = 0",
        params![Id(uuid), pool.name],
    )?;
    work.recount_views();
    work.events.vocabulary();
    let undo = match before {
        Some((name, false)) => Change::PoolSaved {
            pool: Pool { id: pool.id, name },
        },
        _ => Change::PoolRemoved { pool: pool.id },
    };
    Ok(Effect::undone_by(undo, change))
}

/// The pool that receives what no rule routes: the first one in use.
pub(crate) fn first_pool(conn: &Connection, but: i64) -> Result<i64, StoreError> {
    conn.prepare_cached("SELECT id FROM pools WHERE removed = 0 AND id <> ?1 ORDER BY id LIMIT 1")?
        .query_row([but], |row| row.get(0))
        .optional()?
        .ok_or_else(|| Refusal::LastPool.into())
}

fn pool_removed(work: &mut Work<'_>, change: &Change, pool: PoolId) -> Result<Effect, StoreError> {
    let row = get(work.tx, POOLS, pool.as_uuid())?;
    let (name, removed): (String, bool) = work.tx.query_row(
        "SELECT name, removed FROM pools WHERE id = ?1",
        [row],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if removed {
        return Ok(Effect::none());
    }
    let heir = first_pool(work.tx, row)?;
    let heir_id = PoolId::from_uuid(crate::sql::uuid_of(work.tx, POOLS, heir)?);
    let moved = work
        .tx
        .prepare("SELECT id, uuid FROM conversations WHERE pool = ?1")?
        .query_map([row], |row| Ok((row.get(0)?, row.get::<_, Id>(1)?.0)))?
        .collect::<Result<Vec<(i64, Uuid)>, _>>()?;
    let mut steps = Vec::with_capacity(moved.len() + 1);
    for (conversation, uuid) in &moved {
        work.touch(*conversation)?;
        let conversation = domain::ConversationId::from_uuid(*uuid);
        steps.push(Step {
            undo: Change::Pooled { conversation, pool },
            guard: Some(Change::Pooled {
                conversation,
                pool: heir_id,
            }),
            // A conversation that went elsewhere since stays there.
            optional: true,
        });
    }
    work.tx.execute(
        "UPDATE conversations SET pool = ?2 WHERE pool = ?1",
        [row, heir],
    )?;
    put_away(work, POOLS, pool.as_uuid())?;
    work.recount_views();
    work.events.vocabulary();
    // Last in the list, so first when taken back.
    steps.push(Step {
        undo: Change::PoolSaved {
            pool: Pool { id: pool, name },
        },
        guard: Some(change.clone()),
        optional: false,
    });
    Ok(Effect {
        changed: true,
        steps,
        conversations: Vec::new(),
        undoable: true,
    })
}

fn tag_row(conn: &Connection, uuid: &Uuid) -> Result<Option<(String, String, bool)>, StoreError> {
    Ok(conn
        .query_row(
            "SELECT name, colour, removed FROM tags WHERE uuid = ?1",
            [Id(*uuid)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?)
}

fn tag_of(id: TagId, name: String, colour: &str) -> Change {
    Change::TagSaved {
        tag: Tag {
            id,
            name,
            colour: TagColour::from_word(colour).unwrap_or_default(),
        },
    }
}

fn tag_saved(work: &mut Work<'_>, change: &Change, tag: &Tag) -> Result<Effect, StoreError> {
    let uuid = *tag.id.as_uuid();
    free_name(work.tx, TAGS, "name", &tag.name, &uuid)?;
    let before = tag_row(work.tx, &uuid)?;
    let colour = tag.colour.word();
    if let Some((name, old, false)) = &before
        && *name == tag.name
        && old == colour
    {
        return Ok(Effect::none());
    }
    // A tag that comes back shows again on every conversation that carried it.
    if matches!(before, Some((_, _, true))) {
        touch_carriers(work, &uuid)?;
    }
    work.tx.execute(
        "INSERT INTO tags (uuid, name, colour) VALUES (?1, ?2, ?3)
         ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, colour = excluded.colour, removed = 0",
        params![Id(uuid), tag.name, colour],
    )?;
    work.recount_views();
    work.events.vocabulary();
    let undo = match before {
        Some((name, colour, false)) => tag_of(tag.id, name, &colour),
        _ => Change::TagRemoved { tag: tag.id },
    };
    Ok(Effect::undone_by(undo, change))
}

fn tag_removed(work: &mut Work<'_>, change: &Change, tag: TagId) -> Result<Effect, StoreError> {
    get(work.tx, TAGS, tag.as_uuid())?;
    let Some((name, colour, false)) = tag_row(work.tx, tag.as_uuid())? else {
        return Ok(Effect::none());
    };
    touch_carriers(work, tag.as_uuid())?;
    put_away(work, TAGS, tag.as_uuid())?;
    work.recount_views();
    work.events.vocabulary();
    Ok(Effect::undone_by(tag_of(tag, name, &colour), change))
}

fn touch_carriers(work: &mut Work<'_>, tag: &Uuid) -> Result<(), StoreError> {
    let row = get(work.tx, TAGS, tag)?;
    let carriers = work
        .tx
        .prepare("SELECT conversation FROM conversation_tags WHERE tag = ?1")?
        .query_map([row], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    for conversation in carriers {
        work.touch(conversation)?;
    }
    Ok(())
}

fn view_row(conn: &Connection, uuid: &Uuid) -> Result<Option<(View, bool)>, StoreError> {
    Ok(conn
        .query_row(
            "SELECT v.uuid, v.name, v.query, s.uuid, v.removed
             FROM views v LEFT JOIN staff s ON s.id = v.only_for WHERE v.uuid = ?1",
            [Id(*uuid)],
            |row| {
                let view = View {
                    id: ViewId::from_uuid(row.get::<_, Id>(0)?.0),
                    name: row.get(1)?,
                    query: row.get(2)?,
                    only_for: row
                        .get::<_, Option<Id>>(3)?
                        .map(|id| domain::StaffId::from_uuid(id.0)),
                };
                Ok((view, row.get(4)?))
            },
        )
        .optional()?)
}

fn view_saved(work: &mut Work<'_>, change: &Change, view: &View) -> Result<Effect, StoreError> {
    if view.name.trim().is_empty() {
        return Err(Refusal::Empty.into());
    }
    let uuid = *view.id.as_uuid();
    let before = view_row(work.tx, &uuid)?;
    if before == Some((view.clone(), false)) {
        return Ok(Effect::none());
    }
    let only_for = match &view.only_for {
        Some(staff) => Some(get(work.tx, STAFF, staff.as_uuid())?),
        None => None,
    };
    work.tx.execute(
        "INSERT INTO views (uuid, name, query, only_for) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, query = excluded.query,
           only_for = excluded.only_for, removed = 0",
        params![Id(uuid), view.name, view.query, only_for],
    )?;
    work.recount_views();
    work.events.vocabulary();
    let undo = match before {
        Some((view, false)) => Change::ViewSaved { view },
        _ => Change::ViewRemoved { view: view.id },
    };
    Ok(Effect::undone_by(undo, change))
}

fn view_removed(work: &mut Work<'_>, change: &Change, view: ViewId) -> Result<Effect, StoreError> {
    find(work.tx, VIEWS, view.as_uuid())?.ok_or(StoreError::NotFound(VIEWS.one))?;
    let Some((before, false)) = view_row(work.tx, view.as_uuid())? else {
        return Ok(Effect::none());
    };
    put_away(work, VIEWS, view.as_uuid())?;
    work.recount_views();
    work.events.vocabulary();
    Ok(Effect::undone_by(
        Change::ViewSaved { view: before },
        change,
    ))
}

type Canned = (String, String, String);

fn canned_row(conn: &Connection, uuid: &Uuid) -> Result<Option<(Canned, bool)>, StoreError> {
    Ok(conn
        .query_row(
            "SELECT shortcut, title, text, removed FROM canned WHERE uuid = ?1",
            [Id(*uuid)],
            |row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?)),
        )
        .optional()?)
}
