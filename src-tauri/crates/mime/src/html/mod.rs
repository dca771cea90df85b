//! The HTML body: made safe to show, and made into text.

mod clean;
mod images;
mod style;
mod text;

pub use clean::{CleanHtml, clean_html, clean_html_of};
pub use text::{html_to_text, text_to_html};
