//! The mail of three years, one message after the other.

use domain::inbound::{Fingerprint, InboundAttachment, Item, RemoteId, ThreadKeys};
use domain::message::Protection;
use domain::{Acuity, Channel, Direction, Handle, Timestamp, Visibility};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::words::{Words, person};
use super::{BEGIN, END, Recipe};
use crate::{Arrival, Findings};

/// The practice's address.
pub(super) const PRACTICE: &str = "frontdesk@riverside.example";

/// Conversations that go on at the same time.
const GOING: usize = 2_000;
/// Messages of the one conversation that never ends.
const ENDLESS: usize = 10_000;

/// A conversation that goes on.
struct Thread {
    contact: usize,
    subject: String,
    /// Ids of its newest messages, the newest first.
    ids: Vec<String>,
}

/// The messages of a recipe, oldest first.
pub struct Mails {
    recipe: Recipe,
    words: Words,
    chance: StdRng,
    done: usize,
    opened: usize,
    going: Vec<Thread>,
    endless: Thread,
}

impl Mails {
    /// The mail of a recipe.
    pub fn new(recipe: Recipe) -> Self {
        Self {
            recipe,
            words: Words::new(),
            chance: StdRng::seed_from_u64(recipe.seed),
            done: 0,
            opened: 0,
            going: Vec::new(),
            endless: Thread {
                contact: 0,
                subject: "Blood sugar diary".to_owned(),
                ids: Vec::new(),
            },
        }
    }

    /// Which conversation speaks next, and whether it is new.
    fn next_thread(&mut self) -> Option<usize> {
        let endless = ENDLESS.min(self.recipe.messages / 10).max(1);
        if self
            .done
            .is_multiple_of((self.recipe.messages / endless).max(1))
        {
            return None;
        }
        // Conversations open evenly over the time.
        let due = (self.done + 1) as u64 * self.recipe.conversations as u64
            / self.recipe.messages.max(1) as u64;
        if (self.opened as u64) < due || self.going.is_empty() {
            let thread = Thread {
                // Few people write often: the square of an even chance.
                contact: {
                    let even: f64 = self.chance.random();
                    1 + (even * even * (self.recipe.contacts - 1) as f64) as usize
                },
                subject: self.subject(),
                ids: Vec::new(),
            };
            let most = GOING.min(self.recipe.conversations / 10 + 1);
            let place = if self.going.len() < most {
                self.going.push(thread);
                self.going.len() - 1
            } else {
                let place = self.opened % most;
                if let Some(old) = self.going.get_mut(place) {
                    *old = thread;
                }
                place
            };
            self.opened += 1;
            return Some(place);
        }
        Some(self.chance.random_range(0..self.going.len()))
    }

    fn subject(&mut self) -> String {
        let count = self.chance.random_range(2..7);
        let mut subject = String::new();
        for _ in 0..count {
            let word = self.words.draw(&mut self.chance);
            if !subject.is_empty() {
                subject.push(' ');
            }
            subject.push_str(word);
        }
        // Copies of a subject would join conversations that have nothing to do with each other.
        subject.push_str(&format!(" {}", self.opened));
        capital(&mut subject, 0);
        subject
    }

    /// Prose: sentences of a dozen words, a number here and there.
    fn text(&mut self, to: &str, from: &str) -> String {
        let words = match self.chance.random_range(0..100) {
            0..35 => self.chance.random_range(1..16),
            35..82 => self.chance.random_range(30..150),
            82..99 => self.chance.random_range(150..450),
            _ => self.chance.random_range(450..1_500),
        };
        let mut text = format!("Dear {to},\n\n");
        let mut start = true;
        for number in 1..=words {
            let place = text.len();
            if self.chance.random_range(0..60) == 0 {
                text.push_str(&self.chance.random_range(1..100_000).to_string());
            } else {
                text.push_str(self.words.draw(&mut self.chance));
            }
            if start {
                capital(&mut text, place);
                start = false;
            }
            if number == words || self.chance.random_range(0..12) == 0 {
                text.push('.');
                start = true;
                if self.chance.random_range(0..5) == 0 {
                    text.push('\n');
                }
            }
            text.push(' ');
        }
        text.push_str("\n\n");
        text.push_str(from);
        text
    }
}

impl Iterator for Mails {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        if self.done >= self.recipe.messages {
            return None;
        }
        let place = self.next_thread();
        let number = self.done;
        self.done += 1;
        let contact = self.thread(place).contact;
        let (first, last) = person(contact);
        let inbound = self.thread(place).ids.is_empty() || self.chance.random_bool(0.6);
        let text = if inbound {
            self.text("practice", &first)
        } else {
            self.text(&first, "Your practice team")
        };
        let own = format!("{:016x}.{number}@mail.example", self.chance.random::<u64>());
        let files = usize::from(self.chance.random_range(0..20) == 0);
        let findings = (inbound && self.chance.random_range(0..40) == 0).then(|| Findings {
            acuity: *super::pick(
                &[
                    Acuity::Routine,
                    Acuity::Routine,
                    Acuity::SameDay,
                    Acuity::Emergency,
                ],
                &mut self.chance,
            ),
            reason: "chest pain".into(),
            detail: serde_json::json!({ "flags": [{ "rule": "chest-pain", "span": [6, 16] }] }),
        });
        let seen = self.chance.random_bool(0.8);
        let at = instant(number, self.recipe.messages);
        let thread = self.thread(place);
        let subject = if thread.ids.is_empty() {
            thread.subject.clone()
        } else {
            format!("Re: {}", thread.subject)
        };
        let keys = ThreadKeys {
            own: own.clone(),
            parents: thread.ids.clone(),
            native: None,
            subject: thread.subject.to_lowercase(),
        };
        thread.ids.insert(0, own);
        thread.ids.truncate(3);
        let mut fingerprint = [0; 32];
        for (to, from) in fingerprint.iter_mut().zip((number as u64).to_be_bytes()) {
            *to = from;
        }
        let item = Item {
            remote_id: RemoteId(format!("INBOX/1672646400/{}", number + 1)),
            fingerprint: Fingerprint(fingerprint),
            channel: Channel::Email,
            visibility: Visibility::Private,
            direction: if inbound {
                Direction::Inbound
            } else {
                Direction::Outbound
            },
            contact: Handle::email(
                &format!("{first}.{last}{contact}@home.example"),
                &format!("{first} {last}"),
            ),
            others: Vec::new(),
            reply_to: None,
            sent_at: at,
            received_at: at.plus_millis(2_000),
            subject: subject.into(),
            text: text.into(),
            folds: Vec::new(),
            html: None,
            thread: keys,
            attachments: (0..files).map(|_| file(number)).collect(),
            automatic: None,
            delivery: None,
            protection: Protection::None,
            seen,
            raw: None,
            problems: Vec::new(),
        };
        Some(Arrival { item, findings })
    }
}

impl Mails {
    fn thread(&mut self, place: Option<usize>) -> &mut Thread {
        match place.and_then(|place| self.going.get_mut(place)) {
            Some(thread) => thread,
            None => &mut self.endless,
        }
    }
}

/// A file whose bytes are still on the server.
fn file(number: usize) -> InboundAttachment {
    InboundAttachment {
        name: format!("scan-{number}.pdf"),
        media_type: "application/pdf".to_owned(),
        inline: false,
        content_id: None,
        danger: None,
        size: 180_000,
        data: None,
    }
}

fn instant(number: usize, of: usize) -> Timestamp {
    let span = i128::from(END.millis() - BEGIN.millis() - 60_000);
    BEGIN.plus_millis((span * number as i128 / of.max(1) as i128) as i64)
}

fn capital(text: &mut String, at: usize) {
    if let Some(start) = text.get(at..at + 1).map(str::to_uppercase) {
        text.replace_range(at..=at, &start);
    }
}
