//! What the window's page may do. Whoever widens it meets this test.

use std::fs;

use serde_json::Value;

use crate::root;

#[test]
fn the_page_may_call_the_desk_and_hear_it_and_nothing_else() {
    let folder = root().join("src-tauri/capabilities");
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(files, ["main.json"]);
    let text = fs::read_to_string(folder.join("main.json")).unwrap();
    let capability: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(strings(&capability["windows"]), ["main"]);
    assert_eq!(
        strings(&capability["permissions"]),
        [
            "core:event:allow-listen",
            "core:event:allow-unlisten",
            "allow-call"
        ]
    );
    assert!(
        capability.get("remote").is_none(),
        "no page from elsewhere has any right"
    );
}

#[test]
fn the_configuration_is_closed() {
    let text = fs::read_to_string(root().join("tauri.conf.json")).unwrap();
    let configuration: Value = serde_json::from_str(&text).unwrap();
    let app = &configuration["app"];
    assert_eq!(app["withGlobalTauri"].as_bool(), Some(false));
    let security = &app["security"];
    assert_eq!(strings(&security["capabilities"]), ["main"]);
    assert_eq!(security["freezePrototype"].as_bool(), Some(true));
    assert!(
        security.get("assetProtocol").is_none(),
        "no file is served to the page"
    );
    // The policy is written into the page by the UI's build, and repeated as a header by the shell.
    assert!(security.get("csp").is_none());
    let build = fs::read_to_string(root().join("ui/vite.config.ts")).unwrap();
    assert!(build.contains("default-src 'none'") && !build.contains("unsafe-"));
}

fn strings(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}
