//! What holds for any input at all.

use proptest::prelude::*;

use crate::{
    html::assert_inert,
    support::{mail, parse},
};

/// Bytes that look enough like mail to get past the first line.
fn mailish() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "[A-Za-z-]{1,20}: [ -~]{0,40}",
        "Content-Type: (text/plain|text/html|multipart/mixed|multipart/alternative|message/rfc822|text/calendar|multipart/report)(; boundary=\"?[ab]\"?)?(; charset=[a-z0-9-]{1,12})?(; format=flowed)?",
        "Content-Transfer-Encoding: (base64|quoted-printable|7bit|x)",
        "(Subject|From|To|Date|Message-ID|References|Content-Disposition): [ -~]{0,30}",
        "(Subject|From|To): (=\\?[a-z0-9-]{0,8}\\?[QBqbx]\\?[!-~]{0,12}\\?=){0,3}",
        "--[ab](--)?",
        "BEGIN:V(CALENDAR|EVENT)|END:V(CALENDAR|EVENT)|DTSTART[;:][!-~]{0,20}",
        "(>{0,3} ?)[ -~]{0,30}",
        "",
        "[ \t][ -~]{0,20}",
    ];
    let line = prop_oneof![9 => line.prop_map(String::into_bytes), 1 => proptest::collection::vec(any::<u8>(), 0..30)];
    (proptest::collection::vec(line, 0..40), any::<bool>())
        .prop_map(|(lines, crlf)| lines.join(if crlf { &b"\r\n"[..] } else { &b"\n"[..] }))
}

fn htmlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "<(a|b|p|div|img|table|td|svg|math|style|script|pre|blockquote|font|title|textarea|noscript|template|select|option|form|mtext|mglyph|br)>",
        "</(a|b|p|div|table|td|svg|math|style|script|pre|blockquote|font|title|textarea|noscript|template|select|form|mtext)>",
        "<(a|img|p|td|svg|font|table) (href|src|style|title|onclick|id|class|data-cid|data-remote-src|width|alt|rel)=[\"']?[ -~]{0,20}[\"']?>",
        "<a href=[\"']?(https://|javascript:|mailto:|tel:|data:|//|http://)[ -~]{0,15}[\"']?>",
        "<img src=[\"']?(https://|javascript:|cid:|data:image/png;base64,|//|http://)[ -~]{0,15}[\"']?>",
        "<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?x|&[a-z#0-9]{0,6};?",
        "[ -~\n]{0,12}",
        "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

/// Every promise that a parsed mail makes about itself.
fn assert_sound(raw: &[u8]) {
    let parsed = parse(raw);
    let mail = &parsed.mail;
    assert!(
        !mail.text.contains(['\0', '\r'])
            || parsed.problems.contains(&mime::Problem::Unreadable)
            || mail.has_html
    );
    let mut before = 0;
    for quoted in &mail.quoted {
        assert!(quoted.range.start >= before && quoted.range.end > quoted.range.start);
        assert!(
            mail.text.get(quoted.range.clone()).is_some(),
            "character boundaries"
        );
        before = quoted.range.end;
    }
    assert!(!mail.message_id.value.is_empty());
    for attachment in &mail.attachments {
        let name = attachment.name.as_str();
        assert!(
            !name.is_empty()
                && name.len() <= 130
                && !name.contains(['/', '\\', '\0'])
                && !name.starts_with('.')
        );
        assert_eq!(attachment.size, attachment.data.len());
    }
    if let Some(html) = &mail.html {
        assert_inert(html.as_str());
    }
    let again = parse(raw);
    assert_eq!(
        (&again.mail.text, &again.problems, &again.mail.message_id),
        (&mail.text, &parsed.problems, &mail.message_id)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_parse(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        assert_sound(&raw);
    }

    #[test]
    fn any_mail_parses(raw in mailish()) {
        assert_sound(&raw);
    }

    #[test]
    fn any_body_parses(body in mailish()) {
        let mut raw = mail("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n");
        raw.extend_from_slice(&body);
        assert_sound(&raw);
    }

    /// A mail cut anywhere is still read.
    #[test]
    fn any_cut_parses(raw in mailish(), at in any::<prop::sample::Index>()) {
        let at = at.index(raw.len() + 1);
        assert_sound(&raw[..at]);
    }

    #[test]
    fn any_text_folds(text in "(\\PC{0,20}|[>|-]{0,4}|On .{0,20} wrote:|From: .{0,9}|Sent: x|To: y|-- |\n){0,20}") {
        let mut before = 0;
        for quoted in mime::quoted_ranges(&text) {
            prop_assert!(quoted.range.start >= before && quoted.range.start < quoted.range.end);
            prop_assert!(text.get(quoted.range.clone()).is_some());
            before = quoted.range.end;
        }
    }

    #[test]
    fn cleaned_html_is_inert_and_settled(html in htmlish()) {
        let cleaned = mime::clean_html(&html);
        assert_inert(cleaned.as_str());
        prop_assert_eq!(mime::clean_html(cleaned.as_str()), cleaned);
        let text = mime::html_to_text(&html);
        prop_assert!(!text.contains('\0'));
    }

    #[test]
    fn names_are_settled(raw in "\\PC{0,60}|[./\\\\: -]{0,10}|(CON|com1|NUL)[.a-z]{0,4}") {
        let name = mime::SafeName::new(&raw);
        prop_assert_eq!(&mime::SafeName::new(name.as_str()), &name);
    }

    #[test]
    fn subjects_are_settled(raw in "((Re|AW|Fwd|wg)( ?\\[[0-9]\\])? ?: ?){0,4}\\PC{0,20}") {
        let once = mime::normalise_subject(&raw);
        prop_assert_eq!(mime::normalise_subject(&once), once);
    }
}
