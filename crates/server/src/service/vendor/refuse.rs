//! Refusals that every resource has.

use handcarry_api::{Problem, code};

use crate::failure::Failure;

/// There is no such thing.
pub fn unknown(kind: &str, id: impl ToString) -> Failure {
    Problem::new(404, code::RESOURCE_UNKNOWN).with("kind", kind).with("id", id).into()
}

/// There is such a thing already.
pub fn exists(kind: &str, id: impl ToString) -> Failure {
    Problem::new(409, code::RESOURCE_EXISTS).with("kind", kind).with("id", id).into()
}

/// Somebody else has changed it since the caller read it; it is at this revision now.
pub fn stale(kind: &str, id: impl ToString, revision: u32) -> Failure {
    let problem = Problem::new(409, code::RESOURCE_STALE).with("kind", kind).with("id", id);
    problem.with("revision", revision).into()
}

/// Something else still names it.
pub fn in_use(kind: &str, id: impl ToString) -> Failure {
    Problem::new(409, code::RESOURCE_IN_USE).with("kind", kind).with("id", id).into()
}

/// A member of the request is not what it takes.
pub fn field(path: &str, why: impl ToString) -> Failure {
    Problem::new(422, code::FIELD).with("field", path).with("why", why).into()
}

/// Terms that a license cannot have.
pub fn unsound(wrong: &handcarry_rules::Unsound) -> Failure {
    field(&wrong.field, &wrong.why)
}
