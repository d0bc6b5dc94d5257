//! String filters: each comparison, and those of one field together.

use super::*;

#[test]
fn string_comparisons() {
    let cases = [
        ("EQUALS", "Open bucket", true),
        ("EQUALS", "open bucket", false),
        ("EQUALS", "Open", false),
        ("PREFIX", "Open b", true),
        ("PREFIX", "bucket", false),
        ("CONTAINS", "n b", true),
        ("CONTAINS", "B", false),
        ("CONTAINS_WORD", "BUCKET", true),
        ("CONTAINS_WORD", "open", true),
        ("CONTAINS_WORD", "buck", false),
        ("CONTAINS_WORD", "open bucket", true),
        ("CONTAINS_WORD", "pen bucket", false),
        ("NOT_EQUALS", "Open bucket", false),
        ("NOT_EQUALS", "x", true),
        ("PREFIX_NOT_EQUALS", "Open", false),
        ("PREFIX_NOT_EQUALS", "bucket", true),
        ("NOT_CONTAINS", "pen", false),
        ("NOT_CONTAINS", "x", true),
    ];
    let document = json!({"finding_info": {"title": "Open bucket"}});
    for (comparison, value, expected) in cases {
        let filters = texts("finding_info.title", &[(comparison, value)]);
        assert_eq!(
            matches(&filters, &document),
            expected,
            "{comparison} {value}"
        );
        let is_negative = comparison.contains("NOT");
        assert_eq!(matches(&filters, &json!({})), is_negative, "{comparison}");
    }
}

#[test]
fn words_end_where_letters_and_digits_do() {
    let cases = [
        ("CVE-2021-44228 in log4j", "cve-2021-44228", true),
        ("CVE-2021-442281", "cve-2021-44228", false),
        ("log4j2", "log4j", false),
        ("s3_bucket", "bucket", false),
        ("(bucket)", "bucket", true),
        ("rebucket, bucket.", "bucket", true),
        ("a --- b", "---", true),
        ("Größe ÄNDERN", "ändern", true),
        ("", "x", false),
    ];
    for (title, word, expected) in cases {
        let filters = texts("finding_info.title", &[("CONTAINS_WORD", word)]);
        let document = json!({"finding_info": {"title": title}});
        assert_eq!(matches(&filters, &document), expected, "{word} in {title}");
    }
}

#[test]
fn string_filters_of_one_field_are_one_group_whatever_the_operator() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, bool);
    let cases: &[Case<'_>] = &[
        (&[("EQUALS", "a"), ("EQUALS", "b")], "a", true),
        (&[("EQUALS", "a"), ("EQUALS", "b")], "b", true),
        (&[("EQUALS", "a"), ("EQUALS", "b")], "c", false),
        (&[("EQUALS", "a"), ("PREFIX", "b")], "bc", true),
        (&[("NOT_EQUALS", "a"), ("NOT_EQUALS", "b")], "a", false),
        (&[("NOT_EQUALS", "a"), ("NOT_EQUALS", "b")], "c", true),
        (
            &[("NOT_EQUALS", "a"), ("PREFIX_NOT_EQUALS", "b")],
            "bc",
            false,
        ),
        (&[("PREFIX", "a"), ("NOT_EQUALS", "ab")], "ab", false),
        (&[("PREFIX", "a"), ("NOT_EQUALS", "ab")], "ac", true),
        (
            &[("PREFIX", "a"), ("PREFIX_NOT_EQUALS", "ab")],
            "abc",
            false,
        ),
        (&[("PREFIX", "a"), ("NOT_EQUALS", "ab")], "b", false),
        (&[("CONTAINS", "x"), ("CONTAINS", "y")], "ay", true),
    ];
    for (group, severity, expected) in cases {
        for operator in ["AND", "OR"] {
            let mut filters = texts("severity", group);
            filters["CompositeFilters"][0]["Operator"] = operator.into();
            let document = json!({"severity": severity});
            assert_eq!(
                matches(&filters, &document),
                *expected,
                "{group:?} {severity}"
            );
        }
    }
}

#[test]
fn comparisons_that_do_not_go_together_are_refused() {
    let cases = [
        ("EQUALS", "NOT_EQUALS"),
        ("EQUALS", "PREFIX_NOT_EQUALS"),
        ("CONTAINS", "NOT_CONTAINS"),
        ("CONTAINS", "EQUALS"),
        ("CONTAINS", "PREFIX"),
        ("CONTAINS", "NOT_EQUALS"),
        ("CONTAINS", "PREFIX_NOT_EQUALS"),
        ("CONTAINS", "CONTAINS_WORD"),
    ];
    for (one, other) in cases {
        for group in [[(one, "a"), (other, "b")], [(other, "b"), (one, "a")]] {
            let message = refusal(&texts("severity", &group));
            assert!(
                message.contains("/Filters/CompositeFilters/0/StringFilters/1/Filter/Comparison"),
                "{message}"
            );
            assert!(
                message.contains(one) && message.contains(other),
                "{message}"
            );
        }
    }
    // On two fields they go together.
    let two = composite(json!({"StringFilters": [
        {"FieldName": "severity", "Filter": {"Comparison": "EQUALS", "Value": "High"}},
        {"FieldName": "status", "Filter": {"Comparison": "NOT_EQUALS", "Value": "New"}},
    ]}));
    assert!(matches(
        &two,
        &json!({"severity": "High", "status": "Resolved"})
    ));
}

#[test]
fn arrays_match_by_any_element_and_fail_by_any() {
    let document = json!({"resources": [{"type": "AWS::S3::Bucket"}, {"type": "AWS::IAM::Role"}]});
    for (comparison, value, expected) in [
        ("EQUALS", "AWS::IAM::Role", true),
        ("EQUALS", "AWS::EC2::Instance", false),
        ("NOT_EQUALS", "AWS::IAM::Role", false),
        ("NOT_EQUALS", "AWS::EC2::Instance", true),
        ("PREFIX_NOT_EQUALS", "AWS::S3", false),
    ] {
        let filters = texts("resources.type", &[(comparison, value)]);
        assert_eq!(
            matches(&filters, &document),
            expected,
            "{comparison} {value}"
        );
    }
}
