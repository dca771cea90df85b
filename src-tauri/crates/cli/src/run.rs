//! Doing what was asked, through the desk's commands.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::CommandFactory as _;
use desk::error::{CommandError, ErrorCode, Result};
use desk::requests::{self, Nothing};
use desk::secrets::OsKeychain;
use desk::views::{
    AccountView, AfterReply, Clock as _, ConversationId, Event, InboxSort, ListScope, OutboxState,
    SystemClock, TagColour, Timestamp, Vocabulary,
};
use desk::{Commands, Desk, DeskOptions, Origin};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{self, Account, Audit, Cli, Command, Demo, On, Text};
use crate::{lines, secret, show};

/// Runs one call of the command line.
pub async fn run(cli: Cli) -> Result<ExitCode> {
    // What needs no practice.
    match &cli.command {
        Command::Completions { shell } => {
            clap_complete::generate(
                *shell,
                &mut Cli::command(),
                "anteroom",
                &mut std::io::stdout(),
            );
            return Ok(ExitCode::SUCCESS);
        }
        Command::Assess | Command::Text(Text::Assess) => {
            return lines::each(desk::text::assess_line).map(|()| ExitCode::SUCCESS);
        }
        Command::Guard | Command::Text(Text::Guard) => {
            return lines::each(desk::text::guard_line).map(|()| ExitCode::SUCCESS);
        }
        Command::Wishes | Command::Text(Text::Wishes) => {
            return lines::each(desk::text::wishes_line).map(|()| ExitCode::SUCCESS);
        }
        _ => {}
    }
    let session = Session::begin(&cli)?;
    let code = session.run(cli.command).await;
    session.desk.lock().await;
    code
}

struct Session {
    desk: Arc<Desk>,
    commands: Commands,
    staff: Option<String>,
    in_demo: bool,
    json: bool,
}

impl Session {
    fn begin(cli: &Cli) -> Result<Self> {
        let folder = match &cli.folder {
            Some(folder) => folder.clone(),
            None => desk::default_folder().ok_or_else(|| {
                CommandError::bad_request(
                    "There is no home folder for the practice's data: use --folder.",
                )
            })?,
        };
        let watching = matches!(
            cli.command,
            Command::Sync { watch: true }
                | Command::Demo {
                    command: Demo::Watch
                }
        );
        let desk = Desk::new(DeskOptions {
            downloads: std::env::current_dir().unwrap_or_else(|_| folder.clone()),
            folder,
            keychain: Arc::new(if std::io::stdin().is_terminal() {
                OsKeychain::new()
            } else {
                OsKeychain::without_prompts()
            }),
            clock: Arc::new(SystemClock),
            background: watching,
            demo_speed: 1.0,
        });
        let commands = Commands::new(desk.clone(), Origin::CommandLine);
        Ok(Self {
            desk,
            commands,
            staff: cli.staff.clone(),
            in_demo: cli.in_demo,
            json: cli.json,
        })
    }

    async fn run(&self, command: Command) -> Result<ExitCode> {
        match command {
            Command::Init(init) => self.init(init).await?,
            Command::Restore { path, protection } => self.restore(&path, protection).await?,
            Command::Recover { protection } => self.recover(protection).await?,
            Command::Demo {
                command: Demo::Remove,
            } => {
                self.commands.remove_demo(Nothing {}).await?;
                self.say("The demo practice is gone.")?;
            }
            Command::Demo {
                command: Demo::Start { protection },
            } => self.demo_start(protection).await?,
            Command::Demo {
                command: Demo::Watch,
            } => {
                self.demo_start(args::Protection::Keychain).await?;
                self.watch().await?;
            }
            other => return self.in_practice(other).await,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Everything that needs the practice open.
    async fn in_practice(&self, command: Command) -> Result<ExitCode> {
        let commands = self.open().await?;
        let vocabulary = commands.vocabulary(Nothing {}).await?;
        match command {
            Command::Account { command } => self.account(&commands, command).await?,
            Command::Sync { watch: true } => self.watch().await?,
            Command::Sync { watch: false } => self.sync(&commands).await?,
            Command::Inbox(inbox) => self.inbox(&commands, &vocabulary, inbox).await?,
            Command::Show { conversation } => {
                let view = commands
                    .conversation(requests::Show {
                        conversation: id(&conversation)?,
                    })
                    .await?;
                if self.json {
                    show::json(&view)?;
                } else {
                    show::conversation(&view, &vocabulary)?;
                }
            }
            Command::Reply(reply) => return self.reply(&commands, reply).await,
            Command::Note { conversation, text } => {
                let request = requests::AddNote {
                    conversation: id(&conversation)?,
                    text: text_or_stdin(text)?,
                    mentions: Vec::new(),
                };
                let done = commands.add_note(request).await?;
                self.answer(&done, "The note is saved; only staff see it.")?;
            }
            Command::Tag { remove, tag, on } => {
                let tag = self.tag(&commands, &vocabulary, &tag, remove).await?;
                let action = if remove {
                    requests::Action::TakeTag { tag }
                } else {
                    requests::Action::AddTag { tag }
                };
                self.act(&commands, on, action).await?;
            }
            Command::Claim { release, on } => {
                let action = if release {
                    requests::Action::Release
                } else {
                    requests::Action::Claim
                };
                self.act(&commands, on, action).await?;
            }
            Command::Snooze { until, on } => {
                self.act(
                    &commands,
                    on,
                    requests::Action::Snooze {
                        until: time(&until)?,
                    },
                )
                .await?;
            }
            Command::Close { reopen, on } => {
                let action = if reopen {
                    requests::Action::Reopen
                } else {
                    requests::Action::Close
                };
                self.act(&commands, on, action).await?;
            }
            Command::Undo { operation } => {
                let operation = operation
                    .map(|text| parse(&text, "operation"))
                    .transpose()?;
                let done = commands.undo(requests::Undo { operation }).await?;
                let words = if done.operation.is_some() {
                    "Taken back."
                } else {
                    "There is nothing to take back."
                };
                self.answer(&done, words)?;
            }
            Command::Search { query, ranked } => {
                let request = requests::Search {
                    query: query.join(" "),
                    cursor: None,
                    ranked,
                    record: true,
                };
                let page = commands.search(request).await?;
                if self.json {
                    show::json(&page)?;
                } else {
                    for problem in &page.problems {
                        show::remark(problem);
                    }
                    let rows: Vec<_> = page.hits.into_iter().map(|hit| hit.row).collect();
                    show::rows(&rows, &vocabulary, SystemClock.now())?;
                }
            }
            Command::Import { path } => self.import(&commands, &path).await?,
            Command::Backup { path } => {
                let path = path.map(|path| path.to_string_lossy().into_owned());
                let backup = commands.make_backup(requests::MakeBackup { path }).await?;
                self.answer(
                    &backup,
                    &format!("Backup of {} bytes: {}", backup.bytes, backup.path),
                )?;
            }
            Command::Erase { contact, yes } => self.erase(&commands, &contact, yes).await?,
            Command::Audit {
                command: Audit::Verify,
            } => {
                let report = commands.verify_audit(Nothing {}).await?;
                if self.json {
                    show::json(&report)?;
                } else {
                    show::audit_report(&report)?;
                }
                if !report.breaks.is_empty() {
                    return Ok(ExitCode::FAILURE);
                }
            }
            Command::Audit {
                command: Audit::List { limit },
            } => {
                let page = commands
                    .audit(requests::ReadAudit {
                        before: None,
                        limit: Some(limit),
                    })
                    .await?;
                if self.json {
                    show::json(&page)?;
                } else {
                    show::audit(&page.entries, &vocabulary)?;
                }
            }
            Command::Init(_)
            | Command::Restore { .. }
            | Command::Recover { .. }
            | Command::Demo { .. }
            | Command::Completions { .. }
            | Command::Text(_)
            | Command::Assess
            | Command::Guard
            | Command::Wishes => {}
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Opens the practice, asking for a passphrase where one is needed, and finds the staff member.
    async fn open(&self) -> Result<Commands> {
        let passphrase = secret::given("ANTEROOM_PASSPHRASE");
        let opened = if self.in_demo {
            self.desk.open_demo(passphrase).await
        } else {
            self.commands
                .unlock(requests::Unlock { passphrase })
                .await
                .map(drop)
        };
        if let Err(error) = opened {
            if error.code != ErrorCode::NeedsPassphrase || !std::io::stdin().is_terminal() {
                return Err(error);
            }
            let passphrase = Some(secret::ask("ANTEROOM_PASSPHRASE", "Practice passphrase")?);
            if self.in_demo {
                self.desk.open_demo(passphrase).await?;
            } else {
                self.commands
                    .unlock(requests::Unlock { passphrase })
                    .await?;
            }
        }
        let Some(name) = &self.staff else {
            return Ok(self.commands.clone());
        };
        let vocabulary = self.commands.vocabulary(Nothing {}).await?;
        vocabulary
            .staff
            .iter()
            .find(|staff| staff.active && staff.name.eq_ignore_ascii_case(name))
            .map(|staff| self.commands.as_staff(staff.id))
            .ok_or_else(|| CommandError::not_found("staff member"))
    }

    async fn init(&self, init: args::Init) -> Result<()> {
        let protection = init.protection.into();
        let created = self
            .commands
            .create_practice(requests::CreatePractice {
                name: init.name,
                administrator: init.admin,
                protection,
                passphrase: new_passphrase(protection)?,
            })
            .await?;
        if self.json {
            return show::json(&created);
        }
        show::line("The practice is set up. Its recovery key, shown only now:")?;
        show::line(&format!("\n    {}\n", created.recovery_key))?;
        show::line("Write it down or print it, and keep it away from this computer.")?;
        show::line("Next: anteroom account add ADDRESS, or anteroom demo start")
    }

    async fn restore(&self, path: &Path, protection: args::Protection) -> Result<()> {
        let protection = protection.into();
        self.commands
            .restore(requests::Restore {
                path: path.to_string_lossy().into_owned(),
                recovery_key: secret::ask("ANTEROOM_RECOVERY_KEY", "Recovery key")?,
                protection,
                passphrase: new_passphrase(protection)?,
            })
            .await?;
        self.say("The backup is restored. Replies that were waiting in it were not sent; look at the outbox.")
    }

    async fn recover(&self, protection: args::Protection) -> Result<()> {
        let protection = protection.into();
        self.commands
            .recover(requests::Recover {
                recovery_key: secret::ask("ANTEROOM_RECOVERY_KEY", "Recovery key")?,
                protection,
                passphrase: new_passphrase(protection)?,
            })
            .await?;
        self.say("The practice is open again, and protected anew on this computer.")
    }

    async fn demo_start(&self, protection: args::Protection) -> Result<()> {
        let passphrase = secret::given("ANTEROOM_PASSPHRASE");
        self.commands
            .start_demo(requests::StartDemo {
                protection: protection.into(),
                passphrase,
            })
            .await?;
        for account in self.commands.accounts(Nothing {}).await?.accounts {
            self.with_progress(
                "Fetching",
                self.commands.sync_now(requests::OfAccount {
                    account: account.id,
                }),
            )
            .await?;
        }
        self.say("The demo practice is ready: anteroom --in-demo inbox")
    }

    async fn account(&self, commands: &Commands, command: Account) -> Result<()> {
        match command {
            Account::Add(add) => self.account_add(commands, add).await,
            Account::List | Account::Status => {
                let all = commands.accounts(Nothing {}).await?;
                if self.json {
                    show::json(&all)
                } else {
                    show::accounts(&all.accounts)
                }
            }
            Account::Remove { account } => {
                let all = commands.accounts(Nothing {}).await?.accounts;
                let found = all
                    .iter()
                    .find(|known| {
                        known.id.to_string() == account || known.address.reveal() == account
                    })
                    .ok_or_else(|| CommandError::not_found("account"))?;
                let done = commands
                    .remove_account(requests::OfAccount { account: found.id })
                    .await?;
                self.answer(&done, "The account is disconnected; its messages stay.")
            }
        }
    }

    async fn account_add(&self, commands: &Commands, add: args::AccountAdd) -> Result<()> {
        let mut account = match (&add.imap, &add.smtp) {
            (Some(imap), Some(smtp)) => {
                let security = add
                    .security
                    .map_or(requests::ConnectionSecurity::Tls, Into::into);
                requests::MailAccount {
                    address: add.address.clone(),
                    from_name: String::new(),
                    aliases: Vec::new(),
                    user: add.address.clone(),
                    imap: server(imap, security)?,
                    smtp: server(smtp, security)?,
                    first_days: add.days,
                }
            }
            _ => {
                let found = commands
                    .discover(requests::Discover {
                        address: add.address.clone(),
                    })
                    .await?;
                show::remark(&found.source);
                found.account
            }
        };
        account.first_days = add.days;
        if let Some(user) = add.user {
            account.user = user;
        }
        if let Some(name) = add.from_name {
            account.from_name = name;
        }
        let password = secret::ask("ANTEROOM_PASSWORD", "Password of the mailbox")?;
        if !add.unchecked {
            let checked = commands
                .check_account(requests::CheckAccount {
                    account: account.clone(),
                    password: password.clone(),
                })
                .await?;
            for remark in &checked.remarks {
                show::remark(remark);
            }
        }
        let request = requests::SaveAccount {
            id: None,
            account,
            password: Some(password),
        };
        let saved = commands.save_account(request).await?;
        self.answer(
            &saved,
            "The account is connected. Fetch its mail: anteroom sync",
        )
    }

    async fn sync(&self, commands: &Commands) -> Result<()> {
        let accounts = commands.accounts(Nothing {}).await?.accounts;
        if accounts.is_empty() {
            return Err(CommandError::new(
                ErrorCode::NotFound,
                "No account is connected.",
                "Connect one: anteroom account add ADDRESS",
            ));
        }
        let mut first_failure = None;
        for account in accounts.iter().filter(|account| !imported(account)) {
            if let Err(error) = self
                .with_progress(
                    "Fetching",
                    commands.sync_now(requests::OfAccount {
                        account: account.id,
                    }),
                )
                .await
            {
                show::remark(&format!(
                    "{}: {} {}",
                    account.address.reveal(),
                    error.message,
                    error.help
                ));
                first_failure.get_or_insert(error);
            }
        }
        let counts = commands.counts(Nothing {}).await?;
        if let Some(error) = first_failure {
            return Err(error);
        }
        self.answer(
            &counts,
            &format!("{} open, {} unread.", counts.inbox, counts.unread),
        )
    }

    /// Lets the background work until the process is interrupted.
    async fn watch(&self) -> Result<()> {
        if self.in_demo {
            self.desk
                .open_demo(secret::given("ANTEROOM_PASSPHRASE"))
                .await?;
        }
        let mut events = self.desk.events();
        show::remark("Fetching and sending until interrupted (Ctrl-C).");
        loop {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return Ok(()),
                event = events.recv() => if let Ok(Event::Arrived { ids }) = event {
                    show::line(&format!("{} new", ids.len()))?;
                },
            }
        }
    }

    async fn inbox(
        &self,
        commands: &Commands,
        vocabulary: &Vocabulary,
        inbox: args::Inbox,
    ) -> Result<()> {
        let scope = inbox
            .query
            .map_or_else(|| inbox.view.into(), |query| ListScope::Query { query });
        let page = commands
            .list(requests::List {
                scope,
                sort: inbox.sort.into(),
                cursor: inbox.after,
                limit: Some(inbox.limit),
            })
            .await?;
        if self.json {
            return show::json(&page);
        }
        show::rows(&page.rows, vocabulary, SystemClock.now())?;
        if let Some(next) = page.next {
            show::remark(&format!("More: --after '{next}'"));
        }
        Ok(())
    }

    async fn reply(&self, commands: &Commands, reply: args::Reply) -> Result<ExitCode> {
        let conversation = id(&reply.conversation)?;
        let mut attachments = Vec::new();
        for path in &reply.attach {
            attachments.push(attach(commands, conversation, path).await?.id);
        }
        let send_at = reply.at.as_deref().map(time).transpose()?;
        let sent = commands
            .send_reply(requests::SendReply {
                conversation,
                to: None,
                subject: None,
                text: text_or_stdin(reply.text)?,
                attachments,
                // There is nobody to press undo in a script.
                send_at: Some(send_at.unwrap_or_else(|| SystemClock.now())),
                then: if reply.close {
                    AfterReply::Close
                } else {
                    AfterReply::Wait
                },
            })
            .await?;
        if reply.queue || send_at.is_some() {
            self.answer(&sent, "The reply waits in the outbox.")?;
            return Ok(ExitCode::SUCCESS);
        }
        let outcome = commands
            .deliver(requests::OfReply { reply: sent.reply })
            .await?;
        if self.json {
            show::json(&serde_json::json!({ "reply": sent.reply, "outbox": outcome }))?;
        } else {
            let why = outcome.why.reveal();
            show::line(&match outcome.state {
                OutboxState::Sent => "The reply is sent.".to_owned(),
                OutboxState::Uncertain => {
                    "It is unclear whether the reply was sent. It is not sent again by itself: look at the conversation.".to_owned()
                }
                OutboxState::Failed => format!("The reply was not sent: {why}"),
                _ => format!("The reply waits in the outbox. {why}"),
            })?;
        }
        Ok(match outcome.state {
            OutboxState::Sent => ExitCode::SUCCESS,
            _ => ExitCode::from(ErrorCode::ServerTrouble.exit_code()),
        })
    }

    async fn tag(
        &self,
        commands: &Commands,
        vocabulary: &Vocabulary,
        name: &str,
        must_exist: bool,
    ) -> Result<desk::views::TagId> {
        if let Some(tag) = vocabulary
            .tags
            .iter()
            .find(|tag| tag.name.eq_ignore_ascii_case(name))
        {
            return Ok(tag.id);
        }
        if must_exist {
            return Err(CommandError::not_found("tag"));
        }
        let saved = commands
            .save_tag(requests::SaveTag {
                id: None,
                name: name.to_owned(),
                colour: TagColour::Grey,
            })
            .await?;
        parse(&saved.id, "tag")
    }

    async fn act(&self, commands: &Commands, on: On, action: requests::Action) -> Result<()> {
        let targets = match on.all_matching {
            Some(query) => requests::Targets::Scope {
                scope: ListScope::Query { query },
            },
            None => requests::Targets::Ids {
                ids: on
                    .conversations
                    .iter()
                    .map(|text| id(text))
                    .collect::<Result<_>>()?,
            },
        };
        let done = commands.act(requests::Act { targets, action }).await?;
        self.answer(&done, &format!("{} changed.", done.changed))
    }

    async fn import(&self, commands: &Commands, path: &Path) -> Result<()> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let request = requests::Import {
            path: path.to_string_lossy().into_owned(),
        };
        let report = self
            .with_progress("Importing", commands.import(request))
            .await?;
        self.answer(
            &report,
            &format!(
                "{} messages found: {} stored, {} known already, {} kept raw because they could not be read.",
                report.found, report.stored, report.known, report.unreadable
            ),
        )
    }

    async fn erase(&self, commands: &Commands, contact: &str, yes: bool) -> Result<()> {
        let contact = parse(contact, "contact")?;
        let card = commands.contact(requests::ShowContact { contact }).await?;
        if !yes {
            show::remark(&format!(
                "Erase {} with {} conversations? This cannot be taken back. Type “erase”:",
                card.name.reveal(),
                card.conversation_count
            ));
            let mut typed = String::new();
            let read = std::io::stdin().read_line(&mut typed);
            if read.is_err() || typed.trim() != "erase" {
                return Err(CommandError::new(
                    ErrorCode::Stopped,
                    "Nothing was erased.",
                    "Call it again with --yes to erase without being asked.",
                ));
            }
        }
        let gone = commands
            .erase_contact(requests::EraseContact { contact })
            .await?;
        self.answer(
            &gone,
            &format!(
                "Erased: {} conversations, {} messages, {} files.",
                gone.conversations, gone.messages, gone.attachments
            ),
        )
    }

    /// Shows how far long work is, on a terminal.
    async fn with_progress<T>(
        &self,
        words: &str,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        if self.json || !std::io::stderr().is_terminal() {
            return work.await;
        }
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::default_spinner());
        bar.set_message(format!("{words} …"));
        let mut events = self.desk.events();
        let mut ticks = tokio::time::interval(Duration::from_millis(120));
        tokio::pin!(work);
        let result = loop {
            tokio::select! {
                result = &mut work => break result,
                _ = ticks.tick() => bar.tick(),
                event = events.recv() => if let Ok(Event::Work { progress, .. }) = event {
                    bar.set_message(format!("{words} … {}", progress.done));
                },
            }
        };
        bar.finish_and_clear();
        result
    }

    fn answer(&self, value: &impl serde::Serialize, words: &str) -> Result<()> {
        if self.json {
            show::json(value)
        } else {
            show::line(words)
        }
    }

    fn say(&self, words: &str) -> Result<()> {
        self.answer(&serde_json::json!({}), words)
    }
}

/// Takes a file over for a reply.
async fn attach(
    commands: &Commands,
    conversation: ConversationId,
    path: &Path,
) -> Result<desk::views::AttachmentMeta> {
    let bytes = std::fs::read(path).map_err(|error| {
        CommandError::new(
            ErrorCode::File,
            format!("The file to attach: {error}."),
            "Check its path.",
        )
    })?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    commands
        .attach(requests::Attach {
            conversation,
            name,
            base64: STANDARD.encode(bytes),
        })
        .await
}

fn imported(account: &AccountView) -> bool {
    account.settings.get("imported").is_some()
}

fn new_passphrase(protection: requests::Protection) -> Result<Option<desk::secrets::Secret>> {
    match protection {
        requests::Protection::Keychain => Ok(None),
        requests::Protection::Passphrase | requests::Protection::Both => {
            secret::ask("ANTEROOM_PASSPHRASE", "New practice passphrase").map(Some)
        }
    }
}

fn text_or_stdin(text: Option<String>) -> Result<String> {
    if let Some(text) = text {
        return Ok(text);
    }
    let mut read = String::new();
    std::io::stdin()
        .read_to_string(&mut read)
        .map_err(|_| CommandError::bad_request("Standard input is not text."))?;
    Ok(read.trim_end().to_owned())
}

fn id(text: &str) -> Result<ConversationId> {
    parse(text, "conversation")
}

fn parse<T: std::str::FromStr>(text: &str, what: &str) -> Result<T> {
    text.parse()
        .map_err(|_| CommandError::bad_request(format!("“{text}” is not the id of a {what}.")))
}

fn server(text: &str, security: requests::ConnectionSecurity) -> Result<requests::MailServer> {
    let (host, port) = text
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)))
        .ok_or_else(|| {
            CommandError::bad_request(format!("“{text}” is not of the form host:port."))
        })?;
    Ok(requests::MailServer {
        host: host.to_owned(),
        port,
        security,
    })
}

/// A local time, or a word for one.
fn time(text: &str) -> Result<Timestamp> {
    use chrono::{Datelike as _, Days, Local, NaiveDateTime, NaiveTime, TimeZone as _};
    let today = chrono::DateTime::<Local>::from(SystemClock.now().to_datetime()).date_naive();
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let naive = match text {
        "today" => today.and_time(at(17)),
        "tomorrow" => (today + Days::new(1)).and_time(at(9)),
        "monday" => {
            let ahead = 7 - u64::from(today.weekday().num_days_from_monday());
            (today + Days::new(ahead)).and_time(at(9))
        }
        _ => ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .ok_or_else(|| {
                CommandError::bad_request(format!(
                    "“{text}” is not a time such as 2026-03-02T09:00."
                ))
            })?,
    };
    Local
        .from_local_datetime(&naive)
        .earliest()
        .map(|local| local.to_utc().into())
        .ok_or_else(|| {
            CommandError::bad_request("The clocks change then: there is no such local time.")
        })
}

impl From<args::Protection> for requests::Protection {
    fn from(protection: args::Protection) -> Self {
        match protection {
            args::Protection::Keychain => Self::Keychain,
            args::Protection::Passphrase => Self::Passphrase,
            args::Protection::Both => Self::Both,
        }
    }
}

impl From<args::Security> for requests::ConnectionSecurity {
    fn from(security: args::Security) -> Self {
        match security {
            args::Security::Tls => Self::Tls,
            args::Security::StartTls => Self::StartTls,
            args::Security::Plain => Self::Plain,
        }
    }
}

impl From<args::Scope> for ListScope {
    fn from(scope: args::Scope) -> Self {
        match scope {
            args::Scope::Inbox => Self::Inbox,
            args::Scope::Mine => Self::Mine,
            args::Scope::Unassigned => Self::Unassigned,
            args::Scope::RedFlags => Self::RedFlags,
            args::Scope::Waiting => Self::Waiting,
            args::Scope::Snoozed => Self::Snoozed,
            args::Scope::Closed => Self::Closed,
            args::Scope::Outbox => Self::Outbox,
            args::Scope::Drafts => Self::Drafts,
            args::Scope::All => Self::All,
        }
    }
}

impl From<args::Sort> for InboxSort {
    fn from(sort: args::Sort) -> Self {
        match sort {
            args::Sort::Urgent => Self::Urgent,
            args::Sort::Newest => Self::Newest,
            args::Sort::Waiting => Self::Waiting,
        }
    }
}
