//! The Tauri shell: window, tray, notifications and the binding of the command table; nothing else.
