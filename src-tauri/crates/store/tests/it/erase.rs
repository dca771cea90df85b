//! Erasing a contact leaves nothing of them; and no file holds anything in clear.

use std::fs;
use std::path::Path;

use domain::inbound::InboundAttachment;
use domain::operation::AfterReply;
use domain::views::{DraftKind, ListScope};
use domain::{Change, NoteText, Tag, TagColour, TagId};
use store::{Findings, NewDraft};

use crate::desk::{Desk, raw};

/// A word for each field, to be found nowhere.
const CANARIES: [&str; 12] = [
    "cnrysubject",
    "cnrytext",
    "cnryname",
    "cnryhtml",
    "cnrynote",
    "cnryfile",
    "cnrydraft",
    "cnryreply",
    "cnrysearch",
    "cnryreason",
    "cnryraw",
    "cnrybytes",
];

/// A contact with something in every field; beside it one who stays.
fn filled() -> (Desk, domain::ConversationId) {
    let desk = Desk::new();
    desk.receive(desk.mail("omar@home.example", "Bill", "stays here"));
    let mut mail = desk
        .mail("cnryname@home.example", "cnrysubject", "cnrytext hello")
        .with(|item| {
            item.html = Some("<p>cnryhtml</p>".into());
            item.raw = Some(b"cnryraw".to_vec());
            item.attachments = [40_000, 10]
                .map(|times| InboundAttachment {
                    name: "cnryfile.txt".into(),
                    media_type: "text/plain".into(),
                    inline: false,
                    content_id: None,
                    danger: None,
                    size: 9 * times as u64,
                    data: Some(b"cnrybytes".repeat(times)),
                })
                .to_vec();
        });
    mail.0.findings = Some(Findings {
        acuity: domain::Acuity::SameDay,
        reason: "cnryreason".into(),
        detail: serde_json::json!({ "why": "cnryreason" }),
    });
    let conversation = desk.receive(mail);
    let tag = Tag {
        id: TagId::new(desk.now()),
        name: "skin".into(),
        colour: TagColour::Red,
    };
    desk.does(Change::TagSaved { tag: tag.clone() });
    desk.does(Change::TagAdded {
        conversation,
        tag: tag.id,
    });
    desk.does(Change::NoteAdded {
        conversation,
        note: domain::MessageId::new(desk.now()),
        text: NoteText::new("cnrynote"),
        mentions: Vec::new(),
    });
    let (_, mut change) = desk.reply(conversation, "cnryreply");
    if let Change::ReplyQueued { then, .. } = &mut change {
        *then = AfterReply::Close;
    }
    desk.does(change);
    desk.does(Change::Searched {
        query: "cnryname cnrysearch".into(),
        hits: 1,
    });
    let contact = desk.row(conversation).contact;
    desk.does(Change::ContactSaved {
        contact,
        name: "Cnryname Smith".into(),
    });
    desk.store
        .save_draft(&NewDraft {
            conversation,
            kind: DraftKind::Reply,
            to: None,
            subject: "cnrysubject".into(),
            text: "cnrydraft".into(),
            attachments: Vec::new(),
            staff: desk.staff,
        })
        .unwrap();
    (desk, conversation)
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

fn every_file(folder: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            every_file(&path, look);
        } else {
            look(&path, &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn no_canary_stands_in_clear_in_any_file() {
    let (desk, _) = filled();
    desk.store
        .backup(
            &desk.path().join("one.backup"),
            b"wrapped keys",
            &mut |_, _| {},
        )
        .unwrap();
    let mut files = 0;
    let mut grep = |path: &Path, bytes: &[u8]| {
        files += 1;
        for canary in CANARIES {
            assert!(!contains(bytes, canary), "{canary} in {}", path.display());
        }
    };
    every_file(desk.path(), &mut grep);
    desk.store.close();
    every_file(desk.path(), &mut grep);
    assert!(
        files > 6,
        "database, log, lock, sealed file, backup: {files}"
    );
}

#[test]
fn erasing_leaves_no_word_in_the_decrypted_pages() {
    let (desk, conversation) = filled();
    let contact = desk.row(conversation).contact;
    let certificate = desk
        .store
        .erase_contact(contact, desk.me(), domain::Origin::Window)
        .unwrap();
    assert_eq!(
        (
            certificate.conversations,
            certificate.messages,
            certificate.attachments
        ),
        (1, 3, 2)
    );
    assert!(desk.store.contact(contact).is_err());
    assert_eq!(desk.list(ListScope::All).len(), 1);
    for canary in CANARIES {
        assert!(desk.search(canary, false).hits.is_empty(), "{canary}");
    }
    assert_eq!(desk.search("stays", false).hits.len(), 1);
    assert_eq!(fs::read_dir(desk.path().join("blobs")).unwrap().count(), 0);
    let report = desk.store.verify_audit().unwrap();
    assert_eq!(report.breaks, Vec::<String>::new());
    assert!(report.erased >= 5, "{}", report.erased);
    let counts = desk.store.counts(desk.staff).unwrap();
    assert_eq!(
        (counts.inbox, counts.drafts, counts.outbox, counts.red_flags),
        (1, 0, 0, 0)
    );
    desk.store.close();
    // Every page in clear, free ones included, without rewriting any.
    let conn = raw(desk.path());
    let pages = plain_pages(conn);
    for canary in CANARIES {
        assert!(!contains(&pages, canary), "{canary}");
    }
    assert!(contains(&pages, "stays here"));
}

/// Every page in clear, free ones and what is left in used ones included.
fn plain_pages(mut conn: rusqlite::Connection) -> Vec<u8> {
    conn.serialize("main").unwrap().to_vec()
}
