//! Lists: a page at a time, in an order that does not shift while rows come and go.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handcarry_api::{Problem, code};
use handcarry_store::Page;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::vendor::answered::shown;
use crate::http::vendor::strict;

/// Most rows in one answer.
const MOST: u32 = 200;
/// Rows where the caller does not say.
const USUAL: u32 = 50;

/// Parameters of every list, for its description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described; they are read by hand")]
pub(in crate::http) struct Paging {
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
    /// Rows in the answer at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Listing<T> {
    /// The rows.
    items: Vec<T>,
    /// For `after`, if there may be more. Its content is nobody's business.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// No filters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NoFilter {}

/// What a caller wants of a list. `F` holds the filters; its struct says `deny_unknown_fields`.
pub(in crate::http) struct List<F = NoFilter> {
    /// The filters.
    pub(in crate::http) filter: F,
    /// The cursor, if it is not the first page.
    pub(in crate::http) after: Option<String>,
    limit: u32,
}

impl<F: DeserializeOwned> FromRequestParts<App> for List<F> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Fault> {
        Ok(parse(parts.uri.query().unwrap_or_default())?)
    }
}

fn parse<F: DeserializeOwned>(query: &str) -> Result<List<F>, Failure> {
    let wrong = |parameter: &str| Problem::new(400, code::PARAMETER).with("parameter", parameter);
    let (mut after, mut limit, mut rest) = (None, None, Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = match &*name {
            "after" => &mut after,
            "limit" => &mut limit,
            _ => {
                rest.push((name.into_owned(), value.into_owned()));
                continue;
            }
        };
        if place.replace(value.into_owned()).is_some() {
            return Err(wrong(&name).with("why", "there twice").into());
        }
    }
    let no_cursor = || Failure::from(Problem { status: 422, ..wrong("after") });
    let after = after.map(|text| open(&text).ok_or_else(no_cursor)).transpose()?;
    let limit = match limit {
        Some(text) => text.parse().ok().filter(|limit| (1..=MOST).contains(limit)),
        None => Some(USUAL),
    };
    let limit = limit.ok_or_else(|| Failure::from(wrong("limit").with("why", format!("1 to {MOST}"))))?;
    Ok(List { filter: strict::parameters(rest)?, after, limit })
}

impl<F> List<F> {
    /// The page for the store: one row more than asked for, which tells whether there are more.
    pub(in crate::http) fn page(&self) -> Page {
        Page { after: self.after.clone(), limit: self.limit + 1 }
    }

    /// The answer, from the rows of [`List::page`]; `cursor` is the store's for a row.
    pub(in crate::http) fn answer<R, T: Serialize>(
        &self,
        mut rows: Vec<R>,
        cursor: impl Fn(&R) -> String,
        view: impl Fn(R) -> T,
    ) -> Response {
        let limit = self.limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| close(&cursor(last)));
        shown(&Listing { items: rows.into_iter().map(view).collect(), next })
    }
}

fn close(cursor: &str) -> String {
    URL_SAFE_NO_PAD.encode(cursor)
}

fn open(text: &str) -> Option<String> {
    let cursor = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    // No cursor of ours has one, and not every database takes it.
    (!cursor.contains(char::is_control)).then_some(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        seats: Option<u32>,
        name: Option<String>,
    }

    #[test]
    fn parameters_are_read_strictly() {
        let list = parse::<Filter>(&format!("seats=3&name=a%20b&limit=7&after={}", close("x/ü"))).unwrap();
        assert_eq!((list.filter.seats, list.filter.name.as_deref()), (Some(3), Some("a b")));
        assert_eq!(list.page(), Page { after: Some("x/ü".to_owned()), limit: 8 });
        assert_eq!(parse::<NoFilter>("").unwrap().limit, USUAL);
        for (query, parameter) in [
            ("other=1", "other"),
            ("seats=x", "seats"),
            ("seats=1&seats=2", "seats"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=1&limit=1", "limit"),
        ] {
            let Err(failure) = parse::<Filter>(query) else { panic!("{query}") };
            let problem = failure.into_problem();
            assert_eq!((problem.status, problem.facts["parameter"].as_str()), (400, parameter), "{query}");
        }
        assert!(parse::<NoFilter>("x=1").is_err());
        for cursor in ["!", "_w", &close("a\0")] {
            let Err(failure) = parse::<NoFilter>(&format!("after={cursor}")) else { panic!("{cursor}") };
            let problem = failure.into_problem();
            assert_eq!((problem.status, problem.facts["parameter"].as_str()), (422, "after"), "{cursor}");
        }
    }
}
