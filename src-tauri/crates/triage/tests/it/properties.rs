//! What holds for any text.

use anteroom_triage::{Input, PracticeFacts, Reply, Verdict, Visibility, assess, guard};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "\\PC{0,6}",
        Just("chest pain".to_owned()),
        Just("no".to_owned()),
        Just("😢".to_owned()),
        Just("\n".to_owned()),
        Just("5 weeks old".to_owned()),
        Just("if I have".to_owned()),
        Just("ñandú".to_owned()),
        Just("years ago".to_owned()),
        Just("your appointment on 3/4/2024".to_owned()),
        Just("{name}".to_owned()),
    ];
    prop::collection::vec(word, 0..30).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn spans_are_valid(text in text()) {
        let answer = assess(&Input { channel: "", text: &text, sent_at: None });
        for span in answer.red_flags.iter().map(|f| &f.span).chain(answer.tags.iter().flat_map(|t| &t.spans)) {
            prop_assert!(text.get(span.clone()).is_some_and(|words| !words.is_empty()));
        }
    }

    #[test]
    fn the_same_text_gives_the_same_answer(text in text()) {
        let input = Input { channel: "email", text: &text, sent_at: None };
        prop_assert_eq!(assess(&input), assess(&input));
    }

    #[test]
    fn adding_a_danger_sentence_raises(text in text()) {
        let before = assess(&Input { channel: "", text: &text, sent_at: None }).acuity;
        let more = format!("{text}\n\nI cannot breathe right now.");
        let after = assess(&Input { channel: "", text: &more, sent_at: None }).acuity;
        prop_assert!(after >= before);
        prop_assert_eq!(after, anteroom_triage::Acuity::Emergency);
    }

    #[test]
    fn the_guard_marks_what_it_finds(reply in text(), public in any::<bool>()) {
        let visibility = if public { Visibility::Public } else { Visibility::Private };
        let answer = guard(&Reply { visibility, channel: "", inbound: "", contact_name: "Ana Ruiz", other_known_contacts: &[], reply: &reply, practice: &PracticeFacts::default() });
        for finding in &answer.findings {
            prop_assert_eq!(reply.get(finding.span.clone()), Some(finding.text.as_str()));
        }
        prop_assert_eq!(answer.verdict == Verdict::Pass, answer.findings.is_empty());
    }
}
