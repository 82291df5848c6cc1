//! Texts by their first bytes.

/// Finds all texts that another begins with, in time that does not depend on how many there are.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// In the order of the bytes.
    next: Vec<(u8, u32)>,
    values: Vec<u32>,
}

impl Default for Trie {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl Trie {
    pub(super) fn insert(&mut self, bytes: impl Iterator<Item = u8>, value: u32) {
        let mut at = 0;
        for byte in bytes {
            let next = &self.nodes[at].next;
            at = match next.binary_search_by_key(&byte, |(byte, _)| *byte) {
                Ok(index) => next[index].1 as usize,
                Err(index) => {
                    let new = u32::try_from(self.nodes.len()).expect("fewer nodes than bytes in all patterns");
                    self.nodes[at].next.insert(index, (byte, new));
                    self.nodes.push(Node::default());
                    new as usize
                }
            };
        }
        self.nodes[at].values.push(value);
    }

    /// The values of all texts that these bytes begin with.
    pub(super) fn find(&self, bytes: impl Iterator<Item = u8>, mut found: impl FnMut(u32)) {
        let mut node = &self.nodes[0];
        node.values.iter().copied().for_each(&mut found);
        for byte in bytes {
            let Ok(index) = node.next.binary_search_by_key(&byte, |(byte, _)| *byte) else { return };
            node = &self.nodes[node.next[index].1 as usize];
            node.values.iter().copied().for_each(&mut found);
        }
    }
}
