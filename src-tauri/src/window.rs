//! The window: opened onto the desk, closed to everything else.

mod feed;
mod page;
mod tray;

use std::path::PathBuf;
use std::sync::Arc;

use desk::views::SystemClock;
use desk::{CommandError, Commands, Desk, DeskOptions, Origin};
use serde_json::Value;
use tauri::{
    AppHandle, Manager as _, RunEvent, State, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};

use crate::size::Size;

/// The one window.
const MAIN: &str = "main";

/// Why the window could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WindowError {
    /// The system gives this login no folder for data.
    #[error("this login has no home folder")]
    NoFolder,
    /// The built page has lost its content security policy.
    #[error("the built page carries no content security policy")]
    NoPolicy,
    /// Tauri or the web view beneath it.
    #[error(transparent)]
    Tauri(#[from] tauri::Error),
}

/// Opens the window and returns when the application ends.
pub(crate) fn run() -> Result<(), WindowError> {
    let folder = desk::default_folder().ok_or(WindowError::NoFolder)?;
    let mut context = tauri::generate_context!();
    page::send_policy_as_header(&mut context)?;
    tauri::Builder::default()
        // First of all plugins: a second start must not get further than this.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            bring_forward(app);
        }))
        .invoke_handler(tauri::generate_handler![call])
        .on_permission_request(|_, _| tauri::webview::PermissionResponse::Deny)
        .setup(move |app| {
            let desk = open_desk(app.handle(), folder.clone());
            app.manage(desk.clone());
            app.manage(Commands::new(desk.clone(), Origin::Window));
            // Subscribed before the page exists, so that it misses nothing.
            feed::forward(app.handle().clone(), desk.events());
            tauri::async_runtime::block_on(desk.open_if_possible());
            open_window(app.handle(), &folder)?;
            if let Err(error) = tray::show(app.handle()) {
                tracing::warn!("no tray icon: {error}");
            }
            Ok(())
        })
        .build(context)?
        .run(|app, event| {
            if let RunEvent::Exit = event {
                // From here on a second start is a first one: there is no window left to bring forward.
                tauri_plugin_single_instance::destroy(app);
                // Loops end and the database closes in order.
                let desk = app.state::<Arc<Desk>>().inner().clone();
                tauri::async_runtime::block_on(desk.lock());
            }
        });
    Ok(())
}

/// The desk's command table: all that the page may call.
#[tauri::command]
async fn call(
    commands: State<'_, Commands>,
    name: String,
    request: Value,
) -> Result<Value, CommandError> {
    commands.call(&name, request).await
}

fn open_desk(app: &AppHandle, folder: PathBuf) -> Arc<Desk> {
    let downloads = app
        .path()
        .download_dir()
        .unwrap_or_else(|_| folder.join("saved"));
    Desk::new(DeskOptions {
        folder,
        downloads,
        keychain: Arc::new(desk::secrets::OsKeychain::new()),
        clock: Arc::new(SystemClock),
        background: true,
        demo_speed: demo_speed(),
    })
}

/// Tests of the window do not wait for patients.
fn demo_speed() -> f64 {
    if cfg!(feature = "window-tests") {
        20.0
    } else {
        1.0
    }
}

fn open_window(app: &AppHandle, folder: &std::path::Path) -> Result<WebviewWindow, tauri::Error> {
    let size = Size::kept_in(folder);
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        // Never anything about a contact here: titles are seen in lists of windows.
        .title("Anteroom")
        .inner_size(size.width, size.height)
        .min_inner_size(Size::SMALLEST.0, Size::SMALLEST.1)
        .maximized(size.maximised)
        .devtools(false)
        // The web view keeps nothing on disk. A driven one has to share the driver's session.
        .incognito(!cfg!(feature = "window-tests"))
        .general_autofill_enabled(false)
        .on_navigation(page::may_show)
        .on_new_window(|url, _| {
            page::open_outside(&url);
            tauri::webview::NewWindowResponse::Deny
        })
        .on_download(|_, _| false)
        .build()?;
    reload_after_a_crash(&window)?;
    let kept = folder.to_owned();
    let watched = window.clone();
    window.on_window_event(move |event| {
        if let tauri::WindowEvent::CloseRequested { .. } = event
            && let Some(size) = current_size(&watched)
        {
            size.keep_in(&kept);
        }
    });
    Ok(window)
}

/// The page lives in a process of its own. When that ends by accident the page comes back, and asks
/// the desk for everything anew.
#[cfg(target_os = "linux")]
fn reload_after_a_crash(window: &WebviewWindow) -> Result<(), tauri::Error> {
    use webkit2gtk::WebViewExt as _;
    window.with_webview(|view| {
        view.inner().connect_web_process_terminated(|page, reason| {
            tracing::warn!("the page's process ended: {reason:?}");
            page.reload();
        });
    })
}

/// WebView2 and WKWebView are looked after by Tauri itself.
#[cfg(not(target_os = "linux"))]
fn reload_after_a_crash(_window: &WebviewWindow) -> Result<(), tauri::Error> {
    Ok(())
}

fn current_size(window: &WebviewWindow) -> Option<Size> {
    let maximised = window.is_maximized().ok()?;
    let size = window
        .inner_size()
        .ok()?
        .to_logical::<f64>(window.scale_factor().ok()?);
    Some(Size {
        width: size.width,
        height: size.height,
        maximised,
    })
}

/// Shows the window in front of others.
fn bring_forward(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}
