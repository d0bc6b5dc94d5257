//! Counts of findings by several attributes at once.

use balefire_columns::{Plan, Tallies};

use super::Current;
use crate::context::Visible;

impl Current<'_> {
    /// How many findings have each combination of values of some fields.
    pub fn tallies<const N: usize>(
        &self,
        visible: Visible<'_>,
        plan: Plan<'_>,
        fields: [usize; N],
    ) -> Tallies<N> {
        let plan = self.seen_by(visible, plan);
        self.index.columns.tallies(&plan, fields)
    }
}
