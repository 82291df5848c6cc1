//! Counts the lines of files on all processors.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use super::chunk;
use crate::audit::{Place, Summary, UnreadRemainder};
use crate::catalog::Catalog;
use crate::parallel::{JobQueue, catch, fold_jobs, workers};

/// Maximum number of workers: with more, reading the file is the bottleneck.
const MAX_WORKERS: usize = 8;

/// Complete lines of a file.
pub(super) struct Lines {
    pub(super) file: Arc<str>,
    /// The number of the first line.
    pub(super) first: u64,
    pub(super) bytes: Vec<u8>,
}

/// The queue of lines to count, with their buffers for reuse.
pub(super) struct Feed<'a> {
    queue: &'a JobQueue<Lines>,
    counted: Receiver<Vec<u8>>,
}

impl Feed<'_> {
    /// Waits for a free place in the queue, and adds lines.
    pub(super) fn push(&self, lines: Lines) {
        self.queue.push(lines);
    }

    /// Returns a buffer whose lines have been counted, or a new one.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.counted.try_recv().unwrap_or_default()
    }
}

/// Counts all lines that `feed` adds. The summary does not depend on the number of workers.
pub(super) fn count(catalog: &Catalog, feed: impl FnOnce(&Feed<'_>)) -> Summary {
    let (counted, buffers) = mpsc::channel();
    let count = |summary: &mut Summary, Lines { file, first, bytes }| {
        for (line, text) in (first..).zip(chunk::lines(&bytes)) {
            // What a panic leaves in the summary is a part of one line, which is reported as incomplete.
            if let Err(panic) = catch(|| summary.add_line(catalog, Place { file: &file, line }, text)) {
                let message = format!("{file}, line {line}: {panic}");
                summary.add_incomplete(UnreadRemainder { file: file.to_string(), message });
            }
        }
        // At the end of the input, no buffer is needed any more.
        let _ = counted.send(bytes);
    };
    let feed = |queue: &JobQueue<Lines>| feed(&Feed { queue, counted: buffers });
    let ((), parts) = fold_jobs(workers(MAX_WORKERS), feed, count);
    parts.into_iter().fold(Summary::default(), |mut sum, part| {
        sum.merge(part);
        sum
    })
}
