//! A file card as one text, which is what passes between worker and page.

use crate::card::{Arg, CardKind, CheckLine, CheckMark, Fact, FileCard, PartRow, Phrase, Refusal, UsageRow};
use crate::verify::page_refusal;
use crate::words::W;

/// What a worker found, as a text.
pub fn write(mut outcome: Result<Box<FileCard>, Box<Refusal>>) -> String {
    let mut codec = Codec { out: Some(String::new()), rest: "", whole: true };
    codec.number(&mut i64::from(outcome.is_ok()));
    codec.outcome(&mut outcome);
    codec.out.unwrap_or_default()
}

/// The same, read back; `None` if it is not what [`write()`] makes.
pub fn read(text: &str) -> Option<Result<Box<FileCard>, Box<Refusal>>> {
    let mut codec = Codec { out: None, rest: text, whole: true };
    let mut accepted = 0;
    codec.number(&mut accepted);
    let mut outcome = if accepted == 1 {
        Ok(FileCard::new(CardKind::Request, String::new(), ""))
    } else {
        Err(Box::new(page_refusal("", String::new(), Vec::new())))
    };
    codec.outcome(&mut outcome);
    codec.whole.then_some(outcome)
}

/// Goes over what there is to say, in one order for both ways: a field is written out, or filled with what is read.
/// A number ends with a blank; a text has its length before it.
struct Codec<'a> {
    /// What is written; `None` when reading.
    out: Option<String>,
    /// What is still to be read.
    rest: &'a str,
    /// Nothing was missing or odd so far.
    whole: bool,
}

const MARKS: [CheckMark; 4] = [CheckMark::Passed, CheckMark::Noted, CheckMark::Failed, CheckMark::NotReached];

impl Codec<'_> {
    #[inline(never)]
    fn text(&mut self, text: &mut String) {
        let length = self.index(text.len());
        if let Some(out) = &mut self.out {
            out.push_str(text);
        } else if let Some((found, rest)) = self.rest.split_at_checked(length) {
            *text = found.to_owned();
            self.rest = rest;
        } else {
            self.whole = false;
        }
    }

    #[inline(never)]
    fn number(&mut self, number: &mut i64) {
        if let Some(out) = &mut self.out {
            out.push_str(&number.to_string());
            out.push(' ');
        } else if let Some((digits, rest)) = self.rest.split_once(' ')
            && let Ok(read) = digits.parse()
        {
            *number = read;
            self.rest = rest;
        } else {
            self.whole = false;
        }
    }

    /// A number that stands for something; the same number again if there is no such thing.
    fn index(&mut self, index: usize) -> usize {
        let mut number = index as i64;
        self.number(&mut number);
        number as usize
    }

    fn flag(&mut self, flag: bool) -> bool {
        self.index(flag.into()) != 0
    }

    fn list<T>(&mut self, items: &mut Vec<T>, blank: impl Fn() -> T, each: impl Fn(&mut Self, &mut T)) {
        let length = self.index(items.len());
        for at in 0..length {
            if at == items.len() {
                items.push(blank());
            }
            each(self, &mut items[at]);
            if !self.whole {
                return;
            }
        }
    }

    fn word(&mut self, word: &mut W) {
        let index = self.index(*word as usize);
        match W::ALL.get(index) {
            Some(found) => *word = *found,
            None => self.whole = false,
        }
    }

    #[inline(never)]
    fn phrase(&mut self, phrase: &mut Phrase) {
        self.word(&mut phrase.word);
        self.list(&mut phrase.args, || Arg::Number(0), Self::arg);
    }

    fn phrases(&mut self, phrases: &mut Vec<Phrase>) {
        self.list(phrases, blank, Self::phrase);
    }

    #[inline(never)]
    fn arg(&mut self, arg: &mut Arg) {
        let kind = match arg {
            Arg::Number(_) => 0,
            Arg::Size(_) => 1,
            Arg::Text(_) => 2,
            Arg::Code(_) => 3,
            Arg::Time(_) => 4,
            Arg::Day(_) => 5,
            Arg::Phrase(_) => 6,
        };
        let found = self.index(kind);
        // Written, it is the same again.
        if found != kind {
            *arg = match found {
                1 => Arg::Size(0),
                2 => Arg::Text(String::new()),
                3 => Arg::Code(String::new()),
                4 => Arg::Time(String::new()),
                5 => Arg::Day(String::new()),
                6 => Arg::Phrase(blank()),
                _ => return self.whole = false,
            };
        }
        match arg {
            Arg::Number(number) => self.number(number),
            Arg::Size(size) => {
                let mut number = *size as i64;
                self.number(&mut number);
                *size = number as u64;
            }
            Arg::Text(text) | Arg::Code(text) | Arg::Time(text) | Arg::Day(text) => self.text(text),
            Arg::Phrase(phrase) => self.phrase(phrase),
        }
    }

    fn fact(&mut self, fact: &mut Fact) {
        self.word(&mut fact.label);
        self.arg(&mut fact.value);
    }

    fn check(&mut self, line: &mut CheckLine) {
        match MARKS.get(self.index(line.mark as usize)) {
            Some(mark) => line.mark = *mark,
            None => self.whole = false,
        }
        self.phrase(&mut line.what);
        if self.flag(line.detail.is_some()) {
            self.phrase(line.detail.get_or_insert_with(blank));
        }
    }

    fn usage(&mut self, row: &mut UsageRow) {
        self.text(&mut row.id);
        self.text(&mut row.name);
        self.number(&mut row.before);
        self.number(&mut row.added);
        self.number(&mut row.after);
        if self.flag(row.maximum.is_some()) {
            self.number(row.maximum.get_or_insert(0));
        }
    }

    fn part(&mut self, part: &mut PartRow) {
        self.text(&mut part.name);
        self.text(&mut part.hash);
        part.hardware = self.flag(part.hardware);
    }

    fn proof(&mut self, facts: &mut Vec<Fact>, checks: &mut Vec<CheckLine>) {
        self.list(facts, || Fact::number(W::ALL[0], 0), Self::fact);
        self.list(checks, || CheckLine { mark: CheckMark::Passed, what: blank(), detail: None }, Self::check);
    }

    fn outcome(&mut self, outcome: &mut Result<Box<FileCard>, Box<Refusal>>) {
        let (one, other, facts, checks) = match outcome {
            Ok(card) => (&mut card.product, &mut card.device, &mut card.facts, &mut card.checks),
            Err(no) => (&mut no.code, &mut no.reference, &mut no.facts, &mut no.checks),
        };
        self.text(one);
        self.text(other);
        self.proof(facts, checks);
        let Ok(card) = outcome else { return };
        match CardKind::ALL.get(self.index(card.kind as usize)) {
            Some(kind) => card.kind = *kind,
            None => self.whole = false,
        }
        self.phrases(&mut card.notes);
        self.list(&mut card.usage, UsageRow::default, Self::usage);
        self.list(&mut card.parts, PartRow::default, Self::part);
        self.list(&mut card.variables, Default::default, |codec, (name, value)| {
            codec.text(name);
            codec.text(value);
        });
        card.refresh = self.flag(card.refresh);
        self.text(&mut card.content);
        self.text(&mut card.digest);
    }
}

fn blank() -> Phrase {
    Phrase::plain(W::ALL[0])
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
        assert_eq!(read(&write(outcome.clone())), Some(outcome));
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
        assert_eq!(read(&write(outcome.clone())), Some(outcome));
    }

    #[test]
    fn anything_else_is_nothing() {
        let whole = write(Ok(Box::new(card())));
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
        assert_eq!(read("5 other"), None);
    }
}
