//! The formats of schema registries, from the same types.
#![allow(missing_docs, clippy::all, clippy::pedantic)]
use crate::catalog::*;
use std::collections::BTreeMap;
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    A,
}
pub struct Export {
    pub files: BTreeMap<String, String>,
    pub notes: Vec<Note>,
}
#[derive(Debug, Clone)]
pub struct Note {
    pub path: String,
    pub what: String,
}
impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}
impl Format {
    pub const ALL: &'static [Format] = &[Format::A];
    pub fn name(self) -> &'static str {
        "a"
    }
    pub fn export(self, _: &Catalog, _: &dyn Fn(&CatalogType, &CatalogVersion) -> Vec<serde_json::Value>) -> Export {
        Export { files: BTreeMap::new(), notes: vec![] }
    }
}
