//! A reaction to a medicine: which product, which reaction, and what a report still lacks.
//!
//! The lack list follows the four elements that make a report valid for a regulator (FDA MedWatch, EMA GVP
//! VI): a patient, a reporter, a product, a reaction; and what they ask for next: dose, dates, outcome.

use super::{Prepared, Span};
use crate::context::{Context, Standing};
use crate::lexicon::Hit;
use crate::text::slice;
use serde::Serialize;

/// A told reaction to a medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdverseReaction {
    /// The medicine as written, if it is named.
    pub product: Option<String>,
    /// Where the medicine stands, as bytes.
    #[serde(skip)]
    pub product_span: Option<Span>,
    /// The reaction as written.
    pub reaction: String,
    /// Where the reaction stands, as bytes.
    #[serde(skip)]
    pub reaction_span: Span,
    /// What a report still lacks: `product`, `dose`, `started`, `outcome`.
    pub missing: Vec<&'static str>,
}

const UNNAMED: &[&str] = &[
    "medicine",
    "medicines",
    "pill",
    "pills",
    "tablet",
    "tablets",
    "dose",
    "doses",
    "drug",
    "drugs",
    "prescription",
    "drops",
    "cream",
    "ointment",
    "patch",
    "injection",
    "shot",
    "infusion",
    "generic",
    "capsule",
    "capsules",
    "supplement",
    "supplements",
    "medicina",
    "medicinas",
    "medicamento",
    "medicamentos",
    "pastilla",
    "pastillas",
    "tratamiento",
    "receta",
    "inyeccion",
    "dosis",
    "jarabe",
    "crema",
    "gotas",
    "remedio",
];

/// The reaction told in the message, if there is one.
pub(super) fn extract(prepared: &Prepared<'_>, context: &Context<'_>) -> Option<AdverseReaction> {
    let Prepared {
        packs,
        text,
        tokens,
        found,
    } = prepared;
    let (reaction, medicine, cause) = (
        packs.id("reaction_words"),
        packs.id("medicine"),
        packs.id("caused_by"),
    );
    let none = packs.id("no_reaction");
    let counts = |h: &Hit| {
        matches!(
            context.judge(*h),
            Standing::Present | Standing::Resolved | Standing::Past | Standing::Chronic
        ) && !found.of(none).iter().any(|n| n.overlaps(*h))
    };
    let near = |a: Hit, b: Hit| context.sentence_of(a).abs_diff(context.sentence_of(b)) <= 1;
    let mut hits: Vec<Hit> = found.of(reaction).iter().copied().filter(counts).collect();
    hits.sort_by_key(|h| (h.start, std::cmp::Reverse(h.end)));
    let told = hits.iter().copied().find(|r| {
        found.of(cause).iter().any(|c| near(*c, *r))
            && (found
                .of(medicine)
                .iter()
                .any(|m| near(*m, *r) && !m.overlaps(*r))
                || found.has(packs.id("started_medicine")))
    })?;
    let mut products: Vec<Hit> = found.of(medicine).to_vec();
    products.sort_by_key(|h| h.start);
    let word = |h: &Hit| tokens.get(h.start).map_or("", |t| t.word.as_str());
    let product = products.iter().find(|h| !UNNAMED.contains(&word(h)));
    let product_span = product.and_then(|h| prepared.span(*h));
    let reaction_span = prepared.span(told)?;
    let has = |concept: &str| found.has(packs.id(concept));
    let dose = tokens.windows(2).any(|w| matches!(w, [n, unit] if n.number.is_some() && matches!(unit.word.as_str(), "mg" | "mcg" | "ml" | "units" | "milligrams" | "iu" | "unidades" | "miligramos")));
    let mut missing = Vec::new();
    if product_span.is_none() {
        missing.push("product");
    }
    if !dose {
        missing.push("dose");
    }
    if !has("ctx_now") && !has("ctx_past") {
        missing.push("started");
    }
    if !has("ctx_resolved") {
        missing.push("outcome");
    }
    Some(AdverseReaction {
        product: product_span
            .clone()
            .map(|s| slice(text, s.start, s.end).to_owned()),
        product_span,
        reaction: slice(text, reaction_span.start, reaction_span.end).to_owned(),
        reaction_span,
        missing,
    })
}
