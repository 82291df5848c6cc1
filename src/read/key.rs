//! Names of members and variants, and their deserialization as the keys of maps.
//!
//! `serde_json` is not asked for the key of a map: for a `bool` it makes a string that begins inside a character, if the
//! key begins with a character of more than one byte, and the message of the error panics (1.0.154). So a name is read as
//! text, and converted here. All paths of the reader share the conversion.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, Unexpected, VariantAccess, Visitor,
};
use serde_json::Number;

/// Copies the name of a member or a variant while it is deserialized. A wrapper of seeds.
pub(super) struct NameSeed<'n, 'de, S> {
    pub(super) seed: S,
    pub(super) name: &'n mut Cow<'de, str>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for NameSeed<'_, 'de, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for NameSeed<'_, 'de, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<S::Value, E> {
        *self.name = Cow::Borrowed(text);
        self.seed.deserialize(Key::borrowed(text))
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<S::Value, E> {
        *self.name = Cow::Owned(text.to_owned());
        self.seed.deserialize(Key::copied(text))
    }

    /// The position of a field: the exact pass shows it in the place of a name.
    fn visit_u64<E: Error>(self, position: u64) -> Result<S::Value, E> {
        *self.name = Cow::Owned(position.to_string());
        self.seed.deserialize(position.into_deserializer())
    }
}

/// Deserializes a name as the key of a map: Boolean and Number values are strings there.
///
/// Accepts the keys that `serde_json` accepts: `true` and `false`, and numbers in the spelling of JSON.
pub(super) struct Key<'k, 'de, E> {
    text: KeyText<'k, 'de>,
    error: PhantomData<fn() -> E>,
}

#[derive(Clone, Copy)]
enum KeyText<'k, 'de> {
    Borrowed(&'de str),
    Copied(&'k str),
}

impl<'k, 'de, E: Error> Key<'k, 'de, E> {
    pub(super) fn borrowed(text: &'de str) -> Self {
        Self { text: KeyText::Borrowed(text), error: PhantomData }
    }

    pub(super) fn copied(text: &'k str) -> Self {
        Self { text: KeyText::Copied(text), error: PhantomData }
    }

    fn text(&self) -> &str {
        match self.text {
            KeyText::Borrowed(text) | KeyText::Copied(text) => text,
        }
    }

    fn reject<T>(&self, visitor: &impl Visitor<'de>) -> Result<T, E> {
        Err(E::invalid_type(Unexpected::Str(self.text()), visitor))
    }
}

/// Parses a number in the spelling of JSON, without white space around it.
fn parse_number(text: &str) -> Option<Number> {
    let is_bare = text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && text.ends_with(|last: char| last.is_ascii_digit());
    if is_bare { serde_json::from_str(text).ok() } else { None }
}

/// Visits a number as `serde_json` does: an integer of 64 bits as such, any other number as an `f64`.
pub(super) fn visit_number<'de, V: Visitor<'de>, E: Error>(number: &Number, visitor: V) -> Result<V::Value, E> {
    if let Some(value) = number.as_u64() {
        visitor.visit_u64(value)
    } else if let Some(value) = number.as_i64() {
        visitor.visit_i64(value)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}

/// Returns true for an integer in the spelling of JSON, of any length.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0"
        || !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit())
}

macro_rules! numbers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match parse_number(self.text()) {
                Some(number) => visit_number(&number, visitor),
                None => self.reject(&visitor),
            }
        }
    )* };
}

macro_rules! long_integers {
    ($($method:ident $visit:ident: $integer:ty),*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match self.text().parse::<$integer>() {
                Ok(integer) if is_integer(self.text()) => visitor.$visit(integer),
                _ => self.reject(&visitor),
            }
        }
    )* };
}

macro_rules! strings {
    ($($method:ident)*) => { $(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            self.deserialize_any(visitor)
        }
    )* };
}

impl<'de, E: Error> Deserializer<'de> for Key<'_, 'de, E> {
    type Error = E;

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_f64
    }

    long_integers! { deserialize_i128 visit_i128: i128, deserialize_u128 visit_u128: u128 }

    strings! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text {
            KeyText::Borrowed(text) => visitor.visit_borrowed_str(text),
            KeyText::Copied(text) => visitor.visit_str(text),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => self.reject(&visitor),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        // Rounded once: by way of an `f64` it would be rounded twice. Infinity would be serialized as null.
        match self.text().parse::<f32>() {
            Ok(number) if number.is_finite() && parse_number(self.text()).is_some() => visitor.visit_f32(number),
            _ => self.reject(&visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text {
            KeyText::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
            KeyText::Copied(text) => visitor.visit_bytes(text.as_bytes()),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        unit unit_struct seq tuple tuple_struct map struct ignored_any
    }
}

impl<'de, E: Error> EnumAccess<'de> for Key<'_, 'de, E> {
    type Error = E;
    type Variant = UnitVariant<E>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, UnitVariant<E>), E> {
        Ok((seed.deserialize(self)?, UnitVariant(PhantomData)))
    }
}

/// The variant that a string names: it has no content.
pub(super) struct UnitVariant<E>(PhantomData<fn() -> E>);

impl<'de, E: Error> VariantAccess<'de> for UnitVariant<E> {
    type Error = E;

    fn unit_variant(self) -> Result<(), E> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, E> {
        Err(E::invalid_type(Unexpected::UnitVariant, &"a variant with content"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, E> {
        Err(E::invalid_type(Unexpected::UnitVariant, &"a variant with content"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, E> {
        Err(E::invalid_type(Unexpected::UnitVariant, &"a variant with fields"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde::de::{DeserializeOwned, MapAccess};

    /// Reads a map as the reader does: keys by [`NameSeed`].
    struct Keys<K>(Vec<K>);

    impl<'de, K: DeserializeOwned> Deserialize<'de> for Keys<K> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct KeysVisitor<K>(PhantomData<K>);

            impl<'de, K: DeserializeOwned> Visitor<'de> for KeysVisitor<K> {
                type Value = Keys<K>;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a map")
                }

                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys<K>, A::Error> {
                    let mut keys = Vec::new();
                    let mut name = Cow::Borrowed("");
                    while let Some(key) = map.next_key_seed(NameSeed { seed: PhantomData::<K>, name: &mut name })? {
                        keys.push(key);
                        map.next_value::<u8>()?;
                    }
                    Ok(Keys(keys))
                }
            }

            deserializer.deserialize_map(KeysVisitor(PhantomData))
        }
    }

    #[derive(Debug, Clone, PartialEq, Deserialize)]
    enum Colour {
        Red,
        #[serde(alias = "green")]
        Green,
        #[allow(dead_code, reason = "a variant that no key can have")]
        Mixed {
            red: u8,
        },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(Option<i16>);

    /// From bytes, which `serde_json` checks to be UTF-8 before it makes a string of them.
    fn read_by_serde<K: DeserializeOwned>(json: &str) -> Option<Vec<K>> {
        struct Plain<K>(Vec<K>);

        impl<'de, K: DeserializeOwned> Deserialize<'de> for Plain<K> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct PlainVisitor<K>(PhantomData<K>);

                impl<'de, K: DeserializeOwned> Visitor<'de> for PlainVisitor<K> {
                    type Value = Plain<K>;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a map")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plain<K>, A::Error> {
                        let mut keys = Vec::new();
                        while let Some((key, _)) = map.next_entry::<K, u8>()? {
                            keys.push(key);
                        }
                        Ok(Plain(keys))
                    }
                }

                deserializer.deserialize_map(PlainVisitor(PhantomData))
            }
        }

        serde_json::from_slice::<Plain<K>>(json.as_bytes()).ok().map(|plain| plain.0)
    }

    fn compare<K: DeserializeOwned + PartialEq + fmt::Debug>(key: &str) {
        let json = format!("{{{}:0}}", serde_json::to_string(key).unwrap());
        let ours = serde_json::from_str::<Keys<K>>(&json).map(|keys| keys.0);
        assert_eq!(ours.as_ref().ok(), read_by_serde::<K>(&json).as_ref(), "{json}: {ours:?}");
    }

    fn compare_all(key: &str) {
        compare::<bool>(key);
        compare::<char>(key);
        compare::<String>(key);
        compare::<i8>(key);
        compare::<u8>(key);
        compare::<i16>(key);
        compare::<u32>(key);
        compare::<i64>(key);
        compare::<u64>(key);
        compare::<i128>(key);
        compare::<u128>(key);
        compare::<f32>(key);
        compare::<f64>(key);
        compare::<Colour>(key);
        compare::<Wrapped>(key);
        compare::<chrono::NaiveDate>(key);
    }

    #[test]
    fn keys_are_read_as_serde_json_reads_them() {
        let keys = [
            "",
            "true",
            "false",
            "True",
            "true ",
            "t",
            "f",
            "ü",
            "€",
            "😀",
            "tü",
            "0",
            "-0",
            "00",
            "01",
            "-",
            "--1",
            "+1",
            "1",
            "-1",
            " 1",
            "1 ",
            "1\n",
            "1.0",
            "1.",
            ".5",
            "0.5",
            "1e2",
            "1E2",
            "1e",
            "1e400",
            "1e39",
            "3.4028235e38",
            "127",
            "128",
            "-128",
            "-129",
            "255",
            "256",
            "65536",
            "4294967295",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "-170141183460469231731687303715884105728",
            "170141183460469231731687303715884105728",
            "340282366920938463463374607431768211455",
            "340282366920938463463374607431768211456",
            "NaN",
            "inf",
            "null",
            "٣",
            "0.1",
            "16777217",
            "Red",
            "Green",
            "green",
            "Mixed",
            "red",
            "2026-02-28",
            "2026-02-30",
        ];
        for key in keys {
            compare_all(key);
        }
    }

    #[test]
    fn a_key_with_escapes_is_the_key_without() {
        let read = |json: &str| serde_json::from_str::<Keys<i64>>(json).map(|keys| keys.0).ok();
        assert_eq!(read(r#"{"\u0031":0,"1":0}"#), Some(vec![1, 1]));
    }

    proptest! {
        #[test]
        fn any_key_is_read_as_serde_json_reads_it(
            key in prop_oneof![".{0,4}", "(true|false|[-+ 0-9.eE]{1,3})\\PC{0,2}", "-?[0-9]{1,40}", "-?[0-9]{1,4}\\.[0-9]{1,3}(e-?[0-9]{1,3})?"],
        ) {
            compare_all(&key);
        }
    }
}
