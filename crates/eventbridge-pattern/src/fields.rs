//! The fields that conditions look at, as a tree of their names.

use super::hash::Table;
use super::rest::Rest;

/// From how many names on a table pays.
const MANY: usize = 8;

/// A tree of names. A path is its names joined with dots, and so is a field: a name with a dot in it is two names here.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    nodes: Vec<Node>,
    count: u32,
    rest: Rest,
}

#[derive(Debug, Clone, Default)]
struct Node {
    names: Vec<Name>,
    table: Table<Box<str>, u32>,
    field: Option<u32>,
}

/// A name and what lies below it.
#[derive(Debug, Clone)]
struct Name {
    text: Box<str>,
    start: u64,
    below: u32,
}

impl Default for Fields {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], count: 0, rest: Rest::default() }
    }
}

impl Fields {
    pub(super) const ROOT: u32 = 0;

    /// The number of the field at a path. A path that ends with an empty name has none: the service never finds it.
    pub(super) fn insert(&mut self, path: &str) -> Option<u32> {
        if path.ends_with('.') {
            return None;
        }
        let mut at = Self::ROOT;
        for name in path.split('.') {
            at = match self.name(at, name) {
                Some(below) => below,
                None => self.grow(at, name),
            };
        }
        let (count, rest) = (&mut self.count, &mut self.rest);
        Some(*self.nodes[at as usize].field.get_or_insert_with(|| {
            rest.insert(path.rsplit('.').next().unwrap_or_default());
            *count += 1;
            *count - 1
        }))
    }

    /// What lies below a node under a name of an event.
    #[inline]
    pub(super) fn below(&self, at: u32, name: &str) -> Option<u32> {
        let node = &self.nodes[at as usize];
        if node.names.len() > MANY {
            return node.table.get(name).copied().or_else(|| self.below_parts(at, name));
        }
        let start = start(name.as_bytes());
        // Whether one of the names here, and a dot behind it, may be the beginning of this one.
        let mut may_begin = false;
        for known in &node.names {
            if known.start == start && *known.text == *name {
                return Some(known.below);
            }
            may_begin |= name.as_bytes().get(known.text.len()) == Some(&b'.');
        }
        if may_begin { self.below_parts(at, name) } else { None }
    }

    /// The same for a name with dots in it.
    fn below_parts(&self, at: u32, name: &str) -> Option<u32> {
        if !name.contains('.') {
            return None;
        }
        name.split('.').try_fold(at, |at, part| self.name(at, part))
    }

    pub(super) fn field(&self, node: u32) -> Option<u32> {
        self.nodes[node as usize].field
    }

    pub(super) fn has_names(&self, node: u32) -> bool {
        !self.nodes[node as usize].names.is_empty()
    }

    /// Whether a part of an event may have a field in it, where that can be told.
    pub(super) fn rest(&self) -> Option<&Rest> {
        Some(&self.rest).filter(|rest| rest.can_tell())
    }

    /// How many fields there are.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    fn name(&self, at: u32, name: &str) -> Option<u32> {
        self.nodes[at as usize].table.get(name).copied()
    }

    fn grow(&mut self, node: u32, name: &str) -> u32 {
        let below = u32::try_from(self.nodes.len()).expect("fewer nodes than bytes in all patterns");
        self.nodes.push(Node::default());
        let node = &mut self.nodes[node as usize];
        node.names.push(Name { text: name.into(), start: start(name.as_bytes()), below });
        node.table.insert(name.into(), below);
        below
    }
}

/// The first bytes of a name, by which most names are told apart.
#[inline]
fn start(name: &[u8]) -> u64 {
    match (name.first_chunk::<8>(), name) {
        (Some(eight), _) => u64::from_le_bytes(*eight),
        (None, [first, .., last]) => u64::from(*first) | u64::from(*last) << 8 | (name.len() as u64) << 16,
        (None, [only]) => u64::from(*only),
        (None, []) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_in_a_name_parts_it() {
        let mut fields = Fields::default();
        let field = fields.insert("a.b..c").unwrap();
        let way = |names: &[&str]| {
            let node = names.iter().try_fold(Fields::ROOT, |node, name| fields.below(node, name))?;
            fields.field(node)
        };
        for names in [&["a", "b", "", "c"][..], &["a.b", "", "c"], &["a", "b..c"], &["a.b..c"], &["a.b.", "c"]] {
            assert_eq!(way(names), Some(field), "{names:?}");
        }
        for names in [&["a", "b"][..], &["a.b.c"], &["b"], &["a", "b", "c"]] {
            assert_eq!(way(names), None, "{names:?}");
        }
    }

    #[test]
    fn a_path_that_ends_with_an_empty_name_is_never_found() {
        let mut fields = Fields::default();
        assert_eq!(fields.insert("a."), None);
        assert_eq!(fields.insert(""), Some(0));
        assert_eq!((1..30).map(|i| fields.insert(&format!("f{i}")).unwrap()).max(), Some(29));
        assert_eq!(fields.below(Fields::ROOT, "f17").and_then(|node| fields.field(node)), Some(17));
    }
}
