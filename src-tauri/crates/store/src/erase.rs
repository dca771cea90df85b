//! Erasing a contact.

use domain::ContactId;
use serde::Serialize;

/// What an erasure took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ErasureCertificate {
    /// Who is no more.
    pub contact: ContactId,
    /// Conversations.
    pub conversations: u64,
    /// Messages and notes.
    pub messages: u64,
    /// Attachments.
    pub attachments: u64,
    /// Log entries whose text went.
    pub operations: u64,
}
