//! Mail bytes in, values and problems out.
//!
//! Everything a mail says is read here once and handed on as plain values: who wrote to whom, which
//! message it answers, its text, its cleaned HTML, its attachments, and whether a person or a machine
//! wrote it. The room is pure: no clock, no disk, no network, and [`parse()`] never fails, because a
//! message that blocks the mailbox is worse than one that is shown as it came. What was wrong with a
//! message stands in [`Parsed::problems`].
//!
//! How the work is shared: the fields of a header, dates, addresses, encoded words, transfer encodings and
//! charsets are `mail-parser`'s; the HTML allow-list is enforced by `ammonia`; calendar objects are read
//! by `icalendar`. The tree of parts is walked here ([`limits`] are exact and independent of what a sender
//! nests or repeats), and so are quoting, attachment safety, automatic mail and delivery reports.
//!
//! What this room must not know: accounts, folders, conversations, the database.

pub mod attachment;
mod automatic;
mod body;
mod bounce;
mod calendar;
mod decode;
pub mod fold;
mod headers;
pub mod html;
pub mod limits;
mod mail;
pub mod mbox;
mod parse;
mod structure;
mod subject;

pub use attachment::{Attachment, Danger, SafeName};
pub use automatic::Automatic;
pub use bounce::{Bounce, BounceAction};
pub use calendar::{CalendarEvent, CalendarPart, CalendarTime};
pub use fold::{Quoted, QuotedKind, quoted_ranges};
pub use html::{CleanHtml, clean_html, html_to_text};
pub use mail::{Address, Mail, MessageIdHeader, Parsed, Problem, Protection, Scheme};
pub use parse::{Wanted, parse, parse_wanted};
pub use subject::normalise_subject;
