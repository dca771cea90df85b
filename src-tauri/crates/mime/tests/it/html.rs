//! Cleaned HTML, checked by a reader that knows nothing of the cleaner.

use std::cell::RefCell;

use html5ever::{
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};
use mime::{clean_html, html::clean_html_of, html_to_text};

use crate::support::shared;

/// Collects the tags that a browser's tokenizer sees.
#[derive(Default)]
struct Tags(RefCell<Vec<Tag>>);

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.0.borrow_mut().push(tag),
            Token::CommentToken(_) | Token::DoctypeToken(_) => {
                panic!("a comment or declaration survived")
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.take()
}

/// Panics unless every element and attribute is one that does nothing. Written out on its own, from what
/// browsers run and load, not from the cleaner's lists.
pub fn assert_inert(html: &str) {
    const ELEMENTS: &str = " a abbr address article aside b bdi big blockquote br caption center cite code col colgroup dd del dfn div dl dt em \
        figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike \
        strong sub sup table tbody td tfoot th thead tr tt u ul var ";
    const ATTRIBUTES: &str = " align alt bgcolor border cellpadding cellspacing color colspan dir face height href lang nowrap rel rowspan size span \
        src start style title type valign value width data-cid data-remote-src ";
    for tag in tags(html) {
        let name = &*tag.name;
        assert!(
            ELEMENTS.contains(&format!(" {name} ")),
            "element {name} in {html}"
        );
        if tag.kind == TagKind::EndTag {
            continue;
        }
        for attribute in &tag.attrs {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            assert!(
                ATTRIBUTES.contains(&format!(" {key} ")),
                "attribute {key} in {html}"
            );
            let lower = value.to_ascii_lowercase();
            match key {
                "href" => {
                    assert_eq!(name, "a", "{html}");
                    let sound = ["https://", "mailto:", "tel:"]
                        .iter()
                        .any(|scheme| lower.starts_with(scheme));
                    assert!(
                        sound && !value.contains(|c: char| c.is_control() || c.is_whitespace()),
                        "link {value} in {html}"
                    );
                }
                "src" => {
                    assert_eq!(name, "img", "{html}");
                    let pixels = ["png", "jpeg", "gif", "webp"]
                        .iter()
                        .any(|kind| lower.starts_with(&format!("data:image/{kind};base64,")));
                    assert!(pixels, "source {value} in {html}");
                }
                "data-remote-src" => assert!(
                    lower.starts_with("http://") || lower.starts_with("https://"),
                    "{html}"
                ),
                "style" => {
                    for word in [
                        "url",
                        "expression",
                        "import",
                        "@",
                        "\\",
                        "/*",
                        "behavior",
                        "binding",
                        "image",
                        "var(",
                        "position",
                        "\"",
                        "<",
                    ] {
                        assert!(!lower.contains(word), "style {value} in {html}");
                    }
                }
                "rel" => assert!(value.contains("noopener"), "{html}"),
                _ => {}
            }
        }
        if name == "a" && tag.attrs.iter().any(|one| &*one.name.local == "href") {
            assert!(
                tag.attrs.iter().any(|one| &*one.name.local == "rel"),
                "{html}"
            );
        }
        assert!(
            !tag.attrs.iter().any(|one| one.name.local.starts_with("on")),
            "{html}"
        );
    }
}

fn clean(html: &str) -> String {
    let cleaned = clean_html(html).into_string();
    assert_inert(&cleaned);
    assert_eq!(
        clean_html(&cleaned).as_str(),
        cleaned,
        "cleaning again changes something"
    );
    cleaned
}

#[test]
fn what_stays() {
    for html in [
        "<p>Hello <b>doctor</b></p>",
        "<table><tbody><tr><td colspan=\"2\" style=\"color: red; width: 50%\">x</td></tr></tbody></table>",
        "<ul><li>a</li><li>b</li></ul>",
        "<blockquote>quoted</blockquote>",
        "<span style=\"color: rgb(1, 2, 3); font-family: 'Segoe UI', sans-serif\">x</span>",
        "<img alt=\"x\" src=\"data:image/png;base64,iVBORw0KGgo=\">",
    ] {
        assert_eq!(clean(html), html);
    }
    assert_eq!(
        clean("<a href=' https://x.example/a?b=1&c=2 ' target=_blank onclick=x>go</a>"),
        "<a href=\"https://x.example/a?b=1&amp;c=2\" rel=\"noopener noreferrer nofollow\">go</a>"
    );
    assert!(
        clean("<a href='mailto:a@b.example'>a</a><a href='tel:+15550100'>b</a>")
            .contains("tel:+15550100")
    );
}

#[test]
fn what_goes() {
    let cases = [
        ("<script>alert(1)</script>x", "x"),
        ("<style>p{}</style>x", "x"),
        (
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<a href=\"http://x.example\">x</a>",
            "<a rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<a href=\"/relative\">x</a>",
            "<a rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<p id=a class=b name=c onclick=d style='position:fixed'>x</p>",
            "<p>x</p>",
        ),
        (
            "<p style='background:url(https://x.example)'>x</p>",
            "<p>x</p>",
        ),
        (
            "<p style='color:red;background-color:\\75rl(x)'>x</p>",
            "<p style=\"color: red\">x</p>",
        ),
        (
            "<p style='margin-left:-5000px;color:expression(alert(1))'>x</p>",
            "<p>x</p>",
        ),
        ("<td background='https://x.example/a.png'>x</td>", "x"),
        (
            "<form action=x><input value=y><button>z</button></form>",
            "z",
        ),
        (
            "<iframe src=x></iframe><object data=x></object><embed src=x>y",
            "y",
        ),
        ("<svg><image href='https://x.example'/></svg>y", "y"),
        (
            "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>y",
            "y",
        ),
        (
            "<link rel=stylesheet href=https://x.example><meta http-equiv=refresh content='0;url=https://x.example'><base href=https://x.example>y",
            "y",
        ),
        ("<!-- c --><!DOCTYPE x>y", "y"),
        ("<img src='//x.example/a.png'>", "<img>"),
        ("<img src='data:image/svg+xml;base64,AAAA'>", "<img>"),
        (
            "<img srcset='https://x.example/a.png 2x' lowsrc=x dynsrc=y longdesc=z usemap=#a>",
            "<img>",
        ),
        (
            "<video poster=https://x.example><source src=x></video>y",
            "y",
        ),
    ];
    for (html, expected) in cases {
        assert_eq!(clean(html), expected, "{html}");
    }
}

#[test]
fn pictures() {
    let html = "<img src='cid:own%40part'><img src='CID:other'><img src=\"http://x.example/a?b&c\"><img data-remote-src=https://y.example/z src=x \
                alt='<img src=https://z.example>'><img data-cid='own@part'>";
    let cleaned = clean_html_of(html, &["own@part"]).unwrap();
    assert_eq!(
        cleaned.as_str(),
        "<img data-cid=\"own%40part\"><img><img data-remote-src=\"http://x.example/a?b&amp;c\"><img alt=\"&lt;img src=https://z.example&gt;\" \
         data-remote-src=\"https://y.example/z\"><img data-cid=\"own@part\">"
    );
    assert_eq!(cleaned.remote_images(), 2);
    assert_inert(cleaned.as_str());
    assert_eq!(
        clean_html_of(cleaned.as_str(), &["own@part"]),
        Some(cleaned)
    );
}

#[test]
fn unstable_html_ends_in_something_stable() {
    for html in [
        "<pre>\n\n\nx</pre>",
        "<p><table><p></table>",
        "<a><table><a>x",
        "<font color=red><p><font color=blue>x</p></font></font>y",
        "<b><p>1</b>2</p>",
        "<table><td><a href=https://x.example><table><td><a href=https://y.example>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<select><template><style><!--</style><a rel=\"--></style></template></select><img id=x src onerror=alert(1)>\">",
    ] {
        clean(html);
    }
}

#[test]
fn text_of_html() {
    let cases = [
        ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("<p>a</p><p>b</p>", "a\n\nb\n"),
        ("<div>a<div>b</div></div>c", "a\nb\nc\n"),
        ("a  \n b", "a b\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        (
            "&lt;b&gt; &amp;amp; &#8364; &#x20AC; &unknown; & x &copy 2026",
            "<b> &amp; € € &unknown; & x © 2026\n",
        ),
        ("1 < 2 <3 and <b>x</b>", "1 < 2 <3 and x\n"),
        ("<!-- a > b -->x<!--[if mso]>no<![endif]-->", "x\n"),
        (
            "<style>a</style><script>if (a<b) {}</script>x<title>t</title>",
            "x\n",
        ),
        ("<a title='>'>x</a>", "x\n"),
        ("<td>a<td>b", "a b\n"),
        ("x<script>never closed", "x\n"),
        ("x<!-- never closed", "x\n"),
        ("x<a href=\"never closed", "x\n"),
        (
            "<blockquote type=cite>a<br>b<blockquote type=cite>c</blockquote></blockquote>d",
            "> a\n> b\n>> c\nd\n",
        ),
        ("<blockquote>indented</blockquote>", "indented\n"),
        (
            "soft\u{AD}hyphen zero\u{200B}width\u{A0}\u{A0}x",
            "softhyphen zerowidth  x\n",
        ),
        ("", ""),
    ];
    for (html, expected) in cases {
        assert_eq!(html_to_text(html), expected, "{html}");
    }
}

#[test]
fn every_known_attack_comes_out_inert() {
    let Some(path) = shared("html_dompurify_expect.json") else {
        return;
    };
    let cases: Vec<serde_json::Value> =
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(cases.len() > 200);
    for case in &cases {
        let payload = case["payload"].as_str().unwrap();
        clean(payload);
        // Within a letter, and within each other, as a sender may nest them.
        clean(&format!("<div><p>Dear doctor {payload}</p></div>"));
        let text = html_to_text(payload);
        assert!(text.is_empty() || text.ends_with('\n'));
    }
}
