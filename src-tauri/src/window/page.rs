//! What the page may load, show and open.

use tauri::utils::assets::AssetKey;
use tauri::utils::config::Csp;
use tauri::{Context, Url, Wry};

use super::WindowError;

/// Sends the page's own content security policy as a header too.
///
/// The UI's build writes the policy into the page, with the hash of the one style block that mail
/// frames use. Repeating it here makes it hold from the first byte, and a build that lost it does not start.
pub(super) fn send_policy_as_header(context: &mut Context<Wry>) -> Result<(), WindowError> {
    let page = context
        .assets()
        .get(&AssetKey::from("index.html"))
        .and_then(|bytes| String::from_utf8(bytes.into_owned()).ok());
    let policy = page
        .as_deref()
        .and_then(policy_of)
        .ok_or(WindowError::NoPolicy)?;
    context.config_mut().app.security.csp = Some(Csp::Policy(policy));
    Ok(())
}

/// The policy in a built page's `meta` element.
fn policy_of(page: &str) -> Option<String> {
    let (_, rest) = page.split_once(r#"http-equiv="Content-Security-Policy""#)?;
    let (_, rest) = rest.split_once(r#"content=""#)?;
    let (policy, _) = rest.split_once('"')?;
    let policy = policy.replace("&#39;", "'");
    policy.starts_with("default-src 'none'").then_some(policy)
}

/// The window shows the application and nothing else, whatever a page or a mail asks for.
pub(super) fn may_show(url: &Url) -> bool {
    // A mail frame is `about:srcdoc`.
    matches!(url.scheme(), "tauri" | "about")
        || (url.scheme() == "http" && url.host_str() == Some("tauri.localhost"))
}

/// Links that staff click go to the programs of this computer, and only links that are plainly
/// pages, mail or telephone numbers.
pub(super) fn open_outside(url: &Url) {
    if matches!(url.scheme(), "https" | "mailto" | "tel")
        && let Err(error) = open::that_detached(url.as_str())
    {
        // The address could be a patient's; only the failure is told.
        tracing::warn!("no program opens such links: {:?}", error.kind());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_read_from_the_built_page() {
        let page = r#"<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src 'self'"><title>"#;
        assert_eq!(
            policy_of(page).as_deref(),
            Some("default-src 'none'; script-src 'self'")
        );
    }

    #[test]
    fn a_page_without_a_strict_policy_is_none() {
        assert_eq!(policy_of("<title>Anteroom</title>"), None);
        let lax = r#"<meta http-equiv="Content-Security-Policy" content="default-src *">"#;
        assert_eq!(policy_of(lax), None);
    }

    #[test]
    fn only_the_application_is_shown() {
        for (url, shown) in [
            ("tauri://localhost/index.html", true),
            ("http://tauri.localhost/", true),
            ("about:srcdoc", true),
            ("https://example.org/", false),
            ("http://localhost/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,hello", false),
        ] {
            assert_eq!(may_show(&Url::parse(url).unwrap()), shown, "{url}");
        }
    }
}
