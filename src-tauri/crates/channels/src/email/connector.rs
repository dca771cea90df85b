//! A mail account as a [`Connector`].
//!
//! At most two connections to the IMAP server live at a time: one that works and one that idles on
//! INBOX. Both are kept between calls and replaced when they turn out dead.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::Clock;
use domain::channel::Abilities;
use domain::inbound::{Batch, Cursor, RemoteId};
use domain::outbox::{Outgoing, SendFailure};
use domain::text::PatientText;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

use super::compose::{self, ComposeError, Composed};
use super::cursor::{self, Position};
use super::imap::session::{Idled, unlisted};
use super::imap::{Folder, Session};
use super::item::{self, Arrival, Own};
use super::oversize;
use super::settings::{Auth, EmailSettings, SentCopyRule};
use super::smtp::{self, Handed};
use super::sync::{self, Task};
use super::uidset::UidSet;
use crate::backoff::pause;
use crate::connector::{
    Applied, Connector, Evidence, FetchBudget, FolderInfo, FolderUse, Identity, LocalChange, Mark,
    ReadBack, Reason, SendOutcome, SentCopy, Stop, Wake,
};
use crate::error::{ChannelError, SignInFailure};

/// How often to look where the server cannot push.
const POLL: Duration = Duration::from_secs(180);
/// How long a kept connection has to show that it lives.
const ALIVE: Duration = Duration::from_secs(10);
/// How long storing a sent copy may take, waiting for the connection included.
const COPY: Duration = Duration::from_secs(90);
/// Sign-ins that may fail in a row before no more are tried with the same secret.
const TRIES: u32 = 2;

/// A mail account.
pub struct EmailConnector {
    settings: EmailSettings,
    auth: Auth,
    own: Own,
    clock: Arc<dyn Clock>,
    work: Mutex<Option<Session>>,
    idle: Mutex<Option<Session>>,
    /// Whether the server is known not to push.
    silent: AtomicBool,
    reading: Tries,
    sending: Tries,
}

impl EmailConnector {
    /// The account with these settings. Connects to nothing yet. A new secret makes a new connector.
    pub fn new(settings: EmailSettings, auth: Auth, clock: Arc<dyn Clock>) -> Self {
        Self {
            own: Own::of(&settings),
            settings,
            auth,
            clock,
            work: Mutex::new(None),
            idle: Mutex::new(None),
            silent: AtomicBool::new(false),
            reading: Tries::default(),
            sending: Tries::default(),
        }
    }

    /// The account's settings.
    pub const fn settings(&self) -> &EmailSettings {
        &self.settings
    }

    async fn open(&self) -> Result<Session, ChannelError> {
        self.reading.permit(&self.settings.imap.host)?;
        let opened = Session::open(&self.settings.imap, &self.settings.user_name, &self.auth).await;
        let session = self.reading.note(opened)?;
        self.silent.store(!session.can("IDLE"), Ordering::Relaxed);
        Ok(session)
    }

    /// The working connection, alive.
    async fn lease(&self) -> Result<Lease<'_>, ChannelError> {
        let mut slot = self.work.lock().await;
        let kept = match slot.take() {
            Some(mut session) => timeout(ALIVE, session.is_alive())
                .await
                .unwrap_or(false)
                .then_some(session),
            None => None,
        };
        let session = match kept {
            Some(session) => session,
            None => self.open().await?,
        };
        Ok(Lease { slot, session })
    }

    /// The folders that are followed, the most urgent first.
    fn followed(&self, all: &[Folder]) -> Vec<Folder> {
        let named = |name: &String| {
            let found = all.iter().find(|folder| folder.name == *name);
            found.cloned().unwrap_or_else(|| unlisted(name))
        };
        let inbox = all
            .iter()
            .find(|folder| folder.purpose == FolderUse::Inbox)
            .cloned();
        let mut followed = vec![inbox.unwrap_or_else(Folder::inbox)];
        let chosen = self.settings.folders.iter().map(named);
        for folder in chosen.chain(self.sent_folder(all)) {
            if !followed.iter().any(|other| other.name == folder.name) {
                followed.push(folder);
            }
        }
        followed
    }

    fn sent_folder(&self, all: &[Folder]) -> Option<Folder> {
        if let Some(name) = &self.settings.sent_folder {
            let found = all.iter().find(|folder| folder.name == *name).cloned();
            let folder = found.unwrap_or_else(|| unlisted(name));
            return Some(Folder {
                purpose: FolderUse::Sent,
                ..folder
            });
        }
        let sent = || {
            all.iter()
                .filter(|folder| folder.purpose == FolderUse::Sent)
        };
        sent()
            .find(|folder| folder.told)
            .or_else(|| sent().next())
            .cloned()
    }

    async fn fetch_page(
        &self,
        cursor: Option<&Cursor>,
        budget: &FetchBudget,
    ) -> Result<Batch, ChannelError> {
        let mut lease = self.lease().await?;
        let result = async {
            let folders = self.followed(&lease.session.folders().await?);
            let task = Task {
                folders: &folders,
                first: self.settings.first_fetch,
                own: &self.own,
                budget,
                now: self.clock.now(),
            };
            sync::fetch(&mut lease.session, &task, cursor).await
        }
        .await;
        lease.settle(result)
    }

    async fn wait_on_inbox(
        &self,
        cursor: Option<&Cursor>,
        at_most: Duration,
        stop: &Stop,
    ) -> Result<Wake, ChannelError> {
        let mut slot = self.idle.lock().await;
        if let Some(kept) = slot.take()
            && let Ok(wake) = self.idle_on(kept, &mut slot, at_most, stop).await
        {
            return Ok(wake);
        }
        // Never idled, or the connection died unnoticed: what happened before it is idle is compared.
        let mut session = self.open().await?;
        if !session.can("IDLE") {
            drop(slot);
            session.log_out().await;
            return Ok(poll(at_most, stop).await);
        }
        let opened = session.examine(&Folder::inbox(), None).await?;
        let position = Position::read(cursor);
        let unchanged = position.folders.get("INBOX").is_some_and(|inbox| {
            inbox.uidvalidity == opened.uidvalidity
                && inbox.exists == opened.exists
                && opened
                    .uidnext
                    .is_none_or(|uidnext| uidnext == inbox.uidnext)
                && opened.modseq.is_none_or(|modseq| modseq == inbox.modseq)
        });
        if !unchanged || position.is_behind() {
            *slot = Some(session);
            return Ok(Wake::News);
        }
        self.idle_on(session, &mut slot, at_most, stop).await
    }

    async fn idle_on(
        &self,
        mut session: Session,
        slot: &mut Option<Session>,
        at_most: Duration,
        stop: &Stop,
    ) -> Result<Wake, ChannelError> {
        Ok(match session.idle(at_most, stop, &*self.clock).await? {
            Idled::News => {
                *slot = Some(session);
                Wake::News
            }
            Idled::TimedOut => {
                *slot = Some(session);
                Wake::TimedOut
            }
            Idled::Stopped => {
                session.log_out().await;
                Wake::Stopped
            }
            Idled::Slept => {
                // The other connection has slept too.
                if let Ok(mut work) = self.work.try_lock() {
                    *work = None;
                }
                Wake::News
            }
        })
    }

    async fn store_copy(
        &self,
        mail: Composed,
        at: domain::Timestamp,
    ) -> Result<Option<RemoteId>, ChannelError> {
        let mut lease = self.lease().await?;
        let result = async {
            let all = lease.session.folders().await?;
            let sent = self
                .sent_folder(&all)
                .ok_or(ChannelError::Settings("there is no Sent folder"))?;
            let named = lease.session.append(&sent, mail.message, at).await?;
            Ok(named.map(|(uidvalidity, uid)| cursor::remote_id(&sent.name, uidvalidity, uid)))
        }
        .await;
        lease.settle(result)
    }

    async fn look_for(&self, id: &str) -> Result<ReadBack, ChannelError> {
        let mut lease = self.lease().await?;
        let result = async {
            let all = lease.session.folders().await?;
            let everything = all
                .iter()
                .find(|folder| folder.purpose == FolderUse::All)
                .cloned();
            for folder in self.sent_folder(&all).into_iter().chain(everything) {
                let opened = lease.session.examine(&folder, None).await?;
                let found = lease.session.search_message_id(id).await?;
                if let Some((_, uid)) = found.bounds() {
                    let remote_id = cursor::remote_id(&folder.name, opened.uidvalidity, uid);
                    return Ok(ReadBack::Found { remote_id });
                }
            }
            Ok(if keeps_under_our_id(&self.settings) {
                ReadBack::NotFound
            } else {
                ReadBack::CannotTell
            })
        }
        .await;
        lease.settle(result)
    }

    async fn mark(
        &self,
        session: &mut Session,
        changes: &[LocalChange],
    ) -> Result<Vec<Applied>, ChannelError> {
        let mut applied = vec![Applied::Gone; changes.len()];
        let mut by_folder: BTreeMap<(String, u32), Vec<(usize, u32, Mark)>> = BTreeMap::new();
        for (index, change) in changes.iter().enumerate() {
            if let Some((folder, uidvalidity, uid)) = cursor::parse_remote_id(&change.remote_id) {
                by_folder
                    .entry((folder, uidvalidity))
                    .or_default()
                    .push((index, uid, change.mark));
            }
        }
        let all = session.folders().await?;
        for ((name, uidvalidity), marks) in by_folder {
            let Some(folder) = all.iter().find(|folder| folder.name == name) else {
                continue;
            };
            let opened = session.select(folder).await?;
            if opened.uidvalidity != uidvalidity {
                continue;
            }
            let wanted: UidSet = marks.iter().map(|(_, uid, _)| *uid).collect();
            let there = session.search("", Some(&wanted)).await?;
            for mark in [Mark::Seen, Mark::Unseen, Mark::Answered] {
                let these = || {
                    marks
                        .iter()
                        .filter(|(_, uid, other)| *other == mark && there.contains(*uid))
                };
                let set: UidSet = these().map(|(_, uid, _)| *uid).collect();
                if !set.is_empty() && !opened.read_only {
                    session.store(&set, flag_change(mark)).await?;
                }
                for (index, ..) in these() {
                    if let Some(applied) = applied.get_mut(*index) {
                        *applied = if opened.read_only {
                            Applied::Impossible
                        } else {
                            Applied::Done
                        };
                    }
                }
            }
        }
        Ok(applied)
    }

    async fn bytes_of(
        &self,
        session: &mut Session,
        id: &RemoteId,
        position: usize,
    ) -> Result<Vec<u8>, ChannelError> {
        let (name, uidvalidity, uid) = cursor::parse_remote_id(id).ok_or(ChannelError::Gone)?;
        let all = session.folders().await?;
        let folder = all
            .iter()
            .find(|folder| folder.name == name)
            .ok_or(ChannelError::Gone)?;
        if session.examine(folder, None).await?.uidvalidity != uidvalidity {
            return Err(ChannelError::Gone);
        }
        let one = UidSet::range(uid, uid);
        let mut sizes = session.fetch(&one, "UID RFC822.SIZE", "").await?.messages;
        let size = sizes
            .remove(&uid)
            .and_then(|fetched| fetched.size)
            .ok_or(ChannelError::Gone)?;
        if size > sync::WHOLE {
            return oversize::attachment(session, uid, position)
                .await?
                .ok_or(ChannelError::Gone);
        }
        let mut whole = session.fetch(&one, "UID BODY.PEEK[]", "").await?.messages;
        let raw = whole
            .remove(&uid)
            .and_then(|mut fetched| fetched.section(""))
            .ok_or(ChannelError::Gone)?;
        let item = item::read(Arrival::whole(id.clone(), raw), &self.own);
        let file = item.attachments.into_iter().nth(position);
        file.and_then(|file| file.data).ok_or(ChannelError::Gone)
    }
}

#[async_trait]
impl Connector for EmailConnector {
    fn abilities(&self) -> Abilities {
        Abilities::email()
    }

    async fn check(&self, stop: &Stop) -> Result<Identity, ChannelError> {
        let checking = async {
            let mut session = self.open().await?;
            let all = session.folders().await?;
            let followed = self.followed(&all);
            for folder in &followed {
                session.examine(folder, None).await?;
            }
            let pushes = session.can("IDLE");
            session.log_out().await;
            self.sending.permit(&self.settings.smtp.host)?;
            let smtp = smtp::check(&self.settings.smtp, &self.settings.user_name, &self.auth).await;
            self.sending.note(smtp)?;
            let mut remarks = Vec::new();
            if self.sent_folder(&all).is_none() {
                remarks.push("No folder for sent mail was found; choose one so that other mail programs see your replies.".to_owned());
            }
            if !pushes {
                remarks.push(
                    "This server does not announce new mail; Anteroom looks every three minutes."
                        .to_owned(),
                );
            }
            Ok(Identity {
                address: self.settings.address.clone(),
                folders: all
                    .into_iter()
                    .map(|folder| FolderInfo {
                        followed: followed.iter().any(|other| other.name == folder.name),
                        name: folder.name,
                        purpose: folder.purpose,
                    })
                    .collect(),
                pushes,
                remarks,
            })
        };
        until_stopped(stop, checking).await
    }

    async fn fetch(
        &self,
        cursor: Option<&Cursor>,
        budget: &FetchBudget,
    ) -> Result<Batch, ChannelError> {
        until_stopped(&budget.stop, self.fetch_page(cursor, budget)).await
    }

    async fn wait(
        &self,
        cursor: Option<&Cursor>,
        at_most: Duration,
        stop: &Stop,
    ) -> Result<Wake, ChannelError> {
        if self.silent.load(Ordering::Relaxed) {
            return Ok(poll(at_most, stop).await);
        }
        // The idle session itself looks at the signal, so that it can end in good order.
        let stopped = async {
            stop.cancelled().await;
            tokio::time::sleep(Duration::from_secs(3)).await;
        };
        tokio::select! {
            biased;
            wake = self.wait_on_inbox(cursor, at_most, stop) => wake,
            () = stopped => Ok(Wake::Stopped),
        }
    }

    async fn send(&self, outgoing: &Outgoing) -> SendOutcome {
        let mail = match compose::compose(&self.settings, outgoing) {
            Ok(mail) => mail,
            Err(error) => return unwritable(error),
        };
        if let Err(error) = self.sending.permit(&self.settings.smtp.host) {
            return unreached(&error);
        }
        let handed = smtp::hand_in(
            &self.settings.smtp,
            &self.settings.user_name,
            &self.auth,
            &mail,
        )
        .await;
        self.sending.judge(match &handed {
            Handed::Unreached(error) => Some(error),
            _ => None,
        });
        let answer = match handed {
            Handed::Over(answer) => answer,
            Handed::Refused { failure, why } => return SendOutcome::Refused { failure, why },
            Handed::Deferred { why } => {
                return SendOutcome::Deferred {
                    retry_after: None,
                    why,
                };
            }
            Handed::Uncertain { why } => return SendOutcome::Uncertain { why },
            Handed::Unreached(error) => return unreached(&error),
        };
        fail::fail_point!("smtp-before-copy");
        let (copy, remote_id) = if keeps_sent(&self.settings) {
            (SentCopy::ByNetwork, None)
        } else {
            // Whatever becomes of the copy, the mail is out.
            match timeout(COPY, self.store_copy(mail, outgoing.date)).await {
                Ok(Ok(remote_id)) => (SentCopy::Stored, remote_id),
                Ok(Err(error)) => {
                    tracing::warn!(code = error.code(), "the sent copy could not be stored");
                    (SentCopy::Missing, None)
                }
                Err(_) => (SentCopy::Missing, None),
            }
        };
        SendOutcome::Sent(Evidence {
            answer,
            remote_id,
            copy,
        })
    }

    async fn read_back(&self, outgoing: &Outgoing) -> Result<ReadBack, ChannelError> {
        self.look_for(&outgoing.network_id).await
    }

    async fn apply(&self, changes: &[LocalChange]) -> Result<Vec<Applied>, ChannelError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let mut lease = self.lease().await?;
        let result = self.mark(&mut lease.session, changes).await;
        lease.settle(result)
    }

    async fn attachment(
        &self,
        item: &RemoteId,
        position: usize,
        stop: &Stop,
    ) -> Result<Vec<u8>, ChannelError> {
        let fetching = async {
            let mut lease = self.lease().await?;
            let result = self.bytes_of(&mut lease.session, item, position).await;
            lease.settle(result)
        };
        until_stopped(stop, fetching).await
    }

    async fn close(&self) {
        for slot in [&self.work, &self.idle] {
            let session = slot.lock().await.take();
            if let Some(session) = session {
                session.log_out().await;
            }
        }
    }
}

/// The working connection while a call uses it. Dropped in the middle, the connection is gone: nobody
/// knows what it was about to hear.
struct Lease<'a> {
    slot: MutexGuard<'a, Option<Session>>,
    session: Session,
}

impl Lease<'_> {
    /// Keeps the connection for the next call unless it is of no more use.
    fn settle<T>(mut self, result: Result<T, ChannelError>) -> Result<T, ChannelError> {
        let usable = matches!(
            result,
            Ok(_)
                | Err(ChannelError::Folder { .. }
                    | ChannelError::Gone
                    | ChannelError::Settings(_)
                    | ChannelError::Full { .. })
        );
        if usable {
            *self.slot = Some(self.session);
        }
        result
    }
}

/// Counts failed sign-ins with one secret, so that no account is locked by our persistence.
#[derive(Default)]
struct Tries(AtomicU32);

impl Tries {
    fn permit(&self, host: &str) -> Result<(), ChannelError> {
        if self.0.load(Ordering::SeqCst) < TRIES {
            return Ok(());
        }
        Err(ChannelError::SignIn {
            host: host.to_owned(),
            why: SignInFailure::TriesUsedUp,
            notice: None,
        })
    }

    fn note<T>(&self, result: Result<T, ChannelError>) -> Result<T, ChannelError> {
        self.judge(result.as_ref().err());
        result
    }

    fn judge(&self, error: Option<&ChannelError>) {
        match error {
            None => self.0.store(0, Ordering::SeqCst),
            Some(ChannelError::SignIn { .. }) => {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
            // Says nothing about the secret.
            Some(_) => {}
        }
    }
}

async fn until_stopped<T>(
    stop: &Stop,
    work: impl Future<Output = Result<T, ChannelError>>,
) -> Result<T, ChannelError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(ChannelError::Stopped),
        result = work => result,
    }
}

async fn poll(at_most: Duration, stop: &Stop) -> Wake {
    if pause(at_most.min(POLL), stop).await {
        Wake::TimedOut
    } else {
        Wake::Stopped
    }
}

const fn flag_change(mark: Mark) -> &'static str {
    match mark {
        Mark::Seen => "+FLAGS.SILENT (\\Seen)",
        Mark::Unseen => "-FLAGS.SILENT (\\Seen)",
        Mark::Answered => "+FLAGS.SILENT (\\Answered)",
    }
}

/// Whether the provider stores what is handed in to it among the sent mail.
fn keeps_sent(settings: &EmailSettings) -> bool {
    const KEEPERS: [&str; 5] = [
        "smtp.gmail.com",
        "smtp.googlemail.com",
        "smtp.office365.com",
        "smtp-mail.outlook.com",
        "smtp.outlook.com",
    ];
    match settings.sent_copy {
        SentCopyRule::ByServer => true,
        SentCopyRule::Append => false,
        SentCopyRule::Auto => KEEPERS
            .iter()
            .any(|host| settings.smtp.host.eq_ignore_ascii_case(host)),
    }
}

/// Whether the provider's silence proves that a mail was not sent: only where it keeps everything it
/// takes over, and under the Message-ID it was given. Microsoft's services may give a new one.
fn keeps_under_our_id(settings: &EmailSettings) -> bool {
    match settings.sent_copy {
        SentCopyRule::ByServer => true,
        SentCopyRule::Append => false,
        SentCopyRule::Auto => ["smtp.gmail.com", "smtp.googlemail.com"]
            .iter()
            .any(|host| settings.smtp.host.eq_ignore_ascii_case(host)),
    }
}

fn unwritable(error: ComposeError) -> SendOutcome {
    SendOutcome::Refused {
        failure: match error {
            ComposeError::To => SendFailure::UnknownRecipient,
            _ => SendFailure::Refused,
        },
        why: Reason::ours(error.to_string()),
    }
}

/// Nothing left: the mail server was not reached, or the connection broke before the message's end.
fn unreached(error: &ChannelError) -> SendOutcome {
    let why = Reason {
        sentence: format!("{error} {}", error.help()),
        code: None,
        answer: error.notice().cloned().unwrap_or_else(PatientText::default),
    };
    match error {
        ChannelError::SignIn { .. } => SendOutcome::Refused {
            failure: SendFailure::SignIn,
            why,
        },
        ChannelError::Temporary { retry_after, .. } => SendOutcome::Deferred {
            retry_after: *retry_after,
            why,
        },
        _ => SendOutcome::Deferred {
            retry_after: None,
            why,
        },
    }
}
