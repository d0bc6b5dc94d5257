//! Related items: what an incident points at.

mod list_related_items;
#[cfg(test)]
mod tests;

pub use list_related_items::list_related_items;

use balefire_api::generated::ssm_incidents::{
    ARN, ItemIdentifier, ItemType, ItemValue, RELATED_ITEM, RelatedItem,
};
use balefire_api::shape::Shape;
use balefire_store::{Error, Kept, Page, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// Items an incident may have.
pub const ITEMS_MAX: usize = 50;
/// Characters an item's title may have, as the model says.
const TITLE_LENGTH_MAX: usize = 200;

/// An item of an incident.
pub struct RelatedItemRow {
    account: String,
    incident: String,
    /// Sorts by the time of adding.
    pub id: String,
    /// The model's `RelatedItem`.
    body: Vec<u8>,
}

impl Record for RelatedItemRow {
    const TABLE: Table = Table {
        name: "related_item",
        key: &["account", "incident", "id"],
        columns: &["body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.incident).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.body.clone().into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(RelatedItemRow {
            account: row.text(0)?.into(),
            incident: row.text(1)?.into(),
            id: row.text(2)?.into(),
            body: row.blob(3)?.into(),
        })
    }
}

impl RelatedItemRow {
    pub fn item(&self) -> Result<RelatedItem, Failure> {
        wire_form::read(&RELATED_ITEM, &self.body)
    }
}

/// What the model cannot say of items that a client adds.
pub fn check_new(items: &[RelatedItem]) -> Result<(), Failure> {
    if let Some(place) = items.iter().position(|item| item.generated_id.is_some()) {
        let path = format!("/relatedItems/{place}/generatedId");
        return Err(Failure::invalid(
            &path,
            "Member must be absent: Balefire gives the id",
        ));
    }
    if items.len() > ITEMS_MAX {
        let rule = format!(
            "Member must hold at most {ITEMS_MAX} items, which is all an incident may have"
        );
        return Err(Failure::invalid("/relatedItems", rule));
    }
    Ok(())
}

/// The refusal of items beyond what an incident may have.
pub fn too_many() -> Failure {
    let rule = format!("Member must not take the incident above {ITEMS_MAX} items");
    Failure::invalid("/relatedItems", rule)
}

/// A resource that an incident involves. `None` for a text that is no ARN: no item could hold it.
pub fn involved_resource(resource: &str) -> Option<RelatedItem> {
    let Shape::Text(text) = &ARN else { return None };
    let fits = text
        .length
        .max
        .is_none_or(|max| resource.chars().count() as u64 <= max);
    let is_arn = text.pattern.is_none_or(|pattern| pattern.matches(resource));
    (fits && is_arn).then(|| RelatedItem {
        generated_id: None,
        identifier: ItemIdentifier {
            r#type: ItemType::InvolvedResource,
            value: ItemValue::Arn(resource.to_owned()),
        },
        title: None,
    })
}

/// A metric, by its CloudWatch widget.
pub fn metric(title: &str, widget: String) -> RelatedItem {
    RelatedItem {
        generated_id: None,
        identifier: ItemIdentifier {
            r#type: ItemType::Metric,
            value: ItemValue::MetricDefinition(widget),
        },
        title: Some(title.chars().take(TITLE_LENGTH_MAX).collect()),
    }
}

/// Adds items and gives how many had no room. One that is there already, by type and value, only takes
/// the new title.
pub fn add(
    ctx: &mut Ctx<'_, '_>,
    incident: &str,
    items: Vec<RelatedItem>,
) -> Result<usize, Failure> {
    if items.is_empty() {
        return Ok(0);
    }
    let mut known = ctx.tx.page::<RelatedItemRow>(&Page {
        equal: &[
            ("account", ctx.caller.account.as_str().into()),
            ("incident", incident.into()),
        ],
        order: &["id"],
        descending: false,
        after: None,
        limit: ITEMS_MAX + 1,
    })?;
    let mut left_out = 0;
    for mut item in items {
        if let Some((row, there)) = same(&mut known, &item)? {
            item.title = item.title.or_else(|| there.title.clone());
            if item.title != there.title {
                item.generated_id = there.generated_id;
                row.body = wire_form::write(&RELATED_ITEM, item);
                ctx.tx.replace(row)?;
            }
        } else if known.len() >= ITEMS_MAX {
            left_out += 1;
        } else {
            let record = insert(ctx, incident, item)?;
            known.push(Kept { record, version: 1 });
        }
    }
    Ok(left_out)
}

/// The row that has the same type and value, and what it holds.
fn same<'a>(
    known: &'a mut [Kept<RelatedItemRow>],
    item: &RelatedItem,
) -> Result<Option<(&'a mut Kept<RelatedItemRow>, RelatedItem)>, Failure> {
    for row in known {
        let there = row.item()?;
        if there.identifier == item.identifier {
            return Ok(Some((row, there)));
        }
    }
    Ok(None)
}

fn insert(
    ctx: &mut Ctx<'_, '_>,
    incident: &str,
    mut item: RelatedItem,
) -> Result<RelatedItemRow, Failure> {
    let id = ctx.new_id();
    let digits = id.replace('-', "").to_ascii_uppercase();
    let kind = item.identifier.r#type.as_str();
    item.generated_id = Some(format!("related-item/{kind}/{digits}"));
    let row = RelatedItemRow {
        account: ctx.caller.account.clone(),
        incident: incident.to_owned(),
        id,
        body: wire_form::write(&RELATED_ITEM, item),
    };
    ctx.tx.insert(&row)?;
    Ok(row)
}
