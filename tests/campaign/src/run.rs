//! A run over the batch.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cell::{Asked, Subject, examine};
use crate::report::Report;
use event_contract_campaign::{PAIRS, SEED};

/// The size of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Documents of a cell. A cell of a small type has fewer: none is examined twice.
    pub(crate) documents: usize,
    /// See [`Asked`].
    pub(crate) asked: Asked,
    /// Threads.
    pub(crate) threads: usize,
}

/// Stack of a thread: an unoptimised build nests deeply.
const STACK: usize = 64 << 20;

/// Examines each type by itself, and both versions of each pair with each other.
///
/// # Panics
///
/// If a schema of the library is no schema to `jsonschema`.
pub(crate) fn run(settings: Settings) -> Report {
    let report = Mutex::new(Report::default());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..settings.threads {
            let work = || {
                while let Some(pair) = PAIRS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let subjects = pair.sides.each_ref().map(Subject::new);
                    for subject in &subjects {
                        let mut report = report.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        report.add_type(subject.is_refuted);
                    }
                    for (index, (writer, reader)) in [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().enumerate() {
                        let seed = SEED << 32 | (pair.index as u64) << 8 | index as u64;
                        let (one, other) = (&subjects[writer], &subjects[reader]);
                        let result = examine(one, other, writer == reader, settings.documents, seed, settings.asked);
                        let mut report = report.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        report.add(pair.index, (writer, reader), result);
                    }
                }
            };
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread can be started");
        }
    });
    report.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
