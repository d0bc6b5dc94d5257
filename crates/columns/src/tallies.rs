//! How many rows have each combination of values of several fields.

use hashbrown::HashMap;

use crate::columns::Columns;
use crate::dictionary::{Code, Dictionary, MISSING, number_of, text_of};
use crate::order::Scalar;
use crate::plan::Plan;
use crate::schema::Kind;
use crate::step::Guards;

/// Combinations of one value of each field.
#[derive(Clone, Debug, PartialEq)]
pub struct Tallies<const N: usize> {
    /// The distinct values of each field.
    pub values: [Vec<Scalar>; N],
    /// The place of each value in `values`, and how many rows have them all.
    pub counts: Vec<([usize; N], u64)>,
}

impl Columns {
    /// The combinations of the rows that meet a plan, in no order. A row counts once for each combination of
    /// its values; a field in which it has none is missing. So are fields of dates.
    pub fn tallies<const N: usize>(&self, plan: &Plan<'_>, fields: [usize; N]) -> Tallies<N> {
        let mut asked = fields.to_vec();
        plan.coded_fields(&mut asked);
        let guards = Guards::of(self, &asked);
        let mut of_rows: HashMap<[Code; N], u64> = HashMap::new();
        self.each_match(plan, &guards, |chunk, mask| {
            mask.each(|row| {
                let codes = fields.map(|field| chunk.code(field, row));
                *of_rows.entry(codes).or_default() += 1;
            });
        });
        let dictionaries = fields.map(|field| guards.get(field));
        let mut of_values: HashMap<[Code; N], u64> = HashMap::with_capacity(of_rows.len());
        for (codes, count) in of_rows {
            for values in spread(codes, &dictionaries) {
                *of_values.entry(values).or_default() += count;
            }
        }
        let kinds = fields.map(|field| self.schema().fields()[field].kind);
        let mut values: [Vec<Scalar>; N] = std::array::from_fn(|_| Vec::new());
        let mut places: [HashMap<Code, usize>; N] = std::array::from_fn(|_| HashMap::new());
        let mut place = |at: usize, code: Code| {
            *places[at].entry(code).or_insert_with(|| {
                values[at].push(scalar(dictionaries[at], kinds[at], code));
                values[at].len() - 1
            })
        };
        let counts = of_values.into_iter();
        let counts =
            counts.map(|(codes, count)| (std::array::from_fn(|at| place(at, codes[at])), count));
        let counts = counts.collect();
        Tallies { values, counts }
    }
}

/// Each combination of single values that codes stand for, which may be of sets.
fn spread<const N: usize>(
    codes: [Code; N],
    dictionaries: &[Option<&Dictionary>; N],
) -> Vec<[Code; N]> {
    let mut combinations = vec![codes];
    for (at, dictionary) in dictionaries.iter().enumerate() {
        let code = codes[at];
        let known = dictionary.filter(|_| code != MISSING);
        if let Some(members) = known.and_then(|known| known.members(code)) {
            let with = |member: Code| {
                combinations.iter().map(move |combination| {
                    let mut combination = *combination;
                    combination[at] = member;
                    combination
                })
            };
            combinations = members.iter().flat_map(with).collect();
        }
    }
    combinations
}

fn scalar(dictionary: Option<&Dictionary>, kind: Kind, code: Code) -> Scalar {
    let Some(dictionary) = dictionary.filter(|_| code != MISSING) else {
        return Scalar::Missing;
    };
    let bytes = dictionary.value(code);
    match kind {
        _ if dictionary.members(code).is_some() => Scalar::Missing,
        Kind::Text => Scalar::Text(text_of(&bytes).to_owned()),
        Kind::Number => Scalar::Number(number_of(&bytes)),
        Kind::Date => Scalar::Missing,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Row, Schema};

    #[test]
    fn rows_count_once_for_each_combination() {
        let mut schema = Schema::default();
        let owner = schema.add("owner", Kind::Text);
        let things = schema.add("things", Kind::Text);
        let weight = schema.add("weight", Kind::Number);
        let columns = Columns::new(schema);
        let rows: [(&str, &[&str], Option<f64>); 4] = [
            ("a", &["x"], Some(1.0)),
            ("a", &["x", "y", "y"], Some(1.0)),
            ("b", &["y", "x"], None),
            ("b", &[], Some(2.0)),
        ];
        for (number, (whose, what, heavy)) in (0..).zip(rows) {
            let mut row = Row::default();
            row.add_text(owner, whose);
            what.iter().for_each(|one| row.add_text(things, one));
            if let Some(heavy) = heavy {
                row.add_number(weight, heavy);
            }
            let mut key = [0; 24];
            key[23] = number;
            columns.put(&key, &mut row);
        }
        let told = |plan: Plan<'_>| -> BTreeMap<String, u64> {
            let Tallies { values, counts } = columns.tallies(&plan, [owner, things, weight]);
            let text = |scalar: &Scalar| match scalar {
                Scalar::Text(text) => text.clone(),
                Scalar::Number(number) => number.to_string(),
                _ => "-".to_owned(),
            };
            let named = counts.iter().map(|(places, count)| {
                let texts = places.iter().zip(&values);
                let texts: Vec<String> =
                    texts.map(|(place, values)| text(&values[*place])).collect();
                (texts.join(" "), *count)
            });
            named.collect()
        };
        let all = [
            ("a x 1", 2),
            ("a y 1", 1),
            ("b - 2", 1),
            ("b x -", 1),
            ("b y -", 1),
        ];
        let expected: BTreeMap<String, u64> =
            all.map(|(name, count)| (name.to_owned(), count)).into();
        assert_eq!(told(Plan::All(Vec::new())), expected);
        let of_a = Plan::OneOf {
            field: owner,
            texts: vec!["a"],
        };
        assert_eq!(told(of_a).len(), 2);
        assert!(told(Plan::Any(Vec::new())).is_empty());
    }
}
