//! Where following a mailbox goes on: what the cursor of a mail account holds.
//!
//! Per folder: the server's state as of the last look (UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ, EXISTS) and
//! five sets of UIDs: `todo` is wanted and not fetched yet, `known` is fetched, `seen` and `struck` are
//! the known ones that carried `\Seen` and `\Deleted`, `gone` is removed but not told yet. New mail and
//! the first fetch are both just UIDs in `todo`, taken newest first; so a first fetch that was stopped
//! goes on where it was, and new mail overtakes it.

use std::collections::BTreeMap;

use domain::inbound::{Cursor, Progress, RemoteId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::uidset::UidSet;

/// What the cursor of a mail account holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The form of what follows; another form begins anew, which doubles nothing.
    v: u8,
    /// By readable name.
    pub folders: BTreeMap<String, FolderPosition>,
}

/// Where following a folder stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderPosition {
    /// Under which all UIDs here are valid.
    pub uidvalidity: u32,
    /// UIDs from here on were not looked at yet.
    pub uidnext: u32,
    /// HIGHESTMODSEQ, 0 where the folder keeps none.
    #[serde(default)]
    pub modseq: u64,
    /// How many messages the folder held.
    #[serde(default)]
    pub exists: u32,
    /// Fetched.
    #[serde(default)]
    pub known: UidSet,
    /// Of the known ones, those read.
    #[serde(default)]
    pub seen: UidSet,
    /// Of the known ones, those marked as deleted: they count as removed.
    #[serde(default)]
    pub struck: UidSet,
    /// Wanted.
    #[serde(default)]
    pub todo: UidSet,
    /// Wanted, but the server would not hand them out; tried again once a day.
    #[serde(default)]
    pub stuck: UidSet,
    /// Removed, to be told once everything wanted has come.
    #[serde(default)]
    pub gone: UidSet,
    /// How many were wanted when `todo` was last empty: the whole of the progress shown.
    #[serde(default)]
    pub wanted: u64,
    /// When flags were last compared.
    #[serde(default)]
    pub flags_at: Timestamp,
    /// When everything was last compared.
    #[serde(default)]
    pub compared_at: Timestamp,
}

const FORM: u8 = 1;

impl Position {
    /// The position in a cursor; nothing known where there is none, or one that cannot be read.
    pub fn read(cursor: Option<&Cursor>) -> Self {
        cursor
            .and_then(|cursor| serde_json::from_str::<Self>(&cursor.0).ok())
            .filter(|position| position.v == FORM)
            .unwrap_or(Self {
                v: FORM,
                folders: BTreeMap::new(),
            })
    }

    /// The cursor that holds this position.
    pub fn write(&self) -> Option<Cursor> {
        serde_json::to_string(self).ok().map(Cursor)
    }

    /// Whether anything wanted has not come yet.
    pub fn is_behind(&self) -> bool {
        self.folders.values().any(|folder| !folder.todo.is_empty())
    }

    /// How far a long fetch has come.
    pub fn progress(&self) -> Progress {
        let total: u64 = self.folders.values().map(|folder| folder.wanted).sum();
        let left: u64 = self.folders.values().map(|folder| folder.todo.len()).sum();
        Progress {
            done: total.saturating_sub(left),
            total,
        }
    }
}

impl FolderPosition {
    /// Wants these too.
    pub fn want(&mut self, uids: &UidSet) {
        let before = self.todo.len();
        if before == 0 {
            self.wanted = 0;
        }
        self.todo = self.todo.union(uids);
        self.wanted += self.todo.len() - before;
    }

    /// These do not exist any more.
    pub fn remove(&mut self, uids: &UidSet) {
        self.gone = self
            .gone
            .union(&self.known.intersection(uids).difference(&self.struck));
        for set in [
            &mut self.known,
            &mut self.seen,
            &mut self.struck,
            &mut self.todo,
            &mut self.stuck,
        ] {
            *set = set.difference(uids);
        }
    }
}

/// A message's name: `folder/uidvalidity/uid`, slashes within the folder's name written `%2F`, so that
/// no folder's names begin with another's.
pub fn remote_id(folder: &str, uidvalidity: u32, uid: u32) -> RemoteId {
    RemoteId(format!("{}{uid}", prefix(folder, uidvalidity)))
}

/// What all names below one UIDVALIDITY of a folder begin with.
pub fn prefix(folder: &str, uidvalidity: u32) -> String {
    let folder = folder.replace('%', "%25").replace('/', "%2F");
    format!("{folder}/{uidvalidity}/")
}

/// The folder, UIDVALIDITY and UID in a name.
pub fn parse_remote_id(id: &RemoteId) -> Option<(String, u32, u32)> {
    let mut parts = id.0.splitn(3, '/');
    let folder = parts.next()?.replace("%2F", "/").replace("%25", "%");
    let uidvalidity = parts.next()?.parse().ok()?;
    let uid = parts.next()?.parse().ok().filter(|uid| *uid > 0)?;
    Some((folder, uidvalidity, uid))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set() -> impl Strategy<Value = UidSet> {
        proptest::collection::vec(any::<u32>(), 0..20).prop_map(|uids| uids.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_position_survives_its_cursor(
            name in "\\PC{0,12}", sets in (set(), set(), set(), set(), set(), set()),
            numbers in any::<(u32, u32, u64, u32, u64, i64, i64)>(),
        ) {
            let (known, seen, struck, todo, stuck, gone) = sets;
            let (uidvalidity, uidnext, modseq, exists, wanted, flags_at, compared_at) = numbers;
            let mut position = Position::read(None);
            position.folders.insert(name, FolderPosition {
                uidvalidity, uidnext, modseq, exists, known, seen, struck, todo, stuck, gone, wanted,
                flags_at: Timestamp::from_millis(flags_at), compared_at: Timestamp::from_millis(compared_at),
            });
            let cursor = position.write().unwrap();
            prop_assert_eq!(Position::read(Some(&cursor)), position);
        }

        #[test]
        fn any_cursor_is_read(text in ".{0,60}") {
            Position::read(Some(&Cursor(text)));
        }

        #[test]
        fn names_survive(folder in "[a%/2F.é]{0,12}", uidvalidity in 1_u32.., uid in 1_u32..) {
            let id = remote_id(&folder, uidvalidity, uid);
            prop_assert!(id.0.starts_with(&prefix(&folder, uidvalidity)));
            prop_assert_eq!(parse_remote_id(&id), Some((folder, uidvalidity, uid)));
        }
    }

    #[test]
    fn no_folder_hides_in_another() {
        assert!(
            !remote_id("INBOX/1", 7, 5)
                .0
                .starts_with(&prefix("INBOX", 1))
        );
    }
}
