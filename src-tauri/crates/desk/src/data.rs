//! Commands that move everything: backup, restore, the restore drill; and the audit log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::operation::{Actor, Change, Origin};
use domain::views::{AuditReport, Event};
use domain::{Secret, Timestamp};
use secrets::Vault;

use crate::caller::Caller;
use crate::desk::{Desk, Which, blocking, private_folder, store_key};
use crate::error::{CommandError, ErrorCode, Result};
use crate::ingest::at_store;
use crate::practice::Practice;
use crate::requests::{
    AuditPage, BackupFile, BackupState, DrillReport, MakeBackup, Nothing, ReadAudit, Restore,
};
use crate::translate::file_error;

/// How many backups are kept in the practice's backup folder.
const KEEP: usize = 7;

/// Ending of backup files.
const ENDING: &str = "anteroom-backup";

impl Caller {
    /// The state of backups.
    pub(crate) async fn backups(&self, _: Nothing) -> Result<BackupState> {
        let practice = self.practice()?;
        blocking(move || backup_state(&practice)).await
    }

    /// Makes a backup while the practice goes on working.
    pub(crate) async fn make_backup(&self, request: MakeBackup) -> Result<BackupFile> {
        let path = request.path.map(PathBuf::from);
        back_up(&self.practice()?, path, self.actor()?, self.origin).await
    }

    /// Restores the newest backup into a folder of its own, compares it with what is stored, and
    /// removes it again.
    pub(crate) async fn restore_drill(&self, _: Nothing) -> Result<DrillReport> {
        let practice = self.practice()?;
        let newest = backup_state(&practice)?.newest.ok_or_else(|| {
            CommandError::new(
                ErrorCode::NotFound,
                "There is no backup yet.",
                "Make one first.",
            )
        })?;
        let drill = practice.clone();
        let report = blocking(move || {
            let folder = tempfile::Builder::new()
                .prefix(".drill-")
                .tempdir_in(&drill.folder)
                .map_err(|error| file_error(&error))?;
            let key = store_key(&drill.vault)?;
            let found = drill
                .store
                .compare_backup(Path::new(&newest.path), &key, folder.path())?;
            Ok(DrillReport {
                equal: found.differences.is_empty(),
                tables: found.tables,
                messages: found.messages,
                differences: found.differences,
            })
        })
        .await?;
        let now = practice.clock.now();
        self.commit(Change::SettingSaved {
            staff: None,
            key: DRILLED_AT.into(),
            value: serde_json::json!(now.millis()),
        })
        .await?;
        Ok(report)
    }

    /// A page of the audit log.
    pub(crate) async fn audit(&self, request: ReadAudit) -> Result<AuditPage> {
        let practice = self.practice()?;
        let limit = request.limit.unwrap_or(100).clamp(1, 1000);
        let entries = at_store(&practice, move |store| {
            store.audit(request.before.map(u64::from), limit)
        })
        .await?;
        Ok(AuditPage { entries })
    }

    /// Checks the chain of the audit log.
    pub(crate) async fn verify_audit(&self, _: Nothing) -> Result<AuditReport> {
        let practice = self.practice()?;
        at_store(&practice, store::Store::verify_audit).await
    }
}

/// Setting that remembers the last restore drill.
const DRILLED_AT: &str = "backup_drilled_at";

/// What backups there are.
pub(crate) fn backup_state(practice: &Arc<Practice>) -> Result<BackupState> {
    let folder = practice.folder.join("backups");
    let newest = backups_in(&folder).into_iter().next_back();
    let drilled_at = practice
        .store
        .settings(practice.signed_in().id)?
        .get(DRILLED_AT)
        .and_then(serde_json::Value::as_i64)
        .map(Timestamp::from_millis);
    Ok(BackupState {
        newest,
        folder: folder.to_string_lossy().into_owned(),
        drilled_at,
    })
}

/// Oldest first. Their names carry the instant, so that copying them about changes nothing.
fn backups_in(folder: &Path) -> Vec<BackupFile> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<BackupFile> = entries
        .filter_map(std::result::Result::ok)
        .filter_map(|entry| {
            let path = entry.path();
            let millis = path.file_stem()?.to_str()?.parse::<i64>().ok()?;
            (path.extension()? == ENDING).then_some(())?;
            Some(BackupFile {
                path: path.to_string_lossy().into_owned(),
                bytes: entry.metadata().ok()?.len(),
                made_at: Timestamp::from_millis(millis),
            })
        })
        .collect();
    found.sort_by_key(|backup| backup.made_at);
    found
}

/// Makes a backup at `path`, or in the practice's backup folder, where the oldest then go.
pub(crate) async fn back_up(
    practice: &Arc<Practice>,
    path: Option<PathBuf>,
    actor: Actor,
    origin: Origin,
) -> Result<BackupFile> {
    let worker = practice.clone();
    let backup = blocking(move || {
        let now = worker.clock.now();
        let folder = worker.folder.join("backups");
        let own = path.is_none();
        let path = match path {
            Some(path) => path,
            None => {
                private_folder(&folder)?;
                folder.join(format!("{}.{ENDING}", now.millis()))
            }
        };
        // The wrapped keys travel inside the backup, so that the recovery key opens it anywhere.
        let keys = worker.vault.sealed_keys()?;
        let bytes = worker.store.backup(&path, &keys, &mut |done, total| {
            worker.announce(Event::Work {
                what: "backup".into(),
                progress: domain::inbound::Progress { done, total },
            });
        })?;
        if own {
            let all = backups_in(&folder);
            for old in all.iter().take(all.len().saturating_sub(KEEP)) {
                std::fs::remove_file(&old.path).map_err(|error| file_error(&error))?;
            }
        }
        Ok(BackupFile {
            path: path.to_string_lossy().into_owned(),
            bytes,
            made_at: now,
        })
    })
    .await?;
    let bytes = backup.bytes;
    at_store(practice, move |store| {
        store.commit(actor, origin, Change::BackupMade { bytes })
    })
    .await?;
    Ok(backup)
}

impl Desk {
    /// Puts a backup in place of a practice that is not there. The recovery key opens it; from then
    /// on `protection` does.
    pub(crate) async fn restore(self: &Arc<Self>, request: Restore) -> Result<()> {
        let folder = self.folder(Which::Real);
        if Vault::exists(&folder) {
            return Err(CommandError::new(
                ErrorCode::PracticeExists,
                "There is a practice on this computer already. It was left as it is.",
                "Restore on a computer without one, or with another data folder.",
            ));
        }
        let keychain = self.options.keychain.clone();
        let clock = self.options.clock.clone();
        let passphrase = request.passphrase.clone();
        blocking(move || {
            private_folder(&folder)?;
            let path = Path::new(&request.path);
            let keys = store::Store::backup_keys(path)?;
            let vault = Vault::restore(
                &folder,
                &keys,
                keychain,
                &Secret::new(request.recovery_key.expose()),
            )?;
            let key = store_key(&vault)?;
            let restored = store::Store::restore(path, &key, &folder, clock);
            if let Err(error) = restored {
                // Keys without a database would look like a lost practice.
                vault.forget_new(&folder);
                return Err(error.into());
            }
            vault.change_protection(request.protection.into(), request.passphrase.as_ref())?;
            Ok(())
        })
        .await?;
        self.open(Which::Real, crate::desk::Key::Factors(passphrase))
            .await
    }
}
