//! Related items: what an incident points at.

mod list_related_items;
#[cfg(test)]
mod tests;
mod update_related_items;

pub use list_related_items::list_related_items;
pub use update_related_items::update_related_items;

use balefire_api::generated::ssm_incidents::{
    ARN, ItemIdentifier, ItemType, ItemValue, RELATED_ITEM, RelatedItem,
};
use balefire_api::shape::Shape;
use balefire_store::{Error, Kept, Page, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::wire_form;

/// Items an incident may have.
pub const ITEMS_MAX: usize = 50;
/// Items that are looked at when some are added.
const LOOKED_AT_MAX: usize = 1000;
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
    check_without_ids("/relatedItems", items.iter())?;
    if items.len() > ITEMS_MAX {
        let rule = format!(
            "Member must hold at most {ITEMS_MAX} items, which is all an incident may have"
        );
        return Err(Failure::invalid("/relatedItems", rule));
    }
    Ok(())
}

/// Ids are given here; `path` is where the items are in the input.
pub fn check_without_ids<'a>(
    path: &str,
    mut items: impl Iterator<Item = &'a RelatedItem>,
) -> Result<(), Failure> {
    match items.position(|item| item.generated_id.is_some()) {
        Some(place) => Err(has_an_id(&format!("{path}/{place}"))),
        None => Ok(()),
    }
}

/// The refusal of items beyond what an incident may have.
pub fn too_many(path: &str) -> Failure {
    let rule = format!("Member must not take the incident above {ITEMS_MAX} items");
    Failure::invalid(path, rule)
}

/// A resource that an incident involves. `None` for a text that is no ARN: no item could hold it.
pub fn involved_resource(resource: &str) -> Option<RelatedItem> {
    by_arn(ItemType::InvolvedResource, resource, None)
}

/// What an incident points at by an ARN, with a title.
pub fn other(arn: &str, title: &str) -> Option<RelatedItem> {
    let title = Some(title).filter(|title| !title.is_empty());
    by_arn(ItemType::Other, arn, title)
}

fn by_arn(r#type: ItemType, resource: &str, title: Option<&str>) -> Option<RelatedItem> {
    let Shape::Text(text) = &ARN else { return None };
    let fits = text
        .length
        .max
        .is_none_or(|max| resource.chars().count() as u64 <= max);
    let is_arn = text.pattern.is_none_or(|pattern| pattern.matches(resource));
    (fits && is_arn).then(|| RelatedItem {
        generated_id: None,
        identifier: ItemIdentifier {
            r#type,
            value: ItemValue::Arn(resource.to_owned()),
        },
        title: title.map(|title| title.chars().take(TITLE_LENGTH_MAX).collect()),
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

fn has_an_id(path: &str) -> Failure {
    let rule = "Member must be absent: Balefire gives the id";
    Failure::invalid(&format!("{path}/generatedId"), rule)
}

/// What came of adding items.
#[derive(Debug, Default, PartialEq)]
pub struct Added {
    pub changed: bool,
    /// Items beyond what an incident may have.
    pub left_out: usize,
}

/// Adds items as far as there is room; one that is there already, by type and value, only takes the
/// new title. What stands behind the first thousand is left out as it is, since all writes wait for this one.
pub fn add(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    items: &[RelatedItem],
) -> Result<Added, Failure> {
    let looked_at = &items[..items.len().min(LOOKED_AT_MAX)];
    let mut added = Added {
        changed: false,
        left_out: items.len() - looked_at.len(),
    };
    if items.is_empty() {
        return Ok(added);
    }
    let mut known = all(ctx, incident)?;
    let mut known_items: Vec<RelatedItem> = known
        .iter()
        .map(|row| row.item())
        .collect::<Result<_, _>>()?;
    for item in looked_at {
        let mut places = known_items.iter();
        match places.position(|there| there.identifier == item.identifier) {
            Some(place) => {
                let there = &mut known_items[place];
                if item.title.is_some() && item.title != there.title {
                    there.title.clone_from(&item.title);
                    known[place].body = wire_form::write(&RELATED_ITEM, there.clone());
                    ctx.tx.replace(&mut known[place])?;
                    added.changed = true;
                }
            }
            None if known.len() >= ITEMS_MAX => added.left_out += 1,
            None => {
                let row = insert(ctx, incident, item.clone())?;
                known_items.push(row.item()?);
                known.push(row);
                added.changed = true;
            }
        }
    }
    Ok(added)
}

/// The items of an incident.
pub fn of(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<Vec<RelatedItem>, Failure> {
    all(ctx, incident)?.iter().map(|row| row.item()).collect()
}

/// Removes the item with this type and value; false when there is none.
fn remove(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    identifier: &ItemIdentifier,
) -> Result<bool, Failure> {
    let known = all(ctx, incident)?;
    match same(&known, identifier)? {
        Some((place, _)) => Ok(ctx.tx.delete::<RelatedItemRow>(&known[place].key())?),
        None => Ok(false),
    }
}

/// The ARNs of the resources that an incident involves.
pub fn involved(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<Vec<String>, Failure> {
    let mut arns = Vec::new();
    for row in all(ctx, incident)? {
        let item = row.item()?.identifier;
        if let (ItemType::InvolvedResource, ItemValue::Arn(arn)) = (item.r#type, item.value) {
            arns.push(arn);
        }
    }
    Ok(arns)
}

/// Removes every item of an incident that goes.
pub fn clear(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<(), Failure> {
    ctx.tx.execute(
        "DELETE FROM related_item WHERE account = $1 AND incident = $2",
        &[(&incident.account).into(), (&incident.id).into()],
    )?;
    Ok(())
}

fn all(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<Vec<Kept<RelatedItemRow>>, Failure> {
    Ok(ctx.tx.page(&Page {
        equal: &[
            ("account", (&incident.account).into()),
            ("incident", (&incident.id).into()),
        ],
        order: &["id"],
        descending: false,
        after: None,
        limit: ITEMS_MAX + 1,
    })?)
}

/// The place of the item with this type and value, and the item.
fn same(
    known: &[Kept<RelatedItemRow>],
    identifier: &ItemIdentifier,
) -> Result<Option<(usize, RelatedItem)>, Failure> {
    for (place, row) in known.iter().enumerate() {
        let item = row.item()?;
        if item.identifier == *identifier {
            return Ok(Some((place, item)));
        }
    }
    Ok(None)
}

fn insert(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    mut item: RelatedItem,
) -> Result<Kept<RelatedItemRow>, Failure> {
    let id = ctx.new_id();
    let digits = id.replace('-', "").to_ascii_uppercase();
    item.generated_id = Some(format!(
        "related-item/{}/{digits}",
        item.identifier.r#type.as_str()
    ));
    let record = RelatedItemRow {
        account: incident.account.clone(),
        incident: incident.id.clone(),
        id,
        body: wire_form::write(&RELATED_ITEM, item),
    };
    ctx.tx.insert(&record)?;
    Ok(Kept { record, version: 1 })
}
