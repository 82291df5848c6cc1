//! Responses matched to the entries of a batch.

use event_contract::publish::{Batch, BatchPlan, PutEventsResponse, PutResult, SizeLimit};

use crate::{entry, sized};

pub(crate) fn batch_of(count: usize) -> Batch {
    BatchPlan::new((0..count).map(|number| sized(number, 200)), SizeLimit::MIB_1).into_parts().0.remove(0)
}

#[test]
fn a_response_of_another_length_returns_the_batch() {
    let batch = batch_of(2);
    for (answer, expected) in [
        (r#"{"Entries":[]}"#, "expected 2 results, found 0"),
        (r#"{"Entries":[{"EventId":"1"}]}"#, "expected 2 results, found 1"),
        (r#"{"Entries":[{"EventId":"1"},{"EventId":"2"},{"EventId":"3"}]}"#, "expected 2 results, found 3"),
    ] {
        let answer: PutEventsResponse = serde_json::from_str(answer).unwrap();
        let error = batch.clone().match_response(answer).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.batch(), &batch);
        assert_eq!(error.into_batch(), batch);
    }
    assert!(serde_json::from_str::<PutEventsResponse>(r#"{"__type":"InternalException","message":"?"}"#).is_err());
}

#[test]
fn a_malformed_result_fails_its_entry_only() {
    for (odd, code, message, envelope_id) in [
        (r#"{"EventId":"e","ErrorCode":"InternalFailure"}"#, "InternalFailure", None, Some("e")),
        (r#"{"EventId":"","ErrorCode":"MalformedDetail","ErrorMessage":"no"}"#, "MalformedDetail", Some("no"), None),
        (r#"{"ErrorMessage":"?"}"#, "NoAnswer", Some("?"), None),
        (r#"{"EventId":"","ErrorCode":""}"#, "NoAnswer", None, None),
        (r#"{"EventId":null,"ErrorCode":null,"ErrorMessage":null}"#, "NoAnswer", None, None),
        ("{}", "NoAnswer", None, None),
    ] {
        // The count of failures is ignored.
        for count in ["", r#","FailedEntryCount":0"#, r#","FailedEntryCount":3"#, r#","FailedEntryCount":"many""#] {
            let answer = format!(r#"{{"Entries":[{{"EventId":"1"}},{odd},{{"EventId":"3","ErrorCode":""}}]{count}}}"#);
            let batch = batch_of(3);
            let sent = batch.entries().to_vec();
            let outcome = batch.match_response(serde_json::from_str::<PutEventsResponse>(&answer).unwrap()).unwrap();
            let accepted: Vec<_> = outcome.accepted().iter().map(|one| (one.entry(), one.envelope_id())).collect();
            assert_eq!(accepted, [(&sent[0], "1"), (&sent[2], "3")], "{answer}");
            let [failed] = outcome.failed() else { panic!("one has failed: {answer}") };
            assert_eq!((failed.entry(), failed.code()), (&sent[1], code), "{answer}");
            assert_eq!((failed.message(), failed.envelope_id()), (message, envelope_id), "{answer}");
            assert_eq!(failed.is_retryable(), code != "MalformedDetail");
        }
    }
}

#[test]
fn the_error_code_decides_whether_to_retry() {
    for (code, again) in [
        ("ThrottlingException", true),
        ("InternalFailure", true),
        ("InternalException", true),
        ("ServiceUnavailable", true),
        ("NeverHeardOfIt", true),
        ("", true),
        ("InvalidArgument", false),
        ("MalformedDetail", false),
        ("AccessDeniedException", false),
        ("InvalidAccountIdException", false),
        ("RedactionFailure", false),
        ("NotAuthorizedForSourceException", false),
        ("NotAuthorizedForDetailTypeException", false),
        ("NotAuthorized", false),
    ] {
        let result = PutResult { error_code: Some(code.into()), ..PutResult::default() };
        let outcome = batch_of(1).match_response([result]).unwrap();
        assert_eq!(outcome.failed()[0].is_retryable(), again, "{code}");
        let (entries, given_up) = outcome.into_entries_to_retry();
        assert_eq!((entries.len(), given_up.len()), if again { (1, 0) } else { (0, 1) }, "{code}");
    }
}

#[test]
fn failures_name_their_entry() {
    let answer: PutEventsResponse = serde_json::from_str(
        r#"{"Entries":[{"EventId":null,"ErrorCode":"MalformedDetail","ErrorMessage":"Detail is malformed."}]}"#,
    )
    .unwrap();
    let outcome = batch_of(1).match_response(answer).unwrap();
    let failed = &outcome.failed()[0];
    assert_eq!((failed.code(), failed.message()), ("MalformedDetail", Some("Detail is malformed.")));
    assert_eq!(failed.to_string(), "Order.Noted 00000 was not accepted: MalformedDetail: Detail is malformed.");
}

#[test]
fn debug_output_omits_the_detail() {
    let entry = entry("e-1", "a secret");
    let length = entry.detail().len();
    let shown = |shown: String| {
        assert!(shown.contains(&format!("<{length} bytes>")) && shown.contains("e-1"), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
    };
    shown(format!("{entry:?}"));
    shown(format!("{:?}", BatchPlan::new([entry.clone()], SizeLimit::bytes(10))));
    let batch = BatchPlan::new([entry], SizeLimit::MIB_1).into_parts().0.remove(0);
    shown(format!("{batch:?}"));
    shown(format!("{:?}", batch.clone().match_response([] as [PutResult; 0]).unwrap_err()));
    let accepted = PutResult { event_id: Some("1".into()), ..PutResult::default() };
    shown(format!("{:?}", batch.clone().match_response([accepted]).unwrap()));
    shown(format!("{:?}", batch.match_response([PutResult::default()]).unwrap()));
}
