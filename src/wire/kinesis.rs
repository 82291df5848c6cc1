//! Kinesis records: the data is base64 of a delivery, mostly of a bare detail (`InputPath: $.detail`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;

use super::level::Level;
use super::{Delivery, Transport, WireErrorKind};

/// The data of a record, in base64.
pub fn delivery(data: &str) -> Delivery<'static> {
    match STANDARD.decode(data) {
        Ok(bytes) => Delivery::new(bytes, None),
        Err(error) => {
            let message = error.to_string();
            Delivery::broken(data.as_bytes().to_vec(), WireErrorKind::NotBase64 { message })
        }
    }
}

/// A record in a batch, as a Lambda function gets it; `None` where it is something else.
pub(super) fn record<'a, X>(record: &Level<'a, X>) -> Option<Delivery<'a>> {
    let kinesis = Level::<()>::raw(record.raw_member("kinesis")?.get())?;
    let text = |level: &Level<'a, ()>, name: &str| -> Option<String> {
        serde_json::from_str(level.raw_member(name)?.get()).ok()
    };
    let data = text(&kinesis, "data")?;
    let arrived = kinesis.raw_member("approximateArrivalTimestamp");
    let transport = Transport {
        id: record.raw_member("eventID").and_then(|id| serde_json::from_str(id.get()).ok()),
        time: arrived.and_then(|arrived| milliseconds(arrived.get())),
        partition_key: text(&kinesis, "partitionKey"),
    };
    Some(delivery(&data).with_transport(transport))
}

/// Seconds with a fraction, read digit by digit: a double would not give the same millisecond everywhere.
pub(super) fn milliseconds(seconds: &str) -> Option<DateTime<chrono::Utc>> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
    let fraction: i64 = fraction.parse().ok()?;
    DateTime::from_timestamp_millis(whole.checked_mul(1000)?.checked_add(fraction)?)
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
        for wrong in ["-1.5", "1e9", "", ".5", "9223372036854775807"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }
}
