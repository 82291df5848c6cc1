//! Formats that are no formats of JSON Schema: `partial-date-time` and `partial-time`, as schemars calls the forms of chrono
//! without a time zone.
//!
//! A validator takes an unknown format for an annotation, so that any string would be valid. Each gets a pattern.

use json_schema_core::for_each_subschema_mut;
use serde_json::{Value, json};

use super::keyword::has_type;

/// A day of the Gregorian calendar from year 0 to 9999, as RFC 3339 writes it: months of 31 and 30 days, February, and the
/// 29th of February in leap years.
macro_rules! date {
    () => {
        concat!(
            "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))",
            "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
        )
    };
}

/// A time of day, perhaps with a leap second and a fraction.
macro_rules! time {
    () => {
        r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    };
}

/// Formats with their patterns.
const PATTERNS: [(&str, &str); 2] =
    [("partial-date-time", concat!("^", date!(), "T", time!(), "$")), ("partial-time", concat!("^", time!(), "$"))];

fn pattern(format: &str) -> Option<&'static str> {
    PATTERNS.iter().find(|(name, _)| *name == format).map(|(_, pattern)| *pattern)
}

/// Adds the patterns, everywhere in `schema`.
pub(super) fn complete(schema: &mut Value) {
    if has_type(schema, "string")
        && let Some(pattern) = schema.get("format").and_then(Value::as_str).and_then(pattern)
        && let Some(keywords) = schema.as_object_mut()
    {
        keywords.entry("pattern").or_insert_with(|| pattern.into());
    }
    for_each_subschema_mut(schema, |_, schema| complete(schema));
}

/// Returns the schema of strings with a format.
pub(super) fn string(format: &str) -> Value {
    match pattern(format) {
        Some(pattern) => json!({ "pattern": pattern }),
        None => json!({ "format": format }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

    fn validator(format: &str) -> jsonschema::Validator {
        let mut schema = json!({ "type": "string", "format": format });
        complete(&mut schema);
        jsonschema::validator_for(&schema).unwrap()
    }

    fn written(value: impl serde::Serialize) -> Value {
        serde_json::to_value(value).unwrap()
    }

    #[test]
    fn patterns_match_what_chrono_writes() {
        let (times, hours) = (validator("partial-date-time"), validator("partial-time"));
        let first = NaiveDate::from_ymd_opt(1895, 1, 1).unwrap();
        let time = NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        for day in first.iter_days().take_while(|day| day.year() < 1905) {
            assert!(times.is_valid(&written(day.and_time(time))), "{day}");
        }
        for time in [NaiveTime::MIN, time, time.with_nanosecond(7).unwrap()] {
            assert!(hours.is_valid(&written(time)), "{time}");
        }
    }

    #[test]
    fn chrono_reads_what_the_patterns_match() {
        let (times, hours) = (validator("partial-date-time"), validator("partial-time"));
        for (month, day) in (1..=12).flat_map(|month| (0..=32).map(move |day| (month, day))) {
            for year in ["0000", "1900", "2000", "2004", "2023", "2100", "9996"] {
                let text = format!("{year}-{month:02}-{day:02}T23:00:00");
                assert_eq!(times.is_valid(&json!(text)), text.parse::<NaiveDateTime>().is_ok(), "{text}");
            }
        }
        for text in
            ["00:00:00", "23:59:60", "24:00:00", "12:60:00", "12:00:61", "12:00:00.1234567891", "12:00:00.", "A", ""]
        {
            assert_eq!(hours.is_valid(&json!(text)), text.parse::<NaiveTime>().is_ok(), "{text}");
        }
    }

    #[test]
    fn a_pattern_of_the_type_stays() {
        let mut schema = json!({ "type": ["string", "null"], "format": "partial-time", "pattern": "^12" });
        complete(&mut schema);
        assert_eq!(schema["pattern"], "^12");
        let mut schema = json!({ "type": "string", "format": "date" });
        complete(&mut schema);
        assert_eq!(schema.get("pattern"), None);
    }
}
