//! Messages out of mbox files.

use std::io::Cursor;

use mime::mbox::{Dialect, Error, Message, Reader};
use proptest::prelude::*;

fn read(file: &[u8], dialect: Dialect) -> Vec<Message> {
    Reader::with_dialect(Cursor::new(file), dialect)
        .map(|one| one.unwrap())
        .collect()
}

const FROM: &str = "From sam@other.example Thu May  7 09:30:00 2026";

#[test]
fn messages_and_offsets() {
    let file = format!(
        "{FROM}\nSubject: a\n\none\n>From here\n>>From there\n\n{FROM} +0200\nSubject: b\n\nFrom the start it hurt\n\nFrom then on\n\n"
    );
    let messages = read(file.as_bytes(), Dialect::Rd);
    assert_eq!(messages.len(), 2);
    assert_eq!(
        messages[0].raw,
        b"Subject: a\n\none\nFrom here\n>From there\n"
    );
    assert_eq!(
        messages[1].raw,
        b"Subject: b\n\nFrom the start it hurt\n\nFrom then on\n"
    );
    assert_eq!(
        messages[0].envelope,
        "sam@other.example Thu May  7 09:30:00 2026"
    );
    for message in &messages {
        assert!(file[message.offset as usize..].starts_with("From sam@"));
    }
    assert_eq!(
        read(file.as_bytes(), Dialect::O)[0].raw,
        b"Subject: a\n\none\nFrom here\n>>From there\n"
    );
    assert_eq!(
        read(file.as_bytes(), Dialect::Verbatim)[0].raw,
        b"Subject: a\n\none\n>From here\n>>From there\n"
    );
}

#[test]
fn line_ends_and_last_line() {
    let file = format!("{FROM}\r\nSubject: a\r\n\r\none\r\n\r\n{FROM}\r\nSubject: b\r\n\r\ntwo");
    let messages = read(file.as_bytes(), Dialect::Rd);
    assert_eq!(messages[0].raw, b"Subject: a\r\n\r\none\r\n");
    assert_eq!(messages[1].raw, b"Subject: b\r\n\r\ntwo");
    assert_eq!(read(b"", Dialect::Rd), []);
    assert_eq!(read(b"\n\n", Dialect::Rd), []);
}

#[test]
fn empty_messages_are_messages() {
    let file = format!("{FROM}\n\n{FROM}\nSubject: x\n\n");
    let messages = read(file.as_bytes(), Dialect::Rd);
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].raw, b"");
}

#[test]
fn what_precedes_the_first_envelope_is_told() {
    let file = format!("stray\n\n{FROM}\nSubject: a\n\none\n");
    let all: Vec<_> = Reader::new(Cursor::new(file)).collect();
    assert!(matches!(&all[0], Err(Error::NoEnvelope { raw }) if raw == b"stray\n"));
    assert_eq!(all[1].as_ref().unwrap().raw, b"Subject: a\n\none\n");
}

#[test]
fn a_huge_message_is_skipped_and_told() {
    let file = format!(
        "{FROM}\n{}\n{FROM}\nSubject: b\n\ntwo\n",
        "long line\n".repeat(100)
    );
    let all: Vec<_> = Reader::new(Cursor::new(&file)).at_most(500).collect();
    assert!(matches!(
        all[0],
        Err(Error::TooLong {
            offset: 0,
            length: 1001
        })
    ));
    assert_eq!(all[1].as_ref().unwrap().raw, b"Subject: b\n\ntwo\n");
    // A single endless line does not fill the memory either.
    let file = format!(
        "{FROM}\n{}\n\n{FROM}\nSubject: b\n\ntwo\n",
        "x".repeat(5000)
    );
    let all: Vec<_> = Reader::new(Cursor::new(&file)).at_most(500).collect();
    assert!(matches!(all[0], Err(Error::TooLong { .. })));
    assert_eq!(all[1].as_ref().unwrap().raw, b"Subject: b\n\ntwo\n");
}

fn escaped(message: &str) -> String {
    let quote = |line: &str| {
        if line.trim_start_matches('>').starts_with("From ") {
            format!(">{line}")
        } else {
            line.to_owned()
        }
    };
    message.split_inclusive('\n').map(quote).collect()
}

proptest! {
    /// Whatever is written to an mbox comes back, byte for byte.
    #[test]
    fn round_trip(messages in proptest::collection::vec(proptest::collection::vec("(>{0,2}From [a-z ]{0,8}12:30 2026|[ -~]{0,12}|)", 1..6), 0..6)) {
        let messages: Vec<String> = messages.into_iter().map(|lines| lines.join("\n") + "\n").collect();
        let file: String = messages.iter().map(|message| format!("{FROM}\n{}\n", escaped(message))).collect();
        let found: Vec<String> = read(file.as_bytes(), Dialect::Rd).into_iter().map(|one| String::from_utf8(one.raw).unwrap()).collect();
        prop_assert_eq!(found, messages);
    }

    /// No input stops the reader, and it always ends.
    #[test]
    fn any_bytes(file in proptest::collection::vec(any::<u8>(), 0..400), most in 0_usize..100) {
        let reader = Reader::new(Cursor::new(file)).at_most(most);
        prop_assert!(reader.count() <= 400);
    }
}
