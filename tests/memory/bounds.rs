//! Families of hostile inputs: each is answered with bounded work and memory, and the cost grows with the size, not faster.
//!
//! As a test, each family has two small sizes, one twice the other. What is asserted does not depend on the clock: the
//! outcome, the peak memory, and the growth of memory and of the number of allocations. As a campaign, it prints a table
//! with seconds for inputs of a megabyte:
//!
//! ```sh
//! cargo test --profile campaign -p event-contract-memory --test bounds -- --large [FAMILY]
//! ```

#![expect(clippy::cast_precision_loss, reason = "numbers of a table")]

mod counter;
mod family;

use std::process::ExitCode;
use std::time::Instant;

use counter::Cost;
use family::{FAMILIES, Family, Input, Outcome};

/// Sizes of the test, as parts of a megabyte: the second is twice the first.
const SMALL: [f64; 2] = [1.0 / 64.0, 1.0 / 32.0];
/// Bytes of any input, which a budget allows whatever the size is.
const MAX_FIXED_BYTES: usize = 48 << 20;
/// Bytes for each byte of an input.
const MAX_FACTOR: usize = 250;
/// Growth of the allocations with twice the size, in tenths.
const MAX_GROWTH: usize = 27;
/// Steps of a question in the test: a hundredth of the default, so that their end is met within the time of a test.
const SMALL_BUDGET: u64 = 20_000;
/// Allocations that do not count: few of them do not show how they grow.
const MIN_ALLOCATIONS: usize = 5_000;
/// Allocations of a question that its budget allows, whatever the size is.
const MIN_ALLOCATIONS_OF_QUESTION: usize = 150_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_large = arguments.iter().any(|argument| argument == "--large");
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let families = FAMILIES.iter().filter(|family| filter.is_none_or(|filter| family.name.contains(filter.as_str())));
    let mut failures = Vec::new();
    for family in families {
        if is_large {
            let (length, cost, seconds, outcome) = run(family, 1.0, None);
            let megabytes = cost.peak as f64 / 1e6;
            println!("{:40} {length:>9} B {seconds:>7.2} s {megabytes:>7.1} MB  {outcome:?}", family.name);
        } else {
            failures.extend(check(family));
        }
    }
    assert!(FAMILIES.len() >= 60);
    for failure in &failures {
        println!("{failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(family: &Family, size: f64, budget: Option<u64>) -> (usize, Cost, f64, Outcome) {
    let input = (family.input)(size);
    let begin = Instant::now();
    let (cost, outcome) = counter::measure(|| (family.run)(&input, budget));
    (input.length(), cost, begin.elapsed().as_secs_f64(), outcome)
}

fn check(family: &Family) -> Vec<String> {
    let mut failures = Vec::new();
    let [(_, small, ..), (length, large, _, outcome)] = SMALL.map(|size| run(family, size, Some(SMALL_BUDGET)));
    let name = family.name;
    println!("{name}: {length} bytes, peak {}, {} allocations, {outcome:?}", large.peak, large.allocations);
    if outcome != family.expected {
        failures.push(format!("{name}: expected {:?}, found {outcome:?}", family.expected));
    }
    let max = MAX_FIXED_BYTES + MAX_FACTOR * length;
    if large.peak > max {
        failures.push(format!("{name}: peak of {} bytes, expected at most {max}", large.peak));
    }
    let is_question = matches!((family.input)(SMALL[0]), Input::Schemas(_));
    let min = if is_question { MIN_ALLOCATIONS_OF_QUESTION } else { MIN_ALLOCATIONS };
    let [few, many] = [small, large].map(|cost| cost.allocations.max(min));
    if many * 10 > few * MAX_GROWTH {
        failures.push(format!("{name}: {few} allocations became {many} with twice the size"));
    }
    failures
}
