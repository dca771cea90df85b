//! The tray icon: open, lock, quit.

use std::sync::Arc;

use desk::Desk;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _};

use super::bring_forward;

const OPEN: &str = "open";
const LOCK: &str = "lock";
const QUIT: &str = "quit";

/// Shows the icon, where the desktop has a place for it.
pub(super) fn show(app: &AppHandle) -> Result<(), tauri::Error> {
    let item = |id, text| MenuItem::with_id(app, id, text, true, None::<&str>);
    let menu = Menu::with_items(
        app,
        &[
            &item(OPEN, "Open Anteroom")?,
            &item(LOCK, "Lock")?,
            &item(QUIT, "Quit")?,
        ],
    )?;
    let mut tray = TrayIconBuilder::with_id("anteroom")
        .tooltip("Anteroom")
        .menu(&menu)
        .on_menu_event(|app, event| match event.id.as_ref() {
            OPEN => bring_forward(app),
            LOCK => lock(app),
            QUIT => app.exit(0),
            _ => {}
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::DoubleClick { .. } = event {
                bring_forward(tray.app_handle());
            }
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}

fn lock(app: &AppHandle) {
    let desk = app.state::<Arc<Desk>>().inner().clone();
    tauri::async_runtime::spawn(async move { desk.lock().await });
}
