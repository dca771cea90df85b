//! What the tests share: a practice's account, mails, and a model of what the desk stores.

use std::collections::BTreeMap;
use std::sync::Arc;

use channels::email::{Auth, EmailConnector, EmailSettings, Endpoint, FirstFetch, SentCopyRule};
use channels::{ChannelError, Connector, FetchBudget};
use domain::inbound::{Batch, Cursor, Fingerprint, Item, RemoteChange, RemoteId};
use domain::outbox::Outgoing;
use domain::text::{PatientText, PrivateText, ReplyText, Secret};
use domain::{Handle, MessageId, TestClock, Timestamp};
use testkit::servers::{Dovecot, Filter, Flow, Proxy};

/// The Dovecot user of the practice.
pub const FRONT: &str = "front";

/// 22 November 2026, 12:00 UTC.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_348_800_000);

/// The settings of the practice's account, both servers on loopback without TLS.
pub fn settings(imap: u16, smtp: u16) -> EmailSettings {
    EmailSettings {
        address: "front@practice.example".into(),
        from_name: "Riverside Practice".into(),
        aliases: vec!["info@practice.example".into()],
        user_name: FRONT.into(),
        imap: Endpoint::plain_loopback("127.0.0.1", imap),
        smtp: Endpoint::plain_loopback("127.0.0.1", smtp),
        folders: Vec::new(),
        sent_folder: None,
        sent_copy: SentCopyRule::Auto,
        first_fetch: FirstFetch {
            days: None,
            messages: None,
        },
    }
}

/// The password of the practice's account.
pub fn auth() -> Auth {
    Auth::Password(Secret::new(Dovecot::PASSWORD))
}

/// An account whose clock the test owns.
pub struct Account {
    pub connector: EmailConnector,
    pub clock: Arc<TestClock>,
}

impl Account {
    pub fn new(settings: EmailSettings) -> Self {
        Self::with(settings, auth())
    }

    pub fn with(settings: EmailSettings, auth: Auth) -> Self {
        let clock = Arc::new(TestClock::at(NOW));
        Self {
            connector: EmailConnector::new(settings, auth, clock.clone()),
            clock,
        }
    }

    /// An account that reads at this port.
    pub fn reading(imap: u16) -> Self {
        Self::new(settings(imap, 9))
    }
}

/// A mail from a patient.
pub fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: Sam <sam@mail.example>\r\nTo: front@practice.example\r\nSubject: Question {number}\r\n\
         Message-ID: <{number}@mail.example>\r\n\r\nHello {number}\r\n"
    )
    .into_bytes()
}

/// What was kept of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: String,
    pub fingerprint: Fingerprint,
    pub seen: bool,
    pub subject: String,
}

/// A stand-in for the desk and the store: takes batches as they are to be taken.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub cursor: Option<Cursor>,
    pub items: BTreeMap<RemoteId, Kept>,
    /// Items whose names the server forgot.
    pub nameless: Vec<Kept>,
    /// Items delivered under a name that was known already.
    pub repeated: usize,
    /// Items that were recognised under a new name.
    pub renamed: usize,
    pub removed: usize,
}

impl Model {
    /// Takes a batch and its cursor, items before changes.
    pub fn take(&mut self, batch: Batch) {
        for item in batch.items {
            self.take_item(item);
        }
        for change in batch.changes {
            match change {
                RemoteChange::Seen { remote_id, seen } => {
                    if let Some(kept) = self.items.get_mut(&remote_id) {
                        kept.seen = seen;
                    }
                }
                RemoteChange::Removed { remote_id } => {
                    self.removed += usize::from(self.items.remove(&remote_id).is_some());
                }
                RemoteChange::Renamed { from, to } => {
                    if let Some(kept) = self.items.remove(&from) {
                        self.items.insert(to, kept);
                    }
                }
                RemoteChange::NamesForgotten { prefix } => {
                    let below = |name: &&RemoteId| name.0.starts_with(prefix.as_str());
                    let lost: Vec<RemoteId> = self.items.keys().filter(below).cloned().collect();
                    self.nameless
                        .extend(lost.iter().filter_map(|name| self.items.remove(name)));
                }
            }
        }
        if batch.cursor.is_some() {
            self.cursor = batch.cursor;
        }
    }

    fn take_item(&mut self, item: Item) {
        let kept = Kept {
            id: item.thread.own.clone(),
            fingerprint: item.fingerprint,
            seen: item.seen,
            subject: item.subject.reveal().to_owned(),
        };
        if self.items.contains_key(&item.remote_id) {
            self.repeated += 1;
            return;
        }
        let same = |other: &Kept| other.id == kept.id && other.fingerprint == kept.fingerprint;
        if let Some(at) = self.nameless.iter().position(same) {
            self.nameless.swap_remove(at);
            self.renamed += 1;
        } else if let Some(old) = self
            .items
            .iter()
            .find(|(_, other)| same(other))
            .map(|(name, _)| name.clone())
        {
            self.items.remove(&old);
            self.renamed += 1;
        }
        self.items.insert(item.remote_id, kept);
    }

    /// Fetches until nothing more is waiting.
    pub async fn sync(&mut self, account: &Account) -> Result<(), ChannelError> {
        self.sync_with(account, &FetchBudget::default()).await
    }

    pub async fn sync_with(
        &mut self,
        account: &Account,
        budget: &FetchBudget,
    ) -> Result<(), ChannelError> {
        for _ in 0..10_000 {
            let batch = account
                .connector
                .fetch(self.cursor.as_ref(), budget)
                .await?;
            let more = batch.more;
            self.take(batch);
            if !more {
                return Ok(());
            }
        }
        panic!("fetching does not come to an end");
    }

    /// Folder, Message-ID and whether it was read, sorted.
    pub fn view(&self) -> Vec<(String, String, bool)> {
        let mut view: Vec<_> = self
            .items
            .iter()
            .map(|(name, kept)| {
                let folder = name.0.split('/').next().unwrap_or_default().to_owned();
                (folder, kept.id.clone(), kept.seen)
            })
            .collect();
        view.sort();
        view
    }

    pub fn ids(&self) -> Vec<String> {
        self.view().into_iter().map(|(_, id, _)| id).collect()
    }

    pub fn name_of(&self, id: &str) -> RemoteId {
        let mut found = self
            .items
            .iter()
            .filter(|(_, kept)| kept.id == id)
            .map(|(name, _)| name.clone());
        found.next().unwrap_or_else(|| panic!("{id} is not here"))
    }
}

/// What the server itself says: folder, Message-ID and whether it was read, sorted.
pub fn truth(dovecot: &Dovecot, folders: &[&str]) -> Vec<(String, String, bool)> {
    let mut truth = Vec::new();
    for folder in folders {
        let listed = dovecot.doveadm(&[
            "-f",
            "tab",
            "fetch",
            "-u",
            FRONT,
            "hdr.message-id flags",
            "mailbox",
            folder,
            "undeleted",
        ]);
        for line in listed.lines().skip(1) {
            let (id, flags) = line.split_once('\t').unwrap_or((line, ""));
            truth.push((
                (*folder).to_owned(),
                id.trim_matches(['<', '>']).to_owned(),
                flags.contains("\\Seen"),
            ));
        }
    }
    truth.sort();
    truth
}

/// A reply of the practice to Sam.
pub fn reply(unique: &str, text: &str) -> Outgoing {
    Outgoing {
        id: MessageId::new(NOW),
        to: Handle::email("sam@mail.example", "Sam"),
        text: ReplyText::Private(PrivateText::new(PatientText::new(text))),
        subject: PatientText::new("Question"),
        network_id: format!("{unique}@practice.example"),
        in_reply_to: Some("1@mail.example".into()),
        references: vec!["0@mail.example".into()],
        attachments: Vec::new(),
        date: NOW,
    }
}

/// Takes capabilities away: each word is made unrecognisable without changing its length.
#[derive(Clone)]
pub struct Without(pub &'static [&'static str], pub Vec<u8>);

impl Filter for Without {
    fn to_client(&mut self, bytes: Vec<u8>) -> Flow {
        self.1.extend(bytes);
        // Whole lines only, so that no word is torn.
        let end = self
            .1
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let rest = self.1.split_off(end);
        let mut lines = std::mem::replace(&mut self.1, rest);
        for word in self.0 {
            for at in 0..lines.len().saturating_sub(word.len() - 1) {
                if lines[at..].starts_with(word.as_bytes()) {
                    lines[at] = b'X';
                }
            }
        }
        Flow::Pass(lines)
    }
}

/// What a server can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Qresync,
    Condstore,
    Neither,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Qresync, Self::Condstore, Self::Neither];

    /// A server like that.
    pub async fn before(self, dovecot: &Dovecot) -> Proxy {
        let missing: &'static [&'static str] = match self {
            Self::Qresync => &[],
            Self::Condstore => &["QRESYNC"],
            Self::Neither => &["QRESYNC", "CONDSTORE"],
        };
        Proxy::start(dovecot.port(), move || Without(missing, Vec::new())).await
    }
}
