//! `api/v1/vendor/messages`: what people were told.

use axum::response::Response;
use handcarry_store::{Message, MessageFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, List, Listing, Paging, needs, shown};
use crate::notice::words::{Sender, text};
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::value::{Key, Name};
use crate::site::Site;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// A message (ALT-19).
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
struct View {
    /// Its id.
    id: String,
    /// What it says, as a stable name such as `license.blocked`.
    code: String,
    /// When it came to be so.
    #[schema(format = DateTime)]
    at: String,
    /// The license that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    /// The activation that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    activation: Option<String>,
    /// Who was told by e-mail, of `administrator`, `holder` and `vendor`.
    audience: Vec<String>,
    /// The facts.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    facts: Value,
    /// It in words, in the tenant's language: one line.
    subject: String,
    /// It in words: all of it.
    text: String,
}

fn view(site: &Site, message: Message) -> View {
    let message = message.message;
    let facts: serde_json::Map<String, Value> = serde_json::from_str(&message.facts).unwrap_or_default();
    let told = text(&message.code, &facts, message.at, &Sender::of(&site.tenant));
    View {
        id: message.id.to_string(),
        code: message.code,
        at: message.at.to_string(),
        license: message.license.map(|id| id.to_string()),
        activation: message.activation.map(|id| id.to_string()),
        audience: message.audience.iter().map(|audience| audience.name().to_owned()).collect(),
        facts: Value::Object(facts),
        subject: told.subject,
        text: told.body,
    }
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those about this license.
    #[param(value_type = Option<Key>)]
    license: Option<Key>,
    /// Only those with this code.
    #[param(value_type = Option<Name>)]
    code: Option<Name>,
}

/// Lists messages, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/messages",
    tag = "messages",
    security(("token" = ["messages:read"])),
    params(Filter, Paging),
    responses((status = 200, description = "A page of messages", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::MessagesRead>, list: List<Filter>) -> Result<Response, Fault> {
    let filter = MessageFilter {
        license: list.filter.license.clone().map(|license| license.0),
        code: list.filter.code.as_ref().map(|code| code.0.clone()),
    };
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| Ok(tx.messages(tenant, &filter, &page)?)).await?;
    Ok(list.answer(rows, |row| row.seq.to_string(), |row| view(&allowed.site, row)))
}

/// Shows a message.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/messages/{id}",
    tag = "messages",
    security(("token" = ["messages:read"])),
    params(("id" = String, Path, description = "The message's id")),
    responses((status = 200, description = "The message", body = View)),
)]
async fn get(allowed: Allowed<needs::MessagesRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read =
        allowed.read(move |tx, tenant| tx.message(tenant, &id)?.ok_or_else(|| unknown("message", &id)));
    let message = read.await?;
    Ok(shown(&view(&allowed.site, message)))
}
