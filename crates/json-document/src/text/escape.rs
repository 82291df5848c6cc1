//! Escapes in JSON strings (RFC 8259, section 7).
//!
//! A string may contain half of a surrogate pair as an escape, which no Rust string and no UTF-8 text can hold. Parsers
//! treat it in different ways, so that it is a setting here.

/// Treatment of half of a surrogate pair in an escape, such as `\ud800`: JSON allows it, no Rust string holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoneSurrogates {
    /// Becomes `?`, as it does in EventBridge.
    Replace,
    /// Is an invalid escape, as it is for `serde_json`.
    Reject,
}

/// Resolves the escapes of the text between the quotes of a string; returns `None` for an escape that JSON does not have.
///
/// Half of a surrogate pair becomes `?`, as it does in EventBridge.
pub fn unescape(raw: &str) -> Option<String> {
    unescape_with(raw, LoneSurrogates::Replace)
}

/// Resolves escapes as [`unescape`] does, with a setting for half of a surrogate pair.
pub(super) fn unescape_with(raw: &str, lone_surrogates: LoneSurrogates) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(rest.get(..at)?);
        let escape = *rest.as_bytes().get(at + 1)?;
        let mut end = at + 2;
        text.push(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = hex(rest, end)?;
                end += 4;
                let low = match rest.get(end..) {
                    Some(next) if (0xd800..0xdc00).contains(&unit) && next.starts_with("\\u") => {
                        Some(hex(rest, end + 2)?)
                    }
                    _ => None,
                };
                match (low, lone_surrogates) {
                    (Some(low @ 0xdc00..0xe000), _) => {
                        end += 6;
                        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?
                    }
                    (_, LoneSurrogates::Replace) => char::from_u32(unit).unwrap_or('?'),
                    (_, LoneSurrogates::Reject) => char::from_u32(unit)?,
                }
            }
            _ => return None,
        });
        rest = rest.get(end..)?;
    }
    text.push_str(rest);
    Some(text)
}

fn hex(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Returns a string as JSON, with quotes and escapes.
pub fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
