//! A small linear model beside the rules: hashed words, word pairs, letter groups and rule concepts, one
//! logistic output per subject and mood. Pure Rust, one byte per weight, embedded (`model/subjects.bin`, made
//! by `examples/train.rs` with a fixed seed).
//!
//! It decides subjects and mood, where wording varies without end and a slip costs a click. It has no say in
//! acuity: only the rules, which a clinician can read, raise that.

use crate::assess::Prepared;
use crate::context::Standing;
use crate::text::Break;
use std::sync::OnceLock;

/// How many rows of weights there are; a power of two.
pub const BUCKETS: usize = 1 << 15;
/// The outputs, in the order of the columns.
pub const OUTPUTS: [&str; 17] = [
    "appointment_request",
    "appointment_change",
    "clinical_question",
    "refill",
    "test_result",
    "billing",
    "forms",
    "complaint",
    "praise",
    "feedback",
    "adverse_reaction",
    "misinformation",
    "spam",
    "job_seeker",
    "media_enquiry",
    "negative",
    "positive",
];

const MAGIC: &[u8; 4] = b"ATM1";
const HEAD: usize = 12;

/// One column: how to read its weights and from which probability on it counts.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// A weight is the stored byte times this.
    pub scale: f32,
    /// Added once.
    pub bias: f32,
    /// The probability from which the output is taken as true.
    pub threshold: f32,
}

/// The model, read from its bytes.
#[derive(Debug)]
pub struct Model {
    columns: Vec<Column>,
    weights: Vec<i8>,
}

/// The bytes of a model file are not what they should be.
#[derive(Debug, thiserror::Error)]
#[error("the model file is damaged or of another version")]
pub struct Damaged;

impl Model {
    /// Reads a model file.
    pub fn read(bytes: &[u8]) -> Result<Model, Damaged> {
        let word = |at: usize| {
            bytes
                .get(at..at + 4)
                .and_then(|b| b.try_into().ok())
                .map(u32::from_le_bytes)
                .ok_or(Damaged)
        };
        let float = |at: usize| {
            bytes
                .get(at..at + 4)
                .and_then(|b| b.try_into().ok())
                .map(f32::from_le_bytes)
                .ok_or(Damaged)
        };
        if bytes.get(..4) != Some(MAGIC)
            || word(4)? as usize != BUCKETS
            || word(8)? as usize != OUTPUTS.len()
        {
            return Err(Damaged);
        }
        let mut columns = Vec::new();
        for i in 0..OUTPUTS.len() {
            let at = HEAD + i * 12;
            columns.push(Column {
                scale: float(at)?,
                bias: float(at + 4)?,
                threshold: float(at + 8)?,
            });
        }
        let body = bytes.get(HEAD + OUTPUTS.len() * 12..).ok_or(Damaged)?;
        if body.len() != BUCKETS * OUTPUTS.len() {
            return Err(Damaged);
        }
        Ok(Model {
            columns,
            weights: body.iter().map(|b| *b as i8).collect(),
        })
    }

    /// Writes a model file. `weights` holds one row of outputs per bucket.
    pub fn write(columns: &[Column], weights: &[i8]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((BUCKETS as u32).to_le_bytes());
        out.extend((OUTPUTS.len() as u32).to_le_bytes());
        for column in columns {
            for value in [column.scale, column.bias, column.threshold] {
                out.extend(value.to_le_bytes());
            }
        }
        out.extend(weights.iter().map(|w| *w as u8));
        out
    }

    /// The probability of each output.
    pub fn probabilities(&self, features: &[u32]) -> [f32; OUTPUTS.len()] {
        let mut sums = [0_i32; OUTPUTS.len()];
        for feature in features {
            let at = *feature as usize * OUTPUTS.len();
            for (sum, weight) in sums
                .iter_mut()
                .zip(self.weights.get(at..at + OUTPUTS.len()).unwrap_or(&[]))
            {
                *sum += i32::from(*weight);
            }
        }
        let norm = 1.0 / (features.len().max(1) as f32).sqrt();
        let mut out = [0.0; OUTPUTS.len()];
        for ((p, sum), column) in out.iter_mut().zip(sums).zip(&self.columns) {
            *p = sigmoid(column.bias + sum as f32 * column.scale * norm);
        }
        out
    }

    /// From which probability on an output counts.
    pub fn threshold(&self, output: usize) -> f32 {
        self.columns.get(output).map_or(0.5, |c| c.threshold)
    }
}

/// The logistic function.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// The embedded model.
///
/// # Panics
/// Only if the embedded file is damaged, which a test rules out.
pub fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    #[expect(
        clippy::expect_used,
        reason = "the file is part of the build and a test reads it"
    )]
    MODEL.get_or_init(|| {
        Model::read(include_bytes!("../model/subjects.bin")).expect("the embedded model is whole")
    })
}

/// The column of an output.
pub fn column(name: &str) -> Option<usize> {
    OUTPUTS.iter().position(|o| *o == name)
}

struct Hasher(Vec<u32>);

impl Hasher {
    /// FNV-1a over the parts.
    fn add(&mut self, kind: u8, parts: &[&str]) {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        eat(kind);
        for part in parts {
            part.bytes().for_each(&mut eat);
            eat(0);
        }
        self.0
            .push(((hash ^ (hash >> 29)) as usize & (BUCKETS - 1)) as u32);
    }
}

/// The features of a message: rows of the weight table, each once.
pub(crate) fn features(prepared: &Prepared<'_>) -> Vec<u32> {
    let mut hasher = Hasher(Vec::with_capacity(prepared.tokens.len() * 8));
    let mut previous: Option<&str> = None;
    for token in &prepared.tokens {
        let word = if token.number.is_some() && token.word.starts_with(|c: char| c.is_ascii_digit())
        {
            "#"
        } else {
            token.word.as_str()
        };
        hasher.add(b'w', &[word]);
        let before = if token.before == Break::Sentence {
            "^"
        } else {
            previous.unwrap_or("^")
        };
        hasher.add(b'b', &[before, word]);
        let letters: Vec<char> = word.chars().collect();
        if letters.len() >= 5 {
            for group in letters.windows(4) {
                hasher.add(b'c', &[&group.iter().collect::<String>()]);
            }
        }
        previous = Some(word);
    }
    let packs = prepared.packs;
    for concept in 0..packs.lexicon.len() {
        let name = packs.lexicon.name(concept);
        let hits = prepared.found.of(concept);
        if hits.is_empty() || name.starts_with("ctx_") {
            continue;
        }
        let context = prepared.context();
        let told = hits
            .iter()
            .any(|h| !matches!(context.judge(*h), Standing::Negated | Standing::Idiom));
        hasher.add(if told { b'k' } else { b'n' }, &[name]);
        if told {
            // A concept weighs more than one word among many.
            hasher.add(b'K', &[name]);
        }
    }
    if prepared.tokens.iter().any(|t| t.asked) {
        hasher.add(b'q', &[]);
    }
    let length = prepared.tokens.len().checked_ilog2().unwrap_or(0);
    hasher.add(b'l', &[&length.to_string()]);
    let commas = prepared
        .tokens
        .iter()
        .filter(|t| t.before == Break::Clause)
        .count();
    hasher.add(
        b'm',
        &[if commas * 3 > prepared.tokens.len() {
            "list"
        } else {
            "prose"
        }],
    );
    let mut features = hasher.0;
    features.sort_unstable();
    features.dedup();
    features
}

/// The features of a text, for the trainer.
pub fn features_of(text: &str) -> Vec<u32> {
    features(&Prepared::new(text))
}
