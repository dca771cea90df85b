//! Names and kinds of attachments.

use mime::{Danger, SafeName};

use crate::support::{mail, parse};

#[test]
fn names_are_safe_everywhere() {
    let cases = [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe"),
        ("/", "attachment"),
        ("", "attachment"),
        ("...", "attachment"),
        ("C:\\Users\\sam\\x.txt", "x.txt"),
        ("a:b*c?.txt", "a_b_c_.txt"),
        ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
        ("a\0b\nc\u{200B}.txt", "ab c.txt"),
        ("a\tb.txt", "a b.txt"),
        (
            "invoice.pdf                                     .exe",
            "invoice.pdf .exe",
        ),
        ("trailing. . .", "trailing"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.log", "_com1.log"),
        ("LPT9", "_LPT9"),
        ("COM10.txt", "COM10.txt"),
        ("Befund über Blut.pdf", "Befund über Blut.pdf"),
    ];
    for (raw, expected) in cases {
        assert_eq!(SafeName::new(raw).as_str(), expected, "{raw:?}");
    }
    let long = SafeName::new(&format!("{}.docx", "ü".repeat(400)));
    assert!(long.as_str().len() <= 120 && long.as_str().ends_with("ü.docx"));
    assert_eq!(SafeName::new(long.as_str()), long);
}

fn danger(name: &str, content: &[u8]) -> Option<Danger> {
    let mut raw = mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"",
    );
    raw.extend_from_slice(name.as_bytes());
    raw.extend_from_slice(b"\"\r\n\r\n");
    raw.extend_from_slice(content);
    raw.extend_from_slice(b"\r\n--b--\r\n");
    parse(&raw).mail.attachments.remove(0).danger
}

#[test]
fn dangerous_kinds_are_named() {
    let pdf = b"%PDF-1.7 x";
    let zip = b"PK\x03\x04xxxx[Content_Types].xml word/document.xml";
    let macros = b"PK\x03\x04xxxx[Content_Types].xml word/vbaProject.bin";
    let cases: [(&str, &[u8], Option<Danger>); 26] = [
        ("a.pdf", pdf, None),
        ("a.docx", zip, None),
        ("a.txt", b"words", None),
        ("a.jpg", b"\xff\xd8\xff\xe0", None),
        ("notes", b"words", None),
        ("photo.heic", b"\0\0\0\x18ftypheic", None),
        (
            "scan.dcm",
            &[b"\0".repeat(128).as_slice(), b"DICM"].concat(),
            None,
        ),
        ("setup.exe", b"MZ\x90", Some(Danger::Executable)),
        ("a.txt", b"MZ\x90", Some(Danger::Executable)),
        ("a.com", b"words", Some(Danger::Executable)),
        ("a.js", b"alert(1)", Some(Danger::Script)),
        ("a.bin.sh", b"#!/bin/sh", Some(Danger::Script)),
        ("a", b"#!/bin/sh", Some(Danger::Script)),
        ("a.docm", zip, Some(Danger::Macros)),
        ("a.docx", macros, Some(Danger::Macros)),
        ("a.html", b"<html>", Some(Danger::ActiveDocument)),
        ("a.txt", b"<html><script>", Some(Danger::ActiveDocument)),
        ("a.svg", b"<svg xmlns='x'>", Some(Danger::ActiveDocument)),
        ("a.iso", b"x", Some(Danger::DiskImage)),
        ("a.lnk", b"L\0\0\0\x01\x14\x02\0", Some(Danger::Shortcut)),
        ("a.url", b"[InternetShortcut]", Some(Danger::Shortcut)),
        ("report.pdf.exe", b"MZ", Some(Danger::Disguised)),
        ("report.pdf   .scr", b"x", Some(Danger::Disguised)),
        ("a.pdf", b"words", Some(Danger::Mismatch)),
        ("a.png", pdf, Some(Danger::Mismatch)),
        ("a.zip", pdf, Some(Danger::Mismatch)),
    ];
    for (name, content, expected) in cases {
        assert_eq!(danger(name, content), expected, "{name}");
    }
    assert_eq!(
        danger("invoice\u{202E}fdp.exe", b"MZ"),
        Some(Danger::Disguised)
    );
    // Compound files name their directory entries in UTF-16.
    let mut old_word = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    assert_eq!(danger("a.doc", &old_word), None);
    old_word.extend("_VBA_PROJECT".bytes().flat_map(|byte| [byte, 0]));
    assert_eq!(danger("a.doc", &old_word), Some(Danger::Macros));
}
