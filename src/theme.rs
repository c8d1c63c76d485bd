//! How the vendor wants the page to look and speak. Colors come by `theme.css`; here are name, logo, links and words.

use handcarry_format::json::Json;

use crate::client::{items, string, texts};

/// Name, logo, links and the few words that a vendor may choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The vendor's name.
    pub name: String,
    /// Address of the logo, if there is one.
    pub logo: Option<String>,
    /// What stands in the logo's place if there is none.
    pub initial: String,
    /// Links of head and foot: label and address.
    pub links: Vec<(String, String)>,
    /// Lines of legal text.
    pub legal: Vec<String>,
    /// Languages to offer; empty for all.
    pub languages: Vec<String>,
    /// The vendor's words: language, key, text.
    words: Vec<(String, String, String)>,
}

impl Look {
    /// Reads what the portal says about itself. The server has checked every value; what is not there is left out.
    pub(crate) fn read(vendor: &str, tenant: &Json<'_>) -> Look {
        let theme = tenant.get("theme").unwrap_or(&Json::Null);
        let mut look = Look {
            name: string(theme, "name").unwrap_or_else(|| vendor.to_owned()),
            logo: string(theme, "logo").filter(|logo| is_own(logo)),
            initial: string(theme, "initial").unwrap_or_default(),
            ..Look::default()
        };
        for link in items(theme, "links") {
            if let (Some(label), Some(href)) = (string(link, "label"), string(link, "href"))
                && (href.starts_with("https://") || href.starts_with("mailto:") || is_own(&href))
            {
                look.links.push((label, href));
            }
        }
        look.legal = texts(theme, "legal");
        look.languages = texts(theme, "languages");
        if let Some(Json::Object(languages)) = theme.get("words") {
            for (language, words) in languages {
                let Json::Object(words) = words else { continue };
                for (key, text) in words {
                    if let Some(text) = text.as_text() {
                        look.words.push((language.to_string(), key.to_string(), text.to_owned()));
                    }
                }
            }
        }
        look
    }

    /// The vendor's word for a place, or the page's own.
    pub fn word(&self, language: &str, key: &str, own: &str) -> String {
        let theirs = self.words.iter().find(|(of, name, _)| of == language && name == key);
        theirs.map_or_else(|| own.to_owned(), |(_, _, text)| text.clone())
    }
}

/// An address in the portal itself: relative, with no scheme and no other host.
fn is_own(href: &str) -> bool {
    let scheme = href.find([':', '/', '?', '#']).is_some_and(|at| href[at..].starts_with(':'));
    !href.is_empty() && !scheme && !href.starts_with("//") && !href.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_portal_count_as_its_own() {
        for own in ["logo?v=1", "/help", "./a/b", "#x", "?a:b", "api/v1/theme/logo"] {
            assert!(is_own(own), "{own}");
        }
        for other in
            ["", "javascript:alert(1)", "data:image/png;base64,", "//evil.example", "/\\evil", "https://a"]
        {
            assert!(!is_own(other), "{other}");
        }
    }

    #[test]
    fn a_theme_with_anything_in_it_is_read() {
        let tenant = crate::client::parse(
            r#"{"theme":{"name":"Äcme","initial":"Ä","links":[{"label":"Help","href":"javascript:x"},{"label":"Help","href":"/help"}],
               "legal":["a",1],"words":{"en":{"choose.title":"Hello","x":2}}}}"#,
        );
        let look = Look::read("v", &tenant.unwrap());
        assert_eq!((look.name.as_str(), look.initial.as_str()), ("Äcme", "Ä"));
        assert_eq!(look.links, [("Help".to_owned(), "/help".to_owned())]);
        assert_eq!(look.legal, ["a"]);
        assert_eq!(look.word("en", "choose.title", "own"), "Hello");
        assert_eq!(look.word("de", "choose.title", "own"), "own");
    }
}
