use handcarry_format::{Id, Source};

use super::{FingerprintSource, MeasuredPart};

/// A fingerprint from a text: one part a line, `hardware|system NAME WEIGHT VALUE`. For tests only; the whole
/// type exists in builds with the feature `test-fingerprint` alone.
#[derive(Clone, Debug)]
pub struct FileFingerprint(Vec<MeasuredPart>);

impl FileFingerprint {
    /// Reads the text; `None` if a line is wrong.
    pub fn parse(text: &str) -> Option<FileFingerprint> {
        let part = |line: &str| {
            let mut words = line.splitn(4, ' ');
            let source = match words.next()? {
                "hardware" => Source::Hardware,
                "system" => Source::System,
                _ => return None,
            };
            let (name, weight) = (Id::new(words.next()?)?, words.next()?.parse().ok()?);
            Some(MeasuredPart { name, source, weight, value: words.next()?.to_owned() })
        };
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(part)
            .collect::<Option<_>>()
            .map(FileFingerprint)
    }
}

impl FingerprintSource for FileFingerprint {
    fn measure(&self) -> Vec<MeasuredPart> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_line_by_line_and_a_wrong_line_is_refused() {
        let parts =
            FileFingerprint::parse("hardware board 50 SN 1\n\nsystem machine-id 20 abc\n").unwrap().measure();
        assert_eq!((parts.len(), parts[0].value.as_str(), parts[1].weight), (2, "SN 1", 20));
        for wrong in ["board 50 SN", "hardware board many SN", "hardware board 50", "soft board 50 SN"] {
            assert!(FileFingerprint::parse(wrong).is_none(), "{wrong}");
        }
    }
}
