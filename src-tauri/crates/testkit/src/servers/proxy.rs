//! A proxy between a client and a server that changes or cuts what passes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What becomes of bytes that pass.
pub enum Flow {
    /// They pass as given.
    Pass(Vec<u8>),
    /// They pass, then the connection is cut in both directions.
    Cut(Vec<u8>),
}

/// Sees everything of one connection, in order. Bytes it does not pass are held back.
pub trait Filter: Send {
    /// Bytes from the server.
    fn to_client(&mut self, bytes: Vec<u8>) -> Flow {
        Flow::Pass(bytes)
    }

    /// Bytes from the client.
    fn to_server(&mut self, bytes: Vec<u8>) -> Flow {
        Flow::Pass(bytes)
    }
}

/// Lets everything pass.
impl Filter for () {}

/// A proxy on a free port of 127.0.0.1. Ends on drop.
pub struct Proxy {
    address: SocketAddr,
    passed: Arc<AtomicU64>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before the server at `port`; each connection gets its own filter.
    pub async fn start<F: Filter + 'static>(
        port: u16,
        filter: impl Fn() -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("loopback has free ports");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let passed = Arc::new(AtomicU64::new(0));
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, opened) = (Arc::clone(&passed), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            let mut alive = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(("127.0.0.1", port)).await;
                if let Ok(server) = server {
                    alive.spawn(relay(client, server, filter(), Arc::clone(&counted)));
                }
            }
        });
        Self {
            address,
            passed,
            connections,
            task,
        }
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many bytes have passed from server to clients, in all connections together.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    /// How many connections were opened through it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay<F: Filter>(client: TcpStream, server: TcpStream, filter: F, passed: Arc<AtomicU64>) {
    let filter = std::sync::Mutex::new(filter);
    let lock = || {
        filter
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let down = pump(
        &mut from_server,
        &mut to_client,
        |bytes| lock().to_client(bytes),
        Some(&passed),
    );
    let up = pump(
        &mut from_client,
        &mut to_server,
        |bytes| lock().to_server(bytes),
        None,
    );
    // Whichever direction ends first takes the other with it.
    tokio::select! {
        () = down => {}
        () = up => {}
    }
}

async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    mut filter: impl FnMut(Vec<u8>) -> Flow,
    passed: Option<&AtomicU64>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length) = from.read(&mut buffer).await {
        if length == 0 {
            return;
        }
        let (bytes, cut) = match filter(buffer.get(..length).unwrap_or_default().to_vec()) {
            Flow::Pass(bytes) => (bytes, false),
            Flow::Cut(bytes) => (bytes, true),
        };
        if let Some(passed) = passed {
            passed.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        }
        if to.write_all(&bytes).await.is_err() || cut {
            return;
        }
    }
}
