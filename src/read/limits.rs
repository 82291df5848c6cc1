//! Limits of a reader.

use crate::wire::MAX_DELIVERY_BYTES;

/// Maximum size and depth of a delivery. A delivery beyond them is rejected before it is parsed.
///
/// ```
/// use event_contract::Limits;
///
/// let limits = Limits::default().bytes(64 * 1024).depth(16);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) bytes: usize,
    pub(crate) depth: usize,
}

impl Limits {
    pub(crate) const DEFAULT: Self = Self { bytes: MAX_DELIVERY_BYTES, depth: 64 };

    /// Maximum of [`Limits::depth`].
    pub const MAX_DEPTH: usize = 100;

    /// Sets the maximum number of bytes of a delivery, also after decompression. The default is 10 MiB, the largest Kinesis
    /// record; EventBridge, SQS and SNS have a limit of 1 MiB.
    ///
    /// A batch may be larger: the limit applies to each delivery in it.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Sets the maximum nesting of objects and arrays. The default is 64. A value above [`Limits::MAX_DEPTH`] is reduced
    /// to it.
    #[must_use]
    pub const fn depth(mut self, depth: usize) -> Self {
        self.depth = if depth > Self::MAX_DEPTH { Self::MAX_DEPTH } else { depth };
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Measures the nesting of objects and arrays in a JSON text; 0 for a scalar. The text is not validated.
pub(crate) fn depth(json: &str) -> usize {
    let (mut open, mut max) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                open += 1;
                max = max.max(open);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            b'"' => loop {
                match bytes.next() {
                    Some(b'\\') => {
                        bytes.next();
                    }
                    Some(b'"') | None => break,
                    Some(_) => {}
                }
            },
            _ => {}
        }
    }
    max
}

/// Returns an upper bound of the number of values in a JSON text. The text is not validated.
pub(crate) fn count_values(json: &str) -> usize {
    let mut is_in_string = false;
    let mut bytes = json.bytes();
    let mut count = 1;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_in_string = !is_in_string,
            b'\\' if is_in_string => {
                bytes.next();
            }
            b',' | b'[' | b'{' if !is_in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_nested_brackets_outside_strings() {
        for (json, expected) in
            [("1", 0), ("[]", 1), ("[[],{}]", 2), (r#"{"a[":"\"[{"}"#, 1), (r#"{"a":[{"b":1}]}"#, 3)]
        {
            assert_eq!(depth(json), expected, "{json}");
        }
    }
    #[test]
    fn values_are_counted_outside_strings() {
        for (json, expected) in [("1", 1), (r#""a,\",[{""#, 1), ("[1,2]", 3), (r#"{"a":1,"b":[{}]}"#, 5)] {
            assert_eq!(count_values(json), expected, "{json}");
        }
    }
}
