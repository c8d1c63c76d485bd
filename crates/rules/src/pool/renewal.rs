use handcarry_format::Id;

use super::event::Event;
use super::status::PoolStatus;

/// ALT-20: a renewal takes the place of what it replaces when it is active itself, not before: while it is pending,
/// the license that it replaces goes on (ALT-17). Given the renewal and the status of both, what happens to the
/// license that it replaces.
pub fn replaced_by_now(renewal: &Id, status: PoolStatus, replaced: PoolStatus) -> Option<Event> {
    let takes_over = status == PoolStatus::Active && replaced.is_assignable();
    takes_over.then(|| Event::Replaced { by: renewal.clone() })
}

/// ICE-23: the licenses that an order id, entered by hand, is for. Spaces around it and the case of its letters do
/// not count.
pub fn in_order<'a, T>(order: &str, pool: impl IntoIterator<Item = (&'a str, T)>) -> Vec<T> {
    let order = order.trim();
    let same = |of: &str| !order.is_empty() && of.trim().eq_ignore_ascii_case(order);
    pool.into_iter().filter(|(of, _)| same(of)).map(|(_, license)| license).collect()
}
