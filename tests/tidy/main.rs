//! Checks the vocabulary and the structure of the repository.
//!
//! Each file of rules reads the sources as tokens and fails with a list of `path:line: problem: advice`. By default a
//! failing rule lists at most 40 entries and counts the rest by folder. `EVENT_CONTRACT_TIDY=report` lists all of them,
//! `EVENT_CONTRACT_TIDY=src/check` those below one path:
//!
//! ```sh
//! EVENT_CONTRACT_TIDY=src/check cargo test --test tidy
//! cargo test --test tidy statistics -- --nocapture
//! ```

mod cycle;
mod docs;
mod length;
mod module;
mod name;
mod order;
mod parameter;
mod public_type;
mod report;
mod source;
mod syntax;
mod word;
