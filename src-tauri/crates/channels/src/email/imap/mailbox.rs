//! What a server says about folders and messages, picked out of its answers.

use chrono::DateTime;
use domain::time::Timestamp;

use super::names;
use super::value::{Response, Value};
use crate::connector::FolderUse;
use crate::email::uidset::UidSet;

/// A folder as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its name on the wire.
    pub wire: String,
    /// Its readable name; `INBOX` always in capitals.
    pub name: String,
    /// What it is for.
    pub purpose: FolderUse,
    /// Whether the server itself says what it is for.
    pub told: bool,
}

impl Folder {
    /// The inbox, which every account has.
    pub fn inbox() -> Self {
        Self {
            wire: "INBOX".into(),
            name: "INBOX".into(),
            purpose: FolderUse::Inbox,
            told: true,
        }
    }

    /// The folder in a `LIST` answer, unless nothing can be in it.
    pub fn read(values: &[Value]) -> Option<Self> {
        let [attributes, delimiter, name, ..] = values else {
            return None;
        };
        let attributes: Vec<&str> = attributes.list()?.iter().filter_map(Value::word).collect();
        let closed = |attribute: &&str| {
            attribute.eq_ignore_ascii_case("\\Noselect")
                || attribute.eq_ignore_ascii_case("\\NonExistent")
        };
        if attributes.iter().any(closed) {
            return None;
        }
        let wire = name.text()?;
        if wire.eq_ignore_ascii_case("INBOX") {
            return Some(Self::inbox());
        }
        let delimiter = delimiter.text().and_then(|text| text.chars().next());
        let name = names::decode(&wire);
        let told = attributes.into_iter().find_map(names::use_by_attribute);
        Some(Self {
            purpose: told.unwrap_or_else(|| names::use_by_name(&name, delimiter)),
            told: told.is_some(),
            wire,
            name,
        })
    }
}

/// The marks of a message that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `\Seen`
    pub seen: bool,
    /// `\Deleted`
    pub deleted: bool,
}

impl Flags {
    fn read(value: &Value) -> Option<Self> {
        let has = |name: &str| {
            let same = |value: &Value| {
                value
                    .word()
                    .is_some_and(|word| word.eq_ignore_ascii_case(name))
            };
            value.list().map(|flags| flags.iter().any(same))
        };
        Some(Self {
            seen: has("\\Seen")?,
            deleted: has("\\Deleted")?,
        })
    }
}

/// A folder as it was at the moment it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Under which UIDs are valid.
    pub uidvalidity: u32,
    /// The UID that the next message will get at least, where told.
    pub uidnext: Option<u32>,
    /// How many messages there are.
    pub exists: u32,
    /// The greatest modification number, where the folder keeps any.
    pub modseq: Option<u64>,
    /// What vanished since the state we named (QRESYNC).
    pub vanished: UidSet,
    /// Flags that changed since the state we named (QRESYNC).
    pub flags: Vec<(u32, Flags)>,
    /// Whether it was opened read-only.
    pub read_only: bool,
}

impl Opened {
    /// Takes in one answer that came while opening.
    pub fn take(&mut self, response: &Response) {
        match response {
            Response::Untagged(report) => {
                let Some(code) = &report.code else { return };
                match code.name.as_str() {
                    // What came before belongs to the folder that was open before (RFC 7162 §3.2.11).
                    "CLOSED" => *self = Self::default(),
                    "UIDVALIDITY" => self.uidvalidity = code.number().unwrap_or_default(),
                    "UIDNEXT" => self.uidnext = code.number(),
                    "HIGHESTMODSEQ" => self.modseq = code.number().filter(|modseq| *modseq > 0),
                    "NOMODSEQ" => self.modseq = None,
                    _ => {}
                }
            }
            Response::Data {
                number: Some(number),
                name,
                ..
            } if name == "EXISTS" => self.exists = *number,
            Response::Data { name, values, .. } if name == "VANISHED" => {
                let earlier = values.first().is_some_and(|value| value.list().is_some());
                let set = values.last().and_then(Value::word);
                if let Some(set) = set.and_then(|set| set.parse().ok()).filter(|_| earlier) {
                    self.vanished = self.vanished.union(&set);
                }
            }
            Response::Data { name, .. } if name == "FETCH" => {
                if let Some(Fetched {
                    uid: Some(uid),
                    flags: Some(flags),
                    ..
                }) = Fetched::read(response)
                {
                    self.flags.push((uid, flags));
                }
            }
            _ => {}
        }
    }
}

/// What is known of one message after a FETCH.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID, where the answer names it.
    pub uid: Option<u32>,
    /// Its marks.
    pub flags: Option<Flags>,
    /// Its size in bytes, as the server has it.
    pub size: Option<u64>,
    /// When it arrived.
    pub arrived: Option<Timestamp>,
    /// Gmail's id of the whole thread.
    pub thread: Option<String>,
    /// Its structure, unread.
    pub structure: Option<Vec<Value>>,
    /// Bytes of sections: the section's name in upper case (empty for the whole) and its content;
    /// `None` where it was too long to keep or the server has none.
    pub sections: Vec<(String, Option<Vec<u8>>)>,
}

impl Fetched {
    /// What a FETCH answer says.
    pub fn read(response: &Response) -> Option<Self> {
        let Response::Data { name, values, .. } = response else {
            return None;
        };
        let attributes = values.first()?.list().filter(|_| name == "FETCH")?;
        let mut fetched = Self::default();
        for pair in attributes.windows(2) {
            let [name, value] = pair else { continue };
            let Some(name) = name.word() else { continue };
            let upper = name.to_ascii_uppercase();
            match upper.as_str() {
                "UID" => fetched.uid = value.number().filter(|uid| *uid > 0),
                "FLAGS" => fetched.flags = Flags::read(value),
                "RFC822.SIZE" => fetched.size = value.number(),
                "INTERNALDATE" => fetched.arrived = value.text().and_then(|text| date(&text)),
                "X-GM-THRID" => fetched.thread = value.word().map(str::to_owned),
                "BODYSTRUCTURE" => fetched.structure = value.list().map(<[Value]>::to_vec),
                _ => {
                    if let Some((section, _)) = upper
                        .strip_prefix("BODY[")
                        .and_then(|rest| rest.rsplit_once(']'))
                    {
                        let bytes = match value {
                            Value::Text(bytes) => Some(bytes.clone()),
                            _ => None,
                        };
                        fetched.sections.push((section.to_owned(), bytes));
                    }
                }
            }
        }
        Some(fetched)
    }

    /// Takes over what another answer says about the same message.
    pub fn merge(&mut self, newer: Self) {
        self.uid = newer.uid.or(self.uid);
        self.flags = newer.flags.or(self.flags);
        self.size = newer.size.or(self.size);
        self.arrived = newer.arrived.or(self.arrived);
        self.thread = newer.thread.or(self.thread.take());
        self.structure = newer.structure.or(self.structure.take());
        self.sections.extend(newer.sections);
    }

    /// Takes the bytes of a section, if they came.
    pub fn section(&mut self, name: &str) -> Option<Vec<u8>> {
        self.sections
            .iter_mut()
            .find(|(section, bytes)| section == name && bytes.is_some())
            .and_then(|(_, bytes)| bytes.take())
    }
}

/// Reads `02-May-2026 09:35:00 +0200`.
pub fn date(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z")
        .ok()
        .map(|date| Timestamp::from_millis(date.timestamp_millis()))
}

/// Writes `02-May-2026 07:35:00 +0000`.
pub fn write_date(at: Timestamp) -> String {
    at.to_datetime()
        .format("%d-%b-%Y %H:%M:%S +0000")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_protocol_are_read_and_written() {
        let at = date(" 2-May-2026 09:35:00 +0200").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-05-02T07:35:00Z");
        assert_eq!(write_date(at), "02-May-2026 07:35:00 +0000");
        assert_eq!(date(&write_date(at)), Some(at));
        assert_eq!(date("yesterday"), None);
    }
}
