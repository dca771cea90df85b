//! Prints recall, precision, F1, confusion and speed per task, beside plain baselines.
//!
//! Measured on the sets of `corpus/` that were written apart from tuning (`*-heldout.tsv`), on those that were
//! tuned on (marked so), and on the public sets of `../shared/evaldata` beside the repository, of which only the
//! fifth kept apart from training counts. Run: `cargo run -p anteroom-triage --example evaluate`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a report printed by hand and by make"
)]

use anteroom_triage::{
    Acuity, Input, PracticeFacts, Reply, Sentiment, Tag, Verdict, Visibility, assess,
    evaluation::kept_apart, guard,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Default, Clone, Copy)]
struct Count {
    hit: f64,
    false_alarm: f64,
    missed: f64,
}

impl Count {
    fn add(&mut self, gold: bool, said: bool) {
        match (gold, said) {
            (true, true) => self.hit += 1.0,
            (false, true) => self.false_alarm += 1.0,
            (true, false) => self.missed += 1.0,
            _ => {}
        }
    }
    fn recall(self) -> f64 {
        self.hit / (self.hit + self.missed).max(1.0)
    }
    fn precision(self) -> f64 {
        self.hit / (self.hit + self.false_alarm).max(1.0)
    }
    fn f1(self) -> f64 {
        2.0 * self.hit / (2.0 * self.hit + self.false_alarm + self.missed).max(1.0)
    }
    fn print(self, name: &str, baseline: Count) {
        println!(
            "  {name:28} recall {:.3} precision {:.3} F1 {:.3}   | keywords: recall {:.3} precision {:.3} F1 {:.3}",
            self.recall(),
            self.precision(),
            self.f1(),
            baseline.recall(),
            baseline.precision(),
            baseline.f1()
        );
    }
}

/// The plain keyword lists that a practice might begin with.
const EMERGENCY_WORDS: &[&str] = &[
    "chest pain",
    "can't breathe",
    "cant breathe",
    "heart attack",
    "stroke",
    "seizure",
    "unconscious",
    "suicid",
    "kill myself",
    "overdose",
    "bleeding",
    "anaphyla",
    "911",
    "ambulance",
    "emergency",
    "passed out",
    "poison",
    "dolor de pecho",
    "no puedo respirar",
    "sangr",
    "convuls",
];
const SAME_DAY_WORDS: &[&str] = &[
    "fever",
    "infection",
    "vomiting",
    "severe",
    "blood",
    "swollen",
    "rash",
    "worse",
    "pain",
    "fiebre",
    "dolor",
    "urgent",
];
const SELF_HARM_WORDS: &[&str] = &[
    "suicid",
    "kill myself",
    "end my life",
    "want to die",
    "self harm",
    "self-harm",
    "quiero morir",
    "matarme",
];
const TAG_WORDS: &[(Tag, &[&str])] = &[
    (
        Tag::AppointmentRequest,
        &["appointment", "schedule", "book", "cita"],
    ),
    (Tag::AppointmentChange, &["reschedule", "cancel"]),
    (
        Tag::ClinicalQuestion,
        &["should i", "pain", "symptom", "fever", "dolor", "normal"],
    ),
    (Tag::Refill, &["refill", "prescription", "receta"]),
    (Tag::TestResult, &["result", "lab"]),
    (Tag::Billing, &["bill", "charge", "insurance", "cost"]),
    (Tag::Forms, &["form", "records", "note"]),
    (
        Tag::Complaint,
        &[
            "rude",
            "terrible",
            "worst",
            "complain",
            "waited",
            "unacceptable",
        ],
    ),
    (
        Tag::Praise,
        &[
            "thank",
            "great",
            "amazing",
            "best",
            "wonderful",
            "excellent",
            "good",
            "friendly",
            "helpful",
        ],
    ),
    (Tag::Feedback, &["suggest", "feedback"]),
    (
        Tag::AdverseReaction,
        &[
            "side effect",
            "reaction",
            "nausea",
            "rash",
            "dizz",
            "headache",
        ],
    ),
    (Tag::Misinformation, &["autism", "big pharma", "hoax"]),
    (Tag::Spam, &["free", "click", "win", "prize", "seo"]),
    (Tag::JobSeeker, &["hiring", "resume", "job"]),
    (Tag::MediaEnquiry, &["reporter", "journalist", "interview"]),
];

fn contains(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|w| text.contains(w))
}

fn said(text: &str) -> anteroom_triage::Assessment {
    assess(&Input {
        channel: "email",
        text,
        sent_at: None,
    })
}

fn rows(path: &Path) -> Option<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(
        text.lines()
            .filter(|l| !l.starts_with('#') && !l.is_empty())
            .map(|l| l.split('\t').map(str::to_owned).collect())
            .collect(),
    )
}

fn messages(path: &Path) {
    let Some(rows) = rows(path) else {
        return println!("  absent");
    };
    let (mut emergency, mut urgent, mut harm) = (
        [Count::default(); 2],
        [Count::default(); 2],
        [Count::default(); 2],
    );
    let mut tags: BTreeMap<Tag, [Count; 2]> = BTreeMap::new();
    let mut confusion: BTreeMap<(String, Acuity), usize> = BTreeMap::new();
    for row in &rows {
        let [gold, tagged, text] = &row[..] else {
            continue;
        };
        let answer = said(text);
        let level = gold.trim_end_matches('!').chars().next().unwrap_or('A');
        *confusion
            .entry((level.to_string(), answer.acuity))
            .or_default() += 1;
        let word_emergency = contains(text, EMERGENCY_WORDS);
        emergency[0].add(level == 'E', answer.acuity == Acuity::Emergency);
        emergency[1].add(level == 'E', word_emergency);
        urgent[0].add(matches!(level, 'E' | 'S'), answer.acuity >= Acuity::SameDay);
        urgent[1].add(
            matches!(level, 'E' | 'S'),
            word_emergency || contains(text, SAME_DAY_WORDS),
        );
        harm[0].add(gold.ends_with('!'), answer.self_harm);
        harm[1].add(gold.ends_with('!'), contains(text, SELF_HARM_WORDS));
        if tagged != "-" {
            for tag in Tag::ALL {
                let want = tagged.split(',').any(|t| t == tag.name());
                let counts = tags.entry(tag).or_default();
                counts[0].add(want, answer.tags.iter().any(|t| t.tag == tag));
                counts[1].add(
                    want,
                    TAG_WORDS
                        .iter()
                        .any(|(t, words)| *t == tag && contains(text, words)),
                );
            }
        }
    }
    println!("  {} messages", rows.len());
    emergency[0].print("emergency", emergency[1]);
    urgent[0].print("emergency or same day", urgent[1]);
    harm[0].print("self-harm", harm[1]);
    let judged: Vec<_> = tags
        .iter()
        .filter(|(_, c)| c[0].hit + c[0].missed > 0.0)
        .collect();
    let mean =
        |i: usize| judged.iter().map(|(_, c)| c[i].f1()).sum::<f64>() / judged.len().max(1) as f64;
    for (tag, c) in &judged {
        c[0].print(tag.name(), c[1]);
    }
    println!(
        "  tags, macro F1 {:.3} over {} tags   | keywords {:.3}",
        mean(0),
        judged.len(),
        mean(1)
    );
    println!("  confusion (gold → said):");
    for ((gold, acuity), n) in confusion {
        println!("    {gold} → {acuity:15} {n}");
    }
}

fn replies(path: &Path) {
    let Some(rows) = rows(path) else {
        return println!("  absent");
    };
    let (mut block, mut disclosure, mut pass, mut kinds) =
        ([0.0_f64; 2], [0.0_f64; 2], [0.0_f64; 2], [0.0_f64; 2]);
    for row in &rows {
        let [verdict, visibility, wanted, name, others, inbound, reply] = &row[..] else {
            continue;
        };
        let others: Vec<String> = others
            .split(';')
            .filter(|o| !o.is_empty())
            .map(str::to_owned)
            .collect();
        let visibility = if visibility == "public" {
            Visibility::Public
        } else {
            Visibility::Private
        };
        let contact_name = if name == "-" { "" } else { name.as_str() };
        let answer = guard(&Reply {
            visibility,
            channel: "review",
            inbound,
            contact_name,
            other_known_contacts: &others,
            reply,
            practice: &PracticeFacts::default(),
        });
        let blocked = f64::from(u8::from(answer.verdict == Verdict::Block));
        if verdict == "block" && visibility == Visibility::Public {
            block = [block[0] + blocked, block[1] + 1.0];
            if wanted.contains("patient_disclosure") {
                disclosure = [disclosure[0] + blocked, disclosure[1] + 1.0];
            }
        }
        if verdict == "pass" {
            pass = [
                pass[0] + f64::from(u8::from(answer.verdict == Verdict::Pass)),
                pass[1] + 1.0,
            ];
        }
        for kind in wanted.split(',').filter(|k| *k != "-") {
            let found = answer
                .findings
                .iter()
                .any(|f| serde_json::to_string(&f.kind).unwrap().trim_matches('"') == kind);
            kinds = [kinds[0] + f64::from(u8::from(found)), kinds[1] + 1.0];
        }
    }
    for (name, [n, of]) in [
        ("public block recall", block),
        ("disclosure block recall", disclosure),
        ("harmless pass", pass),
        ("kinds named", kinds),
    ] {
        println!("  {name:28} {n}/{of} = {:.3}", n / of.max(1.0));
    }
}

fn lines(path: &Path) -> Option<Vec<serde_json::Value>> {
    Some(
        std::fs::read_to_string(path)
            .ok()?
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .collect(),
    )
}

fn tagged(text: &str, tag: Tag) -> bool {
    said(text).tags.iter().any(|t| t.tag == tag)
}

fn words_of(tag: Tag) -> &'static [&'static str] {
    TAG_WORDS
        .iter()
        .find(|(t, _)| *t == tag)
        .map_or(&[], |(_, w)| w)
}

fn compare(name: &str, rows: &[(String, bool)], tag: Tag) {
    let mut counts = [Count::default(); 2];
    for (text, gold) in rows {
        counts[0].add(*gold, tagged(text, tag));
        counts[1].add(*gold, contains(text, words_of(tag)));
    }
    counts[0].print(&format!("{name} ({})", rows.len()), counts[1]);
}

fn public(folder: &Path) {
    if !folder.is_dir() {
        return println!(
            "\nThe folder of public sets (../shared/evaldata beside the repository) is absent: nothing measured on it."
        );
    }
    println!("\nPublic sets (trained sets: only the fifth kept apart)");
    if let Some(rows) = lines(&folder.join("patient_meqsum.jsonl")) {
        let texts: Vec<&str> = rows.iter().filter_map(|r| r["text"].as_str()).collect();
        let alarms = texts
            .iter()
            .filter(|t| said(t).acuity == Acuity::Emergency)
            .count();
        let words = texts
            .iter()
            .filter(|t| contains(t, EMERGENCY_WORDS))
            .count();
        println!(
            "  patient_meqsum: emergencies raised {alarms} of {} ({:.2} per 100)   | keywords {words} ({:.2} per 100)",
            texts.len(),
            100.0 * alarms as f64 / texts.len() as f64,
            100.0 * words as f64 / texts.len() as f64
        );
    }
    if let Some(rows) = lines(&folder.join("feedback_nhs_fft.jsonl")) {
        let apart: Vec<(String, i64)> = rows
            .iter()
            .filter_map(|r| Some((r["text"].as_str()?.to_owned(), r["sentiment"].as_i64()?)))
            .filter(|(t, _)| kept_apart(t))
            .collect();
        let of = |keep: fn(i64) -> bool, gold: fn(i64) -> bool| {
            apart
                .iter()
                .filter(|(_, s)| keep(*s))
                .map(|(t, s)| (t.clone(), gold(*s)))
                .collect::<Vec<_>>()
        };
        compare(
            "nhs complaint, 4-5 v 1-2",
            &of(|s| s != 3, |s| s >= 4),
            Tag::Complaint,
        );
        compare(
            "nhs complaint, 4-5 v rest",
            &of(|_| true, |s| s >= 4),
            Tag::Complaint,
        );
        compare(
            "nhs praise, 1-2 v 4-5",
            &of(|s| s != 3, |s| s <= 2),
            Tag::Praise,
        );
        compare(
            "nhs praise, 1-2 v rest",
            &of(|_| true, |s| s <= 2),
            Tag::Praise,
        );
        let right = apart
            .iter()
            .filter(|(_, s)| *s != 3)
            .filter(|(t, s)| {
                said(t).sentiment
                    == if *s >= 4 {
                        Sentiment::Negative
                    } else {
                        Sentiment::Positive
                    }
            })
            .count();
        println!(
            "  nhs sentiment accuracy without 3: {:.3}",
            right as f64 / apart.iter().filter(|(_, s)| *s != 3).count().max(1) as f64
        );
    }
    if let Some(rows) = lines(&folder.join("adr_psytar_train_dev.jsonl")) {
        let rows: Vec<(String, bool)> = rows
            .iter()
            .filter_map(|r| {
                Some((
                    r["text"].as_str()?.to_owned(),
                    r["labels"].as_array()?.iter().any(|l| l == "ADR"),
                ))
            })
            .filter(|(t, _)| kept_apart(t))
            .collect();
        compare("psytar adverse reaction", &rows, Tag::AdverseReaction);
    }
    if let Some(rows) = lines(&folder.join("spam_sms.jsonl")) {
        let rows: Vec<(String, bool)> = rows
            .iter()
            .filter_map(|r| Some((r["text"].as_str()?.to_owned(), r["spam"].as_bool()?)))
            .filter(|(t, _)| kept_apart(t))
            .collect();
        compare("sms spam", &rows, Tag::Spam);
    }
}

fn speed(path: &Path) {
    let Some(rows) = rows(path) else { return };
    let texts: Vec<&String> = rows.iter().filter_map(|r| r.get(2)).collect();
    let started = std::time::Instant::now();
    let mut read = 0;
    while started.elapsed().as_millis() < 1500 {
        for text in &texts {
            std::hint::black_box(said(text));
        }
        read += texts.len();
    }
    println!(
        "\nSpeed: {:.0} messages a second on one core (rules and model, this build)",
        read as f64 / started.elapsed().as_secs_f64()
    );
}

fn main() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (title, file) in [
        ("Messages, held out", "messages-heldout.tsv"),
        ("Messages, tuned on (third set)", "messages-third.tsv"),
        ("Messages, tuned on (second set)", "messages-second.tsv"),
        ("Messages, tuned on", "messages-tune.tsv"),
    ] {
        println!("\n{title}");
        messages(&corpus.join(file));
    }
    for (title, file) in [
        ("Replies, held out", "guard-heldout.tsv"),
        ("Replies, tuned on (third set)", "guard-third.tsv"),
        ("Replies, tuned on (second set)", "guard-second.tsv"),
        ("Replies, tuned on", "guard-tune.tsv"),
    ] {
        println!("\n{title}");
        replies(&corpus.join(file));
    }
    public(&corpus.join("../../../../../shared/evaldata"));
    speed(&corpus.join("messages-tune.tsv"));
}
