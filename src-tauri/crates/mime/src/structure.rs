//! The tree of parts (RFC 2046), walked with exact limits.
//!
//! Each multipart is cut at its own delimiter lines before its parts are looked at, so a part can never
//! reach beyond its parent, whatever it claims. The work is bounded by message size × depth. An enclosed
//! message (`message/rfc822`) is a leaf: it is an attachment, and nothing in it is ours to read.

use memchr::memmem;

use crate::{
    Problem,
    decode::Encoding,
    headers::{self, ContentType, Headers},
    limits,
    mail::Problems,
};

/// One part, undecoded.
pub(crate) struct Part<'x> {
    pub(crate) headers: Headers<'x>,
    pub(crate) content_type: ContentType,
    /// The disposition's name in lower case, and its parameters.
    pub(crate) disposition: Option<ContentType>,
    pub(crate) encoding: Encoding,
    pub(crate) body: &'x [u8],
    /// Empty for a leaf.
    pub(crate) children: Vec<Part<'x>>,
}

impl Part<'_> {
    pub(crate) fn is_multipart(&self) -> bool {
        !self.children.is_empty()
    }

    /// The file name somebody gave this part, as written.
    pub(crate) fn file_name(&self) -> Option<&str> {
        let disposition = self
            .disposition
            .as_ref()
            .and_then(|d| d.parameter("filename"));
        disposition
            .or_else(|| self.content_type.parameter("name"))
            .filter(|name| !name.is_empty())
    }

    pub(crate) fn is_attached(&self) -> bool {
        self.disposition
            .as_ref()
            .is_some_and(|d| d.kind == "attachment")
    }
}

/// Reads the whole tree of a message whose header block is already cut off.
pub(crate) fn read<'x>(headers: Headers<'x>, body: &'x [u8], problems: &mut Problems) -> Part<'x> {
    Reader {
        left: limits::PARTS,
        problems,
    }
    .part(headers, body, ("text", "plain"), 0)
}

struct Reader<'p> {
    left: usize,
    problems: &'p mut Problems,
}

impl Reader<'_> {
    fn part<'x>(
        &mut self,
        headers: Headers<'x>,
        body: &'x [u8],
        default: (&str, &str),
        depth: usize,
    ) -> Part<'x> {
        self.left = self.left.saturating_sub(1);
        self.problems
            .add_if(headers.too_large, Problem::HeaderTooLarge);
        self.problems
            .add_if(headers.damaged, Problem::DamagedHeader);
        let stated = headers
            .content_type("content-type")
            .filter(|stated| !stated.kind.is_empty());
        let mut content_type = stated.unwrap_or_else(|| ContentType::of(default.0, default.1));
        if content_type.kind == "text" && content_type.subtype.is_empty() {
            content_type.subtype = "plain".to_owned();
        }
        let children = if content_type.kind == "multipart" {
            self.children(&content_type, body, depth)
        } else {
            Vec::new()
        };
        if content_type.kind == "multipart" && children.is_empty() {
            // Unreadable as a multipart, but still somebody's words.
            content_type = ContentType::of("text", "plain");
        }
        Part {
            disposition: headers.content_type("content-disposition"),
            encoding: headers
                .keyword("content-transfer-encoding")
                .map_or(Encoding::Identity, |name| Encoding::named(&name)),
            content_type,
            headers,
            body,
            children,
        }
    }

    fn children<'x>(
        &mut self,
        parent: &ContentType,
        body: &'x [u8],
        depth: usize,
    ) -> Vec<Part<'x>> {
        if depth >= limits::DEPTH {
            self.problems.add(Problem::TooDeep);
            return Vec::new();
        }
        let boundary = parent.parameter("boundary").map_or("", str::trim_end);
        let cut = cut(body, boundary.as_bytes(), self.left);
        self.problems
            .add_if(cut.pieces.is_empty(), Problem::MissingBoundary);
        self.problems
            .add_if(!cut.closed && !cut.pieces.is_empty(), Problem::Truncated);
        let default = if parent.subtype == "digest" {
            ("message", "rfc822")
        } else {
            ("text", "plain")
        };
        let mut children = Vec::new();
        for piece in cut.pieces {
            if self.left == 0 {
                self.problems.add(Problem::TooManyParts);
                break;
            }
            let (headers, body) = headers::split(piece);
            // An empty piece between two delimiters is nothing.
            if !(headers.is_empty() && body.trim_ascii().is_empty()) {
                children.push(self.part(headers, body, default, depth + 1));
            }
        }
        if cut.more {
            self.problems.add(Problem::TooManyParts);
        }
        children
    }
}

struct Cut<'x> {
    pieces: Vec<&'x [u8]>,
    /// The closing delimiter was there (or the limit came first).
    closed: bool,
    /// There were more pieces than allowed.
    more: bool,
}

/// Cuts a multipart body at its delimiter lines. Where none is a proper line, any occurrence counts, as
/// some senders lose the line end before the delimiter.
fn cut<'x>(body: &'x [u8], boundary: &[u8], most: usize) -> Cut<'x> {
    let mut cut = Cut {
        pieces: Vec::new(),
        closed: false,
        more: false,
    };
    if boundary.is_empty() {
        return cut;
    }
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    for strict in [true, false] {
        let mut start: Option<usize> = None;
        for at in finder.find_iter(body) {
            let behind = at + delimiter.len();
            let Some((closes, next)) = delimiter_end(body, at, behind, strict) else {
                continue;
            };
            if let Some(start) = start
                && start <= at
            {
                cut.pieces
                    .push(without_line_end(body.get(start..at).unwrap_or_default()));
            }
            if closes || cut.pieces.len() >= most.max(1) {
                cut.more = !closes;
                cut.closed = true;
                return cut;
            }
            start = Some(next);
        }
        if let Some(start) = start {
            cut.pieces.push(body.get(start..).unwrap_or_default());
            return cut;
        }
    }
    cut
}

/// Whether the delimiter found at `at` really is one; then whether it closes, and where the next part
/// begins.
fn delimiter_end(body: &[u8], at: usize, behind: usize, strict: bool) -> Option<(bool, usize)> {
    if strict && at > 0 && body.get(at - 1) != Some(&b'\n') {
        return None;
    }
    let rest = body.get(behind..).unwrap_or_default();
    let closes = rest.starts_with(b"--");
    let tail = if closes {
        rest.get(2..).unwrap_or_default()
    } else {
        rest
    };
    // A line of white space longer than this is no delimiter's end, and reading on would cost.
    let near = tail.get(..tail.len().min(1000)).unwrap_or_default();
    let line = near
        .split_inclusive(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    // `--boundaryX` belongs to somebody else's longer boundary; behind a closing delimiter anything goes.
    if strict && !closes && !line.trim_ascii().is_empty() {
        return None;
    }
    let skip = if line.trim_ascii().is_empty() {
        line.len()
    } else {
        0
    };
    Some((closes, behind + if closes { 2 } else { 0 } + skip))
}

/// The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
fn without_line_end(piece: &[u8]) -> &[u8] {
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}
