//! Times in the formats that event hubs use.

use chrono::{DateTime, Utc};

use crate::wire::Scalar;

/// The format of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeFormat {
    Milliseconds,
    Seconds,
    Microseconds,
    Nanoseconds,
    /// A number of seconds or milliseconds in a string.
    NumericString,
    Rfc3339,
}

/// Smallest number of milliseconds, 10^11: one below is a number of seconds. As milliseconds it would be before 1973-03-03,
/// as seconds it reaches the year 5138.
const MIN_MILLISECONDS: u64 = 100_000_000_000;

/// Smallest number of microseconds, 10^14: as milliseconds it would be after 5138-11-16.
const MIN_MICROSECONDS: u64 = 100_000_000_000_000;

/// Smallest number of nanoseconds, 10^17: as microseconds it would be after 5138-11-16.
const MIN_NANOSECONDS: u64 = 100_000_000_000_000_000;

/// Largest number of nanoseconds, in the year 2262: the range of 64-bit clocks.
const MAX_NANOSECONDS: u64 = i64::MAX as u64;

/// The last millisecond of the year 9999, the last that RFC 3339 can express.
const MAX_RFC3339: i64 = 253_402_300_799_999;

/// Parses a time: RFC 3339 or a number of seconds, milliseconds, microseconds or nanoseconds since 1970.
///
/// The unit of a number is recognised by its size. Zero is the same in every unit.
pub(crate) fn parse_time(scalar: &Scalar<'_>) -> Option<(DateTime<Utc>, TimeFormat)> {
    match scalar {
        Scalar::Unsigned(number) => from_integer(i128::from(*number)),
        Scalar::Signed(number) => from_integer(i128::from(*number)),
        #[expect(clippy::cast_precision_loss, reason = "the bounds are exact as an `f64`")]
        #[expect(clippy::cast_possible_truncation, reason = "a number out of range saturates, and has no unit")]
        Scalar::Float(number) => {
            if number.abs() < MIN_MILLISECONDS as f64 && *number != 0.0 {
                let time = DateTime::from_timestamp_millis((number * 1000.0).round() as i64)?;
                return Some((time, TimeFormat::Seconds));
            }
            from_integer(*number as i128)
        }
        Scalar::String(text) => match text.parse::<i64>() {
            Ok(number) => Some(match from_integer(i128::from(number))? {
                (time, TimeFormat::Seconds | TimeFormat::Milliseconds) => (time, TimeFormat::NumericString),
                other => other,
            }),
            Err(_) => Some((DateTime::parse_from_rfc3339(text).ok()?.to_utc(), TimeFormat::Rfc3339)),
        },
        Scalar::Null | Scalar::Boolean => None,
    }
}

fn from_integer(number: i128) -> Option<(DateTime<Utc>, TimeFormat)> {
    let size = u64::try_from(number.unsigned_abs()).ok().filter(|size| *size <= MAX_NANOSECONDS)?;
    let number = i64::try_from(number).ok()?;
    let (milliseconds, format) = match size {
        0 => (0, TimeFormat::Milliseconds),
        size if size < MIN_MILLISECONDS => (number * 1000, TimeFormat::Seconds),
        size if size < MIN_MICROSECONDS => (number, TimeFormat::Milliseconds),
        size if size < MIN_NANOSECONDS => (number.div_euclid(1000), TimeFormat::Microseconds),
        _ => (number.div_euclid(1_000_000), TimeFormat::Nanoseconds),
    };
    Some((DateTime::from_timestamp_millis(milliseconds)?, format))
}

/// Corrects a time that was computed from a number in the wrong unit: one after the year 9999.
///
/// A type that reads milliseconds makes the year 58862 of microseconds. Returns the format of the number; `None` for a time
/// that no unit explains.
pub(crate) fn correct_unit(time: DateTime<Utc>) -> Option<(DateTime<Utc>, Option<TimeFormat>)> {
    let milliseconds = time.timestamp_millis();
    if (-MAX_RFC3339..=MAX_RFC3339).contains(&milliseconds) {
        return Some((time, None));
    }
    let (time, format) = from_integer(i128::from(milliseconds))?;
    Some((time, Some(format)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_a_number_is_recognised_by_its_size() {
        use TimeFormat::{Microseconds, Milliseconds, Nanoseconds, Seconds};
        for (number, expected) in [
            (0, Some((0, Milliseconds))),
            (1_795_344_181, Some((1_795_344_181_000, Seconds))),
            (99_999_999_999, Some((99_999_999_999_000, Seconds))),
            (100_000_000_000, Some((100_000_000_000, Milliseconds))),
            (1_795_344_181_000, Some((1_795_344_181_000, Milliseconds))),
            (99_999_999_999_999, Some((99_999_999_999_999, Milliseconds))),
            (100_000_000_000_000, Some((100_000_000_000, Microseconds))),
            (1_795_344_181_000_999, Some((1_795_344_181_000, Microseconds))),
            (99_999_999_999_999_999, Some((99_999_999_999_999, Microseconds))),
            (100_000_000_000_000_000, Some((100_000_000_000, Nanoseconds))),
            (1_795_344_181_000_000_999, Some((1_795_344_181_000, Nanoseconds))),
            (i64::MAX, Some((9_223_372_036_854, Nanoseconds))),
            (-1_795_344_181_000_001, Some((-1_795_344_181_001, Microseconds))),
            (i64::MIN, None),
        ] {
            let by_size = |scalar| parse_time(&scalar).map(|(time, format)| (time.timestamp_millis(), format));
            assert_eq!(by_size(Scalar::Signed(number)), expected, "{number}");
            #[expect(clippy::cast_precision_loss, reason = "compared to the millisecond, up to 2^53")]
            if number.unsigned_abs() < 1 << 53 {
                assert_eq!(by_size(Scalar::Float(number as f64)), expected, "{number}");
            }
            let in_text =
                parse_time(&Scalar::String(number.to_string().into())).map(|(time, _)| time.timestamp_millis());
            assert_eq!(in_text, expected.map(|(milliseconds, _)| milliseconds), "{number}");
        }
        for number in [1e19, 1e300, f64::MAX, -1e19] {
            assert_eq!(parse_time(&Scalar::Float(number)), None, "{number}");
        }
        assert_eq!(parse_time(&Scalar::Unsigned(u64::MAX)), None);
    }

    #[test]
    fn no_time_is_after_the_year_9999() {
        for digits in 1..=40 {
            for first in ["1", "9"] {
                let number = first.repeat(digits);
                let scalars = [
                    number.parse().ok().map(Scalar::Unsigned),
                    number.parse().ok().map(Scalar::Float),
                    Some(Scalar::String(number.clone().into())),
                ];
                for scalar in scalars.into_iter().flatten() {
                    if let Some((time, _)) = parse_time(&scalar) {
                        assert!(time.timestamp_millis() <= MAX_RFC3339, "{number}: {time}");
                    }
                }
            }
        }
        let late = DateTime::from_timestamp_millis(1_795_344_181_000_000).unwrap();
        assert_eq!(late.to_string(), "+58862-03-11 12:56:40 UTC");
        let (time, format) = correct_unit(late).unwrap();
        assert_eq!((time.timestamp_millis(), format), (1_795_344_181_000, Some(TimeFormat::Microseconds)));
        let in_range = DateTime::from_timestamp_millis(MAX_RFC3339).unwrap();
        assert_eq!(correct_unit(in_range), Some((in_range, None)));
    }
}
