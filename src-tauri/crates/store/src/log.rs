//! The operation log: append-only, each entry bound to the one before by a hash.
//!
//! What is hashed is a canonical encoding of the entry's fields, every one preceded by its length, so
//! that no two entries encode alike. The change itself enters as the hash of a random salt and its
//! JSON, which stand in a table of their own: erasing a contact removes salt and JSON, and the chain
//! still verifies although nobody can tell any more what was said.

use domain::views::AuditReport;
use domain::{Actor, Change, DeviceId, Hybrid, Operation, OperationId, Origin, StaffId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::StoreError;
use crate::sql::{Id, serde_word};

/// The hash of the entry before the first.
const GENESIS: [u8; 32] = [0; 32];

/// Where the log ends: kept elsewhere (printed, exported, on the hub), it shows a later truncation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct AuditHead {
    /// Number of entries.
    pub seq: u64,
    /// The last entry's hash, in hexadecimal.
    pub hash: String,
}

/// What is wrong with the log, and at which entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuditBreak {
    /// An entry is missing before this one, or two have changed places.
    #[error("entries are missing or out of order before entry {seq}")]
    Gap {
        /// The entry's number.
        seq: u64,
    },
    /// The entry or one before it was altered.
    #[error("entry {seq} or the one before it was altered")]
    Hash {
        /// The entry's number.
        seq: u64,
    },
    /// The entry's text was altered.
    #[error("the text of entry {seq} was altered")]
    Body {
        /// The entry's number.
        seq: u64,
    },
    /// The entry's text is gone and no erasure accounts for it.
    #[error("the text of entry {seq} is gone, and no erasure accounts for it")]
    BodyMissing {
        /// The entry's number.
        seq: u64,
    },
    /// An erasure accounts for another number of texts than are gone.
    #[error("more or fewer texts are gone than the erasure at entry {seq} accounts for")]
    Erasure {
        /// The number of the erasure's entry.
        seq: u64,
    },
    /// The log ends before the head that was given, or has another entry there.
    #[error("the log was cut off or replaced before entry {seq}")]
    Truncated {
        /// The number of the given head.
        seq: u64,
    },
}

/// An entry about to be written.
pub(crate) struct Entry<'e> {
    pub id: OperationId,
    pub at: Hybrid,
    pub actor: Actor,
    pub origin: Origin,
    pub change: &'e Change,
    /// The one conversation it is about, if it is one.
    pub conversation: Option<Uuid>,
}

/// Appends an entry and gives back its number.
pub(crate) fn append(tx: &Transaction<'_>, entry: &Entry<'_>) -> Result<i64, StoreError> {
    let (last, previous) = tail(tx)?;
    let seq = last + 1;
    let body = serde_json::to_string(entry.change)?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| StoreError::Engine("no randomness"))?;
    let body_hash = hash_body(&salt, &body);
    let kind = kind(entry.change)?;
    let origin = serde_word(&entry.origin)?;
    let staff = match entry.actor {
        Actor::Staff { id } => Some(*id.as_bytes()),
        Actor::Machine => None,
    };
    let hash = Fields {
        seq,
        id: entry.id.as_bytes(),
        version: domain::operation::OPERATION_VERSION,
        wall: entry.at.wall,
        counter: entry.at.counter,
        device: entry.at.device.as_bytes(),
        staff: staff.as_ref().map(<[u8; 16]>::as_slice),
        origin: &origin,
        kind: &kind,
        conversation: entry
            .conversation
            .as_ref()
            .map(|id| id.as_bytes().as_slice()),
        previous: &previous,
        body_hash: &body_hash,
    }
    .hash();
    tx.prepare_cached(
        "INSERT INTO operations
           (seq, uuid, version, wall, counter, device, staff, origin, kind, conversation, body_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        seq,
        Id(*entry.id.as_uuid()),
        domain::operation::OPERATION_VERSION,
        entry.at.wall,
        entry.at.counter,
        entry.at.device.as_bytes().as_slice(),
        staff.as_ref().map(<[u8; 16]>::as_slice),
        origin,
        kind,
        entry.conversation.map(Id),
        body_hash.as_slice(),
        hash.as_slice(),
    ])?;
    tx.prepare_cached("INSERT INTO operation_bodies (seq, salt, body) VALUES (?1, ?2, ?3)")?
        .execute(params![seq, salt.as_slice(), body])?;
    crate::fault::point("commit.logged")?;
    Ok(seq)
}

/// The word under which a change is stored.
pub(crate) fn kind(change: &Change) -> Result<String, StoreError> {
    // Cheaper than building the whole value: the tag is the first thing that serde writes.
    let json = serde_json::to_string(change)?;
    json.strip_prefix("{\"what\":\"")
        .and_then(|rest| rest.split_once('"'))
        .map(|(word, _)| word.to_owned())
        .ok_or(StoreError::Value("change"))
}

fn tail(conn: &Connection) -> Result<(i64, [u8; 32]), StoreError> {
    let last = conn
        .prepare_cached("SELECT seq, hash FROM operations ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get::<_, [u8; 32]>(1)?)))
        .optional()?;
    Ok(last.unwrap_or((0, GENESIS)))
}

/// The end of the log.
pub(crate) fn head(conn: &Connection) -> Result<AuditHead, StoreError> {
    let (seq, hash) = tail(conn)?;
    Ok(AuditHead {
        seq: seq as u64,
        hash: hex(&hash),
    })
}

/// The last hybrid time that a device wrote.
pub(crate) fn last_time(conn: &Connection) -> Result<Option<Hybrid>, StoreError> {
    Ok(conn
        .query_row(
            "SELECT wall, counter, device FROM operations ORDER BY seq DESC LIMIT 1",
            [],
            |row| {
                Ok(Hybrid {
                    wall: row.get(0)?,
                    counter: row.get(1)?,
                    device: DeviceId::from_uuid(row.get::<_, Id>(2)?.0),
                })
            },
        )
        .optional()?)
}

/// Goes through the whole log. `expected` is a head noted earlier, to find a truncation.
pub(crate) fn verify(
    conn: &Connection,
    expected: Option<&AuditHead>,
) -> Result<AuditReport, StoreError> {
    let mut rows = conn.prepare(
        "SELECT o.seq, o.uuid, o.version, o.wall, o.counter, o.device, o.staff, o.origin, o.kind,
                o.conversation, o.body_hash, o.hash, o.erased_by, b.salt, b.body
         FROM operations o LEFT JOIN operation_bodies b ON b.seq = o.seq ORDER BY o.seq",
    )?;
    let mut rows = rows.query([])?;
    let mut previous = GENESIS;
    let mut entries = 0_i64;
    let mut erased = std::collections::BTreeMap::<i64, u64>::new();
    let mut erasures = std::collections::BTreeMap::<i64, u64>::new();
    let mut broken = None;
    let mut expected_seen = expected.is_none_or(|head| head.seq == 0);
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let at = seq as u64;
        if seq != entries + 1 {
            broken = Some(AuditBreak::Gap { seq: at });
            break;
        }
        entries = seq;
        let id = row.get_ref(1)?.as_blob().unwrap_or_default();
        let device = row.get_ref(5)?.as_blob().unwrap_or_default();
        let body_hash = row.get_ref(10)?.as_blob().unwrap_or_default();
        let kind = row.get_ref(8)?.as_str().unwrap_or_default();
        let found = Fields {
            seq,
            id,
            version: row.get(2)?,
            wall: row.get(3)?,
            counter: row.get(4)?,
            device,
            staff: row.get_ref(6)?.as_blob_or_null().unwrap_or_default(),
            origin: row.get_ref(7)?.as_str().unwrap_or_default(),
            kind,
            conversation: row.get_ref(9)?.as_blob_or_null().unwrap_or_default(),
            previous: &previous,
            body_hash,
        }
        .hash();
        if row.get_ref(11)?.as_blob().unwrap_or_default() != found {
            broken = Some(AuditBreak::Hash { seq: at });
            break;
        }
        match row.get_ref(14)?.as_str_or_null().unwrap_or_default() {
            Some(body) => {
                let salt = row.get_ref(13)?.as_blob().unwrap_or_default();
                let json_kind = body
                    .strip_prefix("{\"what\":\"")
                    .and_then(|rest| rest.split_once('"'))
                    .map(|(word, _)| word);
                if hash_body(salt, body) != body_hash || json_kind != Some(kind) {
                    broken = Some(AuditBreak::Body { seq: at });
                    break;
                }
                if kind == "contact_erased"
                    && let Ok(Change::ContactErased { operations, .. }) = serde_json::from_str(body)
                {
                    erasures.insert(seq, operations);
                }
            }
            None => match row.get::<_, Option<i64>>(12)? {
                Some(by) if by > 0 => *erased.entry(by).or_default() += 1,
                _ => {
                    broken = Some(AuditBreak::BodyMissing { seq: at });
                    break;
                }
            },
        }
        if let Some(head) = expected.filter(|head| head.seq == at) {
            expected_seen = head.hash == hex(&found);
        }
        previous = found;
    }
    if broken.is_none() && !expected_seen {
        broken = expected.map(|head| AuditBreak::Truncated { seq: head.seq });
    }
    if broken.is_none() {
        // Every missing text names its erasure, and every erasure says how many it took.
        let keys = erased.keys().chain(erasures.keys());
        broken = keys
            .filter(|seq| {
                erased.get(seq).copied().unwrap_or(0) != erasures.get(seq).copied().unwrap_or(0)
                    || !erasures.contains_key(seq)
            })
            .min()
            .map(|seq| AuditBreak::Erasure { seq: *seq as u64 });
    }
    Ok(AuditReport {
        entries: entries as u64,
        head: hex(&previous),
        breaks: broken.iter().map(AuditBreak::to_string).collect(),
        erased: erased.values().sum(),
    })
}

/// Reads one operation back; its change is [`Change::Unknown`] when the text was erased.
pub(crate) fn read(
    conn: &Connection,
    id: OperationId,
) -> Result<Option<(i64, Operation)>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT o.seq, o.uuid, o.version, o.wall, o.counter, o.device, o.staff, o.origin, b.body
             FROM operations o LEFT JOIN operation_bodies b ON b.seq = o.seq WHERE o.uuid = ?1",
        )?
        .query_row([Id(*id.as_uuid())], |row| Ok((row.get(0)?, operation(row)?)))
        .optional()?)
}

/// The operation in a row with the columns of [`read`].
pub(crate) fn operation(row: &rusqlite::Row<'_>) -> rusqlite::Result<Operation> {
    let body: Option<String> = row.get("body")?;
    Ok(Operation {
        id: OperationId::from_uuid(row.get::<_, Id>("uuid")?.0),
        version: row.get("version")?,
        at: Hybrid {
            wall: row.get("wall")?,
            counter: row.get("counter")?,
            device: DeviceId::from_uuid(row.get::<_, Id>("device")?.0),
        },
        actor: match row.get::<_, Option<Id>>("staff")? {
            Some(id) => Actor::Staff {
                id: domain::StaffId::from_uuid(id.0),
            },
            None => Actor::Machine,
        },
        origin: crate::sql::from_serde_word(&row.get::<_, String>("origin")?)
            .unwrap_or(Origin::Background),
        change: body
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or(Change::Unknown),
    })
}

struct Fields<'f> {
    seq: i64,
    id: &'f [u8],
    version: u16,
    wall: i64,
    counter: u32,
    device: &'f [u8],
    staff: Option<&'f [u8]>,
    origin: &'f str,
    kind: &'f str,
    conversation: Option<&'f [u8]>,
    previous: &'f [u8; 32],
    body_hash: &'f [u8],
}

impl Fields<'_> {
    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(b"anteroom operation 1");
        field(&self.seq.to_be_bytes());
        field(self.id);
        field(&self.version.to_be_bytes());
        field(&self.wall.to_be_bytes());
        field(&self.counter.to_be_bytes());
        field(self.device);
        field(self.staff.unwrap_or_default());
        field(self.origin.as_bytes());
        field(self.kind.as_bytes());
        field(self.conversation.unwrap_or_default());
        field(self.previous);
        field(self.body_hash);
        hash.finalize().into()
    }
}

fn hash_body(salt: &[u8], body: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((salt.len() as u64).to_be_bytes());
    hash.update(salt);
    hash.update(body.as_bytes());
    hash.finalize().into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The staff member behind an actor.
pub(crate) const fn staff(actor: Actor) -> Option<StaffId> {
    match actor {
        Actor::Staff { id } => Some(id),
        Actor::Machine => None,
    }
}

/// The instant that an operation's time stands for.
pub(crate) const fn instant(at: Hybrid) -> Timestamp {
    Timestamp::from_millis(at.wall)
}
