//! Client tokens: the same token and request get the first outcome again.

use balefire_api::{Node, Spec};
use balefire_store::{Error, Record, Row, Table, Value};
use sha2::{Digest, Sha256};

use super::in_order::InOrder;
use crate::context::Ctx;
use crate::failure::Failure;

/// How long an outcome is kept: no client repeats a request for longer.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// The outcome of a request with a client token.
pub struct Outcome {
    account: String,
    operation: String,
    token: String,
    /// Hash of the input: another request with the same token is an error.
    request: Vec<u8>,
    /// The output as JSON of its shape.
    output: Vec<u8>,
    at_ms: i64,
}

impl Record for Outcome {
    const TABLE: Table = Table {
        name: "client_token",
        key: &["account", "operation", "token"],
        columns: &["request", "output", "at_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.operation).into(),
            (&self.token).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.request.clone().into(),
            self.output.clone().into(),
            self.at_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Outcome {
            account: row.text(0)?.into(),
            operation: row.text(1)?.into(),
            token: row.text(2)?.into(),
            request: row.blob(3)?.into(),
            output: row.blob(4)?.into(),
            at_ms: row.int(5)?,
        })
    }
}

/// A request with a client token, as it is told apart from others. Made before the transaction, since all
/// others wait for the one that writes.
pub struct Request {
    /// The region is part of the name: a token is of one endpoint.
    operation: String,
    token: String,
    /// See `Outcome::request`.
    hash: Vec<u8>,
}

impl Request {
    /// Nothing, where the input has no token or an empty one, which some clients send for none.
    pub fn of(spec: &Spec, region: &str, input: &Node) -> Result<Option<Request>, Failure> {
        let Some((member, token)) = token(spec, input).filter(|(_, token)| !token.is_empty())
        else {
            return Ok(None);
        };
        if token.contains('\0') {
            let rule = "Member must have no NUL character";
            return Err(Failure::invalid(&format!("/{member}"), rule));
        }
        Ok(Some(Request {
            operation: format!("{}/{region}", spec.action),
            token: token.to_owned(),
            hash: Sha256::digest(format!("{:?}", InOrder(input))).to_vec(),
        }))
    }
}

/// The member that a client token is in, and the token.
fn token<'a>(spec: &Spec, input: &'a Node) -> Option<(&'static str, &'a str)> {
    let member = spec.token?;
    let place = spec.input?.place(member)?;
    let Node::Structure(slots) = input else {
        return None;
    };
    Some((member, slots.get(place)?.as_ref()?.as_text()?))
}

/// Runs `work` unless the token of this request was answered before, within a day.
///
/// Writes that run in the order of one account leave no gap between looking the token up first and
/// keeping the outcome last, and the same request is always of one order. Another request with the
/// token, about another account's thing, may come in between on PostgreSQL: then it was first.
pub fn once(
    ctx: &mut Ctx<'_, '_>,
    spec: &Spec,
    request: Option<&Request>,
    input: Node,
    work: impl FnOnce(&mut Ctx<'_, '_>, Node) -> Result<Node, Failure>,
) -> Result<Node, Failure> {
    let Some(request) = request else {
        return work(ctx, input);
    };
    let Request {
        operation,
        token,
        hash,
    } = request;
    let key = [ctx.account().into(), operation.into(), token.into()];
    let known = ctx.tx.get::<Outcome>(&key)?;
    if let Some(known) = &known
        && known.at_ms >= ctx.now.0 - KEPT_MS
    {
        return repeat(spec, known, request);
    }
    let output = work(ctx, input)?;
    let mut kept = Vec::new();
    if let Some(structure) = spec.output {
        balefire_api::json::write_members(structure, &output, &mut kept);
    }
    let outcome = Outcome {
        account: ctx.account().to_owned(),
        operation: operation.clone(),
        token: token.clone(),
        request: hash.clone(),
        output: kept,
        at_ms: ctx.now.0,
    };
    if let Some(mut known) = known {
        // It is too old to count, and was not dropped yet.
        known.record = outcome;
        ctx.tx.replace(&mut known)?;
        return Ok(output);
    }
    match ctx.tx.insert(&outcome) {
        Ok(()) => Ok(output),
        Err(Error::Exists { .. }) => Err(other_request(spec, outcome.token)),
        Err(error) => Err(error.into()),
    }
}

fn other_request(spec: &Spec, token: String) -> Failure {
    let message = "This client token was used for another request; use a new one.";
    if spec.error("ConflictException").is_some() {
        return Failure::conflict("CLIENT_TOKEN", token, message);
    }
    Failure::invalid(&format!("/{}", spec.token.unwrap_or_default()), message)
}

fn repeat(spec: &Spec, known: &Outcome, request: &Request) -> Result<Node, Failure> {
    if known.request != request.hash {
        return Err(other_request(spec, request.token.clone()));
    }
    match spec.output {
        None => Ok(Node::Structure(Vec::new())),
        Some(structure) => balefire_api::json::read(structure, &known.output)
            .map_err(|rejection| Failure::Internal(rejection.message())),
    }
}

#[cfg(test)]
mod tests {
    use balefire_api::Operation;
    use balefire_api::generated::ssm_incidents::operations::CreateResponsePlan;

    use super::*;

    fn request(token: &str, tags: &str) -> Result<Option<Request>, Failure> {
        let spec = CreateResponsePlan::spec();
        let body = format!(
            r#"{{"clientToken": "{token}", "name": "plan", "tags": {tags},
                "incidentTemplate": {{"title": "t", "impact": 1}}}}"#
        );
        let structure = spec.input.expect("an input");
        let node = balefire_api::json::read(structure, body.as_bytes()).expect("its form");
        Request::of(spec, "eu-central-1", &node)
    }

    #[test]
    fn the_order_of_a_map_makes_no_other_request() {
        let hash = |tags: &str| request("t", tags).unwrap().unwrap().hash;
        let one = hash(r#"{"a": "1", "b": "2"}"#);
        assert_eq!(one, hash(r#"{"b": "2", "a": "1"}"#));
        assert_ne!(one, hash(r#"{"a": "2", "b": "1"}"#));
    }

    #[test]
    fn an_empty_token_is_none_and_one_with_nul_is_named() {
        assert!(request("", "{}").unwrap().is_none());
        assert!(request(" ", "{}").unwrap().is_some());
        let Err(Failure::Invalid(violations)) = request(r"a\u0000b", "{}") else {
            panic!("it was taken")
        };
        assert_eq!(violations[0].path, "/clientToken");
    }
}
