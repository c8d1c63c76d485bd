//! Why something was not done: a problem to tell, or a fault of the store.

use handcarry_api::{Problem, code};
use handcarry_store::StoreError;

use crate::random;

/// Why something was not done.
#[derive(Debug)]
pub enum Failure {
    /// To be told as it is.
    Problem(Box<Problem>),
    /// The store failed; nothing was changed.
    Store(StoreError),
}

impl Failure {
    /// A problem with this status and code.
    pub fn problem(status: u16, code: &str) -> Failure {
        Problem::new(status, code).into()
    }

    /// What to tell. A fault of the store is logged under the reference that the person gets.
    pub fn into_problem(self) -> Problem {
        match self {
            Failure::Problem(problem) => *problem,
            // Sending again is right, and harmless: what was stored is answered as it was (D-12).
            Failure::Store(StoreError::Busy | StoreError::Closed | StoreError::Uncertain) => {
                referenced(Problem::new(503, code::BUSY))
            }
            // Not 503: it is not load that passes by itself, and another server of this store has no more room.
            Failure::Store(error @ StoreError::Full(_)) => {
                let problem = referenced(Problem::new(507, code::FULL));
                tracing::error!(%error, reference = problem.reference, "nothing can be stored");
                problem
            }
            Failure::Store(StoreError::Cursor) => {
                referenced(Problem::new(422, code::PARAMETER).with("parameter", "after"))
            }
            Failure::Store(StoreError::Stale(what)) => {
                referenced(Problem::new(409, code::RESOURCE_STALE).with("kind", what))
            }
            Failure::Store(error) => {
                let problem = referenced(Problem::new(500, code::SERVER_ERROR));
                tracing::error!(%error, reference = problem.reference, "the store failed");
                problem
            }
        }
    }
}

/// Gives a problem its reference.
pub fn referenced(mut problem: Problem) -> Problem {
    if problem.reference.is_empty() {
        problem.reference = random::reference();
    }
    problem
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(Box::new(referenced(problem)))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}
