//! What the reply guard finds, and what it lets pass.

use anteroom_triage::{FindingKind as Kind, PracticeFacts, Reply, Verdict, Visibility, guard};

fn check(visibility: Visibility, reply: &str) -> (Verdict, Vec<Kind>) {
    let practice = PracticeFacts {
        name: "Elm Street Clinic".into(),
        phones: vec!["(555) 555-0100".into()],
        emails: vec![],
        addresses: vec![],
        staff: vec!["Dr. Lee".into()],
    };
    let others = ["Carl Reyes".to_owned()];
    let answer = guard(&Reply {
        visibility,
        channel: "review",
        inbound: "my daughter Emma loved it",
        contact_name: "Ana Ruiz",
        other_known_contacts: &others,
        reply,
        practice: &practice,
    });
    (
        answer.verdict,
        answer.findings.iter().map(|f| f.kind).collect(),
    )
}

#[test]
fn public_replies_that_give_something_away() {
    for (reply, kind) in [
        ("Thanks, Ana!", Kind::Name),
        ("So glad Emma had fun", Kind::Name),
        (
            "To confirm, your date of birth is 04/12/1981",
            Kind::BirthDate,
        ),
        ("We'll call you at 555-0142", Kind::Phone),
        ("We tried five five five zero one four two", Kind::Phone),
        ("We wrote to ana.ruiz@gmail.com", Kind::Email),
        ("We wrote to ana dot ruiz at gmail dot com", Kind::Email),
        ("It was mailed to 482 Maple Street", Kind::Address),
        ("Your chart number is 0048213", Kind::RecordNumber),
        (
            "Your member ID XJB99120331 was rejected",
            Kind::InsuranceNumber,
        ),
        ("We have 123-45-6789 on file", Kind::Ssn),
        ("Your surgery on March 3 went well", Kind::DateOfCare),
        (
            "Your blood pressure was a little high",
            Kind::ClinicalDetail,
        ),
        ("See you at your appointment!", Kind::PatientDisclosure),
        (
            "Our records show that we called you",
            Kind::PatientDisclosure,
        ),
        ("So glad your knee is healing", Kind::PatientDisclosure),
        (
            "Thank you for trusting us with your care",
            Kind::PatientDisclosure,
        ),
        ("Gracias por su visita", Kind::PatientDisclosure),
        ("Carl Reyes said the same", Kind::OtherContact),
        ("Hello {contact.first_name}, thanks", Kind::EmptyField),
    ] {
        let (verdict, kinds) = check(Visibility::Public, reply);
        assert!(
            verdict == Verdict::Block && kinds.contains(&kind),
            "{reply}: {verdict:?} {kinds:?}"
        );
    }
}

#[test]
fn what_a_practice_may_say_to_everyone() {
    for reply in [
        "Thank you for the kind words!",
        "Please call our office manager at 555-0100.",
        "We are open Monday to Friday, 8 to 5, at 200 Main Street.",
        "Dr. Lee will be delighted to read this.",
        "To protect privacy, we can't confirm or deny whether anyone is a patient.",
        "Chest pain can be a sign of a heart attack. Call 911.",
        "People with diabetes should have their eyes checked once a year.",
        "Join us for our flu clinic on Saturday, October 12.",
        "Call 555-0100 to schedule an appointment.",
        "Para hacer una cita, llame al 555-0100.",
    ] {
        let (verdict, kinds) = check(Visibility::Public, reply);
        assert_eq!(verdict, Verdict::Pass, "{reply}: {kinds:?}");
    }
}

#[test]
fn private_replies() {
    assert_eq!(
        check(
            Visibility::Private,
            "Hi Ana, your results are normal. See you on Tuesday at 2."
        )
        .0,
        Verdict::Pass
    );
    for (reply, verdict, kind) in [
        (
            "Hi Robert, your results are normal.",
            Verdict::Block,
            Kind::WrongRecipient,
        ),
        (
            "Attached are Carl Reyes's results.",
            Verdict::Block,
            Kind::OtherContact,
        ),
        (
            "Please arrive at ____ on Monday.",
            Verdict::Block,
            Kind::EmptyField,
        ),
        (
            "I guarantee this will cure you.",
            Verdict::Warn,
            Kind::DiagnosisPromise,
        ),
        (
            "Calm down and stop whining.",
            Verdict::Warn,
            Kind::Unprofessional,
        ),
    ] {
        let (got, kinds) = check(Visibility::Private, reply);
        assert!(
            got == verdict && kinds.contains(&kind),
            "{reply}: {got:?} {kinds:?}"
        );
    }
}
