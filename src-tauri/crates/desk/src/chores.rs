//! What the clock brings: snoozed conversations that are due, and the daily backup.

use std::sync::Arc;
use std::time::Duration;

use channels::Stop;
use domain::conversation::ConversationState;
use domain::operation::{Actor, Change, Origin};

use crate::data;
use crate::error::Result;
use crate::ingest::at_store;
use crate::practice::Practice;

/// How often the clock is looked at. Short, because clocks jump and computers sleep.
const LOOK: Duration = Duration::from_secs(15);

/// How old the newest backup may grow.
const BACKUP_EVERY_MS: i64 = 20 * 3_600_000;

/// Runs until `stop`.
pub(crate) async fn run(practice: Arc<Practice>, stop: Stop) {
    loop {
        if let Err(error) = wake_snoozed(&practice).await {
            tracing::warn!(code = ?error.code, "snoozed conversations could not be woken");
        }
        if let Err(error) = back_up_if_due(&practice).await {
            tracing::warn!(code = ?error.code, "the daily backup could not be made");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Opens the snoozed conversations whose time has come.
pub(crate) async fn wake_snoozed(practice: &Arc<Practice>) -> Result<usize> {
    let now = practice.clock.now();
    let due = at_store(practice, move |store| store.due_snoozes(now)).await?;
    let woken = due.len();
    for conversation in due {
        let change = Change::StateSet {
            conversation,
            state: ConversationState::Open,
        };
        at_store(practice, move |store| {
            store.commit(Actor::Machine, Origin::Background, change)
        })
        .await?;
    }
    Ok(woken)
}

async fn back_up_if_due(practice: &Arc<Practice>) -> Result<()> {
    let state = data::backup_state(practice)?;
    let now = practice.clock.now();
    let due = state
        .newest
        .is_none_or(|newest| now.millis() - newest.made_at.millis() > BACKUP_EVERY_MS);
    if due && practice.store.has_messages()? {
        data::back_up(practice, None, Actor::Machine, Origin::Background).await?;
    }
    Ok(())
}

/// Hands the store's change feed on to whoever listens at the desk.
pub(crate) fn forward_events(practice: &Arc<Practice>) {
    let feed = practice.store.subscribe();
    // The store knows nothing of async: its feed is read on a thread that may wait, until the store
    // is closed and the feed with it. Holding the practice would keep the store open for ever.
    let weak = Arc::downgrade(practice);
    std::thread::spawn(move || {
        while let Ok(event) = feed.recv() {
            let Some(practice) = weak.upgrade() else {
                return;
            };
            practice.announce(event);
        }
    });
}
