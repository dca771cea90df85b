//! The language of a message, by its commonest words.

use crate::text::Token;
use serde::{Deserialize, Serialize};

/// The language a message is mostly written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Not to be told.
    #[serde(rename = "und")]
    Undetermined,
}

const SPANISH: &[&str] = &[
    "el", "la", "los", "las", "de", "del", "que", "y", "en", "un", "una", "por", "para", "con", "mi", "mis", "me", "su", "se", "es", "esta", "estoy", "tengo", "muy", "pero", "como", "cuando", "hola", "gracias", "cita", "doctor", "doctora", "dolor", "puedo", "quiero", "necesito", "hace", "desde", "ya", "hijo", "hija", "buenos", "buenas", "dias", "favor", "al", "lo", "le", "mas", "porque", "si", "tiene", "duele", "ayer", "hoy", "hay", "sangre", "fiebre", "cuanto", "donde", "siento", "tambien", "nada", "todo", "son", "fue", "estan", "les", "nos", "mama", "papa", "esposo", "bebe", "nino", "nina", "ayuda", "excelente", "servicio", "ella", "sin", "solo",
];
const ENGLISH: &[&str] = &[
    "the", "a", "an", "and", "of", "to", "in", "is", "it", "its", "my", "i", "im", "ive", "you", "your", "for", "with", "on", "was", "are", "have", "has", "had", "but", "not", "dont", "this", "that", "at", "be", "can", "cant", "do", "does", "did", "he", "she", "his", "her", "they", "we", "our", "what", "how", "when", "from", "or", "if", "so", "just", "would", "could", "please", "thanks", "thank", "hi", "hello", "been", "about", "there", "will", "get", "got", "any", "need", "after", "very", "feel", "pain", "still", "now", "all", "were", "staff", "great", "good", "appointment", "as", "by", "out", "up", "help", "since", "today",
];

/// English, Spanish or not to be told.
pub(super) fn detect(tokens: &[Token]) -> Language {
    let count = |words: &[&str]| tokens.iter().filter(|t| words.contains(&t.word.as_str())).count();
    let (english, spanish) = (count(ENGLISH), count(SPANISH));
    match english.cmp(&spanish) {
        _ if english + spanish == 0 => Language::Undetermined,
        std::cmp::Ordering::Less => Language::Spanish,
        _ => Language::English,
    }
}
