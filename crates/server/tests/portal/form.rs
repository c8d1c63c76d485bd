//! The plain form (D-22).

use axum::body::Body;
use axum::http::Request;
use handcarry_server::settings::Given;

use crate::desk::{Desk, Got, now};

const BOUNDARY: &str = "----boundary7MA4YWxkTrZu0gW";

async fn submit(desk: &Desk, parts: &[(&str, &str)]) -> Got {
    let mut body = String::new();
    for (name, content) in parts {
        let file = if *name == "file" { "; filename=\"x\"" } else { "" };
        body.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    let request = Request::post("/submit")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(Body::from(body))
        .unwrap();
    desk.send(request).await
}

#[tokio::test]
async fn d_22_a_form_books_the_same_and_answers_with_a_page() {
    let desk = Desk::new().await;
    let key = desk.license(2).await;
    let file = desk.device("WS-17").request(&key, now());
    let page = submit(&desk, &[("file", &file), ("text", "")]).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    let html = page.text();
    assert!(html.contains("The license is ready") && html.contains("WS-17"));
    let outcome = desk.post(file.clone()).await;
    assert_eq!(outcome.status, 200, "the same document, whatever brought it");
    let link = html.split("href=\"").find_map(|rest| rest.strip_prefix("files/")).unwrap();
    let link = &link[..link.find('"').unwrap()];
    let download = desk.get(&format!("/files/{link}")).await;
    assert_eq!(download.text(), outcome.outcome().license.unwrap().text);
    assert_eq!(download.header("content-disposition"), "attachment; filename=\"acme-license-ws-17.txt\"");
    // Again, as pasted text.
    let again = submit(&desk, &[("file", ""), ("text", &file)]).await.text();
    assert!(again.contains("processed before, on 2026-11-21T14:00:00Z"));
}

#[tokio::test]
async fn d_22_a_form_refuses_with_the_same_codes() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let file = desk.device("WS-17").request(&key, now());
    for (content, code) in [("", "armor.empty"), (&file[..file.len() - 300], "armor.truncated")] {
        let page = submit(&desk, &[("file", content)]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains(&format!("<dd>{code}</dd>")), "{}", page.text());
        assert!(page.text().contains("Nothing was changed."));
    }
    let no_form = desk.post_to("/submit", file).await;
    assert_eq!(no_form.status, 400);
    assert!(no_form.text().contains("request.malformed"));
}

#[tokio::test]
async fn d_22_without_a_page_inside_the_form_is_the_page() {
    let desk = Desk::with(&[], Given::default()).await;
    for path in ["/", "/submit", "/t/acme/"] {
        let page = desk.get(path).await;
        assert_eq!(page.status, 200);
        assert!(
            page.text().contains("<form method=\"post\" action=\"submit\" enctype=\"multipart/form-data\">")
        );
    }
    assert!(desk.get("/plain.css").await.text().contains("var(--bg)"));
}

#[tokio::test]
async fn threat_script_in_names_stays_text_on_the_plain_page() {
    let desk = Desk::new().await;
    let naughty = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</textarea><script>alert(1)</script>",
        "'; DROP TABLE activations; --",
        "{{7*7}} ${7*7} %s %n",
        "../../../etc/passwd",
        "Ω≈ç√∫˜µ≤≥÷ 田中さん 👩‍👩‍👧",
    ];
    let key = desk.license(20).await;
    for name in naughty {
        let device = desk.device(name);
        let mut request = device.request_document(&key, now());
        request.variables.insert("note".into(), name.into());
        let file = device.sign(&request).text;
        let page = submit(&desk, &[("file", &file)]).await;
        assert_eq!(page.status, 200, "{name}");
        let html = page.text();
        assert!(!html.contains("<script") && !html.contains("<img"), "{name}");
        assert_eq!(html.matches("</textarea>").count(), 2, "{name}");
        let outcome = desk.post(file).await.outcome();
        assert_eq!(outcome.device, name);
        let file_name = outcome.license.unwrap().name;
        assert!(file_name.is_ascii() && file_name.matches('.').count() == 1, "{file_name}");
    }
}
