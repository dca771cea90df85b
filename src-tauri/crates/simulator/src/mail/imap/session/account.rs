//! Before a folder is selected: signing in, the list of folders, and what is done to a folder as a whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Done, End, Session, no, ok};
use crate::mail::envelope::string;
use crate::mail::faults::{ImapFault, LoginRefusal};
use crate::mail::imap::command::Resync;
use crate::mail::imap::selected::Selected;

impl Session {
    /// As on real servers, the list is short before the login and long after it.
    pub(super) fn capabilities(&self) -> String {
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

    pub(super) fn strikes(&self, which: impl Fn(&ImapFault) -> bool) -> bool {
        self.shared
            .strike(|faults| faults.imap(|fault| which(fault).then_some(())))
            .is_some()
    }

    pub(super) fn login_fault(&self) -> Option<Done> {
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

    pub(super) fn sign_in(&mut self, user: &[u8], password: &[u8]) -> Done {
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

    pub(super) fn welcome(&mut self) -> Done {
        self.signed_in = true;
        Done::Ok(format!("[CAPABILITY {}] Signed in", self.capabilities()))
    }

    pub(super) async fn authenticate(
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

    pub(super) fn enable(&mut self, wanted: &[String]) -> Done {
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

    pub(super) fn list(
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

    pub(super) fn status(&mut self, name: &str, items: &[String]) -> Done {
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

    pub(super) fn append(
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

    pub(super) fn select(
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
