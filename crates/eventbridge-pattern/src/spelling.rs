//! Similar names: for advice about names and values that are probably misspelt.

/// Maximum number of edits between two names that count as similar. More are rather another word than a typing error.
const MAX_EDITS: usize = 2;

/// Maximum length of a name that is compared: the cost grows with the square of it.
const MAX_LENGTH: usize = 100;

/// Returns the most similar of several names, or `None` if none is similar enough to be a typing error.
///
/// Names are similar if they are equal but for case and punctuation, or if at most two edits, and at most one for each
/// three characters, lead from one to the other: an insertion, a deletion, a substitution, or a swap of neighbours
/// (optimal string alignment distance). An equal name is not a candidate.
///
/// ```
/// use eventbridge_pattern::spelling::nearest;
///
/// let names = ["detail", "detail-type", "source"];
/// assert_eq!(nearest("detailType", names), Some("detail-type"));
/// assert_eq!(nearest("suorce", names), Some("source"));
/// assert_eq!(nearest("data", names), None);
/// ```
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let (characters, bare) = (name.chars().collect::<Vec<_>>(), bare(name));
    let max_edits = MAX_EDITS.min(characters.len() / 3);
    if characters.len() > MAX_LENGTH {
        return None;
    }
    let edits = |candidate: &'c str| {
        let other: Vec<char> = candidate.chars().collect();
        if other.len().abs_diff(characters.len()) <= max_edits {
            let edits = distance(&characters, &other);
            if edits <= max_edits {
                return Some((edits, candidate));
            }
        }
        (!bare.is_empty() && self::bare(candidate) == bare).then_some((MAX_EDITS, candidate))
    };
    let candidates = candidates.into_iter().filter(|candidate| *candidate != name);
    candidates.filter_map(edits).min().map(|(_, candidate)| candidate)
}

/// Returns the letters and digits of a name in lower case.
fn bare(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the optimal string alignment distance: Levenshtein's, with swaps of neighbours.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut edits = (row[j] + usize::from(a != b)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                edits = edits.min(before[j - 1] + 1);
            }
            next.push(edits);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_edits_and_swaps() {
        let edits =
            |one: &str, other: &str| distance(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>());
        for (one, other, expected) in
            [("kitten", "sitting", 3), ("", "ab", 2), ("ab", "ba", 1), ("Cretaed", "Created", 1), ("é", "e", 1)]
        {
            assert_eq!((edits(one, other), edits(other, one)), (expected, expected), "{one} {other}");
        }
    }

    #[test]
    fn only_similar_names_are_near() {
        for (name, candidates, expected) in [
            ("Order.Cretaed", &["Order.Created", "Order.Updated"][..], Some("Order.Created")),
            ("Order.Deleted", &["Order.Created", "Order.Updated"], None),
            ("order_created", &["Order.Created", "Order.Updated"], Some("Order.Created")),
            ("orderID", &["orderId", "id"], Some("orderId")),
            ("details", &["detail", "detail-type"], Some("detail")),
            ("ip", &["id"], None),
            ("3", &["2", "1"], None),
            ("***", &["---"], None),
            ("", &["a"], None),
        ] {
            assert_eq!(nearest(name, candidates.iter().copied()), expected, "{name}");
        }
        assert_eq!(nearest(&"a".repeat(200), ["b"]), None);
    }
}
