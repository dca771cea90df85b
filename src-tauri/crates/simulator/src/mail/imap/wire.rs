//! The bytes of one IMAP connection: commands with literals in, answers out, and the faults that
//! cut or slow them.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::mail::faults::{CutFrom, ImapFault};
use crate::mail::world::Shared;

/// The connection is over: closed by the other side, or cut by a fault.
pub(super) struct Ended;

/// More than this in one literal is refused.
const MAX_LITERAL: usize = 64 * 1024 * 1024;

pub(super) struct Wire {
    shared: Arc<Shared>,
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    /// What of a command has been read; kept when a read is interrupted.
    pending: Vec<u8>,
    /// What waits to be written.
    pub(super) out: Vec<u8>,
    sent: u64,
    sent_of_fetch: Option<u64>,
}

impl Wire {
    pub(super) fn new(shared: Arc<Shared>, stream: TcpStream) -> Self {
        // Small answers must leave at once; a socket that cannot is only slower.
        let _ = stream.set_nodelay(true);
        let (reader, writer) = stream.into_split();
        Self {
            shared,
            reader: BufReader::new(reader),
            writer,
            pending: Vec::new(),
            out: Vec::new(),
            sent: 0,
            sent_of_fetch: None,
        }
    }

    /// A line for the client, to be flushed.
    pub(super) fn say(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    /// One line. May be dropped and called again without losing bytes.
    pub(super) async fn line(&mut self) -> Result<Vec<u8>, Ended> {
        self.reader
            .read_until(b'\n', &mut self.pending)
            .await
            .map_err(|_| Ended)?;
        if !self.pending.ends_with(b"\n") {
            return Err(Ended);
        }
        Ok(std::mem::take(&mut self.pending))
    }

    /// A whole command with its literals, which stay in the bytes as `{n}` CR LF and n bytes.
    pub(super) async fn command(&mut self) -> Result<Vec<u8>, Ended> {
        let mut command = self.line().await?;
        while let Some((length, waits)) = literal_at_end(&command) {
            if length > MAX_LITERAL {
                return Err(Ended);
            }
            if waits {
                self.say("+ Ready");
                self.flush().await?;
            }
            let start = command.len();
            command.resize(start + length, 0);
            let room = command.get_mut(start..).ok_or(Ended)?;
            self.reader.read_exact(room).await.map_err(|_| Ended)?;
            command.extend_from_slice(&self.line().await?);
        }
        Ok(command)
    }

    /// From here on the bytes belong to the answer of a FETCH.
    pub(super) fn begin_fetch(&mut self) {
        self.sent_of_fetch = Some(0);
    }

    /// The FETCH answer has left completely.
    pub(super) fn end_fetch(&mut self) {
        if let Some(bytes) = self.sent_of_fetch.take() {
            self.shared.strike(|faults| faults.last_fetch = bytes);
        }
    }

    /// Writes what waits, unless a fault cuts it.
    pub(super) async fn flush(&mut self) -> Result<(), Ended> {
        let out = std::mem::take(&mut self.out);
        if out.is_empty() {
            return Ok(());
        }
        let (sent, of_fetch, length) = (self.sent, self.sent_of_fetch, out.len() as u64);
        let (delay, cut) = self.shared.strike(|faults| {
            let delay = faults.imap(|fault| match fault {
                ImapFault::Slow(delay) => Some(*delay),
                _ => None,
            });
            let cut = faults.imap(|fault| {
                let ImapFault::Cut { after, from } = fault else {
                    return None;
                };
                let sent = match from {
                    CutFrom::Connection => sent,
                    CutFrom::Fetch => of_fetch?,
                };
                (sent + length >= *after).then(|| after.saturating_sub(sent))
            });
            (delay, cut)
        });
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        let keep = cut.map_or(out.len(), |keep| usize::try_from(keep).unwrap_or(out.len()));
        let leaving = out.get(..keep).unwrap_or(&out);
        self.writer.write_all(leaving).await.map_err(|_| Ended)?;
        self.sent += leaving.len() as u64;
        if let Some(of_fetch) = &mut self.sent_of_fetch {
            *of_fetch += leaving.len() as u64;
        }
        if cut.is_some() {
            // What was written still arrives; then the stream ends.
            let _ = self.writer.shutdown().await;
            return Err(Ended);
        }
        Ok(())
    }

    /// Ends the connection after what waits.
    pub(super) async fn close(&mut self) {
        if self.flush().await.is_ok() {
            let _ = self.writer.shutdown().await;
        }
    }
}

/// The literal that a line announces at its end: its length, and whether the client waits for `+`.
fn literal_at_end(line: &[u8]) -> Option<(usize, bool)> {
    let line = line
        .strip_suffix(b"\r\n")
        .or_else(|| line.strip_suffix(b"\n"))?;
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|byte| *byte == b'{')?;
    let digits = inside.get(open + 1..)?;
    let (digits, waits) = match digits.strip_suffix(b"+") {
        Some(digits) => (digits, false),
        None => (digits, true),
    };
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, waits))
}
