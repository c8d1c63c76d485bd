//! The content security policy of the page (D-20, D-21).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The policy: nothing but this origin, no inline script but these, WebAssembly allowed.
pub fn page_policy(inline: &[String]) -> String {
    let mut scripts = String::from("'self' 'wasm-unsafe-eval'");
    for script in inline {
        let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
        scripts.push_str(&format!(" 'sha256-{hash}'"));
    }
    [
        "default-src 'none'",
        &format!("script-src {scripts}"),
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "font-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    .join("; ")
}

/// The text of every inline script of a page, in order. The page is our own bundler's, not anybody's.
pub fn inline_scripts(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        let Some(open) = rest[start..].find('>').map(|end| start + end) else { break };
        let Some(close) = rest[open..].find("</script").map(|end| open + end) else { break };
        let attributes = &rest[start + "<script".len()..open];
        let has_source = attributes.split_ascii_whitespace().any(|it| it.starts_with("src=") || it == "src");
        if !has_source && open + 1 < close {
            found.push(rest[open + 1..close].to_owned());
        }
        rest = &rest[close + 1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d_21_the_loader_is_allowed_by_its_hash() {
        let html = "<html><script type=\"module\">\nimport x from './x.js';\n</script><script src=a.js></script></html>";
        let scripts = inline_scripts(html);
        assert_eq!(scripts, ["\nimport x from './x.js';\n"]);
        // printf '%s' "$SCRIPT" | openssl dgst -sha256 -binary | base64
        let empty = page_policy(&[String::new()]);
        assert!(empty.contains("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"), "{empty}");
        assert!(empty.contains("'wasm-unsafe-eval'") && !empty.contains("'unsafe-inline'"));
    }
}
