//! The command table over loopback HTTP, so that a browser runs the real UI on the real core. Never shipped.
