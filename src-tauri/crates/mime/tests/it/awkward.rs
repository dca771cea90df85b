//! Awkward mail, written for the purpose: each is what some program really sends.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use mime::{Danger, Problem, Protection, QuotedKind, Scheme, Wanted};

use crate::support::{crlf, mail, parse, render, with_body};

#[test]
fn charsets() {
    let cases: [(&str, &[u8], &str); 11] = [
        ("iso-8859-1", b"\xa1Hola, se\xf1or!", "¡Hola, señor!"),
        ("windows-1252", b"\x80 5 \x96 caf\xe9", "€ 5 – café"),
        ("iso-8859-15", b"\xa4 5", "€ 5"),
        ("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("iso-2022-jp", b"\x1b$B$3$s$K$A$O\x1b(B", "こんにちは"),
        ("gb18030", b"\xc4\xe3\xba\xc3", "你好"),
        ("utf-7", b"Hi Mom +Jjo-!", "Hi Mom ☺!"),
        ("Shift_JIS", b"\x83n\x83\x8d\x81[", "ハロー"),
        ("us-ascii", b"caf\xe9", "café"),
        ("utf-8", b"caf\xc3\xa9", "café"),
        ("\"utf-8\"", b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
    ];
    for (charset, body, expected) in cases {
        let raw = with_body(
            &format!("Content-Type: text/plain; charset={charset}\n"),
            body,
        );
        let parsed = parse(&raw);
        assert_eq!(parsed.mail.text, expected, "{charset}");
        assert_eq!(parsed.problems, [], "{charset}");
    }
    let unknown = parse(&with_body(
        "Content-Type: text/plain; charset=x-klingon\n",
        b"caf\xe9",
    ));
    assert_eq!(unknown.mail.text, "café");
    assert_eq!(unknown.problems, [Problem::UnknownCharset]);
}

#[test]
fn damaged_utf8_keeps_its_sound_characters() {
    let parsed = parse(&with_body(
        "Content-Type: text/plain; charset=utf-8\n",
        "für \u{e9}\u{e9}".as_bytes().strip_suffix(b"\xa9").unwrap(),
    ));
    assert_eq!(parsed.mail.text, "für é\u{FFFD}");
}

#[test]
fn encoded_words_and_parameters() {
    let raw = crlf(
        "From: =?iso-8859-1?Q?Andr=E9_M=FCller?= <andre@other.example>\n\
         To: \"=?utf-8?B?w4RyenRl?=\" <info@riverside.example>, sam@other.example (Sam)\n\
         Cc: Staff: a@riverside.example, B <b@riverside.example>;\n\
         Subject: =?utf-8?Q?Termin_f=C3=BCr?= =?utf-8?Q?_morgen?=\n =?UTF-8?B?8J+Yig==?=\n\
         Message-ID: <two@other.example>\nDate: 7 May 2026 09:30 +0000\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"b\"\n\n\
         --b\nContent-Type: application/pdf; name*0*=utf-8''Befund%20;\n name*1*=%C3%BCber%20Blut.pdf\n\n%PDF-1.7\n\
         --b\nContent-Type: image/png; name=\"=?utf-8?Q?r=C3=B6ntgen.png?=\"\n\nnot a picture\n--b--\n",
    );
    assert_snapshot!(render(&parse(&raw)), @r#"
    from: "André Müller" <andre@other.example>
    to: "Ärzte" <info@riverside.example>, "Sam" <sam@other.example>
    cc: "" <a@riverside.example>, "B" <b@riverside.example>
    id: two@other.example
    date: 1778146200000
    subject: Termin für morgen😊
    attachment: "Befund über Blut.pdf" application/pdf → application/pdf 8 bytes
    attachment: "röntgen.png" image/png → text/plain 13 bytes, Mismatch
    text:
    "#);
}

#[test]
fn raw_eight_bit_headers() {
    let mut raw = b"From: M\xfcller <m@other.example>\r\nDate: Thu, 7 May 2026 09:30:00 +0200\r\nMessage-ID: <x@y.example>\r\nSubject: ".to_vec();
    raw.extend_from_slice("Überweisung\r\n\r\nx".as_bytes());
    let mail = parse(&raw).mail;
    assert_eq!(mail.from.unwrap().name, "Müller");
    assert_eq!(mail.subject, "Überweisung");
}

#[test]
fn flowed_text() {
    let body = "Dear doctor, \nsince Monday I have \na rash. \n\nSam \n> It was \n> quoted. \n>> deeper\n From the start\n-- \nSam";
    let raw = mail(&format!(
        "Content-Type: text/plain; format=flowed\n\n{body}"
    ));
    assert_eq!(
        parse(&raw).mail.text,
        "Dear doctor, since Monday I have a rash. \nSam \n> It was quoted. \n>> deeper\nFrom the start\n-- \nSam"
    );
    let raw = mail("Content-Type: text/plain; format=flowed; delsp=yes\n\nBlut \nzucker \nwert");
    assert_eq!(parse(&raw).mail.text, "Blutzuckerwert");
}

#[test]
fn nested_parts() {
    let raw = mail(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=out\n\npreamble\n\
         --out\nContent-Type: multipart/related; boundary=\"rel\"\n\n\
         --rel\nContent-Type: multipart/alternative; boundary=alt\n\n\
         --alt\nContent-Type: text/plain\n\nPlease see the picture.\n\
         --alt\nContent-Type: text/html\n\n<p>Please see the <b>picture</b>.</p><img src=\"cid:pic@other.example\"><img src=\"cid:foreign\">\
         <img src=\"https://tracker.example/p.gif\" width=1 height=1>\n\
         --alt--\n\
         --rel\nContent-Type: image/png; name=skin.png\nContent-ID: <pic@other.example>\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: inline\n\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n\
         --rel--\n\
         --out\nContent-Type: message/rfc822\n\nFrom: a@b.example\nSubject: Fwd: results 5/7\n\ninner text\n\
         --out\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgAAAA==\n\
         --out--\nepilogue\n",
    );
    assert_snapshot!(render(&parse(&raw)), @r#"
    from: "Sam Reyes" <sam@other.example>
    to: "Front desk" <info@riverside.example>
    id: one@other.example
    date: 1778139000000
    subject: A question
    attachment: "skin.png" image/png → image/png 70 bytes, inline, cid pic@other.example
    attachment: "Fwd_ results 5-7.eml" message/rfc822 → text/plain 58 bytes
    attachment: "winmail.dat" application/ms-tnef → application/ms-tnef 7 bytes
    html: <p>Please see the <b>picture</b>.</p><img data-cid="pic@other.example"><img><img width="1" height="1" data-remote-src="https://tracker.example/p.gif"> (1 remote)
    text:
      | Please see the picture.
    "#);
}

#[test]
fn html_alone_becomes_text() {
    let raw = mail(
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
         <html><head><title>No</title><style>p{color:red}</style></head><body><div>Hello=20doctor,</div>\
         <p>it hurts&nbsp;here &amp; there &lt; 3 days=\n.</p><ul><li>knee<li>hip</ul><table><tr><td>Temp</td><td>38.5</td></tr></table>\
         <div class=3D\"gmail_quote\">On Thu, 7 May 2026 at 09:30, Front desk &lt;info@riverside.example&gt; wrote:<br>\
         <blockquote class=3D\"gmail_quote\" style=3D\"margin:0\"><p>How are you?</p>And the knee?</blockquote></div></body></html>",
    );
    assert_snapshot!(render(&parse(&raw)), @r#"
    from: "Sam Reyes" <sam@other.example>
    to: "Front desk" <info@riverside.example>
    id: one@other.example
    date: 1778139000000
    subject: A question
    html: <div>Hello doctor,</div><p>it hurts&nbsp;here &amp; there &lt; 3 days.</p><ul><li>knee</li><li>hip</li></ul><table><tbody><tr><td>Temp</td><td>38.5</td></tr></tbody></table><div>On Thu, 7 May 2026 at 09:30, Front desk &lt;info@riverside.example&gt; wrote:<br><blockquote style="margin: 0"><p>How are you?</p>And the knee?</blockquote></div> (0 remote)
    text:
      | Hello doctor,
      | 
      | it hurts here & there < 3 days.
      | 
      | - knee
      | - hip
      | 
      | Temp 38.5
      | 
    E | On Thu, 7 May 2026 at 09:30, Front desk <info@riverside.example> wrote:
    E | > How are you?
    E | >
    E | > And the knee?
    "#);
}

#[test]
fn text_between_attachments_is_all_read() {
    let raw = mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nFirst.\n--b\nContent-Type: image/jpeg; name=a.jpg\n\n\
         x\n--b\nContent-Type: text/html\n\n<p>Second.</p>\n--b\nContent-Type: text/plain; name=notes.txt\n\nThird.\n--b--\n",
    );
    let mail = parse(&raw).mail;
    assert_eq!(mail.text, "First.\n\nSecond.\n");
    let names: Vec<_> = mail
        .attachments
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["a.jpg", "notes.txt"]);
}

#[test]
fn protection() {
    let cases = [
        (
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIAG",
            Protection::Encrypted(Scheme::Smime),
        ),
        (
            "Content-Type: application/x-pkcs7-mime; smime-type=signed-data\n\nMIAG",
            Protection::Signed(Scheme::Smime),
        ),
        (
            "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=s\n\n--s\n\nHi\n--s\n\
             Content-Type: application/pkcs7-signature\n\nMIAG\n--s--\n",
            Protection::Signed(Scheme::Smime),
        ),
        (
            "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=s\n\n--s\nContent-Type: application/pgp-encrypted\n\n\
             Version: 1\n--s\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n--s--\n",
            Protection::Encrypted(Scheme::Pgp),
        ),
        (
            "\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n",
            Protection::Encrypted(Scheme::Pgp),
        ),
        (
            "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHi\n",
            Protection::Signed(Scheme::Pgp),
        ),
        ("\nHi", Protection::None),
    ];
    for (rest, expected) in cases {
        assert_eq!(parse(&mail(rest)).mail.protection, expected, "{rest}");
    }
    // The signed text is the body, the signature an attachment.
    let signed = parse(&mail(cases[2].0)).mail;
    assert_eq!(
        (signed.text.as_str(), signed.attachments[0].name.as_str()),
        ("Hi", "smime.p7s")
    );
}

#[test]
fn identifiers() {
    let raw = crlf(
        "From: s@other.example\nDate: Thu, 7 May 2026 09:30:00 +0200\nMessage-ID: <first@other.example>\nMessage-ID: <second@other.example>\n\
         In-Reply-To: Your message of \"Wed\" <a@b.example>\n\
         References: <x@y.example>,<foreign-id>, <very-long-\n  folded@y.example>\n <x@y.example> <a@b.example>\nSubject: x\n\nx",
    );
    let parsed = parse(&raw);
    assert_eq!(parsed.mail.message_id.value, "first@other.example");
    assert_eq!(parsed.mail.in_reply_to, ["a@b.example"]);
    assert_eq!(
        parsed.mail.references,
        [
            "x@y.example",
            "foreign-id",
            "very-long-folded@y.example",
            "a@b.example"
        ]
    );
    assert_eq!(parsed.problems, [Problem::RepeatedField]);
}

#[test]
fn a_missing_identifier_is_made_and_stable() {
    let one = crlf("From: s@other.example\nDate: Thu, 7 May 2026 09:30:00 +0200\nSubject: x\n\nx");
    let other =
        crlf("From: s@other.example\nDate: Thu, 7 May 2026 09:30:00 +0200\nSubject: x\n\nxy");
    let (first, again, different) = (parse(&one), parse(&one), parse(&other));
    assert!(first.mail.message_id.synthesised);
    assert_eq!(first.mail.message_id.value, again.mail.message_id.value);
    assert_ne!(first.mail.message_id.value, different.mail.message_id.value);
    assert_eq!(first.problems, [Problem::MissingMessageId]);
    assert!(first.mail.message_id.value.ends_with("@missing-id.invalid"));
}

#[test]
fn absurd_dates() {
    let date = |value: &str| {
        let parsed = parse(&crlf(&format!(
            "From: a@b.example\nMessage-ID: <a@b>\nDate: {value}\n\nx"
        )));
        (
            parsed.mail.date,
            parsed.problems.contains(&Problem::UnreadableDate),
        )
    };
    assert_eq!(
        date("Thu, 7 May 2026 09:30:00 +0200"),
        (Some(1_778_139_000_000), false)
    );
    assert_eq!(date("7 May 26 07:30 GMT"), (Some(1_778_139_000_000), false));
    assert_eq!(
        date("Thu, 7 May 2026 09:30:00 +0200 (CEST)"),
        (Some(1_778_139_000_000), false)
    );
    assert_eq!(
        date("Mon, 1 Jan 2099 00:00:00 +0000"),
        (Some(4_070_908_800_000), false)
    );
    assert_eq!(
        date("Mon, 1 Jan 1904 00:00:00 +0000").0,
        Some(-2_082_844_800_000)
    );
    assert_eq!(
        date("Thu, 7 May 2026 07:30:00"),
        (Some(1_778_139_000_000), false)
    );
    assert_eq!(
        date("Thu, 07 May 2026 7:30 UT"),
        (Some(1_778_139_000_000), false)
    );
    assert_eq!(date("yesterday"), (None, true));
    assert_eq!(date(""), (None, true));
    assert_eq!(date("99 Foo 99999 99:99:99 +9999").0, None);
}

#[test]
fn invitations() {
    let raw = mail(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nPlease come.\n--b\n\
         Content-Type: text/calendar; method=REQUEST; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
         BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19701025T030000\n\
         TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:ev-1@riverside.example\nSEQUENCE:2\n\
         SUMMARY:Blood test\\, fasting\nLOCATION:Room 3\nDTSTART;TZID=Europe/Berlin:20260511T093000\nDTEND;TZID=\"Europe/Berlin\":20260511T094500\n\
         ORGANIZER;CN=\"Front desk\":MAILTO:info@riverside.example\nATTENDEE;PARTSTAT=NEEDS-ACTION;CN=Sam:mailto:sam@other.exam\n ple\nSTATUS:CONFIRMED\n\
         END:VEVENT\nBEGIN:VEVENT\nUID:ev-2\nDTSTART;VALUE=DATE:20260512\nDTEND:20260512T100000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Week\nEND:VEVENT\nEND:VCALENDAR\n--b--\n",
    );
    assert_snapshot!(render(&parse(&raw)), @r#"
    from: "Sam Reyes" <sam@other.example>
    to: "Front desk" <info@riverside.example>
    id: one@other.example
    date: 1778139000000
    subject: A question
    calendar: REQUEST
      event: "Blood test, fasting" uid=ev-1@riverside.example seq=2 by Some("info@riverside.example") from Some(CalendarTime { local: "2026-05-11T09:30:00", zone: Some("Europe/Berlin") }) to Some(CalendarTime { local: "2026-05-11T09:45:00", zone: Some("Europe/Berlin") }) at "Room 3" CONFIRMED [("sam@other.example", "NEEDS-ACTION")] None
      event: "Week" uid=ev-2 seq=0 by None from Some(CalendarTime { local: "2026-05-12", zone: None }) to Some(CalendarTime { local: "2026-05-12T10:00:00", zone: Some("UTC") }) at ""  [] Some("FREQ=WEEKLY;COUNT=3")
    text:
      | Please come.
    "#);
    let broken = parse(&mail(
        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n",
    ));
    assert_eq!(
        (broken.mail.calendar.len(), broken.problems.as_slice()),
        (0, [Problem::UnreadableCalendar].as_slice())
    );
    let deep = format!(
        "Content-Type: text/calendar\n\n{}",
        "BEGIN:VCALENDAR\n".repeat(10_000)
    );
    assert_eq!(parse(&mail(&deep)).problems, [Problem::UnreadableCalendar]);
}

#[test]
fn not_a_mail() {
    for raw in [
        &b""[..],
        b"\0\0\0",
        b"just some words\nand more",
        b"\r\n\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b": x",
    ] {
        let parsed = parse(raw);
        assert!(parsed.problems.contains(&Problem::Unreadable), "{raw:?}");
        assert!(parsed.mail.message_id.synthesised);
    }
    assert_eq!(
        parse(b"just some words\nand more").mail.text,
        "just some words\nand more"
    );
    assert_eq!(parse(b"caf\xe9 \0x").mail.text, "café x");
}

#[test]
fn truncated_and_careless() {
    let cut = parse(&mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello and th",
    ));
    assert_eq!(
        (cut.mail.text.as_str(), cut.problems.as_slice()),
        ("Hello and th", [Problem::Truncated].as_slice())
    );

    let unbounded = parse(&mail("Content-Type: multipart/mixed\n\nHello"));
    assert_eq!(
        (unbounded.mail.text.as_str(), unbounded.problems.as_slice()),
        ("Hello", [Problem::MissingBoundary].as_slice())
    );

    let wrong = parse(&mail(
        "Content-Type: multipart/mixed; boundary=zzz\n\n--other\n\nHello\n--other--\n",
    ));
    assert!(wrong.mail.text.contains("Hello"));

    let glued = parse(&mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOne--b\n\nTwo--b--",
    ));
    assert_eq!(
        glued.mail.text, "One--b\n\nTwo--b--",
        "a boundary within a line is text while a proper one is there"
    );

    let no_blank_line = parse(&crlf(
        "From: a@b.example\nSubject: x\nThis is the text.\nMore of it.",
    ));
    assert_eq!(no_blank_line.mail.text, "This is the text.\nMore of it.");

    let broken_folding = parse(&crlf(
        "From: a@b.example\nX-Long: one\ntwo without colon\nSubject: kept\n\ntext",
    ));
    assert_eq!(
        (
            broken_folding.mail.subject.as_str(),
            broken_folding.mail.text.as_str()
        ),
        ("kept", "text")
    );

    let envelope = parse(&crlf(
        "From sam@other.example Thu May  7 09:30:00 2026\nFrom: a@b.example\nDate: Thu, 7 May 2026 09:30:00 +0200\nMessage-ID: <a@b>\n\ntext",
    ));
    assert_eq!(
        (envelope.mail.text.as_str(), envelope.problems.len()),
        ("text", 0)
    );

    let old_mac = parse(b"From: a@b.example\rSubject: x\r\rone\rtwo");
    assert_eq!(
        (old_mac.mail.subject.as_str(), old_mac.mail.text.as_str()),
        ("x", "one\ntwo")
    );

    let base64 = parse(&mail(
        "Content-Transfer-Encoding: base64\n\nSGVsbG8*gd29y\n!bGQ=\n",
    ));
    assert_eq!(
        (base64.mail.text.as_str(), base64.problems.as_slice()),
        ("Hello world", [Problem::DamagedEncoding].as_slice())
    );

    let quoted = parse(&mail(
        "Content-Transfer-Encoding: quoted-printable\n\n100=% sure =E2=82=AC=\n.\n",
    ));
    assert_eq!(
        (quoted.mail.text.as_str(), quoted.problems.as_slice()),
        ("100=% sure €.\n", [Problem::DamagedEncoding].as_slice())
    );

    let nul = parse(&with_body("", b"a\0b\r\nc"));
    assert_eq!(nul.mail.text, "ab\nc");
}

#[test]
fn names_cannot_imitate() {
    let raw = crlf(
        "From: \"Riverside \u{202E}cinilC\u{202C}\r\n\t Clinic\" <a@b.example>\nSubject: a\u{2066}b\tc\n\nx",
    );
    let mail = parse(&raw).mail;
    assert_eq!(mail.from.unwrap().name, "Riverside cinilC Clinic");
    assert_eq!(mail.subject, "ab c");
}

#[test]
fn no_patient_text_in_debug_output() {
    let parsed = parse(&mail(
        "X-Failed-Recipients: canary@other.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ncanary\n--b\nContent-Type: text/html; name=canary.html\n\ncanary\n--b--\n",
    ));
    let printed = format!(
        "{parsed:?} {:?} {:?} {:?} {:?}",
        parsed.mail.attachments, parsed.mail.from, parsed.mail.bounce, parsed.mail.message_id
    );
    for word in ["canary", "Sam", "other.example", "question"] {
        assert!(!printed.contains(word), "{word} in {printed}");
    }
}

#[test]
fn only_what_is_wanted() {
    let raw = mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Hi</p>\n--b\nContent-Type: application/x; name=a.exe\n\nMZ\n--b--\n",
    );
    let mail = mime::parse_wanted(&raw, Wanted::TEXT).mail;
    assert_eq!(
        (mail.text.as_str(), mail.has_html, mail.html.is_none()),
        ("Hi\n", true, true)
    );
    assert_eq!(
        (mail.attachments[0].size, mail.attachments[0].data.len()),
        (2, 0)
    );
    assert_eq!(mail.attachments[0].danger, Some(Danger::Executable));
}

#[test]
fn subjects() {
    let cases = BTreeMap::from([
        ("Re: AW: Fwd: WG: Rezept", "Rezept"),
        ("RE[2]: re(3): Re^4: x", "x"),
        ("Antw: RV: Tr: VS: SV: Odp: Ynt: hello", "hello"),
        ("回复：转发: 你好", "你好"),
        ("Re : spaced", "spaced"),
        ("[list] Re: x", "[list] Re: x"),
        ("Result: normal", "Result: normal"),
        ("re", "re"),
        ("Re:", ""),
        ("  a   b ", "a b"),
        ("Re:Re:RE:\tre: y", "y"),
        ("Ärger: x", "Ärger: x"),
    ]);
    for (subject, expected) in cases {
        assert_eq!(mime::normalise_subject(subject), expected, "{subject}");
    }
}

#[test]
fn a_reply_is_folded() {
    let raw = mail(
        "\nThank you.\n\nOn Thu, 7 May 2026 at 09:30, Front desk\n<info@riverside.example> wrote:\n\n> How are you?\n>\n> Bye\n\n-- \nSam\n",
    );
    let mail = parse(&raw).mail;
    let kinds: Vec<_> = mail
        .quoted
        .iter()
        .map(|one| (one.kind, &mail.text[one.range.clone()]))
        .collect();
    assert_eq!(
        kinds,
        [
            (
                QuotedKind::Earlier,
                "On Thu, 7 May 2026 at 09:30, Front desk\n<info@riverside.example> wrote:\n\n> How are you?\n>\n> Bye\n"
            ),
            (QuotedKind::Signature, "-- \nSam\n"),
        ]
    );
}
