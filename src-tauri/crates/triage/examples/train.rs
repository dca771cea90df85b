//! Trains `model/subjects.bin`: the linear model for subjects and mood. Reproducible: fixed seed, fixed order.
//!
//! Reads `corpus/phrases.toml` and `corpus/messages-tune.tsv`, `-second.tsv` and `-third.tsv` (written for this project) and, where their folder
//! is present, the training parts (four fifths, by hash) of three public sets whose licences allow it:
//! NHS FFT comments (MIT), PsyTAR (CC BY 4.0), SMS Spam Collection (CC BY 4.0). See `corpus/README.md`.
//! Run: `cargo run -p anteroom-triage --example train`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::collapsible_if,
    reason = "a trainer run by hand"
)]

use anteroom_triage::model::{BUCKETS, Column, Model, OUTPUTS, column, features_of, sigmoid};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Phrases {
    slots: HashMap<String, Vec<String>>,
    group: Vec<Group>,
}

#[derive(Deserialize, Clone)]
struct Group {
    tags: Vec<String>,
    sentiment: String,
    lines: Vec<String>,
}

struct Example {
    features: Vec<u32>,
    /// Per output: true, false, or not judged.
    gold: [Option<bool>; OUTPUTS.len()],
    dev: bool,
    set: &'static str,
}

/// A small fixed generator, so that the corpus is the same everywhere.
struct Dice(u64);
impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        &from[self.roll(from.len())]
    }
}

fn fill(line: &str, slots: &HashMap<String, Vec<String>>, dice: &mut Dice) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('{') {
        let end = rest[at..].find('}').unwrap() + at;
        out.push_str(&rest[..at]);
        let name = &rest[at + 1..end];
        out.push_str(dice.pick(slots.get(name).unwrap_or_else(|| panic!("slot {name}"))));
        rest = &rest[end + 1..];
    }
    out + rest
}

const BEFORE: &[&str] = &[
    "",
    "",
    "",
    "",
    "Hi, ",
    "Hello, ",
    "hey ",
    "Good morning. ",
    "Hi there! ",
    "Dear team, ",
    "Hello Dr. Lee, ",
    "pls ",
    "Quick question: ",
    "Buenos dias, ",
    "Hi it's Ana. ",
    "ok so ",
];
const AFTER: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    " Thanks",
    " thank you!",
    " thx",
    ".",
    " Please advise.",
    " Thanks, Maria",
    " gracias",
    "!!",
    " :)",
    " asap",
    "\n\nSent from my iPhone",
    " Best regards, John",
];

fn vary(text: &str, dice: &mut Dice) -> String {
    let mut out = format!(
        "{}{}{}",
        BEFORE[dice.roll(BEFORE.len())],
        text,
        AFTER[dice.roll(AFTER.len())]
    );
    match dice.roll(5) {
        0 => out = out.to_lowercase(),
        1 => out = out.replace(['\'', ','], ""),
        2 if out.chars().count() > 12 => {
            let at = dice.roll(out.chars().count() - 2) + 1;
            out = out
                .chars()
                .enumerate()
                .filter(|(i, _)| *i != at)
                .map(|(_, c)| c)
                .collect();
        }
        _ => {}
    }
    out
}

fn gold(tags: &[String], sentiment: &str) -> [Option<bool>; OUTPUTS.len()] {
    let mut gold = [Some(false); OUTPUTS.len()];
    for tag in tags.iter().filter(|t| *t != "other") {
        gold[column(tag).unwrap_or_else(|| panic!("tag {tag}"))] = Some(true);
    }
    if sentiment.is_empty() {
        gold[column("negative").unwrap()] = None;
        gold[column("positive").unwrap()] = None;
    } else if sentiment != "neutral" {
        gold[column(sentiment).unwrap()] = Some(true);
    }
    gold
}

fn only(judged: &[(&str, Option<bool>)]) -> [Option<bool>; OUTPUTS.len()] {
    let mut gold = [None; OUTPUTS.len()];
    for (name, value) in judged {
        gold[column(name).unwrap()] = *value;
    }
    gold
}

/// One fifth of every public set is never trained on.
fn kept_apart(text: &str) -> bool {
    anteroom_triage::evaluation::kept_apart(text)
}

fn own(root: &Path, dice: &mut Dice, out: &mut Vec<Example>) {
    let phrases: Phrases =
        toml::from_str(&std::fs::read_to_string(root.join("corpus/phrases.toml")).unwrap())
            .unwrap();
    let mut singles: Vec<(String, Vec<String>, String)> = Vec::new();
    for group in &phrases.group {
        for line in &group.lines {
            let times = if line.contains('{') { 16 } else { 7 };
            for _ in 0..times {
                let text = fill(line, &phrases.slots, dice);
                singles.push((text, group.tags.clone(), group.sentiment.clone()));
            }
        }
    }
    let count = singles.len();
    for i in 0..count {
        let (text, tags, sentiment) = singles[i].clone();
        let text = vary(&text, dice);
        out.push(Example {
            features: features_of(&text),
            gold: gold(&tags, &sentiment),
            dev: dice.roll(10) == 0,
            set: "own",
        });
        if dice.roll(3) == 0 {
            let (other, more, mood) = singles[dice.roll(count)].clone();
            let joiner = [". ", " and also ", ". Also, ", "\n", "... ", "? btw "][dice.roll(6)];
            let mut both: Vec<String> = tags
                .iter()
                .chain(&more)
                .filter(|t| *t != "other")
                .cloned()
                .collect();
            both.sort();
            both.dedup();
            let mood = if mood == sentiment {
                mood
            } else {
                String::new()
            };
            let joined = vary(&format!("{}{joiner}{other}", singles[i].0), dice);
            out.push(Example {
                features: features_of(&joined),
                gold: gold(&both, &mood),
                dev: false,
                set: "own",
            });
        }
    }
    let judged: String = [
        "messages-tune.tsv",
        "messages-second.tsv",
        "messages-third.tsv",
    ]
    .iter()
    .map(|f| std::fs::read_to_string(root.join("corpus").join(f)).unwrap())
    .collect();
    for line in judged.lines().filter(|l| !l.starts_with('#')) {
        let parts: Vec<&str> = line.split('\t').collect();
        if let [_, tags, text] = parts[..] {
            if tags != "-" {
                let tags: Vec<String> = tags.split(',').map(str::to_owned).collect();
                for _ in 0..5 {
                    out.push(Example {
                        features: features_of(&vary(text, dice)),
                        gold: gold(&tags, ""),
                        dev: false,
                        set: "own",
                    });
                }
            }
        }
    }
}

fn lines(path: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(path)
        .map(|t| {
            t.lines()
                .filter_map(|l| serde_json::from_str(l).ok())
                .collect()
        })
        .unwrap_or_default()
}

fn public(folder: &Path, out: &mut Vec<Example>) {
    let no = Some(false);
    for row in lines(&folder.join("feedback_nhs_fft.jsonl")) {
        let text = row["text"].as_str().unwrap();
        let s = row["sentiment"].as_i64().unwrap();
        let complaint = if s == 3 { None } else { Some(s >= 4) };
        let mut gold = only(&[
            ("complaint", complaint),
            ("praise", Some(s <= 2)),
            ("negative", complaint),
            ("positive", Some(s <= 2)),
        ]);
        for name in [
            "spam",
            "refill",
            "job_seeker",
            "media_enquiry",
            "misinformation",
            "test_result",
            "adverse_reaction",
            "forms",
        ] {
            gold[column(name).unwrap()] = no;
        }
        out.push(Example {
            features: features_of(text),
            gold,
            dev: kept_apart(text),
            set: "nhs",
        });
    }
    for row in lines(&folder.join("adr_psytar_train_dev.jsonl")) {
        let text = row["text"].as_str().unwrap();
        let adr = row["labels"].as_array().unwrap().iter().any(|l| l == "ADR");
        let mut gold = only(&[("adverse_reaction", Some(adr))]);
        for name in [
            "spam",
            "refill",
            "job_seeker",
            "media_enquiry",
            "billing",
            "forms",
            "test_result",
            "appointment_request",
        ] {
            gold[column(name).unwrap()] = no;
        }
        out.push(Example {
            features: features_of(text),
            gold,
            dev: kept_apart(text),
            set: "psytar",
        });
    }
    for row in lines(&folder.join("spam_sms.jsonl")) {
        let text = row["text"].as_str().unwrap();
        out.push(Example {
            features: features_of(text),
            gold: only(&[
                ("spam", row["spam"].as_bool()),
                ("adverse_reaction", no),
                ("media_enquiry", no),
                ("job_seeker", no),
                ("misinformation", no),
            ]),
            dev: kept_apart(text),
            set: "sms",
        });
    }
}

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut dice = Dice(20260610);
    let mut examples = Vec::new();
    own(&root, &mut dice, &mut examples);
    let folder = root.join("../../../../shared/evaldata");
    if folder.is_dir() {
        public(&folder, &mut examples);
    } else {
        println!("the folder of public sets is absent: training on the project's own corpus alone");
    }
    println!(
        "{} examples, {} kept for thresholds",
        examples.len(),
        examples.iter().filter(|e| e.dev).count()
    );

    // AdaGrad on the logistic loss, L2 towards zero, one pass after another in shuffled order.
    let outputs = OUTPUTS.len();
    let mut weights = vec![0.0_f32; BUCKETS * outputs];
    let mut gradients = vec![1e-2_f32; BUCKETS * outputs];
    let mut bias = vec![-2.0_f32; outputs];
    let mut order: Vec<usize> = (0..examples.len()).filter(|i| !examples[*i].dev).collect();
    let (rate, decay) = (0.2_f32, 1e-3_f32);
    for pass in 0..14 {
        for i in (1..order.len()).rev() {
            order.swap(i, dice.roll(i + 1));
        }
        let mut loss = 0.0;
        for at in &order {
            let example = &examples[*at];
            let norm = 1.0 / (example.features.len().max(1) as f32).sqrt();
            // Leaving out a part of the features of made-up messages keeps the model from learning them by heart.
            let drop = if example.set == "own" { 3 } else { 9 };
            let features: Vec<u32> = example
                .features
                .iter()
                .copied()
                .filter(|_| dice.roll(drop) != 0)
                .collect();
            let norm = norm * (drop as f32 / (drop as f32 - 1.0)).sqrt();
            for o in 0..outputs {
                let Some(gold) = example.gold[o] else {
                    continue;
                };
                let score = bias[o]
                    + norm
                        * features
                            .iter()
                            .map(|f| weights[*f as usize * outputs + o])
                            .sum::<f32>();
                let error = sigmoid(score) - f32::from(u8::from(gold));
                loss += f64::from(error.abs());
                bias[o] -= 0.02 * error;
                if error.abs() < 0.01 {
                    continue;
                }
                for f in &features {
                    let w = *f as usize * outputs + o;
                    let g = error * norm + decay * weights[w];
                    gradients[w] += g * g;
                    weights[w] -= rate * g / gradients[w].sqrt();
                }
            }
        }
        if pass % 3 == 0 {
            println!(
                "pass {pass}: mean error {:.4}",
                loss / (order.len() * outputs) as f64
            );
        }
    }

    // One byte per weight, and a threshold per output from the kept part of the own corpus and the sets.
    let mut columns: Vec<Column> = (0..outputs)
        .map(|o| {
            let most = (0..BUCKETS)
                .map(|b| weights[b * outputs + o].abs())
                .fold(1e-6, f32::max);
            Column {
                scale: most / 127.0,
                bias: bias[o],
                threshold: 0.5,
            }
        })
        .collect();
    let bytes: Vec<i8> = weights
        .iter()
        .enumerate()
        .map(|(i, w)| {
            (w / columns[i % outputs].scale)
                .round()
                .clamp(-127.0, 127.0) as i8
        })
        .collect();
    let model = Model::read(&Model::write(&columns, &bytes)).unwrap();
    let kept: Vec<(&Example, [f32; OUTPUTS.len()])> = examples
        .iter()
        .filter(|e| e.dev)
        .map(|e| (e, model.probabilities(&e.features)))
        .collect();
    for o in 0..outputs {
        let f1 = |threshold: f32, set: Option<&str>| {
            let (mut tp, mut fp, mut missed) = (0.0, 0.0, 0.0);
            for (example, p) in kept.iter().filter(|(e, _)| set.is_none_or(|s| e.set == s)) {
                match (example.gold[o], p[o] >= threshold) {
                    (Some(true), true) => tp += 1.0,
                    (Some(false), true) => fp += 1.0,
                    (Some(true), false) => missed += 1.0,
                    _ => {}
                }
            }
            2.0 * tp / (2.0 * tp + fp + missed + 1e-9)
        };
        let best = (25..56)
            .map(|t| t as f32 / 100.0)
            .max_by(|a, b| {
                (f1(*a, None) - (a - 0.5).abs() * 0.05)
                    .total_cmp(&(f1(*b, None) - (b - 0.5).abs() * 0.05))
            })
            .unwrap();
        columns[o].threshold = best;
        println!(
            "{:22} threshold {best:.2}  F1 {:.3}  own {:.3} nhs {:.3} psytar {:.3} sms {:.3}",
            OUTPUTS[o],
            f1(best, None),
            f1(best, Some("own")),
            f1(best, Some("nhs")),
            f1(best, Some("psytar")),
            f1(best, Some("sms"))
        );
    }
    let file = Model::write(&columns, &bytes);
    std::fs::write(root.join("model/subjects.bin"), &file).unwrap();
    println!("wrote model/subjects.bin, {} bytes", file.len());
}
