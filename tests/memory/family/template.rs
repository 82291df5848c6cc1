//! Files with rules.

use super::{Input, list, part};

fn yaml(text: String) -> Input {
    Input::Rules("template.yaml", text)
}

/// Returns a template with a rule: what is before its resources, its source, and other resources.
fn with_rule(before: &str, source: &str, resources: &str) -> Input {
    yaml(format!(
        "{before}Resources:\n  Rule:\n    Type: AWS::Events::Rule\n    Properties:\n      EventPattern:\n        \
         source: [{source}]\n{resources}"
    ))
}

fn conditions(last: &str) -> String {
    let all = list(60, "", |number| {
        let next = number + 1;
        format!("  C{number}: !Or [!And [!Condition C{next}, !Condition C{next}], !Condition C{next}]\n")
    });
    format!("Parameters: {{P: {{Type: String}}}}\nConditions:\n{all}  C60: !Equals [{last}, b]\n")
}

pub(super) fn doubling_conditions(_: f64) -> Input {
    with_rule(&conditions("a"), "!If [C0, a, b]", "")
}

pub(super) fn unknown_conditions(_: f64) -> Input {
    with_rule(&conditions("!Ref P"), "!If [C0, a, b]", "")
}

fn buses(last: &str) -> String {
    let bus = |number: usize, name: &str| {
        format!("  B{number}: {{Type: 'AWS::Events::EventBus', Properties: {{Name: {name}}}}}\n")
    };
    let all = list(60, "", |number| bus(number, &format!("!Sub '${{B{0}}}${{B{0}}}'", number + 1)));
    format!("{all}{}", bus(60, last))
}

pub(super) fn doubling_texts(_: f64) -> Input {
    with_rule("", "!Ref B0", &buses("ab"))
}

pub(super) fn doubling_empty_texts(_: f64) -> Input {
    with_rule("", "!Ref B0, a", &buses("''"))
}

fn parameter(kind: &str, text: &str) -> String {
    format!("Parameters: {{P: {{Type: {kind}, Default: '{text}'}}}}\n")
}

pub(super) fn long_parameter(size: f64) -> Input {
    // Both grow, so that the text of the smallest input exceeds the limit.
    let text = "x".repeat(part(size.max(0.1), 500_000));
    with_rule(&parameter("String", &text), &format!("!Sub '{}'", "${P}".repeat(part(size.max(0.1), 125_000))), "")
}

pub(super) fn nested_joins(_: f64) -> Input {
    let nested = (0..14).fold("!Ref P".to_owned(), |inner, _| format!("!Join ['', [{inner}, {inner}]]"));
    with_rule(&parameter("String", &"x".repeat(2000)), &nested, "")
}

pub(super) fn splits(size: f64) -> Input {
    let text = ",".repeat(part(size.max(0.1), 300_000));
    let parts = list(part(size.max(0.1), 10_000), ", ", |_| "!Select [0, !Split [',', !Ref P]]".to_owned());
    with_rule(&parameter("String", &text), &parts, "")
}

pub(super) fn parameters(size: f64) -> Input {
    let count = part(size, 12_000);
    let all = list(count, "", |number| format!("  P{number}: {{Type: String, Default: a}}\n"));
    with_rule(&format!("Parameters:\n{all}"), &list(count.min(100), ", ", |number| format!("!Ref P{number}")), "")
}

pub(super) fn mappings(size: f64) -> Input {
    let all = list(part(size, 30_000), "", |number| format!("    k{number}: {{v: a}}\n"));
    let source = list(100, ", ", |_| "!FindInMap [M, k0, v]".to_owned());
    with_rule(&format!("Mappings:\n  M:\n{all}"), &source, "")
}

pub(super) fn aliases(_: f64) -> Input {
    let levels = list(8, "", |number| {
        format!("a{}: &a{} [{}]\n", number + 1, number + 1, list(10, ",", |_| format!("*a{number}")))
    });
    yaml(format!("a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n{levels}"))
}

pub(super) fn long_aliases(size: f64) -> Input {
    let text = "x".repeat(part(size.max(0.1), 500_000));
    yaml(format!("a: &a '{text}'\nb: [{}]\n", list(part(size.max(0.1), 120_000), ",", |_| "*a".to_owned())))
}

pub(super) fn nested_anchors(size: f64) -> Input {
    let text = "x".repeat(part(size.max(0.4), 1_000_000));
    yaml(format!("{}'{text}'{}", list(190, "", |number| format!("&a{number} [")), "]".repeat(190)))
}

pub(super) fn merge_keys(size: f64) -> Input {
    let all = list(part(size, 80_000), "", |number| format!("  k{number}: 1\n"));
    with_rule(&format!("a: &a\n{all}b:\n  <<: *a\n  z: 1\n"), "a", "")
}

pub(super) fn nested_yaml(size: f64) -> Input {
    yaml("[ ".repeat(part(size, 500_000)))
}

pub(super) fn nested_json(size: f64) -> Input {
    Input::Rules("template.json", "[".repeat(part(size, 1_000_000)))
}

pub(super) fn rules(size: f64) -> Input {
    let all = list(part(size, 10_000), "", |number| {
        format!("  R{number}: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a{number}]}}}}}}\n")
    });
    with_rule("", "a", &all)
}

pub(super) fn targets(size: f64) -> Input {
    let all = list(part(size, 30_000), "", |number| format!("        - {{Id: t{number}, Arn: 'arn:x'}}\n"));
    with_rule("", "a", &format!("      Targets:\n{all}"))
}

pub(super) fn duplicates(size: f64) -> Input {
    let rule = "  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}}}\n";
    with_rule("", "a", &rule.repeat(part(size, 12_000)))
}
