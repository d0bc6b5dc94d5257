//! Beginnings and parts of many texts, in dictionaries of many blocks with sets among them.

use proptest::prelude::*;

use super::snapshot::{loaded, saved};
use super::{Change, Key, MANY, Order, Plain, Plan, Row, fill, made, plan};
use super::{Question, Scalar, key};

fn texts() -> impl Strategy<Value = Vec<String>> {
    let text = "(arn:aws:|role/|é)?(bucket|policy){0,2}[a-c]{1,3}";
    prop::collection::vec(text, 0..4)
}

fn many(texts: Vec<String>) -> Plain {
    Plain {
        texts: [Vec::new(), texts],
        ..Plain::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn texts_are_found_by_beginning_and_part(
        rows in prop::collection::vec(texts(), 60..200),
        later in prop::collection::vec(texts(), 0..20),
        asked in "(arn:aws:|role/|é)?(bucket|policy){0,2}[a-c]{0,2}",
        is_reloaded: bool,
    ) {
        let puts = (0..).zip(&rows).map(|(row, texts)| Change::Put(row, many(texts.clone())));
        let (mut columns, mut plain) = made(&puts.collect::<Vec<_>>());
        if is_reloaded {
            columns = loaded(&saved(&columns)).unwrap();
        }
        let questions = [
            Question::Prefix(MANY, asked.clone()),
            Question::Contains(MANY, asked.clone()),
            Question::OneOf(MANY, vec![asked]),
        ];
        let mut more = (0..).zip(later);
        // Each question sorts some more blocks, and between them others come.
        loop {
            for question in &questions {
                let met = plain.iter().filter(|(_, row)| row.meets(question));
                let expected: Vec<Key> = met.map(|(key, _)| *key).collect();
                prop_assert_eq!(columns.keys(&plan(question)), expected);
            }
            let Some((row, texts)) = more.next() else {
                break;
            };
            let texts = many(texts);
            let mut filled = Row::default();
            fill(&mut filled, &texts);
            columns.put(&key(row), &mut filled);
            plain.insert(key(row), texts);
        }
        let orders = [Order { fields: vec![MANY], descending: true }];
        let hits = columns.search(&Plan::All(Vec::new()), &orders, None, 5);
        let mut expected: Vec<Option<&String>> =
            plain.values().map(|row| row.texts(MANY).iter().max()).collect();
        expected.sort_by(|a, b| b.cmp(a));
        let expected = expected.into_iter().take(5).map(|text| {
            text.map_or(Scalar::Missing, |text| Scalar::Text(text.clone()))
        });
        let found: Vec<Scalar> = hits.into_iter().map(|mut hit| hit.scalars.remove(0)).collect();
        prop_assert_eq!(found, expected.collect::<Vec<_>>());
    }
}
