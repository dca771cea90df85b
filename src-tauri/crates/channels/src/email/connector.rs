//! A mail account as a [`Connector`].
//!
//! At most two connections to the IMAP server live at a time: one that works and one that idles on
//! INBOX. Both are kept between calls and replaced when they turn out dead.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::Clock;
use domain::channel::Abilities;
use domain::inbound::{Batch, Cursor, RemoteId};
use domain::outbox::Outgoing;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::compose::{self, Composed};
use super::cursor::{self, Position};
use super::imap::idle::Idled;
use super::imap::session::unlisted;
use super::imap::{Folder, Opened, Session};
use super::item::{self, Arrival, Own};
use super::outcome::{keeps_sent, keeps_under_our_id, unreached, unwritable};
use super::oversize;
use super::settings::{Auth, EmailSettings};
use super::smtp::{self, Handed};
use super::sync::{self, Task};
use super::tries::Tries;
use super::uidset::UidSet;
use crate::backoff::pause;
use crate::connector::{
    Applied, Connector, Evidence, FetchBudget, FolderInfo, FolderUse, Identity, LocalChange, Mark,
    ReadBack, SendOutcome, SentCopy, Stop, Wake,
};
use crate::error::ChannelError;

/// How often to look where the server cannot push.
const POLL: Duration = Duration::from_secs(180);
/// How long a kept connection has to show that it lives.
const ALIVE: Duration = Duration::from_secs(10);
/// How long storing a sent copy may take, waiting for the connection included.
const COPY: Duration = Duration::from_secs(90);

/// A mail account.
pub struct EmailConnector {
    settings: EmailSettings,
    auth: Auth,
    own: Own,
    clock: Arc<dyn Clock>,
    work: Mutex<Option<Session>>,
    idle: Mutex<Option<Idle>>,
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

    /// Runs `work` on the working connection, which it takes and gives back. Where a kept connection turns
    /// out dead on the way, a new one is made and the work begun again, once: so `work` must bear repeating.
    async fn on_session<T, Working>(
        &self,
        work: impl Fn(Session) -> Working,
    ) -> Result<T, ChannelError>
    where
        Working: Future<Output = (Session, Result<T, ChannelError>)>,
    {
        let mut slot = self.work.lock().await;
        if let Some(kept) = alive(slot.take()).await {
            match work(kept).await {
                (_, Err(ChannelError::Connect { .. } | ChannelError::Temporary { .. })) => {}
                (kept, result) => return keep(&mut slot, kept, result),
            }
        }
        let (session, result) = work(self.open().await?).await;
        keep(&mut slot, session, result)
    }

    async fn fetch_page(
        &self,
        session: &mut Session,
        cursor: Option<&Cursor>,
        budget: &FetchBudget,
    ) -> Result<Batch, ChannelError> {
        let folders = self.followed(&session.folders().await?);
        let task = Task {
            folders: &folders,
            first: self.settings.first_fetch,
            own: &self.own,
            budget,
            now: self.clock.now(),
        };
        sync::fetch(session, &task, cursor).await
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

    async fn wait_on_inbox(
        &self,
        cursor: Option<&Cursor>,
        at_most: Duration,
        stop: &Stop,
    ) -> Result<Wake, ChannelError> {
        let mut slot = self.idle.lock().await;
        if let Some(kept) = slot.take() {
            match self.idle_on(kept, &mut slot, cursor, at_most, stop).await {
                // It died unnoticed: a new one tells whether that has any meaning.
                Err(ChannelError::Connect { .. } | ChannelError::Temporary { .. }) => {}
                result => return result,
            }
        }
        let session = self.open().await?;
        if !session.can("IDLE") {
            drop(slot);
            session.log_out().await;
            return Ok(poll(at_most, stop).await);
        }
        let idle = Idle {
            session,
            told: None,
        };
        self.idle_on(idle, &mut slot, cursor, at_most, stop).await
    }

    /// Compares INBOX with the cursor, then idles on it: so nothing that happened between a fetch and the
    /// beginning of the waiting is slept over.
    async fn idle_on(
        &self,
        mut idle: Idle,
        slot: &mut Option<Idle>,
        cursor: Option<&Cursor>,
        at_most: Duration,
        stop: &Stop,
    ) -> Result<Wake, ChannelError> {
        let examined = timeout(ALIVE, idle.session.examine(&Folder::inbox(), None)).await;
        let opened = examined.unwrap_or_else(|_| Err(idle.session.silent()))?;
        let told = Some((opened.clone(), cursor.cloned().unwrap_or_default()));
        // A state that was told, fetched, and is still not what the cursor says will not become so by
        // fetching again: some servers give numbers that differ from one connection to the next.
        let again = match (&idle.told, &told) {
            (Some((before, at)), Some((now, since))) => before == now && at != since,
            _ => false,
        };
        if !again && !is_up_to_date(cursor, &opened) {
            idle.told = told;
            *slot = Some(idle);
            return Ok(Wake::News);
        }
        Ok(
            match idle.session.idle(at_most, stop, &*self.clock).await? {
                Idled::News => {
                    *slot = Some(idle);
                    Wake::News
                }
                Idled::TimedOut => {
                    *slot = Some(idle);
                    Wake::TimedOut
                }
                Idled::Stopped => {
                    idle.session.log_out().await;
                    Wake::Stopped
                }
                Idled::Slept => {
                    // The other connection has slept too.
                    if let Ok(mut work) = self.work.try_lock() {
                        *work = None;
                    }
                    Wake::News
                }
            },
        )
    }

    /// Stores a copy among the sent mail. Not repeated by itself: that could make two of it.
    async fn store_copy(
        &self,
        mail: Composed,
        at: domain::Timestamp,
    ) -> Result<Option<RemoteId>, ChannelError> {
        let mut slot = self.work.lock().await;
        let mut session = match alive(slot.take()).await {
            Some(kept) => kept,
            None => self.open().await?,
        };
        let result = async {
            let all = session.folders().await?;
            let sent = self
                .sent_folder(&all)
                .ok_or(ChannelError::Settings("there is no Sent folder"))?;
            let named = session.append(&sent, mail.message, at).await?;
            Ok(named.map(|(uidvalidity, uid)| cursor::remote_id(&sent.name, uidvalidity, uid)))
        }
        .await;
        keep(&mut slot, session, result)
    }

    async fn look_for(&self, session: &mut Session, id: &str) -> Result<ReadBack, ChannelError> {
        let all = session.folders().await?;
        let everything = all
            .iter()
            .find(|folder| folder.purpose == FolderUse::All)
            .cloned();
        for folder in self.sent_folder(&all).into_iter().chain(everything) {
            let opened = session.examine(&folder, None).await?;
            let found = session.search_message_id(id).await?;
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

    async fn mark(
        &self,
        session: &mut Session,
        changes: &[LocalChange],
    ) -> Result<Vec<Applied>, ChannelError> {
        let mut applied = vec![Applied::Gone; changes.len()];
        // Folder and UIDVALIDITY; per change its place in the list, UID and mark.
        let mut by_folder: BTreeMap<(String, u32), Vec<Marking>> = BTreeMap::new();
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
        let fetching = self.on_session(|mut session| async move {
            let page = self.fetch_page(&mut session, cursor, budget).await;
            (session, page)
        });
        until_stopped(&budget.stop, fetching).await
    }

    async fn wait(
        &self,
        cursor: Option<&Cursor>,
        at_most: Duration,
        stop: &Stop,
    ) -> Result<Wake, ChannelError> {
        if cursor.is_none() || Position::read(cursor).is_behind() {
            return Ok(Wake::News);
        }
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
        let id = &outgoing.network_id;
        self.on_session(|mut session| async move {
            let found = self.look_for(&mut session, id).await;
            (session, found)
        })
        .await
    }

    async fn apply(&self, changes: &[LocalChange]) -> Result<Vec<Applied>, ChannelError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        self.on_session(|mut session| async move {
            let applied = self.mark(&mut session, changes).await;
            (session, applied)
        })
        .await
    }

    async fn attachment(
        &self,
        item: &RemoteId,
        position: usize,
        stop: &Stop,
    ) -> Result<Vec<u8>, ChannelError> {
        let fetching = self.on_session(|mut session| async move {
            let bytes = self.bytes_of(&mut session, item, position).await;
            (session, bytes)
        });
        until_stopped(stop, fetching).await
    }

    async fn close(&self) {
        let work = self.work.lock().await.take();
        let idle = self.idle.lock().await.take();
        for session in work.into_iter().chain(idle.map(|idle| idle.session)) {
            session.log_out().await;
        }
    }
}

/// A change of one message: its place in the list, its UID, and the mark.
type Marking = (usize, u32, Mark);

/// The connection that idles on INBOX.
struct Idle {
    session: Session,
    /// The state last told as news by comparing, and the cursor of whoever was told.
    told: Option<(Opened, Cursor)>,
}

/// A kept connection, if it still answers.
async fn alive(kept: Option<Session>) -> Option<Session> {
    let mut session = kept?;
    let answers = timeout(ALIVE, session.is_alive()).await.unwrap_or(false);
    answers.then_some(session)
}

/// Keeps a connection for the next call unless the outcome says that it is of no more use. A call that is
/// dropped midway keeps none: nobody knows what the connection was about to hear.
fn keep<T>(
    slot: &mut Option<Session>,
    session: Session,
    result: Result<T, ChannelError>,
) -> Result<T, ChannelError> {
    use ChannelError::{Folder, Full, Gone, Settings};
    if matches!(
        result,
        Ok(_) | Err(Folder { .. } | Gone | Settings(_) | Full { .. })
    ) {
        *slot = Some(session);
    }
    result
}

/// Whether INBOX is as the cursor has it.
fn is_up_to_date(cursor: Option<&Cursor>, opened: &Opened) -> bool {
    let position = Position::read(cursor);
    position.folders.get("INBOX").is_some_and(|inbox| {
        inbox.uidvalidity == opened.uidvalidity
            && inbox.exists == opened.exists
            && opened
                .uidnext
                .is_none_or(|uidnext| uidnext == inbox.uidnext)
            && opened.modseq.is_none_or(|modseq| modseq == inbox.modseq)
    })
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
