//! Attachments: a name that can do no harm, what the bytes really are, and what to warn of.

use std::{borrow::Cow, fmt};

use memchr::memmem;
use serde::{Deserialize, Serialize};

use crate::{
    headers::{self, turns_direction},
    structure::Part,
};

/// A part that is not the text of the message.
#[derive(Clone)]
pub struct Attachment {
    /// Safe to show and to save under.
    pub name: SafeName,
    /// The media type its sender claims, lower case; empty when there is none.
    pub declared_type: String,
    /// The media type its first bytes show; `application/octet-stream` when they show nothing.
    pub detected_type: &'static str,
    /// `Content-ID` without angle brackets: how the HTML body refers to it.
    pub content_id: Option<String>,
    /// Meant to be shown within the text, not in the list of attachments.
    pub inline: bool,
    /// Length of the decoded content in bytes, also when `data` was not asked for.
    pub size: usize,
    /// The decoded content.
    pub data: Vec<u8>,
    /// Why opening it may be dangerous.
    pub danger: Option<Danger>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("detected_type", &self.detected_type)
            .field("inline", &self.inline)
            .field("size", &self.size)
            .field("danger", &self.danger)
            .finish_non_exhaustive()
    }
}

/// Why a file may do something when it is opened. Ordered by how bad that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// The content is of another kind than the name says.
    Mismatch,
    /// HTML or SVG: runs scripts in a browser and imitates log-in pages.
    ActiveDocument,
    /// An office document with macros, or one of the kind that may hold them.
    Macros,
    /// A disk image: what is inside has lost the mark that it came from the internet.
    DiskImage,
    /// A shortcut or link file: runs what it points to.
    Shortcut,
    /// A script or an installer's instructions.
    Script,
    /// A program.
    Executable,
    /// The name hides what it is: `report.pdf.exe`, or letters printed in reverse order.
    Disguised,
}

/// A file name without path, control or direction characters, reserved device names or excess length,
/// valid on Linux, macOS and Windows. Only [`SafeName::new`] makes one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct SafeName(String);

/// Longest name in bytes; file systems allow 255, and a sealed or numbered copy must still fit.
const NAME_LENGTH: usize = 120;

impl SafeName {
    /// Makes a name safe. What is left of an empty name is `attachment`.
    pub fn new(raw: &str) -> Self {
        // Whatever separates paths anywhere: only the last component counts.
        let last = raw
            .rsplit(['/', '\\'])
            .find(|part| !part.trim().is_empty())
            .unwrap_or_default();
        let mut name = String::with_capacity(last.len());
        for c in last.chars() {
            let c = match c {
                '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
                c if c.is_whitespace() => ' ',
                c if c.is_control() || turns_direction(c) || is_invisible(c) => continue,
                c => c,
            };
            // Runs of spaces push the true extension out of sight.
            if c != ' ' || !name.ends_with(' ') {
                name.push(c);
            }
        }
        // Windows drops dots and spaces at the end; a leading dot hides, a leading dash is an option.
        let trimmed = name
            .trim_end_matches(['.', ' '])
            .trim_start_matches(['.', ' ', '-', '~']);
        let mut name = shorten(trimmed);
        let stem = name.split('.').next().unwrap_or_default().trim_end();
        if is_device(stem) {
            name.insert(0, '_');
        }
        if name.is_empty() {
            name.push_str("attachment");
        }
        Self(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last extension, lower case, without the dot; empty when there is none.
    pub fn extension(&self) -> String {
        self.0
            .rsplit_once('.')
            .map(|(_, end)| end.trim().to_ascii_lowercase())
            .unwrap_or_default()
    }
}

impl fmt::Display for SafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SafeName(…)")
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200D}'
        | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}')
}

/// Device names of Windows, which no extension makes a file.
fn is_device(stem: &str) -> bool {
    let stem = stem.to_ascii_uppercase();
    let numbered = |prefix| {
        let number = stem.strip_prefix(prefix).map(str::chars);
        number.is_some_and(|mut c| {
            matches!(c.next(), Some('0'..='9' | '¹' | '²' | '³')) && c.next().is_none()
        })
    };
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered("COM")
        || numbered("LPT")
}

/// Cuts the stem, so that the extension stays visible.
fn shorten(name: &str) -> String {
    if name.len() <= NAME_LENGTH {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, end)) if end.len() <= 16 => (stem, format!(".{end}")),
        _ => (name, String::new()),
    };
    let mut stem = stem.to_owned();
    crate::body::truncate(&mut stem, NAME_LENGTH - extension.len());
    stem.truncate(stem.trim_end_matches(['.', ' ']).len());
    stem + &extension
}

/// Describes a leaf part.
pub(crate) fn describe(part: &Part<'_>, data: Cow<'_, [u8]>, keep_data: bool) -> Attachment {
    let declared_type = if part.content_type.kind.is_empty() {
        String::new()
    } else {
        part.content_type.essence()
    };
    let content_id = part.headers.ids("content-id").into_iter().next();
    let content_id = content_id.or_else(|| {
        let bare = part.headers.get("content-id")?.unfolded().trim().to_owned();
        (!bare.is_empty() && bare.len() < 256).then_some(bare)
    });
    let detected_type = detect(&data);
    let (raw_name, name) = name(part, &data, detected_type);
    let danger = danger(&raw_name, &name, detected_type, &data);
    let inline = !part.is_attached()
        && (content_id.is_some()
            || part
                .disposition
                .as_ref()
                .is_some_and(|d| d.kind == "inline"))
        && (declared_type.starts_with("image/") || detected_type.starts_with("image/"));
    Attachment {
        name,
        declared_type,
        detected_type,
        content_id,
        inline,
        size: data.len(),
        data: if keep_data {
            data.into_owned()
        } else {
            Vec::new()
        },
        danger,
    }
}

/// The name as sent and the safe one. A message without a name is called after its subject, anything else
/// after what it is.
fn name(part: &Part<'_>, data: &[u8], detected: &str) -> (String, SafeName) {
    if let Some(raw) = part.file_name() {
        return (raw.to_owned(), SafeName::new(raw));
    }
    let content = &part.content_type;
    let made = match (content.kind.as_str(), content.subtype.as_str()) {
        ("message", "rfc822" | "global") => {
            let header = data
                .get(..data.len().min(crate::limits::HEADER))
                .unwrap_or_default();
            let subject = headers::split(header)
                .0
                .text("subject")
                .replace(['/', '\\'], "-");
            let subject = if subject.is_empty() {
                "message".to_owned()
            } else {
                subject
            };
            SafeName::new(&format!("{subject}.eml"))
        }
        ("text", "rfc822-headers") => SafeName::new("headers.txt"),
        ("application", "pgp-signature") => SafeName::new("signature.asc"),
        ("application", "pkcs7-signature" | "x-pkcs7-signature") => SafeName::new("smime.p7s"),
        ("application", "pkcs7-mime" | "x-pkcs7-mime") => SafeName::new("smime.p7m"),
        _ => {
            let extension =
                usual_extension(detected).or_else(|| usual_extension(&content.essence()));
            SafeName::new(&extension.map_or("attachment".into(), |end| format!("attachment.{end}")))
        }
    };
    (made.0.clone(), made)
}

fn usual_extension(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/heic" => "heic",
        "image/tiff" => "tiff",
        "text/html" => "html",
        "text/plain" => "txt",
        "text/csv" => "csv",
        "text/calendar" => "ics",
        "text/vcard" | "text/x-vcard" => "vcf",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "video/mp4" => "mp4",
        "application/zip" => "zip",
        "application/ms-tnef" => "dat",
        _ => return None,
    })
}

/// What the bytes are, by their first ones ("magic numbers"); containers are looked into a little.
pub fn detect(data: &[u8]) -> &'static str {
    let at = |offset: usize, magic: &[u8]| {
        data.get(offset..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    let head = data.get(..data.len().min(1024)).unwrap_or_default();
    let starts: [(&[u8], &str); 30] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"\0\0\x01\0", "image/x-icon"),
        (b"8BPS", "image/vnd.adobe.photoshop"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
        (b"fLaC", "audio/flac"),
        (b"#!AMR", "audio/amr"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
        (b"\x1f\x8b", "application/gzip"),
        (b"BZh", "application/x-bzip2"),
        (b"\xfd7zXZ\0", "application/x-xz"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07", "application/vnd.rar"),
        (b"MSCF", "application/vnd.ms-cab-compressed"),
        (b"{\\rtf", "application/rtf"),
        (b"MZ", "application/vnd.microsoft.portable-executable"),
        (b"\x7fELF", "application/x-executable"),
        (b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
        (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
        (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
        (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
        (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
        (b"!<arch>\n", "application/x-archive"),
        (b"#!", "text/x-script"),
        (b"SQLite format 3\0", "application/vnd.sqlite3"),
    ];
    if let Some((_, kind)) = starts.iter().find(|(magic, _)| data.starts_with(magic)) {
        return kind;
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return "image/webp";
    }
    if at(0, b"RIFF") {
        return "audio/wav";
    }
    if at(0, b"BM") && at(6, b"\0\0\0\0") {
        return "image/bmp";
    }
    if at(4, b"ftyp") {
        let heic = ["heic", "heix", "mif1", "heif"]
            .iter()
            .any(|brand| at(8, brand.as_bytes()));
        return if heic { "image/heic" } else { "video/mp4" };
    }
    if at(128, b"DICM") {
        return "application/dicom";
    }
    if at(0x8001, b"CD001") {
        return "application/x-iso9660-image";
    }
    if data.starts_with(b"PK\x03\x04") || data.starts_with(b"PK\x05\x06") {
        return zip_kind(data);
    }
    if data.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return "application/x-ole-storage";
    }
    text_kind(head)
}

fn zip_kind(data: &[u8]) -> &'static str {
    let holds = |name: &[u8]| memmem::find(data, name).is_some();
    if holds(b"[Content_Types].xml") {
        return match () {
            () if holds(b"word/") => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
            () if holds(b"xl/") => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
            () if holds(b"ppt/") => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            () => "application/zip",
        };
    }
    if holds(b"META-INF/MANIFEST.MF") {
        "application/java-archive"
    } else {
        "application/zip"
    }
}

fn text_kind(head: &[u8]) -> &'static str {
    const UNKNOWN: &str = "application/octet-stream";
    let sound = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character cut at the end of the sample is no reason to call it binary.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default())
                .unwrap_or_default()
        }
        Err(_) => return UNKNOWN,
    };
    if sound.is_empty() || sound.contains('\0') {
        return UNKNOWN;
    }
    let start = sound
        .trim_start_matches('\u{FEFF}')
        .trim_start()
        .to_ascii_lowercase();
    let holds = |word: &str| start.contains(word);
    if start.starts_with("begin:vcalendar") {
        "text/calendar"
    } else if start.starts_with("begin:vcard") {
        "text/vcard"
    } else if holds("<svg") {
        "image/svg+xml"
    } else if [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<iframe",
    ]
    .iter()
    .any(|tag| holds(tag))
    {
        "text/html"
    } else if start.starts_with("<?xml") {
        "text/xml"
    } else if start.starts_with("[internetshortcut]") {
        "application/x-url"
    } else {
        "text/plain"
    }
}

/// Judges a file by name and content together; the name alone decides on most systems what opening does.
fn danger(raw_name: &str, name: &SafeName, detected: &str, data: &[u8]) -> Option<Danger> {
    let extension = name.extension();
    let by_name = by_extension(&extension);
    let by_content = match detected {
        "application/vnd.microsoft.portable-executable"
        | "application/x-executable"
        | "application/x-mach-binary"
        | "application/java-archive" => Some(Danger::Executable),
        "text/x-script" => Some(Danger::Script),
        "application/x-ms-shortcut" | "application/x-url" => Some(Danger::Shortcut),
        "application/x-iso9660-image" => Some(Danger::DiskImage),
        "text/html" | "image/svg+xml" => Some(Danger::ActiveDocument),
        _ if has_macros(detected, data) => Some(Danger::Macros),
        _ => None,
    };
    let found = by_name.max(by_content);
    let hidden = raw_name.chars().any(turns_direction)
        || (by_name.is_some() && name.as_str().split('.').rev().nth(1).is_some_and(pretends));
    if hidden && found.is_some() {
        return Some(Danger::Disguised);
    }
    found.or_else(|| contradicts(&extension, detected).then_some(Danger::Mismatch))
}

/// The extension of a harmless document, standing before the true one.
fn pretends(stem_end: &str) -> bool {
    matches!(
        stem_end.trim().to_ascii_lowercase().as_str(),
        "pdf"
            | "doc"
            | "docx"
            | "xls"
            | "xlsx"
            | "ppt"
            | "pptx"
            | "txt"
            | "rtf"
            | "jpg"
            | "jpeg"
            | "png"
            | "gif"
            | "zip"
            | "mp3"
            | "mp4"
            | "csv"
            | "odt"
            | "wav"
    )
}

fn has_macros(detected: &str, data: &[u8]) -> bool {
    match detected {
        "application/x-ole-storage" => {
            // `_VBA_PROJECT` in UTF-16, as directory entries of compound files are named.
            let wide: Vec<u8> = "_VBA_PROJECT".bytes().flat_map(|byte| [byte, 0]).collect();
            memmem::find(data, &wide).is_some()
        }
        kind if kind.starts_with("application/vnd.openxmlformats") => {
            memmem::find(data, b"vbaProject.bin").is_some()
        }
        _ => false,
    }
}

fn by_extension(extension: &str) -> Option<Danger> {
    Some(match extension {
        "exe" | "com" | "scr" | "pif" | "cpl" | "dll" | "sys" | "msi" | "msix" | "appx"
        | "appxbundle" | "msp" | "jar" | "jnlp" | "app" | "apk" | "ipa" | "bin" | "run" | "elf"
        | "deb" | "rpm" | "appimage" | "pkg" | "gadget" | "ocx" | "xll" | "wll" => {
            Danger::Executable
        }
        "bat" | "cmd" | "ps1" | "ps1xml" | "psm1" | "psd1" | "vb" | "vbs" | "vbe" | "js"
        | "jse" | "mjs" | "ws" | "wsf" | "wsh" | "wsc" | "sct" | "hta" | "sh" | "bash" | "csh"
        | "ksh" | "zsh" | "py" | "pyc" | "pyw" | "pyz" | "pl" | "rb" | "php" | "reg" | "inf"
        | "msh" | "command" | "scpt" | "applescript" | "action" | "workflow" | "terminal"
        | "chm" | "hlp" | "mst" => Danger::Script,
        "lnk" | "url" | "webloc" | "desktop" | "scf" | "library-ms" | "search-ms"
        | "settingcontent-ms" | "appref-ms" | "website" | "rdp" | "inetloc" | "fileloc" => {
            Danger::Shortcut
        }
        "iso" | "img" | "vhd" | "vhdx" | "dmg" | "udf" | "vmdk" => Danger::DiskImage,
        "docm" | "dotm" | "xlsm" | "xltm" | "xlsb" | "xlam" | "xla" | "pptm" | "potm" | "ppam"
        | "ppsm" | "sldm" | "mdb" | "accdb" | "ade" | "adp" | "mde" | "accde" | "slk" | "iqy"
        | "one" | "onepkg" | "pub" => Danger::Macros,
        "html" | "htm" | "xhtml" | "xht" | "shtml" | "mht" | "mhtml" | "svg" | "svgz" | "xml"
        | "xsl" | "xslt" | "htc" | "swf" => Danger::ActiveDocument,
        _ => return None,
    })
}

/// The extension promises one thing and the bytes are certainly another.
fn contradicts(extension: &str, detected: &str) -> bool {
    let office = |kind: &str| {
        kind.starts_with("application/vnd.openxmlformats")
            || matches!(kind, "application/zip" | "application/x-ole-storage")
    };
    let fits = match extension {
        "pdf" => detected == "application/pdf",
        "png" | "jpg" | "jpeg" | "gif" | "bmp" | "webp" | "tif" | "tiff" | "heic" => {
            detected.starts_with("image/")
        }
        "docx" | "xlsx" | "pptx" | "odt" | "ods" | "odp" => office(detected),
        // Word has long saved RTF and HTML under its own extension.
        "doc" | "xls" | "ppt" => {
            office(detected) || matches!(detected, "application/rtf" | "text/plain" | "text/xml")
        }
        "zip" => office(detected) || detected == "application/java-archive",
        "txt" | "csv" | "ics" | "vcf" => detected.starts_with("text/"),
        _ => true,
    };
    // Nothing recognised is no contradiction, except for formats that are always recognised.
    let unknown = detected == "application/octet-stream"
        && !matches!(extension, "pdf" | "png" | "gif" | "zip" | "docx" | "xlsx");
    !fits && !unknown
}
