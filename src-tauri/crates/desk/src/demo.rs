//! The demo practice: an ordinary practice in a folder of its own, whose one account talks real IMAP
//! and SMTP to the simulator on loopback. Nothing else in Anteroom knows that it is a demo.

use channels::email::{EmailSettings, Endpoint, FirstFetch, SentCopyRule};
use domain::operation::{Actor, Change, Origin};
use domain::{AccountId, PatientText, Secret};
use secrets::Vault;
use simulator::{LiveSpeed, Options, Simulator};
use store::Store;

use crate::desk::{DeskOptions, blocking};
use crate::error::{CommandError, ErrorCode, Result};

/// The demo practice's name.
pub(crate) const NAME: &str = simulator::PRACTICE_NAME;
/// Who set it up, where nobody is known yet.
pub(crate) const ADMINISTRATOR: &str = "Lena Moss";

/// Starts the simulator, and points the practice's account at it: the ports differ at each start.
pub(crate) async fn start(
    store: &Store,
    vault: &Vault,
    options: &DeskOptions,
) -> Result<Simulator> {
    let now = options.clock.now();
    let known = store.accounts()?.into_iter().next();
    // The made-up mail is as old as the practice, so that its dates stay the same at each start.
    let epoch = store.created_at()?.unwrap_or(now);
    let live = LiveSpeed::times(options.demo_speed);
    let simulator = blocking(move || {
        Simulator::start(Options {
            now: now.to_datetime(),
            live: Some(live),
            ..Options::demo(epoch.to_datetime())
        })
        .map_err(|_| {
            CommandError::new(
                ErrorCode::Internal,
                "The demo practice's mail servers could not be started on this computer.",
                "Restart Anteroom and try again.",
            )
        })
    })
    .await?;
    let account = known.map_or_else(|| AccountId::new(now), |account| account.id);
    vault.set_account_secret(account, &Secret::new(simulator.password()))?;
    let settings = settings(&simulator);
    store.commit(
        Actor::Machine,
        Origin::Background,
        Change::AccountSaved {
            account,
            address: PatientText::new(simulator.address()),
            settings: serde_json::to_value(settings).unwrap_or_default(),
        },
    )?;
    Ok(simulator)
}

fn settings(simulator: &Simulator) -> EmailSettings {
    EmailSettings {
        address: simulator.address().to_owned(),
        from_name: NAME.to_owned(),
        aliases: Vec::new(),
        user_name: simulator.user().to_owned(),
        imap: Endpoint::plain_loopback("127.0.0.1", simulator.imap_addr().port()),
        smtp: Endpoint::plain_loopback("127.0.0.1", simulator.smtp_addr().port()),
        folders: Vec::new(),
        sent_folder: None,
        sent_copy: SentCopyRule::default(),
        first_fetch: FirstFetch {
            days: None,
            messages: None,
        },
    }
}
