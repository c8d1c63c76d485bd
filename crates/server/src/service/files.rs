//! Signed files that the portal issued, for whoever knows their digest.

use handcarry_api::code;
use handcarry_format::Digest;

use crate::app::App;
use crate::failure::Failure;
use crate::service::book::device_of;
use crate::service::names::file_name;
use crate::site::Site;

/// A file to download.
#[derive(Debug)]
pub struct Download {
    /// Its name: ASCII, one dot.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A file by its digest, which nobody guesses.
pub async fn download(app: &App, site: &Site, digest: Digest) -> Result<Download, Failure> {
    let tenant = site.id();
    let file = app.store.read(move |tx| tx.issued(tenant, &digest)).await?;
    let file = file.ok_or_else(|| Failure::problem(404, code::NOT_FOUND))?;
    let name = file_name(site.tenant.slug.as_str(), file.kind, &device_of(&file.text));
    Ok(Download { name, text: file.text })
}
