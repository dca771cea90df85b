//! Reading a server's answers into values, without judging them.
//!
//! An IMAP answer is made of words, quoted texts, literals and lists. This reader knows no more than
//! that, and it never fails: what is malformed yields what could be read. Unknown answers, unknown
//! attributes and unknown response codes therefore pass by instead of ending the session.

use std::collections::VecDeque;

/// A piece of an answer.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// A word: an atom, a flag, a number.
    Word(String),
    /// A quoted text or a literal.
    Text(Vec<u8>),
    /// A list in parentheses.
    List(Vec<Value>),
    /// A literal beyond the limit: its length; its bytes were thrown away.
    Dropped(u64),
}

impl Value {
    /// The word, if it is one.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is the word `NIL`.
    pub fn is_nil(&self) -> bool {
        self.word()
            .is_some_and(|word| word.eq_ignore_ascii_case("NIL"))
    }

    /// The number, if it is one.
    pub fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.word()?.parse().ok()
    }

    /// The members, if it is a list.
    pub fn list(&self) -> Option<&[Value]> {
        match self {
            Self::List(values) => Some(values),
            _ => None,
        }
    }

    /// The bytes of a text or word; `None` for NIL and lists.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(bytes) => Some(bytes),
            Self::Word(word) if !self.is_nil() => Some(word.as_bytes()),
            _ => None,
        }
    }

    /// The text or word, with anything that is not UTF-8 replaced.
    pub fn text(&self) -> Option<String> {
        self.bytes()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}

/// One answer as it came: lines, and literals between them.
#[derive(Default)]
pub struct Frame(pub VecDeque<Chunk>);

/// A part of a [`Frame`].
pub enum Chunk {
    /// A line or what follows a literal, without its line end and without the literal's length.
    Line(Vec<u8>),
    /// A literal.
    Literal(Vec<u8>),
    /// A literal beyond the limit.
    Dropped(u64),
}

/// What kind of status an answer reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Ok,
    /// Refused.
    No,
    /// Not understood.
    Bad,
    /// Signed in already.
    PreAuth,
    /// The server ends the connection.
    Bye,
}

impl Status {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word.to_ascii_uppercase().as_str() {
            "OK" => Self::Ok,
            "NO" => Self::No,
            "BAD" => Self::Bad,
            "PREAUTH" => Self::PreAuth,
            "BYE" => Self::Bye,
            _ => return None,
        })
    }
}

/// A response code: `[UIDVALIDITY 1714632000]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    /// Its name, upper case.
    pub name: String,
    /// What follows.
    pub values: Vec<Value>,
}

impl Code {
    /// The number that follows the name.
    pub fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.values.first()?.number()
    }
}

/// A status with its code and the server's words.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub status: Status,
    /// The code in brackets.
    pub code: Option<Code>,
    /// The words. They may name people; never for a log.
    pub text: String,
}

impl Report {
    /// Whether its code has this name.
    pub fn has_code(&self, name: &str) -> bool {
        self.code.as_ref().is_some_and(|code| code.name == name)
    }
}

/// An answer of the server.
#[derive(Clone, PartialEq, Eq)]
pub enum Response {
    /// `+ …`: go on.
    Continue(String),
    /// The end of a command.
    Tagged {
        /// The command's tag.
        tag: String,
        /// How it ended.
        report: Report,
    },
    /// `* OK …` and its kin.
    Untagged(Report),
    /// Anything else after `*`.
    Data {
        /// The number before the name, as in `* 12 FETCH`.
        number: Option<u32>,
        /// The name, upper case.
        name: String,
        /// What follows.
        values: Vec<Value>,
    },
}

/// How deep lists may nest; what is deeper is read flat.
const DEPTH: usize = 100;

/// Whether a line beginning so is free text at its end, where `{5}` is no literal.
pub fn is_report(line: &[u8]) -> bool {
    let mut words = line.splitn(3, |byte| *byte == b' ');
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    first == b"+" || std::str::from_utf8(second).is_ok_and(|word| Status::from_word(word).is_some())
}

/// Reads an answer.
pub fn read(mut frame: Frame) -> Response {
    let Some(Chunk::Line(line)) = frame.0.pop_front() else {
        return nothing();
    };
    if let Some(rest) = line.strip_prefix(b"+") {
        return Response::Continue(lossy(rest.trim_ascii()));
    }
    let (tag, rest) = split_word(&line);
    let (word, after) = split_word(rest);
    if let Some(status) = Status::from_word(&word) {
        let report = report(status, after);
        return if tag == "*" {
            Response::Untagged(report)
        } else {
            Response::Tagged { tag, report }
        };
    }
    if tag != "*" {
        return nothing();
    }
    let (number, name, after) = match word.parse::<u32>() {
        Ok(number) => {
            let (name, after) = split_word(after);
            (Some(number), name, after)
        }
        Err(_) => (None, word, after),
    };
    let mut chunks = std::mem::take(&mut frame.0);
    chunks.push_front(Chunk::Line(after.to_vec()));
    Response::Data {
        number,
        name: name.to_ascii_uppercase(),
        values: values(chunks),
    }
}

fn nothing() -> Response {
    Response::Data {
        number: None,
        name: String::new(),
        values: Vec::new(),
    }
}

fn report(status: Status, rest: &[u8]) -> Report {
    let rest = rest.trim_ascii_start();
    if let Some(inside) = rest.strip_prefix(b"[")
        && let Some(end) = closing_bracket(inside)
    {
        let (code, text) = inside.split_at(end);
        let (name, arguments) = split_word(code);
        return Report {
            status,
            code: Some(Code {
                name: name.to_ascii_uppercase(),
                values: values(VecDeque::from([Chunk::Line(arguments.to_vec())])),
            }),
            text: lossy(text.strip_prefix(b"]").unwrap_or(text).trim_ascii()),
        };
    }
    Report {
        status,
        code: None,
        text: lossy(rest.trim_ascii()),
    }
}

fn closing_bracket(inside: &[u8]) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    inside.iter().position(|byte| {
        if escaped {
            escaped = false;
            return false;
        }
        match byte {
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b']' if !quoted => return true,
            _ => {}
        }
        false
    })
}

fn split_word(line: &[u8]) -> (String, &[u8]) {
    let line = line.trim_ascii_start();
    let end = line
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    (lossy(word), rest.trim_ascii_start())
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Reads chunks into values: one pass, a stack of open lists.
fn values(chunks: VecDeque<Chunk>) -> Vec<Value> {
    let mut open: Vec<Vec<Value>> = vec![Vec::new()];
    let add = |open: &mut Vec<Vec<Value>>, value| {
        if let Some(list) = open.last_mut() {
            list.push(value);
        }
    };
    for chunk in chunks {
        let line = match chunk {
            Chunk::Literal(bytes) => {
                add(&mut open, Value::Text(bytes));
                continue;
            }
            Chunk::Dropped(length) => {
                add(&mut open, Value::Dropped(length));
                continue;
            }
            Chunk::Line(line) => line,
        };
        let mut rest = line.as_slice();
        while let Some((first, after)) = rest.split_first() {
            match first {
                b'(' => {
                    if open.len() <= DEPTH {
                        open.push(Vec::new());
                    }
                    rest = after;
                }
                b')' => {
                    if open.len() > 1
                        && let Some(list) = open.pop()
                    {
                        add(&mut open, Value::List(list));
                    }
                    rest = after;
                }
                b'"' => {
                    let (text, after) = quoted(after);
                    add(&mut open, Value::Text(text));
                    rest = after;
                }
                b' ' | b'\t' | b'\r' => rest = after,
                _ => {
                    let (word, after) = word(rest);
                    add(&mut open, Value::Word(lossy(word)));
                    rest = after;
                }
            }
        }
    }
    while open.len() > 1
        && let Some(list) = open.pop()
    {
        add(&mut open, Value::List(list));
    }
    open.pop().unwrap_or_default()
}

fn quoted(mut rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'"' => break,
            b'\\' => {
                if let Some((escaped, after)) = rest.split_first() {
                    text.push(*escaped);
                    rest = after;
                }
            }
            byte => text.push(*byte),
        }
    }
    (text, rest)
}

/// A word ends at a blank, a parenthesis or a quote; what stands in brackets belongs to it whole, as in
/// `BODY[HEADER.FIELDS (DATE)]<0>`.
fn word(line: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        match byte {
            b' ' | b'(' | b')' | b'"' | b'\t' | b'\r' => break,
            b'[' => {
                let inside = line.get(at + 1..).unwrap_or_default();
                at += 1 + closing_bracket(inside).unwrap_or(0);
            }
            _ => at += 1,
        }
    }
    // The bracket case steps to the closing bracket, which the next round passes.
    line.split_at(at.max(1).min(line.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Response {
        read(Frame(VecDeque::from([Chunk::Line(text.into())])))
    }

    fn show(values: &[Value]) -> String {
        let parts: Vec<String> = values
            .iter()
            .map(|value| match value {
                Value::Word(word) => word.clone(),
                Value::Text(text) => format!("{:?}", lossy(text)),
                Value::List(list) => format!("({})", show(list)),
                Value::Dropped(length) => format!("<{length}>"),
            })
            .collect();
        parts.join(" ")
    }

    fn data(text: &str) -> (Option<u32>, String, String) {
        match line(text) {
            Response::Data {
                number,
                name,
                values,
            } => (number, name, show(&values)),
            _ => panic!("not data: {text}"),
        }
    }

    fn untagged(text: &str) -> (String, String, String) {
        match line(text) {
            Response::Untagged(report) => {
                let code = report.code.unwrap_or(Code {
                    name: String::new(),
                    values: Vec::new(),
                });
                (code.name, show(&code.values), report.text)
            }
            _ => panic!("not a report: {text}"),
        }
    }

    #[test]
    fn answers_become_values() {
        let fetch = r#"* 12 FETCH (UID 5 FLAGS (\Seen $x) BODY[HEADER.FIELDS ("DATE" FROM)]<0> "a\"b" X-GM-THRID 12)"#;
        assert_eq!(
            data(fetch),
            (
                Some(12),
                "FETCH".into(),
                r#"(UID 5 FLAGS (\Seen $x) BODY[HEADER.FIELDS ("DATE" FROM)]<0> "a\"b" X-GM-THRID 12)"#.into()
            )
        );
        assert_eq!(
            data(r#"* LIST (\HasNoChildren \Sent) "/" [Gmail]/Gesendet"#).2,
            r#"(\HasNoChildren \Sent) "/" [Gmail]/Gesendet"#
        );
        assert_eq!(
            data("* VANISHED (EARLIER) 300:310,415").2,
            "(EARLIER) 300:310,415"
        );
        assert_eq!(
            untagged("* OK [PERMANENTFLAGS (\\Seen \\*)] Limited"),
            (
                "PERMANENTFLAGS".into(),
                "(\\Seen \\*)".into(),
                "Limited".into()
            )
        );
        assert_eq!(
            untagged("* NO [ALERT] Web login required (Failure)"),
            (
                "ALERT".into(),
                String::new(),
                "Web login required (Failure)".into()
            )
        );
        assert!(
            matches!(line("a7 no nothing"), Response::Tagged { tag, report } if tag == "a7" && report.status == Status::No)
        );
        assert!(
            is_report(b"* OK see {5}")
                && is_report(b"a1 BAD {3}")
                && !is_report(b"* 1 FETCH (BODY[] {3}")
        );
    }

    #[test]
    fn literals_stand_where_they_were_sent() {
        let frame = Frame(VecDeque::from([
            Chunk::Line(b"* 1 FETCH (BODY[] ".to_vec()),
            Chunk::Literal(b"a\r\n(b".to_vec()),
            Chunk::Line(b" UID 3 BODY[1] ".to_vec()),
            Chunk::Dropped(9),
            Chunk::Line(b")".to_vec()),
        ]));
        let Response::Data { values, .. } = read(frame) else {
            panic!()
        };
        assert_eq!(show(&values), r#"(BODY[] "a\r\n(b" UID 3 BODY[1] <9>)"#);
    }

    #[test]
    fn malformed_answers_yield_what_can_be_read() {
        assert_eq!(data("* 1 FETCH (UID 5").2, "(UID 5)");
        assert_eq!(data("* 1 FETCH UID 5))").2, "UID 5");
        assert_eq!(data("* 1 FETCH (BODY[ 5)").2, "(BODY[ 5)");
        assert_eq!(data("rubbish"), (None, String::new(), String::new()));
        assert_eq!(data("*").1, "");
        let deep = format!("* X {}", "(".repeat(100_000));
        assert!(data(&deep).2.len() < 1_000);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(
            bytes in proptest::collection::vec(prop_oneof![Just(b'('), Just(b')'), Just(b'['), Just(b']'), Just(b'"'),
                Just(b'\\'), Just(b' '), Just(b'*'), any::<u8>()], 0..80),
            star in any::<bool>(),
        ) {
            let mut line = if star { b"* 1 FETCH ".to_vec() } else { Vec::new() };
            line.extend(bytes);
            read(Frame(VecDeque::from([Chunk::Line(line)])));
        }
    }
}
