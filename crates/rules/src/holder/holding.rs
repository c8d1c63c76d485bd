use handcarry_format::Instant;

use super::order::Ordered;
use super::transfer::TransferPeriod;

/// What an activation needs to know of a license's holder. The default asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Holding {
    /// Licenses that were bought with the order that this one extends (ICE-02).
    pub orders: Vec<Ordered>,
    /// How often the license may move without a word (ICE-25): the tenant's rule.
    pub period: Option<TransferPeriod>,
    /// When it moved to another device, within that period at least.
    pub moved: Vec<Instant>,
}
