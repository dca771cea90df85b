//! The servers as clients see them that nobody here wrote: Python's imaplib and smtplib, async-imap.
//!
//! Nothing sleeps: every wait is for a condition.

mod faults;
mod imap;
mod practice;
mod smtp;
mod support;
