//! Waiting for news: pushed where the server can, polled where it cannot.

use std::time::Duration;

use channels::{ChannelError, Connector, SignInFailure, Stop, Wake};
use domain::Secret;
use testkit::servers::{Dovecot, Proxy};

use crate::support::{Account, FRONT, Model, Without, mail, settings};

const LONG: Duration = Duration::from_secs(60);

async fn fetched(dovecot: &Dovecot) -> (Account, Model) {
    let account = Account::reading(dovecot.port());
    let mut model = Model::default();
    model.sync(&account).await.unwrap();
    (account, model)
}

#[tokio::test]
async fn new_mail_wakes_the_one_who_waits() {
    let dovecot = Dovecot::start();
    dovecot.deliver(FRONT, "INBOX", &mail(1));
    let (account, mut model) = fetched(&dovecot).await;
    for number in 2..5 {
        let stop = Stop::new();
        let waiting = account.connector.wait(model.cursor.as_ref(), LONG, &stop);
        let delivering = async { dovecot.deliver(FRONT, "INBOX", &mail(number)) };
        let (wake, ()) = tokio::join!(waiting, delivering);
        assert_eq!(wake.unwrap(), Wake::News);
        model.sync(&account).await.unwrap();
        assert_eq!(model.items.len(), number);
    }
}

#[tokio::test]
async fn what_came_before_the_waiting_began_is_news() {
    let dovecot = Dovecot::start();
    let (account, model) = fetched(&dovecot).await;
    dovecot.deliver(FRONT, "INBOX", &mail(1));
    let wake = account
        .connector
        .wait(model.cursor.as_ref(), LONG, &Stop::new())
        .await;
    assert_eq!(wake.unwrap(), Wake::News);
    assert_eq!(
        account
            .connector
            .wait(None, LONG, &Stop::new())
            .await
            .unwrap(),
        Wake::News
    );
}

#[tokio::test]
async fn marks_made_elsewhere_are_news_too() {
    let dovecot = Dovecot::start();
    dovecot.deliver(FRONT, "INBOX", &mail(1));
    let (account, model) = fetched(&dovecot).await;
    dovecot.doveadm(&[
        "flags", "add", "-u", FRONT, "\\Seen", "mailbox", "INBOX", "all",
    ]);
    let wake = account
        .connector
        .wait(model.cursor.as_ref(), LONG, &Stop::new())
        .await;
    assert_eq!(wake.unwrap(), Wake::News);
}

#[tokio::test]
async fn waiting_ends_in_time_or_when_told() {
    let dovecot = Dovecot::start();
    let (account, model) = fetched(&dovecot).await;
    let cursor = model.cursor.as_ref();
    let short = Duration::from_millis(50);
    assert_eq!(
        account
            .connector
            .wait(cursor, short, &Stop::new())
            .await
            .unwrap(),
        Wake::TimedOut
    );
    assert_eq!(
        account
            .connector
            .wait(cursor, short, &Stop::new())
            .await
            .unwrap(),
        Wake::TimedOut
    );
    let stop = Stop::new();
    let (wake, ()) = tokio::join!(account.connector.wait(cursor, LONG, &stop), async {
        stop.cancel();
    });
    assert_eq!(wake.unwrap(), Wake::Stopped);
}

#[tokio::test]
async fn a_server_that_cannot_push_is_polled() {
    let dovecot = Dovecot::start();
    let proxy = Proxy::start(dovecot.port(), || Without(&["IDLE"], Vec::new())).await;
    let account = Account::reading(proxy.port());
    let mut model = Model::default();
    model.sync(&account).await.unwrap();
    let connections = proxy.connections();
    let short = Duration::from_millis(20);
    assert_eq!(
        account
            .connector
            .wait(model.cursor.as_ref(), short, &Stop::new())
            .await
            .unwrap(),
        Wake::TimedOut
    );
    assert_eq!(
        proxy.connections(),
        connections,
        "no connection is made to wait"
    );
}

#[tokio::test]
async fn connections_that_died_unnoticed_are_replaced() {
    let mut dovecot = Dovecot::start();
    let (account, mut model) = fetched(&dovecot).await;
    let short = Duration::from_millis(50);
    account
        .connector
        .wait(model.cursor.as_ref(), short, &Stop::new())
        .await
        .unwrap();
    dovecot.stop();
    dovecot.resume();
    dovecot.deliver(FRONT, "INBOX", &mail(1));
    let wake = account
        .connector
        .wait(model.cursor.as_ref(), LONG, &Stop::new())
        .await;
    assert_eq!(wake.unwrap(), Wake::News);
    model.sync(&account).await.unwrap();
    assert_eq!(model.items.len(), 1);
}

#[tokio::test]
async fn two_connections_are_enough() {
    let dovecot = Dovecot::start();
    let proxy = Proxy::start(dovecot.port(), || ()).await;
    let account = Account::reading(proxy.port());
    let mut model = Model::default();
    for number in 1..4 {
        dovecot.deliver(FRONT, "INBOX", &mail(number));
        model.sync(&account).await.unwrap();
        let short = Duration::from_millis(10);
        account
            .connector
            .wait(model.cursor.as_ref(), short, &Stop::new())
            .await
            .unwrap();
    }
    assert_eq!(proxy.connections(), 2);
}

#[tokio::test]
async fn a_wrong_password_is_tried_twice_and_no_more() {
    let dovecot = Dovecot::start();
    let proxy = Proxy::start(dovecot.port(), || ()).await;
    let wrong = channels::email::Auth::Password(Secret::new("wrong"));
    let account = Account::with(settings(proxy.port(), 9), wrong);
    let mut model = Model::default();
    let mut reasons = Vec::new();
    for _ in 0..4 {
        match model.sync(&account).await {
            Err(ChannelError::SignIn { why, .. }) => reasons.push(why),
            other => panic!("{other:?}"),
        }
    }
    use SignInFailure::{TriesUsedUp, WrongSecret};
    assert_eq!(
        reasons,
        [WrongSecret, WrongSecret, TriesUsedUp, TriesUsedUp]
    );
    assert_eq!(proxy.connections(), 2);
}
