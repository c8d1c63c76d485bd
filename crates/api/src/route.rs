//! Where everything is, relative to a tenant's base: `/` under a host name of its own, `/t/{slug}/` elsewhere.

/// `POST` a document: its bytes are the body.
pub const DOCUMENTS: &str = "api/v1/documents";
/// `GET` the same answer again: `api/v1/documents/sha256-{hex}`.
pub const DOCUMENT: &str = "api/v1/documents/{digest}";
/// `POST` many documents.
pub const BATCH: &str = "api/v1/documents/batch";
/// `GET` what the license of a file is, as a stream: `api/v1/licenses/sha256-{hex}/events`.
pub const LICENSE_EVENTS: &str = "api/v1/licenses/{digest}/events";
/// `GET` whose portal this is.
pub const TENANT: &str = "api/v1/tenant";
/// `GET` the API's description.
pub const OPENAPI: &str = "api/v1/openapi.json";
/// `GET` the theme's colors.
pub const STYLESHEET: &str = "theme.css";
/// `GET` the logo.
pub const LOGO: &str = "logo";
/// `GET` the plain form, `POST` a file with it (D-22).
pub const SUBMIT: &str = "submit";
/// `GET` a signed file that the portal issued: `files/sha256-{hex}`.
pub const FILE: &str = "files/{digest}";
/// Where the addresses of the vendor's own systems begin.
pub const VENDOR: &str = "api/v1/vendor/";

/// `GET`: the process runs.
pub const HEALTHZ: &str = "healthz";
/// `GET`: the store answers.
pub const READYZ: &str = "readyz";
/// `GET`: figures for Prometheus.
pub const METRICS: &str = "metrics";

/// Header of an answer that was given before: when it was given first.
pub const FIRST_PROCESSED: &str = "handcarry-first-processed";
/// Header of an answer to a change that was made before, under the same idempotency key.
pub const REPLAYED: &str = "idempotent-replayed";
/// Header that names a request in the log.
pub const REQUEST_ID: &str = "x-request-id";
/// The type of [`crate::Problem`].
pub const PROBLEM_TYPE: &str = "application/problem+json";
