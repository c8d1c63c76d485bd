//! Names of the files that answer: ASCII, one dot, nothing that a mail gateway or a file system minds (D-03).

use handcarry_format::Kind;

/// Longest part of a name.
const MOST: usize = 40;

/// `acme-receipt-ws-17.txt`.
pub(super) fn file_name(vendor: &str, kind: Kind, device: &str) -> String {
    let parts = [plain(vendor), kind.name().to_owned(), plain(device)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("-") + ".txt"
}

/// Small letters and digits with single hyphens between.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= MOST {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d_03_a_name_is_ascii_with_one_dot() {
        let name = |device: &str| file_name("acme", Kind::Receipt, device);
        assert_eq!(name("WS-17"), "acme-receipt-ws-17.txt");
        assert_eq!(name("../../etc/passwd"), "acme-receipt-etc-passwd.txt");
        assert_eq!(name("Büro \u{202e}txt.exe"), "acme-receipt-b-ro-txt-exe.txt");
        assert_eq!(name("工作站"), "acme-receipt.txt");
        assert_eq!(name(&"x".repeat(500)).len(), "acme-receipt-.txt".len() + MOST);
        assert_eq!(file_name("a.b", Kind::License, "con"), "a-b-license-con.txt");
    }
}
