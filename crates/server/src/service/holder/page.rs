//! A page of a remote source of used seats (ICE-05).

use serde::Deserialize;

/// One page: `{"used": 12, "next": "/used?page=2"}`. Other members are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Page {
    /// Used seats on this page.
    pub(super) used: u64,
    /// Where the next one is; none = this was the last.
    #[serde(default)]
    pub(super) next: Option<String>,
}

/// Where a page's `next` leads; none if that is not on the server that was configured. An absolute address must have the
/// same scheme, host and port; a path is taken as it is.
pub(super) fn follow(source: &str, next: &str) -> Option<String> {
    let origin = origin(source)?;
    let plain = |text: &str| text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain(next) {
        return None;
    }
    let path = match next.strip_prefix(origin) {
        Some(rest) => rest,
        // Two slashes would begin another host.
        None if next.starts_with('/') && !next.starts_with("//") => next,
        None => return None,
    };
    let inside = path.is_empty() || path.starts_with('/') || path.starts_with('?');
    (inside && !path.contains(['\\', '#'])).then(|| [origin, path].concat())
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> Option<&str> {
    let begin = url.find("://")? + 3;
    let end = url[begin..].find(['/', '?', '#']).map_or(url.len(), |at| begin + at);
    (end > begin).then(|| &url[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ice_05_a_page_leads_on_to_the_configured_server_only() {
        let source = "https://seats.example:8443/api/used?size=50";
        for (next, url) in [
            ("/api/used?page=2", "https://seats.example:8443/api/used?page=2"),
            ("https://seats.example:8443/x", "https://seats.example:8443/x"),
            ("https://seats.example:8443?page=2", "https://seats.example:8443?page=2"),
        ] {
            assert_eq!(follow(source, next).as_deref(), Some(url), "{next}");
        }
        for elsewhere in [
            "https://seats.example:84430/x",
            "https://seats.example:8443@evil.example/x",
            "https://seats.example:8443.evil.example/x",
            "https://seats.example/x",
            "http://seats.example:8443/x",
            "//evil.example/x",
            "/\\evil.example/x",
            "file:///etc/passwd",
            "used?page=2",
            "/a b",
            "/a\r\nHost: x",
            "/x#y",
            "",
        ] {
            assert_eq!(follow(source, elsewhere), None, "{elsewhere}");
        }
        assert_eq!(follow("nonsense", "/x"), None);
    }

    #[test]
    fn ice_05_a_page_is_a_number_and_perhaps_where_to_go_on() {
        let page = |text: &str| serde_json::from_str::<Page>(text).ok();
        assert_eq!(page(r#"{"used":3}"#), Some(Page { used: 3, next: None }));
        assert_eq!(page(r#"{"used":3,"next":null,"more":1}"#), Some(Page { used: 3, next: None }));
        for wrong in
            ["", "[]", "{}", r#"{"used":-1}"#, r#"{"used":1.5}"#, r#"{"used":"3"}"#, r#"{"used":1,"next":2}"#]
        {
            assert_eq!(page(wrong), None, "{wrong}");
        }
    }
}
