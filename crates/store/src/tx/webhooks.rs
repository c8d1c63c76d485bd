use handcarry_format::Id;

use super::SqlTx;
use crate::sql::{Cells, Row, Unique, insert, many, one, run, values};
use crate::{StoreError, TenantId, Webhook};

/// Addresses of the vendor's own systems that are told of messages.
pub trait Webhooks {
    /// Adds a webhook; refuses an id that is taken.
    fn insert_webhook(&mut self, tenant: TenantId, webhook: &Webhook) -> Result<(), StoreError>;
    /// All webhooks, oldest first.
    fn webhooks(&mut self, tenant: TenantId) -> Result<Vec<Webhook>, StoreError>;
    /// One webhook.
    fn webhook(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Webhook>, StoreError>;
    /// Removes a webhook with its secret, and says whether it was there. Its deliveries stay as they are.
    fn delete_webhook(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError>;
}

impl Webhooks for SqlTx<'_> {
    fn insert_webhook(&mut self, tenant: TenantId, webhook: &Webhook) -> Result<(), StoreError> {
        let text = "INSERT INTO webhook (tenant, id, url, secret, codes, created_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let codes = webhook.codes.as_ref().map(|codes| codes.join(","));
        let values = values![tenant, &webhook.id, &webhook.url, &webhook.secret, codes, webhook.created_at];
        let holder = "SELECT 1 FROM webhook WHERE tenant = ?1 AND id = ?2";
        insert(self.sql, text, values, "the tenant", &[Unique { what: "the webhook's id", holder }])
    }

    fn webhooks(&mut self, tenant: TenantId) -> Result<Vec<Webhook>, StoreError> {
        let text = "SELECT id, url, secret, codes, created_at FROM webhook WHERE tenant = ?1 ORDER BY seq";
        many(self.sql, text, values![tenant], read)
    }

    fn webhook(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Webhook>, StoreError> {
        let text = "SELECT id, url, secret, codes, created_at FROM webhook WHERE tenant = ?1 AND id = ?2";
        one(self.sql, text, values![tenant, id], read)
    }

    fn delete_webhook(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError> {
        run(self.sql, "DELETE FROM webhook WHERE tenant = ?1 AND id = ?2", values![tenant, id])
            .map(|rows| rows > 0)
    }
}

fn read(row: &dyn Row) -> Result<Webhook, StoreError> {
    let mut cells = Cells::of(row, "webhook");
    Ok(Webhook {
        id: cells.id()?,
        url: cells.get()?,
        secret: cells.get()?,
        codes: cells.parsed_maybe(|text| Some(text.split(',').map(str::to_owned).collect()))?,
        created_at: cells.instant()?,
    })
}
