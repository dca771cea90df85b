//! The language of the search box.
