//! What pages keep to themselves: other accounts' data, and whatever hostile texts would do.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

use super::*;
use crate::console::reply::STYLE_HREF;

const HOSTILE: &str =
    "</title><script>alert(1)</script><img src=x onerror=\"alert(2)\"> ' & {{ 7 }}";

#[test]
fn a_member_sees_its_own_and_nothing_else() {
    let site = Site::new();
    let (administrator, member) = (site.sign_in(ADMINISTRATORS_KEY), site.sign_in(MEMBERS_KEY));
    let foreign = incident(&site, ADMINISTRATOR, "Incident of the administrator");
    let own = incident(&site, MEMBER, "Incident of the member");
    import(
        &site,
        &[
            document(ADMINISTRATOR, "a", "Finding of the administrator", 4),
            document(MEMBER, "b", "Finding of the member", 4),
        ],
    );
    let enable = site
        .testing
        .call_as(MEMBER, "securityhub", "EnableSecurityHubV2", json!({}));
    enable.unwrap();
    for path in ["/console", "/console/incidents", "/console/findings"] {
        let page = site.page(&member, path);
        assert!(!page.contains("of the administrator"), "{path}: {page}");
    }
    assert!(
        site.page(&member, "/console/incidents")
            .contains("Incident of the member")
    );
    assert!(
        site.page(&member, "/console/findings")
            .contains("Finding of the member")
    );
    site.page(&member, &format!("/console/incident?arn={own}"));
    let got = site.get(&member, &format!("/console/incident?arn={foreign}"));
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    let all = site.page(&administrator, "/console/findings");
    assert!(all.contains("Finding of the member"));
    for link in links(&all, "/console/finding?uid=") {
        let own = site
            .page(&administrator, &link)
            .contains("Finding of the member");
        let expected = if own {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(site.get(&member, &link).status, expected, "{link}");
    }
    // Incidents are each account's own, even to the administrator.
    let got = site.get(&administrator, &format!("/console/incident?arn={own}"));
    assert_eq!(got.status, StatusCode::NOT_FOUND);
}

#[test]
fn hostile_texts_are_shown_as_texts() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    let mut finding = document(ADMINISTRATOR, "a", HOSTILE, 5);
    for pointer in [
        "/finding_info/desc",
        "/remediation/desc",
        "/resources/0/name",
    ] {
        *finding.pointer_mut(pointer).unwrap() = HOSTILE.into();
    }
    finding["remediation"]["references"][0] = json!(format!("https://example.org/{HOSTILE}"));
    import(&site, &[finding]);
    let arn = incident(&site, ADMINISTRATOR, HOSTILE);
    let summary = json!({"arn": arn, "summary": HOSTILE});
    site.call("ssm-incidents", "UpdateIncidentRecord", summary);
    let list = site.page(&cookie, "/console/findings");
    let finding = links(&list, "/console/finding?uid=").remove(0);
    let incident = format!("/console/incident?arn={arn}");
    let paths = [
        "/console",
        "/console/incidents",
        "/console/findings",
        &incident,
        &finding,
    ];
    for path in paths {
        let page = site.page(&cookie, path);
        assert!(
            page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"),
            "{path}: {page}"
        );
        for harm in ["<script", "<img", "onerror=\"", " style=\""] {
            assert!(!page.contains(harm), "{path} has {harm}: {page}");
        }
    }
    let echoed = [
        "/console/incident?arn=%3Cscript%3Ealert(1)%3C/script%3E",
        "/console/finding?uid=%3Cscript%3Ealert(1)%3C/script%3E",
        "/console/vulnerability?arn=%3Cscript%3Ealert(1)%3C/script%3E",
        "/console/incidents?token=%3Cscript%3Ealert(1)%3C/script%3E",
        "/console/findings?severity=%3Cscript%3E&status=%22&region=%3Cscript%3E",
    ];
    for path in echoed {
        let got = site.get(&cookie, path);
        assert!(
            !got.body.contains("<script") && !got.body.contains("value=\"\"\""),
            "{path}"
        );
        assert!(!got.status.is_server_error(), "{path}: {}", got.body);
    }
    let link = site.get(
        "",
        "/console/sign-in?link=%22%3E%3Cscript%3E&to=/console/%22%3E%3Cscript%3E",
    );
    assert!(!link.body.contains("<script"));
}

#[test]
fn every_answer_has_the_headers_that_guard_it() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    let answers = [
        site.get("", "/"),
        site.get("", "/console/sign-in"),
        site.get("", "/console/findings"),
        site.get(&cookie, "/console"),
        site.get(&cookie, "/console/nothing"),
        site.get(&cookie, "/console/incident?arn=x"),
        site.post(
            "/console/sign-in",
            "",
            "access_key_id=a&secret_access_key=b",
        ),
        site.post("/console", "", ""),
    ];
    for got in answers {
        let policy = got.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
        assert_eq!(got.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(got.headers[REFERRER_POLICY], "same-origin");
        assert_eq!(got.headers[CACHE_CONTROL], "no-store");
    }
    let style = site.get("", &STYLE_HREF);
    assert_eq!(style.headers[CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(
        style.headers[CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert!(site.page(&cookie, "/console").contains(STYLE_HREF.as_str()));
}

#[test]
fn the_servers_faults_stay_in_its_log() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    let arn = incident(&site, ADMINISTRATOR, "Any");
    let spoil = |tx: &mut balefire_store::Tx<'_>| {
        tx.execute("UPDATE incident SET body = $1", &[b"{}".to_vec().into()])
    };
    site.testing
        .store
        .write_blocking(ADMINISTRATOR, spoil)
        .unwrap()
        .unwrap();
    let got = site.get(&cookie, &format!("/console/incident?arn={arn}"));
    assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        got.body.contains("log says why") && !got.body.contains("member"),
        "{}",
        got.body
    );
}
