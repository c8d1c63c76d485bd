//! Files of the pool: in, out, and questions.

use std::path::PathBuf;

use handcarry_format::{Id, KeyId, Limits, PoolFile, open as open_file};
use handcarry_rules::pool::Site as Asking;

use super::{Portal, key_id};
use crate::cli::{Done, Stop, arguments, note, open, say};
use crate::random;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Import {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    pub(super) tenant: Option<Id>,
    /// The pool file
    file: PathBuf,
}

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Request {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    pub(super) tenant: Option<Id>,
    /// File for the question (default: standard output)
    #[arg(short, long)]
    out: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Export {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    pub(super) tenant: Option<Id>,
    /// The site that it is for, by the id of its key; it holds the licenses from now on (default: every site)
    #[arg(long, value_parser = key_id, value_name = "KEYID")]
    site: Option<KeyId>,
    /// What the site is called, if it has not asked before
    #[arg(long, value_parser = arguments::name, requires = "site")]
    name: Option<String>,
    /// File for the licenses (default: standard output)
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// Ids or keys of the licenses
    #[arg(required = true)]
    licenses: Vec<String>,
}

/// What became of each license, one a line: id, what the upload did, status.
pub(super) fn import(portal: &Portal, import: &Import) -> Done {
    let bytes = open::read(&import.file)?;
    let file = open_file::<PoolFile>(&bytes, &portal.site.trust, &Limits::default()).map_err(|error| {
        Stop::from(format!("this is no pool file of this vendor: {error} [{}]", error.code()))
    })?;
    let loaded = portal.write(move |keeper| keeper.load(&file))?;
    if loaded.again {
        note("This file was loaded before; nothing changed.");
    }
    portal.ask()?;
    for license in loaded.licenses {
        let status = portal.pooled(&license.id)?.map_or(license.status, |pooled| pooled.license.status);
        say(&format!("{}\t{}\t{status}", license.id, license.upload.name()));
    }
    Ok(())
}

pub(super) fn request(portal: &Portal, request: &Request) -> Done {
    let id = random::id();
    match portal.write(move |keeper| keeper.carried(&id))? {
        Some(carried) => {
            open::write(request.out.as_deref(), &carried.text)?;
            note(&format!(
                "It asks about {} licenses. Bring it to the authority's portal.",
                carried.licenses
            ));
        }
        None => note("There is nothing to ask."),
    }
    Ok(())
}

pub(super) fn export(portal: &Portal, export: &Export) -> Done {
    let licenses: Result<Vec<Id>, Stop> = export.licenses.iter().map(|text| portal.license(text)).collect();
    let licenses = licenses?;
    let tenant = portal.site.id();
    let known = portal.store.read_blocking(move |tx| tx.pool_sites(tenant)).map_err(Stop::from)?;
    let to = export.site.map(|key| {
        let known = known.iter().find(|site| site.site == key);
        let name = export.name.clone().or_else(|| known.map(|site| site.name.clone()));
        let portal = known.map(|site| site.portal.clone()).unwrap_or_default();
        (Asking { key, name: name.unwrap_or_else(|| key.to_string()) }, portal)
    });
    let id = random::id();
    let carried = portal.write(move |keeper| {
        let to = to.as_ref().map(|(asking, portal)| (asking, portal.as_str()));
        keeper.export(&licenses, to, &id)
    })?;
    open::write(export.out.as_deref(), &carried.text)?;
    Ok(())
}
