use handcarry_format::Map;

use handcarry_format::{
    Acknowledged, AnyVerified, Ask, Chain, Claim, Fingerprint, Id, Instant, License, PoolRequest, Product,
    Receipt, Reset, Source, Term, Totals, Usage,
};

use crate::card::{Arg, CardKind, Fact, FileCard, PartRow, Phrase, UsageRow};
use crate::words::W;

/// What a proven document says, without checks and content.
pub(super) fn card(document: &AnyVerified) -> Box<FileCard> {
    match document {
        AnyVerified::ActivationRequest(file) => {
            let mut card = FileCard::new(CardKind::Request, product(&file.product), &file.device.name);
            card.fact(match &file.claim {
                Claim::LicenseKey(key) => Fact::code(W::FactLicense, &key.short()),
                Claim::User(user) => Fact::text(W::FactUser, user),
            });
            card.fact(time(W::FactCreated, file.created_at));
            card.fact(Fact::text(
                W::FactSystem,
                &[file.platform.os.as_str(), ", ", &file.platform.arch].concat(),
            ));
            parts(&mut card, &file.fingerprint);
            variables(&mut card, &file.variables);
            card
        }
        AnyVerified::License(file) => {
            let mut card = FileCard::new(CardKind::License, product(&file.product), &file.device.name);
            license(&mut card, file);
            card.fact(Fact::phrase(W::FactExpires, last_day(&file.term)));
            let names: Vec<&str> = file.features.iter().map(|feature| feature.name.as_str()).collect();
            if !names.is_empty() {
                card.fact(Fact::text(W::FactFeatures, &names.join(", ")));
            }
            card.fact(Fact::number(W::FactGeneration, file.generation.into()));
            if let Some(lease) = &file.lease {
                card.fact(time(W::FactRefreshBy, lease.refresh_by));
            }
            parts(&mut card, &file.fingerprint);
            card
        }
        AnyVerified::Deactivation(file) => {
            let made = time(W::FactDestroyed, file.destroyed_at);
            let mut card = held(CardKind::Deactivation, file.evidence(), made, &file.usage);
            variables(&mut card, &file.variables);
            card
        }
        AnyVerified::UsageReport(file) => {
            let made = time(W::FactCreated, file.created_at);
            let mut card = held(CardKind::Usage, file.evidence(), made, &file.usage);
            card.refresh = file.refresh;
            variables(&mut card, &file.variables);
            card
        }
        AnyVerified::Receipt(file) => {
            let mut card = FileCard::new(CardKind::Receipt, product(&file.product), &file.device.name);
            receipt(file, &mut card.facts);
            card
        }
        AnyVerified::Keyring(file) => {
            let mut card = FileCard::new(CardKind::Keyring, file.vendor.name.clone(), "");
            card.fact(time(W::FactIssued, file.issued_at));
            card.fact(Fact::number(W::FactVersion, file.version.into()));
            let keys: Vec<String> = file.keys.iter().map(|key| key.key.id().to_string()).collect();
            card.fact(Fact::code(W::FactKeys, &keys.join(" ")));
            card
        }
        AnyVerified::PoolRequest(file) => {
            let mut card = FileCard::new(CardKind::PoolRequest, file.site.name.clone(), "");
            card.fact(Fact::text(W::FactSite, &file.site.portal));
            card.fact(time(W::FactCreated, file.created_at));
            licenses(&mut card, W::FactAsked, file, false);
            licenses(&mut card, W::FactReleased, file, true);
            card
        }
        AnyVerified::Pool(file) => {
            let mut card = FileCard::new(CardKind::Pool, file.vendor.name.clone(), "");
            card.fact(time(W::FactIssued, file.issued_at));
            card
        }
    }
}

/// The facts of a receipt, as the answer and the file card both show them.
pub(super) fn receipt(file: &Receipt, facts: &mut Vec<Fact>) {
    facts.push(time(W::FactWhen, file.issued_at));
    facts.push(Fact::code(W::FactReceipt, &file.number));
    // D-24: whole, since this is also what is printed and kept.
    facts.push(Fact::code(W::FactLicense, file.license_id.as_str()));
    facts.push(Fact::code(W::FactFile, &["sha-256 ", &file.acknowledges.digest.hex()].concat()));
    let seats = Phrase::plain(W::FactSeatsOf).number(file.seat.used.into()).number(file.seat.total.into());
    facts.push(Fact::phrase(W::FactSeats, seats));
}

pub(super) fn product(product: &Product) -> String {
    match &product.version {
        Some(version) => [product.name.as_str(), " ", version].concat(),
        None => product.name.clone(),
    }
}

#[inline(never)]
pub(super) fn time(label: W, at: Instant) -> Fact {
    Fact::time(label, &at.to_string())
}

/// A file of a licensed device: what it is about is what the vendor's license says.
#[inline(never)]
fn held(kind: CardKind, chain: &Chain, made: Fact, usage: &Usage) -> Box<FileCard> {
    let of = &chain.license;
    let mut card = FileCard::new(kind, product(&of.product), &of.device.name);
    license(&mut card, of);
    let at = card.facts.len().min(2);
    card.facts.insert(at, made);
    parts(&mut card, &of.fingerprint);
    let before = chain.accepted();
    let number = i64::from(usage.number);
    card.fact(match before.report {
        0 => Fact::number(W::FactReport, number),
        report => {
            let follows = Phrase::plain(W::FactReportFollows).number(number).number(report.into());
            Fact::phrase(W::FactReport, follows)
        }
    });
    rows(&mut card, usage, &before, of);
    card
}

#[inline(never)]
fn license(card: &mut FileCard, file: &License) {
    card.fact(Fact::code(W::FactLicense, &file.license_key.short()));
    card.fact(time(W::FactIssued, file.issued_at));
    if let Some(customer) = &file.customer {
        card.fact(Fact::text(W::FactCustomer, &customer.name));
    }
}

/// The licenses that a site gives back, or the others that it asks about.
fn licenses(card: &mut FileCard, label: W, file: &PoolRequest, released: bool) {
    let mut ids = String::new();
    for license in &file.licenses {
        if (license.ask == Ask::Release) == released {
            ids.push_str(license.license_id.as_str());
            ids.push(' ');
        }
    }
    if !ids.is_empty() {
        card.fact(Fact::code(label, ids.trim_end()));
    }
}

fn last_day(term: &Term) -> Phrase {
    match &term.end {
        None => Phrase::plain(W::FactPerpetual),
        Some(day) => Phrase::with(W::FactMidnight, Arg::Day(day.to_string())).text(&term.zone),
    }
}

/// One row for every counter that the file or the receipt before it names.
fn rows(card: &mut FileCard, usage: &Usage, before: &Acknowledged, license: &License) {
    let of = |totals: &Totals, id: &Id| totals.get(id).copied().unwrap_or(0);
    let only_before = before.totals.keys().filter(|id| !usage.closing.contains_key(*id));
    for id in usage.closing.keys().chain(only_before) {
        let feature = license.features.iter().find(|feature| feature.id == *id);
        // Totals count for life; a maximum that starts anew every month cannot stand beside them.
        let counter = feature.and_then(|feature| feature.counter.as_ref());
        card.usage.push(UsageRow {
            id: id.as_str().to_owned(),
            name: feature.map_or(id.as_str(), |feature| &feature.name).to_owned(),
            before: of(&before.totals, id),
            added: of(&usage.closing, id).saturating_sub(of(&usage.opening, id)),
            after: of(&usage.closing, id),
            maximum: counter
                .filter(|counter| counter.reset == Reset::Never)
                .and_then(|counter| counter.maximum),
        });
    }
}

#[inline(never)]
fn parts(card: &mut FileCard, fingerprint: &Fingerprint) {
    for part in &fingerprint.parts {
        card.parts.push(PartRow {
            name: part.name.as_str().to_owned(),
            hash: part.hash.clone(),
            hardware: part.source == Source::Hardware,
        });
    }
}

#[inline(never)]
fn variables(card: &mut FileCard, variables: &Map<String, String>) {
    for (name, value) in variables {
        card.variables.push((name.clone(), value.clone()));
    }
}
