//! Spoils a transfer file in the two ways that a visitor of the demo should see told apart.

use crate::files;
use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// A file of which only the first part arrived.
pub(crate) fn damaged(file: &str) -> String {
    let end = file.find("-----END").unwrap_or(file.len());
    let begin = file.find("-----BEGIN").unwrap_or_default();
    file[..begin + (end - begin) * 3 / 4].to_owned()
}

/// A file in which somebody lowered what was used, and who knew that the digest and the length have to
/// follow. Only the signature tells.
pub(crate) fn altered(file: &str) -> Result<String> {
    let (head, rest) = file.split_once("\n\n-----BEGIN").context("no BEGIN line")?;
    let (headers, rest) = rest.split_once("\n\n").context("no blank line after the headers")?;
    let (body, end) = rest.split_once("-----END").context("no END line")?;
    let payload = BASE64_STANDARD.decode(body.replace('\n', "")).ok().context("the body is no base64")?;
    let payload = String::from_utf8(payload)?;
    let payload = lower_the_usage(&payload).context("the file holds no usage to lower")?;
    let headers: Vec<String> = headers
        .lines()
        .map(|line| match line.split_once(": ") {
            Some(("Digest", _)) => format!("Digest: sha256:{}", files::hash(payload.as_bytes())),
            Some(("Length", _)) => format!("Length: {}", payload.len()),
            _ => line.to_owned(),
        })
        .collect();
    let encoded = BASE64_STANDARD.encode(payload);
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(64).map(|line| str::from_utf8(line).expect("base64 is ASCII")).collect();
    Ok(format!("{head}\n\n-----BEGIN{}\n\n{}\n-----END{end}", headers.join("\n"), lines.join("\n")))
}

/// The first amount above nine becomes its first digit.
fn lower_the_usage(payload: &str) -> Option<String> {
    let field = "\"amount\":";
    payload.match_indices(field).find_map(|(at, _)| {
        let start = at + field.len();
        let digits = payload[start..].find(|sign: char| !sign.is_ascii_digit())?;
        (digits > 1).then(|| format!("{}{}", &payload[..=start], &payload[start + digits..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(payload: &str) -> String {
        format!(
            "For people.\n\n-----BEGIN LICENSE USAGE REPORT-----\nType: t\nDigest: sha256:00\nLength: 1\n\
             Signature: k s\n\n{}\n-----END LICENSE USAGE REPORT-----\n",
            BASE64_STANDARD.encode(payload)
        )
    }

    #[test]
    fn an_altered_file_is_whole_and_says_less() {
        let spoiled = altered(&file(r#"{"entries":[{"amount":7},{"amount":240}]}"#)).unwrap();
        let lower = r#"{"entries":[{"amount":7},{"amount":2}]}"#;
        assert!(spoiled.contains(&BASE64_STANDARD.encode(lower)), "{spoiled}");
        assert!(spoiled.contains(&format!("Length: {}\n", lower.len())));
        assert!(spoiled.contains(&files::hash(lower.as_bytes())));
        assert!(spoiled.ends_with("-----END LICENSE USAGE REPORT-----\n"));
    }

    #[test]
    fn a_file_without_usage_is_not_altered() {
        assert!(altered(&file("{}")).is_err());
    }

    #[test]
    fn a_damaged_file_ends_early() {
        let whole = file("{}");
        let cut = damaged(&whole);
        assert!(whole.starts_with(&cut) && !cut.contains("-----END"));
    }
}
