//! A SELECT that grows filter by filter and pages by key.

use balefire_store::Value;

/// Conditions that must all hold, and the values in them.
#[derive(Default)]
pub struct Query {
    conditions: Vec<String>,
    params: Vec<Value>,
}

impl Query {
    /// Keeps a value for the statement; gives its mark.
    pub fn param(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    /// Marks of several values, as they stand between parentheses.
    pub fn params<T: Clone + Into<Value>>(&mut self, values: &[T]) -> String {
        let marks: Vec<String> = values
            .iter()
            .map(|value| self.param(value.clone()))
            .collect();
        marks.join(", ")
    }

    /// A condition in SQL, whose marks came from `param`.
    pub fn must(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    /// Such as `compare("created_ms <", time)`.
    pub fn compare(&mut self, column_and_operator: &str, value: impl Into<Value>) {
        let mark = self.param(value);
        self.must(format!("{column_and_operator} {mark}"));
    }

    pub fn one_of<T: Clone + Into<Value>>(&mut self, column: &str, values: &[T]) {
        let marks = self.params(values);
        self.must(format!("{column} IN ({marks})"));
    }

    /// The statement: `select` is all before WHERE, `order` the columns of the page's key.
    pub fn page(
        mut self,
        select: &str,
        order: &[&str],
        descending: bool,
        after: Option<&[Value]>,
        limit: usize,
    ) -> (String, Vec<Value>) {
        let (sign, direction) = if descending {
            ("<", " DESC")
        } else {
            (">", "")
        };
        if let Some(after) = after {
            let marks = self.params(after);
            self.must(format!("({}) {sign} ({marks})", order.join(", ")));
        }
        let limit = self.param(i64::try_from(limit).unwrap_or(i64::MAX));
        let sorted: Vec<String> = order
            .iter()
            .map(|column| format!("{column}{direction}"))
            .collect();
        let sql = format!(
            "{select} WHERE {} ORDER BY {} LIMIT {limit}",
            self.conditions.join(" AND "),
            sorted.join(", ")
        );
        (sql, self.params)
    }
}
