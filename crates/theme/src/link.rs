//! A link that can only lead where it says.

use crate::error::{LinkFault, ThemeError};
use crate::text::Name;

/// A link in the page's head or foot: a label and an address.
///
/// The address is `https:`, `mailto:` or relative to the portal. Only the characters that RFC 3986 allows unescaped are
/// taken, less the single quote and the brackets, so it is safe inside an attribute and inside a header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    label: Name,
    href: String,
}

impl Link {
    /// The most characters of an address.
    pub const MAX: usize = 500;

    /// Reads a link.
    ///
    /// # Errors
    /// [`ThemeError::Text`] for the label, [`ThemeError::Link`] for the address.
    pub fn parse(label: &str, href: &str) -> Result<Self, ThemeError> {
        let label = Name::parse("links.label", label)?;
        check(href).map_err(ThemeError::Link)?;
        Ok(Self { label, href: href.to_owned() })
    }

    /// The label.
    #[must_use]
    pub fn label(&self) -> &Name {
        &self.label
    }

    /// The address.
    #[must_use]
    pub fn href(&self) -> &str {
        &self.href
    }

    /// Whether the address stays in the portal.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        scheme(&self.href).is_none()
    }
}

fn check(href: &str) -> Result<(), LinkFault> {
    if href.is_empty() || href.len() > Link::MAX {
        return Err(LinkFault::Length);
    }
    if !href.bytes().all(allowed) {
        return Err(LinkFault::Character);
    }
    if !escapes_are_whole(href) {
        return Err(LinkFault::Escape);
    }
    match scheme(href) {
        None if href.starts_with("//") => Err(LinkFault::Scheme),
        None => Ok(()),
        Some((name, rest)) if name.eq_ignore_ascii_case("https") => {
            let rest = rest.strip_prefix("//").ok_or(LinkFault::Host)?;
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            if is_host(authority) { Ok(()) } else { Err(LinkFault::Host) }
        }
        Some((name, rest)) if name.eq_ignore_ascii_case("mailto") => {
            let mailbox = rest.split(['?', '#']).next().unwrap_or_default();
            match mailbox.split_once('@') {
                Some((local, host))
                    if !local.is_empty() && !local.contains(['/', ',', ';', ':']) && is_name(host) =>
                {
                    Ok(())
                }
                _ => Err(LinkFault::Mailbox),
            }
        }
        Some(_) => Err(LinkFault::Scheme),
    }
}

/// What stands before the first colon, where that colon comes before any path, query or fragment: this is what a browser
/// takes as the scheme, so `javascript:`, `data:` and also `:x` are never taken as relative.
fn scheme(href: &str) -> Option<(&str, &str)> {
    let end = href.find([':', '/', '?', '#'])?;
    href[end..].strip_prefix(':').map(|rest| (&href[..end], rest))
}

fn allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&()*+,;=%".contains(&byte)
}

fn escapes_are_whole(href: &str) -> bool {
    href.split('%').skip(1).all(|rest| match rest.as_bytes() {
        [a, b, ..] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        _ => false,
    })
}

/// A host name with an optional port. A user name in front of it (`https://acme.example@evil.example`) is not a host.
fn is_host(authority: &str) -> bool {
    match authority.split_once(':') {
        None => is_name(authority),
        Some((name, port)) => {
            is_name(name) && port.parse::<u16>().is_ok_and(|p| p > 0) && !port.starts_with('+')
        }
    }
}

fn is_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn href(href: &str) -> Result<(), ThemeError> {
        Link::parse("Help", href).map(drop)
    }

    #[test]
    fn https_mailto_and_relative_addresses_pass() {
        for good in [
            "https://acme.example",
            "HTTPS://help.acme.example:8443/a/b?c=d&e=%20f#top",
            "https://xn--bcher-kva.example/",
            "mailto:licenses@acme.example",
            "mailto:licenses+desk@acme.example?subject=Return%20of%20WS-17",
            "/help",
            "help/start.html",
            "./help",
            "?lang=de",
            "#steps",
            "/a:b",
        ] {
            assert_eq!(href(good), Ok(()), "{good}");
        }
        assert!(Link::parse("Help", "/help").unwrap().is_relative());
        assert!(!Link::parse("Help", "https://a.example").unwrap().is_relative());
    }

    #[test]
    fn everything_else_is_refused() {
        use LinkFault::{Character, Escape, Host, Length, Mailbox, Scheme};
        for (bad, fault) in [
            ("", Length),
            ("javascript:alert(1)", Scheme),
            ("JaVaScRiPt:alert(1)", Scheme),
            ("java\tscript:alert(1)", Character),
            ("\u{1}javascript:alert(1)", Character),
            (" javascript:alert(1)", Character),
            ("data:text/html,x", Scheme),
            ("vbscript:x", Scheme),
            ("blob:x", Scheme),
            ("file:///etc/passwd", Scheme),
            ("http://acme.example", Scheme),
            (":x", Scheme),
            ("//evil.example", Scheme),
            ("/\\evil.example", Character),
            ("\\\\evil.example", Character),
            ("https:evil.example", Host),
            ("https:///evil.example", Host),
            ("https://", Host),
            ("https://acme.example@evil.example/", Host),
            ("https://acme.example:pw@evil.example/", Host),
            ("https://a..b", Host),
            ("https://-a.example", Host),
            ("https://a.example:0", Host),
            ("https://a.example:99999", Host),
            ("https://a.example:+8", Host),
            ("https://[::1]/", Character),
            ("https://a.example/%zz", Escape),
            ("https://a.example/%2", Escape),
            ("/a\"onclick=alert(1)", Character),
            ("/a'b", Character),
            ("/a<b>", Character),
            ("/a b", Character),
            ("/\u{202e}", Character),
            ("https://b\u{fc}cher.example", Character),
            ("mailto:", Mailbox),
            ("mailto:desk", Mailbox),
            ("mailto:a@b@c", Mailbox),
            ("mailto:a,b@c.example", Mailbox),
        ] {
            assert_eq!(href(bad), Err(ThemeError::Link(fault)), "{bad}");
        }
        assert_eq!(href(&format!("/{}", "a".repeat(500))), Err(ThemeError::Link(Length)));
    }
}
