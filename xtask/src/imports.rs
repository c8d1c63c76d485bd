//! Short names for what the WebAssembly imports from its glue. wasm-bindgen gives each import a hash, which
//! stands in both files and cannot be compressed: some kilobytes of the first load that say nothing.

use anyhow::{Context as _, Result, bail};
use std::collections::HashMap;
use wasmparser::{BinaryReader, ImportSectionReader};

const HEADER: usize = 8;
const IMPORT_SECTION: u8 = 2;

/// Gives every import a short name in both files; returns the new glue and the new WebAssembly.
pub(crate) fn shorten(glue: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut names = HashMap::new();
    let mut short = wasm.get(..HEADER).context("no WebAssembly")?.to_vec();
    let mut at = HEADER;
    while at < wasm.len() {
        let (size, start) = number(wasm, at + 1)?;
        let content = wasm.get(start..start + size).context("a section is cut off")?;
        if wasm[at] == IMPORT_SECTION {
            let rewritten = rewrite(content, &mut names)?;
            short.push(IMPORT_SECTION);
            put_number(&mut short, rewritten.len());
            short.extend(rewritten);
        } else {
            short.extend(&wasm[at..start + size]);
        }
        at = start + size;
    }
    Ok((rename(glue, &names)?, short))
}

/// The import section with new names, which are added to `names`.
fn rewrite(content: &[u8], names: &mut HashMap<String, String>) -> Result<Vec<u8>> {
    let reader = ImportSectionReader::new(BinaryReader::new(content, 0))?;
    let mut entries = Vec::new();
    for entry in reader.into_imports_with_offsets() {
        let (offset, import) = entry?;
        if !import.name.starts_with("__wb") {
            bail!("{} is imported, which is not wasm-bindgen's", import.name);
        }
        entries.push((usize::try_from(offset)?, import.module, import.name));
    }
    let mut section = Vec::new();
    put_number(&mut section, entries.len());
    for (index, (offset, module, name)) in entries.iter().enumerate() {
        let end = entries.get(index + 1).map_or(content.len(), |(next, ..)| *next);
        let (_, module_start) = number(content, *offset)?;
        let (_, name_start) = number(content, module_start + module.len())?;
        let next = short_name(names.len());
        let new = names.entry((*name).to_owned()).or_insert(next);
        for text in [module, new.as_str()] {
            put_number(&mut section, text.len());
            section.extend(text.as_bytes());
        }
        section.extend(&content[name_start + name.len()..end]);
    }
    Ok(section)
}

/// The glue with every import's name replaced, where it stands as a word of its own.
fn rename(glue: &str, names: &HashMap<String, String>) -> Result<String> {
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '$';
    let mut renamed = String::with_capacity(glue.len());
    let mut found = 0;
    let mut rest = glue;
    while !rest.is_empty() {
        let end = rest.find(|sign: char| !is_word(sign)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        found += usize::from(names.contains_key(word));
        renamed.push_str(names.get(word).map_or(word, String::as_str));
        let gap = after.find(is_word).unwrap_or(after.len());
        renamed.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    if found != names.len() {
        bail!("{} imports, but the glue names {found}", names.len());
    }
    Ok(renamed)
}

/// a … z, aa, ab …: as property names, no word is reserved.
fn short_name(mut index: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'a' + u8::try_from(index % 26).expect("below 26")));
        if index < 26 {
            return name;
        }
        index = index / 26 - 1;
    }
}

/// Reads an unsigned LEB128 number; returns it and where it ends.
pub(crate) fn number(bytes: &[u8], mut at: usize) -> Result<(usize, usize)> {
    let (mut value, mut shift) = (0_usize, 0);
    loop {
        let byte = *bytes.get(at).context("a number is cut off")?;
        value |= usize::from(byte & 0x7f) << shift;
        at += 1;
        shift += 7;
        if byte & 0x80 == 0 {
            return Ok((value, at));
        }
        if shift > 28 {
            bail!("a number has more than 32 bits");
        }
    }
}

/// Writes an unsigned LEB128 number.
pub(crate) fn put_number(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push(0x80 | (value & 0x7f) as u8);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(names: [&str; 2]) -> Vec<u8> {
        let mut section = vec![2];
        for name in names {
            section.extend([1, b'm', u8::try_from(name.len()).unwrap()]);
            section.extend(name.as_bytes());
            section.extend([0, 0]);
        }
        let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02".to_vec();
        put_number(&mut wasm, section.len());
        wasm.extend(section);
        wasm.extend(b"\0\x03\x02hi");
        wasm
    }

    #[test]
    fn both_files_get_the_same_new_names() {
        let wasm = module(["__wbg_log_0123456789abcdef", "__wbindgen_throw"]);
        let glue = "x={__wbg_log_0123456789abcdef:f,__wbindgen_throw:g,__wbindgen_throwing:h}";
        let (glue, short) = shorten(glue, &wasm).unwrap();
        assert_eq!(glue, "x={a:f,b:g,__wbindgen_throwing:h}");
        assert_eq!(short, module(["a", "b"]));
    }

    #[test]
    fn an_import_that_the_glue_does_not_name_is_refused() {
        let wasm = module(["__wbg_log", "__wbg_gone"]);
        assert!(shorten("{__wbg_log:f}", &wasm).is_err());
        assert!(shorten("", b"no").is_err());
    }

    #[test]
    fn short_names_go_on_after_z() {
        let names = [0, 25, 26, 51, 52, 701, 702].map(short_name);
        assert_eq!(names, ["a", "z", "aa", "az", "ba", "zz", "aaa"]);
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for value in [0, 127, 128, 300, 70_000] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            assert_eq!(number(&bytes, 0).unwrap(), (value, bytes.len()));
        }
    }
}
