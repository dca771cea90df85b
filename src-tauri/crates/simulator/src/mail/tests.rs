//! The readers of foreign bytes: whatever comes, they answer and do not panic.

use proptest::prelude::*;

use super::envelope::{body_structure, envelope, parse_addresses};
use super::structure::{Part, fields, split};

/// Bytes that look like mail often enough to reach deep places.
fn mailish() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "From: ",
        "To: ",
        "Subject: x",
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Type: message/rfc822",
        "Content-Type: text/plain; charset=\"a",
        "\r\n",
        "\n",
        "\r\n\r\n",
        "--b",
        "--b--",
        "--b\r\n",
        " ",
        "\t",
        "\"",
        "\\",
        "<",
        ">",
        "(",
        ")",
        ",",
        ";",
        ":",
        "=",
        "@",
        "\u{e9}",
        "\0",
        "a",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn structure_and_envelope_are_balanced(raw in mailish()) {
        let part = Part::parse(&raw);
        let (head, body) = split(&raw);
        prop_assert_eq!(head.len() + body.len(), raw.len());
        prop_assert!(fields(head).iter().map(|(_, field)| field.len()).sum::<usize>() <= head.len());
        let mut out = Vec::new();
        envelope(&mut out, part.headers);
        prop_assert!(out.starts_with(b"(") && out.ends_with(b")"));
        let mut out = Vec::new();
        body_structure(&mut out, &part, true);
        prop_assert!(out.starts_with(b"(") && out.ends_with(b")"));
        for path in [&[][..], &[1], &[1, 1], &[2], &[2, 1, 1], &[0]] {
            part.descend(path);
        }
    }

    #[test]
    fn addresses_come_back(names in prop::collection::vec("[A-Za-z ,.]{1,12}", 1..4)) {
        let list: Vec<String> = names.iter().map(|name| format!("\"{name}\" <a@b.example>")).collect();
        let parsed = parse_addresses(list.join(", ").as_bytes());
        prop_assert_eq!(parsed.len(), names.len());
        for (address, name) in parsed.iter().zip(&names) {
            let name = name.trim();
            prop_assert_eq!(address.name.as_deref(), if name.is_empty() { None } else { Some(name) });
            prop_assert_eq!(address.host.as_deref(), Some("b.example"));
        }
    }
}
