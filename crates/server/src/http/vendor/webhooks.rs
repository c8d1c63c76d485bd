//! `api/v1/vendor/webhooks`: the vendor's own systems that are told of messages.

use axum::response::Response;
use handcarry_store::{Delivery, DeliveryFilter, DeliveryState, Webhook};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, NoBody, Paging, needs, shown};
use crate::notice::webhook::new_secret;
use crate::random;
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::value::{Key, Text};
use crate::service::vendor::webhooks::{self, NewWebhook};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, remove))
        .routes(routes!(test))
        .routes(routes!(deliveries))
}

/// A webhook to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook)]
struct New {
    /// Where requests go: HTTPS, or plain HTTP on the portal's own machine.
    #[schema(max_length = 2000, examples("https://hooks.acme.example/licenses"))]
    url: String,
    /// Codes of the messages that it is told of; absent = all.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 100)]
    codes: Option<Vec<Key>>,
}

/// A webhook, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
struct View {
    /// Its id.
    id: String,
    /// Where requests go.
    url: String,
    /// Codes of the messages that it is told of; absent = all.
    #[serde(skip_serializing_if = "Option::is_none")]
    codes: Option<Vec<String>>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Webhook> for View {
    fn from(webhook: Webhook) -> View {
        let Webhook { id, url, codes, created_at, .. } = webhook;
        View { id: id.to_string(), url, codes, created_at: created_at.to_string() }
    }
}

/// A webhook that was just added.
#[derive(Serialize, ToSchema)]
#[schema(as = AddedWebhook)]
struct Added {
    #[serde(flatten)]
    webhook: View,
    /// What signs its requests: `whsec_` and base64. It is shown this once.
    secret: String,
}

/// A test that is on its way.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookTest)]
struct Tested {
    /// The message's id, which is the request's `webhook-id`.
    message: String,
}

/// Lists webhooks, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/webhooks",
    tag = "webhooks",
    security(("token" = ["webhooks"])),
    params(Paging),
    responses((status = 200, description = "All webhooks", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::Webhooks>, list: List) -> Result<Response, Fault> {
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| {
        let all = tx.webhooks(tenant)?;
        let after = |it: &Webhook| page.after.as_ref().is_none_or(|after| it.id.as_str() != after);
        // There are few: the page is cut out here.
        let skipped =
            if page.after.is_some() { all.iter().take_while(|it| after(it)).count() + 1 } else { 0 };
        Ok(all.into_iter().skip(skipped).take(page.limit as usize).collect::<Vec<_>>())
    });
    Ok(list.answer(rows.await?, |row| row.id.to_string(), View::from))
}

/// Adds a webhook.
///
/// It is told of messages from now on: signed as the Standard Webhooks convention has it, tried again for three days, at
/// least once with the same `webhook-id`. Redirects are not followed.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/webhooks",
    tag = "webhooks",
    security(("token" = ["webhooks"])),
    request_body = New,
    responses((status = 201, description = "It was added", body = Added)),
)]
async fn create(
    allowed: Allowed<needs::Webhooks>,
    Change { body, asked }: Change<New>,
) -> Result<Response, Fault> {
    let codes = body.codes.map(|codes| codes.into_iter().map(|code| code.0.to_string()).collect());
    let new = NewWebhook { url: body.url, codes };
    new.check(allowed.app.settings.insecure_webhooks)?;
    let (id, secret) = (random::id(), new_secret());
    let change = allowed.change(asked, move |unit| {
        let added = View::from(webhooks::add(unit, &id, &secret, &new)?);
        let place = format!("api/v1/vendor/webhooks/{id}");
        Ok(Done::created(place, &Added { webhook: added, secret: secret.clone() }).with_secret())
    });
    change.await
}

/// Shows a webhook.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/webhooks/{id}",
    tag = "webhooks",
    security(("token" = ["webhooks"])),
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = View)),
)]
async fn get(allowed: Allowed<needs::Webhooks>, AtId(id): AtId) -> Result<Response, Fault> {
    let read =
        allowed.read(move |tx, tenant| tx.webhook(tenant, &id)?.ok_or_else(|| unknown("webhook", &id)));
    Ok(shown(&View::from(read.await?)))
}

/// Removes a webhook. What is on its way to it is given up.
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/webhooks/{id}",
    tag = "webhooks",
    security(("token" = ["webhooks"])),
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 204, description = "It is gone")),
)]
async fn remove(
    allowed: Allowed<needs::Webhooks>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let change = allowed.change(asked, move |unit| {
        webhooks::remove(unit, &id)?;
        Ok(Done::nothing())
    });
    change.await
}

/// Sends a test to a webhook.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/webhooks/{id}/test",
    tag = "webhooks",
    security(("token" = ["webhooks"])),
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 202, description = "It is on its way", body = Tested)),
)]
async fn test(
    allowed: Allowed<needs::Webhooks>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let name = random::id();
    let change = allowed.change(asked, move |unit| {
        let message = webhooks::test(unit, &id, &name)?.to_string();
        Ok(Done { status: 202, ..Done::ok(&Tested { message }) })
    });
    change.await
}

/// A message on its way.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
struct Way {
    /// The message's id, which is the request's `webhook-id`.
    message: String,
    /// The message's code.
    code: String,
    /// `mail` or `webhook`.
    channel: String,
    /// E-mail address, or id of a webhook.
    target: String,
    /// `waiting`, `done` or `dead`.
    state: String,
    /// How often it was tried.
    attempts: u32,
    /// When the next attempt is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    due: Option<String>,
    /// When it was done or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<Delivery> for Way {
    fn from(it: Delivery) -> Way {
        Way {
            message: it.message.to_string(),
            code: it.code,
            channel: it.channel.name().to_owned(),
            target: it.target,
            state: it.state.name().to_owned(),
            attempts: it.attempts,
            due: (it.state == DeliveryState::Waiting).then(|| it.due.to_string()),
            ended_at: it.ended_at.map(|at| at.to_string()),
            error: it.error,
        }
    }
}

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those in this state.
    state: Option<Sent>,
    /// Only those to this e-mail address or webhook.
    #[param(value_type = Option<Text>)]
    target: Option<Text>,
}

/// What has become of a delivery.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = DeliveryState)]
enum Sent {
    /// It is tried, or tried again.
    Waiting,
    /// The other side took it.
    Done,
    /// It was given up.
    Dead,
}

/// Lists messages on their way, by e-mail too, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/deliveries",
    tag = "webhooks",
    security(("token" = ["webhooks"])),
    params(Filter, Paging),
    responses((status = 200, description = "A page of deliveries", body = Listing<Way>)),
)]
async fn deliveries(allowed: Allowed<needs::Webhooks>, list: List<Filter>) -> Result<Response, Fault> {
    let state = list.filter.state.map(|state| match state {
        Sent::Waiting => DeliveryState::Waiting,
        Sent::Done => DeliveryState::Done,
        Sent::Dead => DeliveryState::Dead,
    });
    let filter = DeliveryFilter { state, target: list.filter.target.as_ref().map(|it| it.0.clone()) };
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| Ok(tx.deliveries(tenant, &filter, &page)?)).await?;
    Ok(list.answer(rows, |row| row.seq.to_string(), Way::from))
}
