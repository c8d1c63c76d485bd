use serde::{Deserialize, Serialize};

use crate::{Outcome, Problem};

/// Many documents at once (D-32).
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRequest {
    /// The documents; at most [`BatchRequest::MOST`].
    pub documents: Vec<BatchDocument>,
}

impl BatchRequest {
    /// Most documents in one batch.
    pub const MOST: usize = 1_000;
}

/// One document of a batch.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchDocument {
    /// The file's name, for the list of results. It decides nothing.
    #[serde(default)]
    pub name: String,
    /// The file's text.
    pub content: String,
}

/// One result a document, in the order of the request.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAnswer {
    /// The results.
    pub results: Vec<BatchResult>,
}

/// What became of one document: an outcome or a problem.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchResult {
    /// The file's name, as it was sent.
    pub name: String,
    /// The status that the document would have got alone: 200 and 201 are outcomes.
    pub status: u16,
    /// When the same document was processed before, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_processed: Option<String>,
    /// It was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// It was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}
