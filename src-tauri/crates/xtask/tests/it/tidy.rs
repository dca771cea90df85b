//! How files are kept: short enough to read, and each saying what it is for.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::root;

/// A file past 600 lines is a prompt to split; past this it is a fault.
const LONGEST: usize = 1000;

/// Files of ours with one of these endings; nothing generated.
fn sources(folders: &[&str], endings: &[&str]) -> Vec<PathBuf> {
    let found: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| WalkDir::new(root().join(folder)))
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| {
            let text = path.to_string_lossy();
            let ours = ![
                "/node_modules/",
                "/dist/",
                "/generated/",
                "/gen/",
                "/target/",
            ]
            .iter()
            .any(|foreign| text.contains(foreign));
            ours && endings.iter().any(|ending| text.ends_with(ending))
        })
        .collect();
    assert!(!found.is_empty(), "no sources in {folders:?}");
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<String> = sources(
        &["src-tauri", "ui/src", "tests", "scripts"],
        &[".rs", ".ts", ".svelte", ".mjs", ".css", ".sql"],
    )
    .iter()
    .filter_map(|path| {
        let lines = fs::read_to_string(path).ok()?.lines().count();
        (lines > LONGEST).then(|| format!("{} ({lines} lines)", shown(path)))
    })
    .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> = sources(&["src-tauri"], &[".rs"])
        .iter()
        .filter(|path| {
            !fs::read_to_string(path)
                .unwrap()
                .trim_start()
                .starts_with("//!")
        })
        .map(|path| shown(path))
        .collect();
    assert!(silent.is_empty(), "no module header in {silent:#?}");
}

#[test]
fn every_script_says_what_it_does() {
    for script in fs::read_dir(root().join("scripts")).unwrap() {
        let path = script.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let header = text.lines().find(|line| !line.starts_with("#!"));
        assert!(
            header.is_some_and(|line| line.starts_with("# ") || line.starts_with("\"\"\"")),
            "{}",
            shown(&path)
        );
    }
}

#[test]
fn lock_files_name_no_download_addresses() {
    let lock = fs::read_to_string(root().join("ui/package-lock.json")).unwrap();
    assert!(
        !lock.contains("\"resolved\""),
        "ui/package-lock.json names a registry"
    );
}

#[test]
fn no_rust_test_is_switched_off() {
    let off: Vec<String> = sources(&["src-tauri"], &[".rs"])
        .iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            text.lines()
                .any(|line| line.trim_start().starts_with("#[ignore"))
        })
        .map(|path| shown(path))
        .collect();
    assert!(off.is_empty(), "ignored tests in {off:#?}");
}
