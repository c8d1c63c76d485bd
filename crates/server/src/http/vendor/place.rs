//! Things that belong to a license, by their place in the address.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use handcarry_api::{Problem, code};
use handcarry_format::Id;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::AtId;
use crate::service::vendor::seats::user_of;
use crate::service::vendor::value::Name;

/// A user of a license: `{id}` and `{user}`.
pub(in crate::http) struct AtUser {
    pub(in crate::http) license: Id,
    /// As it is known: in small letters.
    pub(in crate::http) user: String,
}

/// A reading of a license's source: `{id}` and `{reading}`.
pub(in crate::http) struct AtReading {
    pub(in crate::http) license: Id,
    pub(in crate::http) reading: Id,
}

impl FromRequestParts<App> for AtUser {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let AtId(license) = AtId::from_request_parts(parts, app).await?;
        let user = named(parts, app, "user").await.and_then(|user| Name::try_from(user).ok());
        Ok(AtUser { license, user: user_of(&user.ok_or_else(unknown)?.0) })
    }
}

impl FromRequestParts<App> for AtReading {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let AtId(license) = AtId::from_request_parts(parts, app).await?;
        let reading = named(parts, app, "reading").await.as_deref().and_then(Id::new);
        Ok(AtReading { license, reading: reading.ok_or_else(unknown)? })
    }
}

async fn named(parts: &mut Parts, app: &App, name: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, app).await.ok()?;
    params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

fn unknown() -> Fault {
    Problem::new(404, code::RESOURCE_UNKNOWN).into()
}
