//! Brings a database to the newest schema: numbered SQL files, forward only, each in a transaction.
//!
//! The order number says which files have run. The compatibility number says which builds may open the
//! result: it grows only when an older build would misread the file, so that a harmless addition does
//! not lock an older desktop out.

use domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::StoreError;

/// One step.
pub(crate) struct Migration {
    /// Its place in the order, from 1.
    pub number: u32,
    /// For people.
    pub name: &'static str,
    /// Builds whose [`COMPATIBLE`] is below this may not open the result.
    pub compatible: u32,
    /// The statements.
    pub sql: &'static str,
}

/// Every step in order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "first",
        compatible: 1,
        sql: include_str!("../migrations/0001_first.sql"),
    },
    Migration {
        number: 2,
        name: "erased",
        // An older build would let erased mail in again.
        compatible: 2,
        sql: include_str!("../migrations/0002_erased.sql"),
    },
    Migration {
        number: 3,
        name: "orders",
        compatible: 2,
        sql: include_str!("../migrations/0003_orders.sql"),
    },
];

/// The newest compatibility number that this build reads.
pub(crate) const COMPATIBLE: u32 = 2;

/// Refuses a file from the future, and runs what has not run yet.
pub(crate) fn run(
    connection: &mut Connection,
    now: Timestamp,
    migrations: &[Migration],
) -> Result<(), StoreError> {
    let found = compatible(connection)?;
    if found > COMPATIBLE {
        return Err(StoreError::NewerSchema {
            found,
            supported: COMPATIBLE,
        });
    }
    for migration in migrations {
        // Immediate, and asked again inside: two processes that start at once run each step once.
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if reached(&tx)? >= migration.number {
            continue;
        }
        crate::fault::point("migrate.before")?;
        tx.execute_batch(migration.sql)?;
        tx.execute(
            "INSERT INTO migrations (number, name, applied_at) VALUES (?1, ?2, ?3)",
            params![migration.number, migration.name, now.millis()],
        )?;
        tx.pragma_update(None, "user_version", migration.compatible)?;
        crate::fault::point("migrate.after")?;
        tx.commit()?;
    }
    Ok(())
}

/// The compatibility number in the file; 0 when it is empty.
fn compatible(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// The number of the last step that has run; 0 for none.
pub(crate) fn reached(connection: &Connection) -> Result<u32, StoreError> {
    let exists = connection
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'",
            [],
            |_| Ok(()),
        )
        .optional()?;
    if exists.is_none() {
        return Ok(0);
    }
    Ok(connection.query_row(
        "SELECT coalesce(max(number), 0) FROM migrations",
        [],
        |row| row.get(0),
    )?)
}
