//! `handcarry pool list`

use chrono::NaiveDate;
use handcarry_format::Id;
use handcarry_rules::PoolStatus;
use handcarry_store::{Days, PoolColumn, PoolFilter, PoolQuery};

use super::Portal;
use crate::cli::{Done, Stop, arguments, say};
use crate::clock::{Clock as _, SystemClock};
use crate::service::pool::{PoolRow, row};

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    pub(super) tenant: Option<Id>,
    /// Only of this status; again for more
    #[arg(long, value_parser = status)]
    status: Vec<PoolStatus>,
    /// Part of the customer's name
    #[arg(long)]
    customer: Option<String>,
    /// Part of the company's name
    #[arg(long)]
    company: Option<String>,
    /// Part of the product's name
    #[arg(long)]
    product: Option<String>,
    /// Part of the edition
    #[arg(long)]
    edition: Option<String>,
    /// Part of the version
    #[arg(long)]
    version: Option<String>,
    /// Part of the license key
    #[arg(long)]
    key: Option<String>,
    /// Exactly this order
    #[arg(long)]
    order: Option<String>,
    /// First day: from
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    start_from: Option<NaiveDate>,
    /// First day: to
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    start_to: Option<NaiveDate>,
    /// Last day: from
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    end_from: Option<NaiveDate>,
    /// Last day: to
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    end_to: Option<NaiveDate>,
    /// Last day of maintenance: from
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    maintenance_from: Option<NaiveDate>,
    /// Last day of maintenance: to
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    maintenance_to: Option<NaiveDate>,
    /// Order by this column: id, status, customer, company, product, edition, version, key, start, end, maintenance
    #[arg(long, value_parser = column, default_value = "id")]
    sort: PoolColumn,
    /// The other way round
    #[arg(long)]
    descending: bool,
    /// After this license id
    #[arg(long, value_parser = arguments::id)]
    after: Option<Id>,
    /// At most so many
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

fn status(text: &str) -> Result<PoolStatus, String> {
    PoolStatus::from_name(text).ok_or_else(|| names(PoolStatus::ALL.map(PoolStatus::name)))
}

fn column(text: &str) -> Result<PoolColumn, String> {
    PoolColumn::from_name(text).ok_or_else(|| names(PoolColumn::ALL.map(PoolColumn::name)))
}

fn names<const N: usize>(all: [&str; N]) -> String {
    format!("one of {}", all.join(", "))
}

pub(super) fn run(portal: &Portal, given: Arguments) -> Done {
    let (tenant, now, json) = (portal.site.id(), SystemClock.now(), given.json);
    let query = PoolQuery {
        filter: PoolFilter {
            statuses: given.status,
            customer: given.customer,
            company: given.company,
            product: given.product,
            edition: given.edition,
            version: given.version,
            key: given.key,
            order: given.order,
            start: Days { from: given.start_from, to: given.start_to },
            end: Days { from: given.end_from, to: given.end_to },
            maintenance: Days { from: given.maintenance_from, to: given.maintenance_to },
        },
        sort: given.sort,
        descending: given.descending,
        after: given.after,
        limit: given.limit,
        now,
    };
    for pooled in portal.store.read_blocking(move |tx| tx.pool(tenant, &query)).map_err(Stop::from)? {
        let row = row(&portal.site, &pooled, now);
        if json {
            say(&serde_json::to_string(&row).map_err(|error| Stop::from(error.to_string()))?);
        } else {
            say_row(&row);
        }
    }
    Ok(())
}

/// Id, status, why, product, edition, version, customer, company, key, start, end, days left, maintenance days left.
pub(super) fn say_row(row: &PoolRow) {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let days = |days: Option<i64>| days.map_or_else(|| "-".to_owned(), |days| days.to_string());
    let why = row.reason.as_ref().and_then(|reason| Some(reason["code"].as_str()?.to_owned()));
    let columns = [
        row.id.clone(),
        row.status.clone(),
        or(&why),
        row.product.clone(),
        or(&row.edition),
        or(&row.version),
        or(&row.customer),
        or(&row.company),
        row.key.clone(),
        or(&row.start),
        or(&row.end),
        days(row.days_left),
        days(row.maintenance_days_left),
    ];
    say(&columns.join("\t"));
}
