//! The scheduler and the errands of a server that runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use handcarry_store::StoreError;
use tokio::sync::watch;
use tokio::task;

use crate::app::App;
use crate::schedule::pass::{Jobs, pass};
use crate::schedule::{Errand, JobError};

/// How often an errand looks whether it should end, while it has nothing to do.
const LOOK: Duration = Duration::from_millis(50);

/// What runs by itself. It ends with [`Running::stop`].
#[derive(Debug)]
pub struct Running {
    stop: watch::Sender<bool>,
    jobs: task::JoinHandle<()>,
    stopped: Arc<AtomicBool>,
    errands: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts the jobs as a task of this runtime, and each errand on threads of its own.
    pub fn start(app: &App, jobs: Jobs, errands: &'static [&'static dyn Errand]) -> Running {
        let (stop, watched) = watch::channel(false);
        let stopped = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for errand in errands {
            for _ in 0..errand.threads() {
                let (app, stopped, errand) = (app.clone(), Arc::clone(&stopped), *errand);
                let thread = std::thread::Builder::new().name(errand.name().to_owned());
                match thread.spawn(move || go(&app, errand, &stopped)) {
                    Ok(thread) => threads.push(thread),
                    Err(error) => tracing::error!(errand = errand.name(), %error, "a thread does not start"),
                }
            }
        }
        let jobs = tokio::spawn(watch_jobs(app.clone(), jobs, watched));
        Running { stop, jobs, stopped, errands: threads }
    }

    /// Ends after what is being done. An errand that waits for somebody else may take a while longer than `patience`;
    /// what it had claimed is then tried again by the next server.
    pub async fn stop(self, patience: Duration) {
        self.stopped.store(true, Ordering::Relaxed);
        // An error would mean that the task has ended already.
        let _ = self.stop.send(true);
        let _ = self.jobs.await;
        let ended = task::spawn_blocking(move || {
            for errand in self.errands {
                // A thread that panicked has ended too.
                let _ = errand.join();
            }
        });
        if tokio::time::timeout(patience, ended).await.is_err() {
            tracing::warn!("an errand was still waiting for an answer and was left behind");
        }
    }
}

async fn watch_jobs(app: App, jobs: Jobs, mut stop: watch::Receiver<bool>) {
    loop {
        let wait = match pass(&app, jobs, app.clock.now()).await {
            Ok(passed) if passed.more => Duration::ZERO,
            Ok(_) | Err(StoreError::Busy) => app.settings.tick,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "the scheduler cannot use the store");
                app.settings.tick
            }
        };
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

fn go(app: &App, errand: &dyn Errand, stopped: &AtomicBool) {
    while !stopped.load(Ordering::Relaxed) {
        // A panic ends one round, not the errand.
        let round = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| errand.round(app)));
        match round {
            Ok(Ok(0) | Err(JobError::Store(StoreError::Busy))) => {}
            Ok(Ok(_)) => continue,
            Ok(Err(JobError::Store(StoreError::Closed))) => return,
            Ok(Err(error)) => tracing::error!(errand = errand.name(), %error, "an errand failed"),
            Err(_) => tracing::error!(errand = errand.name(), "an errand panicked"),
        }
        rest(app.settings.tick, stopped);
    }
}

fn rest(tick: Duration, stopped: &AtomicBool) {
    let mut rested = Duration::ZERO;
    while rested < tick && !stopped.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK.min(tick));
        rested += LOOK;
    }
}
