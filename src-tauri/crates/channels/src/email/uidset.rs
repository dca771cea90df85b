//! Sets of UIDs as IMAP writes them (`1:5,7`): compact, ordered, with the few operations that
//! following a mailbox needs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A set of UIDs (1 to 2³²−1), held as ranges: ordered, apart and never adjacent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UidSet {
    ranges: Vec<(u32, u32)>,
}

impl UidSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self { ranges: Vec::new() }
    }

    /// Every UID from `first` to `last`, in either order; 0 is no UID and is left out.
    pub fn range(first: u32, last: u32) -> Self {
        let (low, high) = (first.min(last).max(1), first.max(last));
        let ranges = if high == 0 {
            Vec::new()
        } else {
            vec![(low, high)]
        };
        Self { ranges }
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many UIDs it holds.
    pub fn len(&self) -> u64 {
        self.ranges
            .iter()
            .map(|(low, high)| u64::from(high - low) + 1)
            .sum()
    }

    /// The smallest and the greatest UID.
    pub fn bounds(&self) -> Option<(u32, u32)> {
        Some((self.ranges.first()?.0, self.ranges.last()?.1))
    }

    /// Whether it holds `uid`.
    pub fn contains(&self, uid: u32) -> bool {
        self.position(uid).is_ok()
    }

    /// Adds `uid`.
    pub fn insert(&mut self, uid: u32) {
        if uid == 0 || self.contains(uid) {
            return;
        }
        match self.ranges.last_mut() {
            // The usual case: UIDs grow.
            Some((_, high)) if high.checked_add(1) == Some(uid) => *high = uid,
            Some((_, high)) if *high > uid => *self = self.union(&Self::range(uid, uid)),
            _ => self.ranges.push((uid, uid)),
        }
    }

    /// Takes `uid` out.
    pub fn remove(&mut self, uid: u32) {
        if self.contains(uid) {
            *self = self.difference(&Self::range(uid, uid));
        }
    }

    /// What is in either.
    pub fn union(&self, other: &Self) -> Self {
        Self::from_ranges(self.ranges.iter().chain(&other.ranges).copied().collect())
    }

    /// What is in both.
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (
            self.ranges.iter().peekable(),
            other.ranges.iter().peekable(),
        );
        let mut ranges = Vec::new();
        while let (Some(&&(a, b)), Some(&&(c, d))) = (mine.peek(), theirs.peek()) {
            if a.max(c) <= b.min(d) {
                ranges.push((a.max(c), b.min(d)));
            }
            if b < d {
                mine.next();
            } else {
                theirs.next();
            }
        }
        Self { ranges }
    }

    /// What is in this one and not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let mut cuts = other.ranges.iter().peekable();
        for &(low, high) in &self.ranges {
            let mut from = Some(low);
            while let Some(&&(cut_low, cut_high)) = cuts.peek() {
                let Some(start) = from else { break };
                if cut_low > high {
                    break;
                }
                if cut_high >= start {
                    if cut_low > start {
                        ranges.push((start, cut_low - 1));
                    }
                    from = cut_high.checked_add(1).filter(|next| *next <= high);
                }
                if cut_high > high {
                    break;
                }
                cuts.next();
            }
            if let Some(start) = from {
                ranges.push((start, high));
            }
        }
        Self { ranges }
    }

    /// The `count` greatest UIDs.
    pub fn newest(&self, count: usize) -> Self {
        let mut wanted = u32::try_from(count).unwrap_or(u32::MAX);
        let mut ranges = Vec::new();
        for &(low, high) in self.ranges.iter().rev() {
            if wanted == 0 {
                break;
            }
            let size = (high - low).saturating_add(1).min(wanted);
            ranges.push((high - (size - 1), high));
            wanted -= size;
        }
        ranges.reverse();
        Self { ranges }
    }

    /// The set in parts of at most `ranges` ranges each, so that no command line grows too long.
    pub fn parts(&self, ranges: usize) -> impl Iterator<Item = Self> + '_ {
        self.ranges.chunks(ranges.max(1)).map(|part| Self {
            ranges: part.to_vec(),
        })
    }

    /// Every UID, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.ranges.iter().flat_map(|(low, high)| *low..=*high)
    }

    fn position(&self, uid: u32) -> Result<usize, usize> {
        self.ranges.binary_search_by(|(low, high)| {
            if *high < uid {
                std::cmp::Ordering::Less
            } else if *low > uid {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
    }

    fn from_ranges(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some((_, end)) if low <= end.saturating_add(1) => *end = high.max(*end),
                _ => merged.push((low, high)),
            }
        }
        Self { ranges: merged }
    }
}

impl FromIterator<u32> for UidSet {
    fn from_iter<I: IntoIterator<Item = u32>>(uids: I) -> Self {
        Self::from_ranges(
            uids.into_iter()
                .filter(|uid| *uid > 0)
                .map(|uid| (uid, uid))
                .collect(),
        )
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (low, high)) in self.ranges.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            if low == high {
                write!(f, "{low}")?;
            } else {
                write!(f, "{low}:{high}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UidSet({self})")
    }
}

/// Not a set of UIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a set of UIDs")]
pub struct BadUidSet;

impl FromStr for UidSet {
    type Err = BadUidSet;

    /// Reads `1:5,7`. The empty text is the empty set; `*` and 0 are refused, since they name nothing
    /// that can be stored.
    fn from_str(text: &str) -> Result<Self, BadUidSet> {
        if text.is_empty() {
            return Ok(Self::new());
        }
        let number = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number: u32 = text.parse().map_err(|_| BadUidSet)?;
            (digits && number > 0).then_some(number).ok_or(BadUidSet)
        };
        let ranges = text
            .split(',')
            .map(|range| match range.split_once(':') {
                None => number(range).map(|uid| (uid, uid)),
                Some((first, last)) => {
                    let (first, last) = (number(first)?, number(last)?);
                    Ok((first.min(last), first.max(last)))
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self::from_ranges(ranges))
    }
}

impl Serialize for UidSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UidSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn uids() -> impl Strategy<Value = BTreeSet<u32>> {
        proptest::collection::btree_set(1_u32..60, 0..40)
    }

    proptest! {
        #[test]
        fn behaves_like_a_set(a in uids(), b in uids(), one in 1_u32..60, count in 0_usize..50) {
            let (x, y): (UidSet, UidSet) = (a.iter().copied().collect(), b.iter().copied().collect());
            let same = |set: &UidSet, model: BTreeSet<u32>| {
                set.iter().collect::<BTreeSet<_>>() == model && set.len() == model.len() as u64
                    // Canonical: equal content is equal value.
                    && *set == model.into_iter().collect()
            };
            prop_assert!(same(&x, a.clone()));
            prop_assert!(same(&x.union(&y), a.union(&b).copied().collect()));
            prop_assert!(same(&x.intersection(&y), a.intersection(&b).copied().collect()));
            prop_assert!(same(&x.difference(&y), a.difference(&b).copied().collect()));
            prop_assert!(same(&x.newest(count), a.iter().rev().take(count).copied().collect()));
            prop_assert_eq!(x.contains(one), a.contains(&one));
            let (mut grown, mut shrunk) = (x.clone(), x.clone());
            grown.insert(one);
            shrunk.remove(one);
            prop_assert!(same(&grown, a.iter().copied().chain([one]).collect()));
            prop_assert!(same(&shrunk, a.iter().copied().filter(|uid| *uid != one).collect()));
            prop_assert_eq!(x.to_string().parse::<UidSet>().unwrap(), x);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9:,*a ]{0,30}") {
            if let Ok(set) = text.parse::<UidSet>() {
                prop_assert_eq!(set.to_string().parse::<UidSet>().unwrap(), set);
            }
        }
    }

    #[test]
    fn the_ends_of_the_number_range_hold() {
        let all = UidSet::range(0, u32::MAX);
        assert_eq!(all.bounds(), Some((1, u32::MAX)));
        assert_eq!(all.difference(&all), UidSet::new());
        assert_eq!(
            all.difference(&UidSet::range(5, u32::MAX)).to_string(),
            "1:4"
        );
        assert_eq!(all.union(&UidSet::range(u32::MAX, u32::MAX)), all);
        assert_eq!(all.newest(1).to_string(), u32::MAX.to_string());
        assert_eq!("9:7,3".parse::<UidSet>().unwrap().to_string(), "3,7:9");
        for bad in ["0", "*", "1:*", "1,,2", "+1", "4294967296", ":"] {
            assert!(bad.parse::<UidSet>().is_err(), "{bad}");
        }
    }
}
