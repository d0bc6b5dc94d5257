//! `balefire rules`: what an automation rule would have done.

use std::path::Path;

use anyhow::{Context, Result, bail};
use balefire_api::own::{
    RuleSubject, TestAutomationRule, TestAutomationRuleInput, TestAutomationRuleOutput,
};
use balefire_api::{Operation, Typed, json as wire};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::reach::Reach;
use super::{Ended, Format, ReachOptions, say};

#[derive(Subcommand)]
pub enum Rules {
    /// Count the findings of the last days, or the resources, that a rule would have matched and changed.
    Test(Test),
}

#[derive(Args)]
pub struct Test {
    /// A JSON file with Criteria and Actions as create-automation-rule-v2 takes them, or a rule's ARN or id.
    #[arg(value_name = "FILE|RULE")]
    rule: String,
    /// How many days to look back; of resources, all are looked at.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 7,
        value_parser = clap::value_parser!(i32).range(1..=366),
    )]
    days: i32,
    #[command(flatten)]
    reach: ReachOptions,
}

impl Rules {
    pub async fn run(self) -> Result<Ended> {
        let Rules::Test(test) = self;
        let input = test.input()?;
        let reach = Reach::open(&test.reach.way).await?;
        let output = reach.call::<TestAutomationRule>(input).await?;
        test.print(&output)?;
        Ok(Ended::Well)
    }
}

impl Test {
    fn input(&self) -> Result<TestAutomationRuleInput> {
        let mut members = Map::new();
        members.insert("Days".into(), self.days.into());
        let path = Path::new(&self.rule);
        if path.is_file() {
            let text = std::fs::read_to_string(path);
            let text = text.with_context(|| format!("reading {}", self.rule))?;
            let rule: Value = serde_json::from_str(&text)
                .with_context(|| format!("{} is not JSON", self.rule))?;
            for name in ["Criteria", "Actions"] {
                match rule.get(name) {
                    Some(value) => members.insert(name.into(), value.clone()),
                    None => bail!("{} has no {name}", self.rule),
                };
            }
        } else {
            members.insert("Identifier".into(), self.rule.as_str().into());
        }
        let structure = TestAutomationRule::spec().input;
        let structure = structure.context("the operation has no input")?;
        let node = wire::read_members(structure, &Value::Object(members));
        let node = node.map_err(|rejection| anyhow::anyhow!(rejection.message()))?;
        TestAutomationRuleInput::from_node(node).map_err(|mismatch| anyhow::anyhow!("{mismatch:?}"))
    }

    fn print(&self, output: &TestAutomationRuleOutput) -> Result<()> {
        if self.reach.format == Format::Json {
            let counts = json!({
                "days": self.days, "subject": output.subject.as_str(), "examined": output.examined,
                "matched": output.matched, "changed": output.changed,
                "sample_uids": output.sample_uids,
            });
            return say(counts);
        }
        let TestAutomationRuleOutput {
            examined,
            matched,
            changed,
            ..
        } = output;
        match output.subject {
            RuleSubject::Findings => say(format_args!(
                "of {examined} findings of the last {} days, {matched} would have matched and {changed} \
                 would have changed",
                self.days
            ))?,
            RuleSubject::Resources => say(format_args!(
                "of {examined} resources, {matched} would match and {changed} would be rated anew"
            ))?,
        }
        for uid in &output.sample_uids {
            say(format_args!("  {uid}"))?;
        }
        Ok(())
    }
}
