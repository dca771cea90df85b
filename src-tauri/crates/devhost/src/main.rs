//! The command table over loopback HTTP.
//!
//! A browser runs the real UI on the real core, so that tests need no WebKit: `POST /call/<command>`
//! with JSON, `GET /events` as server-sent events, everything else from the built UI. For development
//! and tests only; no package contains it.
//!
//! It listens on 127.0.0.1 alone, answers only requests whose `Host` is that address (so that no name
//! on the internet can be pointed at it) and whose `Origin`, where there is one, is its own. Beside
//! the address it was started with, it knows no user: whoever can reach loopback can use it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event as Sse, KeepAlive};
use axum::response::{IntoResponse, Response, Sse as SseStream};
use axum::routing::{get, post};
use clap::Parser;
use desk::secrets::{Keychain, MemoryKeychain, OsKeychain};
use desk::views::SystemClock;
use desk::{Commands, Desk, DeskOptions, Origin};
use futures::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;

/// The largest request: an attachment of 25 MB in base64, and its JSON around it.
const LARGEST_REQUEST: usize = 40 * 1024 * 1024;

/// Runs the real core for a browser on this computer.
#[derive(Debug, Parser)]
struct Options {
    /// Folder of the practice's data.
    #[arg(long)]
    folder: PathBuf,
    /// The built UI.
    #[arg(long, default_value = "ui/dist")]
    ui: PathBuf,
    /// Port on 127.0.0.1; 0 takes a free one. The address is printed once it listens.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep keys in memory instead of the keychain of this login: for tests.
    #[arg(long)]
    memory_keychain: bool,
    /// How fast the demo practice's patients write: 1 is a message every 20 to 60 seconds.
    #[arg(long, default_value_t = 1.0)]
    demo_speed: f64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_env_filter("warn")
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    let keychain: Arc<dyn Keychain> = if options.memory_keychain {
        Arc::new(MemoryKeychain::new())
    } else {
        Arc::new(OsKeychain::new())
    };
    let desk = Desk::new(DeskOptions {
        downloads: options.folder.join("downloads"),
        folder: options.folder,
        keychain,
        clock: Arc::new(SystemClock),
        background: true,
        demo_speed: options.demo_speed,
    });
    desk.open_if_possible().await;

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port)).await?;
    let address = listener.local_addr()?;
    let app = Router::new()
        .route("/call/{name}", post(call))
        .route("/events", get(events))
        .with_state(desk.clone())
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .fallback_service(tower_http::services::ServeDir::new(options.ui))
        .layer(middleware::from_fn(move |request, next| {
            only_ourselves(address, request, next)
        }));
    #[allow(
        clippy::print_stdout,
        reason = "whoever started it reads the address here"
    )]
    {
        println!("http://{address}");
    }
    axum::serve(listener, app)
        .with_graceful_shutdown(stop())
        .await?;
    desk.lock().await;
    Ok(())
}

async fn stop() {
    // Without a signal handler the process is simply killed, which the store survives.
    let _ = tokio::signal::ctrl_c().await;
}

/// Refuses requests that were aimed at another name or come from another page.
async fn only_ourselves(address: SocketAddr, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host_is_ours = text(headers, header::HOST) == Some(address.to_string().as_str());
    let origin_is_ours =
        text(headers, header::ORIGIN).is_none_or(|origin| origin == format!("http://{address}"));
    if host_is_ours && origin_is_ours {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

async fn call(State(desk): State<Arc<Desk>>, Path(name): Path<String>, body: Bytes) -> Response {
    let request = if body.is_empty() {
        Ok(serde_json::Value::Null)
    } else {
        serde_json::from_slice(&body)
    };
    let Ok(request) = request else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match Commands::new(desk, Origin::Window)
        .call(&name, request)
        .await
    {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(error)).into_response(),
    }
}

async fn events(State(desk): State<Arc<Desk>>) -> impl IntoResponse {
    let feed = BroadcastStream::new(desk.events()).map(|event| {
        let event = match event {
            Ok(event) => Sse::default().json_data(event),
            // The page missed some: it asks for everything again.
            Err(_) => {
                Sse::default().json_data(desk::views::Event::Conversations { ids: Vec::new() })
            }
        };
        Ok::<_, Infallible>(event.unwrap_or_default())
    });
    SseStream::new(feed).keep_alive(KeepAlive::default())
}
