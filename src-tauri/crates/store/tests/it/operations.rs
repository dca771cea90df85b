//! Changes, their undoing, and the log that remembers them.

use domain::views::{Counts, ListScope};
use domain::{
    Acuity, Change, ConversationId, ConversationState, Origin, Pool, PoolId, Tag, TagColour, TagId,
    Timestamp, View, ViewId,
};
use proptest::prelude::*;
use store::{Refusal, StoreError, UNDO_DAYS, UndoConflict};

use crate::desk::{DAY, Desk, raw};

/// What a person sees of the practice: if this is the same, the practice is the same.
fn picture(desk: &Desk) -> (String, Counts) {
    let mut text = String::new();
    let mut all = desk.list(ListScope::All);
    all.sort_unstable();
    for id in all {
        let view = desk.view(id);
        let mut row = view.row.clone();
        // Marking as unread marks the newest message, however many were unread before.
        row.unread = row.unread.min(1);
        let messages: Vec<_> = view.messages.iter().map(|m| (m.id, m.kind)).collect();
        text += &format!("{row:?} {messages:?}\n");
    }
    text += &format!("{:?}", desk.store.vocabulary(desk.staff).unwrap());
    let mut counts = desk.store.counts(desk.staff).unwrap();
    counts.pools.retain(|(_, n)| *n > 0);
    counts.views.retain(|(_, n)| *n > 0);
    (text, counts)
}

/// The maintained counts must be what counting gives.
fn counts_are_true(desk: &Desk) {
    let counts = desk.store.counts(desk.staff).unwrap();
    let n = |scope| desk.list(scope).len() as u32;
    assert_eq!(counts.inbox, n(ListScope::Inbox));
    assert_eq!(counts.mine, n(ListScope::Mine));
    assert_eq!(counts.unassigned, n(ListScope::Unassigned));
    assert_eq!(counts.red_flags, n(ListScope::RedFlags));
    assert_eq!(counts.waiting, n(ListScope::Waiting));
    assert_eq!(counts.snoozed, n(ListScope::Snoozed));
    assert_eq!(counts.closed, n(ListScope::Closed));
    assert_eq!(counts.outbox, n(ListScope::Outbox));
    assert_eq!(counts.drafts, n(ListScope::Drafts));
    for (pool, count) in counts.pools {
        assert_eq!(count, n(ListScope::Pool { pool }));
    }
    for (view, count) in counts.views {
        assert_eq!(count, n(ListScope::View { view }), "view");
    }
}

#[test]
fn a_change_that_alters_nothing_is_not_logged() {
    let desk = Desk::new();
    let conversation = desk.receive(desk.mail("renee@home.example", "Hi", "text"));
    let change = Change::Assigned {
        conversation,
        staff: Some(desk.staff),
    };
    let first = desk.does(change.clone());
    assert_eq!(first.changed, 1);
    let head = desk.store.audit_head().unwrap();
    let second = desk.does(change);
    assert_eq!((second.operation, second.changed), (None, 0));
    assert_eq!(desk.store.audit_head().unwrap(), head);
}

#[test]
fn what_was_changed_since_is_not_undone() {
    let desk = Desk::new();
    let conversation = desk.receive(desk.mail("renee@home.example", "Hi", "text"));
    let set = |state| Change::StateSet {
        conversation,
        state,
    };
    let closed = desk.does(set(ConversationState::Closed));
    desk.does(set(ConversationState::Waiting));
    let refused = desk.undo(&closed).unwrap_err();
    assert!(
        matches!(refused, StoreError::Undo(UndoConflict::ChangedSince)),
        "{refused:?}"
    );
    assert_eq!(desk.row(conversation).state, ConversationState::Waiting);
}

#[test]
fn undo_ends_after_its_days_and_works_once() {
    let desk = Desk::new();
    let conversation = desk.receive(desk.mail("renee@home.example", "Hi", "text"));
    let set = |state| Change::StateSet {
        conversation,
        state,
    };
    let closed = desk.does(set(ConversationState::Closed));
    assert_eq!(
        desk.store.newest_undoable(desk.staff).unwrap(),
        closed.operation
    );
    let undone = desk.undo(&closed).unwrap();
    assert_eq!(desk.row(conversation).state, ConversationState::Open);
    let twice = desk.undo(&closed).unwrap_err();
    assert!(
        matches!(twice, StoreError::Undo(UndoConflict::AlreadyUndone)),
        "{twice:?}"
    );
    // Taking back the taking back.
    desk.undo(&undone).unwrap();
    assert_eq!(desk.row(conversation).state, ConversationState::Closed);
    let open = desk.does(set(ConversationState::Open));
    desk.clock.advance(UNDO_DAYS * DAY + 1);
    let late = desk.undo(&open).unwrap_err();
    assert!(
        matches!(late, StoreError::Undo(UndoConflict::TooOld)),
        "{late:?}"
    );
}

#[test]
fn merging_moves_answers_and_splitting_brings_them_back() {
    let desk = Desk::new();
    let one = desk.mail("renee@home.example", "One", "first text");
    let two = desk.mail("renee@home.example", "Two", "second text");
    let (one_id, two_id) = (one.id(), two.id());
    let (a, b) = (desk.receive(one), desk.later(1).receive(two));
    assert_ne!(a, b);
    let before = picture(&desk);
    let merged = desk.does(Change::ConversationsMerged { into: a, from: b });
    assert_eq!(desk.view(a).messages.len(), 2);
    assert_eq!(desk.list(ListScope::All), [a]);
    let answer = desk
        .mail("renee@home.example", "Two", "more")
        .answering(&[&two_id]);
    assert_eq!(
        desk.later(1).receive(answer),
        a,
        "an answer follows the merger"
    );
    desk.undo(&merged).unwrap();
    let after = desk
        .mail("renee@home.example", "Two", "still more")
        .answering(&[&two_id]);
    assert_eq!(desk.later(1).receive(after), b, "and its undoing");
    let late = desk
        .mail("renee@home.example", "One", "other")
        .answering(&[&one_id]);
    assert_eq!(desk.later(1).receive(late), a);
    assert_ne!(picture(&desk), before);
    counts_are_true(&desk);
}

#[test]
fn two_contacts_conversations_cannot_be_merged() {
    let desk = Desk::new();
    let a = desk.receive(desk.mail("renee@home.example", "Hi", "text"));
    let b = desk.receive(desk.mail("omar@home.example", "Hi", "text"));
    let refused = desk
        .try_do(Change::ConversationsMerged { into: a, from: b })
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::Refused(Refusal::CannotMerge)),
        "{refused:?}"
    );
}

#[test]
fn contacts_merge_and_part_with_their_conversations_and_words() {
    let desk = Desk::new();
    let a = desk.receive(desk.mail("renee@home.example", "Hi", "alpha"));
    let b = desk.receive(desk.mail("rlopez@work.example", "Yo", "beta"));
    let (into, from) = (desk.row(a).contact, desk.row(b).contact);
    let before = picture(&desk);
    let merged = desk.does(Change::ContactsMerged { into, from });
    let card = desk.store.contact(into).unwrap();
    assert_eq!(
        (card.handles.len(), card.conversations.len(), card.merged),
        (2, 2, vec![from])
    );
    let found = desk.search("from:renee beta", false);
    assert_eq!(found.hits[0].row.id, b);
    desk.undo(&merged).unwrap();
    assert_eq!(picture(&desk), before);
    assert!(desk.search("from:renee beta", false).hits.is_empty());
    assert_eq!(desk.search("from:rlopez beta", false).hits.len(), 1);
}

#[test]
fn a_pool_that_was_put_away_comes_back_with_its_conversations() {
    let desk = Desk::new();
    let a = desk.receive(desk.mail("renee@home.example", "Hi", "alpha"));
    let pool = Pool {
        id: PoolId::new(desk.now()),
        name: "Lab".into(),
    };
    desk.does(Change::PoolSaved { pool: pool.clone() });
    desk.does(Change::Pooled {
        conversation: a,
        pool: pool.id,
    });
    let before = picture(&desk);
    let removed = desk.does(Change::PoolRemoved { pool: pool.id });
    assert_ne!(desk.row(a).pool, pool.id);
    counts_are_true(&desk);
    desk.undo(&removed).unwrap();
    assert_eq!(picture(&desk), before);
    let again = desk.try_do(Change::PoolSaved {
        pool: Pool {
            id: PoolId::new(desk.now()),
            name: "LÁB".into(),
        },
    });
    assert!(matches!(
        again,
        Err(StoreError::Refused(Refusal::NameTaken))
    ));
}

/// A change somebody might make, in small numbers that a test can turn into ids.
#[derive(Clone, Copy, Debug)]
enum Act {
    Tag(u8, u8, bool),
    Claim(u8, bool),
    Pool(u8, u8),
    State(u8, u8),
    Acuity(u8, u8),
    Read(u8, bool),
    Merge(u8, u8),
    Split(u8),
    Rename(u8, u8),
    TagAway(u8),
    View(u8),
    Receive(u8),
    Many(u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..6u8, 0..3u8, any::<bool>()).prop_map(|(c, t, on)| Act::Tag(c, t, on)),
        (0..6u8, any::<bool>()).prop_map(|(c, on)| Act::Claim(c, on)),
        (0..6u8, 0..4u8).prop_map(|(c, p)| Act::Pool(c, p)),
        (0..6u8, 0..4u8).prop_map(|(c, s)| Act::State(c, s)),
        (0..6u8, 0..4u8).prop_map(|(c, a)| Act::Acuity(c, a)),
        (0..6u8, any::<bool>()).prop_map(|(c, on)| Act::Read(c, on)),
        (0..6u8, 0..6u8).prop_map(|(a, b)| Act::Merge(a, b)),
        (0..6u8).prop_map(Act::Split),
        (0..6u8, 0..3u8).prop_map(|(c, n)| Act::Rename(c, n)),
        (0..3u8).prop_map(Act::TagAway),
        (0..3u8).prop_map(Act::View),
        (0..6u8).prop_map(Act::Receive),
        (0..4u8).prop_map(Act::Many),
    ]
}

struct World {
    desk: Desk,
    conversations: Vec<ConversationId>,
    tags: Vec<Tag>,
}

fn world() -> World {
    let desk = Desk::new();
    let conversations = (0..6)
        .map(|n| {
            let from = format!("p{}@home.example", n % 3);
            desk.later(1)
                .receive(desk.mail(&from, &format!("S{n}"), &format!("word{n} text")))
        })
        .collect();
    let tags: Vec<Tag> = (0..3)
        .map(|n| Tag {
            id: TagId::new(desk.now()),
            name: format!("t{n}"),
            colour: TagColour::Blue,
        })
        .collect();
    for tag in &tags {
        desk.does(Change::TagSaved { tag: tag.clone() });
    }
    desk.does(Change::ViewSaved {
        view: View {
            id: ViewId::new(desk.now()),
            name: "tagged".into(),
            query: "tag:t0 OR is:mine -is:closed".into(),
            only_for: None,
        },
    });
    World {
        desk,
        conversations,
        tags,
    }
}

impl World {
    fn change(&self, act: Act) -> Option<Change> {
        let conversation = |n: u8| self.conversations[usize::from(n) % 6];
        let desk = &self.desk;
        Some(match act {
            Act::Tag(c, t, true) => Change::TagAdded {
                conversation: conversation(c),
                tag: self.tags[usize::from(t)].id,
            },
            Act::Tag(c, t, false) => Change::TagTaken {
                conversation: conversation(c),
                tag: self.tags[usize::from(t)].id,
            },
            Act::Claim(c, on) => Change::Assigned {
                conversation: conversation(c),
                staff: on.then_some(desk.staff),
            },
            Act::Pool(c, p) => Change::Pooled {
                conversation: conversation(c),
                pool: desk.store.vocabulary(desk.staff).unwrap().pools[usize::from(p)].id,
            },
            Act::State(c, s) => Change::StateSet {
                conversation: conversation(c),
                state: [
                    ConversationState::Open,
                    ConversationState::Waiting,
                    ConversationState::Closed,
                    ConversationState::Snoozed {
                        until: Timestamp::from_millis(9_999_999_999_999),
                    },
                ][usize::from(s)],
            },
            Act::Acuity(c, a) => Change::AcuitySet {
                conversation: conversation(c),
                acuity: Acuity::ALL[usize::from(a)],
                reason: "looked at".into(),
            },
            Act::Read(c, read) => Change::ReadSet {
                conversation: conversation(c),
                read,
            },
            Act::Merge(a, b) => Change::ConversationsMerged {
                into: conversation(a),
                from: conversation(b),
            },
            Act::Split(c) => Change::ConversationSplit {
                from: conversation(c),
                into: ConversationId::new(desk.now()),
                messages: vec![desk.view(conversation(c)).messages.first()?.id],
            },
            Act::Rename(c, n) => Change::ContactSaved {
                contact: desk.row(conversation(c)).contact,
                name: format!("Name{n}").into(),
            },
            Act::TagAway(t) => Change::TagRemoved {
                tag: self.tags[usize::from(t)].id,
            },
            Act::View(n) => Change::ViewSaved {
                view: View {
                    id: ViewId::new(desk.now()),
                    name: format!("v{n}"),
                    query: [
                        "is:unread",
                        "tag:t1 -pool:nursing",
                        "acuity:emergency OR is:waiting",
                    ][usize::from(n)]
                    .into(),
                    only_for: None,
                },
            },
            Act::Receive(c) => {
                let mail = desk.mail(
                    &format!("p{}@home.example", c % 3),
                    &format!("S{c}"),
                    "again",
                );
                desk.later(1).receive(mail);
                return None;
            }
            Act::Many(s) => Change::Many {
                changes: (0..6)
                    .filter_map(|c| self.change(Act::State(c, s)))
                    .collect(),
            },
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Whatever was done and is still as it was left, undoing it restores what was before; counts stay
    /// true, what a conversation keeps of its messages stays true, and the log verifies.
    #[test]
    fn undo_restores(acts in prop::collection::vec(act(), 1..14)) {
        let world = world();
        let mut done = Vec::new();
        for act in acts {
            let before = picture(&world.desk);
            let Some(change) = world.change(act) else { done.clear(); continue };
            match world.desk.try_do(change) {
                Ok(committed) if committed.operation.is_some() => done.push((before, committed, act)),
                Ok(_) => prop_assert_eq!(picture(&world.desk), before),
                Err(StoreError::Refused(_)) => prop_assert_eq!(picture(&world.desk), before),
                Err(other) => prop_assert!(false, "{:?}: {:?}", act, other),
            }
            counts_are_true(&world.desk);
        }
        for (before, committed, act) in done.into_iter().rev() {
            if let Err(error) = world.desk.undo(&committed) {
                prop_assert!(false, "{:?}: {:?}", act, error);
            }
            prop_assert_eq!(picture(&world.desk), before, "{:?}", act);
            counts_are_true(&world.desk);
        }
        prop_assert_eq!(world.desk.store.verify_audit().unwrap().breaks, Vec::<String>::new());
    }

    /// A byte changed anywhere in the log is found.
    #[test]
    fn the_log_finds_any_changed_byte(
        row in 0..12_i64,
        column in 0..13_usize,
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let world = world();
        for n in 0..4 {
            world.desk.does(world.change(Act::Claim(n, true)).unwrap());
        }
        world.desk.store.close();
        let conn = raw(world.desk.path());
        let (table, column) = [
            ("operations", "seq"), ("operations", "uuid"), ("operations", "version"),
            ("operations", "wall"), ("operations", "counter"), ("operations", "device"),
            ("operations", "origin"), ("operations", "kind"), ("operations", "body_hash"),
            ("operations", "hash"), ("operation_bodies", "salt"), ("operation_bodies", "body"),
            ("operations", "staff"),
        ][column];
        let count: i64 = conn.query_row("SELECT count(*) FROM operations", [], |r| r.get(0)).unwrap();
        let seq = row % count + 1;
        let value: rusqlite::types::Value = conn
            .query_row(&format!("SELECT {column} FROM {table} WHERE seq = ?1"), [seq], |r| r.get(0))
            .unwrap();
        use rusqlite::types::Value;
        let changed = match value {
            Value::Integer(n) => Value::Integer(n ^ (1 << bit)),
            Value::Blob(mut bytes) => { let at = place.index(bytes.len()); bytes[at] ^= 1 << bit; Value::Blob(bytes) }
            Value::Text(text) => {
                let mut bytes = text.into_bytes();
                let at = place.index(bytes.len());
                bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
                Value::Text(String::from_utf8(bytes).unwrap())
            }
            other => { let _ = other; Value::Blob(vec![1; 16]) }
        };
        conn.pragma_update(None, "foreign_keys", false).unwrap();
        let done = conn.execute(&format!("UPDATE OR IGNORE {table} SET {column} = ?1 WHERE seq = ?2"),
            rusqlite::params![changed, seq]).unwrap();
        drop(conn);
        prop_assume!(done == 1);
        let desk = world.desk.reopen();
        prop_assert!(!desk.store.verify_audit().unwrap().breaks.is_empty(), "{}.{} of {}", table, column, seq);
    }
}

#[test]
fn a_log_that_was_cut_off_is_found_by_a_head_kept_elsewhere() {
    let desk = Desk::new();
    let conversation = desk.receive(desk.mail("renee@home.example", "Hi", "text"));
    desk.does(Change::ConversationViewed { conversation });
    let head = desk.store.audit_head().unwrap();
    assert!(
        desk.store
            .verify_audit_against(&head)
            .unwrap()
            .breaks
            .is_empty()
    );
    desk.store.close();
    let conn = raw(desk.path());
    conn.execute_batch(
        "PRAGMA foreign_keys = OFF;
         DELETE FROM operations WHERE seq = (SELECT max(seq) FROM operations);
         DELETE FROM operation_bodies WHERE seq NOT IN (SELECT seq FROM operations);
         DELETE FROM operation_conversations WHERE seq NOT IN (SELECT seq FROM operations);",
    )
    .unwrap();
    drop(conn);
    let desk = desk.reopen();
    assert!(
        desk.store.verify_audit().unwrap().breaks.is_empty(),
        "the chain alone cannot tell"
    );
    assert_eq!(
        desk.store.verify_audit_against(&head).unwrap().breaks.len(),
        1
    );
}

#[test]
fn listeners_are_told_ids_and_kinds() {
    let desk = Desk::new();
    let feed = desk.store.subscribe();
    let conversation = desk.receive(desk.mail("renee@home.example", "Hi", "text"));
    let events: Vec<_> = feed.try_iter().collect();
    let ids = vec![conversation];
    assert!(events.contains(&domain::views::Event::Arrived { ids: ids.clone() }));
    assert!(events.contains(&domain::views::Event::Conversations { ids }));
    desk.store
        .commit(
            desk.me(),
            Origin::Window,
            Change::ConversationViewed { conversation },
        )
        .unwrap();
    assert_eq!(feed.try_iter().count(), 0, "looking changes nothing");
}
