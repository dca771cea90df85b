//! What can be made to go wrong, while the servers run.
//!
//! A fault waits until its moment comes (the next login, the next fetch …) and then strikes as often
//! as asked. Faults of state (UIDVALIDITY, UIDNEXT, hang up) happen at once.

use std::sync::Arc;
use std::time::Duration;

use super::world::Shared;

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// The next time only.
    Once,
    /// This many times.
    Next(u32),
    /// Until [`Faults::clear`].
    Always,
}

/// From where the bytes before a cut are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutFrom {
    /// From the greeting of the connection.
    Connection,
    /// From the first byte of the answer to a FETCH or UID FETCH.
    Fetch,
}

/// How a login fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginRefusal {
    /// `NO [AUTHENTICATIONFAILED]`, 535 5.7.8.
    WrongSecret,
    /// `NO [UNAVAILABLE]`, 454 4.7.0.
    Unavailable,
    /// `NO [LIMIT]` too many connections, 421 4.7.0.
    TooManyConnections,
    /// `NO [ALERT]` with the provider's sentence, 534 5.7.9.
    Alert(String),
}

/// Something that the IMAP server does wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImapFault {
    /// The connection ends after this many bytes of output.
    Cut {
        /// Bytes that still leave.
        after: u64,
        /// Counted from here.
        from: CutFrom,
    },
    /// The login fails.
    RefuseLogin(LoginRefusal),
    /// `* BYE` instead of a greeting.
    ByeOnConnect,
    /// `* BYE` instead of an answer to this command (upper case, `UID FETCH` counts as `FETCH`).
    ByeAt(&'static str),
    /// This command (upper case) is answered with `tag NO <text>`, as `[UNAVAILABLE] try later`.
    Refuse {
        /// The command.
        command: &'static str,
        /// The text after `NO `.
        text: String,
    },
    /// After this many messages of a FETCH answer, another session expunges the next one asked for.
    ExpungeDuringFetch {
        /// Messages answered before.
        after: usize,
    },
    /// FETCH answers come newest first, in two lines per message, between unsolicited flag news.
    UnrulyFetch,
    /// Each answer waits this long.
    Slow(Duration),
}

/// Something that the SMTP server does wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmtpFault {
    /// 421 instead of the greeting.
    BusyOnConnect,
    /// The login fails.
    RefuseLogin(LoginRefusal),
    /// MAIL FROM is answered with this (`451 4.3.0 try later`).
    AtMail(String),
    /// RCPT TO is answered with this (`550 5.1.1 no such user`).
    AtRcpt(String),
    /// DATA is answered with this.
    AtData(String),
    /// The final dot is answered with this; the message is not accepted.
    AtDot(String),
    /// The first try per sender and recipient is answered `450 4.7.1`, the second goes through.
    Greylist,
    /// No message above this many bytes.
    SizeLimit(u64),
    /// The connection ends at the DATA command.
    CutBeforeData,
    /// The connection ends after this many bytes of the message.
    CutMidData(u64),
    /// The connection ends after the final dot; the message is lost with it.
    CutAtDot,
    /// The connection ends after the final dot; the message **was accepted**, only the answer is lost.
    CutAfterDot,
    /// Each answer waits this long.
    Slow(Duration),
}

/// The waiting faults. Lives in the world, under its lock.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    imap: Vec<(ImapFault, Times)>,
    smtp: Vec<(SmtpFault, Times)>,
    /// (sender, recipient) pairs that were greylisted once.
    pub(super) greylisted: Vec<(String, String)>,
    /// Bytes of the last complete FETCH answer.
    pub(super) last_fetch: u64,
}

impl Waiting {
    /// The first waiting IMAP fault that `pick` recognises; counts as a strike.
    pub(super) fn imap<T>(&mut self, pick: impl Fn(&ImapFault) -> Option<T>) -> Option<T> {
        strike(&mut self.imap, pick)
    }

    /// The first waiting SMTP fault that `pick` recognises; counts as a strike.
    pub(super) fn smtp<T>(&mut self, pick: impl Fn(&SmtpFault) -> Option<T>) -> Option<T> {
        strike(&mut self.smtp, pick)
    }

    /// What `pick` recognises, without counting: for faults that are a state.
    pub(super) fn smtp_state<T>(&self, pick: impl Fn(&SmtpFault) -> Option<T>) -> Option<T> {
        self.smtp.iter().find_map(|(fault, _)| pick(fault))
    }
}

fn strike<F, T>(waiting: &mut Vec<(F, Times)>, pick: impl Fn(&F) -> Option<T>) -> Option<T> {
    let (at, found) = waiting
        .iter()
        .enumerate()
        .find_map(|(at, (fault, _))| pick(fault).map(|found| (at, found)))?;
    if let Some((_, times)) = waiting.get_mut(at) {
        match times {
            Times::Always => {}
            Times::Next(left) if *left > 1 => *left -= 1,
            Times::Next(_) | Times::Once => {
                waiting.remove(at);
            }
        }
    }
    Some(found)
}

/// The handle with which a test breaks things. Clones act on the same simulator.
#[derive(Clone)]
pub struct Faults(pub(crate) Arc<Shared>);

impl Faults {
    /// Makes the IMAP server fail.
    pub fn imap(&self, fault: ImapFault, times: Times) {
        self.0
            .change(|world| world.faults.imap.push((fault, times)));
    }

    /// Makes the SMTP server fail.
    pub fn smtp(&self, fault: SmtpFault, times: Times) {
        self.0
            .change(|world| world.faults.smtp.push((fault, times)));
    }

    /// Nothing waits any more.
    pub fn clear(&self) {
        self.0.change(|world| {
            world.faults.imap.clear();
            world.faults.smtp.clear();
            world.faults.greylisted.clear();
        });
    }

    /// Whether every fault that was to strike a number of times has struck.
    pub fn spent(&self) -> bool {
        self.0.look(|world| {
            world
                .faults
                .imap
                .iter()
                .all(|(_, times)| *times == Times::Always)
                && world
                    .faults
                    .smtp
                    .iter()
                    .all(|(_, times)| *times == Times::Always)
        })
    }

    /// Ends every IMAP connection with `* BYE`.
    pub fn hang_up(&self) {
        self.0.hang_up("Server shutting down");
    }

    /// Gives the folder another UIDVALIDITY and its messages new UIDs; ends every connection.
    pub fn change_uid_validity(&self, mailbox: &str) {
        self.0.change(|world| {
            if let Some(mailbox) = world.mailbox_mut(mailbox) {
                mailbox.renumber();
            }
        });
        self.0.hang_up("Mailbox was rebuilt");
    }

    /// Takes the newest `by` UIDs of the folder back, to be given out again; ends every connection.
    pub fn rewind_uid_next(&self, mailbox: &str, by: u32) {
        self.0.change(|world| {
            if let Some(mailbox) = world.mailbox_mut(mailbox) {
                mailbox.rewind(by);
            }
        });
        self.0.hang_up("Mailbox was restored");
    }

    /// Length in bytes of the last complete answer to a FETCH: where a cut can fall.
    pub fn last_fetch_bytes(&self) -> u64 {
        self.0.look(|world| world.faults.last_fetch)
    }
}
