//! Who is who on a mail, and which dates are believed.

use super::*;

fn own() -> Own {
    Own::new(["Front@Practice.example", "info@practice.example"])
}

fn at(text: &str) -> Timestamp {
    super::super::imap::mailbox::date(text).unwrap()
}

fn item(header: &str) -> Item {
    let raw =
        format!("{header}Message-ID: <1@x.example>\r\nSubject: Re: A question\r\n\r\nHello\r\n");
    item_from_raw(
        raw.into_bytes(),
        &own(),
        Some(at("02-May-2026 09:35:00 +0000")),
        false,
        RemoteId("x".into()),
    )
}

fn address(handle: &Handle) -> &str {
    handle.address.reveal()
}

#[test]
fn the_contact_is_the_other_side() {
    let inbound = item(
        "From: Sam <Sam@Mail.example>\r\nTo: front@practice.example, kim@mail.example\r\nReply-To: sam.private@mail.example\r\n",
    );
    assert_eq!(inbound.direction, Direction::Inbound);
    assert_eq!(address(&inbound.contact), "sam@mail.example");
    assert_eq!(
        inbound.others.iter().map(address).collect::<Vec<_>>(),
        ["kim@mail.example"]
    );
    assert_eq!(
        address(&inbound.reply_to.unwrap()),
        "sam.private@mail.example"
    );

    let outbound = item(
        "From: info@practice.example\r\nTo: info@practice.example, Sam <sam@mail.example>\r\n",
    );
    assert_eq!(outbound.direction, Direction::Outbound);
    assert_eq!(address(&outbound.contact), "sam@mail.example");

    let form = item(
        "From: info@practice.example\r\nTo: front@practice.example\r\nReply-To: sam@mail.example\r\n",
    );
    assert_eq!(form.direction, Direction::Inbound);
    assert_eq!(address(&form.contact), "sam@mail.example");
    assert_eq!(form.reply_to, None);
}

#[test]
fn absurd_dates_give_way_to_the_arrival() {
    let received = at("02-May-2026 09:35:00 +0000");
    for (date, expected) in [
        (
            "Fri, 1 May 2026 10:00:00 +0000",
            at("01-May-2026 10:00:00 +0000"),
        ),
        (
            "Sat, 2 May 2026 12:00:00 +0000",
            at("02-May-2026 12:00:00 +0000"),
        ),
        ("Fri, 1 Jan 2099 10:00:00 +0000", received),
        ("Thu, 1 Jan 1970 00:00:00 +0000", received),
        ("soon", received),
    ] {
        let item = item(&format!("From: sam@mail.example\r\nDate: {date}\r\n"));
        assert_eq!(item.sent_at, expected, "{date}");
    }
}

#[test]
fn parents_stand_nearest_first() {
    let item =
        item("From: sam@mail.example\r\nReferences: <a@x> <b@x> <c@x>\r\nIn-Reply-To: <c@x>\r\n");
    assert_eq!(item.thread.parents, ["c@x", "b@x", "a@x"]);
    assert_eq!(item.thread.own, "1@x.example");
    assert_eq!(item.thread.subject, "a question");
}

#[test]
fn what_is_no_mail_is_kept_raw() {
    let raw = vec![0xff, 0x00, 0x01, b'\n', 0xfe];
    let item = item_from_raw(raw.clone(), &own(), None, true, RemoteId("x".into()));
    assert_eq!(item.raw, Some(raw));
    assert!(item.seen && !item.problems.is_empty());
}
