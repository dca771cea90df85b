//! Commands that set up, open, protect and close the practice.

use domain::Secret;
use secrets::RecoveryKey;

use crate::caller::Caller;
use crate::desk::{Key, Which, blocking};
use crate::error::{CommandError, ErrorCode, Result};
use crate::requests::{
    ChangeProtection, CreatePractice, CreatedPractice, Nothing, Ok as Fine, Recover, Restore,
    StartDemo, Status, Unlock,
};

impl Caller {
    /// What the window should show first.
    pub(crate) async fn status(&self, _: Nothing) -> Result<Status> {
        let desk = self.desk.clone();
        blocking(move || Ok(desk.status())).await
    }

    /// Sets the practice up and opens it.
    pub(crate) async fn create_practice(&self, request: CreatePractice) -> Result<CreatedPractice> {
        let CreatePractice {
            name,
            administrator,
            protection,
            passphrase,
        } = request;
        let key = self
            .desk
            .create(Which::Real, &name, &administrator, protection, passphrase)
            .await?;
        Ok(shown(&key))
    }

    /// Opens the practice.
    pub(crate) async fn unlock(&self, request: Unlock) -> Result<Fine> {
        self.desk
            .open(self.present()?, Key::Factors(request.passphrase))
            .await?;
        Ok(Fine {})
    }

    /// Opens the practice with the recovery key, and protects it anew.
    pub(crate) async fn recover(&self, request: Recover) -> Result<Fine> {
        let key = Key::Recovery {
            typed: request.recovery_key,
            protection: request.protection,
            passphrase: request.passphrase,
        };
        self.desk.open(self.present()?, key).await?;
        Ok(Fine {})
    }

    /// Puts a backup in place of a practice that is not there.
    pub(crate) async fn restore(&self, request: Restore) -> Result<Fine> {
        self.desk.restore(request).await?;
        Ok(Fine {})
    }

    /// Closes the practice.
    pub(crate) async fn lock(&self, _: Nothing) -> Result<Fine> {
        self.desk.lock().await;
        Ok(Fine {})
    }

    /// Opens the demo practice.
    pub(crate) async fn start_demo(&self, request: StartDemo) -> Result<Fine> {
        self.desk
            .start_demo(request.protection, request.passphrase)
            .await?;
        Ok(Fine {})
    }

    /// Goes back from the demo practice.
    pub(crate) async fn leave_demo(&self, _: Nothing) -> Result<Fine> {
        self.desk.leave_demo().await;
        Ok(Fine {})
    }

    /// Removes the demo practice without trace.
    pub(crate) async fn remove_demo(&self, _: Nothing) -> Result<Fine> {
        self.desk.remove_demo().await?;
        Ok(Fine {})
    }

    /// Changes what opens the practice.
    pub(crate) async fn change_protection(&self, request: ChangeProtection) -> Result<Fine> {
        let practice = self.practice()?;
        blocking(move || {
            practice
                .vault
                .change_protection(request.protection.into(), request.passphrase.as_ref())?;
            Ok(Fine {})
        })
        .await
    }

    /// Makes a new recovery key; the old page opens nothing any more.
    pub(crate) async fn new_recovery_key(&self, _: Nothing) -> Result<CreatedPractice> {
        let practice = self.practice()?;
        blocking(move || {
            let key = RecoveryKey::generate();
            practice.vault.replace_recovery_key(&key)?;
            Ok(shown(&key.reveal()))
        })
        .await
    }

    fn present(&self) -> Result<Which> {
        self.desk.present().ok_or_else(|| {
            CommandError::new(
                ErrorCode::NoPractice,
                "No practice was set up on this computer.",
                "Set one up, or restore a backup.",
            )
        })
    }
}

/// The one place where a recovery key is turned into text for the screen.
fn shown(key: &Secret) -> CreatedPractice {
    CreatedPractice {
        recovery_key: key.expose().to_owned(),
    }
}
