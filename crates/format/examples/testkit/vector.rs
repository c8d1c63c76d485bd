//! What a vector is, and how the whole kit is written down.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use handcarry_format::fixtures::{World, key, sign, trust};
use handcarry_format::{CheckKind, Envelope, Kind, armor};
use serde_json::{Value, json};

/// One file and what a reader must say to it.
pub(crate) struct Vector {
    path: String,
    /// Bytes of the file; none if the entry uses another vector's file.
    bytes: Option<Vec<u8>>,
    entry: Value,
    kind: Option<Kind>,
}

impl Vector {
    /// A vector in a file of its own. `name` is the path below `vectors/`.
    pub(crate) fn new(name: &str, bytes: impl Into<Vec<u8>>, why: &str) -> Vector {
        let path = format!("vectors/{name}");
        let entry = json!({ "file": path, "name": name, "why": why, "trust": "root" });
        Vector { path, bytes: Some(bytes.into()), entry, kind: None }
    }

    /// A golden file.
    pub(crate) fn golden(name: &str, bytes: impl Into<Vec<u8>>, why: &str) -> Vector {
        let mut vector = Vector::new(name, bytes, why);
        vector.path = format!("golden/{name}");
        vector.with("file", json!(format!("golden/{name}")))
    }

    /// The first bytes of a file that is already in the kit.
    pub(crate) fn cut(file: &str, bytes: usize, why: &str) -> Vector {
        let name = format!("{file} cut at {bytes}");
        Vector {
            path: String::new(),
            bytes: None,
            entry: json!({ "file": file, "name": name, "cut": bytes, "why": why, "trust": "root" }),
            kind: None,
        }
    }

    /// Sets any member of the index entry.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Vector {
        self.entry[name] = value;
        self
    }

    /// It opens as this kind; all checks pass.
    pub(crate) fn good(self, kind: Kind) -> Vector {
        let passed = "P".repeat(CheckKind::of(kind).len());
        self.expect("ok", Some(kind), &passed)
    }

    /// It is refused with this code, and nothing more is known about it.
    pub(crate) fn refused(self, code: &str) -> Vector {
        self.expect(code, None, "")
    }

    /// It is refused with this code; the checks by their letters: P passed, F failed, N noted, - not reached.
    pub(crate) fn fails(self, code: &str, kind: Kind, checks: &str) -> Vector {
        self.expect(code, Some(kind), checks)
    }

    /// It opens, and its usage is odd in these ways.
    pub(crate) fn noted(self, kind: Kind, findings: &[&str]) -> Vector {
        self.expect("ok", Some(kind), "PPPN").with("findings", json!(findings))
    }

    fn expect(mut self, code: &str, kind: Option<Kind>, letters: &str) -> Vector {
        let checks = kind.map(CheckKind::of).unwrap_or_default();
        assert_eq!(checks.len(), letters.len(), "{}: one letter a check", self.path);
        let checks = checks.iter().zip(letters.chars()).map(|(check, letter)| {
            let state = match letter {
                'P' => "passed",
                'F' => "failed",
                'N' => "noted",
                _ => "not_reached",
            };
            json!([check.name(), state])
        });
        self.entry["expect"] = json!(code);
        self.entry["kind"] = json!(kind.map(Kind::name));
        self.entry["checks"] = checks.collect();
        self.kind = kind;
        self
    }

    /// The digest that the reader must find.
    pub(crate) fn digest(self, envelope: &Envelope) -> Vector {
        self.with("digest", json!(envelope.digest().to_string()))
    }

    /// The field that the refusal must name.
    pub(crate) fn field(self, field: &str) -> Vector {
        self.with("field", json!(field))
    }
}

/// All vectors and stories.
#[derive(Default)]
pub(crate) struct Kit {
    vectors: Vec<Vector>,
    stories: Vec<Value>,
    trusts: BTreeMap<String, Value>,
}

impl Kit {
    pub(crate) fn add(&mut self, vector: Vector) {
        self.vectors.push(vector);
    }

    pub(crate) fn story(&mut self, name: &str, why: &str, steps: Value) {
        self.stories.push(json!({ "name": name, "why": why, "steps": steps }));
    }

    /// What a reader knows before it reads, beside the root key: a keyring file.
    pub(crate) fn trust(&mut self, name: &str, keyring: &str) {
        self.trusts.insert(name.to_string(), json!({ "keyring": keyring }));
    }

    pub(crate) fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        let root = trust();
        let mut trusts = self.trusts;
        trusts.insert("root".to_string(), json!({}));
        for trust in trusts.values_mut() {
            trust["vendor"] = json!(root.vendor().as_str());
            trust["root"] = json!(root.root().to_string());
        }
        let names = [
            "root",
            "issuing",
            "retired",
            "future",
            "stolen",
            "viewer",
            "device",
            "other device",
            "other root",
            "site",
        ];
        let keys: BTreeMap<&str, Value> = names
            .into_iter()
            .map(|name| {
                let secret = key(name);
                let seed = secret.seed().iter().fold(String::new(), |mut text, byte| {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{byte:02x}");
                    text
                });
                let public = secret.public();
                (name, json!({ "seed": seed, "public": public.to_string(), "id": public.id().to_string() }))
            })
            .collect();
        let mut files = BTreeMap::new();
        let mut entries = Vec::new();
        for mut vector in self.vectors {
            assert!(vector.entry["expect"].is_string(), "{}: nothing expected", vector.path);
            if vector.entry["kind"].is_null() {
                vector.entry.as_object_mut().expect("an entry is an object").remove("kind");
            }
            entries.push(vector.entry);
            if let Some(bytes) = vector.bytes {
                let old = files.insert(vector.path.clone(), bytes);
                assert!(old.is_none(), "{} twice", vector.path);
            }
        }
        let index = json!({
            "format": "handcarry testkit 1",
            "trusts": trusts,
            "keys": keys,
            "vectors": entries,
            "stories": self.stories,
        });
        let mut text = serde_json::to_string_pretty(&index).expect("a tree of strings and numbers");
        text.push('\n');
        files.insert("index.json".to_string(), text.into_bytes());
        files.insert("embedded.rs".to_string(), embedded(&files).into_bytes());
        files
    }
}

/// The list of files for tests that have no file system.
fn embedded(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut text = String::from(
        "// Generated: cargo run -p handcarry-format --example testkit\n\
         /// Every file of the test kit by its path.\n\
         #[rustfmt::skip]\n\
         pub(crate) const FILES: &[(&str, &[u8])] = &[\n",
    );
    for path in files.keys() {
        text.push_str(&format!("    ({path:?}, include_bytes!({path:?})),\n"));
    }
    text.push_str("];\n");
    text
}

/// An envelope in its armor, without a preamble.
pub(crate) fn plain(kind: Kind, envelope: &Envelope) -> Vec<u8> {
    armor(kind, envelope, "A file of the test kit.").into_bytes()
}

/// The payload as a tree, changed, and signed again.
pub(crate) fn edited(
    kind: Kind,
    envelope: &Envelope,
    signer: &str,
    edit: impl FnOnce(&mut Value),
) -> Envelope {
    let mut value: Value = serde_json::from_slice(&envelope.payload).expect("golden payloads are JSON");
    edit(&mut value);
    let payload = serde_json::to_vec(&value).expect("a tree serializes");
    sign(&kind.media_type(), &payload, &key(signer))
}

/// An envelope as a JSON tree, to embed.
pub(crate) fn tree(envelope: &Envelope) -> Value {
    serde_json::from_str(&envelope.to_json()).expect("an envelope is JSON")
}

/// The deactivation without its receipt: half as large, and the license alone says what was accepted.
pub(crate) fn without_receipt(world: &World) -> Envelope {
    edited(Kind::Deactivation, &world.deactivation.sealed.envelope, "device", |value| {
        value.as_object_mut().map(|members| members.remove("receipt"));
    })
}
