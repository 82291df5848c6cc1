//! Tests of the bounds: short templates with long evaluations.

use super::*;
use crate::routing::source::document;

/// Evaluates `!Ref` of the first of many buses, each of which has the name of the next, written twice.
fn evaluate_buses(count: usize, last: &str) -> Result<String, String> {
    let bus = |number: usize, name: &str| {
        format!("  B{number}: {{Type: 'AWS::Events::EventBus', Properties: {{Name: {name}}}}}\n")
    };
    let buses = (0..count).map(|number| bus(number, &format!("!Sub '${{B{0}}}${{B{0}}}'", number + 1)));
    let template = format!("Resources:\n{}{}", buses.collect::<String>(), bus(count, last));
    let root = document::parse("t.yaml", &template).unwrap();
    let parameters = Parameters::default();
    let resolver = Resolver::new(&root, &parameters);
    let node = resolver.resolve(&document::parse("v.yaml", "!Ref B0").unwrap()).unwrap();
    to_text(&node)
}

#[test]
fn each_bus_is_evaluated_once() {
    assert_eq!(evaluate_buses(40, "''"), Ok(String::new()));
    assert_eq!(evaluate_buses(10, "ab"), Ok("ab".repeat(1024)));
    assert_eq!(evaluate_buses(60, "ab").unwrap_err(), "the functions of the file make more than 16777216 bytes");
    let deep = evaluate_buses(300, "''").unwrap_err();
    assert_eq!(deep, "the functions of the template are nested deeper than 250 levels");
}

#[test]
fn each_condition_is_evaluated_once() {
    for (last, expected) in [("[a, a]", Ok(true)), ("[a, b]", Ok(false)), ("[!Ref P, b]", Err("P is known only"))] {
        let conditions = (0..60).map(|number| {
            let next = number + 1;
            format!("  C{number}: !Or [!Condition C{next}, !And [!Condition C{next}, !Condition C{next}]]\n")
        });
        let conditions = conditions.collect::<String>();
        let template = format!("Parameters: {{P: {{Type: String}}}}\nConditions:\n{conditions}  C60: !Equals {last}\n");
        let root = document::parse("t.yaml", &template).unwrap();
        let parameters = Parameters::default();
        let found = Resolver::new(&root, &parameters).evaluate_condition("C0");
        match (found, expected) {
            (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{found}"),
            (found, expected) => assert_eq!(found, expected.map_err(str::to_owned)),
        }
    }
}

#[test]
fn lists_and_joins_are_bounded_by_their_bytes() {
    let text = "x,".repeat(50_000);
    let select = "!Select [0, !Split [',', !Ref P]]";
    let join = "!Join ['--', !Ref L]";
    for part in [select, join, "!Ref P"] {
        let parts = vec![part; 500].join(", ");
        let template = format!(
            "Parameters: {{P: {{Type: String, Default: '{text}'}}, L: {{Type: CommaDelimitedList, Default: '{text}'}}}}\n\
             Parts: [{parts}]\n"
        );
        let root = document::parse("t.yaml", &template).unwrap();
        let parameters = Parameters::default();
        let node = Resolver::new(&root, &parameters).resolve(root.member("Parts").unwrap()).unwrap();
        let unknown = node.items().last().map(to_text).unwrap().unwrap_err();
        assert!(unknown.starts_with("the functions of the file make more than 1"), "{unknown}");
    }
}
