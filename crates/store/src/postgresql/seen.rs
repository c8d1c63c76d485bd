//! What a transaction has read. Its state is that of its beginning and of what it wrote itself: a row that was
//! read comes again as it was, unless a table that the statement names was written to meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio_postgres::Row;

use super::encode::Encoded;

/// Rows that are kept at most, of one statement and in all; who reads more reads a listing.
const ROWS: usize = 64;
const ALL_ROWS: usize = 8192;

/// What a statement does to what is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It reads, from tables whose names are among its words.
    Reads(HashSet<String>),
    /// It writes to this table and to no other: no table's rows follow those of another.
    Writes(String),
    /// It may do anything.
    Any,
}

impl Effect {
    pub(super) fn of(sql: &str) -> Effect {
        let mut words = words(sql);
        let first = words.next().unwrap_or_default();
        let table = match first.as_str() {
            // What locks or calls something by its name is not among the program's statements.
            "select" => return Effect::Reads(words.collect()),
            "update" => words.next(),
            "insert" | "delete" => words.nth(1),
            _ => None,
        };
        table.map_or(Effect::Any, Effect::Writes)
    }

    pub(super) fn writes(&self) -> bool {
        !matches!(self, Effect::Reads(_))
    }
}

fn words(sql: &str) -> impl Iterator<Item = String> {
    let words = sql.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
    words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase)
}

/// What was read, by statement and values.
#[derive(Default)]
pub(super) struct Seen {
    reads: HashMap<usize, Reads>,
    rows: usize,
}

struct Reads {
    words: HashSet<String>,
    rows: HashMap<Encoded, Arc<[Row]>>,
}

impl Seen {
    /// The rows of this statement, if it was read and nothing of it was written since.
    pub(super) fn find(&self, statement: usize, values: &Encoded) -> Option<Arc<[Row]>> {
        self.reads.get(&statement)?.rows.get(values).cloned()
    }

    pub(super) fn keep(&mut self, statement: usize, effect: &Effect, values: Encoded, rows: &Arc<[Row]>) {
        let Effect::Reads(words) = effect else { return };
        if rows.len() > ROWS {
            return;
        }
        if self.rows > ALL_ROWS {
            self.forget();
        }
        self.rows += 1 + rows.len();
        let new = || Reads { words: words.clone(), rows: HashMap::new() };
        self.reads.entry(statement).or_insert_with(new).rows.insert(values, Arc::clone(rows));
    }

    /// A statement goes out that has this effect.
    pub(super) fn affected(&mut self, effect: &Effect) {
        match effect {
            Effect::Reads(_) => {}
            Effect::Writes(table) => {
                self.reads
                    .values_mut()
                    .filter(|reads| reads.words.contains(table))
                    .for_each(|reads| reads.rows.clear());
            }
            Effect::Any => self.forget(),
        }
    }

    pub(super) fn forget(&mut self) {
        self.reads.clear();
        self.rows = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::up_to;

    #[test]
    fn a_statement_says_what_it_writes_to() {
        let writes = |sql| match Effect::of(sql) {
            Effect::Writes(table) => table,
            other => panic!("{sql}: {other:?}"),
        };
        assert_eq!(writes("INSERT INTO log_head (tenant) VALUES (?1) ON CONFLICT DO NOTHING"), "log_head");
        assert_eq!(writes("\n  update Log SET a = 1"), "log");
        assert_eq!(writes("DELETE FROM log WHERE a = ?1"), "log");
        assert_eq!(Effect::of("WITH a AS (DELETE FROM log) SELECT 1"), Effect::Any);
        assert_eq!(Effect::of(""), Effect::Any);
        let Effect::Reads(words) = Effect::of("SELECT seq FROM log_head WHERE tenant=?1") else { panic!() };
        assert!(words.contains("log_head") && !words.contains("log"), "{words:?}");
    }

    /// What [`Effect::Writes`] and [`Effect::Reads`] rest on.
    #[test]
    fn no_row_changes_by_itself_and_no_table_has_two_names() {
        for migration in up_to(i64::MAX) {
            let all: Vec<String> = words(migration.sql).collect();
            let follow = |pair: &[String]| pair[0] == "on" && (pair[1] == "delete" || pair[1] == "update");
            let followed = all.windows(3).filter(|three| follow(&three[..2]) && three[2] != "on");
            let follows: Vec<_> = followed
                .filter(|three| ["cascade", "set", "restrict", "no"].contains(&three[2].as_str()))
                .collect();
            assert!(follows.is_empty(), "{}: {follows:?}", migration.number);
            assert!(
                !all.iter().any(|word| ["cascade", "view", "rule"].contains(&word.as_str())),
                "{}",
                migration.number
            );
        }
    }
}
