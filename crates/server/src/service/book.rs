//! The one unit of work: the document's id, its effect, its answer and its log entry, or none of them.

use std::sync::Arc;

use handcarry_api::{FileOffer, LicenseFacts, LicenseFile, Outcome, Problem, ReceiptFile, code};
use handcarry_format::{Digest, Document, Instant, Kind, SealError, Sealed, SecretKey, seal};
use handcarry_rules::{
    Accepted, Account, Activation, Answer, Case, Command, Context, Fresh, Refusal, decide,
};
use handcarry_store::{AnsweredFile, DeviceWord, Filed, IssuedFile, NewDocument, StoreError, Tx};

use crate::failure::Failure;
use crate::notice;
use crate::service::holder::{self, Seats};
use crate::service::names::file_name;
use crate::service::sign_in::SignedIn;
use crate::service::verify::Uploaded;
use crate::service::{accounts, outcome, pool, record};
use crate::site::Site;

/// Everything that booking one document needs. Running it again does the same again.
pub(super) struct Booking {
    pub(super) site: Arc<Site>,
    pub(super) document: Uploaded,
    /// Who signed in to bring it.
    pub(super) user: Option<SignedIn>,
    pub(super) fresh: Fresh,
    /// For the problem, if it comes to one.
    pub(super) reference: String,
    pub(super) now: Instant,
}

/// What came of it. All of these are committed: a refusal leaves its log entry, and its cases.
pub(super) enum Verdict {
    /// It was done.
    Done {
        /// The answer.
        body: Vec<u8>,
        /// In a word.
        done: &'static str,
        /// The document's kind.
        kind: Kind,
        /// Whether anything was made or changed.
        new: bool,
    },
    /// It was done before; this is the answer from then (D-12, D-14).
    Again {
        /// As it was filed.
        filed: Filed,
    },
    /// It was not done.
    Refused {
        /// Why.
        problem: Box<Problem>,
        /// The document's kind.
        kind: Kind,
    },
}

/// The files that answer, signed and kept.
#[derive(Default)]
struct Files {
    license: Option<LicenseFile>,
    receipt: Option<ReceiptFile>,
}

impl Booking {
    pub(super) fn run(&self, tx: &mut dyn Tx) -> Result<Verdict, Failure> {
        let tenant = self.site.id();
        // Showing a license file is a question about the present; it is never filed.
        if self.document.kind() != Kind::License
            && let Some(filed) = tx.filed_by_id(tenant, self.document.id())?
        {
            return self.known(tx, filed);
        }
        if let Uploaded::Question(question) = &self.document {
            let kind = self.document.kind();
            return match pool::answer(tx, &self.site, question, &self.fresh.license, self.now)? {
                Ok(body) => Ok(Verdict::Done { body, done: "answered", kind, new: true }),
                Err(problem) => self.refuse(tx, problem),
            };
        }
        let accounts = match accounts::of(tx, &self.site, &self.document, self.user.as_ref())? {
            Ok(accounts) => accounts,
            Err(problem) => return self.refuse(tx, *problem),
        };
        let (mut first, mut closed) = (None, None);
        for mut account in accounts {
            holder::load(tx, &self.site, &mut account, &self.document, self.now)?;
            let Some((keyring, key)) = self.site.signing(&account.entitlement.product.id, self.now) else {
                return Err(Failure::problem(503, code::TENANT_NOT_READY));
            };
            let user = self.user.as_ref().map(|user| &user.id);
            let context = Context { now: self.now, fresh: &self.fresh, keyring, user };
            let Some(command) = self.document.command() else { continue };
            // What is given back or reported is taken, however the license stands (D-39).
            if matches!(command, Command::Activate(_) | Command::Refresh(_))
                && let Err(problem) = pool::serving(tx, &self.site, &account.entitlement.id, self.now)?
            {
                closed = closed.or(Some(problem));
                continue;
            }
            match decide(&account, command, &context) {
                Ok(accepted) => return self.apply(tx, &account, accepted, key),
                Err(refusal) => first = first.or(Some((account, refusal))),
            }
        }
        match first {
            Some((account, refusal)) => self.refused(tx, &account, &refusal),
            None => self.refuse(tx, closed.unwrap_or_else(|| Problem::new(422, code::NO_LICENSE))),
        }
    }

    /// A document with this id was accepted before.
    fn known(&self, tx: &mut dyn Tx, filed: Filed) -> Result<Verdict, Failure> {
        if filed.digest == self.document.digest() {
            return Ok(Verdict::Again { filed });
        }
        self.refuse(tx, Problem::new(409, code::ALTERED).with("at", filed.at).with("accepted", filed.digest))
    }

    /// Opens a case for the desk, and says so to whoever works there.
    fn open(&self, tx: &mut dyn Tx, account: &Account, case: &Case) -> Result<(), Failure> {
        let case = record::case(case, &self.document, self.now);
        if tx.open_case(self.site.id(), &case)? {
            tx.post_message(self.site.id(), &notice::case_opened(&account.entitlement, &case))?;
        }
        Ok(())
    }

    fn refused(&self, tx: &mut dyn Tx, account: &Account, refusal: &Refusal) -> Result<Verdict, Failure> {
        let tenant = self.site.id();
        for case in &refusal.cases {
            self.open(tx, account, case)?;
        }
        // D-36: the flag goes with the case that it belongs to; it decides nothing, and the desk clears it.
        if refusal.cases.iter().any(|case| case.kind.suspects_clone())
            && let Some(activation) = account.activation.as_ref().filter(|known| !known.clone_suspected)
        {
            let flagged = Activation { clone_suspected: true, ..activation.clone() };
            tx.save_activation(tenant, &account.entitlement.id, &flagged)?;
        }
        let mut problem = Problem::from(refusal);
        if let Some(digest) = &refusal.offer
            && let Some(file) = tx.issued(tenant, digest)?
        {
            let name = file_name(self.site.tenant.slug.as_str(), file.kind, &device_of(&file.text));
            problem.offer = Some(FileOffer { name, text: file.text });
        }
        self.refuse(tx, problem)
    }

    fn refuse(&self, tx: &mut dyn Tx, mut problem: Problem) -> Result<Verdict, Failure> {
        problem.reference.clone_from(&self.reference);
        tx.append_log(self.site.id(), &record::refused(&problem, &self.document, self.now))?;
        Ok(Verdict::Refused { problem: Box::new(problem), kind: self.document.kind() })
    }

    fn apply(
        &self,
        tx: &mut dyn Tx,
        account: &Account,
        mut accepted: Accepted,
        key: &SecretKey,
    ) -> Result<Verdict, Failure> {
        let (tenant, license) = (self.site.id(), &account.entitlement.id);
        let mut changed = accepted.activation.take();
        let mut made = Vec::new();
        let files = self.sign(tx, account, &accepted, changed.as_mut(), key, &mut made)?;
        let Some(activation) = changed.as_ref().or(account.activation.as_ref()) else {
            return Err(StoreError::Missing("activation").into());
        };
        if changed.is_some() {
            tx.save_activation(tenant, license, activation)?;
        }
        let owed = account.activation.as_ref().is_some_and(Activation::orphan_on_device);
        if owed && !activation.orphan_on_device() {
            tx.close_orphan_cases(tenant, &activation.id, self.now)?;
            tx.append_log(tenant, &record::proven(account, activation, &self.document, self.now))?;
        }
        if !accepted.added.is_empty() {
            tx.add_totals(tenant, license, &accepted.added)?;
            tx.add_periods(tenant, license, &accepted.periods)?;
        }
        if accepted.transfer {
            tx.add_transfer(tenant, license)?;
        }
        let word = holder::note(tx, &self.site, account, &accepted, activation, &self.document, self.now)?;
        for case in &accepted.cases {
            self.open(tx, account, case)?;
        }
        let mut outcome =
            outcome::outcome(self, account, &accepted, activation, files.receipt, files.license);
        outcome.license_facts = Some(self.facts(tx, account, &outcome, (activation, word.as_ref()))?);
        let verdict = self.file(tx, &outcome, activation, &accepted, changed.is_some())?;
        for (kind, sealed) in made {
            self.keep(tx, activation, kind, sealed)?;
        }
        Ok(verdict)
    }

    /// What the license's page says, after this document.
    fn facts(
        &self,
        tx: &mut dyn Tx,
        account: &Account,
        outcome: &Outcome,
        activation: (&Activation, Option<&DeviceWord>),
    ) -> Result<LicenseFacts, StoreError> {
        let (model, total) = account.raised(self.now);
        let used = outcome.seat.as_ref().map_or(0, |seat| seat.used);
        let seats = Seats { model, total, used };
        holder::facts(tx, &self.site, &account.entitlement, seats, Some(activation), self.now)
    }

    /// Signs what answers; the newest license's digest goes onto the activation.
    fn sign(
        &self,
        tx: &mut dyn Tx,
        account: &Account,
        accepted: &Accepted,
        mut changed: Option<&mut Activation>,
        key: &SecretKey,
        made: &mut Vec<(Kind, Sealed)>,
    ) -> Result<Files, Failure> {
        let mut files = Files::default();
        let holder = changed.as_deref().or(account.activation.as_ref());
        let (device, generation) =
            holder.map_or(("", 0), |holder| (holder.device.name.as_str(), holder.generation));
        let name = |kind| file_name(self.site.tenant.slug.as_str(), kind, device);
        let license_name = name(Kind::License);
        if let Some(receipt) = &accepted.receipt {
            let sealed = self.seal(receipt, key)?;
            let (name, text, number) = (name(Kind::Receipt), sealed.text.clone(), receipt.number.clone());
            files.receipt = Some(ReceiptFile { name, text, number });
            made.push((Kind::Receipt, sealed));
        }
        match &accepted.answer {
            Answer::None => {}
            Answer::Issue(license) => {
                let sealed = self.seal(license, key)?;
                if let Some(activation) = changed.as_mut() {
                    activation.newest = Some(sealed.digest);
                }
                let text = sealed.text.clone();
                files.license =
                    Some(LicenseFile { name: license_name, text, generation: license.generation });
                made.push((Kind::License, sealed));
            }
            Answer::Newest(digest) => {
                let text = newest(tx, self.site.as_ref(), digest)?;
                files.license = Some(LicenseFile { name: license_name, text, generation });
            }
        }
        Ok(files)
    }

    fn seal<D: Document>(&self, document: &D, key: &SecretKey) -> Result<Sealed, Failure> {
        seal(document, key, Some(&self.site.tenant.portal)).map_err(|SealError(error)| {
            tracing::error!(kind = D::KIND.name(), %error, "a document breaks its own limits");
            Failure::problem(500, code::SERVER_ERROR)
        })
    }

    /// Keeps what was signed; a filed answer holds its text already.
    fn keep(
        &self,
        tx: &mut dyn Tx,
        activation: &Activation,
        kind: Kind,
        sealed: Sealed,
    ) -> Result<(), StoreError> {
        let (digest, activation, at) = (sealed.digest, activation.id.clone(), self.now);
        if self.document.kind() == Kind::License {
            let file = IssuedFile { digest, kind, activation, at, text: sealed.text };
            return tx.keep_issued(self.site.id(), &file);
        }
        let place = if kind == Kind::Receipt { "/receipt/text" } else { "/license/text" };
        let document = self.document.digest();
        tx.keep_answered(self.site.id(), &AnsweredFile { digest, kind, activation, at, document, place })
    }

    fn file(
        &self,
        tx: &mut dyn Tx,
        outcome: &Outcome,
        activation: &Activation,
        accepted: &Accepted,
        new: bool,
    ) -> Result<Verdict, Failure> {
        let (tenant, kind) = (self.site.id(), self.document.kind());
        let body = serde_json::to_vec(outcome).map_err(|_| Failure::problem(500, code::SERVER_ERROR))?;
        if kind != Kind::License {
            let filed = Filed {
                id: self.document.id().clone(),
                digest: self.document.digest(),
                kind,
                at: self.now,
                answer: body.clone(),
            };
            let document = NewDocument {
                filed,
                activation: activation.id.clone(),
                report: self.document.report(),
                envelope: self.document.envelope(),
            };
            tx.file(tenant, &document)?;
        }
        // A question that changed nothing leaves no entry: anybody who holds the file may ask all day.
        if new || kind != Kind::License {
            tx.append_log(tenant, &record::accepted(outcome, accepted, self.now))?;
        }
        Ok(Verdict::Done { body, done: accepted.done.name(), kind, new })
    }
}

fn newest(tx: &mut dyn Tx, site: &Site, digest: &Digest) -> Result<String, Failure> {
    let file = tx.issued(site.id(), digest)?;
    Ok(file.ok_or(StoreError::Missing("license file"))?.text)
}

/// The device's name in a file that this portal issued.
pub(super) fn device_of(text: &str) -> String {
    let content = handcarry_format::inspect(text.as_bytes(), &handcarry_format::Limits::default());
    let name =
        content.ok().and_then(|it| Some(it.content().get("device")?.get("name")?.as_text()?.to_owned()));
    name.unwrap_or_default()
}
