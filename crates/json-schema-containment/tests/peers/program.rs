//! Client of the program in this folder: one question and one answer at a time.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};

/// The peers: a process that is started with the first question.
pub(crate) struct Peers {
    start: Box<dyn Fn() -> Command + Send>,
    running: Option<Running>,
}

struct Running {
    program: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

impl Peers {
    /// Finds the program at the path in `EVENT_CONTRACT_PEERS`, or else in its target folder; `None` if it is not built.
    pub(crate) fn find() -> Option<Self> {
        let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/target/release/event-contract-peers");
        let named = std::env::var_os("EVENT_CONTRACT_PEERS").map(PathBuf::from);
        let program = named.clone().unwrap_or_else(|| usual.into());
        if !Path::new(&program).is_file() {
            assert!(named.is_none(), "EVENT_CONTRACT_PEERS: no program at {}", program.display());
            return None;
        }
        Some(Self::new(move || Command::new(&program)))
    }

    /// Uses any command that answers each line of its input with a line of output.
    pub(crate) fn new(start: impl Fn() -> Command + Send + 'static) -> Self {
        Self { start: Box::new(start), running: None }
    }

    /// Returns the answers of the peers by name; `None` if they exceed the timeout.
    pub(crate) fn ask(&mut self, writer: &Value, reader: &Value, patience: Duration) -> Option<Value> {
        let start = &self.start;
        let running = self.running.get_or_insert_with(|| Running::start(&mut start()));
        writeln!(running.questions, "{}", json!({"writer": writer, "reader": reader})).unwrap();
        if let Ok(answer) = running.answers.recv_timeout(patience) {
            return Some(serde_json::from_str(&answer).unwrap());
        }
        self.running = None;
        None
    }
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (answer, answers) = mpsc::channel();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| answer.send(line)));
        Self { questions: program.stdin.take().unwrap(), answers, program }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
