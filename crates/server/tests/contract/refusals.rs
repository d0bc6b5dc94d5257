//! Every operation of every model refuses who may not call it, and says so when it is not there yet.

use balefire::signature::{Credentials, Secret, sign};
use balefire_api::Protocol;
use http::{HeaderValue, Method, Request};
use serde_json::json;

use crate::answer::Answered;
use crate::modelled::{self, Modelled};
use crate::request::request;
use crate::server::{NOW_MS, OWNER, REGION, Server};

/// A request whose body no operation could read: a refusal must come before anyone tries.
fn unreadable(operation: &Modelled) -> Request<Vec<u8>> {
    let mut request = plain(operation);
    if operation.protocol() != Protocol::AwsQuery {
        *request.body_mut() = b"{\"not JSON".to_vec();
    }
    request
}

fn plain(operation: &Modelled) -> Request<Vec<u8>> {
    request(operation, &json!({})).expect("a request")
}

fn authorization(request: &Request<Vec<u8>>) -> String {
    let value = &request.headers()["authorization"];
    value.to_str().expect("an ASCII header").to_owned()
}

fn with_authorization(request: &mut Request<Vec<u8>>, value: &str) {
    let value = HeaderValue::from_str(value).expect("a header value");
    request.headers_mut().insert("authorization", value);
}

fn refused(answered: &Answered, name: &str, operation: &Modelled, why: &str) {
    assert_eq!(
        (answered.status, answered.error()),
        (403, name),
        "{} {why}: {}",
        operation.id(),
        answered.message()
    );
}

#[test]
fn every_operation_refuses_the_unsigned_and_the_unknown() {
    let server = Server::new();
    let mut stranger = server.credentials(OWNER).clone();
    stranger.access_key_id = "AKIAAAAAAAAAAAAAAAAA".into();
    let impostor = Credentials {
        secret_access_key: Secret::new("not the secret of this key at all 000000"),
        ..server.credentials(OWNER).clone()
    };
    for operation in modelled::all() {
        let answered = server.send(unreadable(&operation), Some(&operation));
        // Calls of STS are told by their form, and clients read the name that AWS has for it there. Two of
        // them have nobody who could sign.
        let (status, name) = match operation.name {
            "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" => (501, "NotImplementedException"),
            _ if operation.protocol() == Protocol::AwsQuery => (403, "MissingAuthenticationToken"),
            _ => (403, "MissingAuthenticationTokenException"),
        };
        assert_eq!(
            (answered.status, answered.error()),
            (status, name),
            "{}",
            operation.id()
        );
        for (credentials, name) in [
            (&stranger, "UnrecognizedClientException"),
            (&impostor, "InvalidSignatureException"),
        ] {
            let mut request = unreadable(&operation);
            let body = request.body().clone();
            let service = operation.service.name;
            sign(&mut request, &body, credentials, REGION, service, NOW_MS).expect("a signature");
            let answered = server.send(request, Some(&operation));
            refused(&answered, name, &operation, "by someone else");
        }
    }
    assert_eq!(server.change_count(), 0);
}

#[test]
fn every_operation_refuses_a_scope_that_was_changed_after_signing() {
    let server = Server::new();
    for operation in modelled::all() {
        let service = operation.service.name;
        let elsewhere = if service == "sts" { "events" } else { "sts" };
        for (from, to) in [
            (format!("/{REGION}/"), "/us-east-1/".to_owned()),
            (format!("/{service}/"), format!("/{elsewhere}/")),
            ("/20260101/".into(), "/20260102/".into()),
            ("aws4_request".into(), "aws4_answer".into()),
        ] {
            let mut request = unreadable(&operation);
            server.sign(OWNER, service, &mut request);
            let changed = authorization(&request).replacen(&from, &to, 1);
            with_authorization(&mut request, &changed);
            let answered = server.send(request, None);
            refused(&answered, "InvalidSignatureException", &operation, &to);
        }
        let mut request = unreadable(&operation);
        server.sign(OWNER, "s3", &mut request);
        let answered = server.send(request, None);
        refused(&answered, "InvalidSignatureException", &operation, "for s3");
        assert!(
            answered.message().contains("'s3'"),
            "{}",
            answered.message()
        );
    }
    assert_eq!(server.change_count(), 0);
}

#[test]
fn an_operation_that_is_not_answered_yet_says_so_by_name() {
    let server = Server::new();
    let mut count = 0;
    for operation in modelled::all() {
        if modelled::is_answered(operation.service.name, operation.name) {
            continue;
        }
        let mut request = plain(&operation);
        server.sign(OWNER, operation.service.name, &mut request);
        let answered = server.send(request, Some(&operation));
        let outcome = (answered.status, answered.error());
        let id = operation.id();
        assert_eq!(outcome, (501, "NotImplementedException"), "{id}");
        assert!(
            answered.message().contains(&id),
            "{id}: {}",
            answered.message()
        );
        count += 1;
    }
    println!("{count} operations answer 501 by name");
    assert_eq!(server.change_count(), 0);
}

#[test]
fn what_no_model_has_is_unknown() {
    let server = Server::new();
    let unknown = |mut request: Request<Vec<u8>>, service: &str| {
        server.sign(OWNER, service, &mut request);
        let about = format!("{service} {} {}", request.method(), request.uri());
        let answered = server.send(request, None);
        let outcome = (answered.status, answered.error());
        assert_eq!(outcome, (404, "UnknownOperationException"), "{about}");
    };
    for service in balefire_api::generated::SERVICES {
        match service.protocol {
            Protocol::RestJson => {
                for path in ["/", "/no/such/path", "/createResponsePlan/", "//"] {
                    let uri = format!("http://balefire.test{path}");
                    unknown(
                        Request::post(uri).body(Vec::new()).expect("a request"),
                        service.name,
                    );
                }
            }
            Protocol::AwsJson => {
                for target in ["NoSuchOperation", "", "PutEvents ", "putEvents"] {
                    let target = format!("{}.{target}", service.target_prefix);
                    let request = Request::post("http://balefire.test/")
                        .header("x-amz-target", target)
                        .header("content-type", "application/x-amz-json-1.1");
                    unknown(
                        request.body(b"{}".to_vec()).expect("a request"),
                        service.name,
                    );
                }
                let bare = Request::post("http://balefire.test/").body(b"{}".to_vec());
                unknown(bare.expect("a request"), service.name);
            }
            // Errors of this protocol are XML, which `query_errors_are_xml` looks at.
            Protocol::AwsQuery => {}
        }
    }
}

#[test]
fn query_errors_are_xml() {
    let server = Server::new();
    let sts = modelled::all()
        .into_iter()
        .find(|operation| operation.name == "GetCallerIdentity");
    let sts = sts.expect("an operation of sts");
    for form in ["Action=NoSuchAction", "", "Version=2011-06-15", "Action="] {
        let mut request = plain(&sts);
        *request.body_mut() = form.as_bytes().to_vec();
        server.sign(OWNER, "sts", &mut request);
        let answered = server.send(request, Some(&sts));
        let outcome = (answered.status, answered.error());
        assert_eq!(outcome, (404, "UnknownOperationException"), "{form}");
    }
}

/// A method that no operation of the same path has leads nowhere, whatever the path.
#[test]
fn another_method_is_another_operation_or_none() {
    let server = Server::new();
    let operations = modelled::all();
    let mut count = 0;
    for operation in operations
        .iter()
        .filter(|o| o.protocol() == Protocol::RestJson)
    {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            let path = plain(operation).uri().path().to_owned();
            let router = balefire_api::route::Router::new(operation.service);
            let query = plain(operation)
                .uri()
                .query()
                .unwrap_or_default()
                .to_owned();
            if router.find(method.as_str(), &path, &query).is_some() {
                continue;
            }
            let mut request = plain(operation);
            *request.method_mut() = method.clone();
            server.sign(OWNER, operation.service.name, &mut request);
            let answered = server.send(request, None);
            let outcome = (answered.status, answered.error());
            let expected = (404, "UnknownOperationException");
            assert_eq!(outcome, expected, "{method} {}", operation.id());
            count += 1;
        }
    }
    println!("{count} wrong methods");
    assert!(count > 500);
    assert_eq!(server.change_count(), 0);
}
