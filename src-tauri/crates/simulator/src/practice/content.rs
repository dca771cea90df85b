//! From the TOML files to mails with dates, ids and threads.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;

use super::agenda::Arrival;
use super::answering::{Answering, Manner, Respondent};
use super::letter::{Attachment, Letter, Person, Quote, Shape};
use super::{PRACTICE_ADDRESS, RawMail, chance, hours};

/// Conversations by theme.
const CONVERSATIONS: &[&str] = &[
    include_str!("texts/urgent.toml"),
    include_str!("texts/clinical.toml"),
    include_str!("texts/mental.toml"),
    include_str!("texts/children.toml"),
    include_str!("texts/medication.toml"),
    include_str!("texts/results.toml"),
    include_str!("texts/appointments.toml"),
    include_str!("texts/billing.toml"),
    include_str!("texts/voices.toml"),
    include_str!("texts/spanish.toml"),
    include_str!("texts/carers.toml"),
    include_str!("texts/other.toml"),
];

/// Somebody has read what is older than this.
const READ_AFTER: Duration = Duration::hours(40);

/// What arrives while you watch.
const ARRIVALS: &str = include_str!("texts/arrivals.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theme {
    #[serde(default)]
    spanish: bool,
    conversation: Vec<Conversation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    /// What an arrival answers it by.
    key: Option<String>,
    from: String,
    subject: String,
    /// Another folder than INBOX for what came in.
    folder: Option<String>,
    /// What the patient answers to the practice's next replies, in turn.
    #[serde(default)]
    answers: Vec<String>,
    /// The automatic answer that comes to any reply, once.
    vacation: Option<String>,
    /// The address does not exist: replies come back.
    #[serde(default)]
    bounces: bool,
    /// Never answers a reply: a machine, or somebody who sells.
    #[serde(default)]
    silent: bool,
    mail: Vec<Mail>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mail {
    /// How long before the epoch, as `2d4h30m`.
    ago: Ago,
    /// From the practice, not to it.
    #[serde(default)]
    ours: bool,
    #[serde(flatten)]
    words: Words,
}

/// What a mail says and how it looks.
#[derive(Deserialize)]
struct Words {
    text: String,
    /// Another subject than the conversation's.
    subject: Option<String>,
    to: Option<String>,
    #[serde(default)]
    shape: Shape,
    charset: Option<String>,
    #[serde(default)]
    attach: Vec<Attachment>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Whether the mail before is quoted; by default as the writer's habit is.
    quote: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedule {
    arrival: Vec<ArrivalText>,
}

#[derive(Deserialize)]
struct ArrivalText {
    /// The key of the conversation it answers.
    re: Option<String>,
    from: Option<String>,
    #[serde(default)]
    answers: Vec<String>,
    #[serde(default)]
    spanish: bool,
    #[serde(default)]
    silent: bool,
    #[serde(flatten)]
    words: Words,
}

/// A duration before the epoch.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Ago(Duration);

impl TryFrom<String> for Ago {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut seconds = 0;
        let mut number = String::new();
        for letter in text.chars().filter(|letter| *letter != ' ') {
            if letter.is_ascii_digit() {
                number.push(letter);
                continue;
            }
            let unit = match letter {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                _ => return Err(format!("not a duration: {text}")),
            };
            seconds += unit
                * number
                    .parse::<i64>()
                    .map_err(|_| format!("not a duration: {text}"))?;
            number.clear();
        }
        if number.is_empty() {
            Ok(Self(Duration::seconds(seconds)))
        } else {
            Err(format!("no unit: {text}"))
        }
    }
}

/// The whole practice, ready to be put into folders.
pub(super) struct Practice {
    /// By date.
    pub(super) mails: Vec<RawMail>,
    pub(super) arrivals: Vec<Arrival>,
    pub(super) answering: Answering,
}

/// Where a conversation stands: what a further mail needs to know.
#[derive(Clone)]
struct Standing {
    contact: Person,
    subject: String,
    references: Vec<String>,
    last: Option<Quote>,
}

/// Reads all texts. Everything derives from the seed; only the ids of arrivals depend on `now` too,
/// because a restarted server has forgotten what arrived before.
pub(super) fn read(
    epoch: DateTime<Utc>,
    now: DateTime<Utc>,
    seed: u64,
) -> Result<Practice, toml::de::Error> {
    let mut mails = Vec::new();
    let mut respondents = Vec::new();
    let mut standings: HashMap<String, Standing> = HashMap::new();
    for theme in CONVERSATIONS {
        let theme: Theme = toml::from_str(theme)?;
        for conversation in theme.conversation {
            let manner = conversation.mail.first().map_or(Manner::Silent, |mail| {
                mail.words.manner(
                    theme.spanish,
                    conversation.silent || conversation.folder.is_some(),
                )
            });
            let contact = Person::parse(&conversation.from);
            let mut standing = Standing {
                contact: contact.clone(),
                subject: conversation.subject.clone(),
                references: Vec::new(),
                last: None,
            };
            let plan: Vec<(Duration, bool)> = conversation
                .mail
                .iter()
                .map(|mail| (mail.ago.0, mail.ours))
                .collect();
            let sent_at = hours::sent_at(epoch, &plan, &conversation.from);
            for (number, (mail, at)) in conversation.mail.iter().zip(sent_at).enumerate() {
                let answered = plan.get(number + 1).is_some_and(|(_, ours)| *ours);
                let id_words = [
                    contact.address.as_str(),
                    &conversation.subject,
                    &number.to_string(),
                ];
                let letter = standing.letter(&mail.words, mail.ours, at, &id_words, seed);
                let folder = if mail.ours {
                    "Sent"
                } else {
                    conversation.folder.as_deref().unwrap_or("INBOX")
                };
                let mut flags = Vec::new();
                if mail.ours || answered || epoch - at > READ_AFTER {
                    flags.push("\\Seen".to_owned());
                }
                if answered {
                    flags.push("\\Answered".to_owned());
                }
                mails.push(RawMail {
                    mailbox: folder.to_owned(),
                    flags,
                    received: at,
                    raw: letter.write(at),
                });
            }
            if let Some(key) = conversation.key {
                standings.insert(key, standing);
            }
            respondents.push(Respondent {
                person: contact,
                answers: conversation.answers.into(),
                vacation: conversation.vacation,
                bounces: conversation.bounces,
                manner,
            });
        }
    }
    mails.sort_by_key(|mail| mail.received);

    let run = now.timestamp().to_string();
    let mut arrivals = Vec::new();
    for (number, text) in (0_u32..).zip(toml::from_str::<Schedule>(ARRIVALS)?.arrival) {
        let known = text.re.as_ref().and_then(|key| standings.get_mut(key));
        let mut fresh = Standing {
            contact: Person::parse(text.from.as_deref().unwrap_or("")),
            subject: text.words.subject.clone().unwrap_or_default(),
            references: Vec::new(),
            last: None,
        };
        let standing = known.unwrap_or(&mut fresh);
        let id_words = ["arrival", &number.to_string(), &run];
        let letter = standing.letter(&text.words, false, now, &id_words, seed);
        if text.re.is_none() {
            respondents.push(Respondent {
                person: standing.contact.clone(),
                answers: text.answers.into(),
                vacation: None,
                bounces: false,
                manner: text.words.manner(text.spanish, text.silent),
            });
        }
        arrivals.push(Arrival {
            folder: "INBOX",
            letter,
        });
    }
    Ok(Practice {
        mails,
        arrivals,
        answering: Answering::new(respondents, seed),
    })
}

impl Words {
    /// Machines stay silent; who begins in lower case thanks in lower case.
    fn manner(&self, spanish: bool, silent: bool) -> Manner {
        let automatic = ["Auto-Submitted", "Precedence"]
            .iter()
            .any(|name| self.headers.contains_key(*name));
        if silent || automatic {
            Manner::Silent
        } else if spanish {
            Manner::Spanish
        } else if self.text.trim_start().starts_with(char::is_lowercase) {
            Manner::Casual
        } else {
            Manner::Polite
        }
    }
}

impl Standing {
    /// The next letter of the conversation, which then stands there.
    fn letter(
        &mut self,
        words: &Words,
        ours: bool,
        at: DateTime<Utc>,
        id_words: &[&str],
        seed: u64,
    ) -> Letter {
        let (from, to) = if ours {
            (Person::practice(), self.contact.clone())
        } else {
            (self.contact.clone(), Person::practice())
        };
        let to = match &words.to {
            Some(list) => list.split(',').map(Person::parse).collect(),
            None => vec![to],
        };
        let subject = match &words.subject {
            Some(subject) => subject.clone(),
            None if self.references.is_empty() || self.subject.starts_with("Re:") => {
                self.subject.clone()
            }
            None => format!("Re: {}", self.subject),
        };
        let id = format!(
            "{:016x}.{:08x}@{}",
            chance(seed, id_words),
            chance(!seed, id_words) >> 32,
            from.domain()
        );
        // The practice quotes; of the others, about half do.
        let quotes = words
            .quote
            .unwrap_or_else(|| ours || chance(2, &[&from.address]).is_multiple_of(2));
        let letter = Letter {
            from: from.clone(),
            to,
            subject,
            id: id.clone(),
            references: self.references.clone(),
            text: words.text.clone(),
            shape: words.shape,
            charset: words.charset.clone().unwrap_or_else(|| "utf-8".to_owned()),
            attachments: words.attach.clone(),
            headers: words.headers.clone().into_iter().collect(),
            quote: self.last.take().filter(|_| quotes),
        };
        let whole = match &letter.quote {
            Some(quote) => format!("{}\n\n{}", letter.shown_text(at), quote.plain()),
            None => letter.shown_text(at),
        };
        self.last = (letter.shape != Shape::Raw && letter.shape != Shape::Html).then_some(Quote {
            who: from,
            at,
            text: whole,
        });
        self.references.push(id);
        debug_assert!(!self.contact.address.eq_ignore_ascii_case(PRACTICE_ADDRESS));
        letter
    }
}

#[cfg(test)]
mod tests;
