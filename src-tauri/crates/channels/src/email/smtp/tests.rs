//! What a server's answers mean for a reply, and that no text ends a message early.

use proptest::prelude::*;

use super::*;

fn reply(text: &str) -> Reply {
    let (code, rest) = text.split_at(3);
    let code: u16 = code.parse().unwrap();
    let rest = rest.trim();
    let enhanced = rest
        .split(' ')
        .next()
        .filter(|word| is_enhanced(word, code));
    Reply {
        code,
        enhanced: enhanced.map(str::to_owned),
        lines: vec![rest.to_owned()],
    }
}

#[test]
fn answers_mean_what_the_standards_and_providers_say() {
    use SendFailure::{Refused, SignIn, TooLarge, UnknownRecipient};
    for (text, step, expected) in [
        (
            "550 5.1.1 no such user",
            Step::Recipient,
            Some(UnknownRecipient),
        ),
        ("550 unknown", Step::Recipient, Some(UnknownRecipient)),
        ("550 5.7.1 policy", Step::Recipient, Some(Refused)),
        (
            "550 5.7.30 basic authentication is off",
            Step::Mail,
            Some(SignIn),
        ),
        (
            "530 5.7.0 authentication required",
            Step::Mail,
            Some(SignIn),
        ),
        ("552 5.3.4 too large", Step::Mail, Some(TooLarge)),
        ("552 5.2.2 mailbox full", Step::Text, Some(Refused)),
        ("554 5.6.0 content", Step::Text, Some(Refused)),
        ("553 5.1.8 sender domain", Step::Mail, Some(Refused)),
        ("450 4.7.1 greylisted", Step::Recipient, None),
        ("432 4.3.2 too fast", Step::Text, None),
        ("250 ok", Step::Data, None),
    ] {
        match (judge(&reply(text), step), expected) {
            (Handed::Refused { failure, .. }, Some(expected)) => {
                assert_eq!(failure, expected, "{text}");
            }
            (Handed::Deferred { why }, None) => assert!(why.code.is_some()),
            (other, _) => panic!("{text}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn no_text_can_end_the_message_early(message in "[.a\r\n]{0,60}") {
        let travelling = stuffed(message.as_bytes());
        let text = String::from_utf8(travelling).unwrap();
        prop_assert!(text.is_empty() || text.ends_with("\r\n"));
        let begun = ["\r\n", &text].concat();
        prop_assert!(!begun.contains("\r\n.\r\n"));
        // A receiver gets the lines back.
        let received: Vec<&str> = text.split_terminator("\r\n").map(|line| line.strip_prefix('.').unwrap_or(line)).collect();
        let sent: Vec<&str> = message.split_inclusive('\n').map(|line| {
            let line = line.strip_suffix('\n').unwrap_or(line);
            line.strip_suffix('\r').unwrap_or(line)
        }).collect();
        prop_assert_eq!(received, sent);
    }
}
