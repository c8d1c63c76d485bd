//! A file card as a list of texts, which is what passes between worker and page.

use std::vec::IntoIter;

use crate::card::{Arg, CardKind, CheckLine, CheckMark, Fact, FileCard, PartRow, Phrase, Refusal, UsageRow};
use crate::words::W;

/// What a worker found, as texts.
pub fn write(outcome: &Result<Box<FileCard>, Box<Refusal>>) -> Vec<String> {
    let mut out = Writer(Vec::new());
    match outcome {
        Ok(card) => {
            out.text("card");
            out.card(card);
        }
        Err(refusal) => {
            out.text("refusal");
            out.refusal(refusal);
        }
    }
    out.0
}

/// The same, read back; `None` if it is not what [`write`] makes.
pub fn read(texts: Vec<String>) -> Option<Result<Box<FileCard>, Box<Refusal>>> {
    let mut from = Reader(texts.into_iter());
    Some(match from.text()?.as_str() {
        "card" => Ok(Box::new(from.card()?)),
        "refusal" => Err(Box::new(from.refusal()?)),
        _ => return None,
    })
}

struct Writer(Vec<String>);

struct Reader(IntoIter<String>);

const MARKS: [CheckMark; 4] = [CheckMark::Passed, CheckMark::Noted, CheckMark::Failed, CheckMark::NotReached];

impl Writer {
    fn text(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }

    fn number(&mut self, number: i64) {
        self.0.push(number.to_string());
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as i64);
        for item in items {
            write(self, item);
        }
    }

    fn phrase(&mut self, phrase: &Phrase) {
        self.number(phrase.word as i64);
        self.list(&phrase.args, Self::arg);
    }

    fn arg(&mut self, arg: &Arg) {
        let (kind, text) = match arg {
            Arg::Text(text) => ("text", text),
            Arg::Code(text) => ("code", text),
            Arg::Time(text) => ("time", text),
            Arg::Day(text) => ("day", text),
            Arg::Number(number) => ("number", &number.to_string()),
            Arg::Size(size) => ("size", &size.to_string()),
            Arg::Phrase(phrase) => {
                self.text("phrase");
                return self.phrase(phrase);
            }
        };
        self.text(kind);
        self.text(text);
    }

    fn facts(&mut self, facts: &[Fact]) {
        self.list(facts, |out, fact| {
            out.number(fact.label as i64);
            out.arg(&fact.value);
        });
    }

    fn checks(&mut self, checks: &[CheckLine]) {
        self.list(checks, |out, line| {
            out.number(MARKS.iter().position(|mark| *mark == line.mark).unwrap_or_default() as i64);
            out.phrase(&line.what);
            out.list(line.detail.as_slice(), Self::phrase);
        });
    }

    fn card(&mut self, card: &FileCard) {
        self.number(CardKind::ALL.iter().position(|kind| *kind == card.kind).unwrap_or_default() as i64);
        self.text(&card.product);
        self.text(&card.device);
        self.facts(&card.facts);
        self.checks(&card.checks);
        self.list(&card.notes, Self::phrase);
        self.list(&card.usage, |out, row| {
            out.text(&row.id);
            out.text(&row.name);
            out.number(row.before);
            out.number(row.added);
            out.number(row.after);
            out.list(row.maximum.as_slice(), |out, maximum| out.number(*maximum));
        });
        self.list(&card.parts, |out, part| {
            out.text(&part.name);
            out.text(&part.hash);
            out.number(part.hardware.into());
        });
        self.list(&card.variables, |out, (name, value)| {
            out.text(name);
            out.text(value);
        });
        self.number(card.refresh.into());
        self.text(&card.content);
        self.text(&card.digest);
    }

    fn refusal(&mut self, refusal: &Refusal) {
        self.text(&refusal.code);
        self.text(&refusal.reference);
        self.facts(&refusal.facts);
        self.checks(&refusal.checks);
    }
}

impl Reader {
    fn text(&mut self) -> Option<String> {
        self.0.next()
    }

    fn number(&mut self) -> Option<i64> {
        self.text()?.parse().ok()
    }

    fn index(&mut self) -> Option<usize> {
        self.number()?.try_into().ok()
    }

    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.index()?).map(|_| read(self)).collect()
    }

    fn word(&mut self) -> Option<W> {
        W::ALL.get(self.index()?).copied()
    }

    fn phrase(&mut self) -> Option<Phrase> {
        Some(Phrase { word: self.word()?, args: self.list(Self::arg)? })
    }

    fn arg(&mut self) -> Option<Arg> {
        Some(match self.text()?.as_str() {
            "text" => Arg::Text(self.text()?),
            "code" => Arg::Code(self.text()?),
            "time" => Arg::Time(self.text()?),
            "day" => Arg::Day(self.text()?),
            "number" => Arg::Number(self.number()?),
            "size" => Arg::Size(self.text()?.parse().ok()?),
            "phrase" => Arg::Phrase(self.phrase()?),
            _ => return None,
        })
    }

    fn facts(&mut self) -> Option<Vec<Fact>> {
        self.list(|from| Some(Fact { label: from.word()?, value: from.arg()? }))
    }

    fn checks(&mut self) -> Option<Vec<CheckLine>> {
        self.list(|from| {
            Some(CheckLine {
                mark: *MARKS.get(from.index()?)?,
                what: from.phrase()?,
                detail: from.list(Self::phrase)?.pop(),
            })
        })
    }

    fn card(&mut self) -> Option<FileCard> {
        Some(FileCard {
            kind: *CardKind::ALL.get(self.index()?)?,
            product: self.text()?,
            device: self.text()?,
            facts: self.facts()?,
            checks: self.checks()?,
            notes: self.list(Self::phrase)?,
            usage: self.list(|from| {
                Some(UsageRow {
                    id: from.text()?,
                    name: from.text()?,
                    before: from.number()?,
                    added: from.number()?,
                    after: from.number()?,
                    maximum: from.list(Self::number)?.pop(),
                })
            })?,
            parts: self.list(|from| {
                Some(PartRow { name: from.text()?, hash: from.text()?, hardware: from.number()? != 0 })
            })?,
            variables: self.list(|from| Some((from.text()?, from.text()?)))?,
            refresh: self.number()? != 0,
            content: self.text()?,
            digest: self.text()?,
        })
    }

    fn refusal(&mut self) -> Option<Refusal> {
        Some(Refusal {
            code: self.text()?,
            reference: self.text()?,
            facts: self.facts()?,
            checks: self.checks()?,
            offer: None,
            raw: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> FileCard {
        let phrase = Phrase::plain(W::NoteFalls).text("a\u{1f}b").number(-3).arg(Arg::Size(9));
        FileCard {
            kind: CardKind::Deactivation,
            product: "CAD".into(),
            device: "WS-17".into(),
            facts: vec![
                Fact::new(W::FactWhen, Arg::Time("2026-11-21T14:02:00Z".into())),
                Fact::phrase(W::FactExpires, Phrase::with(W::FactMidnight, Arg::Day("2026-01-01".into()))),
                Fact::new(W::FactFile, Arg::Code("9c1e".into())),
            ],
            checks: MARKS
                .map(|mark| CheckLine {
                    mark,
                    what: Phrase::plain(W::CheckUsage),
                    detail: Some(phrase.clone()),
                })
                .to_vec(),
            notes: vec![phrase],
            usage: vec![UsageRow {
                id: "renders".into(),
                name: "Renders".into(),
                before: 1,
                added: -2,
                after: 3,
                maximum: Some(4),
            }],
            parts: vec![PartRow { name: "board".into(), hash: "00".into(), hardware: true }],
            variables: vec![("site".into(), String::new())],
            refresh: true,
            content: "{\n}".into(),
            digest: "sha256:00".into(),
        }
    }

    #[test]
    fn a_card_comes_back_as_it_went() {
        let outcome = Ok(Box::new(card()));
        assert_eq!(read(write(&outcome)), Some(outcome));
    }

    #[test]
    fn a_refusal_comes_back_as_it_went() {
        let refusal = Refusal {
            code: "armor.truncated".into(),
            reference: "7QK2-M4XD".into(),
            facts: card().facts,
            checks: card().checks,
            offer: None,
            raw: String::new(),
        };
        let outcome = Err(Box::new(refusal));
        assert_eq!(read(write(&outcome)), Some(outcome));
    }

    #[test]
    fn anything_else_is_nothing() {
        let whole = write(&Ok(Box::new(card())));
        for length in 0..whole.len() {
            assert_eq!(read(whole[..length].to_vec()), None, "{length}");
        }
        assert_eq!(read(vec!["other".into()]), None);
    }
}
