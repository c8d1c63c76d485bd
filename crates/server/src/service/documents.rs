//! One document: verified, then booked, or answered as before.

use std::sync::Arc;

use bytes::Bytes;
use handcarry_api::code;
use handcarry_format::{Digest, Instant};

use crate::app::App;
use crate::failure::Failure;
use crate::random;
use crate::service::book::{Booking, Verdict};
use crate::service::sign_in::{Credentials, SignedIn, sign_in};
use crate::service::verify;
use crate::site::Site;

/// An answer, as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The outcome as JSON, byte for byte as it was first given.
    pub body: Bytes,
    /// Whether something was done just now.
    pub new: bool,
    /// When the same document was processed before, if it was.
    pub first_processed: Option<Instant>,
}

/// Takes a document. Who signs in claims what is theirs with it (LSP-03); a wrong password ends it.
pub async fn take(
    app: &App,
    site: &Arc<Site>,
    bytes: Bytes,
    credentials: Option<Credentials>,
) -> Result<Answered, Failure> {
    let document = verify::verify(app, site, bytes).await?;
    let user = match credentials {
        Some(given) => Some(sign_in(app, site, given).await?),
        None => None,
    };
    finish(app, book(app, site, document, user)?.await)
}

/// The unit of work for a verified document, not yet begun. Units run in the order in which they are first polled.
pub(super) fn book(
    app: &App,
    site: &Arc<Site>,
    document: verify::Uploaded,
    user: Option<SignedIn>,
) -> Result<impl Future<Output = Result<Verdict, Failure>> + use<>, Failure> {
    let now = app.clock.now();
    if !site.is_ready(now) {
        return Err(Failure::problem(503, code::TENANT_NOT_READY));
    }
    let booking = Booking {
        site: Arc::clone(site),
        document,
        user,
        fresh: random::fresh(&*app.clock),
        reference: random::reference(),
        now,
    };
    let app = app.clone();
    Ok(async move {
        let _waiting = app.metrics.waits();
        app.store.write(move |tx| booking.run(tx)).await
    })
}

pub(super) fn finish(app: &App, verdict: Result<Verdict, Failure>) -> Result<Answered, Failure> {
    match verdict? {
        Verdict::Done { body, done, kind, new } => {
            app.metrics.document(kind.name(), done);
            Ok(Answered { body: body.into(), new, first_processed: None })
        }
        Verdict::Again { filed } => {
            app.metrics.document(filed.kind.name(), "again");
            Ok(Answered { body: filed.answer.into(), new: false, first_processed: Some(filed.at) })
        }
        Verdict::Refused { problem, kind } => {
            app.metrics.document(kind.name(), "refused");
            Err(Failure::Problem(problem))
        }
    }
}

/// The answer to a document that was taken before.
pub async fn again(app: &App, site: &Site, digest: Digest) -> Result<Answered, Failure> {
    let tenant = site.id();
    let filed = app.store.read(move |tx| tx.filed(tenant, &digest)).await?;
    let filed = filed.ok_or_else(|| Failure::problem(404, code::DOCUMENT_UNKNOWN))?;
    Ok(Answered { body: filed.answer.into(), new: false, first_processed: Some(filed.at) })
}
