//! Reading commands (RFC 3501 section 9 and the extensions' grammars).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::cursor::{Cursor, Parsed, text};
use super::{Bad, Command, FlagChange, Resync};
use crate::mail::imap::fetch::{Item, Section, What};
use crate::mail::imap::search::Key;

/// The tag of a command line, and the command or what is wrong with it.
pub(super) fn line(line: &[u8]) -> (String, Parsed<Command>) {
    let mut cursor = Cursor::new(line);
    let tag = cursor.take_while(|byte| {
        !matches!(
            byte,
            b' ' | b'\r' | b'\n' | b'+' | b'*' | b'{' | b'(' | b')'
        )
    });
    let tag = String::from_utf8_lossy(tag).into_owned();
    if tag.is_empty() {
        return ("*".to_owned(), Err(Bad("no tag")));
    }
    (tag, cursor.command())
}

impl Cursor<'_> {
    fn command(&mut self) -> Parsed<Command> {
        self.space()?;
        let word = self.word();
        let command = match word.as_str() {
            "CAPABILITY" => Command::Capability,
            "NOOP" | "CHECK" => Command::Noop,
            "LOGOUT" => Command::Logout,
            "NAMESPACE" => Command::Namespace,
            "IDLE" => Command::Idle,
            "CLOSE" => Command::Close { expunge: true },
            "UNSELECT" => Command::Close { expunge: false },
            "EXPUNGE" => Command::Expunge(None),
            "ID" => {
                // The values are of no interest, only that they are well formed.
                self.space()?;
                if self.peek() == Some(b'(') {
                    self.list(Self::nil_or_string)?;
                } else {
                    self.nil_or_string()?;
                }
                Command::Id
            }
            "LOGIN" => {
                self.space()?;
                let user = self.astring()?;
                self.space()?;
                Command::Login {
                    user,
                    password: self.astring()?,
                }
            }
            "AUTHENTICATE" => {
                self.space()?;
                let mechanism = self.word();
                let initial = if self.eat(b' ') {
                    Some(self.atom()?.to_vec())
                } else {
                    None
                };
                Command::Authenticate { mechanism, initial }
            }
            "ENABLE" => {
                let mut wanted = Vec::new();
                while self.eat(b' ') {
                    wanted.push(self.word());
                }
                Command::Enable(wanted)
            }
            "SELECT" => self.select(false)?,
            "EXAMINE" => self.select(true)?,
            "CREATE" => Command::Create(self.space_mailbox()?),
            "DELETE" => Command::Delete(self.space_mailbox()?),
            "SUBSCRIBE" => Command::Subscribe {
                name: self.space_mailbox()?,
                on: true,
            },
            "UNSUBSCRIBE" => Command::Subscribe {
                name: self.space_mailbox()?,
                on: false,
            },
            "LIST" => self.list_command(false)?,
            "LSUB" => self.list_command(true)?,
            "STATUS" => {
                let name = self.space_mailbox()?;
                self.space()?;
                Command::Status {
                    name,
                    items: self.list(|cursor| Ok(cursor.word()))?,
                }
            }
            "APPEND" => self.append()?,
            "SEARCH" => self.search(false)?,
            "FETCH" => self.fetch(false)?,
            "STORE" => self.store(false)?,
            "COPY" => self.copy(false, false)?,
            "MOVE" => self.copy(false, true)?,
            "UID" => {
                self.space()?;
                match self.word().as_str() {
                    "SEARCH" => self.search(true)?,
                    "FETCH" => self.fetch(true)?,
                    "STORE" => self.store(true)?,
                    "COPY" => self.copy(true, false)?,
                    "MOVE" => self.copy(true, true)?,
                    "EXPUNGE" => {
                        self.space()?;
                        Command::Expunge(Some(self.set()?))
                    }
                    _ => return Err(Bad("unknown UID command")),
                }
            }
            _ => return Err(Bad("unknown command")),
        };
        self.end()?;
        Ok(command)
    }

    fn select(&mut self, read_only: bool) -> Parsed<Command> {
        let name = self.space_mailbox()?;
        let (mut condstore, mut resync) = (false, None);
        if self.eat(b' ') {
            self.expect(b'(')?;
            loop {
                match self.word().as_str() {
                    "CONDSTORE" => condstore = true,
                    "QRESYNC" => {
                        self.space()?;
                        self.expect(b'(')?;
                        let validity = self.number()?;
                        self.space()?;
                        let modseq = self.number()?;
                        let mut known = None;
                        if self.eat(b' ') {
                            if self.peek() != Some(b'(') {
                                known = Some(self.set()?);
                            }
                            if known.is_none() || self.eat(b' ') {
                                // Pairs of sequence numbers and UIDs: only a hint, and read as such.
                                self.expect(b'(')?;
                                self.set()?;
                                self.space()?;
                                self.set()?;
                                self.expect(b')')?;
                            }
                        }
                        self.expect(b')')?;
                        condstore = true;
                        resync = Some(Resync {
                            validity,
                            modseq,
                            known,
                        });
                    }
                    _ => return Err(Bad("unknown SELECT parameter")),
                }
                if self.eat(b')') {
                    break;
                }
                self.space()?;
            }
        }
        Ok(Command::Select {
            name,
            read_only,
            condstore,
            resync,
        })
    }

    fn list_command(&mut self, subscribed: bool) -> Parsed<Command> {
        self.space()?;
        let mut special_only = false;
        if self.peek() == Some(b'(') {
            let options = self.list(|cursor| Ok(cursor.word()))?;
            special_only = options.iter().any(|option| option == "SPECIAL-USE");
            self.space()?;
        }
        let reference = text(self.astring()?);
        self.space()?;
        let patterns = if self.peek() == Some(b'(') {
            self.list(|cursor| Ok(text(cursor.list_mailbox()?)))?
        } else {
            vec![text(self.list_mailbox()?)]
        };
        let mut roles = special_only;
        if self.eat(b' ') {
            if self.word() != "RETURN" {
                return Err(Bad("RETURN expected"));
            }
            self.space()?;
            roles |= self
                .list(|cursor| Ok(cursor.word()))?
                .iter()
                .any(|option| option == "SPECIAL-USE");
        }
        Ok(Command::List {
            subscribed,
            special_only,
            reference,
            patterns,
            roles,
        })
    }

    fn append(&mut self) -> Parsed<Command> {
        let name = self.space_mailbox()?;
        self.space()?;
        let mut flags = BTreeSet::new();
        if self.peek() == Some(b'(') {
            flags = self.flags()?;
            self.space()?;
        }
        let mut received = None;
        if self.peek() == Some(b'"') {
            let stamp = text(self.string()?);
            let stamp = DateTime::parse_from_str(stamp.trim(), "%d-%b-%Y %H:%M:%S %z")
                .map_err(|_| Bad("date-time expected"))?;
            received = Some(stamp.with_timezone(&Utc));
            self.space()?;
        }
        let raw = self.literal()?;
        Ok(Command::Append {
            name,
            flags,
            received,
            raw,
        })
    }

    fn store(&mut self, uid: bool) -> Parsed<Command> {
        self.space()?;
        let set = self.set()?;
        self.space()?;
        let mut unchanged_since = None;
        if self.eat(b'(') {
            if self.word() != "UNCHANGEDSINCE" {
                return Err(Bad("UNCHANGEDSINCE expected"));
            }
            self.space()?;
            unchanged_since = Some(self.number()?);
            self.expect(b')')?;
            self.space()?;
        }
        let how = match self.peek() {
            Some(b'+') => FlagChange::Add,
            Some(b'-') => FlagChange::Remove,
            _ => FlagChange::Replace,
        };
        if how != FlagChange::Replace {
            self.bump();
        }
        let silent = match self.word().as_str() {
            "FLAGS" => false,
            "FLAGS.SILENT" => true,
            _ => return Err(Bad("FLAGS expected")),
        };
        self.space()?;
        let flags = if self.peek() == Some(b'(') {
            self.flags()?
        } else {
            let mut flags = BTreeSet::from([self.flag()?]);
            while self.eat(b' ') {
                flags.insert(self.flag()?);
            }
            flags
        };
        Ok(Command::Store {
            uid,
            set,
            how,
            silent,
            flags,
            unchanged_since,
        })
    }

    fn copy(&mut self, uid: bool, remove: bool) -> Parsed<Command> {
        self.space()?;
        let set = self.set()?;
        Ok(Command::Copy {
            uid,
            set,
            to: self.space_mailbox()?,
            remove,
        })
    }

    fn fetch(&mut self, uid: bool) -> Parsed<Command> {
        self.space()?;
        let set = self.set()?;
        self.space()?;
        let mut items = Vec::new();
        if self.peek() == Some(b'(') {
            for group in self.list(Self::fetch_item)? {
                items.extend(group);
            }
        } else {
            items = self.fetch_item()?;
        }
        let (mut changed_since, mut vanished) = (None, false);
        if self.eat(b' ') {
            self.expect(b'(')?;
            loop {
                match self.word().as_str() {
                    "CHANGEDSINCE" => {
                        self.space()?;
                        changed_since = Some(self.number()?);
                    }
                    "VANISHED" => vanished = true,
                    _ => return Err(Bad("unknown FETCH modifier")),
                }
                if self.eat(b')') {
                    break;
                }
                self.space()?;
            }
        }
        if vanished && (!uid || changed_since.is_none()) {
            return Err(Bad("VANISHED needs UID FETCH and CHANGEDSINCE"));
        }
        if uid && !items.contains(&Item::Uid) {
            items.insert(0, Item::Uid);
        }
        if changed_since.is_some() && !items.contains(&Item::ModSeq) {
            items.push(Item::ModSeq);
        }
        Ok(Command::Fetch {
            uid,
            set,
            items,
            changed_since,
            vanished,
        })
    }

    fn fetch_item(&mut self) -> Parsed<Vec<Item>> {
        let word =
            self.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        let word = String::from_utf8_lossy(word).to_ascii_uppercase();
        let whole = |what| Section {
            path: Vec::new(),
            what,
            partial: None,
        };
        Ok(match word.as_str() {
            "ALL" => vec![Item::Flags, Item::InternalDate, Item::Size, Item::Envelope],
            "FAST" => vec![Item::Flags, Item::InternalDate, Item::Size],
            "FULL" => vec![
                Item::Flags,
                Item::InternalDate,
                Item::Size,
                Item::Envelope,
                Item::Body,
            ],
            "FLAGS" => vec![Item::Flags],
            "UID" => vec![Item::Uid],
            "INTERNALDATE" => vec![Item::InternalDate],
            "RFC822.SIZE" => vec![Item::Size],
            "ENVELOPE" => vec![Item::Envelope],
            "BODYSTRUCTURE" => vec![Item::BodyStructure],
            "MODSEQ" => vec![Item::ModSeq],
            "RFC822" => vec![Item::Section {
                section: whole(What::Everything),
                peek: false,
                name: Some("RFC822"),
            }],
            "RFC822.HEADER" => {
                vec![Item::Section {
                    section: whole(What::Header),
                    peek: true,
                    name: Some("RFC822.HEADER"),
                }]
            }
            "RFC822.TEXT" => {
                vec![Item::Section {
                    section: whole(What::Text),
                    peek: false,
                    name: Some("RFC822.TEXT"),
                }]
            }
            "BODY" if self.peek() != Some(b'[') => vec![Item::Body],
            "BODY" | "BODY.PEEK" => {
                vec![Item::Section {
                    section: self.section()?,
                    peek: word == "BODY.PEEK",
                    name: None,
                }]
            }
            _ => return Err(Bad("unknown FETCH item")),
        })
    }

    fn section(&mut self) -> Parsed<Section> {
        self.expect(b'[')?;
        let mut path = Vec::new();
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            path.push(self.number()?);
            if !self.eat(b'.') {
                break;
            }
        }
        let word = self.take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'.');
        let what = match String::from_utf8_lossy(word).to_ascii_uppercase().as_str() {
            "" => What::Everything,
            "HEADER" => What::Header,
            "TEXT" => What::Text,
            "MIME" if !path.is_empty() => What::Mime,
            "HEADER.FIELDS" => What::Fields {
                names: self.field_names()?,
                not: false,
            },
            "HEADER.FIELDS.NOT" => What::Fields {
                names: self.field_names()?,
                not: true,
            },
            _ => return Err(Bad("unknown section")),
        };
        self.expect(b']')?;
        let mut partial = None;
        if self.eat(b'<') {
            let from = self.number()?;
            self.expect(b'.')?;
            let length: u64 = self.number()?;
            self.expect(b'>')?;
            if length == 0 {
                return Err(Bad("a partial fetch needs a length"));
            }
            partial = Some((from, length));
        }
        Ok(Section {
            path,
            what,
            partial,
        })
    }

    fn field_names(&mut self) -> Parsed<Vec<String>> {
        self.space()?;
        self.list(|cursor| Ok(text(cursor.astring()?)))
    }

    fn search(&mut self, uid: bool) -> Parsed<Command> {
        self.space()?;
        let mut esearch = None;
        if self.starts_with("RETURN (") {
            self.word();
            self.space()?;
            esearch = Some(self.list(|cursor| Ok(cursor.word()))?);
            self.space()?;
        }
        if self.starts_with("CHARSET ") {
            self.word();
            self.space()?;
            self.astring()?;
            self.space()?;
        }
        let mut keys = vec![self.search_key()?];
        while self.eat(b' ') {
            keys.push(self.search_key()?);
        }
        Ok(Command::Search {
            uid,
            esearch,
            key: Key::And(keys),
        })
    }

    fn search_key(&mut self) -> Parsed<Key> {
        match self.peek() {
            Some(b'(') => return Ok(Key::And(self.list(Self::search_key)?)),
            Some(b'0'..=b'9' | b'*') => return Ok(Key::Sequence(self.set()?)),
            _ => {}
        }
        let word = self.word();
        let flag = |flag: &str, set| Ok(Key::Flag(flag.to_owned(), set));
        match word.as_str() {
            "ALL" | "OLD" => Ok(Key::And(Vec::new())),
            "NEW" | "RECENT" => Ok(Key::Not(Box::new(Key::And(Vec::new())))),
            "ANSWERED" => flag("\\Answered", true),
            "DELETED" => flag("\\Deleted", true),
            "DRAFT" => flag("\\Draft", true),
            "FLAGGED" => flag("\\Flagged", true),
            "SEEN" => flag("\\Seen", true),
            "UNANSWERED" => flag("\\Answered", false),
            "UNDELETED" => flag("\\Deleted", false),
            "UNDRAFT" => flag("\\Draft", false),
            "UNFLAGGED" => flag("\\Flagged", false),
            "UNSEEN" => flag("\\Seen", false),
            "KEYWORD" => Ok(Key::Flag(self.space_text()?, true)),
            "UNKEYWORD" => Ok(Key::Flag(self.space_text()?, false)),
            "FROM" | "TO" | "CC" | "BCC" | "SUBJECT" => Ok(Key::Header(word, self.space_text()?)),
            "HEADER" => {
                let name = self.space_text()?;
                Ok(Key::Header(name, self.space_text()?))
            }
            "BODY" => Ok(Key::Body(self.space_text()?)),
            "TEXT" => Ok(Key::Text(self.space_text()?)),
            "SINCE" => Ok(Key::Since(self.space_date()?)),
            "BEFORE" => Ok(Key::Before(self.space_date()?)),
            "ON" => Ok(Key::On(self.space_date()?)),
            "SENTSINCE" => Ok(Key::SentSince(self.space_date()?)),
            "SENTBEFORE" => Ok(Key::SentBefore(self.space_date()?)),
            "SENTON" => Ok(Key::SentOn(self.space_date()?)),
            "LARGER" => {
                self.space()?;
                Ok(Key::Larger(self.number()?))
            }
            "SMALLER" => {
                self.space()?;
                Ok(Key::Smaller(self.number()?))
            }
            "UID" => {
                self.space()?;
                Ok(Key::Uid(self.set()?))
            }
            "MODSEQ" => {
                self.space()?;
                Ok(Key::ModSeq(self.number()?))
            }
            "NOT" => {
                self.space()?;
                Ok(Key::Not(Box::new(self.search_key()?)))
            }
            "OR" => {
                self.space()?;
                let one = self.search_key()?;
                self.space()?;
                Ok(Key::Or(Box::new(one), Box::new(self.search_key()?)))
            }
            _ => Err(Bad("unknown SEARCH key")),
        }
    }
}
