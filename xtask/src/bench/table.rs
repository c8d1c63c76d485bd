//! `docs/performance.md`: the figures for people.

use super::{
    PARTS,
    kept::{Kept, Part, Row},
};
use anyhow::{Result, bail};
use std::fmt::Write as _;

const HEAD: &str = "# Speed and size\n
Generated from `performance.json` by `cargo xtask bench`, which measures again; `bench/README.md` says how.\n
Each figure stands beside a limit or a peer that was measured in the same run on the same machine: what carries over to
another machine is the ratio. The load generator, the peer and what is measured share the cores.\n";

/// The whole page. A cell that would be empty is an error.
pub(crate) fn page(kept: &Kept) -> Result<String> {
    let mut page = HEAD.to_owned();
    for part in &kept.0 {
        section(&mut page, part)?;
    }
    let missing: Vec<&str> =
        PARTS.into_iter().filter(|name| kept.0.iter().all(|part| part.name != *name)).collect();
    if !missing.is_empty() {
        writeln!(page, "\nNot measured yet: {}.", missing.join(", "))?;
    }
    Ok(page)
}

fn section(page: &mut String, part: &Part) -> Result<()> {
    writeln!(page, "\n## {}\n", title(&part.name)?)?;
    let machine: Vec<String> = part.machine.iter().map(|(name, fact)| format!("{name} {fact}")).collect();
    writeln!(page, "Measured on {}: {}.", part.day, machine.join(", "))?;
    let mut group = None;
    for row in &part.rows {
        if group != Some(&row.group) {
            writeln!(page, "\n### {}\n", row.group)?;
            writeln!(page, "| what | figure | beside | that | ratio | aim |")?;
            writeln!(page, "| --- | ---: | --- | ---: | ---: | --- |")?;
            group = Some(&row.group);
        }
        writeln!(page, "{}", line(row)?)?;
    }
    if !part.notes.is_empty() {
        page.push_str("\n### What was found\n\n");
        for note in &part.notes {
            writeln!(page, "- {note}")?;
        }
    }
    Ok(())
}

fn title(part: &str) -> Result<&'static str> {
    Ok(match part {
        "server" => "The server",
        "browser" => "In the browser",
        "page" => "The page",
        other => bail!("no title for the part {other}"),
    })
}

fn line(row: &Row) -> Result<String> {
    let amount = |value| format!("{} {}", figure(value), row.unit);
    let (beside, peer, ratio) = match &row.peer {
        Some((beside, peer, ratio)) => (beside.clone(), amount(*peer), ratio_of(*ratio)),
        None => ("its aim alone".to_owned(), "none".to_owned(), "none".to_owned()),
    };
    let aim = match (&row.aim, row.met) {
        (Some(aim), Some(true)) => format!("{aim}: met"),
        (Some(aim), Some(false)) => format!("{aim}: **missed**"),
        _ => "none".to_owned(),
    };
    let cells = [row.what.clone(), amount(row.value), beside, peer, ratio, aim];
    if cells.iter().any(|cell| cell.trim().is_empty() || cell.contains(['|', '\n'])) {
        bail!("an empty or broken cell: {cells:?}");
    }
    Ok(format!("| {} |", cells.join(" | ")))
}

/// Three digits that mean something, and thousands apart.
fn figure(value: f64) -> String {
    let digits = match value.abs() {
        0.0..0.001 => 6,
        0.001..0.01 => 4,
        0.01..1.0 => 3,
        1.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut grouped = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let rest = rest.map(|rest| rest.trim_end_matches('0')).filter(|rest| !rest.is_empty());
    rest.map_or_else(|| format!("{sign}{grouped}"), |rest| format!("{sign}{grouped}.{rest}"))
}

fn ratio_of(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { figure(ratio) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_to_read() {
        let cases = [
            (8123.4, "8,123"),
            (1_234_567.0, "1,234,567"),
            (12.345, "12.3"),
            (3.0, "3"),
            (0.25, "0.25"),
            (0.0004, "0.0004"),
            (-1500.0, "-1,500"),
            (0.0, "0"),
        ];
        for (value, text) in cases {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn the_page_has_no_empty_cell() {
        let row = Row {
            group: "Ingest".to_owned(),
            what: "new documents".to_owned(),
            value: 8000.0,
            unit: "documents/s".to_owned(),
            peer: Some(("raw commits".to_owned(), 10_000.0, 0.8)),
            aim: Some("at least 0.6".to_owned()),
            met: Some(true),
        };
        let part = |rows| Part {
            name: "server".to_owned(),
            day: "2026-11-22".to_owned(),
            machine: vec![("cores".to_owned(), "2".to_owned())],
            rows,
            notes: vec!["the disk".to_owned()],
        };
        let page = page(&Kept(vec![part(vec![row.clone()])])).unwrap();
        let line = "| new documents | 8,000 documents/s | raw commits | 10,000 documents/s | 0.80 | at least 0.6: met |";
        assert!(page.contains(line), "{page}");
        assert!(page.contains("Not measured yet: browser, page."));
        let empty = Row { what: " ".to_owned(), ..row };
        assert!(super::page(&Kept(vec![part(vec![empty])])).is_err());
    }
}
