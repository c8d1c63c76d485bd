//! A site's question by HTTPS.

use std::time::Duration;

use handcarry_api::Outcome;
use handcarry_format::{Digest, Limits, PoolFile, Trust, Verified, open};

use crate::outbound::agent_within;

/// Seconds until a connection must stand.
const CONNECT: Duration = Duration::from_secs(5);

/// Bytes that an answer may have: the largest file, as a member of a JSON object.
const MOST: u64 = 64 << 20;

/// Why there is no answer. Nothing that is not signed by the authority decides anything: whatever this is, the authority
/// could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// No connection, or no answer in time.
    #[error("{0}")]
    Unreachable(Box<ureq::Error>),
    /// Another status than success.
    #[error("the answer is {status} {code}")]
    Status { status: u16, code: String },
    /// No pool file is in the answer.
    #[error("the answer holds no pool file")]
    Unreadable,
    /// The pool file is not the authority's.
    #[error("the pool file is not genuine: {0}")]
    NotGenuine(handcarry_format::Error),
    /// It answers something else.
    #[error("the pool file answers another question")]
    Other,
}

/// Asks, and waits for the answer. Blocks.
pub(super) fn ask(
    authority: &str,
    question: &str,
    digest: Digest,
    trust: &Trust,
    patience: Duration,
) -> Result<Verified<PoolFile>, NoAnswer> {
    // A question goes where the vendor said, and nowhere else.
    let agent = agent_within(CONNECT.min(patience), patience);
    let failed = |error| NoAnswer::Unreachable(Box::new(error));
    let url = [authority, "api/v1/documents"].concat();
    let mut answer =
        agent.post(&url).content_type("text/plain; charset=utf-8").send(question).map_err(failed)?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(MOST).read_to_vec().map_err(failed)?;
    if !(200..300).contains(&status) {
        return Err(NoAnswer::Status { status, code: code_of(&body) });
    }
    let outcome: Outcome = serde_json::from_slice(&body).map_err(|_| NoAnswer::Unreadable)?;
    let file = outcome.pool.ok_or(NoAnswer::Unreadable)?;
    let file =
        open::<PoolFile>(file.text.as_bytes(), trust, &Limits::default()).map_err(NoAnswer::NotGenuine)?;
    if file.answers == Some(digest) { Ok(file) } else { Err(NoAnswer::Other) }
}

/// The code of a problem, if it is one; told to whoever runs the portal, so no more than a code can be.
fn code_of(body: &[u8]) -> String {
    let problem: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let code = problem.and_then(|problem| problem["code"].as_str().map(str::to_owned)).unwrap_or_default();
    code.chars().filter(|c| c.is_ascii_graphic()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::random;

    #[test]
    fn an_authority_is_asked_by_https() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = format!("https://{}/", listener.local_addr().unwrap());
        let heard = std::thread::spawn(move || {
            let mut first = [0; 6];
            listener.accept().unwrap().0.read_exact(&mut first).unwrap();
            (first[0], first[5])
        });
        let vendor = handcarry_format::Id::new("acme").unwrap();
        let trust = Trust::new(vendor, random::secret_key().public());
        let answer = ask(&authority, "?", Digest::of(b"?"), &trust, Duration::from_secs(5));
        assert!(matches!(answer, Err(NoAnswer::Unreachable(_))));
        assert_eq!(heard.join().unwrap(), (22, 1), "a client's hello");
    }
}
