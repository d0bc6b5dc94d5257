//! The entries of a map in which keys come more than once.

use std::collections::BTreeSet;

/// The last of equal keys counts, as in any JSON reader; it takes the place of the first.
pub fn keep_last<T>(entries: &mut Vec<(String, T)>) {
    let mut sorted: Vec<usize> = (0..entries.len()).collect();
    // Those of equal keys stay in their order.
    sorted.sort_by(|a, b| entries[*a].0.cmp(&entries[*b].0));
    let equal = sorted.chunk_by(|a, b| entries[*a].0 == entries[*b].0);
    let repeated: Vec<&[usize]> = equal.filter(|equal| equal.len() > 1).collect();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for equal in repeated {
        entries.swap(equal[0], equal[equal.len() - 1]);
        dropped.extend(&equal[1..]);
    }
    if !dropped.is_empty() {
        let mut places = 0..entries.len();
        entries.retain(|_| !places.next().is_some_and(|place| dropped.contains(&place)));
    }
}

#[cfg(test)]
mod tests {
    use crate::json::read_payload;
    use crate::node::Node;
    use crate::shape::{ANY, LONG, STRING, Shape, map};

    static NUMBERS: Shape = map(&STRING, &LONG, ANY);

    fn numbers(text: &str) -> Vec<(String, i64)> {
        let Ok(Some(Node::Map(entries))) = read_payload(&NUMBERS, text.as_bytes()) else {
            panic!("{text} was not read as a map")
        };
        let number = |node| match node {
            Node::Integer(number) => number,
            other => panic!("{other:?} is no number"),
        };
        let entries = entries.into_iter();
        entries.map(|(key, node)| (key, number(node))).collect()
    }

    #[test]
    fn the_last_of_equal_keys_counts_in_the_place_of_the_first() {
        for (text, expected) in [
            ("{}", &[][..]),
            (r#"{"b":1,"a":2}"#, &[("b", 1), ("a", 2)]),
            (r#"{"b":1,"a":2,"b":3}"#, &[("b", 3), ("a", 2)]),
            (
                r#"{"c":1,"a":2,"a":3,"c":4,"b":5,"a":6}"#,
                &[("c", 4), ("a", 6), ("b", 5)],
            ),
        ] {
            let expected = expected.iter().map(|(key, n)| ((*key).to_owned(), *n));
            assert_eq!(numbers(text), expected.collect::<Vec<_>>(), "{text}");
        }
    }

    /// Where each key is looked for among all before it, this takes many minutes.
    #[test]
    fn a_map_of_very_many_keys_is_read_at_once() {
        let entries: Vec<String> = (0..1_000_000).map(|n| format!(r#""{n}":{n}"#)).collect();
        let read = numbers(&format!("{{{}}}", entries.join(",")));
        assert_eq!(read.len(), 1_000_000);
        assert_eq!(read[999_999], ("999999".into(), 999_999));
    }
}
