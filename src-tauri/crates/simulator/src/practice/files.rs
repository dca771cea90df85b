//! Attachments, made on the spot: small, valid, and harmless.

use std::fmt::Write as _;

use super::chance;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Pdf,
    Png,
    /// A picture of skin with a red patch, drawn for this purpose.
    Jpeg,
    Text,
    Csv,
    Ics,
    /// What a virus pretends to be: the first two bytes of a program and a sentence.
    Exe,
}

impl Kind {
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Text => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ics => "text/calendar; charset=utf-8; method=REQUEST",
            Self::Exe => "application/octet-stream",
        }
    }

    pub(super) fn bytes(self, text: &str) -> Vec<u8> {
        match self {
            Self::Pdf => pdf(text),
            Self::Png => png(text),
            Self::Jpeg => JPEG.to_vec(),
            Self::Text | Self::Csv | Self::Ics => {
                text.trim_start().replace('\n', "\r\n").into_bytes()
            }
            Self::Exe => [b"MZ", text.as_bytes()].concat(),
        }
    }
}

const JPEG: &[u8] = include_bytes!("files/skin.jpg");

/// One page in Helvetica.
fn pdf(text: &str) -> Vec<u8> {
    let mut page = String::from("BT /F1 12 Tf 60 780 Td 16 TL\n");
    for line in text.trim().lines() {
        let ascii: String = line
            .chars()
            .map(|letter| if letter.is_ascii() { letter } else { '?' })
            .collect();
        let escaped = ascii
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        let _ = writeln!(page, "({escaped}) Tj T*");
    }
    page.push_str("ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}endstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(&objects) {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let at = file.len();
    let count = objects.len() + 1;
    let _ = write!(
        file,
        "xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n"
    );
    file.into_bytes()
}

/// A picture of 64 by 48 dots, coloured by the text.
fn png(text: &str) -> Vec<u8> {
    const WIDTH: u32 = 64;
    const HEIGHT: u32 = 48;
    let tint = chance(5, &[text]);
    let mut rows = Vec::new();
    for y in 0..HEIGHT {
        rows.push(0);
        for x in 0..WIDTH {
            let (dx, dy) = (i64::from(x) - 32, i64::from(y) - 24);
            let near = u8::from(dx * dx + dy * dy < 200 + (tint % 120) as i64);
            rows.extend_from_slice(&[
                225 - near * 10,
                (190 - near * 80).wrapping_add((tint >> 8) as u8 % 12),
                (165 - near * 60).wrapping_add((x % 4) as u8),
            ]);
        }
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [WIDTH.to_be_bytes(), HEIGHT.to_be_bytes()].concat();
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"IDAT", &stored(&rows));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let body = [kind.as_slice(), data].concat();
    file.extend_from_slice(&body);
    file.extend_from_slice(&crc32(&body).to_be_bytes());
}

/// zlib without compression.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(65535).count();
    for (number, block) in (1..).zip(data.chunks(65535)) {
        stream.push(u8::from(number == blocks));
        stream.extend_from_slice(&(block.len() as u16).to_le_bytes());
        stream.extend_from_slice(&(!(block.len() as u16)).to_le_bytes());
        stream.extend_from_slice(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    stream.extend_from_slice(&((b << 16) | a).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}
