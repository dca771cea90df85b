//! Lines and literals on the wire: framing, limits, time-outs.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use super::value::{self, Chunk, Frame, Response};
use crate::email::net::{self, BoxedStream};
use crate::email::settings::Endpoint;
use crate::error::{ChannelError, ConnectFailure};

/// The longest line: a SEARCH answer over a million messages still fits.
const LINE: usize = 16 * 1024 * 1024;
/// The longest literal that is kept. Longer ones are read and thrown away, so that one of them does not
/// end the session.
pub const LITERAL: u64 = 48 * 1024 * 1024;
/// Literals in one answer.
const CHUNKS: usize = 2_000;

/// A connection to an IMAP server.
pub struct Wire {
    stream: BufReader<BoxedStream>,
    endpoint: Endpoint,
    /// How long the server may be silent.
    patience: Duration,
}

impl Wire {
    /// Speaks over `stream`, which is connected to `endpoint`.
    pub fn new(stream: BoxedStream, endpoint: Endpoint, patience: Duration) -> Self {
        Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            endpoint,
            patience,
        }
    }

    /// The server.
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Goes on encrypted. Anything that came before the handshake is an attack and ends it.
    pub async fn encrypt(self) -> Result<Self, ChannelError> {
        if !self.stream.buffer().is_empty() {
            return Err(ChannelError::Protocol {
                host: self.endpoint.host,
                during: "STARTTLS",
            });
        }
        let stream = net::encrypt(self.stream.into_inner(), &self.endpoint).await?;
        Ok(Self::new(stream, self.endpoint, self.patience))
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        let sending = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(self.patience, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(net::failed(&self.endpoint, ConnectFailure::Lost)),
            Err(_) => Err(net::failed(&self.endpoint, ConnectFailure::TimedOut)),
        }
    }

    /// Waits until the server has said something, without reading it. Can be given up at any point.
    pub async fn heard(&mut self) -> Result<(), ChannelError> {
        match self.stream.fill_buf().await {
            Ok([]) | Err(_) => Err(net::failed(&self.endpoint, ConnectFailure::Lost)),
            Ok(_) => Ok(()),
        }
    }

    /// The next answer, whole. An answer that is cut off is an error.
    pub async fn receive(&mut self) -> Result<Response, ChannelError> {
        let mut frame = Frame::default();
        let mut line = self.line().await?;
        let plain = value::is_report(&line);
        loop {
            let Some((kept, length)) = literal_length(&line).filter(|_| !plain) else {
                frame.0.push_back(Chunk::Line(line));
                return Ok(value::read(frame));
            };
            if frame.0.len() > CHUNKS {
                return Err(self.protocol("too many literals"));
            }
            line.truncate(kept);
            frame.0.push_back(Chunk::Line(line));
            let literal = self.literal(length).await?;
            frame.0.push_back(literal);
            line = self.line().await?;
        }
    }

    async fn fill(&mut self) -> Result<&[u8], ChannelError> {
        let lost = |why| net::failed(&self.endpoint, why);
        match timeout(self.patience, self.stream.fill_buf()).await {
            Err(_) => Err(lost(ConnectFailure::TimedOut)),
            Ok(Ok([]) | Err(_)) => Err(lost(ConnectFailure::Lost)),
            Ok(Ok(bytes)) => Ok(bytes),
        }
    }

    async fn line(&mut self) -> Result<Vec<u8>, ChannelError> {
        let mut line = Vec::new();
        loop {
            let bytes = self.fill().await?;
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(bytes.len(), |end| end + 1);
            line.extend_from_slice(bytes.get(..used).unwrap_or_default());
            self.stream.consume(used);
            if end.is_some() {
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            if line.len() > LINE {
                return Err(self.protocol("a line without end"));
            }
        }
    }

    async fn literal(&mut self, length: u64) -> Result<Chunk, ChannelError> {
        let keep = length <= LITERAL;
        // The announced length is a stranger's word: memory is taken as bytes come.
        let mut literal = Vec::with_capacity(length.min(1024 * 1024) as usize);
        let mut missing = length;
        while missing > 0 {
            let bytes = self.fill().await?;
            let used = bytes
                .len()
                .min(usize::try_from(missing).unwrap_or(usize::MAX));
            if keep {
                literal.extend_from_slice(bytes.get(..used).unwrap_or_default());
            }
            self.stream.consume(used);
            missing -= used as u64;
        }
        Ok(if keep {
            Chunk::Literal(literal)
        } else {
            Chunk::Dropped(length)
        })
    }

    /// The error of an answer that makes no sense.
    pub fn protocol(&self, during: &'static str) -> ChannelError {
        ChannelError::Protocol {
            host: self.endpoint.host.clone(),
            during,
        }
    }
}

/// The length of the literal that a line announces at its end, and how much of the line stands before:
/// `{12}`, `{12+}`, `~{12}`.
fn literal_length(line: &[u8]) -> Option<(usize, u64)> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|byte| *byte == b'{')?;
    let digits = inside.get(open + 1..)?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    let number = std::str::from_utf8(digits)
        .ok()
        .filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let kept = match inside.get(..open)?.strip_suffix(b"~") {
        Some(before) => before.len(),
        None => open,
    };
    Some((kept, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_announced_at_the_end_of_a_line() {
        assert_eq!(literal_length(b"* 1 FETCH (BODY[] {12}"), Some((18, 12)));
        assert_eq!(literal_length(b"x ~{3+}"), Some((2, 3)));
        assert_eq!(literal_length(b"x {}"), None);
        assert_eq!(literal_length(b"x {1a}"), None);
        assert_eq!(literal_length(b"x {99999999999999999999999}"), None);
        assert_eq!(literal_length(b"{5} x"), None);
    }
}
