//! A node as text of which hashes are made: the same for the same value.

use std::fmt::{Debug, Formatter, Result};

use balefire_api::Node;

/// Shows a node as `Debug` does, but the entries of maps in the order of their keys: clients write them in
/// any.
///
/// Invariant: hashes of this text are kept, so it stays the same for the same node.
pub struct InOrder<'a>(pub &'a Node);

impl Debug for InOrder<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self.0 {
            Node::List(items) => {
                let items: Vec<_> = items.iter().map(InOrder).collect();
                formatter.debug_tuple("List").field(&items).finish()
            }
            Node::Map(entries) => {
                let mut entries: Vec<_> = entries.iter().map(|(k, v)| (k, InOrder(v))).collect();
                entries.sort_by_key(|(key, _)| *key);
                formatter.debug_tuple("Map").field(&entries).finish()
            }
            Node::Structure(slots) => {
                let slots: Vec<_> = slots
                    .iter()
                    .map(|slot| slot.as_ref().map(InOrder))
                    .collect();
                formatter.debug_tuple("Structure").field(&slots).finish()
            }
            Node::Union(place, value) => {
                let value = InOrder(value);
                formatter
                    .debug_tuple("Union")
                    .field(place)
                    .field(&value)
                    .finish()
            }
            other => other.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use balefire_api::{Document, Timestamp};
    use serde_json::json;

    use super::*;

    fn map(keys: &[&str]) -> Node {
        let inner = Node::Map(
            keys.iter()
                .map(|key| ((*key).to_owned(), Node::Null))
                .collect(),
        );
        let entries = keys.iter().map(|key| ((*key).to_owned(), inner.clone()));
        Node::Map(entries.collect())
    }

    #[test]
    fn maps_are_the_same_in_any_order() {
        for wrap in [
            |node| node,
            |node| Node::List(vec![node]),
            |node| Node::Structure(vec![None, Some(node)]),
            |node| Node::Union(1, Box::new(node)),
        ] as [fn(Node) -> Node; 4]
        {
            let shown = |keys: &[&str]| format!("{:?}", InOrder(&wrap(map(keys))));
            assert_eq!(shown(&["a", "b", "c"]), shown(&["c", "a", "b"]));
            assert_ne!(shown(&["a", "b", "c"]), shown(&["a", "b", "d"]));
        }
    }

    /// Outcomes that an older version kept are found again.
    #[test]
    fn what_is_in_order_already_is_shown_as_by_debug() {
        let node = Node::Structure(vec![
            None,
            Some(Node::List(vec![
                Node::Boolean(true),
                Node::Integer(-1),
                map(&["\"é\n", "a"]),
            ])),
            Some(Node::Union(
                2,
                Box::new(Node::Structure(vec![Some(Node::Float(0.5))])),
            )),
            Some(map(&[])),
            Some(Node::List(vec![
                Node::Text("a \"b\"".into()),
                Node::Blob(vec![1, 255]),
                Node::Timestamp(Timestamp(7)),
                Node::Document(Document::from_value(&json!({"b": 1, "a": 2}))),
                Node::Written(b"{}".to_vec()),
            ])),
        ]);
        assert_eq!(format!("{:?}", InOrder(&node)), format!("{node:?}"));
    }
}
