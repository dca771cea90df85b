//! The loop that fetches one account and stores what it brings.
//!
//! ```text
//! fetch ─ batch + cursor ─► assess ─► store (one transaction) ─► again while more waits
//!   ▲                                                             │
//!   └──────────── marks carried out ◄──── wait (IDLE, or the poll interval) ◄┘
//! ```
//!
//! The cursor moves only in the transaction that stores the batch. Any error leaves both as they
//! were, is shown as the account's health, and is followed by a back-off, or by waiting for a person
//! where only a person can help.

use std::sync::Arc;
use std::time::Duration;

use channels::{Applied, Backoff, ChannelError, Connector, FetchBudget, NextStep, Pace, Stop};
use domain::AccountId;
use domain::inbound::Batch;
use domain::views::{AccountHealth, Event, HealthState};
use store::IngestMode;

use crate::assessing::assess;
use crate::desk::blocking;
use crate::error::{CommandError, ErrorCode, Result};
use crate::fault;
use crate::practice::{Nudge, Practice};

/// How long the loop waits for news before it fetches anyway.
const AT_MOST: Duration = Duration::from_secs(180);

/// Mail that is older than this when an account is first fetched arrives closed: it was dealt with
/// elsewhere, or it is too late.
const STILL_OPEN_DAYS: i64 = 30;

/// Runs until `stop`.
pub(crate) async fn run(
    practice: Arc<Practice>,
    account: AccountId,
    connector: Arc<dyn Connector>,
    nudge: Arc<Nudge>,
    stop: Stop,
) {
    let mut backoff = Backoff::new(Pace::READING);
    while !stop.is_cancelled() {
        match fetch_all(&practice, account, connector.as_ref(), &stop).await {
            Ok(()) => {
                backoff.reset();
                carry_marks(&practice, account, connector.as_ref()).await;
                wait_for_news(&practice, account, connector.as_ref(), &nudge, &stop).await;
            }
            Err(Halt::Stopped) => return,
            Err(Halt::Network(error)) => {
                let pause = match error.next_step() {
                    NextStep::Stop => return,
                    NextStep::AskPerson => None,
                    NextStep::Retry(at_least) => Some(next(&mut backoff, at_least)),
                };
                let now = practice.clock.now();
                let next_try = pause.map(|pause| now.plus_millis(pause.as_millis() as i64));
                tell_health(&practice, account, &health_of(&error, next_try));
                rest(pause, &nudge, &stop).await;
            }
            Err(Halt::Store(error)) => {
                tell_trouble(&practice, account, &error);
                let pause = next(&mut backoff, None);
                rest(Some(pause), &nudge, &stop).await;
            }
        }
    }
}

/// The next pause. A function of its own, because the thread's generator must not live across a wait.
fn next(backoff: &mut Backoff, at_least: Option<Duration>) -> Duration {
    backoff.next(at_least, &mut rand::rng())
}

/// Why fetching ended early.
pub(crate) enum Halt {
    /// Somebody asked for it.
    Stopped,
    /// The network.
    Network(ChannelError),
    /// The disk or the database.
    Store(CommandError),
}

impl From<ChannelError> for Halt {
    fn from(error: ChannelError) -> Self {
        if error == ChannelError::Stopped {
            Self::Stopped
        } else {
            Self::Network(error)
        }
    }
}

impl From<CommandError> for Halt {
    fn from(error: CommandError) -> Self {
        Self::Store(error)
    }
}

impl From<Halt> for CommandError {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Stopped => Self::new(
                ErrorCode::Stopped,
                "Stopped. What was fetched is stored.",
                "Start it again when you like.",
            ),
            Halt::Network(error) => error.into(),
            Halt::Store(error) => error,
        }
    }
}

/// Fetches until nothing more waits.
pub(crate) async fn fetch_all(
    practice: &Arc<Practice>,
    account: AccountId,
    connector: &dyn Connector,
    stop: &Stop,
) -> std::result::Result<(), Halt> {
    let budget = FetchBudget {
        stop: stop.clone(),
        ..FetchBudget::default()
    };
    loop {
        if stop.is_cancelled() {
            return Err(Halt::Stopped);
        }
        let (cursor, first) = at_store(practice, move |store| {
            let state = store.cursor(account)?;
            Ok((state.cursor, !state.complete))
        })
        .await?;
        let batch = connector.fetch(cursor.as_ref(), &budget).await?;
        fault::point("ingest.fetched");
        let more = batch.more;
        let progress = batch.progress;
        store_batch(practice, account, batch, first).await?;
        fault::point("ingest.stored");
        let now = practice.clock.now();
        tell_health(
            practice,
            account,
            &AccountHealth {
                state: if more && first {
                    HealthState::CatchingUp
                } else {
                    HealthState::Current
                },
                last_good: Some(now),
                progress: progress.filter(|_| more),
                ..AccountHealth::default()
            },
        );
        if !more {
            return Ok(());
        }
    }
}

async fn store_batch(
    practice: &Arc<Practice>,
    account: AccountId,
    batch: Batch,
    first: bool,
) -> Result<()> {
    let open_since = practice
        .clock
        .now()
        .plus_millis(-STILL_OPEN_DAYS * 86_400_000);
    let mode = if first {
        IngestMode::CatchUp { open_since }
    } else {
        IngestMode::Live
    };
    let complete = !batch.more;
    at_store(practice, move |store| {
        let arrivals = batch.items.into_iter().map(assess).collect();
        store.ingest(
            account,
            mode,
            arrivals,
            batch.changes,
            batch.cursor,
            complete,
        )
    })
    .await?;
    Ok(())
}

/// Carries marks made here (read, answered) to the network. They stay queued until that worked.
async fn carry_marks(practice: &Arc<Practice>, account: AccountId, connector: &dyn Connector) {
    let waiting = at_store(practice, move |store| store.waiting_marks(account)).await;
    let Ok(waiting) = waiting else { return };
    if waiting.is_empty() {
        return;
    }
    let changes: Vec<_> = waiting
        .iter()
        .map(|mark| channels::LocalChange {
            remote_id: mark.remote_id.clone(),
            mark: mark_for(mark.mark),
        })
        .collect();
    match connector.apply(&changes).await {
        Ok(applied) => {
            let done: Vec<_> = waiting
                .iter()
                .zip(&applied)
                .filter(|(_, applied)| {
                    matches!(applied, Applied::Done | Applied::Gone | Applied::Impossible)
                })
                .map(|(mark, _)| mark.id)
                .collect();
            let _ = at_store(practice, move |store| store.marks_done(&done)).await;
        }
        Err(error) => tracing::debug!(code = error.code(), "marks wait for the next time"),
    }
}

fn mark_for(mark: store::Mark) -> channels::Mark {
    match mark {
        store::Mark::Seen => channels::Mark::Seen,
        store::Mark::Unseen => channels::Mark::Unseen,
        store::Mark::Answered => channels::Mark::Answered,
    }
}

async fn wait_for_news(
    practice: &Arc<Practice>,
    account: AccountId,
    connector: &dyn Connector,
    nudge: &Nudge,
    stop: &Stop,
) {
    let cursor = at_store(practice, move |store| store.cursor(account))
        .await
        .ok()
        .and_then(|state| state.cursor);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = nudge.fetch.notified() => return,
            () = nudge.marks.notified() => carry_marks(practice, account, connector).await,
            // A failure too: the fetch that follows meets the same trouble and tells it.
            _ = connector.wait(cursor.as_ref(), AT_MOST, stop) => return,
        }
    }
}

/// Rests after a failure: for `pause`, or until a person has done something.
async fn rest(pause: Option<Duration>, nudge: &Nudge, stop: &Stop) {
    let timer = async {
        match pause {
            Some(pause) => tokio::time::sleep(pause).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = nudge.fetch.notified() => {}
        () = timer => {}
    }
}

fn health_of(error: &ChannelError, next_try: Option<domain::Timestamp>) -> AccountHealth {
    let state = match error {
        ChannelError::SignIn { .. } => HealthState::SignIn,
        ChannelError::Connect { .. } | ChannelError::Temporary { .. } => HealthState::Offline,
        _ => HealthState::Trouble,
    };
    AccountHealth {
        state,
        trouble: error.to_string(),
        mend: error.help().to_owned(),
        next_try,
        ..AccountHealth::default()
    }
}

/// Shows a failure of our own side as the account's health.
pub(crate) fn tell_trouble(practice: &Arc<Practice>, account: AccountId, error: &CommandError) {
    tell_health(
        practice,
        account,
        &AccountHealth {
            state: HealthState::Trouble,
            trouble: error.message.clone(),
            mend: error.help.clone(),
            ..AccountHealth::default()
        },
    );
}

/// Stores and announces how an account is doing. Without a new `last_good` the old one stays.
pub(crate) fn tell_health(practice: &Arc<Practice>, account: AccountId, health: &AccountHealth) {
    if let Err(error) = practice.store.set_health(account, health) {
        tracing::warn!(%error, "an account's health could not be stored");
    }
    practice.announce(Event::Account { id: account });
}

/// Runs work on the store away from the async threads.
pub(crate) async fn at_store<T: Send + 'static>(
    practice: &Arc<Practice>,
    work: impl FnOnce(&store::Store) -> std::result::Result<T, store::StoreError> + Send + 'static,
) -> Result<T> {
    let practice = practice.clone();
    blocking(move || work(&practice.store).map_err(CommandError::from)).await
}
