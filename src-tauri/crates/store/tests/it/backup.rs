//! Backups come back whole, and send nothing old.

use std::fs;
use std::sync::Arc;

use domain::inbound::InboundAttachment;
use domain::{Change, OutboxState, TestClock};
use store::{DatabaseKey, Store, StoreError};
use tempfile::TempDir;

use crate::desk::{Desk, MINUTE, MONDAY, key};

fn desk_with_things() -> (Desk, domain::ConversationId) {
    let desk = Desk::new();
    let mail = desk
        .mail("renee@home.example", "Scan", "see the file")
        .with(|item| {
            item.attachments = vec![InboundAttachment {
                name: "scan.jpg".into(),
                media_type: "image/jpeg".into(),
                inline: false,
                content_id: None,
                danger: None,
                size: 200_000,
                data: Some(vec![9; 200_000]),
            }];
        });
    let conversation = desk.receive(mail);
    (desk, conversation)
}

#[test]
fn a_backup_comes_back_with_equal_tables() {
    let (desk, conversation) = desk_with_things();
    let path = desk.path().join("a.backup");
    let mut told = Vec::new();
    let bytes = desk
        .store
        .backup(&path, b"wrapped", &mut |done, total| {
            told.push((done, total))
        })
        .unwrap();
    assert_eq!(bytes, fs::metadata(&path).unwrap().len());
    assert!(
        told.windows(2).all(|two| two[0].0 <= two[1].0)
            && told.last().unwrap().0 == told.last().unwrap().1
    );
    assert_eq!(Store::backup_keys(&path).unwrap(), b"wrapped");
    let scratch = TempDir::new().unwrap();
    let drill = desk
        .store
        .compare_backup(&path, &key(), scratch.path())
        .unwrap();
    assert_eq!((drill.differences, drill.messages), (Vec::new(), 1));
    assert!(drill.tables > 25, "{}", drill.tables);
    let elsewhere = TempDir::new().unwrap();
    let clock = Arc::new(TestClock::at(MONDAY));
    Store::restore(&path, &key(), elsewhere.path(), clock.clone()).unwrap();
    let restored = Store::open(elsewhere.path(), &key(), clock).unwrap();
    assert_ne!(restored.device(), desk.store.device());
    let view = restored.conversation(conversation, 10).unwrap();
    let file = view.messages[0].attachments[0].id;
    assert_eq!(
        restored.attachment(conversation, file).unwrap().data,
        Some(vec![9; 200_000])
    );
    assert!(restored.verify_audit().unwrap().breaks.is_empty());
    let names: Vec<_> = fs::read_dir(desk.path())
        .unwrap()
        .map(|f| f.unwrap().file_name())
        .collect();
    assert!(
        !names
            .iter()
            .any(|n| n.to_string_lossy().contains("copy") || n.to_string_lossy().contains("part"))
    );
}

#[test]
fn a_restored_practice_sends_nothing_old() {
    let (desk, conversation) = desk_with_things();
    let (held, mut change) = desk.reply(conversation, "held");
    if let Change::ReplyQueued { not_before, .. } = &mut change {
        *not_before = desk.now().plus_millis(MINUTE);
    }
    desk.does(change);
    let (leaving, change) = desk.reply(conversation, "leaving");
    desk.does(change);
    desk.machine(Change::ReplySending {
        conversation,
        reply: leaving,
        attempt: 1,
    });
    let path = desk.path().join("a.backup");
    desk.store.backup(&path, b"", &mut |_, _| {}).unwrap();
    let elsewhere = TempDir::new().unwrap();
    let clock = Arc::new(TestClock::at(MONDAY.plus_millis(100 * MINUTE)));
    Store::restore(&path, &key(), elsewhere.path(), clock.clone()).unwrap();
    let restored = Store::open(elsewhere.path(), &key(), clock).unwrap();
    assert_eq!(
        restored.outbox_view(held).unwrap().state,
        OutboxState::Cancelled
    );
    assert_eq!(
        restored.outbox_view(leaving).unwrap().state,
        OutboxState::Uncertain
    );
    let now = MONDAY.plus_millis(1_000 * MINUTE);
    assert_eq!(restored.due_replies(desk.account, now).unwrap(), []);
    assert_eq!(
        restored.draft(conversation).unwrap().unwrap().text.reveal(),
        "held"
    );
}

#[test]
fn damage_a_wrong_key_and_an_existing_practice_are_told_and_leave_nothing_behind() {
    let (desk, _) = desk_with_things();
    let path = desk.path().join("a.backup");
    desk.store
        .backup(&path, b"wrapped", &mut |_, _| {})
        .unwrap();
    let clock = || Arc::new(TestClock::at(MONDAY));
    let whole = fs::read(&path).unwrap();
    assert!(matches!(
        desk.store.backup(&path, b"", &mut |_, _| {}),
        Err(StoreError::Exists)
    ));
    let there = Store::restore(&path, &key(), desk.path(), clock());
    assert!(matches!(there, Err(StoreError::Exists)));
    let wrong = DatabaseKey::from_bytes([9; 32]);
    let elsewhere = TempDir::new().unwrap();
    let refused = Store::restore(&path, &wrong, elsewhere.path(), clock());
    assert!(matches!(refused, Err(StoreError::WrongKey)));
    for at in [
        0,
        9,
        15,
        24,
        60,
        200,
        70_000,
        whole.len() / 2,
        whole.len() - 1,
    ] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        let file = elsewhere.path().join("damaged");
        fs::write(&file, damaged).unwrap();
        assert!(
            Store::restore(&file, &key(), elsewhere.path(), clock()).is_err(),
            "{at}"
        );
        assert!(!Store::exists(elsewhere.path()) && !elsewhere.path().join(".restoring").exists());
    }
    for length in [0, 10, 100, 4_000, whole.len() - 1] {
        let file = elsewhere.path().join("short");
        fs::write(&file, &whole[..length]).unwrap();
        assert!(
            Store::restore(&file, &key(), elsewhere.path(), clock()).is_err(),
            "{length}"
        );
    }
    assert!(Store::restore(&path, &key(), elsewhere.path(), clock()).is_ok());
}
