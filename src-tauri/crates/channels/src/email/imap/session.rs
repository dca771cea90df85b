//! Commands to an IMAP server.
//!
//! A [`Session`] is signed in. Each command runs to its tagged answer before anything of it counts;
//! after an error of the connection the session is to be dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::time::Timestamp;

use super::mailbox::{self, Fetched, Folder, Opened};
use super::names;
use super::refusal::{is_about_connections, is_temporary};
use super::value::{Report, Response, Status, Value};
use super::wire::Wire;
use crate::connector::FolderUse;
use crate::email::net;
use crate::email::sasl::Mechanism;
use crate::email::settings::{Auth, Endpoint, Security};
use crate::email::uidset::UidSet;
use crate::error::{ChannelError, ConnectFailure, FolderFailure, SignInFailure};

/// How long the server may be silent within a command.
const PATIENCE: Duration = Duration::from_secs(60);
/// Ranges of UIDs in one command; about 6 KB, below the 8 KB that servers must take.
const RANGES: usize = 400;

/// A signed-in connection.
pub struct Session {
    pub(super) wire: Wire,
    commands: u32,
    capabilities: BTreeSet<String>,
    qresync: bool,
    folders: Option<Vec<Folder>>,
}

/// A command, piece by piece.
struct Command(Vec<Piece>);

enum Piece {
    Raw(String),
    Literal(Vec<u8>),
}

impl Command {
    fn new(text: impl Into<String>) -> Self {
        Self(vec![Piece::Raw(text.into())])
    }

    fn raw(mut self, text: &str) -> Self {
        match self.0.last_mut() {
            Some(Piece::Raw(last)) => last.push_str(text),
            _ => self.0.push(Piece::Raw(text.to_owned())),
        }
        self
    }

    /// A text, quoted where the protocol allows it, otherwise as a literal.
    fn text(self, text: &str) -> Self {
        let quotable = text.len() < 1_000 && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if quotable {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            self.raw(&format!(" \"{escaped}\""))
        } else {
            self.raw(" ").literal(text.as_bytes().to_vec())
        }
    }

    fn literal(mut self, bytes: Vec<u8>) -> Self {
        self.0.push(Piece::Literal(bytes));
        self
    }
}

/// A command's answers and its end.
struct Answer {
    untagged: Vec<Response>,
    report: Report,
}

impl Answer {
    /// The bare answers of this name.
    fn data(&self, wanted: &str) -> impl Iterator<Item = &[Value]> {
        self.untagged
            .iter()
            .filter_map(move |response| match response {
                Response::Data { name, values, .. } if name == wanted => Some(values.as_slice()),
                _ => None,
            })
    }
}

/// Which messages of a FETCH came, and whether the server called the answer complete.
pub struct Brought {
    /// By UID.
    pub messages: BTreeMap<u32, Fetched>,
    /// False where the server ended with NO: what came is whole, what did not may still be there.
    pub complete: bool,
}

impl Session {
    /// Connects and signs in.
    pub async fn open(endpoint: &Endpoint, user: &str, auth: &Auth) -> Result<Self, ChannelError> {
        let stream = net::connect(endpoint).await?;
        let mut session = Self {
            wire: Wire::new(stream, endpoint.clone(), PATIENCE),
            commands: 0,
            capabilities: BTreeSet::new(),
            qresync: false,
            folders: None,
        };
        let Response::Untagged(greeting) = session.wire.receive().await? else {
            return Err(session.wire.protocol("greeting"));
        };
        match greeting.status {
            Status::Bye | Status::No | Status::Bad => return Err(session.refusal(greeting)),
            // Signed in before encryption: whoever says so may stand between us and the server.
            Status::PreAuth if endpoint.security == Security::StartTls => {
                return Err(session.not_offered());
            }
            Status::Ok | Status::PreAuth => {}
        }
        session.learn(&greeting);
        if endpoint.security == Security::StartTls {
            session = session.start_tls().await?;
        }
        if session.capabilities.is_empty() {
            session.ask_capabilities().await?;
        }
        if greeting.status != Status::PreAuth {
            session.sign_in(user, auth).await?;
        }
        session.introduce().await?;
        Ok(session)
    }

    async fn start_tls(mut self) -> Result<Self, ChannelError> {
        if self.capabilities.is_empty() {
            self.ask_capabilities().await?;
        }
        if !self.can("STARTTLS") {
            return Err(self.not_offered());
        }
        let answer = self.exchange(Command::new("STARTTLS")).await?;
        if answer.report.status != Status::Ok {
            return Err(self.not_offered());
        }
        self.wire = self.wire.encrypt().await?;
        // What was said before encryption may have been said by somebody else.
        self.capabilities.clear();
        Ok(self)
    }

    async fn sign_in(&mut self, user: &str, auth: &Auth) -> Result<(), ChannelError> {
        let mechanism = Mechanism::choose(auth, |name| match name {
            // The LOGIN command stands in for the mechanism of that name.
            "LOGIN" => !self.can("LOGINDISABLED"),
            _ => self.can(&format!("AUTH={name}")),
        });
        let answer = match (mechanism, auth) {
            (Some(Mechanism::Login), Auth::Password(secret)) => {
                let login = Command::new("LOGIN").text(user).text(secret.expose());
                self.exchange(login).await?
            }
            (Some(mechanism), _) => self.authenticate(mechanism, user, auth).await?,
            (None, _) => return Err(self.sign_in_error(SignInFailure::NoCommonMethod, None)),
        };
        if answer.report.status != Status::Ok {
            return Err(self.sign_in_refusal(answer.report));
        }
        // The list after signing in differs from the one before.
        self.capabilities.clear();
        answer
            .untagged
            .iter()
            .for_each(|response| self.learn_from(response));
        self.learn(&answer.report);
        if self.capabilities.is_empty() {
            self.ask_capabilities().await?;
        }
        Ok(())
    }

    async fn authenticate(
        &mut self,
        mechanism: Mechanism,
        user: &str,
        auth: &Auth,
    ) -> Result<Answer, ChannelError> {
        let endpoint = self.wire.endpoint();
        let mut first = mechanism.first(auth, user, &endpoint.host, endpoint.port);
        let tag = self.tag();
        let mut line = format!("{tag} AUTHENTICATE {}", mechanism.name());
        if self.can("SASL-IR")
            && let Some(first) = first.take()
        {
            line.push(' ');
            line.push_str(&first);
        }
        line.push_str("\r\n");
        self.wire.send(line.as_bytes()).await?;
        let mut untagged = Vec::new();
        let mut round = 0;
        loop {
            match self.wire.receive().await? {
                Response::Continue(_) if round > 5 => return Err(self.wire.protocol("sign-in")),
                Response::Continue(_) => {
                    let answer = first.take().unwrap_or_else(|| {
                        round += 1;
                        mechanism.answer(auth, user, round - 1)
                    });
                    self.wire.send(format!("{answer}\r\n").as_bytes()).await?;
                }
                Response::Tagged { tag: ended, report } if ended == tag => {
                    return Ok(Answer { untagged, report });
                }
                Response::Untagged(report) if report.status == Status::Bye => {
                    return Err(self.sign_in_refusal(report));
                }
                other => untagged.push(other),
            }
        }
    }

    /// What follows every sign-in: who we are, and the extensions to be switched on.
    async fn introduce(&mut self) -> Result<(), ChannelError> {
        if self.can("ID") {
            // Some providers refuse to open folders without it. It names the program and nobody else.
            let id = concat!(
                "ID (\"name\" \"Anteroom\" \"version\" \"",
                env!("CARGO_PKG_VERSION"),
                "\")"
            );
            self.exchange(Command::new(id)).await?;
        }
        if self.can("QRESYNC") && self.can("ENABLE") {
            let answer = self.exchange(Command::new("ENABLE QRESYNC")).await?;
            let enabled = |values: &[Value]| {
                let same = |value: &Value| {
                    value
                        .word()
                        .is_some_and(|word| word.eq_ignore_ascii_case("QRESYNC"))
                };
                values.iter().any(same)
            };
            self.qresync =
                answer.report.status == Status::Ok && answer.data("ENABLED").any(enabled);
        }
        Ok(())
    }

    /// Whether the server has this capability (upper case).
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Whether deletions and flags come by themselves when a folder is opened.
    pub const fn has_qresync(&self) -> bool {
        self.qresync
    }

    /// Whether the server numbers changes.
    pub fn has_condstore(&self) -> bool {
        self.qresync || self.can("CONDSTORE")
    }

    /// Whether the connection still lives. What came meanwhile is read and thrown away: whoever opens a
    /// folder asks for its state anew.
    pub async fn is_alive(&mut self) -> bool {
        self.exchange(Command::new("NOOP"))
            .await
            .is_ok_and(|answer| answer.report.status == Status::Ok)
    }

    /// Every folder that can be opened. Asked once per connection.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, ChannelError> {
        if let Some(folders) = &self.folders {
            return Ok(folders.clone());
        }
        let answer = self.run(Command::new("LIST \"\" \"*\"")).await?;
        let mut folders: Vec<Folder> = answer.data("LIST").filter_map(Folder::read).collect();
        if self.can("SPECIAL-USE")
            && !folders
                .iter()
                .any(|folder| folder.told && folder.name != "INBOX")
        {
            let special = self
                .exchange(Command::new("LIST (SPECIAL-USE) \"\" \"*\""))
                .await?;
            for told in special
                .data("LIST")
                .filter_map(Folder::read)
                .filter(|folder| folder.told)
            {
                if let Some(folder) = folders.iter_mut().find(|folder| folder.wire == told.wire) {
                    *folder = told;
                }
            }
        }
        if !folders
            .iter()
            .any(|folder| folder.purpose == FolderUse::Inbox)
        {
            folders.insert(0, Folder::inbox());
        }
        self.folders = Some(folders.clone());
        Ok(folders)
    }

    /// Opens a folder read-only and tells its state. `since` names the state we know (UIDVALIDITY and
    /// modification number), where the server can tell what changed since.
    pub async fn examine(
        &mut self,
        folder: &Folder,
        since: Option<(u32, u64)>,
    ) -> Result<Opened, ChannelError> {
        let command = Command::new("EXAMINE").text(&folder.wire);
        let command = match since {
            Some((uidvalidity, modseq)) if self.qresync && modseq > 0 => {
                command.raw(&format!(" (QRESYNC ({uidvalidity} {modseq}))"))
            }
            _ if self.has_condstore() => command.raw(" (CONDSTORE)"),
            _ => command,
        };
        self.enter(folder, command).await
    }

    /// Opens a folder for changing marks.
    pub async fn select(&mut self, folder: &Folder) -> Result<Opened, ChannelError> {
        self.enter(folder, Command::new("SELECT").text(&folder.wire))
            .await
    }

    async fn enter(&mut self, folder: &Folder, command: Command) -> Result<Opened, ChannelError> {
        let answer = self.exchange(command).await?;
        let missing = |why| ChannelError::Folder {
            folder: folder.name.clone(),
            why,
        };
        match answer.report.status {
            Status::Ok => {}
            _ if answer.report.has_code("NOPERM") => {
                return Err(missing(FolderFailure::NoPermission));
            }
            // Every account has an inbox: a refusal to open it is trouble of another kind.
            _ if folder.purpose != FolderUse::Inbox
                && answer.report.code.is_none()
                && !is_about_connections(&answer.report.text) =>
            {
                return Err(missing(FolderFailure::Missing));
            }
            _ => {
                return Err(match self.refusal(answer.report) {
                    ChannelError::Folder { why, .. } => missing(why),
                    other => other,
                });
            }
        }
        let mut opened = Opened::default();
        answer
            .untagged
            .iter()
            .for_each(|response| opened.take(response));
        opened.read_only = answer.report.has_code("READ-ONLY");
        // Numbers that a server gives without offering to be asked about them are of no use.
        opened.modseq = opened.modseq.filter(|_| self.has_condstore());
        if opened.uidvalidity == 0 {
            return Err(self.wire.protocol("opening a folder"));
        }
        Ok(opened)
    }

    /// Which UIDs of the open folder match the criteria. `UID` sets among them are to be given as `set`,
    /// so that long ones are asked for in parts.
    pub async fn search(
        &mut self,
        criteria: &str,
        set: Option<&UidSet>,
    ) -> Result<UidSet, ChannelError> {
        let commands: Vec<String> = match set {
            None => vec![format!("UID SEARCH {criteria}")],
            Some(set) => set
                .parts(RANGES)
                .map(|part| {
                    format!("UID SEARCH UID {part} {criteria}")
                        .trim_end()
                        .to_owned()
                })
                .collect(),
        };
        let mut found = UidSet::new();
        for command in commands {
            let answer = self.run(Command::new(command)).await?;
            found = found.union(&found_in(&answer));
        }
        Ok(found)
    }

    /// Messages of the open folder whose header has this Message-ID.
    pub async fn search_message_id(&mut self, id: &str) -> Result<UidSet, ChannelError> {
        let command = Command::new("UID SEARCH HEADER Message-ID").text(id);
        Ok(found_in(&self.run(command).await?))
    }

    /// Fetches attributes of messages of the open folder: what came about the wanted UIDs, in any order,
    /// over any number of answers, with whatever else the server chose to say left out.
    pub async fn fetch(
        &mut self,
        set: &UidSet,
        attributes: &str,
        modifier: &str,
    ) -> Result<Brought, ChannelError> {
        let mut brought = Brought {
            messages: BTreeMap::new(),
            complete: true,
        };
        for part in set.parts(RANGES) {
            let command = format!("UID FETCH {part} ({attributes}){modifier}");
            let answer = self.exchange(Command::new(command)).await?;
            match answer.report.status {
                Status::Ok => {}
                Status::No if !is_temporary(&answer.report) => brought.complete = false,
                _ => return Err(self.refusal(answer.report)),
            }
            for fetched in answer.untagged.iter().filter_map(Fetched::read) {
                // `n:*` and unsolicited news name others too.
                if let Some(uid) = fetched.uid.filter(|uid| part.contains(*uid)) {
                    brought.messages.entry(uid).or_default().merge(fetched);
                }
            }
        }
        Ok(brought)
    }

    /// Changes marks of messages of the open folder: `+FLAGS.SILENT (\Seen)`.
    pub async fn store(&mut self, set: &UidSet, change: &str) -> Result<(), ChannelError> {
        for part in set.parts(RANGES) {
            self.run(Command::new(format!("UID STORE {part} {change}")))
                .await?;
        }
        Ok(())
    }

    /// Puts a message into a folder; the answer is its UIDVALIDITY and UID, where the server tells.
    pub async fn append(
        &mut self,
        folder: &Folder,
        message: Vec<u8>,
        at: Timestamp,
    ) -> Result<Option<(u32, u32)>, ChannelError> {
        let command = Command::new("APPEND")
            .text(&folder.wire)
            .raw(&format!(" (\\Seen) \"{}\" ", mailbox::write_date(at)))
            .literal(message);
        let report = self.run(command).await?.report;
        let code = report.code.filter(|code| code.name == "APPENDUID");
        Ok(code.and_then(|code| {
            let uid = code.values.get(1)?.number()?;
            Some((code.number()?, uid))
        }))
    }

    /// Says good-bye, without waiting for more than a moment.
    pub async fn log_out(mut self) {
        let _ = tokio::time::timeout(
            Duration::from_secs(2),
            self.exchange(Command::new("LOGOUT")),
        )
        .await;
    }

    /// The error of a connection that does not answer.
    pub fn silent(&self) -> ChannelError {
        net::failed(self.wire.endpoint(), ConnectFailure::TimedOut)
    }

    async fn ask_capabilities(&mut self) -> Result<(), ChannelError> {
        let answer = self.run(Command::new("CAPABILITY")).await?;
        answer
            .untagged
            .iter()
            .for_each(|response| self.learn_from(response));
        self.learn(&answer.report);
        Ok(())
    }

    fn learn_from(&mut self, response: &Response) {
        match response {
            Response::Untagged(report) => self.learn(report),
            Response::Data { name, values, .. } if name == "CAPABILITY" => {
                self.learn_values(values);
            }
            _ => {}
        }
    }

    fn learn(&mut self, report: &Report) {
        if let Some(code) = report
            .code
            .as_ref()
            .filter(|code| code.name == "CAPABILITY")
        {
            self.learn_values(&code.values);
        }
    }

    fn learn_values(&mut self, values: &[Value]) {
        self.capabilities = values
            .iter()
            .filter_map(Value::word)
            .map(str::to_ascii_uppercase)
            .collect();
    }

    pub(super) fn tag(&mut self) -> String {
        self.commands += 1;
        format!("a{}", self.commands)
    }

    /// Runs a command that must succeed.
    async fn run(&mut self, command: Command) -> Result<Answer, ChannelError> {
        let answer = self.exchange(command).await?;
        if answer.report.status == Status::Ok {
            Ok(answer)
        } else {
            Err(self.refusal(answer.report))
        }
    }

    /// Runs a command to its end, whatever that is.
    async fn exchange(&mut self, command: Command) -> Result<Answer, ChannelError> {
        let tag = self.tag();
        let mut answer = Answer {
            untagged: Vec::new(),
            report: Report {
                status: Status::Bad,
                code: None,
                text: String::new(),
            },
        };
        let mut bytes = format!("{tag} ").into_bytes();
        let unasked = self.can("LITERAL+");
        for piece in command.0 {
            match piece {
                Piece::Raw(text) => bytes.extend(text.into_bytes()),
                Piece::Literal(literal) => {
                    let mark = if unasked { "+" } else { "" };
                    bytes.extend(format!("{{{}{mark}}}\r\n", literal.len()).into_bytes());
                    if !unasked {
                        self.wire.send(&bytes).await?;
                        bytes.clear();
                        if self.until(&tag, true, &mut answer).await? {
                            return Ok(answer);
                        }
                    }
                    bytes.extend(literal);
                }
            }
        }
        bytes.extend(b"\r\n");
        self.wire.send(&bytes).await?;
        self.until(&tag, false, &mut answer).await?;
        Ok(answer)
    }

    /// Collects answers until the command has ended (true), or the server bids us go on (false).
    async fn until(
        &mut self,
        tag: &str,
        go_on: bool,
        answer: &mut Answer,
    ) -> Result<bool, ChannelError> {
        let mut bye = None;
        loop {
            match self.wire.receive().await {
                Err(lost) => return Err(bye.map_or(lost, |report| self.refusal(report))),
                Ok(Response::Tagged { tag: ended, report }) if ended == tag => {
                    answer.report = report;
                    return Ok(true);
                }
                Ok(Response::Continue(_)) if go_on => return Ok(false),
                Ok(Response::Untagged(report)) if report.status == Status::Bye => {
                    bye = Some(report);
                }
                Ok(response) => answer.untagged.push(response),
            }
        }
    }
}

fn found_in(answer: &Answer) -> UidSet {
    let plain = answer
        .data("SEARCH")
        .flat_map(|values| values.iter().filter_map(Value::number::<u32>));
    let mut found: UidSet = plain.collect();
    // Some servers answer as RFC 4731 has it, asked or not: (TAG "a5") UID ALL 1:3,5
    for values in answer.data("ESEARCH") {
        for pair in values.windows(2) {
            let [name, set] = pair else { continue };
            let all = name
                .word()
                .is_some_and(|word| word.eq_ignore_ascii_case("ALL"));
            if let Some(set) = set.word().filter(|_| all).and_then(|set| set.parse().ok()) {
                found = found.union(&set);
            }
        }
    }
    found
}

/// The name of a folder that was never listed, for the wire.
pub fn unlisted(name: &str) -> Folder {
    Folder {
        wire: names::encode(name),
        name: name.to_owned(),
        purpose: names::use_by_name(name, None),
        told: false,
    }
}
