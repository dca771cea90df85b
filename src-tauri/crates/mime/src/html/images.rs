//! Pictures after cleaning: the address moves out of `src`, so that showing the message loads nothing.
//!
//! Works on what `ammonia` wrote, where every `<` outside a tag is escaped and every value stands in double
//! quotes; so a walk from tag to tag is exact. It only ever drops or renames attributes of `img`.

use memchr::memchr;

use super::clean::starts_with;

/// Where remote pictures may come from after a click; fetched by the core, never by the page.
pub(super) const REMOTE: [&str; 2] = ["https://", "http://"];
/// Pictures within the HTML itself.
pub(super) const EMBEDDED: [&str; 4] = [
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
];

/// HTML without addresses in `src`.
pub(super) struct Rewritten {
    pub(super) html: String,
    /// Pictures with `data-remote-src`.
    pub(super) remote: usize,
}

pub(super) fn rewrite(html: &str, content_ids: &[&str]) -> Rewritten {
    let mut out = Rewritten {
        html: String::with_capacity(html.len()),
        remote: 0,
    };
    let mut rest = html;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (tag, behind) = from.split_at_checked(tag_end(from)).unwrap_or((from, ""));
        out.html.push_str(before);
        if tag.starts_with("<img ") || tag == "<img>" {
            image(tag, content_ids, &mut out);
        } else {
            out.html.push_str(tag);
        }
        rest = behind;
    }
    out.html.push_str(rest);
    out
}

/// The length of the tag that begins here; `>` within quotes does not end it.
fn tag_end(from: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in from.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    from.len()
}

fn image(tag: &str, content_ids: &[&str], out: &mut Rewritten) {
    let mut cid: Option<&str> = None;
    let mut remote: Option<&str> = None;
    out.html.push_str("<img");
    let mut rest = tag.strip_prefix("<img").unwrap_or_default();
    while let Some((name, behind)) = rest.split_once("=\"") {
        let Some((value, behind)) = behind.split_once('"') else {
            break;
        };
        rest = behind;
        let name = name.trim();
        match name {
            "src" if starts_with(value, "data:") => attribute(&mut out.html, name, value),
            "src" if starts_with(value, "cid:") => cid = cid.or(value.get(4..)),
            "data-cid" => cid = cid.or(Some(value)),
            "src" | "data-remote-src" if REMOTE.iter().any(|start| starts_with(value, start)) => {
                remote = remote.or(Some(value));
            }
            "src" | "data-remote-src" => {}
            _ => attribute(&mut out.html, name, value),
        }
    }
    if let Some(cid) = cid
        && content_ids.contains(&decoded(cid).as_str())
    {
        attribute(&mut out.html, "data-cid", cid);
    }
    if let Some(remote) = remote {
        attribute(&mut out.html, "data-remote-src", remote);
        out.remote += 1;
    }
    out.html.push('>');
}

/// Values are escaped already.
fn attribute(html: &mut String, name: &str, value: &str) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    html.push_str(value);
    html.push('"');
}

/// A `cid:` address is percent-encoded (RFC 2392), and here escaped as an attribute.
fn decoded(value: &str) -> String {
    let value = value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let mut out = String::with_capacity(value.len());
    let mut rest = value.as_str();
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        let byte = behind
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte.filter(u8::is_ascii) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                out.push('%');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}
