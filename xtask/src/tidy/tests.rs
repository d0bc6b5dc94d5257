//! The tree is tidy, and a planted fault of each rule is found.

use super::*;

#[test]
fn the_tree_is_tidy() {
    let tree = Tree::read(&crate::root()).unwrap();
    assert!(tree.files.len() > 100);
    let faults: Vec<String> = faults(&tree).iter().map(Fault::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The rules that a tree of this one file breaks, by the file's place.
fn found(path: &str, text: &str) -> Vec<String> {
    let tree = Tree::of(vec![(path.into(), text.into())]);
    let faults = faults(&tree);
    faults.iter().map(|fault| fault.rule.clone()).collect()
}

fn rust(path: &str, code: &str) -> Vec<String> {
    found(path, &format!("//! A file.\n{code}"))
}

#[test]
fn a_file_opens_with_one_sentence() {
    for (text, right) in [
        ("//! One sentence.\n", true),
        ("//! One sentence\n//! on two lines.\nfn a() {}\n", true),
        ("//! One sentence.\n//!\n//! And more. Of it.\n", true),
        ("//! No full stop\n", false),
        ("//! Two. Sentences.\n", false),
        ("// No document.\n", false),
        ("\n//! Too late.\n", false),
        ("", false),
    ] {
        assert_eq!(
            found("crates/x/src/a.rs", text).is_empty(),
            right,
            "{text:?}"
        );
    }
}

#[test]
fn rooms_keep_to_themselves() {
    let room = "crates/server/src/incidents/incident/start_incident.rs";
    for (code, right) in [
        ("use crate::context::Ctx;", true),
        ("use crate::incidents::arn::Arn;", true),
        ("use super::super::arn::Arn;", true),
        ("use crate::securityhub::hub;", false),
        ("fn a() { crate::inspector::b() }", false),
        ("use crate::pipeline::Pipeline;", false),
        ("use crate::http::Body;", false),
        ("use crate::{context::Ctx, http::Body};", false),
        ("use super::super::super::http::Body;", false),
        ("// crate::http is not named here.", true),
        ("const TEXT: &str = \"crate::http\";", true),
        (
            "#[cfg(test)]\nmod tests { use crate::engine::Engine; }",
            true,
        ),
        (
            "#[cfg(test)]\nuse crate::engine::Engine;\nuse crate::http::Body;",
            false,
        ),
        ("::http::Request", true),
    ] {
        assert_eq!(rust(room, code).is_empty(), right, "{code}");
    }
    let other = "crates/server/src/inspector/finding/view.rs";
    assert!(rust(other, "use crate::intelligence::kev;").is_empty());
    assert!(!rust(other, "use crate::incidents::arn;").is_empty());
    let formats = "crates/server/src/formats/asff.rs";
    for (code, right) in [
        ("use crate::securityhub::asff;", true),
        ("fn a() { crate::securityhub::asff::to_ocsf() }", true),
        ("use crate::securityhub::asff_of;", false),
        ("use crate::securityhub::{asff, hub};", false),
        ("use crate::securityhub;", false),
        ("use crate::securityhub::finding::Finding;", false),
    ] {
        assert_eq!(rust(formats, code).is_empty(), right, "{code}");
    }
    assert!(
        rust(
            "crates/server/src/engine/a.rs",
            "use crate::incidents::arn;"
        )
        .is_empty()
    );
}

#[test]
fn drivers_clocks_and_crates_have_their_places() {
    for (path, code, right) in [
        (
            "crates/store/src/engine/sqlite.rs",
            "use rusqlite::Connection;",
            true,
        ),
        ("crates/store/src/tx.rs", "use rusqlite::Connection;", false),
        (
            "crates/server/src/a.rs",
            "fn a(c: postgres::Client) {}",
            false,
        ),
        (
            "crates/store/src/open.rs",
            "use crate::engine::postgres::Open;",
            true,
        ),
        ("crates/store/src/tx.rs", "use balefire_api::Node;", false),
        (
            "crates/server/src/securityhub/asff/a.rs",
            "use crate::securityhub::finding::Path;",
            true,
        ),
        (
            "crates/server/src/securityhub/asff/a.rs",
            "use crate::context::Ctx;",
            false,
        ),
        ("crates/api/src/a.rs", "use balefire_store::Store;", false),
        (
            "crates/api/src/a.rs",
            "extern crate self as balefire_api;",
            true,
        ),
        ("crates/api/src/a.rs", "use std::fs::read;", false),
        (
            "crates/server/src/a.rs",
            "let at = jiff::Timestamp::now();",
            false,
        ),
        (
            "crates/server/src/a.rs",
            "let id = uuid::Uuid::new_v4();",
            false,
        ),
        ("crates/server/src/a.rs", "let at = ctx.now;", true),
        (
            "crates/server/benches/a.rs",
            "let at = Instant::now();",
            true,
        ),
    ] {
        assert_eq!(rust(path, code).is_empty(), right, "{path}: {code}");
    }
}

#[test]
fn sizes_have_limits() {
    let path = "crates/server/src/a.rs";
    let function = |lines: usize| format!("fn a() {{\n{}}}\n", "    b();\n".repeat(lines - 2));
    assert!(rust(path, &function(70)).is_empty());
    assert_eq!(rust(path, &function(71)), ["71 lines, above 70: split it"]);
    assert!(rust("crates/server/src/tests.rs", &function(300)).is_empty());
    assert!(rust(path, &"const A: u8 = 1;\n".repeat(399)).is_empty());
    assert_eq!(
        rust(path, &"const A: u8 = 1;\n".repeat(400)),
        ["401 lines, above 400: split it"]
    );
    for path in [
        "crates/server/tests/story/a.rs",
        "crates/server/src/tests.rs",
    ] {
        assert!(rust(path, &function(399)).is_empty(), "{path}");
        assert_eq!(
            rust(path, &function(400)),
            ["401 lines, above 400: split it"]
        );
    }
    let wide = |characters: usize| format!("// {}\n", "é".repeat(characters - 3));
    assert!(rust(path, &wide(110)).is_empty());
    assert_eq!(rust(path, &wide(111)), ["111 characters wide, above 110"]);
}

#[test]
fn words_that_say_nothing_are_found() {
    for (path, code, right) in [
        ("crates/server/src/a.rs", "struct SessionManager;", false),
        ("crates/server/src/a.rs", "fn common_names() {}", false),
        ("crates/server/src/a.rs", "fn uncommon() {}", true),
        ("crates/server/src/a.rs", "// A helper in a comment.", true),
        ("crates/server/src/util.rs", "", false),
        ("crates/server/src/helpers/mod.rs", "", false),
        (
            "crates/server/src/a.rs",
            concat!("const A: &str = \"/tm", "p/x\";"),
            false,
        ),
        (
            "crates/server/src/a.rs",
            concat!("const A: &str = \"a/tm", "p/x\";"),
            true,
        ),
        (
            "crates/server/tests/a.rs",
            concat!("const A: &str = \"/tm", "p/x\";"),
            true,
        ),
        ("README.md", concat!("See /wo", "rk/main."), false),
        (
            "a.toml",
            concat!("url = \"https://index.", "crates.io\""),
            false,
        ),
        (
            "Cargo.lock",
            "source = \"registry+https://mirror.example/index\"",
            false,
        ),
    ] {
        let found = if path.ends_with(".rs") {
            rust(path, code)
        } else {
            found(path, code)
        };
        assert_eq!(found.is_empty(), right, "{path}: {code}");
    }
}

#[test]
fn documents_point_at_what_is_there() {
    let files = |text: &str| {
        Tree::of(vec![
            ("docs/a.md".into(), text.into()),
            ("docs/b.md".into(), String::new()),
            ("crates/api/src/lib.rs".into(), "//! A file.\n".into()),
            ("benches/b.py".into(), String::new()),
        ])
    };
    for (text, right) in [
        ("See `crates/api/src/lib.rs` and `crates/api`.", true),
        ("See `crates/api/src/lib.rs:12`.", true),
        ("See `crates/api/src/gone.rs`.", false),
        ("See `crates/<name>/src` and `crates/*/src`.", true),
        (
            "See [b](b.md#part), [b](../docs/b.md), [x](https://example.com/a.md).",
            true,
        ),
        ("See [c](c.md).", false),
        ("See `b.md` and `Not/A/Path`.", true),
        ("See `c.md`.", false),
        ("See `benches/b.py` and `benches/`.", true),
        ("See `benches/c.py`.", false),
        ("```\n`crates/gone`\n```", true),
        ("```\npython benches/b.py a c.md # crates\n```", true),
        ("```\npython benches/c.py a\n```", false),
    ] {
        assert_eq!(faults(&files(text)).is_empty(), right, "{text}");
    }
}

#[test]
fn literals_and_comments_are_told_from_code() {
    for (text, code) in [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        ("f(\"a\\\"b\", 'c', '\\'')", "f(      ,    ,     )"),
        ("r#\"a\"b\"# + br\"c\" + x", "         +       + x"),
        ("fn a<'a>(b: &'a str)", "fn a<'a>(b: &'a str)"),
        ("for r in b {}", "for r in b {}"),
        ("b'x' b\"y\"", "b        "),
    ] {
        assert_eq!(rust::blanked(text), code, "{text}");
    }
}
