//! Mail built to exhaust its reader.

use mime::Problem;

use crate::support::{mail, parse, with_body};

#[test]
fn limits_hold() {
    // Ten thousand nested multiparts.
    let mut nested =
        String::from("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b0\n\n");
    for level in 0..10_000 {
        nested.push_str(&format!(
            "--b{level}\nContent-Type: multipart/mixed; boundary=b{}\n\n",
            level + 1
        ));
    }
    nested.push_str("--b10000\n\nwords at the bottom\n");
    let parsed = parse(&mail(&nested));
    assert!(parsed.problems.contains(&Problem::TooDeep));
    assert!(
        parsed.mail.text.contains("words at the bottom"),
        "the rest is kept as text"
    );

    // Ten thousand enclosed messages within each other: one attachment.
    let parsed = parse(&mail(&"Content-Type: message/rfc822\n\n".repeat(10_000)));
    assert_eq!(parsed.mail.attachments.len(), 1);

    // Ten thousand parts beside each other.
    let many = format!(
        "Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n",
        "--b\n\nx\n".repeat(10_000)
    );
    let parsed = parse(&mail(&many));
    assert!(parsed.problems.contains(&Problem::TooManyParts));
    assert_eq!(
        parsed.mail.text.matches('x').count(),
        mime::limits::PARTS - 1
    );

    // A header of a megabyte, and a body behind it.
    let header = format!(
        "X-Long: {}\nX-After: y\n\nthe body",
        "word ".repeat(200_000)
    );
    let parsed = parse(&mail(&header));
    assert_eq!(parsed.mail.text, "the body");
    assert!(parsed.problems.contains(&Problem::HeaderTooLarge));
    let header = format!("{}\nthe body", "X-Many: y\n".repeat(100_000));
    let parsed = parse(&mail(&header));
    assert_eq!(
        (parsed.mail.text.as_str(), parsed.mail.subject.as_str()),
        ("the body", "A question")
    );
    assert!(parsed.problems.contains(&Problem::HeaderTooLarge));

    // Thirty megabytes of text.
    let parsed = parse(&with_body(
        "",
        &b"0123456789abcde\n".repeat(2 * 1024 * 1024),
    ));
    assert_eq!(parsed.mail.text.len(), mime::limits::TEXT);
    assert_eq!(parsed.problems, [Problem::TextTooLong]);

    // HTML built to be slow: elements that stay open behind an end tag that cannot reach them, and text that
    // grows when it is escaped.
    for slow in [
        "<div><table></div></table>",
        "<b><table></b></table>",
        "x\u{a0}",
        "<",
        ">",
        "&amp;",
    ] {
        let parsed = parse(&mail(&format!(
            "Content-Type: text/html; charset=utf-8\n\n{}",
            slow.repeat(60_000)
        )));
        assert_eq!(parsed.problems, [Problem::UncleanableHtml], "{slow}");
    }
    // A calendar of very many lines.
    let parsed = parse(&mail(&format!(
        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n{}END:VCALENDAR\n",
        "X:\n".repeat(50_000)
    )));
    assert_eq!(parsed.problems, [Problem::UnreadableCalendar]);
    let parsed = parse(&mail(&format!(
        "Content-Type: text/html\n\n{}words",
        "<div>".repeat(100_000)
    )));
    assert_eq!(
        (
            parsed.mail.html.is_none(),
            parsed.mail.has_html,
            parsed.mail.text.as_str()
        ),
        (true, true, "words\n")
    );
    assert_eq!(parsed.problems, [Problem::UncleanableHtml]);
}
