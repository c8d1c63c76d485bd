use handcarry_format::{Digest, Fingerprint, Id, KeyId, LicenseKey, Product, Totals};
use handcarry_rules::{Account, Activation, Entitlement};
use rusqlite::Connection;

use super::{activations, documents, licenses, log, tenants};
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
}

impl Tx for SqliteTx<'_> {
    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        tenants::insert(self.0, tenant)
    }

    fn update_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        tenants::update(self.0, tenant)
    }

    fn tenants(&mut self) -> Result<Vec<Tenant>> {
        tenants::all(self.0)
    }

    fn put_product(&mut self, tenant: TenantId, product: &Product) -> Result<()> {
        tenants::put_product(self.0, tenant, product)
    }

    fn products(&mut self, tenant: TenantId) -> Result<Vec<Product>> {
        tenants::products(self.0, tenant)
    }

    fn insert_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<()> {
        licenses::insert(self.0, tenant, license)
    }

    fn update_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<()> {
        licenses::update(self.0, tenant, license)
    }

    fn license(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Entitlement>> {
        Ok(licenses::by_id(self.0, tenant, id)?.map(|found| found.entitlement))
    }

    fn license_by_key(&mut self, tenant: TenantId, key: &LicenseKey) -> Result<Option<Entitlement>> {
        Ok(licenses::by_key(self.0, tenant, key)?.map(|found| found.entitlement))
    }

    fn licenses(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Entitlement>> {
        licenses::page(self.0, tenant, page)
    }

    fn account_for_request(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
        device: KeyId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Account>> {
        activations::for_request(self.0, tenant, key, device, fingerprint)
    }

    fn account_for_activation(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        report: Option<u32>,
    ) -> Result<Option<Account>> {
        activations::for_activation(self.0, tenant, activation, report)
    }

    fn save_activation(&mut self, tenant: TenantId, license: &Id, activation: &Activation) -> Result<()> {
        activations::save(self.0, tenant, license, activation)
    }

    fn activations(&mut self, tenant: TenantId, license: &Id, page: &Page) -> Result<Vec<Activation>> {
        activations::page(self.0, tenant, license, page)
    }

    fn add_totals(&mut self, tenant: TenantId, license: &Id, added: &Totals) -> Result<()> {
        licenses::add_totals(self.0, tenant, license, added)
    }

    fn totals(&mut self, tenant: TenantId, license: &Id) -> Result<Totals> {
        licenses::totals(self.0, tenant, license)
    }

    fn add_transfer(&mut self, tenant: TenantId, license: &Id) -> Result<()> {
        licenses::add_transfer(self.0, tenant, license)
    }

    fn seat_differences(&mut self, tenant: TenantId) -> Result<Vec<SeatDifference>> {
        activations::seat_differences(self.0, tenant)
    }

    fn filed_by_id(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Filed>> {
        documents::by_id(self.0, tenant, id)
    }

    fn filed(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<Filed>> {
        documents::by_digest(self.0, tenant, digest)
    }

    fn file(&mut self, tenant: TenantId, document: &NewDocument) -> Result<()> {
        documents::file(self.0, tenant, document)
    }

    fn keep_issued(&mut self, tenant: TenantId, file: &IssuedFile) -> Result<()> {
        documents::keep_issued(self.0, tenant, file)
    }

    fn issued(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<IssuedFile>> {
        documents::issued(self.0, tenant, digest)
    }

    fn open_case(&mut self, tenant: TenantId, case: &NewCase) -> Result<()> {
        documents::open_case(self.0, tenant, case)
    }

    fn cases(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Case>> {
        documents::cases(self.0, tenant, page)
    }

    fn append_log(&mut self, tenant: TenantId, entry: &NewLogEntry) -> Result<LogEntry> {
        log::append(self.0, tenant, entry)
    }

    fn log(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<LogEntry>> {
        log::page(self.0, tenant, page)
    }

    fn log_head(&mut self, tenant: TenantId) -> Result<Option<LogHead>> {
        log::head(self.0, tenant)
    }
}
