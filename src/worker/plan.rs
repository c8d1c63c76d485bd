//! Which files go to which worker, and what happens to those of one that does not answer. No browser in it.

use std::collections::VecDeque;

/// Small files that a worker gets at a time: messages cost more than files.
const CHUNK: usize = 16;

/// Jobs that a worker has at a time, so that it need not wait for the page between two.
const AHEAD: usize = 2;

/// Beats that a worker may be silent while it has something to do; the page gives one each second.
const PATIENCE: u32 = 30;

/// The files that wait, and the workers with what they have to do.
#[derive(Debug)]
pub struct Plan<F> {
    waiting: VecDeque<Task<F>>,
    desks: Vec<Desk<F>>,
    jobs: u32,
}

#[derive(Debug)]
struct Task<F> {
    file: F,
    /// It is given out by itself: it is large, or its worker has been stuck before.
    alone: bool,
}

#[derive(Debug)]
struct Desk<F> {
    jobs: Vec<Job<F>>,
    silent: u32,
}

/// Some files for a worker; it answers them together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job<F> {
    /// Names it in the answer.
    pub number: u32,
    /// The files.
    pub files: Vec<F>,
    alone: bool,
}

impl<F> Plan<F> {
    /// No files, and nobody to read them.
    pub const fn new() -> Plan<F> {
        Plan { waiting: VecDeque::new(), desks: Vec::new(), jobs: 0 }
    }
}

impl<F> Default for Plan<F> {
    fn default() -> Plan<F> {
        Plan::new()
    }
}

impl<F: Clone> Plan<F> {
    /// One more worker; its place is the number of those before it.
    pub fn hire(&mut self) {
        self.desks.push(Desk { jobs: Vec::new(), silent: 0 });
    }

    /// One more file. A large one is read by itself, so that no other is stuck with it.
    pub fn bring(&mut self, file: F, large: bool) {
        self.waiting.push_back(Task { file, alone: large });
    }

    /// Files that no worker has.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no worker has anything to do.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.desks.iter().all(|desk| desk.jobs.is_empty())
    }

    /// The next job for this worker; `None` if it has enough, or nothing waits.
    pub fn next(&mut self, worker: usize) -> Option<Job<F>> {
        let desks = self.desks.len();
        let desk = self.desks.get_mut(worker)?;
        let alone = self.waiting.front()?.alone;
        let room = if alone { 1 } else { AHEAD };
        if desk.jobs.len() >= room || desk.jobs.iter().any(|job| job.alone) {
            return None;
        }
        // Towards the end the jobs get smaller, so that all workers end together.
        let most = if alone { 1 } else { (self.waiting.len() / (AHEAD * desks)).clamp(1, CHUNK) };
        let mut files = Vec::new();
        while files.len() < most && self.waiting.front().is_some_and(|task| task.alone == alone) {
            files.extend(self.waiting.pop_front().map(|task| task.file));
        }
        let job = Job { number: self.jobs, files, alone };
        self.jobs = self.jobs.wrapping_add(1);
        if desk.jobs.is_empty() {
            desk.silent = 0;
        }
        desk.jobs.push(job.clone());
        Some(job)
    }

    /// The worker is alive and at this job; the job's first file, which is the only one of a long job.
    pub fn heard(&mut self, worker: usize, number: u32) -> Option<&F> {
        let desk = self.desks.get_mut(worker)?;
        desk.silent = 0;
        desk.jobs.iter().find(|job| job.number == number)?.files.first()
    }

    /// The worker has answered a job; its files. Nothing if it has none of this number.
    pub fn answered(&mut self, worker: usize, number: u32) -> Vec<F> {
        let Some(desk) = self.desks.get_mut(worker) else { return Vec::new() };
        desk.silent = 0;
        let at = desk.jobs.iter().position(|job| job.number == number);
        at.map_or(Vec::new(), |at| desk.jobs.remove(at).files)
    }

    /// The worker is gone and another is in its place. A file that it had by itself is the reason and comes back; of
    /// several nobody knows which it was: each gets a worker of its own.
    pub fn replaced(&mut self, worker: usize) -> Option<F> {
        let desk = self.desks.get_mut(worker)?;
        desk.silent = 0;
        let jobs = std::mem::take(&mut desk.jobs);
        if let [job] = jobs.as_slice()
            && let [file] = job.files.as_slice()
        {
            return Some(file.clone());
        }
        for file in jobs.into_iter().flat_map(|job| job.files) {
            self.waiting.push_back(Task { file, alone: true });
        }
        None
    }

    /// A second is over: the workers that have been silent for too long.
    pub fn beat(&mut self) -> Vec<usize> {
        let mut stuck = Vec::new();
        for (worker, desk) in self.desks.iter_mut().enumerate() {
            if !desk.jobs.is_empty() {
                desk.silent += 1;
                if desk.silent > PATIENCE {
                    stuck.push(worker);
                }
            }
        }
        stuck
    }

    /// There are no workers any more. Takes back a file that waits or that one of them had, until there is none.
    pub fn take_back(&mut self) -> Option<F> {
        while let Some(mut desk) = self.desks.pop() {
            for job in desk.jobs.drain(..) {
                self.waiting.extend(job.files.into_iter().map(|file| Task { file, alone: true }));
            }
        }
        self.waiting.pop_front().map(|task| task.file)
    }
}
