//! Loopback servers that speak the networks' real protocols, with a made-up practice full of conversations.
//!
//! The demo practice and the tests run the real connectors against them. A simulator knows nothing
//! of the rest of this workspace: it is the other side of the wire, and must not share the
//! product's mistakes. `mail` holds IMAP and SMTP; every other network gets a folder beside it.
//! `practice` is the content. Nothing is written to disk, and nothing listens outside loopback.
//!
//! ```
//! use anteroom_simulator::{ImapFault, Options, Simulator, Times};
//! # let epoch = "2026-05-04T14:00:00Z".parse().expect("a date");
//! let simulator = Simulator::start(Options::at(epoch)).expect("loopback is there");
//! simulator.deliver("Subject: hello\r\n\r\nhow are you\r\n");
//! simulator.faults().imap(ImapFault::ByeAt("FETCH"), Times::Once);
//! // … a client connects to simulator.imap_addr() and survives it …
//! assert_eq!(simulator.mailbox("INBOX").map_or(0, |inbox| inbox.messages.len()), 1);
//! ```

mod loopback;
mod mail;
mod practice;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

pub use loopback::{Loopback, NotLoopback};
pub use mail::{
    Capabilities, CutFrom, Faults, ImapFault, Ledger, LoginRefusal, Mailbox, SmtpFault, Stored,
    Submission, Times, Uid,
};
pub use practice::{LiveSpeed, PRACTICE_ADDRESS, PRACTICE_NAME, RawMail};

use mail::{Settings, Shared};

/// What the mailbox holds at the start.
#[derive(Debug, Clone)]
pub enum Content {
    /// The conversations of Riverside Family Practice, an invented one.
    Practice,
    /// Nothing.
    Empty,
    /// These messages.
    Custom(Vec<RawMail>),
}

/// How a simulator starts. Begin with [`Options::at`].
#[derive(Debug, Clone)]
pub struct Options {
    /// The dates of the content lie before this moment.
    pub epoch: DateTime<Utc>,
    /// The simulator's clock at the start; UIDVALIDITY derives from it, so a later start of the
    /// same content looks like a server that was rebuilt.
    pub now: DateTime<Utc>,
    /// Message-IDs and every choice by chance derive from this.
    pub seed: u64,
    /// What the mailbox holds.
    pub content: Content,
    /// What the IMAP server offers.
    pub capabilities: Capabilities,
    /// Whether patients write and answer while the simulator runs, and how fast.
    pub live: Option<LiveSpeed>,
    /// Whether submitted messages appear in Sent by themselves, as at Gmail and Microsoft 365.
    pub saves_sent: bool,
    /// Where IMAP listens.
    pub imap: Loopback,
    /// Where SMTP listens.
    pub smtp: Loopback,
}

impl Options {
    /// An empty mailbox at this moment with every capability, on free ports.
    pub fn at(epoch: DateTime<Utc>) -> Self {
        Self {
            epoch,
            now: epoch,
            seed: 1,
            content: Content::Empty,
            capabilities: Capabilities::default(),
            live: None,
            saves_sent: false,
            imap: Loopback::default(),
            smtp: Loopback::default(),
        }
    }

    /// The demo practice at this moment, with patients who write while you watch.
    pub fn demo(epoch: DateTime<Utc>) -> Self {
        Self {
            content: Content::Practice,
            live: Some(LiveSpeed::real()),
            ..Self::at(epoch)
        }
    }
}

/// The simulator could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken, or the system refuses sockets or threads.
    #[error("the simulator cannot listen on loopback")]
    Listen(#[from] std::io::Error),
    /// The built-in content is damaged.
    #[error("the simulator's content cannot be read: {0}")]
    Content(#[from] toml::de::Error),
}

/// Running servers on a thread of their own. They stop when this is dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    imap: SocketAddr,
    smtp: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts both servers; they answer from here on.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let settings = Settings {
            now: options.now,
            user: PRACTICE_ADDRESS.to_owned(),
            password: "river-stone-lantern".to_owned(),
            address: PRACTICE_ADDRESS.to_owned(),
            capabilities: options.capabilities,
            saves_sent: options.saves_sent,
        };
        let start = practice::prepare(
            &options.content,
            options.epoch,
            options.now,
            options.seed,
            options.live,
        )?;
        let shared = Arc::new(Shared::new(settings, start.agenda, start.answering));
        for mail in start.mails {
            let flags: Vec<&str> = mail.flags.iter().map(String::as_str).collect();
            shared.change(|world| world.ensure_mailbox(&mail.mailbox));
            shared.append(&mail.mailbox, mail.raw, &flags, mail.received);
        }

        let imap = listen(options.imap)?;
        let smtp = listen(options.smtp)?;
        let (imap_addr, smtp_addr) = (imap.local_addr()?, smtp.local_addr()?);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    let listeners = (
                        tokio::net::TcpListener::from_std(imap),
                        tokio::net::TcpListener::from_std(smtp),
                    );
                    let (Ok(imap), Ok(smtp)) = listeners else {
                        return;
                    };
                    tokio::spawn(mail::serve_imap(imap, Arc::clone(&of_thread)));
                    tokio::spawn(mail::serve_smtp(smtp, Arc::clone(&of_thread)));
                    tokio::spawn(practice::live(of_thread));
                    // An error means that the handle is gone, which also stops.
                    let _ = stopped.await;
                });
            })?;
        Ok(Self {
            shared,
            imap: imap_addr,
            smtp: smtp_addr,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where IMAP listens (plain TCP on loopback).
    pub fn imap_addr(&self) -> SocketAddr {
        self.imap
    }

    /// Where SMTP submission listens (plain TCP on loopback).
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp
    }

    /// The user name for both servers.
    pub fn user(&self) -> &str {
        &self.shared.settings.user
    }

    /// The password for both servers.
    pub fn password(&self) -> &str {
        &self.shared.settings.password
    }

    /// The mailbox's own address.
    pub fn address(&self) -> &str {
        &self.shared.settings.address
    }

    /// The handle that makes things go wrong.
    pub fn faults(&self) -> Faults {
        Faults(Arc::clone(&self.shared))
    }

    /// What SMTP has accepted so far.
    pub fn ledger(&self) -> Ledger {
        self.shared.look(|world| world.ledger.clone())
    }

    /// A snapshot of a folder.
    pub fn mailbox(&self, name: &str) -> Option<Mailbox> {
        self.shared.look(|world| world.mailbox(name).cloned())
    }

    /// Open IMAP connections.
    pub fn connections(&self) -> usize {
        self.shared.look(mail::World::connections)
    }

    /// A message arrives in INBOX now.
    pub fn deliver(&self, raw: impl Into<Vec<u8>>) -> Uid {
        self.put("INBOX", raw, &[], self.now())
    }

    /// Puts a message into a folder, made if needed, with flags and a date of receipt.
    pub fn put(
        &self,
        mailbox: &str,
        raw: impl Into<Vec<u8>>,
        flags: &[&str],
        received: DateTime<Utc>,
    ) -> Uid {
        self.shared.change(|world| world.ensure_mailbox(mailbox));
        self.shared
            .append(mailbox, raw.into(), flags, received)
            .unwrap_or_default()
    }

    /// As if another mail program had set or taken flags.
    pub fn flag(&self, mailbox: &str, uid: Uid, flag: &str, on: bool) {
        self.shared
            .change(|world| world.set_flag(mailbox, uid, flag, on));
    }

    /// As if another mail program had deleted messages for good.
    pub fn expunge(&self, mailbox: &str, uids: &[Uid]) {
        self.shared.change(|world| world.expunge(mailbox, uids));
    }

    /// As if another mail program had moved a message; its new UID.
    pub fn move_to(&self, from: &str, uid: Uid, to: &str) -> Option<Uid> {
        self.shared.change(|world| world.move_to(from, uid, to))
    }

    /// Lets the next thing on the agenda happen now: a patient writes, or answers. False when there is none.
    pub fn step(&self) -> bool {
        let next = self.shared.change(|world| world.agenda.take_next());
        next.is_some_and(|arrival| {
            self.shared.arrive(&arrival);
            true
        })
    }

    /// How many things wait on the agenda.
    pub fn agenda_len(&self) -> usize {
        self.shared.look(|world| world.agenda.len())
    }

    /// Blocks until the condition holds, looking whenever something changes; false when `limit` passed first.
    /// Not for async code: there, use [`Simulator::changes`].
    pub fn wait(&self, limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
        // The condition looks through `self`, so the world must not be locked meanwhile.
        let mut seen = self.changes();
        let deadline = std::time::Instant::now() + limit;
        loop {
            seen.mark_unchanged();
            if holds() {
                return true;
            }
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            if left.is_zero()
                || !self
                    .shared
                    .wait(left, |_| seen.has_changed().unwrap_or(true))
            {
                return holds();
            }
        }
    }

    /// A counter that grows with every change on the server.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    /// The simulator's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.shared.now()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(at: Loopback) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(at.addr())?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
