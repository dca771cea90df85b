//! Subjects without what mail programs put in front of them, for the last and weakest hint of threading.

/// Words that programs put before a colon when answering or forwarding, lower case. From English, German,
/// Dutch, Spanish, Portuguese, French, Italian, Scandinavian, Finnish, Polish, Czech, Hungarian, Turkish,
/// Greek, Hebrew, Russian, Indonesian and Chinese versions.
const PREFIXES: [&str; 49] = [
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "vb",
    "ref",
    "rif",
    "r",
    "res",
    "odp",
    "ynt",
    "bls",
    "atb",
    "vá",
    "απ",
    "σχετ",
    "השב",
    "ha",
    "rép",
    "rép.",
    "回复",
    "回覆",
    "答复",
    "返信",
    "отв",
    "ответ", // answers
    "fwd",
    "fw",
    "wg",
    "rv",
    "tr",
    "enc",
    "i",
    "fs",
    "vl",
    "doorst",
    "pd",
    "ilt",
    "trs",
    "tov",
    "továbbítás",
    "πρθ",
    "הועבר",
    "转发",
    "轉寄",
    "转寄",
    "пересл",
];

/// The subject without stacked reply and forward prefixes (`Re:`, `AW:`, `Fwd[2]:`, `RE : WG:` …), list tags
/// before them kept, white space collapsed. Case is kept; compare without it.
pub fn normalise_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some(shorter) = without_prefix(rest) {
        rest = shorter.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_prefix(subject: &str) -> Option<&str> {
    // No prefix is longer than this many characters, a counter like `[12]` included.
    let window = subject
        .char_indices()
        .nth(20)
        .map_or(subject.len(), |(at, _)| at);
    let (colon, mark) = subject
        .get(..window)?
        .char_indices()
        .find(|(_, c)| matches!(c, ':' | '：'))?;
    let word = subject.get(..colon)?.trim_end();
    let word = without_counter(word).to_lowercase();
    PREFIXES
        .contains(&word.as_str())
        .then(|| subject.get(colon + mark.len_utf8()..).unwrap_or_default())
}

/// `Re[2]`, `Re(3)`, `Re^4`, `Re*5` → `Re`.
fn without_counter(word: &str) -> &str {
    let bare = word.trim_end_matches([']', ')']);
    let stem = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    match stem.strip_suffix(['[', '(', '^', '*']) {
        Some(stem) if stem.len() < word.len() => stem.trim_end(),
        _ => word,
    }
}
