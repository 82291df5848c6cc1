//! Kinesis records: the data is base64 of a delivery, mostly of a bare detail (`InputPath: $.detail`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::ser::{Serialize, Serializer};

use super::level::Level;
use super::{Delivery, Transport, WireErrorKind};

/// The data of a record, in base64.
pub fn delivery(data: &str) -> Delivery<'static> {
    match STANDARD.decode(data) {
        Ok(bytes) => Delivery::new(bytes, None),
        Err(error) => {
            let message = error.to_string();
            Delivery::broken(data.as_bytes().to_vec(), WireErrorKind::NotBase64 { message })
                .with_transport(Transport { is_not_base64: true, ..Transport::default() })
        }
    }
}

/// A record in a batch, as a Lambda function gets it; `None` where it is something else.
pub(super) fn record<'a, X>(record: &Level<'a, X>) -> Option<Delivery<'a>> {
    let kinesis = Level::<()>::raw(record.raw_member("kinesis")?.get())?;
    let text = |level: &Level<'a, ()>, name: &str| -> Option<String> {
        serde_json::from_str(level.raw_member(name)?.get()).ok()
    };
    let delivery = delivery(&text(&kinesis, "data")?);
    let arrived = kinesis.raw_member("approximateArrivalTimestamp");
    let transport = Transport {
        id: record.raw_member("eventID").and_then(|id| serde_json::from_str(id.get()).ok()),
        time: arrived.and_then(|arrived| milliseconds(arrived.get())),
        partition_key: text(&kinesis, "partitionKey"),
        sequence_number: text(&kinesis, "sequenceNumber"),
        ..delivery.transport.clone()
    };
    Some(delivery.with_transport(transport))
}

/// Seconds with a fraction, read digit by digit: a double would not give the same millisecond everywhere. With an
/// exponent they are a double's to begin with.
pub(crate) fn milliseconds(seconds: &str) -> Option<DateTime<Utc>> {
    if seconds.contains(['e', 'E']) {
        let milliseconds = (seconds.parse::<f64>().ok()? * 1000.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and what is beyond is no time")]
        return DateTime::from_timestamp_millis(milliseconds as i64);
    }
    let (is_negative, seconds) = seconds.strip_prefix('-').map_or((false, seconds), |seconds| (true, seconds));
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
    let fraction: i64 = fraction.parse().ok()?;
    let milliseconds = whole.checked_mul(1000)?.checked_add(fraction)?;
    DateTime::from_timestamp_millis(if is_negative { -milliseconds } else { milliseconds })
}

/// A time as the APIs of AWS have it in JSON: a number of seconds, with a fraction for milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seconds(pub(crate) DateTime<Utc>);

impl Serialize for Seconds {
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
    fn seconds_with_a_fraction_are_milliseconds() {
        let at = |text| milliseconds(text).map(|time| time.timestamp_millis());
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
    fn a_time_comes_back_from_its_seconds() {
        let most = DateTime::<Utc>::MAX_UTC.timestamp_millis();
        for time in [0, 1, -1, 999, -999, 1000, -1001, 1_480_641_523_477, 253_402_300_799_999, most, -most] {
            let time = DateTime::from_timestamp_millis(time).unwrap();
            let written = serde_json::to_string(&Seconds(time)).unwrap();
            assert_eq!(milliseconds(&written), Some(time), "{written}");
        }
    }
}
