//! The first fetch: newest first, in pages, bounded, with progress, stopped and gone on with.

use channels::email::FirstFetch;
use channels::{ChannelError, Connector, FetchBudget};
use testkit::servers::Dovecot;

use crate::support::{Account, FRONT, Model, mail, settings, truth};

fn budget(items: usize) -> FetchBudget {
    FetchBudget {
        items,
        ..FetchBudget::default()
    }
}

fn filled(count: usize) -> Dovecot {
    let dovecot = Dovecot::start();
    for number in 1..=count {
        dovecot.deliver(FRONT, "INBOX", &mail(number));
    }
    dovecot
}

#[tokio::test]
async fn the_newest_come_first_and_progress_is_told() {
    let dovecot = filled(120);
    let account = Account::reading(dovecot.port());
    let mut model = Model::default();
    let mut next = 120;
    loop {
        let batch = account
            .connector
            .fetch(model.cursor.as_ref(), &budget(50))
            .await
            .unwrap();
        let mut numbers: Vec<usize> = batch
            .items
            .iter()
            .map(|item| item.thread.own.split('@').next().unwrap().parse().unwrap())
            .collect();
        numbers.sort_unstable();
        assert_eq!(
            numbers,
            ((next + 1 - numbers.len())..=next).collect::<Vec<_>>()
        );
        next -= numbers.len();
        let progress = batch.progress.unwrap();
        assert_eq!((progress.done, progress.total), (120 - next as u64, 120));
        let more = batch.more;
        assert_eq!(more, next > 0);
        model.take(batch);
        if !more {
            break;
        }
    }
    assert_eq!(model.view(), truth(&dovecot, &["INBOX"]));
    let batch = account
        .connector
        .fetch(model.cursor.as_ref(), &budget(50))
        .await
        .unwrap();
    assert!(
        batch.items.is_empty()
            && batch.changes.is_empty()
            && !batch.more
            && batch.progress.is_none()
    );
}

#[tokio::test]
async fn nothing_is_marked_as_read_by_reading() {
    let dovecot = filled(3);
    Model::default()
        .sync(&Account::reading(dovecot.port()))
        .await
        .unwrap();
    assert!(truth(&dovecot, &["INBOX"]).iter().all(|(.., seen)| !seen));
}

#[tokio::test]
async fn a_bound_on_messages_keeps_the_newest() {
    let dovecot = filled(30);
    let mut settings = settings(dovecot.port(), 9);
    settings.first_fetch = FirstFetch {
        days: None,
        messages: Some(12),
    };
    let account = Account::new(settings);
    let mut model = Model::default();
    model.sync_with(&account, &budget(5)).await.unwrap();
    let mut expected: Vec<String> = (19..=30)
        .map(|number| format!("{number}@mail.example"))
        .collect();
    expected.sort();
    assert_eq!(model.ids(), expected);
    // Older mail stays out of sight, also when it is deleted or read elsewhere.
    dovecot.doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "uid", "3"]);
    dovecot.doveadm(&[
        "flags", "add", "-u", FRONT, "\\Seen", "mailbox", "INBOX", "uid", "4",
    ]);
    let batch = account
        .connector
        .fetch(model.cursor.as_ref(), &budget(5))
        .await
        .unwrap();
    assert!(batch.items.is_empty() && batch.changes.is_empty());
}

#[tokio::test]
async fn a_bound_on_days_leaves_older_mail_out() {
    let dovecot = filled(4);
    // Received when the server took it in: move two of them to last year.
    let listed = dovecot.maildir(FRONT).join("new");
    let mut files: Vec<_> = std::fs::read_dir(&listed)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let now = std::time::UNIX_EPOCH
        + std::time::Duration::from_millis(crate::support::NOW.millis() as u64);
    let day = std::time::Duration::from_secs(86_400);
    for (file, days) in files.iter().zip([400, 31, 29, 0]) {
        std::fs::File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_modified(now - day * days)
            .unwrap();
    }
    let mut settings = settings(dovecot.port(), 9);
    settings.first_fetch = FirstFetch {
        days: Some(29),
        messages: None,
    };
    let account = Account::new(settings);
    let mut model = Model::default();
    model.sync(&account).await.unwrap();
    assert_eq!(model.ids(), ["3@mail.example", "4@mail.example"]);
}

#[tokio::test]
async fn stopped_between_pages_it_goes_on_where_it_was() {
    let dovecot = filled(25);
    let account = Account::reading(dovecot.port());
    let mut model = Model::default();
    model.take(account.connector.fetch(None, &budget(10)).await.unwrap());
    let stopping = budget(10);
    stopping.stop.cancel();
    let stopped = account
        .connector
        .fetch(model.cursor.as_ref(), &stopping)
        .await;
    assert_eq!(stopped.err(), Some(ChannelError::Stopped));
    // New mail overtakes what is still missing.
    dovecot.deliver(FRONT, "INBOX", &mail(26));
    let batch = account
        .connector
        .fetch(model.cursor.as_ref(), &budget(1))
        .await
        .unwrap();
    assert_eq!(batch.items[0].thread.own, "26@mail.example");
    model.take(batch);
    model.sync_with(&account, &budget(10)).await.unwrap();
    assert_eq!(model.view(), truth(&dovecot, &["INBOX"]));
    assert_eq!(model.repeated, 0);
}

#[tokio::test]
async fn a_page_is_bounded_in_bytes_and_always_brings_something() {
    let dovecot = Dovecot::start();
    let big = |number: usize| {
        let mut mail = mail(number);
        mail.extend(
            "x".repeat(70)
                .into_bytes()
                .into_iter()
                .chain(*b"\r\n")
                .cycle()
                .take(72 * 1_000),
        );
        mail
    };
    for number in 1..=5 {
        dovecot.deliver(FRONT, "INBOX", &big(number));
    }
    let account = Account::reading(dovecot.port());
    for (bytes, expected) in [(1, 1), (150_000, 2), (10_000_000, 5)] {
        let budget = FetchBudget {
            bytes,
            ..FetchBudget::default()
        };
        let batch = account.connector.fetch(None, &budget).await.unwrap();
        assert_eq!(batch.items.len(), expected, "{bytes} bytes");
        assert_eq!(batch.more, expected < 5);
    }
}

#[tokio::test]
async fn sent_mail_of_other_programs_is_outbound() {
    let dovecot = filled(1);
    dovecot.deliver(
        FRONT,
        "Sent",
        b"From: front@practice.example\r\nTo: Sam <sam@mail.example>\r\nSubject: Re: Question 1\r\nMessage-ID: <r@practice.example>\r\nIn-Reply-To: <1@mail.example>\r\n\r\nYes\r\n",
    );
    let account = Account::reading(dovecot.port());
    let batch = account.connector.fetch(None, &budget(10)).await.unwrap();
    let sent = batch
        .items
        .iter()
        .find(|item| item.thread.own == "r@practice.example")
        .unwrap();
    assert_eq!(sent.direction, domain::Direction::Outbound);
    assert_eq!(sent.contact.address.reveal(), "sam@mail.example");
    assert_eq!(sent.thread.parents, ["1@mail.example"]);
}
