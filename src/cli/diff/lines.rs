//! Questions from standard input, one per line, answered in parallel and in order.

use std::io::{self, Write as _};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use super::answer;
use crate::cli::exit::{Exit, Failure};
use crate::cli::input::{InputLine, MAX_LINE_BYTES, read_line};
use crate::cli::{input, output};
use crate::compat::Question;
use crate::parallel::{JobQueue, catch, fold_jobs, workers};

/// The JSON of an answer, and the exit code for it.
type Answer = (String, Exit);

/// A line, and the place for its answer.
type Job = (Vec<u8>, SyncSender<Answer>);

/// Answers the lines. `configure` sets the options of each question.
///
/// A thread reads and hands out lines, each with a channel for its answer; this thread writes the answers of the channels
/// in order. Both queues are bounded, so that memory does not grow with the input.
pub(super) fn run(configure: impl for<'q> Fn(Question<'q>) -> Question<'q> + Sync) -> Result<Exit, Failure> {
    let workers = workers(usize::MAX);
    let (order, answers) = mpsc::sync_channel(workers);
    let ask = |(): &mut (), (line, place): Job| {
        // The receiver is gone if earlier answers could not be written.
        let line = String::from_utf8_lossy(&line);
        let _ = place.send(answer_or_error(&line, |line| answer::answer(line, &configure)));
    };
    thread::scope(|scope| {
        let reader = scope.spawn(move || fold_jobs(workers, |jobs| read_lines(jobs, &order), ask).0);
        let exit = write_answers(&answers);
        // Stops the reader if the output was closed.
        drop(answers);
        let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let exit = exit?;
        read.map(|()| exit)
    })
}

/// Answers a line. A panic is answered too: otherwise later answers would be taken for those of earlier questions.
fn answer_or_error(line: &str, answer: impl FnOnce(&str) -> Answer) -> Answer {
    catch(|| answer(line)).unwrap_or_else(|panic| (answer::undecided(line, panic.to_string()), Exit::Failure))
}

fn read_lines(jobs: &JobQueue<Job>, order: &SyncSender<Receiver<Answer>>) -> Result<(), Failure> {
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        match read_line(&mut input, &mut line).map_err(|error| input::read_error("-", &error))? {
            InputLine::End => return Ok(()),
            InputLine::Read => {}
            InputLine::TooLong => {
                let reason = format!("the line has more than {MAX_LINE_BYTES} bytes");
                let (place, answer) = mpsc::sync_channel(1);
                let _ = place.send((answer::undecided("", reason), Exit::Failure));
                if order.send(answer).is_err() {
                    return Ok(());
                }
                continue;
            }
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (place, answer) = mpsc::sync_channel(1);
        if order.send(answer).is_err() {
            return Ok(());
        }
        jobs.push((line, place));
    }
}

/// Writes each answer as soon as the earlier ones are written, until the output is closed.
fn write_answers(answers: &Receiver<Receiver<Answer>>) -> io::Result<Exit> {
    let mut out = output::stdout(output::Syntax::Json);
    let mut exit = Exit::Success;
    for (answer, of_answer) in answers.iter().flat_map(|answer| answer.recv()) {
        exit = exit.max(of_answer);
        writeln!(out, "{answer}")?;
        out.flush()?;
        if out.is_closed() {
            break;
        }
    }
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_answered_as_undecided_under_its_id() {
        let line = r#"{"id": 7, "writer": {"pattern": "{é"}, "reader": true}"#;
        let (text, exit) = answer_or_error(line, |line| panic!("cut in {}", line.len()));
        let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&answer["id"], &answer["verdict"]), (&7.into(), &"undecided".into()));
        assert!(answer["reason"].as_str().unwrap().ends_with("cut in 55"), "{text}");
        assert_eq!(exit, Exit::Failure);
    }
}
