use handcarry_format::{Id, Instant};
use handcarry_rules::holder::{CustomerRecord, Ordered};

use super::SqlTx;
use super::json::to_json;
use crate::sql::{Cells, Row, Unique, exists, insert, many, one, run, values};
use crate::{Customer, CustomerFilter, Page, StoreError, TenantId};

/// Who buys licenses (ICE-01), and which license extends which (ICE-02).
pub trait Customers {
    /// Adds a customer; refuses an id that is taken.
    fn insert_customer(&mut self, tenant: TenantId, customer: &Customer) -> Result<(), StoreError>;
    /// Replaces the record by one of a higher revision; else [`StoreError::Stale`].
    fn update_customer(&mut self, tenant: TenantId, customer: &Customer) -> Result<(), StoreError>;
    /// Removes a customer that no license names, and says whether it was there and is gone.
    fn delete_customer(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError>;
    /// One customer.
    fn customer(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Customer>, StoreError>;
    /// Customers by id; the cursor is the last one's id.
    fn customers(
        &mut self,
        tenant: TenantId,
        filter: &CustomerFilter,
        page: &Page,
    ) -> Result<Vec<Customer>, StoreError>;
    /// Whether a license names this customer.
    fn customer_has_licenses(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError>;
    /// Licenses that name this customer, by id, at most so many.
    fn licenses_of_customer(
        &mut self,
        tenant: TenantId,
        customer: &Id,
        limit: u32,
    ) -> Result<Vec<Id>, StoreError>;
    /// Licenses that an order bought, at most so many: what an extension of that order can stand on.
    fn licenses_of_order(
        &mut self,
        tenant: TenantId,
        order: &str,
        limit: u32,
    ) -> Result<Vec<Ordered>, StoreError>;
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, company, email, address, refs, created_at, revision FROM customer WHERE tenant = ?1 ",
            $rest
        )
    };
}

impl Customers for SqlTx<'_> {
    fn insert_customer(&mut self, tenant: TenantId, customer: &Customer) -> Result<(), StoreError> {
        let text = "INSERT INTO customer (tenant, id, name, company, email, address, refs, folded, created_at, revision)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
        let holder = "SELECT 1 FROM customer WHERE tenant = ?1 AND id = ?2";
        let unique = [Unique { what: "the customer's id", holder }];
        let record = &customer.record;
        let values = values![
            tenant,
            &record.id,
            &record.name,
            &record.company,
            &record.email,
            &record.address,
            to_json(&record.references, "customer")?,
            folded(record),
            customer.created_at,
            customer.revision,
        ];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn update_customer(&mut self, tenant: TenantId, customer: &Customer) -> Result<(), StoreError> {
        let text =
            "UPDATE customer SET name = ?3, company = ?4, email = ?5, address = ?6, refs = ?7, folded = ?8,
                      revision = ?9
                    WHERE tenant = ?1 AND id = ?2 AND revision < ?9";
        let record = &customer.record;
        let values = values![
            tenant,
            &record.id,
            &record.name,
            &record.company,
            &record.email,
            &record.address,
            to_json(&record.references, "customer")?,
            folded(record),
            customer.revision,
        ];
        if run(self.sql, text, values)? == 1 {
            return Ok(());
        }
        match self.customer(tenant, &record.id)? {
            Some(_) => Err(StoreError::Stale("customer")),
            None => Err(StoreError::Missing("the customer")),
        }
    }

    fn delete_customer(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError> {
        let text = "DELETE FROM customer WHERE tenant = ?1 AND id = ?2
                    AND NOT EXISTS (SELECT 1 FROM license WHERE tenant = ?1 AND customer_id = ?2)";
        run(self.sql, text, values![tenant, id]).map(|rows| rows > 0)
    }

    fn customer(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Customer>, StoreError> {
        one(self.sql, select!("AND id = ?2"), values![tenant, id], read)
    }

    fn customers(
        &mut self,
        tenant: TenantId,
        filter: &CustomerFilter,
        page: &Page,
    ) -> Result<Vec<Customer>, StoreError> {
        let text = select!(
            "AND id > ?2 AND folded LIKE ?3 ESCAPE '!' AND folded LIKE ?4 ESCAPE '!' AND folded LIKE ?5 ESCAPE '!'
             ORDER BY id LIMIT ?6"
        );
        let part = |text: &Option<String>, before: &str, after: &str| match text {
            Some(text) => ["%", before, &like(text), after, "%"].concat(),
            None => "%".to_owned(),
        };
        let values = values![
            tenant,
            page.after.as_deref().unwrap_or(""),
            part(&filter.search, "", ""),
            part(&filter.email, "\nemail ", "\n"),
            part(&filter.reference, "\nreference ", "\n"),
            page.limit,
        ];
        many(self.sql, text, values, read)
    }

    fn customer_has_licenses(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError> {
        let text = "SELECT 1 FROM license WHERE tenant = ?1 AND customer_id = ?2 LIMIT 1";
        exists(self.sql, text, values![tenant, id])
    }

    fn licenses_of_customer(
        &mut self,
        tenant: TenantId,
        customer: &Id,
        limit: u32,
    ) -> Result<Vec<Id>, StoreError> {
        let text = "SELECT id FROM license WHERE tenant = ?1 AND customer_id = ?2 ORDER BY id LIMIT ?3";
        many(self.sql, text, values![tenant, customer, limit], |row| Cells::of(row, "license").id())
    }

    fn licenses_of_order(
        &mut self,
        tenant: TenantId,
        order: &str,
        limit: u32,
    ) -> Result<Vec<Ordered>, StoreError> {
        let text = "SELECT customer_order, product_id, customer_id, customer_name, coalesce(in_pool, 1),
                      CASE WHEN pool_entry.reason = 'refused' THEN 1 ELSE 0 END
                    FROM license LEFT JOIN pool_entry ON pool_entry.license = license.seq
                    WHERE license.tenant = ?1 AND customer_order = ?2 ORDER BY license.id LIMIT ?3";
        many(self.sql, text, values![tenant, order, limit], |row| {
            let mut cells = Cells::of(row, "license");
            Ok(Ordered {
                order: cells.get()?,
                product: cells.id()?,
                customer_id: cells.parsed_maybe(Id::new)?,
                customer: cells.get()?,
                in_pool: cells.get()?,
                refused: cells.get()?,
            })
        })
    }
}

/// Everything that is searched, in small letters. What is sought as a whole has its name before it.
fn folded(record: &CustomerRecord) -> String {
    let mut lines = vec![String::new(), record.id.to_string(), record.name.clone()];
    lines.extend(record.company.clone());
    lines.extend(record.email.as_ref().map(|email| ["email ", email].concat()));
    lines.extend(record.address.clone());
    lines.extend(record.references.iter().map(|reference| ["reference ", reference].concat()));
    lines.push(String::new());
    lines.join("\n").to_lowercase()
}

/// A text of which a pattern takes every character as it is.
fn like(text: &str) -> String {
    text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn read(row: &dyn Row) -> Result<Customer, StoreError> {
    let mut cells = Cells::of(row, "customer");
    let record = CustomerRecord {
        id: cells.id()?,
        name: cells.get()?,
        company: cells.get()?,
        email: cells.get()?,
        address: cells.get()?,
        references: cells.parsed(|text| serde_json::from_str(text).ok())?,
    };
    let created_at: Instant = cells.instant()?;
    Ok(Customer { record, created_at, revision: cells.get()? })
}
