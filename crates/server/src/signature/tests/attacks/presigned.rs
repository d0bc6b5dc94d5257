//! Attacks on signatures that stand in the query.

use super::*;

/// A query signed with exactly these parameters beside the usual ones.
fn by_query(date: &str, expires: Option<&str>, extra: &str, headers: &[(&str, &str)]) -> Wire {
    let expires = expires.map_or_else(String::new, |seconds| format!("&X-Amz-Expires={seconds}"));
    let target = format!(
        "/findingsv2?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKID%2F20260314%2Feu-central-1%2Fsecurityhub%2Faws4_request\
         &X-Amz-Date={date}{expires}&X-Amz-SignedHeaders=host{extra}"
    );
    let mut wire = Wire::new("GET", &target, &[("Host", "localhost")], "");
    wire.headers.extend(
        headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string())),
    );
    let secret = secret();
    let forge = Forge {
        secret: &secret,
        timestamp: date,
        scope: scope(),
    };
    let signature = forge.signature(&wire, &["host"], "");
    wire.target = format!("{target}&X-Amz-Signature={signature}");
    wire
}

#[test]
fn the_sound_form_is_taken() {
    for seconds in ["1", "604800"] {
        let wire = by_query(NOW, Some(seconds), "", &[]);
        wire.check(Some(&secret()), at(NOW), &KeyCache::default())
            .expect("sound");
    }
}

#[test]
fn presigned_queries_are_bounded_in_time_and_unambiguous() {
    for seconds in [
        "604801",
        "0",
        "-1",
        "abc",
        "1e3",
        "",
        "+60",
        "99999999999999999999",
        "60.0",
    ] {
        let words = if seconds.is_empty() {
            "lacks its signing parameter X-Amz-Expires"
        } else {
            "from 1 to 604800"
        };
        refused(&by_query(NOW, Some(seconds), "", &[]), INCOMPLETE, words);
    }
    refused(
        &by_query(NOW, None, "", &[]),
        INCOMPLETE,
        "lacks its signing parameter X-Amz-Expires",
    );
    refused(
        &by_query("20260314T145400Z", Some("900"), "", &[]),
        INVALID,
        "Signature expired",
    );
    refused(
        &by_query("20260314T152500Z", Some("900"), "", &[]),
        INVALID,
        "Signature not yet current",
    );
    for doubled in [
        "&X-Amz-Expires=60",
        "&X-Amz-Date=20260314T150926Z",
        "&X%2DAmz-SignedHeaders=host",
    ] {
        refused(
            &by_query(NOW, Some("60"), doubled, &[]),
            INCOMPLETE,
            " twice",
        );
    }
    refused(
        &by_query(NOW, Some("60"), "&X-Amz-Security-Token=%FF", &[]),
        INCOMPLETE,
        "not UTF-8",
    );
    refused(
        &by_query(NOW, Some("60"), "", &[("X-Amz-Target", "A.B")]),
        INVALID,
        "'x-amz-target' is not among",
    );
    let token = by_query(NOW, Some("60"), "", &[("X-Amz-Security-Token", "t")]);
    refused(&token, INCOMPLETE, "session token in a header");
    let long = format!("&X-Amz-Security-Token={}", "t".repeat(8 * 1024));
    refused(
        &by_query(NOW, Some("60"), &long, &[]),
        INCOMPLETE,
        "at most 8192",
    );
    let mut raised = by_query(NOW, Some("60"), "", &[]);
    raised.target = raised.target.replace("Expires=60", "Expires=600");
    refused(&raised, INVALID, "does not match");
}

#[test]
fn both_kinds_at_once_are_refused() {
    let mut wire = by_query(NOW, Some("60"), "", &[]);
    wire.headers.extend(
        sound()
            .headers
            .into_iter()
            .filter(|(name, _)| name == "Authorization"),
    );
    refused(&wire, INCOMPLETE, "both an Authorization header and");
    for stray in [
        "X-Amz-Security-Token=t",
        "X-Amz-Date=20260314T150926Z",
        "X-Amz%2DSignature=0",
        "%58-Amz-Signature=0",
        "&%58%2d%41mz-Credential",
    ] {
        let wire = Wire {
            target: format!("/findingsv2?x=1&{stray}"),
            ..sound()
        };
        refused(&wire, INCOMPLETE, "both an Authorization header and");
    }
}
