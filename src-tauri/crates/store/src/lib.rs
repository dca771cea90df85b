//! The encrypted database: the only room with SQL.
