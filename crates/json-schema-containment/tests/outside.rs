//! Questions with known answers from outside this project: no verdict may be wrong, and few may be undecided.
//!
//! The cases are not distributed with the crate: the test runs if `EVENT_CONTRACT_OUTSIDE` names the folder that holds them.

#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::fs;
use std::time::{Duration, Instant};

use json_schema_containment::exact::ExactValue as Value;
use json_schema_containment::{Question, Verdict};
use skip::outside_folder;

/// Limit on the time of one question: about a second in an optimised build, more without optimisation.
const MAX_DURATION: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 2 });

#[derive(Debug, Default)]
struct Tally {
    known: usize,
    right: usize,
    wrong: Vec<String>,
    undecided: Vec<String>,
    slowest: (Duration, String),
}

fn ask(tally: &mut Tally, line: &str) {
    let line = Value::parse(line).unwrap();
    let id = line["id"].as_str().unwrap();
    let draft = line["draft"].as_str().unwrap().parse().unwrap();
    let start = Instant::now();
    let verdict = Question::from_exact(&line["writer"], &line["reader"]).draft(draft).ask();
    let took = start.elapsed();
    if took > tally.slowest.0 {
        tally.slowest = (took, id.to_owned());
    }
    let Some(contained) = line["contained"].as_bool() else { return };
    tally.known += 1;
    match (&verdict, contained) {
        (Ok(Verdict::Contained), true) | (Ok(Verdict::Broken { .. }), false) => tally.right += 1,
        (Ok(Verdict::Contained | Verdict::Broken { .. }), _) => tally.wrong.push(format!("{id}: {verdict:?}")),
        (Ok(Verdict::Undecided { .. }) | Err(_), _) => tally.undecided.push(format!("{id}: {verdict:?}")),
    }
}

#[test]
fn no_outside_case_is_decided_wrongly_and_99_percent_are_decided() {
    let Some(outside) = outside_folder() else { return };
    let folder = outside.join("cases/compat");
    assert!(folder.is_dir(), "EVENT_CONTRACT_OUTSIDE is set, but {} is not a folder", folder.display());
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    let (mut known, mut right) = (0, 0);
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        let mut tally = Tally::default();
        fs::read_to_string(file).unwrap().lines().for_each(|line| ask(&mut tally, line));
        println!(
            "{}: {} known, {} right, {} wrong, {} undecided, slowest {:?}",
            file.file_stem().unwrap().display(),
            tally.known,
            tally.right,
            tally.wrong.len(),
            tally.undecided.len(),
            tally.slowest
        );
        tally.undecided.iter().for_each(|line| println!("  {line}"));
        assert!(tally.slowest.0 < MAX_DURATION, "{:?}", tally.slowest);
        known += tally.known;
        right += tally.right;
        wrong.extend(tally.wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(known > 0 && right * 100 >= known * 99, "{right} of {known}");
}
