//! Many files at once (D-32).

use handcarry_api::{BatchAnswer, BatchDocument, BatchRequest};

use crate::desk::{Desk, now};

fn batch(files: &[(&str, &str)]) -> String {
    let documents = files
        .iter()
        .map(|(name, content)| BatchDocument { name: (*name).into(), content: (*content).into() });
    serde_json::to_string(&BatchRequest { documents: documents.collect() }).unwrap()
}

#[tokio::test]
async fn d_32_a_bad_row_stops_nothing_and_again_changes_nothing() {
    let desk = Desk::new().await;
    let key = desk.license(3).await;
    let files: Vec<String> = (0..3).map(|n| desk.device(&format!("WS-{n}")).request(&key, now())).collect();
    let truncated = &files[1][..files[1].len() - 100];
    let body =
        batch(&[("a.txt", &files[0]), ("bad.txt", truncated), ("c.txt", &files[2]), ("a2.txt", &files[0])]);
    let got = desk.post_to("/api/v1/documents/batch", body.clone()).await;
    assert_eq!(got.status, 200);
    let answer: BatchAnswer = serde_json::from_slice(&got.body).unwrap();
    let rows: Vec<_> = answer.results.iter().map(|row| (row.name.as_str(), row.status)).collect();
    assert_eq!(rows, [("a.txt", 201), ("bad.txt", 422), ("c.txt", 201), ("a2.txt", 200)]);
    let problem = answer.results[1].problem.clone().unwrap();
    assert_eq!((problem.code.as_str(), problem.reference.len()), ("armor.truncated", 9));
    assert_eq!(answer.results[3].outcome, answer.results[0].outcome);
    assert!(answer.results[3].first_processed.is_some() && answer.results[0].first_processed.is_none());

    let again: BatchAnswer =
        serde_json::from_slice(&desk.post_to("/api/v1/documents/batch", body).await.body).unwrap();
    for (before, after) in answer.results.iter().zip(&again.results) {
        assert_eq!(before.outcome, after.outcome);
    }
    assert_eq!(desk.seats_used(&key).await, 2);
    // Alone it gets the very bytes that stood in the list.
    let alone = desk.post(files[0].clone()).await;
    assert!(got.text().contains(&alone.text()));
}

#[tokio::test]
async fn reports_of_one_device_are_booked_in_their_order() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let mut device = desk.activated("WS-17", &key).await;
    let files: Vec<String> = (1..=40).map(|n| device.report(n, now())).collect();
    let named: Vec<(&str, &str)> = files.iter().map(|file| ("r.txt", file.as_str())).collect();
    let got = desk.post_to("/api/v1/documents/batch", batch(&named)).await;
    let answer: BatchAnswer = serde_json::from_slice(&got.body).unwrap();
    for row in &answer.results {
        let outcome = row.outcome.as_ref().unwrap_or_else(|| panic!("{:?}", row.problem));
        assert!(["booked", "held"].contains(&outcome.outcome.as_str()), "{}", outcome.outcome);
    }
    let last = answer.results.last().unwrap().outcome.clone().unwrap();
    assert_eq!(last.usage[0].after, (1..=40).sum::<i64>());
}

#[tokio::test]
async fn what_is_no_batch_is_refused() {
    let desk = Desk::new().await;
    for body in ["", "[]", "{\"documents\":3}", "{\"documents\":[{\"name\":\"x\"}]}"] {
        let got = desk.post_to("/api/v1/documents/batch", body).await;
        assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (400, "request.malformed"), "{body}");
    }
    let many = batch(&vec![("x", ""); BatchRequest::MOST + 1]);
    let got = desk.post_to("/api/v1/documents/batch", many).await;
    assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (413, "request.too_large"));
}
