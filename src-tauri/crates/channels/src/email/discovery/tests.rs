//! Which servers are proposed for an address, by what the network answers.

use super::*;

#[derive(Default)]
struct Fake {
    srv: Vec<(&'static str, &'static str, u16)>,
    mx: Vec<&'static str>,
    answering: Vec<(&'static str, u16)>,
}

#[async_trait]
impl Lookup for Fake {
    async fn srv(&self, name: &str) -> Vec<(String, u16)> {
        let of = |(_, host, port): &(&str, &str, u16)| ((*host).to_owned(), *port);
        self.srv
            .iter()
            .filter(|(service, ..)| *service == name)
            .map(of)
            .collect()
    }
    async fn mx(&self, _: &str) -> Vec<String> {
        self.mx.iter().map(|host| (*host).to_owned()).collect()
    }
    async fn answers(&self, endpoint: &Endpoint) -> bool {
        self.answering
            .contains(&(endpoint.host.as_str(), endpoint.port))
    }
}

async fn found(address: &str, fake: Fake) -> (FoundBy, bool, String) {
    let found = discover(address, &fake).await;
    let show = |endpoint: Option<Endpoint>| {
        endpoint.map_or("-".to_owned(), |at| {
            format!("{}:{} {:?}", at.host, at.port, at.security)
        })
    };
    (
        found.found_by,
        found.confirm,
        format!("{} {}", show(found.imap), show(found.smtp)),
    )
}

#[tokio::test]
async fn known_providers_need_no_network() {
    let (by, _, servers) = found("Practice@Gmail.com", Fake::default()).await;
    assert_eq!(by, FoundBy::Provider);
    assert_eq!(servers, "imap.gmail.com:993 Tls smtp.gmail.com:465 Tls");
}

#[tokio::test]
async fn what_the_domain_announces_comes_first() {
    let fake = || Fake {
        srv: vec![
            (
                "_imaps._tcp.practice.example.",
                "mail.practice.example.",
                993,
            ),
            (
                "_submission._tcp.practice.example.",
                "mail.practice.example.",
                587,
            ),
            ("_submissions._tcp.practice.example.", ".", 0),
        ],
        mx: vec!["aspmx.l.google.com."],
        ..Fake::default()
    };
    assert_eq!(
        found("front@practice.example", fake()).await,
        (
            FoundBy::Announced,
            false,
            "mail.practice.example:993 Tls mail.practice.example:587 StartTls".into()
        )
    );
    let mut elsewhere = fake();
    elsewhere.srv[0].1 = "imap.host.example.";
    assert!(
        found("front@practice.example", elsewhere).await.1,
        "a server elsewhere is to be confirmed"
    );
}

#[tokio::test]
async fn a_hosted_domain_is_known_by_its_mail_exchanger() {
    let fake = Fake {
        mx: vec!["practice-example.mail.protection.outlook.com."],
        ..Fake::default()
    };
    assert_eq!(
        found("front@practice.example", fake).await,
        (
            FoundBy::MailExchanger,
            false,
            "outlook.office365.com:993 Tls smtp.office365.com:587 StartTls".into()
        )
    );
}

#[tokio::test]
async fn usual_names_are_taken_only_if_they_answer() {
    let fake = Fake {
        answering: vec![
            ("mail.practice.example", 993),
            ("mail.practice.example", 587),
            ("practice.example", 465),
        ],
        ..Fake::default()
    };
    assert_eq!(
        found("front@practice.example", fake).await,
        (
            FoundBy::Guess,
            false,
            "mail.practice.example:993 Tls mail.practice.example:587 StartTls".into()
        )
    );
    assert_eq!(
        found("front@practice.example", Fake::default()).await,
        (FoundBy::Nothing, false, "- -".into())
    );
    assert_eq!(found("nobody", Fake::default()).await.0, FoundBy::Nothing);
    assert!(!within("evilpractice.example", "practice.example"));
}
