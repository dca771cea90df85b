//! The loop that sends what waits in one account, and settles what is uncertain.
//!
//! Every reply walks draft → held → queued → sending → sent | failed | uncertain, one at a time per
//! account. `ReplySending` is on disk before the first byte leaves. What was `sending` when the
//! process ended became `uncertain` when the store was opened; such replies are looked for on the
//! network, and where they are not found a person decides: nothing is sent again by itself.

use std::sync::Arc;
use std::time::Duration;

use channels::{Connector, ReadBack, SendOutcome, Stop};
use domain::operation::{Actor, Change, Origin, SentEvidence};
use domain::outbox::Outgoing;
use domain::{AccountId, ConversationId, MessageId, PatientText, SendFailure};

use crate::error::Result;
use crate::fault;
use crate::ingest::at_store;
use crate::practice::{Nudge, Practice};

/// Waits between tries after a temporary refusal (email.md §4): 1, 5, 15 and 60 minutes, then hourly.
const RETRY_MINUTES: [u64; 4] = [1, 5, 15, 60];

/// After how many tries a reply is given up and shown as failed: about a day.
const GIVE_UP_AFTER: u32 = 26;

/// How often uncertain replies are looked for again while the network cannot tell.
const LOOK_AGAIN: Duration = Duration::from_secs(300);

/// The longest nap: clocks jump, and a due reply must not wait for long after one has.
const NAP: Duration = Duration::from_secs(30);

/// Runs until `stop`.
pub(crate) async fn run(
    practice: Arc<Practice>,
    account: AccountId,
    connector: Arc<dyn Connector>,
    nudge: Arc<Nudge>,
    stop: Stop,
) {
    let mut look_again = tokio::time::Instant::now();
    while !stop.is_cancelled() {
        if tokio::time::Instant::now() >= look_again {
            if let Err(error) = settle_uncertain(&practice, account, connector.as_ref()).await {
                tracing::warn!(code = ?error.code, "uncertain replies could not be settled");
            }
            look_again = tokio::time::Instant::now() + LOOK_AGAIN;
        }
        let nap = match send_due(&practice, account, connector.as_ref(), &stop).await {
            Ok(nap) => nap,
            Err(error) => {
                tracing::warn!(code = ?error.code, "the outbox could not be worked");
                NAP
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = nudge.send.notified() => {}
            () = tokio::time::sleep(nap) => {}
        }
    }
}

/// Sends everything that is due; answers how long to nap until the next is.
pub(crate) async fn send_due(
    practice: &Arc<Practice>,
    account: AccountId,
    connector: &dyn Connector,
    stop: &Stop,
) -> Result<Duration> {
    loop {
        if stop.is_cancelled() {
            return Ok(NAP);
        }
        let now = practice.clock.now();
        let due = at_store(practice, move |store| store.due_replies(account, now)).await?;
        let Some(reply) = due.first().copied() else {
            let next = at_store(practice, move |store| store.next_due(account)).await?;
            let wait = next.map_or(NAP, |at| {
                Duration::from_millis(u64::try_from(at.millis() - now.millis()).unwrap_or(0))
            });
            return Ok(wait.min(NAP));
        };
        send_one(practice, reply, connector).await?;
    }
}

async fn send_one(
    practice: &Arc<Practice>,
    reply: MessageId,
    connector: &dyn Connector,
) -> Result<()> {
    let (conversation, attempt, outgoing) =
        match at_store(practice, move |store| store.outgoing(reply)).await {
            Ok(ready) => (ready.conversation, ready.attempts + 1, ready.outgoing),
            Err(error) => {
                tracing::error!(code = ?error.code, "a reply could not be prepared");
                let conversation =
                    at_store(practice, move |store| store.conversation_of(reply)).await?;
                let why = PatientText::new(error.message);
                return record(
                    practice,
                    Change::ReplyFailed {
                        conversation,
                        reply,
                        failure: SendFailure::Refused,
                        why,
                    },
                )
                .await;
            }
        };
    fault::point("send.before_intent");
    record(
        practice,
        Change::ReplySending {
            conversation,
            reply,
            attempt,
        },
    )
    .await?;
    fault::point("send.after_intent");
    let outcome = connector.send(&outgoing).await;
    fault::point("send.answered");
    let change = change_for(practice, conversation, &outgoing, attempt, outcome);
    record(practice, change).await?;
    fault::point("send.recorded");
    Ok(())
}

fn change_for(
    practice: &Practice,
    conversation: ConversationId,
    outgoing: &Outgoing,
    attempt: u32,
    outcome: SendOutcome,
) -> Change {
    let reply = outgoing.id;
    match outcome {
        SendOutcome::Sent(_) => Change::ReplySent {
            conversation,
            reply,
            evidence: SentEvidence::Accepted,
        },
        SendOutcome::Refused { failure, why } => Change::ReplyFailed {
            conversation,
            reply,
            failure,
            why: words(&why),
        },
        SendOutcome::Deferred { why, .. } if attempt >= GIVE_UP_AFTER => Change::ReplyFailed {
            conversation,
            reply,
            failure: SendFailure::GaveUp,
            why: words(&why),
        },
        SendOutcome::Deferred { retry_after, why } => {
            let usual = RETRY_MINUTES
                .get(attempt.saturating_sub(1) as usize)
                .copied()
                .unwrap_or(60);
            let wait = Duration::from_secs(usual * 60).max(retry_after.unwrap_or_default());
            Change::ReplyDeferred {
                conversation,
                reply,
                not_before: practice.clock.now().plus_millis(wait.as_millis() as i64),
                why: words(&why),
            }
        }
        SendOutcome::Uncertain { .. } => Change::ReplyUncertain {
            conversation,
            reply,
        },
    }
}

/// Our sentence, and the network's own words behind it.
fn words(why: &channels::Reason) -> PatientText {
    let answer = why.answer.reveal();
    PatientText::new(if answer.is_empty() {
        why.sentence.clone()
    } else {
        format!("{} ({answer})", why.sentence)
    })
}

/// Looks for uncertain replies on the network. What is there was sent; the rest waits for a person.
pub(crate) async fn settle_uncertain(
    practice: &Arc<Practice>,
    account: AccountId,
    connector: &dyn Connector,
) -> Result<()> {
    let uncertain = at_store(practice, move |store| store.uncertain_replies(account)).await?;
    for reply in uncertain {
        let ready = at_store(practice, move |store| store.outgoing(reply)).await?;
        let conversation = ready.conversation;
        match connector.read_back(&ready.outgoing).await {
            Ok(ReadBack::Found { .. }) => {
                let evidence = SentEvidence::FoundThere;
                record(
                    practice,
                    Change::ReplySent {
                        conversation,
                        reply,
                        evidence,
                    },
                )
                .await?;
            }
            // Even a network that keeps what it sends may show it late: a person decides.
            Ok(ReadBack::NotFound | ReadBack::CannotTell) => {}
            Err(error) => {
                tracing::debug!(code = error.code(), "could not look for an uncertain reply");
            }
        }
    }
    Ok(())
}

async fn record(practice: &Arc<Practice>, change: Change) -> Result<()> {
    at_store(practice, move |store| {
        store.commit(Actor::Machine, Origin::Background, change)
    })
    .await?;
    Ok(())
}
