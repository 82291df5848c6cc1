//! The command line of the shipped contract.

use std::process::ExitCode;

fn main() -> ExitCode {
    event_contract::cli::main(event_contract::contract::catalog())
}
