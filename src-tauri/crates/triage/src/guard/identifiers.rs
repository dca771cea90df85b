//! Identifiers by their shape and by the words around them.
//!
//! A phone number, e-mail or street address may be the practice's own. It is, if the facts say so, or if the
//! words before it speak of the practice ("call us at", "our office is located at") and not of the person
//! ("your number", "call you at"). What cannot be told apart is treated as the person's.

use super::{FindingKind, Findings, Reply};
use crate::text::{floor_boundary, slice};
use regex::Regex;
use std::sync::LazyLock;

fn pattern(source: &str) -> Regex {
    #[expect(
        clippy::expect_used,
        reason = "the pattern is part of the program and every one is used by a test"
    )]
    Regex::new(source).expect("a valid pattern")
}

macro_rules! patterns {
    ($($name:ident = $source:expr;)*) => { $(static $name: LazyLock<Regex> = LazyLock::new(|| pattern($source));)* };
}

patterns! {
    EMPTY = r"(?x)\{\{?\s*[\w.|\- ]{0,60}\s*\}?\}|(?i)\[\s*(?:(?:insert|your|enter|add|patient|contact|first|last|full|client|provider|doctor|practice|clinic|staff|office|phone|date|time|appointment|link|name|address|email|day|number|location|hours|topic|reason|x+)\b[^\]\n]{0,40})\]|<(?:insert|name|first|last|date|time|phone|link|address|doctor|provider|email)[^>\n]{0,30}>|_{3,}|%\w{2,20}%|\bXX+\b|\bX{1,2}/X{1,2}\b|\$\{[^}\n]*\}|\bTK\b|\?\?\?+";
    EMPTY_GREETING = r"(?i)^\s*(?:hi|hello|dear|hey|hola|estimado|estimada)\s*[,!:]\s*$|(?i)^\s*(?:dear|estimado|estimada)\s*,";
    SSN = r"\b\d{3}[-\s.]\d{2}[-\s.]\d{4}\b";
    SSN_CUE = r"(?i)\b(?:ssn|ss#|social security(?: number| no\.?| #)?|social(?: number)?|seguro social|n[uú]mero de seguro social)\b[^\d\n]{0,30}(\d[\d\-\s.]{2,12}\d)";
    RECORD = r"(?i)\b(?:mrn|m\.r\.n\.|med(?:ical)? rec(?:ord)?(?: number| no\.?| #)?|chart(?: number| no\.?| #)?|record(?: number| no\.?| #| id)|patient (?:id|number|no\.?|#|account)|account(?: number| no\.?| #)|acct\.?(?: number| no\.?| #)?|case(?: number| no\.?| #)|reference(?: number| no\.?| #)|visit(?: number| no\.?| #| id)|encounter(?: number| no\.?| #| id)|invoice(?: number| no\.?| #)?|claim(?: number| no\.?| #)|expediente(?: n[uú]mero| no\.?| #)?|n[uú]mero de (?:expediente|paciente|cuenta)|file(?: number| no\.?| #)|specimen(?: number| id)|rx(?: number| no\.?| #)|prescription(?: number| no\.?| #)|confirmation(?: number| code| #))\b[\s:#.\-]*(?:is|was|es|of|under|number)?[\s:#.\-]*((?:[A-Z]{0,5}[-\s]?)?\d[\w\-]{2,}|[A-Z]{1,4}\d{3,}[\w\-]*)";
    INSURANCE = r"(?i)\b(?:member|policy|subscriber|insurance|group|plan|medicare|medicaid|beneficiary|coverage|enrollee|mbi|hicn|health plan|aetna|cigna|humana|bcbs|blue cross|p[oó]liza|seguro)\b(?:\s+(?:id|number|no\.?|num|card|identification|account|nr|n[uú]mero|de|blue|shield|ppo|hmo|member))*[\s:#.\-]*(?:is|was|es|ending in|of|under)?[\s:#.\-]*((?:[A-Z]{1,5}[-\s]?)?\d[\w\-]*(?:\s\d[\w\-]*)*|[A-Z]{2,5}\d{4,}\w*)";
    MBI = r"\b[1-9][AC-HJKMNP-RT-Yac-hjkmnp-rt-y][0-9AC-HJKMNP-RT-Yac-hjkmnp-rt-y]\d-?[AC-HJKMNP-RT-Yac-hjkmnp-rt-y][0-9AC-HJKMNP-RT-Yac-hjkmnp-rt-y]\d-?[AC-HJKMNP-RT-Yac-hjkmnp-rt-y]{2}\d{2}\b";
    EMAIL = r"(?i)\b[a-z0-9][\w.+\-]*\s?(?:@|\(at\)|\[at\]|\{at\}|\s+at\s+)\s?[a-z0-9][a-z0-9\-]*\s?(?:(?:\.|\(dot\)|\[dot\]|\{dot\}|\s+dot\s+|\s*\(\.\)\s*)\s?[a-z0-9\-]+)*(?:\.|\(dot\)|\[dot\]|\{dot\}|\s+dot\s+)\s?(?:com|org|net|edu|gov|io|co|us|me|info|health|example|clinic|uk|es|mx|ca|care|doctor)\b";
    PHONE = r"(?ix)(?:\+?1[\s.\-]*)?\(?\b[2-9]\d{2}\)?[\s.\-/–]*(?:dot|dash)?[\s.\-/–]*\d{3}[\s.\-–]*(?:dot|dash)?[\s.\-–]*\d{4}\b|\b\d{3}[\s.\-–](?:dot\s|dash\s)?\d{4}\b|\+\d{1,3}[\s.\-(]*\d(?:[\s.\-()]*\d){6,12}\b";
    SPELLED_PHONE = r"(?i)\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|double|[0-9o])[\s.\-,/]*){7,12}\b";
    PART_OF_NUMBER = r"(?i)\b(?:number|phone|cell|social|ssn|ending|ends)\s+(?:ending|ends|that ends|terminad[oa])?\s*(?:in|with|en)\s+\d{4}\b";
    ADDRESS = r"(?ix)\b\d{1,6}\s?[a-z]?\s+(?:(?:n|s|e|w|north|south|east|west|ne|nw|se|sw)\.?\s+)?(?:[a-z0-9'’.]+\s+){1,4}?(?:st|street|ave|avenue|av|blvd|boulevard|rd|road|dr|drive|ln|lane|ct|court|pl|place|way|cir|circle|ter|terrace|pkwy|parkway|hwy|highway|sq|square|trl|trail|loop|row|pike|alley|run|path|crossing|cove|plaza|bend|ridge|point|pt|expressway|turnpike)\b\.?(?:,?\s*(?:apt|apartment|unit|suite|ste|\#|fl|floor|bldg)\.?\s*\#?\s*[\w\-]+)?|\bp\.?\s?o\.?\s?box\s+\d+|\b(?:apt|apartment|unit)\.?\s*\#?\s*\d+\w?\b|\b(?:calle|avenida|av\.|calz\.|calzada|carrera|colonia)\s+[\p{L}\s.]{2,30}?\s?(?:\#|no\.?|n[uú]mero)?\s?\d{1,5}\b";
    ADDRESS_BEFORE = r"(?i)\b(?:lives?|living|reside[sd]?|home|house|place|apartment|building) (?:is )?(?:on|at|in|off|near) (?:[A-Z][\w'’]+\s){1,3}(?:St|Street|Ave|Avenue|Rd|Road|Dr|Drive|Ln|Lane|Blvd|Court|Ct|Way)\b";
    BIRTH = r"(?ix)\b(?:d\.?\s?o\.?\s?b\.?|date\s+of\s+birth|birth\s?date|birthday|born(?:\s+on|\s+in)?|fecha\s+de\s+nacimiento|naci[oó]|cumplea[nñ]os|turned|turning|bday)\b[^.!?\n]{0,25}?(?:\d{1,4}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-z]*(?:\s+(?:de\s+)?\d{4})?|(?:19|20)\d{2}\b|\d{1,3}\b)";
    AGE = r"(?i)\b(?:you|he|she|your \w+)(?:'re| are| is|’re|'s|’s)? (?:a |an )?\d{1,3}[\s\-]years?[\s\-]old\b|\b(?:at (?:your|his|her) age|at age|for a|as an?) (?:of )?\d{1,3}[\s\-]?(?:year[\s\-]old)?\b";
    OLD_DATE = r"\b(?:0?[1-9]|1[0-2])[/\-.](?:0?[1-9]|[12]\d|3[01])[/\-.](?:19\d{2}|200\d|201[0-9])\b|\b(?:19\d{2}|200\d|201[0-8])-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b";
    OWN_CUE = r"(?i)\b(?:(?:call|text|phone|contact|reach|email|e-mail|write|message|ring|fax|visit|find|join)(?:ing)?(?: to)? (?:us|me|our|the (?:office|clinic|practice|front|billing|nurse|main|team|desk|hotline|number)|dr|directly)|please (?:call|text|phone|dial|email|e-mail|contact|write|message|reach)|give (?:us|our|the) |reach out (?:to us|to our|directly)|(?:our|the|main|office|clinic|practice|billing|front desk|nurse|after[- ]hours|scheduling|appointment|patient relations|manager|department|team|desk|poison control|crisis|help ?line|hot ?line|life ?line)\b[^.!?\n]{0,40}?\b(?:is|at|on|number|line|phone|address|email|located|office|manager|team|desk|department|via|by)|located (?:at|on|in|near)|we(?:'re| are|’re| have moved| moved)\b[^.!?\n]{0,25}\b(?:at|on|in|to)|us (?:at|on|a call|by)|call \(?\d|text \w+ to|dial|(?:call|text) (?:or text|or call)|or (?:call|text|email)|ll[aá]m(?:e|enos|anos|ar)|cont[aá]ct(?:e|enos|ar)|escr[ií]b(?:a|anos)|nuestr[oa]s?|estamos (?:en|ubicad)|comun[ií]quese|oficina|consultorio|cl[ií]nica|recepci[oó]n|office manager|hours|suite|parking|entrance|event|health fair|open house|workshop|class|seminar|drive|pop-up)\b";
    PERSON_CUE = r"(?i)(?:\b(?:your|his|her|their) (?:[\w\-]+ ){0,2}(?:number|phone|cell|mobile|address|email|e-mail|home|contact|house|voicemail|line|landline|apartment|place|street|inbox|file|records?|account)|\b(?:(?:we|i|our \w+|nurse|someone|dr\.? \w+)(?:'ll| will| can| is going to| tried to| has| have)? (?:try|call|text|ring|reach|phone)(?:ed|ing)? (?:you )?(?:again |back |today |later |shortly )*|call|reach|text|called|calling|contact(?:ed)?|email(?:ed)?|texted|mailed?|ring|phoned|tried|try|ring up|sent?|shipped?|writ(?:e|ten)|wrote|left) (?:it |them |that |this |a \w+ |the \w+ |your \w+ |for )?(?:to )?(?:you|him|her|them|your (?:husband|wife|mom|mother|dad|father|son|daughter|partner))\b|\bon file|\byou (?:gave|left|provided|listed|shared|wrote|sent|live|moved|reside|can be reached|have)|\bwe have (?:you|your|an?|the)\b|\blives? (?:at|on)|\bbelongs to|\bsent (?:it |them )?to|\bmailed to|\bhome (?:at|of)|\b(?:su|tu) (?:n[uú]mero|tel[eé]fono|correo|direcci[oó]n|casa|celular|domicilio)|\b(?:le|te) (?:llam|escrib|envi|mand)\w*|\bis (?:this|that) (?:still|your|the right)|\bat home|\bnumber you)";
}

/// Fields of a canned response that were never filled.
pub(super) fn empty_fields(text: &str, found: &mut Findings) {
    for hit in EMPTY
        .find_iter(text)
        .chain(EMPTY_GREETING.find_iter(text.lines().next().unwrap_or("")))
    {
        found.add(FindingKind::EmptyField, hit.range());
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Digits of a number written in words or spaced out.
fn spelled_digits(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric())
        .map(|word| match word.to_lowercase().as_str() {
            "zero" | "oh" | "o" | "one" | "two" | "three" | "four" | "five" | "six" | "seven"
            | "eight" | "nine" | "cero" | "uno" | "dos" | "tres" | "cuatro" | "cinco" | "seis"
            | "siete" | "ocho" | "nueve" | "double" => 1,
            w if w.chars().all(|c| c.is_ascii_digit()) => w.len(),
            _ => 0,
        })
        .sum()
}

/// Whether the words around an identifier speak of the practice.
fn practices_own(text: &str, start: usize, end: usize) -> bool {
    let from = slice(text, 0, start)
        .rfind(['\n', '!', '?'])
        .map_or(0, |i| i + 1)
        .max(floor_boundary(text, start.saturating_sub(110)));
    let before = slice(text, from, start);
    // Only the nearest sentence; a full stop followed by a blank ends it.
    let before = before
        .rfind(". ")
        .map_or(before, |i| slice(before, i + 2, before.len()));
    let after = slice(text, end, floor_boundary(text, end + 40));
    let own = OWN_CUE.find_iter(before).last().map(|m| m.end());
    let person = PERSON_CUE.find_iter(before).last().map(|m| m.end());
    match (own, person) {
        (Some(o), Some(p)) => o >= p,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => {
            let nearby = after
                .trim_start_matches([',', ' ', ')', '.', ':'])
                .to_lowercase();
            [
                "to schedule",
                "to book",
                "to make",
                "for appointments",
                "to speak",
                "during",
                "and we",
                "monday",
                "mon",
                "to reach",
                "and ask",
                "ext",
                "option",
                "so we can",
                "and our",
                "para",
                "any time",
                "anytime",
                "if you",
            ]
            .iter()
            .any(|w| nearby.starts_with(w))
                || before.trim().is_empty() && slice(text, 0, start).to_lowercase().contains("call")
        }
    }
}

const GENERIC_MAILBOXES: &[&str] = &[
    "info",
    "office",
    "frontdesk",
    "front.desk",
    "billing",
    "appointments",
    "appointment",
    "contact",
    "hello",
    "support",
    "records",
    "privacy",
    "reception",
    "help",
    "team",
    "clinic",
    "care",
    "admin",
    "scheduling",
    "feedback",
    "manager",
    "patients",
    "patientrelations",
    "patient.relations",
    "patientservices",
    "complaints",
    "events",
    "nurse",
    "referrals",
    "hr",
    "careers",
    "jobs",
    "press",
    "media",
    "practice",
    "practicemanager",
    "officemanager",
    "citas",
    "recepcion",
    "contacto",
    "ayuda",
    "questions",
    "compliance",
    "hi",
    "mail",
    "desk",
    "welcome",
    "experience",
    "patientexperience",
    "advocate",
    "patientadvocate",
];

/// Identifiers in the reply.
pub(super) fn find(reply: &Reply<'_>, found: &mut Findings) {
    let text = reply.reply;
    let facts = reply.practice;
    let inbound_digits = digits(reply.inbound);
    for hit in SSN.find_iter(text) {
        found.add(FindingKind::Ssn, hit.range());
    }
    for capture in SSN_CUE.captures_iter(text) {
        if let Some(hit) = capture.get(1) {
            found.add(FindingKind::Ssn, hit.range());
        }
    }
    for (pattern, kind) in [
        (&*RECORD, FindingKind::RecordNumber),
        (&*INSURANCE, FindingKind::InsuranceNumber),
    ] {
        for capture in pattern.captures_iter(text) {
            if let Some(hit) = capture.get(1) {
                let digit_count = digits(hit.as_str()).len();
                let year = digit_count == 4 && hit.as_str().starts_with("20");
                let enough = if kind == FindingKind::InsuranceNumber {
                    5
                } else {
                    3
                };
                if digit_count >= enough && !year && !(PHONE.is_match(hit.as_str())) {
                    found.add(kind, hit.range());
                }
            }
        }
    }
    for hit in MBI.find_iter(text) {
        found.add(FindingKind::InsuranceNumber, hit.range());
    }
    for hit in EMAIL.find_iter(text) {
        let written = hit.as_str().to_lowercase();
        let spaced_at = written.contains(" at ") && !written.contains('@');
        if spaced_at && !written.contains("dot") && !written.contains('.') {
            continue;
        }
        // "visit us at example.com" is a site, not a mailbox.
        let mailbox = written
            .split(['@', '(', '[', '{', ' '])
            .next()
            .unwrap_or("");
        if spaced_at
            && matches!(
                mailbox,
                "us" | "online"
                    | "site"
                    | "website"
                    | "more"
                    | "portal"
                    | "it"
                    | "page"
                    | "out"
                    | "info"
                    | "information"
                    | "look"
                    | "here"
                    | "form"
                    | "book"
                    | "schedule"
                    | "me"
            )
            && !written.contains("dot")
        {
            continue;
        }
        let ours = facts.emails.iter().any(|e| e.to_lowercase() == written);
        let personal = [
            "gmail", "yahoo", "hotmail", "outlook", "icloud", "aol", "proton", "msn", "live.",
            "comcast",
        ]
        .iter()
        .any(|d| written.contains(d));
        let generic = GENERIC_MAILBOXES.contains(&mailbox) && !personal;
        let known = reply.inbound.to_lowercase().contains(&written);
        if !ours
            && (known || !(generic || (!personal && practices_own(text, hit.start(), hit.end()))))
        {
            found.add(FindingKind::Email, hit.range());
        }
    }
    let phones = PHONE.find_iter(text).chain(
        SPELLED_PHONE
            .find_iter(text)
            .filter(|h| spelled_digits(h.as_str()) >= 7),
    );
    for hit in phones {
        let number = digits(hit.as_str());
        let core = number.get(number.len().saturating_sub(7)..).unwrap_or("");
        let ours = facts
            .phones
            .iter()
            .any(|p| core.len() == 7 && digits(p).ends_with(core));
        let toll_free = matches!(
            number.trim_start_matches('1').get(..3),
            Some("800" | "888" | "877" | "866" | "855" | "844" | "833")
        ) && number.len() >= 10;
        let known = core.len() == 7 && inbound_digits.contains(core);
        let inside = found.0.iter().any(|(k, s)| {
            matches!(
                k,
                FindingKind::Ssn | FindingKind::RecordNumber | FindingKind::InsuranceNumber
            ) && s.start <= hit.start()
                && s.end >= hit.end()
        });
        if !ours
            && !inside
            && (known || !(toll_free || practices_own(text, hit.start(), hit.end())))
        {
            found.add(
                FindingKind::Phone,
                hit.start()..hit.start() + hit.as_str().trim_end().len(),
            );
        }
    }
    for hit in PART_OF_NUMBER.find_iter(text) {
        let kind = if hit.as_str().to_lowercase().starts_with('s') {
            FindingKind::Ssn
        } else {
            FindingKind::Phone
        };
        found.add(kind, hit.range());
    }
    for hit in ADDRESS
        .find_iter(text)
        .chain(ADDRESS_BEFORE.find_iter(text))
    {
        let written = crate::text::fold(hit.as_str());
        let ours = facts.addresses.iter().any(|a| {
            let a = crate::text::fold(a);
            a.contains(written.trim()) || written.contains(a.as_str())
        });
        let known =
            reply.inbound.len() > 5 && crate::text::fold(reply.inbound).contains(written.trim());
        let time = [
            "am ", "pm ", "minutes", "hours", "days", "weeks", "years", "people", "percent",
            "patients",
        ]
        .iter()
        .any(|w| written.contains(w));
        if !ours && !time && (known || !practices_own(text, hit.start(), hit.end())) {
            found.add(FindingKind::Address, hit.range());
        }
    }
    for hit in BIRTH
        .find_iter(text)
        .chain(OLD_DATE.find_iter(text))
        .chain(AGE.find_iter(text))
    {
        let sentence = slice(
            text,
            floor_boundary(text, hit.start().saturating_sub(60)),
            hit.end(),
        )
        .to_lowercase();
        let general = [
            "we turned",
            "we're turning",
            "practice turned",
            "clinic turned",
            "born in or",
            "everyone born",
            "anyone born",
            "people born",
            "adults born",
            "children born",
            "patients born",
            "our birthday",
            "practice's birthday",
            "years in",
        ]
        .iter()
        .any(|w| sentence.contains(w));
        if !general {
            found.add(FindingKind::BirthDate, hit.range());
        }
    }
}
