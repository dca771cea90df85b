//! Names: of this contact, of people they wrote about, of other contacts; and the addressee.

use super::{FindingKind, Findings, Reply, Visibility};
use crate::assess::Span;
use crate::text::fold;
use regex::Regex;
use std::sync::LazyLock;

/// A word of the reply with its place.
struct Word<'a> {
    text: &'a str,
    folded: String,
    span: Span,
    possessive: bool,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut out = Vec::new();
    let mut start = None;
    let mut push = |from: usize, to: usize| {
        let whole = crate::text::slice(text, from, to);
        let bare = whole
            .strip_suffix("'s")
            .or_else(|| whole.strip_suffix("’s"))
            .unwrap_or(whole)
            .trim_matches(['\'', '’']);
        if !bare.is_empty() {
            let offset = whole.find(bare).unwrap_or(0);
            let span = from + offset..from + offset + bare.len();
            out.push(Word {
                text: bare,
                folded: fold(bare),
                span,
                possessive: bare.len() < whole.len(),
            });
        }
    };
    for (i, c) in text.char_indices() {
        if c.is_alphabetic() || matches!(c, '\'' | '’') {
            start.get_or_insert(i);
        } else if let Some(from) = start.take() {
            push(from, i);
        }
    }
    if let Some(from) = start {
        push(from, text.len());
    }
    out
}

const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "dra", "sr", "sra", "jr", "ii", "iii", "md", "the", "de",
    "la", "del", "van", "von",
];
/// Names that are also words: they count only when written large in mid-sentence or addressed.
const WORD_NAMES: &[&str] = &[
    "will",
    "may",
    "mark",
    "grace",
    "hope",
    "faith",
    "joy",
    "rose",
    "april",
    "june",
    "august",
    "grant",
    "chase",
    "bill",
    "sue",
    "art",
    "dean",
    "frank",
    "jack",
    "pat",
    "rob",
    "drew",
    "summer",
    "dawn",
    "autumn",
    "robin",
    "carol",
    "ray",
    "gene",
    "ruby",
    "iris",
    "lily",
    "violet",
    "daisy",
    "victor",
    "max",
    "guy",
    "miles",
    "young",
    "long",
    "brown",
    "white",
    "green",
    "black",
    "gray",
    "king",
    "price",
    "wood",
    "woods",
    "rice",
    "day",
    "best",
    "cook",
    "hall",
    "hill",
    "field",
    "park",
    "parks",
    "short",
    "small",
    "sharp",
    "strong",
    "case",
    "banks",
    "bell",
    "love",
    "good",
    "church",
    "baker",
    "page",
    "parker",
    "rivers",
    "stone",
    "waters",
    "west",
    "north",
    "wise",
    "swift",
    "rich",
    "angel",
    "christian",
    "heart",
    "major",
    "nice",
    "ward",
    "pain",
    "call",
    "patience",
    "mercy",
    "charity",
    "destiny",
    "star",
    "sky",
    "harmony",
    "melody",
    "crystal",
    "amber",
    "jade",
    "pearl",
    "ivy",
    "holly",
    "olive",
    "penny",
    "sandy",
    "stormy",
    "sunny",
    "happy",
    "lane",
    "story",
    "marina",
    "mercedes",
    "sol",
    "luz",
    "paz",
    "cruz",
    "flores",
    "dulce",
    "linda",
    "leal",
];
const GENERIC_ADDRESSEES: &[&str] = &[
    "there",
    "everyone",
    "all",
    "team",
    "friend",
    "friends",
    "neighbor",
    "neighbors",
    "neighbour",
    "patient",
    "patients",
    "sir",
    "madam",
    "maam",
    "folks",
    "again",
    "and",
    "from",
    "to",
    "we",
    "thank",
    "thanks",
    "facebook",
    "instagram",
    "community",
    "reviewer",
    "parents",
    "families",
    "family",
    "mom",
    "mama",
    "dad",
    "doctor",
    "good",
    "a",
    "our",
    "guest",
    "valued",
    "todos",
    "amigo",
    "amiga",
    "amigos",
    "buenas",
    "gracias",
    "paciente",
    "senor",
    "senora",
    "i",
    "this",
    "yes",
    "so",
    "just",
    "morning",
    "afternoon",
    "evening",
    "customer",
    "member",
    "members",
    "dear",
    "hello",
    "followers",
    "readers",
    "it",
    "he",
    "she",
    "they",
    "you",
    "your",
    "please",
    "sorry",
    "in",
    "happy",
    "hiring",
    "staff",
    "colleague",
    "colleagues",
    "applicant",
    "recruiter",
    "editor",
    "dr",
    "nurse",
    "practice",
    "clinic",
    "tias",
    "sirs",
    "concerned",
];
const NICKNAMES: &[(&str, &str)] = &[
    ("bob", "robert"),
    ("bobby", "robert"),
    ("rob", "robert"),
    ("bill", "william"),
    ("billy", "william"),
    ("will", "william"),
    ("liam", "william"),
    ("dick", "richard"),
    ("rick", "richard"),
    ("peggy", "margaret"),
    ("meg", "margaret"),
    ("maggie", "margaret"),
    ("liz", "elizabeth"),
    ("beth", "elizabeth"),
    ("betty", "elizabeth"),
    ("jim", "james"),
    ("jimmy", "james"),
    ("jack", "john"),
    ("johnny", "john"),
    ("ted", "edward"),
    ("ed", "edward"),
    ("kate", "katherine"),
    ("katie", "katherine"),
    ("kathy", "katherine"),
    ("cathy", "catherine"),
    ("tony", "anthony"),
    ("mike", "michael"),
    ("pepe", "jose"),
    ("paco", "francisco"),
    ("lupe", "guadalupe"),
    ("chuy", "jesus"),
    ("nacho", "ignacio"),
    ("sasha", "alexander"),
    ("hank", "henry"),
    ("molly", "mary"),
    ("polly", "mary"),
    ("sally", "sarah"),
    ("nancy", "ann"),
    ("chuck", "charles"),
    ("charlie", "charles"),
    ("tom", "thomas"),
    ("dave", "david"),
    ("steve", "stephen"),
    ("jen", "jennifer"),
    ("jenny", "jennifer"),
    ("sue", "susan"),
    ("becky", "rebecca"),
    ("barb", "barbara"),
    ("deb", "deborah"),
    ("debbie", "deborah"),
    ("pat", "patricia"),
    ("trish", "patricia"),
    ("vicky", "victoria"),
    ("tori", "victoria"),
    ("gabe", "gabriel"),
    ("beto", "roberto"),
    ("mari", "maria"),
    ("nina", "antonina"),
    ("josh", "joshua"),
    ("drew", "andrew"),
    ("andy", "andrew"),
    ("greg", "gregory"),
];

fn same_name(a: &str, b: &str) -> bool {
    let short = a.len().min(b.len());
    a == b
        || (short >= 3 && (a.starts_with(b) || b.starts_with(a)))
        || NICKNAMES
            .iter()
            .any(|(n, full)| (a == *n && b.starts_with(full)) || (b == *n && a.starts_with(full)))
}

/// The parts of a name worth looking for; a handle ("sunny_88") has none.
fn parts(name: &str) -> Vec<String> {
    if name.contains(|c: char| c.is_ascii_digit() || c == '_' || c == '@') {
        return Vec::new();
    }
    words(name)
        .into_iter()
        .map(|w| w.folded)
        .filter(|w| w.chars().count() >= 2 && !TITLES.contains(&w.as_str()))
        .collect()
}

fn capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// People the contact names: "my daughter Emma", "my name is Ana Ruiz".
fn people_in(inbound: &str) -> Vec<String> {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:(?i:my|our|mi|nuestr[oa]) (?i:[\w]+ )?(?i:son|daughter|husband|wife|mom|mother|dad|father|brother|sister|baby|grandson|granddaughter|grandma|grandpa|child|partner|boyfriend|girlfriend|aunt|uncle|hijo|hija|esposo|esposa|mam[aá]|pap[aá]|beb[eé]|hermano|hermana|abuel[oa])(?:,)? |(?i:my name is|name's|name is|this is|i am|i'm|i’m|me llamo|soy|regards,|sincerely,|thanks,|thank you,|gracias,|atentamente,|saludos,|-+)\s+)([A-ZÁÉÍÓÚÑ][\p{L}'’\-]+(?: [A-ZÁÉÍÓÚÑ][\p{L}'’\-]+)?)").ok()
    });
    NAMED
        .as_ref()
        .map(|r| {
            r.captures_iter(inbound)
                .filter_map(|c| c.get(1))
                .flat_map(|m| parts(m.as_str()))
                .collect()
        })
        .unwrap_or_default()
}

/// Names and addressee of the reply.
pub(super) fn find(reply: &Reply<'_>, found: &mut Findings) {
    let all = words(reply.reply);
    let public = reply.visibility == Visibility::Public;
    let ours: Vec<String> = reply
        .practice
        .staff
        .iter()
        .chain(std::iter::once(&reply.practice.name))
        .flat_map(|s| parts(s))
        .collect();
    let contact = parts(reply.contact_name);
    let told = people_in(reply.inbound);
    let first_of_sentence = |w: &Word<'_>| {
        let before = crate::text::slice(reply.reply, 0, w.span.start).trim_end();
        before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':'])
    };
    let by_doctor = |i: usize| {
        i > 0
            && all.get(i - 1).is_some_and(|p| {
                matches!(
                    p.folded.as_str(),
                    "dr" | "dra" | "doctor" | "doctora" | "nurse" | "np" | "pa"
                )
            })
    };
    for (i, word) in all.iter().enumerate() {
        let listed = |names: &[String]| {
            names
                .iter()
                .any(|p| *p == word.folded && p.chars().count() >= 3)
        };
        if ours.contains(&word.folded) || by_doctor(i) {
            continue;
        }
        if public
            && (listed(&contact) || listed(&told))
            && !crate::guard::names::common(word, first_of_sentence(word), &all, i)
        {
            let end = all
                .get(i + 1)
                .filter(|n| contact.contains(&n.folded) && n.span.start == word.span.end + 1)
                .map_or(word.span.end, |n| n.span.end);
            found.add(FindingKind::Name, word.span.start..end);
        }
        // "Mrs. Alvarez" names somebody, whoever it is.
        if public
            && capital(word.text)
            && i > 0
            && all.get(i - 1).is_some_and(|p| {
                matches!(
                    p.folded.as_str(),
                    "mr" | "mrs" | "ms" | "miss" | "sr" | "sra" | "senor" | "senora"
                ) && word.span.start - p.span.end <= 2
            })
        {
            found.add(FindingKind::Name, word.span.clone());
        }
    }
    others(reply, &all, &contact, &ours, found);
    addressee(reply, &all, &contact, &told, &ours, found);
}

/// A name that is also a word, not used as a name here.
fn common(word: &Word<'_>, first: bool, all: &[Word<'_>], i: usize) -> bool {
    if !WORD_NAMES.contains(&word.folded.as_str()) {
        return false;
    }
    let greeted = i > 0
        && all.get(i - 1).is_some_and(|p| {
            matches!(
                p.folded.as_str(),
                "hi" | "hello"
                    | "dear"
                    | "hey"
                    | "hola"
                    | "thanks"
                    | "you"
                    | "estimada"
                    | "estimado"
            )
        });
    !capital(word.text) || (first && !greeted)
}

fn others(
    reply: &Reply<'_>,
    all: &[Word<'_>],
    contact: &[String],
    ours: &[String],
    found: &mut Findings,
) {
    for other in reply.other_known_contacts {
        let name = parts(other);
        if name.is_empty() {
            let written = other.trim();
            if written.chars().count() >= 4
                && let Some(at) = reply.reply.find(written)
            {
                found.add(FindingKind::OtherContact, at..at + written.len());
            }
            continue;
        }
        if name.iter().all(|p| contact.contains(p)) {
            continue;
        }
        for (i, word) in all.iter().enumerate() {
            let Some(first) = name.first() else { continue };
            let last = name.last().filter(|_| name.len() > 1);
            if word.folded == *first {
                let next = all.get(i + 1).filter(|n| {
                    last.is_some_and(|l| n.folded == *l)
                        || (name.len() > 2 && name.contains(&n.folded))
                });
                if let Some(next) = next {
                    found.add(FindingKind::OtherContact, word.span.start..next.span.end);
                    continue;
                }
                let own = contact.contains(first) || ours.contains(first);
                let cared = all.get(i + 1).is_some_and(|n| {
                    matches!(
                        n.folded.as_str(),
                        "was"
                            | "is"
                            | "has"
                            | "had"
                            | "came"
                            | "also"
                            | "tested"
                            | "who"
                            | "said"
                            | "saw"
                            | "and"
                            | "told"
                    )
                }) || (i > 0
                    && all.get(i - 1).is_some_and(|p| {
                        matches!(
                            p.folded.as_str(),
                            "for"
                                | "with"
                                | "about"
                                | "to"
                                | "from"
                                | "patient"
                                | "friend"
                                | "neighbor"
                                | "like"
                                | "and"
                                | "son"
                                | "daughter"
                                | "husband"
                                | "wife"
                                | "mother"
                                | "by"
                                | "of"
                        )
                    }));
                if !own
                    && capital(word.text)
                    && (word.possessive || cared)
                    && !WORD_NAMES.contains(&first.as_str())
                {
                    found.add(FindingKind::OtherContact, word.span.clone());
                }
            } else if last.is_some_and(|l| *l == word.folded)
                && capital(word.text)
                && word.folded.chars().count() >= 3
            {
                let shared = contact.contains(&word.folded) || ours.contains(&word.folded);
                let doctor = i > 0
                    && all.get(i - 1).is_some_and(|p| {
                        matches!(p.folded.as_str(), "dr" | "dra" | "doctor" | "nurse")
                    });
                if !shared && !doctor && !WORD_NAMES.contains(&word.folded.as_str()) {
                    found.add(FindingKind::OtherContact, word.span.clone());
                }
            }
        }
    }
}

/// Whoever the greeting names must be the contact, or somebody the contact named.
fn addressee(
    reply: &Reply<'_>,
    all: &[Word<'_>],
    contact: &[String],
    told: &[String],
    ours: &[String],
    found: &mut Findings,
) {
    let greeting = |w: &str| {
        matches!(
            w,
            "hi" | "hello"
                | "dear"
                | "hey"
                | "hola"
                | "estimado"
                | "estimada"
                | "querido"
                | "querida"
                | "greetings"
        )
    };
    for (i, pair) in all.windows(2).enumerate().take(6) {
        let [first, second] = pair else { continue };
        if !greeting(&first.folded)
            && !matches!(first.folded.as_str(), "morning" | "afternoon" | "dias")
        {
            continue;
        }
        let mut at = i + 1;
        if TITLES.contains(&second.folded.as_str()) {
            at += 1;
        }
        let Some(name) = all.get(at) else { continue };
        let adjacent = crate::text::slice(reply.reply, first.span.end, name.span.start)
            .chars()
            .all(|c| c.is_whitespace() || c == '.' || c.is_alphabetic());
        if !capital(name.text)
            || GENERIC_ADDRESSEES.contains(&name.folded.as_str())
            || name.folded.chars().count() < 2
            || !adjacent
        {
            continue;
        }
        let right = contact
            .iter()
            .chain(told)
            .chain(ours)
            .any(|p| same_name(p, &name.folded))
            || fold(reply.contact_name).contains(&name.folded)
            || fold(reply.inbound).contains(&name.folded);
        if !right {
            let followed = crate::text::slice(reply.reply, name.span.end, name.span.end + 1);
            let addressed = matches!(followed, "," | "!" | "." | ":" | "" | "\n" | ";")
                || all.get(at + 1).is_some_and(|n| capital(n.text));
            match (contact.is_empty(), addressed) {
                (false, true) => found.add(FindingKind::WrongRecipient, name.span.clone()),
                (true, true) if reply.visibility == Visibility::Public => {
                    found.add(FindingKind::Name, name.span.clone());
                }
                _ => {}
            }
        }
        return;
    }
}
