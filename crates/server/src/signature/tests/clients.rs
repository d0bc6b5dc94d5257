//! Requests signed by botocore 1.43.11, kept as they came, and our signer's agreement with them.

use super::*;

const KEY_ID: &str = "AKIABALEFIRE00000001";
const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY0";
const TOKEN: &str = "FwoGZXIvYXdzEXAMPLE//token==";
const TIME: &str = "20260314T150926Z";

struct Signed {
    service: &'static str,
    method: &'static str,
    target: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    signed_headers: &'static str,
    signature: &'static str,
}

const BY_HEADER: [Signed; 4] = [
    Signed {
        service: "ssm-incidents",
        method: "POST",
        target: "/tags/arn%3Aaws%3Assm-incidents%3A%3A111122223333%3Aresponse-plan%2Fcheckout",
        headers: &[("Content-Type", "application/json"), ("X-Amz-Date", TIME)],
        body: r#"{"tags":{"team":"pay"}}"#,
        signed_headers: "content-type;host;x-amz-date",
        signature: "9b16049db1f3f97b79cedd816f67ce97712b5873f01a847ba20bc0bd53c362e6",
    },
    Signed {
        service: "securityhub",
        method: "DELETE",
        target: "/tags/arn%3Aaws%3Asecurityhub%3Aeu-central-1%3A111122223333%3Ahub%2Fdefault\
                 ?tagKeys=team&tagKeys=a%20b&tagKeys=%C3%A9&Tag=1",
        headers: &[("X-Amz-Date", TIME)],
        body: "",
        signed_headers: "host;x-amz-date",
        signature: "c33f95d03997723eb570a331310ec481885442e4d110ac1004a9ff993c09c903",
    },
    Signed {
        service: "ssm-contacts",
        method: "POST",
        target: "/",
        headers: &[
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", "SSMContacts.GetContact"),
            ("X-Amz-Date", TIME),
            ("X-Amz-Security-Token", TOKEN),
        ],
        body: r#"{"Alias":"on-call"}"#,
        signed_headers: "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
        signature: "dd2748f5c3126d809f8d6522f688eb9bdf292e77cdce562c58f8799adae3f951",
    },
    Signed {
        service: "sts",
        method: "POST",
        target: "/",
        headers: &[
            (
                "Content-Type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("Date", "Sat, 14 Mar 2026 15:09:26 -0000"),
        ],
        body: "Action=GetCallerIdentity&Version=2011-06-15",
        signed_headers: "content-type;date;host",
        signature: "049e72d177e36d18ea8985a6f01db9ba010d3643d181d5f6f823f6f724ca968c",
    },
];

const PRESIGNED: [(&str, Option<&str>); 2] = [
    (
        "/tags/arn%3Aaws%3Ainspector2%3Aeu-central-1%3A111122223333%3Aowner%2F1%2Ffilter%2F2\
         ?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIABALEFIRE00000001%2F20260314%2Feu-central-1%2Finspector2%2Faws4_request\
         &X-Amz-Date=20260314T150926Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=d11c30acb55678181c17840003d428589ac366caab7fe6bcded27e83b3ae2d00",
        None,
    ),
    (
        "/hubv2?x=1&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIABALEFIRE00000001%2F20260314%2Feu-central-1%2Fsecurityhub%2Faws4_request\
         &X-Amz-Date=20260314T150926Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
         &X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE%2F%2Ftoken%3D%3D\
         &X-Amz-Signature=774bf47f3c17e0801b70b197c9bb230f4ce3c55f9b98c499f0f387479e2b46e9",
        Some(TOKEN),
    ),
];

impl Signed {
    fn unsigned(&self) -> Wire {
        let mut wire = Wire::new(self.method, self.target, self.headers, self.body);
        wire.headers.push(("Host".into(), "127.0.0.1:4747".into()));
        wire
    }

    fn authorization(&self) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={KEY_ID}/20260314/eu-central-1/{}/aws4_request, \
             SignedHeaders={}, Signature={}",
            self.service, self.signed_headers, self.signature
        )
    }
}

#[test]
fn header_signatures_of_botocore_verify() {
    let keys = KeyCache::default();
    for signed in &BY_HEADER {
        let mut wire = signed.unsigned();
        wire.headers
            .push(("Authorization".into(), signed.authorization()));
        let claim = wire
            .check(Some(&Secret::new(SECRET)), at(TIME), &keys)
            .expect(signed.service);
        assert_eq!(claim.access_key_id, KEY_ID);
        assert_eq!(claim.scope.service, signed.service);
        assert_eq!(claim.signed_headers, signed.signed_headers);
        assert_eq!(claim.timestamp, TIME);
        assert!(!claim.presigned);
        let token = signed.signed_headers.contains("token").then_some(TOKEN);
        assert_eq!(claim.session_token.as_deref(), token);
        let other = Secret::new(SECRET.replace('0', "1"));
        let refusal = wire
            .check(Some(&other), at(TIME), &keys)
            .expect_err("another secret");
        assert_eq!(refusal.code, "InvalidSignatureException");
        let refusal = wire
            .check(None, at(TIME), &keys)
            .expect_err("an unknown key");
        assert_eq!(
            (refusal.code, refusal.status),
            ("UnrecognizedClientException", 403)
        );
    }
}

#[test]
fn our_signer_writes_what_botocore_writes() {
    for signed in BY_HEADER.iter().filter(|signed| signed.service != "sts") {
        let mut request = Request::from_parts(signed.unsigned().parts(), ());
        let token = request.headers_mut().remove("x-amz-security-token");
        let credentials = Credentials {
            access_key_id: KEY_ID.into(),
            secret_access_key: Secret::new(SECRET),
            session_token: token.map(|_| Secret::new(TOKEN)),
        };
        let body = signed.body.as_bytes();
        sign(
            &mut request,
            body,
            &credentials,
            "eu-central-1",
            signed.service,
            at(TIME),
        )
        .expect(signed.service);
        assert_eq!(request.headers()["authorization"], signed.authorization());
    }
}

#[test]
fn presigned_urls_of_botocore_verify_until_they_expire() {
    let keys = KeyCache::default();
    let secret = Secret::new(SECRET);
    for (target, token) in PRESIGNED {
        let wire = Wire::new("GET", target, &[("Host", "127.0.0.1:4747")], "");
        let check = |after_ms: i64| wire.check(Some(&secret), at(TIME) + after_ms, &keys);
        for after_ms in [0, 900_000, -900_000] {
            let claim = check(after_ms).expect("within its time");
            assert!(claim.presigned);
            assert_eq!(claim.session_token.as_deref(), token);
        }
        let late = check(900_001).expect_err("expired");
        assert!(late.message.starts_with("Signature expired"), "{late}");
        let early = check(-900_001).expect_err("not yet good");
        assert!(
            early.message.starts_with("Signature not yet current"),
            "{early}"
        );
        let with_body = Wire {
            body: "{}".into(),
            ..wire.clone()
        };
        with_body
            .check(Some(&secret), at(TIME), &keys)
            .expect_err("a body that was not signed");
    }
}
