//! Earlier mail and signatures within a text, so that a screen can fold them and a classifier need not read
//! the practice's own words back.
//!
//! Folding a patient's own words would be worse than showing a quotation twice. So every rule wants more than
//! one sign, a line like `> 38.5 since Monday` alone is no quotation, and what a rule cannot be sure of stays.
//! The text itself is never changed.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::limits;

/// Part of a text that is not what the author says now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// Bytes of the text; whole lines.
    pub range: Range<usize>,
    /// What it is.
    pub kind: QuotedKind,
}

/// What a folded part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotedKind {
    /// Mail that this one answers, with the line that introduces it.
    Earlier,
    /// Mail that this one passes on: its content may be the very point.
    Forwarded,
    /// A signature, the footer of a list, "Sent from my phone".
    Signature,
}

/// Finds quoted earlier mail and signatures. The ranges are ordered, do not overlap, cover whole lines.
pub fn quoted_ranges(text: &str) -> Vec<Quoted> {
    let lines = Lines::new(beginning(text));
    let mut found: Vec<Quoted> = Vec::new();
    let mut at = 0;
    // Whether the author has said anything yet: what only forwards has nothing before the earlier mail.
    let mut said = false;
    while at < lines.len() {
        if let Some((end, kind)) = lines.quoted_at(at, said) {
            found.push(Quoted {
                range: lines.start(at)..lines.start(end),
                kind,
            });
            at = end.max(at + 1);
        } else {
            said |= !lines.get(at).trim().is_empty();
            at += 1;
        }
    }
    // What was earlier mail up to the limit goes on being it.
    if let Some(last) = found.last_mut()
        && last.range.end == lines.text.len()
        && last.kind != QuotedKind::Signature
    {
        last.range.end = text.len();
    }
    found
}

/// Whole lines up to the limit.
fn beginning(text: &str) -> &str {
    if text.len() <= limits::FOLD {
        return text;
    }
    let window = text.as_bytes().get(..limits::FOLD).unwrap_or_default();
    let end = memchr::memrchr(b'\n', window).map_or(0, |at| at + 1);
    text.get(..end).unwrap_or_default()
}

struct Lines<'t> {
    text: &'t str,
    /// Where each line begins, and the end of the text.
    starts: Vec<usize>,
}

/// Lines an introduction like `On … wrote:` may be broken into.
const INTRODUCTION: usize = 4;
/// Lines of a signature. A longer stretch behind `--` is somebody's text.
const SIGNATURE: usize = 30;

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        if starts.last() != Some(&text.len()) {
            starts.push(text.len());
        }
        Self { text, starts }
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// The line without its end; empty behind the last.
    fn get(&self, line: usize) -> &'t str {
        let line = self
            .text
            .get(self.start(line)..self.start(line + 1))
            .unwrap_or_default();
        line.trim_end_matches(['\n', '\r'])
    }

    fn is_blank(&self, line: usize) -> bool {
        self.get(line).trim().is_empty()
    }

    /// The first line from here that is not blank.
    fn solid(&self, from: usize) -> usize {
        (from..self.len())
            .find(|line| !self.is_blank(*line))
            .unwrap_or(self.len())
    }

    /// What begins here, and the line behind it.
    fn quoted_at(&self, at: usize, said: bool) -> Option<(usize, QuotedKind)> {
        let line = self.get(at).trim();
        if line.is_empty() {
            return None;
        }
        let kind = if said {
            QuotedKind::Earlier
        } else {
            QuotedKind::Forwarded
        };
        if is_marked(line) {
            return self.marked(at, false).map(|end| (end, QuotedKind::Earlier));
        }
        if let Some(behind) = self.introduction(at) {
            return Some((self.behind_introduction(behind), QuotedKind::Earlier));
        }
        match separator(line) {
            Some(Separator::Forwarded) => return Some((self.len(), QuotedKind::Forwarded)),
            Some(Separator::Original) => return Some((self.behind_introduction(at + 1), kind)),
            None => {}
        }
        if let Some(behind) = self.header_block(at) {
            return Some((self.behind_introduction(behind), kind));
        }
        self.signature(at).map(|end| (end, QuotedKind::Signature))
    }

    /// The end of a run of lines that begin with `>`; blank lines between them belong to it. `introduced`:
    /// something before it says that this is a quotation.
    fn marked(&self, at: usize, introduced: bool) -> Option<usize> {
        let mut end = at;
        let mut count = 0;
        let mut certain = introduced;
        while end < self.len() {
            let line = self.get(end).trim_start();
            if is_marked(line) {
                count += 1;
                certain |= !is_comparison(line);
                end += 1;
            } else {
                let next = self.solid(end);
                if !self.is_blank(end)
                    || next >= self.len()
                    || !is_marked(self.get(next).trim_start())
                {
                    break;
                }
                end = next;
            }
        }
        // Three comparisons in a row are a quotation after all (and the search stays linear).
        (count > 0 && (certain || count >= 3)).then_some(end)
    }

    /// What an introduction introduces: the marked lines, or, when there are none, everything behind it, as
    /// programs that do not mark put the whole earlier mail below.
    fn behind_introduction(&self, from: usize) -> usize {
        let next = self.solid(from);
        if next < self.len() && is_marked(self.get(next).trim_start()) {
            return self.marked(next, true).unwrap_or(next);
        }
        self.len()
    }

    /// `On 3 May 2026 at 09:30, Sam Reyes <sam@other.example> wrote:`, in many languages and up to four lines.
    fn introduction(&self, at: usize) -> Option<usize> {
        for end in at..(at + INTRODUCTION).min(self.len()) {
            let line = self.get(end).trim();
            if line.is_empty() || is_marked(line) || line.len() > 400 {
                return None;
            }
            // Most lines end otherwise, and joining them is what would cost.
            if !line.trim_end_matches(['*', '_', ' ']).ends_with([':', '>']) {
                continue;
            }
            let lines = (at..=end).map(|line| self.get(line).trim().trim_matches(['*', '_']));
            let joined = lines.collect::<Vec<_>>().join(" ");
            let next = self.solid(end + 1);
            let marked = next < self.len() && is_marked(self.get(next).trim_start());
            if is_introduction(&joined, marked) {
                return Some(end + 1);
            }
        }
        None
    }

    /// The block of fields that Outlook and others put before earlier mail, maybe below a rule.
    fn header_block(&self, at: usize) -> Option<usize> {
        let first = if is_rule(self.get(at).trim()) {
            self.solid(at + 1)
        } else {
            at
        };
        field(self.get(first), &FROM)?;
        let (mut dated, mut addressed) = (false, false);
        let mut end = first + 1;
        let mut blanks = 0;
        while end < self.len() && end < first + 12 {
            let line = self.get(end);
            if line.trim().is_empty() {
                blanks += 1;
                if (dated && addressed) || blanks > 4 {
                    break;
                }
            } else if field(line, &SENT).is_some() {
                dated = true;
            } else if field(line, &ADDRESSED).is_some() {
                addressed = true;
            } else if !line.trim_start().starts_with(['<', '"']) && dated && addressed && blanks > 0
            {
                break;
            }
            end += 1;
        }
        (dated && addressed).then_some(end)
    }

    fn signature(&self, at: usize) -> Option<usize> {
        let line = self.get(at);
        let trimmed = line.trim();
        if is_phone_line(trimmed) {
            return Some(at + 1);
        }
        let delimiter = is_delimiter(line);
        let footer = is_rule(trimmed) && trimmed.len() >= 20 && self.is_list_footer(at + 1);
        if !(delimiter || footer) {
            return None;
        }
        let mut end = at + 1;
        let mut length = 0;
        while end < self.len() && !self.ends_signature(end) {
            length += usize::from(!self.is_blank(end));
            end += 1;
            if length > SIGNATURE {
                return None;
            }
        }
        (length > 0).then_some(end)
    }

    fn ends_signature(&self, at: usize) -> bool {
        let line = self.get(at).trim();
        is_marked(line)
            || is_delimiter(self.get(at))
            || separator(line).is_some()
            || self.introduction(at).is_some()
            || self.header_block(at).is_some()
    }

    fn is_list_footer(&self, from: usize) -> bool {
        (from..self.len().min(from + 4)).any(|line| {
            let line = self.get(line).to_lowercase();
            [
                "mailing list",
                "unsubscribe",
                "listinfo",
                "mailman",
                "abbestellen",
                "darse de baja",
            ]
            .iter()
            .any(|word| line.contains(word))
        })
    }
}

/// The line that begins a signature (RFC 3676 §4.3), also as careless programs write it.
fn is_delimiter(line: &str) -> bool {
    matches!(line, "-- " | "--" | "--\u{A0}" | "\u{2014} ")
}

fn is_marked(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).starts_with('>')
}

/// `>38.5`, `> 38 °C`, `> 2 weeks`: more likely "greater than" than a quotation.
fn is_comparison(line: &str) -> bool {
    line.trim_start()
        .strip_prefix('>')
        .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

/// What such lines end in, with the colon: "wrote" in the languages of our neighbours.
const WROTE: [&str; 23] = [
    "wrote:",
    "writes:",
    "schrieb:",
    "geschrieben:",
    "a écrit :",
    "a écrit:",
    "escribió:",
    "escribio:",
    "escreveu:",
    "ha scritto:",
    "schreef:",
    "skrev:",
    "skrev følgende:",
    "kirjoitti:",
    "napisał:",
    "napisała:",
    "napisał(a):",
    "napsal:",
    "írta:",
    "yazdı:",
    "пишет:",
    "написал:",
    "написал(а):",
];
/// Where the name comes behind the verb.
const WROTE_INSIDE: [&str; 4] = [" schrieb ", " schreef ", " skrev ", " pisze "];

fn is_introduction(joined: &str, marked_follows: bool) -> bool {
    let lower = joined.to_lowercase();
    let lower = lower.trim_end_matches(['*', ' ']);
    let has_digit = lower.contains(|c: char| c.is_ascii_digit());
    let has_address = lower.contains('@');
    // Old Gmail: `2012/9/25 Sam <sam@other.example>`, nothing more.
    if marked_follows
        && has_address
        && lower.ends_with('>')
        && lower.starts_with(|c: char| c.is_ascii_digit())
    {
        return true;
    }
    let verb = WROTE.iter().any(|word| lower.ends_with(word))
        || (lower.ends_with(':') && WROTE_INSIDE.iter().any(|word| lower.contains(word)));
    if !verb {
        return false;
    }
    // "On Monday the doctor wrote: stop the tablets" is the patient's own sentence: without marked lines
    // behind it, a date with a time or an address must be there.
    if marked_follows {
        true
    } else {
        has_digit && (has_address || has_clock(lower))
    }
}

/// `9:05`, `09.05 Uhr`, `17h30`.
fn has_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|window| {
        matches!(window, [a, b':' | b'h', b, c] if a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_digit())
    }) || text.contains(" uhr")
}

enum Separator {
    Original,
    Forwarded,
}

/// `-----Original Message-----` and its translations.
fn separator(line: &str) -> Option<Separator> {
    const ORIGINAL: [&str; 14] = [
        "original message",
        "original appointment",
        "reply message",
        "ursprüngliche nachricht",
        "originalnachricht",
        "urspr. nachricht",
        "mensaje original",
        "message d'origine",
        "message original",
        "messaggio originale",
        "mensagem original",
        "oorspronkelijk bericht",
        "ursprungligt meddelande",
        "oprindelig meddelelse",
    ];
    const FORWARDED: [&str; 12] = [
        "forwarded message",
        "weitergeleitete nachricht",
        "mensaje reenviado",
        "message transféré",
        "messaggio inoltrato",
        "mensagem encaminhada",
        "doorgestuurd bericht",
        "vidarebefordrat meddelande",
        "videresendt meddelelse",
        "forwarded by",
        "begin forwarded message",
        "anfang der weitergeleiteten nachricht",
    ];
    let framed = line.starts_with("--") || line.starts_with("__");
    let bare = line.ends_with(':');
    if line.len() > 120 || !(framed || bare) {
        return None;
    }
    let lower = line.to_lowercase();
    let inside = lower.trim_matches(['-', '_', '*', ' ', '>', ':']);
    if FORWARDED.iter().any(|words| inside.starts_with(words)) && (framed || bare) {
        return Some(Separator::Forwarded);
    }
    (framed && ORIGINAL.iter().any(|words| inside.starts_with(words)))
        .then_some(Separator::Original)
}

/// `________________________________`, or dashes.
fn is_rule(line: &str) -> bool {
    line.len() >= 5 && (line.bytes().all(|b| b == b'_') || line.bytes().all(|b| b == b'-'))
}

const FROM: [&str; 10] = [
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "od",
    "lähettäjä",
    "от",
];
const SENT: [&str; 19] = [
    "sent",
    "date",
    "gesendet",
    "datum",
    "enviado",
    "enviado el",
    "fecha",
    "envoyé",
    "inviato",
    "data",
    "verzonden",
    "skickat",
    "sendt",
    "dato",
    "wysłano",
    "lähetetty",
    "дата",
    "отправлено",
    "sent on",
];
const ADDRESSED: [&str; 16] = [
    "to",
    "an",
    "para",
    "à",
    "a",
    "aan",
    "till",
    "til",
    "do",
    "subject",
    "betreff",
    "asunto",
    "objet",
    "oggetto",
    "onderwerp",
    "assunto",
];

/// The value of a line `Name: value` with one of these names, which may be printed bold.
fn field<'l>(line: &'l str, names: &[&str]) -> Option<&'l str> {
    let line = line.trim_start_matches([' ', '*', '\t']);
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(['*', ' ', '\u{A0}']);
    // No such name is longer than this.
    (name.len() <= 24
        && names.contains(&name.to_lowercase().as_str())
        && !value.trim_matches(['*', ' ']).is_empty())
    .then_some(value)
}

/// "Sent from my iPhone" and its translations: a short line that names a device, and no sentence.
fn is_phone_line(line: &str) -> bool {
    const STARTS: [&str; 14] = [
        "sent from my ",
        "sent from outlook",
        "sent from mail for",
        "sent from yahoo mail",
        "sent from proton",
        "sent via ",
        "get outlook for ",
        "von meinem ",
        "gesendet von ",
        "gesendet mit ",
        "enviado desde mi ",
        "envoyé de mon ",
        "inviato da ",
        "enviado do meu ",
    ];
    const ENDS: [&str; 1] = ["gesendet"];
    let line = line.trim_matches(['*', '_']);
    if line.len() > 80 || line.contains([',', ';', '?', '!']) {
        return false;
    }
    let begins = |start: &&&str| {
        let head = line.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    let Some(start) = STARTS.iter().find(begins) else {
        return false;
    };
    let lower = line.to_lowercase();
    let rest: Vec<&str> = lower
        .get(start.len()..)
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    match *start {
        // "Von meinem Arzt habe ich …" begins a sentence.
        "von meinem " => {
            rest.len() <= 5
                && ENDS.contains(
                    &rest
                        .last()
                        .copied()
                        .unwrap_or_default()
                        .trim_end_matches('.'),
                )
        }
        // "Sent from my desk" ends here too, and no harm is done; more words are a sentence.
        _ => rest.len() <= 5,
    }
}
