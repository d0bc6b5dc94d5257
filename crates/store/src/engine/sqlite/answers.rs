//! What a snapshot has answered, for those who ask it the same again.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashSet};

use crate::value::{Row, Value};

/// A larger answer costs more to make than to find.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// All answers of a snapshot; beyond it they are forgotten.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// How many different questions are told apart.
const QUESTIONS_MAX: usize = 4096;

/// The answers of one snapshot to what it was asked at least twice: dashboards ask for the same incidents
/// until something changes, and most questions are never asked again.
///
/// Invariant: whoever ends the snapshot forgets them, so none outlives what it was read from.
#[derive(Default)]
pub(super) struct Answers {
    hashes: DefaultHashBuilder,
    asked: HashSet<u64>,
    kept: HashMap<u64, Answer>,
    bytes: usize,
}

struct Answer {
    sql: Box<str>,
    params: Box<[Value]>,
    rows: Vec<Row>,
}

impl Answers {
    /// The number of a question. Two questions may have the same.
    pub fn number(&self, sql: &str, params: &[Value]) -> u64 {
        self.hashes.hash_one((sql, params))
    }

    /// The rows of a question that was answered before.
    pub fn find(&self, number: u64, sql: &str, params: &[Value]) -> Option<Vec<Row>> {
        let answer = self.kept.get(&number)?;
        (*answer.sql == *sql && *answer.params == *params).then(|| answer.rows.clone())
    }

    /// Notes that a question was asked, and keeps its rows where that was so before.
    pub fn note(&mut self, number: u64, sql: &str, params: &[Value], rows: &[Row]) {
        if self.asked.len() >= QUESTIONS_MAX {
            self.forget();
        }
        if self.asked.insert(number) || self.kept.contains_key(&number) {
            return;
        }
        let weight =
            sql.len() + Value::weigh_all(params) + rows.iter().map(Row::weight).sum::<usize>();
        if weight > ANSWER_BYTES_MAX {
            return;
        }
        if self.bytes + weight > BYTES_MAX {
            self.forget();
        }
        self.bytes += weight;
        let answer = Answer {
            sql: sql.into(),
            params: params.into(),
            rows: rows.to_vec(),
        };
        self.kept.insert(number, answer);
    }

    /// Ends what the snapshot has answered.
    pub fn forget(&mut self) {
        self.asked.clear();
        self.kept.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "SELECT number FROM it WHERE key = $1";

    fn rows(text: &str) -> Vec<Row> {
        let names = [Box::from("number")].to_vec().into();
        vec![Row::new(names, vec![text.into()])]
    }

    fn found(answers: &Answers, number: u64, key: &str) -> Option<String> {
        let rows = answers.find(number, SQL, &[key.into()])?;
        Some(rows[0].text(0).unwrap().to_owned())
    }

    #[test]
    fn an_answer_is_kept_from_the_second_time_until_it_is_forgotten() {
        let mut answers = Answers::default();
        let number = answers.number(SQL, &["a".into()]);
        answers.note(number, SQL, &["a".into()], &rows("1"));
        assert_eq!(found(&answers, number, "a"), None);
        answers.note(number, SQL, &["a".into()], &rows("1"));
        assert_eq!(found(&answers, number, "a").as_deref(), Some("1"));
        answers.forget();
        assert_eq!(found(&answers, number, "a"), None);
        answers.note(number, SQL, &["a".into()], &rows("2"));
        assert_eq!(found(&answers, number, "a"), None);
    }

    #[test]
    fn questions_of_one_number_are_told_apart() {
        let mut answers = Answers::default();
        for key in ["a", "a", "b", "b"] {
            answers.note(7, SQL, &[key.into()], &rows(key));
        }
        assert_eq!(found(&answers, 7, "a").as_deref(), Some("a"));
        assert_eq!(found(&answers, 7, "b"), None);
        assert!(answers.find(7, "SELECT 1", &["a".into()]).is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let mut answers = Answers::default();
        let large = "x".repeat(ANSWER_BYTES_MAX);
        let small = "x".repeat(ANSWER_BYTES_MAX / 2);
        for number in 0..2_000 {
            for _ in 0..2 {
                answers.note(number, SQL, &["a".into()], &rows(&small));
            }
            assert!(answers.bytes <= BYTES_MAX && answers.asked.len() <= QUESTIONS_MAX);
        }
        assert!(found(&answers, 1_999, "a").is_some());
        for _ in 0..2 {
            answers.note(2_000, SQL, &["b".into()], &rows(&large));
        }
        assert!(found(&answers, 2_000, "b").is_none());
        for number in 0..=QUESTIONS_MAX as u64 {
            answers.note(10_000 + number, SQL, &["c".into()], &rows("1"));
        }
        assert!(answers.asked.len() <= QUESTIONS_MAX && answers.bytes == 0);
    }
}
