use handcarry_format::Map;

use super::renewal::RENEW_WITHIN;

/// The variable by which a device tells, in its reports, how many users it counts (ICE-05).
pub const SEATS_VARIABLE: &str = "handcarry.seats_used";

/// How many users a device counts; none if it does not say, or says no number.
pub fn reported_seats(variables: &Map<String, String>) -> Option<u64> {
    // As many as a column can hold: whoever says more says nothing.
    variables.get(SEATS_VARIABLE)?.parse().ok().filter(|count| *count <= u64::from(u32::MAX))
}

/// One line of what is licensed and used: devices, users, or what a remote source counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedLine {
    /// What is counted: `devices`, `users`, `remote`, or a feature's name.
    pub name: String,
    /// Used.
    pub used: u64,
    /// Licensed.
    pub seats: u64,
}

impl UsedLine {
    /// The red mark (ICE-08): more used than licensed. Equal is not over.
    pub fn is_over(&self) -> bool {
        self.used > self.seats
    }

    /// 90 % or more of it is used.
    fn is_nearly_used_up(&self) -> bool {
        self.used > 0 && u128::from(self.used) * 10 >= u128::from(self.seats) * 9
    }
}

/// What a holder should think of (ICE-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recommendation {
    /// 90 % or more of the seats are used, or more than there are.
    AddUsers,
    /// 30 days or less of maintenance are left.
    RenewLicense,
}

impl Recommendation {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Recommendation::AddUsers => "add_users",
            Recommendation::RenewLicense => "renew_license",
        }
    }
}

/// ICE-09: none, one or both. `renewal_days` are the days of maintenance left, none for a license without.
pub fn recommend(lines: &[UsedLine], renewal_days: Option<i64>) -> Vec<Recommendation> {
    let add = lines.iter().any(UsedLine::is_nearly_used_up).then_some(Recommendation::AddUsers);
    let renew = renewal_days.is_some_and(|left| left <= RENEW_WITHIN).then_some(Recommendation::RenewLicense);
    add.into_iter().chain(renew).collect()
}
