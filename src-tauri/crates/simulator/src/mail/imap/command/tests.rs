//! Commands as clients may write them, and as nobody should.

use proptest::prelude::*;

use super::*;

#[test]
fn a_set_with_a_star_holds_the_last() {
    let (_, command) = Command::parse(b"a UID FETCH 813:* (FLAGS)\r\n");
    let Ok(Command::Fetch { set, .. }) = command else {
        panic!("{command:?}")
    };
    assert!(set.contains(42, 42), "the trap: below 813, but the last");
    assert!(!set.contains(41, 42));
    assert!(set.contains(900, 1000));
}

#[test]
fn numbers_compress() {
    assert_eq!(compress(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
    assert_eq!(compress(&[]), "");
}

#[test]
fn wrong_syntax_is_bad() {
    for wrong in [
        "a",
        "a ",
        "a NOOP x",
        "a LOGIN x",
        "a FETCH 0 (FLAGS)",
        "a FETCH 1 (BODY[TEXT]<0.0>)",
        "a FETCH 1 FLAGS)",
        "a SELECT INBOX (QRESYNC (1))",
        "a STORE 1 FLAG (x)",
        "a SEARCH SINCE yesterday",
        "a UID NOOP",
        "a FETCH 1:* (FLAGS) (VANISHED)",
        "a APPEND Sent {9}\r\nabc",
        "a FETCH 99999999999 (FLAGS)",
    ] {
        let (_, command) = Command::parse(format!("{wrong}\r\n").as_bytes());
        assert!(command.is_err(), "{wrong}: {command:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(line in prop::collection::vec(any::<u8>(), 0..80)) {
        let (tag, _) = Command::parse(&line);
        prop_assert!(!tag.is_empty());
    }

    #[test]
    fn any_words_get_an_answer(words in prop::collection::vec(prop::sample::select(vec![
        "UID", "FETCH", "SEARCH", "STORE", "SELECT", "LIST", "1:*", "(", ")", "\"x\"", "{1}\r\nx", "BODY.PEEK[", "]", "<0.1>",
        "HEADER.FIELDS", "NOT", "OR", "ALL", "+FLAGS", "\\Seen", "QRESYNC", "RETURN", "*", ",", "NIL",
    ]), 0..12)) {
        let line = format!("a {}\r\n", words.join(" "));
        prop_assert_eq!(Command::parse(line.as_bytes()).0, "a");
    }
}
