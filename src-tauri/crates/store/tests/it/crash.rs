//! A process that dies at any named point leaves a store that opens, whole, with the change or without.
//!
//! The test runs itself again as a child, which dies at the point that the environment names.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use domain::inbound::{Cursor, InboundAttachment};
use domain::operation::SentEvidence;
use domain::views::ListScope;
use domain::{Change, OutboxState, TestClock};
use store::{FAULT_POINTS, IngestMode, Store};
use tempfile::TempDir;

use crate::desk::{Desk, MONDAY, key};

const FOLDER: &str = "ANTEROOM_CRASH_FOLDER";

/// What the child does, every kind of writing once. Does nothing when no parent asks.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let desk = Desk::new_in(&folder.join("store"));
    // Only from here on may it die: the parent wants a store to look at.
    std::fs::write(folder.join("made"), desk.account.to_string()).unwrap();
    let mail = desk
        .mail("renee@home.example", "Scan", "see the file")
        .with(|item| {
            item.attachments = vec![InboundAttachment {
                name: "scan.jpg".into(),
                media_type: "image/jpeg".into(),
                inline: false,
                content_id: None,
                danger: None,
                size: 100_000,
                data: Some(vec![9; 100_000]),
            }];
        });
    let done = desk
        .store
        .ingest(
            desk.account,
            IngestMode::Live,
            vec![mail.0],
            Vec::new(),
            Some(Cursor("1".into())),
            true,
        )
        .unwrap();
    let conversation = done.items[0].conversation;
    let (reply, change) = desk.reply(conversation, "text");
    desk.does(change);
    desk.machine(Change::ReplySending {
        conversation,
        reply,
        attempt: 1,
    });
    std::fs::write(folder.join("left"), reply.to_string()).unwrap();
    desk.machine(Change::ReplySent {
        conversation,
        reply,
        evidence: SentEvidence::Accepted,
    });
    desk.store
        .backup(&folder.join("a.backup"), b"", &mut |_, _| {})
        .unwrap();
    let contact = desk.row(conversation).contact;
    desk.store
        .erase_contact(contact, desk.me(), domain::Origin::Window)
        .unwrap();
    std::fs::write(folder.join("finished"), b"").unwrap();
}

fn run_child(folder: &Path, point: &str, hit: u32) {
    Command::new(std::env::current_exe().unwrap())
        .args(["crash::child", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env("ANTEROOM_KILL_AT", point)
        .env("ANTEROOM_KILL_HIT", hit.to_string())
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
}

#[test]
fn dying_at_any_point_loses_nothing_and_doubles_nothing() {
    let mut died = 0;
    for point in FAULT_POINTS {
        for hit in 1..=8 {
            let folder = TempDir::new().unwrap();
            run_child(folder.path(), point, hit);
            let store_folder = folder.path().join("store");
            if folder.path().join("finished").exists() {
                break;
            }
            died += 1;
            if !folder.path().join("made").exists() {
                // It died while the store was made: that opens or can be told from a whole one.
                continue;
            }
            look(folder.path(), &store_folder, point, hit);
        }
    }
    assert!(
        died >= FAULT_POINTS.len(),
        "{died} deaths at {} points",
        FAULT_POINTS.len()
    );
}

fn look(folder: &Path, store_folder: &Path, point: &str, hit: u32) {
    let at = format!("{point} {hit}");
    let account = std::fs::read_to_string(folder.join("made"))
        .unwrap()
        .parse()
        .unwrap();
    let store = Store::open(store_folder, &key(), Arc::new(TestClock::at(MONDAY))).expect(&at);
    assert!(store.verify_audit().unwrap().breaks.is_empty(), "{at}");
    let staff = store.staff().unwrap()[0].id;
    let conversations = store.matching(&ListScope::All, staff).unwrap();
    let fetched = store.cursor(account).unwrap().cursor.is_some();
    assert!(conversations.len() <= 1, "{at}");
    // Cursor and messages came together, unless the contact was erased since.
    assert!(fetched || conversations.is_empty(), "{at}");
    if let Ok(reply) = std::fs::read_to_string(folder.join("left")) {
        // The intent was on the disk: it is never simply due again.
        if let Ok(view) = store.outbox_view(reply.parse().unwrap()) {
            assert!(
                matches!(view.state, OutboxState::Uncertain | OutboxState::Sent),
                "{at}: {:?}",
                view.state
            );
        }
    }
    for conversation in conversations {
        let view = store.conversation(conversation, 10).unwrap();
        for file in view
            .messages
            .iter()
            .flat_map(|message| &message.attachments)
        {
            assert!(
                store
                    .attachment(conversation, file.id)
                    .unwrap()
                    .data
                    .is_some(),
                "{at}"
            );
        }
    }
    store.sweep_blobs().unwrap();
    // A backup is there whole or not at all.
    let backup = folder.join("a.backup");
    if backup.exists() {
        let elsewhere = TempDir::new().unwrap();
        Store::restore(
            &backup,
            &key(),
            elsewhere.path(),
            Arc::new(TestClock::at(MONDAY)),
        )
        .expect(&at);
    }
}
