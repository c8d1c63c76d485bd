//! The theme as a stylesheet: numbers and names from typed fields, nothing else.

use std::fmt::Write;

use crate::palette::{Palette, Role, Scheme};
use crate::shape::FontStack;
use crate::theme::Theme;

impl Theme {
    /// The custom properties listed in the crate's documentation, for light, dark and a forced scheme.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        let mut light = colors(self.light());
        let dark = colors(self.dark());
        let radius = self.radius();
        let rest = format!(
            "--radius:{}px;--radius-large:{}px;--radius-small:{}px;--font:{};--font-mono:{};",
            radius.px(),
            radius.large(),
            radius.small(),
            self.font().css(),
            FontStack::Mono.css(),
        );
        let forced = format!(":root[data-scheme=light]{{{light}}}\n:root[data-scheme=dark]{{{dark}}}\n");
        light.push_str(&rest);
        format!(":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{forced}")
    }

    /// A short name of the stylesheet's content, for `theme.css?v=`: equal stylesheets, equal versions.
    #[must_use]
    pub fn version(&self) -> String {
        fingerprint(self.stylesheet().as_bytes())
    }
}

/// FNV-1a of 64 bits. It names content for caches and protects nothing.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, step))
}

fn colors(palette: &Palette) -> String {
    let scheme = palette.scheme();
    let mut css = format!("color-scheme:{scheme};");
    for role in Role::ALL {
        // Writing to a String cannot fail.
        let _ = write!(css, "{}:{};", role.property(), palette.color(role));
    }
    css.push_str("--shadow:");
    css.push_str(&match scheme {
        Scheme::Light => format!("{}1a;", palette.color(Role::Text)),
        Scheme::Dark => String::from("#00000066;"),
    });
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        assert_eq!(fingerprint(b""), "cbf29ce484222325");
        assert_eq!(fingerprint(b"foobar"), "85944171f73967e8");
    }
}
