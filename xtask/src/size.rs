//! The weight of the customer's page: every file of the first load, raw, gzip and brotli, held to a budget,
//! and the share of each crate in the WebAssembly.

use crate::{bundle::Weight, files, paths, portal, process::Run, shares, step::say};
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Bytes of brotli that everything the first load needs may come to.
const BUDGET: usize = 110_000;
/// What it should rather come to.
const STRETCH: usize = 90_000;

struct Entry {
    name: String,
    weight: Weight,
}

/// Prints the tables, and fails above the budget. `top` names that many of the largest functions.
pub(crate) fn check(top: usize) -> Result<()> {
    let (first, later) = weigh(&paths::portal())?;
    let sum = table("first load", &first);
    table("after the first load", &later);
    print_shares(top)?;
    let verdict = format!(
        "{} bytes of brotli; budget {} ({}), stretch {} ({})",
        grouped(sum.brotli),
        grouped(BUDGET),
        if sum.brotli <= BUDGET { "kept" } else { "EXCEEDED" },
        grouped(STRETCH),
        if sum.brotli <= STRETCH { "reached" } else { "not reached" },
    );
    say(&verdict);
    if sum.brotli > BUDGET {
        bail!("the first load weighs {verdict}");
    }
    Ok(())
}

/// The files of the first load, and those that come later.
fn weigh(page: &Path) -> Result<(Vec<Entry>, Vec<Entry>)> {
    let index = fs::read_to_string(page.join("index.html")).context("target/portal/index.html")?;
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for file in files::below(page)? {
        if file.extension().is_some_and(|extension| extension == "br" || extension == "gz") {
            continue;
        }
        let name = file.strip_prefix(page).expect("it was found below").display().to_string();
        let entry = Entry { weight: Weight::of(&fs::read(&file)?)?, name };
        let wanted = entry.name == "index.html" || index.contains(&entry.name);
        if wanted { first.push(entry) } else { later.push(entry) }
    }
    let theme = theme_stylesheet()?;
    first.push(Entry { name: "theme.css (demo tenant)".into(), weight: Weight::of(&theme)? });
    Ok((first, later))
}

/// The stylesheet that the server makes from a tenant's theme, for one with every field set.
fn theme_stylesheet() -> Result<Vec<u8>> {
    let css = Run::new("cargo")
        .args(["run", "--quiet", "--package", "handcarry-theme", "--example", "stylesheet"])
        .capture()
        .context("the theme's stylesheet")?;
    Ok(css.into_bytes())
}

fn table(title: &str, entries: &[Entry]) -> Weight {
    let mut sum = Weight::default();
    say(format!("{title:<52}{:>10}{:>10}{:>10}", "raw", "gzip", "brotli"));
    for entry in entries {
        say(row(&entry.name, entry.weight));
        sum += entry.weight;
    }
    say(row("sum", sum));
    say("");
    sum
}

fn row(name: &str, weight: Weight) -> String {
    format!(
        "  {name:<50}{:>10}{:>10}{:>10}",
        grouped(weight.raw),
        grouped(weight.gzip),
        grouped(weight.brotli)
    )
}

fn print_shares(top: usize) -> Result<()> {
    let wasm = fs::read(optimized_with_names()?)?;
    let functions = shares::functions(&wasm)?;
    for function in functions.iter().take(top) {
        say(format!("{:>10}  {}", grouped(function.bytes), function.name));
    }
    let shares = shares::crates(&functions);
    let total: usize = shares.iter().map(|share| share.bytes).sum();
    say(format!("{:<52}{:>10}{:>10}", "share of each crate in the wasm", "bytes", "share"));
    let (shown, rest): (Vec<_>, Vec<_>) = shares.iter().partition(|share| share.bytes * 200 >= total);
    for share in &shown {
        say(share_row(&share.name, share.bytes, total));
    }
    let small: usize = rest.iter().map(|share| share.bytes).sum();
    say(share_row(&format!("{} others, each below half a percent", rest.len()), small, total));
    say("");
    Ok(())
}

fn share_row(name: &str, bytes: usize, total: usize) -> String {
    let tenths = bytes * 1000 / total.max(1);
    format!("  {name:<50}{:>10}{:>8}.{} %", grouped(bytes), tenths / 10, tenths % 10)
}

/// The shipped code with its names: the same two programs as Trunk calls, but for the flag that keeps names.
fn optimized_with_names() -> Result<PathBuf> {
    let named = portal::named_wasm();
    let directory = named.parent().expect("it lies in a directory").join("bound");
    Run::new("wasm-bindgen")
        .args(["--target=web", "--no-typescript", "--out-name=portal", "--out-dir"])
        .arg(&directory)
        .arg(&named)
        .capture()?;
    let bound = directory.join("portal_bg.wasm");
    let optimized = directory.join("portal_opt.wasm");
    Run::new("wasm-opt").args(optimizing()?).arg("-g").arg("-o").arg(&optimized).arg(&bound).capture()?;
    Ok(optimized)
}

/// The arguments that the page's WebAssembly is optimized with.
pub(crate) fn optimizing() -> Result<Vec<String>> {
    let html = fs::read_to_string(paths::root().join("index.html"))?;
    let level = attribute(&html, "data-wasm-opt").unwrap_or_default();
    let mut arguments = vec![format!("-O{level}")];
    arguments.extend(
        attribute(&html, "data-wasm-opt-params").unwrap_or_default().split_whitespace().map(str::to_owned),
    );
    Ok(arguments)
}

fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let start = html.find(&format!("{name}=\""))? + name.len() + 2;
    html[start..].split('"').next()
}

/// 12345 as 12,345.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(110_000), "110,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn an_attribute_is_read_from_the_page() {
        let html = r#"<link data-trunk data-wasm-opt="z" data-wasm-opt-params="--a --b">"#;
        assert_eq!(attribute(html, "data-wasm-opt"), Some("z"));
        assert_eq!(attribute(html, "data-wasm-opt-params"), Some("--a --b"));
        assert_eq!(attribute(html, "data-bin"), None);
    }
}
