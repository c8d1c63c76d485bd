//! `api/v1/vendor/rules`: what the tenant decides for all its licenses.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use handcarry_format::Digest;
use handcarry_rules::holder::TransferPeriod;
use handcarry_rules::upgrade::{HostId, HostLock};
use handcarry_rules::{SeatFree, TenantRules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, Change, IfMatch, NoParameters, needs, shown};
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::field;
use crate::service::vendor::rules::{self, Changes};
use crate::service::vendor::value::{Email, Given, Text, Times, WaitDays, given};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update))
}

/// When a seat is free that was taken back without the device's proof (D-26).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = SeatFree)]
enum Free {
    /// At once.
    AtOnce,
    /// When the device's proof has come.
    WhenProven,
    /// So many days later, or when the proof has come.
    AfterDays(WaitDays),
}

/// How often a license may move to another device without a word (ICE-25).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferPeriod)]
struct Transfers {
    /// Transfers of one license in the period.
    #[schema(maximum = 1_000_000)]
    most: u32,
    /// Days of the period.
    #[schema(minimum = 1, maximum = 3660)]
    days: u32,
}

/// Language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Language {
    /// English.
    En,
    /// German.
    De,
}

/// What a tenant decides for all its licenses.
#[derive(Serialize, ToSchema)]
#[schema(as = Rules)]
struct Shown {
    /// Address of the portal that this one asks about its licenses; absent = it is the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    /// What the authority calls this portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    /// Re-hosts in 365 days that one person may make alone.
    rehosts_per_year: u32,
    /// When a seat is free that was taken back without the device's proof.
    seat_free: Free,
    /// Days after which a device that was declared lost is taken for lost without a second person (D-11).
    loss_wait_days: u32,
    /// How often a license may move to another device before it needs a justification; absent = as often as it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfers: Option<Transfers>,
    /// E-mail address of whoever runs the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    administrator: Option<String>,
    /// E-mail address of the vendor's own people.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor_contact: Option<String>,
    /// Language of messages.
    language: String,
    /// What this portal's server is: upgrades and sessions can be locked to it.
    host_ids: Vec<String>,
}

/// A change of the rules. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesChange {
    /// Re-hosts in 365 days that one person may make alone.
    #[serde(default)]
    rehosts_per_year: Option<Times>,
    /// When a seat is free that was taken back without the device's proof.
    #[serde(default)]
    seat_free: Option<Free>,
    /// Days after which a device that was declared lost is taken for lost without a second person.
    #[serde(default)]
    loss_wait_days: Option<WaitDays>,
    /// How often a license may move to another device before it needs a justification; `null` = as often as it allows.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Transfers>)]
    transfers: Given<Transfers>,
    /// E-mail address of whoever runs the portal; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Email>)]
    administrator: Given<Email>,
    /// E-mail address of the vendor's own people; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Email>)]
    vendor_contact: Given<Email>,
    /// Language of messages.
    #[serde(default)]
    language: Option<Language>,
    /// What this portal's server is, all of it, such as `HOSTNAME=alpha1`.
    #[serde(default)]
    #[schema(max_items = 64)]
    host_ids: Option<Vec<Text>>,
}

impl From<TenantRules> for Shown {
    fn from(rules: TenantRules) -> Shown {
        Shown {
            authority: rules.authority,
            site: rules.site,
            rehosts_per_year: rules.rehosts_per_year,
            seat_free: match rules.seat_free {
                SeatFree::AtOnce => Free::AtOnce,
                SeatFree::WhenProven => Free::WhenProven,
                SeatFree::AfterDays(days) => Free::AfterDays(WaitDays(days)),
            },
            loss_wait_days: rules.loss_wait_days,
            transfers: rules.transfers.map(|TransferPeriod { most, days }| Transfers { most, days }),
            administrator: rules.administrator,
            vendor_contact: rules.vendor_contact,
            language: rules.language,
            host_ids: rules.host_ids,
        }
    }
}

/// Names the rules as they are, for `If-Match`.
fn tag(rules: &TenantRules) -> String {
    // Strings and numbers: nothing can fail to serialize.
    let text = serde_json::to_string(rules).unwrap_or_default();
    format!("\"{}\"", &Digest::of(text.as_bytes()).hex()[..16])
}

/// Shows the rules.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/rules",
    tag = "rules",
    security(("token" = ["settings"])),
    responses((status = 200, description = "The rules", body = Shown, headers(("etag" = String)))),
)]
async fn get(allowed: Allowed<needs::Settings>, _: NoParameters) -> Result<Response, Fault> {
    let rules = allowed.read(|tx, tenant| rules::of(tx, tenant)).await?;
    let tag = tag(&rules);
    let mut response = shown(&Shown::from(rules));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Changes the rules: for what happens from now on.
#[utoipa::path(
    patch,
    path = "/api/v1/vendor/rules",
    tag = "rules",
    security(("token" = ["settings"])),
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that the caller has read; another one by now is `resource.stale`")),
    request_body = RulesChange,
    responses((status = 200, description = "The rules as they are now", body = Shown)),
)]
async fn update(
    allowed: Allowed<needs::Settings>,
    IfMatch(expected): IfMatch,
    Change { body, asked }: Change<RulesChange>,
) -> Result<Response, Fault> {
    let taken = |it: &Transfers| it.most <= 1_000_000 && (1..=3_660).contains(&it.days);
    if !body.transfers.as_ref().and_then(Option::as_ref).is_none_or(taken) {
        return Err(field("transfers", "at most 1000000 in 1 to 3660 days").into());
    }
    let says_hosts = body.host_ids.is_some();
    let host_ids = body.host_ids.unwrap_or_default();
    let is_none = |id: &Text| HostId::parse(&id.0).is_none();
    if host_ids.len() > HostLock::MAX || host_ids.iter().any(is_none) {
        return Err(field("host_ids", "at most 64 such as HOSTNAME=alpha1").into());
    }
    let changes = Changes {
        rehosts_per_year: body.rehosts_per_year.map(|it| it.0),
        seat_free: body.seat_free.map(|free| match free {
            Free::AtOnce => SeatFree::AtOnce,
            Free::WhenProven => SeatFree::WhenProven,
            Free::AfterDays(days) => SeatFree::AfterDays(days.0),
        }),
        transfers: body.transfers.map(|it| it.map(|Transfers { most, days }| TransferPeriod { most, days })),
        loss_wait_days: body.loss_wait_days.map(|it| it.0),
        administrator: body.administrator.map(|it| it.map(|it| it.0)),
        vendor_contact: body.vendor_contact.map(|it| it.map(|it| it.0)),
        language: body.language.map(|language| match language {
            Language::En => "en".to_owned(),
            Language::De => "de".to_owned(),
        }),
        host_ids: says_hosts.then(|| host_ids.into_iter().map(|id| id.0).collect()),
    };
    let change = allowed.change(asked, move |unit| {
        let is_expected =
            |known: &TenantRules| expected.as_ref().is_none_or(|it| it == "*" || *it == tag(known));
        let now = rules::update(unit, is_expected, &changes)?;
        Ok(Done::ok(&Shown::from(now)))
    });
    change.await
}
