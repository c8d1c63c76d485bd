//! Reading a request's body: not too much, not too slow, and not more than there is memory for.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use bytes::{Bytes, BytesMut};
use handcarry_api::{Problem, code};
use http_body_util::BodyExt as _;

use crate::app::App;
use crate::http::answer::Fault;
use crate::limit::Held;

/// Longest silence between two pieces of a body.
const SILENCE: Duration = Duration::from_secs(15);

/// Bytes of a body that is too large which are read all the same, and how long.
const DRAINED: usize = 256 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// A body, and the memory that is counted for it until it is dropped.
pub(super) struct Read {
    pub(super) bytes: Bytes,
    /// What is made of the bytes takes memory too: kept until the answer, even if the bytes themselves are not.
    pub(super) held: Held,
}

/// Reads a body of at most `limit` bytes; larger ones are refused as `too_large`, before they are read if they say so.
pub(super) async fn read(
    app: &App,
    request: Request,
    limit: u64,
    too_large: &'static str,
) -> Result<Read, Fault> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let refuse =
        |size: u64| Fault::from(Problem::new(413, too_large).with("size", size).with("limit", limit));
    if let Some(size) = announced.filter(|size| *size > limit) {
        drain(request.into_body()).await;
        return Err(refuse(size));
    }
    let timeout = || Fault::from(Problem::new(408, code::REQUEST_TIMEOUT));
    match tokio::time::timeout(app.settings.body, collect(app, request.into_body(), limit)).await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(Cause::TooLarge(size))) => Err(refuse(size)),
        Ok(Err(Cause::Silent)) | Err(_) => Err(timeout()),
        Ok(Err(Cause::NoMemory)) => Err(Problem::new(503, code::BUSY).into()),
        Ok(Err(Cause::Broken)) => Err(Problem::new(400, code::REQUEST_MALFORMED).into()),
    }
}

enum Cause {
    TooLarge(u64),
    Silent,
    NoMemory,
    Broken,
}

async fn collect(app: &App, mut body: Body, limit: u64) -> Result<Read, Cause> {
    let mut held = Held::default();
    let mut bytes = BytesMut::new();
    loop {
        let frame = tokio::time::timeout(SILENCE, body.frame()).await.map_err(|_| Cause::Silent)?;
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|_| Cause::Broken)?.into_data() else { continue };
        let size = bytes.len() as u64 + data.len() as u64;
        if size > limit {
            drain(body).await;
            return Err(Cause::TooLarge(size));
        }
        if !app.bodies.take(&mut held, data.len()) {
            // The others need the room now, and this one must be able to hear that there is none.
            drop((bytes, held, data));
            drain(body).await;
            return Err(Cause::NoMemory);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Read { bytes: bytes.freeze(), held })
}

/// Reads on and forgets, for a while: many clients look at the answer only when they have sent everything.
async fn drain(mut body: Body) {
    let forget = async {
        let mut left = DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
    };
    // Whether it came to its end makes no difference.
    let _ = tokio::time::timeout(DRAIN_TIME, forget).await;
}
