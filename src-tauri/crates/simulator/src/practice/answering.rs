//! How the other side reacts when the practice writes to it.
//!
//! Some patients answer after a little while, with what their conversation holds for it or with a short
//! thanks; one address is away, one does not exist.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use mail_parser::MessageParser;

use super::agenda::Arrival;
use super::letter::{Letter, Person, Quote, Shape};
use super::{PRACTICE_ADDRESS, PRACTICE_NAME, chance};
use crate::mail::Submission;

/// How somebody thanks, when the texts hold nothing better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Polite,
    Casual,
    Spanish,
    /// Machines, and those who want to sell something.
    Silent,
}

impl Manner {
    /// What fits as an answer to nearly every reply.
    fn thanks(self) -> &'static [&'static str] {
        match self {
            Self::Polite => &[
                "Thank you.",
                "Thank you for getting back to me so quickly.",
                "Okay. Thank you for letting me know.",
                "Thank you, that helps.",
                "Many thanks, I will do that.",
            ],
            Self::Casual => &[
                "ok thanks",
                "got it thx",
                "thank u!! 🙏",
                "👍",
                "ok cool thanks",
            ],
            Self::Spanish => &[
                "Muchas gracias.",
                "Gracias, muy amable.",
                "Está bien, gracias.",
                "Gracias 🙏",
            ],
            Self::Silent => &[],
        }
    }
}

/// Somebody who may answer.
pub(super) struct Respondent {
    pub(super) person: Person,
    pub(super) answers: VecDeque<String>,
    pub(super) vacation: Option<String>,
    pub(super) bounces: bool,
    pub(super) manner: Manner,
}

/// Everybody who may answer, by address in lower case.
#[derive(Default)]
pub(crate) struct Answering {
    people: HashMap<String, Respondent>,
    seed: u64,
}

impl Answering {
    pub(super) fn new(respondents: Vec<Respondent>, seed: u64) -> Self {
        let mut people: HashMap<String, Respondent> = HashMap::new();
        for mut respondent in respondents {
            let address = respondent.person.address.to_lowercase();
            let silent = respondent.bounces || respondent.vacation.is_some();
            if respondent.answers.is_empty() && !silent {
                // One patient in two says thanks, once.
                let lot = chance(seed, &["thanks", &address]);
                let thanks = respondent.manner.thanks();
                if lot.is_multiple_of(2) && !thanks.is_empty() {
                    let at = (lot >> 8) as usize % thanks.len();
                    respondent
                        .answers
                        .extend(thanks.get(at).map(|text| (*text).to_owned()));
                }
            }
            match people.get_mut(&address) {
                Some(known) => known.answers.append(&mut respondent.answers),
                None => {
                    people.insert(address, respondent);
                }
            }
        }
        Self { people, seed }
    }

    /// What comes back from this address, and how long after (at real speed).
    pub(crate) fn answer(
        &mut self,
        to: &str,
        submission: &Submission,
    ) -> Option<(Duration, Arrival)> {
        let address = to.to_lowercase();
        let respondent = self.people.get_mut(&address)?;
        let parsed = MessageParser::new().parse(&*submission.raw)?;
        // Automatic mail is answered by nobody.
        if parsed
            .header("Auto-Submitted")
            .and_then(|value| value.as_text())
            .is_some_and(|value| value != "no")
        {
            return None;
        }
        let lot = chance(self.seed, &["answer", &address, &submission.message_id]);
        let subject = parsed.subject().unwrap_or_default();
        let mut references: Vec<String> = match parsed.references().as_text_list() {
            Some(list) => list.iter().map(ToString::to_string).collect(),
            None => Vec::new(),
        };
        references.push(submission.message_id.clone());
        let mut letter = Letter {
            from: respondent.person.clone(),
            to: vec![Person::practice()],
            subject: if subject.starts_with("Re:") {
                subject.to_owned()
            } else {
                format!("Re: {subject}")
            },
            id: format!(
                "{lot:016x}.{:04x}@{}",
                references.len(),
                respondent.person.domain()
            ),
            references,
            text: String::new(),
            shape: Shape::Usual,
            charset: "utf-8".to_owned(),
            attachments: Vec::new(),
            headers: Vec::new(),
            quote: parsed.body_text(0).map(|text| Quote {
                who: Person {
                    name: PRACTICE_NAME.to_owned(),
                    address: PRACTICE_ADDRESS.to_owned(),
                },
                at: submission.at,
                text: text.trim().to_owned(),
            }),
        };
        let delay = if respondent.bounces {
            bounce(&mut letter, to, submission);
            Duration::from_secs(4)
        } else if let Some(text) = respondent.vacation.take() {
            letter.subject = format!(
                "Automatic reply: {}",
                subject.trim_start_matches("Re:").trim()
            );
            letter.text = text;
            letter.quote = None;
            letter.headers = vec![
                ("Auto-Submitted".to_owned(), "auto-replied".to_owned()),
                ("X-Auto-Response-Suppress".to_owned(), "All".to_owned()),
                ("Return-Path".to_owned(), "<>".to_owned()),
            ];
            Duration::from_secs(3)
        } else {
            letter.text = respondent.answers.pop_front()?;
            Duration::from_secs(40 + lot % 80)
        };
        Some((
            delay,
            Arrival {
                folder: "INBOX",
                letter,
            },
        ))
    }
}

/// Turns the letter into a delivery report (RFC 3464).
fn bounce(letter: &mut Letter, to: &str, submission: &Submission) {
    let domain = letter.from.domain().to_owned();
    let (headers, _) = crate::mail::split(&submission.raw);
    let headers = String::from_utf8_lossy(headers).replace("\r\n", "\n");
    letter.from = Person {
        name: "Mail Delivery System".to_owned(),
        address: format!("mailer-daemon@mx.{domain}"),
    };
    letter.subject = "Undelivered Mail Returned to Sender".to_owned();
    letter.references = Vec::new();
    letter.quote = None;
    letter.shape = Shape::Raw;
    letter.headers = vec![
        ("Return-Path".to_owned(), "<>".to_owned()),
        ("Auto-Submitted".to_owned(), "auto-replied".to_owned()),
    ];
    letter.text = format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"{{boundary}}\"

This is a MIME-encapsulated message.

--{{boundary}}
Content-Type: text/plain; charset=us-ascii
Content-Description: Notification

This is the mail system at host mx.{domain}.

I'm sorry to have to inform you that your message could not be
delivered to one or more recipients. It's attached below.

<{to}>: host mx.{domain}[192.0.2.80] said: 550 5.1.1 <{to}>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--{{boundary}}
Content-Type: message/delivery-status
Content-Description: Delivery report

Reporting-MTA: dns; mx.{domain}
X-Postfix-Sender: rfc822; {PRACTICE_ADDRESS}
Arrival-Date: {date}

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.{domain}
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected: User
    unknown

--{{boundary}}
Content-Type: text/rfc822-headers
Content-Description: Undelivered Message Headers

{headers}
--{{boundary}}--
",
        date = submission.at.to_rfc2822(),
    );
}
