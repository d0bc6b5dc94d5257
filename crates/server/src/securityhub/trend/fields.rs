//! The values that trends have of a document, by name.

use serde::{Serialize, Serializer};

/// What more of one attribute there is in a finding is left out: a row is no document.
const VALUES_MAX: usize = 100;

/// The values of a document by the names that trends have for them, each once.
///
/// Invariant: names and values are in order, as rows were written at all times.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fields(Vec<(&'static str, Vec<String>)>);

impl Fields {
    /// Adds a value, unless there are too many.
    pub fn add(&mut self, name: &'static str, value: &str) {
        let values = match self.place(name) {
            Ok(at) => &mut self.0[at].1,
            Err(at) => {
                self.0.insert(at, (name, Vec::new()));
                &mut self.0[at].1
            }
        };
        if values.len() < VALUES_MAX
            && let Err(at) = values.binary_search_by(|known| known.as_str().cmp(value))
        {
            values.insert(at, value.to_owned());
        }
    }

    /// Replaces the values of a name by one.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.remove(name);
        self.add(name, value);
    }

    /// Takes the values of a name away.
    pub fn remove(&mut self, name: &str) -> Option<Vec<String>> {
        self.place(name).ok().map(|at| self.0.remove(at).1)
    }

    /// Replaces the values of all names that others have.
    pub fn overlay(&mut self, others: Fields) {
        for (name, values) in others.0 {
            self.remove(name);
            self.fill(name, values);
        }
    }

    /// Gives a name values where it has none. They are in order.
    pub fn fill(&mut self, name: &'static str, values: Vec<String>) {
        if let Err(at) = self.place(name) {
            self.0.insert(at, (name, values));
        }
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (*known).cmp(name))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_in_order_and_each_once() {
        let mut fields = Fields::default();
        for (name, value) in [("b", "2"), ("a", "x"), ("b", "1"), ("b", "2")] {
            fields.add(name, value);
        }
        let text = |fields: &Fields| serde_json::to_string(fields).unwrap();
        assert_eq!(text(&fields), r#"{"a":["x"],"b":["1","2"]}"#);
        let mut others = Fields::default();
        others.set("b", "3");
        others.fill("c", vec!["4".to_owned()]);
        fields.overlay(others);
        fields.fill("a", vec!["not taken".to_owned()]);
        assert_eq!(text(&fields), r#"{"a":["x"],"b":["3"],"c":["4"]}"#);
        assert_eq!(fields.remove("b"), Some(vec!["3".to_owned()]));
        assert_eq!(fields.remove("b"), None);
        let values = (0..2 * VALUES_MAX).map(|number| number.to_string());
        values.for_each(|value| fields.add("d", &value));
        assert_eq!(fields.remove("d").unwrap().len(), VALUES_MAX);
    }
}
