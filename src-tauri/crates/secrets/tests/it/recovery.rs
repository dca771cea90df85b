//! Recovery keys as people type them.

use anteroom_secrets::{RecoveryKey, RecoveryKeyError};
use domain::Secret;
use proptest::prelude::*;

fn printed(key: &RecoveryKey) -> String {
    key.reveal().expose().to_owned()
}

fn parse(typed: &str) -> Result<RecoveryKey, RecoveryKeyError> {
    RecoveryKey::parse(&Secret::new(typed))
}

#[test]
fn is_printed_in_nine_groups_of_four() {
    let printed = printed(&RecoveryKey::generate());
    let groups: Vec<&str> = printed.split('-').collect();
    assert_eq!(groups.len(), 9);
    assert!(groups.iter().all(|group| group.len() == 4));
    assert!(
        printed
            .chars()
            .all(|sign| sign == '-' || !"ILOU".contains(sign))
    );
}

#[test]
fn never_prints_itself() {
    let key = RecoveryKey::generate();
    assert_eq!(format!("{key:?}"), "RecoveryKey(…)");
}

#[test]
fn says_what_is_wrong_with_it() {
    let text = printed(&RecoveryKey::generate());
    assert_eq!(parse(&text[1..]), Err(RecoveryKeyError::Length(35)));
    assert_eq!(parse(""), Err(RecoveryKeyError::Length(0)));
    let mut signs: Vec<char> = text.chars().collect();
    signs[5] = '!';
    assert_eq!(
        parse(&signs.iter().collect::<String>()),
        Err(RecoveryKeyError::Symbol(2))
    );
}

proptest! {
    #[test]
    fn comes_back_however_it_is_typed(
        lower in any::<bool>(),
        separators in proptest::collection::vec(
            proptest::sample::select(vec!["", " ", "-", "  ", "–", ".", "\n", "\u{2011}"]), 8),
        look_alikes in any::<bool>(),
    ) {
        let key = RecoveryKey::generate();
        let text = printed(&key);
        let mut typed = String::new();
        for (at, group) in text.split('-').enumerate() {
            typed.push_str(group);
            typed.push_str(separators.get(at).unwrap_or(&""));
        }
        if lower {
            typed = typed.to_lowercase();
        }
        if look_alikes {
            typed = typed.replace('0', "o").replace('1', "l").replace(['v', 'V'], "u");
        }
        prop_assert!(parse(&typed) == Ok(key));
    }

    #[test]
    fn forgives_one_wrong_sign(at in 0_usize..36, by in 1_usize..32) {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let key = RecoveryKey::generate();
        let mut signs: Vec<u8> = printed(&key).replace('-', "").into_bytes();
        let was = ALPHABET.iter().position(|letter| *letter == signs[at]).unwrap();
        signs[at] = ALPHABET[(was + by) % 32];
        // Once in a thousand times two corrections fit, and then it says so instead of guessing.
        let parsed = parse(std::str::from_utf8(&signs).unwrap());
        prop_assert!(parsed == Ok(key) || parsed == Err(RecoveryKeyError::Mistyped));
    }

    #[test]
    fn forgives_two_swapped_neighbours(at in 0_usize..35) {
        let key = RecoveryKey::generate();
        let mut signs: Vec<u8> = printed(&key).replace('-', "").into_bytes();
        signs.swap(at, at + 1);
        let parsed = parse(std::str::from_utf8(&signs).unwrap());
        prop_assert!(parsed == Ok(key) || parsed == Err(RecoveryKeyError::Mistyped));
    }

    #[test]
    fn typing_anything_never_panics(typed in any::<String>()) {
        let _ = parse(&typed);
    }
}

#[test]
fn one_wrong_sign_is_nearly_always_put_right() {
    let corrected = (0..200)
        .filter(|round| {
            let key = RecoveryKey::generate();
            let mut signs: Vec<u8> = printed(&key).replace('-', "").into_bytes();
            let at = round % 36;
            signs[at] = if signs[at] == b'7' { b'8' } else { b'7' };
            parse(std::str::from_utf8(&signs).unwrap()) == Ok(key)
        })
        .count();
    assert!(corrected >= 195, "only {corrected} of 200 were put right");
}

#[test]
fn two_wrong_signs_are_found() {
    let found = (0..200)
        .filter(|_| {
            let key = RecoveryKey::generate();
            let mut signs: Vec<u8> = printed(&key).replace('-', "").into_bytes();
            for at in [3, 20] {
                signs[at] = if signs[at] == b'7' { b'8' } else { b'7' };
            }
            parse(std::str::from_utf8(&signs).unwrap()) == Err(RecoveryKeyError::Mistyped)
        })
        .count();
    // 1,150 corrections against a checksum of 20 bits: about one in a thousand slips through here,
    // and is then refused by the sealing.
    assert!(found >= 195, "only {found} of 200 were found");
}
