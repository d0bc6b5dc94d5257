//! What is asked of rows.

/// What a text is asked.
pub type TextTest<'p> = Box<dyn Fn(&str) -> bool + Send + Sync + 'p>;
/// What a number is asked.
pub type NumberTest<'p> = Box<dyn Fn(f64) -> bool + Send + Sync + 'p>;

/// A question that a row answers with yes or no.
///
/// What asks for values is met where any value of the field passes; a row without a value does not meet it.
pub enum Plan<'p> {
    /// Met where all are met; by every row where there are none.
    All(Vec<Plan<'p>>),
    /// Met where one is met; by no row where there are none.
    Any(Vec<Plan<'p>>),
    Not(Box<Plan<'p>>),
    /// Some value is one of these texts.
    OneOf {
        field: usize,
        texts: Vec<&'p str>,
    },
    /// Some value begins with one of these texts.
    Prefix {
        field: usize,
        texts: Vec<&'p str>,
    },
    Text {
        field: usize,
        passes: TextTest<'p>,
    },
    Number {
        field: usize,
        passes: NumberTest<'p>,
    },
    /// The field has no value.
    Missing {
        field: usize,
    },
    /// Both included.
    Between {
        field: usize,
        from_ms: i64,
        to_ms: i64,
    },
}

impl Plan<'_> {
    /// Adds the fields of texts and numbers that are asked for.
    pub(crate) fn coded_fields(&self, fields: &mut Vec<usize>) {
        match self {
            Plan::All(plans) | Plan::Any(plans) => {
                plans.iter().for_each(|plan| plan.coded_fields(fields));
            }
            Plan::Not(plan) => plan.coded_fields(fields),
            Plan::OneOf { field, .. }
            | Plan::Prefix { field, .. }
            | Plan::Text { field, .. }
            | Plan::Number { field, .. } => {
                fields.push(*field);
            }
            Plan::Missing { .. } | Plan::Between { .. } => {}
        }
    }
}
