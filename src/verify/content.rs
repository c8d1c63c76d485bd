//! Everything that was signed, as text: what a security officer reads before a file leaves the site (D-27).

use handcarry_format::json::{self, Json, Members};
use handcarry_format::{Envelope, Limits};

/// Lines that are shown at most; a ledger of a million entries would stop the page.
const MOST_LINES: usize = 4000;

/// Items of a list that are shown at most: what stands after a long ledger is shown too.
const MOST_ITEMS: usize = 700;

/// The payload, indented, with the documents that it carries opened in place.
pub(super) fn text(payload: &[u8], limits: &Limits) -> String {
    let mut writer = Writer { out: String::new(), lines: 1, limits };
    if let Ok(value) = json::parse_head(payload, limits.depth, MOST_ITEMS) {
        writer.value(&value, 0);
    }
    writer.out
}

struct Writer<'a> {
    out: String,
    lines: usize,
    limits: &'a Limits,
}

impl Writer<'_> {
    fn full(&self) -> bool {
        self.lines >= MOST_LINES
    }

    fn value(&mut self, value: &Json<'_>, depth: usize) {
        match value {
            Json::Null => self.out.push_str("null"),
            Json::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Json::Int(value) => self.out.push_str(&value.to_string()),
            Json::Text(text) => self.text(text),
            Json::More(count) => self.more(*count),
            Json::Ledger(_) => {}
            Json::List(items) => {
                self.out.push('[');
                for item in items {
                    if !self.line(depth + 1) {
                        return;
                    }
                    self.value(item, depth + 1);
                }
                self.close(depth, items.is_empty(), ']');
            }
            Json::Object(members) => match Envelope::from_json(value) {
                Ok(envelope) if depth < 8 => self.envelope(&envelope, depth),
                _ => self.object(members, depth),
            },
        }
    }

    fn object(&mut self, members: &Members<'_>, depth: usize) {
        self.out.push('{');
        for (name, value) in members {
            if !self.line(depth + 1) {
                return;
            }
            self.out.push_str(name);
            self.out.push_str(": ");
            self.value(value, depth + 1);
        }
        self.close(depth, members.is_empty(), '}');
    }

    /// A document in the document: its type and signers, and what it says.
    fn envelope(&mut self, envelope: &Envelope, depth: usize) {
        self.out.push_str(&envelope.media_type);
        for signature in &envelope.signatures {
            self.out.push_str(", ");
            self.out.push_str(&signature.key.to_string());
        }
        self.out.push(' ');
        match json::parse_head(&envelope.payload, self.limits.depth, MOST_ITEMS) {
            Ok(Json::Object(members)) => self.object(&members, depth),
            _ => self.out.push('?'),
        }
    }

    /// How many items are not shown.
    fn more(&mut self, count: usize) {
        self.out.push_str("… +");
        self.out.push_str(&count.to_string());
    }

    fn line(&mut self, depth: usize) -> bool {
        if self.full() {
            return false;
        }
        self.lines += 1;
        self.out.push('\n');
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        true
    }

    fn close(&mut self, depth: usize, empty: bool, mark: char) {
        if empty || self.line(depth) {
            self.out.push(mark);
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.out.extend(['\\', c]),
                '\n' => self.out.push_str("\\n"),
                // Invisible characters are made visible: nothing in the file hides from the reader.
                c if c.is_control()
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}') =>
                {
                    self.out.extend(c.escape_unicode());
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(payload: &str) -> String {
        text(payload.as_bytes(), &Limits::default())
    }

    #[test]
    fn d_27_every_member_has_its_line() {
        assert_eq!(
            shown(r#"{"a":1,"b":[true,"x"],"c":{}}"#),
            "{\n  a: 1\n  b: [\n    true\n    \"x\"\n  ]\n  c: {}\n}"
        );
    }

    #[test]
    fn d_27_what_cannot_be_seen_is_written_out() {
        assert_eq!(shown("{\"a\":\"x\u{202e}y\\u0007\"}"), "{\n  a: \"x\\u{202e}y\\u{7}\"\n}");
    }

    #[test]
    fn d_27_a_long_ledger_is_cut_and_what_follows_it_is_shown() {
        let long = ["{\"a\":[", &"1,".repeat(10_000), "1],\"b\":2}"].concat();
        let lines: Vec<String> = shown(&long).lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), MOST_ITEMS + 6);
        assert_eq!(lines[MOST_ITEMS + 1..], ["    1", "    … +9301", "  ]", "  b: 2", "}"]);
    }

    #[test]
    fn the_whole_has_so_many_lines_at_most() {
        let list = ["[", &"1,".repeat(600), "1]"].concat();
        let many = ["[", &[list.as_str(); 20].join(","), "]"].concat();
        assert_eq!(shown(&many).lines().count(), MOST_LINES);
    }
}
