//! An open practice: its store, its keys, who is signed in, and the loops that work in the background.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use channels::{Connector, Stop};
use domain::operation::{Actor, Change, Origin};
use domain::views::{AccountView, Event};
use domain::{AccountId, Clock, PracticeId, Role, StaffId, StaffMember, Tag, TagColour, TagId};
use secrets::Vault;
use store::Store;

use tokio::sync::{Notify, broadcast};
use tokio::task::JoinHandle;

use crate::desk::Which;
use crate::error::{CommandError, Result};
use crate::{accounts, chores, ingest, outbox};

/// An open practice.
pub(crate) struct Practice {
    pub(crate) which: Which,
    pub(crate) folder: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: broadcast::Sender<Event>,
    /// Long work (import, backup) that can be stopped.
    pub(crate) work: Mutex<Option<Stop>>,
    me: RwLock<StaffMember>,
    name: RwLock<String>,
    accounts: Mutex<HashMap<AccountId, Running>>,
    chores: Mutex<Vec<JoinHandle<()>>>,
    stop: Stop,
    /// The demo practice's mail servers; they stop when the practice closes.
    #[allow(dead_code, reason = "kept alive, and stopped by being dropped")]
    demo: Option<simulator::Simulator>,
}

/// The loops of one account.
struct Running {
    connector: Arc<dyn Connector>,
    nudge: Arc<Nudge>,
    stop: Stop,
    tasks: Vec<JoinHandle<()>>,
}

/// How others wake an account's loops.
#[derive(Default)]
pub(crate) struct Nudge {
    /// Fetch now.
    pub(crate) fetch: Notify,
    /// Something may be ready to leave.
    pub(crate) send: Notify,
    /// Marks wait to be carried to the network.
    pub(crate) marks: Notify,
}

impl Practice {
    /// What a new practice starts with beside its pools: its name, its first administrator, some tags.
    pub(crate) fn set_up(
        store: &Store,
        clock: &dyn Clock,
        practice: PracticeId,
        name: &str,
        administrator: &str,
    ) -> Result<()> {
        let now = clock.now();
        let staff = StaffMember {
            id: StaffId::new(now),
            name: administrator.to_owned(),
            role: Role::Administrator,
            active: true,
        };
        let actor = Actor::Staff { id: staff.id };
        let mut changes = vec![
            Change::PracticeNamed {
                practice,
                name: name.to_owned(),
            },
            Change::StaffSaved { staff },
        ];
        for (name, colour) in STARTING_TAGS {
            changes.push(Change::TagSaved {
                tag: Tag {
                    id: TagId::new(now),
                    name: (*name).to_owned(),
                    colour: *colour,
                },
            });
        }
        store.commit(actor, Origin::Window, Change::Many { changes })?;
        Ok(())
    }

    pub(crate) fn new(
        which: Which,
        folder: PathBuf,
        vault: Vault,
        store: Store,
        demo: Option<simulator::Simulator>,
        clock: Arc<dyn Clock>,
        events: broadcast::Sender<Event>,
    ) -> Result<Arc<Self>> {
        let me = first_administrator(&store.staff()?)?;
        let name = store.practice_name()?;
        Ok(Arc::new(Self {
            which,
            folder,
            vault,
            store,
            clock,
            events,
            work: Mutex::new(None),
            me: RwLock::new(me),
            name: RwLock::new(name),
            accounts: Mutex::new(HashMap::new()),
            chores: Mutex::new(Vec::new()),
            stop: Stop::new(),
            demo,
        }))
    }

    /// Starts everything that works in the background.
    pub(crate) fn start_background(self: &Arc<Self>) {
        chores::forward_events(self);
        let clockwork = tokio::spawn(chores::run(self.clone(), self.stop.clone()));
        lock(&self.chores).push(clockwork);
        match self.store.accounts() {
            Ok(accounts) => accounts
                .iter()
                .for_each(|account| self.start_account(account)),
            Err(error) => tracing::error!(%error, "accounts could not be listed"),
        }
    }

    /// Starts an account's loops, in place of those that run for it.
    pub(crate) fn start_account(self: &Arc<Self>, account: &AccountView) {
        self.stop_account(account.id);
        if self.stop.is_cancelled() {
            return;
        }
        let connector = match accounts::connector(self, account) {
            Ok(connector) => connector,
            Err(error) => {
                ingest::tell_trouble(self, account.id, &error);
                return;
            }
        };
        let stop = self.stop.child_token();
        let nudge = Arc::new(Nudge::default());
        let fetching = ingest::run(
            self.clone(),
            account.id,
            connector.clone(),
            nudge.clone(),
            stop.clone(),
        );
        let sending = outbox::run(
            self.clone(),
            account.id,
            connector.clone(),
            nudge.clone(),
            stop.clone(),
        );
        let tasks = vec![tokio::spawn(fetching), tokio::spawn(sending)];
        lock(&self.accounts).insert(
            account.id,
            Running {
                connector,
                nudge,
                stop,
                tasks,
            },
        );
    }

    /// Ends an account's loops; a reply that is leaving at this moment still runs to its outcome.
    pub(crate) fn stop_account(&self, account: AccountId) {
        if let Some(running) = lock(&self.accounts).remove(&account) {
            running.stop.cancel();
        }
    }

    /// The connector of a running account.
    pub(crate) fn connector(&self, account: AccountId) -> Option<Arc<dyn Connector>> {
        lock(&self.accounts)
            .get(&account)
            .map(|running| running.connector.clone())
    }

    /// Wakes an account's loops.
    pub(crate) fn nudge(&self, account: AccountId) -> Option<Arc<Nudge>> {
        lock(&self.accounts)
            .get(&account)
            .map(|running| running.nudge.clone())
    }

    /// Wakes the sending loops of all accounts: something may be ready to leave.
    pub(crate) fn nudge_senders(&self) {
        for running in lock(&self.accounts).values() {
            running.nudge.send.notify_one();
        }
    }

    /// Wakes the loops that carry marks to the networks.
    pub(crate) fn nudge_marks(&self) {
        for running in lock(&self.accounts).values() {
            running.nudge.marks.notify_one();
        }
    }

    /// Ends all loops, waits for replies that are leaving, and closes the database.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        if let Some(work) = lock(&self.work).take() {
            work.cancel();
        }
        let running: Vec<Running> = lock(&self.accounts)
            .drain()
            .map(|(_, running)| running)
            .collect();
        for account in running {
            account.stop.cancel();
            for task in account.tasks {
                let _ = task.await;
            }
            account.connector.close().await;
        }
        let chores: Vec<_> = std::mem::take(&mut *lock(&self.chores));
        for task in chores {
            task.abort();
            let _ = task.await;
        }
        self.store.close();
    }

    /// Who is signed in.
    pub(crate) fn signed_in(&self) -> StaffMember {
        self.me
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The practice's name.
    pub(crate) fn name(&self) -> String {
        self.name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads again who is signed in, after staff members changed.
    pub(crate) fn refresh(&self) -> Result<()> {
        let id = self.signed_in().id;
        if let Some(me) = self
            .store
            .staff()?
            .into_iter()
            .find(|member| member.id == id)
        {
            *self.me.write().unwrap_or_else(PoisonError::into_inner) = me;
        }
        *self.name.write().unwrap_or_else(PoisonError::into_inner) = self.store.practice_name()?;
        Ok(())
    }

    pub(crate) fn announce(&self, event: Event) {
        // Nobody listening is not an error: the command line does not.
        let _ = self.events.send(event);
    }
}

/// Tags that most practices need on the first day; they can be renamed and put away like any other.
const STARTING_TAGS: &[(&str, TagColour)] = &[
    ("appointment request", TagColour::Blue),
    ("refill", TagColour::Teal),
    ("test result", TagColour::Violet),
    ("billing", TagColour::Yellow),
    ("forms", TagColour::Grey),
    ("clinical question", TagColour::Orange),
    ("complaint", TagColour::Red),
    ("praise", TagColour::Green),
];

/// Until staff sign in one by one, the window works as the first administrator.
fn first_administrator(staff: &[StaffMember]) -> Result<StaffMember> {
    staff
        .iter()
        .find(|member| member.active && member.role == Role::Administrator)
        .or_else(|| staff.first())
        .cloned()
        .ok_or_else(|| CommandError::not_found("staff member"))
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
