//! Cleaning: what may remain of a stranger's HTML, and why.
//!
//! `ammonia` parses the HTML as a browser does and keeps only what the lists below name; a second, small
//! step ([`super::images`]) takes the address out of every picture. Cleaning is repeated until nothing
//! changes any more, because HTML that means something else after being written and read again is how
//! cleaners are got around. What does not settle is shown as text.
//!
//! The result still belongs in a frame without scripts, without same-origin and under a policy that loads
//! nothing: this is one of three walls, not the only one.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use super::{images, style, text};
use crate::limits;

/// HTML that only [`clean_html`] makes: nothing in it runs, submits, loads or names anything.
#[derive(Clone, PartialEq, Eq)]
pub struct CleanHtml {
    html: String,
    remote_images: usize,
}

impl CleanHtml {
    /// The HTML, a fragment for the inside of a `body`.
    pub fn as_str(&self) -> &str {
        &self.html
    }

    /// The HTML, by value.
    pub fn into_string(self) -> String {
        self.html
    }

    /// How many pictures wait for a click: each has its address in `data-remote-src`, which loads nothing.
    pub fn remote_images(&self) -> usize {
        self.remote_images
    }
}

impl std::fmt::Debug for CleanHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "CleanHtml({} bytes, {} remote images)",
            self.html.len(),
            self.remote_images
        )
    }
}

/// Text structure: paragraphs, headings, lists, quotations, tables, and marks within a line. None of these
/// loads, runs or takes input.
const TAGS: [&str; 61] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];
/// The inside of tables, in which most mail is laid out.
const TABLE_TAGS: [&str; 6] = ["tbody", "td", "tfoot", "th", "thead", "tr"];
/// Gone with everything in them: code, style sheets, foreign languages (SVG, MathML), frames, plug-ins, media
/// and the controls of forms. Their inside is no text of the letter.
const DROPPED: [&str; 32] = [
    "script",
    "style",
    "title",
    "head",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "frame",
    "frameset",
    "noframes",
    "noembed",
    "object",
    "embed",
    "applet",
    "param",
    "audio",
    "video",
    "source",
    "track",
    "canvas",
    "textarea",
    "select",
    "option",
    "optgroup",
    "datalist",
    "xmp",
    "plaintext",
    "portal",
    "dialog",
    "map",
];

/// On any element. `dir` and `lang` for the reading direction and the screen reader; `title` is shown on
/// hovering; `align` and `valign` are the style of old mail programs; `style` is reduced by [`style::reduce`].
/// There is no `id`, `name` or `class`: nothing can be addressed from outside or shadow a page's own names.
const ANY: [&str; 6] = ["align", "dir", "lang", "style", "title", "valign"];

/// Attributes of single elements: sizes, colours and spans; the link's target; a picture's source, which
/// [`images::rewrite`] turns into inert data, and the two attributes it makes of it.
const SINGLE: [(&str, &[&str]); 13] = [
    ("a", &["href"]),
    (
        "img",
        &[
            "src",
            "alt",
            "width",
            "height",
            "data-cid",
            "data-remote-src",
        ],
    ),
    (
        "table",
        &[
            "width",
            "height",
            "border",
            "cellpadding",
            "cellspacing",
            "bgcolor",
        ],
    ),
    (
        "td",
        &["width", "height", "colspan", "rowspan", "bgcolor", "nowrap"],
    ),
    (
        "th",
        &["width", "height", "colspan", "rowspan", "bgcolor", "nowrap"],
    ),
    ("tr", &["bgcolor", "height"]),
    ("tbody", &["bgcolor"]),
    ("col", &["width", "span"]),
    ("colgroup", &["width", "span"]),
    ("font", &["color", "size", "face"]),
    ("ol", &["start", "type"]),
    ("li", &["value"]),
    ("hr", &["width", "size", "color"]),
];

/// Links go where the browser and the mail program go after a click, encrypted, and to the telephone.
const LINKS: [&str; 3] = ["https://", "mailto:", "tel:"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.into_iter().chain(TABLE_TAGS).collect())
        .clean_content_tags(DROPPED.into_iter().collect())
        .generic_attributes(ANY.into_iter().collect())
        .tag_attributes(
            SINGLE
                .iter()
                .map(|(tag, names)| (*tag, names.iter().copied().collect()))
                .collect::<HashMap<_, _>>(),
        )
        // Narrowed per attribute in `value`.
        .url_schemes(HashSet::from([
            "https", "http", "mailto", "tel", "cid", "data",
        ]))
        .url_relative(UrlRelative::Deny)
        // A page that is opened learns neither our window nor where the reader came from.
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true)
        .attribute_filter(self::value);
    builder
});

/// The value an attribute may keep.
fn value<'v>(tag: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let short = |most: usize| value.len() <= most;
    let keep = |sound: bool| sound.then_some(Cow::Borrowed(value));
    match (tag, name) {
        // Ours, set after everything else was removed.
        (_, "rel") => keep(true),
        ("a", "href") => address(value, &LINKS),
        ("img", "src") => picture(value),
        ("img", "data-remote-src") => address(value, &images::REMOTE),
        ("img", "data-cid") => keep(short(256) && !value.chars().any(char::is_control)),
        (_, "style") => Some(style::reduce(value))
            .filter(|style| !style.is_empty())
            .map(Cow::Owned),
        (_, "alt" | "title") => keep(short(2000)),
        (_, "face") => keep(
            short(200)
                && value
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '\'')),
        ),
        (_, "color" | "bgcolor") => {
            keep(short(40) && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '#'))
        }
        // Above a thousand cells one attribute builds a table that takes minutes to lay out.
        (_, "colspan" | "rowspan" | "span") => {
            keep(short(3) && value.chars().all(|c| c.is_ascii_digit()))
        }
        (_, "dir" | "lang" | "align" | "valign" | "nowrap" | "type") => {
            keep(short(35) && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        }
        // Widths, heights, sizes, numbers of list items.
        _ => keep(
            short(8)
                && value
                    .chars()
                    .all(|c| c.is_ascii_digit() || matches!(c, '%' | '.' | '+' | '-' | 'p' | 'x')),
        ),
    }
}

/// The address, trimmed, if it begins with one of the schemes and holds nothing that a reader of addresses
/// might skip or take differently.
fn address<'v>(value: &'v str, schemes: &[&str]) -> Option<Cow<'v, str>> {
    let value = value.trim();
    let known = schemes.iter().any(|scheme| starts_with(value, scheme));
    let sound = !value
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    // Mail to the wrong place is as bad as a wrong link: no hidden copies, no prepared text.
    (known && sound && value.len() <= 4096).then_some(Cow::Borrowed(value))
}

fn picture(value: &str) -> Option<Cow<'_, str>> {
    let value = value.trim();
    if starts_with(value, "cid:") && value.len() < 260 && !value.chars().any(char::is_control) {
        return Some(Cow::Borrowed(value));
    }
    // Pixels only: an SVG is a document with scripts.
    if images::EMBEDDED
        .iter()
        .any(|start| starts_with(value, start))
    {
        let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
        let data = value.split_once(',').map_or("", |(_, data)| data);
        return (value.len() <= limits::DATA_IMAGE && data.bytes().all(base64))
            .then_some(Cow::Borrowed(value));
    }
    address(value, &images::REMOTE)
}

pub(super) fn starts_with(value: &str, start: &str) -> bool {
    value
        .get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Cleans HTML that comes without parts of its own. Too large or too deep HTML becomes plain paragraphs.
pub fn clean_html(html: &str) -> CleanHtml {
    clean_html_of(html, &[]).unwrap_or_else(|| plain(html))
}

/// Cleans the HTML of a message whose parts have these `Content-ID`s (without angle brackets): pictures
/// among them keep their identifier in `data-cid`. `None` if it is too large or too deep to be cleaned in
/// reasonable time.
pub fn clean_html_of(html: &str, content_ids: &[&str]) -> Option<CleanHtml> {
    if html.len() > limits::HTML || text::is_too_costly(html) {
        return None;
    }
    let mut html = images::rewrite(&once(html), content_ids);
    for _ in 0..4 {
        let again = images::rewrite(&once(&html.html), content_ids);
        if again.html == html.html {
            return Some(CleanHtml {
                html: again.html,
                remote_images: again.remote,
            });
        }
        html = again;
    }
    Some(plain(&html.html))
}

fn once(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

fn plain(html: &str) -> CleanHtml {
    CleanHtml {
        html: text::text_to_html(&text::html_to_text(html)),
        remote_images: 0,
    }
}
