//! A practice to test with: a store in a folder of its own, a clock that stands still, and short ways
//! to make mail. Everybody is invented.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::inbound::{Fingerprint, Item, RemoteId, ThreadKeys};
use domain::message::Protection;
use domain::operation::AfterReply;
use domain::views::{ConversationRow, ConversationView, ListScope, SearchPage};
use domain::{
    AccountId, Actor, Change, Channel, ConversationId, Direction, Handle, MessageId, Origin, Role,
    StaffId, StaffMember, TestClock, Timestamp, Visibility,
};
use store::{Arrival, Committed, DatabaseKey, IngestMode, Store, StoreError};
use tempfile::TempDir;

/// 2026-03-02 09:00 UTC, a Monday.
pub const MONDAY: Timestamp = Timestamp::from_millis(1_772_442_000_000);
pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 86_400_000;

pub fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([7; 32])
}

/// A practice with one staff member and one mailbox.
pub struct Desk {
    pub store: Store,
    pub clock: Arc<TestClock>,
    pub account: AccountId,
    pub staff: StaffId,
    pub folder: TempDir,
    serial: AtomicU64,
}

impl Desk {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        Self::made(folder, &path, &key())
    }

    /// In a folder that somebody else looks after.
    pub fn new_in(path: &Path) -> Self {
        Self::new_with(path, &key())
    }

    /// In such a folder, with another key.
    pub fn new_with(path: &Path, key: &DatabaseKey) -> Self {
        Self::made(TempDir::new().unwrap(), path, key)
    }

    fn made(folder: TempDir, path: &Path, key: &DatabaseKey) -> Self {
        let clock = Arc::new(TestClock::at(MONDAY));
        let store = Store::create(path, key, clock.clone()).unwrap();
        let account = AccountId::new(MONDAY);
        let staff = StaffId::new(MONDAY);
        let desk = Self {
            store,
            clock,
            account,
            staff,
            folder,
            serial: AtomicU64::new(0),
        };
        desk.machine(Change::StaffSaved {
            staff: StaffMember {
                id: staff,
                name: "Asha".into(),
                role: Role::Nurse,
                active: true,
            },
        });
        desk.machine(Change::AccountSaved {
            account,
            address: "frontdesk@clinic.example".into(),
            settings: serde_json::json!({}),
        });
        desk
    }

    /// Closes the store and opens it again.
    pub fn reopen(self) -> Self {
        let Self {
            store,
            clock,
            account,
            staff,
            folder,
            serial,
        } = self;
        store.close();
        let store = Store::open(folder.path(), &key(), clock.clone()).unwrap();
        Self {
            store,
            clock,
            account,
            staff,
            folder,
            serial,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn now(&self) -> Timestamp {
        use domain::Clock;
        self.clock.now()
    }

    pub fn later(&self, minutes: i64) -> &Self {
        self.clock.advance(minutes * MINUTE);
        self
    }

    pub fn me(&self) -> Actor {
        Actor::Staff { id: self.staff }
    }

    pub fn view(&self, conversation: ConversationId) -> ConversationView {
        self.store.conversation(conversation, 100).unwrap()
    }

    pub fn row(&self, conversation: ConversationId) -> ConversationRow {
        self.view(conversation).row
    }

    pub fn list(&self, scope: ListScope) -> Vec<ConversationId> {
        self.store.matching(&scope, self.staff).unwrap()
    }

    pub fn search(&self, query: &str, ranked: bool) -> SearchPage {
        self.store
            .search(query, self.staff, ranked, None, 50)
            .unwrap()
    }

    pub fn machine(&self, change: Change) -> Committed {
        self.store
            .commit(Actor::Machine, Origin::Background, change)
            .unwrap()
    }

    pub fn try_do(&self, change: Change) -> Result<Committed, StoreError> {
        self.store.commit(self.me(), Origin::Window, change)
    }

    pub fn does(&self, change: Change) -> Committed {
        self.try_do(change).unwrap()
    }

    pub fn undo(&self, committed: &Committed) -> Result<Committed, StoreError> {
        self.store
            .undo(committed.operation.unwrap(), self.me(), Origin::Window)
    }

    pub fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// A mail from somebody, arriving now.
    pub fn mail(&self, from: &str, subject: &str, text: &str) -> Mail {
        mail_at(self.serial(), self.now(), from, subject, text)
    }

    /// Stores a mail as live and gives back its conversation.
    pub fn receive(&self, mail: Mail) -> ConversationId {
        self.ingest(IngestMode::Live, vec![mail]).items[0].conversation
    }

    pub fn ingest(&self, mode: IngestMode, mails: Vec<Mail>) -> store::Ingested {
        let arrivals = mails.into_iter().map(|mail| mail.0).collect();
        self.store
            .ingest(self.account, mode, arrivals, Vec::new(), None, false)
            .unwrap()
    }

    /// A reply that may leave at once.
    pub fn reply(&self, conversation: ConversationId, text: &str) -> (MessageId, Change) {
        let reply = MessageId::new(self.now());
        let target = self.store.reply_target(conversation).unwrap();
        let change = Change::ReplyQueued {
            conversation,
            reply,
            visibility: Visibility::Private,
            to: target.to,
            subject: target.subject,
            text: text.into(),
            attachments: Vec::new(),
            network_id: format!("{reply}@clinic.example"),
            answers: target.answers,
            not_before: self.now(),
            then: AfterReply::Wait,
        };
        (reply, change)
    }
}

/// A mail in the making.
#[derive(Clone)]
pub struct Mail(pub Arrival);

pub fn mail_at(serial: u64, at: Timestamp, from: &str, subject: &str, text: &str) -> Mail {
    let mut fingerprint = [0; 32];
    fingerprint[..8].copy_from_slice(&serial.to_be_bytes());
    let name = from.split('@').next().unwrap_or_default();
    Mail(
        Item {
            remote_id: RemoteId(format!("INBOX/1/{serial}")),
            fingerprint: Fingerprint(fingerprint),
            channel: Channel::Email,
            visibility: Visibility::Private,
            direction: Direction::Inbound,
            contact: Handle::email(from, name),
            others: Vec::new(),
            reply_to: None,
            sent_at: at,
            received_at: at,
            subject: subject.into(),
            text: text.into(),
            folds: Vec::new(),
            html: None,
            thread: ThreadKeys {
                own: format!("m{serial}@mail.example"),
                parents: Vec::new(),
                native: None,
                subject: subject.to_lowercase(),
            },
            attachments: Vec::new(),
            automatic: None,
            delivery: None,
            protection: Protection::None,
            seen: false,
            raw: None,
            problems: Vec::new(),
        }
        .into(),
    )
}

impl Mail {
    pub fn id(&self) -> String {
        self.0.item.thread.own.clone()
    }

    pub fn answering(mut self, ids: &[&str]) -> Self {
        self.0.item.thread.parents = ids.iter().map(|id| (*id).to_owned()).collect();
        self
    }

    pub fn outbound(mut self) -> Self {
        self.0.item.direction = Direction::Outbound;
        self
    }

    pub fn named(mut self, own: &str) -> Self {
        own.clone_into(&mut self.0.item.thread.own);
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Item)) -> Self {
        change(&mut self.0.item);
        self
    }
}

/// The database itself, for looking behind the store's back. The store must be closed.
pub fn raw(folder: &Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(folder.join("anteroom.db")).unwrap();
    let hex: String = key()
        .as_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    conn.pragma_update(None, "key", format!("x'{hex}'"))
        .unwrap();
    conn
}
