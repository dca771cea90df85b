//! FETCH: what can be asked of a message, and the answer's bytes.

use crate::mail::envelope::{body_structure, envelope, literal, nstring};
use crate::mail::mailbox::Stored;
use crate::mail::structure::{Inside, Part, fields};

/// One thing asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Flags,
    Uid,
    InternalDate,
    Size,
    Envelope,
    Body,
    BodyStructure,
    ModSeq,
    /// `BODY[…]`, or one of the old RFC822 names.
    Section {
        section: Section,
        peek: bool,
        name: Option<&'static str>,
    },
}

/// What stands between the brackets of `BODY[…]<…>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) path: Vec<u32>,
    pub(super) what: What,
    /// Offset and length.
    pub(super) partial: Option<(u64, u64)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Everything,
    Header,
    Fields { names: Vec<String>, not: bool },
    Text,
    Mime,
}

/// Whether answering these items makes the message \Seen.
pub(super) fn marks_seen(items: &[Item]) -> bool {
    items
        .iter()
        .any(|item| matches!(item, Item::Section { peek: false, .. }))
}

/// `* 12 FETCH (…)` for these items.
pub(super) fn answer(out: &mut Vec<u8>, sequence: u32, message: &Stored, items: &[Item]) {
    let root = Part::parse(&message.raw);
    out.extend_from_slice(format!("* {sequence} FETCH (").as_bytes());
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            out.push(b' ');
        }
        write_item(out, message, &root, item);
    }
    out.extend_from_slice(b")\r\n");
}

fn write_item(out: &mut Vec<u8>, message: &Stored, root: &Part<'_>, item: &Item) {
    let mut say = |text: String| out.extend_from_slice(text.as_bytes());
    match item {
        Item::Flags => {
            let flags: Vec<&str> = message.flags.iter().map(String::as_str).collect();
            say(format!("FLAGS ({})", flags.join(" ")));
        }
        Item::Uid => say(format!("UID {}", message.uid)),
        Item::InternalDate => say(format!(
            "INTERNALDATE \"{}\"",
            message.received.format("%d-%b-%Y %H:%M:%S +0000")
        )),
        Item::Size => say(format!("RFC822.SIZE {}", message.raw.len())),
        Item::ModSeq => say(format!("MODSEQ ({})", message.modseq)),
        Item::Envelope => {
            say("ENVELOPE ".to_owned());
            envelope(out, root.headers);
        }
        Item::Body => {
            say("BODY ".to_owned());
            body_structure(out, root, false);
        }
        Item::BodyStructure => {
            say("BODYSTRUCTURE ".to_owned());
            body_structure(out, root, true);
        }
        Item::Section { section, name, .. } => {
            match name {
                Some(name) => say(format!("{name} ")),
                None => say(section.label()),
            }
            match (section.bytes(message, root), section.partial) {
                (None, _) => nstring(out, None),
                (Some(bytes), None) => literal(out, &bytes),
                (Some(bytes), Some((from, length))) => {
                    let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
                    let until = from
                        .saturating_add(usize::try_from(length).unwrap_or(usize::MAX))
                        .min(bytes.len());
                    literal(out, bytes.get(from..until).unwrap_or_default());
                }
            }
        }
    }
}

impl Section {
    /// The section as the answer repeats it, with a space after it.
    fn label(&self) -> String {
        let mut inside: Vec<String> = self.path.iter().map(ToString::to_string).collect();
        match &self.what {
            What::Everything => {}
            What::Header => inside.push("HEADER".to_owned()),
            What::Text => inside.push("TEXT".to_owned()),
            What::Mime => inside.push("MIME".to_owned()),
            What::Fields { names, not } => {
                let not = if *not { ".NOT" } else { "" };
                inside.push(format!("HEADER.FIELDS{not} ({})", names.join(" ")));
            }
        }
        let origin = self
            .partial
            .map(|(from, _)| format!("<{from}>"))
            .unwrap_or_default();
        format!("BODY[{}]{origin} ", inside.join("."))
    }

    /// The bytes of the section; nothing when the message has no such part.
    fn bytes(&self, message: &Stored, root: &Part<'_>) -> Option<Vec<u8>> {
        let part = root.descend(&self.path)?;
        // HEADER and TEXT of a part are those of the message inside it.
        let inner = match &part.inside {
            _ if self.path.is_empty() => Some(part),
            Inside::Message(inner) => Some(&**inner),
            _ => None,
        };
        Some(match &self.what {
            What::Everything if self.path.is_empty() => message.raw.to_vec(),
            What::Everything => part.body.to_vec(),
            What::Mime => part.headers.to_vec(),
            What::Header => inner?.headers.to_vec(),
            What::Text => inner?.body.to_vec(),
            What::Fields { names, not } => {
                let mut found = Vec::new();
                for (name, field) in fields(inner?.headers) {
                    if names
                        .iter()
                        .any(|wanted| wanted.eq_ignore_ascii_case(&name))
                        != *not
                    {
                        found.extend_from_slice(field);
                    }
                }
                found.extend_from_slice(b"\r\n");
                found
            }
        })
    }
}
