//! Which fields rows have.

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    /// Milliseconds since 1970.
    Date,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Box<str>,
    pub kind: Kind,
}

/// The fields, by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema(Vec<Field>);

impl Schema {
    /// Adds a field, or finds the one of this name and kind; gives its place.
    pub fn add(&mut self, name: &str, kind: Kind) -> usize {
        if let Some(place) = self.place(name, kind) {
            return place;
        }
        self.0.push(Field {
            name: name.into(),
            kind,
        });
        self.0.len() - 1
    }

    /// The place of a field. Fields of one name and several kinds are several fields.
    pub fn place(&self, name: &str, kind: Kind) -> Option<usize> {
        let is_it = |field: &Field| field.kind == kind && *field.name == *name;
        self.0.iter().position(is_it)
    }

    pub fn fields(&self) -> &[Field] {
        &self.0
    }
}
