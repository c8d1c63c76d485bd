//! `api/v1/vendor/products`: what is licensed. The shortest resource: the one to copy.

use axum::response::Response;
use handcarry_format::Product;
use handcarry_store::CatalogProduct;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, Paging, needs, shown_at};
use crate::service::vendor::done::Done;
use crate::service::vendor::feature::{self, Feature};
use crate::service::vendor::products::{self, Changes, MOST_FEATURES};
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::value::{Given, Key, Name, given};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update))
}

/// A product to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProduct {
    /// As the application names it.
    id: Key,
    /// Its name for people.
    name: Name,
    /// The version that is sold.
    #[serde(default)]
    version: Option<Name>,
    /// What can be licensed of it; a license names them by their ids.
    #[serde(default)]
    #[schema(max_items = 1000)]
    features: Vec<Feature>,
}

/// A change of a product. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProductChange {
    /// The revision that the caller has read; another one by now is `resource.stale`.
    #[schema(minimum = 1)]
    revision: u32,
    /// Its name for people.
    #[serde(default)]
    name: Option<Name>,
    /// The version that is sold; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Name>)]
    version: Given<Name>,
    /// Its features, all of them.
    #[serde(default)]
    #[schema(max_items = 1000)]
    features: Option<Vec<Feature>>,
}

/// A product.
#[derive(Serialize, ToSchema)]
#[schema(as = Product)]
struct View {
    /// As the application names it.
    id: String,
    /// Its name for people.
    name: String,
    /// The version that is sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// What can be licensed of it.
    features: Vec<Feature>,
    /// Rises with every change.
    #[schema(minimum = 1)]
    revision: u32,
}

impl From<CatalogProduct> for View {
    fn from(CatalogProduct { product, features, revision }: CatalogProduct) -> View {
        View {
            id: product.id.to_string(),
            name: product.name,
            version: product.version,
            features: features.iter().map(Feature::from).collect(),
            revision,
        }
    }
}

/// Lists products, by id.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/products",
    tag = "products",
    security(("token" = ["products:read"])),
    params(Paging),
    responses((status = 200, description = "A page of products", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::ProductsRead>, list: List) -> Result<Response, Fault> {
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| Ok(tx.catalog(tenant, &page)?)).await?;
    Ok(list.answer(rows, |row| row.product.id.to_string(), View::from))
}

/// Adds a product.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/products",
    tag = "products",
    security(("token" = ["products:write"])),
    request_body = NewProduct,
    responses((status = 201, description = "It was added", body = View)),
)]
async fn create(
    allowed: Allowed<needs::ProductsWrite>,
    Change { body, asked }: Change<NewProduct>,
) -> Result<Response, Fault> {
    let features = feature::features("features", body.features, MOST_FEATURES)?;
    let product = Product { id: body.id.0, name: body.name.0, version: body.version.map(|it| it.0) };
    let change = allowed.change(asked, move |unit| {
        let made = products::create(unit, &product, &features)?;
        let place = format!("api/v1/vendor/products/{}", made.product.id);
        Ok(Done::created(place, &View::from(made)).at_revision(1))
    });
    change.await
}

/// Shows a product.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/products/{id}",
    tag = "products",
    security(("token" = ["products:read"])),
    params(("id" = Key, Path, description = "The product's id")),
    responses((status = 200, description = "The product", body = View)),
)]
async fn get(allowed: Allowed<needs::ProductsRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read =
        allowed.read(move |tx, tenant| tx.product(tenant, &id)?.ok_or_else(|| unknown("product", &id)));
    let product = read.await?;
    Ok(shown_at(product.revision, &View::from(product)))
}

/// Changes a product. Licenses that were sold keep what they say.
#[utoipa::path(
    patch,
    path = "/api/v1/vendor/products/{id}",
    tag = "products",
    security(("token" = ["products:write"])),
    params(("id" = Key, Path, description = "The product's id")),
    request_body = ProductChange,
    responses((status = 200, description = "The product as it is now", body = View)),
)]
async fn update(
    allowed: Allowed<needs::ProductsWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<ProductChange>,
) -> Result<Response, Fault> {
    let features = body.features.map(|all| feature::features("features", all, MOST_FEATURES)).transpose()?;
    let changes = Changes {
        name: body.name.map(|name| name.0),
        version: body.version.map(|version| version.map(|it| it.0)),
        features,
    };
    let change = allowed.change(asked, move |unit| {
        let now = products::update(unit, &id, body.revision, &changes)?;
        let revision = now.revision;
        Ok(Done::ok(&View::from(now)).at_revision(revision))
    });
    change.await
}
