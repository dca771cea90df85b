//! Pages of the inbox: by key, never by offset.

use domain::query::{Atom, Has, Is, Query};
use domain::{
    AccountId, Channel, ContactId, ConversationId, PoolId, StaffId, TagId, Timestamp, ViewId,
};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::StoreError;
use crate::filter::{Context, Sql, Viewer};
use crate::rows::{ConversationRow, Page, PageKey};
use crate::sql::{
    Id, POOLS, VIEWS, acuity_of, column_word, get, instant, kind_of, maybe_instant, maybe_uuid,
    patient, state_of, uuid, visibility,
};

/// Which conversations a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewFilter {
    /// One of the views that every practice has.
    BuiltIn(BuiltIn),
    /// The open conversations of a pool.
    Pool(PoolId),
    /// A saved view.
    Saved(ViewId),
    /// A search without order of relevance.
    Query(Query),
}

/// The views that every practice has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum BuiltIn {
    /// Open.
    Inbox,
    /// Open and mine.
    Mine,
    /// Open and nobody's.
    Unassigned,
    /// The contact's turn.
    Waiting,
    /// Put off.
    Snoozed,
    /// Finished.
    Closed,
    /// With replies on their way or in trouble.
    Outbox,
    /// With something begun.
    Drafts,
    /// Same day or emergency, not closed.
    RedFlags,
    /// Every conversation.
    All,
}

/// In which order a list stands.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The newest activity first.
    #[default]
    Newest,
    /// The most urgent first, among equals the newest.
    Acuity,
    /// Who has waited longest first; those who wait for nothing are left out.
    OldestWaiting,
}

/// What page of which list.
#[derive(Clone, Debug)]
pub struct InboxRequest {
    /// Which conversations.
    pub filter: ViewFilter,
    /// In which order.
    pub sort: Sort,
    /// The key of the page before; `None`: the first.
    pub after: Option<PageKey>,
    /// At most so many rows.
    pub limit: u32,
    /// Who asks.
    pub viewer: Viewer,
}

/// The columns that [`row`] reads.
pub(crate) const COLUMNS: &str = "c.id, c.uuid AS uuid, a.uuid AS account, c.channel, c.public,
    k.uuid AS contact, k.name AS contact_name, c.subject, c.preview, c.last_kind, c.state,
    c.snoozed_until, c.acuity, p.uuid AS pool, s.uuid AS assignee, c.unread, c.messages, c.notes,
    c.attachments, c.drafts, c.pending, c.failed, c.last_at, c.waiting_since,
    (SELECT group_concat(hex(t.uuid)) FROM conversation_tags ct JOIN tags t ON t.id = ct.tag
      WHERE ct.conversation = c.id AND t.removed = 0) AS tags";

/// The tables they come from.
pub(crate) const JOINS: &str = "JOIN accounts a ON a.id = c.account
    JOIN contacts k ON k.id = c.contact
    JOIN pools p ON p.id = c.pool
    LEFT JOIN staff s ON s.id = c.assignee";

/// Reads a row with [`COLUMNS`].
pub(crate) fn row(row: &Row<'_>) -> rusqlite::Result<ConversationRow> {
    Ok(ConversationRow {
        id: ConversationId::from_uuid(uuid(row, "uuid")?),
        account: AccountId::from_uuid(uuid(row, "account")?),
        channel: column_word(row, "channel", Channel::from_word)?,
        visibility: visibility(row.get("public")?),
        contact: ContactId::from_uuid(uuid(row, "contact")?),
        contact_name: patient(row, "contact_name")?,
        subject: patient(row, "subject")?,
        preview: patient(row, "preview")?,
        preview_kind: kind_of(row.get("last_kind")?),
        state: state_of(row.get("state")?, row.get("snoozed_until")?),
        acuity: acuity_of(row.get("acuity")?),
        pool: PoolId::from_uuid(uuid(row, "pool")?),
        assignee: maybe_uuid(row, "assignee")?.map(StaffId::from_uuid),
        tags: tags(row.get::<_, Option<String>>("tags")?.as_deref()),
        unread: row.get("unread")?,
        messages: row.get("messages")?,
        notes: row.get("notes")?,
        attachments: row.get("attachments")?,
        draft: row.get::<_, i64>("drafts")? > 0,
        pending: row.get("pending")?,
        failed: row.get("failed")?,
        last_at: instant(row, "last_at")?,
        waiting_since: maybe_instant(row, "waiting_since")?,
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
    conn: &Connection,
    request: &InboxRequest,
    now: Timestamp,
) -> Result<Page<ConversationRow>, StoreError> {
    let Sql { text, values } = statement(conn, request, now)?;
    let mut statement = conn.prepare_cached(&text)?;
    let found = statement
        .query_map(params_from_iter(values), |found| {
            Ok((row(found)?, found.get::<_, i64>("id")?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let full = found.len() as u32 >= request.limit;
    let next = found
        .last()
        .filter(|_| full)
        .map(|(last, id)| match request.sort {
            Sort::Newest => PageKey::of(&[last.last_at.millis(), *id]),
            Sort::Acuity => PageKey::of(&[
                crate::sql::acuity_number(last.acuity),
                last.last_at.millis(),
                *id,
            ]),
            Sort::OldestWaiting => PageKey::of(&[
                last.waiting_since.map_or(0, domain::Timestamp::millis),
                *id,
            ]),
        });
    Ok(Page {
        rows: found.into_iter().map(|(row, _)| row).collect(),
        next,
    })
}

/// The statement for a page. Its plans are pinned by a test.
pub(crate) fn statement(
    conn: &Connection,
    request: &InboxRequest,
    now: Timestamp,
) -> Result<Sql, StoreError> {
    let mut sql = Sql::default();
    sql.push(
        &format!("SELECT {COLUMNS} FROM conversations c {JOINS} WHERE c.merged_into IS NULL"),
        [],
    );
    let context = Context {
        conn,
        viewer: request.viewer,
        now,
        depth: 3,
    };
    restrict(&context, &request.filter, &mut sql)?;
    match request.sort {
        Sort::Newest => {
            if let Some([at, id]) = request.after.as_ref().and_then(PageKey::parts) {
                sql.push(" AND (c.last_at, c.id) < (?, ?)", [at.into(), id.into()]);
            }
            sql.push(" ORDER BY c.last_at DESC, c.id DESC", []);
        }
        Sort::Acuity => {
            if let Some([acuity, at, id]) = request.after.as_ref().and_then(PageKey::parts) {
                sql.push(
                    " AND (c.acuity, c.last_at, c.id) < (?, ?, ?)",
                    [acuity.into(), at.into(), id.into()],
                );
            }
            sql.push(" ORDER BY c.acuity DESC, c.last_at DESC, c.id DESC", []);
        }
        Sort::OldestWaiting => {
            sql.push(" AND c.waiting_since IS NOT NULL", []);
            if let Some([since, id]) = request.after.as_ref().and_then(PageKey::parts) {
                sql.push(
                    " AND (c.waiting_since, c.id) > (?, ?)",
                    [since.into(), id.into()],
                );
            }
            sql.push(" ORDER BY c.waiting_since, c.id", []);
        }
    }
    sql.push(" LIMIT ?", [i64::from(request.limit.min(500)).into()]);
    Ok(sql)
}

/// Adds a filter's conditions, each with `AND` before it.
pub(crate) fn restrict(
    context: &Context<'_>,
    filter: &ViewFilter,
    sql: &mut Sql,
) -> Result<(), StoreError> {
    match filter {
        ViewFilter::BuiltIn(view) => match view {
            BuiltIn::Inbox => sql.push(" AND c.state = 0", []),
            BuiltIn::Mine => {
                let staff = context.staff()?;
                sql.push(" AND c.state = 0 AND c.assignee = ?", [staff.into()]);
            }
            BuiltIn::Unassigned => sql.push(" AND c.state = 0 AND c.assignee IS NULL", []),
            BuiltIn::Waiting => sql.push(" AND c.state = 1", []),
            BuiltIn::Snoozed => sql.push(" AND c.state = 2", []),
            BuiltIn::Closed => sql.push(" AND c.state = 3", []),
            BuiltIn::Outbox => sql.push(" AND c.pending + c.failed > 0", []),
            BuiltIn::Drafts => sql.push(" AND c.drafts > 0", []),
            BuiltIn::RedFlags => sql.push(" AND c.acuity >= 2 AND c.state <> 3", []),
            BuiltIn::All => {}
        },
        ViewFilter::Pool(pool) => {
            let row = get(context.conn, POOLS, pool.as_uuid())?;
            sql.push(" AND c.state = 0 AND c.pool = ?", [row.into()]);
        }
        ViewFilter::Saved(view) => {
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
        ViewFilter::Query(query) => by_query(context, query, sql)?,
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

/// Conditions for which a partial index exists.
const fn bare(atom: &Atom) -> Option<&'static str> {
    Some(match atom {
        Atom::Is(Is::Open) => " AND c.state = 0",
        Atom::Is(Is::Waiting) => " AND c.state = 1",
        Atom::Is(Is::Snoozed) => " AND c.state = 2",
        Atom::Is(Is::Closed) => " AND c.state = 3",
        Atom::Is(Is::Unread) => " AND c.unread > 0",
        Atom::Is(Is::Flagged) => " AND c.acuity >= 2",
        Atom::Is(Is::Draft) | Atom::Has(Has::Draft) => " AND c.drafts > 0",
        Atom::Is(Is::Failed) => " AND c.failed > 0 AND c.pending + c.failed > 0",
        _ => return None,
    })
}
