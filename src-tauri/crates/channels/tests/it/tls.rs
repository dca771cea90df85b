//! Encryption: demanded, checked, and pinned where nobody vouches for the certificate.

use std::sync::Arc;

use channels::email::{Auth, CertificatePin, Endpoint, Security};
use channels::{ChannelError, Connector, SendOutcome, TlsFailure};
use domain::Secret;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use simulator::{Options, Simulator};
use testkit::servers::{Dovecot, Proxy, TlsFiles};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Account, FRONT, Model, NOW, Without, mail, reply, settings};

struct Certificate {
    files: TlsFiles,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

/// A certificate that nobody vouches for.
fn certificate() -> Certificate {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    Certificate {
        files: TlsFiles {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        },
        der: made.cert.der().clone(),
        key: PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap(),
    }
}

fn pin(certificate: &CertificateDer<'_>) -> CertificatePin {
    CertificatePin(Sha256::digest(certificate).into())
}

/// A TLS end before a server that has none. Its port.
async fn before(port: u16, certificate: &Certificate) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der.clone()], certificate.key.clone_key())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let own = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut client) = acceptor.accept(client).await else {
                    return;
                };
                let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    own
}

fn endpoint(port: u16, security: Security, pin: Option<CertificatePin>) -> Endpoint {
    Endpoint {
        host: "localhost".into(),
        port,
        security,
        pin,
    }
}

async fn reading(endpoint: Endpoint) -> Result<usize, ChannelError> {
    let mut settings = settings(9, 9);
    settings.imap = endpoint;
    let mut model = Model::default();
    model.sync(&Account::new(settings)).await?;
    Ok(model.items.len())
}

fn failure(result: Result<usize, ChannelError>) -> (TlsFailure, Option<[u8; 32]>) {
    match result {
        Err(ChannelError::Tls { why, shown, .. }) => (why, shown),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused_unless_pinned() {
    let ours = certificate();
    let dovecot = Dovecot::start_with(Some(&ours.files));
    dovecot.deliver(FRONT, "INBOX", &mail(1));
    let (right, wrong) = (pin(&ours.der), CertificatePin([7; 32]));
    for (port, security) in [
        (dovecot.tls_port(), Security::Tls),
        (dovecot.port(), Security::StartTls),
    ] {
        let (why, shown) = failure(reading(endpoint(port, security, None)).await);
        assert!(
            matches!(why, TlsFailure::UnknownIssuer | TlsFailure::BadCertificate),
            "{why:?}"
        );
        assert_eq!(
            shown,
            Some(right.0),
            "what was shown can be compared and pinned"
        );
        assert_eq!(
            failure(reading(endpoint(port, security, Some(wrong))).await).0,
            TlsFailure::PinMismatch
        );
        assert_eq!(reading(endpoint(port, security, Some(right))).await, Ok(1));
    }
}

#[tokio::test]
async fn without_an_offer_of_encryption_nothing_is_said() {
    let ours = certificate();
    let dovecot = Dovecot::start_with(Some(&ours.files));
    let proxy = Proxy::start(dovecot.port(), || Without(&["STARTTLS"], Vec::new())).await;
    let stripped = endpoint(proxy.port(), Security::StartTls, Some(pin(&ours.der)));
    assert_eq!(failure(reading(stripped).await).0, TlsFailure::NotOffered);
}

#[tokio::test]
async fn plain_text_stays_on_this_computer() {
    for host in ["192.0.2.1", "2001:db8::1"] {
        let elsewhere = Endpoint::plain_loopback(host, 143);
        assert_eq!(
            failure(reading(elsewhere).await).0,
            TlsFailure::PlainNotAllowed
        );
    }
    let dovecot = Dovecot::start();
    assert_eq!(
        reading(Endpoint::plain_loopback("localhost", dovecot.port())).await,
        Ok(0)
    );
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_not_waited_for() {
    let dovecot = Dovecot::start();
    let (why, _) = failure(reading(endpoint(dovecot.port(), Security::Tls, None)).await);
    assert_eq!(why, TlsFailure::Handshake);
}

#[tokio::test]
async fn replies_leave_encrypted() {
    let ours = certificate();
    let simulator = Simulator::start(Options::at(NOW.to_datetime())).unwrap();
    let smtps = before(simulator.smtp_addr().port(), &ours).await;
    let mut settings = settings(simulator.imap_addr().port(), 9);
    settings.user_name = simulator.user().to_owned();
    let auth = Auth::Password(Secret::new(simulator.password()));
    let mut sent = async |pin| {
        settings.smtp = endpoint(smtps, Security::Tls, pin);
        let account = Account::with(settings.clone(), auth.clone());
        account.connector.send(&reply("t1", "Hello")).await
    };
    for pin in [None, Some(CertificatePin([7; 32]))] {
        let outcome = sent(pin).await;
        assert!(
            matches!(outcome, SendOutcome::Deferred { .. }),
            "{outcome:?}"
        );
        assert_eq!(simulator.ledger().submissions().len(), 0);
    }
    let outcome = sent(Some(pin(&ours.der))).await;
    assert!(matches!(outcome, SendOutcome::Sent(_)), "{outcome:?}");
    assert_eq!(simulator.ledger().accepted("t1@practice.example"), 1);
}
