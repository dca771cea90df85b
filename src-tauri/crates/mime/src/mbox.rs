//! Messages out of an mbox stream, one at a time.
//!
//! The stream is read line by line and never held as a whole; a message longer than
//! [`limits::MBOX_MESSAGE`] is skipped and told. Nothing in between is lost: every byte belongs to a message,
//! to its envelope line, or to a reported gap.

use std::{
    fmt,
    io::{self, BufRead},
};

use memchr::memmem;

use crate::limits;

/// How lines beginning with `From ` within a message were protected by the program that wrote the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// `>` before `From `, `>From ` and so on: one `>` is taken away again. Written by most of today's programs.
    #[default]
    Rd,
    /// `>` before `From ` only.
    O,
    /// Nothing was changed (`mboxcl2`, or exact copies).
    Verbatim,
}

/// One message of the file.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Where its envelope line begins in the stream, in bytes.
    pub offset: u64,
    /// The envelope line without `From ` and line end: the sender and a date.
    pub envelope: String,
    /// The message, without the blank line that ends it in the file.
    pub raw: Vec<u8>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes at {})", self.raw.len(), self.offset)
    }
}

/// Why a message could not be handed out.
#[derive(Debug)]
pub enum Error {
    /// The stream broke; the iterator ends.
    Io(io::Error),
    /// What comes before the first envelope line: this is no mbox, or it is damaged. Its bytes are in `raw`, up
    /// to the size of a message; the iterator goes on.
    NoEnvelope {
        /// The bytes.
        raw: Vec<u8>,
    },
    /// A message longer than [`limits::MBOX_MESSAGE`]; the iterator goes on behind it.
    TooLong {
        /// Where its envelope line begins.
        offset: u64,
        /// Its length in bytes.
        length: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the mailbox could not be read: {error}"),
            Self::NoEnvelope { raw } => write!(f, "{} bytes before the first message", raw.len()),
            Self::TooLong { offset, length } => {
                write!(f, "the message at byte {offset} is {length} bytes long")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Iterates over the messages of an mbox stream.
pub struct Reader<R> {
    stream: R,
    dialect: Dialect,
    most: usize,
    /// Bytes read so far.
    position: u64,
    /// The envelope line that ended the previous message, and its offset.
    next: Option<(u64, String)>,
    started: bool,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads a stream of the usual dialect.
    pub fn new(stream: R) -> Self {
        Self::with_dialect(stream, Dialect::default())
    }

    /// Reads a stream of that dialect.
    pub fn with_dialect(stream: R, dialect: Dialect) -> Self {
        Self {
            stream,
            dialect,
            most: limits::MBOX_MESSAGE,
            position: 0,
            next: None,
            started: false,
            ended: false,
        }
    }

    /// Skips messages longer than this many bytes instead of [`limits::MBOX_MESSAGE`].
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// Bytes of the stream consumed so far, for progress.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Reads up to the next envelope line. `line` is reused; a line longer than a message is read in pieces.
    fn read_message(&mut self) -> Result<Option<Message>, Error> {
        let envelope = self.next.take();
        let begins = self.position;
        let mut raw: Vec<u8> = Vec::new();
        let mut length = 0_u64;
        // At the start of the file a separator may come at once.
        let mut blank_before = !self.started;
        let mut line: Vec<u8> = Vec::new();
        self.started = true;
        loop {
            line.clear();
            let start = self.position;
            let read = read_line(&mut self.stream, &mut line, self.most).map_err(Error::Io)?;
            self.position += read;
            if read == 0 {
                self.ended = true;
                break;
            }
            if blank_before && is_envelope(&line) {
                let text = String::from_utf8_lossy(line.get(5..).unwrap_or_default())
                    .trim_end()
                    .to_owned();
                self.next = Some((start, text));
                break;
            }
            blank_before = matches!(line.as_slice(), b"\n" | b"\r\n");
            length += read;
            if raw.len() + line.len() <= self.most {
                raw.extend_from_slice(self.unescaped(&line));
            }
        }
        // The blank line before a separator, or at the end, belongs to the file.
        if blank_before {
            let kept = raw.strip_suffix(b"\n").map_or(raw.len(), |rest| {
                rest.strip_suffix(b"\r").unwrap_or(rest).len()
            });
            raw.truncate(kept);
        }
        match envelope {
            Some((offset, _)) if length > self.most as u64 => {
                Err(Error::TooLong { offset, length })
            }
            Some((offset, envelope)) => Ok(Some(Message {
                offset,
                envelope,
                raw,
            })),
            None if raw.trim_ascii().is_empty() => Ok(None),
            None if length > self.most as u64 => Err(Error::TooLong {
                offset: begins,
                length,
            }),
            None => Err(Error::NoEnvelope { raw }),
        }
    }

    fn unescaped<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        let Some(rest) = line.strip_prefix(b">") else {
            return line;
        };
        let marks = rest.iter().take_while(|byte| **byte == b'>').count();
        let quoted = rest
            .get(marks..)
            .is_some_and(|tail| tail.starts_with(b"From "));
        let strip = match self.dialect {
            Dialect::Rd => quoted,
            Dialect::O => quoted && marks == 0,
            Dialect::Verbatim => false,
        };
        if strip { rest } else { line }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Message, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended || self.next.is_some() {
            match self.read_message() {
                Ok(Some(message)) => return Some(Ok(message)),
                Ok(None) => {}
                Err(error) => {
                    if matches!(error, Error::Io(_)) {
                        self.ended = true;
                        self.next = None;
                    }
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Reads to the next line end, or as many bytes as a message may have plus one. Returns the bytes consumed.
fn read_line(stream: &mut impl BufRead, line: &mut Vec<u8>, most: usize) -> io::Result<u64> {
    let mut consumed = 0_u64;
    loop {
        let buffer = match stream.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(consumed);
        }
        let end = memchr::memchr(b'\n', buffer).map(|at| at + 1);
        let taken = end.unwrap_or(buffer.len());
        line.extend_from_slice(buffer.get(..taken).unwrap_or_default());
        stream.consume(taken);
        consumed += taken as u64;
        if end.is_some() || line.len() > most {
            return Ok(consumed);
        }
    }
}

/// `From sender Thu May  7 09:30:00 2026`: a time of day and a year, so that a sentence beginning with "From"
/// is none.
fn is_envelope(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let rest = rest.get(..rest.len().min(512)).unwrap_or_default();
    let clock = rest.windows(5).any(|window| matches!(window, [a, b, b':', c, d] if [a, b, c, d].iter().all(|x| x.is_ascii_digit() || **x == b' ')));
    let year = rest
        .windows(4)
        .any(|window| window.iter().all(u8::is_ascii_digit));
    clock && year && memmem::find(rest, b"\0").is_none()
}
