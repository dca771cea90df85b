//! What no real server here can be made to do on demand: the simulator's faults.

use channels::email::{Auth, SentCopyRule};
use channels::{
    ChannelError, Connector, FetchBudget, ReadBack, SendOutcome, SentCopy, SignInFailure,
};
use domain::Secret;
use domain::outbox::SendFailure;
use simulator::{
    Capabilities, Content, ImapFault, LoginRefusal, Options, Simulator, SmtpFault, Times,
};

use crate::support::{Account, Model, NOW, mail, reply, settings};

fn start(change: impl FnOnce(&mut Options)) -> Simulator {
    let mut options = Options::at(NOW.to_datetime());
    change(&mut options);
    Simulator::start(options).unwrap()
}

fn account_with(simulator: &Simulator, copies: SentCopyRule, auth: Auth) -> Account {
    let mut settings = settings(simulator.imap_addr().port(), simulator.smtp_addr().port());
    settings.user_name = simulator.user().to_owned();
    settings.sent_copy = copies;
    Account::with(settings, auth)
}

fn account(simulator: &Simulator) -> Account {
    let auth = Auth::Password(Secret::new(simulator.password()));
    account_with(simulator, SentCopyRule::Append, auth)
}

/// Message-IDs in a folder of the simulator.
fn there(simulator: &Simulator, folder: &str) -> usize {
    simulator
        .mailbox(folder)
        .map_or(0, |mailbox| mailbox.messages.len())
}

#[tokio::test]
async fn the_demo_practice_is_read_whole_by_every_kind_of_server() {
    let quirky = Capabilities {
        always_esearch: true,
        id_required: true,
        literal_plus: false,
        sasl_ir: false,
        special_use: false,
        ..Capabilities::default()
    };
    for capabilities in [Capabilities::default(), Capabilities::bare(), quirky] {
        let simulator = start(|options| {
            options.content = Content::Practice;
            options.capabilities = capabilities.clone();
        });
        let mut model = Model::default();
        model.sync(&account(&simulator)).await.unwrap();
        assert!(there(&simulator, "INBOX") > 150);
        assert_eq!(
            model.items.len(),
            there(&simulator, "INBOX") + there(&simulator, "Sent"),
            "{capabilities:?}"
        );
    }
}

#[tokio::test]
async fn answers_out_of_order_and_in_pieces_are_put_together() {
    let simulator = start(|_| {});
    for number in 1..=30 {
        simulator.deliver(mail(number));
    }
    simulator
        .faults()
        .imap(ImapFault::UnrulyFetch, Times::Always);
    let mut model = Model::default();
    model.sync(&account(&simulator)).await.unwrap();
    assert_eq!((model.items.len(), model.repeated), (30, 0));
}

#[tokio::test]
async fn trouble_in_the_middle_brings_no_batch_and_costs_nothing() {
    for fault in [
        ImapFault::ByeOnConnect,
        ImapFault::ByeAt("EXAMINE"),
        ImapFault::ByeAt("FETCH"),
        ImapFault::Refuse {
            command: "FETCH",
            text: "[UNAVAILABLE] try later".into(),
        },
        ImapFault::Refuse {
            command: "SEARCH",
            text: "[SERVERBUG] sorry".into(),
        },
        ImapFault::RefuseLogin(LoginRefusal::Unavailable),
    ] {
        let simulator = start(|_| {});
        for number in 1..=5 {
            simulator.deliver(mail(number));
        }
        simulator.faults().imap(fault.clone(), Times::Once);
        let account = account(&simulator);
        let first = account.connector.fetch(None, &FetchBudget::default()).await;
        assert!(
            matches!(first, Err(ChannelError::Temporary { .. })),
            "{fault:?}: {:?}",
            first.err()
        );
        let mut model = Model::default();
        model.sync(&account).await.unwrap();
        assert_eq!(model.items.len(), 5, "{fault:?}");
    }
}

#[tokio::test]
async fn refused_sign_ins_say_what_to_do() {
    let cases = [
        (LoginRefusal::WrongSecret, SignInFailure::WrongSecret),
        (
            LoginRefusal::Alert("Application-specific password required".into()),
            SignInFailure::AppPasswordNeeded,
        ),
    ];
    for (refusal, expected) in cases {
        let simulator = start(|_| {});
        simulator
            .faults()
            .imap(ImapFault::RefuseLogin(refusal.clone()), Times::Once);
        let refused = account(&simulator)
            .connector
            .fetch(None, &FetchBudget::default())
            .await;
        assert!(
            matches!(refused, Err(ChannelError::SignIn { why, .. }) if why == expected),
            "{refused:?}"
        );
        simulator
            .faults()
            .smtp(SmtpFault::RefuseLogin(refusal), Times::Once);
        let outcome = account(&simulator)
            .connector
            .send(&reply("x", "Hello"))
            .await;
        assert!(
            matches!(
                outcome,
                SendOutcome::Refused {
                    failure: SendFailure::SignIn,
                    ..
                }
            ),
            "{outcome:?}"
        );
    }
    let simulator = start(|_| {});
    simulator.faults().imap(
        ImapFault::RefuseLogin(LoginRefusal::TooManyConnections),
        Times::Once,
    );
    let refused = account(&simulator)
        .connector
        .fetch(None, &FetchBudget::default())
        .await;
    assert!(
        matches!(refused, Err(ChannelError::TooManyConnections { .. })),
        "{:?}",
        refused.err()
    );
}

#[tokio::test]
async fn a_token_signs_in_where_only_a_token_does() {
    let simulator = start(|options| options.capabilities.oauth_token = Some("ya29.token".into()));
    simulator.deliver(mail(1));
    let with = |token: &str| {
        account_with(
            &simulator,
            SentCopyRule::Append,
            Auth::Token(Secret::new(token)),
        )
    };
    let mut model = Model::default();
    model.sync(&with("ya29.token")).await.unwrap();
    assert_eq!(model.items.len(), 1);
    assert!(matches!(
        with("ya29.token")
            .connector
            .send(&reply("x", "Hello"))
            .await,
        SendOutcome::Sent(_)
    ));
    // The refusal comes as a challenge that wants an empty answer.
    let refused = model.sync(&with("old")).await;
    assert!(
        matches!(
            refused,
            Err(ChannelError::SignIn {
                why: SignInFailure::WrongSecret,
                ..
            })
        ),
        "{refused:?}"
    );
    let outcome = with("old").connector.send(&reply("y", "Hello")).await;
    assert!(
        matches!(
            outcome,
            SendOutcome::Refused {
                failure: SendFailure::SignIn,
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn every_outcome_of_a_send_is_told_and_counted() {
    type Expected = fn(&SendOutcome) -> bool;
    let deferred: Expected = |outcome| matches!(outcome, SendOutcome::Deferred { .. });
    let uncertain: Expected = |outcome| matches!(outcome, SendOutcome::Uncertain { .. });
    let cases: Vec<(SmtpFault, Expected, u32)> = vec![
        (SmtpFault::BusyOnConnect, deferred, 0),
        (SmtpFault::AtMail("451 4.3.0 try later".into()), deferred, 0),
        (
            SmtpFault::AtRcpt("450 4.7.1 greylisted".into()),
            deferred,
            0,
        ),
        (SmtpFault::Greylist, deferred, 0),
        (SmtpFault::AtData("421 4.3.2 busy".into()), deferred, 0),
        (SmtpFault::AtDot("432 4.3.2 too fast".into()), deferred, 0),
        (SmtpFault::CutBeforeData, deferred, 0),
        // Whether the end of so short a text had left by then, nobody can tell.
        (
            SmtpFault::CutMidData(10),
            |outcome| {
                matches!(
                    outcome,
                    SendOutcome::Deferred { .. } | SendOutcome::Uncertain { .. }
                )
            },
            0,
        ),
        (SmtpFault::CutAtDot, uncertain, 0),
        (SmtpFault::CutAfterDot, uncertain, 1),
        (
            SmtpFault::AtMail("530 5.7.0 sign in first".into()),
            |outcome| {
                matches!(
                    outcome,
                    SendOutcome::Refused {
                        failure: SendFailure::SignIn,
                        ..
                    }
                )
            },
            0,
        ),
        (
            SmtpFault::AtRcpt("550 5.1.1 no such user".into()),
            |outcome| {
                matches!(
                    outcome,
                    SendOutcome::Refused {
                        failure: SendFailure::UnknownRecipient,
                        ..
                    }
                )
            },
            0,
        ),
        (
            SmtpFault::AtDot("554 5.6.0 content".into()),
            |outcome| {
                matches!(
                    outcome,
                    SendOutcome::Refused {
                        failure: SendFailure::Refused,
                        ..
                    }
                )
            },
            0,
        ),
        (
            SmtpFault::SizeLimit(100),
            |outcome| {
                matches!(
                    outcome,
                    SendOutcome::Refused {
                        failure: SendFailure::TooLarge,
                        ..
                    }
                )
            },
            0,
        ),
    ];
    for (fault, expected, accepted) in cases {
        let simulator = start(|_| {});
        simulator.faults().smtp(fault.clone(), Times::Once);
        let outgoing = reply("x", "A text that is longer than a few bytes");
        let outcome = account(&simulator).connector.send(&outgoing).await;
        assert!(expected(&outcome), "{fault:?}: {outcome:?}");
        assert_eq!(
            simulator.ledger().accepted(&outgoing.network_id),
            accepted,
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn greylisting_passes_with_patience() {
    let simulator = start(|_| {});
    simulator.faults().smtp(SmtpFault::Greylist, Times::Always);
    let account = account(&simulator);
    let outgoing = reply("x", "Hello");
    assert!(matches!(
        account.connector.send(&outgoing).await,
        SendOutcome::Deferred { .. }
    ));
    assert!(matches!(
        account.connector.send(&outgoing).await,
        SendOutcome::Sent(_)
    ));
    assert_eq!(simulator.ledger().accepted(&outgoing.network_id), 1);
}

#[tokio::test]
async fn doubt_is_resolved_by_reading_back_where_the_provider_keeps_copies() {
    for (fault, found) in [(SmtpFault::CutAfterDot, true), (SmtpFault::CutAtDot, false)] {
        let simulator = start(|options| options.saves_sent = true);
        simulator.faults().smtp(fault, Times::Once);
        let auth = Auth::Password(Secret::new(simulator.password()));
        let account = account_with(&simulator, SentCopyRule::ByServer, auth);
        let outgoing = reply("x", "Hello");
        assert!(matches!(
            account.connector.send(&outgoing).await,
            SendOutcome::Uncertain { .. }
        ));
        let back = account.connector.read_back(&outgoing).await.unwrap();
        assert_eq!(matches!(back, ReadBack::Found { .. }), found, "{back:?}");
        assert_eq!(matches!(back, ReadBack::NotFound), !found, "{back:?}");
        assert_eq!(
            simulator.ledger().accepted(&outgoing.network_id),
            u32::from(found)
        );
    }
}

#[tokio::test]
async fn a_provider_that_keeps_copies_gets_no_second_one() {
    let simulator = start(|options| options.saves_sent = true);
    let auth = Auth::Password(Secret::new(simulator.password()));
    let account = account_with(&simulator, SentCopyRule::ByServer, auth);
    let outcome = account.connector.send(&reply("x", "Hello")).await;
    assert!(matches!(outcome, SendOutcome::Sent(evidence) if evidence.copy == SentCopy::ByNetwork));
    assert_eq!(there(&simulator, "Sent"), 1);
}

#[tokio::test]
async fn a_copy_that_cannot_be_stored_does_not_repeat_the_sending() {
    let simulator = start(|_| {});
    let fault = ImapFault::Refuse {
        command: "APPEND",
        text: "[OVERQUOTA] full".into(),
    };
    simulator.faults().imap(fault, Times::Always);
    let outgoing = reply("x", "Hello");
    let outcome = account(&simulator).connector.send(&outgoing).await;
    assert!(matches!(outcome, SendOutcome::Sent(evidence) if evidence.copy == SentCopy::Missing));
    assert_eq!(simulator.ledger().accepted(&outgoing.network_id), 1);
}

#[tokio::test]
async fn a_mailbox_rebuilt_or_rewound_is_followed() {
    for capabilities in [Capabilities::default(), Capabilities::bare()] {
        let simulator = start(|options| options.capabilities = capabilities);
        for number in 1..=6 {
            simulator.deliver(mail(number));
        }
        let account = account(&simulator);
        let mut model = Model::default();
        model.sync(&account).await.unwrap();
        simulator.faults().change_uid_validity("INBOX");
        simulator.deliver(mail(7));
        model.sync(&account).await.unwrap();
        assert_eq!(
            (model.items.len(), model.renamed, model.nameless.len()),
            (7, 6, 0)
        );
        simulator.faults().rewind_uid_next("INBOX", 2);
        simulator.deliver(mail(8));
        model.sync(&account).await.unwrap();
        assert_eq!(model.items.len(), there(&simulator, "INBOX"));
        assert!(model.items.values().any(|kept| kept.id == "8@mail.example"));
    }
}
