use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::TargetSessionAttrs;

use crate::StoreError;

/// Where a database is, as `postgres://user@host/database` says it.
#[derive(Clone)]
pub(crate) struct Address {
    pub(super) config: Config,
    /// The schema that was named by `?schema=`, which is made if it is not there: several portals in one
    /// database.
    pub(super) schema: Option<String>,
}

impl Address {
    /// Reads an address, and fills in what notices a server that is gone without a word.
    pub(crate) fn parse(uri: &str) -> Result<Address, StoreError> {
        let (uri, schema) = without_schema(uri)?;
        let mut config: Config =
            uri.parse().map_err(|_| StoreError::Address("it is not one of PostgreSQL that can be read"))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(20));
        }
        config.keepalives_idle(config.get_keepalives_idle().min(Duration::from_secs(20)));
        config.keepalives_interval(config.get_keepalives_interval().unwrap_or(Duration::from_secs(5)));
        if config.get_application_name().is_none() {
            config.application_name("handcarry");
        }
        // Of several hosts the one that takes writes: a standby may not have yet what was just answered.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if let Some(schema) = &schema {
            let options = config.get_options().unwrap_or_default();
            config.options(format!("{options} -csearch_path={schema}"));
        }
        Ok(Address { config, schema })
    }
}

/// Takes `schema=` out of the parameters, which the client does not know.
fn without_schema(uri: &str) -> Result<(String, Option<String>), StoreError> {
    let Some((start, parameters)) = uri.split_once('?') else { return Ok((uri.to_owned(), None)) };
    let (named, others): (Vec<&str>, Vec<&str>) =
        parameters.split('&').partition(|parameter| parameter.starts_with("schema="));
    let schema = named.last().and_then(|named| named.strip_prefix("schema="));
    let plain = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && name.len() < 64
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if schema.is_some_and(|schema| !plain(schema)) {
        return Err(StoreError::Address("a schema's name is of small letters, digits and _"));
    }
    let uri = if others.is_empty() { start.to_owned() } else { format!("{start}?{}", others.join("&")) };
    Ok((uri, schema.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_taken_out_of_the_parameters() {
        let read = |uri| {
            let address = Address::parse(uri).unwrap();
            (address.schema, address.config.get_options().map(str::to_owned))
        };
        assert_eq!(read("postgres://app@db/portal"), (None, None));
        let named = (Some("acme_1".to_owned()), Some(" -csearch_path=acme_1".to_owned()));
        assert_eq!(read("postgres://app@db/portal?schema=acme_1&connect_timeout=3"), named);
        for name in ["", "A", "a-b", "a;b", "1a", "a'"] {
            assert!(Address::parse(&format!("postgres://db/x?schema={name}")).is_err(), "{name}");
        }
    }
}
