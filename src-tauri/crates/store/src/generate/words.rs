//! Words as often as words are: Zipf's law over real common words first, then made ones.

use rand::Rng;
use rand::rngs::StdRng;

/// How many different words there are.
const VOCABULARY: usize = 80_000;
/// Draws are made from a table of this length, in which each word stands as often as it is likely.
const TABLE: usize = 1 << 20;

/// The most frequent words, in their order.
const COMMON: &str = "the to i and a of my for is in have it on that you with me was this be not \
    but can at are as please if or from he she an do will so had your we been has could would am \
    there get about when no just any know they since what her up by his now still back need time \
    very out which day after some more week appointment doctor thank thanks pain take see our all \
    call only last how like because feel next morning medication today prescription days them who \
    also too help two good over tablets first blood night before again then work practice possible \
    should going test results off went down well much same him came doctors phone hope daughter son \
    mother weeks months once taking every where come told said bad new right left ask sorry mum \
    knee chest fever cough rash back head stomach dizzy swollen tired sleep eat drink inhaler refill \
    insulin dose antibiotics allergy referral specialist hospital nurse urgent certificate insurance \
    invoice bill vaccination child baby school weight pressure sugar monday tuesday wednesday \
    thursday friday weekend afternoon evening tomorrow yesterday wondering regards kind dear hello \
    best message reply wait waiting since three four five ten half hour letter form sign copy send \
    receive address number name birth date change cancel book free slot earlier later early late";

const ONSETS: [&str; 20] = [
    "b", "br", "c", "d", "dr", "f", "g", "gl", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "st",
    "t", "v",
];
const NUCLEI: [&str; 8] = ["a", "e", "i", "o", "u", "ea", "ou", "ia"];
const CODAS: [&str; 10] = ["", "n", "r", "s", "l", "nd", "st", "ck", "m", "x"];

/// A vocabulary to draw from.
pub struct Words {
    words: Vec<String>,
    table: Vec<u32>,
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}

impl Words {
    /// The one vocabulary; it depends on no seed, so that searches can name its words.
    pub fn new() -> Self {
        let mut seen = std::collections::HashSet::new();
        let mut words: Vec<String> = COMMON
            .split_whitespace()
            .filter(|word| seen.insert((*word).to_owned()))
            .map(str::to_owned)
            .collect();
        let mut number = 0_usize;
        while words.len() < VOCABULARY {
            let word = made(number);
            number += 1;
            if seen.insert(word.clone()) {
                words.push(word);
            }
        }
        let harmonic: f64 = (1..=VOCABULARY).map(|rank| 1.0 / rank as f64).sum();
        let mut table = Vec::with_capacity(TABLE);
        let mut sum = 0.0;
        for word in 0..VOCABULARY {
            sum += 1.0 / ((word + 1) as f64 * harmonic);
            let end = (sum * TABLE as f64) as usize;
            table.resize(end.min(TABLE), word as u32);
        }
        table.resize(TABLE, 0);
        Self { words, table }
    }

    /// The word of a rank; 0 is the most frequent.
    pub fn of_rank(&self, rank: usize) -> &str {
        self.words.get(rank).map_or("the", String::as_str)
    }

    /// A word at random, as likely as words are.
    pub fn draw(&self, chance: &mut StdRng) -> &str {
        let place = chance.random::<u32>() as usize % TABLE;
        self.of_rank(self.table.get(place).copied().unwrap_or_default() as usize)
    }
}

/// A word from a number, the same for ever; neighbours do not look alike.
fn made(number: usize) -> String {
    let mut rest = number.wrapping_mul(0x9E37_79B1) & 0xFFFF_FFFF;
    let mut take = |from: &[&'static str]| {
        let part = from.get(rest % from.len()).copied().unwrap_or_default();
        rest /= from.len();
        part
    };
    let mut word = String::new();
    for _ in 0..2 + number % 2 {
        word.push_str(take(&ONSETS));
        word.push_str(take(&NUCLEI));
        word.push_str(take(&CODAS));
    }
    word
}

/// First and last names of people who are invented.
pub(super) fn person(number: usize) -> (String, String) {
    const FIRST: [&str; 24] = [
        "Ada", "Bela", "Carla", "Dov", "Edda", "Farid", "Gunnar", "Hana", "Ines", "Jonas", "Kaya",
        "Lior", "Mara", "Nils", "Olga", "Pavel", "Quinn", "Rosa", "Sami", "Tilda", "Umar", "Vera",
        "Wanda", "Yusuf",
    ];
    let first = FIRST.get(number % FIRST.len()).copied().unwrap_or("Ada");
    let mut last = made(number / FIRST.len() + 200_000);
    if let Some(start) = last.get(..1).map(str::to_uppercase) {
        last.replace_range(..1, &start);
    }
    (first.to_owned(), last)
}
