//! Checks a value against every constraint of its shape and reports all that do not hold.

use std::fmt::Display;

use crate::node::Node;
use crate::rejection::{Violation, Violations, violation};
use crate::shape::{Bounds, List, Map, Shape, Structure, Text};

/// Characters of a map's key that a path shows.
const KEY_CHARS_SHOWN: usize = 200;

/// All violations of an input, in the order of the model.
pub fn check(structure: &Structure, node: &Node) -> Violations {
    check_apart_from(None, structure, node)
}

/// As `check`, but for the elements of the list in one member.
pub fn check_apart_from(member: Option<&str>, structure: &Structure, node: &Node) -> Violations {
    let mut checker = Checker {
        path: String::new(),
        found: Violations::default(),
        apart: member.map(|member| format!("/{member}")),
    };
    checker.structure(structure, node);
    checker.found
}

struct Checker {
    path: String,
    found: Violations,
    /// Where the list is whose elements are not looked at.
    apart: Option<String>,
}

impl Checker {
    fn report(&mut self, constraint: impl Display) {
        self.found.add(|| violation(&self.path, constraint));
    }

    fn at(&mut self, segment: &str, inside: impl FnOnce(&mut Checker)) {
        let length = self.path.len();
        self.path.push('/');
        // Each violation below a key repeats it, so a long one is cut.
        match segment.char_indices().nth(KEY_CHARS_SHOWN) {
            Some((end, _)) => self.path.extend([&segment[..end], "…"]),
            None => self.path.push_str(segment),
        }
        inside(self);
        self.path.truncate(length);
    }

    fn structure(&mut self, structure: &Structure, node: &Node) {
        match node {
            Node::Structure(slots) => {
                for (member, slot) in structure.members.iter().zip(slots) {
                    match slot {
                        Some(value) => self.at(member.name, |c| c.value(member.shape, value)),
                        None if member.required => {
                            self.at(member.name, |c| c.report("Member must not be null"));
                        }
                        None => {}
                    }
                }
            }
            Node::Union(place, value) => {
                if let Some(member) = structure.members.get(*place) {
                    self.at(member.name, |c| c.value(member.shape, value));
                }
            }
            _ => {}
        }
    }

    fn value(&mut self, shape: &Shape, node: &Node) {
        match (shape, node) {
            (Shape::Text(text), Node::Text(value)) => self.text(text, value),
            (Shape::Blob(blob), Node::Blob(value)) => self.length(blob.length, value.len() as u64),
            (Shape::Integer(integer), Node::Integer(value)) => {
                self.range(integer.range, *value);
                if let Some(values) = integer.values.filter(|values| !values.contains(value)) {
                    let set: Vec<String> = values.iter().map(i64::to_string).collect();
                    self.report(format_args!(
                        "Member must satisfy enum value set: [{}]",
                        set.join(", ")
                    ));
                }
            }
            (Shape::Float(float), Node::Float(value)) => self.range(float.range, *value),
            (Shape::List(list), Node::List(items)) => self.list(list, items),
            (Shape::Map(map), Node::Map(entries)) => self.map(map, entries),
            (Shape::Structure(structure), node) => self.structure(structure, node),
            _ => {}
        }
    }

    /// What is too long is wrong whatever is in it, and may be very long.
    fn list(&mut self, list: &List, items: &[Node]) {
        let length = items.len() as u64;
        self.length(list.length, length);
        if is_over(list.length, length) || self.apart.as_ref() == Some(&self.path) {
            return;
        }
        for (index, item) in items.iter().enumerate() {
            self.at(&index.to_string(), |c| c.value(list.item, item));
        }
        let mut places = items.iter().enumerate();
        if list.unique && places.any(|(i, item)| items[..i].contains(item)) {
            self.report("Member must have unique values");
        }
    }

    fn map(&mut self, map: &Map, entries: &[(String, Node)]) {
        let length = entries.len() as u64;
        self.length(map.length, length);
        if is_over(map.length, length) {
            return;
        }
        for (key, value) in entries {
            if let Shape::Text(text) = map.key {
                self.text(text, key);
            }
            self.at(key, |c| c.value(map.value, value));
        }
    }

    fn text(&mut self, text: &Text, value: &str) {
        if text.length.min.is_some() || text.length.max.is_some() {
            self.length(text.length, value.chars().count() as u64);
        }
        if let Some(values) = text.values.filter(|values| !values.contains(&value)) {
            self.report(format_args!(
                "Member must satisfy enum value set: [{}]",
                values.join(", ")
            ));
        }
        if let Some(pattern) = text.pattern.filter(|pattern| !pattern.matches(value)) {
            self.report(format_args!(
                "Member must satisfy regular expression pattern: {}",
                pattern.shown
            ));
        }
    }

    fn length(&mut self, bounds: Bounds<u64>, length: u64) {
        if let Some(limits) = broken(bounds, length, "have length between", "have length ") {
            let path = &self.path;
            self.found.add(|| Violation {
                path: path.clone(),
                message: format!(
                    "Value with length {length} at '{path}' failed to satisfy constraint: \
                     Member must {limits}"
                ),
            });
        }
    }

    fn range<T: PartialOrd + Display + Copy>(&mut self, bounds: Bounds<T>, value: T) {
        if let Some(limits) = broken(bounds, value, "be between", "be ") {
            self.report(format_args!("Member must {limits}"));
        }
    }
}

fn is_over(bounds: Bounds<u64>, length: u64) -> bool {
    bounds.max.is_some_and(|max| length > max)
}

/// The words for the bounds that a value does not keep. NaN keeps none.
fn broken<T: PartialOrd + Display>(
    bounds: Bounds<T>,
    value: T,
    both: &str,
    one: &str,
) -> Option<String> {
    let above = bounds.min.as_ref().is_none_or(|min| value >= *min);
    let below = bounds.max.as_ref().is_none_or(|max| value <= *max);
    if above && below {
        return None;
    }
    Some(match (bounds.min, bounds.max) {
        (Some(min), Some(max)) => format!("{both} {min} and {max}, inclusive"),
        (Some(min), None) => format!("{one}greater than or equal to {min}"),
        (None, Some(max)) => format!("{one}less than or equal to {max}"),
        (None, None) => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rejection::Rejection;
    use crate::shape::{ANY, at_most, integer, list, map, structure, text, within};
    use crate::shape::{Location, Member};

    const fn member(name: &'static str, shape: &'static Shape) -> Member {
        Member {
            name,
            wire: name,
            shape,
            required: false,
            location: Location::Body,
            default: None,
        }
    }

    const fn of(members: &'static [Member]) -> Shape {
        Shape::Structure(Structure {
            name: "Any",
            members,
            union: false,
        })
    }

    static NAME: Shape = text(within(1, 3), None);
    static SMALL: Shape = integer(32, within(1, 9));
    static PAIR: Shape = of(&[member("a", &SMALL), member("b", &SMALL)]);
    static NAMES: Shape = list(&NAME, ANY);
    static FEW: Shape = list(&NAME, at_most(3));
    static PAIRS: Shape = map(&NAME, &PAIR, at_most(3));
    static INPUT: Shape = of(&[
        member("names", &NAMES),
        member("few", &FEW),
        member("pairs", &PAIRS),
    ]);

    fn names(count: usize) -> Node {
        Node::List(vec![Node::Text(String::new()); count])
    }

    fn checked(slots: [Option<Node>; 3]) -> Violations {
        check(structure(&INPUT), &Node::Structure(slots.into()))
    }

    #[test]
    fn an_error_tells_some_dozens_and_how_many_more_there_are() {
        for (count, told, end) in [
            (1, 1, "inclusive"),
            (50, 50, "inclusive"),
            (51, 50, "; and 1 more"),
            (1_000_000, 50, "; and 999950 more"),
        ] {
            let found = checked([Some(names(count)), None, None]);
            assert_eq!((found.count(), found.len()), (count, told));
            let message = Rejection::Validation(found).message();
            let noun = if count == 1 { "error" } else { "errors" };
            let start =
                format!("{count} validation {noun} detected. Value with length 0 at '/names/0' ");
            assert!(
                message.starts_with(&start) && message.ends_with(end),
                "{message}"
            );
        }
    }

    #[test]
    fn what_is_too_long_is_not_looked_into() {
        let pair = || Node::Structure(vec![Some(Node::Integer(0)), None]);
        let pairs = |count: usize| Node::Map((0..count).map(|n| (n.to_string(), pair())).collect());
        let paths = |found: &Violations| -> Vec<String> {
            found.iter().map(|one| one.path.clone()).collect()
        };
        let found = checked([None, Some(names(2)), Some(pairs(2))]);
        assert_eq!(
            paths(&found),
            ["/few/0", "/few/1", "/pairs/0/a", "/pairs/1/a"]
        );
        let found = checked([None, Some(names(4)), Some(pairs(4))]);
        assert_eq!(paths(&found), ["/few", "/pairs"]);
    }

    #[test]
    fn a_list_that_is_judged_apart_takes_no_place_of_others() {
        let node = Node::Structure(vec![Some(names(60)), Some(names(1)), None]);
        let found = check_apart_from(Some("names"), structure(&INPUT), &node);
        assert_eq!((found.count(), found[0].path.as_str()), (1, "/few/0"));
    }

    #[test]
    fn a_long_key_is_cut_in_paths() {
        let pair = Node::Structure(vec![Some(Node::Integer(0)), Some(Node::Integer(0))]);
        let found = checked([
            None,
            None,
            Some(Node::Map(vec![("ä".repeat(100_000), pair)])),
        ]);
        let shown = format!("/pairs/{}…", "ä".repeat(KEY_CHARS_SHOWN));
        assert_eq!(found[0].path, "/pairs");
        assert_eq!(found[1].path, format!("{shown}/a"));
        assert_eq!(found[2].path, format!("{shown}/b"));
    }
}
