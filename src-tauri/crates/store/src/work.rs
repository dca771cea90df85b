//! One transaction at work: what it touches, and what follows from that when it ends.
//!
//! Counts of views are maintained here. Before a conversation is changed for the first time in a
//! transaction its facts are read; at the end they are read again, and the counts move by the
//! difference. So no count depends on every writer remembering it, and a change of ten thousand rows
//! costs two small reads each.

use std::collections::HashMap;

use domain::Timestamp;
use domain::query::Query;
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::StoreError;
use crate::events::{Event, Events};
use crate::filter::{self, Facts};

/// A transaction with what it has touched so far.
pub(crate) struct Work<'t> {
    pub tx: &'t Transaction<'t>,
    pub now: Timestamp,
    pub events: Events,
    before: HashMap<i64, Option<Facts>>,
    views: Option<Vec<CountedView>>,
    recount_views: bool,
    /// Files that became useless with this transaction; deleted once it was committed.
    pub dead_blobs: Vec<[u8; 32]>,
}

/// What is left to do once the transaction was committed.
pub(crate) struct Finished {
    /// To tell.
    pub events: Vec<Event>,
    /// Files to delete.
    pub dead_blobs: Vec<[u8; 32]>,
}

/// A saved view whose count can be told from the facts alone.
pub(crate) struct CountedView {
    pub id: i64,
    pub query: Query,
    /// The staff members for whom it counts separately; `[0]` when it is the same for all.
    pub staff: Vec<i64>,
}

/// The key of one maintained count.
pub(crate) type CountKey = (&'static str, i64, i64);

impl<'t> Work<'t> {
    pub(crate) fn new(tx: &'t Transaction<'t>, now: Timestamp) -> Self {
        Self {
            tx,
            now,
            events: Events::default(),
            before: HashMap::new(),
            views: None,
            recount_views: false,
            dead_blobs: Vec::new(),
        }
    }

    /// To be called before a conversation is changed.
    pub(crate) fn touch(&mut self, conversation: i64) -> Result<(), StoreError> {
        if !self.before.contains_key(&conversation) {
            let facts = filter::facts(self.tx, conversation)?;
            if let Some(facts) = &facts {
                self.events.conversation(facts.uuid);
            }
            self.before.insert(conversation, facts);
        }
        Ok(())
    }

    /// To be called after a conversation was made.
    pub(crate) fn made(&mut self, conversation: i64, uuid: Uuid) {
        self.before.entry(conversation).or_insert(None);
        self.events.conversation(uuid);
    }

    /// Names changed that saved views refer to: all their counts are taken anew at the end.
    pub(crate) fn recount_views(&mut self) {
        self.recount_views = true;
    }

    /// Settles the counts and gives back what to tell and which files to delete.
    pub(crate) fn finish(mut self) -> Result<Finished, StoreError> {
        let before = std::mem::take(&mut self.before);
        let mut moves: HashMap<CountKey, i64> = HashMap::new();
        for (conversation, old) in before {
            let new = filter::facts(self.tx, conversation)?;
            if old == new {
                continue;
            }
            self.views()?;
            let views = self.views.as_deref().unwrap_or_default();
            tally(old.as_ref(), views, -1, &mut moves);
            tally(new.as_ref(), views, 1, &mut moves);
        }
        moves.retain(|_, by| *by != 0);
        let mut add = self.tx.prepare_cached(
            "INSERT INTO counts (what, of, staff, n) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET n = n + excluded.n",
        )?;
        for ((what, of, staff), by) in moves {
            add.execute(params![what, of, staff, by])?;
        }
        drop(add);
        if self.recount_views {
            recount_views(self.tx, self.now)?;
        }
        Ok(Finished {
            events: self.events.finish(),
            dead_blobs: self.dead_blobs,
        })
    }

    fn views(&mut self) -> Result<(), StoreError> {
        if self.views.is_none() {
            self.views = Some(counted_views(self.tx)?);
        }
        Ok(())
    }
}

/// The saved views that can be counted from facts.
pub(crate) fn counted_views(tx: &Transaction<'_>) -> Result<Vec<CountedView>, StoreError> {
    let mut rows = tx.prepare_cached("SELECT id, query FROM views WHERE removed = 0")?;
    let rows = rows
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<(i64, String)>, _>>()?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let staff = tx
        .prepare_cached("SELECT id FROM staff WHERE active = 1")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, text)| {
            let query = Query::parse(&text);
            filter::countable(&query).then(|| CountedView {
                id,
                staff: if filter::depends_on_viewer(&query) {
                    staff.clone()
                } else {
                    vec![0]
                },
                query,
            })
        })
        .collect())
}

/// Adds `by` to every count that a conversation belongs to.
pub(crate) fn tally(
    facts: Option<&Facts>,
    views: &[CountedView],
    by: i64,
    moves: &mut HashMap<CountKey, i64>,
) {
    let Some(facts) = facts.filter(|facts| !facts.merged) else {
        return;
    };
    let mut add = |key: CountKey| *moves.entry(key).or_default() += by;
    match facts.state {
        0 => {
            add(("inbox", 0, 0));
            add(("pool", facts.pool, 0));
            match facts.assignee {
                Some(staff) => add(("mine", 0, staff)),
                None => add(("unassigned", 0, 0)),
            }
            if facts.unread {
                add(("unread", 0, 0));
            }
        }
        1 => add(("waiting", 0, 0)),
        2 => add(("snoozed", 0, 0)),
        _ => add(("closed", 0, 0)),
    }
    if facts.pending || facts.failed {
        add(("outbox", 0, 0));
    }
    if facts.failed {
        add(("failed", 0, 0));
    }
    if facts.draft {
        add(("drafts", 0, 0));
    }
    if facts.red_flag && facts.state == 0 {
        add(("red_flags", 0, 0));
    }
    for tag in &facts.tags {
        add(("tag", tag.0, 0));
    }
    for view in views {
        for staff in &view.staff {
            if filter::matches(&view.query, facts, *staff) {
                add(("view", view.id, *staff));
            }
        }
    }
}

/// Counts every saved view anew.
pub(crate) fn recount_views(tx: &Transaction<'_>, _now: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM counts WHERE what = 'view'", [])?;
    let views = counted_views(tx)?;
    if views.is_empty() {
        return Ok(());
    }
    let mut moves = HashMap::new();
    each_conversation(tx, |facts| tally(Some(facts), &views, 1, &mut moves))?;
    let mut add = tx.prepare_cached(
        "INSERT INTO counts (what, of, staff, n) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET n = excluded.n",
    )?;
    for ((what, of, staff), n) in moves {
        if what == "view" {
            add.execute(params![what, of, staff, n])?;
        }
    }
    Ok(())
}

/// Goes through the facts of every conversation.
pub(crate) fn each_conversation(
    tx: &Transaction<'_>,
    mut visit: impl FnMut(&Facts),
) -> Result<(), StoreError> {
    let mut last = 0_i64;
    loop {
        let next: Option<i64> = tx
            .prepare_cached("SELECT id FROM conversations WHERE id > ?1 ORDER BY id LIMIT 1")?
            .query_row([last], |row| row.get(0))
            .optional()?;
        let Some(id) = next else { return Ok(()) };
        last = id;
        if let Some(facts) = filter::facts(tx, id)? {
            visit(&facts);
        }
    }
}
