//! Reading and changing a mailbox.

use anteroom_simulator::{Capabilities, Content, Options, Simulator};
use chrono::Duration;
use futures::TryStreamExt;

use crate::support::{
    Bare, PATIENCE, Python, empty, epoch, mail, options, python, with_capabilities, with_mails,
};

#[test]
fn imaplib_walks_through_every_command() {
    let simulator = with_mails(5);
    assert_eq!(
        python(&simulator, include_str!("clients/imap_tour.py")),
        "done\n"
    );
    assert!(simulator.wait(PATIENCE, || simulator.connections() == 0));
}

#[test]
fn async_imap_reads_and_idles() {
    let simulator = with_mails(3);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(simulator.imap_addr())
            .await
            .unwrap();
        let mut client = async_imap::Client::new(stream);
        client.read_response().await.unwrap().unwrap();
        let mut session = client
            .login(simulator.user(), simulator.password())
            .await
            .map_err(|(error, _)| error)
            .unwrap();
        assert!(session.capabilities().await.unwrap().has_str("QRESYNC"));
        let mailbox = session.select_condstore("INBOX").await.unwrap();
        assert_eq!((mailbox.exists, mailbox.uid_next), (3, Some(4)));
        assert_eq!(
            mailbox.highest_modseq,
            simulator.mailbox("INBOX").map(|inbox| inbox.highest_modseq)
        );

        let query = "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[])";
        let fetched: Vec<_> = session
            .uid_fetch("1:*", query)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(fetched.len(), 3);
        assert_eq!(fetched[1].body(), Some(mail(2).as_slice()));
        assert_eq!(
            fetched[1].envelope().unwrap().message_id.as_deref(),
            Some(b"<m2@fen.example>".as_slice())
        );
        assert_eq!(
            fetched[1].internal_date().unwrap(),
            epoch() - Duration::days(1)
        );
        assert!(fetched[1].bodystructure().is_some());

        let mut idle = session.idle();
        idle.init().await.unwrap();
        let (news, _stop) = idle.wait_with_timeout(PATIENCE);
        simulator.deliver(mail(4));
        assert!(matches!(
            news.await.unwrap(),
            async_imap::extensions::idle::IdleResponse::NewData(_)
        ));
        let mut session = idle.done().await.unwrap();
        assert!(session.uid_search("ALL").await.unwrap().contains(&4));
        session.logout().await.unwrap();
    });
}

#[test]
fn every_mail_of_the_practice_reads_through_imaplib() {
    let simulator = Simulator::start(Options {
        content: Content::Practice,
        ..options()
    })
    .unwrap();
    let out = python(&simulator, include_str!("clients/read_all.py"));
    let inbox = simulator.mailbox("INBOX").unwrap();
    assert_eq!(out, format!("{} mails\n", inbox.messages.len()));
    assert!(inbox.unseen() > 40);
}

#[test]
fn idle_pushes_what_others_do() {
    let simulator = with_mails(3);
    let mut bare = Bare::in_inbox(&simulator);
    bare.send("i IDLE\r\n");
    assert_eq!(bare.line(), "+ idling\r\n");
    simulator.deliver(mail(4));
    assert_eq!(bare.line(), "* 4 EXISTS\r\n");
    assert_eq!(bare.line(), "* 0 RECENT\r\n");
    simulator.flag("INBOX", 2, "\\Flagged", true);
    assert_eq!(bare.line(), "* 2 FETCH (FLAGS (\\Flagged \\Seen))\r\n");
    simulator.expunge("INBOX", &[1, 3]);
    assert_eq!(bare.line(), "* 3 EXPUNGE\r\n");
    assert_eq!(bare.line(), "* 1 EXPUNGE\r\n");
    assert_eq!(simulator.move_to("INBOX", 2, "Archive"), Some(1));
    assert_eq!(bare.line(), "* 1 EXPUNGE\r\n");
    bare.send("DONE\r\n");
    assert_eq!(bare.line(), "i OK Idle no more\r\n");
}

#[test]
fn a_python_client_idles() {
    let simulator = empty();
    let mut client = Python::start(&simulator, include_str!("clients/idle.py"));
    client.expect("idling");
    simulator.deliver(mail(1));
    client.expect("* 1 EXISTS");
    client.finish();
}

#[test]
fn qresync_tells_what_vanished_and_changed() {
    let simulator = with_mails(8);
    let known = simulator.mailbox("INBOX").unwrap();
    simulator.expunge("INBOX", &[2, 3, 4]);
    simulator.expunge("INBOX", &[7]);
    simulator.flag("INBOX", 5, "\\Answered", true);
    simulator.deliver(mail(9));

    let mut bare = Bare::signed_in(&simulator);
    let select = format!(
        "SELECT INBOX (QRESYNC ({} {}))",
        known.uid_validity, known.highest_modseq
    );
    assert!(bare.run(&select).contains("BAD"), "QRESYNC needs ENABLE");
    assert!(bare.run("ENABLE QRESYNC").contains("* ENABLED QRESYNC"));
    let answer = bare.run(&select);
    assert!(
        answer.contains("* VANISHED (EARLIER) 2:4,7\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("* 2 FETCH (UID 5 FLAGS (\\Answered) MODSEQ ("),
        "{answer}"
    );
    assert!(
        answer.contains("* 5 FETCH (UID 9 FLAGS () MODSEQ ("),
        "{answer}"
    );
    assert_eq!(answer.matches(" FETCH ").count(), 2, "{answer}");

    // Known UIDs narrow it, another UIDVALIDITY voids it.
    let narrow = format!(
        "SELECT INBOX (QRESYNC ({} {} 1:3))",
        known.uid_validity, known.highest_modseq
    );
    let answer = bare.run(&narrow);
    assert!(answer.starts_with("* OK [CLOSED]"), "{answer}");
    assert!(
        answer.contains("* VANISHED (EARLIER) 2:3\r\n") && !answer.contains(" FETCH "),
        "{answer}"
    );
    let other = format!(
        "SELECT INBOX (QRESYNC ({} {}))",
        known.uid_validity + 1,
        known.highest_modseq
    );
    assert!(!bare.run(&other).contains("VANISHED"));

    let answer = bare.run(&format!(
        "UID FETCH 1:* (FLAGS) (CHANGEDSINCE {} VANISHED)",
        known.highest_modseq
    ));
    assert!(
        answer.contains("* VANISHED (EARLIER) 2:4,7\r\n") && answer.matches(" FETCH ").count() == 2,
        "{answer}"
    );
    // From now on expunges come as UIDs.
    simulator.expunge("INBOX", &[8]);
    assert!(bare.run("NOOP").contains("* VANISHED 8\r\n"));
    assert!(
        bare.run("UID STORE 1 +FLAGS (\\Deleted)")
            .contains("MODSEQ")
    );
    assert!(bare.run("EXPUNGE").contains("* VANISHED 1\r\n"));
}

#[test]
fn condstore_finds_changes_and_guards_them() {
    let simulator = with_mails(4);
    let mut bare = Bare::signed_in(&simulator);
    let answer = bare.run("SELECT INBOX (CONDSTORE)");
    let before = simulator.mailbox("INBOX").unwrap().highest_modseq;
    assert!(
        answer.contains(&format!("[HIGHESTMODSEQ {before}]")),
        "{answer}"
    );
    simulator.flag("INBOX", 3, "\\Flagged", true);

    let answer = bare.run(&format!(
        "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE {before})"
    ));
    assert!(
        answer.contains("FETCH (UID 3 FLAGS (\\Flagged) MODSEQ"),
        "{answer}"
    );
    let answer = bare.run(&format!(
        "UID STORE 2:3 (UNCHANGEDSINCE {before}) +FLAGS.SILENT (\\Answered)"
    ));
    assert!(answer.contains("OK [MODIFIED 3]"), "{answer}");
    let inbox = simulator.mailbox("INBOX").unwrap();
    assert!(inbox.find(2).unwrap().flags.contains("\\Answered"));
    assert!(!inbox.find(3).unwrap().flags.contains("\\Answered"));
    let answer = bare.run(&format!("UID SEARCH MODSEQ {}", before + 1));
    assert!(
        answer.contains(&format!("* SEARCH 2 3 (MODSEQ {})", before + 2)),
        "{answer}"
    );
}

#[test]
fn sequence_numbers_hold_until_expunges_may_be_told() {
    let simulator = with_mails(3);
    let mut bare = Bare::in_inbox(&simulator);
    simulator.expunge("INBOX", &[1]);
    // FETCH by number must not shift the numbers; the missing message is said to be missing.
    let answer = bare.run("FETCH 1:3 (UID)");
    assert!(
        answer.contains("* 2 FETCH (UID 2)") && answer.contains("NO [EXPUNGEISSUED]"),
        "{answer}"
    );
    assert!(bare.run("NOOP").contains("* 1 EXPUNGE"));
    assert!(bare.run("FETCH 1 (UID)").contains("* 1 FETCH (UID 2)"));
}

#[test]
fn parts_of_nested_messages_have_their_numbers() {
    let simulator = empty();
    let inner = "From: in@fen.example\r\nSubject: inner\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
                 --b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>html\r\n--b--\r\n";
    let outer = format!(
        "From: \"Fenn, Ada\" <ada@fen.example>, B <b@fen.example>\r\nTo: friends: x@y.example;\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\
         Content-Type: multipart/mixed; boundary=\"a b\"\r\n\r\npreamble\r\n--a b\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\nhello\r\n\
         --a b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"x.eml\"\r\n\r\n{inner}\r\n--a b--\r\nepilogue\r\n"
    );
    simulator.deliver(outer);
    let mut bare = Bare::in_inbox(&simulator);
    let mut part = |section: &str| bare.run(&format!("FETCH 1 (BODY.PEEK[{section}])"));
    assert!(part("1").contains("BODY[1] {5}\r\nhello)"));
    assert!(part("1.MIME").contains("Content-Type: text/plain;\r\n charset=utf-8\r\n\r\n)"));
    assert!(part("2.HEADER").contains("Subject: inner"));
    assert!(part("2.1").contains("BODY[2.1] {5}\r\nplain)"));
    assert!(part("2.2.MIME").contains("text/html"));
    assert!(part("2.TEXT").contains("--b--"));
    assert!(part("2.HEADER.FIELDS (subject)").contains("\r\nSubject: inner\r\n\r\n)"));
    assert!(
        part("HEADER.FIELDS.NOT (FROM TO CONTENT-TYPE)")
            .contains("{40}\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\n)")
    );
    for missing in ["3", "1.1", "2.3", "1.TEXT"] {
        assert!(part(missing).contains("] NIL)"), "{missing}");
    }
    let structure = bare.run("FETCH 1 (BODYSTRUCTURE ENVELOPE)");
    assert!(
        structure.contains("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\""),
        "{structure}"
    );
    assert!(
        structure.contains("\"ALTERNATIVE\" (\"BOUNDARY\" \"b\")"),
        "{structure}"
    );
    assert!(
        structure.contains("(\"ATTACHMENT\" (\"FILENAME\" \"x.eml\"))"),
        "{structure}"
    );
    assert!(
        structure.contains(
            "((\"Fenn, Ada\" NIL \"ada\" \"fen.example\")(\"B\" NIL \"b\" \"fen.example\"))"
        ),
        "{structure}"
    );
    assert!(
        structure
            .contains("((NIL NIL \"friends\" NIL)(NIL NIL \"x\" \"y.example\")(NIL NIL NIL NIL))"),
        "{structure}"
    );
    // Encoded words are found by what they say.
    assert!(
        bare.run("SEARCH CHARSET UTF-8 SUBJECT {7+}\r\nGrüße")
            .contains("* SEARCH 1\r\n")
    );
}

#[test]
fn literals_wait_for_the_plus_or_do_not() {
    let simulator = empty();
    let mut bare = Bare::connect(&simulator);
    bare.line();
    bare.send(&format!("a LOGIN {{{}}}\r\n", simulator.user().len()));
    assert!(bare.line().starts_with("+ "));
    bare.send(&format!(
        "{} {{{}+}}\r\n{}\r\n",
        simulator.user(),
        simulator.password().len(),
        simulator.password()
    ));
    assert!(bare.line().starts_with("a OK [CAPABILITY "));
}

#[test]
fn searches_answer_as_esearch_when_asked_or_by_quirk() {
    let simulator = with_mails(5);
    let mut bare = Bare::in_inbox(&simulator);
    assert!(
        bare.run("UID SEARCH RETURN (MIN MAX COUNT ALL) ALL")
            .contains("* ESEARCH UID COUNT 5 MIN 1 MAX 5 ALL 1:5")
    );
    let quirky = with_capabilities(Capabilities {
        always_esearch: true,
        ..Capabilities::default()
    });
    let mut bare = Bare::in_inbox(&quirky);
    assert!(
        bare.run("UID SEARCH UNSEEN")
            .contains("* ESEARCH UID ALL 1,3,5")
    );
}

#[test]
fn what_is_not_offered_is_refused() {
    let simulator = with_capabilities(Capabilities::bare());
    let mut bare = Bare::signed_in(&simulator);
    let capability = bare.run("CAPABILITY");
    assert!(
        capability.starts_with("* CAPABILITY IMAP4rev1 NAMESPACE UNSELECT\r\n"),
        "{capability}"
    );
    for refused in [
        "ENABLE CONDSTORE",
        "SELECT INBOX (CONDSTORE)",
        "ID NIL",
        "IDLE",
    ] {
        assert!(bare.run(refused).contains("BAD"), "{refused}");
    }
    let answer = bare.run("SELECT INBOX");
    assert!(!answer.contains("HIGHESTMODSEQ"), "{answer}");
    for refused in [
        "FETCH 1 (MODSEQ)",
        "UID MOVE 1 Archive",
        "UID EXPUNGE 1",
        "UID SEARCH RETURN (ALL) ALL",
    ] {
        assert!(bare.run(refused).contains("BAD"), "{refused}");
    }
    assert!(
        bare.run("UID COPY 1 Archive").contains("OK Done"),
        "no COPYUID"
    );
    assert!(!bare.run("LIST \"\" \"*\"").contains("\\Sent"));

    let condstore = with_capabilities(Capabilities {
        qresync: false,
        ..Capabilities::default()
    });
    let mut bare = Bare::signed_in(&condstore);
    assert!(bare.run("ENABLE QRESYNC").contains("* ENABLED\r\n"));
    assert!(
        bare.run("SELECT INBOX (CONDSTORE)")
            .contains("OK [READ-WRITE]")
    );
}

#[test]
fn netease_wants_an_id_before_select() {
    let simulator = with_capabilities(Capabilities {
        id_required: true,
        ..Capabilities::default()
    });
    let mut bare = Bare::signed_in(&simulator);
    assert!(bare.run("SELECT INBOX").contains("NO Unsafe Login"));
    assert!(
        bare.run("ID (\"name\" \"test\" \"version\" NIL)")
            .contains("* ID (\"name\"")
    );
    assert!(bare.run("SELECT INBOX").contains("OK [READ-WRITE]"));
}

#[test]
fn xoauth2_tells_its_problem_before_it_refuses() {
    let simulator = with_capabilities(Capabilities {
        oauth_token: Some("token-1".into()),
        ..Capabilities::default()
    });
    let mut bare = Bare::connect(&simulator);
    let greeting = bare.line();
    assert!(
        greeting.contains("AUTH=XOAUTH2") && greeting.contains("LOGINDISABLED"),
        "{greeting}"
    );
    // base64 of user=x^Aauth=Bearer wrong^A^A
    bare.send("a AUTHENTICATE XOAUTH2 dXNlcj14AWF1dGg9QmVhcmVyIHdyb25nAQE=\r\n");
    assert!(bare.line().starts_with("+ eyJ"));
    bare.send("\r\n");
    assert!(bare.line().starts_with("a NO [AUTHENTICATIONFAILED]"));
    assert!(
        bare.run(&format!(
            "LOGIN {} {}",
            simulator.user(),
            simulator.password()
        ))
        .contains(" NO ")
    );
}

#[test]
fn a_restart_looks_like_a_rebuilt_server() {
    let first = Simulator::start(options()).unwrap();
    let validity = first.mailbox("INBOX").unwrap().uid_validity;
    drop(first);
    let later = Options {
        now: epoch() + Duration::hours(5),
        ..options()
    };
    assert_ne!(
        Simulator::start(later)
            .unwrap()
            .mailbox("INBOX")
            .unwrap()
            .uid_validity,
        validity
    );
}

#[test]
fn connections_end_with_the_drop() {
    let simulator = empty();
    let (imap, smtp) = (simulator.imap_addr(), simulator.smtp_addr());
    assert!(imap.ip().is_loopback() && smtp.ip().is_loopback());
    let mut bare = Bare::in_inbox(&simulator);
    drop(simulator);
    assert_eq!(bare.rest(), b"");
}

#[test]
fn only_loopback_can_be_listened_on() {
    let open: std::net::SocketAddr = "0.0.0.0:0".parse().unwrap();
    assert!(anteroom_simulator::Loopback::try_from(open).is_err());
    let local: std::net::SocketAddr = "[::1]:0".parse().unwrap();
    assert!(anteroom_simulator::Loopback::try_from(local).is_ok());
}
