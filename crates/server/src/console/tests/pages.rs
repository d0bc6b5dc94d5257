//! What the pages show of what is stored.

use super::*;

#[test]
fn empty_pages_say_what_to_do_next() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    for (path, command) in [
        ("/console", "aws ssm-incidents create-replication-set"),
        (
            "/console",
            "aws securityhub enable-security-hub-v2 --region us-east-1",
        ),
        ("/console/incidents", "aws ssm-incidents start-incident"),
        (
            "/console/findings",
            "aws securityhub enable-security-hub-v2 --region us-east-1",
        ),
        ("/console/vulnerabilities", "balefire scan bom.cdx.json"),
    ] {
        let page = site.page(&cookie, path);
        assert!(page.contains(command), "{path}: {page}");
    }
    site.call("securityhub", "EnableSecurityHubV2", json!({}));
    let page = site.page(&cookie, &format!("/console/findings?region={REGION}"));
    assert!(page.contains("balefire import"), "{page}");
    assert_eq!(
        site.get(&cookie, "/console/nothing").status,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn incidents_are_listed_by_status() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    let first = incident(&site, ADMINISTRATOR, "The first");
    site.testing.advance_ms(3_600_000);
    incident(&site, ADMINISTRATOR, "The second");
    let resolved = json!({"arn": first, "status": "RESOLVED"});
    site.call("ssm-incidents", "UpdateIncidentRecord", resolved);
    let all = site.page(&cookie, "/console/incidents");
    assert!(all.find("The second").unwrap() < all.find("The first").unwrap());
    assert!(all.contains(r#"datetime="2026-01-01T00:00:00Z" title="2026-01-01 00:00:00 UTC""#));
    assert!(all.contains("1 hour ago"));
    for (status, shown, hidden) in [
        ("OPEN", "The second", "The first"),
        ("RESOLVED", "The first", "The second"),
    ] {
        let page = site.page(&cookie, &format!("/console/incidents?status={status}"));
        assert!(page.contains(shown) && !page.contains(hidden), "{status}");
    }
    let overview = site.page(&cookie, "/console");
    assert!(overview.contains("The second") && !overview.contains("The first"));
}

#[test]
fn a_filter_that_is_not_known_is_told() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    for (path, said) in [
        ("incidents?status=CLOSED", "there are OPEN, RESOLVED"),
        ("findings?severity=6", "there are 5, 4, 3, 2, 1"),
        ("findings?status=5", "there are 1, 2, 3, 4"),
        ("findings?order=oldest", "there are severity"),
        ("vulnerabilities?severity=5", "CRITICAL"),
    ] {
        let got = site.get(&cookie, &format!("/console/{path}"));
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(got.body.contains(said), "{path}: {}", got.body);
    }
    for path in ["incidents?status=", "findings?severity=&status=&order="] {
        site.page(&cookie, &format!("/console/{path}"));
    }
}

#[test]
fn lists_go_on_from_page_to_page() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    for n in 0..51 {
        site.testing.advance_ms(1000);
        incident(&site, ADMINISTRATOR, &format!("Number {n}."));
    }
    let first = site.page(&cookie, "/console/incidents?status=OPEN");
    assert!(first.contains("Number 50.") && !first.contains("Number 0."));
    let next = links(&first, "/console/incidents?status=OPEN&token=");
    let second = site.page(&cookie, &next[0]);
    assert!(second.contains("Number 0.") && !second.contains("Number 50."));
    assert!(links(&second, "/console/incidents?status=OPEN&token=").is_empty());
    let got = site.get(&cookie, "/console/incidents?status=OPEN&token=bm9uc2Vuc2U");
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
    assert!(got.body.contains("does not lead anywhere"));
}

#[test]
fn an_incident_shows_its_events_items_and_deployments() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    let detail = json!({
        "deploymentId": "d-1", "application": "shop", "deploymentGroup": "blue",
        "state": "START", "region": REGION
    });
    let entry = json!({
        "Source": "my.pipeline", "DetailType": "CodeDeploy Deployment State-change Notification",
        "Detail": detail.to_string()
    });
    site.call("events", "PutEvents", json!({"Entries": [entry]}));
    site.testing.step();
    site.testing.advance_ms(12 * 60_000);
    incident(&site, ADMINISTRATOR, "Unused");
    let items = json!([
        {"identifier": {"type": "METRIC", "value": {"url": "https://example.org/?a=1&b=2"}},
         "title": "A graph"},
        {"identifier": {"type": "OTHER", "value": {"url": "javascript:alert(1)"}}, "title": "A trap"}
    ]);
    let trigger = json!({
        "source": "my.monitoring", "timestamp": 1_767_226_000,
        "rawData": "{\"alarm\":\"too slow\"}"
    });
    let input = json!({
        "responsePlanArn": format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/plan"),
        "title": "Checkout is down", "relatedItems": items, "triggerDetails": trigger
    });
    let started = site.call("ssm-incidents", "StartIncident", input);
    let summary = json!({"arn": started["incidentRecordArn"], "summary": "Rolling back."});
    site.call("ssm-incidents", "UpdateIncidentRecord", summary);
    let list = site.page(&cookie, "/console/incidents");
    let link = links(&list, "/console/incident?arn=").into_iter();
    let page = link.map(|link| site.page(&cookie, &link));
    let page = page
        .into_iter()
        .find(|page| page.contains("Checkout is down"))
        .unwrap();
    for shown in [
        "Rolling back.",
        "shop/blue d-1",
        "12 min before",
        "still running",
        "Triggered",
        "Incident updated",
        "&#34;alarm&#34;: &#34;too slow&#34;",
        r#"href="https://example.org/?a=1&#38;b=2" rel="noopener noreferrer nofollow">A graph"#,
        "A trap",
        "1 deployment in the hour before it opened, 0 after, and 3 timeline events",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("href=\"javascript:"));
}

#[test]
fn findings_are_narrowed_and_shown_whole() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    let documents = [
        document(ADMINISTRATOR, "a", "A critical finding", 5),
        document(ADMINISTRATOR, "b", "A low finding", 2),
        document(MEMBER, "c", "A fatal finding of a member", 6),
    ];
    import(&site, &documents);
    let list = site.page(&cookie, &format!("/console/findings?region={REGION}"));
    assert!(
        documents
            .iter()
            .all(|one| list.contains(one["finding_info"]["title"].as_str().unwrap()))
    );
    let path = format!("/console/findings?region={REGION}&severity=5&status=1");
    let critical = site.page(&cookie, &path);
    assert!(critical.contains("A critical finding") && critical.contains("A fatal finding"));
    assert!(!critical.contains("A low finding"));
    let links = links(&critical, "/console/finding?uid=");
    let pages = links
        .iter()
        .map(|link| site.page(&cookie, &format!("{link}&region={REGION}")));
    let page = pages
        .into_iter()
        .find(|page| page.contains("A critical finding"))
        .unwrap();
    for shown in [
        "What was found.",
        "Close it.",
        "arn:aws:s3:::bucket",
        ADMINISTRATOR,
        r#"href="https://example.org/how""#,
        "<li>javascript:alert(1)</li>",
        "&#34;class_uid&#34;: 2004",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("href=\"javascript:"));
    let overview = site.page(&cookie, &format!("/console?region={REGION}"));
    assert!(overview.contains("3 findings."), "{overview}");
    assert!(overview.contains(r#"<a href="/console/findings?severity=5&#38;status=1">2</a>"#));
    for uid in ["", "nothing", &"x".repeat(600)] {
        let path = format!("/console/finding?region={REGION}&uid={uid}");
        assert_eq!(
            site.get(&cookie, &path).status,
            StatusCode::NOT_FOUND,
            "{uid}"
        );
    }
}

/// One vulnerable package of an instance, listed by CISA.
fn scanned(site: &Site) {
    let advisory = json!({
        "id": "GHSA-aaaa-aaaa-aaaa", "aliases": ["CVE-2026-10001"], "modified": "2025-12-01T00:00:00Z",
        "details": "Template injection.",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": "jinja-forms"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.2.1"}]}]
        }],
        "references": [{"type": "WEB", "url": "https://example.org/advisory"}]
    });
    let known = json!({
        "cveID": "CVE-2026-10001", "vendorProject": "Jinja", "product": "Forms",
        "vulnerabilityName": "Jinja Forms Template Injection Vulnerability",
        "dateAdded": "2025-12-20", "dueDate": "2026-01-10", "shortDescription": "It is exploited.",
        "requiredAction": "Apply the vendor's update.", "knownRansomwareCampaignUse": "Unknown",
        "notes": "", "cwes": ["CWE-94"]
    });
    let parts = [("OSV", json!([advisory])), ("KEV", json!([known]))];
    for (feed, rows) in parts {
        let part = json!({"Feed": feed, "Generation": "g1", "Rows": rows});
        site.call("balefire", "PutFeedPart", part);
    }
    let end = json!({"Feed": "KEV", "Generation": "g1", "AsOf": "2025-12-31", "RowCount": 1});
    site.call("balefire", "FinishFeed", end);
    let component = json!({
        "type": "library", "name": "jinja-forms", "version": "3.1.0", "purl": "pkg:pypi/jinja-forms@3.1.0"
    });
    let sbom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [component]
    });
    let resource = format!("arn:aws:ec2:{REGION}:{ADMINISTRATOR}:instance/i-0123456789abcdef0");
    let scan = json!({"ResourceArn": resource, "Sbom": sbom});
    assert_eq!(site.call("balefire", "ScanResource", scan)["Opened"], 1);
}

#[test]
fn vulnerabilities_are_shown_with_what_the_feeds_say() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    scanned(&site);
    let overview = site.page(&cookie, &format!("/console?region={REGION}"));
    assert!(overview.contains("jinja-forms 3.1.0") && overview.contains("on 1 resource<"));
    let path = format!("/console/vulnerabilities?region={REGION}&severity=CRITICAL&exploited=YES");
    let list = site.page(&cookie, &path);
    assert!(list.contains("Known exploited</span>") && list.contains("i-0123456789abcdef0"));
    let closed = format!("/console/vulnerabilities?region={REGION}&status=CLOSED");
    assert!(site.page(&cookie, &closed).contains("Nothing here"));
    // The finding is shown from any region.
    let page = site.page(&cookie, &links(&list, "/console/vulnerability?arn=")[0]);
    for shown in [
        "CVE-2026-10001",
        "Template injection.",
        "Apply the vendor&#39;s update.",
        "2025-12-20",
        "2026-01-10",
        "CWE-94",
        "3.2.1",
        r#"href="https://example.org/advisory""#,
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for arn in ["", "nothing", "arn:aws:inspector2:x:1:finding/0"] {
        let got = site.get(&cookie, &format!("/console/vulnerability?arn={arn}"));
        assert!(got.status.is_client_error(), "{arn}: {}", got.status);
    }
    let member = site.sign_in(MEMBERS_KEY);
    let link = &links(&list, "/console/vulnerability?arn=")[0];
    assert_eq!(site.get(&member, link).status, StatusCode::NOT_FOUND);
    assert!(!site.page(&member, &path).contains("jinja-forms"));
}

#[test]
fn the_region_is_the_chosen_one_or_the_replication_sets() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    assert!(
        site.page(&cookie, "/console")
            .contains("region us-east-1 ·")
    );
    incident(&site, ADMINISTRATOR, "Any");
    assert!(
        site.page(&cookie, "/console")
            .contains(&format!("region {REGION} ·"))
    );
    let chosen = site.get(&cookie, "/console?region=ap-south-1");
    assert!(chosen.body.contains("region ap-south-1 ·"));
    let with_region = format!("{cookie}; {}", chosen.cookie());
    assert!(
        site.page(&with_region, "/console/incidents")
            .contains("region ap-south-1 ·")
    );
    let odd = site.get(&cookie, "/console?region=Not%20a%20region");
    assert!(odd.body.contains(&format!("region {REGION} ·")));
    assert!(!odd.headers.contains_key(SET_COOKIE));
}
