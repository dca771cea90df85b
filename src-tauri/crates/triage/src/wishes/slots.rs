//! For whom, what kind of visit, why and with whom.

use serde::{Deserialize, Serialize};

use super::{
    dates::tree::Element,
    lexicon::Lexicon,
    text::{Kind, Language, Token, among},
};

/// The patient, seen from the writer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForWhom {
    /// The writer.
    #[serde(rename = "self")]
    Oneself,
    /// A child, grown-up, step- and in-law included.
    Child,
    /// A parent, step- and in-law included.
    Parent,
    /// A spouse or partner.
    Partner,
    /// Anybody else, and people of different kinds.
    Other,
    /// No person appears.
    Unknown,
}

/// The kind of visit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitType {
    /// New to the practice or clinician.
    New,
    /// Back about something treated or tested already.
    FollowUp,
    /// A vaccination.
    Vaccination,
    /// By video or phone.
    Telehealth,
    /// Something done to, put into or taken from the body.
    Procedure,
    /// A general examination without a complaint.
    Physical,
    /// None of these.
    Unspecified,
}

fn word(tokens: &[Token], i: usize) -> &str {
    tokens.get(i).map_or("", |t| t.word.as_str())
}

/// Who the visit is for.
pub fn for_whom(tokens: &[Token], lexicon: &Lexicon) -> ForWhom {
    let mut kinds: Vec<ForWhom> = Vec::new();
    let mut first_named = None;
    let mut at = 0;
    while at < tokens.len() {
        let mut found: Option<(ForWhom, usize)> = None;
        for (tag, kind) in [
            ("others", ForWhom::Other),
            ("child", ForWhom::Child),
            ("parent", ForWhom::Parent),
            ("partner", ForWhom::Partner),
        ] {
            if let Some(end) = lexicon.find_at(tag, tokens, at)
                && found.is_none_or(|(_, e)| end > e)
            {
                found = Some((kind, end));
            }
        }
        let Some((kind, end)) = found else {
            at += 1;
            continue;
        };
        first_named = first_named.or(Some(kind));
        if patient(tokens, lexicon, at, end) && !kinds.contains(&kind) {
            kinds.push(kind);
        }
        at = end;
    }
    // "My husband's birthday is June 20, could he come in on the 17th?"
    if kinds.is_empty()
        && let Some(kind) = first_named
        && tokens.windows(2).any(|w| matches!(w, [a, b] if among(&a.word, "he she they him her them") && among(&b.word, "come be get see in needs need have seen") || among(&a.word, "see bring fit squeeze book get") && among(&b.word, "him her them")))
    {
        kinds.push(kind);
    }
    let oneself = lexicon.has("first_person", tokens);
    match kinds.as_slice() {
        [] if oneself => ForWhom::Oneself,
        [] => ForWhom::Unknown,
        [one] => {
            let both = tokens.windows(3).any(|w| matches!(w, [a, b, c] if matches!(a.word.as_str(), "me" | "myself" | "i") && matches!(b.word.as_str(), "and" | "y" | "plus") && among(c.word.as_str(), "my mi the our")))
                || tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.word.as_str(), "and" | "y") && among(b.word.as_str(), "me myself yo i")) );
            if both { ForWhom::Other } else { *one }
        }
        _ => ForWhom::Other,
    }
}

/// Whether the relative at `start..end` is the one to be seen, and not a driver, a witness or a birthday child.
fn patient(tokens: &[Token], lexicon: &Lexicon, start: usize, end: usize) -> bool {
    let before = |n: usize| start.checked_sub(n).map_or("", |i| word(tokens, i));
    let after = |n: usize| word(tokens, end + n);
    let possessive = (start..end).any(|i| tokens.get(i).is_some_and(|t| t.possessive));
    // go back over "my", "our 3 year old", adjectives and names
    let mut k = start;
    let mut owner = false;
    while k > 0 && start - k < 6 {
        let w = word(tokens, k - 1);
        if among(
            w,
            "my our mi mis nuestro nuestra nuestros a the his her su el la una un both ambos",
        ) {
            owner = true;
            k -= 1;
            if !matches!(w, "the") {
                break;
            }
        } else if tokens.get(k - 1).is_some_and(|t| t.kind == Kind::Number)
            || among(
                w,
                "year old month week - little elderly eldest oldest youngest older younger teenage new newborn middle \
                of anos meses yr yo two three dear adult grown pregnant late other own day twin",
            )
        {
            k -= 1;
        } else {
            break;
        }
    }
    let lead = k.checked_sub(1).map_or("", |i| word(tokens, i));
    let lead2 = k.checked_sub(2).map_or("", |i| word(tokens, i));
    let drives = among(
        after(0),
        "can could will has is drives told said says takes works drops thinks gets leaves arrives recommended \
                puede trabaja dice dijo me to needs isnt cant ll",
    );
    if among(
        after(0),
        "can could will to ll drives takes puede me cant has needs is",
    ) && drives
    {
        // "my wife can take me", "my son is driving me"
        let to = (end..end + 7)
            .map(|i| word(tokens, i))
            .take_while(|w| !among(w, ". ? ! ; ,"))
            .collect::<Vec<_>>();
        if to.iter().any(|w| {
            among(w, "drive drives driving take bring lleva llevar llevarme traer traerme pick car watch home off babysit \
                coche cuidar")
        }) && to.iter().any(|w| {
            among(w, "me us car llevarme traerme off home coche watch kids baby cuidar")
        }) {
            return false;
        }
    }
    if among(
        after(0),
        "told said says works drives thinks recommended suggested trabaja dice dijo recomendo referred sees \
                goes gets drops arrives visits calls insists worked noticed",
    ) {
        return false;
    }
    if among(
        after(0),
        "birthday wedding graduation party school recital game work shift funeral car job house concert \
                flight practice match care",
    ) && !matches!(after(0), "school" if after(1) == "physical" || after(1) == "forms")
    {
        return false;
    }
    if possessive && matches!(after(0), "in" | "town") {
        return false;
    }
    // "pick up my son", "drop my daughter at school", "look after my mum"
    if among(
        lead,
        "up drop after collect with from by when until without recojo recoger cuando than ask call ring phone \
                tell visit visiting cuido watch",
    ) && !among(lead2, "check follow checkup appointment book me myself")
    {
        if lead == "with" && among(lead2, "appointment in come bring")
            || lead == "with" && matches!(before(1), "baby")
        {
            return true;
        }
        return false;
    }
    if among(lead2, "pick drop call ring") {
        return false;
    }
    if lead == "as" {
        return false;
    }
    let _ = (lexicon, owner, before(2));
    // a bare "friend", "family" or "girl" without anybody's "my" is no patient unless the visit is for it
    if !owner
        && !possessive
        && !matches!(
            lead,
            "for" | "para" | "bring" | "see" | "book" | "mom" | "get" | ""
        )
        && among(
            word(tokens, start),
            "friend family girl boy client employee mate partner mayor menor colleague mujer amiga amigo resident \
                ward boss",
        )
    {
        return false;
    }
    if among(word(tokens, start), "mayor menor pequeno pequena") && !owner {
        return false;
    }
    true
}

/// The kind of visit, the first that fits (10.2).
pub fn visit_type(tokens: &[Token], lexicon: &Lexicon) -> VisitType {
    for (tag, kind) in [
        ("telehealth", VisitType::Telehealth),
        ("vaccination", VisitType::Vaccination),
        ("procedure", VisitType::Procedure),
        ("physical", VisitType::Physical),
        ("new", VisitType::New),
        ("follow_up", VisitType::FollowUp),
    ] {
        let seen = lexicon.find(tag, tokens).into_iter().any(|seen| {
            let before = |n: usize| seen.start.checked_sub(n).map_or("", |i| word(tokens, i));
            let after = word(tokens, seen.end);
            let negated = matches!(before(1), "not" | "no" | "sin")
                || matches!(before(2), "not" | "dont" | "no")
                    && among(before(1), "a an need want the my");
            let elsewhere = kind == VisitType::Physical
                && among(after, "therapy therapist activity pain symptoms job");
            let after_something = kind == VisitType::Physical
                && among(after, "on after for of")
                && word(tokens, seen.start) == "checkup"
                && among(
                    word(tokens, seen.end + 1),
                    "my his her surgery operation mi",
                );
            !negated && !elsewhere && !after_something
        });
        if seen {
            return kind;
        }
    }
    VisitType::Unspecified
}

const TITLES: &str = "dr doctor dra nurse midwife doctora drs professor prof pa np hygienist therapist enfermera enfermero \
    mr mrs ms miss pediatrician matrona";
const NO_NAMES: &str = "said told asked about for on at and or if is was to appointment appointments in who that the a \
    please today tomorrow practitioner available i my would can could office visit as soon me you free \
    he she has had will this next with from note notes slot any but when there que para el la de y dijo \
    por si lo se esta s check checkup ordered wants wanted recommended suggested also not again instead \
    either because so asap then just regarding after before of clinic first last sees are be it we see \
    now soonest anytime whenever led only up";

/// The person the visit is wanted or booked with, as written (10.4).
pub fn clinician(text: &str, tokens: &[Token], elements: &[Element]) -> String {
    let inside = |i: usize| elements.iter().any(|e| e.first <= i && i < e.last);
    let mut best: Option<(i32, usize, usize)> = None;
    let mut i = 0;
    while i < tokens.len() {
        let is_title = tokens
            .get(i)
            .is_some_and(|t| t.kind == Kind::Word && among(&t.word, TITLES));
        let untitled = !is_title
            && among(word(tokens, i.wrapping_sub(1)), "with con see seeing")
            && tokens.get(i).is_some_and(|t| {
                t.capital && t.kind == Kind::Word && t.word.len() > 2 && !t.possessive
            })
            && !inside(i)
            && !among(word(tokens, i), NO_NAMES)
            && among(
                word(tokens, i.wrapping_sub(2)),
                "appointment booked in slot cita session visit me to checkup time one physical cleaning anything up",
            );
        if !is_title && !untitled {
            i += 1;
            continue;
        }
        let mut end = i + usize::from(is_title);
        if is_title && word(tokens, end) == "practitioner" {
            end += 1;
        }
        if is_title && word(tokens, end) == "." {
            end += 1;
        }
        let title_end = end;
        let mut names = 0;
        while let Some(token) = tokens.get(end) {
            let connected = token.is('-')
                && token.glued
                && tokens
                    .get(end + 1)
                    .is_some_and(|t| t.glued && t.kind == Kind::Word)
                && names > 0;
            if connected {
                end += 2;
                continue;
            }
            let particle = among(token.written.as_str(), "de del la van von den der el al st")
                && tokens.get(end + 1).is_some_and(|t| t.capital);
            let initial = token.kind == Kind::Word
                && token.word.len() == 1
                && token.capital
                && token.word != "i"
                && tokens.get(end + 1).is_some_and(|t| t.is('.'));
            let name = token.kind == Kind::Word
                && !inside(end)
                && !among(&token.word, NO_NAMES)
                && !among(&token.written, NO_NAMES)
                && (token.capital
                    || (names == 0
                        && is_title
                        && among(word(tokens, i), "dr doctor dra doctora")
                        && token.word.len() > 2));
            if initial {
                end += 2;
            } else if particle && (names > 0 || is_title) {
                end += 1;
            } else if name && names < 3 {
                names += 1;
                end += 1;
                if token.possessive {
                    break;
                }
            } else {
                break;
            }
        }
        if names == 0 || (untitled && end == title_end) {
            i += 1;
            continue;
        }
        // score the mention
        let mut b = i;
        while b > 0 && among(word(tokens, b - 1), "the my a el la of mi") {
            b -= 1;
        }
        let before = |n: usize| b.checked_sub(n).map_or("", |k| word(tokens, k));
        let after = word(tokens, end);
        let refused = among(before(1), "not except but than avoid without no")
            || (among(before(1), "with see con by ver seeing to")
                && (1..=4)
                    .take_while(|n| !among(before(*n), ", . if but ;"))
                    .any(|n| among(before(n), "not dont never no cant than wouldnt")));
        let reported = among(
            after,
            "said told asked recommended suggested referred wants wanted prescribed gave saw did retired dijo me \
                left thinks ordered mentioned put removed operated delivered advised sent receto recomendo was moved \
                started treated",
        ) && !matches!(before(1), "with" | "see" | "con");
        let greeted = among(
            before(1),
            "hi hello dear hey hola thanks thank gracias morning afternoon estimada estimado you",
        ) || (b == 0 && matches!(after, "," | ":"));
        let past = (1..=3).any(|n| {
            among(
                before(n),
                "saw seen visited was like love thank husband works",
            )
        });
        if refused {
            i = end;
            continue;
        }
        let score = if reported || greeted {
            -1
        } else if among(before(1), "with see con by ver seeing") && !past {
            3
        } else {
            i32::from(!past)
        };
        if score >= 0 && best.is_none_or(|(s, _, _)| score > s) {
            best = Some((score, i, end));
        }
        i = end;
    }
    let Some((_, start, end)) = best else {
        return String::new();
    };
    let (Some(first), Some(last)) = (tokens.get(start), tokens.get(end - 1)) else {
        return String::new();
    };
    let name = text.get(first.start..last.end).unwrap_or_default();
    let name = name
        .strip_suffix("'s")
        .or_else(|| name.strip_suffix("’s"))
        .unwrap_or(name);
    name.trim_end_matches(['.', ',']).to_owned()
}

/// Words that end a noun phrase.
const STOPS: &str = "hes shes theyre weare wewd wewill thats its whats theres i im id ive ill you he she it we they is are was were be been am can could would will should may \
    might do does did have has had and or but so if because since that which who when while as please \
    thanks thank asap soon any some with for to at from by after before until between during about \
    around not no only then also just like need want book schedule see get come hi hello this next \
    available today tomorrow there here again still possible preferably ideally hopefully maybe either \
    works let me us sometime once how what where why que y o pero si por para con se es esta son quiero \
    quisiera necesito puedo podria cuando gracias favor antes despues lo le in on done checked looked \
    seen off out up down each every within via without than instead per into under over of through hasnt \
    isnt wont doesnt dont cant keeps keep started starting getting gets got hurts hurting going came \
    comes back too now later earlier sooner tengo tiene hay desde hasta sigue muy mas the a an my your \
    his her our their mi su un una tambien porque aunque sobre ya al del posible";
/// Prepositions that carry a complaint to its place: "rash on my neck".
const PLACES: &str =
    "on in of behind under around near between en de detras above inside with from for del";

/// The shortest run of the writer's words that names the complaint or service (10.3).
pub fn reason(text: &str, tokens: &[Token], elements: &[Element], lexicon: &Lexicon) -> String {
    let inside = |i: usize| elements.iter().any(|e| e.first <= i && i < e.last);
    let stop = |i: usize| {
        tokens.get(i).is_none_or(|t| {
            (t.kind != Kind::Word && !(t.is('-') && t.glued) && t.kind != Kind::Number)
                || among(&t.word, STOPS)
                || among(&t.written, STOPS)
                || inside(i)
        })
    };
    let spanish = lexicon.language == Language::Spanish;
    let mut best: Option<(i32, usize, usize)> = None;
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = lexicon.find_at("reason", tokens, at) else {
            at += 1;
            continue;
        };
        if inside(at)
            || lexicon
                .find("not_reason", tokens)
                .iter()
                .any(|s| s.start <= at && at < s.end)
        {
            at = end;
            continue;
        }
        let weak = lexicon
            .find_at("weak_reason", tokens, at)
            .is_some_and(|e| e >= end);
        let mut start = at;
        let mut stop_at = end;
        if !spanish {
            while start > 0
                && !stop(start - 1)
                && !tokens.get(start - 1).is_some_and(|t| t.possessive)
                && at - start < 3
                && lexicon.find_at("not_modifier", tokens, start - 1).is_none()
                && tokens
                    .get(start - 1)
                    .is_some_and(|t| !among(&t.word, TITLES))
            {
                start -= 1;
            }
        }
        // forward: further nouns, then a place
        let mut guard = 0;
        while guard < 4 {
            guard += 1;
            if let Some(more) = lexicon.find_at("reason", tokens, stop_at) {
                stop_at = more;
                continue;
            }
            let preposition = word(tokens, stop_at);
            let written = tokens.get(stop_at).map_or("", |t| t.written.as_str());
            if among(preposition, PLACES) || among(written, PLACES) {
                let mut k = stop_at + 1;
                while among(
                    word(tokens, k),
                    "my the his her our their your both one mi su left right lower upper middle inner outer that this big \
                back a",
                ) && !inside(k)
                {
                    k += 1;
                }
                if let Some(more) = lexicon.find_at("body", tokens, k) {
                    stop_at = more;
                    continue;
                }
                if among(preposition, "in from with for")
                    && lexicon.find_at("reason", tokens, k).is_some()
                    && matches!(preposition, "with" | "from")
                    && !spanish
                {
                    break;
                }
            }
            break;
        }
        let length = stop_at - start;
        let mut score = if weak { 1 } else { 4 };
        let before = start.checked_sub(1).map_or("", |i| word(tokens, i));
        let before2 = start.checked_sub(2).map_or("", |i| word(tokens, i));
        if among(before, "about for regarding re sobre por para")
            || among(before2, "about for regarding sobre por para of")
                && among(before, "my a the his her un una mi this some an")
        {
            score += 2;
        }
        let _ = length;
        if best.is_none_or(|(s, _, _)| score > s) {
            best = Some((score, start, stop_at));
        }
        at = stop_at.max(at + 1);
    }
    let Some((_, start, end)) = best else {
        return String::new();
    };
    let (Some(first), Some(last)) = (tokens.get(start), tokens.get(end - 1)) else {
        return String::new();
    };
    text.get(first.start..last.end)
        .unwrap_or_default()
        .to_owned()
}
