//! Old mail comes in whole, whatever it looks like, once.

use std::fs;
use std::path::{Path, PathBuf};

use super::harness::Home;

#[test]
fn an_archive_is_imported_once_with_its_dates() {
    let home = Home::with_practice();
    let maildir = home.path().join("Maildir");
    for folder in ["cur", "new", "tmp"] {
        fs::create_dir_all(maildir.join(folder)).unwrap();
    }
    for n in 0..20 {
        let day = n + 1;
        let text = format!(
            "From: Old {n} <old{n}@home.example>\nTo: info@riverside.example\nSubject: Archive {n}\n\
             Date: {day:02} Mar 2019 10:00:00 +0000\nMessage-ID: <old-{n}@mail.example>\n\nFrom the archive, number {n}.\n"
        );
        fs::write(maildir.join("cur").join(format!("{n}.host:2,S")), text).unwrap();
    }
    // What is being delivered at this moment is not mail yet.
    fs::write(maildir.join("tmp/half"), "From: nobody").unwrap();

    let maildir = maildir.to_str().unwrap();
    let report = home.json(&["import", maildir]);
    assert_eq!(
        (&report["found"], &report["stored"]),
        (&20.into(), &20.into())
    );
    let again = home.json(&["import", maildir]);
    assert_eq!((&again["stored"], &again["known"]), (&0.into(), &20.into()));

    let rows = home.conversations();
    assert_eq!(rows.len(), 20);
    for row in &rows {
        assert_eq!(row["state"]["state"], "closed");
        let year_2019 = 1_546_300_800_000..1_577_836_800_000_i64;
        assert!(
            year_2019.contains(&row["last_at"].as_i64().unwrap()),
            "{row}"
        );
    }
}

#[test]
fn an_mbox_is_imported_whole() {
    let home = Home::with_practice();
    let mbox = home.path().join("archive.mbox");
    let mut text = String::new();
    for n in 0..5 {
        text += &format!(
            "From old{n}@home.example Tue Mar 05 10:00:00 2019\nFrom: Old {n} <old{n}@home.example>\n\
             Subject: Box {n}\nDate: 05 Mar 2019 10:00:00 +0000\n\n>From the pharmacy: number {n}.\n\n"
        );
    }
    fs::write(&mbox, text).unwrap();
    let report = home.json(&["import", mbox.to_str().unwrap()]);
    assert_eq!(report["stored"], 5);
    assert_eq!(home.json(&["search", "pharmacy"])["total"], 5);
}

/// The labelled public mail beside the checkout: awkward, legacy and hostile.
#[test]
fn all_public_mail_is_imported_and_none_is_lost() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/evaldata");
    if !shared.is_dir() {
        println!("shared/evaldata is absent: the public mail was not imported.");
        return;
    }
    let home = Home::with_practice();
    let folder = home.path().join("public");
    let mut files = Vec::new();
    for set in [
        "mail_stalwart_eml",
        "mail_spamassassin",
        "mail_email_reply_parser",
    ] {
        mail_files(&shared.join(set), &mut files);
    }
    assert!(files.len() > 400, "only {} files", files.len());
    fs::create_dir(&folder).unwrap();
    let mut distinct = std::collections::BTreeSet::new();
    for (number, file) in files.iter().enumerate() {
        let bytes = fs::read(file).unwrap();
        fs::write(folder.join(format!("{number}.eml")), &bytes).unwrap();
        distinct.insert(bytes);
    }
    let report = home.json(&["import", folder.to_str().unwrap()]);
    assert_eq!(report["found"], files.len());
    assert_eq!(
        report["stored"].as_u64().unwrap() as usize,
        distinct.len(),
        "every distinct mail is stored: {report}"
    );
    println!(
        "{} files, {} distinct, {} kept raw",
        files.len(),
        distinct.len(),
        report["unreadable"]
    );
}

fn mail_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            mail_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "eml" || e == "txt") {
            files.push(path);
        }
    }
    files.sort();
}
