//! How much of a message is read. A mail may be built to exhaust its reader; every loop of this room is
//! bounded by one of these numbers, and what lies beyond is left out and told as a [`crate::Problem`]
//! (the raw message is kept by whoever called).

/// Decoded text of one message, plain and HTML each, in bytes.
pub const TEXT: usize = 25 * 1024 * 1024;
/// Parts of one message, all levels together.
pub const PARTS: usize = 500;
/// How deep multiparts may nest.
pub const DEPTH: usize = 50;
/// One header block, in bytes.
pub const HEADER: usize = 256 * 1024;
/// Addresses in one header field.
pub const ADDRESSES: usize = 2_000;
/// Identifiers in `References` and `In-Reply-To`.
pub const REFERENCES: usize = 500;
/// HTML that is cleaned for display, in bytes; a longer body is shown as text.
pub const HTML: usize = 1024 * 1024;
/// Elements of HTML that may be open at once. Building a tree takes time with the square of its depth.
pub const HTML_DEPTH: usize = 512;
/// Escaped characters (`&nbsp;`, `&lt;` …) in HTML that is cleaned.
pub const HTML_ESCAPED: usize = 50_000;
/// Text that is looked through for quotations, from its beginning, in bytes.
pub const FOLD: usize = 1024 * 1024;
/// A picture that is part of the HTML itself (`data:`), in characters.
pub const DATA_IMAGE: usize = 512 * 1024;
/// One calendar object, in bytes.
pub const CALENDAR: usize = 256 * 1024;
/// Lines of one calendar object; the time of reading it grows with their square.
pub const CALENDAR_LINES: usize = 10_000;
/// One message of an mbox file, in bytes.
pub const MBOX_MESSAGE: usize = 256 * 1024 * 1024;
