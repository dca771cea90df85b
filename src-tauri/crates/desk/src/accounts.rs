//! Commands on accounts, and how a stored account becomes a connector.

use std::sync::Arc;

use channels::email::{
    self, Auth, EmailConnector, EmailSettings, Endpoint, FirstFetch, FoundBy, Security,
};
use channels::{Connector, Stop};
use domain::operation::Change;
use domain::views::{AccountHealth, AccountView, HealthState};
use domain::{Abilities, AccountId, MessageId, PatientText, Secret};

use crate::caller::Caller;
use crate::desk::{blocking, required};
use crate::error::{CommandError, ErrorCode, Result};
use crate::ingest::{self, at_store};
use crate::outbox;
use crate::practice::Practice;
use crate::requests::{
    Accounts, CheckAccount, CheckedAccount, ConnectionSecurity, Discover, Discovered, Done,
    MailAccount, MailServer, Nothing, OfAccount, Ok as Fine, SaveAccount, SavedId,
};

/// The most messages of one folder that a first fetch brings.
const FIRST_MESSAGES: u32 = 50_000;

impl Caller {
    /// All accounts with their health.
    pub(crate) async fn accounts(&self, _: Nothing) -> Result<Accounts> {
        let practice = self.practice()?;
        let accounts = at_store(&practice, store::Store::accounts).await?;
        Ok(Accounts { accounts })
    }

    /// Looks for the servers of an address.
    pub(crate) async fn discover(&self, request: Discover) -> Result<Discovered> {
        let address = address(&request.address)?;
        let found = email::discover(&address, &email::SystemLookup::new()).await;
        let practice = self.practice()?;
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        // Where nothing was found, the usual names are a start for whoever fills them in by hand.
        let guess = |name: &str, port| Endpoint::tls(format!("{name}.{domain}"), port);
        let complete = found.imap.is_some() && found.smtp.is_some();
        Ok(Discovered {
            account: MailAccount {
                address: address.clone(),
                from_name: practice.name(),
                aliases: Vec::new(),
                user: found.user_name,
                imap: server_view(&found.imap.unwrap_or_else(|| guess("imap", 993))),
                smtp: server_view(&found.smtp.unwrap_or_else(|| guess("smtp", 465))),
                first_days: 90,
            },
            source: [
                how(found.found_by, found.confirm),
                found.hint.as_deref().unwrap_or_default(),
            ]
            .join(" ")
            .trim()
            .to_owned(),
            confirmed: complete && !found.confirm,
        })
    }

    /// Tries a mail account without saving it.
    pub(crate) async fn check_account(&self, request: CheckAccount) -> Result<CheckedAccount> {
        let settings = settings(&request.account)?;
        let clock = self.desk.options.clock.clone();
        let connector = EmailConnector::new(settings, Auth::Password(request.password), clock);
        let identity = connector.check(&Stop::new()).await;
        connector.close().await;
        Ok(CheckedAccount {
            remarks: identity?.remarks,
        })
    }

    /// Connects a mail account, or changes one.
    pub(crate) async fn save_account(&self, request: SaveAccount) -> Result<SavedId> {
        let practice = self.practice()?;
        let settings = settings(&request.account)?;
        let account = request
            .id
            .unwrap_or_else(|| AccountId::new(practice.clock.now()));
        if request.id.is_none() && request.password.as_ref().is_none_or(Secret::is_empty) {
            return Err(CommandError::bad_request(
                "The mailbox's password is missing.",
            ));
        }
        let change = Change::AccountSaved {
            account,
            address: PatientText::new(settings.address.clone()),
            settings: serde_json::to_value(&settings).unwrap_or_default(),
        };
        // The secret first: an account without one would look broken, a secret without an account
        // is only a line that nobody reads.
        if let Some(password) = request.password {
            let practice = practice.clone();
            blocking(move || Ok(practice.vault.set_account_secret(account, &password)?)).await?;
        }
        self.commit(change).await?;
        if self.desk.options.background {
            restart(&practice, account).await?;
        }
        Ok(SavedId {
            id: account.to_string(),
        })
    }

    /// Disconnects an account. Its stored messages stay.
    pub(crate) async fn remove_account(&self, request: OfAccount) -> Result<Done> {
        let practice = self.practice()?;
        practice.stop_account(request.account);
        let done = self
            .commit_one(Change::AccountRemoved {
                account: request.account,
            })
            .await?;
        blocking(move || {
            practice.vault.delete_account_secret(request.account)?;
            Ok(())
        })
        .await?;
        Ok(done)
    }

    /// Fetches now, and sends what is due.
    pub(crate) async fn sync_now(&self, request: OfAccount) -> Result<Fine> {
        let practice = self.practice()?;
        if let Some(nudge) = practice.nudge(request.account) {
            nudge.fetch.notify_one();
            nudge.send.notify_one();
            return Ok(Fine {});
        }
        // No loop runs for it: the command line, or staff stopped it.
        sync_once(&practice, request.account).await?;
        Ok(Fine {})
    }

    /// Stops fetching and sending for an account until it is resumed.
    #[allow(clippy::unused_async, reason = "commands share one shape")]
    pub(crate) async fn stop_sync(&self, request: OfAccount) -> Result<Fine> {
        let practice = self.practice()?;
        practice.stop_account(request.account);
        ingest::tell_health(
            &practice,
            request.account,
            &AccountHealth {
                state: HealthState::Stopped,
                trouble: "Fetching and sending are stopped for this account.".into(),
                mend: "Resume when you like.".into(),
                ..AccountHealth::default()
            },
        );
        Ok(Fine {})
    }

    /// Goes on fetching and sending.
    pub(crate) async fn resume_sync(&self, request: OfAccount) -> Result<Fine> {
        restart(&self.practice()?, request.account).await?;
        Ok(Fine {})
    }
}

/// One round of fetching and sending, for callers without background loops. What came before a
/// failure is stored.
async fn sync_once(practice: &Arc<Practice>, account: AccountId) -> Result<()> {
    let connector = connector_of(practice, account).await?;
    let stop = Stop::new();
    let fetched = ingest::fetch_all(practice, account, connector.as_ref(), &stop).await;
    let sent = send_with(practice, account, connector.as_ref(), &stop).await;
    crate::chores::wake_snoozed(practice).await?;
    connector.close().await;
    fetched?;
    sent
}

/// Sends what is due in an account, for callers without background loops.
pub(crate) async fn send_due_once(practice: &Arc<Practice>, account: AccountId) -> Result<()> {
    if let Some(nudge) = practice.nudge(account) {
        // A loop runs for it, and two senders for one account must never be.
        nudge.send.notify_one();
        return Ok(());
    }
    let connector = connector_of(practice, account).await?;
    let sent = send_with(practice, account, connector.as_ref(), &Stop::new()).await;
    connector.close().await;
    sent
}

async fn send_with(
    practice: &Arc<Practice>,
    account: AccountId,
    connector: &dyn Connector,
    stop: &Stop,
) -> Result<()> {
    outbox::settle_uncertain(practice, account, connector).await?;
    outbox::send_due(practice, account, connector, stop).await?;
    Ok(())
}

async fn view_of(practice: &Arc<Practice>, account: AccountId) -> Result<AccountView> {
    at_store(practice, store::Store::accounts)
        .await?
        .into_iter()
        .find(|view| view.id == account)
        .ok_or_else(|| CommandError::not_found("account"))
}

async fn connector_of(practice: &Arc<Practice>, account: AccountId) -> Result<Arc<dyn Connector>> {
    connector(practice, &view_of(practice, account).await?)
}

async fn restart(practice: &Arc<Practice>, account: AccountId) -> Result<()> {
    let view = view_of(practice, account).await?;
    ingest::tell_health(practice, account, &AccountHealth::default());
    practice.start_account(&view);
    Ok(())
}

/// The connector of a stored account.
pub(crate) fn connector(practice: &Practice, account: &AccountView) -> Result<Arc<dyn Connector>> {
    let settings: EmailSettings =
        serde_json::from_value(account.settings.clone()).map_err(|_| {
            CommandError::new(
                ErrorCode::Internal,
                "This account's settings cannot be read. Its messages are safe.",
                "Open the account's settings and save them again.",
            )
        })?;
    let password = practice.vault.account_secret(account.id)?.ok_or_else(|| {
        CommandError::new(
            ErrorCode::SignInRefused,
            "The password of this account is not on this computer.",
            "Open the account's settings and enter it again.",
        )
    })?;
    Ok(Arc::new(EmailConnector::new(
        settings,
        Auth::Password(password),
        practice.clock.clone(),
    )))
}

/// What replies through an account may be.
pub(crate) fn abilities(practice: &Practice, account: AccountId) -> Abilities {
    practice
        .connector(account)
        .map_or_else(Abilities::email, |connector| connector.abilities())
}

/// The Message-ID of a reply: derived from the reply's own unguessable id, so that it is the same on
/// every attempt.
pub(crate) fn network_id(reply: MessageId, from: &PatientText) -> String {
    email::message_id(&reply.as_uuid().simple().to_string(), from.reveal())
}

/// How servers were found, as a sentence.
const fn how(found_by: FoundBy, confirm: bool) -> &'static str {
    match (found_by, confirm) {
        (FoundBy::Provider, _) => "These are the servers of this provider.",
        (FoundBy::Announced | FoundBy::MailExchanger, true) => {
            "The domain names these servers, which lie outside it: check their names before signing in."
        }
        (FoundBy::Announced, false) => "The domain announces these servers.",
        (FoundBy::MailExchanger, false) => "This provider receives the domain's mail.",
        (FoundBy::Guess, _) => "Servers with the usual names answered: check them.",
        (FoundBy::Nothing, _) => "No servers were found for this address: enter them by hand.",
    }
}

fn address(text: &str) -> Result<String> {
    let address = required(text, "address")?;
    let plausible = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !address.contains(char::is_whitespace)
    });
    if plausible {
        Ok(address.to_lowercase())
    } else {
        Err(CommandError::bad_request("This is not an e-mail address."))
    }
}

fn settings(account: &MailAccount) -> Result<EmailSettings> {
    Ok(EmailSettings {
        address: address(&account.address)?,
        from_name: account.from_name.trim().to_owned(),
        aliases: account
            .aliases
            .iter()
            .map(|alias| alias.trim().to_lowercase())
            .collect(),
        user_name: required(&account.user, "name to sign in with")?,
        imap: endpoint(&account.imap)?,
        smtp: endpoint(&account.smtp)?,
        folders: Vec::new(),
        sent_folder: None,
        sent_copy: email::SentCopyRule::default(),
        first_fetch: FirstFetch {
            days: Some(account.first_days),
            messages: Some(FIRST_MESSAGES),
        },
    })
}

fn endpoint(server: &MailServer) -> Result<Endpoint> {
    let host = required(&server.host, "server's name")?;
    Ok(match server.security {
        ConnectionSecurity::Tls => Endpoint::tls(host, server.port),
        ConnectionSecurity::StartTls => Endpoint::start_tls(host, server.port),
        ConnectionSecurity::Plain => Endpoint::plain_loopback(host, server.port),
    })
}

fn server_view(endpoint: &Endpoint) -> MailServer {
    MailServer {
        host: endpoint.host.clone(),
        port: endpoint.port,
        security: match endpoint.security {
            Security::Tls => ConnectionSecurity::Tls,
            Security::StartTls => ConnectionSecurity::StartTls,
            Security::PlainLoopbackOnly => ConnectionSecurity::Plain,
        },
    }
}
