//! What a text says: acuity and red flags, tags, appointment wishes, identifiers and disclosure.
//!
//! This room is pure: text and reference time in, findings with spans, rule ids, reasons and sources out. It
//! knows no clock, no database, no network and no screen, and the same input always gives the same answer.
//! What it knows stands in the rule packs (`packs/*.toml`), which a clinician can read and change; the code
//! is the engine that evaluates them.
//!
//! - [`assess()`]: one inbound message → [`Assessment`].
//! - [`guard()`]: one reply about to leave → [`Guarded`].
//! - [`wishes`]: what a message asks of the appointment book.
//! - [`jsonl`]: these as JSON lines for the command line.
//!
//! It must not know who is signed in, what the practice decided, or how anything is stored.

mod acuity;
mod assess;
mod context;
#[doc(hidden)]
pub mod evaluation;
mod guard;
pub mod jsonl;
mod lexicon;
#[doc(hidden)]
pub mod model;
mod packs;
mod text;
pub mod wishes;

pub use acuity::Acuity;
pub use assess::{
    AdverseReaction, Assessment, Input, Language, RedFlag, Sentiment, Span, Tag, TagFinding, assess,
};
pub use guard::{
    Finding, FindingKind, Guarded, Mend, PracticeFacts, Reply, Verdict, Visibility, guard,
};
pub use packs::listing;
