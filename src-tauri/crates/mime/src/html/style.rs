//! `style` attributes, reduced to looks.
//!
//! Nothing here understands CSS: a declaration survives only when its property is in the list and its value
//! is made of plain words, numbers and the three colour functions. So there is no `url()`, no `image-set()`,
//! no variable, no escape and no comment, whatever a browser may make of them.

/// Looks of text and boxes. Not in the list: everything that places a box outside its own place (`position`,
/// `float`, `transform`, `z-index`, negative margins), which can cover the reader's own screen; everything that
/// loads (`background-image`, `cursor`, `content`, `filter`); everything that moves.
const PROPERTIES: [&str; 58] = [
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-width",
    "color",
    "direction",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-indent",
    "vertical-align",
    "white-space",
    "width",
];

/// Functions that only name a colour.
const COLOURS: [&str; 4] = ["rgb", "rgba", "hsl", "hsla"];

/// Longest style that is read.
const LENGTH: usize = 4096;

/// The declarations that only change looks, in one canonical form.
pub(super) fn reduce(style: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    if style.len() > LENGTH {
        return String::new();
    }
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let property = property.trim().to_ascii_lowercase();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if PROPERTIES.contains(&property.as_str()) && is_harmless(&property, &value) {
            kept.push(format!("{property}: {value}"));
        }
    }
    kept.join("; ")
}

fn is_harmless(property: &str, value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    if property == "display" {
        // What mail programs use to lay out text and to hide a preview line.
        return [
            "none",
            "block",
            "inline",
            "inline-block",
            "table",
            "table-row",
            "table-cell",
        ]
        .contains(&lower.as_str());
    }
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(
                c,
                ' ' | '#' | '.' | ',' | '%' | '-' | '(' | ')' | '\'' | '!' | '/'
            )
    };
    let outward =
        property.starts_with("margin") || property == "text-indent" || property == "letter-spacing";
    !value.is_empty()
        && value.len() <= 200
        && value.chars().all(plain)
        && (property == "font-family" || property == "font" || !value.contains('\''))
        && value.matches('\'').count().is_multiple_of(2)
        && !(outward && value.contains('-'))
        && functions_are_colours(&lower)
}

/// Each `(` must follow the name of a colour function.
fn functions_are_colours(value: &str) -> bool {
    let opens = value.matches('(').count();
    opens == value.matches(')').count()
        && value.split('(').take(opens).all(|before| {
            let name = before
                .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                .next()
                .unwrap_or_default();
            COLOURS.contains(&name)
        })
}
