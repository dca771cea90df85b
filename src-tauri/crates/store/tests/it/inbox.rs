//! Lists, counts and conversations.

use domain::views::{InboxSort, ListScope};
use domain::{Change, ConversationState, Tag, TagColour, TagId};
use store::IngestMode;

use crate::desk::Desk;

#[test]
fn a_mail_becomes_an_open_unread_conversation() {
    let desk = Desk::new();
    let conversation =
        desk.receive(desk.mail("renee@home.example", "Refill", "My inhaler is empty"));
    let page = desk
        .store
        .inbox(&ListScope::Inbox, desk.staff, InboxSort::Newest, None, 50)
        .unwrap();
    assert_eq!(page.rows.len(), 1);
    let row = &page.rows[0];
    assert_eq!(row.id, conversation);
    assert_eq!(row.contact_name.reveal(), "renee");
    assert_eq!(row.subject.reveal(), "Refill");
    assert_eq!(row.preview.reveal(), "My inhaler is empty");
    assert_eq!(row.state, ConversationState::Open);
    assert_eq!((row.unread, row.messages), (1, 1));
    assert_eq!(row.waiting_since, Some(desk.now()));
    assert_eq!(
        desk.view(conversation).messages[0].text.reveal(),
        "My inhaler is empty"
    );
    assert_eq!(desk.store.counts(desk.staff).unwrap().inbox, 1);
}

#[test]
fn pages_follow_each_other_without_gap_or_repeat() {
    let desk = Desk::new();
    for n in 0..25 {
        desk.later(1)
            .receive(desk.mail(&format!("p{n}@home.example"), "Hi", "text"));
    }
    for sort in [InboxSort::Newest, InboxSort::Urgent, InboxSort::Waiting] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = desk
                .store
                .inbox(&ListScope::Inbox, desk.staff, sort, cursor.as_deref(), 7)
                .unwrap();
            seen.extend(page.rows.iter().map(|row| row.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let mut unique = seen.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!((seen.len(), unique.len()), (25, 25), "{sort:?}");
    }
}

#[test]
fn search_finds_by_word_name_and_tag() {
    let desk = Desk::new();
    let rash = desk.receive(desk.mail("renee@home.example", "Rash", "Une éruption on my arm"));
    desk.receive(desk.mail("omar@home.example", "Bill", "I was charged twice"));
    let tag = Tag {
        id: TagId::new(desk.now()),
        name: "Skin".into(),
        colour: TagColour::Teal,
    };
    desk.does(Change::TagSaved { tag: tag.clone() });
    desk.does(Change::TagAdded {
        conversation: rash,
        tag: tag.id,
    });
    for query in [
        "eruption",
        "ERUPTION",
        "érup*",
        "from:renee",
        "tag:skin",
        "tag:skin rash",
        "rash -charged",
        "-charged",
        "\"on my arm\"",
        "arm OR nothing",
        "in:\"front desk\" rash",
        "is:unread rash",
        "tag:skin OR zebra",
        "after:2026-03-01 rash",
        "from:renee@home.example",
    ] {
        for ranked in [false, true] {
            let found = desk.search(query, ranked);
            let ids: Vec<_> = found.hits.iter().map(|hit| hit.row.id).collect();
            assert_eq!(ids, [rash], "{query} {ranked}");
            assert_eq!((found.total, found.next), (1, None), "{query}");
        }
    }
    let snippet = desk.search("eruption", false).hits[0].snippet.clone();
    assert_eq!(snippet.reveal(), "Une \u{2068}éruption\u{2069} on my arm");
    let query = "rash tag:skin".to_owned();
    assert_eq!(desk.list(ListScope::Query { query }), [rash]);
}

#[test]
fn an_import_is_closed_and_read() {
    let desk = Desk::new();
    let mail = desk.mail("renee@home.example", "Old", "long ago");
    desk.ingest(IngestMode::Import, vec![mail]);
    let counts = desk.store.counts(desk.staff).unwrap();
    assert_eq!((counts.inbox, counts.closed, counts.unread), (0, 1, 0));
}
