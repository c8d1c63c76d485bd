//! The figures of a part, as `bench/README.md` describes them.

use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// What is measured beside what.
pub(crate) struct Beside<'a> {
    pub(crate) name: &'a str,
    pub(crate) peer: f64,
}

#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Value>,
    notes: Vec<String>,
}

impl Report {
    /// Adds a figure without an aim.
    pub(crate) fn row(&mut self, group: &str, what: &str, value: f64, unit: &str, beside: &Beside<'_>) {
        self.aimed(group, what, value, unit, beside, None);
    }

    /// Adds a figure with what it should keep to, and whether it does.
    pub(crate) fn aimed(
        &mut self,
        group: &str,
        what: &str,
        value: f64,
        unit: &str,
        beside: &Beside<'_>,
        aim: Option<(&str, bool)>,
    ) {
        let ratio = value / beside.peer;
        let verdict = aim.map_or_else(String::new, |(aim, met)| {
            format!(" (aim: {aim}: {})", if met { "met" } else { "MISSED" })
        });
        println!(
            "   {group}: {what}: {value:.2} {unit}; {}: {:.2}, ratio {ratio:.2}{verdict}",
            beside.name, beside.peer
        );
        self.rows.push(json!({
            "group": group, "what": what, "value": value, "unit": unit, "beside": beside.name,
            "peer": beside.peer, "ratio": ratio, "aim": aim.map(|(aim, _)| aim), "met": aim.map(|(_, met)| met),
        }));
    }

    pub(crate) fn note(&mut self, note: String) {
        println!("   {note}");
        self.notes.push(note);
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let finite = |row: &Value| row["value"].is_number() && row["ratio"].is_number();
        ensure!(self.rows.iter().all(finite), "a figure is no number");
        let text = json!({"part": "server", "rows": self.rows, "notes": self.notes});
        Ok(std::fs::write(path, serde_json::to_string_pretty(&text)? + "\n")?)
    }
}
