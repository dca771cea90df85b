//! One IMAP session: which command is allowed when, and what it does.

mod account;
mod messages;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::command::{Bad, Command};
use super::fetch::Item;
use super::selected::Selected;
use super::wire::{Ended, Wire};
use crate::mail::faults::ImapFault;
use crate::mail::mailbox::{Mailbox, Uid};
use crate::mail::world::Shared;

/// The tagged end of a command.
enum Done {
    Ok(String),
    No(String),
    Bad(&'static str),
    /// Like Ok, but the client must not hear of expunges now.
    OkQuietly(String),
    /// Like No, likewise.
    NoQuietly(String),
}

fn ok(text: &str) -> Done {
    Done::Ok(text.to_owned())
}

fn no(text: &str) -> Done {
    Done::No(text.to_owned())
}

/// Why a session ends.
enum End {
    Gone,
    Bye(String),
}

impl From<Ended> for End {
    fn from(_: Ended) -> Self {
        Self::Gone
    }
}

struct Session {
    shared: Arc<Shared>,
    wire: Wire,
    signed_in: bool,
    identified: bool,
    condstore: bool,
    qresync: bool,
    selected: Option<Selected>,
}

/// Serves one connection to its end.
pub(super) async fn run(stream: TcpStream, shared: Arc<Shared>) {
    let mut hanging_up = shared.hanging_up.subscribe();
    shared.change(|world| world.connections += 1);
    let mut session = Session {
        wire: Wire::new(Arc::clone(&shared), stream),
        shared: Arc::clone(&shared),
        signed_in: false,
        identified: false,
        condstore: false,
        qresync: false,
        selected: None,
    };
    let end = tokio::select! {
        end = session.serve() => end,
        Ok(()) = hanging_up.changed() => End::Bye(hanging_up.borrow().clone()),
    };
    if let End::Bye(why) = end {
        // Half an answer may wait; the goodbye comes instead of it.
        session.wire.out.clear();
        session.wire.say(&format!("* BYE {why}"));
        session.wire.close().await;
    }
    shared.change(|world| world.connections -= 1);
}

impl Session {
    async fn serve(&mut self) -> End {
        match self.talk().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn talk(&mut self) -> Result<std::convert::Infallible, End> {
        if self.strikes(|fault| matches!(fault, ImapFault::ByeOnConnect)) {
            return Err(End::Bye("Too busy, come back later".to_owned()));
        }
        let capabilities = self.capabilities();
        self.wire
            .say(&format!("* OK [CAPABILITY {capabilities}] Simulator ready"));
        self.wire.flush().await?;
        loop {
            let line = self.wire.command().await?;
            let (tag, command) = Command::parse(&line);
            let done = match command {
                Ok(command) => self.obey(&tag, command).await?,
                Err(Bad(why)) => Done::Bad(why),
            };
            let quietly = matches!(done, Done::OkQuietly(_) | Done::NoQuietly(_));
            if !matches!(done, Done::Bad(_)) {
                self.news(!quietly)?;
            }
            self.wire.say(&match done {
                Done::Ok(text) | Done::OkQuietly(text) => format!("{tag} OK {text}"),
                Done::No(text) | Done::NoQuietly(text) => format!("{tag} NO {text}"),
                Done::Bad(text) => format!("{tag} BAD {text}"),
            });
            self.wire.flush().await?;
            self.wire.end_fetch();
        }
    }

    async fn obey(&mut self, tag: &str, command: Command) -> Result<Done, End> {
        let name = command.name();
        if self.strikes(|fault| matches!(fault, ImapFault::ByeAt(at) if *at == name)) {
            return Err(End::Bye("Server is going down".to_owned()));
        }
        let refused = self.shared.strike(|faults| {
            faults.imap(|fault| match fault {
                ImapFault::Refuse { command, text } if *command == name => Some(text.clone()),
                _ => None,
            })
        });
        if let Some(text) = refused {
            return Ok(Done::No(text));
        }
        match command {
            Command::Capability => {
                let capabilities = self.capabilities();
                self.wire.say(&format!("* CAPABILITY {capabilities}"));
                Ok(ok("Here they are"))
            }
            Command::Noop => Ok(ok("Nothing done")),
            Command::Logout => {
                self.wire.say("* BYE Until next time");
                self.wire.say(&format!("{tag} OK Logged out"));
                self.wire.close().await;
                Err(End::Gone)
            }
            Command::Id if !self.shared.settings.capabilities.id => {
                Ok(Done::Bad("unknown command"))
            }
            Command::Id => {
                self.identified = true;
                self.wire.say("* ID (\"name\" \"Anteroom simulator\")");
                Ok(ok("Pleased to meet you"))
            }
            Command::Login { .. } | Command::Authenticate { .. } if self.signed_in => {
                Ok(Done::Bad("already signed in"))
            }
            Command::Login { user, password } => Ok(self.sign_in(&user, &password)),
            Command::Authenticate { mechanism, initial } => {
                self.authenticate(&mechanism, initial).await
            }
            _ if !self.signed_in => Ok(Done::Bad("sign in first")),
            Command::Enable(wanted) => Ok(self.enable(&wanted)),
            Command::Select {
                name,
                read_only,
                condstore,
                resync,
            } => Ok(self.select(&name, read_only, condstore, resync.as_ref())),
            Command::Create(name) => {
                let made = self.shared.change(|world| world.create(&name));
                Ok(if made {
                    ok("Created")
                } else {
                    no("[ALREADYEXISTS] There is one")
                })
            }
            Command::Delete(name) => Ok(self.shared.change(|world| {
                match world
                    .mailboxes
                    .iter()
                    .position(|mailbox| mailbox.name == name && name != "INBOX")
                {
                    Some(at) => {
                        world.mailboxes.remove(at);
                        ok("Deleted")
                    }
                    None => no("[NONEXISTENT] No such mailbox"),
                }
            })),
            Command::Subscribe { name, on } => {
                Ok(self.shared.change(|world| match world.mailbox_mut(&name) {
                    Some(mailbox) => {
                        mailbox.subscribed = on;
                        ok("Noted")
                    }
                    None => no("[NONEXISTENT] No such mailbox"),
                }))
            }
            Command::List {
                subscribed,
                special_only,
                reference,
                patterns,
                roles,
            } => {
                self.list(subscribed, special_only, roles, &reference, &patterns);
                Ok(ok("Listed"))
            }
            Command::Namespace => {
                self.wire.say("* NAMESPACE ((\"\" \"/\")) NIL NIL");
                Ok(ok("That is all"))
            }
            Command::Status { name, items } => Ok(self.status(&name, &items)),
            Command::Append {
                name,
                flags,
                received,
                raw,
            } => Ok(self.append(&name, flags, received, raw)),
            Command::Idle if !self.shared.settings.capabilities.idle => {
                Ok(Done::Bad("unknown command"))
            }
            Command::Idle => self.idle().await,
            command => self.obey_selected(command).await,
        }
    }

    async fn obey_selected(&mut self, command: Command) -> Result<Done, End> {
        if self.selected.is_none() {
            return Ok(Done::Bad("select a mailbox first"));
        }
        let offered = &self.shared.settings.capabilities;
        match command {
            Command::Close { expunge } => {
                let closed = self.selected.take();
                if let Some(closed) = closed.filter(|closed| expunge && !closed.read_only) {
                    self.shared.change(|world| {
                        if let Some(mailbox) = world.mailbox_mut(&closed.name) {
                            let deleted = deleted_uids(mailbox, |_| true);
                            mailbox.expunge(&deleted);
                        }
                    });
                }
                Ok(ok("Closed"))
            }
            Command::Expunge(Some(_)) if !offered.uidplus => Ok(Done::Bad("unknown command")),
            Command::Expunge(set) => Ok(self.expunge(set.as_ref())),
            Command::Search { uid, esearch, key } => Ok(self.search(uid, esearch, &key)),
            Command::Fetch {
                uid,
                set,
                items,
                changed_since,
                vanished,
            } => {
                if (changed_since.is_some() || items.contains(&Item::ModSeq))
                    && !offered.has_condstore()
                {
                    return Ok(Done::Bad("no CONDSTORE here"));
                }
                if vanished && !self.qresync {
                    return Ok(Done::Bad("ENABLE QRESYNC first"));
                }
                self.condstore |= changed_since.is_some() || items.contains(&Item::ModSeq);
                self.fetch(uid, &set, &items, changed_since, vanished).await
            }
            Command::Store {
                unchanged_since: Some(_),
                ..
            } if !offered.has_condstore() => Ok(Done::Bad("no CONDSTORE here")),
            Command::Store {
                uid,
                set,
                how,
                silent,
                flags,
                unchanged_since,
            } => {
                self.condstore |= unchanged_since.is_some();
                Ok(self.store(uid, &set, how, silent, &flags, unchanged_since))
            }
            Command::Copy { remove: true, .. } if !offered.moves => {
                Ok(Done::Bad("unknown command"))
            }
            Command::Copy {
                uid,
                set,
                to,
                remove,
            } => Ok(self.copy(uid, &set, &to, remove)),
            _ => Ok(Done::Bad("unknown command")),
        }
    }
}

fn deleted_uids(mailbox: &Mailbox, which: impl Fn(Uid) -> bool) -> BTreeSet<Uid> {
    mailbox
        .messages
        .iter()
        .filter(|message| message.flags.contains("\\Deleted") && which(message.uid))
        .map(|message| message.uid)
        .collect()
}
