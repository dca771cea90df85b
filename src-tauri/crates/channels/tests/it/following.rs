//! What happens elsewhere is followed, whatever the server can tell.

use std::sync::Arc;

use channels::{ChannelError, Connector, FetchBudget};
use testkit::servers::{Dovecot, Filter, Flow, Proxy};

use crate::support::{Account, FRONT, Mode, Model, mail, settings, truth};

fn filled(count: usize) -> Dovecot {
    let dovecot = Dovecot::start();
    for number in 1..=count {
        dovecot.deliver(FRONT, "INBOX", &mail(number));
    }
    dovecot
}

/// An account that follows the archive too.
fn account(port: u16) -> Account {
    let mut settings = settings(port, 9);
    settings.folders = vec!["Archive".into()];
    Account::new(settings)
}

#[tokio::test]
async fn changes_elsewhere_arrive_in_every_mode() {
    for mode in Mode::ALL {
        let dovecot = filled(8);
        let proxy = mode.before(&dovecot).await;
        let account = account(proxy.port());
        let mut model = Model::default();
        model.sync(&account).await.unwrap();
        assert_eq!(model.view(), truth(&dovecot, &["INBOX"]), "{mode:?}");

        type Elsewhere<'a> = (&'static str, Box<dyn Fn(&Dovecot) + 'a>);
        let doveadm = |arguments: &'static [&'static str]| -> Box<dyn Fn(&Dovecot)> {
            Box::new(move |dovecot| {
                dovecot.doveadm(arguments);
            })
        };
        let steps: Vec<Elsewhere<'_>> = vec![
            (
                "read",
                doveadm(&[
                    "flags", "add", "-u", FRONT, "\\Seen", "mailbox", "INBOX", "uid", "1,3",
                ]),
            ),
            (
                "unread",
                doveadm(&[
                    "flags", "remove", "-u", FRONT, "\\Seen", "mailbox", "INBOX", "uid", "3",
                ]),
            ),
            (
                "answered",
                doveadm(&[
                    "flags",
                    "add",
                    "-u",
                    FRONT,
                    "\\Answered",
                    "mailbox",
                    "INBOX",
                    "uid",
                    "2",
                ]),
            ),
            (
                "deleted",
                doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "uid", "2"]),
            ),
            (
                "new",
                Box::new(|dovecot| dovecot.deliver(FRONT, "INBOX", &mail(9))),
            ),
            (
                "moved",
                doveadm(&[
                    "move", "-u", FRONT, "Archive", "mailbox", "INBOX", "uid", "4",
                ]),
            ),
            (
                "moved away",
                doveadm(&["move", "-u", FRONT, "Trash", "mailbox", "INBOX", "uid", "5"]),
            ),
            (
                "marked as deleted",
                doveadm(&[
                    "flags",
                    "add",
                    "-u",
                    FRONT,
                    "\\Deleted",
                    "mailbox",
                    "INBOX",
                    "uid",
                    "6",
                ]),
            ),
            (
                "mark taken back",
                doveadm(&[
                    "flags",
                    "remove",
                    "-u",
                    FRONT,
                    "\\Deleted",
                    "mailbox",
                    "INBOX",
                    "uid",
                    "6",
                ]),
            ),
            (
                "one goes, one comes",
                Box::new(|dovecot| {
                    dovecot.doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "uid", "7"]);
                    dovecot.deliver(FRONT, "INBOX", &mail(10));
                }),
            ),
            (
                "all read",
                doveadm(&[
                    "flags", "add", "-u", FRONT, "\\Seen", "mailbox", "INBOX", "all",
                ]),
            ),
            (
                "all gone",
                doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "all"]),
            ),
            ("nothing", Box::new(|_| {})),
        ];
        for (what, elsewhere) in steps {
            elsewhere(&dovecot);
            // Where nothing is pushed, marks are looked at once a minute.
            account.clock.advance(61_000);
            model.sync(&account).await.unwrap();
            assert_eq!(
                model.view(),
                truth(&dovecot, &["INBOX", "Archive"]),
                "{mode:?}: {what}"
            );
            assert_eq!(model.repeated, 0, "{mode:?}: {what}");
        }
        assert_eq!(
            model.renamed, 1,
            "{mode:?}: the move to the archive is recognised"
        );
    }
}

#[tokio::test]
async fn a_daily_comparison_finds_nothing_new() {
    for mode in Mode::ALL {
        let dovecot = filled(20);
        let proxy = mode.before(&dovecot).await;
        let account = account(proxy.port());
        let mut model = Model::default();
        model.sync(&account).await.unwrap();
        dovecot.doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "uid", "3:6"]);
        dovecot.doveadm(&[
            "flags", "add", "-u", FRONT, "\\Seen", "mailbox", "INBOX", "uid", "9",
        ]);
        account.clock.advance(61_000);
        model.sync(&account).await.unwrap();
        account.clock.advance(25 * 60 * 60 * 1_000);
        let batch = account
            .connector
            .fetch(model.cursor.as_ref(), &FetchBudget::default())
            .await
            .unwrap();
        assert!(
            batch.items.is_empty() && batch.changes.is_empty(),
            "{mode:?}"
        );
    }
}

#[tokio::test]
async fn a_new_uidvalidity_forgets_names_and_loses_nothing() {
    for mode in Mode::ALL {
        let mut dovecot = filled(12);
        let proxy = mode.before(&dovecot).await;
        let account = account(proxy.port());
        let mut model = Model::default();
        model.sync(&account).await.unwrap();
        let before = model.name_of("5@mail.example");

        dovecot.stop();
        dovecot.forget_uids(FRONT);
        dovecot.resume();
        dovecot.deliver(FRONT, "INBOX", &mail(13));
        model.sync(&account).await.unwrap();
        assert_eq!(model.view(), truth(&dovecot, &["INBOX"]), "{mode:?}");
        assert_eq!(
            (model.renamed, model.nameless.len(), model.removed),
            (12, 0, 0),
            "{mode:?}"
        );
        assert_ne!(model.name_of("5@mail.example"), before, "{mode:?}");
    }
}

#[tokio::test]
async fn a_server_restored_from_a_backup_is_listed_anew() {
    for mode in Mode::ALL {
        let mut dovecot = filled(6);
        let proxy = mode.before(&dovecot).await;
        let account = account(proxy.port());
        let mut model = Model::default();
        model.sync(&account).await.unwrap();
        dovecot.stop();
        let backup = dovecot.back_up(FRONT);
        dovecot.resume();
        for number in 7..=9 {
            dovecot.deliver(FRONT, "INBOX", &mail(number));
        }
        model.sync(&account).await.unwrap();
        assert_eq!(model.items.len(), 9);

        dovecot.stop();
        dovecot.restore(FRONT, &backup);
        dovecot.resume();
        // UIDs 7 and 8 are given out a second time, to other mails.
        for number in [21, 22] {
            dovecot.deliver(FRONT, "INBOX", &mail(number));
        }
        model.sync(&account).await.unwrap();
        assert_eq!(model.view(), truth(&dovecot, &["INBOX"]), "{mode:?}");
        // What the backup did not have is kept, without a name.
        assert_eq!(model.nameless.len(), 3, "{mode:?}");
    }
}

/// Lets something happen just before a command reaches the server.
struct Before {
    command: &'static str,
    happens: Arc<dyn Fn() + Send + Sync>,
    done: bool,
}

impl Filter for Before {
    fn to_server(&mut self, bytes: Vec<u8>) -> Flow {
        let seen = String::from_utf8_lossy(&bytes).contains(self.command);
        if seen && !self.done {
            self.done = true;
            (self.happens)();
        }
        Flow::Pass(bytes)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_expunged_during_the_fetch_does_not_disturb() {
    for mode in Mode::ALL {
        let dovecot = Arc::new(filled(10));
        let stripped = mode.before(&dovecot).await;
        let elsewhere = Arc::clone(&dovecot);
        let happens: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
            elsewhere.doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "uid", "3,7"]);
        });
        let proxy = Proxy::start(stripped.port(), move || Before {
            command: "BODY.PEEK[]",
            happens: Arc::clone(&happens),
            done: false,
        })
        .await;
        let account = account(proxy.port());
        let mut model = Model::default();
        model.sync(&account).await.unwrap();
        account.clock.advance(61_000);
        model.sync(&account).await.unwrap();
        assert_eq!(model.view(), truth(&dovecot, &["INBOX"]), "{mode:?}");
        assert_eq!(model.items.len(), 8);
    }
}

#[tokio::test]
async fn a_missing_folder_does_not_keep_back_the_others() {
    let dovecot = filled(2);
    let mut settings = settings(dovecot.port(), 9);
    settings.folders = vec!["No such folder".into(), "Archive".into()];
    let account = Account::new(settings);
    let mut model = Model::default();
    let batch = account
        .connector
        .fetch(None, &FetchBudget::default())
        .await
        .unwrap();
    assert_eq!(batch.items.len(), 2);
    model.take(batch);
    // With nothing else to tell, the trouble is told.
    let told = account
        .connector
        .fetch(model.cursor.as_ref(), &FetchBudget::default())
        .await;
    assert!(matches!(told, Err(ChannelError::Folder { folder, .. }) if folder == "No such folder"));
}

#[tokio::test]
async fn folders_with_unusual_names_are_followed() {
    let dovecot = Dovecot::start();
    for name in [
        "Entwürfe & mehr",
        "A \\\"quoted\\\" one",
        "Ordner/Unterordner",
    ] {
        dovecot.doveadm(&["mailbox", "create", "-u", FRONT, &name.replace('\\', "")]);
        dovecot.doveadm(&["mailbox", "status", "-u", FRONT, "messages", "INBOX"]);
    }
    dovecot.deliver(FRONT, "Ordner.Unterordner", &mail(1));
    let mut settings = settings(dovecot.port(), 9);
    settings.folders = vec![
        "Entwürfe & mehr".into(),
        "A \"quoted\" one".into(),
        "Ordner/Unterordner".into(),
    ];
    let account = Account::new(settings);
    let identity = account.connector.check(&channels::Stop::new()).await;
    // Only the sending side is missing here.
    assert!(matches!(
        identity,
        Err(ChannelError::Connect { port: 9, .. })
    ));
    let mut model = Model::default();
    model.sync(&account).await.unwrap();
    assert_eq!(
        model.name_of("1@mail.example").0.split('/').next(),
        Some("Ordner%2FUnterordner")
    );
}
