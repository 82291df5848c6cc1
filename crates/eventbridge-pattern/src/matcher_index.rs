//! Index of all conditions on one field by the values that they match.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::cidr::{Block, IpAddress};
use crate::ignore_case::IgnoreCase;
use crate::interval_tree::IntervalTree;
use crate::literal::Literal;
use crate::matcher::{EncodedValue, Encoding, FieldCondition, Matcher};
use crate::numeric::NumericRange;
use crate::prefix::Affix;
use crate::primitive::Primitive;
use crate::trie::ByteTrie;
use crate::wildcard::Wildcard;

type Table<K, V> = HashMap<K, V, FixedState>;

/// Maps values to the conditions that they match, in time that hardly depends on the number of conditions.
#[derive(Debug, Clone, Default)]
pub(crate) struct MatcherIndex {
    /// Conditions that any value matches.
    any: Vec<u32>,
    strings: Table<Box<str>, Vec<u32>>,
    /// Case-insensitive strings in lower case, if they are ASCII.
    lowercase_strings: Table<Box<str>, Vec<u32>>,
    prefixes: ByteTrie,
    lowercase_prefixes: ByteTrie,
    /// Suffixes, last byte first.
    suffixes: ByteTrie,
    lowercase_suffixes: ByteTrie,
    /// Case-insensitive matchers that are not ASCII: tested one by one.
    non_ascii: Vec<(Matcher, u32)>,
    wildcards: WildcardIndex,
    /// Numbers by the bits of their doubles.
    numbers: Table<u64, Vec<u32>>,
    /// Ranges until [`finish`](Self::finish) builds the interval tree.
    ranges: Vec<(NumericRange, u32)>,
    intervals: IntervalTree,
    bare: Table<Box<str>, Vec<u32>>,
    blocks: Vec<(Block, u32)>,
    /// Indices of blocks by their common prefix of digits.
    blocks_by_prefix: ByteTrie,
}

/// Wildcards by a literal that a value must contain.
#[derive(Debug, Clone, Default)]
struct WildcardIndex {
    all: Vec<(Wildcard, u32)>,
    by_start: ByteTrie,
    by_end: ByteTrie,
    /// By up to [`MAX_GRAM`] bytes of an inner literal.
    by_gram: Table<u32, Vec<u32>>,
    /// The lengths of the keys in `by_gram`.
    has_gram_length: [bool; MAX_GRAM + 1],
}

/// Maximum length of a key of inner literals, in bytes.
const MAX_GRAM: usize = 3;

impl MatcherIndex {
    /// Returns true if the index can find the condition by the values that it matches.
    ///
    /// `anything-but` and `{"exists": false}` match by the absence of values. The values that a block or a text of digits
    /// matches depend on the encoding of the field.
    pub(crate) fn supports(condition: &FieldCondition) -> bool {
        let Encoding { numbers, addresses } = condition.encoding;
        condition.matchers.iter().all(|matcher| match matcher {
            Matcher::AnythingBut(_) | Matcher::Exists(false) => false,
            Matcher::Exists(true)
            | Matcher::Literal(Literal::Number(_) | Literal::String(_))
            | Matcher::Numeric(_)
            | Matcher::Prefix(_)
            | Matcher::Suffix(_)
            | Matcher::IgnoreCase(_)
            | Matcher::Wildcard(_) => true,
            Matcher::Cidr(_) | Matcher::Literal(Literal::Address(..)) => !numbers,
            Matcher::Literal(Literal::Bare(text)) => !(addresses && IpAddress::may_have_digits(text)),
        })
    }

    pub(crate) fn insert(&mut self, condition: &FieldCondition, index: u32) {
        for matcher in &condition.matchers {
            self.insert_matcher(matcher, index);
        }
    }

    /// Completes the index after the last insertion.
    pub(crate) fn finish(&mut self) {
        self.intervals = IntervalTree::new(std::mem::take(&mut self.ranges));
    }

    fn insert_matcher(&mut self, matcher: &Matcher, condition: u32) {
        match matcher {
            Matcher::Exists(_) => self.any.push(condition),
            Matcher::Literal(Literal::String(text)) => {
                self.strings.entry(text.as_str().into()).or_default().push(condition);
            }
            Matcher::Literal(Literal::Number(double)) => {
                self.numbers.entry(double.to_bits()).or_default().push(condition);
            }
            Matcher::Literal(Literal::Bare(text)) => self.bare.entry(text.as_str().into()).or_default().push(condition),
            Matcher::Literal(Literal::Address(_, block)) | Matcher::Cidr(block) => {
                let index = u32::try_from(self.blocks.len()).expect("fewer blocks than bytes in all patterns");
                self.blocks_by_prefix.insert(block.common_prefix().iter().copied(), index);
                self.blocks.push((*block, condition));
            }
            Matcher::Prefix(Affix::Exact(text)) => self.prefixes.insert(text.bytes(), condition),
            Matcher::Suffix(Affix::Exact(text)) => self.suffixes.insert(text.bytes().rev(), condition),
            Matcher::Prefix(Affix::IgnoreCase(text)) => match IgnoreCase::ascii_lowercase(text) {
                Some(text) => self.lowercase_prefixes.insert(text.bytes(), condition),
                None => self.non_ascii.push((matcher.clone(), condition)),
            },
            Matcher::Suffix(Affix::IgnoreCase(text)) => match IgnoreCase::ascii_lowercase(text) {
                Some(text) => self.lowercase_suffixes.insert(text.bytes().rev(), condition),
                None => self.non_ascii.push((matcher.clone(), condition)),
            },
            Matcher::IgnoreCase(text) => match text.ascii_lowercase() {
                Some(text) => self.lowercase_strings.entry(text.into()).or_default().push(condition),
                None => self.non_ascii.push((matcher.clone(), condition)),
            },
            Matcher::Wildcard(wildcard) => self.wildcards.insert(wildcard, condition),
            Matcher::Numeric(range) => self.ranges.push((*range, condition)),
            Matcher::AnythingBut(_) => unreachable!("`MatcherIndex::supports` excludes it"),
        }
    }

    /// Calls `found` with the conditions that the value matches, possibly several times with one.
    pub(crate) fn find(&self, value: &Primitive<'_>, found: &mut impl FnMut(u32)) {
        self.any.iter().copied().for_each(&mut *found);
        match value {
            Primitive::String(text) => self.find_string(text, found),
            Primitive::Number(number) => {
                if let Some(double) = number.double() {
                    // Adding zero turns -0 into 0.
                    emit(self.numbers.get(&(double + 0.0).to_bits()), found);
                    self.intervals.find(double, found);
                }
                if !self.bare.is_empty() {
                    emit(self.bare.get(&*number.service_text()), found);
                }
                if !self.blocks.is_empty() {
                    self.find_address(number.service_text().as_bytes(), found);
                }
            }
            Primitive::Boolean(true) => emit(self.bare.get("true"), found),
            Primitive::Boolean(false) => emit(self.bare.get("false"), found),
            Primitive::Null => emit(self.bare.get("null"), found),
        }
    }

    fn find_string(&self, text: &str, found: &mut impl FnMut(u32)) {
        let lowercase = || text.bytes().map(|byte| byte.to_ascii_lowercase());
        if !self.strings.is_empty() {
            emit(self.strings.get(text), found);
        }
        if !self.lowercase_strings.is_empty() {
            emit(self.lowercase_strings.get(&*text.to_ascii_lowercase()), found);
        }
        self.prefixes.find_prefixes(text.bytes(), &mut *found);
        self.suffixes.find_prefixes(text.bytes().rev(), &mut *found);
        self.lowercase_prefixes.find_prefixes(lowercase(), &mut *found);
        self.lowercase_suffixes.find_prefixes(lowercase().rev(), &mut *found);
        self.wildcards.find(text, found);
        for (matcher, condition) in &self.non_ascii {
            if matcher.matches(EncodedValue::String(text)) {
                found(*condition);
            }
        }
        if !self.blocks.is_empty()
            && let Some(address) = IpAddress::parse(text)
        {
            self.find_address(address.digits(), found);
        }
    }

    fn find_address(&self, digits: &[u8], found: &mut impl FnMut(u32)) {
        self.blocks_by_prefix.find_prefixes(digits.iter().copied(), |index| {
            let (block, condition) = &self.blocks[index as usize];
            if block.contains(digits) {
                found(*condition);
            }
        });
    }
}

impl WildcardIndex {
    /// Indexes a wildcard by its longer end, or by a gram of its longest inner literal if both ends are stars.
    fn insert(&mut self, wildcard: &Wildcard, condition: u32) {
        let index = u32::try_from(self.all.len()).expect("fewer wildcards than bytes in all patterns");
        self.all.push((wildcard.clone(), condition));
        let literals = wildcard.literals();
        let (first, last) = (&literals[0], &literals[literals.len() - 1]);
        let longest = literals.iter().max_by_key(|literal| literal.len()).map_or(&[][..], |literal| literal.as_bytes());
        match (first.len(), last.len()) {
            (0, 0) => {
                let length = longest.len().min(MAX_GRAM);
                // Of several grams, the one that the fewest wildcards have.
                let frequency = |gram: &u32| self.by_gram.get(gram).map_or(0, Vec::len);
                let gram = longest.windows(length.max(1)).map(to_gram).min_by_key(frequency).unwrap_or(0);
                self.has_gram_length[length] = true;
                self.by_gram.entry(gram).or_default().push(index);
            }
            (start, end) if start >= end => self.by_start.insert(first.bytes(), index),
            _ => self.by_end.insert(last.bytes().rev(), index),
        }
    }

    fn find(&self, text: &str, found: &mut impl FnMut(u32)) {
        if self.all.is_empty() {
            return;
        }
        let mut match_one = |index: u32| {
            let (wildcard, condition) = &self.all[index as usize];
            if wildcard.matches(text) {
                found(*condition);
            }
        };
        self.by_start.find_prefixes(text.bytes(), &mut match_one);
        self.by_end.find_prefixes(text.bytes().rev(), &mut match_one);
        for length in (0..=MAX_GRAM).filter(|length| self.has_gram_length[*length]) {
            if length == 0 {
                emit(self.by_gram.get(&0), &mut match_one);
                continue;
            }
            for gram in text.as_bytes().windows(length) {
                emit(self.by_gram.get(&to_gram(gram)), &mut match_one);
            }
        }
    }
}

/// Packs up to three bytes and their number into a key.
fn to_gram(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |key, byte| key << 8 | u32::from(*byte)) | u32::try_from(bytes.len()).unwrap_or(0) << 24
}

fn emit(conditions: Option<&Vec<u32>>, found: &mut impl FnMut(u32)) {
    conditions.into_iter().flatten().copied().for_each(found);
}
