//! HTML for the plain page: text goes in as text and nothing else.

use std::fmt;

use axum::http::StatusCode;
use axum::response::Response;

use crate::http::answer::typed;
use crate::http::headers::OfThePage;
use crate::site::Site;

/// Text that is written so that it stays text.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => fmt::Write::write_char(f, c)?,
            }
        }
        Ok(())
    }
}

/// A whole page around a body that is HTML already.
pub(crate) fn response(status: StatusCode, site: &Site, body: &str) -> Response {
    let name = site.theme.name().as_str().to_owned();
    let version = site.theme.version();
    let legal: String =
        site.theme.legal().iter().map(|line| format!("<p>{}</p>", Text(line.as_str()))).collect();
    let links: String = site
        .theme
        .links()
        .iter()
        .map(|link| format!("<a href=\"{}\">{}</a> ", Text(link.href()), Text(link.label().as_str())))
        .collect();
    let styles = format!(
        "<link rel=\"stylesheet\" href=\"theme.css?v={version}\">\n<link rel=\"stylesheet\" href=\"{}\">\n",
        super::PLAIN_STYLE
    );
    let name = Text(&name);
    let title = format!("{name}: offline licenses");
    let body =
        format!("<header><p>{name}</p></header>\n<main>\n{body}</main>\n<footer>{links}{legal}</footer>\n");
    document(status, &title, &styles, &body)
}

/// A page that is nobody's: no tenant, no theme.
pub(crate) fn bare(status: StatusCode, title: &str, body: &str) -> Response {
    document(status, &Text(title).to_string(), "", &format!("<main>\n{body}</main>\n"))
}

/// All of these are HTML already.
fn document(status: StatusCode, title: &str, styles: &str, body: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n{styles}</head>\n<body>\n{body}</body>\n</html>\n"
    );
    let mut response = typed(status, "text/html; charset=utf-8", page.into());
    response.extensions_mut().insert(OfThePage);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let text = Text("<script>'\"&").to_string();
        assert_eq!(text, "&lt;script&gt;&#39;&quot;&amp;");
    }
}
