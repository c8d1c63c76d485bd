//! Takes out what the page can never call. A dependency of the framework exports classes for streams of bytes;
//! wasm-bindgen keeps every export, and no tool after it knows that nobody calls these.

use crate::{
    imports::{number, put_number},
    process::Run,
};
use anyhow::{Context as _, Result};
use std::{collections::HashSet, fs, path::Path};
use wasmparser::{BinaryReader, ExportSectionReader, Parser, Payload};

/// The classes, as the glue names them; their exports have the same name in small letters.
const CLASSES: [&str; 3] = ["IntoUnderlyingByteSource", "IntoUnderlyingSink", "IntoUnderlyingSource"];
/// What is done to the code while it still has names: its control flow is taken apart and put together anew, and
/// functions of one module stand together, which compresses better. Done again it would only cost.
const ONCE: [&str; 3] = ["--flatten", "--rereloop", "--reorder-functions-by-name"];
const HEADER: usize = 8;
const EXPORT_SECTION: u8 = 7;

/// Drops the classes' exports from the WebAssembly with all that only they need, then what the glue held for it.
pub(crate) fn prune(glue: &Path, code: &Path, optimize: &[String]) -> Result<()> {
    fs::write(code, without_exports(&fs::read(code)?)?)?;
    let again = optimize.iter().filter(|argument| !ONCE.contains(&argument.as_str()));
    Run::new("wasm-opt").args(again).arg("-o").arg(code).arg(code).capture()?;
    let used = imports(&fs::read(code)?)?;
    fs::write(glue, without_unused(&fs::read_to_string(glue)?, &used))?;
    Ok(())
}

fn is_dead(export: &str) -> bool {
    let name = export.strip_prefix("__wbg_").unwrap_or(export);
    CLASSES.iter().any(|class| name.starts_with(&format!("{}_", class.to_lowercase())))
}

fn without_exports(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut out = wasm.get(..HEADER).context("no WebAssembly")?.to_vec();
    let mut at = HEADER;
    while at < wasm.len() {
        let (size, start) = number(wasm, at + 1)?;
        let content = wasm.get(start..start + size).context("a section is cut off")?;
        if wasm[at] == EXPORT_SECTION {
            let section = live_exports(content)?;
            out.push(EXPORT_SECTION);
            put_number(&mut out, section.len());
            out.extend(section);
        } else {
            out.extend(&wasm[at..start + size]);
        }
        at = start + size;
    }
    Ok(out)
}

fn live_exports(content: &[u8]) -> Result<Vec<u8>> {
    let reader = ExportSectionReader::new(BinaryReader::new(content, 0))?;
    let mut entries = Vec::new();
    for entry in reader.into_iter_with_offsets() {
        let (offset, export) = entry?;
        entries.push((usize::try_from(offset)?, is_dead(export.name)));
    }
    let mut section = Vec::new();
    put_number(&mut section, entries.iter().filter(|(_, dead)| !dead).count());
    for (index, (offset, dead)) in entries.iter().enumerate() {
        let end = entries.get(index + 1).map_or(content.len(), |(next, _)| *next);
        if !dead {
            section.extend(&content[*offset..end]);
        }
    }
    Ok(section)
}

/// The names that the WebAssembly imports from its glue.
fn imports(wasm: &[u8]) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                names.insert(import?.name.to_owned());
            }
        }
    }
    Ok(names)
}

/// The glue without the classes, and without the imports that nothing asks for. It is wasm-bindgen's own
/// text, before it is minified: each block ends where its first line's indentation comes back.
fn without_unused(glue: &str, used: &HashSet<String>) -> String {
    let mut out = String::with_capacity(glue.len());
    let mut until: Option<&str> = None;
    for line in glue.lines() {
        if let Some(end) = until {
            if line == end || (end == ";" && line.ends_with(';')) {
                until = None;
            }
            continue;
        }
        until = if CLASSES.iter().any(|class| line.starts_with(&format!("export class {class} "))) {
            Some("}")
        } else if CLASSES.iter().any(|class| line.starts_with(&format!("const {class}Finalization "))) {
            Some(";")
        } else if CLASSES.iter().any(|class| line.starts_with(&format!("if (Symbol.dispose) {class}."))) {
            continue;
        } else {
            let import = line.strip_prefix("        __wb").and_then(|rest| rest.split_once(": function("));
            import.filter(|(name, _)| !used.contains(&format!("__wb{name}"))).map(|_| "        },")
        };
        if until.is_none() {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exports_of_the_classes_are_dead() {
        assert!(is_dead("intounderlyingsink_write"));
        assert!(is_dead("__wbg_intounderlyingbytesource_free"));
        assert!(!is_dead("memory"));
        assert!(!is_dead("__wbindgen_malloc"));
    }

    #[test]
    fn exports_go_and_the_rest_stays() {
        let module = |names: &[&str]| {
            let mut section = Vec::new();
            put_number(&mut section, names.len());
            for name in names {
                put_number(&mut section, name.len());
                section.extend(name.as_bytes());
                section.extend([0, 0]);
            }
            let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x07".to_vec();
            put_number(&mut wasm, section.len());
            wasm.extend(section);
            wasm.extend(b"\0\x03\x02hi");
            wasm
        };
        let kept = without_exports(&module(&["main", "intounderlyingsink_abort", "memory"])).unwrap();
        assert_eq!(kept, module(&["main", "memory"]));
    }

    #[test]
    fn the_glue_loses_classes_and_imports_that_nothing_asks_for() {
        let glue = "export class IntoUnderlyingSink {\n    free() {\n    }\n}\n\
                    if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = 1;\n\
                    const import0 = {\n        __wbg_a_1: function(x) {\n            return x;\n        },\n        \
                    __wbg_b_2: function(x) {\n            return x;\n        },\n};\n\
                    const IntoUnderlyingSinkFinalization = (1)\n    ? 2\n    : 3;\nconst kept = 1;\n";
        let left = without_unused(glue, &HashSet::from(["__wbg_b_2".to_owned()]));
        assert_eq!(
            left,
            "const import0 = {\n        __wbg_b_2: function(x) {\n            return x;\n        },\n};\nconst kept = 1;\n"
        );
    }
}
