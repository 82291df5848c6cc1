//! Search in a value: the walk visits it as its serialization does, and writes nothing.
//!
//! It finds numbers that JSON has no text for: `serde_json` writes `null` for NaN and the infinities, which a reader of a
//! number refuses. The value would be lost, and the event become a fault of its reader. For the check, it finds the fields
//! that a function of the user writes.

#[cfg(feature = "check")]
use std::cell::Cell;
use std::fmt::{self, Display};

use json_document::Pointer;
use serde::ser::{self, Serialize, Serializer};

/// Returns the place of the first number in a value that is NaN or infinite.
///
/// An error of the value's own serialization is none of these.
pub(crate) fn find_non_finite<T: Serialize + ?Sized>(value: &T) -> Option<Pointer> {
    find(value, &Search::NonFinite)
}

/// Returns the places of the fields with `#[serde(serialize_with)]` in a value, at most [`MAX_ADAPTERS`].
#[cfg(feature = "check")]
pub(crate) fn find_adapters<T: Serialize + ?Sized>(value: &T) -> Vec<Pointer> {
    let adapter = |index| find(value, &Search::Adapter { left: Cell::new(index) });
    (0..MAX_ADAPTERS).map_while(adapter).collect()
}

/// Bounds the work of [`find_adapters`], which walks again for each of them.
#[cfg(feature = "check")]
const MAX_ADAPTERS: usize = 100;

/// The part of a value that ends the walk.
enum Search {
    NonFinite,
    /// A field with `serialize_with`, after this many others.
    #[cfg(feature = "check")]
    Adapter {
        left: Cell<usize>,
    },
}

impl Search {
    /// Returns true for a part of the type `T` that ends the walk.
    ///
    /// Serde's derive emits a type for each field with `serialize_with`. The names of types are not guaranteed: a test of
    /// the check holds this one. If it changes, fewer adapters are found.
    #[cfg(feature = "check")]
    fn is_found<T: ?Sized>(&self) -> bool {
        match self {
            Self::NonFinite => false,
            Self::Adapter { left } => {
                let is_adapter = std::any::type_name::<T>().contains("::__SerializeWith");
                is_adapter && left.replace(left.get().saturating_sub(1)) == 0
            }
        }
    }
}

fn find<T: Serialize + ?Sized>(value: &T, search: &Search) -> Option<Pointer> {
    match value.serialize(Walk(search)) {
        Err(Stop::Found(mut reversed)) => {
            let mut pointer = Pointer::ROOT;
            while let Some(segment) = reversed.pop() {
                pointer.push(segment);
            }
            Some(pointer)
        }
        Ok(()) | Err(Stop::Other) => None,
    }
}

/// The end of a walk.
#[derive(Debug)]
enum Stop {
    /// The segments of its place, the innermost first.
    Found(Vec<String>),
    Other,
}

impl Stop {
    /// Adds the place of the value that contains the one where the walk ended.
    fn within(self, segment: impl Display) -> Self {
        match self {
            Self::Found(mut reversed) => {
                reversed.push(segment.to_string());
                Self::Found(reversed)
            }
            Self::Other => Self::Other,
        }
    }
}

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the walk has ended")
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }
}

/// Visits a value.
struct Walk<'s>(&'s Search);

/// Visits the parts of a value, each below the segments of the value in its container.
struct Parts<'s> {
    search: &'s Search,
    /// The name of an enum variant, which contains the parts.
    variant: Option<&'static str>,
    index: usize,
    key: String,
}

impl<'s> Parts<'s> {
    fn new(search: &'s Search, variant: Option<&'static str>) -> Self {
        Self { search, variant, index: 0, key: String::new() }
    }

    fn visit<T: Serialize + ?Sized>(&self, segment: impl Display, value: &T) -> Result<(), Stop> {
        let place = |stop: Stop| {
            let stop = stop.within(segment);
            match self.variant {
                Some(variant) => stop.within(variant),
                None => stop,
            }
        };
        #[cfg(feature = "check")]
        if self.search.is_found::<T>() {
            return Err(place(Stop::Found(Vec::new())));
        }
        value.serialize(Walk(self.search)).map_err(place)
    }

    fn visit_next<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.index += 1;
        self.visit(self.index - 1, value)
    }
}

macro_rules! without_numbers {
    ($($method:ident($($argument:ty),*);)*) => {
        $(fn $method(self $(, _: $argument)*) -> Result<(), Stop> {
            Ok(())
        })*
    };
}

impl<'s> Serializer for Walk<'s> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Parts<'s>;
    type SerializeTuple = Parts<'s>;
    type SerializeTupleStruct = Parts<'s>;
    type SerializeTupleVariant = Parts<'s>;
    type SerializeMap = Parts<'s>;
    type SerializeStruct = Parts<'s>;
    type SerializeStructVariant = Parts<'s>;

    without_numbers! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_f32(self, number: f32) -> Result<(), Stop> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Stop> {
        let is_searched = match self.0 {
            Search::NonFinite => true,
            #[cfg(feature = "check")]
            Search::Adapter { .. } => false,
        };
        if number.is_finite() || !is_searched { Ok(()) } else { Err(Stop::Found(Vec::new())) }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self).map_err(|stop| stop.within(variant))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'s>, Stop> {
        Ok(Parts::new(self.0, None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'s>, Stop> {
        Ok(Parts::new(self.0, None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'s>, Stop> {
        Ok(Parts::new(self.0, None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'s>, Stop> {
        Ok(Parts::new(self.0, Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'s>, Stop> {
        Ok(Parts::new(self.0, None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'s>, Stop> {
        Ok(Parts::new(self.0, None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'s>, Stop> {
        Ok(Parts::new(self.0, Some(variant)))
    }
}

macro_rules! visit_items {
    ($($compound:ident::$method:ident;)*) => {
        $(impl ser::$compound for Parts<'_> {
            type Ok = ();
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.visit_next(value)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        })*
    };
}

visit_items! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

macro_rules! visit_fields {
    ($($compound:ident)*) => {
        $(impl ser::$compound for Parts<'_> {
            type Ok = ();
            type Error = Stop;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Stop> {
                self.visit(name, value)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        })*
    };
}

visit_fields! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        // A key is written as text, and only in a pointer.
        self.key = serde_json::to_value(key)
            .ok()
            .as_ref()
            .and_then(serde_json::Value::as_str)
            .map_or_else(|| serde_json::to_string(key).unwrap_or_default(), str::to_owned);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.visit(&self.key, value)
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(serde::Serialize)]
    enum Shape {
        Unit,
        Newtype(f64),
        Tuple(u8, f32),
        Struct { size: Option<f64> },
    }

    fn found<T: Serialize>(value: T) -> Option<String> {
        find_non_finite(&value).map(|pointer| pointer.to_string())
    }

    #[test]
    fn numbers_without_a_text_are_found_in_every_container() {
        let cases = [
            (found(f64::NAN), Some("")),
            (found(f32::INFINITY), Some("")),
            (found(1.5), None),
            (found(Option::<f64>::None), None),
            (found([1.0, f64::NEG_INFINITY]), Some("/1")),
            (found((1, "a", f64::NAN)), Some("/2")),
            (found(BTreeMap::from([("a/b", 1.0), ("b", f64::NAN)])), Some("/b")),
            (found(BTreeMap::from([("a/b", f64::NAN)])), Some("/a~1b")),
            (found(BTreeMap::from([(7, f64::NAN)])), Some("/7")),
            (found(Shape::Unit), None),
            (found(Shape::Newtype(f64::NAN)), Some("/Newtype")),
            (found(vec![Shape::Tuple(1, f32::NAN)]), Some("/0/Tuple/1")),
            (found(Shape::Struct { size: Some(f64::NAN) }), Some("/Struct/size")),
            (found(Shape::Struct { size: None }), None),
        ];
        for (index, (found, expected)) in cases.into_iter().enumerate() {
            assert_eq!(found.as_deref(), expected, "case {index}");
        }
    }
}
