//! What all addresses of the vendor API have in common, added to their description.

use handcarry_api::Problem;
use utoipa::PartialSchema as _;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required,
    ResponseBuilder, Type,
};

/// Every operation says its scope, its problems, and its idempotency key.
pub(super) fn complete(mut description: OpenApi) -> OpenApi {
    for item in description.paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            let writes = !matches!(method, HttpMethod::Get);
            let at_one = operation
                .parameters
                .iter()
                .flatten()
                .any(|it| matches!(it, RefOr::T(it) if matches!(it.parameter_in, ParameterIn::Path)));
            if let Some(scope) = scope(operation) {
                let said = operation.description.take().unwrap_or_default();
                operation.description =
                    Some(format!("{said}\n\nNeeds the scope `{scope}`.").trim().to_owned());
            }
            problem(
                operation,
                "400",
                "The request cannot be read: a parameter, a header, or the syntax of the body",
            );
            problem(operation, "401", "No token, or none that is taken here");
            problem(operation, "403", "The token lacks the scope");
            let pages = operation
                .parameters
                .iter()
                .flatten()
                .any(|it| matches!(it, RefOr::T(it) if it.name == "after"));
            if pages {
                problem(operation, "422", "`after` is none of this list's cursors");
            }
            if at_one {
                problem(operation, "404", "There is no such thing");
            }
            if writes {
                problem(operation, "408", "The body did not arrive in time");
                problem(
                    operation,
                    "409",
                    "It meets a state that does not allow it, or the idempotency key was used for another request",
                );
                problem(operation, "413", "The body is too large");
                problem(operation, "415", "The body is of another type");
                problem(operation, "422", "A member of the body is not taken; `facts.field` names it");
                problem(operation, "507", "No room is left; nothing was changed");
                operation.parameters.get_or_insert_default().push(idempotency_key().into());
                mark_replays(operation);
            }
            problem(
                operation,
                "429",
                "Too many requests from this address, or with this token; `Retry-After` says when to come back",
            );
            problem(operation, "503", "Come back later");
        }
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("hc_…");
    let bearer = bearer.description(Some(
        "A token of this tenant: `handcarry token create`, or `POST /api/v1/vendor/tokens`. Its scopes say what it allows.",
    ));
    let components = ComponentsBuilder::from(description.components.take().unwrap_or_default())
        .schema("Problem", Problem::schema())
        .security_scheme("token", SecurityScheme::Http(bearer.build()));
    description.components = Some(components.build());
    description
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The scope that an operation declares.
fn scope(operation: &Operation) -> Option<String> {
    let declared = serde_json::to_value(operation.security.as_ref()?.first()?).ok()?;
    declared.get("token")?.get(0)?.as_str().map(str::to_owned)
}

/// Adds a problem, unless the operation describes that status itself.
fn problem(operation: &mut Operation, status: &str, what: &str) {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response =
        ResponseBuilder::new().description(what).content("application/problem+json", content).build();
    operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(128))
        .pattern(Some("^[!-~]+$"))
        .build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same key with the same request gets the same answer again, byte for byte, for two days at least; nothing is done twice.",
        ))
        .schema(Some(schema))
        .build()
}

fn mark_replays(operation: &mut Operation) {
    let done = operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
    for (_, response) in done {
        if let RefOr::T(response) = response {
            let schema = ObjectBuilder::new().schema_type(Type::String).build();
            let header = HeaderBuilder::new().schema(Some(schema));
            let header = header.description(Some("`true`: this is the answer from before")).build();
            response.headers.insert("idempotent-replayed".to_owned(), header.into());
        }
    }
}
