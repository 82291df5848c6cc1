//! The subcommand `read` on faults, and names of files that are not UTF-8 in all subcommands.

mod fault;
#[path = "../support/folder.rs"]
mod folder;
#[cfg(unix)]
mod names;
