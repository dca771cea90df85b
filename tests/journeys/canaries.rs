//! Nothing readable reaches the disk: a marked word in every field, and a search through every byte
//! of every file that was written, logs at their most talkative included.

use std::path::Path;

use super::harness::{Home, mail, server_with};

const FIELDS: [&str; 10] = [
    "subject",
    "text",
    "sender",
    "address",
    "attachment",
    "note",
    "tag",
    "reply",
    "search",
    "draft",
];

fn canary(field: &str) -> String {
    format!("canary{field}word")
}

#[test]
fn no_word_of_a_patient_is_written_in_clear() {
    let mut raw = mail(
        1,
        &format!("{} <{}@home.example>", canary("sender"), canary("address")),
        &canary("subject"),
        "",
    );
    let text = String::from_utf8(raw.raw).unwrap();
    let head = text.split_once("Content-Type").unwrap().0;
    raw.raw = format!(
        "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{}\r\n\
         --b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename={}.txt\r\n\r\n{}\r\n--b--\r\n",
        canary("text"),
        canary("attachment"),
        canary("attachment").repeat(20_000),
    )
    .into_bytes();
    let server = server_with(vec![raw]);
    let home = Home::connected(&server);
    let mut printed = Vec::new();
    let mut run = |args: &[&str]| {
        let output = home.run(args);
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        printed.extend(output.stderr);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    run(&["sync"]);
    let rows = run(&["inbox"]);
    let id = rows["rows"][0]["id"].as_str().unwrap().to_owned();
    run(&["show", &id]);
    run(&["note", &id, "--text", &canary("note")]);
    run(&["tag", &canary("tag"), &id]);
    run(&["reply", &id, "--text", &canary("reply")]);
    run(&["search", &canary("search")]);
    run(&["backup"]);
    run(&["audit", "list"]);

    // The search itself must find what is there, or it proves nothing.
    let planted = home.path().join("planted");
    std::fs::write(&planted, canary("text")).unwrap();
    assert_eq!(found_under(home.path()), ["text in planted"]);
    std::fs::remove_file(planted).unwrap();

    assert_eq!(found_under(home.path()), Vec::<String>::new());
    // The log holds no patient's word either; a tag's name and a search are staff's own arguments.
    let log = String::from_utf8_lossy(&printed);
    let leaked: Vec<_> = FIELDS
        .iter()
        .filter(|field| log.contains(&canary(field)))
        .collect();
    assert!(leaked.is_empty(), "in the log: {leaked:?}");
}

fn found_under(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            for field in FIELDS {
                let word = canary(field);
                let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let here = [word.as_bytes(), &utf16]
                    .iter()
                    .any(|needle| bytes.windows(needle.len()).any(|window| window == *needle));
                if here || name.contains(&word) {
                    found.push(format!("{field} in {name}"));
                }
            }
        }
    }
    found
}
