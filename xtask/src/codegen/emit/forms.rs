//! Writes the forms of documents: what the members of their structures are, and no types.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::shapes::Writer;
use crate::codegen::model::{Model, Reference};
use crate::codegen::names;

const LINE_MAX: usize = 110;

/// The structures whose form is written, for all documents among the shapes.
pub fn of(model: &Model, reached: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut forms = BTreeSet::new();
    for name in reached {
        let shape = model.shape(name)?;
        if shape.document && !shape.members.is_empty() {
            forms.extend(model.forms_of(name)?);
        }
    }
    if let Some(typed) = forms.iter().find(|name| {
        reached.contains(*name) && model.shape(name).is_ok_and(|shape| !shape.document)
    }) {
        bail!("{typed} has a type, and is in a document too");
    }
    Ok(forms)
}

impl Writer<'_> {
    /// As many members on a line as it has room for.
    pub(super) fn form(&mut self, name: &str) -> Result<()> {
        let mut lines = vec![String::from("   ")];
        for (member, reference) in self.model.shape(name)?.references()? {
            if reference.location_name.is_some_and(|wire| wire != member) {
                bail!("{name} calls {member} by another name on the wire");
            }
            let table = self.member_of_form(&reference.shape)?;
            let item = format!(" {member:?} {table};");
            match lines.last_mut() {
                Some(line) if line.len() + item.len() <= LINE_MAX => line.push_str(&item),
                _ => lines.push(format!("   {item}")),
            }
        }
        let (table, name) = (names::table(name), names::type_name(name));
        let lines = lines.join("\n");
        self.written.forms.push(format!(
            "balefire_api::form! {{ {table} {name} {{\n{lines}\n}} }}\n"
        ));
        Ok(())
    }

    /// Enumerations are texts here: what values they have is not asked.
    fn member_of_form(&mut self, name: &str) -> Result<String> {
        let shape = self.model.shape(name)?;
        if shape.values.is_some() {
            return Ok("shape::STRING".into());
        }
        self.table(&Reference::to(name), name, "body")
    }
}
