//! Tables of patterns, of events that they match, and of events that they do not.

use serde_json::{Value, json};

use super::matches;

/// Each row: a comparison for the field `a`, values of it that match, and values that do not.
fn check(rows: &[(Value, &[Value], &[Value])]) {
    for (comparison, matching, others) in rows {
        let pattern = json!({"a": comparison});
        for (values, expected) in [(matching, true), (others, false)] {
            for value in *values {
                let event = json!({"a": value, "b": 1});
                assert_eq!(matches(&pattern, &event), expected, "{pattern} on {event}");
            }
        }
    }
}

#[test]
fn values_as_they_stand() {
    check(&[
        (
            json!(["x"]),
            &[json!("x")],
            &[
                json!("X"),
                json!("xx"),
                json!(""),
                json!(null),
                json!({"x": 1}),
            ],
        ),
        (
            json!([""]),
            &[json!("")],
            &[json!(null), json!([]), json!(" ")],
        ),
        (
            json!([null]),
            &[json!(null), json!([null])],
            &[json!("null"), json!(""), json!(0), json!([]), json!({})],
        ),
        (
            json!([true]),
            &[json!(true)],
            &[json!(false), json!("true"), json!(1)],
        ),
        (
            json!([5]),
            &[json!(5), json!(5.0), json!([1, 5])],
            &[json!("5"), json!(5.1), json!(null)],
        ),
        (json!([3.018e2]), &[json!(301.8)], &[json!(301)]),
        (
            json!([9_007_199_254_740_993_i64]),
            &[json!(9_007_199_254_740_993_i64)],
            &[json!(9_007_199_254_740_992_i64)],
        ),
        (
            json!(["x", 5, null]),
            &[json!("x"), json!(5), json!(null)],
            &[json!("5"), json!("y")],
        ),
        (
            json!(["ü"]),
            &[json!("ü")],
            &[json!("u\u{308}"), json!("Ü")],
        ),
    ]);
}

#[test]
fn numeric_ranges() {
    check(&[
        (
            json!([{"numeric": ["=", 3.0e2]}]),
            &[json!(300), json!(300.0)],
            &[json!(301), json!("300")],
        ),
        (
            json!([{"numeric": ["<", 5]}]),
            &[json!(4.999), json!(-7)],
            &[json!(5), json!(6)],
        ),
        (
            json!([{"numeric": ["<=", 5]}]),
            &[json!(5), json!(5.0)],
            &[json!(5.000001)],
        ),
        (
            json!([{"numeric": [">", 5]}]),
            &[json!(6)],
            &[json!(5), json!("6"), json!(null), json!(true)],
        ),
        (
            json!([{"numeric": [">=", -5]}]),
            &[json!(-5), json!(0)],
            &[json!(-6)],
        ),
        (
            json!([{"numeric": [">", 0, "<=", 5]}]),
            &[json!(0.1), json!(5)],
            &[json!(0), json!(6)],
        ),
        (
            json!([{"numeric": [">=", 0, "<", 5]}]),
            &[json!(0)],
            &[json!(5), json!(-0.1)],
        ),
        (
            json!([{"numeric": ["<", 0]}, {"numeric": [">", 9]}]),
            &[json!(-1), json!(10)],
            &[json!(0), json!(9)],
        ),
    ]);
}

#[test]
fn beginnings_ends_and_case() {
    check(&[
        (
            json!([{"prefix": "eu-"}]),
            &[json!("eu-west-1"), json!("eu-")],
            &[json!("EU-west-1"), json!("x-eu-"), json!(1)],
        ),
        (
            json!([{"prefix": ""}]),
            &[json!(""), json!("x")],
            &[json!(1), json!(null)],
        ),
        (
            json!([{"prefix": {"equals-ignore-case": "EU-"}}]),
            &[json!("eu-west"), json!("Eu-")],
            &[json!("us-")],
        ),
        (
            json!([{"suffix": ".png"}]),
            &[json!("a.png"), json!(".png")],
            &[json!("a.PNG"), json!("a.png ")],
        ),
        (
            json!([{"suffix": {"equals-ignore-case": ".png"}}]),
            &[json!("a.PnG")],
            &[json!("png")],
        ),
        (
            json!([{"equals-ignore-case": "Alarm"}]),
            &[json!("ALARM"), json!("alarm")],
            &[json!("alarms"), json!(1)],
        ),
        (
            json!([{"equals-ignore-case": "STRASSE É"}]),
            &[json!("strasse é")],
            &[json!("strasse e")],
        ),
        // A sigma at the end of a word is another letter only in its shape.
        (
            json!([{"equals-ignore-case": "οδοσ"}]),
            &[json!("ΟΔΟΣ"), json!("οδος")],
            &[json!("ΟΔΟ")],
        ),
        (
            json!([{"prefix": {"equals-ignore-case": "ΟΔΟΣ"}}]),
            &[json!("ΟΔΟΣΑ")],
            &[json!("ΟΔΟ")],
        ),
        (
            json!([{"suffix": {"equals-ignore-case": "Σ"}}]),
            &[json!("ΟΔΟΣ")],
            &[json!("ΣΟ")],
        ),
    ]);
}

#[test]
fn wildcards() {
    check(&[
        (
            json!([{"wildcard": "*"}]),
            &[json!(""), json!("x")],
            &[json!(1), json!(null)],
        ),
        (
            json!([{"wildcard": "a"}]),
            &[json!("a")],
            &[json!("ab"), json!("")],
        ),
        (
            json!([{"wildcard": "a*"}]),
            &[json!("a"), json!("abc")],
            &[json!("ba")],
        ),
        (
            json!([{"wildcard": "*a"}]),
            &[json!("a"), json!("cba")],
            &[json!("ab")],
        ),
        (
            json!([{"wildcard": "a*a"}]),
            &[json!("aa"), json!("aba")],
            &[json!("a"), json!("ab")],
        ),
        (
            json!([{"wildcard": "a*b*c"}]),
            &[json!("abc"), json!("abbbcc")],
            &[json!("acb"), json!("ab")],
        ),
        (
            json!([{"wildcard": "*ab*ab*"}]),
            &[json!("abab"), json!("xabyabz")],
            &[json!("aba"), json!("ab")],
        ),
        (
            json!([{"wildcard": "*/shop/*.é"}]),
            &[json!("x/shop/ü.é")],
            &[json!("/shop/é")],
        ),
        (
            json!([{"wildcard": r"\*a*"}]),
            &[json!("*a"), json!("*ab")],
            &[json!("xa"), json!(r"\*a")],
        ),
        (
            json!([{"wildcard": r"a\\*"}]),
            &[json!(r"a\"), json!(r"a\b")],
            &[json!("a"), json!("a*")],
        ),
    ]);
}

#[test]
fn networks() {
    check(&[
        (
            json!([{"cidr": "10.1.0.0/16"}]),
            &[json!("10.1.2.3"), json!("10.1.255.255")],
            &[
                json!("10.2.0.0"),
                json!("10.1"),
                json!("x"),
                json!("::ffff:10.1.2.3"),
            ],
        ),
        (
            json!([{"cidr": "10.1.2.3/32"}]),
            &[json!("10.1.2.3")],
            &[json!("10.1.2.4")],
        ),
        (
            json!([{"cidr": "0.0.0.0/0"}]),
            &[json!("255.0.0.1")],
            &[json!("::1"), json!(1)],
        ),
        (
            json!([{"cidr": "2001:db8::/32"}]),
            &[json!("2001:db8::1"), json!("2001:0DB8:1::")],
            &[json!("2001:db9::1"), json!("32.1.13.184")],
        ),
        (
            json!([{"cidr": "::/0"}]),
            &[json!("::1"), json!("ffff::")],
            &[json!("0.0.0.0")],
        ),
    ]);
}

#[test]
fn anything_but() {
    check(&[
        (
            json!([{"anything-but": "x"}]),
            &[
                json!("y"),
                json!(1),
                json!(null),
                json!(true),
                json!(["x", "y"]),
            ],
            &[json!("x"), json!(["x"]), json!([]), json!({"x": 1})],
        ),
        (
            json!([{"anything-but": 5}]),
            &[json!(6), json!("5")],
            &[json!(5), json!(5.0)],
        ),
        (
            json!([{"anything-but": ["x", "y"]}]),
            &[json!("z"), json!(1)],
            &[json!("x"), json!("y"), json!(["x", "y"])],
        ),
        (
            json!([{"anything-but": [1, 2]}]),
            &[json!(3), json!("1")],
            &[json!(1), json!(2.0)],
        ),
        (
            json!([{"anything-but": {"prefix": "in"}}]),
            &[json!("out"), json!(1)],
            &[json!("in"), json!("init")],
        ),
        (
            json!([{"anything-but": {"prefix": ["in", "un"]}}]),
            &[json!("out")],
            &[json!("init"), json!("undo")],
        ),
        (
            json!([{"anything-but": {"suffix": ".png"}}]),
            &[json!("a.gif")],
            &[json!("a.png")],
        ),
        (
            json!([{"anything-but": {"suffix": [".png", ".gif"]}}]),
            &[json!("a.txt")],
            &[json!("a.png"), json!("a.gif")],
        ),
        (
            json!([{"anything-but": {"equals-ignore-case": "Ok"}}]),
            &[json!("ALARM")],
            &[json!("OK"), json!("ok")],
        ),
        (
            json!([{"anything-but": {"equals-ignore-case": ["ok", "no"]}}]),
            &[json!("x")],
            &[json!("NO")],
        ),
        (
            json!([{"anything-but": {"wildcard": "*/lib/*"}}]),
            &[json!("/bin/a")],
            &[json!("/lib/a")],
        ),
        (
            json!([{"anything-but": {"wildcard": ["a*", "*b"]}}]),
            &[json!("xy")],
            &[json!("ay"), json!("xb")],
        ),
    ]);
    assert!(
        !matches(&json!({"a": [{"anything-but": "x"}]}), &json!({"b": 1})),
        "there must be a value"
    );
}
