//! What the portal says of a license at this moment (ALT-22), in words.

use handcarry_format::json::Json;

use crate::app::App;
use crate::client::{parse, string};
use crate::component::phrase::tell;
use crate::component::{El, h};
use crate::words::{W, t};

/// The line that says so. It is there before it says anything, so that it is read out whenever it does.
pub(super) fn line(app: App) -> El {
    let said = move || words(&app.live()).map(|said| h("strong").text(&said)).into_iter().collect();
    h("p").at("role", "status").live(said)
}

/// The words for an event; `None` if it is not whole.
fn words(data: &str) -> Option<String> {
    let value = parse(data)?;
    let number = |name| match value.get(name) {
        Some(Json::Int(number)) => Some(number.to_string()),
        _ => None,
    };
    let days = number("days_left");
    let status = match string(&value, "status")?.as_str() {
        "active" => W::StatusActive,
        "pending" => W::StatusPending,
        "inactive" => W::StatusInactive,
        "blocked" if days.as_deref() == Some("0") => W::StatusExpired,
        "blocked" => W::StatusBlocked,
        _ => W::StatusUnverified,
    };
    let mut told = tell(W::LiveNow, &[t(status).to_owned(), number("seats_used")?, number("seats")?]);
    if let Some(days) = days {
        told.push(' ');
        told.push_str(&tell(W::LiveDays, &[days]));
    }
    Some(told)
}
