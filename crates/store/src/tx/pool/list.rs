//! A page of the pool, by any of its columns (ALT-23).

use chrono::NaiveDate;
use handcarry_format::Id;
use handcarry_rules::Entitlement;

use super::entry;
use crate::sql::{Cells, Sql, Value, one};
use crate::{Days, PoolColumn, PoolFilter, PoolQuery, StoreError, TenantId};

/// A status as of `?2`: what the clock alone has changed is not waited for. The same as
/// `handcarry_rules::pool::effective`.
const STATUS: &str =
    "CASE WHEN status = 'pending' THEN CASE WHEN starts_at <= ?2 THEN CASE WHEN ends_at <= ?2
      THEN 'blocked' ELSE 'active' END ELSE 'pending' END
    WHEN status <> 'blocked' AND ends_at <= ?2 THEN 'blocked' ELSE status END";

const FROM: &str = " FROM license LEFT JOIN pool_entry ON pool_entry.license = license.seq
    LEFT JOIN customer ON customer.tenant = license.tenant AND customer.id = license.customer_id
    WHERE license.tenant = ?1";

const IN_POOL: &str = " AND (in_pool IS NULL OR in_pool = 1)";

/// By the customer's record, or as files name the customer.
const CUSTOMER: &str = "coalesce(customer.name, customer_name)";
/// An organization has no company beside its name.
const COMPANY: &str = "coalesce(customer.company, customer.name, customer_name)";

/// After every day.
const LAST: &str = "'~'";

/// What a column holds, as a text that sorts.
fn column(of: PoolColumn) -> String {
    let text = |name: &str| format!("coalesce({name}, '')");
    match of {
        PoolColumn::Id => "license.id".to_owned(),
        PoolColumn::Status => STATUS.to_owned(),
        PoolColumn::Customer => text(CUSTOMER),
        PoolColumn::Company => text(COMPANY),
        PoolColumn::Product => text("product_name"),
        PoolColumn::Edition => text("edition"),
        PoolColumn::Version => text("product_version"),
        PoolColumn::Key => text("license.key"),
        PoolColumn::Start => text("start_day"),
        PoolColumn::End => format!("coalesce(end_day, {LAST})"),
        PoolColumn::Maintenance => format!("coalesce(maintenance_end, {LAST})"),
    }
}

pub(super) fn ids(sql: &mut dyn Sql, tenant: TenantId, query: &PoolQuery) -> Result<Vec<Id>, StoreError> {
    let sort = column(query.sort);
    let mut list =
        Conditions { text: [FROM, IN_POOL].concat(), values: vec![tenant.into(), query.now.into()] };
    list.filter(&query.filter);
    if let Some(after) = &query.after {
        let place = place(sql, tenant, query, &sort, after)?;
        let (place, after) = (list.value(place.into()), list.value(after.into()));
        let than = if query.descending { '<' } else { '>' };
        list.text.push_str(&format!(" AND (({sort}), license.id) {than} ({place}, {after})"));
    }
    let limit = list.value(query.limit.into());
    let way = if query.descending { " DESC" } else { "" };
    let text =
        format!("SELECT license.id{} ORDER BY ({sort}){way}, license.id{way} LIMIT {limit}", list.text);
    entry::ids(sql, &text, &list.values)
}

/// The company of a license's customer.
pub(super) fn company(
    sql: &mut dyn Sql,
    tenant: TenantId,
    license: &Entitlement,
) -> Result<Option<String>, StoreError> {
    let named = license.customer.as_ref().map(|customer| customer.name.clone());
    let Some(id) = &license.customer_id else { return Ok(named) };
    let text = "SELECT coalesce(company, name) FROM customer WHERE tenant = ?1 AND id = ?2";
    let company = one(sql, text, &[tenant.into(), id.into()], |row| Cells::of(row, "customer").get())?;
    Ok(company.or(named))
}

/// What the column of a listing's last license holds.
fn place(
    sql: &mut dyn Sql,
    tenant: TenantId,
    query: &PoolQuery,
    sort: &str,
    license: &Id,
) -> Result<String, StoreError> {
    let text = format!("SELECT {sort}{FROM} AND license.id = ?3");
    let values = [tenant.into(), query.now.into(), license.into()];
    one(sql, &text, &values, |row| Cells::of(row, "license").get())?.ok_or(StoreError::Cursor)
}

/// A query that grows by conditions and their values.
struct Conditions<'a> {
    text: String,
    values: Vec<Value<'a>>,
}

impl<'a> Conditions<'a> {
    /// The placeholder of a further value.
    fn value(&mut self, value: Value<'a>) -> String {
        self.values.push(value);
        format!("?{}", self.values.len())
    }

    fn filter(&mut self, filter: &'a PoolFilter) {
        if !filter.statuses.is_empty() {
            let names: Vec<String> =
                filter.statuses.iter().map(|status| self.value(status.name().into())).collect();
            self.text.push_str(&format!(" AND ({STATUS}) IN ({})", names.join(", ")));
        }
        self.part(&[CUSTOMER], filter.customer.as_deref());
        self.part(&[COMPANY], filter.company.as_deref());
        self.part(&["product_name", "product_id"], filter.product.as_deref());
        self.part(&["edition"], filter.edition.as_deref());
        self.part(&["product_version"], filter.version.as_deref());
        self.part(&["license.key"], filter.key.as_deref());
        if let Some(order) = &filter.order {
            let order = self.value(order.into());
            self.text.push_str(&format!(" AND customer_order = {order}"));
        }
        self.days("start_day", filter.start);
        self.days("end_day", filter.end);
        self.days("maintenance_end", filter.maintenance);
    }

    /// One of the columns holds the text somewhere.
    fn part(&mut self, columns: &[&str], text: Option<&'a str>) {
        let Some(text) = text else { return };
        // Engines fold letters beyond ASCII differently: as it is written always matches.
        let (small, same) = (pattern(&text.to_ascii_lowercase()), pattern(text));
        let (small, same) = (self.value(small.into()), self.value(same.into()));
        let like = |column: &&str| {
            format!("lower({column}) LIKE {small} ESCAPE '!' OR {column} LIKE {same} ESCAPE '!'")
        };
        let any: Vec<String> = columns.iter().map(like).collect();
        self.text.push_str(&format!(" AND ({})", any.join(" OR ")));
    }

    fn days(&mut self, column: &str, days: Days) {
        let day = |day: NaiveDate| Value::from(day.to_string());
        for (than, bound) in [(">=", days.from), ("<=", days.to)] {
            if let Some(bound) = bound {
                let bound = self.value(day(bound));
                self.text.push_str(&format!(" AND {column} {than} {bound}"));
            }
        }
    }
}

/// A pattern for a text that is held anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
