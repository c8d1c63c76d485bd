//! What Trunk leaves to do: its minifier does not know the glue's syntax, and it names the glue and the
//! WebAssembly by what the compiler made, before wasm-bindgen, wasm-opt and the minifier worked on it. A
//! browser keeps these files for good, so their names must follow what is in them.

use crate::{files, imports, paths, process::Run};
use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha384};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Minifies every script below `staging`, gives imports short names, and names the page's code by its
/// contents, with `index.html` following all of it.
pub(crate) fn finish(staging: &Path, bin: &str) -> Result<()> {
    let index = staging.join("index.html");
    let mut html = fs::read_to_string(&index).context("Trunk wrote no index.html")?;
    let scripts = with_extension(staging, "js")?;
    let mut before = Vec::new();
    for code in with_extension(staging, "wasm")? {
        html = without_integrity(&html, &integrity(&fs::read(&code)?));
    }
    for script in &scripts {
        before.push(integrity(&fs::read(script)?));
        minify(script)?;
        shorten_imports(script)?;
    }
    for (script, before) in scripts.iter().zip(before) {
        html = html.replace(&before, &integrity(&fs::read(script)?));
    }
    fs::write(index, name_by_contents(staging, bin, html)?)?;
    Ok(())
}

fn with_extension(directory: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = files::below(directory)?;
    found.retain(|file| file.extension().is_some_and(|it| it == extension));
    Ok(found)
}

/// Glue stands beside its WebAssembly: `NAME.js` and `NAME_bg.wasm`.
fn wasm_beside(script: &Path) -> Option<PathBuf> {
    let name = script.file_stem().unwrap_or_default().to_string_lossy();
    let code = script.with_file_name(format!("{name}_bg.wasm"));
    code.exists().then_some(code)
}

fn shorten_imports(script: &Path) -> Result<()> {
    let Some(code) = wasm_beside(script) else { return Ok(()) };
    let (glue, short) = imports::shorten(&fs::read_to_string(script)?, &fs::read(&code)?)
        .with_context(|| format!("shortening the imports of {}", paths::shown(&code)))?;
    fs::write(script, glue)?;
    fs::write(code, short)?;
    Ok(())
}

fn minify(script: &Path) -> Result<()> {
    let source = fs::read_to_string(script)?;
    let mut terser = Run::new("terser").arg(script).args(["--compress", "passes=3,ecma=2020", "--mangle"]);
    if is_module(&source) {
        terser = terser.arg("--module");
    }
    terser.args(["--output".as_ref(), script]).capture()?;
    Ok(())
}

/// Names at the top of a module are its own, and may be shortened; those of a plain script may not.
fn is_module(source: &str) -> bool {
    source.contains("import.meta")
        || source.lines().any(|line| line.starts_with("export ") || line.starts_with("import "))
}

/// Glue and WebAssembly go together, so they share one name, made from the contents of both.
fn name_by_contents(staging: &Path, bin: &str, mut html: String) -> Result<String> {
    let code: Vec<_> = files::below(staging)?
        .into_iter()
        .filter_map(|file| {
            let name = file.file_name()?.to_str()?.to_owned();
            let hash = trunk_hash(&name, bin)?.to_owned();
            html.contains(&name).then_some((file, name, hash))
        })
        .collect();
    let mut contents = Vec::new();
    for (file, ..) in &code {
        contents.extend(fs::read(file)?);
    }
    let new = &files::hash(&contents)[..16];
    for (file, name, hash) in &code {
        let renamed = name.replace(hash, new);
        fs::rename(file, file.with_file_name(&renamed)).with_context(|| paths::shown(file))?;
        html = html.replace(name, &renamed);
    }
    Ok(html)
}

/// The hash in `BIN-HASH.js` and `BIN-HASH_bg.wasm`.
fn trunk_hash<'a>(name: &'a str, bin: &str) -> Option<&'a str> {
    let rest = name.strip_prefix(bin)?.strip_prefix('-')?;
    rest.strip_suffix(".js").or_else(|| rest.strip_suffix("_bg.wasm"))
}

/// Browsers do not check the integrity of what is preloaded for `fetch`; Chromium warns of that on every load.
fn without_integrity(html: &str, value: &str) -> String {
    html.replace(&format!(" integrity=\"{value}\""), "").replace(&format!(" integrity={value}"), "")
}

/// The value of an `integrity` attribute.
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_follows_the_new_names() {
        let staging = std::env::temp_dir().join(format!("xtask-finish-{}", std::process::id()));
        fs::create_dir_all(&staging).unwrap();
        fs::write(staging.join("portal-12ab.js"), "glue").unwrap();
        fs::write(staging.join("portal-12ab_bg.wasm"), "code").unwrap();
        fs::write(staging.join("portal-34cd.css"), "style").unwrap();
        let html = "portal-34cd.css ./portal-12ab.js ./portal-12ab_bg.wasm".to_owned();
        let named = name_by_contents(&staging, "portal", html).unwrap();
        let hash = &files::hash(b"gluecode")[..16];
        assert_eq!(named, format!("portal-34cd.css ./portal-{hash}.js ./portal-{hash}_bg.wasm"));
        assert!(staging.join(format!("portal-{hash}.js")).exists());
        assert!(staging.join("portal-34cd.css").exists());
        fs::remove_dir_all(staging).unwrap();
    }

    #[test]
    fn a_module_is_told_from_a_plain_script() {
        assert!(is_module("const a = 1;\nexport { a };"));
        assert!(is_module("new URL('x', import.meta.url)"));
        assert!(!is_module("(function () { self.exported = 1; })();"));
    }

    #[test]
    fn what_browsers_do_not_check_does_not_stand_in_the_page() {
        let html =
            "<link as=fetch integrity=sha384-a href=x><link integrity=\"sha384-a\"><link integrity=sha384-b>";
        let left = "<link as=fetch href=x><link><link integrity=sha384-b>";
        assert_eq!(without_integrity(html, "sha384-a"), left);
    }

    #[test]
    fn integrity_is_what_browsers_compare() {
        // The empty file, as published with the specification of subresource integrity tools.
        let empty = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
        assert_eq!(integrity(b""), empty);
    }
}
