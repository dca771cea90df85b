//! Who may talk to the database: one writer on its own thread, and a stack of readers.
//!
//! SQLite allows one writer at a time. Several writing connections would only wait for each other,
//! with a timeout that fires at the wrong moment; one thread with a queue keeps the order of the
//! callers and never fails for being busy. Readers work beside it on their own snapshots (WAL). They
//! are a stack and not a ring, so that the reader used last, with the warm cache, is used again first,
//! and idle ones stay small.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, InterruptHandle, Transaction, TransactionBehavior};

use crate::StoreError;
use crate::connection::{Access, open};
use crate::key::DatabaseKey;

/// How safe a transaction is once it has been committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// On the disk before the call returns: a person or a network relies on it.
    Full,
    /// Perhaps lost when the power fails, never torn: what can be fetched again.
    Normal,
}

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The one writer.
pub(crate) struct Writer {
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Gives the connection to a thread of its own.
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || work(connection, &queue))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Runs a closure on the writer's connection, outside any transaction, and waits for its result.
    pub(crate) fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, result) = channel();
        let job: Job = Box::new(move |connection| {
            // A panic in one job must not take the inbox down; its transaction was rolled back.
            let outcome = catch_unwind(AssertUnwindSafe(|| job(connection)))
                .unwrap_or(Err(StoreError::Value("panic")));
            let _ = answer.send(outcome);
        });
        {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let sender = jobs.as_ref().ok_or(StoreError::Closed)?;
            sender.send(job).map_err(|_| StoreError::Closed)?;
        }
        result.recv().map_err(|_| StoreError::Closed)?
    }

    /// Runs a closure in one transaction: all of it happens, or nothing.
    pub(crate) fn transaction<T: Send + 'static>(
        &self,
        durability: Durability,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.with(move |connection| {
            let level = match durability {
                Durability::Full => "FULL",
                Durability::Normal => "NORMAL",
            };
            connection.pragma_update(None, "synchronous", level)?;
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = job(&tx)?;
            crate::fault::point("commit.before")?;
            tx.commit()?;
            crate::fault::point("commit.after")?;
            Ok(value)
        })
    }

    /// Ends the thread after the jobs that wait; the connection is closed and its log folded in.
    pub(crate) fn stop(&self) {
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn work(mut connection: Connection, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        job(&mut connection);
    }
    if let Err((_, error)) = connection.close() {
        tracing::warn!(?error, "the database did not close cleanly");
    }
}

/// The readers.
pub(crate) struct Readers {
    path: PathBuf,
    /// None once the store is closed.
    key: Mutex<Option<DatabaseKey>>,
    idle: Mutex<State>,
    freed: Condvar,
}

struct State {
    stack: Vec<Connection>,
    /// Readers that exist, lent ones included.
    made: usize,
}

/// More readers than cores only share the same disk.
const MOST_READERS: usize = 4;

impl Readers {
    pub(crate) fn new(path: PathBuf, key: DatabaseKey) -> Self {
        Self {
            path,
            key: Mutex::new(Some(key)),
            idle: Mutex::new(State {
                stack: Vec::new(),
                made: 0,
            }),
            freed: Condvar::new(),
        }
    }

    /// Lends a reader, opening one if all are busy and there are few, else waiting for one.
    pub(crate) fn lend(&self) -> Result<Reader<'_>, StoreError> {
        let key = self.key().ok_or(StoreError::Closed)?;
        let mut state = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = state.stack.pop() {
                return Ok(self.lent(connection));
            }
            if state.made < MOST_READERS {
                state.made += 1;
                drop(state);
                return match open(&self.path, &key, Access::Reader) {
                    Ok(connection) => Ok(self.lent(connection)),
                    Err(error) => {
                        self.lost();
                        Err(error)
                    }
                };
            }
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lent(&self, connection: Connection) -> Reader<'_> {
        Reader {
            readers: self,
            connection: Some(connection),
        }
    }

    fn lost(&self) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .made -= 1;
        self.freed.notify_one();
    }

    /// The database key, until the store is closed.
    pub(crate) fn key(&self) -> Option<DatabaseKey> {
        self.key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Closes the idle readers and forgets the key; lent ones are closed when they come back.
    pub(crate) fn close(&self) {
        self.key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stack
            .clear();
    }

    fn give_back(&self, connection: Connection) {
        if self.key().is_none() {
            return;
        }
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stack
            .push(connection);
        self.freed.notify_one();
    }
}

/// A lent reader; it goes back on drop.
pub(crate) struct Reader<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Reader<'_> {
    /// Stops what the reader is doing from another thread.
    pub(crate) fn interrupt_handle(&self) -> Option<InterruptHandle> {
        self.connection
            .as_ref()
            .map(Connection::get_interrupt_handle)
    }
}

impl std::ops::Deref for Reader<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a reader holds its connection until it is dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.give_back(connection);
        }
    }
}
