//! The attributes that are columns as a tree of their names, so that one pass finds them all.

/// A place in documents: the columns that its values go into, and what is wanted inside of it.
///
/// Invariant: nothing is wanted inside of a map.
#[derive(Debug, Default)]
pub struct Place {
    pub texts: Vec<usize>,
    pub numbers: Vec<usize>,
    pub booleans: Vec<usize>,
    pub maps: Vec<usize>,
    /// A half of a date.
    pub half: Option<Half>,
    /// The dates whose halves are members of objects here.
    pub dates: Vec<usize>,
    inside: Vec<(Box<str>, Place)>,
    /// Where the names of each length begin in `inside`, and where the longest end.
    starts: Vec<usize>,
}

/// OCSF times come in pairs: a number, and a text whose name ends in `_dt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half {
    /// The place among the dates.
    pub date: usize,
    pub is_text: bool,
}

impl Place {
    /// The place of a dotted name inside of this one, which is made if it is not there.
    pub fn at(&mut self, name: &str) -> &mut Place {
        let mut place = self;
        for part in name.split('.') {
            let known = place.inside.iter().position(|(known, _)| **known == *part);
            let at = known.unwrap_or_else(|| {
                place.inside.push((part.into(), Place::default()));
                place.inside.len() - 1
            });
            place = &mut place.inside[at].1;
        }
        place
    }

    /// Adds a date by the name of either half.
    pub fn add_date(&mut self, name: &str, date: usize) {
        let number = name.strip_suffix("_dt").unwrap_or(name);
        let holder = match number.rsplit_once('.') {
            Some((holder, _)) => self.at(holder),
            None => &mut *self,
        };
        holder.dates.push(date);
        for (name, is_text) in [(number, false), (&format!("{number}_dt"), true)] {
            self.at(name).half = Some(Half { date, is_text });
        }
    }

    /// Makes the tree ready to be read by.
    pub fn sort(&mut self) {
        self.inside.sort_by_key(|(name, _)| name.len());
        let longest = self.inside.last().map_or(0, |(name, _)| name.len());
        let start_of = |len| self.inside.partition_point(|(name, _)| name.len() < len);
        self.starts = (0..=longest + 1).map(start_of).collect();
        self.inside.iter_mut().for_each(|(_, place)| place.sort());
    }

    /// Which member this is; `None` where it is not wanted.
    pub fn find(&self, name: &str) -> Option<usize> {
        let (start, end) = (
            *self.starts.get(name.len())?,
            *self.starts.get(name.len() + 1)?,
        );
        (start..end).find(|at| *self.inside[*at].0 == *name)
    }

    pub fn inside(&self, member: usize) -> &Place {
        &self.inside[member].1
    }

    #[cfg(test)]
    pub fn names(&self) -> Vec<&str> {
        self.inside.iter().map(|(name, _)| &**name).collect()
    }

    #[cfg(test)]
    pub fn check(&self) {
        assert!(self.inside.len() <= 64, "a bit for each member");
        assert!(self.maps.is_empty() || self.inside.is_empty());
        self.inside.iter().for_each(|(_, place)| place.check());
    }
}
