//! Epoch seconds, as the JSON of AWS APIs has them: a number with up to three decimals.

use chrono::{DateTime, Utc};
use serde::ser::{Serialize, Serializer};

/// A time that is serialized as epoch seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EpochSeconds(pub(crate) DateTime<Utc>);

impl EpochSeconds {
    /// Parses a JSON number, truncated to milliseconds. Returns `None` for another text, and for a number out of range.
    ///
    /// Reads decimal digits: by way of an `f64`, some times would be one millisecond earlier. A number with an exponent was
    /// printed from an `f64`, and is read as one.
    pub(crate) fn parse(number: &str) -> Option<Self> {
        if number.contains(['e', 'E']) {
            let milliseconds = (number.parse::<f64>().ok()? * 1000.0).round();
            #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and chrono rejects the extremes")]
            return DateTime::from_timestamp_millis(milliseconds as i64).map(Self);
        }
        let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
        let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
        let fraction: i64 = fraction.parse().ok()?;
        let milliseconds = whole.checked_mul(1000)?.checked_add(fraction)?;
        DateTime::from_timestamp_millis(if is_negative { -milliseconds } else { milliseconds }).map(Self)
    }
}

impl Serialize for EpochSeconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let milliseconds = self.0.timestamp_millis();
        if milliseconds % 1000 == 0 {
            return serializer.serialize_i64(milliseconds / 1000);
        }
        #[expect(clippy::cast_precision_loss, reason = "no time has as many milliseconds as 2^53")]
        serializer.serialize_f64(milliseconds as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_with_a_fraction_are_read_to_the_millisecond() {
        let at = |text| EpochSeconds::parse(text).map(|time| time.0.timestamp_millis());
        assert_eq!(at("1480641523.477"), Some(1_480_641_523_477));
        assert_eq!(at("1480641523.4"), Some(1_480_641_523_400));
        assert_eq!(at("1480641523"), Some(1_480_641_523_000));
        assert_eq!(at("-1.5"), Some(-1500));
        assert_eq!(at("-0.001"), Some(-1));
        assert_eq!(at("1.480641523477E9"), Some(1_480_641_523_477));
        assert_eq!(at("1e9"), Some(1_000_000_000_000));
        for wrong in ["", "-", "--1", ".5", "9223372036854775807", "1e400", "1e300"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn serialized_times_are_parsed_back() {
        let most = DateTime::<Utc>::MAX_UTC.timestamp_millis();
        for time in [0, 1, -1, 999, -999, 1000, -1001, 1_480_641_523_477, 253_402_300_799_999, most, -most] {
            let time = DateTime::from_timestamp_millis(time).unwrap();
            let written = serde_json::to_string(&EpochSeconds(time)).unwrap();
            assert_eq!(EpochSeconds::parse(&written).map(|parsed| parsed.0), Some(time), "{written}");
        }
    }
}
