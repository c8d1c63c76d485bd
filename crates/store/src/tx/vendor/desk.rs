use handcarry_format::{Digest, Id, Instant, Kind};
use handcarry_rules::Activation;

use crate::sql::{Cells, Row, Sql, Value, many, one, run, values};
use crate::tx::{SqlTx, activations, licenses};
use crate::{Case, NewCase, Page, StoreError, TenantId};

/// Whether an activation's seat is taken, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatState {
    /// The device holds it.
    Taken,
    /// The device gave it back.
    Returned,
    /// Staff took it back.
    Retired,
}

/// Which activations to list, newest first. Texts match a part, whatever the case of ASCII letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivationFilter {
    /// Of this license.
    pub license: Option<Id>,
    /// Part of the device's name, or its key's id.
    pub device: Option<String>,
    /// In this state.
    pub state: Option<SeatState>,
    /// Whether a second device seems to use it.
    pub clone_suspected: Option<bool>,
}

/// An activation with its license.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedActivation {
    /// Its place in the order of making: the cursor for the next page.
    pub seq: i64,
    /// Its license.
    pub license: Id,
    /// The activation.
    pub activation: Activation,
}

/// A file or document of an activation, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    /// Its place in the order of arrival: the cursor for the next page.
    pub seq: i64,
    /// Its digest.
    pub digest: Digest,
    /// Its kind.
    pub kind: Kind,
    /// When it was issued, or came.
    pub at: Instant,
}

/// Which cases to list, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Open ones, or closed ones; none = both.
    pub open: Option<bool>,
    /// Of this kind.
    pub kind: Option<String>,
    /// About this activation.
    pub activation: Option<Id>,
}

/// A case and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCase {
    /// The case.
    pub case: Case,
    /// How it ended; none = it is open.
    pub closed: Option<Closed>,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: Instant,
    /// By whom, as the log names them.
    pub by: String,
    /// Why.
    pub why: String,
}

/// What staff look at and work off.
pub trait Desk {
    /// Activations of the tenant, newest first; the cursor is the last one's `seq`.
    fn list_activations(
        &mut self,
        tenant: TenantId,
        filter: &ActivationFilter,
        page: &Page,
    ) -> Result<Vec<ListedActivation>, StoreError>;
    /// One activation.
    fn listed_activation(
        &mut self,
        tenant: TenantId,
        id: &Id,
    ) -> Result<Option<ListedActivation>, StoreError>;
    /// What the portal issued for an activation, oldest first; the cursor is the last one's `seq`.
    fn activation_files(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        page: &Page,
    ) -> Result<Vec<ListedFile>, StoreError>;
    /// What came in of an activation and was accepted, oldest first; the cursor is the last one's `seq`.
    fn activation_documents(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        page: &Page,
    ) -> Result<Vec<ListedFile>, StoreError>;
    /// Cases, oldest first; the cursor is the last one's `seq`.
    fn list_cases(
        &mut self,
        tenant: TenantId,
        filter: &CaseFilter,
        page: &Page,
    ) -> Result<Vec<ListedCase>, StoreError>;
    /// One case.
    fn case(&mut self, tenant: TenantId, id: &Id) -> Result<Option<ListedCase>, StoreError>;
    /// Closes a case; one that is closed stays as it is (`false`).
    fn close_case(&mut self, tenant: TenantId, id: &Id, closed: &Closed) -> Result<bool, StoreError>;
}

/// The cursor of a list that is ordered by row.
fn row_after(page: &Page, first: i64) -> Result<i64, StoreError> {
    page.after.as_deref().map_or(Ok(first), |after| after.parse().map_err(|_| StoreError::Cursor))
}

/// Escapes what LIKE gives a meaning to.
fn pattern(text: &str) -> String {
    let escaped = text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    ["%", &escaped, "%"].concat()
}

macro_rules! select_case {
    ($rest:literal) => {
        concat!(
            "SELECT seq, id, kind, activation, envelope, digest, findings, at, closed_at, closed_by, closed_why
             FROM desk_case ",
            $rest
        )
    };
}

impl Desk for SqlTx<'_> {
    fn list_activations(
        &mut self,
        tenant: TenantId,
        filter: &ActivationFilter,
        page: &Page,
    ) -> Result<Vec<ListedActivation>, StoreError> {
        let mut text = String::from(
            "SELECT activation.seq FROM activation JOIN license ON license.seq = activation.license
             WHERE activation.tenant = ?1 AND activation.seq < ?2",
        );
        let mut values: Vec<Value<'_>> = vec![tenant.into(), row_after(page, i64::MAX)?.into()];
        let mut add = |condition: &str, value: Value<'static>| {
            values.push(value);
            text.push_str(" AND ");
            text.push_str(&condition.replace('@', &format!("?{}", values.len())));
        };
        if let Some(license) = &filter.license {
            add("license.id = @", license.to_string().into());
        }
        if let Some(device) = &filter.device {
            let condition = "(lower(device_name) LIKE @ ESCAPE '\\' OR lower(device) LIKE @ ESCAPE '\\')";
            add(condition, pattern(device).into());
        }
        if let Some(suspected) = filter.clone_suspected {
            add("clone_suspected = @", suspected.into());
        }
        text.push_str(match filter.state {
            None => "",
            Some(SeatState::Taken) => " AND returned_at IS NULL AND retired_at IS NULL",
            Some(SeatState::Returned) => " AND returned_at IS NOT NULL AND retired_at IS NULL",
            Some(SeatState::Retired) => " AND retired_at IS NOT NULL",
        });
        values.push(page.limit.into());
        text.push_str(&format!(" ORDER BY activation.seq DESC LIMIT ?{}", values.len()));
        let rows: Vec<i64> = many(self.sql, &text, &values, |row| Cells::of(row, "activation").get())?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let found = activations::by_row(self.sql, row)?;
            all.push(with_license(self.sql, found)?);
        }
        Ok(all)
    }

    fn listed_activation(
        &mut self,
        tenant: TenantId,
        id: &Id,
    ) -> Result<Option<ListedActivation>, StoreError> {
        match activations::by_id(self.sql, tenant, id)? {
            None => Ok(None),
            found => with_license(self.sql, found).map(Some),
        }
    }

    fn activation_files(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        page: &Page,
    ) -> Result<Vec<ListedFile>, StoreError> {
        let text = "SELECT seq, digest, kind, at FROM issued
                    WHERE tenant = ?1 AND activation = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4";
        many(self.sql, text, values![tenant, activation, row_after(page, 0)?, page.limit], read_file)
    }

    fn activation_documents(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        page: &Page,
    ) -> Result<Vec<ListedFile>, StoreError> {
        let text = "SELECT seq, digest, kind, at FROM document
                    WHERE tenant = ?1 AND activation = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4";
        many(self.sql, text, values![tenant, activation, row_after(page, 0)?, page.limit], read_file)
    }

    fn list_cases(
        &mut self,
        tenant: TenantId,
        filter: &CaseFilter,
        page: &Page,
    ) -> Result<Vec<ListedCase>, StoreError> {
        let mut text = String::from(select_case!("WHERE tenant = ?1 AND seq > ?2"));
        let mut values: Vec<Value<'_>> = vec![tenant.into(), row_after(page, 0)?.into()];
        text.push_str(match filter.open {
            None => "",
            Some(true) => " AND closed_at IS NULL",
            Some(false) => " AND closed_at IS NOT NULL",
        });
        if let Some(kind) = &filter.kind {
            values.push(kind.into());
            text.push_str(&format!(" AND kind = ?{}", values.len()));
        }
        if let Some(activation) = &filter.activation {
            values.push(activation.into());
            text.push_str(&format!(" AND activation = ?{}", values.len()));
        }
        values.push(page.limit.into());
        text.push_str(&format!(" ORDER BY seq LIMIT ?{}", values.len()));
        many(self.sql, &text, &values, read_case)
    }

    fn case(&mut self, tenant: TenantId, id: &Id) -> Result<Option<ListedCase>, StoreError> {
        one(self.sql, select_case!("WHERE tenant = ?1 AND id = ?2"), values![tenant, id], read_case)
    }

    fn close_case(&mut self, tenant: TenantId, id: &Id, closed: &Closed) -> Result<bool, StoreError> {
        let text = "UPDATE desk_case SET closed_at = ?3, closed_by = ?4, closed_why = ?5
                    WHERE tenant = ?1 AND id = ?2 AND closed_at IS NULL";
        Ok(run(self.sql, text, values![tenant, id, closed.at, &closed.by, &closed.why])? == 1)
    }
}

fn with_license(
    sql: &mut dyn Sql,
    found: Option<activations::Stored>,
) -> Result<ListedActivation, StoreError> {
    let found = found.ok_or(StoreError::Missing("the activation"))?;
    let license = licenses::by_row(sql, found.license)?.ok_or(StoreError::Missing("the license"))?;
    Ok(ListedActivation { seq: found.row, license: license.entitlement.id, activation: found.activation })
}

fn read_file(row: &dyn Row) -> Result<ListedFile, StoreError> {
    let mut cells = Cells::of(row, "file");
    Ok(ListedFile { seq: cells.get()?, digest: cells.digest()?, kind: cells.kind()?, at: cells.instant()? })
}

fn read_case(row: &dyn Row) -> Result<ListedCase, StoreError> {
    let mut cells = Cells::of(row, "case");
    let case = Case {
        seq: cells.get()?,
        case: NewCase {
            id: cells.id()?,
            kind: cells.get()?,
            activation: cells.id()?,
            envelope: cells.get()?,
            digest: cells.digest()?,
            findings: cells.get()?,
            at: cells.instant()?,
        },
    };
    let (at, by, why) =
        (cells.instant_maybe()?, cells.get::<Option<String>>()?, cells.get::<Option<String>>()?);
    let closed = at.map(|at| Closed { at, by: by.unwrap_or_default(), why: why.unwrap_or_default() });
    Ok(ListedCase { case, closed })
}
