//! All conditions on one field, to be found by a value.

use super::cidr::{Address, Block};
use super::hash::Table;
use super::ignore_case::Folded;
use super::interval::Intervals;
use super::leaf::Leaf;
use super::literal::Literal;
use super::matcher::{Condition, Matcher};
use super::numeric::Range;
use super::prefix::Affix;
use super::trie::Trie;
use super::wildcard::Wildcard;

/// Conditions by the values that they find. A value is looked up in a few tables, however many conditions there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Conditions that any value holds for.
    any: Vec<u32>,
    texts: Table<Box<str>, Vec<u32>>,
    folded: Table<Box<str>, Vec<u32>>,
    prefixes: Trie,
    folded_prefixes: Trie,
    suffixes: Trie,
    folded_suffixes: Trie,
    /// What is not in ASCII, to be tried one by one.
    others: Vec<(Matcher, u32)>,
    wildcards: Wildcards,
    /// By their bits.
    numbers: Table<u64, Vec<u32>>,
    ranges: Vec<(Range, u32)>,
    intervals: Intervals,
    plain: Table<Box<str>, Vec<u32>>,
    blocks: Vec<(Block, u32)>,
    /// By the digits that all addresses in a block begin with.
    addresses: Trie,
}

/// Wildcards by what a value must have for one of them to be looked at.
#[derive(Debug, Clone, Default)]
struct Wildcards {
    all: Vec<(Wildcard, u32)>,
    by_start: Trie,
    by_end: Trie,
    /// By up to three bytes, filled up with zeros, that stand somewhere in it.
    by_part: Table<u32, Vec<u32>>,
    lengths: [bool; PART + 1],
}

const PART: usize = 3;

impl Index {
    /// Whether a condition can be found by the values that it wants. Others have to be asked.
    pub(super) fn takes(condition: &Condition) -> bool {
        condition.matchers.iter().all(|matcher| match matcher {
            Matcher::AnythingBut(_) | Matcher::Exists(false) => false,
            Matcher::Exists(true) | Matcher::Literal(Literal::Plain(_) | Literal::Number(_)) | Matcher::Numeric(_) => {
                true
            }
            Matcher::Cidr(_) | Matcher::Literal(Literal::Address(..)) => !condition.mode.numbers,
            Matcher::Literal(Literal::Text(text)) => {
                condition.mode.numbers || !condition.mode.addresses || Address::parse(text).is_none()
            }
            Matcher::Prefix(_) | Matcher::Suffix(_) | Matcher::IgnoreCase(_) | Matcher::Wildcard(_) => {
                condition.mode.numbers || !condition.mode.addresses
            }
        })
    }

    pub(super) fn insert(&mut self, condition: &Condition, number: u32) {
        for matcher in &condition.matchers {
            self.insert_one(matcher, number);
        }
    }

    /// To be called when all conditions are in.
    pub(super) fn finish(&mut self) {
        self.intervals = Intervals::new(std::mem::take(&mut self.ranges));
    }

    fn insert_one(&mut self, matcher: &Matcher, number: u32) {
        let fold = |folded: &Folded| folded.ascii();
        match matcher {
            Matcher::Exists(_) => self.any.push(number),
            Matcher::Literal(Literal::Text(text)) => self.texts.entry(text.as_str().into()).or_default().push(number),
            Matcher::Literal(Literal::Number(double)) => {
                self.numbers.entry(double.to_bits()).or_default().push(number);
            }
            Matcher::Literal(Literal::Plain(text)) => self.plain.entry(text.as_str().into()).or_default().push(number),
            Matcher::Literal(Literal::Address(_, block)) | Matcher::Cidr(block) => {
                let index = u32::try_from(self.blocks.len()).expect("fewer blocks than bytes in all patterns");
                self.addresses.insert(block.common().iter().copied(), index);
                self.blocks.push((*block, number));
            }
            Matcher::Prefix(Affix::Exact(text)) => self.prefixes.insert(text.bytes(), number),
            Matcher::Suffix(Affix::Exact(text)) => self.suffixes.insert(text.bytes().rev(), number),
            Matcher::Prefix(Affix::Folded(folded)) => match fold(folded) {
                Some(text) => self.folded_prefixes.insert(text.bytes(), number),
                None => self.others.push((matcher.clone(), number)),
            },
            Matcher::Suffix(Affix::Folded(folded)) => match fold(folded) {
                Some(text) => self.folded_suffixes.insert(text.bytes().rev(), number),
                None => self.others.push((matcher.clone(), number)),
            },
            Matcher::IgnoreCase(folded) => match fold(folded) {
                Some(text) => self.folded.entry(text.into()).or_default().push(number),
                None => self.others.push((matcher.clone(), number)),
            },
            Matcher::Wildcard(wildcard) => self.wildcards.insert(wildcard, number),
            Matcher::Numeric(range) => self.ranges.push((*range, number)),
            Matcher::AnythingBut(_) => unreachable!("`Index::takes` does not take it"),
        }
    }

    /// The conditions that hold for a value; one may be given more than once.
    pub(super) fn find(&self, leaf: &Leaf<'_>, found: &mut impl FnMut(u32)) {
        self.any.iter().copied().for_each(&mut *found);
        match leaf {
            Leaf::Text(text) => self.find_text(text, found),
            Leaf::Number(number) => {
                if let Some(double) = number.double() {
                    give(self.numbers.get(&(double + 0.0).to_bits()), found);
                    self.intervals.find(double, found);
                }
                if !self.plain.is_empty() {
                    give(self.plain.get(&*number.text()), found);
                }
                if !self.blocks.is_empty() {
                    self.find_address(number.text().as_bytes(), found);
                }
            }
            Leaf::Bool(true) => give(self.plain.get("true"), found),
            Leaf::Bool(false) => give(self.plain.get("false"), found),
            Leaf::Null => give(self.plain.get("null"), found),
        }
    }

    fn find_text(&self, text: &str, found: &mut impl FnMut(u32)) {
        let lower = || text.bytes().map(|byte| byte.to_ascii_lowercase());
        if !self.texts.is_empty() {
            give(self.texts.get(text), found);
        }
        if !self.folded.is_empty() {
            give(self.folded.get(&*text.to_ascii_lowercase()), found);
        }
        self.prefixes.find(text.bytes(), &mut *found);
        self.suffixes.find(text.bytes().rev(), &mut *found);
        self.folded_prefixes.find(lower(), &mut *found);
        self.folded_suffixes.find(lower().rev(), &mut *found);
        self.wildcards.find(text, found);
        for (matcher, number) in &self.others {
            if matcher.finds(super::matcher::Seen::Text(text)) {
                found(*number);
            }
        }
        if !self.blocks.is_empty()
            && let Some(address) = Address::parse(text)
        {
            self.find_address(address.digits(), found);
        }
    }

    fn find_address(&self, digits: &[u8], found: &mut impl FnMut(u32)) {
        self.addresses.find(digits.iter().copied(), |index| {
            let (block, number) = &self.blocks[index as usize];
            if block.has(digits) {
                found(*number);
            }
        });
    }
}

impl Wildcards {
    fn insert(&mut self, wildcard: &Wildcard, number: u32) {
        let index = u32::try_from(self.all.len()).expect("fewer wildcards than bytes in all patterns");
        self.all.push((wildcard.clone(), number));
        let pieces = wildcard.pieces();
        let (first, last) = (&pieces[0], &pieces[pieces.len() - 1]);
        let part = pieces.iter().max_by_key(|piece| piece.len()).map_or(&[][..], |piece| piece.as_bytes());
        match (first.len(), last.len()) {
            (0, 0) => {
                // Where several would do, the one that fewest others have.
                let length = part.len().min(PART);
                let taken = |part: &u32| self.by_part.get(part).map_or(0, Vec::len);
                let part = part.windows(length.max(1)).map(key).min_by_key(taken).unwrap_or(0);
                self.lengths[length] = true;
                self.by_part.entry(part).or_default().push(index);
            }
            (start, end) if start >= end => self.by_start.insert(first.bytes(), index),
            _ => self.by_end.insert(last.bytes().rev(), index),
        }
    }

    fn find(&self, text: &str, found: &mut impl FnMut(u32)) {
        if self.all.is_empty() {
            return;
        }
        let mut try_one = |index: u32| {
            let (wildcard, number) = &self.all[index as usize];
            if wildcard.is(text) {
                found(*number);
            }
        };
        self.by_start.find(text.bytes(), &mut try_one);
        self.by_end.find(text.bytes().rev(), &mut try_one);
        for length in (0..=PART).filter(|length| self.lengths[*length]) {
            if length == 0 {
                give(self.by_part.get(&0), &mut try_one);
                continue;
            }
            for part in text.as_bytes().windows(length) {
                give(self.by_part.get(&key(part)), &mut try_one);
            }
        }
    }
}

fn key(part: &[u8]) -> u32 {
    part.iter().fold(0, |key, byte| key << 8 | u32::from(*byte)) | u32::try_from(part.len()).unwrap_or(0) << 24
}

fn give(numbers: Option<&Vec<u32>>, found: &mut impl FnMut(u32)) {
    numbers.into_iter().flatten().copied().for_each(found);
}
