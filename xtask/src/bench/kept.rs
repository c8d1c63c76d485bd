//! The figures as JSON: what a part wrote, and what is kept of all parts.

use crate::{paths, process::Run};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// A figure beside its limit or peer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) group: String,
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    /// What it is compared with, what that came to, and the first by the second.
    pub(crate) peer: Option<(String, f64, f64)>,
    pub(crate) aim: Option<String>,
    pub(crate) met: Option<bool>,
}

/// The figures of one part, with the day and the machine of their run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) day: String,
    pub(crate) machine: Vec<(String, String)>,
    pub(crate) rows: Vec<Row>,
    pub(crate) notes: Vec<String>,
}

/// All parts that were ever measured.
#[derive(Debug, Default)]
pub(crate) struct Kept(pub(crate) Vec<Part>);

impl Kept {
    fn path() -> PathBuf {
        paths::root().join("docs/performance.json")
    }

    pub(crate) fn read() -> Result<Kept> {
        let path = Kept::path();
        if !path.exists() {
            return Ok(Kept::default());
        }
        let kept: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        let parts: Result<Vec<Part>> = list(&kept, "parts")?.iter().map(Part::of).collect();
        Ok(Kept(parts?))
    }

    /// In place of the same part's last figures.
    pub(crate) fn put(&mut self, part: Part) {
        self.0.retain(|other| other.name != part.name);
        self.0.push(part);
        self.0.sort_by_key(|part| super::PARTS.iter().position(|name| *name == part.name));
    }

    pub(crate) fn write(&self) -> Result<()> {
        let parts: Vec<Value> = self.0.iter().map(Part::json).collect();
        let text = serde_json::to_string_pretty(&json!({ "parts": parts }))?;
        Ok(fs::write(Kept::path(), text + "\n")?)
    }
}

impl Part {
    /// What the part of this name has just written.
    pub(crate) fn read(name: &str, machine: Vec<(String, String)>) -> Result<Part> {
        let path = super::file(name);
        let text = fs::read_to_string(&path).with_context(|| format!("{} wrote no figures", name))?;
        let written: Value = serde_json::from_str(&text).with_context(|| paths::shown(&path))?;
        let day = Run::new("date").args(["-u", "+%Y-%m-%d"]).capture()?.trim().to_owned();
        let part = Part { day, machine, ..Part::rows_of(name, &written)? };
        if part.rows.is_empty() {
            bail!("{name} measured nothing");
        }
        Ok(part)
    }

    fn rows_of(name: &str, written: &Value) -> Result<Part> {
        let rows: Result<Vec<Row>> = list(written, "rows")?.iter().map(Row::of).collect();
        let notes: Option<Vec<String>> =
            list(written, "notes")?.iter().map(|note| note.as_str().map(str::to_owned)).collect();
        Ok(Part {
            name: name.to_owned(),
            day: String::new(),
            machine: Vec::new(),
            rows: rows.with_context(|| format!("the rows of {name}"))?,
            notes: notes.context("a note is text")?,
        })
    }

    fn of(kept: &Value) -> Result<Part> {
        let name = text(kept, "part")?;
        let facts = kept["machine"].as_object().context("a part without its machine")?;
        let machine = facts.iter().map(|(name, fact)| (name.clone(), shown(fact))).collect();
        Ok(Part { day: text(kept, "day")?, machine, ..Part::rows_of(&name, kept)? })
    }

    fn json(&self) -> Value {
        let machine: serde_json::Map<String, Value> =
            self.machine.iter().map(|(name, fact)| (name.clone(), json!(fact))).collect();
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        json!({"part": self.name, "day": self.day, "machine": machine, "rows": rows, "notes": self.notes})
    }
}

impl Row {
    fn of(row: &Value) -> Result<Row> {
        let what = text(row, "what")?;
        let read = || {
            let peer = match (row["beside"].as_str(), row["peer"].as_f64(), row["ratio"].as_f64()) {
                (Some(beside), Some(peer), Some(ratio)) => Some((beside.to_owned(), peer, ratio)),
                (None, None, None) => None,
                _ => bail!("beside, peer and ratio go together"),
            };
            let row = Row {
                group: text(row, "group")?,
                what: what.clone(),
                value: row["value"].as_f64().context("no value")?,
                unit: text(row, "unit")?,
                peer,
                aim: row["aim"].as_str().map(str::to_owned),
                met: row["met"].as_bool(),
            };
            if row.aim.is_some() != row.met.is_some() {
                bail!("an aim is met or missed");
            }
            if row.peer.is_none() && row.aim.is_none() {
                bail!("it stands beside nothing: no peer, no aim");
            }
            Ok(row)
        };
        read().with_context(|| format!("the row `{what}`"))
    }

    fn json(&self) -> Value {
        let peer = self.peer.as_ref();
        json!({
            "group": self.group, "what": self.what, "value": self.value, "unit": self.unit,
            "beside": peer.map(|(beside, _, _)| beside), "peer": peer.map(|(_, peer, _)| peer),
            "ratio": peer.map(|(_, _, ratio)| ratio), "aim": self.aim, "met": self.met,
        })
    }
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    value[name].as_array().with_context(|| format!("`{name}` is no list"))
}

fn text(value: &Value, name: &str) -> Result<String> {
    let text = value[name].as_str().with_context(|| format!("`{name}` is no text"))?;
    if text.trim().is_empty() {
        bail!("`{name}` is empty");
    }
    Ok(text.to_owned())
}

fn shown(fact: &Value) -> String {
    fact.as_str().map_or_else(|| fact.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Value {
        json!({"group": "g", "what": "w", "value": 3.0, "unit": "ms", "beside": "b", "peer": 2.0, "ratio": 1.5,
               "aim": null, "met": null})
    }

    #[test]
    fn a_part_is_kept_as_it_was_read() {
        let written = json!({"part": "server", "rows": [row()], "notes": ["found"]});
        let part = Part {
            day: "2026-11-22".to_owned(),
            machine: vec![("cores".to_owned(), "2".to_owned())],
            ..Part::rows_of("server", &written).unwrap()
        };
        assert_eq!(Part::of(&part.json()).unwrap(), part);
        let mut kept = Kept::default();
        kept.put(Part { name: "page".to_owned(), ..part.clone() });
        kept.put(part.clone());
        kept.put(Part { day: "2026-11-23".to_owned(), ..part });
        let names: Vec<_> = kept.0.iter().map(|part| (part.name.as_str(), part.day.as_str())).collect();
        assert_eq!(names, [("server", "2026-11-23"), ("page", "2026-11-22")]);
    }

    #[test]
    fn a_figure_beside_nothing_and_an_aim_without_a_verdict_are_refused() {
        for (name, wrong) in [("peer", json!(null)), ("aim", json!("fast")), ("unit", json!(" "))] {
            let mut row = row();
            row[name] = wrong;
            assert!(Row::of(&row).is_err(), "{name}");
        }
        let mut alone = row();
        for name in ["beside", "peer", "ratio"] {
            alone[name] = json!(null);
        }
        assert!(Row::of(&alone).is_err());
        alone["aim"] = json!("under 5 ms");
        alone["met"] = json!(true);
        assert!(Row::of(&alone).is_ok());
    }
}
