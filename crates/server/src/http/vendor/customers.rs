//! `api/v1/vendor/customers`: who buys licenses (ICE-01).

use axum::response::Response;
use handcarry_rules::holder::CustomerRecord;
use handcarry_store::{Customer, CustomerFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, NoBody, Paging, needs, shown_at};
use crate::random;
use crate::service::vendor::customers::{self, Changes};
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::value::{Given, Key, Name, given};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// Which customers; all that is given must fit.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Part of name, company, e-mail, address or a reference, without regard to case.
    #[param(value_type = Option<Name>)]
    search: Option<Name>,
    /// This e-mail address, without regard to case.
    #[param(value_type = Option<Name>)]
    email: Option<Name>,
    /// This reference, without regard to case.
    #[param(value_type = Option<Name>)]
    reference: Option<Name>,
}

/// A customer to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCustomer {
    /// Its id; absent = one is made.
    #[serde(default)]
    id: Option<Key>,
    /// Name of the person, or of the organization.
    name: Name,
    /// The organization, if the name is a person's.
    #[serde(default)]
    company: Option<Name>,
    /// Where notices go.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 254, format = Email)]
    email: Option<String>,
    /// Postal address, in lines.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 400)]
    address: Option<String>,
    /// What others call it, such as a number in your books.
    #[serde(default)]
    #[schema(max_items = 20)]
    references: Vec<Name>,
}

/// A change of a customer. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerChange {
    /// The revision that the caller has read; another one by now is `resource.stale`.
    #[schema(minimum = 1)]
    revision: u32,
    /// The name.
    #[serde(default)]
    name: Option<Name>,
    /// The organization; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Name>)]
    company: Given<Name>,
    /// Where notices go; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 254, format = Email)]
    email: Given<String>,
    /// Postal address, in lines; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 400)]
    address: Given<String>,
    /// What others call it, all of them.
    #[serde(default)]
    #[schema(max_items = 20)]
    references: Option<Vec<Name>>,
}

/// A customer.
#[derive(Serialize, ToSchema)]
#[schema(as = Customer)]
struct View {
    /// Its id.
    id: String,
    /// The name.
    name: String,
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// Where notices go.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What others call it.
    references: Vec<String>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
    /// Rises with every change.
    #[schema(minimum = 1)]
    revision: u32,
}

impl From<Customer> for View {
    fn from(Customer { record, created_at, revision }: Customer) -> View {
        View {
            id: record.id.to_string(),
            name: record.name,
            company: record.company,
            email: record.email,
            address: record.address,
            references: record.references,
            created_at: created_at.to_string(),
            revision,
        }
    }
}

/// Lists customers, by id.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/customers",
    tag = "customers",
    security(("token" = ["customers:read"])),
    params(Paging, Filter),
    responses((status = 200, description = "A page of customers", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::CustomersRead>, list: List<Filter>) -> Result<Response, Fault> {
    let page = list.page();
    let text = |it: &Option<Name>| it.as_ref().map(|it| it.0.clone());
    let filter = CustomerFilter {
        search: text(&list.filter.search),
        email: text(&list.filter.email),
        reference: text(&list.filter.reference),
    };
    let rows = allowed.read(move |tx, tenant| Ok(tx.customers(tenant, &filter, &page)?)).await?;
    Ok(list.answer(rows, |row| row.record.id.to_string(), View::from))
}

/// Adds a customer.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/customers",
    tag = "customers",
    security(("token" = ["customers:write"])),
    request_body = NewCustomer,
    responses((status = 201, description = "It was added", body = View)),
)]
async fn create(
    allowed: Allowed<needs::CustomersWrite>,
    Change { body, asked }: Change<NewCustomer>,
) -> Result<Response, Fault> {
    let record = CustomerRecord {
        id: body.id.map_or_else(random::id, |id| id.0),
        name: body.name.0,
        company: body.company.map(|it| it.0),
        email: body.email,
        address: body.address,
        references: body.references.into_iter().map(|it| it.0).collect(),
    };
    let change = allowed.change(asked, move |unit| {
        let made = customers::create(unit, &record)?;
        let place = format!("api/v1/vendor/customers/{}", made.record.id);
        Ok(Done::created(place, &View::from(made)).at_revision(1))
    });
    change.await
}

/// Shows a customer.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/customers/{id}",
    tag = "customers",
    security(("token" = ["customers:read"])),
    params(("id" = Key, Path, description = "The customer's id")),
    responses((status = 200, description = "The customer", body = View)),
)]
async fn get(allowed: Allowed<needs::CustomersRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read =
        allowed.read(move |tx, tenant| tx.customer(tenant, &id)?.ok_or_else(|| unknown("customer", &id)));
    let customer = read.await?;
    Ok(shown_at(customer.revision, &View::from(customer)))
}

/// Changes a customer. Files that were issued keep the name that they carry.
#[utoipa::path(
    patch,
    path = "/api/v1/vendor/customers/{id}",
    tag = "customers",
    security(("token" = ["customers:write"])),
    params(("id" = Key, Path, description = "The customer's id")),
    request_body = CustomerChange,
    responses((status = 200, description = "The customer as it is now", body = View)),
)]
async fn update(
    allowed: Allowed<needs::CustomersWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<CustomerChange>,
) -> Result<Response, Fault> {
    let changes = Changes {
        name: body.name.map(|it| it.0),
        company: body.company.map(|it| it.map(|it| it.0)),
        email: body.email,
        address: body.address,
        references: body.references.map(|all| all.into_iter().map(|it| it.0).collect()),
    };
    let change = allowed.change(asked, move |unit| {
        let now = customers::update(unit, &id, Some(body.revision), &changes)?;
        let revision = now.revision;
        Ok(Done::ok(&View::from(now)).at_revision(revision))
    });
    change.await
}

/// Removes a customer that no license names.
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/customers/{id}",
    tag = "customers",
    security(("token" = ["customers:write"])),
    params(("id" = Key, Path, description = "The customer's id")),
    responses((status = 204, description = "It is gone")),
)]
async fn delete(
    allowed: Allowed<needs::CustomersWrite>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let change = allowed.change(asked, move |unit| {
        customers::delete(unit, &id)?;
        Ok(Done::nothing())
    });
    change.await
}
