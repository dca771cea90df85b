//! Reaching a server: names, addresses, TLS.
//!
//! Everything that decides whether a connection is safe is in this file. Encryption is demanded
//! everywhere but on loopback, and loopback is judged by the address connected to, not by the name.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::settings::{CertificatePin, Endpoint, Security};
use crate::error::{ChannelError, ConnectFailure, TlsFailure};

/// A connection, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// A connection of either kind.
pub type BoxedStream = Box<dyn Stream>;

/// How long connecting may take, name and TLS not included.
const CONNECT: Duration = Duration::from_secs(20);
/// How long looking up a name may take.
const LOOK_UP: Duration = Duration::from_secs(15);
/// How long the TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(20);
/// The head start of one address before the next is tried beside it (RFC 8305).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to `endpoint`: encrypted already if it wants TLS from the first byte, otherwise not yet.
pub async fn connect(endpoint: &Endpoint) -> Result<BoxedStream, ChannelError> {
    let tcp = connect_tcp(endpoint).await?;
    match endpoint.security {
        Security::Tls => encrypt(Box::new(tcp), endpoint).await,
        Security::StartTls | Security::PlainLoopbackOnly => Ok(Box::new(tcp)),
    }
}

/// Makes a connection safe by TLS.
pub async fn encrypt(
    stream: BoxedStream,
    endpoint: &Endpoint,
) -> Result<BoxedStream, ChannelError> {
    let shown = Arc::new(Mutex::new(None));
    let tls = |why| ChannelError::Tls {
        host: endpoint.host.clone(),
        why,
        shown: *shown.lock().unwrap_or_else(PoisonError::into_inner),
    };
    let name =
        ServerName::try_from(endpoint.host.clone()).map_err(|_| tls(TlsFailure::WrongName))?;
    let config = client_config(endpoint.pin, Arc::clone(&shown)).map_err(&tls)?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    match timeout(HANDSHAKE, connector.connect(name, stream)).await {
        Err(_) => Err(failed(endpoint, ConnectFailure::TimedOut)),
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(tls(tls_failure(&error, endpoint.pin.is_some()))),
    }
}

/// The error of a connection to `endpoint`.
pub fn failed(endpoint: &Endpoint, why: ConnectFailure) -> ChannelError {
    ChannelError::Connect {
        host: endpoint.host.clone(),
        port: endpoint.port,
        why,
    }
}

async fn connect_tcp(endpoint: &Endpoint) -> Result<TcpStream, ChannelError> {
    let lookup = tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port));
    let mut addresses: Vec<SocketAddr> = match timeout(LOOK_UP, lookup).await {
        Err(_) | Ok(Err(_)) => return Err(failed(endpoint, ConnectFailure::UnknownHost)),
        Ok(Ok(addresses)) => addresses.collect(),
    };
    if endpoint.security == Security::PlainLoopbackOnly {
        addresses.retain(|address| address.ip().to_canonical().is_loopback());
        if addresses.is_empty() {
            return Err(ChannelError::Tls {
                host: endpoint.host.clone(),
                why: TlsFailure::PlainNotAllowed,
                shown: None,
            });
        }
    }
    if addresses.is_empty() {
        return Err(failed(endpoint, ConnectFailure::UnknownHost));
    }
    let race = timeout(CONNECT, first_to_answer(alternating(addresses))).await;
    let tcp = match race {
        Err(_) => return Err(failed(endpoint, ConnectFailure::TimedOut)),
        Ok(Err(error)) => return Err(failed(endpoint, connect_failure(&error))),
        Ok(Ok(tcp)) => tcp,
    };
    // Neither is worth failing for.
    let _ = tcp.set_nodelay(true);
    let keepalive = socket2::TcpKeepalive::new()
        .with_time(Duration::from_secs(120))
        .with_interval(Duration::from_secs(30));
    let _ = socket2::SockRef::from(&tcp).set_tcp_keepalive(&keepalive);
    Ok(tcp)
}

/// IPv6 and IPv4 in turns, so that a broken one of the two costs one head start.
fn alternating(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for address in addresses {
        if address.is_ipv6() == first_is_v6 {
            one.push(address);
        } else {
            other.push(address);
        }
    }
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut mixed = Vec::new();
    loop {
        let (a, b) = (one.next(), other.next());
        if a.is_none() && b.is_none() {
            return mixed;
        }
        mixed.extend(a);
        mixed.extend(b);
    }
}

async fn first_to_answer(addresses: Vec<SocketAddr>) -> std::io::Result<TcpStream> {
    let mut attempts: FuturesUnordered<_> = addresses
        .into_iter()
        .zip(0_u32..)
        .map(|(address, rank)| async move {
            tokio::time::sleep(HEAD_START * rank).await;
            TcpStream::connect(address).await
        })
        .collect();
    let mut last = std::io::ErrorKind::NotFound.into();
    while let Some(outcome) = attempts.next().await {
        match outcome {
            Ok(tcp) => return Ok(tcp),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn connect_failure(error: &std::io::Error) -> ConnectFailure {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => ConnectFailure::Refused,
        ErrorKind::TimedOut => ConnectFailure::TimedOut,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::UnexpectedEof => {
            ConnectFailure::Lost
        }
        _ => ConnectFailure::Unreachable,
    }
}

fn tls_failure(error: &std::io::Error, pinned: bool) -> TlsFailure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let Some(rustls::Error::InvalidCertificate(why)) = inner else {
        return TlsFailure::Handshake;
    };
    match why {
        CertificateError::ApplicationVerificationFailure if pinned => TlsFailure::PinMismatch,
        CertificateError::UnknownIssuer => TlsFailure::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFailure::WrongName
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsFailure::OutOfDate,
        _ => TlsFailure::BadCertificate,
    }
}

type Shown = Arc<Mutex<Option<[u8; 32]>>>;

fn client_config(pin: Option<CertificatePin>, shown: Shown) -> Result<ClientConfig, TlsFailure> {
    let provider = Arc::new(ring::default_provider());
    let inner: Arc<dyn ServerCertVerifier> = match pin {
        Some(pin) => Arc::new(Pinned {
            pin,
            provider: Arc::clone(&provider),
        }),
        None => Arc::new(
            rustls_platform_verifier::Verifier::new(Arc::clone(&provider))
                .map_err(|_| TlsFailure::UnknownIssuer)?,
        ),
    };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsFailure::Handshake)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Showing { inner, shown }))
        .with_no_client_auth())
}

/// Remembers which certificate was shown, so that it can be told when it is refused, and leaves the
/// judgement to another.
#[derive(Debug)]
struct Showing {
    inner: Arc<dyn ServerCertVerifier>,
    shown: Shown,
}

impl ServerCertVerifier for Showing {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Sha256::digest(end_entity).into());
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Accepts exactly one certificate, whatever it says of itself. That the server holds its key is
/// proved by the handshake's signature as ever.
#[derive(Debug)]
struct Pinned {
    pin: CertificatePin,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown: [u8; 32] = Sha256::digest(end_entity).into();
        if shown == self.pin.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
