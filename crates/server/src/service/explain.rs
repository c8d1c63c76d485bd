//! A file's error as a problem: its code, and what exactly was found.

use handcarry_api::Problem;
use handcarry_format::{ArmorError, Error, KeyError, KeyId, Kind, Part, WrongDocument};

/// The problem for a file that was not accepted.
pub fn explain(error: &Error, kind: Option<Kind>) -> Problem {
    let status = if matches!(error, Error::TooLarge { .. }) { 413 } else { 422 };
    let problem = facts(Problem::new(status, error.code()), error);
    match kind {
        Some(kind) if !problem.facts.contains_key("kind") => problem.with("kind", kind.name()),
        _ => problem,
    }
}

fn facts(problem: Problem, error: &Error) -> Problem {
    match error {
        Error::TooLarge { size, limit } => problem.with("size", size).with("limit", limit),
        Error::Armor(cause) => armor(problem, cause),
        Error::WrongDocument(cause) => wrong(problem, cause),
        Error::UntrustedKey(cause) => named(problem, cause),
        Error::BadSignature { key } => problem.with("key", key),
        Error::Payload(error) => problem.with("field", &error.field),
        Error::Embedded { part, error } => {
            let part = match part {
                Part::License => "license",
                Part::Receipt => "receipt",
                Part::Keyring => "keyring",
            };
            facts(problem.with("part", part), error)
        }
        _ => problem,
    }
}

fn armor(problem: Problem, cause: &ArmorError) -> Problem {
    match cause {
        ArmorError::Binary(Some(name)) => problem.with("looks_like", name),
        ArmorError::Several(count) => problem.with("documents", count),
        ArmorError::Truncated { got, of, line } => {
            let problem = problem.with("got", got).with("line", line);
            match of {
                Some(of) => problem.with("of", of),
                None => problem,
            }
        }
        ArmorError::Damaged { got, of } => problem.with("got", got).with("of", of),
        ArmorError::Header { line } | ArmorError::Character { line } | ArmorError::Label { line } => {
            problem.with("line", line)
        }
        _ => problem,
    }
}

fn wrong(problem: Problem, cause: &WrongDocument) -> Problem {
    match cause {
        WrongDocument::Kind { found, .. } | WrongDocument::UnknownVersion(found) => {
            problem.with("kind", found.name())
        }
        WrongDocument::UnknownType(name) => problem.with("type", name),
        WrongDocument::OtherVendor { name } => problem.with("vendor", name),
        _ => problem,
    }
}

fn named(problem: Problem, cause: &KeyError) -> Problem {
    let (KeyError::Unknown(key)
    | KeyError::Revoked(key)
    | KeyError::NotValidThen(key)
    | KeyError::OtherProduct(key)
    | KeyError::NotTheDevice(key)) = cause
    else {
        return problem;
    };
    let key: &KeyId = key;
    problem.with("key", key)
}
