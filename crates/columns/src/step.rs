//! A plan made ready: what it asks of values was asked of each dictionary once, and codes are left to scan.

use crate::chunk::Chunk;
use crate::columns::Columns;
use crate::dictionary::{Code, Dictionary, MISSING, Spare, number_of, text_of};
use crate::mask::Mask;
use crate::plan::Plan;
use parking_lot::RwLockReadGuard;

/// What it costs to ask each row.
const EACH: u32 = 1_000;
/// Larger dictionaries are not asked as a whole: only the rows that are left after all else are.
const ASKED_WHOLE_MAX: usize = if cfg!(test) { 4 } else { 1 << 16 };
/// How many blocks of a larger dictionary are sorted for one question, which takes about 15 ms.
const SORTED_AT_ONCE: usize = 8;

/// The dictionaries of some fields, which nobody adds to while this is held.
pub struct Guards<'c>(Vec<Option<RwLockReadGuard<'c, Dictionary>>>);

impl<'c> Guards<'c> {
    /// Each lock is taken once: a second time, it could wait for a change that waits for the first.
    pub fn of(columns: &'c Columns, fields: &[usize]) -> Guards<'c> {
        let all = 0..columns.schema().fields().len();
        let guards = all.map(|field| fields.contains(&field).then(|| columns.dictionary(field)));
        Guards(guards.collect())
    }

    pub fn get(&self, field: usize) -> Option<&Dictionary> {
        self.0.get(field)?.as_deref()
    }
}

pub enum Step<'s> {
    All(Vec<Step<'s>>),
    Any(Vec<Step<'s>>),
    Not(Box<Step<'s>>),
    Code(usize, Code),
    /// Whether each code passes.
    Table(usize, Vec<bool>),
    /// The dictionary is asked anew for each row.
    Each(usize, &'s Dictionary, ValueTest<'s>),
    Between(usize, i64, i64),
    Missing(usize),
}

pub type ValueTest<'s> = Box<dyn Fn(&[u8]) -> bool + Send + Sync + 's>;

impl<'s> Step<'s> {
    pub fn of(plan: &'s Plan<'_>, guards: &'s Guards<'_>) -> Step<'s> {
        let steps = |plans: &'s [Plan<'_>]| {
            let mut steps: Vec<Step<'s>> = plans.iter().map(|p| Step::of(p, guards)).collect();
            // What costs little goes first and leaves less to the others.
            steps.sort_by_key(Step::cost);
            steps
        };
        match plan {
            Plan::All(plans) => Step::All(steps(plans)),
            Plan::Any(plans) => Step::Any(steps(plans)),
            Plan::Not(plan) => Step::Not(Box::new(Step::of(plan, guards))),
            Plan::OneOf { field, texts } => match guards.get(*field) {
                Some(dictionary) => one_of(*field, dictionary, texts),
                None => Step::Any(Vec::new()),
            },
            Plan::Prefix { field, texts } => prefixes(*field, guards.get(*field), texts),
            Plan::Text { field, passes } => {
                let test: ValueTest<'s> = Box::new(|bytes| passes(text_of(bytes)));
                values(*field, guards.get(*field), test)
            }
            Plan::Number { field, passes } => {
                let test: ValueTest<'s> = Box::new(|bytes| passes(number_of(bytes)));
                values(*field, guards.get(*field), test)
            }
            Plan::Between {
                field,
                from_ms,
                to_ms,
            } => Step::Between(*field, *from_ms, *to_ms),
            Plan::Missing { field } => Step::Missing(*field),
        }
    }

    /// Keeps in the mask the rows that meet this. What asks each row comes last, after `prune` has taken out
    /// rows that are not wanted whatever they have.
    pub fn keep_pruned(&self, chunk: &Chunk, mask: &mut Mask, prune: impl FnOnce(&mut Mask)) {
        let steps = match self {
            Step::All(steps) => steps.as_slice(),
            step => std::slice::from_ref(step),
        };
        let cheap = steps.partition_point(|step| step.cost() < EACH);
        let mut steps = steps.iter();
        steps
            .by_ref()
            .take(cheap)
            .for_each(|step| step.keep(chunk, mask));
        prune(mask);
        steps.for_each(|step| step.keep(chunk, mask));
    }

    /// Keeps in the mask the rows that meet this.
    pub fn keep(&self, chunk: &Chunk, mask: &mut Mask) {
        match self {
            Step::All(steps) => {
                for step in steps {
                    if mask.is_empty() {
                        return;
                    }
                    step.keep(chunk, mask);
                }
            }
            Step::Any(steps) => {
                let mut met = Mask::none();
                for step in steps {
                    let mut here = mask.clone();
                    step.keep(chunk, &mut here);
                    mask.remove(&here);
                    met.add(&here);
                }
                *mask = met;
            }
            Step::Not(step) => {
                let mut met = mask.clone();
                step.keep(chunk, &mut met);
                mask.remove(&met);
            }
            Step::Code(field, code) => match chunk.codes(*field) {
                Some(codes) => codes.keep_equal(*code, mask),
                None => mask.clear(),
            },
            Step::Table(field, table) => match chunk.codes(*field) {
                Some(codes) => codes.keep_passed(table, mask),
                None => mask.clear(),
            },
            Step::Each(field, dictionary, test) => match chunk.codes(*field) {
                Some(codes) => {
                    let mut spare = Spare::default();
                    codes.keep_each(|code| passes(dictionary, code, test, &mut spare), mask);
                }
                None => mask.clear(),
            },
            Step::Between(field, from_ms, to_ms) => match chunk.dates(*field) {
                Some(dates) => dates.keep_between(*from_ms, *to_ms, mask),
                None => mask.clear(),
            },
            Step::Missing(field) => match (chunk.codes(*field), chunk.dates(*field)) {
                (Some(codes), _) => codes.keep_missing(mask),
                (_, Some(dates)) => dates.keep_missing(mask),
                (None, None) => mask.clear(),
            },
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Step::Code(..) | Step::Missing(_) => 1,
            Step::Table(..) => 2,
            Step::Between(..) => 3,
            Step::Not(step) => step.cost() + 1,
            Step::All(steps) | Step::Any(steps) => {
                steps.iter().map(Step::cost).fold(1, u32::saturating_add)
            }
            Step::Each(..) => EACH,
        }
    }
}

/// A set holds what is looked for as well as a value does: one code serves only where there are no sets.
fn one_of<'s>(field: usize, dictionary: &'s Dictionary, texts: &'s [&'s str]) -> Step<'s> {
    let known = texts
        .iter()
        .filter_map(|text| dictionary.code_of(text.as_bytes()));
    let known: Vec<Code> = known.collect();
    match known.as_slice() {
        [] => Step::Any(Vec::new()),
        [code] if !dictionary.has_sets() => Step::Code(field, *code),
        codes => {
            let mut table = vec![false; dictionary.len() + 1];
            codes.iter().for_each(|code| table[*code as usize] = true);
            pass_sets(dictionary, &mut table);
            Step::Table(field, table)
        }
    }
}

/// A set passes with any of its members, which stand before it.
fn pass_sets(dictionary: &Dictionary, table: &mut [bool]) {
    dictionary.entries().each_set(|code, members| {
        table[code as usize] = members.iter().any(|member| table[member as usize]);
    });
}

/// A large dictionary is not asked, once the order of its values is known: each question makes it known for
/// some more, so that none waits for the sorting of them all.
fn prefixes<'s>(
    field: usize,
    dictionary: Option<&'s Dictionary>,
    texts: &'s [&'s str],
) -> Step<'s> {
    match dictionary {
        Some(dictionary)
            if dictionary.value_count() > ASKED_WHOLE_MAX
                && dictionary.entries().sort_blocks(SORTED_AT_ONCE) =>
        {
            let mut table = vec![false; dictionary.len() + 1];
            for text in texts {
                dictionary
                    .entries()
                    .mark_prefix(text.as_bytes(), &mut table);
            }
            pass_sets(dictionary, &mut table);
            Step::Table(field, table)
        }
        dictionary => {
            let begins = |bytes: &[u8]| texts.iter().any(|text| bytes.starts_with(text.as_bytes()));
            values(field, dictionary, Box::new(begins))
        }
    }
}

fn values<'s>(field: usize, dictionary: Option<&'s Dictionary>, test: ValueTest<'s>) -> Step<'s> {
    match dictionary {
        None => Step::Any(Vec::new()),
        Some(dictionary) if dictionary.value_count() > ASKED_WHOLE_MAX => {
            Step::Each(field, dictionary, test)
        }
        Some(dictionary) => Step::Table(field, table_of(dictionary, test)),
    }
}

/// Whether each code passes: a value by the test, a set by any of its members.
fn table_of(dictionary: &Dictionary, test: impl Fn(&[u8]) -> bool) -> Vec<bool> {
    let mut table = vec![false; dictionary.len() + 1];
    let entries = dictionary.entries();
    entries.each_value(|code, bytes| table[code as usize] = test(bytes));
    pass_sets(dictionary, &mut table);
    table
}

fn passes(dictionary: &Dictionary, code: Code, test: &ValueTest<'_>, spare: &mut Spare) -> bool {
    if code == MISSING {
        return false;
    }
    match dictionary.members(code) {
        None => test(dictionary.value_in(code, spare)),
        Some(members) => members
            .iter()
            .any(|member| test(dictionary.value_in(member, spare))),
    }
}
