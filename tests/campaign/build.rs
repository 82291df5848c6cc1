//! Writes the batch of generated types that is compiled: that of the environment, or else a small one.

#[path = "generator/mod.rs"]
mod generator;

use std::path::Path;
use std::{env, fs};

/// Pairs of the short run.
const PAIRS: usize = 24;

fn main() {
    println!("cargo::rerun-if-changed=generator");
    println!("cargo::rerun-if-env-changed=EVENT_CONTRACT_CAMPAIGN_SEED");
    println!("cargo::rerun-if-env-changed=EVENT_CONTRACT_CAMPAIGN_PAIRS");
    let number = |name: &str, default: u64| match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}: expected a number, found {text:?}")),
        Err(_) => default,
    };
    let seed = number("EVENT_CONTRACT_CAMPAIGN_SEED", 0);
    let pairs = usize::try_from(number("EVENT_CONTRACT_CAMPAIGN_PAIRS", PAIRS as u64)).unwrap_or(PAIRS);
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&folder).join("batch.rs"), generator::batch(seed, pairs)).expect("OUT_DIR is writable");
}
