//! Which attributes of findings are columns.

use balefire_api::generated::securityhub::{
    OcsfBooleanField, OcsfDateField, OcsfIpField, OcsfMapField, OcsfNumberField, OcsfStringField,
};
use balefire_columns::{Kind as Values, Schema};

use super::extract::Place;
use crate::securityhub::finding::path::{self, Kind, Path};

/// An attribute and the place of its column.
pub type Attribute = (usize, Path);

/// The columns of findings: every attribute that is filtered, sorted or grouped by, and a few of our own.
#[derive(Debug)]
pub struct Fields {
    schema: Schema,
    pub texts: Vec<Attribute>,
    pub numbers: Vec<Attribute>,
    /// As the numbers 0 and 1.
    pub booleans: Vec<Attribute>,
    pub dates: Vec<Attribute>,
    /// Each entry as a JSON text.
    pub maps: Vec<Attribute>,
    /// Whose finding it is.
    pub account: usize,
    /// When the newest document came.
    pub updated: usize,
    /// What of a finding's ASFF the other columns do not tell: `IRREGULAR` or `UNTYPED`.
    pub asff: usize,
    pub edited: Vec<Edited>,
    /// All of them but the account, to be read in one pass.
    pub tree: Place,
}

/// An attribute that customers set, or that changes with one.
#[derive(Debug)]
pub struct Edited {
    pub place: usize,
    /// What the provider sent, which is shown where nothing is set.
    pub provider: Attribute,
}

/// The attributes that customers' settings change; `Edited` are in this order.
pub const SEVERITY_ID: usize = 0;
pub const SEVERITY: usize = 1;
pub const VENDOR_SEVERITY_ID: usize = 2;
pub const VENDOR_SEVERITY: usize = 3;
pub const STATUS_ID: usize = 4;
pub const STATUS: usize = 5;
pub const COMMENT: usize = 6;
/// What is in the column `asff`.
pub const IRREGULAR: &str = "irregular";
pub const UNTYPED: &str = "untyped";
const EDITED: [(&str, Values); 7] = [
    ("severity_id", Values::Number),
    ("severity", Values::Text),
    ("vendor_attributes.severity_id", Values::Number),
    ("vendor_attributes.severity", Values::Text),
    ("status_id", Values::Number),
    ("status", Values::Text),
    ("comment", Values::Text),
];

impl Fields {
    pub fn of_findings() -> Fields {
        let mut schema = Schema::default();
        let mut add = |names: &mut dyn Iterator<Item = &'static str>, kind: Values| {
            let attributes =
                names.map(|name| (schema.add(canonical(name, kind), kind), Path::of(name)));
            let mut attributes: Vec<Attribute> = attributes.collect();
            // The two forms of a date are one column.
            attributes.sort_by_key(|(place, _)| *place);
            attributes.dedup_by_key(|(place, _)| *place);
            attributes
        };
        let of_kind = |kind| path::unfiltered(kind);
        let (strings, addresses) = (OcsfStringField::VALUES, OcsfIpField::VALUES);
        let texts = strings.iter().chain(addresses).copied();
        let texts = add(&mut texts.chain(of_kind(Kind::Text)), Values::Text);
        let numbers = OcsfNumberField::VALUES.iter().copied();
        let numbers = add(&mut numbers.chain(of_kind(Kind::Number)), Values::Number);
        let booleans = OcsfBooleanField::VALUES.iter().copied();
        let booleans = add(&mut booleans.chain(of_kind(Kind::Boolean)), Values::Number);
        let dates = OcsfDateField::VALUES.iter().copied();
        let dates = add(&mut dates.chain(of_kind(Kind::Date)), Values::Date);
        let maps = add(&mut OcsfMapField::VALUES.iter().copied(), Values::Text);
        let account = schema.add("@account", Values::Text);
        let updated = schema.add("@updated", Values::Date);
        let asff = schema.add("@asff", Values::Text);
        let edited = EDITED.map(|(name, kind)| Edited {
            place: schema.add(name, kind),
            provider: (
                schema.add(&format!("@provider.{name}"), kind),
                Path::of(name),
            ),
        });
        let mut fields = Fields {
            schema,
            texts,
            numbers,
            booleans,
            dates,
            maps,
            account,
            updated,
            asff,
            edited: edited.into(),
            tree: Place::default(),
        };
        fields.tree = fields.tree();
        fields
    }

    fn tree(&self) -> Place {
        let mut tree = Place::default();
        let provided = self.edited.iter().map(|edited| &edited.provider);
        let is_number = |place: usize| self.schema.fields()[place].kind == Values::Number;
        let (numbers, texts): (Vec<&Attribute>, Vec<&Attribute>) =
            provided.partition(|(place, _)| is_number(*place));
        for (place, path) in self.texts.iter().chain(texts) {
            tree.at(&path.name()).texts.push(*place);
        }
        for (place, path) in self.numbers.iter().chain(numbers) {
            tree.at(&path.name()).numbers.push(*place);
        }
        for (place, path) in &self.booleans {
            tree.at(&path.name()).booleans.push(*place);
        }
        for (place, path) in &self.maps {
            tree.at(&path.name()).maps.push(*place);
        }
        for (date, (_, path)) in self.dates.iter().enumerate() {
            tree.add_date(&path.name(), date);
        }
        tree.sort();
        tree
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The column of a text, of an address or of a map.
    pub fn text(&self, name: &str) -> Option<usize> {
        self.schema.place(name, Values::Text)
    }

    /// The column of a number or of a truth value.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.schema.place(name, Values::Number)
    }

    pub fn date(&self, name: &str) -> Option<usize> {
        self.schema
            .place(canonical(name, Values::Date), Values::Date)
    }

    /// The column that has what the provider sent of another column's attribute.
    pub fn provided(&self, place: usize) -> usize {
        let edited = self.edited.iter().find(|edited| edited.place == place);
        edited.map_or(place, |edited| edited.provider.0)
    }
}

fn canonical(name: &str, kind: Values) -> &str {
    match kind {
        Values::Date => name.strip_suffix("_dt").unwrap_or(name),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use balefire_api::generated::securityhub::GroupByField;

    use super::*;
    use crate::securityhub::finding::filter::Places;

    #[test]
    fn every_attribute_of_the_model_has_a_column() {
        let fields = Fields::of_findings();
        let texts = [
            OcsfStringField::VALUES,
            OcsfIpField::VALUES,
            OcsfMapField::VALUES,
            GroupByField::VALUES,
        ];
        for name in texts.concat() {
            assert!(fields.text(name).is_some(), "{name}");
        }
        for name in [OcsfNumberField::VALUES, OcsfBooleanField::VALUES].concat() {
            assert!(fields.number(name).is_some(), "{name}");
        }
        for name in OcsfDateField::VALUES {
            assert!(fields.date(name).is_some(), "{name}");
        }
        for kind in [Kind::Text, Kind::Number, Kind::Boolean, Kind::Date] {
            for name in path::unfiltered(kind) {
                assert!(Places::of_kind(&fields, name, kind).is_some(), "{name}");
            }
        }
        assert_eq!(fields.date("time"), fields.date("time_dt"));
        fields.tree.check();
    }
}
