use std::collections::BTreeMap;

use handcarry_theme::{Logo, Theme, ThemeDraft};
use serde::{Deserialize, Serialize};

use crate::Named;

/// Whose portal this is. The answer to `GET tenant`: everything that a page needs to verify and to look right.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantInfo {
    /// The vendor.
    pub vendor: Named,
    /// The vendor's products.
    #[serde(default)]
    pub products: Vec<Named>,
    /// The root key, base64: the trust that every check ends in.
    pub root_key: String,
    /// The newest keyring file, armored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyring: Option<String>,
    /// The portal's address, as files name it.
    pub portal: String,
    /// IANA name of the zone whose midnights the dates mean.
    pub zone: String,
    /// How it looks and what it is called.
    pub theme: TenantTheme,
    /// Bytes that a file may have.
    pub file_limit: u64,
    /// The portal's clock.
    pub now: String,
}

/// What the page takes from the theme; its colors come as a stylesheet.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantTheme {
    /// The vendor's name.
    pub name: String,
    /// What stands in the logo's place if there is none.
    pub initial: String,
    /// Address of the logo, relative to the tenant's base, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Address of the stylesheet, relative to the tenant's base.
    pub stylesheet: String,
    /// Languages to offer, the first by default; empty = all that the page has.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Links for head and foot.
    #[serde(default)]
    pub links: Vec<TenantLink>,
    /// Legal lines for the foot.
    #[serde(default)]
    pub legal: Vec<String>,
    /// The vendor's own words: by language, then by key.
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
}

/// A link.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantLink {
    /// What it says.
    pub label: String,
    /// Where it leads: `https:`, `mailto:` or relative, as the theme's parser allows.
    pub href: String,
}

impl From<&Theme> for TenantTheme {
    fn from(theme: &Theme) -> TenantTheme {
        let draft = ThemeDraft::from(theme.without_logo());
        let versioned = |path: &str, version: String| [path, "?v=", version.as_str()].concat();
        TenantTheme {
            name: theme.name().as_str().to_owned(),
            initial: theme.name().initial().to_string(),
            logo: match theme.logo() {
                Logo::Initial => None,
                Logo::Raster(raster) => Some(versioned(crate::route::LOGO, raster.version())),
            },
            stylesheet: versioned(crate::route::STYLESHEET, theme.version()),
            languages: draft.languages,
            links: draft
                .links
                .into_iter()
                .map(|link| TenantLink { label: link.label, href: link.href })
                .collect(),
            legal: draft.legal,
            words: draft.words,
        }
    }
}
