//! Sentence → acuity, per red flag family and per context rule.

use anteroom_triage::{Acuity, Input, Tag, assess};

fn acuity(text: &str) -> Acuity {
    assess(&Input {
        channel: "email",
        text,
        sent_at: None,
    })
    .acuity
}

#[track_caller]
fn table(rows: &[(&str, Acuity)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(text, want)| acuity(text) != *want)
        .map(|(text, want)| format!("{text:?}: wanted {want}, got {}", acuity(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

use Acuity::{Administrative as Admin, Emergency, Routine, SameDay};

#[test]
fn emergencies_by_family() {
    table(&[
        ("my chest feels tight and my left arm is numb", Emergency),
        ("jaw ache, sweating and sick, no real chest pain", Emergency),
        ("his face is drooping on one side", Emergency),
        ("cant breath", Emergency),
        ("lips swelling after peanuts, throat feels tight", Emergency),
        ("the cut wont stop bleeding", Emergency),
        ("he hit his head and keeps throwing up", Emergency),
        ("fever, stiff neck and a purple rash", Emergency),
        ("34 weeks pregnant and bleeding", Emergency),
        ("our 4 week old has a fever", Emergency),
        ("no wet diaper since yesterday, baby is limp", Emergency),
        ("my toddler drank bleach", Emergency),
        ("sudden terrible belly pain, hard as a board", Emergency),
        ("sudden pain in one testicle", Emergency),
        ("numb between my legs and cant pee", Emergency),
        ("calf swollen and now short of breath", Emergency),
        ("blood sugar 40 and confused", Emergency),
        ("he is having a seizure", Emergency),
        ("boiling water all over her face", Emergency),
        (
            "out in the heat all day, confused, stopped sweating",
            Emergency,
        ),
        ("bleach in my eye", Emergency),
        ("my incision opened up after surgery", Emergency),
        (
            "skin peeling and blisters in my mouth since the new antibiotic",
            Emergency,
        ),
        ("I want to kill myself", Emergency),
        ("he choked me last night and has a gun", Emergency),
        ("no puedo respirar", Emergency),
        ("me duele mucho el pecho", Emergency),
        ("mi bebé de un mes tiene fiebre", Emergency),
    ]);
}

#[test]
fn same_day_by_family() {
    table(&[
        ("fever of 102 for three days", SameDay),
        ("burns when I pee, with back pain and chills", SameDay),
        ("my wound is red and oozing pus", SameDay),
        ("ran out of insulin yesterday", SameDay),
        ("left calf is swollen and tender", SameDay),
        ("new floaters in my right eye", SameDay),
        ("a dog bit my hand", SameDay),
        ("blood in my urine since yesterday", SameDay),
        ("hives all over since this morning", SameDay),
        ("I think my wrist is broken", SameDay),
        ("me arde al orinar", SameDay),
    ]);
}

#[test]
fn context_keeps_words_from_raising() {
    table(&[
        (
            "no chest pain, just wondering about my cholesterol",
            Routine,
        ),
        ("denies chest pain or shortness of breath", Routine),
        ("no fever, chills or chest pain", Routine),
        ("My mother had a stroke in 2010, am I at risk?", Routine),
        (
            "I had a heart attack five years ago and want to start jogging",
            Routine,
        ),
        ("is chest pain a side effect of lisinopril?", Routine),
        ("what are the signs of a stroke?", Routine),
        ("if I ever get chest pain, what should I do?", Routine),
        ("the leaflet says it may cause trouble breathing", Routine),
        (
            "sin dolor de pecho, solo quiero saber de mi colesterol",
            Routine,
        ),
        ("this hold music is killing me", Admin),
        ("I nearly had a heart attack when I saw the bill", Admin),
        ("what time is the stroke support group?", Admin),
    ]);
}

#[test]
fn context_does_not_hide_danger() {
    table(&[
        ("no fever or chills, but my chest hurts", Emergency),
        (
            "not sure if this is a heart attack but my chest is so tight",
            Emergency,
        ),
        (
            "I had a heart attack 5 years ago and now my chest hurts again",
            Emergency,
        ),
        ("I can't get the bleeding to stop", Emergency),
        (
            "Hi, hope you're well. I wanted to reschedule my visit. Also my dad's face is drooping since breakfast. Thanks!",
            Emergency,
        ),
    ]);
}

#[test]
fn self_harm_has_its_mark() {
    for (text, harm) in [
        ("I want to die", true),
        ("I started cutting again", true),
        ("ya no quiero vivir", true),
        ("my daughter says she wants to kill herself", true),
        ("I cut myself shaving", false),
        ("I was dying of embarrassment", false),
        ("i ran 10 kms today", false),
        ("chest pain since this morning", false),
    ] {
        assert_eq!(
            assess(&Input {
                channel: "",
                text,
                sent_at: None
            })
            .self_harm,
            harm,
            "{text}"
        );
    }
}

#[test]
fn subjects() {
    for (text, tag) in [
        (
            "can I get an appointment next week",
            Tag::AppointmentRequest,
        ),
        ("I need to cancel my visit tomorrow", Tag::AppointmentChange),
        ("please refill my metformin", Tag::Refill),
        ("are my lab results back", Tag::TestResult),
        ("why was I charged twice", Tag::Billing),
        ("I need a school form signed", Tag::Forms),
        (
            "your receptionist was rude and nobody called me back",
            Tag::Complaint,
        ),
        ("thank you, the staff were wonderful", Tag::Praise),
        ("it would be nice if you had weekend hours", Tag::Feedback),
        (
            "zoloft is giving me terrible headaches",
            Tag::AdverseReaction,
        ),
        ("vaccines cause autism", Tag::Misinformation),
        ("claim your free prize, click the link", Tag::Spam),
        ("are you hiring a medical assistant?", Tag::JobSeeker),
        (
            "I'm a reporter with the Herald, could someone comment?",
            Tag::MediaEnquiry,
        ),
        ("where do I park", Tag::Other),
    ] {
        let tags: Vec<Tag> = assess(&Input {
            channel: "",
            text,
            sent_at: None,
        })
        .tags
        .iter()
        .map(|t| t.tag)
        .collect();
        assert!(tags.contains(&tag), "{text}: {tags:?}");
    }
}

#[test]
fn a_reaction_names_product_and_what_is_lacking() {
    let reaction = assess(&Input {
        channel: "",
        text: "Since I started Zoloft I have terrible headaches",
        sent_at: None,
    })
    .adverse_reaction
    .unwrap();
    assert_eq!(reaction.product.as_deref(), Some("Zoloft"));
    assert_eq!(reaction.reaction, "headaches");
    assert!(reaction.missing.contains(&"dose"));
}
