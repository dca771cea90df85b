//! Attachments: inside the mail, and left on the server when the mail is large.

use channels::{ChannelError, Connector, FetchBudget, Stop};
use domain::inbound::RemoteId;
use testkit::servers::Dovecot;

use crate::support::{Account, FRONT};

fn with_attachment(bytes: usize) -> (Vec<u8>, Vec<u8>) {
    let data: Vec<u8> = (0_u32..).flat_map(u32::to_le_bytes).take(bytes).collect();
    let mut mail = b"From: Sam <sam@mail.example>\r\nTo: front@practice.example\r\nSubject: Scan\r\nMessage-ID: <scan@mail.example>\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHere is the scan, caf=C3=A9\r\n\
        --b\r\nContent-Type: image/tiff\r\nContent-Disposition: attachment; filename=\"scan.tiff\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        .to_vec();
    for line in data.chunks(57) {
        mail.extend(base64(line).bytes());
        mail.extend(b"\r\n");
    }
    mail.extend(b"--b--\r\n");
    (mail, data)
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place > group.len() { '=' } else { digit });
        }
    }
    text
}

#[tokio::test]
async fn the_attachments_of_a_large_mail_stay_until_asked_for() {
    let dovecot = Dovecot::start();
    let (large, data) = with_attachment(21_000_000);
    assert!(large.len() > 25 * 1024 * 1024);
    dovecot.deliver(FRONT, "INBOX", &large);
    let (small, small_data) = with_attachment(1_000);
    dovecot.deliver(FRONT, "INBOX", &small);
    let account = Account::reading(dovecot.port());
    let batch = account
        .connector
        .fetch(None, &FetchBudget::default())
        .await
        .unwrap();
    // The large one comes in a page of its own.
    let rest = account
        .connector
        .fetch(batch.cursor.as_ref(), &FetchBudget::default())
        .await
        .unwrap();
    let items: Vec<_> = batch.items.into_iter().chain(rest.items).collect();
    assert_eq!(items.len(), 2);
    let (whole, split): (Vec<_>, Vec<_>) = items
        .into_iter()
        .partition(|item| item.attachments[0].data.is_some());
    assert_eq!(whole[0].attachments[0].data.as_ref(), Some(&small_data));

    let item = &split[0];
    assert_eq!(item.text.reveal().trim(), "Here is the scan, café");
    assert_eq!(item.subject.reveal(), "Scan");
    let file = &item.attachments[0];
    assert_eq!(
        (
            file.name.as_str(),
            file.media_type.as_str(),
            file.data.is_none()
        ),
        ("scan.tiff", "image/tiff", true)
    );
    assert!(
        file.size.abs_diff(data.len() as u64) < data.len() as u64 / 50,
        "{}",
        file.size
    );
    assert!(!item.problems.is_empty());

    let stop = Stop::new();
    let bytes = account
        .connector
        .attachment(&item.remote_id, 0, &stop)
        .await
        .unwrap();
    assert!(bytes == data, "{} of {} bytes", bytes.len(), data.len());
    let bytes = account
        .connector
        .attachment(&whole[0].remote_id, 0, &stop)
        .await
        .unwrap();
    assert!(bytes == small_data);
    for (name, position) in [
        (item.remote_id.clone(), 1),
        (RemoteId("INBOX/1/1".into()), 0),
    ] {
        assert_eq!(
            account.connector.attachment(&name, position, &stop).await,
            Err(ChannelError::Gone)
        );
    }
    dovecot.doveadm(&["expunge", "-u", FRONT, "mailbox", "INBOX", "all"]);
    assert_eq!(
        account
            .connector
            .attachment(&item.remote_id, 0, &stop)
            .await,
        Err(ChannelError::Gone)
    );
}
