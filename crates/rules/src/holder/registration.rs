/// The registration status of a license (ICE-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Nothing to say.
    Ok,
    /// A license for trying, or emergency mode.
    Evaluation,
    /// The machine is not the one that the license was issued for.
    ReferenceMismatch,
}

impl Registration {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Registration::Ok => "ok",
            Registration::Evaluation => "evaluation",
            Registration::ReferenceMismatch => "reference_id_mismatch",
        }
    }
}

/// ICE-04. A mismatch is told before an evaluation: it is what ends first, and what can be mended.
pub fn registration(evaluation: bool, emergency: bool, mismatch: bool) -> Registration {
    match (mismatch, evaluation || emergency) {
        (true, _) => Registration::ReferenceMismatch,
        (false, true) => Registration::Evaluation,
        (false, false) => Registration::Ok,
    }
}
