//! The texts: enough of them, all different, and every one a mail that a real parser reads.

use std::collections::{HashMap, HashSet};

use mail_parser::{MessageParser, MimeHeaders};

use super::*;

fn practice() -> Practice {
    let epoch = "2026-05-04T14:00:00Z".parse().unwrap();
    read(epoch, epoch, 1).unwrap()
}

/// (contact, text) of each mail as written, replies of the simulator's patients included.
fn texts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for theme in CONVERSATIONS {
        for conversation in toml::from_str::<Theme>(theme).unwrap().conversation {
            let from = conversation.from;
            found.extend(
                conversation
                    .answers
                    .into_iter()
                    .map(|text| (from.clone(), text)),
            );
            found.extend(
                conversation
                    .mail
                    .into_iter()
                    .map(|mail| (from.clone(), mail.words.text)),
            );
        }
    }
    for arrival in toml::from_str::<Schedule>(ARRIVALS).unwrap().arrival {
        let from = arrival.from.unwrap_or_default();
        found.extend(arrival.answers.into_iter().map(|text| (from.clone(), text)));
        found.push((from, arrival.words.text));
    }
    found
}

#[test]
fn there_are_at_least_200_conversations_and_40_arrivals() {
    let conversations: usize = CONVERSATIONS
        .iter()
        .map(|theme| toml::from_str::<Theme>(theme).unwrap().conversation.len())
        .sum();
    assert!(conversations >= 200, "{conversations}");
    let practice = practice();
    assert!(practice.mails.len() >= 330, "{}", practice.mails.len());
    assert!(practice.arrivals.len() >= 40, "{}", practice.arrivals.len());
}

#[test]
fn no_text_is_there_twice() {
    let mut seen: HashMap<String, String> = HashMap::new();
    for (from, text) in texts() {
        let words: String = text
            .to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .collect::<Vec<_>>()
            .join(" ");
        // A bare thanks or thumb may well come from two people.
        if words.trim().len() > 12
            && let Some(other) = seen.insert(words, from.clone())
        {
            panic!("{from} and {other} write the same");
        }
    }
}

#[test]
fn everybody_is_invented() {
    for (from, text) in texts() {
        assert!(
            from.is_empty() || Person::parse(&from).address.ends_with(".example"),
            "{from}"
        );
        for word in text
            .split_whitespace()
            .filter(|word| word.contains('@') && word.contains('.'))
        {
            assert!(word.contains(".example"), "{from}: {word}");
        }
        // Telephone numbers come from the range kept for stories.
        for number in text.split("555-").skip(1) {
            assert!(number.starts_with("01"), "{from}: 555-{number}");
        }
    }
}

#[test]
fn every_mail_parses_and_says_what_was_written() {
    let practice = practice();
    let mut ids = HashSet::new();
    for mail in &practice.mails {
        let shown = String::from_utf8_lossy(&mail.raw).into_owned();
        assert!(
            mail.raw
                .windows(2)
                .all(|pair| pair[1] != b'\n' || pair[0] == b'\r'),
            "bare line feed: {shown}"
        );
        assert!(
            mail.raw
                .split(|byte| *byte == b'\n')
                .all(|line| line.len() <= 998),
            "long line: {shown}"
        );
        let parsed = MessageParser::new().parse(&mail.raw).unwrap();
        assert!(
            ids.insert(parsed.message_id().unwrap().to_owned()),
            "doubled id: {shown}"
        );
        assert!(
            parsed.date().is_some_and(mail_parser::DateTime::is_valid),
            "{shown}"
        );
        assert_eq!(
            parsed.date().unwrap().to_timestamp(),
            mail.received.timestamp()
        );
        assert!(!parsed.body_text(0).unwrap().trim().is_empty(), "{shown}");
        assert!(
            !parsed.body_text(0).unwrap().contains('\u{fffd}'),
            "lost letters: {shown}"
        );
        assert!(
            !parsed.body_text(0).unwrap().contains("{day:"),
            "date not filled: {shown}"
        );
    }
}

/// The Japanese letter (ISO-2022-JP) is read by Python's parser in the integration tests.
#[test]
fn every_charset_can_be_read() {
    let practice = practice();
    for words in [
        "Добрий день",
        "Jürgen Weiß",
        "my wife’s account",
        "Me llegó una carta",
        "¿Qué le hago?",
    ] {
        assert!(
            practice.mails.iter().any(|mail| {
                let parsed = MessageParser::new().parse(&mail.raw).unwrap();
                parsed.body_text(0).is_some_and(|text| text.contains(words))
            }),
            "nobody wrote {words}"
        );
    }
}

#[test]
fn the_mails_are_as_various_as_real_mail() {
    let practice = practice();
    let raws: Vec<String> = practice
        .mails
        .iter()
        .map(|mail| String::from_utf8_lossy(&mail.raw).into_owned())
        .collect();
    for wanted in [
        "multipart/alternative",
        "multipart/mixed",
        "multipart/related",
        "multipart/report",
        "format=flowed",
        "charset=iso-8859-1",
        "charset=windows-1252",
        "charset=koi8-u",
        "charset=iso-2022-jp",
        "application/pdf",
        "image/jpeg",
        "image/png",
        "text/calendar",
        "text/csv",
        ".pdf.exe",
        "Auto-Submitted: auto-replied",
        "List-Unsubscribe",
        "\r\nSubject: \r\n",
        "quoted-printable",
        "base64",
        "8bit",
        "\r\n> ",
        "Reply-To: payments@",
    ] {
        assert!(
            raws.iter().any(|raw| raw.contains(wanted)),
            "no mail has {wanted}"
        );
    }
    let folders: HashMap<&str, usize> =
        practice
            .mails
            .iter()
            .fold(HashMap::new(), |mut counts, mail| {
                *counts.entry(mail.mailbox.as_str()).or_default() += 1;
                counts
            });
    assert!(folders["Sent"] > 70 && folders["Junk"] >= 2, "{folders:?}");
}

#[test]
fn attachments_are_what_they_say() {
    let practice = practice();
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for mail in &practice.mails {
        let parsed = MessageParser::new().parse(&mail.raw).unwrap();
        for file in parsed.attachments() {
            let start: &[u8] = match file.content_type().and_then(|kind| kind.subtype()) {
                Some("pdf") => b"%PDF-1.4",
                Some("png") => b"\x89PNG\r\n\x1a\n",
                Some("jpeg") => b"\xff\xd8\xff",
                Some("calendar") => b"BEGIN:VCALENDAR\r\n",
                Some("octet-stream") => b"MZ",
                _ => continue,
            };
            assert!(
                file.contents().starts_with(start),
                "{:?}",
                file.attachment_name()
            );
            *kinds
                .entry(std::str::from_utf8(&start[..2]).unwrap_or("jpeg or png"))
                .or_default() += 1;
        }
    }
    assert!(kinds.len() >= 4, "{kinds:?}");
}

#[test]
fn threads_hang_together() {
    let practice = practice();
    let ids: HashSet<String> = practice
        .mails
        .iter()
        .map(|mail| {
            MessageParser::new()
                .parse(&mail.raw)
                .unwrap()
                .message_id()
                .unwrap()
                .to_owned()
        })
        .collect();
    let mut replies = 0;
    for mail in &practice.mails {
        let parsed = MessageParser::new().parse(&mail.raw).unwrap();
        if let Some(parent) = parsed.in_reply_to().as_text() {
            assert!(ids.contains(parent), "{parent} is nowhere");
            replies += 1;
        }
    }
    assert!(replies > 120, "{replies}");
}

#[test]
fn every_arrival_that_answers_finds_its_conversation() {
    let keys: HashSet<String> = CONVERSATIONS
        .iter()
        .flat_map(|theme| toml::from_str::<Theme>(theme).unwrap().conversation)
        .filter_map(|conversation| conversation.key)
        .collect();
    for arrival in toml::from_str::<Schedule>(ARRIVALS).unwrap().arrival {
        match (&arrival.re, &arrival.from) {
            (Some(key), None) => assert!(keys.contains(key), "no conversation {key}"),
            (None, Some(_)) => assert!(arrival.words.subject.is_some()),
            _ => panic!("an arrival answers or begins, not both"),
        }
    }
}

#[test]
fn ids_depend_on_the_seed_alone() {
    let epoch: DateTime<Utc> = "2026-05-04T14:00:00Z".parse().unwrap();
    let later = epoch + chrono::Days::new(3);
    let ids = |epoch, now, seed| -> HashSet<String> {
        read(epoch, now, seed)
            .unwrap()
            .mails
            .iter()
            .map(|mail| {
                MessageParser::new()
                    .parse(&mail.raw)
                    .unwrap()
                    .message_id()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    assert_eq!(ids(epoch, epoch, 1), ids(later, later, 1));
    assert_ne!(ids(epoch, epoch, 1), ids(epoch, epoch, 2));
}
