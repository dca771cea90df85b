//! How fast mail is read on one core: a plain reply, an HTML letter, an attachment, text only and everything.

use std::hint::black_box;

use anteroom_mime::{self as mime, Wanted};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const HEAD: &str = "Return-Path: <sam@other.example>\r\nReceived: from mx.other.example by mx.riverside.example with ESMTPS; Thu, 7 May 2026 09:30:01 +0200\r\n\
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=other.example; s=k1; h=from:to; bh=AAAA; b=BBBB\r\nFrom: Sam Reyes <sam@other.example>\r\n\
To: Front desk <info@riverside.example>\r\nSubject: =?utf-8?Q?A_question_about_my_t=C3=A4blets?=\r\nDate: Thu, 7 May 2026 09:30:00 +0200\r\n\
Message-ID: <one@other.example>\r\nIn-Reply-To: <zero@riverside.example>\r\nReferences: <a@riverside.example> <zero@riverside.example>\r\nMIME-Version: 1.0\r\n";

fn plain() -> Vec<u8> {
    let said =
        "Since Monday my knee hurts when I climb the stairs, and the tablets do not help.\r\n"
            .repeat(10);
    let quoted = "> Please tell us how the knee is after three days of rest.\r\n".repeat(20);
    format!("{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n{said}\r\nOn Wed, 6 May 2026 at 10:00, Front desk <info@riverside.example> wrote:\r\n{quoted}").into_bytes()
}

fn html() -> Vec<u8> {
    let row = "<tr><td style=\"font-family:Arial;color:#333;padding:4px\"><p>Your <b>appointment</b> &amp; more</p></td><td><img src=\"https://x.example/a.png\"></td></tr>\r\n";
    format!("{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><table>{}</table></body></html>\r\n", row.repeat(100)).into_bytes()
}

fn attachment() -> Vec<u8> {
    let lines = format!("{}\r\n", "QUJD".repeat(19)).repeat(4000);
    format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n--b1\r\n\
         Content-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}--b1--\r\n"
    )
    .into_bytes()
}

fn parse(c: &mut Criterion) {
    for (name, raw) in [
        ("plain", plain()),
        ("html", html()),
        ("attachment", attachment()),
    ] {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(raw.len() as u64));
        group.bench_function("text", |b| {
            b.iter(|| mime::parse_wanted(black_box(&raw), Wanted::TEXT));
        });
        group.bench_function("all", |b| b.iter(|| mime::parse(black_box(&raw))));
        group.finish();
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
