use core::fmt;

/// A place in a file: both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line. It ends with LF, CR, or both.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Place {
    /// Where a byte of the text is.
    pub(super) fn of(text: &str, offset: usize) -> Place {
        // An offset inside of a character is that character's.
        let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let before = &text[..offset];
        let (mut line, mut start) = (1_u32, 0);
        for (at, byte) in before.bytes().enumerate() {
            let ends = byte == b'\n' || (byte == b'\r' && text.as_bytes().get(at + 1) != Some(&b'\n'));
            if ends {
                (line, start) = (line.saturating_add(1), at + 1);
            }
        }
        let column = before[start..].chars().count() + 1;
        Place { line, column: u32::try_from(column).unwrap_or(u32::MAX) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
