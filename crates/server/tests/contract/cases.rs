//! Walks an operation's input and makes requests just past and just inside each constraint.

mod bounds;
mod forms;
mod place;

use std::collections::BTreeMap;

use balefire_api::Spec;
use balefire_api::shape::{Location, Member, Shape, Structure, UNIT};
use serde_json::Value;

use place::{Place, Step};

/// What the answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// The service's validation error, which names the place.
    Violation,
    /// SerializationException, which names the place.
    Malformed,
    /// Anything but a violation of this constraint of the model.
    Inside,
}

/// One request, made of one constraint.
#[derive(Clone, Debug)]
pub struct Case {
    /// Which constraint, such as `length above the maximum`.
    pub what: &'static str,
    pub expected: Expected,
    /// The place as the error names it, such as `/incidentTemplate/title`.
    pub path: String,
    /// The top-level member, by its name in the model.
    pub member: &'static str,
    pub input: Value,
}

/// The cases of one operation, and how many constraints no case could be made for, by kind.
#[derive(Default)]
pub struct Cases {
    pub made: Vec<Case>,
    pub skipped: BTreeMap<&'static str, usize>,
}

/// All cases of an operation. `None` where no valid input is known.
pub fn of(spec: &'static Spec) -> Option<Cases> {
    let structure = spec.input.unwrap_or(&UNIT);
    let mut walk = Walk {
        base: crate::values::input(spec)?,
        steps: Vec::new(),
        open: Vec::new(),
        cases: Cases::default(),
    };
    walk.members(structure);
    Some(walk.cases)
}

/// The walk's place in the tree of shapes.
struct Walk {
    base: Value,
    steps: Place,
    /// Structures around the place: shapes that hold themselves are entered once.
    open: Vec<*const Structure>,
    cases: Cases,
}

impl Walk {
    fn members(&mut self, structure: &'static Structure) {
        let pointer: *const Structure = structure;
        if self.open.contains(&pointer) {
            return;
        }
        self.open.push(pointer);
        for member in structure.members {
            if member.required && member.default.is_none() {
                self.missing(member);
            }
            self.at(Step::Member(member, structure), |walk| {
                walk.shape(member.shape);
            });
        }
        self.open.pop();
    }

    fn shape(&mut self, shape: &'static Shape) {
        self.forms(shape);
        self.bounds(shape);
        match shape {
            Shape::List(list) => self.at(Step::Item(list), |walk| walk.shape(list.item)),
            Shape::Map(map) => {
                self.at(Step::Key(map), |walk| walk.bounds(map.key));
                self.at(Step::Value(map), |walk| walk.shape(map.value));
            }
            Shape::Structure(structure) => self.members(structure),
            _ => {}
        }
    }

    fn at(&mut self, step: Step, inside: impl FnOnce(&mut Walk)) {
        self.steps.push(step);
        inside(self);
        self.steps.pop();
    }

    /// Where the top-level member around the place travels.
    fn location(&self) -> Location {
        self.top().location
    }

    fn top(&self) -> &'static Member {
        match self.steps.first() {
            Some(Step::Member(member, _)) => member,
            _ => unreachable!("a walk begins at a member"),
        }
    }

    fn missing(&mut self, member: &'static Member) {
        if member.location == Location::Label {
            return;
        }
        let parent = self.steps.clone();
        let removed = place::without(&self.base, &parent, member);
        let path = format!("{}/{}", place::path(&parent), member.name);
        let top = match parent.first() {
            Some(Step::Member(top, _)) => top.name,
            _ => member.name,
        };
        let what = "required member missing";
        match removed {
            Some(input) => self.cases.made.push(Case {
                what,
                expected: Expected::Violation,
                path,
                member: top,
                input,
            }),
            None => self.skip(what),
        }
    }

    /// Adds a case that has `value` at the walk's place.
    fn case(&mut self, what: &'static str, expected: Expected, value: Option<Value>) {
        let made = value.and_then(|value| place::with(&self.base, &self.steps, value));
        let Some(input) = made else {
            return self.skip(what);
        };
        self.cases.made.push(Case {
            what,
            expected,
            path: place::path(&self.steps),
            member: self.top().name,
            input,
        });
    }

    fn skip(&mut self, what: &'static str) {
        *self.cases.skipped.entry(what).or_default() += 1;
    }
}
