//! Every kind of type that serde and schemars support.
//!
//! Over 500 lines because each type is next to its list of known differences, and all of them share the macros.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::{NonZeroI32, NonZeroU16};

use chrono::{DateTime, NaiveDate, Utc};
use event_contract::schema::Schema;
use event_contract::{EventId, EventType, Open, PartitionKey, Payload, SubsystemName, Version};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::agree::{Case, agree, is_proven, loose, strict, validator, wide};

macro_rules! payload {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident { $($body:tt)* }) => {
        #[derive(Serialize, Deserialize, JsonSchema, Payload)]
        #[allow(dead_code, reason = "not every field is written")]
        #[allow(clippy::option_option, reason = "there are such fields")]
        #[payload(internal, name = "zoo", version = 1)]
        $(#[$meta])*
        $visibility struct $name { $($body)* }
    };
}

macro_rules! data {
    ($($item:item)*) => { $(
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        $item
    )* };
}

payload! {
    struct Scalars {
        u8: u8, u16: u16, u32: u32, u64: u64, usize: usize,
        i8: i8, i16: i16, i32: i32, i64: i64, isize: isize,
        above: NonZeroU16, any_but: NonZeroI32,
        f64: f64, bool: bool, text: String, letter: char,
    }
}

payload! {
    struct Single { f32: f32, many: Vec<Option<f32>> }
}

#[test]
fn scalars() {
    agree::<Scalars>(vec![]);
    assert!(is_proven::<Scalars>());
    // The bounds of an `f32` have more digits than `jsonschema::canonical` decides, so nothing is asked of it.
    agree::<Single>(vec![wide("the nearest f32 is written", |_| true)]);
}

fn at(case: &Case, name: &str) -> bool {
    case.at.split('/').any(|segment| segment == name)
}

payload! {
    struct Wide { i128: i128, u128: u128 }
}

#[test]
fn integers_beyond_i64() {
    agree::<Wide>(vec![]);
    assert!(is_proven::<Wide>());
}

fn seven() -> u8 {
    7
}

payload! {
    struct Optional {
        plain: Option<u8>,
        twice: Option<Option<u8>>,
        #[serde(default)] defaulted: Vec<u8>,
        #[serde(default = "seven")] by_function: u8,
        #[serde(skip_serializing_if = "Option::is_none")] shy: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] shy_list: Vec<String>,
        #[serde(default, skip_serializing)] read_only: u8,
        #[serde(skip_deserializing)] written_only: u8,
        #[serde(rename(serialize = "written", deserialize = "read"), default)] renamed: u8,
        #[serde(skip)] nowhere: u8,
    }
}

#[test]
fn optional_and_defaulted_fields() {
    agree::<Optional>(vec![
        wide("a list that is empty is not written", |case| case.now == Some(json!([]))),
        wide("a text that is null is not written", |case| at(case, "shy") && case.now == Some(json!(null))),
        wide("what is not read is written as its default", |case| {
            case.document.get("written_only") != Some(&json!(0)) || case.document.get("written") != Some(&json!(0))
        }),
    ]);
    // `renamed` is written under another name than it is read, so that the reader uses its default.
    assert!(is_proven::<Optional>());
}

data! {
    struct Inner { a: u8, b: Option<String> }
    struct Newtype(u16);
    struct Pair(u8, String);
    struct Unit;
    struct Empty {}
    #[serde(transparent)]
    struct Transparent { inner: Newtype }
    enum Plain { X, Y }
}

payload! {
    struct Collections {
        list: Vec<Inner>,
        three: [u8; 3],
        tuple: (u8, String),
        set: BTreeSet<String>,
        by_u8: HashMap<u8, bool>,
        by_i64: BTreeMap<i64, Inner>,
        by_text: BTreeMap<String, Inner>,
        by_variant: BTreeMap<Plain, u8>,
        boxed: Box<Inner>,
        nothing: (),
        result: Result<u8, String>,
    }
}

#[test]
fn collections() {
    agree::<Collections>(vec![strict("a set takes an item twice", |case| at(case, "set"))]);
}

payload! {
    struct Named { newtype: Newtype, pair: Pair, unit: Unit, empty: Empty, transparent: Transparent }
}

#[test]
fn structs_of_every_kind() {
    agree::<Named>(vec![]);
    assert!(is_proven::<Named>());
}

payload! {
    struct Free { any: Value, map: serde_json::Map<String, Value>, maybe: Option<Value> }
}

#[test]
fn any_json() {
    agree::<Free>(vec![strict("`serde_json::Map` takes null for no members", |case| case.document["map"].is_null())]);
}

data! {
    enum External { A, B { x: u8 }, C(Inner), D(u8, i8), E(Option<Plain>) }
    #[serde(tag = "kind")]
    enum Tagged { A, B { x: u8 }, C(Inner), D {} }
    #[serde(tag = "kind", content = "what")]
    enum Adjacent { A, B { x: u8 }, C(Inner), D(u8, i8) }
    #[serde(untagged)]
    enum Untagged { B { x: u8 }, C(Inner), D(String), E(Vec<u8>) }
    enum Documented {
        /// The first.
        First,
        Second,
    }
}

payload! {
    struct Enums {
        plain: Plain,
        documented: Option<Documented>,
        external: External,
        many: Vec<External>,
    }
}

#[test]
fn enums() {
    agree::<Enums>(vec![]);
    assert!(is_proven::<Enums>());
}

payload! {
    struct TaggedEnums { tagged: Tagged, adjacent: Adjacent, untagged: Untagged }
}

#[test]
fn tagged_enums() {
    agree::<TaggedEnums>(vec![
        loose("3.0 is not an integer in content that serde buffers", is_three),
        strict("serde takes the number of a variant for its name where it buffers", is_number_of_variant),
        strict("serde reads a struct of an array where it buffers", |case| case.document["untagged"].is_array()),
    ]);
    assert!(is_proven::<TaggedEnums>());
}

data! {
    struct FlatInner { b: u32, c: Option<u8> }
    struct FlatNewtype(FlatInner);
    struct FlatOther { d: u8 }
    struct FlatOtherNewtype(FlatOther);
}

payload! {
    struct Flat { a: u8, #[serde(flatten)] inner: FlatNewtype, #[serde(flatten)] other: FlatOtherNewtype }
}

payload! {
    struct FlatMap { a: u8, #[serde(flatten)] inner: FlatInner, #[serde(flatten)] rest: BTreeMap<String, i32> }
}

payload! {
    struct FlatExternal { z: u8, #[serde(flatten)] inner: External }
}

payload! {
    struct FlatTagged { z: u8, #[serde(flatten)] inner: Tagged }
}

payload! {
    struct FlatTwo { a: u8, #[serde(flatten)] inner: Adjacent, #[serde(flatten)] tagged: Option<FlatKind> }
}

data! {
    #[serde(tag = "type")]
    enum FlatKind { A, B { y: u8 } }
}

payload! {
    struct FlatMaybe { a: u8, #[serde(flatten)] inner: Option<FlatInner> }
}

fn is_number_of_variant(case: &Case) -> bool {
    case.at.ends_with("/kind") && case.now.as_ref().is_some_and(Value::is_u64)
}

fn is_three(case: &Case) -> bool {
    case.now == Some(json!(3.0))
}

#[test]
fn flattened_structs_and_maps() {
    agree::<Flat>(vec![loose("3.0 is not an integer in content that serde buffers", is_three)]);
    agree::<FlatMap>(vec![loose("3.0 is not an integer in content that serde buffers", is_three)]);
    assert!(is_proven::<Flat>() && is_proven::<FlatMap>());
}

#[test]
fn flattened_enums() {
    agree::<FlatExternal>(vec![
        loose("3.0 is not an integer in content that serde buffers", is_three),
        strict("a flattened variant without contents takes an empty object", |case| {
            case.at == "/A" && case.now == Some(json!({}))
        }),
    ]);
    agree::<FlatTagged>(vec![
        loose("3.0 is not an integer in content that serde buffers", is_three),
        strict("serde takes the number of a variant for its name where it buffers", is_number_of_variant),
    ]);
    agree::<FlatTwo>(vec![loose("3.0 is not an integer in content that serde buffers", is_three)]);
    assert!(is_proven::<FlatTagged>() && is_proven::<FlatTwo>());
}

#[test]
fn flattened_options() {
    agree::<FlatMaybe>(vec![
        strict("a flattened struct that cannot be read is none", |case| case.at == "/b" || case.at == "/c"),
        wide("of a flattened struct all or nothing is written", |case| {
            case.document.get("b").is_none() != case.document.get("c").is_none()
        }),
    ]);
    assert!(is_proven::<FlatMaybe>());
}

data! {
    struct Tree { name: String, left: Option<Box<Tree>>, many: Vec<Tree> }
    enum Even { Zero, Next(Box<Odd>) }
    struct Odd { before: Even }
}

payload! {
    struct Recursive { tree: Tree, other: Option<Tree>, even: Even }
}

#[test]
fn recursive_types() {
    agree::<Recursive>(vec![]);
}

payload! {
    #[serde(deny_unknown_fields)]
    struct Strict { a: u8, inner: Option<StrictInner>, tagged: StrictTagged }
}

data! {
    #[serde(deny_unknown_fields)]
    struct StrictInner { #[serde(alias = "bb")] b: u8 }
    #[serde(tag = "kind", deny_unknown_fields)]
    enum StrictTagged { A, B { x: u8 } }
}

#[test]
fn unknown_fields_denied() {
    agree::<Strict>(vec![
        loose("3.0 is not an integer in content that serde buffers", is_three),
        strict("serde takes the number of a variant for its name where it buffers", is_number_of_variant),
        strict("a tagged variant without contents denies nothing", |case| {
            case.document["tagged"]["kind"] == "A" && case.document["tagged"]["unheard-of"].is_object()
        }),
    ]);
    assert!(is_proven::<Strict>());
}

data! {
    #[serde(rename_all = "camelCase")]
    struct Aliased {
        #[serde(alias = "id", alias = "order_no")] order_id: u8,
        #[serde(alias = "note")] notes: Option<String>,
        #[serde(default, alias = "p")] price: u32,
    }
    enum AliasedEnum { Nothing, Some { #[serde(alias = "y")] x: i8 }, Deep(Aliased) }
    struct AliasedTree { #[serde(alias = "label")] name: String, many: Vec<AliasedTree> }
    struct AlikeWithout { x: i8 }
}

payload! {
    struct Aliases {
        #[serde(alias = "one")] first: Aliased,
        maybe: Option<Aliased>,
        list: Vec<Aliased>,
        by_name: BTreeMap<String, Aliased>,
        choice: AliasedEnum,
    }
}

payload! {
    struct AliasesOfTree { tree: AliasedTree }
}

#[test]
fn aliases() {
    agree::<AliasesOfTree>(vec![]);
    agree::<Aliases>(vec![]);
    assert!(is_proven::<Aliases>());
}

payload! {
    struct Alike { with: AliasedEnum, without: AlikeWithout }
}

#[test]
fn aliases_of_one_struct_are_not_those_of_another_with_the_same_fields() {
    agree::<Alike>(vec![]);
    assert!(is_proven::<Alike>());
}

data! {
    enum Growing { Web, /** Over the counter. */ Store, #[serde(alias = "app")] App }
    enum Other { Done, #[serde(alias = "ready")] Waiting, #[serde(other)] Unknown }
    enum OtherWithContents { Done(u8), #[serde(other)] Unknown }
    enum AliasedVariant { #[serde(alias = "first", alias = "1")] One, Two }
}

payload! {
    struct Enumerations {
        open: Open<Growing>,
        maybe: Option<Open<Growing>>,
        other: Other,
        others: Vec<Option<Other>>,
        contents: OtherWithContents,
        aliased: AliasedVariant,
        by_name: BTreeMap<String, Other>,
    }
}

#[test]
fn open_enumerations() {
    agree::<Enumerations>(vec![]);
    assert!(is_proven::<Enumerations>());
    let open = json!({"type": "string", "x-extensible-enum": ["App", "Store", "Web"]});
    let schema = Schema::reader::<Enumerations>();
    assert_eq!(schema.as_value()["properties"]["open"], open);
    assert_eq!(Schema::writer::<Enumerations>().as_value()["properties"]["open"], open);
    assert_eq!(
        schema.as_value()["properties"]["other"],
        json!({"type": "string", "x-extensible-enum": ["Done", "Unknown", "Waiting"]})
    );
    assert_eq!(
        schema.as_value()["properties"]["aliased"],
        json!({"type": "string", "enum": ["1", "One", "Two", "first"]})
    );
}

mod seconds {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(value: &Option<u8>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
        Option::deserialize(deserializer)
    }
}

fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    u8::deserialize(deserializer)
}

data! {
    struct With {
        #[serde(with = "seconds")] #[schemars(with = "Option<u8>")] needed: Option<u8>,
        #[serde(default, with = "seconds")] #[schemars(with = "Option<u8>")] not_needed: Option<u8>,
        #[serde(deserialize_with = "seconds::deserialize", alias = "other")] aliased: Option<u8>,
        #[serde(default, deserialize_with = "number")] #[schemars(required)] filled_in: u8,
        checked: Option<NaiveDate>,
    }
    enum WithIn { Only { #[serde(with = "seconds")] #[schemars(with = "Option<u8>")] needed: Option<u8> } }
}

payload! {
    struct Withs { with: With, maybe: Option<With>, many: Vec<With>, by_name: BTreeMap<String, With>, choice: WithIn }
}

#[test]
fn a_field_is_required_where_serde_misses_it() {
    agree::<Withs>(vec![]);
    assert!(is_proven::<Withs>());
    let schema = Schema::reader::<Withs>();
    assert_eq!(schema.as_value()["properties"]["with"]["required"], json!(["needed"]));
}

data! {
    #[serde(tag = "kind")]
    struct Marked { a: u8, again: Option<Box<Marked>> }
    #[serde(tag = "kind", rename = "nothing")]
    struct MarkedEmpty {}
    enum MarkedChoice { A(MarkedEmpty), B(u8) }
}

payload! {
    #[serde(tag = "type")]
    struct Marks {
        one: Marked, maybe: Option<Marked>, many: Vec<Marked>, by_name: BTreeMap<String, Marked>,
        empty: MarkedEmpty, choices: Vec<MarkedChoice>,
    }
}

#[test]
fn structs_that_write_their_own_name() {
    agree::<Marks>(vec![]);
    let schema = Schema::writer::<Marks>();
    assert_eq!(schema.as_value()["properties"]["type"], json!({"type": "string", "const": "Marks"}));
    assert_eq!(schema.as_value()["properties"]["empty"]["properties"]["kind"]["const"], "nothing");
}

data! {
    #[serde(tag = "kind")]
    struct MarkedTyped { first: u8, second: Option<String>, third: bool }
    struct FlattenedPage { items: Vec<u8>, day: chrono::NaiveDate }
}

payload! {
    struct FlattenedMark { #[serde(flatten)] marked: MarkedTyped }
}

payload! {
    #[serde(tag = "type")]
    struct MarkAndFlattened { #[serde(flatten)] page: FlattenedPage, weekday: chrono::Weekday }
}

/// No placeholder satisfies them: serde buffers the fields, and their types are not seen.
#[test]
fn structs_that_write_their_own_name_beside_flattened_fields() {
    let marked = MarkedTyped { first: 1, second: None, third: true };
    let written = serde_json::to_value(FlattenedMark { marked }).unwrap();
    assert!(validator(Schema::writer::<FlattenedMark>().as_value()).is_valid(&written), "{written}");
    let page = FlattenedPage { items: Vec::new(), day: chrono::NaiveDate::default() };
    let written = serde_json::to_value(MarkAndFlattened { page, weekday: chrono::Weekday::Mon }).unwrap();
    let schema = Schema::writer::<MarkAndFlattened>();
    assert!(validator(schema.as_value()).is_valid(&written), "{written}");
    assert_eq!(schema.as_value()["properties"]["type"], json!({"type": "string", "const": "MarkAndFlattened"}));
}

mod described {
    use super::{Deserialize, JsonSchema, Payload, Serialize};
    data! {
        pub(super) enum Plain {
            /** The first. */
            X,
            Y,
        }
        pub(super) enum Mixed { /** The first. */ A, B { x: u8 }, C, }
        pub(super) enum Other { Done, /** It waits. */ #[serde(alias = "ready")] Waiting, #[serde(other)] Unknown }
        pub(super) enum Aliased { /** The first. */ #[serde(alias = "first")] One, Two }
        pub(super) enum Lonely { /** The only one. */ One }
    }
    payload! {
        pub(super) struct Described {
            plain: Plain, maybe: Option<Plain>, mixed: Option<Mixed>, other: Option<Other>, aliased: Vec<Aliased>,
            lonely: Lonely, all: super::Open<Plain>,
        }
    }
}

mod plain {
    use super::{Deserialize, JsonSchema, Payload, Serialize};
    data! {
        pub(super) enum Plain { X, Y }
        pub(super) enum Mixed { A, B { x: u8 }, C }
        pub(super) enum Other { Done, #[serde(alias = "ready")] Waiting, #[serde(other)] Unknown }
        pub(super) enum Aliased { #[serde(alias = "first")] One, Two }
        pub(super) enum Lonely { One }
    }
    payload! {
        pub(super) struct Described {
            plain: Plain, maybe: Option<Plain>, mixed: Option<Mixed>, other: Option<Other>, aliased: Vec<Aliased>,
            lonely: Lonely, all: super::Open<Plain>,
        }
    }
}

#[test]
fn a_description_of_a_variant_changes_no_assertion() {
    agree::<described::Described>(vec![]);
    for role in [event_contract::schema::Role::Writer, event_contract::schema::Role::Reader] {
        let (with, without) =
            (Schema::for_role::<described::Described>(role), Schema::for_role::<plain::Described>(role));
        assert_ne!(with, without);
        assert_eq!(with.assertions(), without.assertions(), "{role}");
    }
}

payload! {
    struct Times {
        rfc3339: DateTime<Utc>,
        day: NaiveDate,
        #[serde(with = "chrono::serde::ts_milliseconds")]
        #[schemars(with = "i64", range(min = -8_334_601_228_800_000_i64, max = 8_210_266_876_799_999_i64))]
        milliseconds: DateTime<Utc>,
    }
}

#[test]
fn times() {
    agree::<Times>(vec![wide("a time is written in one spelling", |case| case.document["rfc3339"].is_string())]);
    assert!(is_proven::<Times>());
}

payload! {
    struct Names {
        id: EventId, event_type: EventType, key: PartitionKey, subsystem: SubsystemName, version: Version,
    }
}

#[test]
fn name_types_of_this_crate() {
    agree::<Names>(vec![]);
    assert!(is_proven::<Names>());
    let reader = validator(Schema::reader::<Names>().as_value());
    let names = |subsystem: &str, event_type: &str| json!({"id": "i", "event_type": event_type, "key": "k", "subsystem": subsystem, "version": 1});
    for wrong in ["external", "aws.ec2", " padded", "padded ", "with\ncontrol", ""] {
        assert!(SubsystemName::new(wrong).is_err() && !reader.is_valid(&names(wrong, "T")), "{wrong:?}");
    }
    for right in ["externals", "aws", "awsome", "a b", "ü", "x.aws.y"] {
        assert!(SubsystemName::new(right).is_ok() && reader.is_valid(&names(right, right)), "{right:?}");
    }
    for wrong in [" padded", "padded ", "with\u{7f}control", ""] {
        assert!(EventType::new(wrong).is_err() && !reader.is_valid(&names("s", wrong)), "{wrong:?}");
    }
}

mod first {
    use super::{Deserialize, JsonSchema, Serialize};
    data! { pub(super) struct Node { a: u8, next: Option<Box<Node>> } }
}

mod second {
    use super::{Deserialize, JsonSchema, Serialize};
    data! { pub(super) struct Node { b: u8, next: Option<Box<Node>> } }
}

payload! {
    struct OneWay { one: first::Node, two: second::Node, #[serde(rename = "enum")] choice: Plain }
}

mod turned {
    use super::{Deserialize, JsonSchema, Payload, Serialize};
    data! { enum Plain { Y, X } }
    payload! {
        pub(super) struct OneWay {
            #[serde(rename = "enum")] choice: Plain, two: super::second::Node, one: super::first::Node,
        }
    }
}

#[test]
fn types_of_equal_names_get_distinct_definitions() {
    agree::<OneWay>(vec![]);
    for role in [event_contract::schema::Role::Writer, event_contract::schema::Role::Reader] {
        let (one, other) = (Schema::for_role::<OneWay>(role), Schema::for_role::<turned::OneWay>(role));
        assert_eq!(one.to_string(), other.to_string());
        let definitions: Vec<_> = one.as_value()["$defs"].as_object().unwrap().keys().collect();
        assert_eq!(definitions.len(), 2);
        assert!(definitions.iter().all(|name| name.starts_with("Node-")), "{definitions:?}");
    }
}

data! {
    struct Page<T> { items: Vec<T>, next: Option<T> }
    struct Chain<T> { value: T, next: Option<Box<Chain<T>>> }
}

payload! {
    /// Odd "words" \ `code` </script> ${x} {{y}} \u0000 | #/$defs/Page ~0 ~1
    struct OddNames {
        r#type: String,
        #[serde(rename = "$ref/~na\"me")] reference: u8,
        #[serde(rename = "")] nameless: Option<u8>,
        #[serde(rename(serialize = "out", deserialize = "in"), alias = "out")] both_ways: u8,
        pages: Page<Page<u8>>,
        numbers: Chain<u8>,
        texts: Chain<String>,
    }
}

#[test]
fn odd_names_and_types_with_parameters() {
    agree::<OddNames>(vec![]);
}

/// Limits that the documentation of the module lists. Remove one from the list when it is gone.
#[test]
fn documented_limits_exist() {
    let takes = |schema: Schema, document: &Value| validator(schema.as_value()).is_valid(document);
    let buffered = json!({"kind": {"t": "A", "new": 1}});
    assert!(!takes(Schema::reader::<Buffered>(), &buffered));
    assert!(serde_json::from_value::<Buffered>(buffered).is_ok());
    let too_large = json!({"number": 0.0, "single": 1e300});
    assert!(!takes(Schema::reader::<Number>(), &too_large));
    assert!(serde_json::from_value::<Number>(too_large.clone()).is_ok_and(|number| number.single.is_infinite()));
    assert!(serde_json::from_str::<Number>(&too_large.to_string()).is_err());
    let short = json!({"pair": [1], "content": {"kind": "A"}, "other": {"Done": null}});
    assert!(!takes(Schema::reader::<Short>(), &short));
    for (name, value) in short.as_object().unwrap() {
        let mut document = json!({"pair": [1, 2], "content": {"kind": "A", "what": null}, "other": "Done"});
        assert!(takes(Schema::reader::<Short>(), &document));
        document[name] = value.clone();
        assert!(!takes(Schema::reader::<Short>(), &document), "{document}");
        assert!(serde_json::from_str::<Short>(&document.to_string()).is_ok(), "{document}");
    }
    let flat = json!({"mark": {"a": 1}});
    let written = serde_json::to_value(serde_json::from_value::<MarkedWithin>(flat).unwrap()).unwrap();
    assert!(!takes(Schema::writer::<MarkedWithin>(), &written), "{written}");
    let not_a_number = serde_json::to_value(Number { number: f64::NAN, single: 0.0 }).unwrap();
    assert!(!takes(Schema::writer::<Number>(), &not_a_number));
}

data! {
    #[serde(tag = "t")]
    enum BufferedKind { A { #[serde(alias = "new")] old: u8 } }
}

payload! {
    struct Buffered { kind: BufferedKind }
}

payload! {
    struct Number { number: f64, single: f32 }
}

data! {
    struct KeyNumber(NonZeroU16);
    enum KeyName { /** The first. */ First, #[serde(alias = "2nd")] Second }
    struct Counts { by_letter: Option<BTreeMap<char, u8>>, by_bool: Vec<BTreeMap<bool, u8>> }
}

payload! {
    struct Keys {
        by_bool: BTreeMap<bool, u8>, by_letter: BTreeMap<char, u8>, by_i8: BTreeMap<i8, u8>, by_u16: HashMap<u16, u8>,
        by_i32: BTreeMap<i32, u8>, by_u64: BTreeMap<u64, u8>, by_i128: BTreeMap<i128, u8>, by_u128: BTreeMap<u128, u8>,
        by_number: BTreeMap<KeyNumber, u8>, by_name: BTreeMap<KeyName, u8>, by_other: BTreeMap<Other, u8>,
        by_day: BTreeMap<NaiveDate, u8>, by_time: BTreeMap<DateTime<Utc>, u8>,
        by_local: BTreeMap<chrono::NaiveDateTime, u8>, by_hour: BTreeMap<chrono::NaiveTime, u8>,
        within: BTreeMap<String, BTreeMap<bool, u8>>, counts: Counts, counts_again: Vec<Counts>,
    }
}

/// A key, and whether the map reads it.
const KEYS: [(&str, &[&str], &[&str]); 16] = [
    ("by_bool", &["true", "false"], &["", "yes", "True", "1", "\u{fc}"]),
    ("by_letter", &["a", "\u{fc}", "1"], &["", "ab", "\u{fc}b"]),
    ("by_i8", &["0", "-1", "127", "-128"], &["128", "-129", "-0", "01", "1.0", "", "+1", "a"]),
    ("by_u16", &["0", "65535"], &["65536", "-1", "1e1"]),
    ("by_i32", &["2147483647", "-2147483648"], &["2147483648", "-2147483649"]),
    ("by_u64", &["18446744073709551615", "9999999999999999999"], &["18446744073709551616", "-1"]),
    ("by_i128", &["-170141183460469231731687303715884105728"], &["170141183460469231731687303715884105728"]),
    ("by_u128", &["340282366920938463463374607431768211455"], &["340282366920938463463374607431768211456"]),
    ("by_number", &["1", "65535"], &["0", "65536"]),
    ("by_name", &["First", "Second", "2nd"], &["Third", "first", ""]),
    ("by_other", &["Done", "ready", "anything"], &[]),
    ("by_day", &["2024-02-29"], &["2023-02-29", "2024-02-29T00:00:00Z", ""]),
    ("by_time", &["2024-02-29T00:00:00Z"], &["2023-02-29T00:00:00Z", "2024-02-29"]),
    ("by_local", &["2024-02-29T23:59:60.5"], &["2023-02-29T00:00:00", "2024-02-29T00:00:00Z"]),
    ("by_hour", &["23:59:59", "00:00:00.001"], &["24:00:00", "A"]),
    ("within/a", &["true"], &["yes"]),
];

#[test]
fn keys_of_maps_are_those_that_serde_reads() {
    let empty: serde_json::Map<String, Value> = [
        "by_bool",
        "by_letter",
        "by_i8",
        "by_u16",
        "by_i32",
        "by_u64",
        "by_i128",
        "by_u128",
        "by_number",
        "by_name",
        "by_other",
        "by_day",
        "by_time",
        "by_id",
        "by_local",
        "by_hour",
    ]
    .map(|name| (name.to_owned(), json!({})))
    .into_iter()
    .collect();
    let mut document = Value::from(empty);
    document["within"] = json!({"a": {}});
    document["counts"] = json!({"by_letter": {"a": 1}, "by_bool": [{"true": 1}]});
    document["counts_again"] = json!([document["counts"]]);
    let (reader, writer) = (Schema::reader::<Keys>(), Schema::writer::<Keys>());
    let (reader, writer) = (validator(reader.as_value()), validator(writer.as_value()));
    let read = |document: &Value| serde_json::from_slice::<Keys>(document.to_string().as_bytes());
    assert!(reader.is_valid(&document) && read(&document).is_ok());
    for (map, right, wrong) in KEYS {
        for (keys, is_read) in [(right, true), (wrong, false)] {
            for key in keys {
                let mut document = document.clone();
                *document.pointer_mut(&format!("/{map}")).unwrap() = json!({ *key: 1 });
                assert_eq!(read(&document).is_ok(), is_read, "{map}: {key}");
                assert_eq!(reader.is_valid(&document), is_read, "{map}: {key}");
                if let Ok(value) = read(&document) {
                    let written = serde_json::to_value(value).unwrap();
                    assert!(writer.is_valid(&written), "{written}");
                }
            }
        }
    }
    for place in ["/counts/by_letter", "/counts_again/0/by_letter", "/counts/by_bool/0", "/counts_again/0/by_bool/0"] {
        let mut document = document.clone();
        *document.pointer_mut(place).unwrap() = json!({ "no": 1 });
        assert!(!reader.is_valid(&document) && read(&document).is_err(), "{place}");
    }
    // A name that is written otherwise would be a key of the writer only.
    assert!(is_proven::<Keys>());
}

payload! {
    struct FlatKeys { a: u8, #[serde(flatten)] by_letter: BTreeMap<char, u8> }
}

data! {
    struct FlatDays { a: u8, #[serde(flatten)] by_day: BTreeMap<NaiveDate, u8> }
    struct FlatNumbers { a: u8, #[serde(flatten)] by_number: ByNumber }
    struct FlatAnswers { a: u8, #[serde(flatten)] by_bool: ByBool }
}

type ByNumber = BTreeMap<i64, u8>;
type ByBool = BTreeMap<bool, u8>;

payload! {
    struct FlatKeysWithin { days: FlatDays, numbers: FlatNumbers, answers: FlatAnswers }
}

/// Serde buffers flattened keys as strings, so that no number and no `bool` is ever read.
#[test]
fn flattened_keys_are_those_that_serde_reads() {
    let valid = |schema: Schema, document: &Value| validator(schema.as_value()).is_valid(document);
    for (key, is_read) in [("b", true), ("\u{fc}", true), ("ab", false), ("", false)] {
        let document = json!({"a": 1, key: 2});
        assert_eq!(serde_json::from_value::<FlatKeys>(document.clone()).is_ok(), is_read, "{document}");
        assert_eq!(valid(Schema::reader::<FlatKeys>(), &document), is_read, "{document}");
    }
    for (field, key, is_read) in [
        ("days", "2024-02-29", true),
        ("days", "2023-02-29", false),
        ("days", "b", false),
        ("numbers", "1", false),
        ("answers", "true", false),
        ("answers", "b", false),
    ] {
        let mut document = json!({"days": {"a": 1}, "numbers": {"a": 1}, "answers": {"a": 1}});
        assert!(valid(Schema::reader::<FlatKeysWithin>(), &document));
        document[field][key] = json!(1);
        assert_eq!(serde_json::from_value::<FlatKeysWithin>(document.clone()).is_ok(), is_read, "{document}");
        assert_eq!(valid(Schema::reader::<FlatKeysWithin>(), &document), is_read, "{document}");
    }
    // What it writes is a difference that a check reports.
    let written = json!({"days": {"a": 1}, "numbers": {"a": 1, "1": 2}, "answers": {"a": 1, "true": 2}});
    assert!(valid(Schema::writer::<FlatKeysWithin>(), &written));
}

payload! {
    struct Spans {
        duration: std::time::Duration, range: std::ops::Range<u8>, time: std::time::SystemTime,
        many: Vec<std::time::Duration>,
    }
}

payload! {
    struct Since { since: Option<Box<std::time::SystemTime>>, #[serde(flatten)] rest: BTreeMap<String, String> }
}

#[test]
fn a_time_of_std_is_closed_where_it_is_not_explored() {
    let schema = validator(Schema::reader::<Since>().as_value());
    let mut document = json!({"since": {"secs_since_epoch": 1, "nanos_since_epoch": 0}});
    assert!(schema.is_valid(&document));
    document["since"]["more"] = json!("x");
    assert!(!schema.is_valid(&document) && serde_json::from_value::<Since>(document).is_err());
}

#[test]
fn types_of_std_are_closed() {
    let (reader, writer) = (Schema::reader::<Spans>(), Schema::writer::<Spans>());
    let (reader, writer) = (validator(reader.as_value()), validator(writer.as_value()));
    let document = json!({
        "duration": {"secs": 1, "nanos": 999_999_999}, "range": {"start": 1, "end": 2},
        "time": {"secs_since_epoch": i64::MAX, "nanos_since_epoch": 999_999_999}, "many": [{"secs": i64::MAX, "nanos": 0}],
    });
    assert!(reader.is_valid(&document) && writer.is_valid(&document));
    assert!(serde_json::from_value::<Spans>(document.clone()).is_ok());
    for place in ["/duration", "/range", "/time", "/many/0"] {
        let mut document = document.clone();
        document.pointer_mut(place).unwrap()["more"] = json!(1);
        assert!(!reader.is_valid(&document), "{place}");
        assert!(serde_json::from_value::<Spans>(document).is_err(), "{place}");
    }
    let mut document = document;
    document["time"]["nanos_since_epoch"] = json!(1_000_000_000);
    assert!(!reader.is_valid(&document) && !writer.is_valid(&document));
    assert!(is_proven::<Spans>());
}

data! {
    enum ContentsAndOther { Done(u8), #[serde(alias = "with")] With { x: u8 }, #[serde(alias = "none")] Nothing, #[serde(other)] Unknown }
    #[serde(tag = "t", content = "c")]
    enum NothingBeside { V0 { x: u8 }, V1 }
}

payload! {
    struct Contents { open: ContentsAndOther, beside: NothingBeside, maybe: Option<NothingBeside>, many: Vec<ContentsAndOther> }
}

#[test]
fn variants_have_the_contents_that_serde_reads() {
    let schema = Schema::reader::<Contents>();
    let reader = validator(schema.as_value());
    let document = json!({"open": "any", "beside": {"t": "V1"}, "maybe": null, "many": []});
    for (field, value, is_read) in [
        ("open", json!("Nothing"), true),
        ("open", json!("none"), true),
        ("open", json!("Done"), false),
        ("open", json!("With"), false),
        ("open", json!("with"), false),
        ("open", json!({"Done": 1}), true),
        ("many", json!(["any", "Done"]), false),
        ("many", json!(["any", "none"]), true),
        ("beside", json!({"t": "V1", "c": null}), true),
        ("beside", json!({"t": "V1", "c": 0}), false),
        ("beside", json!({"t": "V1", "d": 0}), true),
        ("beside", json!({"t": "V0", "c": {"x": 1}}), true),
        ("maybe", json!({"t": "V1", "c": 0}), false),
        ("maybe", json!({"t": "V1", "c": null}), true),
    ] {
        let mut document = document.clone();
        document[field] = value;
        assert_eq!(serde_json::from_value::<Contents>(document.clone()).is_ok(), is_read, "{document}");
        assert_eq!(reader.is_valid(&document), is_read, "{document}");
    }
}

data! {
    struct ShortPair(u8, #[serde(default)] u8);
    #[serde(tag = "kind", content = "what")]
    enum MaybeContent { A(Option<u8>), B(u8), C(Option<Inner>), D }
    #[serde(untagged)]
    enum MarkedOrNot { Marked(Marked) }
}

payload! {
    struct Adjacents { one: MaybeContent, many: Vec<MaybeContent> }
}

#[test]
fn adjacent_variants_with_and_without_contents() {
    agree::<Adjacents>(vec![strict("a variant that holds an option comes without it", |case| {
        case.at.ends_with("/what") && case.now.is_none()
    })]);
}

payload! {
    struct Short { pair: ShortPair, content: MaybeContent, other: Other }
}

payload! {
    struct MarkedWithin { mark: Option<MarkedOrNot> }
}
