//! `handcarry doctor`: what is wrong, in words, and what to do about it.

use std::fs;
use std::sync::Arc;

use handcarry_format::{Instant, Limits, Trust};
use handcarry_store::{LogCheck, Store, StoreError, Tenant, verify_log};

use crate::cli::{Data, Done, Stop, doctor_notices, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::keys::KeyStore;
use crate::portal::Portal;
use crate::settings::{Given, Settings};
use crate::site::{self, Site};

/// Days before a key's end at which it is time for the next.
const SOON: i64 = 30;

#[derive(Default)]
pub(super) struct Report {
    wrong: usize,
    odd: usize,
}

impl Report {
    /// How much there is to do.
    pub(super) fn found(&self) -> usize {
        self.wrong + self.odd
    }

    pub(super) fn good(&self, what: &str) {
        say(&format!("  ok    {what}"));
    }

    pub(super) fn odd(&mut self, what: &str) {
        self.odd += 1;
        say(&format!("  look  {what}"));
    }

    pub(super) fn wrong(&mut self, what: &str) {
        self.wrong += 1;
        say(&format!("  WRONG {what}"));
    }
}

pub(super) fn run(data: &Data, given: &Given) -> Done {
    let mut report = Report::default();
    let now = SystemClock.now();
    let settings = Settings::of(given);
    say("This program");
    match Portal::embedded().summary() {
        (0, _) => {
            report.odd("the page is not inside: only the plain form is served; build it with `cargo xtask`")
        }
        (files, bytes) => report.good(&format!("the page is inside: {files} files, {bytes} bytes")),
    }
    clock(&mut report, now);
    report.good(&format!("it would listen on {}", settings.listen));

    say(&format!("Data in {}", data.display()));
    say(&format!("Store in {}", data.store_shown()));
    if !data.has_store() {
        report.wrong("there is no database yet; `handcarry tenant create` makes one");
        return finish(&report);
    }
    directory(&mut report, data);
    let store = match open::for_command(data) {
        Ok(store) => store,
        Err(stop) => {
            report.wrong(&format!("the database cannot be opened: {}", stop.message));
            return finish(&report);
        }
    };
    let tenants = store
        .write_blocking(|_| Ok::<(), StoreError>(()))
        .and_then(|()| store.read_blocking(|tx| tx.tenants()));
    match tenants {
        Ok(tenants) => {
            report.good("the database can be read and written, and has this program's schema");
            if tenants.is_empty() {
                report.wrong("there is no tenant yet; see `handcarry tenant create --help`");
            }
            for tenant in tenants {
                say(&format!("Tenant {}", tenant.slug));
                examine(&mut report, &store, data, tenant, now);
            }
        }
        Err(error) => report.wrong(&format!("the database cannot be used: {error}")),
    }
    finish(&report)
}

fn finish(report: &Report) -> Done {
    say(&format!("{} wrong, {} to look at", report.wrong, report.odd));
    if report.wrong == 0 { Ok(()) } else { Err(Stop::silently(1)) }
}

fn clock(report: &mut Report, now: Instant) {
    // Before this program was written, or far beyond: no license would get a sensible date.
    let (early, late) = (Instant::parse("2026-11-01T00:00:00Z"), Instant::parse("2100-01-01T00:00:00Z"));
    let plausible = early.is_some_and(|early| early <= now) && late.is_some_and(|late| now < late);
    if plausible {
        report.good(&format!("the clock says {now}"));
    } else {
        report.wrong(&format!("the clock says {now}, which cannot be: set it before issuing anything"));
    }
}

fn directory(report: &mut Report, data: &Data) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for path in [data.to_path_buf(), data.join("keys")] {
            let Ok(about) = fs::metadata(&path) else { continue };
            if about.permissions().mode() & 0o077 == 0 {
                report.good(&format!("only the owner can enter {}", path.display()));
            } else {
                report.odd(&format!("others can enter {}: `chmod 700` it", path.display()));
            }
        }
    }
    #[cfg(not(unix))]
    let _ = (report, fs::metadata(data));
}

fn examine(report: &mut Report, store: &Store, data: &Data, tenant: Tenant, now: Instant) {
    let id = tenant.id;
    keyring(report, &tenant, now);
    let keys = KeyStore::of(data);
    for key in keys.issuing(&tenant.slug) {
        match key {
            Ok((path, key)) => {
                report.good(&format!("issuing key {} in {}", key.public().id(), path.display()))
            }
            Err(error) => report.wrong(&error.to_string()),
        }
    }
    if keys.of_tenant(&tenant.slug).join("root.key").exists() {
        report.odd("the root key is on this machine: move it to one that is never online");
    }
    theme(report, &tenant);
    if tenant.portal.starts_with("http://")
        && !tenant.portal.contains("//localhost")
        && !tenant.portal.contains("//127.")
    {
        report.odd(&format!("the portal's address {} is not HTTPS", tenant.portal));
    }
    let site = Arc::new(Site::new(tenant, &keys));
    if site.is_ready(now) {
        report.good("licenses and receipts can be signed now");
    } else {
        report.wrong("nothing can be signed: no issuing key is held here that the keyring vouches for now");
    }
    match store.read_blocking(move |tx| verify_log(tx, id)) {
        Ok(LogCheck::Whole { head }) => {
            report.good(&format!("the log is whole: {} entries", head.map_or(0, |head| head.seq)));
        }
        Ok(LogCheck::Broken { seq, .. }) => report.wrong(&format!("the log is broken at entry {seq}")),
        Err(error) => report.wrong(&format!("the log cannot be read: {error}")),
    }
    doctor_notices::examine(report, store, &site, now);
    match store.read_blocking(move |tx| tx.seat_differences(id)) {
        Ok(differences) if differences.is_empty() => report.good("the kept numbers of seats are right"),
        Ok(differences) => {
            for it in differences {
                report.wrong(&format!(
                    "license {}: {} seats kept, {} counted",
                    it.license, it.kept, it.counted
                ));
            }
        }
        Err(error) => report.wrong(&format!("the seats cannot be counted: {error}")),
    }
}

fn keyring(report: &mut Report, tenant: &Tenant, now: Instant) {
    let Some(file) = &tenant.keyring else {
        report.wrong("no keyring is installed; see `handcarry key install --help`");
        return;
    };
    let trust =
        Trust::new(tenant.slug.clone(), tenant.root).with_keyring(file.as_bytes(), &Limits::default());
    let keyring = match &trust {
        Ok(trust) => trust.keyring(),
        Err(error) => {
            report.wrong(&format!("the keyring is not the root key's: {error}"));
            return;
        }
    };
    let Some(keyring) = keyring else { return };
    report.good(&format!("keyring version {} by root key {}", keyring.version, tenant.root.id()));
    for entry in &keyring.keys {
        let Some(end) = entry.not_after.filter(|end| now < *end) else { continue };
        let days = end.seconds_since(now) / 86_400;
        if days <= SOON {
            report.odd(&format!("issuing key {} ends in {days} days", entry.key.id()));
        }
    }
}

fn theme(report: &mut Report, tenant: &Tenant) {
    match site::theme(tenant) {
        Ok(_) => report.good("the theme is right, its contrasts too"),
        Err(error) => report.wrong(&format!("the theme cannot be used: {error} ({})", error.code())),
    }
}
