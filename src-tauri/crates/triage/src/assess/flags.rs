//! Applying the red flag rules.

use super::{Prepared, Span};
use crate::acuity::Acuity;
use crate::context::{Context, Standing};
use crate::lexicon::{ConceptId, Found, Hit};
use crate::packs::{Rule, Within};

/// Words that may mean danger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedFlag {
    /// Where in the text.
    pub span: Span,
    /// The rule's id, such as `stroke.face`.
    pub rule: String,
    /// The public guidance the rule rests on.
    pub source: String,
    /// What the rule says, for people.
    pub reason: String,
    /// The concept whose words were found.
    pub concept: String,
    /// What it raises to.
    pub acuity: Acuity,
    /// Whether it opens the self-harm path.
    pub self_harm: bool,
}

/// A finding that stands in its context.
#[derive(Debug, Clone, Copy)]
struct Counted {
    hit: Hit,
    resolved: bool,
    chronic: bool,
}

struct Judged<'a> {
    found: &'a Found,
    context: &'a Context<'a>,
    cache: std::collections::HashMap<ConceptId, Vec<Counted>>,
}

impl Judged<'_> {
    /// The findings of a concept that count.
    fn standing(&mut self, concept: ConceptId) -> &[Counted] {
        let (found, context) = (self.found, self.context);
        self.cache.entry(concept).or_insert_with(|| {
            let mut hits: Vec<Counted> = found
                .of(concept)
                .iter()
                .filter_map(|hit| match context.judge(*hit) {
                    Standing::Present => Some(Counted {
                        hit: *hit,
                        resolved: false,
                        chronic: false,
                    }),
                    Standing::Resolved => Some(Counted {
                        hit: *hit,
                        resolved: true,
                        chronic: false,
                    }),
                    Standing::Chronic => Some(Counted {
                        hit: *hit,
                        resolved: false,
                        chronic: true,
                    }),
                    _ => None,
                })
                .collect();
            // The longest words first, so that the widest evidence is shown.
            hits.sort_by_key(|s| {
                (
                    s.resolved || s.chronic,
                    std::cmp::Reverse(s.hit.end - s.hit.start),
                    s.hit.start,
                )
            });
            hits
        })
    }
}

/// Every rule that applies, the gravest first.
pub(super) fn raise(prepared: &Prepared<'_>, context: &Context<'_>) -> Vec<RedFlag> {
    let mut judged = Judged {
        found: &prepared.found,
        context,
        cache: std::collections::HashMap::new(),
    };
    let mut flags: Vec<RedFlag> = prepared
        .packs
        .rules
        .iter()
        .filter_map(|rule| apply(prepared, rule, &mut judged))
        .collect();
    flags.sort_by_key(|f| (std::cmp::Reverse(f.acuity), f.span.start, f.span.end));
    flags
}

fn apply(prepared: &Prepared<'_>, rule: &Rule, judged: &mut Judged<'_>) -> Option<RedFlag> {
    if !rule
        .all
        .iter()
        .all(|group| group.iter().any(|c| judged.found.has(*c)))
    {
        return None;
    }
    let (first, others) = rule.all.split_first()?;
    for concept in first {
        for anchor in judged.standing(*concept).to_vec() {
            let sentence = judged.context.sentence_of(anchor.hit);
            let near = |hit: Hit| {
                let distance = judged.context.sentence_of(hit).abs_diff(sentence);
                match rule.within {
                    Within::Sentence => distance == 0,
                    Within::Near => distance <= 1,
                    Within::Message => true,
                }
            };
            let excluded = rule.none.iter().any(|c| {
                judged
                    .found
                    .of(*c)
                    .iter()
                    .any(|h| judged.context.sentence_of(*h).abs_diff(sentence) <= 1)
            });
            if excluded {
                continue;
            }
            let complete = others.iter().all(|group| {
                group.iter().any(|c| {
                    let own: Vec<Hit> = judged.found.of(*c).to_vec();
                    own.into_iter().any(|h| {
                        near(h)
                            && matches!(
                                judged.context.judge(h),
                                Standing::Present | Standing::Resolved | Standing::Chronic
                            )
                    })
                })
            });
            if !complete {
                continue;
            }
            let weaker =
                (anchor.resolved && !rule.transient) || (anchor.chronic && !rule.self_harm);
            let acuity = match (weaker, rule.acuity) {
                (true, Acuity::Emergency) => Acuity::SameDay,
                (true, _) => continue,
                (false, acuity) => acuity,
            };
            return Some(RedFlag {
                span: prepared.span(anchor.hit)?,
                rule: rule.id.clone(),
                source: rule.source.clone(),
                reason: rule.says.clone(),
                concept: prepared.packs.lexicon.name(*concept).to_owned(),
                acuity,
                self_harm: rule.self_harm,
            });
        }
    }
    None
}
