//! Messages too large to fetch whole: header and text come, attachments stay until asked for.
//!
//! Which part is the text and which an attachment is read from BODYSTRUCTURE, and decided the same way
//! each time, so that an attachment's position names it.

use domain::inbound::InboundAttachment;

use super::imap::value::Value;
use super::imap::{Fetched, Session};
use super::item;
use super::uidset::UidSet;
use crate::error::ChannelError;

/// How much of each text is fetched.
const TEXT: u64 = 1024 * 1024;
/// How much of an attachment is fetched at a time.
const SLICE: u64 = 4 * 1024 * 1024;
/// The longest attachment that is fetched.
const LARGEST: u64 = 256 * 1024 * 1024;
/// Parts looked at.
const PARTS: usize = 500;

/// An attachment that stayed on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    part: String,
    media_type: String,
    parameters: Vec<(String, String)>,
    encoding: String,
    size: u64,
    name: String,
    content_id: Option<String>,
    inline: bool,
}

impl Left {
    /// As it stands in an item.
    pub fn describe(self) -> InboundAttachment {
        // What a name alone shows (type, danger) is judged where all attachments are: an empty file of that
        // name is read as mail.
        let judged = mime::parse(&self.as_mail(&[]))
            .mail
            .attachments
            .into_iter()
            .next();
        let safe = judged.map(item::attachment);
        // Base64 adds a third and line ends.
        let size = if self.encoding.eq_ignore_ascii_case("base64") {
            self.size / 78 * 57
        } else {
            self.size
        };
        InboundAttachment {
            name: safe
                .as_ref()
                .map_or_else(|| "attachment".to_owned(), |file| file.name.clone()),
            media_type: self.media_type,
            inline: self.inline,
            content_id: self.content_id,
            danger: safe.and_then(|file| file.danger),
            size,
            data: None,
        }
    }

    fn as_mail(&self, body: &[u8]) -> Vec<u8> {
        let mut mail = b"From: server@part.invalid\r\nMIME-Version: 1.0\r\n".to_vec();
        mail.extend(field("Content-Type", &self.media_type, &self.parameters).into_bytes());
        let name = [("filename".to_owned(), self.name.clone())];
        mail.extend(field("Content-Disposition", "attachment", &name).into_bytes());
        mail.extend(encoding_field(&self.encoding).into_bytes());
        mail.extend(b"\r\n");
        mail.extend(body);
        mail
    }
}

/// A text part.
struct Text {
    part: String,
    media_type: String,
    parameters: Vec<(String, String)>,
    encoding: String,
}

/// Fetches header and text of a message: its attributes, bytes that read as that message, and what was
/// left. `None` if the server has no such message.
pub async fn fetch(
    session: &mut Session,
    uid: u32,
) -> Result<Option<(Fetched, Vec<u8>, Vec<Left>)>, ChannelError> {
    let one = UidSet::range(uid, uid);
    let thread = if session.can("X-GM-EXT-1") {
        " X-GM-THRID"
    } else {
        ""
    };
    let attributes = format!("UID FLAGS INTERNALDATE BODYSTRUCTURE{thread} BODY.PEEK[HEADER]");
    let mut brought = session.fetch(&one, &attributes, "").await?.messages;
    let Some(mut fetched) = brought.remove(&uid) else {
        return Ok(None);
    };
    let (Some(header), Some(structure)) = (fetched.section("HEADER"), fetched.structure.take())
    else {
        return Ok(None);
    };
    let (texts, left) = sort(&structure);
    let mut bodies = Vec::new();
    for text in texts {
        let body = slice(session, uid, &text.part, 0, TEXT).await?;
        bodies.push((text, body.unwrap_or_default()));
    }
    Ok(Some((fetched, assemble(&header, &bodies), left)))
}

/// Fetches the attachment at `position`, decoded. `None` if there is no such message or attachment.
pub async fn attachment(
    session: &mut Session,
    uid: u32,
    position: usize,
) -> Result<Option<Vec<u8>>, ChannelError> {
    let one = UidSet::range(uid, uid);
    let mut brought = session.fetch(&one, "UID BODYSTRUCTURE", "").await?.messages;
    let structure = brought.remove(&uid).and_then(|fetched| fetched.structure);
    let Some(left) = structure.and_then(|structure| sort(&structure).1.into_iter().nth(position))
    else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    loop {
        let Some(more) = slice(session, uid, &left.part, bytes.len() as u64, SLICE).await? else {
            return Ok(None);
        };
        let last = (more.len() as u64) < SLICE;
        bytes.extend(more);
        if last || bytes.len() as u64 > LARGEST {
            break;
        }
    }
    let decoded = mime::parse(&left.as_mail(&bytes))
        .mail
        .attachments
        .into_iter()
        .next();
    Ok(Some(decoded.map_or(bytes, |file| file.data)))
}

async fn slice(
    session: &mut Session,
    uid: u32,
    part: &str,
    from: u64,
    length: u64,
) -> Result<Option<Vec<u8>>, ChannelError> {
    let one = UidSet::range(uid, uid);
    let attributes = format!("UID BODY.PEEK[{part}]<{from}.{length}>");
    let mut brought = session.fetch(&one, &attributes, "").await?.messages;
    Ok(brought
        .remove(&uid)
        .and_then(|mut fetched| fetched.section(part)))
}

/// The first text of each kind, and everything else.
fn sort(structure: &[Value]) -> (Vec<Text>, Vec<Left>) {
    let mut leaves = Vec::new();
    walk(structure, String::new(), &mut leaves);
    let (mut texts, mut left): (Vec<Text>, Vec<Left>) = (Vec::new(), Vec::new());
    for leaf in leaves {
        let is_text =
            matches!(leaf.media_type.as_str(), "text/plain" | "text/html") && leaf.name.is_empty();
        if is_text && !texts.iter().any(|text| text.media_type == leaf.media_type) {
            texts.push(Text {
                part: leaf.part,
                media_type: leaf.media_type,
                parameters: leaf.parameters,
                encoding: leaf.encoding,
            });
        } else {
            left.push(leaf);
        }
    }
    (texts, left)
}

fn walk(structure: &[Value], at: String, leaves: &mut Vec<Left>) {
    if leaves.len() >= PARTS {
        return;
    }
    let below = |number: usize| {
        if at.is_empty() {
            number.to_string()
        } else {
            format!("{at}.{number}")
        }
    };
    if structure
        .first()
        .is_some_and(|value| value.list().is_some())
    {
        let children = structure.iter().map_while(Value::list);
        for (child, number) in children.zip(1..) {
            walk(child, below(number), leaves);
        }
        return;
    }
    let text = |index: usize| {
        structure
            .get(index)
            .and_then(Value::text)
            .unwrap_or_default()
    };
    let media_type = format!("{}/{}", text(0), text(1)).to_lowercase();
    // Where the disposition stands depends on the kind of part (RFC 3501 §7.4.2).
    let disposition = match text(0).to_ascii_lowercase().as_str() {
        "text" => structure.get(9),
        "message" if text(1).eq_ignore_ascii_case("rfc822") => structure.get(11),
        _ => structure.get(8),
    };
    let disposition = disposition.and_then(Value::list).unwrap_or_default();
    let parameters = parameters(structure.get(2));
    let name = named(&self::parameters(disposition.get(1)), "filename")
        .or_else(|| named(&parameters, "name"))
        .unwrap_or_default();
    leaves.push(Left {
        part: if at.is_empty() { "1".to_owned() } else { at },
        media_type,
        parameters,
        encoding: text(5),
        size: structure.get(6).and_then(Value::number).unwrap_or_default(),
        name,
        content_id: structure
            .get(3)
            .and_then(Value::text)
            .map(|id| id.trim_matches(['<', '>', ' ']).to_owned())
            .filter(|id| !id.is_empty()),
        inline: disposition
            .first()
            .and_then(Value::text)
            .is_some_and(|word| word.eq_ignore_ascii_case("inline")),
    });
}

fn parameters(value: Option<&Value>) -> Vec<(String, String)> {
    let list = value.and_then(Value::list).unwrap_or_default();
    list.chunks(2)
        .filter_map(|pair| Some((pair.first()?.text()?.to_lowercase(), pair.get(1)?.text()?)))
        .collect()
}

/// A parameter by name; `name*` and `name*0` are left to the reader of the whole field.
fn named(parameters: &[(String, String)], wanted: &str) -> Option<String> {
    parameters
        .iter()
        .find(|(name, _)| {
            name == wanted
                || name
                    .strip_prefix(wanted)
                    .is_some_and(|rest| rest.starts_with('*'))
        })
        .map(|(_, value)| value.clone())
        .filter(|value| !value.is_empty())
}

/// A header field of values that came from a server: nothing in them can end the field.
fn field(name: &str, value: &str, parameters: &[(String, String)]) -> String {
    let safe = |text: &str| -> String {
        text.chars()
            .filter(|c| !c.is_control() && !matches!(c, '"' | '\\'))
            .take(300)
            .collect()
    };
    let mut field = format!("{name}: {}", safe(value));
    for (name, value) in parameters.iter().take(20) {
        field.push_str(&format!(";\r\n {}=\"{}\"", safe(name), safe(value)));
    }
    field.push_str("\r\n");
    field
}

fn encoding_field(encoding: &str) -> String {
    if encoding.is_empty() {
        String::new()
    } else {
        field("Content-Transfer-Encoding", encoding, &[])
    }
}

/// Header and texts as one message.
fn assemble(header: &[u8], bodies: &[(Text, Vec<u8>)]) -> Vec<u8> {
    let mut mail = Vec::new();
    let mut keep = true;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        if !folded {
            let lower = line.to_ascii_lowercase();
            keep = !lower.starts_with(b"content-") && !lower.starts_with(b"mime-version:");
        }
        if keep {
            mail.extend(line);
        }
    }
    const BOUNDARY: &str = "=_left-on-the-server_=";
    mail.extend(
        format!(
            "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"{BOUNDARY}\"\r\n"
        )
        .bytes(),
    );
    for (text, body) in bodies {
        mail.extend(format!("\r\n--{BOUNDARY}\r\n").bytes());
        mail.extend(field("Content-Type", &text.media_type, &text.parameters).bytes());
        mail.extend(encoding_field(&text.encoding).bytes());
        mail.extend(b"\r\n");
        mail.extend(body);
    }
    if bodies.is_empty() {
        mail.extend(format!("\r\n--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\n").bytes());
    }
    mail.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    mail
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::super::imap::value::{self, Chunk, Frame, Response};
    use super::*;

    fn structure(text: &str) -> Vec<Value> {
        let line = format!("* 1 FETCH (UID 1 BODYSTRUCTURE {text})");
        let response: Response = value::read(Frame(VecDeque::from([Chunk::Line(line.into())])));
        Fetched::read(&response).unwrap().structure.unwrap()
    }

    #[test]
    fn texts_and_attachments_are_told_apart() {
        let mixed = structure(
            r#"(((("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 120 3 NIL NIL NIL NIL)("TEXT" "HTML" NIL NIL NIL "BASE64" 200 4 NIL NIL NIL NIL) "ALTERNATIVE" NIL NIL NIL)("IMAGE" "PNG" ("NAME" "a.png") "<logo@x>" NIL "BASE64" 780 NIL ("INLINE" ("FILENAME" "logo.png")) NIL NIL) "RELATED" NIL NIL NIL)("APPLICATION" "ZIP" NIL NIL NIL "BASE64" 30000000 NIL ("ATTACHMENT" ("FILENAME" "scan.exe")) NIL NIL) "MIXED" NIL NIL NIL)"#,
        );
        let (texts, left) = sort(&mixed);
        let parts = |parts: Vec<&str>| parts.join(" ");
        assert_eq!(
            parts(texts.iter().map(|text| text.part.as_str()).collect()),
            "1.1.1 1.1.2"
        );
        assert_eq!(
            parts(left.iter().map(|left| left.part.as_str()).collect()),
            "1.2 2"
        );
        let described: Vec<_> = left.into_iter().map(Left::describe).collect();
        assert_eq!(described[0].name, "logo.png");
        assert_eq!(
            (described[0].content_id.as_deref(), described[0].inline),
            (Some("logo@x"), true)
        );
        assert_eq!(described[0].size, 570);
        assert!(described[1].danger.is_some() && described[1].data.is_none());
    }

    #[test]
    fn a_single_part_is_part_one() {
        let (texts, left) = sort(&structure(
            r#"("APPLICATION" "PDF" ("NAME" "big.pdf") NIL NIL "BASE64" 40000000 NIL NIL NIL NIL)"#,
        ));
        assert!(texts.is_empty());
        assert_eq!(left[0].part, "1");
    }

    #[test]
    fn header_and_text_read_as_one_message() {
        let header = b"From: Sam <sam@mail.example>\r\nSubject: Scan\r\nContent-Type: multipart/mixed;\r\n boundary=x\r\nMessage-ID: <1@x.example>\r\n\r\n";
        let text = Text {
            part: "1".into(),
            media_type: "text/plain".into(),
            parameters: vec![("charset".into(), "utf-8".into())],
            encoding: "quoted-printable".into(),
        };
        let raw = assemble(header, &[(text, b"caf=C3=A9".to_vec())]);
        let mail = mime::parse(&raw).mail;
        assert_eq!(mail.text.trim(), "café");
        assert_eq!(mail.message_id.value, "1@x.example");
        assert_eq!(mail.subject, "Scan");
    }
}
