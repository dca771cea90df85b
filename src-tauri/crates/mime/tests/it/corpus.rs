//! Whole sets of real mail, when they are there.

use std::path::{Path, PathBuf};

use mime::Problem;
use serde_json::Value;

use crate::{html::assert_inert, support::shared};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The first header field of that name in the reference's own form.
fn field<'v>(message: &'v Value, name: &str) -> &'v Value {
    let headers = message["parts"][0]["headers"].as_array().unwrap();
    headers
        .iter()
        .find(|one| one["name"] == name)
        .map_or(&Value::Null, |one| &one["value"])
}

fn words(text: &str) -> Vec<String> {
    // The reference replaces raw 8-bit characters; what matters here is that the same words are there.
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(str::to_lowercase)
        .collect()
}

/// Where we read otherwise, and mean it. 020 and 021 state two content types: we take the first, and so find the
/// text and the HTML in what the reference shows as one raw text. 005 nests a boundary in one that is its prefix,
/// which RFC 2046 forbids: the inner one closes the outer.
const KNOWN: [&str; 3] = [
    "malformed/005.eml",
    "malformed/020.eml",
    "malformed/021.eml",
];

#[test]
fn messages_of_the_reference_parser() {
    let Some(folder) = shared("mail_stalwart_eml") else {
        return;
    };
    let (mut count, mut bodies) = (0, 0);
    let mut differences = Vec::new();
    for path in files(&folder, "eml") {
        let raw = std::fs::read(&path).unwrap();
        let parsed = mime::parse(&raw);
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        if let Some(html) = &parsed.mail.html {
            assert_inert(html.as_str());
        }
        count += 1;
        let Ok(expected) = std::fs::read(path.with_extension("json")) else {
            continue;
        };
        let expected: Value = serde_json::from_slice(&expected).unwrap();

        let from = &field(&expected, "from")["Address"];
        let first = from["List"]
            .get(0)
            .or_else(|| from["Group"][0]["addresses"].get(0))
            .unwrap_or(&Value::Null);
        if let Some(address) = first["address"].as_str() {
            let found = parsed
                .mail
                .from
                .as_ref()
                .map(|from| from.email.as_str())
                .unwrap_or_default();
            if found != address.replace(char::is_whitespace, "") {
                differences.push(format!("{name}: from {found:?}, reference {address:?}"));
            }
        }
        if let Some(subject) = field(&expected, "subject")["Text"].as_str()
            && words(subject) != words(&parsed.mail.subject)
        {
            differences.push(format!(
                "{name}: subject {:?}, reference {subject:?}",
                parsed.mail.subject
            ));
        }
        let part = expected["text_body"]
            .get(0)
            .and_then(Value::as_u64)
            .unwrap_or(0) as usize;
        if let Some(text) = expected["parts"][part]["body"]["Text"].as_str() {
            bodies += 1;
            let found = words(&parsed.mail.text);
            let missing: Vec<_> = words(text)
                .into_iter()
                .filter(|word| !found.contains(word))
                .take(5)
                .collect();
            if !missing.is_empty() {
                differences.push(format!("{name}: text lacks {missing:?}"));
            }
        }
    }
    differences.retain(|one| !KNOWN.iter().any(|name| one.starts_with(name)));
    println!(
        "{count} messages, {bodies} bodies compared, {} differences",
        differences.len()
    );
    println!("{}", differences.join("\n"));
    assert!(count > 100);
    assert_eq!(differences.len(), 0);
}

#[test]
fn whole_real_mails() {
    let Some(folder) = shared("mail_spamassassin") else {
        return;
    };
    let all = files(&folder, "txt");
    let (mut dated, mut identified, mut texts, mut unreadable) = (0, 0, 0, 0);
    for path in &all {
        let raw = std::fs::read(path).unwrap();
        let parsed = mime::parse(&raw);
        unreadable += usize::from(parsed.problems.contains(&Problem::Unreadable));
        dated += usize::from(parsed.mail.date.is_some());
        identified += usize::from(!parsed.mail.message_id.synthesised);
        texts += usize::from(!parsed.mail.text.trim().is_empty());
        assert!(parsed.mail.from.is_some() || parsed.problems.contains(&Problem::MissingFrom));
        assert!(
            parsed.mail.html.is_some()
                || !parsed.mail.has_html
                || parsed.problems.contains(&Problem::UncleanableHtml)
        );
        if let Some(html) = &parsed.mail.html {
            assert_inert(html.as_str());
        }
    }
    println!(
        "{} messages: {dated} dated, {identified} identified, {texts} with text, {unreadable} unreadable",
        all.len()
    );
    assert!(all.len() > 300);
    assert_eq!(unreadable, 0);
    assert!(
        dated * 100 >= all.len() * 97
            && identified * 100 >= all.len() * 97
            && texts * 100 >= all.len() * 97
    );
}

/// The replies of a well-known library for the same purpose: what its own tests expect to be hidden.
#[test]
fn replies_with_quotations() {
    let Some(folder) = shared("mail_email_reply_parser/emails") else {
        return;
    };
    let visible = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let mut shown = String::new();
        let mut at = 0;
        for quoted in mime::quoted_ranges(&text) {
            shown.push_str(&text[at..quoted.range.start]);
            at = quoted.range.end;
        }
        shown.push_str(&text[at..]);
        shown.trim().replace("\r\n", "\n")
    };
    assert_eq!(
        visible("correct_sig.txt"),
        "this is an email with a correct -- signature."
    );
    assert_eq!(
        visible("email_1_3.txt"),
        "Oh thanks.\n\nHaving the function would be great.\n\n-Abhishek Kona"
    );
    assert_eq!(
        visible("email_1_4.txt"),
        "Awesome! I haven't had another problem with it."
    );
    assert!(visible("email_1_5.txt").starts_with("One: Here's what I've got."));
    assert_eq!(
        visible("email_1_6.txt"),
        "I get proper rendering as well.\n\nSent from a magnificent torch of pixels"
    );
    assert_eq!(visible("email_1_7.txt"), ":+1:");
    assert_eq!(
        visible("email_1_8.txt"),
        "I will reply under this one\n\n\nand under this."
    );
    assert_eq!(visible("email_2_1.txt"), "Outlook with a reply");
    assert_eq!(
        visible("email_2_2.txt"),
        "Outlook with a reply directly above line"
    );
    assert_eq!(
        visible("email_2_3.txt"),
        "Outlook with a reply directly above line"
    );
    for phone in [
        "email_BlackBerry.txt",
        "email_iPhone.txt",
        "email_multi_word_sent_from_my_mobile_device.txt",
    ] {
        assert_eq!(visible(phone), "Here is another email", "{phone}");
    }
    assert!(visible("email_sent_from_my_not_signature.txt").ends_with("mobile phone."));
    assert!(visible("email_one_is_not_on.txt").ends_with("when I run..."));
    assert!(visible("greedy_on.txt").starts_with("On your remote host you can run:"));
    assert!(!visible("greedy_on.txt").contains("George Plymale"));
    assert!(visible("email_sig_delimiter_in_middle_of_line.txt").contains("kthxbai"));
    let list = visible("email_1_1.txt");
    assert!(list.ends_with("-Abhishek Kona"), "{list}");
    let bullets = visible("email_bullets.txt");
    assert!(bullets.ends_with("- and another"), "{bullets}");
    let interleaved = visible("email_1_2.txt");
    assert!(
        interleaved.contains("You can list the keys")
            && interleaved.contains("would do it.")
            && !interleaved.contains("> Hi folks")
    );
}
