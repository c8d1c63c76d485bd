//! What a page needs to know about a tenant.

use handcarry_api::{Named, TenantInfo, TenantTheme};

use crate::app::App;
use crate::failure::Failure;
use crate::site::Site;

/// Everything that a page needs to verify files and to look right.
pub async fn info(app: &App, site: &Site) -> Result<TenantInfo, Failure> {
    let id = site.id();
    let products = app.store.read(move |tx| tx.products(id)).await?;
    Ok(TenantInfo {
        vendor: Named { id: site.tenant.slug.to_string(), name: site.tenant.name.clone() },
        products: products
            .into_iter()
            .map(|product| Named { id: product.id.to_string(), name: product.name })
            .collect(),
        root_key: site.tenant.root.to_string(),
        keyring: site.trust.keyring().and(site.tenant.keyring.clone()),
        portal: site.tenant.portal.clone(),
        zone: site.tenant.zone.clone(),
        theme: TenantTheme::from(&site.theme),
        file_limit: app.settings.file_limits().file,
        now: app.clock.now().to_string(),
    })
}
