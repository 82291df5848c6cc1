//! Details with `data` and with an entity, as `{...event, ...toEvent()}` of aws-lambda-stream makes them.

use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::describe;

mod first {
    use super::{Deserialize, Payload, Serialize};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "cup-filled", version = 1, entity = "cup")]
    pub(super) struct CupFilled {
        pub(super) tea: String,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "cup-filled", version = 2, previous = first::CupFilled, entity = "cup")]
struct CupFilled {
    tea: String,
    #[serde(default)]
    hot: bool,
}

impl From<first::CupFilled> for CupFilled {
    fn from(older: first::CupFilled) -> Self {
        Self { tea: older.tea, hot: true }
    }
}

fn filled(data: &Value, cup: &Value) -> String {
    json!({"id": "1", "type": "cup-filled", "version": 2, "timestamp": 1_700_000_000_000_u64, "partitionKey": "k",
        "source": "s", "data": data, "cup": cup})
    .to_string()
}

#[test]
fn the_entity_is_taken_as_the_first_version_if_it_fits() {
    let reader = Reader::<CupFilled>::default();
    // `data` and `version` are those of the event before: both would fit.
    for data in [json!({"order": 7}), json!({"tea": "another"})] {
        let text = filled(&data, &json!({"tea": "green"}));
        for text in [text.clone(), format!(r#"{{"detail-type":"cup-filled","source":"s","detail":{text}}}"#)] {
            let reading = reader.read(text.as_bytes()).unwrap();
            assert_eq!(reading.event().payload(), &CupFilled { tea: "green".to_owned(), hot: true });
            let at = if text.contains("detail-type") { "/detail" } else { "" };
            let seen: Vec<_> = reading.observations().iter().map(ToString::to_string).collect();
            assert_eq!(
                seen,
                [
                    format!("{at}/data: both `cup` and `data` could be the payload, `cup` was taken"),
                    format!("{at}/version: v1, upcast to v2"),
                    format!("{at}/data: unknown field, kept"),
                ]
            );
            // Nothing is lost.
            let kept = serde_json::to_value(reading.event()).unwrap();
            assert_eq!(kept["kept"]["/data"], data);
        }
    }
}

#[test]
fn data_is_taken_if_the_entity_does_not_fit() {
    let text = filled(&json!({"tea": "green", "hot": false}), &json!({"size": 3}));
    assert_eq!(
        describe(&Reader::<CupFilled>::default(), &text),
        "canonical detail 1 1700000000000; /data: both `data` and `cup` could be the payload, `data` was taken; \
         /cup: unknown field, kept"
    );
    // Only an object is an entity.
    let text = filled(&json!({"tea": "green", "hot": false}), &json!("c-1"));
    assert_eq!(
        describe(&Reader::<CupFilled>::default(), &text),
        "canonical detail 1 1700000000000; /cup: unknown field, kept"
    );
    let neither = filled(&json!({"order": 7}), &json!({"size": 3}));
    assert_eq!(
        describe(&Reader::<CupFilled>::default(), &neither),
        "error: /data/tea: expected a value (the field is required), found nothing; \
         /data: both `data` and `cup` could be the payload, `data` was taken"
    );
}
