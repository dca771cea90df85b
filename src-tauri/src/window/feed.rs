//! The change feed, carried to the page.

use desk::views::Event;
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::MAIN;
use crate::burst::{Burst, PAUSE};

/// The event under which the page hears.
const CHANGE: &str = "change";

/// Tells the page what changes, until the desk is gone.
pub(super) fn forward(app: AppHandle, mut events: Receiver<Event>) {
    tauri::async_runtime::spawn(async move {
        loop {
            let mut burst = match events.recv().await {
                Ok(event) => {
                    let mut burst = Burst::default();
                    burst.add(event);
                    burst
                }
                Err(RecvError::Lagged(_)) => Burst::everything(),
                Err(RecvError::Closed) => return,
            };
            gather(&mut events, &mut burst);
            for event in burst.told() {
                if let Err(error) = app.emit_to(MAIN, CHANGE, event) {
                    tracing::warn!("the page could not be told of a change: {error}");
                }
            }
            // What happens now is told together after the pause; a single change was told at once.
            tokio::time::sleep(PAUSE).await;
        }
    });
}

/// Takes in what has happened already.
fn gather(events: &mut Receiver<Event>, burst: &mut Burst) {
    loop {
        match events.try_recv() {
            Ok(event) => burst.add(event),
            Err(TryRecvError::Lagged(_)) => *burst = Burst::everything(),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return,
        }
    }
}
