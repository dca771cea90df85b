//! One IMAP session: which command is allowed when, and what it does.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpStream;

use super::command::{Bad, Command, FlagChange, Resync, Set, compress};
use super::fetch::{self, Item};
use super::search::Key;
use super::selected::{Manner, Selected, flags_news, vanished_earlier};
use super::wire::{Ended, Wire};
use crate::mail::envelope::string;
use crate::mail::faults::{ImapFault, LoginRefusal};
use crate::mail::mailbox::{Mailbox, Stored, Uid};
use crate::mail::world::{Shared, World};

/// Answers leave in pieces of about this many bytes, so that a large FETCH does not pile up.
const PIECE: usize = 64 * 1024;

/// The tagged end of a command.
enum Done {
    Ok(String),
    No(String),
    Bad(&'static str),
    /// Like Ok, but the client must not hear of expunges now.
    OkQuietly(String),
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
            let quietly = matches!(done, Done::OkQuietly(_));
            if !matches!(done, Done::Bad(_)) {
                self.news(!quietly)?;
            }
            self.wire.say(&match done {
                Done::Ok(text) | Done::OkQuietly(text) => format!("{tag} OK {text}"),
                Done::No(text) => format!("{tag} NO {text}"),
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

    // ---- before a folder is selected -------------------------------------------------------------

    /// As on real servers, the list is short before the login and long after it.
    fn capabilities(&self) -> String {
        let offered = &self.shared.settings.capabilities;
        let mut list = vec!["IMAP4rev1"];
        let mut offer = |on: bool, name: &'static str| {
            if on {
                list.push(name);
            }
        };
        offer(offered.literal_plus, "LITERAL+");
        offer(offered.sasl_ir, "SASL-IR");
        offer(offered.id, "ID");
        offer(offered.idle, "IDLE");
        if self.signed_in {
            offer(true, "NAMESPACE");
            offer(true, "UNSELECT");
            offer(offered.uidplus, "UIDPLUS");
            offer(offered.moves, "MOVE");
            offer(offered.special_use, "SPECIAL-USE");
            offer(offered.special_use, "LIST-EXTENDED");
            offer(offered.esearch, "ESEARCH");
            offer(offered.has_condstore(), "ENABLE");
            offer(offered.has_condstore(), "CONDSTORE");
            offer(offered.qresync, "QRESYNC");
        } else if offered.oauth_token.is_some() {
            offer(true, "LOGINDISABLED");
            offer(true, "AUTH=XOAUTH2");
        } else {
            offer(true, "AUTH=PLAIN");
        }
        list.join(" ")
    }

    fn strikes(&self, which: impl Fn(&ImapFault) -> bool) -> bool {
        self.shared
            .strike(|faults| faults.imap(|fault| which(fault).then_some(())))
            .is_some()
    }

    fn login_fault(&self) -> Option<Done> {
        let refusal = self.shared.strike(|faults| {
            faults.imap(|fault| match fault {
                ImapFault::RefuseLogin(refusal) => Some(refusal.clone()),
                _ => None,
            })
        })?;
        Some(match refusal {
            LoginRefusal::WrongSecret => no("[AUTHENTICATIONFAILED] Authentication failed."),
            LoginRefusal::Unavailable => no("[UNAVAILABLE] Temporary authentication failure."),
            LoginRefusal::TooManyConnections => no("[LIMIT] Too many simultaneous connections."),
            LoginRefusal::Alert(text) => Done::No(format!("[ALERT] {text}")),
        })
    }

    fn sign_in(&mut self, user: &[u8], password: &[u8]) -> Done {
        if let Some(refused) = self.login_fault() {
            return refused;
        }
        let settings = &self.shared.settings;
        if settings.capabilities.oauth_token.is_some() {
            return no("[PRIVACYREQUIRED] This account signs in with OAuth.");
        }
        if user != settings.user.as_bytes() || password != settings.password.as_bytes() {
            return no("[AUTHENTICATIONFAILED] Authentication failed.");
        }
        self.welcome()
    }

    fn welcome(&mut self) -> Done {
        self.signed_in = true;
        Done::Ok(format!("[CAPABILITY {}] Signed in", self.capabilities()))
    }

    async fn authenticate(
        &mut self,
        mechanism: &str,
        initial: Option<Vec<u8>>,
    ) -> Result<Done, End> {
        let oauth = self.shared.settings.capabilities.oauth_token.clone();
        if !matches!((mechanism, &oauth), ("PLAIN", None) | ("XOAUTH2", Some(_))) {
            return Ok(no("Mechanism not offered"));
        }
        let response = match initial {
            Some(_) if !self.shared.settings.capabilities.sasl_ir => {
                return Ok(Done::Bad("no initial response here"));
            }
            Some(initial) if initial == b"=" => Vec::new(),
            Some(initial) => initial,
            None => {
                self.wire.say("+ ");
                self.wire.flush().await?;
                self.wire.line().await?
            }
        };
        let response = response.trim_ascii();
        if response == b"*" {
            return Ok(Done::Bad("given up"));
        }
        let Ok(response) = STANDARD.decode(response) else {
            return Ok(Done::Bad("not base64"));
        };
        if let Some(token) = oauth {
            let wanted = format!(
                "user={}\x01auth=Bearer {token}\x01\x01",
                self.shared.settings.user
            );
            if let Some(refused) = self.login_fault() {
                return Ok(refused);
            }
            if response == wanted.as_bytes() {
                return Ok(self.welcome());
            }
            // The client must answer the problem with an empty line before it hears NO.
            let problem = STANDARD
                .encode(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}"#);
            self.wire.say(&format!("+ {problem}"));
            self.wire.flush().await?;
            self.wire.line().await?;
            return Ok(no("[AUTHENTICATIONFAILED] Invalid credentials"));
        }
        let mut fields = response.split(|byte| *byte == 0);
        match (fields.next(), fields.next(), fields.next(), fields.next()) {
            (Some(_), Some(user), Some(password), None) => Ok(self.sign_in(user, password)),
            _ => Ok(Done::Bad("malformed PLAIN response")),
        }
    }

    fn enable(&mut self, wanted: &[String]) -> Done {
        let offered = &self.shared.settings.capabilities;
        if !offered.has_condstore() {
            return Done::Bad("unknown command");
        }
        let mut enabled = String::new();
        for name in wanted {
            match name.as_str() {
                "CONDSTORE" => self.condstore = true,
                "QRESYNC" if offered.qresync => {
                    self.condstore = true;
                    self.qresync = true;
                }
                _ => continue,
            }
            enabled.push(' ');
            enabled.push_str(name);
        }
        self.wire.say(&format!("* ENABLED{enabled}"));
        ok("Enabled")
    }

    fn list(
        &mut self,
        subscribed: bool,
        special_only: bool,
        roles: bool,
        reference: &str,
        patterns: &[String],
    ) {
        let verb = if subscribed { "LSUB" } else { "LIST" };
        if patterns.iter().all(String::is_empty) {
            self.wire.say(&format!("* {verb} (\\Noselect) \"/\" \"\""));
            return;
        }
        // RFC 6154 lets a server tell the roles unasked; as most do.
        let roles = (roles || !subscribed) && self.shared.settings.capabilities.special_use;
        let Session { shared, wire, .. } = self;
        shared.look(|world| {
            for mailbox in &world.mailboxes {
                let fits = patterns
                    .iter()
                    .any(|pattern| glob(&format!("{reference}{pattern}"), &mailbox.name));
                if !fits
                    || (subscribed && !mailbox.subscribed)
                    || (special_only && mailbox.role.is_none())
                {
                    continue;
                }
                let parent = format!("{}/", mailbox.name);
                let children = world
                    .mailboxes
                    .iter()
                    .any(|other| other.name.starts_with(&parent));
                let mut attributes = if children {
                    "\\HasChildren"
                } else {
                    "\\HasNoChildren"
                }
                .to_owned();
                if let Some(role) = mailbox.role.filter(|_| roles) {
                    attributes.push(' ');
                    attributes.push_str(role);
                }
                wire.out
                    .extend_from_slice(format!("* {verb} ({attributes}) \"/\" ").as_bytes());
                string(&mut wire.out, mailbox.name.as_bytes());
                wire.out.extend_from_slice(b"\r\n");
            }
        });
    }

    fn status(&mut self, name: &str, items: &[String]) -> Done {
        let condstore = self.shared.settings.capabilities.has_condstore();
        let Session { shared, wire, .. } = self;
        let told = shared.look(|world| {
            let mailbox = world.mailbox(name)?;
            let mut told = Vec::new();
            for item in items {
                told.push(match item.as_str() {
                    "MESSAGES" => format!("MESSAGES {}", mailbox.messages.len()),
                    "RECENT" => "RECENT 0".to_owned(),
                    "UIDNEXT" => format!("UIDNEXT {}", mailbox.uid_next),
                    "UIDVALIDITY" => format!("UIDVALIDITY {}", mailbox.uid_validity),
                    "UNSEEN" => format!("UNSEEN {}", mailbox.unseen()),
                    "HIGHESTMODSEQ" if condstore => {
                        format!("HIGHESTMODSEQ {}", mailbox.highest_modseq)
                    }
                    _ => return Some(None),
                });
            }
            Some(Some(told.join(" ")))
        });
        match told {
            None => no("[NONEXISTENT] No such mailbox"),
            Some(None) => Done::Bad("unknown STATUS item"),
            Some(Some(told)) => {
                self.condstore |= items.iter().any(|item| item == "HIGHESTMODSEQ");
                wire.out.extend_from_slice(b"* STATUS ");
                string(&mut wire.out, name.as_bytes());
                wire.say(&format!(" ({told})"));
                ok("Counted")
            }
        }
    }

    fn append(
        &mut self,
        name: &str,
        flags: BTreeSet<String>,
        received: Option<chrono::DateTime<chrono::Utc>>,
        raw: Vec<u8>,
    ) -> Done {
        let received = received.unwrap_or_else(|| self.shared.now());
        let appended = self.shared.change(|world| {
            let mailbox = world.mailbox_mut(name)?;
            Some((
                mailbox.uid_validity,
                mailbox.append(Arc::from(raw), flags, received),
            ))
        });
        match appended {
            None => no("[TRYCREATE] No such mailbox"),
            Some((validity, uid)) if self.shared.settings.capabilities.uidplus => {
                Done::Ok(format!("[APPENDUID {validity} {uid}] Appended"))
            }
            Some(_) => ok("Appended"),
        }
    }

    fn select(
        &mut self,
        name: &str,
        read_only: bool,
        condstore: bool,
        resync: Option<&Resync>,
    ) -> Done {
        let offered = self.shared.settings.capabilities.clone();
        if condstore && !offered.has_condstore() {
            return Done::Bad("no CONDSTORE here");
        }
        if resync.is_some() && !self.qresync {
            return Done::Bad("ENABLE QRESYNC first");
        }
        if offered.id_required && !self.identified {
            return no("Unsafe Login. Please contact kefu@mail.example for help");
        }
        self.condstore |= condstore;
        if self.selected.take().is_some() && self.condstore {
            self.wire.say("* OK [CLOSED] Previous mailbox closed");
        }
        let manner = self.manner();
        let Session { shared, wire, .. } = self;
        let selected = shared.look(|world| {
            let mailbox = world.mailbox(name)?;
            let selected = Selected::open(mailbox, read_only);
            wire.say("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
            wire.say(&format!("* {} EXISTS", mailbox.messages.len()));
            wire.say("* 0 RECENT");
            if let Some(first) = mailbox
                .messages
                .iter()
                .position(|message| !message.flags.contains("\\Seen"))
            {
                wire.say(&format!("* OK [UNSEEN {}] First unseen", first + 1));
            }
            let permanent = if read_only {
                ""
            } else {
                "\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*"
            };
            wire.say(&format!(
                "* OK [PERMANENTFLAGS ({permanent})] Flags that stay"
            ));
            wire.say(&format!(
                "* OK [UIDVALIDITY {}] UIDs valid",
                mailbox.uid_validity
            ));
            wire.say(&format!(
                "* OK [UIDNEXT {}] Predicted next UID",
                mailbox.uid_next
            ));
            if offered.has_condstore() {
                wire.say(&format!(
                    "* OK [HIGHESTMODSEQ {}] Highest",
                    mailbox.highest_modseq
                ));
            }
            if let Some(resync) = resync {
                selected.resync(&mut wire.out, mailbox, resync, manner);
            }
            Some(selected)
        });
        self.selected = selected;
        match (&self.selected, read_only) {
            (None, _) => no("[NONEXISTENT] No such mailbox"),
            (Some(_), false) => ok("[READ-WRITE] Selected"),
            (Some(_), true) => ok("[READ-ONLY] Examined"),
        }
    }

    // ---- in a selected folder --------------------------------------------------------------------

    fn manner(&self) -> Manner {
        Manner {
            condstore: self.condstore,
            qresync: self.qresync,
        }
    }

    /// Tells what has changed in the selected folder; ends the session when the folder is another one now.
    fn news(&mut self, expunges: bool) -> Result<(), End> {
        let manner = self.manner();
        let Session {
            shared,
            wire,
            selected,
            ..
        } = self;
        let Some(selected) = selected else {
            return Ok(());
        };
        let same = shared.look(|world| {
            let mailbox = world
                .mailbox(&selected.name)
                .filter(|mailbox| mailbox.uid_validity == selected.validity)?;
            selected.news(&mut wire.out, mailbox, manner, expunges);
            Some(())
        });
        same.ok_or_else(|| End::Bye("Mailbox is gone".to_owned()))
    }

    /// Acts on the selected folder under one lock, after telling what others changed before.
    fn change<T>(
        &mut self,
        act: impl FnOnce(&mut World, &mut Selected, &mut Vec<u8>, Manner) -> Option<T>,
    ) -> Option<T> {
        let manner = self.manner();
        let Session {
            shared,
            wire,
            selected,
            ..
        } = self;
        let selected = selected.as_mut()?;
        shared.change(|world| {
            let mailbox = world.mailbox(&selected.name)?;
            selected.news(&mut wire.out, mailbox, manner, false);
            let result = act(world, selected, &mut wire.out, manner);
            if let Some(mailbox) = world.mailbox(&selected.name) {
                selected.told = mailbox.highest_modseq;
            }
            result
        })
    }

    async fn idle(&mut self) -> Result<Done, End> {
        let mut revision = self.shared.revision.subscribe();
        self.wire.say("+ idling");
        self.wire.flush().await?;
        loop {
            self.news(true)?;
            self.wire.flush().await?;
            tokio::select! {
                line = self.wire.line() => {
                    return Ok(match line?.trim_ascii().eq_ignore_ascii_case(b"DONE") {
                        true => ok("Idle no more"),
                        false => Done::Bad("DONE expected"),
                    });
                }
                changed = revision.changed() => changed.map_err(|_| End::Gone)?,
            }
        }
    }

    async fn fetch(
        &mut self,
        uid: bool,
        set: &Set,
        items: &[Item],
        changed_since: Option<u64>,
        vanished: bool,
    ) -> Result<Done, End> {
        self.wire.begin_fetch();
        let Some(selected) = &self.selected else {
            return Ok(Done::Bad("select a mailbox first"));
        };
        let (name, read_only) = (selected.name.clone(), selected.read_only);
        let mut picked = selected.pick(set, uid);
        if vanished && let Some(modseq) = changed_since {
            let Session { shared, wire, .. } = self;
            shared.look(|world| {
                if let Some(mailbox) = world.mailbox(&name) {
                    vanished_earlier(&mut wire.out, mailbox, Some(set), modseq);
                }
            });
        }
        let unruly = self.strikes(|fault| matches!(fault, ImapFault::UnrulyFetch));
        if unruly {
            picked.reverse();
        }
        let seen = fetch::marks_seen(items) && !read_only;
        let mut told_items = items.to_vec();
        if seen && !told_items.contains(&Item::Flags) {
            told_items.push(Item::Flags);
        }
        let mut missing = false;
        let mut answered = 0;
        for (sequence, uid_of_message) in picked {
            self.expunge_in_between(answered, uid_of_message, &name);
            let message = self.message_to_fetch(uid_of_message, seen);
            let Some(message) = message else {
                missing = true;
                continue;
            };
            if changed_since.is_some_and(|modseq| message.modseq <= modseq) {
                continue;
            }
            if unruly {
                self.answer_unruly(sequence, &message, &told_items);
            } else {
                fetch::answer(&mut self.wire.out, sequence, &message, &told_items);
            }
            answered += 1;
            if self.wire.out.len() >= PIECE {
                self.wire.flush().await?;
            }
        }
        Ok(match (uid, missing) {
            (true, _) => ok("Fetched"),
            (false, false) => Done::OkQuietly("Fetched".to_owned()),
            (false, true) => no("[EXPUNGEISSUED] Some of the messages no longer exist"),
        })
    }

    /// Reads a message of the selected folder, making it \Seen where that is due.
    fn message_to_fetch(&mut self, uid: Uid, seen: bool) -> Option<Stored> {
        if seen {
            return self.change(|world, selected, _, _| {
                let mailbox = world.mailbox_mut(&selected.name)?;
                mailbox.edit_flags(uid, |flags| {
                    flags.insert("\\Seen".to_owned());
                });
                mailbox.find(uid).cloned()
            });
        }
        let name = &self.selected.as_ref()?.name;
        self.shared
            .look(|world| world.mailbox(name)?.find(uid).cloned())
    }

    /// The fault: another session expunges the message that is next.
    fn expunge_in_between(&self, answered: usize, next: Uid, mailbox: &str) {
        if self.strikes(
            |fault| matches!(fault, ImapFault::ExpungeDuringFetch { after } if *after == answered),
        ) {
            self.shared.change(|world| {
                if let Some(mailbox) = world.mailbox_mut(mailbox) {
                    mailbox.expunge(&BTreeSet::from([next]));
                }
            });
        }
    }

    /// The fault: two lines per message, and flag news that nobody asked for.
    fn answer_unruly(&mut self, sequence: u32, message: &Stored, items: &[Item]) {
        let (first, second) = items.split_at(items.len() / 2);
        for half in [second, first] {
            let mut half = half.to_vec();
            if items.contains(&Item::Uid) && !half.contains(&Item::Uid) {
                half.insert(0, Item::Uid);
            }
            fetch::answer(&mut self.wire.out, sequence, message, &half);
        }
        let manner = Manner {
            condstore: false,
            qresync: false,
        };
        let news = flags_news(
            sequence,
            message.uid,
            &message.flags,
            message.modseq,
            manner,
        );
        self.wire.say(&news);
    }

    fn search(&mut self, uid: bool, esearch: Option<Vec<String>>, key: &Key) -> Done {
        let offered = self.shared.settings.capabilities.clone();
        if esearch.is_some() && !offered.esearch {
            return Done::Bad("no ESEARCH here");
        }
        let modseq_asked = key.asks_modseq();
        self.condstore |= modseq_asked;
        let Some(selected) = &self.selected else {
            return Done::Bad("select a mailbox first");
        };
        let last = selected.last();
        let found: Vec<(u32, u64)> = self.shared.look(|world| {
            let Some(mailbox) = world.mailbox(&selected.name) else {
                return Vec::new();
            };
            (1_u32..)
                .zip(&selected.view)
                .filter_map(|(sequence, id)| Some((sequence, mailbox.find(*id)?)))
                .filter(|(sequence, message)| key.matches(*sequence, message, last))
                .map(|(sequence, message)| {
                    (if uid { message.uid } else { sequence }, message.modseq)
                })
                .collect()
        });
        let numbers: Vec<u32> = found.iter().map(|(number, _)| *number).collect();
        let modseq = found
            .iter()
            .map(|(_, modseq)| *modseq)
            .max()
            .filter(|_| modseq_asked);
        match esearch.or_else(|| offered.always_esearch.then(Vec::new)) {
            Some(wanted) => self.say_esearch(uid, &wanted, &numbers, modseq),
            None => {
                let numbers: String = numbers.iter().map(|number| format!(" {number}")).collect();
                let modseq = modseq
                    .map(|modseq| format!(" (MODSEQ {modseq})"))
                    .unwrap_or_default();
                self.wire.say(&format!("* SEARCH{numbers}{modseq}"));
            }
        }
        if uid {
            ok("Searched")
        } else {
            Done::OkQuietly("Searched".to_owned())
        }
    }

    fn say_esearch(&mut self, uid: bool, wanted: &[String], numbers: &[u32], modseq: Option<u64>) {
        let wants = |name: &str| {
            wanted.iter().any(|wanted| wanted == name) || (wanted.is_empty() && name == "ALL")
        };
        let mut answer = "* ESEARCH".to_owned();
        if uid {
            answer.push_str(" UID");
        }
        if wants("COUNT") {
            answer.push_str(&format!(" COUNT {}", numbers.len()));
        }
        if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
            if wants("MIN") {
                answer.push_str(&format!(" MIN {first}"));
            }
            if wants("MAX") {
                answer.push_str(&format!(" MAX {last}"));
            }
            if wants("ALL") {
                answer.push_str(&format!(" ALL {}", compress(numbers)));
            }
        }
        if let Some(modseq) = modseq {
            answer.push_str(&format!(" MODSEQ {modseq}"));
        }
        self.wire.say(&answer);
    }

    fn store(
        &mut self,
        uid: bool,
        set: &Set,
        how: FlagChange,
        silent: bool,
        flags: &BTreeSet<String>,
        unchanged_since: Option<u64>,
    ) -> Done {
        if self
            .selected
            .as_ref()
            .is_some_and(|selected| selected.read_only)
        {
            return no("[READ-ONLY] Examined only");
        }
        let conflicts = self.change(|world, selected, out, manner| {
            let mut conflicts = Vec::new();
            let picked = selected.pick(set, uid);
            let mailbox = world.mailbox_mut(&selected.name)?;
            for (sequence, id) in picked {
                let Some(before) = mailbox.find(id).map(|message| message.modseq) else {
                    continue;
                };
                if unchanged_since.is_some_and(|modseq| before > modseq) {
                    conflicts.push(if uid { id } else { sequence });
                    continue;
                }
                mailbox.edit_flags(id, |found| match how {
                    FlagChange::Replace => *found = flags.clone(),
                    FlagChange::Add => found.extend(flags.iter().cloned()),
                    FlagChange::Remove => found.retain(|flag| !flags.contains(flag)),
                });
                let Some(message) = mailbox.find(id) else {
                    continue;
                };
                let mut items = Vec::new();
                if uid || manner.condstore {
                    items.push(Item::Uid);
                }
                if !silent {
                    items.push(Item::Flags);
                }
                if manner.condstore {
                    items.push(Item::ModSeq);
                }
                if !silent || (manner.condstore && message.modseq > before) {
                    fetch::answer(out, sequence, message, &items);
                }
            }
            Some(conflicts)
        });
        match conflicts {
            None => no("Mailbox is gone"),
            Some(conflicts) if conflicts.is_empty() => Done::OkQuietly("Stored".to_owned()),
            Some(conflicts) => Done::OkQuietly(format!(
                "[MODIFIED {}] Changed meanwhile",
                compress(&conflicts)
            )),
        }
    }

    fn copy(&mut self, uid: bool, set: &Set, to: &str, remove: bool) -> Done {
        if remove
            && self
                .selected
                .as_ref()
                .is_some_and(|selected| selected.read_only)
        {
            return no("[READ-ONLY] Examined only");
        }
        let uidplus = self.shared.settings.capabilities.uidplus;
        let copied = self.change(|world, selected, out, manner| {
            let from = world.mailbox(&selected.name)?;
            let messages: Vec<Stored> = selected
                .pick(set, uid)
                .into_iter()
                .filter_map(|(_, id)| from.find(id).cloned())
                .collect();
            let target = world.mailbox_mut(to)?;
            let old: Vec<Uid> = messages.iter().map(|message| message.uid).collect();
            let new: Vec<Uid> = messages
                .into_iter()
                .map(|message| target.append(message.raw, message.flags, message.received))
                .collect();
            let code = if old.is_empty() || !uidplus {
                String::new()
            } else {
                format!(
                    "[COPYUID {} {} {}] ",
                    target.uid_validity,
                    compress(&old),
                    compress(&new)
                )
            };
            if !remove {
                return Some(code);
            }
            // MOVE tells the new identities first, then that the old ones are gone.
            if !code.is_empty() {
                out.extend_from_slice(format!("* OK {code}Moved\r\n").as_bytes());
            }
            let gone: BTreeSet<Uid> = old.into_iter().collect();
            world.mailbox_mut(&selected.name)?.expunge(&gone);
            selected.forget(out, &gone, manner);
            Some(String::new())
        });
        match copied {
            None => no("[TRYCREATE] No such mailbox"),
            Some(code) => Done::Ok(format!("{code}Done")),
        }
    }

    fn expunge(&mut self, set: Option<&Set>) -> Done {
        if self
            .selected
            .as_ref()
            .is_some_and(|selected| selected.read_only)
        {
            return no("[READ-ONLY] Examined only");
        }
        let condstore = self.condstore;
        let modseq = self.change(|world, selected, out, manner| {
            let last = selected.last().uid;
            let mailbox = world.mailbox_mut(&selected.name)?;
            let deleted =
                deleted_uids(mailbox, |uid| set.is_none_or(|set| set.contains(uid, last)));
            mailbox.expunge(&deleted);
            let modseq = mailbox.highest_modseq;
            selected.forget(out, &deleted, manner);
            Some(modseq)
        });
        match modseq {
            Some(modseq) if condstore => Done::Ok(format!("[HIGHESTMODSEQ {modseq}] Expunged")),
            Some(_) => ok("Expunged"),
            None => no("Mailbox is gone"),
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

/// LIST patterns: `*` is anything, `%` anything within one level.
fn glob(pattern: &str, name: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => name.is_empty(),
        Some(wild @ ('*' | '%')) => {
            let rest = letters.as_str();
            let mut tail = name;
            loop {
                if glob(rest, tail) {
                    return true;
                }
                let mut left = tail.chars();
                match left.next() {
                    None => return false,
                    Some('/') if wild == '%' => return false,
                    Some(_) => tail = left.as_str(),
                }
            }
        }
        Some(letter) => {
            let mut left = name.chars();
            let inbox = name.eq_ignore_ascii_case("INBOX") && pattern.eq_ignore_ascii_case("INBOX");
            inbox || (left.next() == Some(letter) && glob(letters.as_str(), left.as_str()))
        }
    }
}
