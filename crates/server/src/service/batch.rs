//! Many documents: each has its own result, and a bad one stops nothing (D-32).

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use handcarry_api::{BatchDocument, Problem};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::app::App;
use crate::failure::Failure;
use crate::service::documents::{Answered, book, finish};
use crate::service::verify;
use crate::site::Site;

/// Units of work that wait for one commit together.
const TOGETHER: usize = 256;

/// One result, on its way out. The outcome is the stored answer, byte for byte.
#[derive(Debug, Serialize)]
pub struct Row {
    name: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_processed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Takes the documents in their order: a later report of one device finds the earlier one booked.
pub async fn take(app: &App, site: &Arc<Site>, documents: Vec<BatchDocument>) -> Vec<Row> {
    let mut rows = Vec::with_capacity(documents.len());
    let mut documents = documents.into_iter().peekable();
    while documents.peek().is_some() {
        let mut units = Vec::new();
        let mut names = Vec::new();
        for BatchDocument { name, content } in documents.by_ref().take(TOGETHER) {
            let verified = verify::verify(app, site, Bytes::from(content)).await;
            let unit = verified.and_then(|document| book(app, site, document, None));
            names.push(name);
            // Units are polled, and so queued, in this order.
            units.push(async move {
                match unit {
                    Ok(unit) => unit.await,
                    Err(failure) => Err(failure),
                }
            });
        }
        let verdicts = join_all(units).await;
        rows.extend(names.into_iter().zip(verdicts).map(|(name, verdict)| row(name, finish(app, verdict))));
    }
    rows
}

fn row(name: String, answer: Result<Answered, Failure>) -> Row {
    let parsed = answer.and_then(|answer| {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let outcome = RawValue::from_string(text)
            .map_err(|_| Failure::problem(500, handcarry_api::code::SERVER_ERROR))?;
        Ok((answer, outcome))
    });
    match parsed {
        Ok((answer, outcome)) => Row {
            name,
            status: if answer.new { 201 } else { 200 },
            first_processed: answer.first_processed.map(|at| at.to_string()),
            outcome: Some(outcome),
            problem: None,
        },
        Err(failure) => {
            let problem = failure.into_problem();
            Row { name, status: problem.status, first_processed: None, outcome: None, problem: Some(problem) }
        }
    }
}
