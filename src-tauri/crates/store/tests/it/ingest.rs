//! Storing what arrives: once, in the right place, whatever the order.

use domain::inbound::{DeliveryOutcome, DeliveryReport, InboundAttachment, RemoteChange, RemoteId};
use domain::message::AutomaticKind;
use domain::operation::SentEvidence;
use domain::views::ListScope;
use domain::{Acuity, Change, ConversationState, OutboxState, SendFailure, Timestamp};
use proptest::prelude::*;
use store::{Findings, IngestMode};

use crate::desk::{DAY, Desk, MINUTE, MONDAY, Mail, mail_at};

#[test]
fn fetching_twice_stores_once_and_keeps_the_cursor() {
    let desk = Desk::new();
    let mail = desk.mail("renee@home.example", "Hi", "ok");
    for expected in [(1, 0), (0, 1)] {
        let done = desk
            .store
            .ingest(
                desk.account,
                IngestMode::Live,
                vec![mail.clone().0],
                Vec::new(),
                Some(domain::inbound::Cursor("c1".into())),
                true,
            )
            .unwrap();
        assert_eq!((done.stored, done.known), expected);
    }
    let state = desk.store.cursor(desk.account).unwrap();
    assert_eq!(
        (state.cursor.unwrap().0.as_str(), state.complete),
        ("c1", true)
    );
}

#[test]
fn ok_twice_is_two_messages() {
    let desk = Desk::new();
    let a = desk.mail("renee@home.example", "", "ok").named("");
    let b = desk.mail("renee@home.example", "", "ok").named("");
    assert_eq!(desk.ingest(IngestMode::Live, vec![a, b]).stored, 2);
}

#[test]
fn a_new_name_for_a_known_mail_is_only_a_name() {
    let desk = Desk::new();
    let mail = desk.mail("renee@home.example", "Hi", "ok");
    let conversation = desk.receive(mail.clone());
    let change = |change| {
        desk.store
            .ingest(
                desk.account,
                IngestMode::Live,
                Vec::new(),
                vec![change],
                None,
                false,
            )
            .unwrap();
    };
    change(RemoteChange::NamesForgotten {
        prefix: "INBOX/1/".into(),
    });
    let again = mail
        .clone()
        .with(|item| item.remote_id = RemoteId("INBOX/2/9".into()));
    let done = desk.ingest(IngestMode::Live, vec![again]);
    assert_eq!((done.stored, done.known), (0, 1));
    change(RemoteChange::Renamed {
        from: RemoteId("INBOX/2/9".into()),
        to: RemoteId("Done/1/1".into()),
    });
    assert!(!desk.view(conversation).messages[0].removed_elsewhere);
    change(RemoteChange::Removed {
        remote_id: RemoteId("Done/1/1".into()),
    });
    let view = desk.view(conversation);
    assert!(
        view.messages[0].removed_elsewhere,
        "the text stays, with a mark"
    );
    assert_eq!(view.messages[0].text.reveal(), "ok");
    assert_eq!(view.timeline.last().unwrap().what, "removed_elsewhere");
    // It was only moved: it turns up elsewhere.
    let back = mail.with(|item| item.remote_id = RemoteId("Archive/1/1".into()));
    desk.ingest(IngestMode::Live, vec![back]);
    let view = desk.view(conversation);
    assert!(!view.messages[0].removed_elsewhere && view.timeline.is_empty());
}

#[test]
fn read_elsewhere_is_read_here() {
    let desk = Desk::new();
    let conversation = desk.receive(desk.mail("renee@home.example", "Hi", "ok"));
    assert_eq!(desk.row(conversation).unread, 1);
    let seen = RemoteChange::Seen {
        remote_id: RemoteId("INBOX/1/0".into()),
        seen: true,
    };
    desk.store
        .ingest(
            desk.account,
            IngestMode::Live,
            Vec::new(),
            vec![seen],
            None,
            false,
        )
        .unwrap();
    assert_eq!(desk.row(conversation).unread, 0);
    assert_eq!(desk.store.counts(desk.staff).unwrap().unread, 0);
}

#[test]
fn a_bare_thanks_leaves_a_snooze_alone_and_anything_else_ends_it() {
    let desk = Desk::new();
    let first = desk.mail("renee@home.example", "Refill", "please");
    let id = first.id();
    let conversation = desk.receive(first);
    let until = desk.now().plus_millis(DAY);
    desk.does(Change::ReadSet {
        conversation,
        read: true,
    });
    desk.does(Change::StateSet {
        conversation,
        state: ConversationState::Snoozed { until },
    });
    let thanks = desk
        .mail("renee@home.example", "Refill", "ok thank you so much 🙏")
        .answering(&[&id]);
    desk.later(1).receive(thanks);
    let row = desk.row(conversation);
    assert_eq!(
        (row.state, row.unread, row.messages),
        (ConversationState::Snoozed { until }, 0, 2)
    );
    let away = desk
        .mail("renee@home.example", "Refill", "I am away")
        .answering(&[&id]);
    desk.later(1)
        .receive(away.with(|item| item.automatic = Some(AutomaticKind::Reply)));
    assert!(matches!(
        desk.row(conversation).state,
        ConversationState::Snoozed { .. }
    ));
    let more = desk
        .mail("renee@home.example", "Refill", "thanks, but it hurts")
        .answering(&[&id]);
    desk.later(1).receive(more);
    assert_eq!(desk.row(conversation).state, ConversationState::Open);
}

#[test]
fn a_closed_conversation_opens_again() {
    let desk = Desk::new();
    let first = desk.mail("renee@home.example", "Refill", "please");
    let id = first.id();
    let conversation = desk.receive(first);
    desk.later(1).does(Change::StateSet {
        conversation,
        state: ConversationState::Closed,
    });
    let done = desk.later(1).ingest(
        IngestMode::Live,
        vec![
            desk.mail("renee@home.example", "Refill", "again")
                .answering(&[&id]),
        ],
    );
    assert!(done.items[0].reopened && !done.items[0].opened);
    assert_eq!(
        desk.row(conversation).waiting_since,
        Some(desk.now()),
        "not since what was settled"
    );
}

#[test]
fn a_bounce_turns_the_reply_failed_beside_it() {
    let desk = Desk::new();
    let conversation = desk.receive(desk.mail("renee@home.example", "Refill", "please"));
    let (reply, change) = desk.reply(conversation, "text");
    desk.does(change);
    desk.machine(Change::ReplySending {
        conversation,
        reply,
        attempt: 1,
    });
    desk.machine(Change::ReplySent {
        conversation,
        reply,
        evidence: SentEvidence::Accepted,
    });
    let bounce = desk
        .mail("mailer-daemon@mx.example", "Undelivered", "no such user")
        .with(|item| {
            item.automatic = Some(AutomaticKind::Report);
            item.delivery = Some(DeliveryReport {
                message_id: Some(format!("{reply}@clinic.example")),
                outcome: DeliveryOutcome::Failed,
                status: "5.1.1".into(),
                diagnostic: "no such user".into(),
            });
        });
    assert_eq!(desk.later(1).receive(bounce), conversation);
    let view = desk.store.outbox_view(reply).unwrap();
    assert_eq!(
        (view.state, view.failure),
        (OutboxState::Failed, Some(SendFailure::Bounced))
    );
    let shown = desk.view(conversation);
    assert_eq!(shown.row.state, ConversationState::Open);
    assert_eq!(
        shown.messages.last().unwrap().from.address.reveal(),
        "mailer-daemon@mx.example"
    );
}

#[test]
fn our_mail_from_another_program_stands_in_the_conversation() {
    let desk = Desk::new();
    let first = desk.mail("renee@home.example", "Refill", "please");
    let id = first.id();
    let conversation = desk.receive(first);
    let sent = desk
        .later(1)
        .mail("renee@home.example", "Re: Refill", "done")
        .outbound()
        .answering(&[&id]);
    assert_eq!(desk.receive(sent), conversation);
    let row = desk.row(conversation);
    assert_eq!(
        (row.state, row.waiting_since, row.preview_is_ours),
        (ConversationState::Waiting, None, true)
    );
}

#[test]
fn the_machine_raises_urgency_and_never_lowers_it() {
    let desk = Desk::new();
    let found = |acuity| Findings {
        acuity,
        reason: "chest pain".into(),
        detail: serde_json::json!({"x": 1}),
    };
    let first = desk.mail("renee@home.example", "Pain", "chest pain");
    let id = first.id();
    let mut first = first;
    first.0.findings = Some(found(Acuity::Emergency));
    let conversation = desk.receive(first);
    let row = desk.row(conversation);
    assert_eq!((row.acuity, row.red_flag), (Acuity::Emergency, true));
    assert_eq!(desk.list(ListScope::RedFlags), [conversation]);
    let mut second = desk
        .mail("renee@home.example", "Pain", "thanks all fine")
        .answering(&[&id]);
    second.0.findings = Some(found(Acuity::Administrative));
    desk.later(1).receive(second);
    assert_eq!(desk.row(conversation).acuity, Acuity::Emergency);
    assert_eq!(
        desk.view(conversation).messages[0].findings,
        Some(serde_json::json!({"x": 1}))
    );
}

#[test]
fn files_are_sealed_once_and_any_flipped_byte_is_found() {
    let desk = Desk::new();
    let file = |data: Vec<u8>| InboundAttachment {
        name: "scan.jpg".into(),
        media_type: "image/jpeg".into(),
        inline: false,
        content_id: None,
        danger: None,
        size: data.len() as u64,
        data: Some(data),
    };
    let big: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    let a = desk.mail("renee@home.example", "A", "one").with(|item| {
        item.attachments = vec![file(big.clone()), file(vec![1; 100])];
    });
    let b = desk
        .mail("omar@home.example", "B", "two")
        .with(|item| item.attachments = vec![file(big.clone())]);
    let conversation = desk.receive(a);
    desk.receive(b);
    let files = desk.view(conversation).messages[0].attachments.clone();
    assert_eq!(files.len(), 2);
    let stored = desk.store.attachment(conversation, files[0].id).unwrap();
    assert_eq!(stored.data.as_deref(), Some(big.as_slice()));
    let blobs: Vec<_> = std::fs::read_dir(desk.path().join("blobs"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    assert_eq!(
        blobs.len(),
        1,
        "equal bytes are kept once, small ones inside"
    );
    let sealed = std::fs::read(&blobs[0]).unwrap();
    for at in [0, 8, 9, 70_000, sealed.len() - 1] {
        let mut damaged = sealed.clone();
        damaged[at] ^= 4;
        std::fs::write(&blobs[0], damaged).unwrap();
        let error = desk
            .store
            .attachment(conversation, files[0].id)
            .unwrap_err();
        assert!(matches!(error, store::StoreError::Seal), "{at}: {error:?}");
    }
    for length in [0, 7, 8, 100, 65_560, sealed.len() - 1] {
        std::fs::write(&blobs[0], &sealed[..length]).unwrap();
        assert!(
            desk.store.attachment(conversation, files[0].id).is_err(),
            "{length}"
        );
    }
    std::fs::write(desk.path().join("blobs/orphan.part"), b"x").unwrap();
    assert_eq!(desk.store.sweep_blobs().unwrap(), 1);
}

#[test]
fn newest_search_hits_are_the_newest_by_date_whatever_the_order_of_arrival() {
    let desk = Desk::new();
    for n in [3_u64, 1, 2, 0] {
        let at = MONDAY.plus_millis(-(n as i64) * DAY);
        let mail = mail_at(n, at, &format!("p{n}@home.example"), "Hi", "same word");
        desk.ingest(
            IngestMode::CatchUp {
                open_since: Timestamp::from_millis(0),
            },
            vec![mail],
        );
    }
    let found = desk.search("word", false);
    let names: Vec<_> = found
        .hits
        .iter()
        .map(|hit| hit.row.contact_name.reveal().to_owned())
        .collect();
    assert_eq!(names, ["p0", "p1", "p2", "p3"]);
}

/// Mails of three threads by two people, answering each other.
fn threads() -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    let mut ids: Vec<Vec<String>> = vec![Vec::new(); 3];
    for n in 0..12_u64 {
        let thread = (n % 3) as usize;
        let from = if thread == 2 {
            "omar@home.example"
        } else {
            "renee@home.example"
        };
        let at = MONDAY.plus_millis(n as i64 * MINUTE);
        let parents: Vec<&str> = ids[thread].iter().rev().map(String::as_str).collect();
        let mut mail =
            mail_at(n, at, from, &format!("T{thread}"), &format!("text {n}")).answering(&parents);
        if n % 4 == 3 {
            mail = mail.outbound();
        }
        ids[thread].push(mail.id());
        mails.push(mail);
    }
    mails
}

/// Which mails stand together, and what the list shows of them.
fn grouping(desk: &Desk) -> Vec<String> {
    let mut all: Vec<String> = desk
        .list(ListScope::All)
        .into_iter()
        .map(|id| {
            let view = desk.view(id);
            let texts: Vec<_> = view
                .messages
                .iter()
                .map(|m| m.text.reveal().to_owned())
                .collect();
            let row = view.row;
            format!(
                "{texts:?} {:?} {} {:?} {}",
                row.last_at,
                row.messages,
                row.waiting_since,
                row.preview.reveal()
            )
        })
        .collect();
    all.sort_unstable();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Any order, any batches, any repetition: the same conversations with the same content.
    #[test]
    fn order_batches_and_repeats_do_not_matter(
        order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in prop::collection::vec(1..6_usize, 1..8),
        repeats in prop::collection::vec(0..12_usize, 0..6),
    ) {
        let mode = IngestMode::CatchUp { open_since: Timestamp::from_millis(0) };
        let straight = Desk::new();
        straight.ingest(mode, threads());
        let mixed = Desk::new();
        let mails = threads();
        let sequence: Vec<usize> = order.into_iter().chain(repeats).collect();
        let mut rest = sequence.as_slice();
        let mut cuts = cuts.iter().cycle();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
            mixed.ingest(mode, now.iter().map(|n| mails[*n].clone()).collect());
            rest = later;
        }
        prop_assert_eq!(grouping(&mixed), grouping(&straight));
    }
}
