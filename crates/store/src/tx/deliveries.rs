use handcarry_format::Instant;

use super::SqlTx;
use super::log::number;
use super::messages::{read as read_message, read_cells};
use crate::sql::{Cells, Row, add, many, one, run, values};
use crate::{
    Channel, Claim, Delivery, DeliveryFilter, DeliveryState, DueDelivery, Message, Page, Settled, StoreError,
    TenantId,
};

/// Messages on their way to people and systems: at least once each.
pub trait Deliveries {
    /// Tenants with messages that are not addressed yet.
    fn tenants_to_address(&mut self) -> Result<Vec<TenantId>, StoreError>;
    /// Messages of a tenant that are not addressed yet, oldest first.
    fn messages_to_address(&mut self, tenant: TenantId, limit: u32) -> Result<Vec<Message>, StoreError>;
    /// Addresses a message: it has these deliveries from now on, each due at once, and is not addressed again.
    fn address(
        &mut self,
        tenant: TenantId,
        message: i64,
        to: &[(Channel, String)],
        now: Instant,
    ) -> Result<(), StoreError>;
    /// The oldest delivery that is due for each target of a channel, of all tenants.
    fn due_deliveries(&mut self, channel: Channel, now: Instant) -> Result<Vec<DueDelivery>, StoreError>;
    /// Claims a delivery until an instant, if it is still due: nobody else can claim it before that, and if it
    /// is not settled by then it is due again.
    fn claim_delivery(
        &mut self,
        tenant: TenantId,
        seq: i64,
        now: Instant,
        until: Instant,
    ) -> Result<Option<Claim>, StoreError>;
    /// Settles what was claimed. A failure that comes after the claim has ended, when somebody else has
    /// claimed it anew, changes nothing; a success always counts.
    fn settle_delivery(
        &mut self,
        tenant: TenantId,
        seq: i64,
        attempt: u32,
        settled: &Settled,
        now: Instant,
    ) -> Result<(), StoreError>;
    /// Deliveries, oldest first; the cursor is the last one's `seq`.
    fn deliveries(
        &mut self,
        tenant: TenantId,
        filter: &DeliveryFilter,
        page: &Page,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// How many deliveries of a tenant are in this state.
    fn count_deliveries(&mut self, tenant: TenantId, state: DeliveryState) -> Result<i64, StoreError>;
}

impl Deliveries for SqlTx<'_> {
    fn tenants_to_address(&mut self) -> Result<Vec<TenantId>, StoreError> {
        let text = "SELECT DISTINCT tenant FROM message WHERE addressed = 0 ORDER BY tenant";
        many(self.sql, text, values![], |row| Cells::of(row, "message").get().map(TenantId))
    }

    fn messages_to_address(&mut self, tenant: TenantId, limit: u32) -> Result<Vec<Message>, StoreError> {
        let text = "SELECT seq, id, key, code, license, activation, facts, audience, at FROM message
                    WHERE tenant = ?1 AND addressed = 0 ORDER BY seq LIMIT ?2";
        many(self.sql, text, values![tenant, limit], read_message)
    }

    fn address(
        &mut self,
        tenant: TenantId,
        message: i64,
        to: &[(Channel, String)],
        now: Instant,
    ) -> Result<(), StoreError> {
        let text = "UPDATE message SET addressed = 1 WHERE tenant = ?1 AND seq = ?2 AND addressed = 0";
        if run(self.sql, text, values![tenant, message])? == 0 {
            return Ok(());
        }
        for (channel, target) in to {
            let text =
                "INSERT INTO delivery (tenant, message, channel, target, state, made_at, due, attempts)
                        VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?5, 0) ON CONFLICT DO NOTHING";
            add(self.sql, text, values![tenant, message, channel.name(), target, now], "the message")?;
        }
        Ok(())
    }

    fn due_deliveries(&mut self, channel: Channel, now: Instant) -> Result<Vec<DueDelivery>, StoreError> {
        let text = "SELECT tenant, target, min(seq) FROM delivery
                    WHERE channel = ?1 AND state = 'waiting' AND due <= ?2
                    GROUP BY tenant, target ORDER BY 3";
        many(self.sql, text, values![channel.name(), now], |row| {
            let mut cells = Cells::of(row, "delivery");
            Ok(DueDelivery { tenant: TenantId(cells.get()?), target: cells.get()?, seq: cells.get()? })
        })
    }

    fn claim_delivery(
        &mut self,
        tenant: TenantId,
        seq: i64,
        now: Instant,
        until: Instant,
    ) -> Result<Option<Claim>, StoreError> {
        let text = "UPDATE delivery SET due = ?4, attempts = attempts + 1
                    WHERE tenant = ?1 AND seq = ?2 AND state = 'waiting' AND due <= ?3";
        if run(self.sql, text, values![tenant, seq, now, until])? == 0 {
            return Ok(None);
        }
        let text = "SELECT d.target, d.made_at, d.attempts, m.seq, m.id, m.key, m.code, m.license,
                    m.activation, m.facts, m.audience, m.at
                    FROM delivery d JOIN message m ON m.seq = d.message WHERE d.tenant = ?1 AND d.seq = ?2";
        one(self.sql, text, values![tenant, seq], |row| {
            let mut cells = Cells::of(row, "delivery");
            Ok(Claim {
                seq,
                target: cells.get()?,
                made_at: cells.instant()?,
                attempt: cells.get()?,
                message: read_cells(&mut cells)?,
            })
        })
    }

    fn settle_delivery(
        &mut self,
        tenant: TenantId,
        seq: i64,
        attempt: u32,
        settled: &Settled,
        now: Instant,
    ) -> Result<(), StoreError> {
        let (text, error, due) = match settled {
            Settled::Done => {
                let text = "UPDATE delivery SET state = 'done', ended_at = ?4, error = NULL
                            WHERE tenant = ?1 AND seq = ?2 AND state <> 'done'";
                (text, None, None)
            }
            Settled::Again { at, error } => {
                let text = "UPDATE delivery SET due = ?6, error = ?5
                            WHERE tenant = ?1 AND seq = ?2 AND attempts = ?3 AND state = 'waiting'";
                (text, Some(error), Some(*at))
            }
            Settled::Dead { error } => {
                let text = "UPDATE delivery SET state = 'dead', ended_at = ?4, error = ?5
                            WHERE tenant = ?1 AND seq = ?2 AND attempts = ?3 AND state = 'waiting'";
                (text, Some(error), None)
            }
        };
        run(self.sql, text, values![tenant, seq, attempt, now, error, due]).map(drop)
    }

    fn deliveries(
        &mut self,
        tenant: TenantId,
        filter: &DeliveryFilter,
        page: &Page,
    ) -> Result<Vec<Delivery>, StoreError> {
        let text = "SELECT d.seq, m.id, m.code, d.channel, d.target, d.state, d.made_at, d.due, d.attempts,
                    d.ended_at, d.error FROM delivery d JOIN message m ON m.seq = d.message
                    WHERE d.tenant = ?1 AND d.seq > ?2 AND (?4 IS NULL OR d.state = ?4)
                    AND (?5 IS NULL OR d.target = ?5) ORDER BY d.seq LIMIT ?3";
        let state = filter.state.map(DeliveryState::name);
        let values = values![tenant, number(page)?, page.limit, state, filter.target.as_deref()];
        many(self.sql, text, values, read)
    }

    fn count_deliveries(&mut self, tenant: TenantId, state: DeliveryState) -> Result<i64, StoreError> {
        let text = "SELECT count(*) FROM delivery WHERE tenant = ?1 AND state = ?2";
        let count = one(self.sql, text, values![tenant, state.name()], |row| Cells::of(row, "count").get())?;
        Ok(count.unwrap_or(0))
    }
}

fn read(row: &dyn Row) -> Result<Delivery, StoreError> {
    let mut cells = Cells::of(row, "delivery");
    Ok(Delivery {
        seq: cells.get()?,
        message: cells.id()?,
        code: cells.get()?,
        channel: cells.parsed(Channel::from_name)?,
        target: cells.get()?,
        state: cells.parsed(DeliveryState::from_name)?,
        made_at: cells.instant()?,
        due: cells.instant()?,
        attempts: cells.get()?,
        ended_at: cells.instant_maybe()?,
        error: cells.get()?,
    })
}
