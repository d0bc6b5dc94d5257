//! Values of ASFF's attributes that the columns count.

use balefire_columns::Plan;

use super::{Extent, everything, standing, texts};
use crate::securityhub::asff;
use crate::securityhub::finding::index::{Fields, UNTYPED};

/// How findings are counted by an attribute. What is not in `certain` must be looked at.
pub struct Counted {
    /// Regular findings whose values are the counted ones, or that have none.
    pub certain: Plan<'static>,
    pub by: By,
}

pub enum By {
    /// The texts of a column, and what each is in ASFF.
    Column(usize, fn(String) -> String),
    /// Each value, and the findings that have it.
    Values(Vec<(&'static str, Plan<'static>)>),
}

/// How the columns count an attribute; nothing, where they do not.
pub fn counted(path: &str, fields: &Fields) -> Option<Counted> {
    if let Some(column) = texts::column(path) {
        let by = By::Column(fields.text(column)?, |text| text);
        let certain = everything();
        return Some(Counted { certain, by });
    }
    match path {
        "Resources.Id" => {
            let field = fields.text("resources.uid")?;
            let certain = Plan::Not(Box::new(Plan::Missing { field }));
            let by = By::Column(field, |text| text);
            Some(Counted { certain, by })
        }
        "Resources.Type" => {
            let uid = fields.text("resources.uid")?;
            let untyped = Plan::OneOf {
                field: fields.asff,
                texts: vec![UNTYPED],
            };
            let unknown = Plan::Any(vec![Plan::Missing { field: uid }, untyped]);
            let certain = Plan::Not(Box::new(unknown));
            let field = fields.text("resources.type")?;
            let by = By::Column(field, |text| asff::resource_type_of_ocsf(&text));
            Some(Counted { certain, by })
        }
        "ProductArn" => {
            let field = fields.text("metadata.product.uid")?;
            let certain = Plan::Text {
                field,
                passes: Box::new(texts::has_arn),
            };
            let by = By::Column(field, |text| asff::product_arn(&text, ""));
            Some(Counted { certain, by })
        }
        _ => of_values(path, fields),
    }
}

fn of_values(path: &str, fields: &Fields) -> Option<Counted> {
    let plan_of =
        |value: &str| standing::plan(path, &|text| text == value, fields, Extent::Certain);
    let known = standing::values(path)?;
    let plans = || known.iter().map(|value| Some((*value, plan_of(value)?)));
    let mut certain: Vec<Plan<'static>> = Vec::new();
    for plan in plans() {
        certain.push(plan?.1);
    }
    if path == "Compliance.Status" {
        let field = fields.number("compliance.status_id")?;
        certain.push(Plan::Missing { field });
    }
    Some(Counted {
        certain: Plan::Any(certain),
        by: By::Values(plans().collect::<Option<_>>()?),
    })
}
