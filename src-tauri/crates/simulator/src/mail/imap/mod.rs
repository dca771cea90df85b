//! The IMAP server: accepts connections, runs sessions.
//!
//! RFC 3501 with ID, IDLE, ENABLE, CONDSTORE, QRESYNC, UIDPLUS, MOVE, SPECIAL-USE, ESEARCH,
//! LITERAL+ and SASL-IR. `command` reads, `session` acts, `fetch` and `search` answer, `wire` moves
//! bytes.

mod command;
mod fetch;
mod search;
mod selected;
mod session;
mod wire;

use std::sync::Arc;

use tokio::net::TcpListener;

use super::world::Shared;

/// Serves connections until the task is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        // A connection that fails while being accepted is the client's loss alone.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        tokio::spawn(session::run(stream, Arc::clone(&shared)));
    }
}
