//! Comparisons of numbers.

use serde_json::{Number, Value};

use super::Compiler;
use crate::events::pattern::Malformed;
use crate::events::pattern::test::{Bound, Range, Test, compare};

/// Numbers lie between this and its negative.
const NUMBER_MAX: f64 = 5e9;

const NUMERIC: &str = "numeric takes one comparison, such as [\"=\", 5], or a range from below, \
                       such as [\">\", 0, \"<=\", 5]";

impl Compiler {
    pub fn numeric(&self, operand: &Value) -> Result<Test, Malformed> {
        match operand.as_array().map_or(&[][..], Vec::as_slice) {
            [Value::String(sign), Value::Number(number)] if sign == "=" => {
                self.within_limits(number)?;
                Ok(Test::Number(number.clone()))
            }
            [sign, number] => {
                let mut range = Range::default();
                match self.bound(sign, number)? {
                    (true, bound) => range.above = Some(bound),
                    (false, bound) => range.below = Some(bound),
                }
                Ok(Test::Numeric(range))
            }
            [sign, number, second_sign, second_number] => {
                let above = self.bound(sign, number)?;
                let below = self.bound(second_sign, second_number)?;
                let ((true, above), (false, below)) = (above, below) else {
                    return self.refuse(NUMERIC);
                };
                if compare(&above.number, &below.number).is_ge() {
                    return self.refuse("the first number of numeric must be less than the second");
                }
                let (above, below) = (Some(above), Some(below));
                Ok(Test::Numeric(Range { above, below }))
            }
            _ => self.refuse(NUMERIC),
        }
    }

    /// A bound, and whether it is the lower one.
    fn bound(&self, sign: &Value, number: &Value) -> Result<(bool, Bound), Malformed> {
        let (Some(sign), Value::Number(number)) = (sign.as_str(), number) else {
            return self.refuse(NUMERIC);
        };
        self.within_limits(number)?;
        let bound = |inclusive| Bound {
            number: number.clone(),
            inclusive,
        };
        match sign {
            ">" => Ok((true, bound(false))),
            ">=" => Ok((true, bound(true))),
            "<" => Ok((false, bound(false))),
            "<=" => Ok((false, bound(true))),
            _ => self.refuse(NUMERIC),
        }
    }

    fn within_limits(&self, number: &Number) -> Result<(), Malformed> {
        let inside = number.as_f64().is_some_and(|n| n.abs() <= NUMBER_MAX);
        if inside {
            return Ok(());
        }
        self.refuse("numbers of numeric lie between -5.0e9 and 5.0e9")
    }
}
