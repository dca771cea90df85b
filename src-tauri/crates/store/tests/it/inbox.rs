//! Lists, counts and conversations.

use domain::query::Query;
use domain::{Change, ConversationState, Tag, TagColour, TagId};
use store::{
    BuiltIn, InboxRequest, IngestMode, SearchHandle, SearchOrder, SearchRequest, Sort, ViewFilter,
};

use crate::desk::Desk;

fn request(desk: &Desk, filter: ViewFilter) -> InboxRequest {
    InboxRequest {
        filter,
        sort: Sort::Newest,
        after: None,
        limit: 50,
        viewer: desk.viewer(),
    }
}

#[test]
fn a_mail_becomes_an_open_unread_conversation() {
    let desk = Desk::new();
    let conversation =
        desk.receive(desk.mail("renee@home.example", "Refill", "My inhaler is empty"));
    let page = desk
        .store
        .inbox(&request(&desk, ViewFilter::BuiltIn(BuiltIn::Inbox)))
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
    let messages = desk.store.messages(conversation, None, 50).unwrap();
    assert_eq!(messages.rows[0].text.reveal(), "My inhaler is empty");
    assert_eq!(desk.store.counts(desk.viewer()).unwrap().inbox, 1);
}

#[test]
fn pages_follow_each_other_without_gap_or_repeat() {
    let desk = Desk::new();
    for n in 0..25 {
        desk.later(1)
            .receive(desk.mail(&format!("p{n}@home.example"), "Hi", "text"));
    }
    for sort in [Sort::Newest, Sort::Acuity, Sort::OldestWaiting] {
        let mut request = request(&desk, ViewFilter::BuiltIn(BuiltIn::Inbox));
        request.sort = sort;
        request.limit = 7;
        let mut seen = Vec::new();
        loop {
            let page = desk.store.inbox(&request).unwrap();
            seen.extend(page.rows.iter().map(|row| row.id));
            request.after = page.next;
            if request.after.is_none() {
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
        for order in [SearchOrder::Newest, SearchOrder::Best] {
            let found = desk
                .store
                .search(
                    &SearchRequest {
                        query: Query::parse(query),
                        order,
                        after: None,
                        limit: 50,
                        viewer: desk.viewer(),
                    },
                    &SearchHandle::new(),
                )
                .unwrap();
            let ids: Vec<_> = found.hits.iter().map(|hit| hit.conversation.id).collect();
            assert_eq!(ids, [rash], "{query} {order:?}");
        }
    }
    let page = desk
        .store
        .inbox(&request(
            &desk,
            ViewFilter::Query(Query::parse("rash tag:skin")),
        ))
        .unwrap();
    assert_eq!(page.rows.len(), 1);
}

#[test]
fn an_import_is_closed_and_read() {
    let desk = Desk::new();
    let mail = desk.mail("renee@home.example", "Old", "long ago");
    desk.ingest(IngestMode::Import, vec![mail]);
    let counts = desk.store.counts(desk.viewer()).unwrap();
    assert_eq!((counts.inbox, counts.closed, counts.unread), (0, 1, 0));
}
