use handcarry_format::{Digest, Fingerprint, Id, KeyId, LicenseKey, Product, Totals};
use handcarry_rules::{Account, Activation, Entitlement};
use rusqlite::Connection;

use super::{accounts, activations, documents, licenses, log, tenants};
use crate::{
    Case, Filed, IssuedFile, LogEntry, LogHead, NewCase, NewDocument, NewLogEntry, Page, SeatDifference,
    StoreError, Tenant, TenantId, Tx,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A transaction that is open on this connection.
pub(super) struct SqliteTx<'a>(&'a Connection);

impl<'a> SqliteTx<'a> {
    pub(super) fn new(connection: &'a Connection) -> SqliteTx<'a> {
        SqliteTx(connection)
    }

    /// The connection, if the transaction is still open: a full disk ends it, and work that overlooked the
    /// error must not go on outside of any transaction.
    fn open(&self) -> Result<&'a Connection> {
        if self.0.is_autocommit() {
            return Err(StoreError::Engine("the transaction was ended by an error".to_owned()));
        }
        Ok(self.0)
    }
}

impl Tx for SqliteTx<'_> {
    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        tenants::insert(self.open()?, tenant)
    }

    fn update_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        tenants::update(self.open()?, tenant)
    }

    fn tenants(&mut self) -> Result<Vec<Tenant>> {
        tenants::all(self.open()?)
    }

    fn put_product(&mut self, tenant: TenantId, product: &Product) -> Result<()> {
        tenants::put_product(self.open()?, tenant, product)
    }

    fn products(&mut self, tenant: TenantId) -> Result<Vec<Product>> {
        tenants::products(self.open()?, tenant)
    }

    fn insert_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<()> {
        licenses::insert(self.open()?, tenant, license)
    }

    fn update_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<()> {
        licenses::update(self.open()?, tenant, license)
    }

    fn license(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Entitlement>> {
        Ok(licenses::by_id(self.open()?, tenant, id)?.map(|found| found.entitlement))
    }

    fn license_by_key(&mut self, tenant: TenantId, key: &LicenseKey) -> Result<Option<Entitlement>> {
        Ok(licenses::by_key(self.open()?, tenant, key)?.map(|found| found.entitlement))
    }

    fn licenses(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Entitlement>> {
        licenses::page(self.open()?, tenant, page)
    }

    fn account_for_request(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
        device: KeyId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Account>> {
        accounts::for_request(self.open()?, tenant, key, device, fingerprint)
    }

    fn account_for_activation(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        report: Option<u32>,
    ) -> Result<Option<Account>> {
        accounts::for_activation(self.open()?, tenant, activation, report)
    }

    fn save_activation(&mut self, tenant: TenantId, license: &Id, activation: &Activation) -> Result<()> {
        activations::save(self.open()?, tenant, license, activation)
    }

    fn activations(&mut self, tenant: TenantId, license: &Id, page: &Page) -> Result<Vec<Activation>> {
        activations::page(self.open()?, tenant, license, page)
    }

    fn add_totals(&mut self, tenant: TenantId, license: &Id, added: &Totals) -> Result<()> {
        licenses::add_totals(self.open()?, tenant, license, added)
    }

    fn totals(&mut self, tenant: TenantId, license: &Id) -> Result<Totals> {
        licenses::totals(self.open()?, tenant, license)
    }

    fn add_transfer(&mut self, tenant: TenantId, license: &Id) -> Result<()> {
        licenses::add_transfer(self.open()?, tenant, license)
    }

    fn seat_differences(&mut self, tenant: TenantId) -> Result<Vec<SeatDifference>> {
        activations::seat_differences(self.open()?, tenant)
    }

    fn filed_by_id(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Filed>> {
        documents::by_id(self.open()?, tenant, id)
    }

    fn filed(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<Filed>> {
        documents::by_digest(self.open()?, tenant, digest)
    }

    fn file(&mut self, tenant: TenantId, document: &NewDocument) -> Result<()> {
        documents::file(self.open()?, tenant, document)
    }

    fn keep_issued(&mut self, tenant: TenantId, file: &IssuedFile) -> Result<()> {
        documents::keep_issued(self.open()?, tenant, file)
    }

    fn issued(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<IssuedFile>> {
        documents::issued(self.open()?, tenant, digest)
    }

    fn open_case(&mut self, tenant: TenantId, case: &NewCase) -> Result<()> {
        documents::open_case(self.open()?, tenant, case)
    }

    fn cases(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Case>> {
        documents::cases(self.open()?, tenant, page)
    }

    fn append_log(&mut self, tenant: TenantId, entry: &NewLogEntry) -> Result<LogEntry> {
        log::append(self.open()?, tenant, entry)
    }

    fn log(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<LogEntry>> {
        log::page(self.open()?, tenant, page)
    }

    fn log_head(&mut self, tenant: TenantId) -> Result<Option<LogHead>> {
        log::head(self.open()?, tenant)
    }
}
