//! The practice folder: set up, opened, locked; the demo practice beside it.
//!
//! ```text
//! <data>/practice/   keys.json  anteroom.db  blobs/  backups/
//! <data>/demo/       the same, for the demo practice: deleting the folder removes it without trace
//! ```
//!
//! One practice is open at a time. Opening starts its loops; locking ends them and closes the
//! database, after which neither key nor patient text is reachable from here.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use domain::views::Event;
use domain::{Clock, PracticeId, Secret};
use secrets::{Keychain, Vault};
use tokio::sync::{Mutex, broadcast};

use crate::demo;
use crate::error::{CommandError, ErrorCode, Result};
use crate::practice::Practice;
use crate::requests::{PracticeStatus, Protection, Status};
use crate::translate;

/// How a desk is set up by whoever runs it.
pub struct DeskOptions {
    /// The folder for everything that Anteroom keeps on this computer.
    pub folder: PathBuf,
    /// Where files go that staff save by choice.
    pub downloads: PathBuf,
    /// The keychain of this login.
    pub keychain: Arc<dyn Keychain>,
    /// Who tells the time.
    pub clock: Arc<dyn Clock>,
    /// Whether accounts are fetched and replies sent in the background. The command line does this
    /// only when asked to.
    pub background: bool,
    /// How fast the demo practice's patients write: 1 is a message every 20 to 60 seconds.
    pub demo_speed: f64,
}

/// Everything behind the command table, for one process.
pub struct Desk {
    pub(crate) options: DeskOptions,
    state: RwLock<State>,
    /// Opening and closing are serialised.
    doors: Mutex<()>,
    events: broadcast::Sender<Event>,
}

enum State {
    Closed { problem: Option<CommandError> },
    Open(Arc<Practice>),
}

/// Which of the two practices of this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Real,
    Demo,
}

impl Desk {
    /// A desk without an open practice.
    pub fn new(options: DeskOptions) -> Arc<Self> {
        let (events, _) = broadcast::channel(1024);
        Arc::new(Self {
            options,
            state: RwLock::new(State::Closed { problem: None }),
            doors: Mutex::new(()),
            events,
        })
    }

    /// What changes, as it changes. A receiver that lags should ask for everything again.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Opens what can be opened without asking: the practice if the keychain alone protects it.
    pub async fn open_if_possible(&self) {
        let which = self.present();
        let Some(which) = which else { return };
        if Vault::protection_of(&self.folder(which))
            .is_ok_and(secrets::Protection::needs_passphrase)
        {
            return;
        }
        if let Err(error) = self.open(which, Key::Factors(None)).await {
            self.set(State::Closed {
                problem: Some(error),
            });
        }
    }

    /// The practice, if it is open.
    pub(crate) fn practice(&self) -> Result<Arc<Practice>> {
        match &*self
            .state
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            State::Open(practice) => Ok(practice.clone()),
            State::Closed {
                problem: Some(problem),
            } => Err(problem.clone()),
            State::Closed { problem: None } if self.present().is_none() => Err(CommandError::new(
                ErrorCode::NoPractice,
                "No practice was set up on this computer.",
                "Set one up, or restore a backup.",
            )),
            State::Closed { problem: None } => Err(translate::locked()),
        }
    }

    /// What the window should show first.
    pub(crate) fn status(&self) -> Status {
        let practice = match &*self
            .state
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            State::Open(practice) => PracticeStatus::Open {
                name: practice.name(),
                me: practice.signed_in(),
                demo: practice.which == Which::Demo,
                protection: practice.vault.protection().into(),
            },
            State::Closed { problem } => match self.present() {
                None => PracticeStatus::None,
                Some(which) => match Vault::protection_of(&self.folder(which)) {
                    Ok(protection) => PracticeStatus::Locked {
                        protection: protection.into(),
                        problem: problem.clone(),
                    },
                    Err(error) => PracticeStatus::Locked {
                        protection: Protection::Keychain,
                        problem: Some(error.into()),
                    },
                },
            },
        };
        Status {
            practice,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            keychain: self.options.keychain.is_available(),
            demo_exists: Vault::exists(&self.folder(Which::Demo)),
        }
    }

    /// Sets a practice up and opens it; answers the recovery key, which is shown once.
    pub(crate) async fn create(
        self: &Arc<Self>,
        which: Which,
        name: &str,
        administrator: &str,
        protection: Protection,
        passphrase: Option<Secret>,
    ) -> Result<Secret> {
        let (name, administrator) = (
            required(name, "practice's name")?,
            required(administrator, "administrator's name")?,
        );
        let _doors = self.doors.lock().await;
        if matches!(&*self.read(), State::Open(practice) if practice.which == which) {
            return Err(CommandError::new(
                ErrorCode::PracticeExists,
                "There is a practice on this computer already.",
                "Open it.",
            ));
        }
        let folder = self.folder(which);
        let keychain = self.options.keychain.clone();
        let clock = self.options.clock.clone();
        let practice_id = PracticeId::new(clock.now());
        let (vault, recovery, store) = blocking({
            let folder = folder.clone();
            move || {
                private_folder(&folder)?;
                let (vault, recovery) = Vault::create(
                    &folder,
                    practice_id,
                    protection.into(),
                    keychain,
                    passphrase.as_ref(),
                )?;
                let key = store_key(&vault)?;
                match store::Store::create(&folder, &key, clock) {
                    Ok(store) => Ok((vault, recovery, store)),
                    Err(error) => {
                        // Keys without a database would look like a lost practice.
                        vault.forget_new(&folder);
                        Err(error.into())
                    }
                }
            }
        })
        .await?;
        Practice::set_up(
            &store,
            self.options.clock.as_ref(),
            practice_id,
            &name,
            &administrator,
        )?;
        self.start(which, folder, vault, store).await?;
        Ok(recovery.reveal())
    }

    /// Opens a practice that exists.
    pub(crate) async fn open(&self, which: Which, key: Key) -> Result<()> {
        let _doors = self.doors.lock().await;
        if matches!(&*self.read(), State::Open(practice) if practice.which == which) {
            return Ok(());
        }
        let folder = self.folder(which);
        let keychain = self.options.keychain.clone();
        let clock = self.options.clock.clone();
        let (vault, store) = blocking({
            let folder = folder.clone();
            move || {
                let vault = match key {
                    Key::Factors(passphrase) => {
                        Vault::open(&folder, keychain, passphrase.as_ref())?
                    }
                    Key::Recovery {
                        typed,
                        protection,
                        passphrase,
                    } => {
                        let vault = Vault::open_with_recovery(&folder, keychain, &typed)?;
                        vault.change_protection(protection.into(), passphrase.as_ref())?;
                        vault
                    }
                };
                let store = open_store(&folder, &vault, clock)?;
                Ok((vault, store))
            }
        })
        .await?;
        self.start(which, folder, vault, store).await
    }

    async fn start(
        &self,
        which: Which,
        folder: PathBuf,
        vault: Vault,
        store: store::Store,
    ) -> Result<()> {
        self.close_current().await;
        let demo = match which {
            Which::Real => None,
            Which::Demo => Some(demo::start(&store, &vault, &self.options).await?),
        };
        let practice = Practice::new(
            which,
            folder,
            vault,
            store,
            demo,
            self.options.clock.clone(),
            self.events.clone(),
        )?;
        if self.options.background {
            practice.start_background();
        }
        self.set(State::Open(practice));
        let _ = self.events.send(Event::Practice);
        Ok(())
    }

    /// Ends the loops and closes the database.
    pub async fn lock(&self) {
        let _doors = self.doors.lock().await;
        self.close_current().await;
        let _ = self.events.send(Event::Practice);
    }

    async fn close_current(&self) {
        let before = {
            let mut state = self
                .state
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            std::mem::replace(&mut *state, State::Closed { problem: None })
        };
        if let State::Open(practice) = before {
            practice.close().await;
        }
    }

    /// Opens the demo practice, made new where there is none.
    pub(crate) async fn start_demo(
        self: &Arc<Self>,
        protection: Protection,
        passphrase: Option<Secret>,
    ) -> Result<()> {
        if Vault::exists(&self.folder(Which::Demo)) {
            return self.open(Which::Demo, Key::Factors(passphrase)).await;
        }
        let administrator = self.practice().map_or_else(
            |_| demo::ADMINISTRATOR.to_owned(),
            |practice| practice.signed_in().name,
        );
        self.create(
            Which::Demo,
            demo::NAME,
            &administrator,
            protection,
            passphrase,
        )
        .await
        .map(drop)
    }

    /// Opens the demo practice that exists.
    ///
    /// # Errors
    /// [`ErrorCode::NoPractice`] where none was made; otherwise what keeps it shut.
    pub async fn open_demo(&self, passphrase: Option<Secret>) -> Result<()> {
        self.open(Which::Demo, Key::Factors(passphrase)).await
    }

    /// Closes the demo practice and opens the real one if it opens without asking.
    pub(crate) async fn leave_demo(&self) {
        self.lock().await;
        if Vault::exists(&self.folder(Which::Real)) {
            self.open_if_possible().await;
        }
    }

    /// Removes the demo practice: its folder and its keychain entry.
    pub(crate) async fn remove_demo(&self) -> Result<()> {
        let in_demo =
            matches!(&*self.read(), State::Open(practice) if practice.which == Which::Demo);
        if in_demo {
            self.lock().await;
        }
        let folder = self.folder(Which::Demo);
        let keychain = self.options.keychain.clone();
        blocking(move || {
            Vault::remove(&folder, keychain.as_ref())?;
            match std::fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(translate::file_error(&error))
                }
                _ => Ok(()),
            }
        })
        .await?;
        if in_demo {
            self.leave_demo().await;
        }
        let _ = self.events.send(Event::Practice);
        Ok(())
    }

    pub(crate) fn folder(&self, which: Which) -> PathBuf {
        self.options.folder.join(match which {
            Which::Real => "practice",
            Which::Demo => "demo",
        })
    }

    /// The practice that this computer would open: the real one before the demo.
    pub(crate) fn present(&self) -> Option<Which> {
        [Which::Real, Which::Demo]
            .into_iter()
            .find(|which| Vault::exists(&self.folder(*which)))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self
            .state
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = state;
    }
}

/// Where this computer keeps application data: `$XDG_DATA_HOME/anteroom` or its like on other systems.
pub fn default_folder() -> Option<PathBuf> {
    dirs::data_local_dir().map(|folder| folder.join("anteroom"))
}

/// What opens an existing practice.
pub(crate) enum Key {
    /// The keychain, the passphrase, or both, as the practice is protected.
    Factors(Option<Secret>),
    /// The recovery key, which also protects the practice anew.
    Recovery {
        typed: Secret,
        protection: Protection,
        passphrase: Option<Secret>,
    },
}

/// Opens the database with whichever of the vault's keys fits: two exist only after a re-keying was
/// interrupted.
pub(crate) fn open_store(
    folder: &Path,
    vault: &Vault,
    clock: Arc<dyn Clock>,
) -> Result<store::Store> {
    let mut last = CommandError::from(store::StoreError::WrongKey);
    for key in vault.database_keys() {
        let key = store::DatabaseKey::from_bytes(*key.bytes());
        match store::Store::open(folder, &key, clock.clone()) {
            Ok(store) => return Ok(store),
            Err(store::StoreError::WrongKey) => last = store::StoreError::WrongKey.into(),
            Err(error) => return Err(error.into()),
        }
    }
    Err(std::mem::replace(&mut last, translate::locked()))
}

pub(crate) fn store_key(vault: &Vault) -> Result<store::DatabaseKey> {
    vault
        .database_keys()
        .first()
        .map(|key| store::DatabaseKey::from_bytes(*key.bytes()))
        .ok_or_else(|| store::StoreError::WrongKey.into())
}

/// Makes the folder so that only this login reads it.
pub(crate) fn private_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| translate::file_error(&error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .map_err(|error| translate::file_error(&error))?;
    }
    Ok(())
}

/// Runs work that blocks (disk, keychain, key derivation) away from the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(CommandError::new(
            ErrorCode::Internal,
            "Something went wrong inside Anteroom. What was stored before is safe.",
            "Try again; if it happens again, restart Anteroom.",
        ))
    })
}

/// A text that must not be empty, trimmed.
pub(crate) fn required(text: &str, what: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CommandError::bad_request(format!("The {what} is missing.")));
    }
    Ok(text.to_owned())
}

impl From<secrets::Protection> for Protection {
    fn from(protection: secrets::Protection) -> Self {
        match protection {
            secrets::Protection::Keychain => Self::Keychain,
            secrets::Protection::Passphrase => Self::Passphrase,
            secrets::Protection::KeychainAndPassphrase => Self::Both,
        }
    }
}

impl From<Protection> for secrets::Protection {
    fn from(protection: Protection) -> Self {
        match protection {
            Protection::Keychain => Self::Keychain,
            Protection::Passphrase => Self::Passphrase,
            Protection::Both => Self::KeychainAndPassphrase,
        }
    }
}
