//! `api/v1/vendor/activations/{id}/…`: what staff do without the device (HEX-04 to HEX-10, re-host, D-11).

use axum::response::Response;
use handcarry_format::KeyId;
use handcarry_rules::{Reason, ReasonCode, StaffAction};
use handcarry_store::StaffState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, needs};
use crate::random;
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::field;
use crate::service::vendor::returns::{self, Ask, Came, Shown};
use crate::service::vendor::value::Text;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(retire))
        .routes(routes!(rehost))
        .routes(routes!(declare_lost))
        .routes(routes!(unblock))
}

/// Why it is done (D-28).
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Because {
    /// The reason, by its code. Only what the device gave back itself can be retired without one (HEX-10).
    #[serde(default)]
    reason: Option<Code>,
    /// The reason, in words.
    #[serde(default)]
    text: Option<Text>,
}

/// The reasons that there are. Each action takes some of them.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReasonCode)]
enum Code {
    /// The number of seats is to change (HEX-08).
    ChangeSeats,
    /// The device cannot be reached (HEX-09).
    OutOfReach,
    /// The device could not give the license back (HEX-09).
    R1Failed,
    /// The device is broken.
    Broken,
    /// The device is lost.
    Lost,
    /// The device was stolen.
    Stolen,
}

impl From<Code> for ReasonCode {
    fn from(code: Code) -> ReasonCode {
        match code {
            Code::ChangeSeats => ReasonCode::ChangeSeats,
            Code::OutOfReach => ReasonCode::OutOfReach,
            Code::R1Failed => ReasonCode::R1Failed,
            Code::Broken => ReasonCode::Broken,
            Code::Lost => ReasonCode::Lost,
            Code::Stolen => ReasonCode::Stolen,
        }
    }
}

impl Because {
    fn reason(self) -> Option<Reason> {
        let text = self.text.map(|text| text.0).unwrap_or_default();
        self.reason.map(|code| Reason { code: code.into(), text })
    }
}

/// Retires an activation without its device: R2.
///
/// For concurrent licenses only; a node-locked one is given back on its device, or re-hosted. Its id is never active
/// again and a new one can be made. A device that has not given the license back keeps it: the answer warns, and the
/// activation is marked `orphan_on_device`.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/activations/{id}/retire",
    tag = "activations",
    security(("token" = ["support"])),
    params(("id" = String, Path, description = "The activation's id")),
    request_body = Because,
    responses((status = 200, description = "It is retired", body = Shown)),
)]
async fn retire(
    allowed: Allowed<needs::Support>,
    id: AtId,
    change: Change<Because>,
) -> Result<Response, Fault> {
    act(allowed, id, change, StaffAction::Retire).await
}

/// Re-hosts a license of either kind: the device is out of reach.
///
/// The activation is closed, the device's key goes on the license's block list, which later files carry, and its seat is
/// free when the tenant's rules say. Above the tenant's quota for a year it waits for a second person.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/activations/{id}/rehost",
    tag = "activations",
    security(("token" = ["support"])),
    params(("id" = String, Path, description = "The activation's id")),
    request_body = Because,
    responses(
        (status = 200, description = "It is done", body = Shown),
        (status = 202, description = "It waits for a second person", body = Shown),
    ),
)]
async fn rehost(
    allowed: Allowed<needs::Support>,
    id: AtId,
    change: Change<Because>,
) -> Result<Response, Fault> {
    act(allowed, id, change, StaffAction::Rehost).await
}

/// Declares a device lost.
///
/// It takes effect like a re-host after the tenant's waiting period, if the device is not heard from in the meantime, or
/// as soon as a second person agrees.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/activations/{id}/declare-lost",
    tag = "activations",
    security(("token" = ["support"])),
    params(("id" = String, Path, description = "The activation's id")),
    request_body = Because,
    responses((status = 202, description = "It waits for time or a second person", body = Shown)),
)]
async fn declare_lost(
    allowed: Allowed<needs::Support>,
    id: AtId,
    change: Change<Because>,
) -> Result<Response, Fault> {
    act(allowed, id, change, StaffAction::DeclareLost).await
}

async fn act(
    allowed: Allowed<needs::Support>,
    AtId(activation): AtId,
    Change { body, asked }: Change<Because>,
    action: StaffAction,
) -> Result<Response, Fault> {
    let ask = Ask { id: random::id(), action, activation, reason: body.reason(), support: true };
    let change = allowed.change(asked, move |unit| Ok(answer(returns::ask(unit, &ask)?)));
    change.await
}

/// 200 for what is done, 202 for what waits.
pub(super) fn answer(came: Came) -> Done {
    let status = if came.record.state == StaffState::Waiting { 202 } else { 200 };
    Done { status, ..Done::ok(&Shown::from(came)) }
}

/// A device to let in again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Unblock {
    /// The id of the device's key: 16 hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    device: String,
    /// Why.
    text: Text,
}

/// A license's block list.
#[derive(Serialize, ToSchema)]
struct BlockList {
    /// The license's id.
    license: String,
    /// Its revision now.
    #[schema(minimum = 1)]
    revision: u32,
    /// The devices that may not be licensed.
    blocked: Vec<BlockedDevice>,
}

/// A device that may not be licensed.
#[derive(Serialize, ToSchema)]
struct BlockedDevice {
    /// The id of its key.
    device: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
}

/// Lets a device be licensed again that was blocked, such as one that was found.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/licenses/{id}/unblock",
    tag = "licenses",
    security(("token" = ["support"])),
    params(("id" = String, Path, description = "The license's id")),
    request_body = Unblock,
    responses((status = 200, description = "The license's block list as it is now", body = BlockList)),
)]
async fn unblock(
    allowed: Allowed<needs::Support>,
    AtId(license): AtId,
    Change { body, asked }: Change<Unblock>,
) -> Result<Response, Fault> {
    let device = KeyId::parse(&body.device).ok_or_else(|| field("device", "16 hexadecimal digits"))?;
    let change = allowed.change(asked, move |unit| {
        let now = returns::unblock(unit, &license, device, &body.text.0)?;
        let blocked = now
            .blocked
            .iter()
            .map(|block| BlockedDevice { device: block.device.to_string(), since: block.since.to_string() });
        let view =
            BlockList { license: now.id.to_string(), revision: now.revision, blocked: blocked.collect() };
        Ok(Done::ok(&view).at_revision(now.revision))
    });
    change.await
}
