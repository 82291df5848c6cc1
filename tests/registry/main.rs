//! Registry formats, compared with each other and judged by validators in other languages.

mod agree;
mod case;
mod outside;
#[path = "../support/skip.rs"]
mod skip;
mod zoo;
