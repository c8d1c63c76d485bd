//! Too much, too often, too slow, and the end of the server.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use handcarry_server::serve::serve;
use handcarry_server::settings::Given;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::desk::{Desk, PAGE, now};

#[tokio::test]
async fn threat_denial_of_service_d_06_a_file_above_the_limit_is_refused_before_it_is_read() {
    let desk = Desk::with(PAGE, Given { file_limit: Some(10_000), ..Given::default() }).await;
    let announced = Request::post("/api/v1/documents").header("content-length", "10001");
    let got = desk.send(announced.body(Body::empty()).unwrap()).await;
    assert_eq!(got.status, 413);
    let problem = got.problem();
    assert_eq!(problem.code, "too_large");
    assert_eq!((problem.facts["size"].as_str(), problem.facts["limit"].as_str()), ("10001", "10000"));
    // Not announced: one byte more than allowed.
    let stream = futures_util::stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1_000])));
    let got = desk.post(Body::from_stream(stream)).await;
    assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (413, "too_large"));
    assert_eq!(desk.info("/api/v1/tenant").await.file_limit, 10_000);
}

#[tokio::test]
async fn threat_denial_of_service_too_many_uploads_from_one_address_are_told_when_to_come_back() {
    let given = Given { rate: Some(1), burst: Some(2), behind_proxy: Some(true), ..Given::default() };
    let desk = Desk::with(PAGE, given).await;
    let from = |address: &str| {
        let request =
            Request::post("/api/v1/documents").header("x-forwarded-for", format!("9.9.9.9, {address}"));
        request.body(Body::from("x")).unwrap()
    };
    assert_eq!(desk.send(from("10.0.0.1")).await.status, 422);
    assert_eq!(desk.send(from("10.0.0.1")).await.status, 422);
    let got = desk.send(from("10.0.0.1")).await;
    assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (429, "rate.limited"));
    let wait: u64 = got.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&wait));
    // Who uses the plain form is told on a page.
    let mut form = from("10.0.0.1");
    form.headers_mut().insert("accept", "text/html".parse().unwrap());
    let page = desk.send(form).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (429, "text/html; charset=utf-8"));
    assert!(page.text().contains("Too many requests") && !page.header("retry-after").is_empty());
    assert_eq!(desk.send(from("10.0.0.2")).await.status, 422, "others are not concerned");
    assert_eq!(desk.get("/").await.status, 200, "the page is not limited");
}

#[tokio::test]
async fn too_many_requests_at_a_time_are_told_to_come_back() {
    let desk = Desk::with(PAGE, Given { concurrent: Some(0), ..Given::default() }).await;
    let got = desk.get("/api/v1/tenant").await;
    assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (503, "server.busy"));
    assert_eq!(got.header("retry-after"), "1");
    assert_eq!(desk.get("/healthz").await.status, 200);
    assert_eq!(desk.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn no_memory_for_bodies_is_busy_and_no_crash() {
    let desk = Desk::with(PAGE, Given { body_memory: Some(100), ..Given::default() }).await;
    let got = desk.post(vec![b'x'; 101]).await;
    assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (503, "server.busy"));
    assert_eq!(desk.post(vec![b'x'; 100]).await.status, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_denial_of_service_who_sends_what_there_is_no_memory_for_is_told_so_and_not_cut_off() {
    let desk = Desk::with(PAGE, Given { body_memory: Some(100_000), ..Given::default() }).await;
    let (address, _stop, _server) = started(&desk).await;
    for size in [100_001, 20 << 20] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let head = format!("POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n");
        client.write_all(head.as_bytes()).await.unwrap();
        // Many look at the answer only when they have sent everything.
        client.write_all(&vec![b'x'; size]).await.unwrap();
        let mut answer = vec![0; 12];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, b"HTTP/1.1 503");
    }
    assert_eq!(desk.post(vec![b'x'; 100]).await.status, 422, "the memory is given back");
}

#[tokio::test]
async fn a_store_that_is_closed_is_not_ready() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let file = desk.device("WS-17").request(&key, now());
    assert_eq!(desk.get("/readyz").await.status, 200);
    desk.app.store.close().await;
    assert_eq!(desk.get("/readyz").await.status, 503);
    assert_eq!(desk.get("/healthz").await.status, 200);
    let got = desk.post(file).await;
    assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (503, "server.busy"));
}

async fn started(
    desk: &Desk,
) -> (std::net::SocketAddr, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let app = desk.app.clone();
    let server = tokio::spawn(async move {
        serve(listener, app, async {
            let _ = stopped.await;
        })
        .await;
    });
    (address, stop, server)
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    read.expect("the server ends the connection").unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_denial_of_service_a_slow_client_is_cut_off() {
    let given = Given { head_seconds: Some(1), body_seconds: Some(1), ..Given::default() };
    let desk = Desk::with(PAGE, given).await;
    let (address, _stop, _server) = started(&desk).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /api/v1/ten").await.unwrap();
    read_all(&mut slow).await;

    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        .await
        .unwrap();
    let answer = read_all(&mut half).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("request.timeout"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_finishes_what_has_begun() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let file = desk.device("WS-17").request(&key, now());
    let (address, stop, server) = started(&desk).await;
    let mut begun = TcpStream::connect(address).await.unwrap();
    let head =
        format!("POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", file.len());
    let (first, rest) = file.split_at(100);
    begun.write_all(format!("{head}{first}").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(TcpStream::connect(address).await.is_err(), "no new connections");
    begun.write_all(rest.as_bytes()).await.unwrap();
    let answer = read_all(&mut begun).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), server).await.unwrap().unwrap();
}
