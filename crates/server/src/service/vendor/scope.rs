//! What a token allows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Look at products.
    #[serde(rename = "products:read")]
    ProductsRead,
    /// Add and change products.
    #[serde(rename = "products:write")]
    ProductsWrite,
    /// Look at policies.
    #[serde(rename = "policies:read")]
    PoliciesRead,
    /// Add and change policies.
    #[serde(rename = "policies:write")]
    PoliciesWrite,
    /// Look at licenses.
    #[serde(rename = "licenses:read")]
    LicensesRead,
    /// Sell and change licenses.
    #[serde(rename = "licenses:write")]
    LicensesWrite,
    /// Look at customers and their users.
    #[serde(rename = "customers:read")]
    CustomersRead,
    /// Add and change customers and their users.
    #[serde(rename = "customers:write")]
    CustomersWrite,
    /// Look at activations, their documents and files.
    #[serde(rename = "activations:read")]
    ActivationsRead,
    /// Work at the desk: cases, returns by staff, re-hosts.
    #[serde(rename = "support")]
    Support,
    /// Be the second person.
    #[serde(rename = "approve")]
    Approve,
    /// Read messages and events.
    #[serde(rename = "messages:read")]
    MessagesRead,
    /// Read the log.
    #[serde(rename = "log:read")]
    LogRead,
    /// Check sessions out and in.
    #[serde(rename = "sessions")]
    Sessions,
    /// Activate, deactivate, delete and import licenses of the pool.
    #[serde(rename = "pool")]
    Pool,
    /// Read and change the tenant's own rules.
    #[serde(rename = "settings")]
    Settings,
    /// Make and revoke tokens; none can be given a scope that its maker lacks.
    #[serde(rename = "tokens")]
    Tokens,
    /// Add and remove webhooks.
    #[serde(rename = "webhooks")]
    Webhooks,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Scope; 18] = [
        Scope::ProductsRead,
        Scope::ProductsWrite,
        Scope::PoliciesRead,
        Scope::PoliciesWrite,
        Scope::LicensesRead,
        Scope::LicensesWrite,
        Scope::CustomersRead,
        Scope::CustomersWrite,
        Scope::ActivationsRead,
        Scope::Support,
        Scope::Approve,
        Scope::MessagesRead,
        Scope::LogRead,
        Scope::Sessions,
        Scope::Pool,
        Scope::Settings,
        Scope::Tokens,
        Scope::Webhooks,
    ];

    /// Its stable name, as tokens, problems and the description of the API have it.
    pub fn name(self) -> &'static str {
        match self {
            Scope::ProductsRead => "products:read",
            Scope::ProductsWrite => "products:write",
            Scope::PoliciesRead => "policies:read",
            Scope::PoliciesWrite => "policies:write",
            Scope::LicensesRead => "licenses:read",
            Scope::LicensesWrite => "licenses:write",
            Scope::CustomersRead => "customers:read",
            Scope::CustomersWrite => "customers:write",
            Scope::ActivationsRead => "activations:read",
            Scope::Support => "support",
            Scope::Approve => "approve",
            Scope::MessagesRead => "messages:read",
            Scope::LogRead => "log:read",
            Scope::Sessions => "sessions",
            Scope::Pool => "pool",
            Scope::Settings => "settings",
            Scope::Tokens => "tokens",
            Scope::Webhooks => "webhooks",
        }
    }

    /// The scope with this name.
    pub fn from_name(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A scope as a type: `Allowed<needs::ProductsRead>` among an endpoint's arguments is the check.
pub trait Needs: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
}

/// One type a scope, of the same name.
pub mod needs {
    use super::{Needs, Scope};

    macro_rules! needs {
        ($($name:ident),* $(,)?) => {$(
            #[doc = concat!("Needs [`Scope::", stringify!($name), "`].")]
            #[derive(Debug)]
            pub struct $name;

            impl Needs for $name {
                const SCOPE: Scope = Scope::$name;
            }
        )*};
    }

    needs!(
        ProductsRead,
        ProductsWrite,
        PoliciesRead,
        PoliciesWrite,
        LicensesRead,
        LicensesWrite,
        CustomersRead
    );
    needs!(
        CustomersWrite,
        ActivationsRead,
        Support,
        Approve,
        MessagesRead,
        LogRead,
        Sessions,
        Pool,
        Settings
    );
    needs!(Tokens, Webhooks);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_has_one_name_everywhere() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
        }
        assert_eq!(Scope::from_name("products"), None);
    }
}
