//! HTML as text: what is searched, classified and quoted. One pass from tag to tag, no tree, so that time is
//! linear whatever the nesting; broken HTML gives up its words all the same.

use mail_parser::decoders::html::add_html_token;
use memchr::{memchr, memchr_iter, memmem};

use crate::limits;

/// The words of an HTML body, with paragraphs, list items and quotation marks (`> `) where mail programs mark
/// earlier mail.
pub fn html_to_text(html: &str) -> String {
    let mut writer = Writer {
        out: String::with_capacity(html.len() / 3),
        ..Writer::default()
    };
    let mut quotes: Vec<bool> = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let at = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        let (words, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        writer.words(words);
        let Some((markup, behind)) = markup(from) else {
            // A lone `<` is text.
            if !from.is_empty() {
                writer.character('<');
            }
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        rest = behind;
        let Some(tag) = markup else {
            continue;
        };
        // Longer names are no element's.
        let name = tag
            .name
            .get(..tag.name.len().min(20))
            .unwrap_or_default()
            .to_ascii_lowercase();
        match name.as_str() {
            "blockquote" if tag.opens => {
                let quote = is_citation(tag.attributes);
                // Deeper than this nobody reads; the marks would outgrow the text.
                let marks = quote && writer.depth < 8;
                writer.gap(if marks { 1 } else { 2 });
                writer.depth += usize::from(marks);
                writer.opening |= marks;
                if quotes.len() < 1000 {
                    quotes.push(marks);
                }
            }
            "blockquote" => {
                writer.gap(1);
                if quotes.pop() == Some(true) {
                    writer.depth = writer.depth.saturating_sub(1);
                }
            }
            "pre" => {
                writer.gap(1);
                writer.preformatted = if tag.opens {
                    writer.preformatted + 1
                } else {
                    writer.preformatted.saturating_sub(1)
                };
            }
            "br" => writer.line_break(),
            "li" if tag.opens => {
                writer.gap(1);
                writer.words("- ");
            }
            "td" | "th" => writer.space(),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "hr" => {
                writer.gap(2);
            }
            "div" | "tr" | "li" | "dt" | "dd" | "section" | "article" | "header" | "footer"
            | "address" | "form" | "center" | "figure" | "main" | "nav" | "caption"
            | "fieldset" | "option" | "body" => writer.gap(1),
            // Their inside is no text.
            "script" | "style" | "title" | "template" | "xmp" | "iframe" | "noembed"
            | "noframes"
                if tag.opens =>
            {
                rest = behind_closing(rest, &name);
            }
            _ => {}
        }
    }
    writer.finish()
}

/// Text as an HTML fragment that says the same.
pub fn text_to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 16);
    for (number, line) in text.trim_end().lines().enumerate() {
        if number > 0 {
            html.push_str("<br>");
        }
        for c in line.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '\u{A0}' => html.push_str("&nbsp;"),
                c if c.is_control() => html.push(' '),
                c => html.push(c),
            }
        }
    }
    html
}

/// Whether building a tree of this HTML would take too long: the time a browser's parser needs grows with the
/// square of the number of open elements, and with the square of the escaped characters of one text.
///
/// Elements are counted as the parser keeps them: those it closes by itself are left out, and an end tag
/// reaches no further than the table cell (or the like) it stands in.
pub(super) fn is_too_costly(html: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut tags = 0_usize;
    let mut escaped =
        memchr_iter(b'&', html.as_bytes()).count() + memchr_iter(0xA0, html.as_bytes()).count();
    let mut rest = html;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        let from = rest.get(at..).unwrap_or_default();
        let Some((markup, behind)) = markup(from) else {
            escaped += 1;
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        rest = behind;
        tags += 1;
        let Some(tag) = markup else {
            continue;
        };
        if tag.is_one_of(CLOSED_BY_THEMSELVES) {
            continue;
        }
        if tag.opens {
            open.push(tag.name);
        } else {
            let barrier = !tag.is_one_of(BARRIERS);
            let within = open
                .iter()
                .rev()
                .take_while(|name| !(barrier && is_one_of(name, BARRIERS)));
            let closed = within
                .enumerate()
                .find(|(_, name)| name.eq_ignore_ascii_case(tag.name));
            if let Some((inner, _)) = closed {
                open.truncate(open.len() - inner - 1);
            }
        }
        if open.len() > limits::HTML_DEPTH {
            return true;
        }
    }
    escaped += memchr_iter(b'>', html.as_bytes())
        .count()
        .saturating_sub(tags);
    escaped > limits::HTML_ESCAPED
}

/// Elements without an end, or whose end is implied by what follows: they do not nest by being repeated.
const CLOSED_BY_THEMSELVES: &[&str] = &[
    "p", "li", "br", "img", "hr", "meta", "link", "input", "td", "tr", "th", "dd", "dt", "col",
    "wbr", "area", "base", "option", "tbody", "thead", "tfoot",
];
/// What an end tag inside cannot reach beyond.
const BARRIERS: &[&str] = &[
    "table", "caption", "object", "applet", "marquee", "template", "button", "select", "svg",
    "math",
];

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

struct Tag<'h> {
    /// As written.
    name: &'h str,
    opens: bool,
    attributes: &'h str,
}

impl Tag<'_> {
    fn is_one_of(&self, names: &[&str]) -> bool {
        is_one_of(self.name, names)
    }
}

/// What begins with this `<`: a tag, or a comment or declaration (`Some(None)`), and what follows it. `None`:
/// no markup.
fn markup(from: &str) -> Option<(Option<Tag<'_>>, &str)> {
    let bytes = from.as_bytes();
    match bytes.get(1)? {
        b'!' if from.starts_with("<!--") => {
            let inside = from.get(4..).unwrap_or_default();
            // `<!-->` and `<!--->` are whole comments.
            if let Some(behind) = inside
                .strip_prefix('>')
                .or_else(|| inside.strip_prefix("->"))
            {
                return Some((None, behind));
            }
            let end = memmem::find(inside.as_bytes(), b"-->").map_or(inside.len(), |at| at + 3);
            Some((None, inside.get(end..).unwrap_or_default()))
        }
        b'!' | b'?' => {
            let end = memchr(b'>', bytes).map_or(from.len(), |at| at + 1);
            Some((None, from.get(end..).unwrap_or_default()))
        }
        b'/' if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => Some(tag(from, 2)),
        first if first.is_ascii_alphabetic() => Some(tag(from, 1)),
        _ => None,
    }
}

fn tag(from: &str, name_at: usize) -> (Option<Tag<'_>>, &str) {
    let inside = from.get(name_at..).unwrap_or_default();
    let name_end = inside
        .bytes()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'))
        .unwrap_or(inside.len());
    let (name, attributes) = inside.split_at_checked(name_end).unwrap_or((inside, ""));
    let end = attributes_end(attributes);
    let behind = attributes.get(end..).unwrap_or_default();
    let attributes = attributes.get(..end.saturating_sub(1)).unwrap_or_default();
    (
        Some(Tag {
            name,
            opens: name_at == 1,
            attributes,
        }),
        behind,
    )
}

/// Where the tag ends, behind its `>`; one in a quoted value does not count.
fn attributes_end(attributes: &str) -> usize {
    let mut quote: Option<u8> = None;
    let mut before = b' ';
    for (at, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    attributes.len()
}

/// Behind `</name …>`, or at the end.
fn behind_closing<'h>(rest: &'h str, name: &str) -> &'h str {
    let mut from = rest;
    while let Some(at) = memmem::find(from.as_bytes(), b"</") {
        let tail = from.get(at + 2..).unwrap_or_default();
        if tail
            .get(..name.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(name))
        {
            let end = memchr(b'>', tail.as_bytes()).map_or(tail.len(), |end| end + 1);
            return tail.get(end..).unwrap_or_default();
        }
        from = tail;
    }
    ""
}

/// How Apple Mail, Thunderbird, Gmail and others mark quoted mail; a bare `blockquote` is an indent.
fn is_citation(attributes: &str) -> bool {
    let attributes = attributes.to_ascii_lowercase();
    attributes.contains("cite") || attributes.contains("quote")
}

/// Collapses white space as a browser does.
#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends owed before the next word.
    newlines: u8,
    space: bool,
    depth: usize,
    preformatted: usize,
    /// A quotation has begun and no word of it was written yet: no blank lines at its head.
    opening: bool,
}

impl Writer {
    fn words(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = memchr(b'&', rest.as_bytes()) {
            let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.plain(plain);
            let length = from
                .bytes()
                .skip(1)
                .take(32)
                .position(|b| !(b.is_ascii_alphanumeric() || b == b'#'));
            let name_end = length.map_or(from.len().min(33), |length| length + 1);
            let name = from.get(..name_end).unwrap_or_default();
            let closed = from.as_bytes().get(name_end) == Some(&b';');
            let whole = if closed {
                format!("{name};")
            } else {
                format!("{};", legacy(name))
            };
            let mut decoded = String::new();
            if whole.len() > 2 {
                add_html_token(&mut decoded, whole.as_bytes(), false);
            }
            if decoded.is_empty() || decoded == whole {
                self.character('&');
                rest = from.get(1..).unwrap_or_default();
            } else {
                decoded.chars().for_each(|c| self.character(c));
                rest = from
                    .get(
                        if closed {
                            name_end + 1
                        } else {
                            legacy(name).len()
                        }..,
                    )
                    .unwrap_or_default();
            }
        }
        self.plain(rest);
    }

    fn plain(&mut self, text: &str) {
        if self.preformatted > 0 {
            return text.chars().for_each(|c| self.character(c));
        }
        let mut rest = text;
        // Whole words at a time.
        while let Some(start) = rest.find(|c: char| !c.is_ascii_whitespace()) {
            if start > 0 {
                self.space();
            }
            let word = rest.get(start..).unwrap_or_default();
            let end = word
                .find(|c: char| c.is_ascii_whitespace() || is_unusual(c))
                .unwrap_or(word.len());
            let (word, behind) = word.split_at_checked(end).unwrap_or((word, ""));
            if word.is_empty() {
                let mut characters = behind.chars();
                if let Some(c) = characters.next() {
                    self.character(c);
                }
                rest = characters.as_str();
            } else {
                self.settle();
                self.out.push_str(word);
                rest = behind;
            }
        }
        if !rest.is_empty() {
            self.space();
        }
    }

    fn character(&mut self, c: char) {
        match c {
            '\n' if self.preformatted > 0 => self.line_break(),
            '\r' | '\0' => {}
            c if c.is_ascii_whitespace() && self.preformatted == 0 => self.space(),
            // A space that does not break is a space; padding of preview lines is nothing.
            '\u{A0}' => {
                self.settle();
                self.out.push(' ');
            }
            '\u{200B}' | '\u{200C}' | '\u{FEFF}' | '\u{AD}' | '\u{34F}' => {}
            c => {
                self.settle();
                self.out.push(c);
            }
        }
    }

    fn space(&mut self) {
        self.space = true;
    }

    /// At least this many line ends before the next word.
    fn gap(&mut self, lines: u8) {
        let lines = if self.opening { 1 } else { lines };
        self.newlines = self.newlines.max(lines);
    }

    fn line_break(&mut self) {
        self.newlines = (self.newlines + 1).min(3);
        self.space = false;
    }

    /// Pays what is owed, now that a word comes.
    fn settle(&mut self) {
        let fresh = self.out.is_empty();
        if !fresh && self.newlines > 0 {
            let kept = self.out.trim_end_matches(' ').len();
            self.out.truncate(kept);
            for _ in 1..self.newlines {
                self.out.push('\n');
                self.mark(false);
            }
            self.out.push('\n');
        }
        if fresh || self.newlines > 0 {
            self.mark(true);
        } else if self.space {
            self.out.push(' ');
        }
        self.newlines = 0;
        self.space = false;
        self.opening = false;
    }

    fn mark(&mut self, word_follows: bool) {
        self.out.extend(std::iter::repeat_n('>', self.depth));
        if self.depth > 0 && word_follows {
            self.out.push(' ');
        }
    }

    fn finish(mut self) -> String {
        let kept = self.out.trim_end().len();
        self.out.truncate(kept);
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}

fn is_unusual(c: char) -> bool {
    matches!(
        c,
        '\0' | '\u{A0}' | '\u{200B}' | '\u{200C}' | '\u{FEFF}' | '\u{AD}' | '\u{34F}'
    )
}

/// Names that browsers accept without the semicolon.
fn legacy(name: &str) -> &str {
    const NAMES: [&str; 8] = [
        "&nbsp", "&amp", "&lt", "&gt", "&quot", "&copy", "&reg", "&shy",
    ];
    NAMES
        .iter()
        .find(|known| name.starts_with(**known))
        .copied()
        .unwrap_or_default()
}
