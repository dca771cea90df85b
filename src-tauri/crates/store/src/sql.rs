//! Small conversions between columns and values.

use domain::{
    Acuity, Channel, ConversationState, Handle, MessageKind, PatientText, Timestamp, Visibility,
};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::StoreError;

/// A stored UUID: sixteen bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id(pub Uuid);

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Uuid::from_slice(value.as_blob()?)
            .map(Id)
            .map_err(|_| FromSqlError::InvalidType)
    }
}

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_bytes().as_slice()))
    }
}

/// A table whose rows have a `uuid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub name: &'static str,
    /// The word for one row, in errors.
    pub one: &'static str,
}

macro_rules! tables {
    ($($constant:ident = $name:literal, $one:literal;)*) => {$(
        pub(crate) const $constant: Table = Table { name: $name, one: $one };
    )*};
}

tables! {
    STAFF = "staff", "staff member";
    POOLS = "pools", "pool";
    TAGS = "tags", "tag";
    VIEWS = "views", "view";
    CANNED = "canned", "canned response";
    ACCOUNTS = "accounts", "account";
    CONTACTS = "contacts", "contact";
    CONVERSATIONS = "conversations", "conversation";
    MESSAGES = "messages", "message";
    ATTACHMENTS = "attachments", "attachment";
}

/// The row with that id, if there is one.
pub(crate) fn find(
    conn: &Connection,
    table: Table,
    uuid: &Uuid,
) -> Result<Option<i64>, StoreError> {
    let sql = format!("SELECT id FROM {} WHERE uuid = ?1", table.name);
    Ok(conn
        .prepare_cached(&sql)?
        .query_row(params![Id(*uuid)], |row| row.get(0))
        .optional()?)
}

/// The row with that id.
pub(crate) fn get(conn: &Connection, table: Table, uuid: &Uuid) -> Result<i64, StoreError> {
    find(conn, table, uuid)?.ok_or(StoreError::NotFound(table.one))
}

/// The id of that row.
pub(crate) fn uuid_of(conn: &Connection, table: Table, id: i64) -> Result<Uuid, StoreError> {
    let sql = format!("SELECT uuid FROM {} WHERE id = ?1", table.name);
    let id: Id = conn
        .prepare_cached(&sql)?
        .query_row([id], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound(table.one))?;
    Ok(id.0)
}

pub(crate) fn patient(row: &Row<'_>, column: &str) -> rusqlite::Result<PatientText> {
    row.get::<_, String>(column).map(PatientText::from)
}

pub(crate) fn uuid(row: &Row<'_>, column: &str) -> rusqlite::Result<Uuid> {
    row.get::<_, Id>(column).map(|id| id.0)
}

pub(crate) fn maybe_uuid(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Uuid>> {
    row.get::<_, Option<Id>>(column).map(|id| id.map(|id| id.0))
}

pub(crate) fn instant(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

pub(crate) fn maybe_instant(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)
        .map(|at| at.map(Timestamp::from_millis))
}

/// A word that `read` understands, else the error that names the kind of value.
pub(crate) fn word<T>(
    text: &str,
    read: impl FnOnce(&str) -> Option<T>,
    what: &'static str,
) -> Result<T, StoreError> {
    read(text).ok_or(StoreError::Value(what))
}

pub(crate) fn column_word<T>(
    row: &Row<'_>,
    column: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    read(&text).ok_or_else(|| invalid(column))
}

pub(crate) fn invalid(column: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnName(column.to_owned())
}

pub(crate) const fn state_number(state: ConversationState) -> (i64, Option<i64>) {
    match state {
        ConversationState::Open => (0, None),
        ConversationState::Waiting => (1, None),
        ConversationState::Snoozed { until } => (2, Some(until.millis())),
        ConversationState::Closed => (3, None),
    }
}

pub(crate) fn state_of(number: i64, until: Option<i64>) -> ConversationState {
    match number {
        1 => ConversationState::Waiting,
        2 => ConversationState::Snoozed {
            until: Timestamp::from_millis(until.unwrap_or(0)),
        },
        3 => ConversationState::Closed,
        _ => ConversationState::Open,
    }
}

pub(crate) const fn acuity_number(acuity: Acuity) -> i64 {
    match acuity {
        Acuity::Administrative => 0,
        Acuity::Routine => 1,
        Acuity::SameDay => 2,
        Acuity::Emergency => 3,
    }
}

pub(crate) fn acuity_of(number: i64) -> Acuity {
    usize::try_from(number)
        .ok()
        .and_then(|index| Acuity::ALL.get(index).copied())
        .unwrap_or(Acuity::Emergency)
}

/// The kinds of `messages.kind`. The fourth is a reply that was taken back: kept for the log's sake,
/// shown nowhere.
pub(crate) const INBOUND: i64 = 0;
pub(crate) const REPLY: i64 = 1;
pub(crate) const NOTE: i64 = 2;
pub(crate) const CANCELLED: i64 = 3;

pub(crate) const fn kind_of(number: i64) -> MessageKind {
    match number {
        INBOUND => MessageKind::Inbound,
        NOTE => MessageKind::Note,
        _ => MessageKind::Reply,
    }
}

pub(crate) const fn visibility(public: bool) -> Visibility {
    if public {
        Visibility::Public
    } else {
        Visibility::Private
    }
}

pub(crate) fn handle(row: &Row<'_>) -> rusqlite::Result<Handle> {
    Ok(Handle {
        channel: column_word(row, "channel", Channel::from_word)?,
        address: patient(row, "address")?,
        name: patient(row, "name")?,
    })
}

/// A `snake_case` word of a serde enum without data.
pub(crate) fn serde_word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(StoreError::Value("word")),
    }
}

/// The value behind a word that [`serde_word`] wrote.
pub(crate) fn from_serde_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}
