//! What screens and loops read, one method for each; the queries behind them stand in files of their own.

use std::sync::PoisonError;

use domain::query::Query;
use domain::views::{
    AccountView, AuditEntry, AuditReport, ContactCard, ConversationView, Counts, InboxPage,
    InboxSort, ListScope, MessageView, SearchPage, Vocabulary,
};
use domain::{
    AccountId, Acuity, ContactId, ConversationId, MessageId, OperationId, PatientText, StaffId,
    StaffMember, Timestamp,
};
use rusqlite::{Connection, OptionalExtension};

use crate::error::StoreError;
use crate::lists::CursorState;
use crate::log::AuditHead;
use crate::pool::Reader;
use crate::store::{Inner, Store};
use crate::{commit, conversation, filter, inbox, lists, log, search, sql};

impl Store {
    /// A page of conversations; `cursor` is the `next` of the page before.
    pub fn inbox(
        &self,
        scope: &ListScope,
        me: StaffId,
        sort: InboxSort,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<InboxPage, StoreError> {
        let now = self.inner().clock.now();
        self.read(|conn| inbox::page(&context(conn, me, now)?, scope, sort, cursor, limit))
    }

    /// Everything that a scope shows, the newest first; at most 100,000.
    pub fn matching(
        &self,
        scope: &ListScope,
        me: StaffId,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let now = self.inner().clock.now();
        self.read(|conn| inbox::matching(&context(conn, me, now)?, scope, 100_000))
    }

    /// A search in the language of [`domain::query`], as it is typed. A newer search by the same staff
    /// member stops an older one, which fails with [`StoreError::Interrupted`].
    pub fn search(
        &self,
        query: &str,
        me: StaffId,
        ranked: bool,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<SearchPage, StoreError> {
        let now = self.inner().clock.now();
        let query = Query::parse_typing(query);
        let running = Running::begin(self.inner(), me)?;
        let context = context(&running.reader, me, now)?;
        search::search(&context, &query, ranked, cursor, limit)
    }

    /// Everything that the conversation pane shows at first, with the newest `limit` messages.
    pub fn conversation(
        &self,
        id: ConversationId,
        limit: u32,
    ) -> Result<ConversationView, StoreError> {
        self.read(|conn| conversation::view(conn, id, limit))
    }

    /// The messages before a cursor, oldest first, and the cursor of those before them.
    pub fn older_messages(
        &self,
        id: ConversationId,
        cursor: &str,
        limit: u32,
    ) -> Result<(Vec<MessageView>, Option<String>), StoreError> {
        self.read(|conn| {
            let row = commit::conversation::get_any(conn, id)?;
            conversation::messages(conn, row, Some(cursor), limit)
        })
    }

    /// A conversation's urgency.
    pub fn acuity(&self, id: ConversationId) -> Result<Acuity, StoreError> {
        self.read(|conn| {
            let row = commit::conversation::get_any(conn, id)?;
            Ok(conn
                .prepare_cached("SELECT acuity FROM conversations WHERE id = ?1")?
                .query_row([row], |row| row.get(0).map(sql::acuity_of))?)
        })
    }

    /// A message's HTML form, cleaned before it was stored, and how many pictures wait for a click.
    pub fn message_html(&self, message: MessageId) -> Result<(PatientText, u32), StoreError> {
        self.read(|conn| conversation::html(conn, message))
    }

    /// The untouched bytes of a message that could not be understood.
    pub fn message_source(&self, message: MessageId) -> Result<Vec<u8>, StoreError> {
        self.read(|conn| conversation::source(conn, message))
    }

    /// The conversation that holds a message.
    pub fn conversation_of(&self, message: MessageId) -> Result<ConversationId, StoreError> {
        self.read(|conn| conversation::conversation_of(conn, message))
    }

    /// The card of a contact.
    pub fn contact(&self, id: ContactId) -> Result<ContactCard, StoreError> {
        self.read(|conn| conversation::contact(conn, id))
    }

    /// Maintained counts, as a staff member sees them.
    pub fn counts(&self, me: StaffId) -> Result<Counts, StoreError> {
        self.read(|conn| lists::counts(conn, me))
    }

    /// When the store was made.
    pub fn created_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|conn| {
            Ok(conn
                .query_row(
                    "SELECT applied_at FROM migrations ORDER BY number LIMIT 1",
                    [],
                    |row| row.get(0).map(Timestamp::from_millis),
                )
                .optional()?)
        })
    }

    /// The practice's name; empty before set-up has named it.
    pub fn practice_name(&self) -> Result<String, StoreError> {
        self.read(|conn| Ok(lists::meta(conn, "practice_name")?.unwrap_or_default()))
    }

    /// Whether anything is stored that a backup would be missed for.
    pub fn has_messages(&self) -> Result<bool, StoreError> {
        self.read(|conn| {
            Ok(
                conn.query_row("SELECT EXISTS (SELECT 1 FROM messages)", [], |row| {
                    row.get(0)
                })?,
            )
        })
    }

    /// Everybody who signs in or once did.
    pub fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.read(lists::staff)
    }

    /// The words of the practice that every screen needs.
    pub fn vocabulary(&self, me: StaffId) -> Result<Vocabulary, StoreError> {
        self.read(|conn| {
            Ok(Vocabulary {
                staff: lists::staff(conn)?,
                pools: lists::pools(conn)?,
                tags: lists::tags(conn)?,
                views: lists::views(conn, me)?,
                canned: lists::canned(conn)?,
            })
        })
    }

    /// The practice's settings, overlaid by a staff member's own.
    pub fn settings(
        &self,
        me: StaffId,
    ) -> Result<serde_json::Map<String, serde_json::Value>, StoreError> {
        self.read(|conn| lists::settings(conn, me))
    }

    /// The connected accounts with their health.
    pub fn accounts(&self) -> Result<Vec<AccountView>, StoreError> {
        self.read(lists::accounts)
    }

    /// The practice's own addresses, of every account ever connected, with their aliases.
    pub fn own_addresses(&self) -> Result<Vec<String>, StoreError> {
        self.read(lists::own_addresses)
    }

    /// Where an account's fetching stands.
    pub fn cursor(&self, account: AccountId) -> Result<CursorState, StoreError> {
        self.read(|conn| lists::cursor(conn, account))
    }

    /// Reads one operation back; its change is `Unknown` when its text was erased.
    pub fn operation(&self, id: OperationId) -> Result<domain::Operation, StoreError> {
        self.read(|conn| {
            log::read(conn, id)?
                .map(|(_, operation)| operation)
                .ok_or(StoreError::NotFound("operation"))
        })
    }

    /// The newest operation of a staff member that can be taken back.
    pub fn newest_undoable(&self, me: StaffId) -> Result<Option<OperationId>, StoreError> {
        let now = self.inner().clock.now();
        self.read(|conn| commit::undo::newest(conn, me, now))
    }

    /// A page of the audit log, newest first: the entries before number `before`.
    pub fn audit(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(|conn| lists::audit(conn, before, limit))
    }

    /// Where the log ends, to be kept elsewhere.
    pub fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.read(log::head)
    }

    /// Checks the whole log.
    pub fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        self.read(|conn| log::verify(conn, None))
    }

    /// Checks the whole log, and that it still holds the entry of a head that was kept elsewhere: a log
    /// that was cut off is found only so.
    pub fn verify_audit_against(&self, head: &AuditHead) -> Result<AuditReport, StoreError> {
        self.read(|conn| log::verify(conn, Some(head)))
    }
}

fn context(
    conn: &Connection,
    staff: StaffId,
    now: Timestamp,
) -> Result<filter::Context<'_>, StoreError> {
    let offset: Option<String> = conn
        .prepare_cached(
            "SELECT value FROM settings WHERE staff = 0 AND key = 'utc_offset_minutes'",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(filter::Context {
        conn,
        viewer: filter::Viewer {
            staff,
            offset_minutes: offset.and_then(|text| text.parse().ok()).unwrap_or(0),
        },
        now,
        depth: 3,
    })
}

/// A search that runs. While it is registered, a newer one may interrupt its reader; it is taken off
/// the register before the reader can serve anybody else.
struct Running<'s> {
    inner: &'s Inner,
    me: StaffId,
    serial: u64,
    reader: Reader<'s>,
}

impl<'s> Running<'s> {
    fn begin(inner: &'s Inner, me: StaffId) -> Result<Self, StoreError> {
        let reader = inner.readers.lend()?;
        let handle = reader.interrupt_handle().ok_or(StoreError::Closed)?;
        let mut searches = inner
            .searches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let serial = searches.get(&me).map_or(0, |(serial, _)| serial + 1);
        if let Some((_, older)) = searches.insert(me, (serial, handle)) {
            older.interrupt();
        }
        drop(searches);
        Ok(Self {
            inner,
            me,
            serial,
            reader,
        })
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut searches = self
            .inner
            .searches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if searches
            .get(&self.me)
            .is_some_and(|(serial, _)| *serial == self.serial)
        {
            searches.remove(&self.me);
        }
    }
}
