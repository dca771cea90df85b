//! The servers as clients see them that nobody here wrote: Python's imaplib and smtplib, async-imap.
//!
//! Nothing sleeps: every wait is for a condition.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used)]

mod faults;
mod imap;
mod practice;
mod smtp;
mod support;
