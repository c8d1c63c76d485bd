//! From bytes to a document that this portal books.

use std::sync::Arc;

use bytes::Bytes;
use handcarry_api::{Problem, code};
use handcarry_format::{
    ActivationRequest, AnyVerified, Deactivation, Digest, Error, Id, Kind, License, PoolRequest, Stage,
    Usage, UsageReport, Verified, examine,
};
use handcarry_rules::Command;
use handcarry_store::{NewLogEntry, StoreError};
use serde_json::json;

use crate::app::App;
use crate::failure::Failure;
use crate::service::explain::explain;
use crate::site::Site;

/// Files above this size are read off the runtime's threads.
const LARGE: usize = 64 << 10;

/// A verified document of a kind that a person uploads.
#[derive(Debug)]
pub(super) enum Uploaded {
    Request(Box<Verified<ActivationRequest>>),
    Return(Box<Verified<Deactivation>>),
    Report(Box<Verified<UsageReport>>),
    Holder(Box<Verified<License>>),
    Question(Box<Verified<PoolRequest>>),
}

impl Uploaded {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Uploaded::Request(_) => Kind::ActivationRequest,
            Uploaded::Return(_) => Kind::Deactivation,
            Uploaded::Report(_) => Kind::UsageReport,
            Uploaded::Holder(_) => Kind::License,
            Uploaded::Question(_) => Kind::PoolRequest,
        }
    }

    pub(super) fn id(&self) -> &Id {
        match self {
            Uploaded::Request(file) => &file.id,
            Uploaded::Return(file) => &file.id,
            Uploaded::Report(file) => &file.id,
            Uploaded::Holder(file) => &file.id,
            Uploaded::Question(file) => &file.id,
        }
    }

    pub(super) fn digest(&self) -> Digest {
        match self {
            Uploaded::Request(file) => file.digest(),
            Uploaded::Return(file) => file.digest(),
            Uploaded::Report(file) => file.digest(),
            Uploaded::Holder(file) => file.digest(),
            Uploaded::Question(file) => file.digest(),
        }
    }

    /// What it asks for; none if it is about no activation.
    pub(super) fn command(&self) -> Option<Command<'_>> {
        Some(match self {
            Uploaded::Request(file) => Command::Activate(file),
            Uploaded::Return(file) => Command::Return(file),
            Uploaded::Report(file) => Command::Report(file),
            Uploaded::Holder(file) => Command::Refresh(file),
            Uploaded::Question(_) => return None,
        })
    }

    /// Its usage, if it has any.
    pub(super) fn usage(&self) -> Option<&Usage> {
        match self {
            Uploaded::Return(file) => Some(&file.usage),
            Uploaded::Report(file) => Some(&file.usage),
            Uploaded::Request(_) | Uploaded::Holder(_) | Uploaded::Question(_) => None,
        }
    }

    /// The document as a DSSE JSON envelope.
    pub(super) fn envelope(&self) -> String {
        match self {
            Uploaded::Request(file) => file.envelope().to_json(),
            Uploaded::Return(file) => file.envelope().to_json(),
            Uploaded::Report(file) => file.envelope().to_json(),
            Uploaded::Holder(file) => file.envelope().to_json(),
            Uploaded::Question(file) => file.envelope().to_json(),
        }
    }

    /// The number of its usage report, if it has one.
    pub(super) fn report(&self) -> Option<u32> {
        match self {
            Uploaded::Return(file) => Some(file.usage.number),
            Uploaded::Report(file) => Some(file.usage.number),
            Uploaded::Request(_) | Uploaded::Holder(_) | Uploaded::Question(_) => None,
        }
    }
}

/// Makes every check that the page made, again.
pub(super) async fn verify(app: &App, site: &Arc<Site>, bytes: Bytes) -> Result<Uploaded, Failure> {
    let examined = if bytes.len() <= LARGE {
        open(app, site, &bytes)
    } else {
        // A large file costs memory and time: a few at once.
        let turn = app.large.acquire().await.map_err(|_| StoreError::Closed)?;
        let (app, site) = (app.clone(), Arc::clone(site));
        let opened = tokio::task::spawn_blocking(move || open(&app, &site, &bytes)).await;
        drop(turn);
        opened.map_err(|_| StoreError::Panicked)?
    };
    match examined {
        Ok(document) => sort(document),
        Err((error, digest, problem)) => {
            app.metrics.document("none", problem.code.as_str());
            if matches!(error.stage(), Stage::Key | Stage::Signature) {
                log_untrusted(app, site, &problem, digest).await?;
            }
            Err(Failure::Problem(problem))
        }
    }
}

type Unopened = (Error, Option<Digest>, Box<Problem>);

fn open(app: &App, site: &Site, bytes: &[u8]) -> Result<AnyVerified, Unopened> {
    let examination = examine(bytes, &site.trust, &app.settings.file_limits());
    examination.document.map_err(|error| {
        let problem = crate::failure::referenced(explain(&error, examination.kind));
        (error, examination.digest, Box::new(problem))
    })
}

/// What is genuine, but not for here, is named for what it is (D-16).
fn sort(document: AnyVerified) -> Result<Uploaded, Failure> {
    match document {
        AnyVerified::ActivationRequest(file) => Ok(Uploaded::Request(Box::new(file))),
        AnyVerified::Deactivation(file) => Ok(Uploaded::Return(Box::new(file))),
        AnyVerified::UsageReport(file) => Ok(Uploaded::Report(Box::new(file))),
        AnyVerified::License(file) => Ok(Uploaded::Holder(Box::new(file))),
        AnyVerified::Receipt(file) => Err(Problem::new(422, code::NOT_FOR_UPLOAD)
            .with("kind", Kind::Receipt.name())
            .with("device", &file.device.name)
            .with("product", &file.product.name)
            .into()),
        AnyVerified::PoolRequest(file) => Ok(Uploaded::Question(Box::new(file))),
        AnyVerified::Keyring(_) | AnyVerified::Pool(_) => {
            Err(Problem::new(422, code::NOT_FOR_UPLOAD).with("kind", document.kind().name()).into())
        }
    }
}

/// D-18: a file that was changed, or signed by nobody known, is a security event; it has no other effect.
async fn log_untrusted(
    app: &App,
    site: &Site,
    problem: &Problem,
    digest: Option<Digest>,
) -> Result<(), StoreError> {
    tracing::warn!(
        tenant = %site.tenant.slug,
        code = problem.code,
        reference = problem.reference,
        "security event: a document that cannot be trusted",
    );
    let data = json!({
        "code": problem.code,
        "reference": problem.reference,
        "digest": digest.map(|digest| digest.to_string()),
        "facts": problem.facts,
    });
    let entry =
        NewLogEntry { at: app.clock.now(), event: "security.untrusted".to_owned(), data: data.to_string() };
    let tenant = site.id();
    app.store.write(move |tx| tx.append_log(tenant, &entry).map(drop)).await
}
