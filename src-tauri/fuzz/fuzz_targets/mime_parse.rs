//! Any bytes are read without a panic, twice the same, and what is said about the text holds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mime::{Wanted, mbox};

fuzz_target!(|raw: &[u8]| {
    let parsed = mime::parse(raw);
    let mail = &parsed.mail;
    let mut before = 0;
    for quoted in &mail.quoted {
        assert!(quoted.range.start >= before && quoted.range.start < quoted.range.end);
        assert!(mail.text.get(quoted.range.clone()).is_some());
        before = quoted.range.end;
    }
    for attachment in &mail.attachments {
        let name = attachment.name.as_str();
        assert!(!name.is_empty() && !name.contains(['/', '\\', '\0']));
        assert_eq!(mime::SafeName::new(name), attachment.name);
    }
    let short = mime::parse_wanted(raw, Wanted::TEXT).mail;
    assert_eq!(
        (&short.text, &short.message_id),
        (&mail.text, &mail.message_id)
    );
    let subject = mime::normalise_subject(&mail.subject);
    assert_eq!(mime::normalise_subject(&subject), subject);
    let _ = mbox::Reader::new(raw).at_most(64 * 1024).count();
});
