//! Names of folders on the wire: modified UTF-7 (RFC 3501 §5.1.3), and which purpose a name suggests.

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::connector::FolderUse;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The readable name behind a name on the wire. What is no modified UTF-7 is taken as it stands, since
/// some servers send plain UTF-8.
pub fn decode(wire: &str) -> String {
    try_decode(wire).unwrap_or_else(|| wire.to_owned())
}

fn try_decode(wire: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((plain, after)) = rest.split_once('&') {
        name.push_str(plain);
        let (shifted, after) = after.split_once('-')?;
        if shifted.is_empty() {
            name.push('&');
        } else {
            let bytes = BASE64.decode(shifted).ok()?;
            let (pairs, odd) = bytes.as_chunks::<2>();
            if !odd.is_empty() {
                return None;
            }
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            name.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    name.push_str(rest);
    Some(name)
}

/// The name on the wire behind a readable name.
pub fn encode(name: &str) -> String {
    let mut wire = String::new();
    let mut shifted: Vec<u8> = Vec::new();
    let close = |wire: &mut String, shifted: &mut Vec<u8>| {
        if !shifted.is_empty() {
            wire.push('&');
            wire.push_str(&BASE64.encode(&shifted));
            wire.push('-');
            shifted.clear();
        }
    };
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            close(&mut wire, &mut shifted);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shifted.extend(unit.to_be_bytes());
            }
        }
    }
    close(&mut wire, &mut shifted);
    wire
}

/// What a folder is for, by the attributes of RFC 6154.
pub fn use_by_attribute(attribute: &str) -> Option<FolderUse> {
    Some(match attribute.to_ascii_lowercase().as_str() {
        "\\sent" => FolderUse::Sent,
        "\\drafts" => FolderUse::Drafts,
        "\\junk" | "\\spam" => FolderUse::Junk,
        "\\trash" => FolderUse::Trash,
        "\\archive" => FolderUse::Archive,
        "\\all" | "\\allmail" => FolderUse::All,
        _ => return None,
    })
}

/// What a folder is for, as its name suggests: the last part of it, in the languages that common
/// servers and programs use.
pub fn use_by_name(name: &str, delimiter: Option<char>) -> FolderUse {
    if name.eq_ignore_ascii_case("inbox") {
        return FolderUse::Inbox;
    }
    let last = delimiter
        .and_then(|delimiter| name.rsplit(delimiter).next())
        .unwrap_or(name);
    match last.to_lowercase().as_str() {
        "sent"
        | "sent items"
        | "sent messages"
        | "sent mail"
        | "sent-mail"
        | "gesendet"
        | "gesendete elemente"
        | "gesendete objekte"
        | "enviados"
        | "elementos enviados"
        | "envoyés"
        | "éléments envoyés"
        | "inviata"
        | "posta inviata"
        | "verzonden"
        | "verzonden items"
        | "skickat"
        | "wysłane" => FolderUse::Sent,
        "drafts" | "entwürfe" | "borradores" | "brouillons" | "bozze" | "concepten" => {
            FolderUse::Drafts
        }
        "junk" | "junk e-mail" | "junk email" | "spam" | "bulk mail" => FolderUse::Junk,
        "trash"
        | "deleted items"
        | "deleted messages"
        | "papierkorb"
        | "gelöschte elemente"
        | "papelera"
        | "corbeille"
        | "cestino"
        | "prullenbak" => FolderUse::Trash,
        "archive" | "archiv" | "archives" | "archivo" | "archivio" => FolderUse::Archive,
        _ => FolderUse::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_the_standard_are_read_and_written() {
        // The example of RFC 3501 §5.1.3.
        let (wire, name) = ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語");
        assert_eq!(decode(wire), name);
        assert_eq!(encode(name), wire);
        assert_eq!(decode("Entw&APw-rfe"), "Entwürfe");
        assert_eq!(encode("R&D"), "R&-D");
        assert_eq!(decode("broken &zz name"), "broken &zz name");
        assert_eq!(use_by_name("INBOX.Sent", Some('.')), FolderUse::Sent);
        assert_eq!(use_by_name("inbox", None), FolderUse::Inbox);
    }

    proptest! {
        #[test]
        fn any_name_survives_the_wire(name in "\\PC{0,20}") {
            let wire = encode(&name);
            prop_assert!(wire.is_ascii());
            prop_assert_eq!(decode(&wire), name);
        }

        #[test]
        fn any_wire_name_is_read(wire in "[ -~]{0,30}") {
            decode(&wire);
        }
    }
}
