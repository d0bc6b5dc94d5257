//! Related items: what an incident points at.

mod list_related_items;

pub use list_related_items::list_related_items;

use balefire_api::generated::ssm_incidents::{RELATED_ITEM, RelatedItem};
use balefire_store::{Error, Kept, Page, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::wire_form;

/// Items an incident may have.
pub const ITEMS_MAX: usize = 50;

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

/// The items of an account's incident.
pub fn of(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    incident: &str,
) -> Result<Vec<RelatedItem>, Failure> {
    let rows = rows(ctx, account, incident)?;
    rows.iter().map(|row| row.item()).collect()
}

fn rows(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    incident: &str,
) -> Result<Vec<Kept<RelatedItemRow>>, Failure> {
    Ok(ctx.tx.page(&Page {
        equal: &[("account", account.into()), ("incident", incident.into())],
        order: &["id"],
        descending: false,
        after: None,
        limit: ITEMS_MAX + 1,
    })?)
}

/// Adds an item of Balefire's own, unless the incident has as many as it may: the timeline tells it too.
pub fn add_if_room(
    ctx: &mut Ctx<'_, '_>,
    incident: &str,
    item: RelatedItem,
) -> Result<(), Failure> {
    let items = of(ctx, &ctx.caller.account, incident)?;
    let there = items
        .iter()
        .any(|there| there.identifier == item.identifier);
    if !there && items.len() >= ITEMS_MAX {
        return Ok(());
    }
    add(ctx, incident, vec![item])
}

/// Adds items; one that is there already, by type and value, only takes the new title.
pub fn add(ctx: &mut Ctx<'_, '_>, incident: &str, items: Vec<RelatedItem>) -> Result<(), Failure> {
    if items.is_empty() {
        return Ok(());
    }
    let mut known = rows(ctx, &ctx.caller.account, incident)?;
    for mut item in items {
        let mut same = None;
        for row in &mut known {
            let there = row.item()?;
            if there.identifier == item.identifier {
                same = Some((row, there.generated_id));
                break;
            }
        }
        if let Some((row, generated_id)) = same {
            item.generated_id = generated_id;
            row.body = wire_form::write(&RELATED_ITEM, item);
            ctx.tx.replace(row)?;
            continue;
        }
        if known.len() >= ITEMS_MAX {
            let rule = format!("Member must not take the incident above {ITEMS_MAX} items");
            return Err(Failure::invalid("/relatedItems", rule));
        }
        let id = ctx.new_id();
        let digits = id.replace('-', "").to_ascii_uppercase();
        item.generated_id = Some(format!(
            "related-item/{}/{digits}",
            item.identifier.r#type.as_str()
        ));
        let row = RelatedItemRow {
            account: ctx.caller.account.clone(),
            incident: incident.to_owned(),
            id,
            body: wire_form::write(&RELATED_ITEM, item),
        };
        ctx.tx.insert(&row)?;
        known.push(Kept {
            record: row,
            version: 1,
        });
    }
    Ok(())
}
