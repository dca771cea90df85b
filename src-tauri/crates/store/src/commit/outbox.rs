//! A reply's way out. Every transition is checked against [`OutboxState::may_become`]; the intent to
//! send is a transition like any other and therefore on disk before the first byte leaves.

use domain::operation::{AfterReply, SentEvidence};
use domain::{
    Actor, Change, ConversationState, MessageId, OutboxState, SendFailure, Timestamp, Visibility,
};
use rusqlite::{OptionalExtension, params};

use super::Effect;
use super::conversation::{get_any, insert_own, set_state};
use crate::StoreError;
use crate::error::Refusal;
use crate::marks::Mark;
use crate::message;
use crate::sql::{
    ACCOUNTS, ATTACHMENTS, CANCELLED, CONVERSATIONS, MESSAGES, REPLY, find, from_serde_word, get,
    serde_word, uuid_of, word,
};
use crate::work::Work;

/// Where a reply stands.
pub(crate) struct Standing {
    pub message: i64,
    pub conversation: i64,
    pub account: i64,
    pub state: OutboxState,
    pub not_before: i64,
    pub queued_at: i64,
    pub after: AfterReply,
    pub attempt: u32,
    pub failure: Option<SendFailure>,
    pub why: String,
}

/// Reads where a reply stands.
pub(crate) fn standing(
    conn: &rusqlite::Connection,
    reply: MessageId,
) -> Result<Standing, StoreError> {
    let message = get(conn, MESSAGES, reply.as_uuid())?;
    let row = conn
        .prepare_cached(
            "SELECT m.conversation, o.account, o.state, o.not_before, o.queued_at, o.after,
                    o.attempt, o.failure, o.why
             FROM outbox o JOIN messages m ON m.id = o.message WHERE o.message = ?1",
        )?
        .query_row([message], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get::<_, String>(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get::<_, String>(5)?,
                row.get(6)?,
                row.get::<_, Option<String>>(7)?,
                row.get(8)?,
            ))
        })
        .optional()?
        .ok_or(StoreError::NotFound("reply"))?;
    Ok(Standing {
        message,
        conversation: row.0,
        account: row.1,
        state: word(&row.2, OutboxState::from_word, "outbox state")?,
        not_before: row.3,
        queued_at: row.4,
        after: from_serde_word(&row.5).unwrap_or_default(),
        attempt: row.6,
        failure: row.7.as_deref().and_then(from_serde_word),
        why: row.8,
    })
}

pub(super) fn apply(work: &mut Work<'_>, change: &Change, by: Actor) -> Result<Effect, StoreError> {
    match change {
        Change::ReplyQueued { .. } => queue(work, change, by),
        Change::ReplyCancelled { reply, .. } => cancel(work, *reply),
        Change::ReplySending { reply, attempt, .. } => {
            let mut at = standing(work.tx, *reply)?;
            if at.state == OutboxState::Held && at.not_before <= work.now.millis() {
                step(work, &at, OutboxState::Queued)?;
                at.state = OutboxState::Queued;
            }
            step(work, &at, OutboxState::Sending)?;
            work.tx.execute(
                "UPDATE outbox SET attempt = ?2, failure = NULL, why = '' WHERE message = ?1",
                params![at.message, attempt],
            )?;
            Ok(Effect::lasting().about(at.conversation))
        }
        Change::ReplySent {
            reply, evidence, ..
        } => {
            let at = standing(work.tx, *reply)?;
            if at.state == OutboxState::Sent {
                return Ok(Effect::none().about(at.conversation));
            }
            sent(work, &at, *evidence)?;
            Ok(Effect::lasting().about(at.conversation))
        }
        Change::ReplyDeferred {
            reply,
            not_before,
            why,
            ..
        } => {
            let at = standing(work.tx, *reply)?;
            step(work, &at, OutboxState::Queued)?;
            work.tx.execute(
                "UPDATE outbox SET not_before = ?2, why = ?3 WHERE message = ?1",
                params![at.message, not_before.millis(), why.reveal()],
            )?;
            Ok(Effect::lasting().about(at.conversation))
        }
        Change::ReplyFailed {
            reply,
            failure,
            why,
            ..
        } => {
            let at = standing(work.tx, *reply)?;
            if at.state == OutboxState::Failed
                && at.failure == Some(*failure)
                && at.why == why.reveal()
            {
                return Ok(Effect::none().about(at.conversation));
            }
            failed(work, &at, *failure, why.reveal())?;
            Ok(Effect::lasting().about(at.conversation))
        }
        Change::ReplyUncertain { reply, .. } => {
            let at = standing(work.tx, *reply)?;
            if at.state == OutboxState::Uncertain {
                return Ok(Effect::none().about(at.conversation));
            }
            step(work, &at, OutboxState::Uncertain)?;
            Ok(Effect::lasting().about(at.conversation))
        }
        Change::ReplyRetried { reply, .. } => {
            let at = standing(work.tx, *reply)?;
            if !matches!(at.state, OutboxState::Failed | OutboxState::Uncertain) {
                return Err(Refusal::OutboxTransition {
                    from: at.state,
                    to: OutboxState::Queued,
                }
                .into());
            }
            step(work, &at, OutboxState::Queued)?;
            work.tx.execute(
                "UPDATE outbox SET not_before = ?2, failure = NULL, why = '' WHERE message = ?1",
                params![at.message, work.now.millis()],
            )?;
            Ok(Effect::lasting().about(at.conversation))
        }
        _ => Err(Refusal::NotACommand.into()),
    }
}

/// Walks a reply to its next state and moves the conversation's numbers with it.
pub(crate) fn step(
    work: &mut Work<'_>,
    at: &Standing,
    next: OutboxState,
) -> Result<(), StoreError> {
    if !at.state.may_become(next) {
        return Err(Refusal::OutboxTransition {
            from: at.state,
            to: next,
        }
        .into());
    }
    crate::fault::point("outbox.transition")?;
    work.touch(at.conversation)?;
    work.tx
        .prepare_cached("UPDATE outbox SET state = ?2, changed_at = ?3 WHERE message = ?1")?
        .execute(params![at.message, next.word(), work.now.millis()])?;
    let (pending, troubled) = (
        i64::from(waits(next)) - i64::from(waits(at.state)),
        i64::from(troubles(next)) - i64::from(troubles(at.state)),
    );
    work.tx
        .prepare_cached(
            "UPDATE conversations SET pending = pending + ?2, failed = failed + ?3 WHERE id = ?1",
        )?
        .execute(params![at.conversation, pending, troubled])?;
    Ok(())
}

const fn waits(state: OutboxState) -> bool {
    matches!(
        state,
        OutboxState::Held | OutboxState::Queued | OutboxState::Sending
    )
}

const fn troubles(state: OutboxState) -> bool {
    matches!(state, OutboxState::Failed | OutboxState::Uncertain)
}

fn queue(work: &mut Work<'_>, change: &Change, by: Actor) -> Result<Effect, StoreError> {
    let Change::ReplyQueued {
        conversation,
        reply,
        visibility,
        to,
        subject,
        text,
        attachments,
        network_id,
        answers,
        not_before,
        then,
    } = change
    else {
        return Err(Refusal::NotACommand.into());
    };
    let row = get_any(work.tx, *conversation)?;
    let (account, removed, merged): (i64, bool, bool) = work.tx.query_row(
        "SELECT c.account, a.removed, c.merged_into IS NOT NULL
         FROM conversations c JOIN accounts a ON a.id = c.account WHERE c.id = ?1",
        [row],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    if merged {
        return Err(Refusal::Merged.into());
    }
    if removed {
        return Err(Refusal::AccountRemoved.into());
    }
    if to.channel.visibility() != *visibility && *visibility == Visibility::Public {
        return Err(Refusal::Visibility.into());
    }
    if text.reveal().trim().is_empty() && attachments.is_empty()
        || network_id.is_empty()
        || to.address.is_empty()
    {
        return Err(Refusal::Empty.into());
    }
    if find(work.tx, MESSAGES, reply.as_uuid())?.is_some() {
        return Err(Refusal::IdTaken.into());
    }
    work.touch(row)?;
    let message = insert_own(
        work,
        row,
        *reply,
        REPLY,
        network_id,
        subject.reveal(),
        text.reveal(),
        by,
    )?;
    for attachment in attachments {
        let attachment = get(work.tx, ATTACHMENTS, attachment.as_uuid())?;
        let taken = work.tx.execute(
            "UPDATE attachments SET message = ?2, draft = NULL
             WHERE id = ?1 AND draft IS NOT NULL AND message IS NULL",
            [attachment, message],
        )?;
        if taken == 0 {
            return Err(StoreError::NotFound(ATTACHMENTS.one));
        }
    }
    work.tx.execute(
        "UPDATE messages SET files = ?2 WHERE id = ?1",
        params![message, attachments.len() as i64],
    )?;
    crate::ingest::thread::own(work.tx, account, network_id, row, message)?;
    message::reindex(work.tx, message)?;
    let state = if not_before.millis() > work.now.millis() {
        OutboxState::Held
    } else {
        OutboxState::Queued
    };
    let answers = match answers {
        Some(answers) => Some(get(work.tx, MESSAGES, answers.as_uuid())?),
        None => None,
    };
    work.tx
        .prepare_cached(
            "INSERT INTO outbox (message, account, state, public, channel, address, name, answers,
                                 not_before, after, queued_at, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)",
        )?
        .execute(params![
            message,
            account,
            state.word(),
            *visibility == Visibility::Public,
            to.channel.word(),
            to.address.reveal(),
            to.name.reveal(),
            answers,
            not_before.millis(),
            serde_word(then)?,
            work.now.millis(),
        ])?;
    crate::draft::clear_row(work, row, Some("reply"))?;
    message::refresh(work.tx, row)?;
    Ok(Effect::lasting().about(row))
}

/// Takes a reply back: it is shown nowhere any more, and its text is the draft again.
fn cancel(work: &mut Work<'_>, reply: MessageId) -> Result<Effect, StoreError> {
    let at = standing(work.tx, reply)?;
    if at.state == OutboxState::Cancelled {
        return Ok(Effect::none().about(at.conversation));
    }
    step(work, &at, OutboxState::Cancelled)?;
    message::unindex(work.tx, at.message)?;
    work.tx.execute(
        "UPDATE messages SET kind = ?2 WHERE id = ?1",
        [at.message, CANCELLED],
    )?;
    crate::draft::take_back(work, &at)?;
    message::refresh(work.tx, at.conversation)?;
    Ok(Effect::lasting().about(at.conversation))
}

/// A reply is known to have been sent.
pub(crate) fn sent(
    work: &mut Work<'_>,
    at: &Standing,
    evidence: SentEvidence,
) -> Result<(), StoreError> {
    step(work, at, OutboxState::Sent)?;
    work.tx.execute(
        "UPDATE outbox SET evidence = ?2, failure = NULL, why = '' WHERE message = ?1",
        params![at.message, serde_word(&evidence)?],
    )?;
    work.tx.execute(
        "UPDATE messages SET at = max(at, ?2) WHERE id = ?1",
        params![at.message, work.now.millis()],
    )?;
    let answers: Option<i64> = work.tx.query_row(
        "SELECT answers FROM outbox WHERE message = ?1",
        [at.message],
        |row| row.get(0),
    )?;
    if let Some(answers) = answers {
        crate::marks::want(work.tx, answers, Mark::Answered)?;
    }
    let written_since: bool = work.tx.query_row(
        "SELECT coalesce(last_inbound_at > ?2, 0) FROM conversations WHERE id = ?1",
        params![at.conversation, at.queued_at],
        |row| row.get(0),
    )?;
    message::refresh(work.tx, at.conversation)?;
    // What the contact wrote while the reply waited has not been answered by it.
    if !written_since {
        let state = match at.after {
            AfterReply::Wait => Some(ConversationState::Waiting),
            AfterReply::Close => Some(ConversationState::Closed),
            AfterReply::StayOpen => None,
        };
        if let Some(state) = state {
            set_state(work, at.conversation, state)?;
        }
    }
    Ok(())
}

/// A reply did not leave or did not arrive: the conversation wants to be seen.
pub(crate) fn failed(
    work: &mut Work<'_>,
    at: &Standing,
    failure: SendFailure,
    why: &str,
) -> Result<(), StoreError> {
    if at.state != OutboxState::Failed {
        step(work, at, OutboxState::Failed)?;
    }
    work.tx.execute(
        "UPDATE outbox SET failure = ?2, why = ?3 WHERE message = ?1",
        params![at.message, serde_word(&failure)?, why],
    )?;
    message::refresh(work.tx, at.conversation)?;
    set_state(work, at.conversation, ConversationState::Open)
}

/// Turns every reply that was leaving when the process ended into an uncertain one. Gives back the
/// changes to log.
pub(crate) fn interrupted(work: &Work<'_>) -> Result<Vec<Change>, StoreError> {
    let rows = work
        .tx
        .prepare(
            "SELECT o.message, m.conversation FROM outbox o JOIN messages m ON m.id = o.message
             WHERE o.state = 'sending' ORDER BY o.message",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(i64, i64)>, _>>()?;
    rows.into_iter()
        .map(|(message, conversation)| {
            Ok(Change::ReplyUncertain {
                conversation: domain::ConversationId::from_uuid(uuid_of(
                    work.tx,
                    CONVERSATIONS,
                    conversation,
                )?),
                reply: MessageId::from_uuid(uuid_of(work.tx, MESSAGES, message)?),
            })
        })
        .collect()
}

/// Replies of an account that may leave at `now`, the longest waiting first.
pub(crate) fn due(
    conn: &rusqlite::Connection,
    account: domain::AccountId,
    now: Timestamp,
) -> Result<Vec<MessageId>, StoreError> {
    let account = get(conn, ACCOUNTS, account.as_uuid())?;
    Ok(conn
        .prepare_cached(
            "SELECT m.uuid FROM outbox o JOIN messages m ON m.id = o.message
             WHERE o.account = ?1 AND o.not_before <= ?2 AND o.state IN ('held', 'queued')
             ORDER BY o.not_before, o.message",
        )?
        .query_map(params![account, now.millis()], |row| {
            Ok(MessageId::from_uuid(row.get::<_, crate::sql::Id>(0)?.0))
        })?
        .collect::<Result<_, _>>()?)
}

/// Replies of an account of which nobody knows whether they were sent.
pub(crate) fn uncertain(
    conn: &rusqlite::Connection,
    account: domain::AccountId,
) -> Result<Vec<MessageId>, StoreError> {
    let account = get(conn, ACCOUNTS, account.as_uuid())?;
    Ok(conn
        .prepare_cached(
            "SELECT m.uuid FROM outbox o JOIN messages m ON m.id = o.message
             WHERE o.account = ?1 AND o.state = 'uncertain' ORDER BY o.message",
        )?
        .query_map([account], |row| {
            Ok(MessageId::from_uuid(row.get::<_, crate::sql::Id>(0)?.0))
        })?
        .collect::<Result<_, _>>()?)
}

/// The next instant at which a reply of an account becomes due, if any waits.
pub(crate) fn next_due(
    conn: &rusqlite::Connection,
    account: domain::AccountId,
) -> Result<Option<Timestamp>, StoreError> {
    let account = get(conn, ACCOUNTS, account.as_uuid())?;
    let at: Option<i64> = conn
        .prepare_cached(
            "SELECT min(not_before) FROM outbox WHERE account = ?1 AND state IN ('held', 'queued')",
        )?
        .query_row([account], |row| row.get(0))?;
    Ok(at.map(Timestamp::from_millis))
}
