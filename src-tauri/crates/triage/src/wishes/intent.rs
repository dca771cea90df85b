//! What a message is for: asking for a visit, moving or giving one up, or something else.

use serde::{Deserialize, Serialize};

use super::{
    dates::tree::What,
    lexicon::Lexicon,
    scope::{Item, Role},
    text::{Kind, Token, among},
};

/// What the writer wants of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// A visit.
    Request,
    /// An appointment that exists is to be at another time.
    Change,
    /// An appointment that exists is given up.
    Cancel,
    /// All else.
    None,
}

/// Whether anything speaks of moving or giving up an appointment, so that "to" may mark its new time.
pub fn changing(tokens: &[Token], lexicon: &Lexicon) -> bool {
    lexicon.has("change", tokens)
        || cancelling(tokens, lexicon)
        || giving_up(tokens, lexicon)
            && (owned(tokens, lexicon) || given_up_hour(tokens, lexicon) || after_all(tokens))
}

fn cancelling(tokens: &[Token], lexicon: &Lexicon) -> bool {
    lexicon.find("cancel", tokens).iter().any(|seen| {
        let before: Vec<&str> = (seen.start.saturating_sub(3)..seen.start).filter_map(|i| tokens.get(i)).map(|t| t.word.as_str()).collect();
        let after = tokens.get(seen.end).map_or("", |t| t.word.as_str());
        let negated = before.iter().any(|w| among(w, "not dont no never if someone anyone somebody anybody else when any a another patient you people \
                alguien si"))
            && !before.iter().any(|w| among(w, "can could please need would"));
        !(negated || matches!(after, "policy" | "list" | "fee" | "fees" | "charge" | "on" if after != "on"))
    })
}

/// "I can't come in tomorrow after all", "… instead": something was arranged.
fn after_all(tokens: &[Token]) -> bool {
    tokens.iter().any(|t| t.word == "instead")
        || tokens
            .windows(2)
            .any(|w| matches!(w, [a, b] if a.word == "after" && b.word == "all"))
}

/// "I can't come on Wednesday at 12": who names the hour speaks of an appointment.
fn given_up_hour(tokens: &[Token], lexicon: &Lexicon) -> bool {
    lexicon.find("give_up", tokens).iter().any(|seen| {
        tokens
            .iter()
            .skip(seen.end)
            .take(8)
            .take_while(|t| !t.ends_sentence() && !t.is(','))
            .any(|t| t.kind == Kind::Number)
    })
}

fn giving_up(tokens: &[Token], lexicon: &Lexicon) -> bool {
    lexicon.has("give_up", tokens)
}

/// Whether the writer speaks of an appointment that exists.
fn owned(tokens: &[Token], lexicon: &Lexicon) -> bool {
    lexicon.find("slot", tokens).iter().any(|seen| {
        (seen.start.saturating_sub(4)..seen.start).any(|i| {
            tokens.get(i).is_some_and(|t| among(t.word.as_str(), "my our his her their mi su nuestra the that this tengo have had"))
        }) && !(seen.start.saturating_sub(3)..seen.start).any(|i| tokens.get(i).is_some_and(|t| among(t.word.as_str(), "an need want una first next another new")))
    }) || lexicon.has("booked", tokens)
        || tokens.windows(2).any(|w| matches!(w, [a, b] if among(a.word.as_str(), "make keep attend cancel move change reschedule push") && matches!(b.word.as_str(), "it" | "that" | "this")))
}

/// The intent of a message.
pub fn intent(tokens: &[Token], lexicon: &Lexicon, items: &[Item]) -> Intent {
    let has = |tag: &str| lexicon.has(tag, tokens);
    let wished = items.iter().any(|i| i.role == Role::Wish);
    let wished_day = items
        .iter()
        .any(|i| i.role == Role::Wish && matches!(i.element.what, What::Day(_) | What::Time(_)));
    let existing = items.iter().any(|i| i.role == Role::Existing);
    let excluded = items
        .iter()
        .any(|i| matches!(i.role, Role::Excluded { .. }));
    let later = has("rebook_later");
    let strong = has("hard_request");
    let change = has("change") && !has("no_change");
    let owned = owned(tokens, lexicon) || existing;
    let question = tokens.iter().any(|t| t.is('?'));

    let none: Vec<_> = lexicon.find("none", tokens);
    let soft: Vec<_> = lexicon.find("soft_none", tokens);
    let hard_none = none.iter().any(|seen| {
        !soft
            .iter()
            .any(|s| s.start <= seen.start && seen.end <= s.end)
    });

    if has("spam") {
        return Intent::None;
    }
    if cancelling(tokens, lexicon) {
        if later && !wished_day_after_cancel(items) {
            return Intent::Cancel;
        }
        let instead = change || strong || wished_day;
        return if instead && !(later && !wished) && (wished || rebooks(tokens, lexicon)) {
            Intent::Change
        } else {
            Intent::Cancel
        };
    }
    let recurring_cut = items
        .iter()
        .any(|i| matches!(i.role, Role::Excluded { .. }) && i.element.recurring);
    let gives_up = giving_up(tokens, lexicon)
        && (owned
            || after_all(tokens)
            || (!strong && !wished && !recurring_cut && !has("earliest")));
    if gives_up && !hard_none {
        if later && !wished {
            return Intent::Cancel;
        }
        if wished || change || strong || lexicon.has("earliest", tokens) && question {
            return Intent::Change;
        }
        return Intent::Cancel;
    }
    if change && !hard_none {
        let explicit = tokens.iter().any(|t| {
            [
                "reschedul",
                "rearrang",
                "rebook",
                "postpon",
                "aplaza",
                "pospon",
                "reprogram",
                "reagend",
                "posterg",
            ]
            .iter()
            .any(|s| t.word.starts_with(s))
        });
        if explicit && later && !wished && !question && !strong {
            return Intent::Cancel;
        }
        if explicit || owned || existing {
            return Intent::Change;
        }
    }
    if existing
        && wished
        && !hard_none
        && tokens.iter().any(|t| {
            among(
                t.word.as_str(),
                "rather prefer but prefiero pero preferiria",
            )
        })
    {
        return Intent::Change;
    }
    if existing
        && wished
        && !hard_none
        && (has("change")
            || tokens
                .iter()
                .any(|t| among(t.word.as_str(), "instead sooner earlier later mejor")))
    {
        return Intent::Change;
    }
    if existing && !hard_none && has("earliest") && !has("not_earliest") {
        return Intent::Change;
    }
    if has("inquiry") && !wished_fragment(items) {
        return Intent::None;
    }
    if strong {
        return Intent::Request;
    }
    if hard_none {
        return Intent::None;
    }
    let noun = has("request");
    let asks = has("asks");
    if existing && !wished && !strong && !change {
        return Intent::None;
    }
    if !none.is_empty() {
        return if noun && asks && wished && !existing || has("earliest") && !has("not_earliest") {
            Intent::Request
        } else {
            Intent::None
        };
    }
    if noun && asks {
        return Intent::Request;
    }
    let urgent = has("earliest") && !has("not_earliest");
    if noun && (wished || excluded || urgent) {
        return Intent::Request;
    }
    if urgent && !existing {
        return Intent::Request;
    }
    if wished_fragment(items) || (wished && urgent) || (has("unsettled") && tokens.len() <= 12) {
        return Intent::Request;
    }
    if wished || excluded {
        let statement = items
            .iter()
            .any(|i| matches!(i.role, Role::Past | Role::Other | Role::Existing));
        if fragments(tokens, items) || asks && !statement || question && asks {
            return Intent::Request;
        }
        if !statement && (lexicon.has("wish", tokens) || lexicon.has("wish_after", tokens)) {
            return Intent::Request;
        }
    }
    if has("wish_only") && tokens.iter().filter(|t| t.kind == Kind::Word).count() <= 6 {
        return Intent::Request;
    }
    Intent::None
}

fn wished_day_after_cancel(items: &[Item]) -> bool {
    items
        .iter()
        .any(|i| i.role == Role::Wish && matches!(i.element.what, What::Day(_)))
}

fn rebooks(tokens: &[Token], lexicon: &Lexicon) -> bool {
    lexicon.has("hard_request", tokens)
        || tokens
            .iter()
            .any(|t| among(t.word.as_str(), "reschedule rebook instead another new"))
}

/// "Tuesday, provided it isn't icy": a wish that stands as a fragment of its own.
fn wished_fragment(items: &[Item]) -> bool {
    items.iter().any(|i| i.role == Role::Wish && i.fragment)
}

/// Whether little but times stands there.
fn fragments(tokens: &[Token], items: &[Item]) -> bool {
    let inside = items
        .iter()
        .map(|i| i.element.last - i.element.first)
        .sum::<usize>();
    let words = tokens
        .iter()
        .filter(|t| t.kind != Kind::Mark && t.kind != Kind::Break)
        .count();
    words <= inside + 3 + inside / 2
}
