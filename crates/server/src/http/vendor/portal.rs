//! `api/v1/vendor/portal`: how the portal looks, and under which name it is found (LSP-14).

use axum::response::Response;
use handcarry_store::Tenant;
use handcarry_theme::Theme;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::cli::arguments;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, Change, NoParameters, needs, shown};
use crate::service::vendor::done::Done;
use crate::service::vendor::portal::{self, Changes};
use crate::service::vendor::refuse::field;
use crate::service::vendor::value::{Given, given};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update))
}

/// The vendor's portal.
#[derive(Serialize, ToSchema)]
#[schema(as = Portal)]
struct Shown {
    /// Its place in the path: `/t/{slug}/`.
    slug: String,
    /// The host name that it is found under, if it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    /// Its address, as files and vendor files name it.
    address: String,
    /// Name, logo, colors, shape, words and links; `{}` is the default look.
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    theme: Value,
}

/// A change of the portal. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PortalChange {
    /// A host name of its own; whoever asks has pointed it here. `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 253, pattern = "^[A-Za-z0-9.-]+$", examples("offline.acme.example"))]
    host: Given<String>,
    /// Its address, as files and vendor files name it from now on.
    #[serde(default)]
    #[schema(max_length = 299, examples("https://offline.acme.example/"))]
    address: Option<String>,
    /// How it looks; each value is checked, colors for their contrast.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>)]
    theme: Option<Value>,
}

impl From<Tenant> for Shown {
    fn from(tenant: Tenant) -> Shown {
        Shown {
            slug: tenant.slug.to_string(),
            host: tenant.host,
            address: tenant.portal,
            theme: serde_json::from_str(&tenant.theme).unwrap_or_default(),
        }
    }
}

/// Shows the portal's look and names.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/portal",
    tag = "portal",
    security(("token" = ["settings"])),
    responses((status = 200, description = "The portal", body = Shown)),
)]
async fn get(allowed: Allowed<needs::Settings>, _: NoParameters) -> Result<Response, Fault> {
    let tenant = allowed.read(|tx, tenant| portal::of(tx, tenant)).await?;
    Ok(shown(&Shown::from(tenant)))
}

/// Changes the portal's look and names: at once, with no rebuild.
#[utoipa::path(
    patch,
    path = "/api/v1/vendor/portal",
    tag = "portal",
    security(("token" = ["settings"])),
    request_body = PortalChange,
    responses((status = 200, description = "The portal as it is now", body = Shown)),
)]
async fn update(
    allowed: Allowed<needs::Settings>,
    Change { body, asked }: Change<PortalChange>,
) -> Result<Response, Fault> {
    let host = |text: String| arguments::host(&text).map_err(|why| Fault::from(field("host", why)));
    let address = |text: String| arguments::portal(&text).map_err(|why| Fault::from(field("address", why)));
    let changes = Changes {
        host: body.host.map(|given| given.map(host).transpose()).transpose()?,
        address: body.address.map(address).transpose()?,
        theme: body.theme.map(|theme| read(&theme)).transpose()?,
    };
    let change = allowed.change(asked, move |unit| {
        let now = portal::update(unit, &changes)?;
        Ok(Done::ok(&Shown::from(now)))
    });
    change.await
}

fn read(theme: &Value) -> Result<(String, Theme), Fault> {
    let text = theme.to_string();
    let theme = Theme::parse(&mut serde_json::Deserializer::from_str(&text))
        .map_err(|error| Fault::from(field("theme", format!("{error} ({})", error.code()))))?;
    Ok((text, theme))
}
