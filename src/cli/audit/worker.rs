//! Lines, counted on all processors.

use std::panic;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::chunk;
use crate::audit::{Place, Summary};
use crate::catalog::Catalog;

/// With more of them, reading the file is what takes the time.
const MOST: usize = 8;

/// Whole lines of a file.
pub(super) struct Work {
    pub(super) file: Arc<str>,
    /// The number of the first line.
    pub(super) first: u64,
    pub(super) bytes: Vec<u8>,
}

/// Where work is handed out.
pub(super) struct Feed {
    work: SyncSender<Work>,
    done: Receiver<Vec<u8>>,
}

impl Feed {
    /// Hands out work, once somebody is about to be free for it.
    pub(super) fn give(&self, work: Work) {
        // Nobody takes any more where all have panicked, which is said when they are joined.
        let _ = self.work.send(work);
    }

    /// A buffer for more: one that has been worked through, if there is one.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.done.try_recv().unwrap_or_default()
    }
}

/// Counts everything that is handed out. Who counts what is left to chance, and does not matter: summaries merge.
pub(super) fn count(catalog: &Catalog, feed: impl FnOnce(&Feed)) -> Summary {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(MOST);
    let (work, to_do) = mpsc::sync_channel(workers);
    let (to_done, done) = mpsc::channel();
    let to_do = Arc::new(Mutex::new(to_do));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let (to_do, to_done) = (Arc::clone(&to_do), to_done.clone());
                scope.spawn(move || run(catalog, &to_do, &to_done))
            })
            .collect();
        // Only the workers hold it: when none is left, nothing can be handed out, rather than waited for.
        drop(to_do);
        feed(&Feed { work, done });
        let parts = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|cause| panic::resume_unwind(cause)));
        parts.fold(Summary::default(), |mut sum, part| {
            sum.merge(part);
            sum
        })
    })
}

fn run(catalog: &Catalog, to_do: &Mutex<Receiver<Work>>, done: &Sender<Vec<u8>>) -> Summary {
    let mut summary = Summary::default();
    loop {
        let next = to_do.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Work { file, first, bytes }) = next else {
            return summary;
        };
        for (line, text) in (first..).zip(chunk::lines(&bytes)) {
            summary.add_line(catalog, Place { file: &file, line }, text);
        }
        // At the end there is nobody who wants it.
        let _ = done.send(bytes);
    }
}
