//! The command line of this contract: `cargo run -p parcel-contract -- schemas verify`.

fn main() -> std::process::ExitCode {
    event_contract::cli::main(parcel_contract::catalog())
}
