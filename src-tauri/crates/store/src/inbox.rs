//! Pages of the inbox: by key, never by offset.
//!
//! A page is found in two steps: first the rows' numbers, in order, from one index; then what the
//! screen shows of them. So the order costs the same however much a row shows.

use domain::query::{Atom, Has, Is, Query};
use domain::views::{ConversationRow, InboxPage, InboxSort, ListScope};
use domain::{AccountId, Channel, ContactId, ConversationId, OutboxState, PoolId, StaffId, TagId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::StoreError;
use crate::filter::{Context, Sql};
use crate::page::{cursor, parts};
use crate::sql::{
    INBOUND, Id, POOLS, VIEWS, acuity_of, column_word, get, instant, maybe_instant, maybe_uuid,
    patient, state_of, uuid, visibility,
};

/// What stands for "waits for nothing" in an order by waiting.
const NEVER: i64 = 9_007_199_254_740_991;

/// The columns that [`row`] reads.
pub(crate) const COLUMNS: &str = "c.id, c.uuid AS uuid, a.uuid AS account, c.channel, c.public,
    k.uuid AS contact, k.name AS contact_name, c.subject, c.preview, c.last_kind, c.state,
    c.snoozed_until, c.acuity, c.red_flag, p.uuid AS pool, s.uuid AS assignee, c.unread, c.messages,
    c.notes, c.attachments, c.drafts, c.pending, c.failed, c.last_at, c.waiting_since,
    (SELECT group_concat(hex(t.uuid)) FROM conversation_tags ct JOIN tags t ON t.id = ct.tag
      WHERE ct.conversation = c.id AND t.removed = 0) AS tags,
    CASE WHEN c.pending + c.failed > 0 THEN
      (SELECT o.state FROM messages m JOIN outbox o ON o.message = m.id WHERE m.conversation = c.id
        ORDER BY CASE o.state WHEN 'failed' THEN 0 WHEN 'uncertain' THEN 1 WHEN 'held' THEN 2
          WHEN 'queued' THEN 3 WHEN 'sending' THEN 4 ELSE 5 END LIMIT 1) END AS outbox";

/// The tables they come from.
pub(crate) const JOINS: &str = "JOIN accounts a ON a.id = c.account
    JOIN contacts k ON k.id = c.contact
    JOIN pools p ON p.id = c.pool
    LEFT JOIN staff s ON s.id = c.assignee";

/// Reads a row with [`COLUMNS`].
pub(crate) fn row(row: &Row<'_>) -> rusqlite::Result<ConversationRow> {
    let acuity: i64 = row.get("acuity")?;
    let state = state_of(row.get("state")?, row.get("snoozed_until")?);
    let waiting_since = maybe_instant(row, "waiting_since")?;
    Ok(ConversationRow {
        id: ConversationId::from_uuid(uuid(row, "uuid")?),
        contact: ContactId::from_uuid(uuid(row, "contact")?),
        contact_name: patient(row, "contact_name")?,
        channel: column_word(row, "channel", Channel::from_word)?,
        account: AccountId::from_uuid(uuid(row, "account")?),
        visibility: visibility(row.get("public")?),
        subject: patient(row, "subject")?,
        preview: patient(row, "preview")?,
        preview_is_ours: row.get::<_, i64>("last_kind")? != INBOUND,
        state,
        acuity: acuity_of(acuity),
        red_flag: acuity >= 2 && row.get("red_flag")?,
        pool: PoolId::from_uuid(uuid(row, "pool")?),
        assignee: maybe_uuid(row, "assignee")?.map(StaffId::from_uuid),
        tags: tags(row.get::<_, Option<String>>("tags")?.as_deref()),
        unread: row.get("unread")?,
        messages: row.get::<_, u32>("messages")? + row.get::<_, u32>("notes")?,
        has_attachments: row.get::<_, i64>("attachments")? > 0,
        has_draft: row.get::<_, i64>("drafts")? > 0,
        outbox: row
            .get::<_, Option<String>>("outbox")?
            .as_deref()
            .and_then(OutboxState::from_word),
        last_at: instant(row, "last_at")?,
        waiting_since,
    })
}

fn tags(hex: Option<&str>) -> Vec<TagId> {
    let mut tags: Vec<TagId> = hex
        .unwrap_or_default()
        .split(',')
        .filter_map(|hex| uuid::Uuid::parse_str(hex).ok())
        .map(TagId::from_uuid)
        .collect();
    tags.sort_unstable();
    tags
}

/// One row by its number.
pub(crate) fn one(conn: &Connection, conversation: i64) -> Result<ConversationRow, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM conversations c {JOINS} WHERE c.id = ?1");
    conn.prepare_cached(&sql)?
        .query_row([conversation], row)
        .optional()?
        .ok_or(StoreError::NotFound("conversation"))
}

/// Reads a page.
pub(crate) fn page(
    context: &Context<'_>,
    scope: &ListScope,
    sort: InboxSort,
    after: Option<&str>,
    limit: u32,
) -> Result<InboxPage, StoreError> {
    let limit = limit.clamp(1, 500);
    let Sql { text, values } = statement(context, scope, sort, after, limit)?;
    let mut statement = context.conn.prepare_cached(&text)?;
    let found = statement
        .query_map(params_from_iter(values), |found| {
            Ok((row(found)?, found.get::<_, i64>("id")?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let next = found
        .last()
        .filter(|_| found.len() as u32 >= limit)
        .map(|(last, id)| {
            let waits = last.waiting_since.map_or(NEVER, domain::Timestamp::millis);
            match sort {
                InboxSort::Newest => cursor(&[last.last_at.millis(), *id]),
                InboxSort::Urgent => {
                    cursor(&[3 - crate::sql::acuity_number(last.acuity), waits, *id])
                }
                InboxSort::Waiting => cursor(&[waits, *id]),
            }
        });
    Ok(InboxPage {
        rows: found.into_iter().map(|(row, _)| row).collect(),
        next,
    })
}

/// The statement for a page. Its plans are pinned by a test.
pub(crate) fn statement(
    context: &Context<'_>,
    scope: &ListScope,
    sort: InboxSort,
    after: Option<&str>,
    limit: u32,
) -> Result<Sql, StoreError> {
    let mut sql = Sql::default();
    // A list of few has an index of its own. The planner would rather go through everything in the
    // wanted order in search of those few, so the index is named.
    let own = match scope {
        ListScope::Outbox => "INDEXED BY conversations_outbox",
        ListScope::Drafts => "INDEXED BY conversations_drafts",
        _ => "",
    };
    sql.push(
        &format!(
            "SELECT {COLUMNS} FROM (SELECT c.id AS row FROM conversations c {own} WHERE c.merged_into IS NULL"
        ),
        [],
    );
    restrict(context, scope, &mut sql)?;
    let order = match sort {
        InboxSort::Newest => {
            if let Some([at, id]) = parts(after) {
                sql.push(" AND (c.last_at, c.id) < (?, ?)", [at.into(), id.into()]);
            }
            "c.last_at DESC, c.id DESC"
        }
        InboxSort::Urgent => {
            if let Some([less_urgent, since, id]) = parts(after) {
                sql.push(
                    " AND (c.less_urgent, c.waits_since, c.id) > (?, ?, ?)",
                    [less_urgent.into(), since.into(), id.into()],
                );
            }
            "c.less_urgent, c.waits_since, c.id"
        }
        InboxSort::Waiting => {
            if let Some([since, id]) = parts(after) {
                sql.push(
                    " AND (c.waits_since, c.id) > (?, ?)",
                    [since.into(), id.into()],
                );
            }
            "c.waits_since, c.id"
        }
    };
    sql.push(
        &format!(
            " ORDER BY {order} LIMIT ?) f CROSS JOIN conversations c ON c.id = f.row {JOINS} ORDER BY {order}"
        ),
        [i64::from(limit).into()],
    );
    Ok(sql)
}

/// Everything that a scope shows, the newest first; at most `limit`.
pub(crate) fn matching(
    context: &Context<'_>,
    scope: &ListScope,
    limit: u32,
) -> Result<Vec<ConversationId>, StoreError> {
    let mut sql = Sql::default();
    sql.push(
        "SELECT c.uuid FROM conversations c WHERE c.merged_into IS NULL",
        [],
    );
    restrict(context, scope, &mut sql)?;
    sql.push(
        " ORDER BY c.last_at DESC, c.id DESC LIMIT ?",
        [i64::from(limit).into()],
    );
    Ok(context
        .conn
        .prepare(&sql.text)?
        .query_map(params_from_iter(sql.values), |row| {
            Ok(ConversationId::from_uuid(row.get::<_, Id>(0)?.0))
        })?
        .collect::<Result<_, _>>()?)
}

/// Adds a scope's conditions, each with `AND` before it.
fn restrict(context: &Context<'_>, scope: &ListScope, sql: &mut Sql) -> Result<(), StoreError> {
    match scope {
        ListScope::Inbox => sql.push(" AND c.state = 0", []),
        ListScope::Mine => {
            let staff = context.staff()?;
            sql.push(" AND c.state = 0 AND c.assignee = ?", [staff.into()]);
        }
        ListScope::Unassigned => sql.push(" AND c.state = 0 AND c.assignee IS NULL", []),
        ListScope::RedFlags => {
            sql.push(" AND c.state = 0 AND c.acuity >= 2 AND c.red_flag = 1", []);
        }
        ListScope::Waiting => sql.push(" AND c.state = 1", []),
        ListScope::Snoozed => sql.push(" AND c.state = 2", []),
        ListScope::Closed => sql.push(" AND c.state = 3", []),
        ListScope::Outbox => sql.push(" AND c.pending + c.failed > 0", []),
        ListScope::Drafts => sql.push(" AND c.drafts > 0", []),
        ListScope::All => {}
        ListScope::Pool { pool } => {
            let row = get(context.conn, POOLS, pool.as_uuid())?;
            sql.push(" AND c.state = 0 AND c.pool = ?", [row.into()]);
        }
        ListScope::View { view } => {
            let query: String = context
                .conn
                .query_row(
                    "SELECT query FROM views WHERE uuid = ?1 AND removed = 0",
                    [Id(*view.as_uuid())],
                    |row| row.get(0),
                )
                .optional()?
                .ok_or(StoreError::NotFound(VIEWS.one))?;
            by_query(context, &Query::parse(&query), sql)?;
        }
        ListScope::Query { query } => by_query(context, &Query::parse(query), sql)?,
    }
    Ok(())
}

fn by_query(context: &Context<'_>, query: &Query, sql: &mut Sql) -> Result<(), StoreError> {
    if query.reads_text() {
        let rows = crate::search::conversations(context, query)?;
        let marks = vec!["?"; rows.len()].join(", ");
        sql.push(
            &format!(" AND c.id IN ({marks})"),
            rows.into_iter().map(Value::from),
        );
        return Ok(());
    }
    for group in &query.groups {
        // Single conditions stand bare, so that the planner can use an index for them.
        if let [term] = group.0.as_slice()
            && !term.negated
            && let Some(bare) = bare(&term.atom)
        {
            sql.push(bare, []);
            continue;
        }
        sql.push(" AND (0", []);
        for term in &group.0 {
            sql.push(" OR ", []);
            context.term(term, sql)?;
        }
        sql.push(")", []);
    }
    Ok(())
}

/// Conditions for which an index exists.
const fn bare(atom: &Atom) -> Option<&'static str> {
    Some(match atom {
        Atom::Is(Is::Open) => " AND c.state = 0",
        Atom::Is(Is::Waiting) => " AND c.state = 1",
        Atom::Is(Is::Snoozed) => " AND c.state = 2",
        Atom::Is(Is::Closed) => " AND c.state = 3",
        Atom::Is(Is::Unread) => " AND c.unread > 0",
        Atom::Is(Is::Flagged) => " AND c.acuity >= 2 AND c.red_flag = 1",
        Atom::Is(Is::Draft) | Atom::Has(Has::Draft) => " AND c.drafts > 0",
        Atom::Is(Is::Failed) => " AND c.failed > 0 AND c.pending + c.failed > 0",
        _ => return None,
    })
}
