//! Paths to the places of a type that was explored.

use std::collections::BTreeMap;

use json_document::Pointer;

use super::alias::Aliases;

/// The structs that one pass has met: name, and names of the fields with their aliases.
pub(super) type Structs = BTreeMap<Pointer, (&'static str, &'static [&'static str])>;

/// Returns the fields of a struct in their order, without aliases.
pub(super) fn field_names(aliases: &Aliases, name: &str, names: &[&'static str]) -> Vec<&'static str> {
    let aliases = aliases.find(name, names);
    let is_field = |name: &str| aliases.is_none_or(|aliases| aliases.field_of(name).is_none());
    names.iter().copied().filter(|name| is_field(name)).collect()
}

/// Converts a pointer into a path: in an exploration, the segment of a field is its position.
pub(super) fn to_path(at: &Pointer, structs: &Structs, aliases: &Aliases) -> Vec<String> {
    let mut here = Pointer::ROOT;
    let mut path = Vec::new();
    for segment in at.segments() {
        let field = structs.get(&here).and_then(|(name, names)| {
            let index: usize = segment.parse().ok()?;
            field_names(aliases, name, names).get(index).copied()
        });
        path.push(field.map_or_else(|| segment.clone(), str::to_owned));
        here.push_name(&segment);
    }
    path
}
