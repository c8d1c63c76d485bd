//! Which crate the bytes of a WebAssembly module come from, by the names of its functions.

use anyhow::Result;
use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// The bytes of one part of the module: a function, or all that comes from one crate. In parentheses, what
/// belongs to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) name: String,
    pub(crate) bytes: usize,
}

/// The functions of a module with a name section, largest first. Data is one share: it has no names.
pub(crate) fn functions(wasm: &[u8]) -> Result<Vec<Share>> {
    let (mut imported, mut bodies, mut names, mut data) = (0_u32, Vec::new(), HashMap::new(), 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(length(body.range())),
            Payload::DataSection(section) => data += length(section.range()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(parts) = section.as_known() {
                    for part in parts {
                        if let Name::Function(functions) = part? {
                            for naming in functions {
                                let naming = naming?;
                                names.insert(naming.index, clean(naming.name));
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let named = (imported..).zip(bodies).map(|(index, bytes)| Share {
        name: names.get(&index).map_or("(unnamed)", String::as_str).to_owned(),
        bytes,
    });
    let mut functions: Vec<Share> = named.chain([Share { name: "(data)".to_owned(), bytes: data }]).collect();
    sort(&mut functions);
    Ok(functions)
}

/// The shares of the crates, largest first.
pub(crate) fn crates(functions: &[Share]) -> Vec<Share> {
    let mut crates: BTreeMap<String, usize> = BTreeMap::new();
    for function in functions {
        *crates.entry(crate_of(&function.name)).or_default() += function.bytes;
    }
    let mut crates: Vec<Share> = crates.into_iter().map(|(name, bytes)| Share { name, bytes }).collect();
    sort(&mut crates);
    crates
}

fn sort(shares: &mut [Share]) {
    shares.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&other.name)));
}

fn length(range: Range<u64>) -> usize {
    usize::try_from(range.end - range.start).expect("the module is in memory")
}

/// A name without mangling and hashes.
fn clean(symbol: &str) -> String {
    without_hashes(&format!("{:#}", rustc_demangle::demangle(symbol)))
}

/// The crate of a function: the one at the head of its path. For a method of a trait that is the crate of
/// the type it is written for, or the trait's own where the type is a parameter or built in.
fn crate_of(path: &str) -> String {
    if path.starts_with('(') {
        return path.to_owned();
    }
    let candidates = match path.strip_prefix('<') {
        Some(inner) => inner.split(" as ").collect(),
        None => vec![path],
    };
    candidates.into_iter().find_map(head).unwrap_or_else(|| "(no crate)".to_owned())
}

/// `core[c5930c85a12de822]::fmt` to `core::fmt`: wasm-bindgen has demangled these names before, in full.
fn without_hashes(path: &str) -> String {
    let mut parts = path.split('[');
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.len() > 12 && hash.chars().all(|sign| sign.is_ascii_hexdigit()) => {
                clean.push_str(rest);
            }
            _ => {
                clean.push('[');
                clean.push_str(part);
            }
        }
    }
    clean
}

/// The first segment of a path, if there is a path.
fn head(path: &str) -> Option<String> {
    let mut path = path.trim_start_matches(|sign: char| "<&*[( ".contains(sign));
    for word in ["mut ", "const ", "dyn "] {
        path = path.strip_prefix(word).unwrap_or(path);
    }
    let path = path.trim_start_matches('<');
    let end = path.find(|sign: char| !sign.is_alphanumeric() && sign != '_')?;
    let (name, rest) = path.split_at(end);
    (rest.starts_with("::") && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_at_the_head_of_its_path() {
        for (symbol, owner) in [
            ("handcarry_format::armor::read", "handcarry_format"),
            ("_ZN16handcarry_format5armor4read17h0123456789abcdefE", "handcarry_format"),
            ("<handcarry_rules::Seats as core::fmt::Debug>::fmt::h0123456789abcdef", "handcarry_rules"),
            ("<&T as core::fmt::Debug>::fmt", "core"),
            ("<&mut serde_json::Deserializer<R> as serde::Deserializer>::deserialize_map", "serde_json"),
            ("<T as leptos::Render>::build", "leptos"),
            ("<dyn core::any::Any>::is", "core"),
            (
                "<dlmalloc[e24a27700634d609]::dlmalloc::Dlmalloc<x[e24a27700634d609]::System>>::malloc",
                "dlmalloc",
            ),
            ("<usize as core[c5930c85a12de822]::fmt::Display>::fmt", "core"),
            ("__wbindgen_malloc", "(no crate)"),
            ("memcpy", "(no crate)"),
        ] {
            assert_eq!(crate_of(&clean(symbol)), owner, "{symbol}");
        }
    }

    #[test]
    fn every_body_is_counted_once_and_under_its_name() {
        // One imported function, two bodies of 2 and 3 bytes, and names for the bodies alone.
        let module = [
            &b"\0asm\x01\0\0\0"[..],
            b"\x01\x04\x01\x60\0\0",
            b"\x02\x07\x01\x01m\x01f\0\0",
            b"\x03\x03\x02\0\0",
            b"\x0a\x08\x02\x02\0\x0b\x03\0\x01\x0b",
            b"\0\x13\x04name\x01\x0c\x02\x01\x04a::b\x02\x03c:x",
        ]
        .concat();
        let functions = functions(&module).unwrap();
        let names: Vec<(&str, usize)> =
            functions.iter().map(|share| (share.name.as_str(), share.bytes)).collect();
        assert_eq!(names, [("c:x", 3), ("a::b", 2), ("(data)", 0)]);
        assert!(crates(&functions).contains(&Share { name: "a".into(), bytes: 2 }));
    }
}
