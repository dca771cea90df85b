//! Searching: the newest conversations with a message that matches.
//!
//! Conditions on words go to the full-text index, which gives rows newest first and stops when enough
//! were found. Conditions on the conversation are asked of those rows. Hits are looked at in portions,
//! and after so many portions a search ends and says where it stopped, so that a common word together
//! with a rare tag cannot hold up the screen.

use std::collections::HashSet;

use domain::query::{Atom, Group, Highlighter, Query, Term};
use domain::views::{SearchHit, SearchPage};
use domain::{MessageId, PatientText, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::StoreError;
use crate::filter::{Context, Sql};
use crate::message::{DAY_MS, first_row};
use crate::page::{cursor, parts};
use crate::sql::Id;

/// Messages looked at in one portion.
const PORTION: i64 = 2_000;
/// Portions after which a search ends.
const PORTIONS: u32 = 10;
/// Conversations are counted up to here.
const TOTAL: u32 = 200;
/// Among so many of the newest hits the best are chosen.
const RANKED: i64 = 2_000;
/// A saved view that reads text shows at most so many conversations.
const IN_VIEW: usize = 1_000;

/// A message that matches.
#[derive(Clone, Copy)]
struct Found {
    row: i64,
    at: i64,
    conversation: i64,
}

/// What a query asks, sorted by who answers it.
struct Plan {
    /// For the full-text index; empty when no condition is for it alone.
    matching: String,
    /// For rows of `messages m` and `conversations c`.
    condition: Sql,
    /// Rows outside these cannot match.
    first: i64,
    end: i64,
}

/// Runs a search. `ranked`: among the newest 2,000 hits, those in the subject or the contact's name
/// come before those in the text.
pub(crate) fn search(
    context: &Context<'_>,
    query: &Query,
    ranked: bool,
    after: Option<&str>,
    limit: u32,
) -> Result<SearchPage, StoreError> {
    let conn = context.conn;
    let mut plan = plan(context, query)?;
    let limit = limit.clamp(1, 500) as usize;
    let found = if ranked {
        best(conn, &plan, limit)?
    } else {
        if let Some([before]) = parts(after) {
            plan.end = plan.end.min(before);
        }
        newest(conn, &plan, limit, TOTAL as usize)?
    };
    let highlighter = query.highlighter();
    let hits = found
        .hits
        .iter()
        .map(|found| hit(conn, found, &highlighter))
        .collect::<Result<_, _>>()?;
    Ok(SearchPage {
        hits,
        next: found.next.map(|row| cursor(&[row])),
        total: found.total.min(TOTAL as usize) as u32,
        total_limit: TOTAL,
        range: range(conn)?,
        problems: query.problems.iter().map(ToString::to_string).collect(),
        terms: highlighter.terms(),
    })
}

/// The oldest and newest message on this computer, to the day's first.
fn range(conn: &Connection) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
    let end = |order: &str| -> Result<Option<i64>, StoreError> {
        let sql = format!("SELECT at FROM messages ORDER BY id {order} LIMIT 1");
        Ok(conn
            .prepare_cached(&sql)?
            .query_row([], |row| row.get(0))
            .optional()?)
    };
    Ok(end("ASC")?
        .zip(end("DESC")?)
        .map(|(a, b)| (Timestamp::from_millis(a), Timestamp::from_millis(b))))
}

struct Results {
    hits: Vec<Found>,
    next: Option<i64>,
    total: usize,
}

/// The newest match of each conversation, counting on to `count` conversations.
fn newest(
    conn: &Connection,
    plan: &Plan,
    limit: usize,
    count: usize,
) -> Result<Results, StoreError> {
    let mut seen = HashSet::new();
    let mut hits: Vec<Found> = Vec::new();
    let mut next = None;
    let mut end = plan.end;
    // Most searches fill their page from few hits; the portions grow for those that do not.
    let mut portion = (limit as i64) * 3;
    for _ in 0..=PORTIONS {
        let looked = portion_of(conn, plan, end, portion)?;
        for one in looked.matches {
            // Rows of one day are in order of arrival, so the day is finished before the page is cut.
            let same_day = hits
                .last()
                .is_some_and(|last: &Found| first_of(last.row) == first_of(one.row));
            if next.is_none() && hits.len() >= limit && !same_day {
                next = Some(first_of(one.row) + DAY_ROWS);
            }
            if seen.insert(one.conversation) && next.is_none() {
                hits.push(one);
            }
        }
        let enough = next.is_some() && seen.len() >= count;
        if looked.candidates < portion || enough {
            return Ok(results(hits, next, seen.len()));
        }
        end = looked.last;
        portion = PORTION;
        // A day with more hits than anybody reads is cut after all.
        if hits.len() >= limit * 4 {
            next = next.or(Some(end));
        }
        if next.is_some() && seen.len() >= count {
            break;
        }
    }
    Ok(results(hits, next.or(Some(end)), seen.len()))
}

fn results(mut hits: Vec<Found>, next: Option<i64>, total: usize) -> Results {
    hits.sort_by_key(|one| std::cmp::Reverse((one.at, one.row)));
    Results { hits, next, total }
}

const DAY_ROWS: i64 = 1 << 20;

const fn first_of(row: i64) -> i64 {
    row & !(DAY_ROWS - 1)
}

struct Portion {
    candidates: i64,
    last: i64,
    matches: Vec<Found>,
}

/// Looks at the next rows below `end`.
fn portion_of(conn: &Connection, plan: &Plan, end: i64, size: i64) -> Result<Portion, StoreError> {
    let mut values: Vec<Value> = Vec::new();
    let source = if plan.matching.is_empty() {
        values.extend([plan.first.into(), end.into(), size.into()]);
        "SELECT id AS row FROM messages WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?"
    } else {
        values.push(plan.matching.clone().into());
        values.extend([plan.first.into(), end.into(), size.into()]);
        "SELECT rowid AS row FROM search WHERE search MATCH ? AND rowid >= ? AND rowid < ?
         ORDER BY rowid DESC LIMIT ?"
    };
    let conversations = if plan.condition.text.is_empty() {
        ""
    } else {
        "CROSS JOIN conversations c ON c.id = m.conversation"
    };
    let condition = if plan.condition.text.is_empty() {
        "1"
    } else {
        &plan.condition.text
    };
    // The condition is a column, not a filter: what was looked at must be counted too. It may ask for
    // the portion's first and last row, so the portion is made once, before.
    let sql = format!(
        "WITH f AS MATERIALIZED ({source})
         SELECT m.id, m.at, m.conversation, m.kind <> 3 AND ({condition})
         FROM f CROSS JOIN messages m ON m.id = f.row {conversations}"
    );
    values.extend(plan.condition.values.iter().cloned());
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut out = Portion {
        candidates: 0,
        last: end,
        matches: Vec::new(),
    };
    while let Some(row) = rows.next()? {
        out.candidates += 1;
        out.last = row.get(0)?;
        if row.get(3)? {
            out.matches.push(Found {
                row: row.get(0)?,
                at: row.get(1)?,
                conversation: row.get(2)?,
            });
        }
    }
    Ok(out)
}

/// The best among the newest.
fn best(conn: &Connection, plan: &Plan, limit: usize) -> Result<Results, StoreError> {
    let looked = portion_of(conn, plan, plan.end, RANKED)?;
    let mut seen = HashSet::new();
    let mut scored = Vec::with_capacity(looked.matches.len());
    let (subject, people) = if plan.matching.is_empty() {
        (HashSet::new(), HashSet::new())
    } else {
        (
            rows_in(conn, plan, "subject", looked.last)?,
            rows_in(conn, plan, "{sender receiver}", looked.last)?,
        )
    };
    for found in looked.matches {
        let score =
            u8::from(subject.contains(&found.row)) * 2 + u8::from(people.contains(&found.row));
        scored.push((score, found));
    }
    scored.sort_by_key(|(score, found)| std::cmp::Reverse((*score, found.at, found.row)));
    let mut hits: Vec<Found> = scored
        .into_iter()
        .map(|(_, found)| found)
        .filter(|found| seen.insert(found.conversation))
        .collect();
    hits.truncate(limit);
    Ok(Results {
        hits,
        next: None,
        total: seen.len(),
    })
}

/// Rows at or above `from` where all words stand in these columns.
fn rows_in(
    conn: &Connection,
    plan: &Plan,
    columns: &str,
    from: i64,
) -> Result<HashSet<i64>, StoreError> {
    let matching = format!("{columns} : ({})", plan.matching);
    Ok(conn
        .prepare_cached(
            "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid >= ?2 AND rowid < ?3",
        )?
        .query_map(rusqlite::params![matching, from, plan.end], |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?)
}

/// The conversations that a query with words names, for a saved view.
pub(crate) fn conversations(context: &Context<'_>, query: &Query) -> Result<Vec<i64>, StoreError> {
    let plan = plan(context, query)?;
    Ok(newest(context.conn, &plan, IN_VIEW, IN_VIEW)?
        .hits
        .iter()
        .map(|found| found.conversation)
        .take(IN_VIEW)
        .collect())
}

fn plan(context: &Context<'_>, query: &Query) -> Result<Plan, StoreError> {
    let mut wanted: Vec<String> = Vec::new();
    let mut unwanted: Vec<String> = Vec::new();
    let mut others: Vec<&Group> = Vec::new();
    let mut plan = Plan {
        matching: String::new(),
        condition: Sql::default(),
        first: 0,
        end: i64::MAX,
    };
    for group in &query.groups {
        let Group(terms) = group;
        if let [term] = terms.as_slice() {
            if let Some(words) = words(&term.atom) {
                if term.negated {
                    unwanted.push(words);
                } else {
                    wanted.push(words);
                }
                continue;
            }
            narrow(context, term, &mut plan);
        } else if terms.iter().all(|term| !term.negated)
            && let Some(any) = terms
                .iter()
                .map(|term| words(&term.atom))
                .collect::<Option<Vec<_>>>()
        {
            wanted.push(format!("({})", any.join(" OR ")));
            continue;
        }
        others.push(group);
    }
    let mut condition = Sql::default();
    if wanted.is_empty() {
        // The index cannot say "everything but": it is asked which rows of a portion have the words.
        for words in unwanted {
            and(&mut condition);
            condition.push("NOT ", []);
            has_words(&plan.matching, &words, &mut condition);
        }
    } else {
        plan.matching = wanted.join(" AND ");
        if !unwanted.is_empty() {
            plan.matching = format!("({}) NOT ({})", plan.matching, unwanted.join(" OR "));
        }
    }
    for group in others {
        mixed(context, group, &plan.matching, &mut condition)?;
    }
    plan.condition = condition;
    Ok(plan)
}

/// Whether a row has these words. The index is asked once for a whole portion, and only for rows that
/// `matching` finds: asking it row by row costs a thousand times as much.
fn has_words(matching: &str, words: &str, condition: &mut Sql) {
    let words = if matching.is_empty() {
        words.to_owned()
    } else {
        format!("({matching}) AND ({words})")
    };
    condition.push(
        "(m.id IN (SELECT rowid FROM search WHERE search MATCH ?
           AND rowid >= (SELECT min(row) FROM f) AND rowid <= (SELECT max(row) FROM f)))",
        [words.into()],
    );
}

/// A group of which not every part is for the index.
fn mixed(
    context: &Context<'_>,
    group: &Group,
    matching: &str,
    condition: &mut Sql,
) -> Result<(), StoreError> {
    and(condition);
    condition.push("(0", []);
    for term in &group.0 {
        condition.push(" OR ", []);
        match (words(&term.atom), &term.atom) {
            (Some(words), _) => {
                condition.push(if term.negated { "NOT " } else { "" }, []);
                has_words(matching, &words, condition);
            }
            // Dates are of the message here, of the conversation in a list.
            (None, Atom::Before(day)) => {
                let at = day.begins(context.now, context.viewer.offset_minutes);
                let sign = if term.negated { ">=" } else { "<" };
                condition.push(&format!("m.at {sign} ?"), [at.millis().into()]);
            }
            (None, Atom::After(day)) => {
                let at = day.begins(context.now, context.viewer.offset_minutes);
                let sign = if term.negated { "<" } else { ">=" };
                condition.push(&format!("m.at {sign} ?"), [at.millis().into()]);
            }
            (None, _) => context.term(term, condition)?,
        }
    }
    condition.push(")", []);
    Ok(())
}

fn and(condition: &mut Sql) {
    if !condition.text.is_empty() {
        condition.push(" AND ", []);
    }
}

/// Dates bound the rows to look at.
fn narrow(context: &Context<'_>, term: &Term, plan: &mut Plan) {
    let begins = |day: &domain::query::Day| day.begins(context.now, context.viewer.offset_minutes);
    match (&term.atom, term.negated) {
        (Atom::After(day), false) | (Atom::Before(day), true) => {
            plan.first = plan.first.max(first_row(begins(day)));
        }
        (Atom::Before(day), false) | (Atom::After(day), true) => {
            // The whole day in which the bound lies: its rows are in no order of time.
            let end = first_row(begins(day).plus_millis(DAY_MS));
            plan.end = plan.end.min(end);
        }
        _ => {}
    }
}

/// A condition in the language of the index; `None` when it is not about words.
fn words(atom: &Atom) -> Option<String> {
    match atom {
        Atom::Word { text, prefix } => {
            let star = if *prefix { "*" } else { "" };
            Some(format!("{}{star}", quoted(text)))
        }
        Atom::Phrase(text) => Some(quoted(text)),
        Atom::From(text) => Some(format!("sender : {}", quoted(text))),
        Atom::To(text) => Some(format!("receiver : {}", quoted(text))),
        _ => None,
    }
}

/// A string of the index's language. It is cut into words by the index itself.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', " "))
}

/// How much of a text a hit shows, in characters.
const SNIPPET: usize = 160;
/// How much of it may stand before the first mark.
const BEFORE: usize = 40;

fn hit(
    conn: &Connection,
    found: &Found,
    highlighter: &Highlighter,
) -> Result<SearchHit, StoreError> {
    let (uuid, text): (Id, String) = conn
        .prepare_cached(
            "SELECT m.uuid, b.text FROM messages m JOIN bodies b ON b.message = m.id
             WHERE m.id = ?1",
        )?
        .query_row([found.row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(SearchHit {
        row: crate::inbox::one(conn, found.conversation)?,
        message: Some(MessageId::from_uuid(uuid.0)),
        snippet: PatientText::from(snippet(&text, highlighter)),
    })
}

/// The part of a text around its first match, on one line, matches between U+2068 and U+2069.
fn snippet(text: &str, highlighter: &Highlighter) -> String {
    // Long texts are searched only as far as anybody would look for a snippet.
    let text = clip(text, 20_000);
    let first = highlighter.find(text).first().map_or(0, |mark| mark.start);
    let start = text
        .get(..first)
        .unwrap_or_default()
        .char_indices()
        .rev()
        .nth(BEFORE)
        .map_or(0, |(at, _)| at);
    let start = text
        .get(start..first)
        .and_then(|lead| lead.find(char::is_whitespace).filter(|_| start > 0))
        .map_or(start, |space| start + space);
    let line: String = text
        .get(start..)
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        // The signs are ours here; one in the text must not pose as a mark.
        .filter(|c| !matches!(c, '\u{2068}' | '\u{2069}'))
        .take(SNIPPET)
        .collect();
    let mut marked = String::with_capacity(line.len() + 32);
    let mut done = 0;
    for mark in highlighter.find(&line) {
        marked.push_str(line.get(done..mark.start).unwrap_or_default());
        marked.push('\u{2068}');
        marked.push_str(line.get(mark.clone()).unwrap_or_default());
        marked.push('\u{2069}');
        done = mark.end;
    }
    marked.push_str(line.get(done..).unwrap_or_default());
    marked
}

fn clip(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}
