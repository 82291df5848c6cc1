//! JSON documents as text: pointers, and a tree that keeps positions, spellings and repeated members.

mod pointer;
pub mod text;

pub use pointer::Pointer;
