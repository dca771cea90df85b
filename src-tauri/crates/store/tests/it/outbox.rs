//! A reply's way out.

use domain::operation::{AfterReply, SentEvidence};
use domain::views::{DraftKind, ListScope};
use domain::{Change, ConversationState, MessageKind, OutboxState, SendFailure};
use store::{NewAttachment, NewDraft, Refusal, StoreError};

use crate::desk::{Desk, MINUTE};

fn asked(desk: &Desk) -> domain::ConversationId {
    desk.receive(desk.mail("renee@home.example", "Refill", "please"))
}

#[test]
fn a_held_reply_is_due_after_its_time_and_settles_the_conversation() {
    let desk = Desk::new();
    let conversation = asked(&desk);
    let (reply, mut change) = desk.reply(conversation, "It is ready.");
    if let Change::ReplyQueued { not_before, .. } = &mut change {
        *not_before = desk.now().plus_millis(MINUTE);
    }
    desk.does(change);
    assert_eq!(
        desk.store.outbox_view(reply).unwrap().state,
        OutboxState::Held
    );
    assert_eq!(
        desk.store.due_replies(desk.account, desk.now()).unwrap(),
        []
    );
    assert_eq!(
        desk.store.next_due(desk.account).unwrap(),
        Some(desk.now().plus_millis(MINUTE))
    );
    desk.later(1);
    assert_eq!(
        desk.store.due_replies(desk.account, desk.now()).unwrap(),
        [reply]
    );
    desk.machine(Change::ReplySending {
        conversation,
        reply,
        attempt: 1,
    });
    let ready = desk.store.outgoing(reply).unwrap();
    assert_eq!(
        ready.outgoing.in_reply_to.as_deref(),
        Some("m0@mail.example")
    );
    assert_eq!(ready.outgoing.references, ["m0@mail.example"]);
    assert_eq!(ready.outgoing.subject.reveal(), "Re: Refill");
    desk.machine(Change::ReplySent {
        conversation,
        reply,
        evidence: SentEvidence::Accepted,
    });
    let row = desk.row(conversation);
    assert_eq!(
        (row.state, row.waiting_since, row.outbox),
        (ConversationState::Waiting, None, None)
    );
    assert_eq!(desk.list(ListScope::Outbox), []);
    let marks: Vec<_> = desk.store.waiting_marks(desk.account).unwrap();
    assert_eq!(marks.len(), 1, "the mail is to be marked answered");
}

#[test]
fn only_allowed_steps_are_taken() {
    let desk = Desk::new();
    let conversation = asked(&desk);
    let (reply, change) = desk.reply(conversation, "text");
    desk.does(change);
    let refused = desk
        .try_do(Change::ReplySent {
            conversation,
            reply,
            evidence: SentEvidence::StaffSaid,
        })
        .unwrap_err();
    assert!(matches!(
        refused,
        StoreError::Refused(Refusal::OutboxTransition {
            from: OutboxState::Queued,
            to: OutboxState::Sent
        })
    ));
    desk.machine(Change::ReplySending {
        conversation,
        reply,
        attempt: 1,
    });
    let refused = desk
        .try_do(Change::ReplyCancelled {
            conversation,
            reply,
        })
        .unwrap_err();
    assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    let refused = desk
        .try_do(Change::ReplySending {
            conversation,
            reply,
            attempt: 2,
        })
        .unwrap_err();
    assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
}

#[test]
fn what_was_leaving_when_the_process_ended_is_uncertain_and_never_due() {
    let desk = Desk::new();
    let conversation = asked(&desk);
    let (reply, change) = desk.reply(conversation, "text");
    desk.does(change);
    desk.machine(Change::ReplySending {
        conversation,
        reply,
        attempt: 1,
    });
    let desk = desk.reopen();
    assert_eq!(
        desk.store.outbox_view(reply).unwrap().state,
        OutboxState::Uncertain
    );
    assert_eq!(
        desk.store.due_replies(desk.account, desk.now()).unwrap(),
        []
    );
    assert_eq!(desk.store.uncertain_replies(desk.account).unwrap(), [reply]);
    assert_eq!(desk.row(conversation).outbox, Some(OutboxState::Uncertain));
    // It lies in the sent folder after all.
    let mail = desk
        .mail("renee@home.example", "Re: Refill", "text")
        .outbound()
        .named(&format!("{reply}@clinic.example"));
    let done = desk.ingest(store::IngestMode::Live, vec![mail]);
    assert_eq!((done.stored, done.known), (0, 1));
    assert_eq!(
        desk.store.outbox_view(reply).unwrap().state,
        OutboxState::Sent
    );
    assert_eq!(desk.view(conversation).messages.len(), 2);
}

#[test]
fn a_reply_taken_back_is_the_draft_again_with_its_files() {
    let desk = Desk::new();
    let conversation = asked(&desk);
    let file = NewAttachment {
        name: "plan.pdf".into(),
        media_type: "application/pdf".into(),
        data: vec![5; 70_000],
    };
    let file = desk.store.attach(conversation, &file).unwrap();
    desk.store
        .save_draft(&NewDraft {
            conversation,
            kind: DraftKind::Reply,
            to: None,
            subject: "Re: Refill".into(),
            text: "half".into(),
            attachments: vec![file.id],
            staff: desk.staff,
        })
        .unwrap();
    assert!(desk.row(conversation).has_draft);
    let (reply, mut change) = desk.reply(conversation, "whole");
    if let Change::ReplyQueued {
        attachments,
        not_before,
        ..
    } = &mut change
    {
        *attachments = vec![file.id];
        *not_before = desk.now().plus_millis(MINUTE);
    }
    desk.does(change);
    assert!(desk.view(conversation).draft.is_none());
    assert_eq!(
        desk.store.outgoing(reply).unwrap().outgoing.attachments[0].data,
        vec![5; 70_000]
    );
    assert_eq!(desk.search("plan", false).hits.len(), 1);
    desk.does(Change::ReplyCancelled {
        conversation,
        reply,
    });
    let view = desk.view(conversation);
    let draft = view.draft.unwrap();
    assert_eq!(draft.text.reveal(), "whole");
    assert_eq!(draft.attachments.len(), 1);
    assert_eq!(view.messages.len(), 1);
    assert!(desk.search("whole", false).hits.is_empty());
    desk.store.discard_draft(conversation).unwrap();
    assert_eq!(
        desk.store
            .attachment(conversation, file.id)
            .unwrap_err()
            .to_string(),
        "there is no such attachment"
    );
    assert_eq!(
        std::fs::read_dir(desk.path().join("blobs"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn a_failure_brings_the_conversation_back_and_can_be_tried_again() {
    let desk = Desk::new();
    let conversation = asked(&desk);
    let (reply, change) = desk.reply(conversation, "text");
    desk.does(change);
    desk.machine(Change::ReplySending {
        conversation,
        reply,
        attempt: 1,
    });
    desk.machine(Change::ReplyFailed {
        conversation,
        reply,
        failure: SendFailure::Refused,
        why: "policy".into(),
    });
    let row = desk.row(conversation);
    assert_eq!(
        (row.state, row.outbox),
        (ConversationState::Open, Some(OutboxState::Failed))
    );
    assert_eq!(desk.search("is:failed", false).hits.len(), 1);
    desk.does(Change::ReplyRetried {
        conversation,
        reply,
    });
    assert_eq!(
        desk.store.due_replies(desk.account, desk.now()).unwrap(),
        [reply]
    );
}

#[test]
fn a_note_is_not_a_reply_and_leaves_by_no_path() {
    let desk = Desk::new();
    let conversation = asked(&desk);
    let note = domain::MessageId::new(desk.now());
    desk.does(Change::NoteAdded {
        conversation,
        note,
        text: domain::NoteText::new("watch this"),
        mentions: vec![desk.staff],
    });
    assert!(matches!(
        desk.store.outgoing(note),
        Err(StoreError::NotFound("reply"))
    ));
    for change in [
        Change::ReplySending {
            conversation,
            reply: note,
            attempt: 1,
        },
        Change::ReplyRetried {
            conversation,
            reply: note,
        },
        Change::ReplySent {
            conversation,
            reply: note,
            evidence: SentEvidence::StaffSaid,
        },
    ] {
        assert!(matches!(
            desk.try_do(change),
            Err(StoreError::NotFound("reply"))
        ));
    }
    let view = desk.view(conversation);
    assert_eq!(view.messages[1].kind, MessageKind::Note);
    assert_eq!(
        view.row.preview.reveal(),
        "please",
        "a note is not previewed"
    );
    assert_eq!(desk.search("has:note", false).hits.len(), 1);
}

#[test]
fn a_message_that_came_while_the_reply_waited_is_not_answered_by_it() {
    let desk = Desk::new();
    let first = desk.mail("renee@home.example", "Refill", "please");
    let id = first.id();
    let conversation = desk.receive(first);
    let (reply, mut change) = desk.later(1).reply(conversation, "text");
    if let Change::ReplyQueued { then, .. } = &mut change {
        *then = AfterReply::Close;
    }
    desk.does(change);
    desk.later(1).receive(
        desk.mail("renee@home.example", "Refill", "it got worse")
            .answering(&[&id]),
    );
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
    assert_eq!(desk.row(conversation).state, ConversationState::Open);
}
