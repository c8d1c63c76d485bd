use handcarry_format::{
    Acknowledged, AnyVerified, Claim, Fingerprint, Instant, Keyring, License, Product, Receipt, Reset,
    Source, Term, Usage,
};

use crate::card::{Arg, CardKind, Fact, FileCard, PartRow, Phrase, UsageRow};
use crate::words::W;

/// What a proven document says, without checks and content.
pub(super) fn card(document: &AnyVerified) -> FileCard {
    match document {
        AnyVerified::ActivationRequest(file) => {
            let mut card = empty(CardKind::Request, &file.product, &file.device.name);
            card.facts.push(match &file.claim {
                Claim::LicenseKey(key) => Fact::new(W::FactLicense, Arg::Code(key.short())),
                Claim::User(user) => Fact::new(W::FactUser, Arg::Text(user.clone())),
            });
            card.facts.push(Fact::new(W::FactCreated, time(file.created_at)));
            let platform = [file.platform.os.as_str(), ", ", &file.platform.arch].concat();
            card.facts.push(Fact::new(W::FactSystem, Arg::Text(platform)));
            card.parts = parts(&file.fingerprint);
            card.variables = file.variables.clone().into_iter().collect();
            card
        }
        AnyVerified::License(file) => {
            let mut card = empty(CardKind::License, &file.product, &file.device.name);
            license(file, &mut card.facts);
            card.facts.push(Fact::new(W::FactExpires, last_day(&file.term)));
            let names: Vec<&str> = file.features.iter().map(|feature| feature.name.as_str()).collect();
            if !names.is_empty() {
                card.facts.push(Fact::new(W::FactFeatures, Arg::Text(names.join(", "))));
            }
            card.facts.push(Fact::new(W::FactGeneration, Arg::Number(i64::from(file.generation))));
            if let Some(lease) = &file.lease {
                card.facts.push(Fact::new(W::FactRefreshBy, time(lease.refresh_by)));
            }
            card.parts = parts(&file.fingerprint);
            card
        }
        AnyVerified::Deactivation(file) => {
            let chain = file.evidence();
            let made = Fact::new(W::FactDestroyed, time(file.destroyed_at));
            let mut card = held(CardKind::Deactivation, &chain.license, made);
            let before = chain.accepted();
            report(&mut card, &file.usage, &before);
            card.usage = usage(&file.usage, &before, &chain.license);
            card.variables = file.variables.clone().into_iter().collect();
            card
        }
        AnyVerified::UsageReport(file) => {
            let chain = file.evidence();
            let made = Fact::new(W::FactCreated, time(file.created_at));
            let mut card = held(CardKind::Usage, &chain.license, made);
            card.refresh = file.refresh;
            let before = chain.accepted();
            report(&mut card, &file.usage, &before);
            card.usage = usage(&file.usage, &before, &chain.license);
            card.variables = file.variables.clone().into_iter().collect();
            card
        }
        AnyVerified::Receipt(file) => {
            let mut card = empty(CardKind::Receipt, &file.product, &file.device.name);
            receipt(file, &mut card.facts);
            card
        }
        AnyVerified::Keyring(file) => keyring(file),
    }
}

/// The facts of a receipt, as the answer and the file card both show them.
pub(super) fn receipt(file: &Receipt, facts: &mut Vec<Fact>) {
    facts.push(Fact::new(W::FactWhen, time(file.issued_at)));
    facts.push(Fact::new(W::FactReceipt, Arg::Code(file.number.clone())));
    let digest = file.acknowledges.digest.hex();
    let group = |from: usize| digest.get(from..from + 4).unwrap_or_default();
    let short = ["sha-256 ", group(0), " ", group(4), " … ", group(60)].concat();
    facts.push(Fact::new(W::FactFile, Arg::Code(short)));
    let seats = vec![Arg::Number(i64::from(file.seat.used)), Arg::Number(i64::from(file.seat.total))];
    facts.push(Fact::new(W::FactSeats, Arg::Phrase(Phrase::with(W::FactSeatsOf, seats))));
}

pub(super) fn product(product: &Product) -> String {
    match &product.version {
        Some(version) => [product.name.as_str(), " ", version].concat(),
        None => product.name.clone(),
    }
}

pub(super) fn time(at: Instant) -> Arg {
    Arg::Time(at.to_string())
}

fn empty(kind: CardKind, of: &Product, device: &str) -> FileCard {
    FileCard {
        kind,
        product: product(of),
        device: device.to_owned(),
        facts: Vec::new(),
        checks: Vec::new(),
        notes: Vec::new(),
        usage: Vec::new(),
        parts: Vec::new(),
        variables: Vec::new(),
        refresh: false,
        content: String::new(),
        digest: String::new(),
    }
}

/// A file of a licensed device: what it is about is what the vendor's license says.
fn held(kind: CardKind, of: &License, made: Fact) -> FileCard {
    let mut card = empty(kind, &of.product, &of.device.name);
    license(of, &mut card.facts);
    let at = card.facts.len().min(2);
    card.facts.insert(at, made);
    card.parts = parts(&of.fingerprint);
    card
}

fn license(file: &License, facts: &mut Vec<Fact>) {
    facts.push(Fact::new(W::FactLicense, Arg::Code(file.license_key.short())));
    facts.push(Fact::new(W::FactIssued, time(file.issued_at)));
    if let Some(customer) = &file.customer {
        facts.push(Fact::new(W::FactCustomer, Arg::Text(customer.name.clone())));
    }
}

fn last_day(term: &Term) -> Arg {
    match &term.end {
        None => Arg::Phrase(Phrase::plain(W::FactPerpetual)),
        Some(day) => {
            let args = vec![Arg::Day(day.to_string()), Arg::Text(term.zone.clone())];
            Arg::Phrase(Phrase::with(W::FactMidnight, args))
        }
    }
}

fn report(card: &mut FileCard, usage: &Usage, before: &Acknowledged) {
    let number = Arg::Number(i64::from(usage.number));
    let value = match before.report {
        0 => number,
        report => Arg::Phrase(Phrase::with(W::FactReportFollows, vec![number, Arg::Number(i64::from(report))])),
    };
    card.facts.push(Fact::new(W::FactReport, value));
}

/// One row for every counter that the file or the receipt before it names.
fn usage(usage: &Usage, before: &Acknowledged, license: &License) -> Vec<UsageRow> {
    let only_before = before.totals.keys().filter(|id| !usage.closing.contains_key(*id));
    let rows = usage.closing.keys().chain(only_before).map(|id| {
        let of = |totals: &handcarry_format::Totals| totals.get(id).copied().unwrap_or(0);
        let feature = license.features.iter().find(|feature| feature.id == *id);
        // Totals count for life; a maximum that starts anew every month cannot stand beside them.
        let counter = feature.and_then(|feature| feature.counter.as_ref());
        UsageRow {
            id: id.to_string(),
            name: feature.map_or_else(|| id.to_string(), |feature| feature.name.clone()),
            before: of(&before.totals),
            added: of(&usage.closing).saturating_sub(of(&usage.opening)),
            after: of(&usage.closing),
            maximum: counter.filter(|counter| counter.reset == Reset::Never).and_then(|counter| counter.maximum),
        }
    });
    rows.collect()
}

fn parts(fingerprint: &Fingerprint) -> Vec<PartRow> {
    let rows = fingerprint.parts.iter().map(|part| PartRow {
        name: part.name.to_string(),
        hash: part.hash.clone(),
        hardware: part.source == Source::Hardware,
    });
    rows.collect()
}

fn keyring(file: &Keyring) -> FileCard {
    let vendor = Product { id: file.vendor.id.clone(), name: file.vendor.name.clone(), version: None };
    let mut card = empty(CardKind::Keyring, &vendor, "");
    card.facts.push(Fact::new(W::FactIssued, time(file.issued_at)));
    card.facts.push(Fact::new(W::FactVersion, Arg::Number(i64::from(file.version))));
    let keys: Vec<String> = file.keys.iter().map(|key| key.key.id().to_string()).collect();
    card.facts.push(Fact::new(W::FactKeys, Arg::Code(keys.join(" "))));
    card
}
