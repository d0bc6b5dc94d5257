//! What an account may ask columns, and whether they show what its transaction does not see.

use balefire_columns::Plan;

use crate::context::Visible;
use crate::securityhub::finding::edit::Positions;

/// The plan as far as rows may be seen; `account` is the column of whose they are.
pub fn seen_by<'p>(visible: Visible<'p>, account: usize, plan: Plan<'p>) -> Plan<'p> {
    match visible {
        Visible::Organization => plan,
        Visible::Account(own) => Plan::All(vec![
            Plan::OneOf {
                field: account,
                texts: vec![own],
            },
            plan,
        ]),
    }
}

/// Whether columns have changes that a transaction does not see: another reader, whose snapshot is newer,
/// brought them.
pub fn is_ahead(known: Option<&Positions>, heads: &Positions) -> bool {
    known.is_none_or(|known| known.iter().zip(heads).any(|(known, head)| known > head))
}
