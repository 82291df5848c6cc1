//! Strategies for the property tests of the contract.

use std::fmt::Debug;

use chrono::{DateTime, Utc};
use proptest::option;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::value::{Address, Contact, Country, Currency, DeliveryId, Destination, Money, OrderId, PersonName, Window};
use crate::open::Open;

/// Checks that a value round-trips and is valid under its schemas.
pub(super) fn comes_back<T: Written>(value: &T) -> Result<(), TestCaseError> {
    let text = serde_json::to_string(value).unwrap();
    prop_assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    #[cfg(feature = "schema")]
    schema::is_satisfied_by(value)?;
    Ok(())
}

#[cfg(not(feature = "schema"))]
pub(super) trait Written: PartialEq + Debug + Serialize + DeserializeOwned {}
#[cfg(not(feature = "schema"))]
impl<T: PartialEq + Debug + Serialize + DeserializeOwned> Written for T {}

#[cfg(feature = "schema")]
pub(super) trait Written:
    PartialEq + Debug + Serialize + DeserializeOwned + schemars::JsonSchema + 'static
{
}
#[cfg(feature = "schema")]
impl<T: PartialEq + Debug + Serialize + DeserializeOwned + schemars::JsonSchema + 'static> Written for T {}

#[cfg(feature = "schema")]
mod schema {
    use std::any::TypeId;
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::rc::Rc;

    use jsonschema::Validator;
    use proptest::prelude::*;

    use super::Written;
    use crate::schema::{Role, of_type};

    /// Checks that a value is valid under its writer and its reader schema.
    pub(super) fn is_satisfied_by<T: Written>(value: &T) -> Result<(), TestCaseError> {
        let document = serde_json::to_value(value).unwrap();
        for validator in validators::<T>().iter() {
            let wrong: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            prop_assert!(wrong.is_empty(), "{}: {:?}", document, wrong);
        }
        Ok(())
    }

    fn validators<T: Written>() -> Rc<[Validator; 2]> {
        thread_local! {
            static KNOWN: RefCell<HashMap<TypeId, Rc<[Validator; 2]>>> = RefCell::default();
        }
        let make = |role| {
            let options = jsonschema::options().should_validate_formats(true);
            options.build(&of_type::<T>(role)).unwrap()
        };
        KNOWN.with_borrow_mut(|known| {
            let validators = known.entry(TypeId::of::<T>());
            Rc::clone(validators.or_insert_with(|| Rc::new([Role::Writer, Role::Reader].map(make))))
        })
    }
}

pub(super) fn order_id() -> impl Strategy<Value = OrderId> {
    any::<u128>().prop_map(|bits| OrderId::new(Uuid::from_u128(bits)))
}

pub(super) fn delivery_id() -> impl Strategy<Value = DeliveryId> {
    any::<u128>().prop_map(|bits| DeliveryId::new(Uuid::from_u128(bits)))
}

/// Last millisecond of the year 9999.
const LAST: i64 = 253_402_300_799_999;
/// First millisecond of the year 0.
const FIRST: i64 = -62_167_219_200_000;

/// Draws times that RFC 3339 can represent, in nanoseconds.
pub(super) fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (millisecond(), 0..1_000_000_u32).prop_map(|(time, nanos)| time + chrono::TimeDelta::nanoseconds(i64::from(nanos)))
}

/// Draws times that both RFC 3339 and epoch milliseconds can represent.
pub(super) fn millisecond() -> impl Strategy<Value = DateTime<Utc>> {
    (FIRST..=LAST).prop_map(|time| DateTime::from_timestamp_millis(time).unwrap())
}

/// Draws any time that epoch milliseconds can represent.
pub(super) fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    let (first, last) = (DateTime::<Utc>::MIN_UTC.timestamp_millis(), DateTime::<Utc>::MAX_UTC.timestamp_millis());
    (first..=last).prop_map(|time| DateTime::from_timestamp_millis(time).unwrap())
}

pub(super) fn currency() -> impl Strategy<Value = Currency> {
    "[A-Z]{3}".prop_map(|text| Currency::new(&text).unwrap())
}

pub(super) fn country() -> impl Strategy<Value = Country> {
    "[A-Z]{2}".prop_map(|text| Country::new(&text).unwrap())
}

pub(super) fn money() -> impl Strategy<Value = Money> {
    (any::<i64>(), currency()).prop_map(|(amount, currency)| Money { amount, currency })
}

/// Draws amounts that older versions can represent.
pub(super) fn euro() -> impl Strategy<Value = Money> {
    (-1_000_000_000_000_i64..=1_000_000_000_000).prop_map(|amount| Money { amount, currency: Currency::EUR })
}

pub(super) fn name() -> impl Strategy<Value = PersonName> {
    any::<[String; 2]>().prop_map(|[given_name, family_name]| PersonName { given_name, family_name })
}

pub(super) fn contact() -> impl Strategy<Value = Contact> {
    (option::of(name()), any::<[Option<String>; 2]>()).prop_map(|(name, [email, phone])| Contact { name, email, phone })
}

pub(super) fn address() -> impl Strategy<Value = Address> {
    (notes(), any::<[String; 2]>(), country()).prop_map(|(lines, [postal_code, city], country)| Address {
        lines,
        postal_code,
        city,
        country,
    })
}

pub(super) fn destination() -> impl Strategy<Value = Destination> {
    address().prop_map(|address| address.destination())
}

pub(super) fn window() -> impl Strategy<Value = Window> {
    (time(), time()).prop_map(|(from, to)| Window { from, to })
}

/// Draws a known value, or a text that is not a known value.
pub(super) fn open<T: Debug + Clone + 'static>(known: &'static [T]) -> impl Strategy<Value = Open<T>> {
    prop_oneof![prop::sample::select(known).prop_map(Open::Known), "[a-z]{1,5}-[0-9]{1,3}".prop_map(Open::Unknown),]
}

/// Draws up to two texts.
pub(super) fn notes() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(any::<String>(), 0..3)
}
