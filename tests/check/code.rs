//! Versions whose code and schemas disagree.

use event_contract::check::Consumer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;

/// Functions and conversions of a user.
mod form {
    use std::fmt::Display;
    use std::str::FromStr;

    use schemars::JsonSchema;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn write_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn read_text<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|_| serde::de::Error::custom("not a number"))
    }

    pub(super) fn read_light<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let weight = u32::deserialize(deserializer)?;
        if weight < 1000 { Ok(weight) } else { Err(serde::de::Error::custom("too heavy")) }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn write_named<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_nan() { serializer.serialize_str("unknown") } else { serializer.serialize_f64(*value) }
    }

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    #[serde(try_from = "String", into = "String")]
    pub(super) struct Mail(String);

    impl TryFrom<String> for Mail {
        type Error = &'static str;

        fn try_from(text: String) -> Result<Self, Self::Error> {
            if text.contains('@') { Ok(Self(text)) } else { Err("no mail address") }
        }
    }

    impl From<Mail> for String {
        fn from(mail: Mail) -> Self {
            mail.0
        }
    }

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    pub(super) enum Beside {
        Counted {
            #[serde(flatten)]
            letters: std::collections::BTreeMap<char, u8>,
            count: Option<u128>,
        },
        Uncounted,
    }

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub(super) enum WronglyStated {
        Text {
            #[serde(serialize_with = "write_text", deserialize_with = "read_text")]
            #[schemars(with = "u64")]
            number: u64,
        },
        #[serde(untagged)]
        Other { other: u8 },
    }

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Holidays {
        #[serde(default)]
        length: std::time::Duration,
        #[serde(flatten)]
        days: std::collections::BTreeMap<chrono::NaiveDate, u8>,
    }

    /// A number that is one of few, which the schema does not state.
    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    #[serde(try_from = "u64", into = "u64")]
    pub(super) struct Code(u64);

    impl TryFrom<u64> for Code {
        type Error = &'static str;

        fn try_from(number: u64) -> Result<Self, Self::Error> {
            if number % 7919 == 4000 { Ok(Self(number)) } else { Err("no code") }
        }
    }

    impl From<Code> for u64 {
        fn from(code: Code) -> Self {
            code.0
        }
    }

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    pub(super) enum Step<T> {
        Begun,
        Moved { by: Option<T> },
    }

    pub(super) type Ages = std::collections::BTreeMap<u8, u32>;

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Family {
        name: String,
        #[serde(flatten)]
        ages: Ages,
    }

    /// Written as a number, with the derived schema of names.
    #[derive(Debug, Clone, Copy, JsonSchema)]
    pub(super) enum Speed {
        Slow = 1,
        Fast = 2,
    }

    impl Serialize for Speed {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_u8(*self as u8)
        }
    }

    impl<'de> Deserialize<'de> for Speed {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            match u8::deserialize(deserializer)? {
                1 => Ok(Self::Slow),
                2 => Ok(Self::Fast),
                _ => Err(serde::de::Error::custom("no speed")),
            }
        }
    }

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Box {
        #[serde(deserialize_with = "read_light")]
        weight: u32,
    }

    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Sensor {
        #[serde(serialize_with = "write_named")]
        heat: f64,
    }
}

/// Defines a type with one field, and returns the report of a check.
macro_rules! report_with {
    ($($field:tt)*) => {{
        mod version {
            #[allow(unused_imports, reason = "not every field needs it")]
            use super::form;
            use event_contract::Payload;
            use schemars::JsonSchema;
            use serde::{Deserialize, Serialize};

            #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Payload)]
            #[payload(internal, name = "Parcel.Kept", version = 1)]
            pub(super) struct ParcelKept {
                parcel: String,
                $($field)*
            }

            #[allow(dead_code, reason = "only some fields have a default")]
            fn heavy() -> u32 {
                5000
            }
        }
        let files = published();
        Check::new(&catalog![POST => [v1::ParcelSent, version::ParcelKept]].unwrap(), &files, today()).run().unwrap()
    }};
}

/// Returns the verdict of the type about itself.
fn own_verdict(report: &Report) -> CellVerdict {
    report.types[1].cells[0][0].verdict
}

#[test]
fn payloads_in_another_form_than_the_schema_are_invalid() {
    let report = report_with! {
        #[serde(serialize_with = "form::write_text", deserialize_with = "form::read_text")]
        weight: u64,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Broken, Breaks));
    let invalid = one(&report, "written-invalid");
    assert!(invalid.message.contains("add `#[schemars(with = \"String\")]`"), "{}", invalid.message);
    let contradicted = one(&report, "kind-contradicted");
    assert_eq!(
        contradicted.message,
        "v1 reads /weight as a string, and its schema accepts an integer only: add `#[schemars(with = \"String\")]`"
    );
    let Evidence::Payload { payload } = &invalid.evidence else { panic!("{invalid:?}") };
    assert!(payload["weight"].is_string(), "{payload}");

    let stated = report_with! {
        #[serde(serialize_with = "form::write_text", deserialize_with = "form::read_text")]
        #[schemars(with = "String")]
        weight: u64,
    };
    assert_eq!((stated.outcome, own_verdict(&stated)), (Outcome::Compatible, Reads), "{stated}");
}

#[test]
fn a_function_that_reads_less_than_its_schema_breaks_the_version_itself() {
    let report = report_with! {
        content: form::Box,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Broken, Breaks), "{report}");
    let finding = one(&report, "type-rejects");
    assert_eq!(pair(finding), ("v1", "v1", Some("/content/weight")));
}

#[test]
fn functions_without_a_statement_are_undecided() {
    let report = report_with! {
        #[serde(deserialize_with = "form::read_text")]
        note: String,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Undecided, CellVerdict::Undecided), "{report}");
    let finding = one(&report, "undecided");
    assert!(finding.message.contains("`note` of v1 has `deserialize_with`"), "{}", finding.message);
    assert!(finding.message.contains("#[schemars(with = "), "{}", finding.message);

    let stated = report_with! {
        #[serde(deserialize_with = "form::read_text")]
        #[schemars(with = "String")]
        note: String,
    };
    assert_eq!(stated.outcome, Outcome::Compatible, "{stated}");
}

/// Serde buffers the contents of a tagged enum, and reads no 128-bit integer out of the buffer.
#[test]
fn values_that_a_type_writes_and_never_reads_are_found() {
    let report = report_with! {
        step: form::Step<u128>,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Broken, Breaks), "{report}");
    let finding = one(&report, "type-rejects");
    let Evidence::Payload { payload } = &finding.evidence else { panic!("{finding:?}") };
    assert_eq!(payload["step"]["kind"], "Moved");

    // A type that reads few numbers, and no common one, may write those only.
    let report = report_with! {
        step: form::Step<form::Code>,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Undecided, CellVerdict::Undecided), "{report}");
    let message = &one(&report, "undecided").message;
    assert!(
        message.contains(r#""kind":"Moved""#) && message.contains("and everything like it, at /step/by"),
        "{message}"
    );

    let report = report_with! {
        step: form::Step<u64>,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Compatible, Reads), "{report}");
    // A map that is flattened beside the value has keys of its own.
    let report = report_with! {
        beside: form::Beside,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Broken, Breaks), "{report}");
    one(&report, "type-rejects");
    // The statement is wrong, and the error of an enum with an untagged variant says nothing of it.
    let report = report_with! {
        stated: form::WronglyStated,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Broken, Breaks), "{report}");
    one(&report, "written-invalid");
    let report = report_with! {
        holidays: form::Holidays,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Compatible, Reads), "{report}");
    // What a conversion accepts is not known either, but it writes nothing else.
    let report = report_with! {
        step: form::Step<form::Mail>,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Compatible, Reads), "{report}");
}

/// The derive sees neither through an alias nor into the types of fields.
#[test]
fn flattened_keys_that_are_never_read_are_found() {
    let way_out = "serde writes and never reads, integers or booleans: it buffers them as strings; use `String` keys, or \
                   remove `flatten`";
    let report = report_with! {
        #[serde(flatten)]
        ages: form::Ages,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Broken, Breaks), "{report}");
    let finding = one(&report, "flattened-keys-unread");
    assert_eq!(finding.message, format!("v1: `ages` flattens a map with keys that {way_out}"));

    let report = report_with! {
        family: Option<form::Family>,
    };
    assert_eq!(own_verdict(&report), Breaks, "{report}");
    let finding = one(&report, "flattened-keys-unread");
    assert_eq!(finding.message, format!("v1: a field of /family flattens a map with keys that {way_out}"));

    let report = report_with! {
        ages: form::Ages,
        #[serde(flatten)]
        others: std::collections::BTreeMap<String, u32>,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Compatible, Reads), "{report}");
}

/// A consumer of the payloads that a type writes and never reads.
#[test]
fn values_that_a_consumer_never_reads_are_undecided() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Moved<T> {
        step: form::Step<T>,
    }
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Kept<T> {
        step: Option<form::Step<T>>,
    }

    let check = |consumer: Consumer| {
        let files = published();
        let catalog = catalog![POST => [v1::ParcelSent, stepping::ParcelSent]].unwrap();
        Check::new(&catalog, &files, today()).consumers([consumer]).run().unwrap()
    };
    let report = check(Consumer::new("billing").reads::<Moved<u128>>("Parcel.Kept"));
    assert_eq!(verdicts(&report, 1), [[CellVerdict::Undecided, Breaks]], "{report}");
    assert_eq!(pair(one(&report, "type-rejects")).1, "billing");
    let report = check(Consumer::new("billing").reads::<Moved<form::Code>>("Parcel.Kept"));
    assert_eq!(verdicts(&report, 1), [[CellVerdict::Undecided, CellVerdict::Undecided]], "{report}");
    let of_billing = |finding: &&Finding| finding.message.contains("the code of billing rejects");
    let message = &report.findings.iter().find(of_billing).unwrap().message;
    assert!(message.contains("and everything like it, at /step/by"), "{message}");
    // What the writer never writes is of no interest.
    let report = check(Consumer::new("billing").reads::<Kept<u128>>("Parcel.Sent"));
    assert_eq!(verdicts(&report, 0), [[Reads, Reads]], "{report}");
}

#[test]
fn numbers_that_are_written_as_text_are_found() {
    let report = report_with! {
        sensor: form::Sensor,
    };
    assert_eq!(own_verdict(&report), Breaks, "{report}");
    let Evidence::Payload { payload } = &one(&report, "written-invalid").evidence else { panic!("{report}") };
    assert_eq!(payload["sensor"]["heat"], "unknown");
}

#[test]
fn a_conversion_reads_what_its_own_type_writes() {
    let report = report_with! {
        mail: form::Mail,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Compatible, Reads), "{report}");
    assert_eq!(one(&report, "type-narrower").severity, Severity::Notice);
}

#[test]
fn an_enum_that_is_written_as_a_number_contradicts_its_schema() {
    let report = report_with! {
        speed: form::Speed,
    };
    assert_eq!((report.outcome, own_verdict(&report)), (Outcome::Broken, Breaks), "{report}");
    let message = &one(&report, "kind-contradicted").message;
    assert!(message.contains("/speed as an integer, and its schema accepts a string only"), "{message}");
}

#[test]
fn defaults_must_be_valid() {
    let report = report_with! {
        #[serde(default = "heavy")]
        #[schemars(range(max = 1000))]
        weight: u32,
    };
    assert_eq!(report.outcome, Outcome::Broken);
    let message = &one(&report, "default-invalid").message;
    assert!(message.starts_with("v1: the default at /properties/weight is not valid"), "{message}");

    let valid = report_with! {
        #[serde(default = "heavy")]
        #[schemars(range(max = 5000))]
        weight: u32,
    };
    assert_eq!(valid.outcome, Outcome::Compatible, "{valid}");
}

#[test]
fn consumers_with_a_rust_type_are_run_as_well() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Parcel {
        parcel: form::Mail,
    }

    let billing = Consumer::new("billing").reads::<Parcel>("Parcel.Sent");
    let files = published();
    let check = |billing: &Consumer| {
        let catalog = catalog![POST => [v1::ParcelSent]].unwrap();
        Check::new(&catalog, &files, today()).consumers([billing.clone()]).run().unwrap()
    };
    let report = check(&billing);
    assert_eq!(verdicts(&report, 0), [[Reads, Breaks]], "{report}");
    assert_eq!(pair(one(&report, "type-rejects")).1, "billing");
    // Its files are compared without the code.
    let [stated] = &Consumer::read_all(&billing.to_files()).unwrap()[..] else { panic!("one consumer") };
    assert_eq!(*stated, billing);
    assert_eq!(verdicts(&check(stated), 0), [[Reads, Reads]]);
}

#[test]
#[should_panic = "the reader's code rejects a payload"]
fn asserted_readers_are_run_as_well() {
    event_contract::check::assert_reads::<plain_again::ParcelSent, mailing::ParcelSent>();
}

payload!(mailing, (external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent, key = parcel), {
    pub(super) parcel: super::form::Mail,
    pub(super) weight: Option<u32>,
},
    impl std::fmt::Display for super::form::Mail {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(&String::from(self.clone()))
        }
    }

    impl event_contract::Shareable for super::form::Mail {}

    impl TryFrom<v1::ParcelSent> for ParcelSent {
        type Error = std::io::Error;

        fn try_from(older: v1::ParcelSent) -> Result<Self, Self::Error> {
            let parcel = older.parcel.try_into().map_err(std::io::Error::other)?;
            Ok(Self { parcel, weight: older.weight })
        }
    }
);
payload!(stepping, (internal, name = "Parcel.Kept", version = 1), {
    pub(super) step: super::form::Step<super::form::Code>,
});
payload!(plain_again, (external, name = "Parcel.Sent", version = 3, previous = mailing::ParcelSent, key = parcel), {
    pub(super) parcel: String,
    pub(super) weight: Option<u32>,
},
    impl From<mailing::ParcelSent> for ParcelSent {
        fn from(older: mailing::ParcelSent) -> Self {
            Self { parcel: older.parcel.into(), weight: older.weight }
        }
    }
);

#[test]
fn a_conversion_rejects_what_another_type_writes() {
    let report = check(catalog![POST => [plain_again::ParcelSent]], &published());
    // Version 3 writes any string, and version 2 reads mail addresses only. Version 1 is read as such.
    assert_eq!(
        verdicts(&report, 0),
        [[Reads, ReadsByUpcast, ReadsByUpcast], [Reads, Reads, ReadsByUpcast], [Reads, Breaks, Reads]],
        "{report}"
    );
    assert_eq!(pair(one(&report, "type-rejects")), ("v3", "v2", Some("/parcel")));
}
