//! Page tokens: a row's key, sealed for one account, operation and filter.

use balefire_api::{Node, Spec};
use balefire_store::Value;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::in_order::InOrder;
use crate::context::Page;
use crate::failure::Failure;

/// What a token is bound to, and the key that binds it.
#[derive(Clone, Debug)]
pub struct PageToken {
    secret: [u8; 32],
    /// Hash of account, region, operation and every member of the input but token and limit.
    binding: [u8; 32],
}

#[derive(Serialize, Deserialize)]
enum Part {
    T(String),
    I(i64),
}

impl PageToken {
    /// The token for the rows after this key.
    pub fn token(&self, key: &[Value]) -> String {
        let parts: Vec<Part> = key
            .iter()
            .map(|value| match value {
                Value::Int(int) => Part::I(*int),
                Value::Text(text) => Part::T(text.clone()),
                // Keys of pages hold neither blobs nor nulls.
                Value::Blob(_) | Value::Null => Part::T(String::new()),
            })
            .collect();
        let mut sealed = serde_json::to_vec(&parts).unwrap_or_default();
        let seal = self.seal(&sealed).finalize().into_bytes();
        sealed.extend_from_slice(&seal[..16]);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    pub fn list(&self) -> [u8; 32] {
        self.binding
    }

    /// The key in a token, `None` where the token is not of this list.
    fn open(&self, token: &str) -> Option<Vec<Value>> {
        let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, seal) = sealed.split_at_checked(sealed.len().checked_sub(16)?)?;
        self.seal(body).verify_truncated_left(seal).ok()?;
        let parts: Vec<Part> = serde_json::from_slice(body).ok()?;
        let values = parts.into_iter().map(|part| match part {
            Part::T(text) => Value::Text(text),
            Part::I(int) => Value::Int(int),
        });
        Some(values.collect())
    }

    fn seal(&self, body: &[u8]) -> Hmac<Sha256> {
        // Every length of key is allowed.
        let mut seal = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret)
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        seal.update(&self.binding);
        seal.update(body);
        seal
    }
}

/// Reads the page that an input asks for.
pub fn page(
    secret: &[u8; 32],
    account: &str,
    region: &str,
    spec: &Spec,
    input: &Node,
) -> Result<Page, Failure> {
    let (Some(pages), Some(structure), Node::Structure(slots)) = (spec.pages, spec.input, input)
    else {
        return Ok(Page::default());
    };
    let mut hash = Sha256::new();
    for part in [account, region, spec.service, spec.name] {
        hash.update(part);
        hash.update([0]);
    }
    let (mut token, mut limit) = (None, None);
    for (member, slot) in structure.members.iter().zip(slots) {
        match slot {
            Some(Node::Text(text)) if member.name == pages.token => token = Some(text.as_str()),
            Some(Node::Integer(number)) if pages.limit == Some(member.name) => {
                limit = Some(*number)
            }
            Some(node) => hash.update(format!("{}={:?}\0", member.name, InOrder(node))),
            None => {}
        }
    }
    let seal = PageToken {
        secret: *secret,
        binding: hash.finalize().into(),
    };
    let after = match token.filter(|token| !token.is_empty()) {
        None => None,
        Some(token) => Some(seal.open(token).ok_or_else(|| {
            Failure::invalid(
                &format!("/{}", pages.token),
                "Member must be a token that this operation gave for the same filters",
            )
        })?),
    };
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0);
    Ok(Page {
        after,
        limit,
        seal: Some(seal),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_only_where_it_was_sealed() {
        let token = PageToken {
            secret: [1; 32],
            binding: [2; 32],
        };
        let key = vec![Value::Int(-7), Value::Text("ä\"".into())];
        let sealed = token.token(&key);
        assert_eq!(token.open(&sealed), Some(key));
        for other in [
            PageToken {
                secret: [9; 32],
                ..token.clone()
            },
            PageToken {
                binding: [9; 32],
                ..token.clone()
            },
        ] {
            assert_eq!(other.open(&sealed), None);
        }
        for bad in ["", "x", "!!!", &sealed[1..], &format!("{sealed}A")] {
            assert_eq!(token.open(bad), None, "{bad}");
        }
    }
}
