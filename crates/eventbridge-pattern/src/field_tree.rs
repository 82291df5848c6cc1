//! Fields of conditions, as a tree of their names.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::name_filter::NameFilter;

/// Number of names in one object from which a hash table is faster than a linear search.
const MIN_NAMES_FOR_TABLE: usize = 9;

/// A tree of names. Paths are names joined with dots, in patterns and in events: a name with a dot in it is two names.
#[derive(Debug, Clone)]
pub(crate) struct FieldTree {
    nodes: Vec<Node>,
    count: u32,
    name_filter: NameFilter,
}

#[derive(Debug, Clone, Default)]
struct Node {
    names: Vec<Name>,
    // Only names of rules are inserted. A fixed seed is safe: an event that is looked up cannot fill the table.
    table: HashMap<Box<str>, u32, FixedState>,
    field: Option<u32>,
}

#[derive(Debug, Clone)]
struct Name {
    text: Box<str>,
    fingerprint: u64,
    child: u32,
}

impl Default for FieldTree {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], count: 0, name_filter: NameFilter::default() }
    }
}

impl FieldTree {
    pub(crate) const ROOT: u32 = 0;

    /// Returns the index of the field at a path, and adds it if it is new.
    ///
    /// Returns `None` for a path that ends with an empty name: the service never finds a value there.
    pub(crate) fn insert(&mut self, path: &str) -> Option<u32> {
        if path.ends_with('.') {
            return None;
        }
        let mut node = Self::ROOT;
        for name in path.split('.') {
            node = match self.child_by_name(node, name) {
                Some(child) => child,
                None => self.add_child(node, name),
            };
        }
        let (count, name_filter) = (&mut self.count, &mut self.name_filter);
        Some(*self.nodes[node as usize].field.get_or_insert_with(|| {
            name_filter.insert(path.rsplit('.').next().unwrap_or_default());
            *count += 1;
            *count - 1
        }))
    }

    /// Returns the node below `node` for a member name of an event.
    #[inline]
    pub(crate) fn child(&self, node: u32, name: &str) -> Option<u32> {
        let parent = &self.nodes[node as usize];
        if parent.names.len() >= MIN_NAMES_FOR_TABLE {
            return parent.table.get(name).copied().or_else(|| self.child_by_dotted_name(node, name));
        }
        let fingerprint = fingerprint(name.as_bytes());
        // A known name and a dot may be the start of this name.
        let mut may_be_dotted = false;
        for known in &parent.names {
            if known.fingerprint == fingerprint && *known.text == *name {
                return Some(known.child);
            }
            may_be_dotted |= name.as_bytes().get(known.text.len()) == Some(&b'.');
        }
        if may_be_dotted { self.child_by_dotted_name(node, name) } else { None }
    }

    fn child_by_dotted_name(&self, node: u32, name: &str) -> Option<u32> {
        if !name.contains('.') {
            return None;
        }
        name.split('.').try_fold(node, |node, part| self.child_by_name(node, part))
    }

    pub(crate) fn field(&self, node: u32) -> Option<u32> {
        self.nodes[node as usize].field
    }

    pub(crate) fn has_children(&self, node: u32) -> bool {
        !self.nodes[node as usize].names.is_empty()
    }

    /// Returns the filter that finds field names in the rest of an event, if it pays.
    pub(crate) fn name_filter(&self) -> Option<&NameFilter> {
        Some(&self.name_filter).filter(|filter| filter.is_usable())
    }

    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }

    fn child_by_name(&self, node: u32, name: &str) -> Option<u32> {
        self.nodes[node as usize].table.get(name).copied()
    }

    fn add_child(&mut self, node: u32, name: &str) -> u32 {
        let child = u32::try_from(self.nodes.len()).expect("fewer nodes than bytes in all patterns");
        self.nodes.push(Node::default());
        let node = &mut self.nodes[node as usize];
        node.names.push(Name { text: name.into(), fingerprint: fingerprint(name.as_bytes()), child });
        node.table.insert(name.into(), child);
        child
    }
}

/// Returns the first bytes of a name, which distinguish most names without a call to `memcmp`.
#[inline]
fn fingerprint(name: &[u8]) -> u64 {
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
    fn a_dotted_name_is_several_names() {
        let mut fields = FieldTree::default();
        let field = fields.insert("a.b..c").unwrap();
        let find = |names: &[&str]| {
            let node = names.iter().try_fold(FieldTree::ROOT, |node, name| fields.child(node, name))?;
            fields.field(node)
        };
        for names in [&["a", "b", "", "c"][..], &["a.b", "", "c"], &["a", "b..c"], &["a.b..c"], &["a.b.", "c"]] {
            assert_eq!(find(names), Some(field), "{names:?}");
        }
        for names in [&["a", "b"][..], &["a.b.c"], &["b"], &["a", "b", "c"]] {
            assert_eq!(find(names), None, "{names:?}");
        }
    }

    #[test]
    fn a_path_that_ends_with_an_empty_name_has_no_field() {
        let mut fields = FieldTree::default();
        assert_eq!(fields.insert("a."), None);
        assert_eq!(fields.insert(""), Some(0));
        assert_eq!((1..30).map(|i| fields.insert(&format!("f{i}")).unwrap()).max(), Some(29));
        assert_eq!(fields.child(FieldTree::ROOT, "f17").and_then(|node| fields.field(node)), Some(17));
    }
}
