//! What a search or view asks of a conversation, answered twice: from facts in memory, for the
//! maintained counts, and as SQL, for lists. A test holds the two against each other.

use domain::Timestamp;
use domain::query::{Atom, Has, Is, Query, Term, fold};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::StoreError;
use crate::sql::{Id, acuity_number};

/// What views can ask of a conversation, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub uuid: Uuid,
    pub merged: bool,
    pub account: String,
    pub channel: String,
    pub state: i64,
    pub acuity: i64,
    pub red_flag: bool,
    pub pool: i64,
    pub pool_name: String,
    pub assignee: Option<i64>,
    pub assignee_name: String,
    pub unread: bool,
    pub notes: bool,
    pub attachments: bool,
    pub draft: bool,
    pub pending: bool,
    pub failed: bool,
    /// Row and folded name.
    pub tags: Vec<(i64, String)>,
}

/// Reads the facts of one conversation.
pub(crate) fn facts(conn: &Connection, conversation: i64) -> Result<Option<Facts>, StoreError> {
    let facts = conn
        .prepare_cached(
            "SELECT c.uuid, c.merged_into IS NOT NULL, a.address, c.channel, c.state, c.acuity,
                    c.pool, p.name, c.assignee, coalesce(s.name, ''), c.unread > 0, c.notes > 0,
                    c.attachments > 0, c.drafts > 0, c.pending > 0, c.failed > 0,
                    c.red_flag = 1 AND c.acuity >= 2
             FROM conversations c
             JOIN accounts a ON a.id = c.account
             JOIN pools p ON p.id = c.pool
             LEFT JOIN staff s ON s.id = c.assignee
             WHERE c.id = ?1",
        )?
        .query_row([conversation], |row| {
            Ok(Facts {
                uuid: row.get::<_, Id>(0)?.0,
                merged: row.get(1)?,
                account: row.get(2)?,
                channel: row.get(3)?,
                state: row.get(4)?,
                acuity: row.get(5)?,
                pool: row.get(6)?,
                pool_name: row.get(7)?,
                assignee: row.get(8)?,
                assignee_name: row.get(9)?,
                unread: row.get(10)?,
                notes: row.get(11)?,
                attachments: row.get(12)?,
                draft: row.get(13)?,
                pending: row.get(14)?,
                failed: row.get(15)?,
                red_flag: row.get(16)?,
                tags: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut facts) = facts else {
        return Ok(None);
    };
    facts.tags = conn
        .prepare_cached(
            "SELECT t.id, t.name FROM conversation_tags ct JOIN tags t ON t.id = ct.tag
             WHERE ct.conversation = ?1 AND t.removed = 0 ORDER BY t.id",
        )?
        .query_map([conversation], |row| {
            Ok((row.get(0)?, fold(&row.get::<_, String>(1)?)))
        })?
        .collect::<Result<_, _>>()?;
    Ok(Some(facts))
}

/// Whether a view's count can be maintained: it reads no text, no date and no other view.
pub(crate) fn countable(query: &Query) -> bool {
    query.terms().all(|term| {
        !matches!(
            term.atom,
            Atom::Word { .. }
                | Atom::Phrase(_)
                | Atom::From(_)
                | Atom::To(_)
                | Atom::Before(_)
                | Atom::After(_)
                | Atom::Is(Is::Overdue)
                | Atom::In(_)
        )
    })
}

/// Whether a view shows each staff member something else.
pub(crate) fn depends_on_viewer(query: &Query) -> bool {
    query
        .terms()
        .any(|term| matches!(term.atom, Atom::Is(Is::Mine)))
}

/// Whether a conversation belongs to a countable query, as `staff` sees it.
pub(crate) fn matches(query: &Query, facts: &Facts, staff: i64) -> bool {
    query
        .groups
        .iter()
        .all(|group| group.0.iter().any(|term| term_matches(term, facts, staff)))
}

fn term_matches(term: &Term, facts: &Facts, staff: i64) -> bool {
    let holds = match &term.atom {
        Atom::Tag(name) => {
            let name = fold(name);
            facts.tags.iter().any(|(_, tag)| *tag == name)
        }
        Atom::Is(is) => match is {
            Is::Open => facts.state == 0,
            Is::Waiting => facts.state == 1,
            Is::Snoozed => facts.state == 2,
            Is::Closed => facts.state == 3,
            Is::Unread => facts.unread,
            Is::Unassigned => facts.assignee.is_none(),
            Is::Mine => facts.assignee == Some(staff),
            Is::Failed => facts.failed,
            Is::Draft => facts.draft,
            Is::Flagged => facts.red_flag,
            Is::Overdue => false,
        },
        Atom::Has(Has::Attachment) => facts.attachments,
        Atom::Has(Has::Note) => facts.notes,
        Atom::Has(Has::Draft) => facts.draft,
        Atom::Channel(channel) => channel
            .channels()
            .iter()
            .any(|channel| channel.word() == facts.channel),
        Atom::Pool(name) => fold(&facts.pool_name) == fold(name),
        Atom::Account(part) => fold(&facts.account).contains(&fold(part)),
        Atom::Staff(name) => facts.assignee.is_some() && fold(&facts.assignee_name) == fold(name),
        Atom::Acuity(acuity) => facts.acuity == acuity_number(*acuity),
        Atom::Word { .. }
        | Atom::Phrase(_)
        | Atom::From(_)
        | Atom::To(_)
        | Atom::In(_)
        | Atom::Before(_)
        | Atom::After(_) => false,
    };
    holds != term.negated
}

/// Who asks, and when: what `is:mine`, `today` and `is:overdue` depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Viewer {
    /// The staff member at the screen.
    pub staff: domain::StaffId,
    /// Minutes by which the practice's clocks are ahead of UTC.
    pub offset_minutes: i32,
}

/// How long a conversation may wait for its first answer before it is overdue: two days. Response
/// targets of the practice's own come later.
pub const OVERDUE_AFTER_MS: i64 = 2 * 86_400_000;

/// Tags that more conversations carry than this are looked up while walking the list.
const RARE_TAG: i64 = 3_000;

/// A condition in SQL over `conversations c`, with its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    pub text: String,
    pub values: Vec<Value>,
}

impl Sql {
    pub(crate) fn push(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(text);
        self.values.extend(values);
    }
}

/// What the SQL is made for.
pub(crate) struct Context<'c> {
    pub conn: &'c Connection,
    pub viewer: Viewer,
    pub now: Timestamp,
    /// Views named by `in:` may name views; not deeper than this.
    pub depth: u8,
}

impl Context<'_> {
    pub(crate) fn staff(&self) -> Result<i64, StoreError> {
        let row = crate::sql::find(self.conn, crate::sql::STAFF, self.viewer.staff.as_uuid())?;
        Ok(row.unwrap_or(0))
    }

    /// One term as a condition; text terms are the caller's affair and must not come here.
    pub(crate) fn term(&self, term: &Term, out: &mut Sql) -> Result<(), StoreError> {
        if term.negated {
            out.push("NOT ", []);
        }
        self.atom(&term.atom, out)
    }

    /// Groups as a condition: `AND` of `OR`s.
    pub(crate) fn query(&self, query: &Query, out: &mut Sql) -> Result<(), StoreError> {
        out.push("(1", []);
        for group in &query.groups {
            out.push(" AND (0", []);
            for term in &group.0 {
                out.push(" OR ", []);
                self.term(term, out)?;
            }
            out.push(")", []);
        }
        out.push(")", []);
        Ok(())
    }

    fn atom(&self, atom: &Atom, out: &mut Sql) -> Result<(), StoreError> {
        match atom {
            Atom::Tag(name) => self.tag(name, out)?,
            Atom::Is(is) => self.is(*is, out)?,
            Atom::Has(Has::Attachment) => out.push("(c.attachments > 0)", []),
            Atom::Has(Has::Note) => out.push("(c.notes > 0)", []),
            Atom::Has(Has::Draft) => out.push("(c.drafts > 0)", []),
            Atom::Before(day) => {
                let at = day.begins(self.now, self.viewer.offset_minutes);
                out.push("(c.last_at < ?)", [at.millis().into()]);
            }
            Atom::After(day) => {
                let at = day.begins(self.now, self.viewer.offset_minutes);
                out.push("(c.last_at >= ?)", [at.millis().into()]);
            }
            Atom::Channel(channel) => {
                let words = channel.channels();
                let marks = vec!["?"; words.len()].join(", ");
                out.push(
                    &format!("(c.channel IN ({marks}))"),
                    words.iter().map(|c| c.word().to_owned().into()),
                );
            }
            Atom::Pool(name) => self.named("pool", "pools", name, out)?,
            Atom::Staff(name) => self.named("assignee", "staff", name, out)?,
            Atom::Account(part) => {
                let part = fold(part);
                self.rows("account", "SELECT id, address FROM accounts", out, |name| {
                    name.contains(&part)
                })?;
            }
            Atom::Acuity(acuity) => out.push("(c.acuity = ?)", [acuity_number(*acuity).into()]),
            Atom::In(name) => self.pool_or_view(name, out)?,
            Atom::Word { .. } | Atom::Phrase(_) | Atom::From(_) | Atom::To(_) => out.push("1", []),
        }
        Ok(())
    }

    fn is(&self, is: Is, out: &mut Sql) -> Result<(), StoreError> {
        match is {
            Is::Open => out.push("(c.state = 0)", []),
            Is::Waiting => out.push("(c.state = 1)", []),
            Is::Snoozed => out.push("(c.state = 2)", []),
            Is::Closed => out.push("(c.state = 3)", []),
            Is::Unread => out.push("(c.unread > 0)", []),
            Is::Unassigned => out.push("(c.assignee IS NULL)", []),
            // `IS` and not `=`: the negation must hold for conversations without an assignee.
            Is::Mine => out.push("(c.assignee IS ?)", [self.staff()?.into()]),
            Is::Failed => out.push("(c.failed > 0)", []),
            Is::Draft => out.push("(c.drafts > 0)", []),
            Is::Flagged => out.push("(c.red_flag = 1 AND c.acuity >= 2)", []),
            Is::Overdue => out.push(
                "(c.state = 0 AND coalesce(c.waiting_since < ?, 0))",
                [(self.now.millis() - OVERDUE_AFTER_MS).into()],
            ),
        }
        Ok(())
    }

    fn tag(&self, name: &str, out: &mut Sql) -> Result<(), StoreError> {
        let name = fold(name);
        let tag = self
            .conn
            .prepare_cached("SELECT id, name FROM tags WHERE removed = 0")?
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
            .collect::<Result<Vec<(i64, String)>, _>>()?
            .into_iter()
            .find(|(_, tag)| fold(tag) == name);
        let Some((tag, _)) = tag else {
            out.push("0", []);
            return Ok(());
        };
        let carried: i64 = crate::lists::count(self.conn, "tag", tag, 0)?;
        if carried <= RARE_TAG {
            out.push(
                "(c.id IN (SELECT conversation FROM conversation_tags WHERE tag = ?))",
                [tag.into()],
            );
        } else {
            out.push(
                "(EXISTS (SELECT 1 FROM conversation_tags ct WHERE ct.tag = ? AND ct.conversation = +c.id))",
                [tag.into()],
            );
        }
        Ok(())
    }

    fn named(
        &self,
        column: &str,
        table: &str,
        name: &str,
        out: &mut Sql,
    ) -> Result<(), StoreError> {
        let name = fold(name);
        self.rows(
            column,
            &format!("SELECT id, name FROM {table}"),
            out,
            |found| found == name,
        )
    }

    fn rows(
        &self,
        column: &str,
        sql: &str,
        out: &mut Sql,
        fits: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        let rows = self
            .conn
            .prepare_cached(sql)?
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
            .collect::<Result<Vec<(i64, String)>, _>>()?;
        let ids: Vec<i64> = rows
            .into_iter()
            .filter(|(_, name)| fits(&fold(name)))
            .map(|(id, _)| id)
            .collect();
        match ids.as_slice() {
            [] => out.push("0", []),
            [one] => out.push(&format!("(c.{column} IS ?)"), [(*one).into()]),
            many => {
                let marks = vec!["?"; many.len()].join(", ");
                out.push(
                    &format!("(coalesce(c.{column}, 0) IN ({marks}))"),
                    many.iter().map(|id| (*id).into()),
                );
            }
        }
        Ok(())
    }

    fn pool_or_view(&self, name: &str, out: &mut Sql) -> Result<(), StoreError> {
        let folded = fold(name);
        let view = self
            .conn
            .prepare_cached("SELECT name, query FROM views WHERE removed = 0 ORDER BY id")?
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .find(|(view, _)| fold(view) == folded);
        match view {
            Some((_, query)) if self.depth > 0 => Context {
                depth: self.depth - 1,
                ..*self
            }
            .query(&Query::parse(&query), out),
            _ => self.named("pool", "pools", name, out),
        }
    }
}
