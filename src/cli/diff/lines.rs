//! Questions a line, answered on all processors, in the order in which they came.

use std::io::{self, BufRead as _, Write as _};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::{Diff, answer};
use crate::cli::{Exit, Failure, input, output};
use crate::compat::Verdict;

/// What a line is answered, and the verdict where it was a question that could be asked.
type Answer = (String, Option<Verdict>);

/// Questions and their places, as they are handed out.
type Work = (Vec<u8>, SyncSender<Answer>);

/// However many lines come, a few for each processor are held.
pub(super) fn answer(diff: &Diff) -> Result<Exit, Failure> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (work, to_do) = mpsc::sync_channel(workers);
    let (order, answers) = mpsc::sync_channel(workers);
    let to_do = Arc::new(Mutex::new(to_do));
    thread::scope(|scope| {
        let lines = scope.spawn(move || read(&work, &order));
        for _ in 0..workers {
            let to_do = Arc::clone(&to_do);
            scope.spawn(move || ask(diff, &to_do));
        }
        // Only they hold it: when none is left, nothing can be handed out, rather than waited for.
        drop(to_do);
        let said = say(&answers);
        // Who still reads lines is told that nobody waits for more.
        drop(answers);
        let read = lines.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
        let exit = said?;
        read.map(|()| exit)
    })
}

/// Hands out each line, and the place of its answer.
fn read(work: &SyncSender<Work>, order: &SyncSender<Receiver<Answer>>) -> Result<(), Failure> {
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line).map_err(|error| input::unreadable("-", &error))? == 0 {
            return Ok(());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (place, answer) = mpsc::sync_channel(1);
        if order.send(answer).is_err() || work.send((line, place)).is_err() {
            return Ok(());
        }
    }
}

fn ask(diff: &Diff, to_do: &Mutex<Receiver<Work>>) {
    loop {
        let next = to_do.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((line, place)) = next else { return };
        // Nobody waits any more where the answers before it could not be written.
        let _ = place.send(answer::answer(&String::from_utf8_lossy(&line), |question| diff.configure(question)));
    }
}

/// Writes each answer as soon as those before it are written, until nobody listens.
fn say(answers: &Receiver<Receiver<Answer>>) -> io::Result<Exit> {
    let mut out = output::stdout();
    let mut exit = Exit::Well;
    for (answer, verdict) in answers.iter().flat_map(|answer| answer.recv()) {
        exit = exit.max(verdict.as_ref().map_or(Exit::NotAsked, Exit::of));
        writeln!(out, "{answer}")?;
        out.flush()?;
        if out.is_closed() {
            break;
        }
    }
    Ok(exit)
}
