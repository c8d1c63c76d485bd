//! Files of the pool: in, out, and questions.

use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use handcarry_api::Problem;
use handcarry_format::{Id, KeyId, Kind, PoolFile, Verified, open};
use handcarry_rules::pool::Site as Asking;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::change;
use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::vendor::strict::{NoParameters, Taken};
use crate::http::vendor::{Allowed, Change, NoBody, needs, shown};
use crate::random;
use crate::service::explain::explain;
use crate::service::pool::{Carried, Loaded};
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::field;
use crate::service::vendor::value::{Key, Name, Text};

/// Their addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(upload))
        .routes(routes!(order))
        .routes(routes!(request))
        .routes(routes!(export))
        .routes(routes!(sites))
}

/// The text of a file.
struct File(Bytes);

impl Taken for File {
    fn limit(app: &App) -> u64 {
        app.settings.file_limits().file
    }

    fn take(_: &HeaderMap, bytes: Bytes) -> Result<File, Failure> {
        Ok(File(bytes))
    }
}

/// What became of a pool file.
#[derive(Serialize, ToSchema)]
struct PoolUpload {
    /// The same file was taken in before: nothing changed.
    again: bool,
    /// Each license of the file, in its order.
    licenses: Vec<UploadedLicense>,
}

/// What became of a license of a pool file.
#[derive(Serialize, ToSchema)]
struct UploadedLicense {
    /// The license's id.
    id: String,
    /// `new`, `kept` or `revived`.
    upload: &'static str,
    /// Its status now.
    status: &'static str,
}

impl From<Loaded> for PoolUpload {
    fn from(loaded: Loaded) -> PoolUpload {
        let licenses = loaded.licenses.into_iter().map(|one| UploadedLicense {
            id: one.id.to_string(),
            upload: one.upload.name(),
            status: one.status.name(),
        });
        PoolUpload { again: loaded.again, licenses: licenses.collect() }
    }
}

/// Takes in a pool file: licenses to upload (ALT-01, ALT-02), or the authority's answer to a carried question. The body is
/// the file as it is.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool",
    tag = "pool",
    security(("token" = ["pool"])),
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, description = "It was taken in", body = PoolUpload)),
)]
async fn upload(
    allowed: Allowed<needs::Pool>,
    Change { body: File(bytes), asked }: Change<File>,
) -> Result<Response, Fault> {
    let limits = allowed.app.settings.file_limits();
    let file = open::<PoolFile>(&bytes, &allowed.site.trust, &limits);
    let file: Verified<PoolFile> = file.map_err(|error| explain(&error, Some(Kind::Pool)))?;
    change(&allowed, asked, move |keeper| {
        let loaded = keeper.load(&file)?;
        Ok(Done::ok(&PoolUpload::from(loaded)))
    })
    .await
}

/// An order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PoolOrder {
    /// The order id, as the license has it.
    order: Text,
}

/// Licenses that are being verified.
#[derive(Serialize, ToSchema)]
struct PoolIds {
    /// Their ids.
    licenses: Vec<String>,
}

/// Has every license of an order verified now, whatever its status (ICE-23).
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/order",
    tag = "pool",
    security(("token" = ["pool"])),
    request_body = PoolOrder,
    responses(
        (status = 200, description = "Its licenses", body = PoolIds),
        (status = 404, description = "No license of the pool has this order", body = Problem, content_type = "application/problem+json"),
    ),
)]
async fn order(
    allowed: Allowed<needs::Pool>,
    Change { body, asked }: Change<PoolOrder>,
) -> Result<Response, Fault> {
    change(&allowed, asked, move |keeper| {
        let ids = keeper.by_order(&body.order.0)?;
        Ok(Done::ok(&PoolIds { licenses: ids.iter().map(ToString::to_string).collect() }))
    })
    .await
}

/// A file to be carried.
#[derive(Serialize, ToSchema)]
struct CarriedFile {
    /// The file; absent if there is nothing to carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// How many licenses it is about.
    licenses: usize,
}

impl From<Carried> for CarriedFile {
    fn from(carried: Carried) -> CarriedFile {
        CarriedFile { text: Some(carried.text), licenses: carried.licenses }
    }
}

/// At a site: makes the question for the authority, to be carried there.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/request",
    tag = "pool",
    security(("token" = ["pool"])),
    responses((status = 200, description = "The question", body = CarriedFile)),
)]
async fn request(
    allowed: Allowed<needs::Pool>,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let id = random::id();
    change(&allowed, asked, move |keeper| {
        let carried = keeper.carried(&id)?.map(CarriedFile::from);
        Ok(Done::ok(&carried.unwrap_or(CarriedFile { text: None, licenses: 0 })))
    })
    .await
}

/// Licenses to put into a file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PoolExport {
    /// Their ids.
    #[schema(min_items = 1, max_items = 1000)]
    licenses: Vec<Key>,
    /// Id of the key of the site that it is for, which holds them from now on; absent = every site may upload it.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{16}$")]
    site: Option<String>,
    /// What the site is called, if it has not asked before.
    #[serde(default)]
    name: Option<Name>,
}

/// At an authority: makes a file of licenses, for one site or for every site.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/export",
    tag = "pool",
    security(("token" = ["pool"])),
    request_body = PoolExport,
    responses(
        (status = 200, description = "The file", body = CarriedFile),
        (status = 404, description = "One of the licenses is not there", body = Problem, content_type = "application/problem+json"),
    ),
)]
async fn export(
    allowed: Allowed<needs::Pool>,
    Change { body, asked }: Change<PoolExport>,
) -> Result<Response, Fault> {
    if body.licenses.is_empty() || body.licenses.len() > 1_000 {
        return Err(field("licenses", "1 to 1,000").into());
    }
    let mut licenses: Vec<Id> = body.licenses.into_iter().map(|key| key.0).collect();
    licenses.sort_unstable();
    licenses.dedup();
    let key = body.site.map(|text| KeyId::parse(&text).ok_or_else(|| field("site", "the id of a key")));
    let (key, name, id) = (key.transpose()?, body.name.map(|name| name.0), random::id());
    change(&allowed, asked, move |keeper| {
        let known = keeper.tx.pool_sites(keeper.site.id())?;
        let known = key.and_then(|key| known.into_iter().find(|site| site.site == key));
        let (known_name, portal) = known.map(|site| (site.name, site.portal)).unzip();
        let to = key
            .map(|key| Asking { key, name: name.clone().or(known_name).unwrap_or_else(|| key.to_string()) });
        let portal = portal.unwrap_or_default();
        let carried = keeper.export(&licenses, to.as_ref().map(|to| (to, portal.as_str())), &id)?;
        Ok(Done::ok(&CarriedFile::from(carried)))
    })
    .await
}

/// A site that has asked this authority.
#[derive(Serialize, ToSchema)]
struct PoolSite {
    /// Id of its key.
    site: String,
    /// Its name.
    name: String,
    /// The address of its portal.
    portal: String,
    /// Number of the last file that it was given.
    number: u32,
    /// When it last asked.
    #[schema(format = DateTime)]
    seen_at: String,
}

/// Sites that have asked.
#[derive(Serialize, ToSchema)]
struct PoolSites {
    /// By name.
    items: Vec<PoolSite>,
}

/// At an authority: the sites that have asked.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/pool/sites",
    tag = "pool",
    security(("token" = ["licenses:read"])),
    responses((status = 200, description = "The sites", body = PoolSites)),
)]
async fn sites(allowed: Allowed<needs::LicensesRead>, _: NoParameters) -> Result<Response, Fault> {
    let sites = allowed.read(|tx, tenant| Ok(tx.pool_sites(tenant)?)).await?;
    let items = sites.into_iter().map(|site| PoolSite {
        site: site.site.to_string(),
        name: site.name,
        portal: site.portal,
        number: site.number,
        seen_at: site.seen_at.to_string(),
    });
    Ok(shown(&PoolSites { items: items.collect() }))
}
