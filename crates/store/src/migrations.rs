/// A step of the schema.
pub(crate) struct Migration {
    /// Its place. Databases remember which they had; each runs once, in the order of the numbers.
    pub(crate) number: i64,
    pub(crate) sql: &'static str,
}

/// A migration is one file in `migrations/`, in what SQLite understands; one that was released is never
/// changed. For PostgreSQL it is translated word by word, so it keeps to these words:
///
/// - `INTEGER` (64 bits), `TEXT`, `BLOB`; a row number is `seq INTEGER PRIMARY KEY`, with `AUTOINCREMENT`
///   where numbers of deleted rows must not come again;
/// - tables end in `) STRICT;` or `) STRICT, WITHOUT ROWID;`;
/// - triggers only in the form
///   `CREATE TRIGGER name BEFORE UPDATE ON table BEGIN SELECT RAISE(ABORT, 'reason'); END;` (or `DELETE`),
///   on one line;
/// - `ALTER TABLE … ADD COLUMN`, `DROP COLUMN`, `CREATE [UNIQUE] INDEX [… WHERE …]`, `UPDATE`, `INSERT`.
const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, sql: include_str!("../migrations/0001_first.sql") },
    Migration { number: 2, sql: include_str!("../migrations/0002_core.sql") },
    Migration { number: 4, sql: include_str!("../migrations/0004_notices.sql") },
    Migration { number: 6, sql: include_str!("../migrations/0006_returns.sql") },
    Migration { number: 8, sql: include_str!("../migrations/0008_upgrades.sql") },
    Migration { number: 9, sql: include_str!("../migrations/0009_claims.sql") },
    Migration { number: 10, sql: include_str!("../migrations/0010_made.sql") },
    Migration { number: 5, sql: include_str!("../migrations/0005_pool.sql") },
    Migration { number: 3, sql: include_str!("../migrations/0003_vendor.sql") },
    Migration { number: 7, sql: include_str!("../migrations/0007_holders.sql") },
    Migration { number: 11, sql: include_str!("../migrations/0011_desk.sql") },
    Migration { number: 12, sql: include_str!("../migrations/0012_answered.sql") },
];

/// Those up to this number, in their order.
pub(crate) fn up_to(last: i64) -> Vec<&'static Migration> {
    let mut all: Vec<_> = MIGRATIONS.iter().filter(|migration| migration.number <= last).collect();
    all.sort_by_key(|migration| migration.number);
    all
}

/// The newest that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.number).max().unwrap_or(0)
}
