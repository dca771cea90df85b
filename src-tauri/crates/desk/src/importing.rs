//! Old mail: an mbox file, a Maildir, a folder of .eml files, or one .eml file, through the same way
//! in as fetched mail. It keeps its dates and arrives closed; no rule runs on it. Importing twice
//! stores once, because a message's name is derived from its bytes.
//!
//! Reading, parsing and storing overlap: one thread walks the files and has all cores parse a handful
//! at a time, while the store takes the batch before. A mail's own bytes are let go as soon as it is
//! parsed, and no more than two batches exist at a time; that bounds the memory whatever the size of
//! the archive.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use channels::Stop;
use channels::email::{Own, item_from_raw};
use domain::inbound::{Progress, RemoteId};
use domain::operation::Change;
use domain::views::Event;
use domain::{AccountId, PatientText, Timestamp};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use store::{Arrival, IngestMode};
use walkdir::WalkDir;

use crate::caller::Caller;
use crate::desk::blocking;
use crate::error::{CommandError, ErrorCode, Result};
use crate::practice::{Practice, lock};
use crate::requests::{Import, ImportReport, Nothing, Ok as Fine};
use crate::translate::file_error;

/// Messages of one transaction, and about how many raw bytes of them, at the most.
const BATCH_MESSAGES: usize = 2_000;
const BATCH_BYTES: usize = 6 * 1024 * 1024;

/// Messages that are parsed at a time, and about how many bytes of them.
const HANDFUL: usize = 64;
const HANDFUL_BYTES: usize = 512 * 1024;

impl Caller {
    /// Imports old mail.
    pub(crate) async fn import(&self, request: Import) -> Result<ImportReport> {
        let practice = self.practice()?;
        let path = PathBuf::from(&request.path);
        let stop = Stop::new();
        {
            let mut work = lock(&practice.work);
            if work.as_ref().is_some_and(|work| !work.is_cancelled()) {
                return Err(CommandError::new(
                    ErrorCode::Conflict,
                    "An import or backup is running already.",
                    "Wait for it, or stop it.",
                ));
            }
            *work = Some(stop.clone());
        }
        let account = self.import_account(&practice)?;
        let worker = practice.clone();
        let report = blocking(move || run(&worker, account, &path, &stop)).await;
        lock(&practice.work).take();
        let report = report?;
        self.commit(Change::Imported {
            account,
            messages: report.stored,
        })
        .await?;
        practice.announce(Event::Conversations { ids: Vec::new() });
        Ok(report)
    }

    /// Stops a running import. What it has stored stays.
    #[allow(clippy::unused_async, reason = "commands share one shape")]
    pub(crate) async fn stop_work(&self, _: Nothing) -> Result<Fine> {
        if let Some(work) = lock(&self.practice()?.work).take() {
            work.cancel();
        }
        Ok(Fine {})
    }

    /// Imported mail belongs to the practice's first account, or to one made for it.
    fn import_account(&self, practice: &Practice) -> Result<AccountId> {
        if let Some(account) = practice.store.accounts()?.first() {
            return Ok(account.id);
        }
        let account = AccountId::new(practice.clock.now());
        let change = Change::AccountSaved {
            account,
            address: PatientText::new("imported mail"),
            settings: serde_json::json!({ "imported": true }),
        };
        practice.store.commit(self.actor()?, self.origin, change)?;
        Ok(account)
    }
}

/// A message as it lies in the archive.
struct Raw {
    bytes: Vec<u8>,
    /// When the archive says it arrived: the file's own time, for want of better.
    received_at: Option<Timestamp>,
    /// Whether the archive marks it as read.
    seen: bool,
}

fn run(
    practice: &Arc<Practice>,
    account: AccountId,
    path: &Path,
    stop: &Stop,
) -> Result<ImportReport> {
    let source = Source::at(path)?;
    let own = Own::new(practice.store.own_addresses()?);
    let mut report = ImportReport::default();
    // One batch is read and parsed while another is stored; none waits between the two.
    let (sender, batches) = sync_channel::<Vec<Arrival>>(0);
    let result = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let sender = sender;
            source.read(&own, stop, &mut |batch| sender.send(batch).is_ok())
        });
        let stored = store_batches(practice, account, &batches, stop, &mut report);
        drop(batches);
        let read = reader.join().unwrap_or_else(|_| {
            Err(CommandError::new(
                ErrorCode::Internal,
                "Reading the archive failed inside Anteroom. What was imported before is stored.",
                "Import again: nothing is stored twice.",
            ))
        });
        stored.and(read)
    });
    report.too_large = result?;
    if stop.is_cancelled() {
        return Err(CommandError::new(
            ErrorCode::Stopped,
            format!("Stopped after {} messages; they are stored.", report.stored),
            "Import again to go on: nothing is stored twice.",
        ));
    }
    Ok(report)
}

fn store_batches(
    practice: &Arc<Practice>,
    account: AccountId,
    batches: &Receiver<Vec<Arrival>>,
    stop: &Stop,
    report: &mut ImportReport,
) -> Result<()> {
    for arrivals in batches {
        if stop.is_cancelled() {
            return Ok(());
        }
        report.found += arrivals.len() as u64;
        report.unreadable += arrivals
            .iter()
            .filter(|arrival| arrival.item.raw.is_some())
            .count() as u64;
        let ingested = practice.store.ingest(
            account,
            IngestMode::Import,
            arrivals,
            Vec::new(),
            None,
            false,
        )?;
        report.stored += u64::from(ingested.stored);
        report.known += u64::from(ingested.known);
        practice.announce(Event::Work {
            what: "import".into(),
            progress: Progress {
                done: report.found,
                total: 0,
            },
        });
    }
    Ok(())
}

fn arrival(raw: Raw, own: &Own) -> Arrival {
    let digest = Sha256::digest(&raw.bytes);
    // Half of the digest names a message among all that anyone ever wrote.
    let name = digest
        .iter()
        .take(16)
        .fold(String::with_capacity(32), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
    let remote_id = RemoteId(format!("import/{name}"));
    item_from_raw(raw.bytes, own, raw.received_at, raw.seen, remote_id).into()
}

/// What kind of archive a path is.
enum Source {
    Mbox(PathBuf),
    Maildir(PathBuf),
    EmlFolder(PathBuf),
    EmlFile(PathBuf),
}

impl Source {
    fn at(path: &Path) -> Result<Self> {
        let about = std::fs::metadata(path).map_err(|error| file_error(&error))?;
        if about.is_dir() {
            let maildir = path.join("cur").is_dir() || path.join("new").is_dir();
            return Ok(if maildir {
                Self::Maildir(path.into())
            } else {
                Self::EmlFolder(path.into())
            });
        }
        let mut start = [0_u8; 5];
        let mut file = File::open(path).map_err(|error| file_error(&error))?;
        let is_mbox =
            std::io::Read::read_exact(&mut file, &mut start).is_ok() && &start == b"From ";
        Ok(if is_mbox {
            Self::Mbox(path.into())
        } else {
            Self::EmlFile(path.into())
        })
    }

    /// Reads the archive in batches until `take` refuses one, or `stop`; answers how many messages
    /// were passed over because no mail is that large.
    fn read(
        &self,
        own: &Own,
        stop: &Stop,
        take: &mut dyn FnMut(Vec<Arrival>) -> bool,
    ) -> Result<u64> {
        let mut skipped = 0;
        let mut batcher = Batcher {
            own,
            handful: Vec::with_capacity(HANDFUL),
            handful_bytes: 0,
            batch: Vec::new(),
            bytes: 0,
            take,
        };
        match self {
            Self::Mbox(path) => {
                let file = File::open(path).map_err(|error| file_error(&error))?;
                let received_at = modified(path);
                for message in mime::mbox::Reader::new(BufReader::with_capacity(1 << 20, file)) {
                    let bytes = match message {
                        Ok(message) => message.raw,
                        // Not a mail by its envelope, but somebody kept it: it is kept raw.
                        Err(mime::mbox::Error::NoEnvelope { raw }) => raw,
                        Err(mime::mbox::Error::TooLong { .. }) => {
                            skipped += 1;
                            continue;
                        }
                        Err(mime::mbox::Error::Io(error)) => return Err(file_error(&error)),
                    };
                    let raw = Raw {
                        bytes,
                        received_at,
                        seen: true,
                    };
                    if stop.is_cancelled() || !batcher.add(raw) {
                        return Ok(skipped);
                    }
                }
            }
            Self::EmlFile(path) => {
                batcher.add(read_file(path)?);
            }
            Self::Maildir(path) | Self::EmlFolder(path) => {
                let maildir = matches!(self, Self::Maildir(_));
                for entry in WalkDir::new(path)
                    .into_iter()
                    .filter_map(std::result::Result::ok)
                {
                    if stop.is_cancelled() {
                        return Ok(skipped);
                    }
                    let wanted = entry.file_type().is_file()
                        && if maildir {
                            in_maildir(entry.path())
                        } else {
                            is_mail_file(entry.path())
                        };
                    if wanted && !batcher.add(read_file(entry.path())?) {
                        return Ok(skipped);
                    }
                }
            }
        }
        batcher.flush();
        Ok(skipped)
    }
}

/// Parses messages by the handful and gathers them into batches of bounded size.
struct Batcher<'a> {
    own: &'a Own,
    handful: Vec<Raw>,
    handful_bytes: usize,
    batch: Vec<Arrival>,
    bytes: usize,
    take: &'a mut dyn FnMut(Vec<Arrival>) -> bool,
}

impl Batcher<'_> {
    fn add(&mut self, raw: Raw) -> bool {
        self.handful_bytes += raw.bytes.len();
        self.handful.push(raw);
        if self.handful.len() < HANDFUL && self.handful_bytes < HANDFUL_BYTES {
            return true;
        }
        self.parse();
        if self.batch.len() >= BATCH_MESSAGES || self.bytes >= BATCH_BYTES {
            return self.hand_over();
        }
        true
    }

    fn parse(&mut self) {
        let own = self.own;
        self.bytes += std::mem::take(&mut self.handful_bytes);
        self.batch
            .par_extend(self.handful.par_drain(..).map(|raw| arrival(raw, own)));
    }

    fn hand_over(&mut self) -> bool {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        batch.is_empty() || (self.take)(batch)
    }

    fn flush(&mut self) -> bool {
        self.parse();
        self.hand_over()
    }
}

fn read_file(path: &Path) -> Result<Raw> {
    let bytes = std::fs::read(path).map_err(|error| file_error(&error))?;
    // Maildir's info suffix: `:2,` followed by flags, of which S is seen.
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let seen = name
        .rsplit_once(":2,")
        .is_none_or(|(_, flags)| flags.contains('S'));
    Ok(Raw {
        bytes,
        received_at: modified(path),
        seen,
    })
}

fn modified(path: &Path) -> Option<Timestamp> {
    std::fs::metadata(path)
        .and_then(|about| about.modified())
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .map(|since| Timestamp::from_millis(since.as_millis() as i64))
}

fn in_maildir(path: &Path) -> bool {
    path.parent()
        .and_then(Path::file_name)
        .is_some_and(|folder| folder == "cur" || folder == "new")
}

/// Files of a folder that are mail: by ending, or without an ending as many exports name them.
fn is_mail_file(path: &Path) -> bool {
    match path.extension().and_then(std::ffi::OsStr::to_str) {
        None => true,
        Some(ending) => {
            matches!(
                ending.to_ascii_lowercase().as_str(),
                "eml" | "msg" | "txt" | "mail"
            ) || ending.chars().all(|c| c.is_ascii_hexdigit())
        }
    }
}
