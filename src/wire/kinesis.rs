//! Kinesis records: the data is base64 of a delivery, usually of a bare detail (`InputPath: $.detail`).

use std::convert::Infallible;

use super::delivery::{Delivery, Transport};
use super::epoch::EpochSeconds;
use super::level::Level;

/// Parses a record in the format of Lambda invocations. Returns `None` for any other object.
pub(super) fn parse_record<'a>(record: &Level<'a, Infallible>) -> Option<Delivery<'a>> {
    let kinesis = Level::<Infallible>::parse(record.raw_member("kinesis")?.get())?;
    let string = |level: &Level<'a, Infallible>, name: &str| -> Option<String> {
        serde_json::from_str(level.raw_member(name)?.get()).ok()
    };
    let delivery = Delivery::from_kinesis_data(&string(&kinesis, "data")?);
    let arrived = kinesis.raw_member("approximateArrivalTimestamp");
    let transport = Transport {
        id: string(record, "eventID"),
        time: arrived.and_then(|arrived| Some(EpochSeconds::parse(arrived.get())?.0)),
        partition_key: string(&kinesis, "partitionKey"),
        sequence_number: string(&kinesis, "sequenceNumber"),
        ..delivery.transport.clone()
    };
    Some(delivery.with_transport(transport))
}
