//! The window's size, kept between starts. Nothing else is: no title, no position, no content.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// Width of the content.
    pub width: f64,
    /// Height of the content.
    pub height: f64,
    /// Whether the window fills the screen.
    pub maximised: bool,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 1360.0,
            height: 860.0,
            maximised: false,
        }
    }
}

impl Size {
    /// Narrower or lower than this, the three panes do not fit.
    pub const SMALLEST: (f64, f64) = (720.0, 480.0);

    /// The size of the last time; the usual one where there is none or it makes no sense.
    pub fn kept_in(folder: &Path) -> Self {
        fs::read(file(folder))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .filter(Self::makes_sense)
            .unwrap_or_default()
    }

    /// Keeps the size for the next time. Best effort.
    pub fn keep_in(self, folder: &Path) {
        if let Ok(bytes) = serde_json::to_vec(&self) {
            let _ = fs::write(file(folder), bytes);
        }
    }

    fn makes_sense(&self) -> bool {
        let (width, height) = Self::SMALLEST;
        (width..=20_000.0).contains(&self.width) && (height..=20_000.0).contains(&self.height)
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("window.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Size::kept_in(folder.path()), Size::default());
        let size = Size {
            width: 900.5,
            height: 700.0,
            maximised: true,
        };
        size.keep_in(folder.path());
        assert_eq!(Size::kept_in(folder.path()), size);
    }

    #[test]
    fn nonsense_is_the_usual_size() {
        let folder = tempfile::tempdir().unwrap();
        for nonsense in [
            "",
            "{}",
            r#"{"width":1,"height":1e9,"maximised":false}"#,
            "\u{0}",
        ] {
            fs::write(file(folder.path()), nonsense).unwrap();
            assert_eq!(Size::kept_in(folder.path()), Size::default());
        }
    }
}
