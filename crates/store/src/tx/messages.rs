use handcarry_format::Id;

use super::SqlTx;
use super::log::number;
use crate::sql::{Cells, Row, add, exists, many, one, values};
use crate::{Audience, Message, MessageFilter, NewMessage, Page, StoreError, TenantId};

/// What people are told.
pub trait Messages {
    /// Posts a message, once: false where one with its key is there already, and nothing changes.
    fn post_message(&mut self, tenant: TenantId, message: &NewMessage) -> Result<bool, StoreError>;
    /// Messages, oldest first; the cursor is the last one's `seq`.
    fn messages(
        &mut self,
        tenant: TenantId,
        filter: &MessageFilter,
        page: &Page,
    ) -> Result<Vec<Message>, StoreError>;
    /// One message.
    fn message(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Message>, StoreError>;
}

impl Messages for SqlTx<'_> {
    fn post_message(&mut self, tenant: TenantId, message: &NewMessage) -> Result<bool, StoreError> {
        let text =
            "INSERT INTO message (tenant, id, key, code, license, activation, facts, audience, at, addressed)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0) ON CONFLICT DO NOTHING";
        let audience: Vec<&str> = message.audience.iter().map(|audience| audience.name()).collect();
        let values = values![
            tenant,
            &message.id,
            &message.key,
            &message.code,
            message.license.as_ref(),
            message.activation.as_ref(),
            &message.facts,
            audience.join(","),
            message.at,
        ];
        if add(self.sql, text, values, "the tenant")? {
            return Ok(true);
        }
        match exists(self.sql, "SELECT 1 FROM message WHERE tenant = ?1 AND key = ?3", values)? {
            true => Ok(false),
            false => Err(StoreError::Taken("the message's id")),
        }
    }

    fn messages(
        &mut self,
        tenant: TenantId,
        filter: &MessageFilter,
        page: &Page,
    ) -> Result<Vec<Message>, StoreError> {
        let text = "SELECT seq, id, key, code, license, activation, facts, audience, at FROM message
                    WHERE tenant = ?1 AND seq > ?2 AND (?4 IS NULL OR license = ?4) AND (?5 IS NULL OR code = ?5)
                    ORDER BY seq LIMIT ?3";
        let of_license = "SELECT seq, id, key, code, license, activation, facts, audience, at FROM message
                    WHERE tenant = ?1 AND seq > ?2 AND license = ?4 AND (?5 IS NULL OR code = ?5)
                    ORDER BY seq LIMIT ?3";
        let text = if filter.license.is_some() { of_license } else { text };
        let values =
            values![tenant, number(page)?, page.limit, filter.license.as_ref(), filter.code.as_deref()];
        many(self.sql, text, values, read)
    }

    fn message(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Message>, StoreError> {
        let text = "SELECT seq, id, key, code, license, activation, facts, audience, at FROM message
                    WHERE tenant = ?1 AND id = ?2";
        one(self.sql, text, values![tenant, id], read)
    }
}

/// `seq, id, key, code, license, activation, facts, audience, at`.
pub(super) fn read(row: &dyn Row) -> Result<Message, StoreError> {
    read_cells(&mut Cells::of(row, "message"))
}

pub(super) fn read_cells(cells: &mut Cells<'_>) -> Result<Message, StoreError> {
    Ok(Message {
        seq: cells.get()?,
        message: NewMessage {
            id: cells.id()?,
            key: cells.get()?,
            code: cells.get()?,
            license: cells.parsed_maybe(Id::new)?,
            activation: cells.parsed_maybe(Id::new)?,
            facts: cells.get()?,
            audience: cells.parsed(|text| {
                text.split(',').filter(|name| !name.is_empty()).map(Audience::from_name).collect()
            })?,
            at: cells.instant()?,
        },
    })
}
