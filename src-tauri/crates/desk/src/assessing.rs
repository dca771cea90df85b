//! What the machine makes of an inbound message, on this computer: acuity with the words that raised
//! it, subjects, mood and language. It is stored beside the message and shown beside it, never in it,
//! and it may raise a conversation's acuity but never lower it.
//!
//! Only what the contact wrote now is read: quoted earlier mail and signatures are left out, so that
//! an old danger in a quotation raises nothing. Automatic mail and imported mail are not read at all.

use domain::inbound::Item;
use domain::{Acuity, Direction, PatientText};
use serde_json::json;
use store::{Arrival, Findings};
use triage::{Assessment, Input};

/// The arrival of an item with what was found in it.
pub(crate) fn assess(item: Item) -> Arrival {
    let findings =
        (item.direction == Direction::Inbound && item.automatic.is_none()).then(|| findings(&item));
    Arrival {
        findings,
        ..Arrival::from(item)
    }
}

fn findings(item: &Item) -> Findings {
    let body = item.text.reveal();
    let subject = item.subject.reveal();
    let own = own_words(item);
    // Offsets are told in the message's own text; what stands in the subject gets none.
    let assessment = triage::assess(&Input {
        channel: item.channel.word(),
        text: &own.text,
        sent_at: Some(item.sent_at.to_datetime().fixed_offset()),
    });
    let of_subject = triage::assess(&Input {
        channel: item.channel.word(),
        text: subject,
        sent_at: Some(item.sent_at.to_datetime().fixed_offset()),
    });
    let acuity = acuity(&assessment).max(acuity(&of_subject));
    let flags: Vec<_> = assessment
        .red_flags
        .iter()
        .filter_map(|flag| {
            let (start, end) = (own.in_body(flag.span.start)?, own.in_body(flag.span.end)?);
            Some(json!({
                "start": start,
                "end": end,
                "text": body.get(start..end)?,
                "rule": flag.rule,
                "reason": flag.reason,
                "source": flag.source,
            }))
        })
        .chain(of_subject.red_flags.iter().filter_map(|flag| {
            Some(json!({
                "text": subject.get(flag.span.clone())?,
                "rule": flag.rule,
                "reason": flag.reason,
                "source": flag.source,
            }))
        }))
        .collect();
    let reason = flags
        .first()
        .and_then(|flag| flag.get("text"))
        .and_then(serde_json::Value::as_str)
        .map(|words| PatientText::new(format!("“{words}”")))
        .unwrap_or_default();
    let detail = json!({
        "acuity": acuity,
        "red_flags": flags,
        "self_harm": assessment.self_harm || of_subject.self_harm,
        "tags": assessment.tags.iter().map(|found| json!(found.tag)).collect::<Vec<_>>(),
        "sentiment": assessment.sentiment,
        "language": assessment.language,
    });
    Findings {
        acuity,
        reason,
        detail,
    }
}

const fn acuity(assessment: &Assessment) -> Acuity {
    match assessment.acuity {
        triage::Acuity::Emergency => Acuity::Emergency,
        triage::Acuity::SameDay => Acuity::SameDay,
        triage::Acuity::Routine => Acuity::Routine,
        triage::Acuity::Administrative => Acuity::Administrative,
    }
}

/// The text without its folded parts, and where its pieces lie in the whole.
struct OwnWords {
    text: String,
    /// For each piece: where it begins in `text`, where in the body, and its length.
    pieces: Vec<(usize, usize, usize)>,
}

impl OwnWords {
    /// The offset in the body of an offset in `text`.
    fn in_body(&self, offset: usize) -> Option<usize> {
        self.pieces
            .iter()
            .find(|(start, _, length)| (*start..=start + length).contains(&offset))
            .map(|(start, body, _)| body + offset - start)
    }
}

fn own_words(item: &Item) -> OwnWords {
    let body = item.text.reveal();
    let mut own = OwnWords {
        text: String::with_capacity(body.len()),
        pieces: Vec::new(),
    };
    let mut take = |from: usize, to: usize| {
        if let Some(piece) = body.get(from..to).filter(|piece| !piece.is_empty()) {
            own.pieces.push((own.text.len(), from, piece.len()));
            own.text.push_str(piece);
        }
    };
    let mut done = 0;
    for fold in &item.folds {
        let (start, end) = (fold.start as usize, fold.end as usize);
        take(done, start.max(done));
        done = done.max(end);
    }
    take(done, body.len());
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::inbound::{Fingerprint, RemoteId, ThreadKeys};
    use domain::message::{Fold, FoldKind, Protection};
    use domain::{Channel, Handle, Timestamp, Visibility};

    fn item(text: &str, quoted: &str) -> Item {
        let whole = format!("{text}{quoted}");
        Item {
            remote_id: RemoteId("INBOX/1/1".into()),
            fingerprint: Fingerprint([0; 32]),
            channel: Channel::Email,
            visibility: Visibility::Private,
            direction: Direction::Inbound,
            contact: Handle::email("ada@home.example", "Ada"),
            others: Vec::new(),
            reply_to: None,
            sent_at: Timestamp::from_millis(1_790_000_000_000),
            received_at: Timestamp::from_millis(1_790_000_000_000),
            subject: "A question".into(),
            folds: vec![Fold {
                kind: FoldKind::Quote,
                start: text.len() as u32,
                end: whole.len() as u32,
            }],
            text: whole.into(),
            html: None,
            thread: ThreadKeys::default(),
            attachments: Vec::new(),
            automatic: None,
            delivery: None,
            protection: Protection::None,
            seen: false,
            raw: None,
            problems: Vec::new(),
        }
    }

    #[test]
    fn a_danger_is_found_with_its_words_in_the_message() {
        let text = "Hello. I have crushing chest pain and my left arm is numb.";
        let found = assess(item(text, "")).findings.unwrap();
        assert_eq!(found.acuity, Acuity::Emergency);
        let flag = &found.detail["red_flags"][0];
        let (start, end) = (
            flag["start"].as_u64().unwrap(),
            flag["end"].as_u64().unwrap(),
        );
        assert_eq!(
            text.get(start as usize..end as usize).unwrap(),
            flag["text"].as_str().unwrap()
        );
    }

    #[test]
    fn a_danger_in_a_quotation_raises_nothing() {
        let quoted = "\n> I have crushing chest pain and my left arm is numb.\n";
        let found = assess(item("Thank you, the form arrived.", quoted))
            .findings
            .unwrap();
        assert!(found.acuity < Acuity::SameDay, "{:?}", found.acuity);
    }

    #[test]
    fn automatic_mail_is_not_read() {
        let mut notice = item("I have crushing chest pain", "");
        notice.automatic = Some(domain::message::AutomaticKind::List);
        assert!(assess(notice).findings.is_none());
    }
}
