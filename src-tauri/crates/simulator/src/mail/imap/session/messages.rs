//! In a selected folder: news, IDLE, and what is done to messages.

use std::collections::BTreeSet;

use super::{Done, End, Session, deleted_uids, no, ok};
use crate::mail::faults::ImapFault;
use crate::mail::imap::command::{FlagChange, Set, compress};
use crate::mail::imap::fetch::{self, Item};
use crate::mail::imap::search::Key;
use crate::mail::imap::selected::{Manner, Selected, flags_news, vanished_earlier};
use crate::mail::mailbox::{Stored, Uid};
use crate::mail::world::World;

/// Answers leave in pieces of about this many bytes, so that a large FETCH does not pile up.
const PIECE: usize = 64 * 1024;

impl Session {
    pub(super) fn manner(&self) -> Manner {
        Manner {
            condstore: self.condstore,
            qresync: self.qresync,
        }
    }

    /// Tells what has changed in the selected folder; ends the session when the folder is another one now.
    pub(super) fn news(&mut self, expunges: bool) -> Result<(), End> {
        let manner = self.manner();
        let Session {
            shared,
            wire,
            selected,
            ..
        } = self;
        let Some(selected) = selected else {
            return Ok(());
        };
        let same = shared.look(|world| {
            let mailbox = world
                .mailbox(&selected.name)
                .filter(|mailbox| mailbox.uid_validity == selected.validity)?;
            selected.news(&mut wire.out, mailbox, manner, expunges);
            Some(())
        });
        same.ok_or_else(|| End::Bye("Mailbox is gone".to_owned()))
    }

    /// Acts on the selected folder under one lock, after telling what others changed before.
    pub(super) fn change<T>(
        &mut self,
        act: impl FnOnce(&mut World, &mut Selected, &mut Vec<u8>, Manner) -> Option<T>,
    ) -> Option<T> {
        let manner = self.manner();
        let Session {
            shared,
            wire,
            selected,
            ..
        } = self;
        let selected = selected.as_mut()?;
        shared.change(|world| {
            let mailbox = world.mailbox(&selected.name)?;
            selected.news(&mut wire.out, mailbox, manner, false);
            let result = act(world, selected, &mut wire.out, manner);
            if let Some(mailbox) = world.mailbox(&selected.name) {
                selected.told = mailbox.highest_modseq;
            }
            result
        })
    }

    pub(super) async fn idle(&mut self) -> Result<Done, End> {
        let mut revision = self.shared.revision.subscribe();
        self.wire.say("+ idling");
        self.wire.flush().await?;
        loop {
            self.news(true)?;
            self.wire.flush().await?;
            tokio::select! {
                line = self.wire.line() => {
                    let done = line?.trim_ascii().eq_ignore_ascii_case(b"DONE");
                    return Ok(if done { ok("Idle no more") } else { Done::Bad("DONE expected") });
                }
                changed = revision.changed() => changed.map_err(|_| End::Gone)?,
            }
        }
    }

    pub(super) async fn fetch(
        &mut self,
        uid: bool,
        set: &Set,
        items: &[Item],
        changed_since: Option<u64>,
        vanished: bool,
    ) -> Result<Done, End> {
        self.wire.begin_fetch();
        let Some(selected) = &self.selected else {
            return Ok(Done::Bad("select a mailbox first"));
        };
        let (name, read_only) = (selected.name.clone(), selected.read_only);
        let mut picked = selected.pick(set, uid);
        if vanished && let Some(modseq) = changed_since {
            let Session { shared, wire, .. } = self;
            shared.look(|world| {
                if let Some(mailbox) = world.mailbox(&name) {
                    vanished_earlier(&mut wire.out, mailbox, Some(set), modseq);
                }
            });
        }
        let unruly = self.strikes(|fault| matches!(fault, ImapFault::UnrulyFetch));
        if unruly {
            picked.reverse();
        }
        let seen = fetch::marks_seen(items) && !read_only;
        let mut told_items = items.to_vec();
        if seen && !told_items.contains(&Item::Flags) {
            told_items.push(Item::Flags);
        }
        let mut missing = false;
        let mut answered = 0;
        for (sequence, uid_of_message) in picked {
            self.expunge_in_between(answered, uid_of_message, &name);
            let message = self.message_to_fetch(uid_of_message, seen);
            let Some(message) = message else {
                missing = true;
                continue;
            };
            if changed_since.is_some_and(|modseq| message.modseq <= modseq) {
                continue;
            }
            if unruly {
                self.answer_unruly(sequence, &message, &told_items);
            } else {
                fetch::answer(&mut self.wire.out, sequence, &message, &told_items);
            }
            answered += 1;
            if self.wire.out.len() >= PIECE {
                self.wire.flush().await?;
            }
        }
        Ok(match (uid, missing) {
            (true, _) => ok("Fetched"),
            (false, false) => Done::OkQuietly("Fetched".to_owned()),
            (false, true) => {
                Done::NoQuietly("[EXPUNGEISSUED] Some of the messages no longer exist".to_owned())
            }
        })
    }

    /// Reads a message of the selected folder, making it \Seen where that is due.
    pub(super) fn message_to_fetch(&mut self, uid: Uid, seen: bool) -> Option<Stored> {
        if seen {
            return self.change(|world, selected, _, _| {
                let mailbox = world.mailbox_mut(&selected.name)?;
                mailbox.edit_flags(uid, |flags| {
                    flags.insert("\\Seen".to_owned());
                });
                mailbox.find(uid).cloned()
            });
        }
        let name = &self.selected.as_ref()?.name;
        self.shared
            .look(|world| world.mailbox(name)?.find(uid).cloned())
    }

    /// The fault: another session expunges the message that is next.
    pub(super) fn expunge_in_between(&self, answered: usize, next: Uid, mailbox: &str) {
        if self.strikes(
            |fault| matches!(fault, ImapFault::ExpungeDuringFetch { after } if *after == answered),
        ) {
            self.shared.change(|world| {
                if let Some(mailbox) = world.mailbox_mut(mailbox) {
                    mailbox.expunge(&BTreeSet::from([next]));
                }
            });
        }
    }

    /// The fault: two lines per message, and flag news that nobody asked for.
    pub(super) fn answer_unruly(&mut self, sequence: u32, message: &Stored, items: &[Item]) {
        let (first, second) = items.split_at(items.len() / 2);
        for half in [second, first] {
            let mut half = half.to_vec();
            if items.contains(&Item::Uid) && !half.contains(&Item::Uid) {
                half.insert(0, Item::Uid);
            }
            fetch::answer(&mut self.wire.out, sequence, message, &half);
        }
        let manner = Manner {
            condstore: false,
            qresync: false,
        };
        let news = flags_news(
            sequence,
            message.uid,
            &message.flags,
            message.modseq,
            manner,
        );
        self.wire.say(&news);
    }

    pub(super) fn search(&mut self, uid: bool, esearch: Option<Vec<String>>, key: &Key) -> Done {
        let offered = self.shared.settings.capabilities.clone();
        if esearch.is_some() && !offered.esearch {
            return Done::Bad("no ESEARCH here");
        }
        let modseq_asked = key.asks_modseq();
        self.condstore |= modseq_asked;
        let Some(selected) = &self.selected else {
            return Done::Bad("select a mailbox first");
        };
        let last = selected.last();
        let found: Vec<(u32, u64)> = self.shared.look(|world| {
            let Some(mailbox) = world.mailbox(&selected.name) else {
                return Vec::new();
            };
            (1_u32..)
                .zip(&selected.view)
                .filter_map(|(sequence, id)| Some((sequence, mailbox.find(*id)?)))
                .filter(|(sequence, message)| key.matches(*sequence, message, last))
                .map(|(sequence, message)| {
                    (if uid { message.uid } else { sequence }, message.modseq)
                })
                .collect()
        });
        let numbers: Vec<u32> = found.iter().map(|(number, _)| *number).collect();
        let modseq = found
            .iter()
            .map(|(_, modseq)| *modseq)
            .max()
            .filter(|_| modseq_asked);
        match esearch.or_else(|| offered.always_esearch.then(Vec::new)) {
            Some(wanted) => self.say_esearch(uid, &wanted, &numbers, modseq),
            None => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                let numbers = numbers.join(" ");
                let modseq = modseq
                    .map(|modseq| format!(" (MODSEQ {modseq})"))
                    .unwrap_or_default();
                self.wire
                    .say(format!("* SEARCH {numbers}{modseq}").trim_end());
            }
        }
        if uid {
            ok("Searched")
        } else {
            Done::OkQuietly("Searched".to_owned())
        }
    }

    pub(super) fn say_esearch(
        &mut self,
        uid: bool,
        wanted: &[String],
        numbers: &[u32],
        modseq: Option<u64>,
    ) {
        let wants = |name: &str| {
            wanted.iter().any(|wanted| wanted == name) || (wanted.is_empty() && name == "ALL")
        };
        let mut answer = "* ESEARCH".to_owned();
        if uid {
            answer.push_str(" UID");
        }
        if wants("COUNT") {
            answer.push_str(&format!(" COUNT {}", numbers.len()));
        }
        if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
            if wants("MIN") {
                answer.push_str(&format!(" MIN {first}"));
            }
            if wants("MAX") {
                answer.push_str(&format!(" MAX {last}"));
            }
            if wants("ALL") {
                answer.push_str(&format!(" ALL {}", compress(numbers)));
            }
        }
        if let Some(modseq) = modseq {
            answer.push_str(&format!(" MODSEQ {modseq}"));
        }
        self.wire.say(&answer);
    }

    pub(super) fn store(
        &mut self,
        uid: bool,
        set: &Set,
        how: FlagChange,
        silent: bool,
        flags: &BTreeSet<String>,
        unchanged_since: Option<u64>,
    ) -> Done {
        if self
            .selected
            .as_ref()
            .is_some_and(|selected| selected.read_only)
        {
            return no("[READ-ONLY] Examined only");
        }
        let conflicts = self.change(|world, selected, out, manner| {
            let mut conflicts = Vec::new();
            let picked = selected.pick(set, uid);
            let mailbox = world.mailbox_mut(&selected.name)?;
            for (sequence, id) in picked {
                let Some(before) = mailbox.find(id).map(|message| message.modseq) else {
                    continue;
                };
                if unchanged_since.is_some_and(|modseq| before > modseq) {
                    conflicts.push(if uid { id } else { sequence });
                    continue;
                }
                mailbox.edit_flags(id, |found| match how {
                    FlagChange::Replace => *found = flags.clone(),
                    FlagChange::Add => found.extend(flags.iter().cloned()),
                    FlagChange::Remove => found.retain(|flag| !flags.contains(flag)),
                });
                let Some(message) = mailbox.find(id) else {
                    continue;
                };
                let mut items = Vec::new();
                if uid || manner.condstore {
                    items.push(Item::Uid);
                }
                if !silent {
                    items.push(Item::Flags);
                }
                if manner.condstore {
                    items.push(Item::ModSeq);
                }
                if !silent || (manner.condstore && message.modseq > before) {
                    fetch::answer(out, sequence, message, &items);
                }
            }
            Some(conflicts)
        });
        match conflicts {
            None => no("Mailbox is gone"),
            Some(conflicts) if conflicts.is_empty() => Done::OkQuietly("Stored".to_owned()),
            Some(conflicts) => Done::OkQuietly(format!(
                "[MODIFIED {}] Changed meanwhile",
                compress(&conflicts)
            )),
        }
    }

    pub(super) fn copy(&mut self, uid: bool, set: &Set, to: &str, remove: bool) -> Done {
        if remove
            && self
                .selected
                .as_ref()
                .is_some_and(|selected| selected.read_only)
        {
            return no("[READ-ONLY] Examined only");
        }
        let uidplus = self.shared.settings.capabilities.uidplus;
        let copied = self.change(|world, selected, out, manner| {
            let from = world.mailbox(&selected.name)?;
            let messages: Vec<Stored> = selected
                .pick(set, uid)
                .into_iter()
                .filter_map(|(_, id)| from.find(id).cloned())
                .collect();
            let target = world.mailbox_mut(to)?;
            let old: Vec<Uid> = messages.iter().map(|message| message.uid).collect();
            let new: Vec<Uid> = messages
                .into_iter()
                .map(|message| target.append(message.raw, message.flags, message.received))
                .collect();
            let code = if old.is_empty() || !uidplus {
                String::new()
            } else {
                format!(
                    "[COPYUID {} {} {}] ",
                    target.uid_validity,
                    compress(&old),
                    compress(&new)
                )
            };
            if !remove {
                return Some(code);
            }
            // MOVE tells the new identities first, then that the old ones are gone.
            if !code.is_empty() {
                out.extend_from_slice(format!("* OK {code}Moved\r\n").as_bytes());
            }
            let gone: BTreeSet<Uid> = old.into_iter().collect();
            world.mailbox_mut(&selected.name)?.expunge(&gone);
            selected.forget(out, &gone, manner);
            Some(String::new())
        });
        match copied {
            None => no("[TRYCREATE] No such mailbox"),
            Some(code) => Done::Ok(format!("{code}Done")),
        }
    }

    pub(super) fn expunge(&mut self, set: Option<&Set>) -> Done {
        if self
            .selected
            .as_ref()
            .is_some_and(|selected| selected.read_only)
        {
            return no("[READ-ONLY] Examined only");
        }
        let condstore = self.condstore;
        let modseq = self.change(|world, selected, out, manner| {
            let last = selected.last().uid;
            let mailbox = world.mailbox_mut(&selected.name)?;
            let deleted =
                deleted_uids(mailbox, |uid| set.is_none_or(|set| set.contains(uid, last)));
            mailbox.expunge(&deleted);
            let modseq = mailbox.highest_modseq;
            selected.forget(out, &deleted, manner);
            Some(modseq)
        });
        match modseq {
            Some(modseq) if condstore => Done::Ok(format!("[HIGHESTMODSEQ {modseq}] Expunged")),
            Some(_) => ok("Expunged"),
            None => no("Mailbox is gone"),
        }
    }
}
