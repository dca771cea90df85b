//! Marks made here are carried to the server.

use channels::{Applied, Connector, LocalChange, Mark};
use domain::inbound::RemoteId;
use testkit::servers::Dovecot;

use crate::support::{Account, FRONT, Model, mail};

#[tokio::test]
async fn marks_reach_the_server_and_what_is_gone_is_told() {
    let mut dovecot = Dovecot::start();
    for number in 1..=4 {
        dovecot.deliver(FRONT, "INBOX", &mail(number));
    }
    let account = Account::reading(dovecot.port());
    let mut model = Model::default();
    model.sync(&account).await.unwrap();
    dovecot.doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "uid", "4"]);
    let change = |id: &str, mark| LocalChange {
        remote_id: model.name_of(id),
        mark,
    };
    let mut changes = vec![
        change("1@mail.example", Mark::Seen),
        change("2@mail.example", Mark::Answered),
        change("2@mail.example", Mark::Seen),
        change("4@mail.example", Mark::Seen),
        change("3@mail.example", Mark::Seen),
        LocalChange {
            remote_id: RemoteId("nonsense".into()),
            mark: Mark::Seen,
        },
        LocalChange {
            remote_id: RemoteId("Elsewhere/1/1".into()),
            mark: Mark::Seen,
        },
    ];
    use Applied::{Done, Gone};
    let expected = [Done, Done, Done, Gone, Done, Gone, Gone];
    // Twice is as good as once.
    for _ in 0..2 {
        assert_eq!(account.connector.apply(&changes).await.unwrap(), expected);
    }
    changes = vec![change("3@mail.example", Mark::Unseen)];
    assert_eq!(account.connector.apply(&changes).await.unwrap(), [Done]);
    let flags = dovecot.doveadm(&[
        "-f",
        "tab",
        "fetch",
        "-u",
        FRONT,
        "uid flags",
        "mailbox",
        "INBOX",
        "all",
    ]);
    assert_eq!(
        flags.lines().skip(1).collect::<Vec<_>>(),
        ["1\t\\Seen", "2\t\\Answered \\Seen", "3\t"]
    );

    dovecot.stop();
    dovecot.forget_uids(FRONT);
    dovecot.resume();
    assert_eq!(
        account.connector.apply(&changes).await.unwrap(),
        [Gone],
        "the name means another mail now"
    );
}
