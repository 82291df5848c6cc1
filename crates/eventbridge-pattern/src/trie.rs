//! Byte trie.

/// Maps byte strings to values; finds all that are prefixes of a text in time that is independent of their number.
#[derive(Debug, Clone)]
pub(crate) struct ByteTrie {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// Sorted by byte.
    children: Vec<(u8, u32)>,
    values: Vec<u32>,
}

impl Default for ByteTrie {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl ByteTrie {
    pub(crate) fn insert(&mut self, key: impl Iterator<Item = u8>, value: u32) {
        let mut node = 0;
        for byte in key {
            let children = &self.nodes[node].children;
            node = match children.binary_search_by_key(&byte, |(byte, _)| *byte) {
                Ok(index) => children[index].1 as usize,
                Err(index) => {
                    let new = u32::try_from(self.nodes.len()).expect("fewer nodes than bytes in all patterns");
                    self.nodes[node].children.insert(index, (byte, new));
                    self.nodes.push(Node::default());
                    new as usize
                }
            };
        }
        self.nodes[node].values.push(value);
    }

    /// Calls `found` with the value of every key that is a prefix of `text`.
    pub(crate) fn find_prefixes(&self, text: impl Iterator<Item = u8>, mut found: impl FnMut(u32)) {
        let mut node = &self.nodes[0];
        node.values.iter().copied().for_each(&mut found);
        for byte in text {
            let Ok(index) = node.children.binary_search_by_key(&byte, |(byte, _)| *byte) else { return };
            node = &self.nodes[node.children[index].1 as usize];
            node.values.iter().copied().for_each(&mut found);
        }
    }
}
