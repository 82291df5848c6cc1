//! How much a reader takes on.

/// The most that a reader takes on in one delivery. What is beyond is refused before it costs anything.
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
    pub(crate) const DEFAULT: Self = Self { bytes: 4 * 1024 * 1024, depth: 64 };

    /// The deepest nesting that can be asked for.
    pub const DEEPEST: usize = 100;

    /// The most bytes that one delivery may have, also after it was decompressed. 4 MiB unless set: EventBridge,
    /// SQS and a batch of records all stay below.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// How many objects and arrays may stand inside each other. 64 unless set, 100 at the most.
    #[must_use]
    pub const fn depth(mut self, depth: usize) -> Self {
        self.depth = if depth > Self::DEEPEST { Self::DEEPEST } else { depth };
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How deep a JSON text is nested; 0 for a scalar. Strings are stepped over, nothing is checked.
pub(crate) fn depth(json: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' => now = now.saturating_sub(1),
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
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_what_is_open_at_once() {
        for (json, expected) in
            [("1", 0), ("[]", 1), ("[[],{}]", 2), (r#"{"a[":"\"[{"}"#, 1), (r#"{"a":[{"b":1}]}"#, 3)]
        {
            assert_eq!(depth(json), expected, "{json}");
        }
    }
}
