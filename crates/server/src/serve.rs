//! Connections, slow clients, and an orderly end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::app::App;
use crate::http::{Peer, router};
use crate::live;
use crate::schedule::{ERRANDS, JOBS, Running};
use crate::service::pool::start_up;

/// Connections at a time; others wait in the system's queue.
const CONNECTIONS: usize = 8_192;

/// Bytes that a request's head may have.
const HEAD: usize = 64 << 10;

/// Serves until `stop` is there; then takes no more, finishes what has begun, and closes the store.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let router = router(app.clone());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(app.settings.head).max_buf_size(HEAD).keep_alive(true);

    if let Err(error) = start_up(&app).await {
        tracing::error!(%error, "licenses that failed verification are not tried anew");
    }
    let by_itself = Running::start(&app, JOBS, ERRANDS);
    tokio::spawn(live::watch(app.clone()));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let room = Arc::clone(&room).acquire_owned().await;
            (accept(&listener).await, room)
        };
        let ((stream, peer), place) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let service = router.clone().map_request(move |mut request: hyper::Request<_>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the client's affair; the request's own line is in the log.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    app.live.close();
    tracing::info!("stopping: no new connections, running requests are finished");
    if tokio::time::timeout(app.settings.stop, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running and were cut off; none of them was acknowledged");
    }
    by_itself.stop(app.settings.stop).await;
    app.store.close().await;
    tracing::info!("stopped");
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written at once and whole; waiting for more would only delay them.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, for instance: the others go on, and it passes.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

/// Ready when the process is asked to end: by Ctrl-C, or by the system's terminate signal.
pub async fn asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    () = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => interrupt.await,
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
