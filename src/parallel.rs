//! Scoped worker threads, and jobs that may panic.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A panic of one job: a fault of this library. The answer of the job is undecided; other jobs have theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobPanic {
    message: String,
}

impl fmt::Display for JobPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "internal error, please report it with this input: {}", self.message)
    }
}

/// Runs a job, and returns its panic as an error.
///
/// `AssertUnwindSafe` is sound if the caller drops what the job has changed, or reports it as incomplete.
pub(crate) fn catch<R>(job: impl FnOnce() -> R) -> Result<R, JobPanic> {
    let message = |payload: &(dyn Any + Send)| {
        let text = payload.downcast_ref::<&str>().copied();
        text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic").to_owned()
    };
    catch_unwind(AssertUnwindSafe(job)).map_err(|payload| JobPanic { message: message(&*payload) })
}

/// The sending end of a bounded queue of jobs.
pub(crate) struct JobQueue<J> {
    jobs: SyncSender<J>,
}

impl<J> JobQueue<J> {
    /// Waits until the queue has a free place, and adds a job.
    ///
    /// Jobs are dropped once all workers have panicked: [`fold_jobs`] resumes the panic.
    pub(crate) fn push(&self, job: J) {
        let _ = self.jobs.send(job);
    }
}

/// Returns the number of workers: one per processor, at most `max`.
pub(crate) fn workers(max: usize) -> usize {
    thread::available_parallelism().map_or(1, usize::from).clamp(1, max.max(1))
}

/// Folds jobs on worker threads, and returns the result of `feed` and the state of each worker.
///
/// `feed` runs on this thread. The queue holds one job per worker: memory does not grow with the number of jobs. Which
/// worker gets a job is not determined.
///
/// # Panics
///
/// When `fold` panics: wrap what may panic in [`catch`].
pub(crate) fn fold_jobs<J: Send, S: Default + Send, R>(
    workers: usize,
    feed: impl FnOnce(&JobQueue<J>) -> R,
    fold: impl Fn(&mut S, J) + Sync,
) -> (R, Vec<S>) {
    let (sender, receiver) = mpsc::sync_channel(workers);
    let queue = JobQueue { jobs: sender };
    let receiver = Arc::new(Mutex::new(receiver));
    let run = |receiver: &Mutex<Receiver<J>>| {
        let mut state = S::default();
        loop {
            let job = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return state };
            fold(&mut state, job);
        }
    };
    let run = &run;
    thread::scope(|scope| {
        let spawn = |_| {
            let receiver = Arc::clone(&receiver);
            scope.spawn(move || run(&receiver))
        };
        let workers: Vec<_> = (0..workers).map(spawn).collect();
        // Only the workers keep the receiver: once all of them have panicked, `push` fails instead of waiting forever.
        drop(receiver);
        let result = feed(&queue);
        drop(queue);
        let states = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        (result, states.collect())
    })
}

/// Maps items on worker threads, in their order. An item whose `map` panics has an error in its place.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], map: impl Fn(&T) -> R + Sync) -> Vec<Result<R, JobPanic>> {
    let ((), results) = fold_jobs(
        workers(items.len()),
        |queue| items.iter().enumerate().for_each(|job| queue.push(job)),
        |results: &mut Vec<(usize, Result<R, JobPanic>)>, (index, item)| results.push((index, catch(|| map(item)))),
    );
    let mut results: Vec<_> = results.into_iter().flatten().collect();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        assert_eq!(map(&items, |item| item * 2), items.iter().map(|item| Ok(item * 2)).collect::<Vec<_>>());
        assert!(map(&[0_u32; 0], |item| *item).is_empty());
    }

    #[test]
    fn a_panic_is_an_error_in_the_place_of_its_item() {
        let items: Vec<usize> = (0..100).collect();
        let text = format!("{{{}", "é".repeat(32));
        let cut = |at: &usize| text.split_at(*at).0.len();
        for (at, result) in map(&items, cut).into_iter().enumerate() {
            match result {
                Ok(length) => assert!(length == at && text.is_char_boundary(at)),
                Err(panic) => {
                    assert!(!text.is_char_boundary(at));
                    assert!(panic.to_string().starts_with("internal error, please report it with this input: "));
                }
            }
        }
    }

    #[test]
    fn every_job_is_folded_once() {
        let (sent, sums) =
            fold_jobs(3, |queue| (1..=100).inspect(|job| queue.push(*job)).count(), |sum, job| *sum += job);
        assert_eq!((sent, sums.len(), sums.iter().sum::<usize>()), (100, 3, 5050));
    }

    #[test]
    #[should_panic(expected = "job 1")]
    fn a_panic_of_all_workers_is_resumed() {
        fold_jobs(
            2,
            |queue| (0..100).for_each(|job| queue.push(job)),
            |(): &mut (), job| assert!(job > 99, "job {}", 1),
        );
    }
}
