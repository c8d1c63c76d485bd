/// Rewrites `?1`, `?2` … to `$1`, `$2` …, numbered anew without gaps, and says which value each one is (from 0):
/// PostgreSQL knows no type for a value that the statement has no place for.
pub(super) fn rewrite(sql: &str) -> (String, Vec<usize>) {
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
        let place = order.iter().position(|known| *known == value).unwrap_or_else(|| {
            order.push(value);
            order.len() - 1
        });
        text.push('$');
        text.push_str(&(place + 1).to_string());
    }
    text.push_str(rest);
    (text, order)
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[test]
    fn values_are_numbered_without_gaps() {
        let cases: [(&str, &str, &[usize]); 6] = [
            ("SELECT 1", "SELECT 1", &[]),
            ("a = ?1 AND b = ?2", "a = $1 AND b = $2", &[0, 1]),
            ("b = ?7, c = ?3 WHERE d = ?7", "b = $1, c = $2 WHERE d = $1", &[6, 2]),
            ("a = '?1' AND b = ?12", "a = '?1' AND b = $1", &[11]),
            ("a = 'it''s ?1' AND b = ?2", "a = 'it''s ?1' AND b = $1", &[1]),
            ("a ? b ?0 'open ?1", "a ? b ?0 'open ?1", &[]),
        ];
        for (sql, text, order) in cases {
            assert_eq!(rewrite(sql), (text.to_owned(), order.to_vec()));
        }
    }
}
