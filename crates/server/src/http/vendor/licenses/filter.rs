//! Filters and order of the list of licenses: every column of ALT-23.

use chrono::{DateTime, Days as Span, NaiveDate};
use chrono_tz::Tz;
use handcarry_api::{Problem, code};
use handcarry_format::{Id, Instant};
use handcarry_rules::PoolStatus;
use handcarry_store::{Days, Page, PoolColumn, PoolFilter, PoolQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::Status;
use crate::failure::Failure;
use crate::service::vendor::value::{Day, DaysLeft, Name, Text};

/// Filters. Texts match a part, whatever the case of ASCII letters; days are included.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http::vendor) struct Filter {
    /// One of these, separated by commas.
    #[serde(default, deserialize_with = "separated")]
    #[param(value_type = Option<Vec<Status>>, style = Form, explode = false, min_items = 1)]
    status: Vec<PoolStatus>,
    /// Part of the customer's name.
    customer: Option<Name>,
    /// Part of the company's name.
    company: Option<Name>,
    /// Part of the product's name, or its id.
    product: Option<Name>,
    /// Part of the edition.
    edition: Option<Name>,
    /// Part of the version.
    version: Option<Name>,
    /// Part of the license key.
    key: Option<Name>,
    /// Exactly this order.
    order: Option<Text>,
    /// First day not before.
    start_from: Option<Day>,
    /// First day not after.
    start_to: Option<Day>,
    /// Last day not before.
    end_from: Option<Day>,
    /// Last day not after.
    end_to: Option<Day>,
    /// At least so many days left; perpetual licenses have none.
    days_left_from: Option<DaysLeft>,
    /// At most so many days left.
    days_left_to: Option<DaysLeft>,
    /// Last day of maintenance not before.
    maintenance_from: Option<Day>,
    /// Last day of maintenance not after.
    maintenance_to: Option<Day>,
    /// At least so many days of maintenance left.
    maintenance_days_left_from: Option<DaysLeft>,
    /// At most so many days of maintenance left.
    maintenance_days_left_to: Option<DaysLeft>,
    /// The column to sort by; with a minus the other way round.
    #[param(
        value_type = Option<String>,
        pattern = "^-?(id|status|customer|company|product|edition|version|key|start|end|days_left|maintenance_end|maintenance_days_left)$"
    )]
    sort: Option<Sort>,
}

/// A column to sort by, and which way. Equal ones are sorted by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Sort {
    column: PoolColumn,
    descending: bool,
}

impl TryFrom<String> for Sort {
    type Error = String;

    fn try_from(text: String) -> Result<Sort, String> {
        let (name, descending) = text.strip_prefix('-').map_or((text.as_str(), false), |name| (name, true));
        let column = match name {
            "days_left" => Some(PoolColumn::End),
            "maintenance_end" | "maintenance_days_left" => Some(PoolColumn::Maintenance),
            "maintenance" => None,
            name => PoolColumn::from_name(name),
        };
        column.map(|column| Sort { column, descending }).ok_or_else(|| {
            let names =
                PoolColumn::ALL.iter().filter(|it| **it != PoolColumn::Maintenance).map(|it| it.name());
            let names: Vec<&str> =
                names.chain(["days_left", "maintenance_end", "maintenance_days_left"]).collect();
            format!("one of {}, with a minus the other way round", names.join(", "))
        })
    }
}

fn separated<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Vec<PoolStatus>, D::Error> {
    let text = String::deserialize(reader)?;
    let status = |name: &str| {
        let names = PoolStatus::ALL.map(PoolStatus::name).join(", ");
        PoolStatus::from_name(name).ok_or_else(|| serde::de::Error::custom(format!("one of {names}")))
    };
    text.split(',').map(status).collect()
}

/// What the filters are to be understood by.
pub(in crate::http::vendor) struct Query<'a> {
    pub(in crate::http::vendor) page: Page,
    /// The tenant's zone: days left are counted in it.
    pub(in crate::http::vendor) zone: &'a str,
    pub(in crate::http::vendor) now: Instant,
}

impl Query<'_> {
    /// The store's query.
    pub(in crate::http::vendor) fn of(self, filter: &Filter) -> Result<PoolQuery, Failure> {
        let after = match self.page.after {
            Some(after) => {
                let wrong = || Failure::from(Problem::new(422, code::PARAMETER).with("parameter", "after"));
                Some(Id::new(&after).ok_or_else(wrong)?)
            }
            None => None,
        };
        let zone: Tz = self.zone.parse().unwrap_or(Tz::UTC);
        let today = DateTime::from_timestamp(self.now.unix(), 0)
            .unwrap_or_default()
            .with_timezone(&zone)
            .date_naive();
        let sort = filter.sort.unwrap_or(Sort { column: PoolColumn::Id, descending: false });
        let text = |text: &Option<Name>| text.as_ref().map(|text| text.0.clone());
        let filter = PoolFilter {
            statuses: filter.status.clone(),
            customer: text(&filter.customer),
            company: text(&filter.company),
            product: text(&filter.product),
            edition: text(&filter.edition),
            version: text(&filter.version),
            key: text(&filter.key),
            order: filter.order.as_ref().map(|order| order.0.clone()),
            start: Days { from: day(filter.start_from), to: day(filter.start_to) },
            end: narrowed(
                today,
                (day(filter.end_from), day(filter.end_to)),
                (left(filter.days_left_from), left(filter.days_left_to)),
            ),
            maintenance: narrowed(
                today,
                (day(filter.maintenance_from), day(filter.maintenance_to)),
                (left(filter.maintenance_days_left_from), left(filter.maintenance_days_left_to)),
            ),
        };
        let (sort, descending) = (sort.column, sort.descending);
        Ok(PoolQuery { filter, sort, descending, after, limit: self.page.limit, now: self.now })
    }
}

fn day(day: Option<Day>) -> Option<NaiveDate> {
    day.map(|day| day.0)
}

fn left(days: Option<DaysLeft>) -> Option<u32> {
    days.map(|days| days.0)
}

/// Last days between two days, and with so many days left: 1 on the last day itself, 0 from then on.
fn narrowed(
    today: NaiveDate,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    (least, most): (Option<u32>, Option<u32>),
) -> Days {
    let last_with = |left: u32| {
        let yesterday = today.pred_opt().unwrap_or(NaiveDate::MIN);
        yesterday.checked_add_days(Span::new(u64::from(left))).unwrap_or(NaiveDate::MAX)
    };
    // Whatever has an end has 0 days left at least; only what has none is left out.
    let least = least.map(|left| if left == 0 { NaiveDate::MIN } else { last_with(left) });
    Days { from: from.max(least), to: [to, most.map(last_with)].into_iter().flatten().min() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ice_11_days_left_are_last_days() {
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = on("2026-11-21");
        let narrow = |left, days| narrowed(today, days, left);
        assert_eq!(narrow((Some(1), Some(1)), (None, None)), Days { from: Some(today), to: Some(today) });
        assert_eq!(narrow((Some(0), Some(0)), (None, None)).to, Some(on("2026-11-20")));
        assert_eq!(narrow((None, Some(30)), (None, None)), Days { from: None, to: Some(on("2026-12-20")) });
        let both = narrow((Some(5), Some(30)), (Some(on("2026-12-01")), Some(on("2027-01-01"))));
        assert_eq!(both, Days { from: Some(on("2026-12-01")), to: Some(on("2026-12-20")) });
        assert_eq!(narrow((None, Some(u32::MAX)), (None, None)).to, Some(NaiveDate::MAX));
    }

    #[test]
    fn alt_23_every_column_sorts_both_ways() {
        let sort = |text: &str| Sort::try_from(text.to_owned()).ok();
        for column in PoolColumn::ALL {
            let name = if column == PoolColumn::Maintenance { "maintenance_end" } else { column.name() };
            assert_eq!(sort(name), Some(Sort { column, descending: false }));
            assert_eq!(sort(&format!("-{name}")), Some(Sort { column, descending: true }));
        }
        assert_eq!(sort("days_left"), sort("end"));
        assert_eq!(sort("--end"), None);
        assert_eq!(sort("seats"), None);
    }
}
