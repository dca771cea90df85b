//! Things that go wrong on demand.

use std::time::{Duration, Instant};

use anteroom_simulator::{CutFrom, ImapFault, LoginRefusal, Simulator, SmtpFault, Times};

use crate::support::{Bare, PATIENCE, empty, mail, python, with_mails};

const FETCH: &str = "UID FETCH 1:* (UID FLAGS BODY.PEEK[])";

#[test]
fn a_fetch_is_cut_at_every_byte() {
    let simulator = with_mails(3);
    let whole = Bare::in_inbox(&simulator).run(FETCH);
    // The length is known when the client has the last byte, or a moment later.
    assert!(
        simulator.wait(PATIENCE, || simulator.faults().last_fetch_bytes()
            == whole.len() as u64)
    );
    for after in 0..=whole.len() {
        let mut bare = Bare::in_inbox(&simulator);
        simulator.faults().imap(
            ImapFault::Cut {
                after: after as u64,
                from: CutFrom::Fetch,
            },
            Times::Once,
        );
        bare.send(&format!("t3 {FETCH}\r\n"));
        assert_eq!(bare.rest(), whole.as_bytes()[..after], "cut after {after}");
        assert!(simulator.faults().spent());
    }
}

#[test]
fn a_connection_is_cut_from_its_greeting_on() {
    let simulator = empty();
    simulator.faults().imap(
        ImapFault::Cut {
            after: 4,
            from: CutFrom::Connection,
        },
        Times::Next(2),
    );
    assert_eq!(Bare::connect(&simulator).rest(), b"* OK");
    assert_eq!(Bare::connect(&simulator).rest(), b"* OK");
    assert!(Bare::connect(&simulator).line().contains("ready"));
}

#[test]
fn logins_are_refused_in_every_way() {
    let simulator = empty();
    let login = format!("LOGIN {} {}", simulator.user(), simulator.password());
    for (refusal, wanted) in [
        (LoginRefusal::WrongSecret, "NO [AUTHENTICATIONFAILED]"),
        (LoginRefusal::Unavailable, "NO [UNAVAILABLE]"),
        (LoginRefusal::TooManyConnections, "NO [LIMIT]"),
        (
            LoginRefusal::Alert("Sign in on the web first".into()),
            "NO [ALERT] Sign in on the web first",
        ),
    ] {
        simulator
            .faults()
            .imap(ImapFault::RefuseLogin(refusal), Times::Once);
        let mut bare = Bare::connect(&simulator);
        bare.line();
        assert!(bare.run(&login).contains(wanted));
        assert!(bare.run(&login).contains(" OK "), "the fault struck once");
    }
}

#[test]
fn commands_fail_and_servers_say_goodbye() {
    let simulator = with_mails(2);
    let faults = simulator.faults();
    faults.imap(
        ImapFault::Refuse {
            command: "SELECT",
            text: "[UNAVAILABLE] Try later".into(),
        },
        Times::Once,
    );
    let mut bare = Bare::signed_in(&simulator);
    assert!(
        bare.run("SELECT INBOX")
            .contains("NO [UNAVAILABLE] Try later")
    );
    assert!(bare.run("SELECT INBOX").contains("OK [READ-WRITE]"));
    faults.imap(ImapFault::ByeAt("FETCH"), Times::Once);
    assert!(bare.run("UID FETCH 1 (FLAGS)").starts_with("* BYE"));
    faults.imap(ImapFault::ByeOnConnect, Times::Once);
    assert!(Bare::connect(&simulator).line().starts_with("* BYE"));

    let mut bare = Bare::in_inbox(&simulator);
    bare.send("i IDLE\r\n");
    bare.line();
    faults.hang_up();
    assert!(bare.line().starts_with("* BYE"));
    assert_eq!(bare.line(), "");
}

#[test]
fn uids_change_their_meaning() {
    let simulator = with_mails(5);
    simulator.expunge("INBOX", &[2]);
    let before = simulator.mailbox("INBOX").unwrap();
    let mut bare = Bare::in_inbox(&simulator);
    simulator.faults().change_uid_validity("INBOX");
    assert!(bare.line().starts_with("* BYE"));
    let after = simulator.mailbox("INBOX").unwrap();
    assert_ne!(after.uid_validity, before.uid_validity);
    assert_eq!(after.uid_next, 5);
    assert_eq!(after.find(2).unwrap().raw, before.find(3).unwrap().raw);
}

#[test]
fn uidnext_is_rewound_and_uids_are_used_twice() {
    let simulator = with_mails(5);
    let validity = simulator.mailbox("INBOX").unwrap().uid_validity;
    simulator.faults().rewind_uid_next("INBOX", 2);
    assert_eq!(simulator.deliver(mail(9)), 4);
    let inbox = simulator.mailbox("INBOX").unwrap();
    assert_eq!((inbox.uid_validity, inbox.messages.len()), (validity, 4));
}

#[test]
fn a_message_goes_while_it_is_fetched() {
    let simulator = with_mails(4);
    let mut bare = Bare::in_inbox(&simulator);
    simulator
        .faults()
        .imap(ImapFault::ExpungeDuringFetch { after: 2 }, Times::Once);
    let answer = bare.run("UID FETCH 1:* (UID)");
    assert_eq!(answer.matches("FETCH (UID").count(), 3, "{answer}");
    assert!(
        !answer.contains("UID 3") && answer.contains("* 3 EXPUNGE"),
        "{answer}"
    );
}

#[test]
fn fetch_answers_come_in_disorder() {
    let simulator = with_mails(3);
    let mut bare = Bare::in_inbox(&simulator);
    simulator.faults().imap(ImapFault::UnrulyFetch, Times::Once);
    let answer = bare.run("UID FETCH 1:* (UID FLAGS RFC822.SIZE ENVELOPE)");
    assert!(
        answer.find("UID 3").unwrap() < answer.find("UID 1").unwrap(),
        "{answer}"
    );
    assert_eq!(answer.matches(" FETCH ").count(), 9, "{answer}");
    assert_eq!(answer.matches("ENVELOPE").count(), 3, "{answer}");
}

#[test]
fn slow_answers_are_slow() {
    let simulator = with_mails(1);
    let mut bare = Bare::in_inbox(&simulator);
    simulator
        .faults()
        .imap(ImapFault::Slow(Duration::from_millis(150)), Times::Once);
    let start = Instant::now();
    bare.run("NOOP");
    assert!(start.elapsed() >= Duration::from_millis(150));
}

/// Sends one message; prints the first error as code, or what kind of end it was.
const SEND: &str = r#"
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[2]), local_hostname="[127.0.0.1]")
try:
    s.login(sys.argv[3], sys.argv[4])
    s.sendmail(sys.argv[3], ["sam@other.example"], b"Message-ID: <once@riverside.example>\r\nSubject: x\r\n\r\n" + b"line\r\n" * 2000)
    print("sent")
except smtplib.SMTPServerDisconnected:
    print("cut")
except smtplib.SMTPRecipientsRefused as error:
    print(error.recipients["sam@other.example"][0])
except smtplib.SMTPResponseException as error:
    print(error.smtp_code)
except OSError:
    print("cut")
"#;

fn send(simulator: &Simulator) -> String {
    python(simulator, SEND).trim().to_owned()
}

#[test]
fn submission_fails_at_every_stage_and_the_ledger_knows() {
    let simulator = empty();
    let once = |fault: SmtpFault| {
        // smtplib tries a second mechanism when the first is refused.
        let times = if matches!(fault, SmtpFault::RefuseLogin(_)) {
            Times::Next(2)
        } else {
            Times::Once
        };
        simulator.faults().smtp(fault, times);
        let result = send(&simulator);
        assert!(simulator.faults().spent());
        let ledger = simulator.ledger();
        (
            result,
            ledger.offered("once@riverside.example"),
            ledger.accepted("once@riverside.example"),
        )
    };
    let text = |text: &str| text.to_owned();
    assert_eq!(
        once(SmtpFault::RefuseLogin(LoginRefusal::WrongSecret)).0,
        "535"
    );
    assert_eq!(once(SmtpFault::AtMail(text("451 4.3.0 later"))).0, "451");
    assert_eq!(once(SmtpFault::AtRcpt(text("550 5.1.1 unknown"))).0, "550");
    assert_eq!(once(SmtpFault::AtData(text("554 5.6.0 no"))).0, "554");
    assert_eq!(once(SmtpFault::CutBeforeData).0, "cut");
    assert_eq!(once(SmtpFault::CutMidData(100)), (text("cut"), 0, 0));
    assert_eq!(
        once(SmtpFault::AtDot(text("451 4.3.0 later"))),
        (text("451"), 1, 0)
    );
    assert_eq!(once(SmtpFault::CutAtDot), (text("cut"), 2, 0));
    // Accepted, although the client never hears of it.
    assert_eq!(once(SmtpFault::CutAfterDot), (text("cut"), 3, 1));
    assert_eq!(send(&simulator), "sent");
    assert_eq!(
        simulator.ledger().doubled().get("once@riverside.example"),
        Some(&2)
    );
}

#[test]
fn greylisting_lets_the_second_try_through() {
    let simulator = empty();
    simulator.faults().smtp(SmtpFault::Greylist, Times::Always);
    assert_eq!(send(&simulator), "450");
    assert_eq!(send(&simulator), "sent");
    assert_eq!(simulator.ledger().accepted("once@riverside.example"), 1);
}

#[test]
fn a_size_limit_holds_until_it_is_cleared() {
    let simulator = empty();
    simulator
        .faults()
        .smtp(SmtpFault::SizeLimit(1000), Times::Always);
    assert_eq!(send(&simulator), "552");
    assert_eq!(send(&simulator), "552");
    simulator.faults().clear();
    assert_eq!(send(&simulator), "sent");
}
