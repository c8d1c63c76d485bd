/// What stands in a place of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// This value, from 0.
    Value(usize),
    /// 1 if this value is none, else 0.
    IsNull(usize),
}

/// Rewrites `?1`, `?2` … to `$1`, `$2` …, numbered anew without gaps, and says what each one is: PostgreSQL
/// knows no type for a value that the statement has no place for, nor for one that stands alone as in
/// `?1 IS NULL`.
pub(super) fn rewrite(sql: &str) -> (String, Vec<Place>) {
    let (mut text, mut order) = (String::with_capacity(sql.len()), Vec::new());
    let mut rest = sql;
    while let Some(at) = rest.find(['?', '\'']) {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let quoted = found.starts_with('\'');
        let inside = &found[1..];
        if quoted {
            // Up to the closing quote; a doubled one opens the next part at once.
            let length = inside.find('\'').map_or(found.len(), |end| end + 2);
            text.push_str(&found[..length]);
            rest = &found[length..];
            continue;
        }
        let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
        rest = &inside[digits..];
        let Some(value) = inside[..digits].parse::<usize>().ok().and_then(|number| number.checked_sub(1))
        else {
            text.push_str(&found[..=digits]);
            continue;
        };
        let mut number = |place| {
            order.iter().position(|known| *known == place).unwrap_or_else(|| {
                order.push(place);
                order.len() - 1
            }) + 1
        };
        if let Some(after) = rest.strip_prefix(" IS NULL") {
            text.push_str(&format!("${} = 1", number(Place::IsNull(value))));
            rest = after;
        } else if let Some(after) = rest.strip_prefix(" IS NOT NULL") {
            text.push_str(&format!("${} = 0", number(Place::IsNull(value))));
            rest = after;
        } else {
            text.push_str(&format!("${}", number(Place::Value(value))));
        }
    }
    text.push_str(rest);
    (text, order)
}

#[cfg(test)]
mod tests {
    use super::Place::{IsNull, Value};
    use super::{Place, rewrite};

    #[test]
    fn values_are_numbered_without_gaps() {
        let cases: [(&str, &str, &[Place]); 8] = [
            ("SELECT 1", "SELECT 1", &[]),
            ("a = ?1 AND b = ?2", "a = $1 AND b = $2", &[Value(0), Value(1)]),
            ("b = ?7, c = ?3 WHERE d = ?7", "b = $1, c = $2 WHERE d = $1", &[Value(6), Value(2)]),
            ("a = '?1' AND b = ?12", "a = '?1' AND b = $1", &[Value(11)]),
            ("a = 'it''s ?1' AND b = ?2", "a = 'it''s ?1' AND b = $1", &[Value(1)]),
            ("(?2 IS NULL OR a = ?2)", "($1 = 1 OR a = $2)", &[IsNull(1), Value(1)]),
            ("?1 IS NOT NULL", "$1 = 0", &[IsNull(0)]),
            ("a ? b ?0 'open ?1", "a ? b ?0 'open ?1", &[]),
        ];
        for (sql, text, order) in cases {
            assert_eq!(rewrite(sql), (text.to_owned(), order.to_vec()));
        }
    }
}
