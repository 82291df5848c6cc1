//! Plain scalars of YAML: words without quotes.

use json_document::text::number_end;

use crate::routing::source::node::Value;

/// Resolves a plain scalar if YAML 1.1 and YAML 1.2 agree.
///
/// AWS does not document the version of its parsers. `012345678901` is a decimal number, an octal number or a string,
/// depending on the parser, so it is unknown.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "true" | "True" | "TRUE" => return Value::Boolean(true),
        "false" | "False" | "FALSE" => return Value::Boolean(false),
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        _ => {}
    }
    if number_end(text.as_bytes(), 0) == Some(text.len()) && !text.contains(['e', 'E']) {
        return Value::Number(text.to_owned());
    }
    if is_yaml_1_1_boolean(text) || may_be_number(text) {
        return Value::Unknown(format!("parsers of YAML disagree about {text}: write it in quotes if it is a string"));
    }
    Value::String(text.to_owned())
}

/// Booleans in YAML 1.1 and strings in YAML 1.2.
fn is_yaml_1_1_boolean(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Numbers for some parsers and strings for others: leading zeros, `1_000`, `0x1f`, `0o17`, `1e3`, `+1`, `.5`, `1:30`, `.inf`.
fn may_be_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    let radix = |prefix, digits: &str| {
        lower.strip_prefix(prefix).is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|byte| byte == b'_' || digits.as_bytes().contains(&byte))
        })
    };
    if radix("0x", "0123456789abcdef") || radix("0o", "01234567") || radix("0b", "01") {
        return true;
    }
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let only = |text: &str, also: &[u8]| text.bytes().all(|byte| byte.is_ascii_digit() || also.contains(&byte));
    mantissa.bytes().any(|byte| byte.is_ascii_digit())
        && mantissa.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
        && only(mantissa, b"_.:")
        && mantissa.matches('.').count() <= 1
        && !exponent.is_empty()
        && only(exponent, b"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambiguous_scalars_are_unknown() {
        for (text, expected) in [
            ("123456789012", "Number(\"123456789012\")"),
            ("-5", "Number(\"-5\")"),
            ("0", "Number(\"0\")"),
            ("2.50", "Number(\"2.50\")"),
            ("True", "Boolean(true)"),
            ("~", "Null"),
            ("external", "String(\"external\")"),
            ("aws.ec2", "String(\"aws.ec2\")"),
            ("Order.Created", "String(\"Order.Created\")"),
            ("1.2.3.4", "String(\"1.2.3.4\")"),
            ("2012-10-17", "String(\"2012-10-17\")"),
            ("1a", "String(\"1a\")"),
            ("e5", "String(\"e5\")"),
            ("eu-west-1", "String(\"eu-west-1\")"),
            (">=", "String(\">=\")"),
            ("-", "String(\"-\")"),
            ("...", "String(\"...\")"),
        ] {
            assert_eq!(format!("{:?}", resolve(text)), expected);
        }
        for text in [
            "012345678901",
            "0123456701",
            "00",
            "1_000",
            "0x1F",
            "0o17",
            "0b1",
            "1e3",
            "1.5E+3",
            "+1",
            ".5",
            "5.",
            "1:30",
            ".inf",
            "-.INF",
            ".NaN",
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "N",
        ] {
            assert!(matches!(resolve(text), Value::Unknown(_)), "{text}");
        }
    }
}
